"""Ratios of one sample -> calls of its probes, exons and genes, each with its reasons.

The ratio table speaks first. Where the share of blasts is known, `joint` then sets each call
against its neighbours and the ratio that a deletion would have.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import isfinite

import numpy as np

from analysis.calls import CopyCall, Evidence, Reason, agreed
from analysis.mlpa.gene_call import gene_call
from analysis.mlpa.joint import CALLS, joint_codes
from analysis.mlpa.patterns import PatternRules, expected_ratio, fit
from analysis.mlpa.probemix import Probe, ProbeUse
from analysis.mlpa.ratio_table import RatioTable
from analysis.wording import N_, say


@dataclass(frozen=True)
class Measured:
    """One probe's ratio in one sample, NaN with a `problem` where there is none.

    `reference_sd`: SD of the probe over the reference samples, NaN where not known.
    """

    probe: Probe
    ratio: float
    reference_sd: float = float("nan")
    problem: Reason | None = None
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True)
class ProbeCall:
    """`table_call` is the ratio table's, `call` the final one of the machine. `expected_het` and
    `expected_hom` are the ratios at the recorded blast percentage, None where none is recorded."""

    probe: str
    gene: str
    exon: str
    use: ProbeUse
    ratio: float | None
    table_call: CopyCall
    call: CopyCall
    expected_het: float | None
    expected_hom: float | None
    needs_confirmation: bool
    reasons: tuple[Reason, ...]
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True)
class ExonResult:
    """`ratio` is the mean over the exon's probes that have one."""

    exon: str
    call: CopyCall
    ratio: float | None
    probes: tuple[ProbeCall, ...]


@dataclass(frozen=True)
class GeneResult:
    """`deleted` and `gained` are exon ranges along the gene ("4-7", "8")."""

    gene: str
    use: ProbeUse
    call: CopyCall
    deleted: tuple[str, ...]
    gained: tuple[str, ...]
    exons: tuple[ExonResult, ...]
    reasons: tuple[Reason, ...]

    @property
    def probes(self) -> tuple[ProbeCall, ...]:
        return tuple(probe for exon in self.exons for probe in exon.probes)


def call_gene(
    measured: Sequence[Measured],
    *,
    blast_percent: float | None,
    noise: float,
    table: RatioTable,
    rules: PatternRules,
) -> GeneResult:
    """`measured` are the probes of one gene in the order along it, at least one; `noise` the SD of
    the sample's reference probes, NaN where not known (then `rules.noise_unknown`)."""
    exons = tuple(dict.fromkeys(item.probe.exon for item in measured))
    measured = [item for exon in exons for item in measured if item.probe.exon == exon]
    tabled = [_by_table(item, blast_percent, table) for item in measured]
    if blast_percent is not None:
        tabled = _jointly(tabled, exons, blast_percent, noise, table, rules)
    tabled = _mark_single(tabled)
    results = tuple(
        _exon(exon, tuple(call for call in tabled if call.exon == exon)) for exon in exons
    )
    return _gene(results, measured[0].probe)


def not_evaluable(gene: GeneResult, why: tuple[Reason, ...]) -> GeneResult:
    """The same gene in a sample that cannot be read: ratios stay, calls are "not evaluable"."""
    exons = tuple(
        replace(
            exon,
            call=CopyCall.NOT_EVALUABLE,
            probes=tuple(
                replace(probe, call=CopyCall.NOT_EVALUABLE, needs_confirmation=False, reasons=why)
                for probe in exon.probes
            ),
        )
        for exon in gene.exons
    )
    return replace(
        gene, call=CopyCall.NOT_EVALUABLE, deleted=(), gained=(), exons=exons, reasons=why
    )


def _by_table(item: Measured, blasts: float | None, table: RatioTable) -> ProbeCall:
    call, reasons = CopyCall.NOT_EVALUABLE, []
    ratio = round(item.ratio, 4) if isfinite(item.ratio) else None
    if item.problem:
        reasons.append(item.problem)
    if ratio is None and not item.problem:
        reasons.append(Reason("no_ratio", say(N_("{probe} has no ratio."), probe=item.probe.name)))
    elif ratio is not None and item.reference_sd > table.max_reference_sd:
        sentence = N_(
            "{probe}: SD {sd} over the reference samples, above {limit}: the ratio table does not "
            "hold for it."
        )
        numbers = {"sd": f"{item.reference_sd:.3f}", "limit": f"{table.max_reference_sd:.2f}"}
        reasons.append(Reason("probe_sd", say(sentence, probe=item.probe.name, **numbers)))
    elif ratio is not None:
        call = table.call(ratio)
        sentence = N_("{probe}: ratio {ratio} is {call} in the ratio table.")
        message = say(sentence, probe=item.probe.name, ratio=f"{ratio:.2f}", call=call)
        reasons.append(Reason("ratio_table", message, item.evidence))
    known = blasts is not None
    return ProbeCall(
        probe=item.probe.name,
        gene=item.probe.gene,
        exon=item.probe.exon,
        use=item.probe.use,
        ratio=ratio,
        table_call=call,
        call=call,
        expected_het=round(expected_ratio(1, blasts), 4) if known else None,
        expected_hom=round(expected_ratio(2, blasts), 4) if known else None,
        needs_confirmation=False,
        reasons=tuple(reasons),
        evidence=item.evidence,
    )


