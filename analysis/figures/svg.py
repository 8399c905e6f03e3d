"""A small writer of SVG that WeasyPrint, browsers and a strict content policy all accept.

Presentation attributes only (no `style`, no `<style>`, no script, no outside reference), text as
text, and all marks of one look merged into one path: a path costs WeasyPrint what a mark costs.
The unit is a point as printed on a page 170 mm wide; the picture scales through its viewBox.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import cos, pi, sin
from xml.sax.saxutils import escape, quoteattr

from analysis.figures.lettering import shortened
from analysis.wording import Message

WIDTH = 482.0  # 170 mm in points
SMALL, NORMAL, LARGE = 6.5, 7.2, 8.5
# No blank after the commas: WeasyPrint would take it for a part of the name.
FONTS = "'Noto Sans CJK SC','Noto Sans',sans-serif"
INK = "#1f2328"
QUIET = "#59636e"
PAPER = "#ffffff"

# Characters that XML 1.0 cannot hold at all, not even escaped.
_UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_STAND_IN = "□"
_PREFIX = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")

Point = tuple[float, float]


@dataclass(frozen=True)
class Figure:
    """A picture and what is said of it. `width` and `height` are in points as printed.

    `alt` is made from the data: one sentence, or one for each thing shown.
    """

    svg: str
    title: Message
    alt: Message | tuple[Message, ...]
    width: float
    height: float

    def alt_text(self, language: str = "en") -> str:
        return written(self.alt, language)


def written(said: Message | Iterable[Message], language: str) -> str:
    """Sentences one after the other, with the blank between them that the language has."""
    if isinstance(said, Message):
        return said.text(language)
    blank = "" if language.lower().startswith("zh") else " "
    return blank.join(message.text(language) for message in said)


@dataclass(frozen=True)
class Pen:
    """How a path looks: fill, stroke and its width, dashes as "3 2"."""

    fill: str = "none"
    stroke: str = "none"
    width: float = 0.6
    dash: str = ""

    def attributes(self) -> str:
        parts = [f'fill="{self.fill}"']
        if self.stroke != "none":
            parts.append(f'stroke="{self.stroke}" stroke-width="{short(self.width)}"')
            if self.dash:
                parts.append(f'stroke-dasharray="{self.dash}"')
        return " ".join(parts)


def short(number: float) -> str:
    """At most two decimals, and none that say nothing."""
    text = f"{number:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def plain(text: str) -> str:
    """`text` with a square in the place of each character that XML cannot hold."""
    return _UNWRITABLE.sub(_STAND_IN, text)


def rectangle(x: float, y: float, width: float, height: float) -> str:
    return f"M{short(x)} {short(y)}h{short(width)}v{short(height)}h{short(-width)}z"


def line(start: Point, end: Point) -> str:
    return f"M{short(start[0])} {short(start[1])}L{short(end[0])} {short(end[1])}"


def outline(points: Sequence[Point], *, closed: bool = True) -> str:
    """A polygon. Give the corners clockwise: paths that are merged must turn the same way."""
    joined = "L".join(f"{short(x)} {short(y)}" for x, y in points)
    return f"M{joined}{'z' if closed else ''}"


def circle(x: float, y: float, radius: float) -> str:
    arc = f"a{short(radius)} {short(radius)} 0 0 1 "
    return f"M{short(x - radius)} {short(y)}{arc}{short(2 * radius)} 0{arc}{short(-2 * radius)} 0z"


def square(x: float, y: float, radius: float) -> str:
    return rectangle(x - radius * 0.9, y - radius * 0.9, radius * 1.8, radius * 1.8)


def polygon(x: float, y: float, radius: float, *, corners: int, turn: float = -90) -> str:
    """A regular polygon whose first corner points to `turn` degrees (-90 is up)."""
    first = turn * pi / 180
    angles = [first + 2 * pi * i / corners for i in range(corners)]
    return outline([(x + radius * cos(a), y + radius * sin(a)) for a in angles])


def cross(x: float, y: float, radius: float) -> str:
    r = radius * 0.8
    return line((x - r, y - r), (x + r, y + r)) + line((x - r, y + r), (x + r, y - r))


def slanted(
    x: float, y: float, width: float, height: float, *, step: float, rising: bool = True
) -> str:
    """Parallel lines at 45 degrees, cut at the edges of the rectangle."""
    parts = []
    place = step / 2
    while place < width + height:
        # The line runs from the bottom or the right edge to the left or the top edge.
        near = (min(place, width), max(place - width, 0.0))
        far = (max(place - height, 0.0), min(place, height))
        if rising:
            parts.append(line((x + far[0], y + far[1]), (x + near[0], y + near[1])))
        else:
            parts.append(line((x + width - far[0], y + far[1]), (x + width - near[0], y + near[1])))
        place += step
    return "".join(parts)


class Canvas:
    """Collects paths and texts.

    Within a layer, paths of one pen become one; filled paths lie below bare lines, and both below
    the texts.
    """

    def __init__(self, *, width: float = WIDTH) -> None:
        self.width = width
        self._done: list[str] = []
        self._paths: dict[Pen, list[str]] = {}
        self._texts: list[str] = []

    def draw(self, pen: Pen, path: str) -> None:
        self._paths.setdefault(pen, []).append(path)

    def layer(self) -> None:
        """What is drawn from here on lies above all that was drawn before."""
        for pen, paths in sorted(self._paths.items(), key=lambda item: item[0].fill == "none"):
            self._done.append(f'<path {pen.attributes()} d="{"".join(paths)}"/>')
        self._done += self._texts
        self._paths, self._texts = {}, []

    def write(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = NORMAL,
        anchor: str = "start",
        colour: str = INK,
        bold: bool = False,
        upright: bool = False,
        room: float | None = None,
    ) -> None:
        """`text` on the base line `y`; `upright` reads from bottom to top; `room` shortens it."""
        if room is not None:
            text = shortened(text, size, room)
        if not text.strip():
            return
        parts = [f'x="{short(x)}" y="{short(y)}" font-size="{short(size)}"']
        if anchor != "start":
            parts.append(f'text-anchor="{anchor}"')
        if colour != INK:
            parts.append(f'fill="{colour}"')
        if bold:
            parts.append('font-weight="bold"')
        if upright:
            parts.append(f'transform="rotate(-90 {short(x)} {short(y)})"')
        self._texts.append(f"<text {' '.join(parts)}>{escape(plain(text))}</text>")

    def figure(
        self,
        *,
        height: float,
        title: Message,
        alt: Message | tuple[Message, ...],
        language: str,
        prefix: str,
    ) -> Figure:
        """The finished picture. `prefix` begins its ids, so that several can stand on one page.

        Raises ValueError where `prefix` is no XML name.
        """
        if not _PREFIX.fullmatch(prefix):
            raise ValueError(f"{prefix!r} cannot begin an id.")
        self.layer()
        width_text, height_text = short(self.width), short(height)
        spoken = "zh-Hans" if language.lower().startswith("zh") else "en"
        svg = "".join(
            (
                f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width_text} {height_text}"',
                f' width="{width_text}pt" height="{height_text}pt" role="img" lang="{spoken}" ',
                f'aria-labelledby="{prefix}-title {prefix}-desc" ',
                f'font-family={quoteattr(FONTS)} fill="{INK}">',
                f'<title id="{prefix}-title">{escape(plain(title.text(language)))}</title>',
                f'<desc id="{prefix}-desc">{escape(plain(written(alt, language)))}</desc>',
                f'<path fill="{PAPER}" d="{rectangle(0, 0, self.width, height)}"/>',
                *self._done,
                "</svg>",
            )
        )
        return Figure(svg, title, alt, self.width, height)
