"""Whose risk group a cohort counts, and the children in whom rules and doctor differ."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from reports.documents.content import Column, Part, row, table
from reports.models import Patient
from reports.risk_standing import RiskStanding, shown_result, standings


@dataclass(frozen=True)
class RiskLine:
    """A child whose doctor's group is not the computed one, is out of date, or has no settled
    group beside it."""

    child: str
    assigned: str
    computed: str
    why: str


@dataclass(frozen=True)
class CohortRisk:
    """`source` is one of `reports.risk_standing.RISK_SOURCES`; `protocols` counts the children by
    leading protocol; `open` those whose group the rules do not settle."""

    source: str
    protocols: Mapping[str, int]
    open: int
    unconfirmed: int
    stale: int
    lines: tuple[RiskLine, ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "source": self.source,
            "protocols": dict(self.protocols),
            "open": self.open,
            "unconfirmed_rule_set": self.unconfirmed,
            "to_be_reassessed": self.stale,
            "differences": [vars(line) for line in self.lines],
        }


def cohort_risk(patient_ids: Collection[int], source: str) -> CohortRisk:
    """In a fixed number of queries; lines in the order of `patient_ids`."""
    found = standings(patient_ids)
    names = dict(Patient.objects.filter(pk__in=patient_ids).values_list("pk", "hospital_number"))
    protocols: dict[str, int] = {}
    for item in found.values():
        if item.computed is not None:
            name = f"{item.computed.protocol} {item.computed.protocol_version}"
            protocols[name] = protocols.get(name, 0) + 1
    lines = (_line(names[key], found[key]) for key in patient_ids)
    computed = [item.computed for item in found.values() if item.computed is not None]
    return CohortRisk(
        source=source,
        protocols=protocols,
        open=sum(not item.group for item in computed),
        unconfirmed=sum(item.status == "unconfirmed" for item in computed),
        stale=sum(item.stale for item in found.values()),
        lines=tuple(line for line in lines if line is not None),
    )


def _line(name: str, item: RiskStanding) -> RiskLine | None:
    row_, assigned = item.computed, item.assigned
    if not assigned or row_ is None:
        return None
    if not (item.out_of_date or row_.word != assigned):
        return None
    if item.out_of_date:
        why = _("out of date")
    else:
        why = _("differs") if row_.group else _("not settled by the rules")
    word = item.entered.get_risk_group_display()
    return RiskLine(name, str(word), shown_result(row_.result), why)


def risk_part(found: CohortRisk) -> Part:
    """Said before Table 1, whose rows of risk depend on it."""
    sources = {
        "computed": _("Risk groups in this report are those that the rules give."),
        "confirmed": _(
            "Risk groups in this report are the doctor's while they are up to date, else those "
            "that the rules give."
        ),
        "assigned": _("Risk groups in this report are those that the doctors assigned."),
    }
    protocols = ", ".join(f"{name} ({n})" for name, n in found.protocols.items())
    texts = [sources[found.source], _("Protocols: {protocols}.").format(protocols=protocols or "—")]
    if found.unconfirmed:
        sentence = _("Unconfirmed rule set in {n} children.")
        texts.append(sentence.format(n=found.unconfirmed))
    if found.open:
        sentence = _("In {n} children the rules leave several groups possible.")
        texts.append(sentence.format(n=found.open))
    if found.stale:
        texts.append(_("{n} children are to be reassessed.").format(n=found.stale))
    if not found.lines:
        texts.append(_("No doctor's group differs from the computed one."))
        return Part(_("Risk groups"), texts=tuple(texts))
    columns = [
        Column(_("Child"), 25),
        Column(_("Doctor's group"), 25),
        Column(_("By the rules"), 30),
        Column(_("Remark"), 20),
    ]
    rows = [row(item.child, item.assigned, item.computed, item.why) for item in found.lines]
    caption = _("Children whose doctor's group is not the computed one ({n})")
    tables = (table(caption.format(n=len(rows)), columns, rows),)
    return Part(_("Risk groups"), texts=tuple(texts), tables=tables)
