"""Whose risk group a cohort counts, and the children in whom rules and doctor differ, as values."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from reports.models import Patient, RiskGroup
from reports.risk_standing import RiskStanding, standings, word_by


@dataclass(frozen=True)
class RiskLine:
    """A child whose doctor's group is not the computed one, is out of date, or has no settled
    group beside it. `assigned` is a `RiskGroup`, `computed` a short result as
    `risk_standing.shown_result` reads it, `why` "out_of_date", "differs" or "not_settled"."""

    id: int
    child: str
    assigned: str
    computed: dict[str, Any]
    why: str


@dataclass(frozen=True)
class CohortRisk:
    """`source` is one of `reports.risk_standing.RISK_SOURCES`; `protocols` counts the children by
    leading protocol; `open` those whose group the rules do not settle, `unspoken` those for whose
    diagnosis no protocol speaks, `untabled` those whose centre chose what has no rule table,
    `apart` those in a group of their own (infants), whom tables from
    low to high leave out."""

    source: str
    protocols: dict[str, int]
    open: int
    unconfirmed: int
    stale: int
    lines: tuple[RiskLine, ...]
    unspoken: int = 0
    untabled: int = 0
    apart: int = 0


def cohort_risk(patient_ids: Collection[int], source: str) -> CohortRisk:
    """In a fixed number of queries; lines in the order of `patient_ids`."""
    found = standings(patient_ids)
    names = dict(Patient.objects.filter(pk__in=patient_ids).values_list("pk", "hospital_number"))
    protocols: dict[str, int] = {}
    for key in patient_ids:
        computed = found[key].computed
        if computed is not None:
            name = f"{computed.protocol} {computed.protocol_version}"
            protocols[name] = protocols.get(name, 0) + 1
    lines = (_line(key, names[key], found[key]) for key in patient_ids)
    computed = [item.computed for item in found.values() if item.computed is not None]
    return CohortRisk(
        source=source,
        protocols=protocols,
        open=sum(not item.group for item in computed),
        unconfirmed=sum(item.status == "unconfirmed" for item in computed),
        stale=sum(item.stale for item in found.values()),
        lines=tuple(line for line in lines if line is not None),
        unspoken=sum(item.unspoken and not item.untabled for item in found.values()),
        untabled=sum(bool(item.unspoken and item.untabled) for item in found.values()),
        apart=sum(word_by(item, source) == RiskGroup.SEPARATE for item in found.values()),
    )


def _line(key: int, name: str, item: RiskStanding) -> RiskLine | None:
    row, assigned = item.computed, item.assigned
    if item.out_of_date:
        # By the protocol of the entry, which need not be the leading one.
        now = dict(item.basis.result) if item.basis is not None else {}
        return RiskLine(key, name, assigned, now, "out_of_date")
    if not assigned or row is None or row.word == assigned:
        return None
    why = "differs" if row.group else "not_settled"
    return RiskLine(key, name, assigned, dict(row.result), why)
