"""The MLPA chart: one mark a probe, grouped by gene, over the bands of the ratio table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

from analysis.calls import CopyCall
from analysis.figures.lettering import needed, spread, text_width
from analysis.figures.palette import (
    BAND_LOSS,
    BAND_NORMAL,
    EDGE,
    FAINT,
    Entry,
    band_entry,
    column_hatch,
    legend,
    mark,
    mark_entry,
)
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
from analysis.wording import N_, Message, say, translate

LEFT, RIGHT, TOP = 34.0, WIDTH - 6.0, 8.0
PLOT = 80.0
GAP = 0.8  # between two genes, in widths of a probe's column
EXPECTED = Pen(stroke=EDGE, width=0.7, dash="4 2")
ALWAYS = (CopyCall.NORMAL, CopyCall.HET_DEL, CopyCall.HOM_DEL)


@dataclass(frozen=True)
class ProbeMark:
    """One probe. `exon` is what stands under its mark ("4", "" for the probe's own name);
    `ratio` is None where none was read."""

    probe: str
    gene: str
    exon: str
    ratio: float | None
    call: CopyCall


@dataclass(frozen=True)
class RatioBands:
    """The limits that the chart shows. The vendor's table is the default; a probemix may differ."""

    normal: tuple[float, float] = (0.80, 1.20)
    het_deletion: tuple[float, float] = (0.40, 0.65)


VENDOR_BANDS = RatioBands()
# The vendor's diagnostic claim covers IKZF1 only.
RESEARCH_USE = say(N_("Genes other than IKZF1: research use."))


def ratio_chart(
    probes: Sequence[ProbeMark],
    *,
    bands: RatioBands = VENDOR_BANDS,
    expected_het: float | None = None,
    note: Message | None = None,
    language: str = "en",
    prefix: str = "ratio-chart",
) -> Figure:
    """Ratios of `probes`, genes in the order in which they first come.

    `expected_het` is the ratio of a heterozygous deletion at the recorded share of blasts, drawn
    as a dashed line; `note` stands under the chart. Raises ValueError on a ratio below 0.
    """
    for probe in probes:
        if probe.ratio is not None and not 0 <= probe.ratio < inf:
            raise ValueError(f"{probe.probe}: a ratio of {probe.ratio} cannot be.")
    canvas = Canvas()
    scale = _Scale.for_ratios([p.ratio for p in probes if p.ratio is not None])
    _ground(canvas, scale, bands, language)
    if expected_het is not None:
        y = scale.y(expected_het)
        canvas.draw(EXPECTED, line((LEFT, y), (RIGHT, y)))
    canvas.layer()
    genes = _by_gene(probes)
    bottom = _columns(canvas, scale, genes) + 12
    calls = [c for c in CopyCall if c in ALWAYS or any(p.call is c for p in probes)]
    entries = [mark_entry(call, language) for call in calls]
    entries += [
        band_entry(BAND_NORMAL, N_("normal range"), language),
        band_entry(BAND_LOSS, N_("range of a heterozygous deletion"), language),
    ]
    if expected_het is not None:
        entries.append(_expected(expected_het, language))
    bottom = legend(canvas, entries, x=LEFT, y=bottom, right=RIGHT)
    if note:
        bottom += 9
        canvas.write(LEFT, bottom, note.text(language), size=SMALL, colour=QUIET, room=RIGHT - LEFT)
    return canvas.figure(
        height=bottom + 5,
        title=say(N_("MLPA ratio of each probe")),
        alt=_said(genes),
        language=language,
        prefix=prefix,
    )


@dataclass(frozen=True)
class _Scale:
    """Ratio to height. Ratios above `top` are drawn at the upper edge, with their value."""

    top: float

    @classmethod
    def for_ratios(cls, ratios: Sequence[float]) -> _Scale:
        highest = max(ratios, default=1.0)
        return cls(next((top for top in (1.4, 1.8, 2.2) if highest <= top - 0.04), 2.2))

    def y(self, ratio: float) -> float:
        return TOP + PLOT * (1 - min(ratio, self.top) / self.top)


def _ground(canvas: Canvas, scale: _Scale, bands: RatioBands, language: str) -> None:
    for colour, (low, high) in (
        (BAND_NORMAL, bands.normal),
        (BAND_LOSS, bands.het_deletion),
    ):
        upper = scale.y(high)
        canvas.draw(Pen(colour), rectangle(LEFT, upper, RIGHT - LEFT, scale.y(low) - upper))
    canvas.layer()
    for tenths in range(0, int(scale.top * 10) + 1, 2):
        y = scale.y(tenths / 10)
        canvas.draw(Pen(stroke=EDGE), line((LEFT - 3, y), (LEFT, y)))
        canvas.write(LEFT - 5, y + 2.3, f"{tenths / 10:.1f}", size=SMALL, anchor="end")
    canvas.draw(Pen(stroke=FAINT, width=0.4), line((LEFT, scale.y(1)), (RIGHT, scale.y(1))))
    canvas.draw(Pen(stroke=EDGE), f"M{LEFT:g} {TOP:g}v{PLOT:g}H{RIGHT:g}")
    canvas.write(9, TOP + PLOT / 2, translate(N_("ratio"), language), anchor="middle", upright=True)


def _expected(ratio: float, language: str) -> Entry:
    said = say(
        N_("heterozygous deletion expected at {ratio} for the share of blasts"),
        ratio=f"{ratio:.2f}",
    )
    return Entry(
        lambda canvas, x, y: canvas.draw(EXPECTED, line((x, y + 3.5), (x + 12, y + 3.5))),
        said.text(language),
    )


def _by_gene(probes: Sequence[ProbeMark]) -> dict[str, list[ProbeMark]]:
    genes: dict[str, list[ProbeMark]] = {}
    for probe in probes:
        genes.setdefault(probe.gene, []).append(probe)
    return genes


def _columns(canvas: Canvas, scale: _Scale, genes: dict[str, list[ProbeMark]]) -> float:
    """Marks, ticks and names; returns how far down they reach."""
    slots = sum(map(len, genes.values())) + GAP * len(genes)
    slot = min((RIGHT - LEFT) / max(slots, 1), 48.0)
    ticks = [p.exon or p.probe for own in genes.values() for p in own]
    upright = any(text_width(tick, SMALL) > slot - 1 for tick in ticks)
    deep = min(max((text_width(tick, SMALL) for tick in ticks), default=0), 60.0) if upright else 6
    x = LEFT + slot * GAP / 2
    middles = []
    for own in genes.values():
        for probe in own:
            _probe(canvas, scale, probe, x=x, slot=slot)
            _tick(canvas, probe.exon or probe.probe, x=x + slot / 2, upright=upright)
            x += slot
        middles.append((x - slot * len(own), x))
        x += slot * GAP
    return _gene_names(canvas, list(genes), middles, y=TOP + PLOT + 6 + deep)


def _probe(canvas: Canvas, scale: _Scale, probe: ProbeMark, *, x: float, slot: float) -> None:
    middle = x + slot / 2
    if probe.call is CopyCall.NOT_TESTED:
        column_hatch(canvas, x, TOP, slot, PLOT, call=probe.call)
        return
    # Without a ratio the mark stands on the axis: there is something to see, and no value.
    y = scale.y(probe.ratio) if probe.ratio is not None else TOP + PLOT
    mark(canvas, probe.call, middle, y, min(2.3, slot * 0.42))
    if probe.ratio is not None and probe.ratio > scale.top:
        canvas.write(middle, TOP + 9, f"{probe.ratio:.2f}", size=SMALL, anchor="middle")


def _tick(canvas: Canvas, text: str, *, x: float, upright: bool) -> None:
    if upright:
        canvas.write(x + 2.3, TOP + PLOT + 4, text, size=SMALL, anchor="end", upright=True, room=60)
    else:
        canvas.write(x, TOP + PLOT + 9, text, size=SMALL, anchor="middle")


def _gene_names(
    canvas: Canvas, names: Sequence[str], spans: Sequence[tuple[float, float]], *, y: float
) -> float:
    """Brackets, and the names under them in as many lines as they need."""
    widths = [min(text_width(name, NORMAL, bold=True), 90.0) for name in names]
    lines = 1
    while any(needed(widths[i::lines], 4) > RIGHT - LEFT for i in range(lines)):
        lines += 1
    for row in range(lines):
        own = range(row, len(names), lines)
        anchors = [sum(spans[i]) / 2 for i in own]
        centres = spread(anchors, [widths[i] for i in own], low=LEFT, high=RIGHT, gap=4)
        base = y + 13 + 9.5 * row
        for i, centre in zip(own, centres, strict=True):
            start, end = spans[i]
            middle = (start + end) / 2
            bracket = f"M{start + 1:.1f} {y - 2:.1f}v2H{end - 1:.1f}v-2M{middle:.1f} {y:.1f}"
            canvas.draw(Pen(stroke=EDGE), f"{bracket}L{centre:.1f} {base - 7:.1f}")
            canvas.write(centre, base, names[i], anchor="middle", bold=True, room=90)
    return y + 13 + 9.5 * (lines - 1)


def _said(genes: dict[str, list[ProbeMark]]) -> tuple[Message, ...]:
    if not genes:
        return (say(N_("No probe was measured.")),)
    return tuple(
        say(N_("{gene}: {probes}."), gene=gene, probes=tuple(_probe_said(p) for p in own))
        for gene, own in genes.items()
    )


def _probe_said(probe: ProbeMark) -> Message:
    name = say(N_("exon {exon}"), exon=probe.exon) if probe.exon else probe.probe
    if probe.ratio is None:
        return say(N_("{probe} {call}"), probe=name, call=probe.call)
    return say(
        N_("{probe} ratio {ratio} {call}"), probe=name, ratio=f"{probe.ratio:.2f}", call=probe.call
    )
