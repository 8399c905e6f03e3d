"""A cohort's definition: which criteria there are, what each may ask for, and a refusal that names
the criterion and the value.

Light to import: a definition is checked wherever a saved cohort is stored. Applying it is the
matter of `reports/queries.py`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from analysis.calls import State
from analysis.cohort.columns import COLUMNS, Kind
from reports.models.patient import Diagnosis, Sex

# No criterion, but a choice: it stands beside the criteria in a cohort's definition.
RISK_FROM = "risk_group_from"
WHERE = "where"
DEFAULT_DEFINITION: Mapping[str, Any] = {"diagnosis": Diagnosis.B_ALL.value}
GENE = "gene:"
# A child has any number of these, so they are no column of the cohort.
DELETION = "ikzf1_deletion"
COMPARISONS = ("<", "<=", ">", ">=")
IS = "is"
OPERATORS = (*COMPARISONS, IS)
RECORDED, NOT_RECORDED = "recorded", "not_recorded"
ANSWERED, NOT_ANSWERED = "answered", "not_answered"
SPECIMENS = ("any", "mlpa", "sequencing", "both")
IKZF1_WORDS = ("altered", "not_detected", "answered", "any")
MOST_CONDITIONS = 40
LONGEST = 120
_SYMBOL = re.compile(r"[A-Za-z][A-Za-z0-9.@_-]{0,29}")
_PATTERN = re.compile(r"del([1-8])(?:-([1-8]))?")


class BadDefinition(ValueError):
    """A cohort's definition names a criterion or a value that does not exist."""


@dataclass(frozen=True)
class Condition:
    """One condition on a stored or derived field: `field` is a column of
    `analysis.cohort.columns.COLUMNS`, "gene:SYMBOL" or "ikzf1_deletion". `value` is a number beside
    a comparison, in the column's unit, else a word."""

    field: str
    op: str
    value: float | str

    def to_json(self) -> dict[str, Any]:
        return {"field": self.field, "op": self.op, "value": self.value}


def kind_of(field: str) -> Kind | None:
    """What a field holds; None for a field that there is not."""
    if field.startswith(GENE):
        return Kind.STATE if _SYMBOL.fullmatch(field.removeprefix(GENE)) else None
    if field == DELETION:
        return Kind.CLASS
    return COLUMNS[field].kind if field in COLUMNS else None


def words_of(field: str) -> tuple[str, ...]:
    """The words that may stand beside "is"; empty where a deletion pattern is asked for."""
    kind = kind_of(field)
    if kind is Kind.STATE:
        return (*(state.value for state in State), ANSWERED, NOT_ANSWERED)
    if field == DELETION:
        return ()
    levels = COLUMNS[field].levels if kind is Kind.CLASS else ()
    return (*(level.value for level in levels), RECORDED, NOT_RECORDED)


def typed_definition(raw: Any) -> dict[str, Any]:
    """The criteria of a stored definition as typed values, in the order of their application.

    Keys: `centre` (code), `protocol` (name), `diagnosis` (a `Diagnosis`), `sex`, `diagnosed_from`
    and `diagnosed_to` (dates, both inclusive), `age_from` (years at diagnosis, inclusive) and
    `age_below`, `specimen` (one of `SPECIMENS`), `ikzf1` (one of `IKZF1_WORDS`), `where` (a tuple
    of `Condition`). `risk_group_from` is checked and left out: `risk_source` reads it. Raises
    `BadDefinition`.
    """
    if not isinstance(raw, Mapping):
        raise BadDefinition(_("A cohort's definition is a list of criteria with their values."))
    unknown = sorted(str(name) for name in set(raw) - set(_READERS) - {RISK_FROM})
    if unknown:
        raise BadDefinition(
            _("Unknown criterion: {names}. Known are: {known}.").format(
                names=", ".join(unknown), known=", ".join((*_READERS, RISK_FROM))
            )
        )
    risk_source(raw)
    given = [name for name in _READERS if raw.get(name) not in (None, "", [])]
    found = {name: _read(name, raw[name]) for name in given}
    _refuse_empty_span(found, "diagnosed_from", "diagnosed_to", inclusive=True)
    _refuse_empty_span(found, "age_from", "age_below", inclusive=False)
    return found


