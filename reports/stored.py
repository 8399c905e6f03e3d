"""Stored derived values read back. What a former rule wrote, and the present one cannot read, is
"to be reassessed": None, never an error."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from analysis.ikzf1 import Ikzf1Status
from analysis.risk.result import RiskResult
from analysis.subtype import SubtypeResult
from reports.derived import Profiles, current_versions, risk_version
from reports.models import ComputedRisk, Ikzf1Assessment, ProfileAssessment, SubtypeAssessment
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
        return changed or row.stale_since is not None
    return row.rule_version != current_versions()[_KIND[type(row)]]


_KIND = {
    Ikzf1Assessment: "ikzf1",
    ProfileAssessment: "profiles",
    SubtypeAssessment: "subtype",
}
