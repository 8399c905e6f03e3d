"""UKALL-CNA: the copy-number profile of eight loci, in two tiers or in three.

Moorman et al. 2014: good are no deletion at all, an isolated deletion of ETV6, PAX5 or BTG1, and a
deletion of ETV6 with exactly one of BTG1, PAX5 and CDKN2A/B; all else is poor. The division of the
rest into intermediate and poor (any deletion of IKZF1, PAR1, EBF1 or RB1) is from memory: three
tiers are marked unconfirmed. ETV6::RUNX1 or high hyperdiploidy makes the genetic risk good,
whatever the profile.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from analysis.as_json import pack_fields, unpack_fields
from analysis.calls import Certainty, Evidence, Reason, State
from analysis.loci import NOT_TESTED, Loci, as_missing, deletion_text, evidence_of, outcomes
from analysis.wording import N_, Labelled, Message, say

UKALL_VERSION = "ukall-cna-2026.1"
SOURCE = "Moorman et al. 2014, Blood 124:1434"
# CDKN2A and CDKN2B are one locus of the profile and two genes of the laboratory.
CDKN2AB = ("CDKN2A", "CDKN2B")
UKALL_GENES = ("IKZF1", *CDKN2AB, "PAX5", "ETV6", "RB1", "BTG1", "EBF1", "PAR1")
_ISOLATED = frozenset(("ETV6", "PAX5", "BTG1"))
_BESIDE_ETV6 = frozenset(("BTG1", "PAX5", "CDKN2A/B"))
_ALWAYS_POOR = frozenset(("IKZF1", "PAR1", "EBF1", "RB1"))


class CnaAnswer(Labelled):
    """The words name the profile: "intermediate risk" by itself is a group of a treatment protocol,
    which has another name in Chinese."""

    GOOD = "good", N_("good-risk tier")
    INTERMEDIATE = "intermediate", N_("intermediate-risk tier")
    POOR = "poor", N_("poor-risk tier")
    NOT_EVALUABLE = "not_evaluable", N_("not evaluable")
    NOT_TESTED = "not_tested", N_("not tested")


@dataclass(frozen=True)
class UkallCna:
    """`answer` is the copy-number profile by itself, `genetic_risk` what ETV6::RUNX1 and high
    hyperdiploidy make of it. `possible` are the profiles that the missing loci leave open,
    `decisive` those loci. `certainty` is unconfirmed with three tiers.
    """

    tiers: int
    answer: CnaAnswer
    genetic_risk: CnaAnswer
    possible: tuple[CnaAnswer, ...]
    deleted: tuple[str, ...]
    headline: Message
    reasons: tuple[Reason, ...]
    missing: tuple[Message, ...]
    next_steps: tuple[Message, ...]
    decisive: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    certainty: Certainty
    rule_version: str = UKALL_VERSION

    def to_json(self) -> dict[str, Any]:
        return pack_fields(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> UkallCna:
        """Raises KeyError, TypeError or ValueError on anything but what `to_json` wrote."""
        return unpack_fields(cls, data)


def ukall_cna(
    loci: Loci,
    *,
    etv6_runx1: State = State.NOT_TESTED,
    high_hyperdiploidy: State = State.NOT_TESTED,
    tiers: int = 2,
) -> UkallCna:
    """The profile from the genes of `UKALL_GENES`; one that `loci` does not have was not tested.

    Raises ValueError where `tiers` is neither 2 nor 3.
    """
    if tiers not in (2, 3):
        raise ValueError(f"UKALL-CNA has two tiers or three, not {tiers}")
    loci = {name: loci.get(name, NOT_TESTED) for name in UKALL_GENES}
    possible = {name: finding.may_be_deleted for name, finding in loci.items()}
    found, decisive = outcomes(possible, partial(_rule, tiers=tiers))
    answers = tuple(answer for answer in CnaAnswer if answer in found)
    answer = _single(loci, answers)
    genetics = {"ETV6::RUNX1": etv6_runx1, "high hyperdiploidy": high_hyperdiploidy}
    risk = _genetic_risk(answer, answers, genetics)
    deleted = _loci({name: values == {True} for name, values in possible.items()})
    return UkallCna(
        tiers=tiers,
        answer=answer,
        genetic_risk=risk,
        possible=answers,
        deleted=deleted,
        headline=_headline(answer, answers, genetics, tiers),
        reasons=_reasons(answer, loci, deleted, decisive, genetics, tiers),
        missing=(*as_missing(loci, decisive), *_missing_genetics(answers, genetics)),
        next_steps=_next_steps(answers, decisive, genetics),
        decisive=decisive,
        evidence=evidence_of(loci, UKALL_GENES),
        certainty=Certainty.ESTABLISHED if tiers == 2 else Certainty.UNCONFIRMED,
    )


def _loci(lost: Mapping[str, bool]) -> tuple[str, ...]:
    """The deleted of the eight loci, in the order of `UKALL_GENES`."""
    names = ["CDKN2A/B" if name in CDKN2AB else name for name in UKALL_GENES if lost[name]]
    return tuple(dict.fromkeys(names))


def _rule(lost: Mapping[str, bool], *, tiers: int) -> CnaAnswer:
    deleted = frozenset(_loci(lost))
    beside_etv6 = deleted - {"ETV6"}
    with_one = "ETV6" in deleted and len(beside_etv6) == 1 and beside_etv6 <= _BESIDE_ETV6
    if not deleted or with_one or (len(deleted) == 1 and deleted <= _ISOLATED):
        return CnaAnswer.GOOD
    if tiers == 2 or deleted & _ALWAYS_POOR:
        return CnaAnswer.POOR
    return CnaAnswer.INTERMEDIATE


def _single(loci: Loci, answers: tuple[CnaAnswer, ...]) -> CnaAnswer:
    if len(answers) == 1:
        return answers[0]
    if all(finding.deleted is State.NOT_TESTED for finding in loci.values()):
        return CnaAnswer.NOT_TESTED
    return CnaAnswer.NOT_EVALUABLE


def _genetic_risk(
    answer: CnaAnswer, answers: tuple[CnaAnswer, ...], genetics: Mapping[str, State]
) -> CnaAnswer:
    if State.ALTERED in genetics.values() or answers == (CnaAnswer.GOOD,):
        return CnaAnswer.GOOD
    # A poor profile without the answer to ETV6::RUNX1 may still be overridden.
    settled = all(state is State.NOT_DETECTED for state in genetics.values())
    return answer if settled or not answer_known(answer) else CnaAnswer.NOT_EVALUABLE


def answer_known(answer: CnaAnswer) -> bool:
    """Whether the profile has a tier."""
    return answer not in (CnaAnswer.NOT_EVALUABLE, CnaAnswer.NOT_TESTED)


def _headline(
    answer: CnaAnswer,
    answers: tuple[CnaAnswer, ...],
    genetics: Mapping[str, State],
    tiers: int,
) -> Message:
    profile = say(N_("UKALL-CNA profile: {answer}"), answer=answer)
    if answer is CnaAnswer.NOT_EVALUABLE:
        profile = say(N_("UKALL-CNA profile not evaluable (still possible: {answers})"),
                      answers=answers)  # fmt: skip
    found = _found(genetics)
    if found:
        sentence = N_("{profile}; with {found} the genetic risk is good.")
        return say(sentence, profile=profile, found=found)
    if tiers == 3:
        return say(N_("{profile}, in three tiers, which are unconfirmed."), profile=profile)
    return say(N_("{profile}."), profile=profile)


def _found(genetics: Mapping[str, State]) -> tuple[Message, ...]:
    return tuple(_GENETICS[name] for name, state in genetics.items() if state is State.ALTERED)


_GENETICS = {
    "ETV6::RUNX1": say(N_("ETV6::RUNX1")),
    "high hyperdiploidy": say(N_("high hyperdiploidy")),
}


def _reasons(
    answer: CnaAnswer,
    loci: Loci,
    deleted: tuple[str, ...],
    decisive: tuple[str, ...],
    genetics: Mapping[str, State],
    tiers: int,
) -> tuple[Reason, ...]:
    reasons = [_main_reason(answer, loci, deleted, decisive)]
    harmless = [
        name for name in UKALL_GENES if len(loci[name].may_be_deleted) > 1 and name not in decisive
    ]
    if harmless and answer is not CnaAnswer.NOT_TESTED:
        sentence = N_("Not known, but without influence on the answer: {loci}.")
        message = say(sentence, loci=as_missing(loci, harmless))
        reasons.append(Reason("missing_without_influence", message))
    if _found(genetics):
        sentence = N_("{found} makes the genetic risk good, whatever the copy-number profile.")
        reasons.append(Reason("ukall_override", say(sentence, found=_found(genetics))))
    if tiers == 3:
        sentence = N_(
            "Three tiers: any deletion of IKZF1, PAR1, EBF1 or RB1 is poor, the rest of what is "
            "not good is intermediate. This division is unconfirmed."
        )
        reasons.append(Reason("ukall_three_tiers", say(sentence)))
    return tuple(reasons)


def _main_reason(
    answer: CnaAnswer, loci: Loci, deleted: tuple[str, ...], decisive: tuple[str, ...]
) -> Reason:
    code, sentence = _why(answer, deleted, decisive)
    genes = [name for name in UKALL_GENES if loci[name].deleted is State.ALTERED]
    message = say(
        sentence,
        deleted=tuple(deletion_text(name, loci[name]) for name in genes),
        loci=as_missing(loci, decisive),
        answer=answer,
    )
    return Reason(code, message, evidence_of(loci, genes))


def _why(answer: CnaAnswer, deleted: tuple[str, ...], decisive: tuple[str, ...]) -> tuple[str, str]:
    if answer is CnaAnswer.NOT_TESTED:
        return "ukall_not_tested", N_("None of the eight loci was tested.")
    if answer is CnaAnswer.NOT_EVALUABLE:
        if deleted:
            sentence = N_("Deleted: {deleted}. The tier depends on: {loci}.")
            return "ukall_not_evaluable", sentence
        return "ukall_not_evaluable", N_("No deletion is known. The tier depends on: {loci}.")
    if answer is CnaAnswer.GOOD:
        return _why_good(deleted)
    if len(deleted) == 1:
        sentence = N_("The deletion of {deleted} puts the profile into the {answer}.")
        return "ukall_one_deletion", sentence
    sentence = N_("The deletions of {deleted} together put the profile into the {answer}.")
    return "ukall_combination", sentence


def _why_good(deleted: tuple[str, ...]) -> tuple[str, str]:
    if not deleted:
        return "ukall_no_deletion", N_("None of the loci that decide is deleted.")
    if len(deleted) == 1:
        sentence = N_("The deletion of {deleted} by itself does not raise the risk.")
        return "ukall_isolated_good", sentence
    sentence = N_("ETV6 with exactly one of BTG1, PAX5 and CDKN2A/B is good: {deleted}.")
    return "ukall_etv6_with_one", sentence


def _missing_genetics(
    answers: tuple[CnaAnswer, ...], genetics: Mapping[str, State]
) -> tuple[Message, ...]:
    """The overrides without an answer, where they matter: not beside a good profile, nor where the
    other one is found."""
    if answers == (CnaAnswer.GOOD,) or _found(genetics):
        return ()
    return tuple(
        say(N_("{gene} {state}"), gene=_GENETICS[name], state=state)
        for name, state in genetics.items()
        if not state.answered
    )


def _next_steps(
    answers: tuple[CnaAnswer, ...], decisive: tuple[str, ...], genetics: Mapping[str, State]
) -> tuple[Message, ...]:
    steps = []
    if decisive:
        sentence = N_("Have the copy number of {genes} settled (MLPA P335).")
        steps.append(say(sentence, genes=decisive))
    open_questions = answers != (CnaAnswer.GOOD,) and not _found(genetics)
    unknown = [name for name, state in genetics.items() if not state.answered]
    if open_questions and unknown:
        sentence = N_("Have {questions} settled: it would make the genetic risk good.")
        steps.append(say(sentence, questions=tuple(_GENETICS[name] for name in unknown)))
    return tuple(steps)