def risk_source(raw: Any) -> str:
    """Whose risk group a definition counts: "computed" (the default), "confirmed" (the doctor's
    while it is up to date, else the computed one) or "assigned". Raises `BadDefinition`."""
    from reports.risk_standing import RISK_SOURCES

    chosen = raw.get(RISK_FROM) if isinstance(raw, Mapping) else None
    if chosen in (None, ""):
        return RISK_SOURCES[0]
    if chosen not in RISK_SOURCES:
        raise _no_value(RISK_FROM, chosen, RISK_SOURCES)
    return str(chosen)


def plain_definition(definition: Mapping[str, Any]) -> dict[str, Any]:
    """A typed definition as it can be stored and printed: text, and a list of conditions."""
    return {
        name: [item.to_json() for item in value] if name == WHERE else _plain(value)
        for name, value in definition.items()
    }


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else str(value)


def _read(name: str, value: Any) -> Any:
    try:
        return _READERS[name](value)
    except BadDefinition:
        raise
    except (TypeError, ValueError, OverflowError) as error:
        raise _no_value(name, value, _WORDS.get(name, ())) from error


def _no_value(name: str, value: Any, known: tuple[str, ...] = ()) -> BadDefinition:
    refusal = _("{value} is no value for the criterion {name}.")
    if known:
        refusal = _("{value} is no value for the criterion {name}. Known are: {known}.")
    shown = str(value)
    shown = shown if len(shown) <= LONGEST else f"{shown[:LONGEST]}…"
    return BadDefinition(refusal.format(value=shown, name=name, known=", ".join(known)))


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST:
        raise ValueError(value)
    return value.strip()


def _number(value: Any) -> float:
    """A JSON number, or one typed as text. Raises ValueError for NaN and the infinite."""
    if isinstance(value, bool):
        raise TypeError(value)
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(value)
    return number


def _years(value: Any) -> float:
    number = _number(value)
    if not 0 <= number <= 150:
        raise ValueError(value)
    return number


def _one_of(*words: str) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if value not in words:
            raise ValueError(value)
        return str(value)

    return read


def _day(value: Any) -> date:
    return date.fromisoformat(value)


def _conditions(value: Any) -> tuple[Condition, ...]:
    if not isinstance(value, (list, tuple)):
        raise TypeError(value)
    if len(value) > MOST_CONDITIONS:
        most = _("At most {most} conditions can stand in “where”; these are {n}.")
        raise BadDefinition(most.format(most=MOST_CONDITIONS, n=len(value)))
    return tuple(read_condition(item, place) for place, item in enumerate(value, start=1))


def read_condition(item: Any, place: int) -> Condition:
    """One entry of `where`; `place` (from 1) is named in the refusal. Raises `BadDefinition`."""
    if not isinstance(item, Mapping) or set(item) != {"field", "op", "value"}:
        raise _condition(place, item, _("it needs “field”, “op” and “value”, and nothing else"))
    field, op, value = item["field"], item["op"], item["value"]
    shown = f"{field} {op} {value}"
    kind = kind_of(field) if isinstance(field, str) else None
    if kind is None:
        known = ", ".join((*COLUMNS, DELETION, f"{GENE}SYMBOL"))
        why = _("there is no field {field}; known are: {known}").format(field=field, known=known)
        raise _condition(place, shown, why)
    if op not in OPERATORS:
        known = ", ".join(OPERATORS)
        raise _condition(place, shown, _("the operator is one of {known}").format(known=known))
    if op in COMPARISONS:
        return Condition(field, op, _compared(place, shown, kind, value))
    return Condition(field, op, _word(place, shown, field, value))


def with_known_genes(raw: Mapping[str, Any]) -> dict[str, Any]:
    """A definition that `typed_definition` accepts, its genes written as the records write them.
    Raises `BadDefinition` for a gene that nobody can have an answer for."""
    conditions = raw.get(WHERE)
    if not conditions:
        return dict(raw)
    return {**raw, WHERE: [_known(item, n) for n, item in enumerate(conditions, start=1)]}


