"""The only bridge from database rows to analysis values, in a fixed number of queries.

Which measurement speaks for a child: of the specimens taken at diagnosis, the latest adequate MLPA
sample and the latest adequate sequenced sample; where none was adequate, the latest failed one, so
that "not evaluable" keeps its reason. "Latest" is by date of the run, then by entry.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

from django.db.models import Model

from analysis.calls import CopyCall
from analysis.ikzf1 import (
    CopyNumberAssay,
    ExonCall,
    Ikzf1Evidence,
    SequencingAssay,
    Variant,
)
from reports import models
from reports.models import Quality, TimePoint
from reports.models.mlpa import IKZF1_EXONS

UNTESTED_COPY_NUMBER = CopyNumberAssay(tested=False)
UNTESTED_SEQUENCING = SequencingAssay(tested=False)


def ikzf1_evidence(patient_ids: Collection[int]) -> dict[int, Ikzf1Evidence]:
    """Per patient id what the laboratory knows of IKZF1; untested assays are said as such."""
    mlpa = latest_mlpa(patient_ids)
    sequencing = latest_sequencing(patient_ids)
    probes = _by_owner(
        models.ProbeRatio.objects.filter(sample__in=mlpa.values(), gene="IKZF1"), "sample_id"
    )
    variants = _by_owner(
        models.Variant.objects.filter(sample__in=sequencing.values(), gene="IKZF1"), "sample_id"
    )
    blasts = _marrow_blasts(patient_ids)
    return {
        patient_id: Ikzf1Evidence(
            copy_number=_copy_number(mlpa.get(patient_id), probes, blasts.get(patient_id)),
            sequencing=_sequencing(sequencing.get(patient_id), variants),
        )
        for patient_id in sorted(patient_ids)
    }


def latest_mlpa(patient_ids: Collection[int]) -> dict[int, models.MlpaSample]:
    """The MLPA sample that speaks for each child; children without one are absent."""
    samples = models.MlpaSample.objects.filter(
        specimen__patient_id__in=patient_ids, specimen__time_point=TimePoint.DIAGNOSIS
    ).select_related("run", "specimen")
    return _speaking(samples, "sample_quality")


def latest_sequencing(patient_ids: Collection[int]) -> dict[int, models.SequencingSample]:
    """The sequenced sample that speaks for each child; children without one are absent."""
    samples = models.SequencingSample.objects.filter(
        specimen__patient_id__in=patient_ids, specimen__time_point=TimePoint.DIAGNOSIS
    ).select_related("run", "specimen", "panel")
    return _speaking(samples, "quality")


def _speaking(samples: Iterable, quality: str) -> dict[int, Model]:
    chosen = {}
    for sample in samples:
        patient_id = sample.specimen.patient_id
        kept = chosen.get(patient_id)
        if kept is None or _rank(sample, quality) > _rank(kept, quality):
            chosen[patient_id] = sample
    return chosen


def _rank(sample, quality: str) -> tuple[bool, str, int]:
    date = sample.run.run_date
    return (
        getattr(sample, quality) == Quality.ADEQUATE,
        date.isoformat() if date else "",
        sample.pk,
    )


def _by_owner(rows, key: str) -> dict[int, list]:
    found = defaultdict(list)
    for row in rows:
        found[getattr(row, key)].append(row)
    return found


def _marrow_blasts(patient_ids: Collection[int]) -> dict[int, float | None]:
    rows = models.Findings.objects.filter(patient_id__in=patient_ids)
    return dict(rows.values_list("patient_id", "blasts_marrow"))


def source_of(row: Model) -> str:
    """The way back from an analysis value to the row it came from."""
    return f"{row._meta.label_lower}:{row.pk}"


def _copy_number(
    sample: models.MlpaSample | None,
    probes: dict[int, list[models.ProbeRatio]],
    marrow_blasts: float | None,
) -> CopyNumberAssay:
    if sample is None:
        return UNTESTED_COPY_NUMBER
    own = sample.specimen.blast_percent
    return CopyNumberAssay(
        tested=True,
        adequate=sample.sample_quality == Quality.ADEQUATE,
        exons=_exon_calls(probes.get(sample.pk, [])),
        blast_percent=own if own is not None else marrow_blasts,
        inadequate_reason=sample.quality_reason,
        source=source_of(sample),
    )


def _exon_calls(probes: list[models.ProbeRatio]) -> tuple[ExonCall, ...]:
    """One call an exon, in the order of the exons."""
    by_exon: dict[int, list[models.ProbeRatio]] = defaultdict(list)
    for probe in probes:
        if probe.exon in IKZF1_EXONS:
            by_exon[int(probe.exon)].append(probe)
    return tuple(_exon_call(exon, by_exon[exon]) for exon in sorted(by_exon))


def _exon_call(exon: int, probes: list[models.ProbeRatio]) -> ExonCall:
    call = _agreed({CopyCall(probe.final_call) for probe in probes} - {CopyCall.NOT_TESTED})
    ratios = [probe.ratio for probe in probes if probe.ratio is not None]
    return ExonCall(
        exon=exon,
        call=call,
        ratio=round(sum(ratios) / len(ratios), 4) if ratios else None,
        probes=tuple(source_of(probe) for probe in probes),
    )


def _agreed(calls: set[CopyCall]) -> CopyCall:
    """What several probes of one exon say together: what all of them support, else ambiguous."""
    if not calls:
        return CopyCall.NOT_TESTED
    if len(calls) == 1:
        return next(iter(calls))
    if all(call.deleted for call in calls):
        return CopyCall.HET_DEL
    if all(call.gained for call in calls):
        return CopyCall.HET_DUP
    return CopyCall.AMBIGUOUS


def _sequencing(
    sample: models.SequencingSample | None, variants: dict[int, list[models.Variant]]
) -> SequencingAssay:
    if sample is None:
        return UNTESTED_SEQUENCING
    genes = sample.panel.genes
    return SequencingAssay(
        tested=True,
        adequate=sample.quality == Quality.ADEQUATE,
        variants=tuple(_variant(row) for row in variants.get(sample.pk, [])),
        low_exons=sample.low_exons,
        covers_ikzf1="IKZF1" in genes if genes else None,
        inadequate_reason=sample.quality_reason,
        source=source_of(sample),
    )


def _variant(row: models.Variant) -> Variant:
    return Variant(
        gene=row.gene,
        transcript=row.transcript,
        hgvs_c=row.hgvs_c,
        hgvs_p=row.hgvs_p,
        consequence=row.consequence,
        vaf=row.vaf,
        depth=row.depth,
        classification=row.classification,
        source=source_of(row),
    )
