"""IKZF1plus: IKZF1 with its companions, in a child whose copy numbers may not all be known.

Stanulla et al. 2018: a deletion of IKZF1 together with a deletion of CDKN2A, of CDKN2B (both copies
only), of PAX5 or of PAR1 (which makes P2RY8::CRLF2), and no deletion of ERG. ERG is not in SALSA
MLPA P335, so that with P335 alone the most that can be said is "criteria met, ERG not tested".

UKALL-CNA is in `analysis.profiles_ukall` and can be imported from here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from analysis.as_json import pack_fields, unpack_fields
from analysis.calls import Certainty, Evidence, Reason, State
from analysis.loci import (
    NOT_TESTED,
    Loci,
    LocusFinding,
    as_missing,
    deletion_text,
    evidence_of,
    outcomes,
)
from analysis.profiles_ukall import CnaAnswer, UkallCna, ukall_cna
from analysis.wording import N_, Labelled, Message, say

__all__ = [
    "COMPANIONS",
    "IKZF1PLUS_LOCI",
    "CnaAnswer",
    "Ikzf1Plus",
    "Ikzf1PlusAnswer",
    "LocusFinding",
    "UkallCna",
    "ikzf1_plus",
    "ukall_cna",
]

IKZF1PLUS_VERSION = "ikzf1plus-2026.1"
SOURCE = "Stanulla et al. 2018, J Clin Oncol 36:1240"
COMPANIONS = ("CDKN2A", "CDKN2B", "PAX5", "PAR1")
IKZF1PLUS_LOCI = ("IKZF1", *COMPANIONS, "ERG")
# CDKN2B counts only where both copies are lost.
_HOMOZYGOUS_ONLY = "CDKN2B"
_MET, _NOT_MET = "met", "not_met"


class Ikzf1PlusAnswer(Labelled):
    """ "Met" without ERG is an answer of its own: it is neither met nor not evaluable."""

    MET = "met", N_("criteria met")
    MET_ERG_NOT_TESTED = "met_erg_not_tested", N_("criteria met, ERG not tested")
    MET_ERG_NOT_EVALUABLE = "met_erg_not_evaluable", N_("criteria met, ERG not evaluable")
    NOT_MET = "not_met", N_("criteria not met")
    NOT_EVALUABLE = "not_evaluable", N_("not evaluable")
    NOT_TESTED = "not_tested", N_("not tested")


_STATES = {
    Ikzf1PlusAnswer.MET: State.ALTERED,
    Ikzf1PlusAnswer.NOT_MET: State.NOT_DETECTED,
    Ikzf1PlusAnswer.NOT_TESTED: State.NOT_TESTED,
}


@dataclass(frozen=True)
class Ikzf1Plus:
    """The answer, with the loci on which it still depends (`decisive`).

    `state` is for rules and counts: an answer that ERG could still turn is not evaluable there.
    `headline` names an IKZF1 deletion also where IKZF1plus is not met.
    """

    answer: Ikzf1PlusAnswer
    headline: Message
    reasons: tuple[Reason, ...]
    missing: tuple[Message, ...]
    next_steps: tuple[Message, ...]
    decisive: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    certainty: Certainty = Certainty.ESTABLISHED
    rule_version: str = IKZF1PLUS_VERSION

    @property
    def state(self) -> State:
        return _STATES.get(self.answer, State.NOT_EVALUABLE)

    def to_json(self) -> dict[str, Any]:
        return pack_fields(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Ikzf1Plus:
        """Raises KeyError, TypeError or ValueError on anything but what `to_json` wrote."""
        return unpack_fields(cls, data)


def ikzf1_plus(loci: Loci) -> Ikzf1Plus:
    """IKZF1plus from the loci of `IKZF1PLUS_LOCI`; one that `loci` does not have was not tested.

    `loci["IKZF1"]` is the large deletion of the IKZF1 status: a sequence variant does not count.
    """
    loci = {name: loci.get(name, NOT_TESTED) for name in IKZF1PLUS_LOCI}
    possible = {name: _counts(name, finding) for name, finding in loci.items()}
    answers, decisive = outcomes(possible, _rule)
    answer = _answer(loci, answers, decisive)
    unknown = tuple(name for name in IKZF1PLUS_LOCI if len(possible[name]) > 1)
    reasons = (
        _main_reason(answer, loci, possible, decisive),
        *_side_reasons(answer, loci, tuple(n for n in unknown if n not in decisive)),
    )
    return Ikzf1Plus(
        answer=answer,
        headline=_headline(answer, loci, decisive),
        reasons=reasons,
        missing=as_missing(loci, decisive),
        next_steps=_next_steps(decisive),
        decisive=decisive,
        evidence=evidence_of(loci, IKZF1PLUS_LOCI),
    )


def _counts(name: str, finding: LocusFinding) -> frozenset[bool]:
    return finding.may_be_homozygous if name == _HOMOZYGOUS_ONLY else finding.may_be_deleted


def _rule(lost: Mapping[str, bool]) -> str:
    with_companion = lost["IKZF1"] and any(lost[name] for name in COMPANIONS)
    return _MET if with_companion and not lost["ERG"] else _NOT_MET


def _answer(loci: Loci, answers: frozenset[str], decisive: tuple[str, ...]) -> Ikzf1PlusAnswer:
    if answers == {_MET}:
        return Ikzf1PlusAnswer.MET
    if answers == {_NOT_MET}:
        return Ikzf1PlusAnswer.NOT_MET
    if decisive == ("ERG",):
        untested = loci["ERG"].deleted is State.NOT_TESTED
        return (
            Ikzf1PlusAnswer.MET_ERG_NOT_TESTED
            if untested
            else Ikzf1PlusAnswer.MET_ERG_NOT_EVALUABLE
        )
    if all(finding.deleted is State.NOT_TESTED for finding in loci.values()):
        return Ikzf1PlusAnswer.NOT_TESTED
    return Ikzf1PlusAnswer.NOT_EVALUABLE


def _headline(answer: Ikzf1PlusAnswer, loci: Loci, decisive: tuple[str, ...]) -> Message:
    if answer is Ikzf1PlusAnswer.NOT_EVALUABLE:
        missing = as_missing(loci, decisive)
        if loci["IKZF1"].deleted is State.ALTERED:
            return say(N_("IKZF1 is deleted; IKZF1plus not evaluable: {loci}."), loci=missing)
        return say(N_("IKZF1plus not evaluable: {loci}."), loci=missing)
    if answer is Ikzf1PlusAnswer.NOT_MET and loci["IKZF1"].deleted is State.ALTERED:
        if loci["ERG"].deleted is State.ALTERED:
            return say(
                N_("IKZF1 is deleted, but ERG is deleted as well: IKZF1plus criteria not met.")
            )
        return say(N_("IKZF1 is deleted, without a companion: IKZF1plus criteria not met."))
    return say(N_("IKZF1plus: {answer}."), answer=answer)


def _main_reason(
    answer: Ikzf1PlusAnswer,
    loci: Loci,
    possible: Mapping[str, frozenset[bool]],
    decisive: tuple[str, ...],
) -> Reason:
    if answer is Ikzf1PlusAnswer.NOT_MET:
        return _why_not(loci, possible)
    sentence = _SENTENCES[answer]
    companions = [name for name in COMPANIONS if possible[name] == {True}]
    message = say(
        sentence,
        companions=tuple(deletion_text(name, loci[name]) for name in companions),
        loci=as_missing(loci, decisive),
    )
    return Reason(f"ikzf1plus_{answer.value}", message, evidence_of(loci, ("IKZF1", *companions)))


_SENTENCES = {
    Ikzf1PlusAnswer.MET: N_("IKZF1 is deleted together with {companions}; ERG is not deleted."),
    Ikzf1PlusAnswer.MET_ERG_NOT_TESTED: N_(
        "IKZF1 is deleted together with {companions}. ERG was not tested (it is not in P335): a "
        "deletion of ERG would take the child out of IKZF1plus."
    ),
    Ikzf1PlusAnswer.MET_ERG_NOT_EVALUABLE: N_(
        "IKZF1 is deleted together with {companions}. ERG could not be read: a deletion of ERG "
        "would take the child out of IKZF1plus."
    ),
    Ikzf1PlusAnswer.NOT_EVALUABLE: N_("What is known allows both answers; it depends on: {loci}."),
    Ikzf1PlusAnswer.NOT_TESTED: N_("None of the loci of IKZF1plus was tested."),
}


def _why_not(loci: Loci, possible: Mapping[str, frozenset[bool]]) -> Reason:
    """The criterion that fails whatever the missing loci are."""
    if possible["IKZF1"] == {False}:
        message = say(N_("IKZF1 is not deleted, which IKZF1plus requires."))
        return Reason("ikzf1plus_no_ikzf1_deletion", message, evidence_of(loci, ("IKZF1",)))
    if possible["ERG"] == {True}:
        message = say(N_("ERG is deleted, which rules IKZF1plus out."))
        return Reason("ikzf1plus_erg_deleted", message, evidence_of(loci, ("ERG",)))
    message = say(
        N_("None of CDKN2A, CDKN2B (both copies), PAX5 and PAR1 is deleted; one of them is needed.")
    )
    return Reason("ikzf1plus_no_companion", message, evidence_of(loci, COMPANIONS))


def _side_reasons(
    answer: Ikzf1PlusAnswer, loci: Loci, harmless: tuple[str, ...]
) -> tuple[Reason, ...]:
    """What a reader would ask next: the IKZF1 loss itself, CDKN2B, the loci that were missing."""
    reasons = []
    one_copy = loci["CDKN2B"]
    if one_copy.deleted is State.ALTERED and one_copy.homozygous is State.NOT_DETECTED:
        message = say(N_("CDKN2B has lost one copy, which does not count: both must be lost."))
        reasons.append(Reason("cdkn2b_heterozygous", message, one_copy.evidence))
    if answer is Ikzf1PlusAnswer.NOT_MET and loci["IKZF1"].deleted is State.ALTERED:
        message = say(N_("The IKZF1 deletion stands all the same, with what it means by itself."))
        reasons.append(Reason("ikzf1_deletion_stands", message, loci["IKZF1"].evidence))
    if harmless and answer is not Ikzf1PlusAnswer.NOT_TESTED:
        message = say(
            N_("Not known, but without influence on the answer: {loci}."),
            loci=as_missing(loci, harmless),
        )
        reasons.append(Reason("missing_without_influence", message))
    return tuple(reasons)


def _next_steps(decisive: tuple[str, ...]) -> tuple[Message, ...]:
    genes = tuple(name for name in decisive if name != "ERG")
    steps = []
    if genes:
        steps.append(say(N_("Have the copy number of {genes} settled (MLPA P335)."), genes=genes))
    if "ERG" in decisive:
        steps.append(say(N_("Have ERG tested by a method that covers it; P335 does not.")))
    return tuple(steps)
