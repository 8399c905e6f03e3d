"""Which genes are altered together or apart: the odds ratio of each pair (Fig. 2B of Zhang et al.).

Orange is together, blue apart, darker is farther from 1; a dot marks p below 0.05, a ring around it
q below 0.05. A pair without a test is crossed, and says nothing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from analysis.figures.lettering import text_width
from analysis.figures.palette import DEEP, EDGE, FAINT, NAVY, SKY, WARM, Entry, legend
from analysis.figures.svg import (
    INK,
    NORMAL,
    QUIET,
    SMALL,
    WIDTH,
    Canvas,
    Figure,
    Pen,
    circle,
    cross,
    rectangle,
)
from analysis.wording import N_, Message, say, translate

MOST_GENES = 40
CELL, LEAST_CELL = 17.0, 7.5
P_LIMIT = Q_LIMIT = 0.05
# (odds ratio from which, colour, what it says); the palest is that of the even odds.
LEVELS = (
    (10.0, DEEP, N_("odds ratio 10 or more")),
    (3.0, WARM, N_("3 to 10")),
    (1.5, "#f6ceaa", N_("1.5 to 3")),
    (1 / 1.5, "#eef0f2", N_("0.67 to 1.5")),
    (1 / 3, "#cfe0f0", N_("0.33 to 0.67")),
    (1 / 10, SKY, N_("0.1 to 0.33")),
    (0.0, NAVY, N_("below 0.1, or never together")),
)
DARK = frozenset({DEEP, NAVY})
# The minus of each level that is rarer than by chance: an ink of its own, since marks of one look
# are one path, which has to lie over the cells of its level.
RARER = {"#cfe0f0": INK, SKY: "#20242a", NAVY: "#ffffff"}


@dataclass(frozen=True)
class MatrixPair:
    """Genes by their places; `odds_ratio` may be infinite, None where there was no test."""

    first: int
    second: int
    odds_ratio: float | None
    p: float | None
    q: float | None
    both: int = 0


def comutation_matrix(
    genes: Sequence[str],
    pairs: Sequence[MatrixPair],
    *,
    counts: Sequence[int] = (),
    language: str = "en",
    prefix: str = "comutation",
) -> Figure:
    """The lower half of the square of `genes`; `counts` are the children with each altered.

    Raises ValueError for more genes than can be read, or a pair outside of them.
    """
    if len(genes) > MOST_GENES:
        raise ValueError(f"{len(genes)} genes: a page holds {MOST_GENES}")
    for pair in pairs:
        if not 0 <= min(pair.first, pair.second) <= max(pair.first, pair.second) < len(genes):
            raise ValueError("a pair of genes that are not there")
    canvas = Canvas()
    names = _names(genes, counts)
    left = max((text_width(name, NORMAL) for name in names), default=0.0) + 6
    cell = min(CELL, (WIDTH - left - 60) / len(genes)) if genes else CELL
    cell = max(cell, LEAST_CELL)
    for place, name in enumerate(names):
        base = 4 + cell * place + cell / 2 + 2.5
        canvas.write(left - 4, base, name, anchor="end")
        canvas.write(left + cell * place + 3, base, genes[place], size=SMALL, colour=QUIET)
    for draw in (_cell, _marks):
        for pair in pairs:
            row, column = max(pair.first, pair.second), min(pair.first, pair.second)
            draw(canvas, pair, left + cell * column, 4 + cell * row, cell - 0.8)
        canvas.layer()
    bottom = 4 + cell * len(genes) + 8
    foot = legend(canvas, _entries(language), x=0, y=bottom, right=WIDTH)
    return canvas.figure(
        height=foot + 4,
        title=say(N_("Genes altered together and apart")),
        alt=_said(genes, pairs),
        language=language,
        prefix=prefix,
    )


def _names(genes: Sequence[str], counts: Sequence[int]) -> list[str]:
    if not counts:
        return list(genes)
    return [f"{gene} ({count})" for gene, count in zip(genes, counts, strict=True)]


def _colour(odds_ratio: float) -> str:
    return next(colour for limit, colour, _label in LEVELS if odds_ratio >= limit)


def _tested(pair: MatrixPair) -> bool:
    return pair.odds_ratio is not None and not math.isnan(pair.odds_ratio)


def _cell(canvas: Canvas, pair: MatrixPair, x: float, y: float, side: float) -> None:
    if not _tested(pair):
        canvas.draw(Pen("#ffffff", FAINT, 0.3), rectangle(x, y, side, side))
        middle = (x + side / 2, y + side / 2)
        canvas.draw(Pen(stroke=FAINT, width=0.5), cross(*middle, side * 0.35))
    else:
        _filled(canvas, _colour(pair.odds_ratio), x, y, side, side)


def _filled(canvas: Canvas, colour: str, x: float, y: float, width: float, height: float) -> None:
    """A minus at the foot of what is rarer than by chance: grey print shows both ends alike."""
    canvas.draw(Pen(colour), rectangle(x, y, width, height))
    if colour in RARER:
        foot = rectangle(x + width * 0.2, y + height * 0.8, width * 0.6, height * 0.11)
        canvas.draw(Pen(RARER[colour]), foot)


def _marks(canvas: Canvas, pair: MatrixPair, x: float, y: float, side: float) -> None:
    if not _tested(pair):
        return
    middle = (x + side / 2, y + side / 2)
    ink = "#ffffff" if _colour(pair.odds_ratio) in DARK else INK
    if pair.p is not None and pair.p < P_LIMIT:
        canvas.draw(Pen(ink), circle(*middle, side * 0.14))
    if pair.q is not None and pair.q < Q_LIMIT:
        canvas.draw(Pen(stroke=ink, width=0.8), circle(*middle, side * 0.32))


def _entries(language: str) -> list[Entry]:
    entries = [
        Entry(
            lambda c, x, y, f=colour: _key(c, f, x, y),
            translate(label, language),
        )
        for _limit, colour, label in LEVELS
    ]
    entries.append(
        Entry(lambda c, x, y: c.draw(Pen(INK), circle(x + 6, y + 3.5, 1.6)),
              translate(N_("p < 0.05"), language))
    )  # fmt: skip
    entries.append(Entry(_ring, translate(N_("q < 0.05 as well"), language)))
    entries.append(
        Entry(lambda c, x, y: c.draw(Pen(stroke=FAINT, width=0.6), cross(x + 6, y + 3.5, 3)),
              translate(N_("no test: a gene is the same in every child"), language))
    )  # fmt: skip
    return entries


def _key(canvas: Canvas, colour: str, x: float, y: float) -> None:
    canvas.draw(Pen(colour, EDGE, 0.3), rectangle(x, y, 12, 7))
    _filled(canvas, colour, x + 0.3, y + 0.3, 11.4, 6.4)


def _ring(canvas: Canvas, x: float, y: float) -> None:
    canvas.draw(Pen(INK), circle(x + 6, y + 3.5, 1.4))
    canvas.draw(Pen(stroke=INK, width=0.8), circle(x + 6, y + 3.5, 3))


def _said(genes: Sequence[str], pairs: Sequence[MatrixPair]) -> tuple[Message, ...]:
    if len(genes) < 2:
        return (say(N_("Fewer than two genes are altered often enough for a pair.")),)
    found = sorted(
        (pair for pair in pairs if pair.p is not None and pair.p < P_LIMIT),
        key=lambda pair: pair.p or 0,
    )
    first = say(
        N_("{pairs} pairs of {genes} genes; p below 0.05 in {few}."),
        pairs=len(pairs), genes=len(genes), few=len(found),
    )  # fmt: skip
    return (first, *(_pair_said(genes, pair) for pair in found[:8]))


def _pair_said(genes: Sequence[str], pair: MatrixPair) -> Message:
    together = pair.odds_ratio is not None and pair.odds_ratio > 1
    sentence = (
        N_("{a} and {b} together in {both} children, more often than by chance.")
        if together
        else N_("{a} and {b} together in {both} children, more seldom than by chance.")
    )
    return say(sentence, a=genes[pair.first], b=genes[pair.second], both=pair.both)
