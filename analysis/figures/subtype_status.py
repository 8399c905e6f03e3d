"""IKZF1 in each subtype: how many altered of those with an answer (Fig. 3A of Zhang et al.)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analysis.calls import State
from analysis.cohort.printed import p_text
from analysis.figures.lettering import text_width
from analysis.figures.mirrored_shares import stars
from analysis.figures.palette import EDGE, STATES, Entry, fill, legend
from analysis.figures.svg import (
    NORMAL,
    QUIET,
    SMALL,
    WIDTH,
    Canvas,
    Figure,
    Pen,
    line,
)
from analysis.wording import N_, Message, say, translate

ROW, BAR = 15.0, 9.0
RIGHT = 132.0


@dataclass(frozen=True)
class SubtypeRow:
    """Children of one subtype by their IKZF1 answer; `p` against the children without it."""

    label: Message
    altered: int
    not_detected: int
    not_evaluable: int = 0
    not_tested: int = 0
    p: float | None = None

    @property
    def tested(self) -> int:
        return self.altered + self.not_detected

    @property
    def counts(self) -> tuple[tuple[State, int], ...]:
        """Children by answer, in the order of the bar."""
        return (
            (State.ALTERED, self.altered),
            (State.NOT_DETECTED, self.not_detected),
            (State.NOT_EVALUABLE, self.not_evaluable),
            (State.NOT_TESTED, self.not_tested),
        )

    @property
    def children(self) -> int:
        return sum(count for _, count in self.counts)


def subtype_status(
    rows: Sequence[SubtypeRow], *, language: str = "en", prefix: str = "subtypes"
) -> Figure:
    """A full bar a subtype, divided by the four answers."""
    canvas = Canvas()
    names = [row.label.text(language) for row in rows]
    left = min(max((text_width(name, NORMAL) for name in names), default=40.0), 150.0) + 6
    length = WIDTH - left - RIGHT
    top = 12.0
    counts = translate(N_("altered/tested"), language)
    canvas.write(left + length + 5, 7, counts, size=SMALL, colour=QUIET)
    canvas.write(WIDTH - 12, 7, "p", anchor="end", size=SMALL, colour=QUIET)
    for i, (row, name) in enumerate(zip(rows, names, strict=True)):
        _row(canvas, row, name, left=left, length=length, y=top + ROW * i, language=language)
    bottom = top + ROW * max(len(rows), 1)
    canvas.draw(Pen(stroke=EDGE), line((left, top - 2), (left, bottom)))
    entries = [_entry(state, state.label(language)) for state in State]
    foot = legend(canvas, entries, x=0, y=bottom + 6, right=WIDTH)
    if any(stars(row.p) for row in rows):
        marks = translate(N_("* p < 0.05, ** p < 0.01, *** p < 0.001"), language)
        canvas.write(0, foot + 8, marks, size=SMALL, colour=QUIET)
        foot += 9
    return canvas.figure(
        height=foot + 4,
        title=say(N_("IKZF1 by subtype")),
        alt=tuple(_said(row) for row in rows) or (say(N_("No subtype is known.")),),
        language=language,
        prefix=prefix,
    )


def _entry(state: State, label: str) -> Entry:
    return Entry(lambda c, x, y: fill(c, STATES[state], x, y, 12, 7), label)


def _row(
    canvas: Canvas,
    row: SubtypeRow,
    name: str,
    *,
    left: float,
    length: float,
    y: float,
    language: str,
) -> None:
    canvas.write(left - 4, y + BAR - 2, name, anchor="end", room=left - 6)
    x = left
    for state, count in row.counts:
        if count:
            width = length * count / row.children
            fill(canvas, STATES[state], x, y, width, BAR)
            x += width
    if row.tested:
        share = f"{100 * row.altered / row.tested:.1f}"
        text = f"{row.altered}/{row.tested} ({share} %)"
    else:
        none = N_("no child of this subtype")
        text = translate(N_("nobody with an answer") if row.children else none, language)
    canvas.write(left + length + 5, y + BAR - 2, text, size=SMALL)
    canvas.write(WIDTH - 12, y + BAR - 2, p_text(row.p), size=SMALL, anchor="end")
    canvas.write(WIDTH - 11, y + BAR - 2, stars(row.p), size=SMALL, bold=True)


def _said(row: SubtypeRow) -> Message:
    if not row.children:
        return say(N_("{name}: no child of this subtype."), name=row.label)
    if not row.tested:
        return say(N_("{name}: nobody with an IKZF1 answer."), name=row.label)
    sentence = N_("{name}: IKZF1 altered in {n} of {of} ({share} %).")
    share = f"{100 * row.altered / row.tested:.1f}"
    return say(sentence, name=row.label, n=row.altered, of=row.tested, share=share)
