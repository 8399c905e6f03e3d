"""Which exons are deleted in a cohort: a row a pattern or a child (Fig. 4A of the paper)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analysis.calls import CopyCall
from analysis.figures.exon_scheme import (
    ExonBox,
    boxes,
    draw_exons,
    draw_fingers,
    exon_range,
    finger_entries,
    guide,
    runs,
)
from analysis.figures.palette import CALLS, FAINT, call_entry, fill, legend
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
from analysis.gene import ikzf1
from analysis.wording import N_, Message, counted, say, translate

LEFT, RIGHT = 4.0, WIDTH - 4.0
FIRST, LAST = 100.0, WIDTH - 78.0
ROW, TIGHT = 15.0, 9.4
MANY = 24  # rows from which on they stand closer


@dataclass(frozen=True)
class DeletionRow:
    """`calls` has the call of each exon, exon 1 first; `count` children share them."""

    label: Message | str
    calls: tuple[CopyCall, ...]
    count: int = 1


def deletion_map(
    rows: Sequence[DeletionRow],
    *,
    total: int | None = None,
    language: str = "en",
    prefix: str = "deletion-map",
) -> Figure:
    """The deletions of a cohort, in the order given; a page holds some 70 rows.

    `total` is the denominator of the shares printed beside the counts, such as all altered
    children; without it there are counts alone. Raises ValueError on a row without a call for each
    exon, and on counts below 1 or above `total`.
    """
    _check(rows, total)
    canvas = Canvas()
    scheme = boxes(left=FIRST, right=LAST)
    counted = total is not None or any(row.count > 1 for row in rows)
    top = _head(canvas, scheme, total, language, counted=counted)
    step = ROW if len(rows) <= MANY else TIGHT
    guide(canvas, scheme, top=top, bottom=top + step * len(rows))
    canvas.layer()
    for i, row in enumerate(rows):
        _row(
            canvas,
            scheme,
            row,
            total=total,
            counted=counted,
            y=top + step * i,
            step=step,
            language=language,
        )
    bottom = top + step * max(len(rows), 1)
    if not rows:
        said = translate(N_("no deletion in this cohort"), language)
        canvas.write((FIRST + LAST) / 2, bottom - 4, said, anchor="middle", colour=QUIET)
    canvas.layer()
    present = {call for row in rows for call in row.calls}
    shown = (CopyCall.HET_DEL, CopyCall.HOM_DEL, CopyCall.NORMAL)
    entries = [call_entry(c, language) for c in CopyCall if c in shown or c in present]
    entries += finger_entries(language)
    bottom = legend(canvas, entries, x=LEFT, y=bottom + 8, right=RIGHT)
    return canvas.figure(
        height=bottom + 4,
        title=say(N_("IKZF1 deletions of the cohort")),
        alt=_said(rows, total),
        language=language,
        prefix=prefix,
    )


def _check(rows: Sequence[DeletionRow], total: int | None) -> None:
    exons = len(ikzf1().exons)
    for row in rows:
        if len(row.calls) != exons:
            raise ValueError(f"A row needs {exons} calls, not {len(row.calls)}.")
        if row.count < 1 or (total is not None and row.count > total):
            raise ValueError(f"A count of {row.count} cannot be, with {total} in all.")


def _head(
    canvas: Canvas,
    scheme: Sequence[ExonBox],
    total: int | None,
    language: str,
    *,
    counted: bool,
) -> float:
    gene = ikzf1()
    said = say(
        N_("{transcript}, {length} aa; introns not to scale"),
        transcript=gene.transcript,
        length=gene.protein_length,
    )
    canvas.write(LEFT, 11, gene.symbol, bold=True, size=8.5)
    canvas.write(LEFT + 32, 11, said.text(language), colour=QUIET, room=RIGHT - LEFT - 32)
    canvas.write(FIRST - 22, 26, translate(N_("exon"), language), anchor="end", size=SMALL)
    for box in scheme:
        canvas.write(box.middle, 26, str(box.number), anchor="middle", bold=True)
    draw_exons(canvas, scheme, None, y=30, height=15)
    draw_fingers(canvas, scheme, y=49)
    title = say(N_("children"))
    if total is not None:
        title = say(N_("children (of {total})"), total=total)
    if counted:
        canvas.write(RIGHT, 57, title.text(language), size=SMALL, anchor="end", room=66)
    return 64.0


def _row(
    canvas: Canvas,
    scheme: Sequence[ExonBox],
    row: DeletionRow,
    *,
    total: int | None,
    counted: bool,
    y: float,
    step: float,
    language: str,
) -> None:
    thick = step - 5
    thin = max(thick / 2, 3.6)
    middle = y + step / 2
    label = row.label.text(language) if isinstance(row.label, Message) else row.label
    size = NORMAL if step == ROW else SMALL
    canvas.write(LEFT, middle + 2.5, label, size=size, room=FIRST - LEFT - 14)
    ends = (scheme[0].left - 6, middle), (scheme[-1].right + 6, middle)
    canvas.draw(Pen(stroke=FAINT, width=0.5), line(*ends))
    canvas.layer()
    for first, last, call in runs(row.calls):
        left, right = scheme[first - 1].left, scheme[last - 1].right
        if call.deleted or call.gained:
            # A change goes through the introns between its exons.
            fill(canvas, CALLS[call], left - 3, middle - thick / 2, right - left + 6, thick)
            continue
        for box in scheme[first - 1 : last]:
            fill(canvas, CALLS[call], box.left, middle - thin / 2, box.right - box.left, thin)
    if counted:
        canvas.write(RIGHT, middle + 2.5, _count(row, total), size=size, anchor="end")


def _count(row: DeletionRow, total: int | None) -> str:
    if total is None:
        return str(row.count)
    return f"{row.count} ({100 * row.count / total:.1f} %)"


def _said(rows: Sequence[DeletionRow], total: int | None) -> tuple[Message, ...]:
    if not rows:
        return (say(N_("No deletion in this cohort.")),)
    return tuple(_row_said(row, total) for row in rows)


def _row_said(row: DeletionRow, total: int | None) -> Message:
    calls = tuple(
        say(N_("{exons} {call}"), exons=exon_range(first, last), call=call)
        for first, last, call in runs(row.calls)
    )
    if total is None and row.count == 1:
        return say(N_("{label}: {calls}."), label=row.label, calls=calls)
    if total is None:
        return say(
            N_("{label} ({calls}): {count} children."),
            label=row.label,
            calls=calls,
            count=row.count,
        )
    return counted(
        N_("{label} ({calls}): {count} of {n} child ({share} %)."),
        N_("{label} ({calls}): {count} of {n} children ({share} %)."),
        total,
        label=row.label,
        calls=calls,
        count=row.count,
        share=f"{100 * row.count / total:.1f}",
    )
