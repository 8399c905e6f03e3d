"""From the answers to the subtype: what leads, what contradicts it, what could still change it.

The rule: of the subtypes found, the one of the lowest rank leads (`analysis/data/subtypes.yaml`).
Two of rank 1 contradict each other, and so does a question of a lower rank than the leading one
that is left open by findings against each other: the subtype then stays open. What was not tested
is named where it would lead.
"""

from __future__ import annotations

from dataclasses import replace

from analysis.calls import Certainty, Reason, State
from analysis.iscn.karyotype import KaryotypeAnswer
from analysis.subtype.evidence import SubtypeEvidence
from analysis.subtype.finding import Finding
from analysis.subtype.findings import Findings, findings_of, paper_states
from analysis.subtype.notes import headline, missing, next_steps
from analysis.subtype.result import Marker, PaperGroup, SubtypeAnswer, SubtypeResult
from analysis.subtype.table import (
    EXCLUSIVE_RANK,
    Question,
    questions,
    subtypes,
    unclassified,
)
from analysis.wording import N_, say

_CERTAINTIES = tuple(Certainty)  # the surest first


def classify(evidence: SubtypeEvidence) -> SubtypeResult:
    """The subtype of one child. Pure: equal evidence, equal result. Raises ValueError for a fusion
    method that is not a `FusionMethod`. Of another leukaemia than B-ALL the markers alone are
    answered."""
    result = _classified(evidence)
    if evidence.b_lineage is not State.NOT_DETECTED:
        return result
    sentence = N_("The subtypes are those of B-ALL; this leukaemia is on record as another one.")
    return replace(
        result,
        answer=SubtypeAnswer.NOT_B_ALL,
        key="",
        who="",
        icc="",
        certainty=Certainty.ESTABLISHED,
        headline=say(sentence),
        also=(),
        missing=(),
        next_steps=(),
        reasons=tuple(
            r for r in result.reasons if r.code not in ("not_classified", "subtype_leads")
        ),
    )


def _classified(evidence: SubtypeEvidence) -> SubtypeResult:
    findings = findings_of(evidence)
    found = [row for row in subtypes() if findings.by_key[row.key].state is State.ALTERED]
    contradictions = (
        *_two_entities(found, findings),
        *_two_of_chromosome_21(found, findings),
        *_conflicts(findings),
        *evidence.disagreements,
    )
    answer = _answer(found, findings)
    leading = found[0] if answer is SubtypeAnswer.CLASSIFIED else None
    lacking = _lacking(leading, findings)
    who, icc = _names(leading, answer, lacking)
    reasons = (*_reasons(found, findings, contradictions, lacking), *evidence.remarks)
    return SubtypeResult(
        answer=answer,
        key=leading.key if leading else "",
        who=who,
        icc=icc,
        certainty=_certainty(leading, findings, answer),
        headline=headline(answer, leading, found, lacking),
        also=tuple(row.key for row in found if row is not leading),
        markers=tuple(_marker(row, findings.by_key[row.key]) for row in questions()),
        paper_groups=tuple(PaperGroup(*item) for item in paper_states(evidence, findings)),
        contradictions=contradictions,
        reasons=reasons,
        missing=missing(lacking, findings),
        next_steps=next_steps(lacking, findings, contradictions),
        evidence=_evidence(evidence, reasons),
        modal_number=_modal(findings),
    )


def _two_entities(found: list[Question], findings: Findings) -> tuple[Reason, ...]:
    first = [row for row in found if row.rank == EXCLUSIVE_RANK]
    if len(first) < 2:
        return ()
    sentence = N_(
        "{subtypes} are found in one leukaemia; they exclude each other. A mix-up of samples, a "
        "false positive test or two clones has to be thought of."
    )
    evidence = tuple(
        item for row in first for r in findings.by_key[row.key].reasons for item in r.evidence
    )
    message = say(sentence, subtypes=tuple(row.label for row in first))
    return (Reason("two_entities", message, evidence),)


