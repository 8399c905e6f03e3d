"""Genes by children with their alterations and clinical tracks (Fig. 1 of Zhang et al. 2022).

A large deletion fills its cell; SNV and InDel are marks inside it, one above and one below the
middle, so that no kind hides another and black-and-white print loses nothing. What was not tested
is hatched, what could not be read is crossed. Marks of one look are one path, and equal cells that
touch are one rectangle: 88 genes of 200 children are some ten paths.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from math import ceil

import numpy as np

from analysis.calls import State
from analysis.cohort.columns import NOT_EVALUABLE, NOT_TESTED, STATES
from analysis.cohort.frame import AlterationKind
from analysis.cohort.oncoprint import MOST_GENES, GeneRow, Oncoprint, Track
from analysis.figures.lettering import text_width
from analysis.figures.palette import (
    EDGE,
    FAINT,
    NAVY,
    PALE,
    WARM,
    Entry,
    Look,
    fill,
    legend,
)
from analysis.figures.palette import (
    STATES as LOOKS,
)
from analysis.figures.svg import (
    QUIET,
    SMALL,
    WIDTH,
    Canvas,
    Figure,
    Pen,
    line,
    rectangle,
    short,
)
from analysis.wording import N_, Labelled, Message, counted, say, translate

PLUM = "#9c1f6e"
# From light to dark, so that the order of the classes survives black-and-white print.
SHADES = {
    1: ("#5d7f9e",),
    2: ("#c3d3e2", "#3c5f80"),
    3: ("#d9e4ee", "#86a6c3", "#2b4a68"),
    4: ("#dfe8f0", "#a5bfd6", "#5d7f9e", "#1f3a56"),
    5: ("#e3ebf2", "#b7cbde", "#86a6c3", "#4f7394", "#1b334c"),
}
TRACK, GENES_HIGH, BARS = 7.6, 478.0, 20.0
# The least lettering: 6 pt where the picture is printed 182 mm wide.
LEAST = 5.65
WIDEST_CELL, TALLEST, LOWEST = 9.0, 11.0, 4.6
GAP = 0.9


def oncoprint(data: Oncoprint, *, language: str = "en", prefix: str = "oncoprint") -> Figure:
    """The picture of `data`, one A4 page high at most.

    Raises ValueError for more genes than a page holds (`MOST_GENES`) or a track of more than five
    classes.
    """
    if len(data.rows) > MOST_GENES:
        raise ValueError(f"{len(data.rows)} genes: a page holds {MOST_GENES}")
    canvas = Canvas()
    grid = _Grid(data, language)
    top = _bars(canvas, grid, data, language) if len(data.children) and data.rows else 2.0
    for track in data.tracks:
        _track(canvas, grid, track, top, language)
        top += TRACK
    top += 4 if data.tracks else 0
    canvas.layer()
    _genes(canvas, grid, data, top)
    canvas.layer()
    bottom = top + grid.row * len(data.rows)
    bottom = _foot(canvas, grid, data, bottom + 4, language)
    return canvas.figure(
        height=bottom + 2,
        title=say(N_("Altered genes of each child")),
        alt=_said(data),
        language=language,
        prefix=prefix,
    )


class _Grid:
    """Where the cells stand: columns of one width between the names and the shares."""

    def __init__(self, data: Oncoprint, language: str) -> None:
        genes, children = len(data.rows), len(data.children)
        self.row = min(TALLEST, max(LOWEST, GENES_HIGH / genes)) if genes else TALLEST
        # Capitals and digits are three quarters of their size high: no line touches the next.
        self.lettering = min(SMALL, max(LEAST, self.row))
        names = [row.gene for row in data.rows]
        labels = [track.label.text(language) for track in data.tracks]
        widest = max(
            [text_width(name, SMALL) for name in names]
            + [text_width(label, SMALL) for label in labels],
            default=0.0,
        )
        self.left = min(widest, 110.0) + 5
        # One denominator for all stands once, under the column.
        self.tested = data.rows[0].tested if len({row.tested for row in data.rows}) == 1 else None
        counts = [self.count(row) for row in data.rows]
        self.counted = max((text_width(text, SMALL) for text in counts), default=0.0)
        self.right = WIDTH - self.counted - text_width("100.0", SMALL) - 11
        self.cell = min(WIDEST_CELL, (self.right - self.left) / children) if children else 0.0
        self.right = self.left + self.cell * children
        self.shares = self.right + 11 + self.counted + text_width("100.0", SMALL)
        # White between the columns only where they are wide enough to spare it.
        self.gap = GAP if self.cell >= 4 else 0.25 if self.cell >= 1.6 else 0.0

    def count(self, row: GeneRow) -> str:
        return f"{row.altered}/{row.tested}" if self.tested is None else str(row.altered)

    def x(self, place: int) -> float:
        return self.left + self.cell * place


def _bars(canvas: Canvas, grid: _Grid, data: Oncoprint, language: str) -> float:
    """How many genes are altered in each child; returns the bottom."""
    counts = data.altered_genes
    most = int(counts.max())
    base, high = 4 + BARS, BARS
    if most:
        marks = "".join(
            _column(grid.x(start), base, grid.cell * (end - start), high * counts[start] / most)
            for start, end in _runs(counts)
            if counts[start]
        )
        canvas.draw(Pen("#86a6c3"), marks)
        canvas.write(grid.left - 3, 4 + 4, str(most), size=SMALL, anchor="end")
    canvas.write(grid.left - 3, base, "0", size=SMALL, anchor="end")
    canvas.draw(Pen(stroke=EDGE, width=0.4), line((grid.left, base), (grid.right, base)))
    label = translate(N_("altered genes"), language)
    canvas.write(0, 4 + BARS / 2 + 2, label, size=SMALL, colour=QUIET, room=grid.left - 12)
    return base + 4


def _column(x: float, base: float, width: float, height: float) -> str:
    return rectangle(x, base - height, width, height)


def _track(canvas: Canvas, grid: _Grid, track: Track, top: float, language: str) -> None:
    height = TRACK - GAP
    canvas.write(
        grid.left - 3,
        top + height - 0.9,
        track.label.text(language),
        size=SMALL,
        anchor="end",
        room=grid.left - 3,
    )
    looks = _looks(track.levels)
    for start, end in _runs(track.codes):
        code = int(track.codes[start])
        box = (grid.x(start), top, grid.cell * (end - start), height)
        _ground(canvas, looks[code] if code >= 0 else LOOKS[State.NOT_TESTED], box)


def _looks(levels: tuple[Labelled, ...]) -> tuple[Look, ...]:
    if tuple(levels) == STATES:
        return tuple(
            Look("#4a5866") if state is State.ALTERED else LOOKS[state] for state in STATES
        )
    if len(levels) not in SHADES:
        raise ValueError(f"{len(levels)} classes cannot be told apart in a track")
    return tuple(Look(shade) for shade in SHADES[len(levels)])


def _ground(canvas: Canvas, look: Look, box: tuple[float, float, float, float]) -> None:
    """A box without an edge, its hatch in thin lines: cells are narrower than a printed edge."""
    x, y, width, height = box
    if not look.hatch:
        canvas.draw(Pen(stroke=look.fill, width=height), _bar(x, y + height / 2, width))
    else:
        canvas.draw(Pen(look.fill), rectangle(x, y, width, height))
        canvas.draw(Pen(stroke=FAINT, width=0.35), _hatch(box, crossed=look.hatch == "crossed"))


def _hatch(box: tuple[float, float, float, float], *, crossed: bool) -> str:
    """Slanted lines on one raster for the whole picture, so that neighbours continue each other."""
    x, y, width, height = box
    step, parts = 2.6, []
    low = ceil((x + y) / step)
    for number in range(low, int((x + y + width + height) / step) + 1):
        total = number * step  # the line on which x + y is `total`
        right = min(x + width, total - y)
        left = max(x, total - y - height)
        if right > left:
            parts.append(line((left, total - left), (right, total - right)))
    if crossed:
        low = ceil((x - y - height) / step)
        for number in range(low, int((x + width - y) / step) + 1):
            offset = number * step  # the line on which x - y is `offset`
            left, right = max(x, offset + y), min(x + width, offset + y + height)
            if right > left:
                parts.append(line((left, left - offset), (right, right - offset)))
    return "".join(parts)


def _genes(canvas: Canvas, grid: _Grid, data: Oncoprint, top: float) -> None:
    height = grid.row - GAP
    ground = "".join(
        _bar(grid.left, top + grid.row * i + height / 2, grid.right - grid.left)
        for i in range(len(data.rows))
    )
    canvas.draw(Pen(stroke=PALE, width=height), ground)
    canvas.layer()
    _unanswered(canvas, grid, data, top)
    canvas.layer()
    marks: dict[str, list[str]] = {WARM: [], NAVY: [], PLUM: []}
    # Above the middle, below it, or all of the cell: (colour, top, height) as shares of the cell.
    places = {
        AlterationKind.LARGE_DELETION: (WARM, 0.0, 1.0),
        AlterationKind.SNV: (NAVY, 0.12, 0.34),
        AlterationKind.INDEL: (PLUM, 0.54, 0.34),
    }
    for i, row in enumerate(data.rows):
        y = top + grid.row * i
        for kind, (colour, down, share) in places.items():
            marks[colour] += _cells(grid, row.kinds[kind], y + (down + share / 2) * height)
        _row_texts(canvas, grid, row, y + height - (height - grid.lettering * 0.72) / 2)
    for colour, _down, share in places.values():
        canvas.draw(Pen(stroke=colour, width=share * height), "".join(marks[colour]))
        canvas.layer()
    if grid.gap == GAP and data.rows:
        canvas.layer()
        _separators(canvas, grid, top, top + grid.row * len(data.rows))


def _separators(canvas: Canvas, grid: _Grid, top: float, bottom: float) -> None:
    """White between the children, where there is room for it."""
    edges = [
        grid.x(place) - GAP / 2 for place in range(1, round((grid.right - grid.left) / grid.cell))
    ]
    paths = "".join(line((x, top), (x, bottom)) for x in edges)
    canvas.draw(Pen(stroke="#ffffff", width=GAP), paths)


def _cells(grid: _Grid, mask: np.ndarray, middle: float) -> Iterator[str]:
    """The cells of `mask` as bars around the line `middle`; without a gap neighbours are one."""
    if grid.gap:
        bars = [(place, place + 1) for place in np.flatnonzero(mask).tolist()]
    else:
        bars = [(start, end) for start, end in _runs(mask) if mask[start]]
    for start, end in bars:
        yield _bar(grid.x(start), middle, grid.cell * (end - start) - grid.gap)


def _bar(x: float, middle: float, width: float) -> str:
    """A box as a thick line: two commands of a path instead of five."""
    return f"M{short(x)} {short(middle)}h{short(width)}"


def _row_texts(canvas: Canvas, grid: _Grid, row: GeneRow, base: float) -> None:
    canvas.write(
        grid.left - 3, base, row.gene, size=grid.lettering, anchor="end", room=grid.left - 3
    )
    canvas.write(
        grid.right + 4 + grid.counted, base, grid.count(row), size=grid.lettering, anchor="end"
    )
    if row.share is not None:
        # The unit stands once, under the column: each letter of an SVG costs the page time.
        share = f"{100 * row.share:.1f}"
        canvas.write(grid.shares, base, share, size=grid.lettering, anchor="end")


def _unanswered(canvas: Canvas, grid: _Grid, data: Oncoprint, top: float) -> None:
    """Cells without an answer: runs of one row, joined with equal runs of the rows below."""
    if not data.rows:
        return
    states = np.array([row.states for row in data.rows])
    for code, state in ((NOT_TESTED, State.NOT_TESTED), (NOT_EVALUABLE, State.NOT_EVALUABLE)):
        for first, last, start, end in _blocks(states == code):
            height = grid.row * (last - first) - GAP
            box = (grid.x(start), top + grid.row * first, grid.cell * (end - start), height)
            _ground(canvas, LOOKS[state], box)


def _blocks(mask: np.ndarray) -> Iterator[tuple[int, int, int, int]]:
    """(first row, row after the last, first column, column after the last) of rectangles that
    together are `mask`: equal runs in neighbouring rows are one."""
    growing: dict[tuple[int, int], int] = {}
    for i, row in enumerate(mask):
        runs = {(start, end) for start, end in _runs(row) if row[start]}
        for run in [run for run in growing if run not in runs]:
            yield growing.pop(run), i, *run
        for run in runs:
            growing.setdefault(run, i)
    for run, first in growing.items():
        yield first, len(mask), *run


def _runs(values: np.ndarray) -> list[tuple[int, int]]:
    """(start, end) of the stretches of equal values."""
    if not len(values):
        return []
    edges = np.flatnonzero(np.diff(values)) + 1
    bounds = [0, *edges.tolist(), len(values)]
    return list(pairwise(bounds))


def _foot(canvas: Canvas, grid: _Grid, data: Oncoprint, top: float, language: str) -> float:
    """What the columns are, the legend, and what did not find room; returns the bottom."""
    children = counted(
        N_("one child, one column"), N_("{n} children, a column each"), len(data.children)
    )
    columns = translate(N_("altered/tested"), language)
    if grid.tested is not None:
        columns = say(N_("altered of {tested}"), tested=grid.tested).text(language)
    counts = max(grid.right + 4 + grid.counted, text_width(columns, SMALL))
    canvas.write(counts, top + 6, columns, size=SMALL, anchor="end", colour=QUIET)
    shares = max(grid.shares, counts + 10)
    canvas.write(shares, top + 6, "%", size=SMALL, anchor="end", colour=QUIET)
    canvas.write(0, top + 15, children.text(language), size=SMALL, colour=QUIET)
    bottom = legend(canvas, _entries(data, language), x=0, y=top + 20, right=WIDTH)
    if data.left_out:
        sentence = N_("{count} further altered genes are not shown.")
        more = say(sentence, count=data.left_out).text(language)
        canvas.write(0, bottom + 8, more, size=SMALL, colour=QUIET)
        bottom += 10
    return bottom


def _entries(data: Oncoprint, language: str) -> list[Entry]:
    entries = [
        Entry(lambda c, x, y: fill(c, Look(WARM), x, y, 12, 7),
              AlterationKind.LARGE_DELETION.label(language)),
        Entry(lambda c, x, y: _mark(c, NAVY, x, y, 0.12), AlterationKind.SNV.label(language)),
        Entry(lambda c, x, y: _mark(c, PLUM, x, y, 0.54), AlterationKind.INDEL.label(language)),
    ]  # fmt: skip
    for state in (State.NOT_DETECTED, State.NOT_EVALUABLE, State.NOT_TESTED):
        entries.append(
            Entry(lambda c, x, y, look=LOOKS[state]: fill(c, look, x, y, 12, 7),
                  state.label(language))
        )  # fmt: skip
    seen: set[tuple[Labelled, ...]] = set()
    for track in data.tracks:
        levels = tuple(track.levels)
        if levels in seen:
            continue
        seen.add(levels)
        entries += _track_entries(track, language)
    return entries


def _track_entries(track: Track, language: str) -> list[Entry]:
    if tuple(track.levels) == STATES:
        label = translate(N_("altered, or above the limit (rows above the genes)"), language)
        return [Entry(lambda c, x, y: fill(c, Look("#4a5866"), x, y, 12, 7), label)]
    return [
        Entry(
            lambda c, x, y, look=look: fill(c, look, x, y, 12, 7),
            say(N_("{row}: {value}"), row=track.label, value=level).text(language),
        )
        for level, look in zip(track.levels, _looks(track.levels), strict=True)
    ]


def _mark(canvas: Canvas, colour: str, x: float, y: float, down: float) -> None:
    fill(canvas, LOOKS[State.NOT_DETECTED], x, y, 12, 7)
    # The pen of a mark differs from that of the box, so it lies above it: paths keep their order.
    canvas.draw(Pen(colour), rectangle(x, y + down * 7, 12, 0.34 * 7))


def _said(data: Oncoprint) -> tuple[Message, ...]:
    if not data.rows or not len(data.children):
        return (say(N_("No gene was tested, or none is altered, in this cohort.")),)
    first = counted(
        N_("Genes of one child: {genes}."),
        N_("{genes} genes in {n} children."),
        len(data.children),
        genes=len(data.rows),
    )
    shown = tuple(_gene_said(row) for row in data.rows[:10])
    return first, say(N_("Altered of those tested: {genes}."), genes=shown)


def _gene_said(row: GeneRow) -> Message:
    if not row.tested:
        return say(N_("{gene} not tested"), gene=row.gene)
    return say(
        N_("{gene} {altered} of {tested} ({share} %)"),
        gene=row.gene,
        altered=row.altered,
        tested=row.tested,
        share=f"{100 * row.altered / row.tested:.1f}",
    )