def _jointly(
    calls: list[ProbeCall],
    exons: tuple[str, ...],
    blast_percent: float,
    noise: float,
    table: RatioTable,
    rules: PatternRules,
) -> list[ProbeCall]:
    places = tuple(exons.index(call.exon) for call in calls)
    usable = [call.table_call is not CopyCall.NOT_EVALUABLE for call in calls]
    read = [call.ratio if ok else np.nan for call, ok in zip(calls, usable, strict=True)]
    ratio = np.array([read], dtype=float)
    blasts = np.array([blast_percent / 100])
    sd = np.array([max(noise, rules.least_noise) if isfinite(noise) else rules.noise_unknown])
    found = fit(ratio, exon_of_probe=places, blasts=blasts, noise=sd, rules=rules)
    by_probe = replace(
        found,
        clonal=found.clonal[:, places],
        both=found.both[:, places],
        any_loss=found.any_loss[:, places],
    )
    codes = np.array([[CALLS.index(call.table_call) for call in calls]])
    codes = joint_codes(codes, ratio, by_probe, blasts=blasts, table=table, rules=rules)
    return [
        _revised(call, CALLS[code], float(clonal), float(any_loss), float(sd[0]))
        for call, code, clonal, any_loss in zip(
            calls, codes[0], by_probe.clonal[0], by_probe.any_loss[0], strict=True
        )
    ]


def _revised(
    call: ProbeCall, revised: CopyCall, clonal: float, any_loss: float, sd: float
) -> ProbeCall:
    """The call after its neighbours and the blasts were looked at, with the reason of a change."""
    if revised is call.table_call:
        return call
    numbers = {
        "probe": call.probe,
        "ratio": f"{call.ratio:.2f}",
        "het": f"{call.expected_het:.2f}",
        "hom": f"{call.expected_hom:.2f}",
        "sd": f"{sd:.3f}",
        "from_loss": f"{(call.ratio - call.expected_het) / sd:+.1f}",
        "from_normal": f"{(call.ratio - 1) / sd:+.1f}",
    }
    if revised is CopyCall.AMBIGUOUS:
        sentence = N_(
            "{probe}: ratio {ratio} may be normal, or a deletion at the recorded blasts (expected "
            "{het}) or in a part of them: ambiguous. It lies {from_loss} SD from {het} and "
            "{from_normal} SD from 1 (SD of the sample {sd}); probability of a deletion in all "
            "blasts {clonal}, in any part of them {any_loss}."
        )
        chances = {"clonal": f"{clonal:.2g}", "any_loss": f"{any_loss:.2g}"}
        reason = Reason("normal_not_distinct", say(sentence, **numbers, **chances))
        return replace(call, call=revised, reasons=(*call.reasons, reason))
    sentence = N_(
        "{probe}: ratio {ratio} with its neighbours fits a deletion at the recorded blasts "
        "(expected {het} for one copy lost, {hom} for both; joint probability {chance}). It lies "
        "{from_loss} SD from {het} and {from_normal} SD from 1 (SD of the sample {sd})."
    )
    reason = Reason("joint_deletion", say(sentence, **numbers, chance=f"{clonal:.2f}"))
    return replace(call, call=revised, needs_confirmation=True, reasons=(*call.reasons, reason))


def _mark_single(calls: list[ProbeCall]) -> list[ProbeCall]:
    """A change that one probe alone shows, without a neighbour, is marked."""
    marked = []
    for place, call in enumerate(calls):
        beside = calls[max(place - 1, 0) : place] + calls[place + 1 : place + 2]
        deleted = call.call.deleted and not any(other.call.deleted for other in beside)
        gained = call.call.gained and not any(other.call.gained for other in beside)
        if deleted or gained:
            sentence = N_("{probe} alone shows this change: it needs confirmation.")
            reason = Reason("single_probe", say(sentence, probe=call.probe))
            call = replace(call, needs_confirmation=True, reasons=(*call.reasons, reason))
        marked.append(call)
    return marked


def _exon(exon: str, probes: tuple[ProbeCall, ...]) -> ExonResult:
    ratios = [probe.ratio for probe in probes if probe.ratio is not None]
    mean = round(sum(ratios) / len(ratios), 4) if ratios else None
    return ExonResult(exon, agreed([probe.call for probe in probes]), mean, probes)


def _gene(exons: tuple[ExonResult, ...], probe: Probe) -> GeneResult:
    calls = [exon.call for exon in exons]
    deleted = _ranges(exons, [call.deleted for call in calls])
    gained = _ranges(exons, [call.gained for call in calls])
    reasons = []
    for ranges, code, sentence in (
        (deleted, "gene_deleted", N_("{gene}: loss of {ranges}.")),
        (gained, "gene_gained", N_("{gene}: gain of {ranges}.")),
    ):
        if ranges:
            reasons.append(Reason(code, say(sentence, gene=probe.gene, ranges=ranges)))
    if probe.use is ProbeUse.RESEARCH_USE:
        sentence = N_("{gene}: research use, outside the vendor's diagnostic claim.")
        reasons.append(Reason("research_use", say(sentence, gene=probe.gene)))
    return GeneResult(
        gene=probe.gene,
        use=probe.use,
        call=gene_call(calls),
        deleted=deleted,
        gained=gained,
        exons=exons,
        reasons=tuple(reasons),
    )


def _ranges(exons: tuple[ExonResult, ...], chosen: list[bool]) -> tuple[str, ...]:
    """Runs of neighbouring exons as "first-last", in the order along the gene."""
    runs: list[list[str]] = []
    open_run = False
    for exon, keep in zip(exons, chosen, strict=True):
        if keep and open_run:
            runs[-1].append(exon.exon)
        elif keep:
            runs.append([exon.exon])
        open_run = keep
    return tuple(run[0] if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)
