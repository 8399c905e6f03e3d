"""Stored derived values read back. What a former rule wrote, and the present one cannot read, is
"to be reassessed": None, never an error."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.db.models import Exists, OuterRef, QuerySet

from analysis.ikzf1 import Ikzf1Status
from analysis.risk.result import RiskResult
from analysis.subtype import SubtypeResult
from reports.derived import Profiles, current_versions, risk_version
from reports.models import (
    CentreProtocol,
    ComputedRisk,
    Ikzf1Assessment,
    ProfileAssessment,
    RiskAssessment,
    SubtypeAssessment,
)
from reports.protocols import table_of

T = TypeVar("T")


def stored_status(row: Ikzf1Assessment | None) -> Ikzf1Status | None:
    return _read(Ikzf1Status.from_json, row)


def stored_profiles(row: ProfileAssessment | None) -> Profiles | None:
    return _read(Profiles.from_json, row)


def stored_subtype(row: SubtypeAssessment | None) -> SubtypeResult | None:
    return _read(SubtypeResult.from_json, row)


def stored_risk(row: ComputedRisk | None) -> RiskResult | None:
    return _read(RiskResult.from_json, row)


def _read(from_json: Callable[[Any], T], row: Any) -> T | None:
    if row is None:
        return None
    try:
        return from_json(row.content)
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def is_stale(row: Any) -> bool:
    """Whether the rules have changed since the row was worked out, or somebody marked it so."""
    if isinstance(row, ComputedRisk):
        table = table_of(row.protocol, row.protocol_version)
        changed = table is None or row.rule_version != risk_version(table.rule_hash)
        return changed or row.stale_since is not None or _superseded(row)
    return row.rule_version != current_versions()[_KIND[type(row)]]


def _superseded(row: ComputedRisk) -> bool:
    """A newer version of the protocol has come, and nobody chose this one for the child."""
    newest = table_of(row.protocol)
    if newest is None or newest.version == row.protocol_version:
        return False
    if not hasattr(row, "version_chosen"):
        row = with_choice(ComputedRisk.objects.filter(pk=row.pk)).get()
    return not row.version_chosen


def with_choice(rows: QuerySet[ComputedRisk]) -> QuerySet[ComputedRisk]:
    """The same rows, knowing whether the child's centre or its doctor's entry names their version
    of the protocol (`version_chosen`)."""
    same = {"protocol_version": OuterRef("protocol_version")}
    of_centre = CentreProtocol.objects.filter(centre=OuterRef("patient__centre"), **same)
    of_entry = RiskAssessment.objects.filter(patient=OuterRef("patient"), **same)
    return rows.annotate(version_chosen=Exists(of_centre) | Exists(of_entry))


_KIND = {
    Ikzf1Assessment: "ikzf1",
    ProfileAssessment: "profiles",
    SubtypeAssessment: "subtype",
}
