"""The only bridge from database rows to analysis values, in a fixed number of queries.

Which measurement speaks for a child: of the specimens taken at diagnosis (see
`evidence_course.py`), the latest adequate MLPA
sample that measured IKZF1 and the latest adequate sequenced sample whose panel covers it; the other
adequate ones go along, so that a contradiction is seen, and so do sequenced samples whose depth
nobody has stated. Where none was adequate, the latest of these speaks, then the latest failed one,
so that "not evaluable" keeps its reason. "Latest" is by date of the run, then by entry.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from django.db.models import Model, QuerySet

from analysis.calls import CopyCall, Reason, agreed
from analysis.ikzf1 import (
    CopyNumberAssay,
    ExonCall,
    Ikzf1Evidence,
    SequencingAssay,
    Variant,
)
from reports import models
from reports.evidence_course import Course, courses
from reports.models import Quality, SequencingQuality, SexDecision, TimePoint
from reports.models.mlpa import IKZF1_EXONS

UNTESTED_COPY_NUMBER = CopyNumberAssay(tested=False)
UNTESTED_SEQUENCING = SequencingAssay(tested=False)
# What a recorded quality says of whether the sample could be read.
_ADEQUATE = {
    SequencingQuality.ADEQUATE: True,
    SequencingQuality.FAILED: False,
    SequencingQuality.NOT_STATED: None,
}
_ORDER = {SequencingQuality.ADEQUATE: 2, SequencingQuality.NOT_STATED: 1}


def ikzf1_evidence(patient_ids: Collection[int]) -> dict[int, Ikzf1Evidence]:
    """Per patient id what the laboratory knows of IKZF1; untested assays are said as such."""
    course = courses(patient_ids)
    mlpa = diagnosis_mlpa(patient_ids, course)
    sequencing = diagnosis_sequencing(patient_ids, course)
    probes = _rows_of(models.ProbeRatio, mlpa)
    variants = _rows_of(models.Variant, sequencing)
    blasts = marrow_blasts(patient_ids)
    found = {}
    for patient_id in sorted(patient_ids):
        share = blasts.get(patient_id)
        copies, other_copies = _speaking(
            [_copy_number(item, probes, share) for item in mlpa.get(patient_id, [])],
            _copies_answer,
            UNTESTED_COPY_NUMBER,
        )
        sequence, other_sequences = _speaking(
            [_sequencing(item, variants) for item in sequencing.get(patient_id, [])],
            _sequence_answers,
            UNTESTED_SEQUENCING,
        )
        found[patient_id] = Ikzf1Evidence(copies, sequence, other_copies, other_sequences)
    return found


def diagnosis_mlpa(
    patient_ids: Collection[int], course: Mapping[int, Course] | None = None
) -> dict[int, list[models.MlpaSample]]:
    """The MLPA samples of each child's specimens at diagnosis, adequate ones first, then the
    latest first; children without one are absent."""
    samples = of_diagnosis_by_record(models.MlpaSample, patient_ids).select_related("run")
    return _ranked(_in_time(samples, course or courses(patient_ids)), "sample_quality")


def diagnosis_sequencing(
    patient_ids: Collection[int], course: Mapping[int, Course] | None = None
) -> dict[int, list[models.SequencingSample]]:
    """The sequenced samples of each child's specimens at diagnosis, in the order of
    `diagnosis_mlpa`."""
    samples = of_diagnosis_by_record(models.SequencingSample, patient_ids)
    samples = samples.select_related("run", "panel")
    return _ranked(_in_time(samples, course or courses(patient_ids)), "quality")


def of_diagnosis_by_record(model: type[Model], patient_ids: Collection[int]) -> QuerySet:
    """The samples of specimens that are recorded as of the diagnosis, whatever their day."""
    return model.objects.filter(
        specimen__patient_id__in=patient_ids, specimen__time_point=TimePoint.DIAGNOSIS
    ).select_related("specimen")


def _in_time(samples: Iterable, course: Mapping[int, Course]) -> list:
    return [
        item for item in samples if course[item.specimen.patient_id].of_diagnosis(item.specimen)
    ]


def _ranked(samples: Iterable, quality: str) -> dict[int, list]:
    found = defaultdict(list)
    for sample in sorted(samples, key=lambda item: _rank(item, quality), reverse=True):
        found[sample.specimen.patient_id].append(sample)
    return dict(found)


def _speaking(assays: list, answers: Callable[[Any], bool], untested: Any) -> tuple[Any, tuple]:
    """(the assay that speaks, the others that answer) of `assays` in the order of `_rank`."""
    able = [item for item in assays if item.adequate is not False and answers(item)]
    if able:
        return able[0], tuple(able[1:])
    # A test of IKZF1 that failed says more than a good one of other genes.
    failed = [item for item in assays if item.adequate is False]
    return next(iter([*failed, *assays]), untested), ()


def _copies_answer(assay: CopyNumberAssay) -> bool:
    return any(item.call is not CopyCall.NOT_TESTED for item in assay.exons)


def _sequence_answers(assay: SequencingAssay) -> bool:
    return bool(assay.covers_ikzf1 or assay.variants)


def _rank(sample, quality: str) -> tuple[int, str, int]:
    date = sample.run.run_date
    return (
        _ORDER.get(getattr(sample, quality), 0),
        date.isoformat() if date else "",
        sample.pk,
    )


def _rows_of(model: type[Model], samples: dict[int, list]) -> dict[int, list]:
    """The IKZF1 rows of `model`, by the key of their sample."""
    found = defaultdict(list)
    wanted = [item for items in samples.values() for item in items]
    for row in model.objects.filter(sample__in=wanted, gene="IKZF1"):
        found[row.sample_id].append(row)
    return found


def marrow_blasts(patient_ids: Collection[int]) -> dict[int, float | None]:
    """Percent of blasts in the marrow at diagnosis, for specimens that state none of their own."""
    rows = models.Findings.objects.filter(patient_id__in=patient_ids)
    return dict(rows.values_list("patient_id", "blasts_marrow"))


def source_of(row: Model) -> str:
    """The way back from an analysis value to the row it came from."""
    return f"{row._meta.label_lower}:{row.pk}"


def _copy_number(
    sample: models.MlpaSample,
    probes: dict[int, list[models.ProbeRatio]],
    marrow_blasts: float | None,
) -> CopyNumberAssay:
    own = sample.specimen.blast_percent
    own_probes = probes.get(sample.pk, [])
    return CopyNumberAssay(
        tested=True,
        adequate=sample.sample_quality == Quality.ADEQUATE,
        exons=_exon_calls(own_probes),
        blast_percent=own if own is not None else marrow_blasts,
        inadequate_reason=sample.quality_reason,
        failed_checks=failed_checks(sample),
        source=source_of(sample),
        settled_exons=tuple(
            sorted({int(p.exon) for p in own_probes if p.override_call and p.exon in IKZF1_EXONS})
        ),
    )


def failed_checks(sample: models.MlpaSample) -> tuple[Reason, ...]:
    """The checks of its file that make `sample` fail; none where a person decided so."""
    if sample.sample_quality != Quality.FAILED or sample.sex_decision == SexDecision.REJECTED:
        return ()
    return tuple(
        Reason.from_json(item["reason"])
        for item in sample.checks
        if item["outcome"] in ("failed", "blocked")
    )


def _exon_calls(probes: list[models.ProbeRatio]) -> tuple[ExonCall, ...]:
    """One call an exon, in the order of the exons."""
    by_exon: dict[int, list[models.ProbeRatio]] = defaultdict(list)
    for probe in probes:
        if probe.exon in IKZF1_EXONS:
            by_exon[int(probe.exon)].append(probe)
    return tuple(_exon_call(exon, by_exon[exon]) for exon in sorted(by_exon))


def _exon_call(exon: int, probes: list[models.ProbeRatio]) -> ExonCall:
    call = agreed(CopyCall(probe.final_call) for probe in probes)
    ratios = [probe.ratio for probe in probes if probe.ratio is not None]
    return ExonCall(
        exon=exon,
        call=call,
        ratio=round(sum(ratios) / len(ratios), 4) if ratios else None,
        probes=tuple(source_of(probe) for probe in probes),
    )


def _sequencing(
    sample: models.SequencingSample, variants: dict[int, list[models.Variant]]
) -> SequencingAssay:
    genes = sample.panel.genes
    return SequencingAssay(
        tested=True,
        adequate=_ADEQUATE[sample.quality],
        variants=tuple(_variant(row) for row in variants.get(sample.pk, [])),
        low_exons=sample.low_exons,
        covers_ikzf1="IKZF1" in genes if genes else None,
        inadequate_reason=sample.why,
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
