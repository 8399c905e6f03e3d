"""How wide a label is, and where labels go so that none covers another.

Lengths are in the figure's own unit, a point as printed at full width.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

# Advance widths in 1/1000 em of the printable ASCII characters (space to tilde), measured on the
# regular weight of Noto Sans CJK SC, the first family that the figures ask for.
# fmt: off
_ASCII = (
    224, 323, 474, 555, 555, 921, 680, 278, 338, 338, 467, 555, 278, 347, 278, 392,
    555, 555, 555, 555, 555, 555, 555, 555, 555, 555, 278, 278, 555, 555, 555, 474,
    946, 608, 657, 638, 688, 589, 552, 689, 728, 293, 535, 646, 543, 812, 723, 742,
    633, 742, 635, 596, 599, 721, 575, 878, 573, 531, 603, 338, 392, 338, 555, 559,
    606, 563, 618, 510, 620, 554, 325, 564, 607, 275, 275, 552, 284, 926, 610, 606,
    620, 620, 388, 468, 377, 607, 521, 802, 498, 521, 475, 338, 270, 338, 555,
)
# fmt: on
_OTHER = {"–": 536}
_FULL = 1000
_BOLD = 1.07
ELLIPSIS = "…"
# A word with the blanks behind it, or one character of a script that is written without blanks.
_BREAKS = re.compile(r"[\x21-\x7e\u00b0-\u024f]+\s*|.\s*", re.DOTALL)


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Width of `text` set at `size`; whatever is not ASCII counts as a full square."""
    total = 0
    for char in text:
        code = ord(char)
        total += _ASCII[code - 32] if 32 <= code < 127 else _OTHER.get(char, _FULL)
    return total * size / 1000 * (_BOLD if bold else 1)


def shortened(text: str, size: float, width: float) -> str:
    """`text` if it is at most `width` wide, else its beginning and an ellipsis."""
    # No character is narrower than a fifth of the size: a very long text is cut before measuring.
    head = text[: max(int(width / size * 5) + 2, 1)]
    if head == text and text_width(text, size) <= width:
        return text
    while head and text_width(head + ELLIPSIS, size) > width:
        head = head[:-1]
    return head.rstrip() + ELLIPSIS


def wrapped(text: str, size: float, width: float) -> list[str]:
    """`text` in as few lines of `width` as its blanks allow; where there is none, between any two
    characters that are not ASCII. One unbroken word stays whole."""
    lines: list[str] = []
    for word in _BREAKS.findall(text):
        if lines and text_width((lines[-1] + word).rstrip(), size) <= width:
            lines[-1] += word
        else:
            lines.append(word)
    return [line.rstrip() for line in lines] or [""]


def spread(
    anchors: Sequence[float],
    widths: Sequence[float],
    *,
    low: float,
    high: float,
    gap: float = 2.0,
) -> tuple[float, ...]:
    """Centres of labels on one line: nearest to their `anchors`, in order, none over another.

    Least squares with the order kept (isotonic regression by pooling neighbours), then held
    between `low` and `high`. Raises ValueError where the labels do not fit.
    """
    if not anchors:
        return ()
    order = sorted(range(len(anchors)), key=lambda i: (anchors[i], i))
    offsets = [0.0]
    for left, right in pairwise(order):
        offsets.append(offsets[-1] + (widths[left] + widths[right]) / 2 + gap)
    floor = low + widths[order[0]] / 2
    ceiling = high - widths[order[-1]] / 2 - offsets[-1]
    if floor > ceiling + 1e-9:
        raise ValueError("The labels are wider than the line that they should stand on.")
    wanted = [anchors[i] - offset for i, offset in zip(order, offsets, strict=True)]
    centres = [0.0] * len(anchors)
    for i, offset, level in zip(order, offsets, _never_falling(wanted), strict=True):
        centres[i] = offset + min(max(level, floor), ceiling)
    return tuple(centres)


def _never_falling(values: Iterable[float]) -> list[float]:
    """The nearest sequence, by least squares, in which no value is below the one before it."""
    pools: list[tuple[float, int]] = []
    for value in values:
        mean, count = value, 1
        while pools and pools[-1][0] > mean:
            before, number = pools.pop()
            mean = (before * number + mean * count) / (number + count)
            count += number
        pools.append((mean, count))
    return [mean for mean, count in pools for _ in range(count)]


def needed(widths: Sequence[float], gap: float = 2.0) -> float:
    """The shortest line that holds labels of these widths."""
    return sum(widths) + gap * max(len(widths) - 1, 0)


@dataclass(frozen=True)
class Box:
    """A rectangle: left, top, right, bottom (y grows downwards)."""

    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: Box) -> bool:
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )

    def within(self, other: Box) -> bool:
        return (
            self.left >= other.left
            and self.right <= other.right
            and self.top >= other.top
            and self.bottom <= other.bottom
        )


def place(
    points: Sequence[tuple[float, float]],
    sizes: Sequence[tuple[float, float]],
    *,
    bounds: Box,
    marks: Sequence[Box] = (),
    distance: float = 4.0,
) -> tuple[Box | None, ...]:
    """A box for the label of each point, inside `bounds`, over no other label and no mark.

    `sizes` are (width, height); `distance` is kept between the point and the box. None where no
    free place is near enough for a reader to see to which point the label belongs.
    """
    taken = list(marks)
    boxes: list[Box | None] = []
    for point, size in zip(points, sizes, strict=True):
        free = (
            box
            for box in _candidates(point, size, distance)
            if box.within(bounds) and not any(box.overlaps(other) for other in taken)
        )
        box = next(free, None)
        boxes.append(box)
        if box:
            taken.append(box)
    return tuple(boxes)


def _candidates(
    point: tuple[float, float], size: tuple[float, float], distance: float
) -> Iterable[Box]:
    """Above, right, left, below; then the same places farther away."""
    (x, y), (width, height) = point, size
    for step in range(5):
        away = distance + step * height * 0.6
        for left, top in (
            (x - width / 2, y - away - height),
            (x + away, y - height / 2),
            (x - away - width, y - height / 2),
            (x + distance, y - away - height),
            (x - distance - width, y - away - height),
            (x - width / 2, y + away),
            (x + distance, y + away),
            (x - distance - width, y + away),
        ):
            yield Box(left, top, left + width, top + height)