def _known(item: Mapping[str, Any], place: int) -> dict[str, Any]:
    condition = known_gene(read_condition(item, place), place)
    return {**item, "field": condition.field}


def known_gene(condition: Condition, place: int) -> Condition:
    """The condition with its gene as the records write it. Raises `BadDefinition`."""
    if not condition.field.startswith(GENE):
        return condition
    symbol = condition.field.removeprefix(GENE)
    found = _recorded_genes().get(symbol.casefold())
    if found is None:
        why = _(
            "no panel on record covers the gene {gene} and no variant of it is recorded, so every "
            "child would be without an answer"
        )
        shown = f"{condition.field} {condition.op} {condition.value}"
        raise _condition(place, shown, why.format(gene=symbol))
    return replace(condition, field=f"{GENE}{found}")


def _recorded_genes() -> dict[str, str]:
    """The genes that a child can have an answer for, by their folded symbols."""
    from reports.models import Panel, Variant

    symbols = set(Variant.objects.order_by().values_list("gene", flat=True).distinct())
    for panel in Panel.objects.all():
        symbols.update(panel.genes)
    return {symbol.casefold(): symbol for symbol in sorted({*symbols, "IKZF1"}) if symbol}


def _compared(place: int, shown: str, kind: Kind, value: Any) -> float:
    if kind is not Kind.NUMBER:
        why = _("only measurements can be compared; use “is”")
        raise _condition(place, shown, why)
    try:
        return _number(value)
    except (TypeError, ValueError, OverflowError) as error:
        raise _condition(place, shown, _("the value is not a number")) from error


def _word(place: int, shown: str, field: str, value: Any) -> str:
    # "not answered" and "not_answered" are one word.
    word = "_".join(value.split()) if isinstance(value, str) else ""
    if field == DELETION:
        exons = _PATTERN.fullmatch(word)
        if exons and (exons[2] is None or exons[1] < exons[2]):
            return word
        raise _condition(place, shown, _("a deletion is written as del4-7 or del1"))
    if word in words_of(field):
        return word
    known = ", ".join(words_of(field))
    if kind_of(field) is Kind.NUMBER:
        why = _("a measurement is compared by <, <=, > or >=, or is one of: {known}")
    else:
        why = _("the value is one of: {known}")
    raise _condition(place, shown, why.format(known=known))


def _condition(place: int, shown: Any, why: str) -> BadDefinition:
    shown = str(shown)[:LONGEST]
    sentence = _("Condition {place} ({condition}): {why}.")
    return BadDefinition(sentence.format(place=place, condition=shown, why=why))


def _refuse_empty_span(found: dict[str, Any], first: str, last: str, *, inclusive: bool) -> None:
    low, high = found.get(first), found.get(last)
    if low is None or high is None or low < high or (inclusive and low == high):
        return
    sentence = _("No child can meet both {first} {low} and {last} {high}.")
    raise BadDefinition(sentence.format(first=first, low=_shown(low), last=last, high=_shown(high)))


def _shown(value: Any) -> str:
    return number_text(value) if isinstance(value, float) else str(value)


def number_text(value: float) -> str:
    """Every digit that was typed, and no more: 0.1, 1234567, 1e-05."""
    return f"{value:.15g}"


_WORDS = {
    "diagnosis": tuple(Diagnosis.values),
    "sex": tuple(Sex.values),
    "specimen": SPECIMENS,
    "ikzf1": IKZF1_WORDS,
}
# In the order of their application, whatever the order in the stored definition.
_READERS: Mapping[str, Callable[[Any], Any]] = {
    "centre": _text,
    "protocol": _text,
    "diagnosis": _one_of(*_WORDS["diagnosis"]),
    "sex": _one_of(*_WORDS["sex"]),
    "diagnosed_from": _day,
    "diagnosed_to": _day,
    "age_from": _years,
    "age_below": _years,
    "specimen": _one_of(*SPECIMENS),
    "ikzf1": _one_of(*IKZF1_WORDS),
    WHERE: _conditions,
}
