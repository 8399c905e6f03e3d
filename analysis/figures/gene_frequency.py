"""How often each gene is altered, by functional group (Fig. 2A of Zhang et al. 2022)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from analysis.calls import State
from analysis.figures.lettering import text_width
from analysis.figures.palette import EDGE, STATES, STRIPE, fill
from analysis.figures.svg import (
    NORMAL,
    QUIET,
    SMALL,
    WIDTH,
    Canvas,
    Figure,
    Pen,
    line,
    rectangle,
)
from analysis.wording import N_, Message, Word, say, translate

ROW, TOP = 9.4, 6.0
ONE_COLUMN = 26  # rows that still stand in a single column
NAMES, COUNTS, BETWEEN = 50.0, 62.0, 12.0


@dataclass(frozen=True)
class GeneBar:
    """`altered` of `tested` children; `tested` counts only those whose test could be read.

    `group` is the functional group, in the reader's language or as an English msgid.
    """

    gene: str
    group: str
    altered: int
    tested: int


def gene_frequency(
    bars: Sequence[GeneBar], *, language: str = "en", prefix: str = "gene-frequency"
) -> Figure:
    """One bar a gene, groups in the order in which they first come, the commonest gene first.

    A gene that nobody was tested for has a hatched bar and no share. Raises ValueError where
    `altered` is below 0 or above `tested`.
    """
    for bar in bars:
        if not 0 <= bar.altered <= bar.tested:
            raise ValueError(f"{bar.gene}: {bar.altered} altered of {bar.tested} tested.")
    groups = _by_group(bars)
    columns = _columns(groups)
    canvas = Canvas()
    width = (WIDTH - BETWEEN * (len(columns) - 1)) / len(columns)
    top_share = _round_up(max((_share(bar) for bar in bars), default=0.0))
    for i, rows in enumerate(columns):
        column = _Column(i * (width + BETWEEN), width, top_share, rows)
        column.draw(canvas, language, deepest=max(map(len, columns)))
    bottom = TOP + ROW * max(map(len, columns)) + 24
    return canvas.figure(
        height=bottom,
        title=say(N_("Altered genes by functional group")),
        alt=_said(groups),
        language=language,
        prefix=prefix,
    )


def _share(bar: GeneBar) -> float:
    return bar.altered / bar.tested if bar.tested else 0.0


def _round_up(share: float) -> float:
    """The end of the axis: the next 5 % up to a quarter, the next 10 % above it."""
    step = 0.05 if share <= 0.25 else 0.10
    return max(ceil(share / step - 1e-9) * step, 0.05)


def _commonest_first(bar: GeneBar) -> tuple[bool, float, int]:
    """Those that nobody was tested for come last."""
    return not bar.tested, -_share(bar), -bar.altered


def _by_group(bars: Sequence[GeneBar]) -> dict[str, list[GeneBar]]:
    groups: dict[str, list[GeneBar]] = {}
    for bar in bars:
        groups.setdefault(bar.group, []).append(bar)
    return {g: sorted(own, key=_commonest_first) for g, own in groups.items()}


@dataclass(frozen=True)
class _Heading:
    group: str
    continued: bool = False


_Row = _Heading | GeneBar


def _columns(groups: dict[str, list[GeneBar]]) -> list[list[_Row]]:
    """Rows in one column, or in two of like length; a heading is never the last of a column."""
    rows: list[_Row] = []
    for group, own in groups.items():
        rows += [_Heading(group), *own]
    if len(rows) <= ONE_COLUMN:
        return [rows]
    half = ceil(len(rows) / 2)
    if isinstance(rows[half - 1], _Heading):
        half -= 1
    first, second = rows[:half], rows[half:]
    if isinstance(second[0], GeneBar):
        second = [_Heading(second[0].group, continued=True), *second]
    return [first, second]


@dataclass(frozen=True)
class _Column:
    left: float
    width: float
    top_share: float
    rows: list[_Row]

    @property
    def start(self) -> float:
        return self.left + NAMES

    @property
    def length(self) -> float:
        return self.width - NAMES - COUNTS

    def draw(self, canvas: Canvas, language: str, *, deepest: int) -> None:
        self._axis(canvas, language, bottom=TOP + ROW * deepest + 2)
        canvas.layer()
        for i, row in enumerate(self.rows):
            base = TOP + ROW * (i + 1) - 2.4
            if isinstance(row, _Heading):
                self._heading(canvas, row, base, language)
            else:
                self._bar(canvas, row, base, language)
        canvas.layer()

    def _axis(self, canvas: Canvas, language: str, *, bottom: float) -> None:
        canvas.draw(
            Pen(stroke=EDGE), line((self.start, bottom), (self.start + self.length, bottom))
        )
        ticks = round(self.top_share / 0.05)
        every = ceil(ticks / 5)
        for tick in range(0, ticks + 1, every):
            x = self.start + self.length * tick * 0.05 / self.top_share
            canvas.draw(Pen(stroke=STRIPE, width=0.4), line((x, TOP), (x, bottom)))
            canvas.draw(Pen(stroke=EDGE), line((x, bottom), (x, bottom + 2.5)))
            canvas.write(x, bottom + 9.5, f"{tick * 5}", size=SMALL, anchor="middle")
        title = translate(N_("altered, share of those tested (%)"), language)
        canvas.write(self.start + self.length / 2, bottom + 19, title, anchor="middle")

    def _heading(self, canvas: Canvas, row: _Heading, base: float, language: str) -> None:
        text = translate(row.group, language)
        if row.continued:
            text = say(N_("{group} (continued)"), group=text).text(language)
        # A white ground keeps the lines of the axis out of the words.
        width = min(text_width(text, NORMAL, bold=True), self.width - 4)
        canvas.draw(Pen("#ffffff"), rectangle(self.left, base - 7, width + 4, ROW))
        canvas.write(self.left + 2, base, text, bold=True, room=(self.width - 6) / 1.07)

    def _bar(self, canvas: Canvas, bar: GeneBar, base: float, language: str) -> None:
        canvas.write(self.start - 4, base, bar.gene, anchor="end", room=NAMES - 6)
        if not bar.tested:
            untested = STATES[State.NOT_TESTED]
            fill(canvas, untested, self.start, base - 5.8, self.length, 6.6)
            word = State.NOT_TESTED.label(language)
            canvas.write(self.start + self.length + 3, base, word, size=SMALL, colour=QUIET)
            return
        length = self.length * _share(bar) / self.top_share
        if length:
            altered = STATES[State.ALTERED]
            canvas.draw(
                Pen(altered.fill, altered.edge, 0.4), rectangle(self.start, base - 5.8, length, 6.6)
            )
        text = f"{bar.altered}/{bar.tested} ({100 * _share(bar):.1f} %)"
        canvas.write(self.start + self.length + 3, base, text, size=SMALL)


def _said(groups: dict[str, list[GeneBar]]) -> tuple[Message, ...]:
    if not groups:
        return (say(N_("No gene was tested.")),)
    return tuple(
        say(N_("{group}: {genes}."), group=Word(group), genes=tuple(_bar_said(b) for b in own))
        for group, own in groups.items()
    )


def _bar_said(bar: GeneBar) -> Message:
    if not bar.tested:
        return say(N_("{gene} not tested"), gene=bar.gene)
    return say(
        N_("{gene} {altered} of {tested} ({share} %)"),
        gene=bar.gene,
        altered=bar.altered,
        tested=bar.tested,
        share=f"{100 * _share(bar):.1f}",
    )
