"""Reads that two places need: which children a cohort holds, and why the others are out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from analysis.age import years_between
from analysis.calls import State
from reports import cohort_criteria
from reports.cohort_criteria import (
    ANSWERED,
    DEFAULT_DEFINITION,
    DELETION,
    GENE,
    IS,
    NOT_ANSWERED,
    NOT_RECORDED,
    RECORDED,
    RISK_FROM,
    WHERE,
    BadDefinition,
    Condition,
    typed_definition,
)
from reports.cohort_words import criterion_text, left_out_text, listed, unknown_text
from reports.models import MlpaSample, Patient, SavedCohort, SequencingSample, Specimen, TimePoint

if TYPE_CHECKING:
    from analysis.cohort.frame import Child

__all__ = ["RISK_FROM", "BadDefinition", "FlowStep", "Selection", "definition_of", "risk_source",
           "select"]  # fmt: skip


@dataclass(frozen=True)
class FlowStep:
    """One criterion: what it asks for, how many it left out, of these how many for want of the
    value that it asks about, and how many remain. `value` is a `Condition` where `criterion` is
    "where"."""

    criterion: str
    value: Any
    excluded: int
    unknown: int
    remaining: int

    @property
    def label(self) -> str:
        """The criterion in words, in the current language."""
        return criterion_text(self.criterion, self.value)

    def to_json(self) -> dict[str, Any]:
        return {
            "criterion": self.criterion,
            "label": self.label,
            "excluded": self.excluded,
            "unknown": self.unknown,
            "remaining": self.remaining,
        }


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

    def sentence(self) -> str:
        """ "214 registered, 9 not B-ALL, 5 no specimen, 200 analysed", in the current language."""
        parts = [_("{n} registered").format(n=self.total)]
        for step in self.flow:
            known = step.excluded - step.unknown
            if known:
                parts.append(left_out_text(step.criterion, step.value, known))
            if step.unknown:
                parts.append(unknown_text(step.criterion, step.value, step.unknown))
        return listed([*parts, _("{n} analysed").format(n=len(self.patient_ids))])


@dataclass(frozen=True)
class _Child:
    id: int
    centre: str
    protocol: str
    diagnosis: str
    sex: str
    birth_date: date | None
    diagnosis_date: date | None
    age_years: float | None
    synthetic: str
    ikzf1: str
    specimen: bool
    mlpa: bool
    sequenced: bool

    @property
    def age(self) -> float | None:
        if self.birth_date and self.diagnosis_date:
            return years_between(self.birth_date, self.diagnosis_date)
        return self.age_years


# A criterion answers True, False, or None where the child's record does not say.
Criterion = Callable[[_Child, Any], bool | None]


def _age_from(child: _Child, limit: float) -> bool | None:
    return None if child.age is None else child.age >= limit


def _age_below(child: _Child, limit: float) -> bool | None:
    return None if child.age is None else child.age < limit


def _from(child: _Child, first: date) -> bool | None:
    return None if child.diagnosis_date is None else child.diagnosis_date >= first


def _to(child: _Child, last: date) -> bool | None:
    return None if child.diagnosis_date is None else child.diagnosis_date <= last


def _specimen(child: _Child, wanted: str) -> bool:
    answers = {
        "any": child.specimen,
        "mlpa": child.mlpa,
        "sequencing": child.sequenced,
        "both": child.mlpa and child.sequenced,
    }
    return answers[wanted]


def _ikzf1(child: _Child, wanted: str) -> bool | None:
    """Left out for want of an answer, not for another one, where there is none."""
    if wanted == "any":
        return True
    answered = State(child.ikzf1).answered
    if wanted == "answered":
        return answered
    return child.ikzf1 == wanted if answered else None


_CRITERIA: dict[str, Criterion] = {
    "centre": lambda child, code: child.centre == code,
    "protocol": lambda child, name: child.protocol == name if child.protocol else None,
    "diagnosis": lambda child, group: child.diagnosis == group,
    "sex": lambda child, sex: child.sex == sex if child.sex else None,
    "diagnosed_from": _from,
    "diagnosed_to": _to,
    "age_from": _age_from,
    "age_below": _age_below,
    "specimen": _specimen,
    "ikzf1": _ikzf1,
}


def definition_of(cohort: SavedCohort | None) -> dict[str, Any]:
    """The criteria of `cohort` (None: all children with B-ALL), as
    `reports.cohort_criteria.typed_definition` gives them. Raises `BadDefinition`."""
    raw = DEFAULT_DEFINITION if cohort is None else cohort.definition or DEFAULT_DEFINITION
    return typed_definition(raw)


def risk_source(cohort: SavedCohort | None) -> str:
    """Whose risk group this cohort counts, one of `reports.risk_standing.RISK_SOURCES`. Raises
    `BadDefinition`."""
    return cohort_criteria.risk_source(cohort.definition if cohort is not None else None)


def select(definition: Mapping[str, Any], *, risk: str = "computed") -> Selection:
    """Apply the criteria of `definition_of` in their order: one query whatever the number of
    children, and where there are conditions on derived fields, those of `cohort_children` once.

    `risk` says whose risk group such a condition asks for.
    """
    children = _children()
    total, flow = len(children), []
    for name, wanted in definition.items():
        if name == WHERE:
            continue
        children, step = _step(name, wanted, children, _CRITERIA[name])
        flow.append(step)
    conditions = definition.get(WHERE, ())
    if conditions:
        values = _values([child.id for child in children], risk)
        for condition in conditions:
            children, step = _step(WHERE, condition, children, _holding(values))
            flow.append(step)
    return Selection(
        patient_ids=tuple(child.id for child in children),
        total=total,
        flow=tuple(flow),
        synthetic=sum(bool(child.synthetic) for child in children),
    )


def _step(
    name: str, wanted: Any, children: list[_Child], criterion: Criterion
) -> tuple[list[_Child], FlowStep]:
    answers = [(child, criterion(child, wanted)) for child in children]
    kept = [child for child, answer in answers if answer]
    unknown = sum(answer is None for _child, answer in answers)
    return kept, FlowStep(name, wanted, len(children) - len(kept), unknown, len(kept))


def _children() -> list[_Child]:
    of_diagnosis = {"time_point": TimePoint.DIAGNOSIS, "patient": OuterRef("pk")}
    examined = {f"specimen__{name}": value for name, value in of_diagnosis.items()}
    rows = Patient.objects.order_by("centre__code", "hospital_number").values_list(
        "id",
        "centre__code",
        "protocol",
        "diagnosis",
        "sex",
        "birth_date",
        "diagnosis_date",
        "age_years",
        "synthetic",
        "ikzf1__state",
        Exists(Specimen.objects.filter(**of_diagnosis)),
        Exists(MlpaSample.objects.filter(**examined)),
        Exists(SequencingSample.objects.filter(**examined)),
    )
    return [_Child(*row[:9], row[9] or State.NOT_TESTED.value, *row[10:]) for row in rows]


def _values(patient_ids: Collection[int], risk: str) -> dict[int, Child]:
    # numpy comes with it.
    from reports.cohort_evidence import cohort_children

    return {child.id: child for child in cohort_children(patient_ids, risk=risk)}


def _holding(values: Mapping[int, Child]) -> Criterion:
    return lambda child, condition: holds(condition, values[child.id])


def holds(condition: Condition, child: Child) -> bool | None:
    """Whether `child` meets the condition; None where the record does not say."""
    if condition.field == DELETION:
        answered = child.ikzf1_large_deletion.answered
        return condition.value in child.ikzf1_deletions if answered else None
    if condition.field.startswith(GENE):
        return _state_is(child.gene_state(condition.field.removeprefix(GENE)), condition.value)
    value = getattr(child, condition.field)
    if isinstance(value, State):
        return _state_is(value, condition.value)
    known = value is not None and value != ""
    if condition.op == IS and condition.value in (RECORDED, NOT_RECORDED):
        return known == (condition.value == RECORDED)
    if not known:
        return None
    return _COMPARED[condition.op](value, condition.value)


_COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda value, limit: value < limit,
    "<=": lambda value, limit: value <= limit,
    ">": lambda value, limit: value > limit,
    ">=": lambda value, limit: value >= limit,
    IS: lambda value, word: value == word,
}


def _state_is(state: State, wanted: str) -> bool | None:
    if wanted in (ANSWERED, NOT_ANSWERED):
        return state.answered == (wanted == ANSWERED)
    if State(wanted).answered and not state.answered:
        return None
    return state == wanted
