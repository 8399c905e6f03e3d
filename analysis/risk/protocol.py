"""A risk protocol as values: comparisons of facts, rules made of them, groups made of rules."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from analysis.calls import State
from analysis.risk.result import RiskWord, RuleCertainty
from analysis.risk.vocabulary import VOCABULARY, FactKind, Point, Span
from analysis.wording import N_, Message, say

# Acute lymphoblastic leukaemia of any lineage, for a protocol that names none.
LINEAGES = tuple(str(word) for word in VOCABULARY["lineage"].words)


@dataclass(frozen=True)
class Comparison:
    """A fact compared: a number with a span, any other fact with the words that satisfy it."""

    fact: str
    span: Span | None = None
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class RuleNamed:
    """A reference to another rule of the protocol, by its name."""

    rule: str


@dataclass(frozen=True)
class Combined:
    """`how` is "all", "any", "not" (of one part) or "at_least" (`n` of the parts)."""

    how: str
    parts: tuple[Condition, ...]
    n: int = 0


Condition = Comparison | RuleNamed | Combined


@dataclass(frozen=True)
class Rule:
    """One rule: `quote` as the source words it, `source` where it stands, `point` from when on."""

    name: str
    when: Condition
    certainty: RuleCertainty
    point: Point
    source: str
    quote: str
    note: str = ""


@dataclass(frozen=True)
class Group:
    """A group in order of precedence. `when` combines rules; None takes all who are left.

    `point`: before it the protocol gives this group to nobody.
    """

    code: str
    word: RiskWord
    when: Condition | None
    point: Point = Point.DIAGNOSIS


@dataclass(frozen=True)
class MrdWindow:
    """Which measurements answer an MRD fact: days of treatment (both ends count) and methods.

    `positive_from`: any measured amount counts as at least this fraction.
    """

    fact: str
    first: int
    last: int
    methods: tuple[str, ...]
    positive_from: float | None = None

    def days_off(self, day: int) -> int:
        """How many days `day` lies outside; 0 within."""
        return max(self.first - day, day - self.last, 0)


@dataclass(frozen=True)
class Protocol:
    """One version of one protocol. `rule_hash` changes with whatever can change an answer.

    `notes` say how doubts in the text were read, in English or as the file writes them. `lineages`
    are those that it speaks for, as words of the fact "lineage": whom the rules are asked about.
    """

    name: str
    version: str
    valid_from: str
    title: str
    source: str
    rules: tuple[Rule, ...]
    groups: tuple[Group, ...]
    windows: tuple[MrdWindow, ...]
    notes: tuple[str, ...] = ()
    lineages: tuple[str, ...] = LINEAGES

    def __hash__(self) -> int:
        return hash((self.name, self.version, self.rule_hash))

    @cached_property
    def by_name(self) -> dict[str, Rule]:
        return {rule.name: rule for rule in self.rules}

    @cached_property
    def rule_hash(self) -> str:
        logic = {
            "rules": [
                [r.name, _plain(r.when), r.certainty.value, r.point.value] for r in self.rules
            ],
            "groups": [
                [g.code, g.word.value, g.when and _plain(g.when), g.point.value]
                for g in self.groups
            ],
            "windows": [
                [w.fact, w.first, w.last, w.methods, w.positive_from] for w in self.windows
            ],
            "lineages": sorted(self.lineages),
        }
        text = json.dumps([self.name, self.version, logic], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    @property
    def unconfirmed_rules(self) -> tuple[str, ...]:
        return tuple(r.name for r in self.rules if r.certainty is RuleCertainty.MEMORY)

    def facts_of(self, condition: Condition) -> tuple[str, ...]:
        """Names of the facts that `condition` asks for, in the order of use."""
        return tuple(dict.fromkeys(item.fact for item in self.comparisons(condition)))

    def comparisons(self, condition: Condition) -> Iterator[Comparison]:
        if isinstance(condition, Comparison):
            yield condition
        elif isinstance(condition, RuleNamed):
            yield from self.comparisons(self.by_name[condition.rule].when)
        else:
            for part in condition.parts:
                yield from self.comparisons(part)

    def groups_using(self, rule: str) -> tuple[str, ...]:
        """Codes of the groups that `rule` speaks for: it stands in their definition, unnegated."""
        return tuple(g.code for g in self.groups if g.when and (rule, True) in self._roles(g.when))

    def groups_barred(self, rule: str) -> tuple[str, ...]:
        """Codes of the groups that `rule` speaks against: it stands there under a "not"."""
        return tuple(g.code for g in self.groups if g.when and (rule, False) in self._roles(g.when))

    def _roles(self, condition: Condition, positive: bool = True) -> frozenset[tuple[str, bool]]:
        """Names of the rules in `condition`, and in them, with True where they count for it."""
        if isinstance(condition, RuleNamed):
            inner = self._roles(self.by_name[condition.rule].when, positive)
            return inner | {(condition.rule, positive)}
        if isinstance(condition, Combined):
            sign = positive != (condition.how == "not")
            return frozenset().union(*(self._roles(part, sign) for part in condition.parts))
        return frozenset()


def _plain(condition: Condition) -> list[Any]:
    if isinstance(condition, RuleNamed):
        return ["rule", condition.rule]
    if isinstance(condition, Combined):
        return [condition.how, condition.n, *map(_plain, condition.parts)]
    span = condition.span
    ends = span and [str(span.low), str(span.high), span.low_open, span.high_open]
    return [condition.fact, ends, condition.words]


_COMBINED = {
    "all": N_("all of ({parts})"),
    "any": N_("at least one of ({parts})"),
    "not": N_("not ({parts})"),
    "none": N_("none of ({parts})"),
    "at_least": N_("at least {n} of ({parts})"),
}


def described(condition: Condition) -> Message:
    """The condition in words, from its own logic: the two cannot differ. Rules go by name."""
    if isinstance(condition, RuleNamed):
        return say(N_("rule {rule}"), rule=condition.rule)
    if isinstance(condition, Combined):
        inner = condition.parts[0]
        if condition.how == "not" and isinstance(inner, Combined) and inner.how == "any":
            return say(_COMBINED["none"], parts=tuple(map(described, inner.parts)))
        parts = tuple(map(described, condition.parts))
        if condition.how == "at_least":
            return say(_COMBINED["at_least"], n=condition.n, parts=parts)
        return say(_COMBINED[condition.how], parts=parts)
    return comparison_described(condition.fact, span=condition.span, words=condition.words)


_SPANS = {
    "exactly": (N_("{fact} = {low}"), N_("{fact} = {low} {unit}")),
    "from": (N_("{fact} ≥ {low}"), N_("{fact} ≥ {low} {unit}")),
    "above": (N_("{fact} > {low}"), N_("{fact} > {low} {unit}")),
    "up_to": (N_("{fact} ≤ {high}"), N_("{fact} ≤ {high} {unit}")),
    "below": (N_("{fact} < {high}"), N_("{fact} < {high} {unit}")),
    "from_up_to": (N_("{fact} ≥ {low} and ≤ {high}"), N_("{fact} ≥ {low} and ≤ {high} {unit}")),
    "from_below": (N_("{fact} ≥ {low} and < {high}"), N_("{fact} ≥ {low} and < {high} {unit}")),
    "above_up_to": (N_("{fact} > {low} and ≤ {high}"), N_("{fact} > {low} and ≤ {high} {unit}")),
    "above_below": (N_("{fact} > {low} and < {high}"), N_("{fact} > {low} and < {high} {unit}")),
}


def comparison_described(
    fact: str, *, span: Span | None = None, words: tuple[str, ...] = ()
) -> Message:
    """ "WBC at diagnosis ≥ 50 × 10^9/L", "BCR::ABL1 found". MRD is written in percent."""
    kind = VOCABULARY[fact]
    label = say(kind.label_en)
    if span is None:
        return _words_described(kind, words)
    low = _end(span.low, kind.span.low, opened=span.low_open, first="from", second="above")
    high = _end(span.high, kind.span.high, opened=span.high_open, first="up_to", second="below")
    name = "exactly" if span.low == span.high else "_".join(filter(None, (low, high)))
    without_unit, with_unit = _SPANS[name or "from"]
    values: dict[str, Any] = {"fact": label}
    shown = without_unit if not kind.unit else with_unit
    for end, value in (("low", span.low), ("high", span.high)):
        if f"{{{end}}}" in shown:
            values[end] = shown_number(value, mrd=kind.mrd)
    if kind.unit:
        values["unit"] = unit_shown(fact)
    return say(shown, **values)


def _words_described(kind: FactKind, words: tuple[str, ...]) -> Message:
    label, shown = say(kind.label_en), tuple(kind.word(word) for word in words)
    found = tuple(word for word in kind.words if word != State.NOT_DETECTED)
    if State.NOT_DETECTED in kind.words and set(words) == set(found):
        return say(N_("{fact} found") if len(found) == 1 else N_("any {fact}"), fact=label)
    if State.NOT_DETECTED in kind.words and words == (State.NOT_DETECTED,):
        return say(N_("{fact} not detected"), fact=label)
    if len(shown) < 2:
        return say(N_("{fact}: {words}"), fact=label, words=shown)
    *first, last = shown
    return say(N_("{fact}: {first} or {last}"), fact=label, first=tuple(first), last=last)


def _end(value: float, limit: float, *, opened: bool, first: str, second: str) -> str:
    """Which comparison an end of a span is; none at the limit of what is possible."""
    beyond = value <= limit if first == "from" else value >= limit
    if beyond and not opened:
        return ""
    return second if opened else first


def shown_number(value: float, *, mrd: bool = False) -> float:
    """MRD as percent, without the dust of binary fractions."""
    return float(f"{value * 100:.6g}") if mrd else float(value)


_UNITS = {"years": N_("years")}
_TIMES = N_("× 10^9/L")


def unit_shown(fact: str) -> Message | str:
    kind = VOCABULARY[fact]
    if kind.mrd:
        return "%"
    if kind.unit == "10^9/L":
        return say(_TIMES)
    return say(_UNITS[kind.unit]) if kind.unit in _UNITS else kind.unit
