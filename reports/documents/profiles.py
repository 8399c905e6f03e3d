"""IKZF1plus, UKALL-CNA and the subtype: their facts in the answer, and their section."""

from __future__ import annotations

from django.utils.translation import gettext as _

from analysis.calls import Reason, State
from analysis.profiles import CnaAnswer
from analysis.profiles_ukall import UkallCna
from analysis.subtype import SubtypeAnswer, SubtypeResult
from reports.derived import Profiles
from reports.documents.content import Column, Fact, Mark, Part, row, table

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


def subtype_fact(subtype: SubtypeResult) -> Fact:
    """By WHO-HAEM5, with the ICC name below; else how far it is known."""
    label = _("Subtype (WHO-HAEM5; below: ICC 2022)")
    if subtype.answer is SubtypeAnswer.CONTRADICTORY:
        return Fact(label, mark=Mark(State.NOT_EVALUABLE, subtype.answer))
    if not subtype.who:
        return Fact(label, subtype.answer, note=_("not everything was tested; see Subtype"))
    return Fact(label, subtype.who, note=subtype.icc or _("no name in ICC 2022"))


def genetic_profiles(profiles: Profiles, subtype: SubtypeResult) -> Part:
    """Each answer with why, what is missing and what next."""
    columns = [Column("", 18), Column("", 82)]
    tables = (
        table(_("IKZF1plus (Stanulla 2018)"), columns, _lines(profiles.ikzf1plus)),
        table(_("UKALL-CNA (Moorman 2014), two tiers"), columns, _lines(profiles.ukall_cna)),
        table(_("Subtype by WHO-HAEM5 and ICC 2022"), columns, _subtype_lines(subtype)),
    )
    return Part(_("Profiles and subtype"), tables=tables, notes=(_research_use(),))


def _research_use() -> str:
    return _(
        "Copy numbers of genes other than IKZF1 are research use by the vendor's claim, and so are "
        "the profiles that rest on them."
    )


def _lines(found) -> list:
    return [
        *_named(_("Answer"), (found.headline,)),
        *_named(_("Why"), [reason.message for reason in found.reasons]),
        *_together(_("Missing"), found.missing),
        *_named(_("What to do next"), found.next_steps),
    ]


def _subtype_lines(found: SubtypeResult) -> list:
    names = [text for text in (found.who, found.icc) if text]
    return [
        *_named(_("Answer"), (found.headline,)),
        *_named(_("Names"), names),
        *_named(_("Contradiction"), [reason.message for reason in found.contradictions]),
        *_named(_("Why"), [r.message for r in found.reasons if _is_why(r, found)]),
        *_together(_("Missing"), found.missing),
        *_named(_("What to do next"), found.next_steps),
    ]


def _is_why(reason: Reason, found: SubtypeResult) -> bool:
    """Contradictions have their own line, and what was not answered stands under "missing"."""
    return reason not in found.contradictions and reason.code != "not_classified"


def _together(title: str, lines) -> list:
    return [row(title, tuple(lines))] if lines else []


def _named(title: str, lines) -> list:
    """A row a line; the title stands before the first."""
    return [row(title if place == 0 else "", line) for place, line in enumerate(lines)]
