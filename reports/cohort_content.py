"""Everything that the report of a cohort is made of, as values: read from the records, or from
what was frozen. What is made of it asks the database for nothing more.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max

from analysis.cohort.frame import Child
from analysis.cohort.outcome import FollowUp
from analysis.ikzf1 import Ikzf1Status
from reports import models
from reports.cohort_criteria import plain_definition
from reports.cohort_evidence import cohort_children, follow_ups, ikzf1_statuses
from reports.cohort_risk import CohortRisk, cohort_risk
from reports.cohort_versions import CohortVersion, versions_of
from reports.derived import current_versions
from reports.documents.version import software_version
from reports.models import SavedCohort
from reports.queries import Selection, definition_of, risk_source, select

# Every model whose rows enter the numbers, with the way from it to the child.
_SOURCES = (
    (models.Patient, "pk"),
    (models.Findings, "patient"),
    (models.GlucocorticoidResponse, "patient"),
    (models.Mrd, "patient"),
    (models.MarrowAssessment, "patient"),
    (models.MediastinalMass, "patient"),
    (models.FusionResult, "patient"),
    (models.GeneticTest, "patient"),
    (models.RiskAssessment, "patient"),
    (models.FollowUpEvent, "patient"),
    (models.Specimen, "patient"),
    (models.MlpaSample, "specimen__patient"),
    (models.ProbeRatio, "sample__specimen__patient"),
    (models.SequencingSample, "specimen__patient"),
    (models.Variant, "sample__specimen__patient"),
)


@dataclass(frozen=True)
class FrozenStamp:
    """When a content was frozen, by whom and why; `sha256` covers the whole content."""

    number: int
    frozen_at: datetime
    by: str
    reason: str
    sha256: str


@dataclass(frozen=True, eq=False)
class CohortContent:
    """`name` and `title` are "" for all children with B-ALL. `statuses` (None for a child never
    assessed) and `follow_ups` run beside `children`. `definition` is the plain one. `not_frozen`
    names what the content does not say because it was frozen before that was recorded."""

    name: str
    title: str
    description: str
    definition: dict[str, Any]
    versions: tuple[CohortVersion, ...]
    selection: Selection
    children: tuple[Child, ...]
    statuses: tuple[Ikzf1Status | None, ...]
    follow_ups: tuple[FollowUp, ...]
    risk: CohortRisk
    as_of: datetime | None
    data_hash: str
    software: str
    rule_versions: dict[str, str]
    frozen: FrozenStamp | None = None
    not_frozen: tuple[str, ...] = ()


def cohort_content(cohort: SavedCohort | None) -> CohortContent:
    """Select the children and read them, in a fixed number of queries. Raises
    `reports.queries.BadDefinition`."""
    source = risk_source(cohort)
    definition = definition_of(cohort)
    selection = select(definition, risk=source)
    ids = selection.patient_ids
    children = cohort_children(ids, risk=source)
    statuses = ikzf1_statuses(ids)
    happened = follow_ups(ids)
    return CohortContent(
        name=cohort.name if cohort else "",
        title=cohort.title if cohort else "",
        description=cohort.description if cohort else "",
        definition=plain_definition(definition),
        versions=versions_of(cohort),
        selection=selection,
        children=children,
        statuses=tuple(statuses.get(key) for key in ids),
        follow_ups=happened,
        risk=cohort_risk(ids, source),
        as_of=_newest(ids),
        data_hash=data_hash(children, happened),
        software=software_version(),
        rule_versions=dict(current_versions()),
    )


def _newest(patient_ids: Collection[int]) -> datetime | None:
    """The newest change among the records of these children."""
    changes = [
        model.objects.filter(**{f"{way}__in": patient_ids}).aggregate(newest=Max("updated_at"))
        for model, way in _SOURCES
    ]
    return max((item["newest"] for item in changes if item["newest"]), default=None)


def data_hash(children: Sequence[Child], happened: Sequence[FollowUp]) -> str:
    """SHA-256 (hex) over what entered the numbers, in the order of the cohort; no database key."""
    digest = hashlib.sha256()
    for child, follow_up in zip(children, happened, strict=True):
        values = dataclasses.asdict(child) | {"id": None}
        digest.update(json.dumps(values, sort_keys=True, default=_plain).encode())
        digest.update(json.dumps(dataclasses.asdict(follow_up), default=_plain).encode())
    return digest.hexdigest()


def _plain(value: Any) -> Any:
    return sorted(value) if isinstance(value, (set, frozenset)) else str(value)
