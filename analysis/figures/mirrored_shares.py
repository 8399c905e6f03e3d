"""Shares of two groups back to back, a row each: genes by IKZF1 status (Fig. 3B of Zhang et al.
2022), genotypes within a subgroup (4D), functional classes (S1B)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from analysis.cohort.printed import p_text
from analysis.figures.lettering import text_width
from analysis.figures.palette import EDGE, STRIPE, WARM, Entry, Look, fill, legend
from analysis.figures.svg import (
    NORMAL,
    PAPER,
    QUIET,
    SMALL,
    WIDTH,
    Canvas,
    Figure,
    Pen,
    line,
    rectangle,
)
from analysis.wording import N_, Message, say, translate

SLATE = "#5d7f9e"
MOST_ROWS = 64
ROW, TIGHT, MANY = 11.0, 9.2, 40
COUNTS, RESULTS = 62.0, 74.0
# The usual marks of a p value, the smallest first.
STARS = ((0.001, "***"), (0.01, "**"), (0.05, "*"))


@dataclass(frozen=True)
class MirroredRow:
    """`left` and `right` are (n, of those tested); `p` and `q` None where there was no test."""

    label: Message | str
    left: tuple[int, int]
    right: tuple[int, int]
    p: float | None = None
    q: float | None = None


def stars(p: float | None) -> str:
    """ "*" below 0.05, "**" below 0.01, "***" below 0.001, else nothing."""
    return next((mark for limit, mark in STARS if p is not None and p < limit), "")


def mirrored_shares(
    rows: Sequence[MirroredRow],
    *,
    groups: tuple[Message, Message],
    title: Message,
    language: str = "en",
    prefix: str = "mirrored",
) -> Figure:
    """The first group grows to the left, the second to the right.

    Raises ValueError for more rows than a page holds, or a count outside of its group.
    """
    if len(rows) > MOST_ROWS:
        raise ValueError(f"{len(rows)} rows: a page holds {MOST_ROWS}")
    for row in rows:
        if any(not 0 <= n <= of for n, of in (row.left, row.right)):
            raise ValueError(f"{row.label}: more altered than tested")
    canvas = Canvas()
    sides = _Sides(rows, language)
    step = ROW if len(rows) <= MANY else TIGHT
    top = _head(canvas, sides, groups, language)
    bottom = top + step * len(rows)
    _axis(canvas, sides, top, bottom, language)
    canvas.layer()
    for i, row in enumerate(rows):
        _row(canvas, sides, row, base=top + step * (i + 1) - 2.8, language=language)
    entries = [
        Entry(lambda c, x, y, f=colour: fill(c, Look(f), x, y, 12, 7), group.text(language))
        for colour, group in zip((WARM, SLATE), groups, strict=True)
    ]
    foot = legend(canvas, entries, x=0, y=bottom + 24, right=WIDTH)
    note = translate(
        N_("* p < 0.05, ** p < 0.01, *** p < 0.001; q: false-discovery rate"), language
    )
    canvas.write(0, foot + 8, note, size=SMALL, colour=QUIET)
    return canvas.figure(
        height=foot + 13,
        title=title,
        alt=_said(rows, groups),
        language=language,
        prefix=prefix,
    )


class _Sides:
    """Where the bars stand: counts, left bars, names, right bars, counts, p and q."""

    def __init__(self, rows: Sequence[MirroredRow], language: str) -> None:
        self.names = [_text(row.label, language) for row in rows]
        width = max((text_width(name, NORMAL) for name in self.names), default=20.0)
        self.name = min(width, 165.0) + 8
        self.length = (WIDTH - 2 * COUNTS - RESULTS - self.name) / 2
        self.left = COUNTS + self.length  # where the left bars begin
        self.right = self.left + self.name
        self.middle = self.left + self.name / 2
        shares = [n / of for row in rows for n, of in (row.left, row.right) if of]
        step = 0.05 if max(shares, default=0) <= 0.25 else 0.10
        self.top_share = max(ceil(max(shares, default=0) / step - 1e-9) * step, step)
        self.counts = self.right + self.length + COUNTS


def _head(canvas: Canvas, sides: _Sides, groups: tuple[Message, Message], language: str) -> float:
    left, right = (group.text(language) for group in groups)
    room = sides.length + COUNTS - 4
    canvas.write(sides.left - 2, 9, left, anchor="end", bold=True, room=room / 1.07)
    canvas.write(sides.right + 2, 9, right, bold=True, room=room / 1.07)
    canvas.write(sides.counts + 34, 9, "p", anchor="end", size=SMALL, colour=QUIET)
    canvas.write(WIDTH, 9, "q", anchor="end", size=SMALL, colour=QUIET)
    return 13.0


def _axis(canvas: Canvas, sides: _Sides, top: float, bottom: float, language: str) -> None:
    ticks = 5 if sides.top_share >= 0.25 else round(sides.top_share / 0.05)
    for tick in range(ticks + 1):
        share = sides.top_share * tick / ticks
        reach = sides.length * tick / ticks
        for x in (sides.left - reach, sides.right + reach):
            canvas.draw(Pen(stroke=STRIPE, width=0.4), line((x, top), (x, bottom)))
            canvas.write(x, bottom + 8.5, f"{100 * share:g}", size=SMALL, anchor="middle")
    for x in (sides.left, sides.right):
        canvas.draw(Pen(stroke=EDGE), line((x, top), (x, bottom)))
    label = translate(N_("share of those tested (%)"), language)
    canvas.write(sides.middle, bottom + 18, label, size=SMALL, anchor="middle", colour=QUIET)


def _row(canvas: Canvas, sides: _Sides, row: MirroredRow, *, base: float, language: str) -> None:
    name = _text(row.label, language)
    canvas.write(sides.middle, base, name, anchor="middle", room=sides.name - 4)
    for (n, of), colour, grows in ((row.left, WARM, -1), (row.right, SLATE, 1)):
        start = sides.left if grows < 0 else sides.right
        length = sides.length * (n / of) / sides.top_share if of else 0.0
        if length:
            x = start - length if grows < 0 else start
            canvas.draw(Pen(colour, EDGE, 0.4), rectangle(x, base - 5.6, length, 6.4))
        text = f"{n}/{of}" if of else translate(N_("not tested"), language)
        if of:
            text += f" ({100 * n / of:.1f} %)"
        at = start + grows * (length + 3)
        wide = text_width(text, SMALL) + 2
        # The lines of the axis do not run through the counts.
        canvas.draw(
            Pen(PAPER), rectangle(at - 1 if grows > 0 else at + 1 - wide, base - 6, wide, 7.6)
        )
        canvas.write(at, base, text, size=SMALL, anchor="end" if grows < 0 else "start")
    mark = stars(row.p)
    canvas.write(sides.counts + 34, base, p_text(row.p), size=SMALL, anchor="end", bold=bool(mark))
    canvas.write(sides.counts + 36, base, mark, size=SMALL, bold=True)
    canvas.write(WIDTH, base, p_text(row.q), size=SMALL, anchor="end")


def _text(label: Message | str, language: str) -> str:
    return label.text(language) if isinstance(label, Message) else label


def _said(rows: Sequence[MirroredRow], groups: tuple[Message, Message]) -> tuple[Message, ...]:
    if not rows:
        return (say(N_("Nothing to compare between {first} and {second}."),
                    first=groups[0], second=groups[1]),)  # fmt: skip
    sentence = N_("{name}: {first} {a} of {n}, {second} {b} of {m}, p {p}.")
    return tuple(
        say(sentence, name=row.label, first=groups[0], a=row.left[0], n=row.left[1],
            second=groups[1], b=row.right[0], m=row.right[1], p=p_text(row.p))
        for row in rows
    )  # fmt: skip
