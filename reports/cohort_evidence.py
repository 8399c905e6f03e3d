"""The children of a cohort as analysis values, in a fixed number of queries.

The other half of the bridge in `evidence.py`: there one child's IKZF1 evidence, here what a cohort
compares. A gene counts as tested where an adequate sequenced sample's panel lists it, and the
latest such sample speaks for it; IKZF1 by its status, which MLPA and sequencing make together.
Copy-number calls of other genes are research use and do not enter.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from functools import cache

from analysis.calls import State
from analysis.cohort.frame import Alteration, AlterationKind, Child, CohortFrame
from analysis.cohort.fusions import KMT2A, PH_LIKE, PH_POSITIVE, subtype_of
from analysis.cohort.outcome import FollowUp, Happening
from analysis.ikzf1 import STUDY_RULES, Ikzf1Status
from analysis.response import MrdMeasurement
from reports import models
from reports.evidence import diagnosis_sequencing
from reports.models import (
    Classification,
    Consequence,
    KaryotypeState,
    MrdOperator,
    Result,
    SequencingQuality,
)

# Hyperdiploid: 51 to 65 chromosomes in the main clone.
HYPERDIPLOID = range(51, 66)
_BENIGN = (Classification.BENIGN, Classification.LIKELY_BENIGN)
_MEASURED = (MrdOperator.EQUAL, MrdOperator.BELOW, MrdOperator.NOT_DETECTED)
_OF_RESULT = {
    Result.DETECTED: State.ALTERED,
    Result.NOT_DETECTED: State.NOT_DETECTED,
    Result.NOT_EVALUABLE: State.NOT_EVALUABLE,
    Result.NOT_TESTED: State.NOT_TESTED,
}


def cohort_frame(patient_ids: Collection[int]) -> CohortFrame:
    """The frame of these children, in the order given."""
    return CohortFrame.from_children(cohort_children(patient_ids))


def ikzf1_statuses(patient_ids: Collection[int]) -> dict[int, Ikzf1Status]:
    """The stored status of each child, by patient id; a child that was never assessed is absent."""
    rows = models.Ikzf1Assessment.objects.filter(patient_id__in=patient_ids)
    return {
        patient_id: Ikzf1Status.from_json(content)
        for patient_id, content in rows.values_list("patient_id", "content")
    }


def cohort_children(patient_ids: Collection[int]) -> tuple[Child, ...]:
    """One `Child` for each id, in the order given. Raises KeyError for an id that there is not."""
    patients = models.Patient.objects.in_bulk(patient_ids)
    findings = _single(models.Findings, patient_ids)
    glucocorticoid = _single(models.GlucocorticoidResponse, patient_ids)
    risk = _single(models.RiskAssessment, patient_ids)
    mrd = _several(models.Mrd, patient_ids)
    fusions = _several(models.FusionResult, patient_ids)
    statuses = ikzf1_statuses(patient_ids)
    sequencing = diagnosis_sequencing(patient_ids)
    variants = _variants(item for samples in sequencing.values() for item in samples)
    return tuple(
        Child(
            id=patient_id,
            code=patients[patient_id].code,
            sex=patients[patient_id].sex or None,
            age_years=patients[patient_id].age_at_diagnosis,
            **_blood(findings.get(patient_id)),
            **_response(glucocorticoid.get(patient_id)),
            mrd_d15=_mrd(mrd[patient_id], 15),
            mrd_d33=_mrd(mrd[patient_id], 33),
            mrd_d29=_mrd(mrd[patient_id], 29),
            risk_group=_risk(risk.get(patient_id)),
            hyperdiploid=_hyperdiploid(findings.get(patient_id)),
            **_subtypes(fusions[patient_id]),
            **_ikzf1(statuses.get(patient_id)),
            **_genes(sequencing.get(patient_id, []), variants, statuses.get(patient_id)),
        )
        for patient_id in patient_ids
    )


def _single(model, patient_ids: Collection[int]) -> dict:
    return {row.patient_id: row for row in model.objects.filter(patient_id__in=patient_ids)}


def _several(model, patient_ids: Collection[int]) -> dict[int, list]:
    found = defaultdict(list)
    for row in model.objects.filter(patient_id__in=patient_ids):
        found[row.patient_id].append(row)
    return found


def _variants(samples: Iterable[models.SequencingSample]) -> dict[int, list[models.Variant]]:
    found = defaultdict(list)
    for row in models.Variant.objects.filter(sample__in=list(samples)).order_by("gene", "hgvs_c"):
        found[row.sample_id].append(row)
    return found


def _blood(row: models.Findings | None) -> dict[str, float | str | None]:
    names = ("wbc", "lymphocytes", "neutrophils", "haemoglobin", "platelets", "blasts_marrow")
    found = {name: getattr(row, name) if row else None for name in names}
    return found | {"cns": _cns(row.cns_status) if row else None}


def _cns(status: str) -> str | None:
    """CNS1 to CNS3 without their subdivisions; None where it is unknown or was not looked for."""
    return status[:4] if status.startswith("cns") else None


def _response(row: models.GlucocorticoidResponse | None) -> dict:
    if row is None:
        return {}
    return {
        "day8_blasts": row.day8_blasts,
        "glucocorticoid_recorded": row.glucocorticoid_response or None,
    }


def _mrd(rows: list[models.Mrd], day: int) -> MrdMeasurement | None:
    """The measurement of `day` that can be held against a threshold; of several, that of flow
    cytometry, the study's method."""
    of_day = [row for row in rows if row.day == day and row.operator != MrdOperator.NOT_TESTED]
    if not of_day:
        return None
    row = min(of_day, key=lambda item: (_says_nothing(item), item.method != "flow"))
    if row.operator not in _MEASURED:
        # Done, without a readable answer: a value of none, which the analysis calls not evaluable.
        return MrdMeasurement(None, MrdOperator.EQUAL.value, row.lod_fraction)
    return MrdMeasurement(row.fraction, row.operator, row.lod_fraction)


