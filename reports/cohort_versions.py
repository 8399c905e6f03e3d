"""The versions of a saved cohort: when, who, what changed, why. Read from its history."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from reports.cohort_criteria import WHERE
from reports.models import SavedCohort

FIELDS = ("name", "title", "description", "definition")


@dataclass(frozen=True)
class Change:
    """One field (`criterion` ""), or one criterion of the definition, of "where" one condition: old
    and new as text (a condition as JSON), "" for none."""

    field: str
    criterion: str
    old: str
    new: str


@dataclass(frozen=True)
class CohortVersion:
    """One stored state of the cohort. `at` is an ISO time; the first version has no changes."""

    number: int
    at: str
    who: str
    why: str
    changes: tuple[Change, ...]


def versions_of(cohort: SavedCohort | None) -> tuple[CohortVersion, ...]:
    """Every version, the newest first; none for a cohort that nobody saved. One query."""
    if cohort is None or cohort.pk is None:
        return ()
    rows = list(cohort.history.order_by("history_date", "history_id"))
    found, before = [], None
    for place, row in enumerate(rows, start=1):
        changes = _changes(before, row) if before is not None else ()
        at: datetime = row.history_date
        why = row.history_change_reason or ""
        found.append(CohortVersion(place, at.isoformat(), row.history_who, why, changes))
        before = row
    return tuple(reversed(found))


def _changes(old: Any, new: Any) -> tuple[Change, ...]:
    plain = [
        Change(name, "", str(getattr(old, name)), str(getattr(new, name)))
        for name in FIELDS[:-1]
        if getattr(old, name) != getattr(new, name)
    ]
    before, after = _criteria(old.definition), _criteria(new.definition)
    names = dict.fromkeys([*before, *after])
    criteria = [
        Change("definition", name, _text(before.get(name)), _text(after.get(name)))
        for name in names
        if before.get(name) != after.get(name) and name != WHERE
    ]
    return (*plain, *criteria, *_conditions(before.get(WHERE), after.get(WHERE)))


def _conditions(before: Any, after: Any) -> list[Change]:
    """The conditions that went, then those that came; their order says nothing."""
    old, new = ([_text(item) for item in side or ()] for side in (before, after))
    gone = [Change("definition", WHERE, item, "") for item in old if item not in new]
    return gone + [Change("definition", WHERE, "", item) for item in new if item not in old]


def _criteria(definition: Any) -> Mapping[str, Any]:
    """What a former edition may have stored in another shape is shown as it stands."""
    return definition if isinstance(definition, Mapping) else {"": definition}


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
