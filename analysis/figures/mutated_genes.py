"""How many mutated genes the children of each group have (Fig. 3C of Zhang et al. 2022)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from analysis.figures.mirrored_shares import SLATE
from analysis.figures.palette import EDGE, FAINT, STRIPE, WARM, Entry, Look, fill, legend
from analysis.figures.svg import (
    QUIET,
    SMALL,
    WIDTH,
    Canvas,
    Figure,
    Pen,
    line,
    rectangle,
)
from analysis.wording import N_, Message, counted, say, translate

TOP, PLOT, LEFT = 6.0, 120.0, 34.0
COLOURS = (WARM, SLATE, FAINT)
MOST_COLUMNS = 25


@dataclass(frozen=True)
class GroupCounts:
    """`children[k]` of the group have k mutated genes; `median` None for nobody."""

    label: Message
    children: tuple[int, ...]
    median: float | None

    @property
    def n(self) -> int:
        return sum(self.children)


def mutated_genes(
    groups: Sequence[GroupCounts],
    *,
    result: Message | None = None,
    language: str = "en",
    prefix: str = "mutated-genes",
) -> Figure:
    """Side by side, the share of each group; the last column gathers those beyond. `result` names
    the test. Raises ValueError for more groups than can be told apart."""
    if len(groups) > len(COLOURS):
        raise ValueError(f"{len(groups)} groups cannot be told apart")
    canvas = Canvas()
    shares = [_shares(group) for group in groups]
    columns = max([1, *(len(item) for item in shares)])
    most = max((share for item in shares for share in item), default=0.0)
    top_share = max(ceil(most / 0.1 - 1e-9) * 0.1, 0.1)
    _axes(canvas, columns, top_share, language)
    canvas.layer()
    width = (WIDTH - LEFT - 8) / columns
    bar = width * 0.8 / max(len(groups), 1)
    for place, (item, colour) in enumerate(zip(shares, COLOURS, strict=False)):
        for k, share in enumerate(item):
            if share:
                high = PLOT * share / top_share
                x = LEFT + width * k + width * 0.1 + bar * place
                canvas.draw(Pen(colour, EDGE, 0.4), rectangle(x, TOP + PLOT - high, bar, high))
    entries = [
        Entry(lambda c, x, y, f=colour: fill(c, Look(f), x, y, 12, 7), _named(group).text(language))
        for group, colour in zip(groups, COLOURS, strict=False)
    ]
    foot = legend(canvas, entries, x=LEFT, y=TOP + PLOT + 28, right=WIDTH)
    if result is not None:
        canvas.write(LEFT, foot + 8, result.text(language), size=SMALL, room=WIDTH - LEFT)
        foot += 10
    return canvas.figure(
        height=foot + 4,
        title=say(N_("Mutated genes per child")),
        alt=tuple(_said(group) for group in groups) or (say(N_("No gene was tested.")),),
        language=language,
        prefix=prefix,
    )


def _shares(group: GroupCounts) -> list[float]:
    if not group.n:
        return []
    kept = list(group.children[:MOST_COLUMNS])
    if len(group.children) > MOST_COLUMNS:
        kept[-1] += sum(group.children[MOST_COLUMNS:])
    return [count / group.n for count in kept]


def _axes(canvas: Canvas, columns: int, top_share: float, language: str) -> None:
    ticks = round(top_share / 0.1)
    for tick in range(0, ticks + 1, ceil(ticks / 6)):
        y = TOP + PLOT * (1 - tick * 0.1 / top_share)
        canvas.draw(Pen(stroke=STRIPE, width=0.4), line((LEFT, y), (WIDTH - 8, y)))
        canvas.write(LEFT - 4, y + 2.4, str(tick * 10), size=SMALL, anchor="end")
    canvas.draw(Pen(stroke=EDGE), line((LEFT, TOP + PLOT), (WIDTH - 8, TOP + PLOT)))
    width = (WIDTH - LEFT - 8) / columns
    for k in range(columns):
        text = f"≥{k}" if k == MOST_COLUMNS - 1 else str(k)
        canvas.write(LEFT + width * (k + 0.5), TOP + PLOT + 9, text, size=SMALL, anchor="middle")
    label = translate(N_("mutated genes"), language)
    canvas.write((LEFT + WIDTH) / 2, TOP + PLOT + 19, label, size=SMALL, anchor="middle")
    side = translate(N_("children of the group (%)"), language)
    canvas.write(9, TOP + PLOT - 4, side, size=SMALL, upright=True, colour=QUIET)


def _named(group: GroupCounts) -> Message:
    if group.median is None:
        return say(N_("{group} (n = {n})"), group=group.label, n=group.n)
    sentence = N_("{group} (n = {n}, median {median})")
    return say(sentence, group=group.label, n=group.n, median=group.median)


def _said(group: GroupCounts) -> Message:
    if group.median is None:
        return say(N_("{group}: nobody tested."), group=group.label)
    return counted(
        N_("{group}: {n} child, {median} mutated genes."),
        N_("{group}: {n} children, median {median} mutated genes, {none} with none."),
        group.n,
        group=group.label,
        median=group.median,
        none=group.children[0] if group.children else 0,
    )