def _says_nothing(row: models.Mrd) -> bool:
    """Not readable, or "not detected" by a method whose limit nobody recorded."""
    without_limit = row.operator == MrdOperator.NOT_DETECTED and row.lod_fraction is None
    return row.operator not in _MEASURED or without_limit


def _risk(row: models.RiskAssessment | None) -> str | None:
    return (row.risk_group or None) if row else None


def _hyperdiploid(row: models.Findings | None) -> State:
    if row is None:
        return State.NOT_TESTED
    if row.modal_number is not None:
        return State.ALTERED if row.modal_number in HYPERDIPLOID else State.NOT_DETECTED
    if row.karyotype_state == KaryotypeState.FAILED:
        return State.NOT_EVALUABLE
    # A normal karyotype has 46 chromosomes, whether or not somebody typed the number.
    return State.NOT_DETECTED if row.karyotype_state == KaryotypeState.NORMAL else State.NOT_TESTED


def _subtypes(rows: list[models.FusionResult]) -> dict[str, State]:
    """The subtypes that fusions define. Ph-like is known by its fusions only: without one, a child
    whose BCR::ABL1 was looked for and not found counts as not detected."""
    return {
        "etv6_runx1": _pair(rows, "ETV6", "RUNX1"),
        "tcf3_pbx1": _pair(rows, "TCF3", "PBX1"),
        "tcf3_hlf": _pair(rows, "TCF3", "HLF"),
        "kmt2a_r": _joined(row for row in rows if _subtype(row) == KMT2A),
        "ph_or_ph_like": _joined(row for row in rows if _subtype(row) in (PH_POSITIVE, PH_LIKE)),
    }


def _subtype(row: models.FusionResult) -> str:
    return subtype_of(row.gene_a, row.gene_b)


def _pair(rows: list[models.FusionResult], gene_a: str, gene_b: str) -> State:
    return _joined(row for row in rows if {row.gene_a, row.gene_b} == {gene_a, gene_b})


def _joined(rows: Iterable[models.FusionResult]) -> State:
    """Several results of one question: found outweighs, then not found, then unreadable."""
    states = {_OF_RESULT[row.result] for row in rows}
    for state in (State.ALTERED, State.NOT_DETECTED, State.NOT_EVALUABLE):
        if state in states:
            return state
    return State.NOT_TESTED


