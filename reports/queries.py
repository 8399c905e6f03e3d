"""Reads that two places need: which children a cohort holds, and why the others are out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from analysis.calls import State
from reports.models import Diagnosis, Patient, SavedCohort
from reports.risk_standing import RISK_SOURCES

# No criterion, but a choice: it stands beside the criteria in a cohort's definition.
RISK_FROM = "risk_group_from"
DEFAULT_DEFINITION: Mapping[str, Any] = {"diagnosis": Diagnosis.B_ALL.value}


class BadDefinition(ValueError):
    """A cohort's definition names a criterion or a value that does not exist."""


@dataclass(frozen=True)
class FlowStep:
    """One criterion: what it asks for, how many it left out, of these how many for want of the
    value that it asks about, and how many remain."""

    criterion: str
    label: str
    excluded: int
    unknown: int
    remaining: int


@dataclass(frozen=True)
class Selection:
    """The children of a cohort, in the order of centre and hospital number.

    `total` counts every child on record before the first criterion; `synthetic` those of the
    cohort that are invented.
    """

    patient_ids: tuple[int, ...]
    total: int
    flow: tuple[FlowStep, ...]
    synthetic: int


@dataclass(frozen=True)
class _Child:
    id: int
    centre: str
    diagnosis: str
    birth_date: date | None
    diagnosis_date: date | None
    age_years: float | None
    synthetic: str
    ikzf1: str

    @property
    def age(self) -> float | None:
        if self.birth_date and self.diagnosis_date:
            return (self.diagnosis_date - self.birth_date).days / 365.25
        return self.age_years


# A criterion answers True, False, or None where the child's record does not say.
Criterion = Callable[[_Child, Any], bool | None]


def _age_below(child: _Child, limit: float) -> bool | None:
    return None if child.age is None else child.age < limit


def _from(child: _Child, first: date) -> bool | None:
    return None if child.diagnosis_date is None else child.diagnosis_date >= first


def _to(child: _Child, last: date) -> bool | None:
    return None if child.diagnosis_date is None else child.diagnosis_date <= last


def _ikzf1(child: _Child, wanted: str) -> bool:
    if wanted == "answered":
        return State(child.ikzf1).answered
    return wanted in ("any", child.ikzf1)


# In the order of their application, whatever the order in the stored definition.
_CRITERIA: dict[str, Criterion] = {
    "centre": lambda child, code: child.centre == code,
    "diagnosis": lambda child, group: child.diagnosis == group,
    "diagnosed_from": _from,
    "diagnosed_to": _to,
    "age_below": _age_below,
    "ikzf1": _ikzf1,
}


def definition_of(cohort: SavedCohort | None) -> dict[str, Any]:
    """The criteria of `cohort` (None: all children with B-ALL) as typed values.

    Keys: `centre` (code), `diagnosis` (a `Diagnosis`), `diagnosed_from` and `diagnosed_to` (ISO
    dates, both inclusive), `age_below` (years at diagnosis), `ikzf1` ("altered", "not_detected",
    "answered" for either of these, or "any"). `risk_group_from` is no criterion: `risk_source`
    reads it. Raises `BadDefinition`.
    """
    raw = DEFAULT_DEFINITION if cohort is None else cohort.definition or DEFAULT_DEFINITION
    if not isinstance(raw, Mapping):
        raise BadDefinition(_("A cohort's definition is a list of criteria with their values."))
    unknown = sorted(set(raw) - set(_CRITERIA) - {RISK_FROM})
    if unknown:
        raise BadDefinition(
            _("Unknown criterion: {names}. Known are: {known}.").format(
                names=", ".join(unknown), known=", ".join((*_CRITERIA, RISK_FROM))
            )
        )
    return {name: _typed(name, raw[name]) for name in _CRITERIA if raw.get(name) not in (None, "")}


def risk_source(cohort: SavedCohort | None) -> str:
    """Whose risk group this cohort counts: "computed" (the default), "confirmed" (the doctor's
    while it is up to date, else the computed one) or "assigned". Raises `BadDefinition`."""
    raw = cohort.definition if cohort is not None else None
    chosen = raw.get(RISK_FROM) if isinstance(raw, Mapping) else None
    if chosen in (None, ""):
        return RISK_SOURCES[0]
    if chosen not in RISK_SOURCES:
        raise BadDefinition(
            _("{value} is no value for the criterion {name}.").format(value=chosen, name=RISK_FROM)
        )
    return str(chosen)


def _typed(name: str, value: Any) -> Any:
    try:
        if name in ("diagnosed_from", "diagnosed_to"):
            return date.fromisoformat(value)
        if name == "age_below":
            return float(value)
        if name == "diagnosis":
            return Diagnosis(value).value
        if name == "ikzf1" and value not in ("altered", "not_detected", "answered", "any"):
            raise ValueError(value)
    except (TypeError, ValueError) as error:
        raise BadDefinition(
            _("{value} is no value for the criterion {name}.").format(value=value, name=name)
        ) from error
    return str(value)


def select(definition: Mapping[str, Any]) -> Selection:
    """Apply the criteria of `definition_of` in their order; one query whatever the number."""
    children = _children()
    total, flow = len(children), []
    for name, wanted in definition.items():
        answers = [(child, _CRITERIA[name](child, wanted)) for child in children]
        kept = [child for child, answer in answers if answer]
        flow.append(
            FlowStep(
                criterion=name,
                label=_label(name, wanted),
                excluded=len(children) - len(kept),
                unknown=sum(answer is None for _child, answer in answers),
                remaining=len(kept),
            )
        )
        children = kept
    return Selection(
        patient_ids=tuple(child.id for child in children),
        total=total,
        flow=tuple(flow),
        synthetic=sum(bool(child.synthetic) for child in children),
    )


def _children() -> list[_Child]:
    rows = Patient.objects.order_by("centre__code", "hospital_number").values_list(
        "id",
        "centre__code",
        "diagnosis",
        "birth_date",
        "diagnosis_date",
        "age_years",
        "synthetic",
        "ikzf1__state",
    )
    return [_Child(*row[:-1], row[-1] or State.NOT_TESTED.value) for row in rows]


def _label(name: str, wanted: Any) -> str:
    """The criterion as a sentence, in the current language."""
    sentences = {
        "centre": _("Centre: {value}"),
        "diagnosis": _("Diagnosis: {value}"),
        "diagnosed_from": _("Diagnosed on or after {value}"),
        "diagnosed_to": _("Diagnosed on or before {value}"),
        "age_below": _("Younger than {value} years at diagnosis"),
        "ikzf1": _("IKZF1 status: {value}"),
    }
    return sentences[name].format(value=_shown(name, wanted))


def _shown(name: str, wanted: Any) -> str:
    if name == "diagnosis":
        return str(Diagnosis(wanted).label)
    if name == "ikzf1":
        return {
            "altered": _("altered"),
            "not_detected": _("not detected"),
            "answered": _("altered or not detected"),
            "any": _("any, also not tested"),
        }[wanted]
    return f"{wanted:g}" if isinstance(wanted, float) else str(wanted)
