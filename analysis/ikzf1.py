"""The IKZF1 status of one child: evidence in, one answer of four states with its reasons out.

The rule (Zhang et al. 2022 call a child altered by a large deletion on MLPA or by an SNV/
InDel on sequencing; a child counts as not detected only where both assays answer):

- altered as soon as one of the two is altered;
- not detected only where both are not detected;
- not evaluable where one was done and could not be read;
- not tested where one was not done, and the other, if done, shows nothing.

Where an assay has several adequate results, `ikzf1_concordance` says which of them speaks.

The states of the two stand beside it always, so that "MLPA normal, not sequenced" reads as "no
large deletion detected; SNV/InDel not tested".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from analysis.as_json import pack_fields, unpack_fields
from analysis.calls import Evidence, Reason, State
from analysis.exon_words import joined
from analysis.ikzf1_concordance import reconciled_copies, reconciled_sequence
from analysis.ikzf1_copy_number import CopyNumberFinding, read_copy_number
from analysis.ikzf1_deletions import DeletionComponent, DuplicationComponent, Zygosity
from analysis.ikzf1_evidence import (
    STUDY_RULES,
    Classification,
    CopyNumberAssay,
    ExonCall,
    Ikzf1Evidence,
    Ikzf1Rules,
    SequencingAssay,
    Variant,
    VariantConsequence,
)
from analysis.ikzf1_sequencing import SequencingFinding, read_sequencing
from analysis.ikzf1_variant import VariantComponent, VariantEffect, VariantKind, Verdict
from analysis.wording import N_, Labelled, Message, say

__all__ = [
    "RULE_VERSION",
    "STUDY_RULES",
    "AlterationKind",
    "Classification",
    "CopyNumberAssay",
    "DeletionComponent",
    "DuplicationComponent",
    "ExonCall",
    "Ikzf1Evidence",
    "Ikzf1Rules",
    "Ikzf1Status",
    "SequencingAssay",
    "Variant",
    "VariantComponent",
    "VariantConsequence",
    "VariantEffect",
    "VariantKind",
    "Verdict",
    "Zygosity",
    "ikzf1_status",
]

# Raised with every change of the rule, so that stored answers are worked out anew.
RULE_VERSION = "ikzf1-2026.3"


class AlterationKind(Labelled):
    """What was found. "Only" says nothing of an assay without an answer: see its own state."""

    LARGE_DELETION_ONLY = "large_deletion_only", N_("large deletion only")
    SNV_INDEL_ONLY = "snv_indel_only", N_("SNV/InDel only")
    BOTH = "both", N_("large deletion and SNV/InDel")
    NONE = "none", N_("none")


@dataclass(frozen=True)
class Ikzf1Status:
    """The answer, its two parts, and all it rests on.

    `deletions`, `duplications` and `variants` are ordered along the gene; `variants` has those that
    do not count as well, with the reason why. `exons` has one call for each exon 1..8.
    `headline` is one sentence for the doctor. `missing` names what would be needed to know more.
    """

    state: State
    large_deletion: State
    sequence_variant: State
    kind: AlterationKind
    headline: Message
    deletions: tuple[DeletionComponent, ...]
    duplications: tuple[DuplicationComponent, ...]
    variants: tuple[VariantComponent, ...]
    exons: tuple[ExonCall, ...]
    reasons: tuple[Reason, ...]
    missing: tuple[Message, ...]
    evidence: tuple[Evidence, ...]
    rules: Ikzf1Rules = STUDY_RULES
    rule_version: str = RULE_VERSION

    @property
    def counted_variants(self) -> tuple[VariantComponent, ...]:
        """The variants that make the gene altered."""
        return tuple(item for item in self.variants if item.verdict is Verdict.COUNTED)

    @property
    def components(self) -> tuple[DeletionComponent | VariantComponent, ...]:
        """What makes the gene altered; empty where it is not."""
        if self.state is not State.ALTERED:
            return ()
        return (*self.deletions, *self.counted_variants)

    def to_json(self) -> dict[str, Any]:
        """Dicts, lists, text and numbers; `from_json` gives an equal value back."""
        return pack_fields(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Ikzf1Status:
        """Raises KeyError, TypeError or ValueError on anything but what `to_json` wrote."""
        return unpack_fields(cls, data)


def ikzf1_status(evidence: Ikzf1Evidence, rules: Ikzf1Rules = STUDY_RULES) -> Ikzf1Status:
    """The status that follows from `evidence`. Pure: equal evidence, equal status."""
    copies = reconciled_copies(
        read_copy_number(evidence.copy_number, rules),
        [read_copy_number(assay, rules) for assay in evidence.other_copy_number],
    )
    sequence = reconciled_sequence(
        read_sequencing(evidence.sequencing, rules),
        [read_sequencing(assay, rules) for assay in evidence.other_sequencing],
    )
    state = _overall(copies, sequence)
    return Ikzf1Status(
        state=state,
        large_deletion=copies.state,
        sequence_variant=sequence.state,
        kind=_kind(copies.state, sequence.state),
        headline=_headline(state, copies, sequence),
        deletions=copies.deletions,
        duplications=copies.duplications,
        variants=sequence.variants,
        exons=copies.exons,
        reasons=(*copies.reasons, *sequence.reasons, _last_reason(state, copies, sequence)),
        missing=(*copies.missing, *sequence.missing),
        evidence=(*copies.evidence, *sequence.evidence),
        rules=rules,
    )


def _overall(copies: CopyNumberFinding, sequence: SequencingFinding) -> State:
    states = {copies.state, sequence.state}
    # A part of the gene gained is no deletion, and no clean bill either.
    if State.ALTERED not in states and _partly_gained(copies):
        states.add(State.NOT_EVALUABLE)
    for state in (State.ALTERED, State.NOT_EVALUABLE, State.NOT_TESTED):
        if state in states:
            return state
    return State.NOT_DETECTED


def _partly_gained(copies: CopyNumberFinding) -> bool:
    return any(not item.whole_gene for item in copies.duplications)


def _kind(large_deletion: State, sequence_variant: State) -> AlterationKind:
    deleted, mutated = large_deletion is State.ALTERED, sequence_variant is State.ALTERED
    if deleted and mutated:
        return AlterationKind.BOTH
    if deleted:
        return AlterationKind.LARGE_DELETION_ONLY
    return AlterationKind.SNV_INDEL_ONLY if mutated else AlterationKind.NONE


def _headline(state: State, copies: CopyNumberFinding, sequence: SequencingFinding) -> Message:
    altered_first = sorted((copies, sequence), key=lambda item: item.state is not State.ALTERED)
    findings = [item.phrase for item in altered_first]
    findings += [item.phrase for item in copies.duplications]
    states = (copies.state, sequence.state)
    sentence = {
        State.ALTERED: N_("IKZF1 altered: {findings}."),
        State.NOT_DETECTED: N_("IKZF1 alteration not detected: {findings}."),
        State.NOT_EVALUABLE: N_("IKZF1 not evaluable: {findings}."),
        State.NOT_TESTED: N_("IKZF1 not tested: {findings}."),
    }[state]
    if state is State.NOT_TESTED and State.NOT_DETECTED in states:
        sentence = N_("IKZF1 incompletely tested: {findings}.")
    return say(sentence, findings=joined(findings))


def _last_reason(state: State, copies: CopyNumberFinding, sequence: SequencingFinding) -> Reason:
    """Which rule made one answer of the two."""
    if state is State.ALTERED:
        hits = len(copies.deletions) + len(sequence.counted)
        if copies.deletions and sequence.counted:
            sentence = N_(
                "A large deletion and a sequence variant are found: whether they lie on one copy "
                "or on both is not shown."
            )
            return Reason("status_altered", say(sentence))
        sentence = N_("One finding makes IKZF1 altered.")
        if hits > 1:
            sentence = N_("Several findings, each of which makes IKZF1 altered.")
        return Reason("status_altered", say(sentence))
    if state is State.NOT_DETECTED:
        sentence = N_("Both assays answer and neither shows an alteration, within their limits.")
        return Reason("status_not_detected", say(sentence))
    if state is State.NOT_TESTED:
        sentence = N_(
            "IKZF1 counts as not detected only where both MLPA and sequencing answer; what was not "
            "tested may be altered."
        )
        return Reason("status_not_tested", say(sentence))
    if {copies.state, sequence.state} == {State.NOT_DETECTED}:
        sentence = N_("A part of the gene is gained: whether IKZF1 is altered cannot be told.")
        return Reason("status_not_evaluable_gain", say(sentence))
    sentence = N_("What could be read shows no alteration; what could not be read may hide one.")
    return Reason("status_not_evaluable", say(sentence))
