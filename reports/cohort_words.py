"""The criteria of a cohort in words: what each asks for, and whom it left out."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from analysis.calls import State
from analysis.cohort.columns import COLUMNS, Kind
from analysis.wording import Labelled, Message
from reports.cohort_criteria import (
    ANSWERED,
    DELETION,
    GENE,
    IS,
    NOT_ANSWERED,
    NOT_RECORDED,
    RECORDED,
    Condition,
    number_text,
)
from reports.models.patient import Diagnosis, Sex


def criterion_text(name: str, wanted: Any) -> str:
    """The criterion as a sentence, in the current language."""
    if isinstance(wanted, Condition):
        return condition_text(wanted)
    sentences = {
        "centre": _("Centre: {value}"),
        "protocol": _("Protocol: {value}"),
        "diagnosis": _("Diagnosis: {value}"),
        "sex": _("Sex: {value}"),
        "diagnosed_from": _("Diagnosed on or after {value}"),
        "diagnosed_to": _("Diagnosed on or before {value}"),
        "age_from": _("Age at diagnosis (years) ≥ {value}"),
        "age_below": _("Age at diagnosis (years) < {value}"),
        "specimen": _("Specimen of diagnosis: {value}"),
        "ikzf1": _("IKZF1 status: {value}"),
    }
    return sentences[name].format(value=value_text(name, wanted))


def condition_text(condition: Condition) -> str:
    """ "White blood cells (10⁹/L) ≥ 50", "NRAS: altered"."""
    if condition.op == IS:
        return _("{field}: {value}").format(
            field=field_text(condition.field), value=word_text(condition.field, condition.value)
        )
    sign = {"<=": "≤", ">=": "≥"}.get(condition.op, condition.op)
    return _("{field} {sign} {value}").format(
        field=field_text(condition.field), sign=sign, value=number_text(condition.value)
    )


def field_text(field: str) -> str:
    """The name of a field with its unit."""
    if field.startswith(GENE):
        return field.removeprefix(GENE)
    if field == DELETION:
        return _("Deletion of IKZF1")
    column = COLUMNS[field]
    if column.unit is None:
        return _said(column.label)
    return _("{name} ({unit})").format(name=_said(column.label), unit=_said(column.unit))


def word_text(field: str, word: str) -> str:
    """A word beside "is" as people read it."""
    if field == DELETION:
        return _("exons {range}").format(range=word.removeprefix("del"))
    known = {
        RECORDED: _("recorded"),
        NOT_RECORDED: _("not recorded"),
        ANSWERED: _("answered: altered or not detected"),
        NOT_ANSWERED: _("not answered: not evaluable or not tested"),
    }
    if word in known:
        return known[word]
    column = COLUMNS.get(field)
    levels = column.levels if column is not None and column.kind is Kind.CLASS else tuple(State)
    return next((_said(level) for level in levels if level.value == word), word)


def value_text(name: str, wanted: Any) -> str:
    if name == "diagnosis":
        return str(Diagnosis(wanted).label)
    if name == "sex":
        return str(Sex(wanted).label)
    words = {
        "ikzf1": {
            "altered": _("altered"),
            "not_detected": _("not detected"),
            "answered": _("altered or not detected"),
            "any": _("any, also not tested"),
        },
        "specimen": {
            "any": _("any"),
            "mlpa": _("with MLPA"),
            "sequencing": _("with sequencing"),
            "both": _("both MLPA and sequencing"),
        },
    }.get(name, {})
    if wanted in words:
        return words[wanted]
    return number_text(wanted) if isinstance(wanted, float) else str(wanted)


def left_out_text(name: str, wanted: Any, n: int) -> str:
    """ "9 not B-ALL": those whom the criterion left out although their record says."""
    if isinstance(wanted, Condition):
        return _("{n} not “{criterion}”").format(n=n, criterion=condition_text(wanted))
    if name == "specimen":
        sentence = {
            "any": _("{n} no specimen"),
            "mlpa": _("{n} not examined by MLPA"),
            "sequencing": _("{n} not sequenced"),
            "both": _("{n} not examined by both MLPA and sequencing"),
        }[wanted]
        return sentence.format(n=n)
    sentences = {
        "centre": _("{n} of another centre than {value}"),
        "protocol": _("{n} on another protocol than {value}"),
        "diagnosis": _("{n} not {value}"),
        "sex": _("{n} not {value}"),
        "diagnosed_from": _("{n} diagnosed before {value}"),
        "diagnosed_to": _("{n} diagnosed after {value}"),
        "age_from": _("{n} below the age of {value}"),
        "age_below": _("{n} at the age of {value} or above"),
        "ikzf1": _("{n} whose IKZF1 is not “{value}”"),
    }
    return sentences[name].format(n=n, value=value_text(name, wanted))


def unknown_text(name: str, wanted: Any, n: int) -> str:
    """Those whom the criterion left out because their record does not say."""
    sentence = _("{n} for whom “{criterion}” is not known")
    return sentence.format(n=n, criterion=criterion_text(name, wanted))


def listed(items: list[str]) -> str:
    """`items` with the comma of the current language between them."""
    return ("，" if (get_language() or "en").startswith("zh") else ", ").join(items)


def _said(item: Message | Labelled) -> str:
    language = get_language() or "en"
    return item.text(language) if isinstance(item, Message) else item.label(language)
