"""What the engine answers: a group, or those still possible, with every rule's verdict."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from analysis import as_json
from analysis.calls import Evidence
from analysis.risk.facts import Answer
from analysis.risk.vocabulary import Point
from analysis.wording import N_, Labelled, Message

# What stands in `possible` where the protocol's text has no group for a child.
NO_GROUP = "none"


class Verdict(Labelled):
    """Three values, by Kleene's logic: what is unknown never counts as normal."""

    MET = "met", N_("met")
    NOT_MET = "not_met", N_("not met")
    NOT_EVALUABLE = "not_evaluable", N_("not evaluable")


class RuleCertainty(Labelled):
    """How sure a rule is: read in sources (V), derived from them (D), from memory (M)."""

    VERIFIED = "V", N_("read in the source")
    DERIVED = "D", N_("derived from the source")
    MEMORY = "M", N_("unconfirmed")


class RuleSetStatus(Labelled):
    SOURCED = "sourced", N_("all rules have a source")
    CONFIRMED = "confirmed", N_("confirmed rule set")
    UNCONFIRMED = "unconfirmed", N_("unconfirmed rule set")


class RiskWord(Labelled):
    """What a protocol's group is in plain words; `code` is what the protocol calls it (SR, HR)."""

    LOW = "low", N_("low risk")
    INTERMEDIATE = "intermediate", N_("intermediate risk")
    HIGH = "high", N_("high risk")
    SEPARATE = "separate", N_("a group of its own")
    NONE = "none", N_("no group of the protocol")


# A group of its own (infants) stands before those that the words put in order.
GRAVITY = (
    RiskWord.SEPARATE,
    RiskWord.HIGH,
    RiskWord.INTERMEDIATE,
    RiskWord.LOW,
    RiskWord.NONE,
)


@dataclass(frozen=True)
class Confirmation:
    """An administrator vouches for the unconfirmed rules: by name, on a day (ISO 8601).

    It holds for the rules with this `rule_hash`, and for no later change of them.
    """

    by: str
    on: str
    rule_hash: str


@dataclass(frozen=True)
class UsedFact:
    """A fact as the rules saw it: `value` for people, `date` ISO 8601 or "".

    `due` is False while the point of the course that gives it has not come. `needs_lod`: for MRD,
    the limit of detection (fraction) that settles every threshold of the protocol. `partial`: more
    than one answer is still possible (a range, a partner gene that is not settled).
    """

    fact: str
    label: Message
    answer: Answer
    value: Message
    date: str
    point: Point
    due: bool
    evidence: tuple[Evidence, ...] = ()
    needs_lod: float | None = None
    partial: bool = False


@dataclass(frozen=True)
class RuleVerdict:
    """One rule on one child. `facts` names what it used; the values stand in `RiskResult.inputs`.

    `quote` is the rule as the source words it, `note` how a doubt in its text was read; `groups`
    are those that it speaks for, `against` those that it excludes.
    """

    rule: str
    groups: tuple[str, ...]
    against: tuple[str, ...]
    verdict: Verdict
    description: Message
    facts: tuple[str, ...]
    point: Point
    due: bool
    certainty: RuleCertainty
    source: str
    quote: str
    note: str = ""


@dataclass(frozen=True)
class Possible:
    """A group that some completion of the unknown facts gives.

    `given` is one such completion; empty where nothing needs to be supposed.
    """

    code: str
    word: RiskWord
    given: tuple[Message, ...]


@dataclass(frozen=True)
class Settles:
    """Were `condition` true of the unknown `fact`, only `groups` would remain."""

    fact: str
    condition: Message
    groups: tuple[str, ...]
    point: Point
    due: bool


@dataclass(frozen=True)
class RiskResult:
    """The risk group of a child at a point of the course.

    `group`: the only group possible, else None; "none" where the protocol's text covers no group
    for the child. `possible`: every group that some completion gives, gravest first. `now`: the
    groups by the rules due so far alone, with later rules left aside (one where it is clear, empty
    where the protocol gives no group yet). `reasons`: names of the rules that carry the answer.
    `missing`: unknown facts that can still change the
    answer, in the order of use.
    """

    protocol: str
    version: str
    valid_from: str
    rule_hash: str
    at: Point
    group: str | None
    now: tuple[str, ...]
    possible: tuple[Possible, ...]
    verdicts: tuple[RuleVerdict, ...]
    inputs: tuple[UsedFact, ...]
    missing: tuple[UsedFact, ...]
    settles: tuple[Settles, ...]
    reasons: tuple[str, ...]
    status: RuleSetStatus
    unconfirmed_rules: tuple[str, ...]
    confirmation: Confirmation | None
    notes: tuple[Message, ...] = ()

    @property
    def groups(self) -> tuple[str, ...]:
        """The codes of `possible`."""
        return tuple(item.code for item in self.possible)

    def word_of(self, code: str) -> RiskWord:
        """What a possible group is in plain words; KeyError where it is not possible."""
        return {item.code: item.word for item in self.possible}[code]

    def verdict(self, rule: str) -> Verdict:
        """The verdict of that rule; KeyError where the protocol has none of that name."""
        return {item.rule: item.verdict for item in self.verdicts}[rule]

    def inputs_of(self, verdict: RuleVerdict) -> tuple[UsedFact, ...]:
        """The values and dates that the rule used."""
        return tuple(item for item in self.inputs if item.fact in verdict.facts)

    def to_json(self) -> dict[str, Any]:
        return as_json.pack_fields(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> RiskResult:
        return as_json.unpack_fields(cls, data)
