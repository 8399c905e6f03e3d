"""IKZF1 in one picture: exons, zinc fingers, what is deleted, and the ratio of each exon."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import inf

from analysis.calls import CopyCall
from analysis.figures.exon_scheme import (
    ExonBox,
    boxes,
    checked_range,
    draw_exons,
    draw_fingers,
    exon_range,
    finger_entries,
)
from analysis.figures.lettering import text_width
from analysis.figures.palette import (
    BAND_LOSS,
    BAND_NORMAL,
    CALLS,
    EDGE,
    band_entry,
    call_entry,
    column_hatch,
    legend,
    mark,
)
from analysis.figures.ratio_chart import VENDOR_BANDS, RatioBands
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
from analysis.gene import ikzf1
from analysis.wording import N_, Message, say, translate

LEFT, RIGHT = 34.0, WIDTH - 6.0
FIRST, LAST = LEFT + 16, RIGHT - 18  # the exons; beside them 5' and 3'
PLOT, LANE = 54.0, 19.0
ALWAYS = (
    CopyCall.HOM_DEL,
    CopyCall.HET_DEL,
    CopyCall.NORMAL,
    CopyCall.AMBIGUOUS,
    CopyCall.NOT_EVALUABLE,
    CopyCall.NOT_TESTED,
)


@dataclass(frozen=True)
class ExonMark:
    """One exon: its call, and its ratio or None where none was read."""

    exon: int
    call: CopyCall
    ratio: float | None = None


@dataclass(frozen=True)
class DeletedRange:
    """Exons `first` to `last`, lost on one chromosome (`HET_DEL`) or on both (`HOM_DEL`)."""

    first: int
    last: int
    call: CopyCall = CopyCall.HET_DEL


def gene_map(
    exons: Sequence[ExonMark],
    *,
    deletions: Sequence[DeletedRange] = (),
    bands: RatioBands = VENDOR_BANDS,
    language: str = "en",
    prefix: str = "gene-map",
) -> Figure:
    """The gene map of one child. An exon that `exons` leaves out was not tested.

    Raises ValueError on an exon that IKZF1 does not have, on one given twice, on a ratio below 0,
    and on a deleted range whose call is no deletion.
    """
    marks = _by_exon(exons)
    for deletion in deletions:
        checked_range(deletion.first, deletion.last)
        if not deletion.call.deleted:
            raise ValueError(f"{deletion.call} is no deletion.")
    canvas = Canvas()
    scheme = boxes(left=FIRST, right=LAST)
    _head(canvas, language)
    for box in scheme:
        canvas.write(box.middle, 27, str(box.number), anchor="middle", bold=True)
    canvas.write(FIRST - 12, 27, translate(N_("exon"), language), anchor="end", size=SMALL)
    draw_exons(canvas, scheme, {n: m.call for n, m in marks.items()}, y=31, height=17)
    draw_fingers(canvas, scheme, y=52)
    top = _deletions(canvas, scheme, deletions, language, y=66) + 6
    _ratios(canvas, scheme, marks, bands, language, top=top)
    bottom = _legend(canvas, marks, language, y=top + PLOT + 18)
    return canvas.figure(
        height=bottom + 4,
        title=say(N_("IKZF1 gene map")),
        alt=_said(marks, deletions),
        language=language,
        prefix=prefix,
    )


def _by_exon(exons: Sequence[ExonMark]) -> dict[int, ExonMark]:
    numbers = [exon.number for exon in ikzf1().exons]
    given: dict[int, ExonMark] = {}
    for mark_ in exons:
        if mark_.exon not in numbers or mark_.exon in given:
            raise ValueError(f"Exon {mark_.exon} does not exist or is given twice.")
        if mark_.ratio is not None and not 0 <= mark_.ratio < inf:
            raise ValueError(f"A ratio of {mark_.ratio} cannot be.")
        given[mark_.exon] = mark_
    return {n: given.get(n, ExonMark(n, CopyCall.NOT_TESTED)) for n in numbers}


def _head(canvas: Canvas, language: str) -> None:
    gene = ikzf1()
    said = say(
        N_("{transcript}, {length} aa, {band}; introns not to scale"),
        transcript=gene.transcript,
        length=gene.protein_length,
        band=gene.band,
    )
    canvas.write(LEFT, 11, gene.symbol, bold=True, size=8.5)
    canvas.write(LEFT + 32, 11, said.text(language), colour=QUIET, room=RIGHT - LEFT - 32)


def _deletions(
    canvas: Canvas,
    scheme: Sequence[ExonBox],
    deletions: Sequence[DeletedRange],
    language: str,
    *,
    y: float,
) -> float:
    """A bar for each deleted range with its words below, in as few lanes as hold them."""
    ends: list[float] = []
    for deletion in sorted(deletions, key=lambda d: (d.first, -d.last, d.call)):
        left, right = scheme[deletion.first - 1].left - 3, scheme[deletion.last - 1].right + 3
        text = _deletion_said(deletion).text(language)
        half = text_width(text, NORMAL) / 2
        middle = min(max((left + right) / 2, LEFT + half), RIGHT - half)
        start, end = min(left, middle - half), max(right, middle + half)
        lane = next((i for i, taken in enumerate(ends) if taken + 8 < start), len(ends))
        ends[lane : lane + 1] = [end]
        top = y + LANE * lane
        _bar(canvas, deletion.call, left, right, top)
        canvas.write(middle, top + 13.2, text, anchor="middle")
    return y + LANE * len(ends)


def _bar(canvas: Canvas, call: CopyCall, left: float, right: float, y: float) -> None:
    """One bar for one chromosome, two for both."""
    look = CALLS[call]
    thick = 2.4 if call is CopyCall.HOM_DEL else 4
    rows = (y, y + 3.6) if call is CopyCall.HOM_DEL else (y + 1,)
    for row in rows:
        canvas.draw(Pen(look.fill, EDGE, 0.5), rectangle(left, row, right - left, thick))


def _deletion_said(deletion: DeletedRange) -> Message:
    return say(
        N_("{exons}, {call}"),
        exons=exon_range(deletion.first, deletion.last),
        call=deletion.call,
    )


def _ratios(
    canvas: Canvas,
    scheme: Sequence[ExonBox],
    marks: dict[int, ExonMark],
    bands: RatioBands,
    language: str,
    *,
    top: float,
) -> None:
    highest = max((m.ratio for m in marks.values() if m.ratio is not None), default=1.0)
    limit = next((limit for limit in (1.4, 1.8, 2.2) if highest <= limit - 0.15), 2.2)

    def height(ratio: float) -> float:
        return top + PLOT * (1 - min(ratio, limit) / limit)

    for colour, (low, high) in ((BAND_NORMAL, bands.normal), (BAND_LOSS, bands.het_deletion)):
        band = rectangle(LEFT, height(high), RIGHT - LEFT, height(low) - height(high))
        canvas.draw(Pen(colour), band)
    canvas.layer()
    for tenths in range(0, int(limit * 10) + 1, 2):
        y = height(tenths / 10)
        canvas.draw(Pen(stroke=EDGE), line((LEFT - 3, y), (LEFT, y)))
        canvas.write(LEFT - 5, y + 2.3, f"{tenths / 10:.1f}", size=SMALL, anchor="end")
    middle = top + PLOT / 2
    canvas.write(9, middle, translate(N_("ratio"), language), anchor="middle", upright=True)
    for box in scheme:
        _column(canvas, box, marks[box.number], top=top)
        canvas.write(box.middle, top + PLOT + 10, str(box.number), anchor="middle")
    canvas.draw(Pen(stroke=EDGE), f"M{LEFT:g} {top:.1f}v{PLOT:g}H{RIGHT:g}")
    canvas.layer()
    for box in scheme:
        _value(canvas, box, marks[box.number], height, top=top)
    if all(m.call is CopyCall.NOT_TESTED for m in marks.values()):
        _in_words(canvas, translate(N_("copy number not tested"), language), middle)


def _column(canvas: Canvas, box: ExonBox, own: ExonMark, *, top: float) -> None:
    """The ground of an exon that gave no answer."""
    left, width = box.left - 4, box.right - box.left + 8
    if own.call in (CopyCall.NOT_TESTED, CopyCall.NOT_EVALUABLE):
        column_hatch(canvas, left, top, width, PLOT, call=own.call)


def _value(
    canvas: Canvas,
    box: ExonBox,
    own: ExonMark,
    height: Callable[[float], float],
    *,
    top: float,
) -> None:
    """The mark of an exon with its value; without a value a mark at the foot, or none."""
    if own.call is CopyCall.NOT_TESTED:
        return
    if own.ratio is None:
        mark(canvas, own.call, box.middle, top + PLOT - 4, 3)
        return
    y = height(own.ratio)
    mark(canvas, own.call, box.middle, y, 3)
    text = f"{own.ratio:.2f}"
    base = y - 5 if y - 12 > top else y + 11
    if own.call is CopyCall.NOT_EVALUABLE:  # a number that nobody should lean on
        text = f"({text})"
        half = text_width(text, NORMAL) / 2 + 1
        canvas.draw(Pen(PAPER), rectangle(box.middle - half, base - 6.3, 2 * half, 8))
    canvas.write(box.middle, base, text, anchor="middle")


def _in_words(canvas: Canvas, text: str, y: float) -> None:
    half = text_width(text, 8.5, bold=True) / 2 + 5
    middle = (LEFT + RIGHT) / 2
    canvas.layer()
    canvas.draw(Pen(PAPER, EDGE, 0.6), rectangle(middle - half, y - 8, 2 * half, 15))
    canvas.write(middle, y + 2.8, text, size=8.5, anchor="middle", bold=True)


def _legend(canvas: Canvas, marks: dict[int, ExonMark], language: str, *, y: float) -> float:
    present = {m.call for m in marks.values()}
    entries = [call_entry(c, language) for c in CopyCall if c in ALWAYS or c in present]
    entries += finger_entries(language)
    entries += [
        band_entry(BAND_NORMAL, N_("normal range"), language),
        band_entry(BAND_LOSS, N_("range of a heterozygous deletion"), language),
    ]
    return legend(canvas, entries, x=LEFT, y=y, right=RIGHT)


def _said(marks: dict[int, ExonMark], deletions: Sequence[DeletedRange]) -> tuple[Message, ...]:
    gene = ikzf1()
    head = say(
        N_("{gene}, transcript {transcript}, {length} aa."),
        gene=gene.symbol,
        transcript=gene.transcript,
        length=gene.protein_length,
    )
    lost = tuple(say(N_("Deleted: {deletion}."), deletion=_deletion_said(d)) for d in deletions)
    return (head, *lost, *(_exon_said(m) for m in marks.values()))


def _exon_said(own: ExonMark) -> Message:
    if own.ratio is None:
        return say(N_("Exon {exon}: {call}."), exon=own.exon, call=own.call)
    return say(
        N_("Exon {exon}: {call}, ratio {ratio}."),
        exon=own.exon,
        call=own.call,
        ratio=f"{own.ratio:.2f}",
    )
