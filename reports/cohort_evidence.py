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
from analysis.cohort.outcome import FollowUp, Happening
from analysis.ikzf1 import STUDY_RULES, Ikzf1Status
from analysis.response import MrdMeasurement, day8_blasts
from analysis.subtype import classify
from reports import models
from reports.derived import current_versions
from reports.evidence import diagnosis_sequencing
from reports.genetics_evidence import subtype_evidence
from reports.models import (
    Classification,
    Consequence,
    Material,
    MrdOperator,
    SequencingQuality,
)
from reports.risk_standing import group_by, standings
from reports.stored import stored_status

_BENIGN = (Classification.BENIGN, Classification.LIKELY_BENIGN)
_MEASURED = (MrdOperator.EQUAL, MrdOperator.BELOW, MrdOperator.NOT_DETECTED)


def cohort_frame(patient_ids: Collection[int], *, risk: str = "computed") -> CohortFrame:
    """The frame of these children, in the order given; `risk` as in `cohort_children`."""
    return CohortFrame.from_children(cohort_children(patient_ids, risk=risk))


def ikzf1_statuses(patient_ids: Collection[int]) -> dict[int, Ikzf1Status]:
    """The stored status of each child, by patient id; a child that was never assessed, or
    whose status a former rule wrote in a way that is no longer read, is absent."""
    rows = models.Ikzf1Assessment.objects.filter(patient_id__in=patient_ids)
    read = ((row.patient_id, stored_status(row)) for row in rows)
    return {patient_id: status for patient_id, status in read if status is not None}


def cohort_children(patient_ids: Collection[int], *, risk: str = "computed") -> tuple[Child, ...]:
    """One `Child` for each id, in the order given. Raises KeyError for an id that there is not.

    `risk` says whose risk group counts, one of `reports.risk_standing.RISK_SOURCES`.
    """
    patients = models.Patient.objects.in_bulk(patient_ids)
    findings = _single(models.Findings, patient_ids)
    glucocorticoid = _single(models.GlucocorticoidResponse, patient_ids)
    groups = standings(patient_ids)
    subtypes = _subtypes(patient_ids)
    mrd = _several(models.Mrd, patient_ids)
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
            risk_group=group_by(groups[patient_id], risk),
            **subtypes[patient_id],
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
        "day8_blasts": day8_blasts(row.day8_wbc, row.day8_blast_percent)
        if row.day8_blasts is None
        else row.day8_blasts,
        "glucocorticoid_recorded": row.glucocorticoid_response or None,
    }


def _mrd(rows: list[models.Mrd], day: int) -> MrdMeasurement | None:
    """The measurement of `day` that can be held against a threshold; of several, that of marrow,
    then that of flow cytometry, the study's method. Blood alone is not evaluable, as on the child's
    own page: it holds fewer of the cells."""
    of_day = [row for row in rows if row.day == day and row.operator != MrdOperator.NOT_TESTED]
    if not of_day:
        return None
    row = min(
        of_day,
        key=lambda item: (
            item.material == Material.BLOOD,
            _says_nothing(item),
            item.method != "flow",
        ),
    )
    if row.operator not in _MEASURED or row.material == Material.BLOOD:
        # Done, without a readable answer: a value of none, which the analysis calls not evaluable.
        return MrdMeasurement(None, MrdOperator.EQUAL.value, row.lod_fraction)
    return MrdMeasurement(row.fraction, row.operator, row.lod_fraction)


def _rank(row: models.Mrd) -> tuple[bool, bool, bool]:
    """Least first."""
    return row.material == Material.BLOOD, _says_nothing(row), row.method != "flow"


def _says_nothing(row: models.Mrd) -> bool:
    """Not readable, or "not detected" by a method whose limit nobody recorded."""
    without_limit = row.operator == MrdOperator.NOT_DETECTED and row.lod_fraction is None
    return row.operator not in _MEASURED or without_limit


def _subtypes(patient_ids: Collection[int]) -> dict[int, dict[str, State]]:
    """The study's subtypes of each child, from the stored subtype; one that the present rules have
    not seen yet is classified here."""
    version = current_versions()["subtype"]
    rows = models.SubtypeAssessment.objects.filter(
        patient_id__in=patient_ids, rule_version=version
    ).values_list("patient_id", "content__paper_groups")
    found = {key: {item["name"]: State(item["state"]) for item in groups} for key, groups in rows}
    lacking = [key for key in patient_ids if key not in found]
    for key, evidence in subtype_evidence(lacking).items() if lacking else ():
        groups = classify(evidence).paper_groups
        found[key] = {item.name: item.state for item in groups}
    return found


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
