"""One language of colour for every figure.

No two looks are told apart by hue alone: they differ in lightness or in hatch, so that a
black-and-white print and a reader who confuses red and green lose nothing. Losses are orange to
brown, gains blue, what could be read and is unchanged is pale grey, what cannot be read is yellow
or crossed, what was not tested is hatched.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from analysis.calls import CopyCall, State
from analysis.figures.lettering import text_width
from analysis.figures.svg import (
    INK,
    SMALL,
    Canvas,
    Pen,
    circle,
    cross,
    line,
    polygon,
    rectangle,
    slanted,
    square,
)
from analysis.wording import translate

DEEP = "#7a2604"
WARM = "#e8863c"
PALE = "#dde3ea"
SKY = "#8fb8de"
NAVY = "#0d3b66"
STRAW = "#f7e6a1"
WHITE = "#ffffff"
EDGE = "#3d444d"
FAINT = "#9aa4af"
BAND_NORMAL = "#e9eff5"
BAND_LOSS = "#f6ceaa"
STRIPE = "#c9d0d8"


@dataclass(frozen=True)
class Look:
    """`hatch` is "", "rising", "falling", "crossed" or "upright"; `lettering` is written on it."""

    fill: str
    edge: str = EDGE
    hatch: str = ""
    hatching: str = EDGE
    dash: str = ""
    lettering: str = INK


CALLS: dict[CopyCall, Look] = {
    CopyCall.HOM_DEL: Look(DEEP, lettering=WHITE),
    CopyCall.HET_DEL: Look(WARM),
    CopyCall.NORMAL: Look(PALE),
    CopyCall.HET_DUP: Look(SKY, hatch="upright", hatching=NAVY),
    CopyCall.HOM_DUP: Look(NAVY, hatch="upright", hatching=WHITE, lettering=WHITE),
    CopyCall.AMBIGUOUS: Look(STRAW, hatch="falling", hatching="#8a6d00"),
    CopyCall.NOT_EVALUABLE: Look(WHITE, hatch="crossed", hatching=FAINT),
    CopyCall.NOT_TESTED: Look(WHITE, hatch="rising", hatching=FAINT, dash="2 1.5"),
}

STATES: dict[State, Look] = {
    State.ALTERED: CALLS[CopyCall.HET_DEL],
    State.NOT_DETECTED: CALLS[CopyCall.NORMAL],
    State.NOT_EVALUABLE: CALLS[CopyCall.NOT_EVALUABLE],
    State.NOT_TESTED: CALLS[CopyCall.NOT_TESTED],
}


def fill(canvas: Canvas, look: Look, x: float, y: float, width: float, height: float) -> None:
    """A rectangle of this look, with its hatch and its edge."""
    shape = rectangle(x, y, width, height)
    canvas.draw(Pen(look.fill, look.edge, 0.6, look.dash), shape)
    hatch(canvas, look, x, y, width, height)


def hatch(canvas: Canvas, look: Look, x: float, y: float, width: float, height: float) -> None:
    """The hatch of this look alone, inside the rectangle."""
    if not look.hatch:
        return
    pen = Pen(stroke=look.hatching, width=0.55)
    if look.hatch == "upright":
        count = max(int(width / 3), 1)
        for i in range(count):
            across = x + (i + 0.5) * width / count
            canvas.draw(pen, line((across, y), (across, y + height)))
        return
    if look.hatch in ("rising", "crossed"):
        canvas.draw(pen, slanted(x, y, width, height, step=4.2))
    if look.hatch in ("falling", "crossed"):
        canvas.draw(pen, slanted(x, y, width, height, step=4.2, rising=False))


Shape = Callable[[float, float, float], str]


def _down(x: float, y: float, radius: float) -> str:
    return polygon(x, y, radius * 1.2, corners=3, turn=90)


def _up(x: float, y: float, radius: float) -> str:
    return polygon(x, y, radius * 1.2, corners=3)


def _diamond(x: float, y: float, radius: float) -> str:
    return polygon(x, y, radius * 1.2, corners=4)


# The mark of a single ratio. A shape of its own for each, whatever becomes of the colours.
MARKS: dict[CopyCall, Shape] = {
    CopyCall.HOM_DEL: square,
    CopyCall.HET_DEL: _down,
    CopyCall.NORMAL: circle,
    CopyCall.HET_DUP: _up,
    CopyCall.HOM_DUP: _up,
    CopyCall.AMBIGUOUS: _diamond,
    CopyCall.NOT_EVALUABLE: cross,
}


def mark(canvas: Canvas, call: CopyCall, x: float, y: float, radius: float = 2.3) -> None:
    """The mark of one ratio. A call that was not tested has none: it is a hatched column."""
    shape = MARKS[call](x, y, radius)
    if call is CopyCall.NOT_EVALUABLE:
        canvas.draw(Pen(stroke=EDGE, width=1.1), shape)
        return
    canvas.draw(Pen(WHITE if call is CopyCall.NORMAL else CALLS[call].fill, EDGE, 0.7), shape)


def column_hatch(
    canvas: Canvas, x: float, y: float, width: float, height: float, *, call: CopyCall
) -> None:
    """The ground of a place in a chart that gave no answer: the hatch of `call`, fainter."""
    look = Look("", hatch=CALLS[call].hatch, hatching=STRIPE)
    hatch(canvas, look, x, y, width, height)


@dataclass(frozen=True)
class Entry:
    """One entry of a legend: `paint(canvas, x, y)` draws into a box 12 wide and 7 high."""

    paint: Callable[[Canvas, float, float], None]
    label: str


def call_entry(call: CopyCall, language: str) -> Entry:
    """The look of a call as a filled box."""
    return Entry(lambda canvas, x, y: fill(canvas, CALLS[call], x, y, 12, 7), call.label(language))


def mark_entry(call: CopyCall, language: str) -> Entry:
    """The mark of a ratio with this call."""
    if call is CopyCall.NOT_TESTED:
        return column_entry(call, language)
    return Entry(lambda canvas, x, y: mark(canvas, call, x + 6, y + 3.5), call.label(language))


def column_entry(call: CopyCall, language: str) -> Entry:
    """The hatched ground of a place without an answer."""
    return Entry(
        lambda canvas, x, y: column_hatch(canvas, x, y, 12, 7, call=call), call.label(language)
    )


def band_entry(colour: str, sentence: str, language: str) -> Entry:
    """A coloured band, named by `sentence`, an English msgid."""
    return Entry(
        lambda canvas, x, y: canvas.draw(Pen(colour), rectangle(x, y, 12, 7)),
        translate(sentence, language),
    )


def legend(canvas: Canvas, entries: Sequence[Entry], *, x: float, y: float, right: float) -> float:
    """Entries in as many lines as they need, the first one's top at `y`; returns the bottom."""
    place = x
    for entry in entries:
        width = 15 + text_width(entry.label, SMALL)
        if place > x and place + width > right:
            place, y = x, y + 11
        entry.paint(canvas, place, y)
        canvas.write(place + 15, y + 5.9, entry.label, size=SMALL, room=right - place - 15)
        place += width + 11
    return y + 9