def _two_of_chromosome_21(found: list[Question], findings: Findings) -> tuple[Reason, ...]:
    """One probe, RUNX1, is behind both: further copies of the fusion look like iAMP21."""
    if not {"etv6_runx1", "iamp21"} <= {row.key for row in found}:
        return ()
    sentence = N_(
        "ETV6::RUNX1 and iAMP21 are both reported, which hardly ever stand together: further RUNX1 "
        "signals may be copies of the fusion or of chromosome 21. An array has to tell."
    )
    evidence = tuple(
        item
        for key in ("etv6_runx1", "iamp21")
        for reason in findings.by_key[key].reasons
        for item in reason.evidence
    )
    return (Reason("etv6_runx1_with_iamp21", say(sentence), evidence),)


def _conflicts(findings: Findings) -> tuple[Reason, ...]:
    of_markers = [reason for found in findings.by_key.values() for reason in found.conflicts]
    return tuple(dict.fromkeys((*of_markers, *findings.ploidy.conflicts)))


def _answer(found: list[Question], findings: Findings) -> SubtypeAnswer:
    if sum(row.rank == EXCLUSIVE_RANK for row in found) > 1:
        return SubtypeAnswer.CONTRADICTORY
    lowest = found[0].rank if found else None
    for row in subtypes():
        finding = findings.by_key[row.key]
        left_open = finding.state is State.NOT_EVALUABLE and finding.conflicts
        if left_open and (lowest is None or row.rank <= lowest):
            return SubtypeAnswer.CONTRADICTORY
    return SubtypeAnswer.CLASSIFIED if found else SubtypeAnswer.NOT_CLASSIFIED


def _lacking(leading: Question | None, findings: Findings) -> tuple[Question, ...]:
    """The subtypes without an answer that would lead, were they found."""
    return tuple(
        row
        for row in subtypes()
        if not findings.by_key[row.key].state.answered
        and (leading is None or row.rank < leading.rank)
    )


def _names(
    leading: Question | None, answer: SubtypeAnswer, lacking: tuple[Question, ...]
) -> tuple[str, str]:
    if leading:
        return leading.who, leading.icc
    # "NOS" is an answer: it is given only where everything was looked for.
    if answer is SubtypeAnswer.NOT_CLASSIFIED and not lacking:
        return unclassified()
    return "", ""


def _certainty(leading: Question | None, findings: Findings, answer: SubtypeAnswer) -> Certainty:
    if leading is None:
        unsure = answer is SubtypeAnswer.CONTRADICTORY
        return Certainty.UNCERTAIN if unsure else Certainty.UNCONFIRMED
    both = (leading.certainty, findings.by_key[leading.key].certainty)
    return max(both, key=_CERTAINTIES.index)


def _reasons(
    found: list[Question],
    findings: Findings,
    contradictions: tuple[Reason, ...],
    lacking: tuple[Question, ...],
) -> tuple[Reason, ...]:
    reasons = [reason for row in found for reason in findings.by_key[row.key].reasons]
    leads = sum(row.rank == found[0].rank for row in found) == 1 or not contradictions
    outranked = found[1:] if leads else []
    if outranked:
        sentence = N_("{leading} leads; {others} is recorded beside it.")
        message = say(
            sentence, leading=found[0].label, others=tuple(row.label for row in outranked)
        )
        reasons.append(Reason("subtype_leads", message))
    if {"near_haploid", "low_hypodiploid"} & {row.key for row in found} and any(
        row.key == "high_hyperdiploid" for row in found
    ):
        sentence = N_("A clone of about twice the number beside it is a doubled hypodiploid clone.")
        reasons.append(Reason("doubled_clone", say(sentence)))
    if not found and lacking:
        sentence = N_("Without an answer: {labels}.")
        labels = tuple(row.label for row in lacking)
        reasons.append(Reason("not_classified", say(sentence, labels=labels)))
    if findings.karyotype.answer is not KaryotypeAnswer.NOT_TESTED:
        reasons += findings.karyotype.reasons
    return tuple(dict.fromkeys((*reasons, *contradictions)))


def _marker(row: Question, finding: Finding) -> Marker:
    return Marker(row.key, finding.state, finding.certainty, finding.reasons)


def _evidence(evidence: SubtypeEvidence, reasons: tuple[Reason, ...]):
    of_reasons = (item for reason in reasons for item in reason.evidence)
    return tuple(dict.fromkeys((*of_reasons, *evidence.evidence)))


def _modal(findings: Findings) -> tuple[int, int] | None:
    number = findings.ploidy.modal
    return (number.low, number.high) if number else None
