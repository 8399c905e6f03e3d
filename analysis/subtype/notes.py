"""The note of a subtype: one sentence, what is missing, what to do next."""

from __future__ import annotations

from analysis.calls import Reason
from analysis.subtype.findings import Findings
from analysis.subtype.result import SubtypeAnswer
from analysis.subtype.table import Question
from analysis.wording import N_, Message, say


def headline(
    answer: SubtypeAnswer,
    leading: Question | None,
    found: list[Question],
    lacking: tuple[Question, ...],
) -> Message:
    """One sentence for the doctor."""
    if leading:
        if lacking:
            sentence = N_("B-ALL with {label}, as far as it was tested.")
            return say(sentence, label=leading.label)
        return say(N_("B-ALL with {label}."), label=leading.label)
    if answer is SubtypeAnswer.CONTRADICTORY:
        if found:
            sentence = N_("B-ALL, findings contradict each other; found: {labels}.")
            return say(sentence, labels=tuple(row.label for row in found))
        return say(N_("B-ALL, findings contradict each other: the subtype is left open."))
    if lacking:
        sentence = N_(
            "B-ALL, not further classified: {count} subtypes were not tested or not evaluable."
        )
        return say(sentence, count=len(lacking))
    return say(N_("B-ALL without a defining genetic change, all of them having been looked for."))


def missing(lacking: tuple[Question, ...], findings: Findings) -> tuple[Message, ...]:
    """ "DUX4 rearrangement not tested", in order of precedence."""
    return tuple(
        say(N_("{label} {state}"), label=row.label, state=findings.by_key[row.key].state)
        for row in lacking
    )


def next_steps(
    lacking: tuple[Question, ...], findings: Findings, contradictions: tuple[Reason, ...]
) -> tuple[Message, ...]:
    """What to order or check, by test rather than by subtype."""
    steps = []
    if contradictions:
        sentence = N_("Check the contradiction: identity of the samples, then a second method.")
        steps.append(say(sentence))
    if findings.karyotype.unread:
        sentence = N_("Correct what could not be read in the karyotype: {parts}.")
        parts = tuple(f"“{item.part}”" for item in findings.karyotype.unread)
        steps.append(say(sentence, parts=parts))
    suggested = tuple(item.text for item in findings.translocations if not item.shown)
    if suggested:
        sentence = N_("Have {texts} settled by FISH or RNA sequencing.")
        steps.append(say(sentence, texts=suggested))
    if any(r.code == "masked_hypodiploidy" for f in findings.by_key.values() for r in f.reasons):
        sentence = N_("Have loss of heterozygosity looked for (SNP array), or the DNA index taken.")
        steps.append(say(sentence))
    return (*steps, *_tests(lacking, {row.key for row in lacking}, findings))


def _tests(lacking: tuple[Question, ...], keys: set[str], findings: Findings) -> list[Message]:
    steps = []
    fusions = tuple(
        row.label
        for row in lacking
        if row.by_fusion
        and not row.profile
        and "fusion" in findings.unanswered.get(row.key, {"fusion"})
    )
    if fusions:
        sentence = N_("RNA sequencing, or FISH one by one, would answer {labels}.")
        steps.append(say(sentence, labels=fusions))
    if "iamp21" in keys:
        steps.append(say(N_("FISH with a RUNX1 probe, or an array, would answer iAMP21.")))
    if any(row.chromosomes for row in lacking):
        steps.append(say(N_("A karyotype or an array would count the chromosomes.")))
    genes = tuple(
        row.variant[0]
        for row in lacking
        if row.variant and "variant" in findings.unanswered[row.key]
    )
    if genes:
        steps.append(say(N_("Sequencing would answer for {genes}."), genes=genes))
    if {"ph_like_nos", "etv6_runx1_like"} & keys:
        sentence = N_("An expression profile would answer the subtypes that are named “like”.")
        steps.append(say(sentence))
    return steps
