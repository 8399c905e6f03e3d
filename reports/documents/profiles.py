"""IKZF1plus, UKALL-CNA and the subtype: their facts in the answer, and their section."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from analysis.calls import Reason, State
from analysis.profiles import CnaAnswer, Ikzf1Plus
from analysis.profiles_ukall import UkallCna
from analysis.subtype import SubtypeAnswer, SubtypeResult
from analysis.wording import Message, say
from reports.derived import Profiles
from reports.documents.content import Cell, Column, Fact, Mark, Part, Row, row, table
from reports.models import Diagnosis, Patient
from reports.templatetags.wording import said

_STATE_OF_TIER = {
    CnaAnswer.GOOD: State.NOT_DETECTED,
    CnaAnswer.INTERMEDIATE: State.ALTERED,
    CnaAnswer.POOR: State.ALTERED,
    CnaAnswer.NOT_EVALUABLE: State.NOT_EVALUABLE,
    CnaAnswer.NOT_TESTED: State.NOT_TESTED,
}


def ikzf1plus_fact(profiles: Profiles) -> Fact:
    found = profiles.ikzf1plus
    return Fact(_("IKZF1plus"), mark=Mark(found.state, found.answer))


def ukall_fact(profiles: Profiles) -> Fact:
    found = profiles.ukall_cna
    return Fact(
        _("UKALL-CNA profile"),
        mark=Mark(_STATE_OF_TIER[found.answer], found.answer),
        note=_genetic_risk(found),
    )


def _genetic_risk(found: UkallCna) -> str:
    if found.genetic_risk is found.answer:
        return ""
    if found.genetic_risk is CnaAnswer.NOT_EVALUABLE:
        return _("genetic risk open: ETV6::RUNX1 or high hyperdiploidy is not answered")
    return _("genetic risk good by ETV6::RUNX1 or high hyperdiploidy")


def subtype_fact(subtype: SubtypeResult, patient: Patient) -> Fact:
    """By WHO-HAEM5, with the ICC name below; else how far it is known."""
    label = _("Subtype (WHO-HAEM5; below: ICC 2022)")
    if _is_other_leukaemia(patient):
        return Fact(label, patient.get_diagnosis_display(), note=_not_applied())
    if subtype.answer is SubtypeAnswer.CONTRADICTORY:
        return Fact(label, mark=Mark(State.NOT_EVALUABLE, subtype.answer))
    if subtype.answer is SubtypeAnswer.NOT_B_ALL:
        return Fact(label, subtype.answer)
    if not subtype.who:
        return Fact(label, subtype.answer, note=_("not everything was tested; see Subtype"))
    return Fact(label, subtype.who, note=subtype.icc or _("no name in ICC 2022"))


def _is_other_leukaemia(patient: Patient) -> bool:
    """A diagnosis on record that is not B-ALL; without one the classes are tried."""
    return bool(patient.diagnosis) and patient.diagnosis != Diagnosis.B_ALL


def _not_applied() -> str:
    return _("the classes of B-ALL are not applied")


def genetic_profiles(profiles: Profiles, subtype: SubtypeResult, patient: Patient) -> Part:
    """A line for each answer: what and why, then what is missing and what to do next."""
    columns = [
        Column(_("Profile"), 14),
        Column(_("Answer and why"), 40),
        Column(_("Missing, and what to do next"), 46),
    ]
    rows = [
        _profile(_("IKZF1plus"), _("Stanulla 2018"), profiles.ikzf1plus),
        _profile(_("UKALL-CNA"), _("Moorman 2014, two tiers"), profiles.ukall_cna),
        _subtype(subtype, patient),
    ]
    return Part(
        _("Profiles and subtype"), tables=(table("", columns, rows),), notes=(_research_use(),)
    )


def _research_use() -> str:
    return _(
        "Copy numbers of genes other than IKZF1 are research use by the vendor's claim, and so are "
        "the profiles that rest on them."
    )


def _profile(name: str, source: str, found: Ikzf1Plus | UkallCna) -> Row:
    why = _sentences(reason.message for reason in found.reasons)
    # The headline or the reasons name what is missing: the next step says it once more, in use.
    step = _sentences(found.next_steps) or said(tuple(found.missing), _language())
    return row(Cell(name, note=source), Cell(found.headline, note=why), step or _("nothing"))


def _subtype(found: SubtypeResult, patient: Patient) -> Row:
    name = Cell(_("Subtype"), note=_("WHO-HAEM5 and ICC 2022"))
    if _is_other_leukaemia(patient):
        return row(name, Cell(patient.get_diagnosis_display(), note=_not_applied()), _("nothing"))
    lines = [
        *(_("WHO-HAEM5: {name}.").format(name=name) for name in [found.who] if name),
        *(_("ICC 2022: {name}.").format(name=name) for name in [found.icc] if name),
        *(reason.message for reason in found.contradictions),
        *(reason.message for reason in found.reasons if _is_why(reason, found)),
    ]
    return row(
        name,
        Cell(found.headline, note=_sentences(lines)),
        _lacking(found),
    )


def _lacking(found: SubtypeResult) -> Cell:
    if not found.missing and not found.next_steps:
        return Cell(_("nothing"))
    missing = said(_by_state(found.missing), _language())
    return Cell(missing or _("nothing"), note=_sentences(map(_shortened, found.next_steps)))


def _shortened(step: Message) -> Message:
    """A long list of what a test would answer stands beside the step already, under missing."""
    places = dict(step.params)
    labels = places.get("labels", ())
    if len(labels) <= 3:
        return step
    return say(step.sentence, labels=_("{count} of these").format(count=len(labels)))


def _by_state(missing: Iterable[Message]) -> tuple[Message | str, ...]:
    """ "DUX4 rearrangement not tested" of many: the state once, before what has it."""
    together: dict[Any, list[Any]] = {}
    alone: list[Message | str] = []
    for message in missing:
        places = dict(message.params)
        if set(places) == {"label", "state"}:
            together.setdefault(places["state"], []).append(places["label"])
        else:
            alone.append(message)
    sentence = _("{state}: {labels}")
    language = _language()
    grouped = [
        sentence.format(state=said(state, language), labels=said(tuple(labels), language))
        for state, labels in together.items()
    ]
    return (*alone, *grouped)


def _is_why(reason: Reason, found: SubtypeResult) -> bool:
    """Contradictions have their own place, and what was not answered stands under "missing"."""
    return reason not in found.contradictions and reason.code != "not_classified"


def _sentences(messages: Iterable[Message | str]) -> str:
    blank = "" if _language().startswith("zh") else " "
    return blank.join(said(message, _language()) for message in messages)


def _language() -> str:
    return get_language() or "en"