def _ikzf1(status: Ikzf1Status | None) -> dict:
    if status is None:
        return {}
    return {
        "ikzf1": status.state,
        "ikzf1_large_deletion": status.large_deletion,
        "ikzf1_sequence_variant": status.sequence_variant,
        "ikzf1_deletions": tuple(
            item.deletion.pattern for item in status.deletions if not item.within
        ),
    }


def _genes(
    samples: list[models.SequencingSample],
    variants: dict[int, list[models.Variant]],
    status: Ikzf1Status | None,
) -> dict:
    """`samples` are those at diagnosis, adequate ones first, then the latest first."""
    adequate = [item for item in samples if item.quality == SequencingQuality.ADEQUATE]
    # Where the depth is not stated, the absence of a variant is no answer.
    failed = [item for item in samples if item.quality != SequencingQuality.ADEQUATE]
    tested = _listed(tuple(item.panel.genes for item in adequate))
    unread = _listed(tuple(item.panel.genes for item in failed)) - tested
    state = status.state if status else State.NOT_TESTED
    return {
        "genes_tested": _without_or_with(tested, state.answered),
        "genes_not_evaluable": _without_or_with(unread, state is State.NOT_EVALUABLE),
        "alterations": (*_found(adequate, variants), *_of_ikzf1(status)),
    }


@cache
def _listed(panels: tuple[frozenset[str], ...]) -> frozenset[str]:
    return frozenset().union(*panels)


def _found(
    samples: list[models.SequencingSample], variants: dict[int, list[models.Variant]]
) -> list[Alteration]:
    """What the latest sample that covers a gene reports of it."""
    found: list[Alteration] = []
    answered: set[str] = set()
    for sample in samples:
        rows = [row for row in variants[sample.pk] if row.gene not in answered]
        found += _altered(rows)
        answered |= sample.panel.genes | {row.gene for row in rows}
    return found


@cache
def _without_or_with(genes: frozenset[str], ikzf1: bool) -> frozenset[str]:
    """`genes` with IKZF1 exactly where its own status says so; one set for all children alike."""
    return genes | {"IKZF1"} if ikzf1 else genes - {"IKZF1"}


def _altered(rows: list[models.Variant]) -> list[Alteration]:
    return [
        Alteration(row.gene, _kind(row.hgvs_c))
        for row in rows
        if row.gene != "IKZF1"
        and row.classification not in _BENIGN
        and row.consequence not in (Consequence.SYNONYMOUS, Consequence.NON_CODING)
        and (row.vaf is None or row.vaf >= STUDY_RULES.min_vaf)
    ]


def _kind(hgvs_c: str) -> AlterationKind:
    changed = any(word in hgvs_c for word in ("del", "ins", "dup", "inv"))
    return AlterationKind.INDEL if changed else AlterationKind.SNV


def _of_ikzf1(status: Ikzf1Status | None) -> list[Alteration]:
    if status is None or status.state is not State.ALTERED:
        return []
    kinds = [AlterationKind(item.kind.value) for item in status.counted_variants]
    kinds += [AlterationKind.LARGE_DELETION] * (status.large_deletion is State.ALTERED)
    return [Alteration("IKZF1", kind) for kind in kinds]


def follow_ups(patient_ids: Collection[int]) -> tuple[FollowUp, ...]:
    """What happened to each child later, in the order given: days from diagnosis, by the dates
    where both are known, else as they are recorded. An event without either is left out."""
    diagnosed = dict(
        models.Patient.objects.filter(pk__in=patient_ids).values_list("pk", "diagnosis_date")
    )
    found: dict[int, list[tuple[Happening, int]]] = defaultdict(list)
    rows = models.FollowUpEvent.objects.filter(patient_id__in=patient_ids)
    for row in rows.order_by("pk"):
        start = diagnosed[row.patient_id]
        days = (row.date - start).days if row.date and start else row.days_from_diagnosis
        if days is not None:
            found[row.patient_id].append((Happening(row.event), days))
    return tuple(FollowUp(tuple(found.get(pk, ()))) for pk in patient_ids)
