"""A protocol made ready for many children: its axes, its diagrams, and answers by cells."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache

from analysis.risk.axes import Axis, axis, joint_mrd, results_in
from analysis.risk.diagram import Diagram, diagram
from analysis.risk.facts import RiskFacts
from analysis.risk.inputs import used_fact, used_mrd
from analysis.risk.protocol import (
    Combined,
    Comparison,
    Condition,
    Protocol,
    RuleNamed,
    described,
)
from analysis.risk.result import (
    GRAVITY,
    NO_GROUP,
    Possible,
    RiskWord,
    RuleVerdict,
    Settles,
    UsedFact,
    Verdict,
)
from analysis.risk.vocabulary import MRD_USES, POINTS, VOCABULARY, FactWord, Point


@cache
def compiled(protocol: Protocol) -> Compiled:
    """The protocol made ready, once a process."""
    return Compiled(protocol)


@dataclass(frozen=True)
class _Solution:
    """All of an answer that depends on the cells alone."""

    now: tuple[str, ...]
    possible: tuple[Possible, ...]
    verdicts: tuple[RuleVerdict, ...]
    missing: tuple[str, ...]
    settles: tuple[Settles, ...]
    reasons: tuple[str, ...]


class Compiled:
    """A protocol made ready: its axes, and its diagrams by point of the course."""

    def __init__(self, protocol: Protocol):
        self.protocol = protocol
        self.axes = _axes(protocol)
        self.index = {item.fact: k for k, item in enumerate(self.axes)}
        self.windows = {window.fact: window for window in protocol.windows}
        self.whole = diagram(protocol, self.axes)
        self.until: dict[Point, Diagram] = {
            point: diagram(protocol, self.axes, until=point) for point in POINTS
        }
        self.words = {
            rule.name: (
                described(rule.when),
                protocol.facts_of(rule.when),
                protocol.groups_using(rule.name),
                protocol.groups_barred(rule.name),
            )
            for rule in protocol.rules
        }
        self.asked = {
            name: tuple(self.index[fact] for fact in facts)
            for name, (_, facts, _, _) in self.words.items()
        }
        self._defined = {group.code for group in protocol.groups if group.when is not None}
        self.needs_lod = {name: self._least(name) for name in self.windows}
        self.codes = (*(group.code for group in protocol.groups), NO_GROUP)
        words = (*(group.word for group in protocol.groups), RiskWord.NONE)
        self.gravest_first = sorted(range(len(words)), key=lambda k: GRAVITY.index(words[k]))
        self.uses = {name: self.index[name] for name in MRD_USES if name in self.index}
        # Many children share their cells; sentences are made once for all of them.
        self.solve = lru_cache(maxsize=4096)(self._solve)
        self.judged = lru_cache(maxsize=4096)(self._judged)
        self.described = lru_cache(maxsize=4096)(lambda k, bits: self.axes[k].described(bits))

    def _least(self, fact: str) -> float | None:
        """The smallest threshold of an MRD fact."""
        k = self.index.get(fact)
        ends = [span.low for span in self.axes[k].spans if span.low > 0] if k is not None else []
        return min(ends, default=None)

    def read(self, facts: RiskFacts, at: Point) -> tuple[tuple[UsedFact, ...], tuple[int, ...]]:
        """Each fact of the protocol as used, and its cells."""
        inputs, cells = [], []
        for item in self.axes:
            due = VOCABULARY[item.fact].point.order <= at.order
            if item.fact in self.windows:
                used, own = self._read_mrd(item, facts, due)
            else:
                fact = facts.by_name.get(item.fact) if due else None
                used, own = used_fact(item.fact, fact, due=due), item.cells_of(fact)
            inputs.append(used)
            cells.append(own)
        return tuple(inputs), tuple(cells)

    def _read_mrd(self, item: Axis, facts: RiskFacts, due: bool) -> tuple[UsedFact, int]:
        window = self.windows[item.fact]
        results = results_in(window, facts) if due else ()
        span = joint_mrd(results, window)
        used = used_mrd(
            window, results, known=span is not None, due=due, needs_lod=self.needs_lod[item.fact]
        )
        return used, item.full if span is None else item.cells_of_span(span)

    def _solve(self, at: Point, cells: tuple[int, ...]) -> _Solution:
        outcomes = self.whole.outcomes(cells)
        undecided = self._undecided(at, cells)
        now, verdicts = self._now(at, cells), self._verdicts(at, cells)
        return _Solution(
            now=now,
            possible=tuple(self._possible(k, cells) for k in self._ordered(outcomes)),
            verdicts=verdicts,
            missing=tuple(self.axes[k].fact for k in undecided),
            settles=tuple(
                item
                for k in undecided
                for item in self._settles(k, at, cells)
                if item.groups != self._codes(outcomes)
            ),
            reasons=self._reasons(verdicts, now, _set_bits(outcomes)),
        )

    def _undecided(self, at: Point, cells: tuple[int, ...]) -> list[int]:
        """The unknown axes that can still matter. Whether MRD can be measured is no question while
        its next measurement has not come: that will answer it."""
        found = self.whole.undecided(cells, self.whole.surveyed(cells))
        coming = {
            self._use_of(k) for k in found if VOCABULARY[self.axes[k].fact].point.order > at.order
        }
        return [k for k in found if k not in coming]

    def _use_of(self, k: int) -> int | None:
        """The axis of whether this MRD can be measured; None for what is no MRD."""
        window = self.windows.get(self.axes[k].fact)
        uses = [use for name, use in self.uses.items()
                if window is not None and set(window.methods) <= set(MRD_USES[name])]  # fmt: skip
        return uses[0] if uses else None

    def _codes(self, outcomes: int) -> tuple[str, ...]:
        return tuple(self.codes[k] for k in self._ordered(outcomes))

    def _ordered(self, outcomes: int) -> list[int]:
        """Gravest first."""
        return [k for k in self.gravest_first if outcomes >> k & 1]

    def _reasons(
        self, judged: tuple[RuleVerdict, ...], now: tuple[str, ...], outcomes: list[int]
    ) -> tuple[str, ...]:
        """Names of the rules that carry the answer, in the order of the file."""
        verdicts = {item.rule: item.verdict for item in judged if item.due}
        codes = [self.codes[k] for k in outcomes]
        sole = codes[0] if len(codes) == 1 else now[0] if len(now) == 1 else None
        found: set[str] = set()
        for group in self.protocol.groups:
            if group.when is None:
                continue
            excluded = group.code not in codes and sole not in self._defined
            if sole == group.code or (sole is None and group.code in codes):
                found |= carrying(group.when, verdicts, Verdict.MET)
            elif excluded and group.word is RiskWord.LOW:
                found |= carrying(group.when, verdicts, Verdict.NOT_MET)
        return tuple(rule.name for rule in self.protocol.rules if rule.name in found)

    def _now(self, at: Point, cells: tuple[int, ...]) -> tuple[str, ...]:
        codes = self._codes(self.until[at].outcomes(cells))
        early = any(group.point.order > at.order for group in self.protocol.groups)
        # Before all groups can be given, having none yet is no finding; and a group that is only
        # possible beside that is not the group of now.
        return () if early and NO_GROUP in codes else codes

    def _possible(self, outcome: int, cells: tuple[int, ...]) -> Possible:
        found = self.whole.witness(outcome, cells)
        groups = self.protocol.groups
        word = groups[outcome].word if outcome < len(groups) else RiskWord.NONE
        if self.whole.outcomes(cells) == 1 << outcome:
            found = {}  # nothing needs to be supposed
        given = tuple(self.described(k, 1 << cell) for k, cell in sorted(found.items()))
        return Possible(self.codes[outcome], word, given)

    def _settles(self, k: int, at: Point, cells: tuple[int, ...]) -> list[Settles]:
        """A value of MRD also says that MRD can be measured."""
        use, supposed = self._use_of(k), list(cells)
        if use is not None:
            can = 1 << self.axes[use].words.index(FactWord.USED)
            supposed[use] = cells[use] & can or cells[use]
        by_outcomes = self.whole.outcomes_by_cell(k, supposed, self.whole.surveyed(supposed))
        if len(by_outcomes) == 1:
            return []
        point = VOCABULARY[self.axes[k].fact].point
        return [
            Settles(
                self.axes[k].fact,
                self.described(k, run),
                self._codes(left),
                point,
                point.order <= at.order,
            )
            for left, own in by_outcomes.items()
            for run in self.axes[k].runs(own)
        ]

    def _verdicts(self, at: Point, cells: tuple[int, ...]) -> tuple[RuleVerdict, ...]:
        return tuple(
            self.judged(
                rule.name, rule.point.order <= at.order, tuple(cells[k] for k in self.asked[name])
            )
            for name, rule in self.protocol.by_name.items()
        )

    def _judged(self, name: str, due: bool, own: tuple[int, ...]) -> RuleVerdict:
        """The verdict of a rule from the cells of the axes that it asks."""
        rule = self.protocol.by_name[name]
        description, facts, groups, against = self.words[name]
        verdict = self._kleene(rule.when, dict(zip(self.asked[name], own, strict=True)))
        return RuleVerdict(
            rule=name,
            groups=groups,
            against=against,
            verdict=verdict,
            description=description,
            facts=facts,
            point=rule.point,
            due=due,
            certainty=rule.certainty,
            source=rule.source,
            quote=rule.quote,
            note=rule.note,
        )

    def _kleene(self, condition: Condition, cells: dict[int, int]) -> Verdict:
        if isinstance(condition, Comparison):
            k = self.index[condition.fact]
            own, satisfied = cells[k], self.axes[k].satisfied(condition)
            if not own & satisfied:
                return Verdict.NOT_MET
            return Verdict.MET if not own & ~satisfied else Verdict.NOT_EVALUABLE
        if isinstance(condition, RuleNamed):
            return self._kleene(self.protocol.by_name[condition.rule].when, cells)
        return combined_verdict(condition, [self._kleene(p, cells) for p in condition.parts])


def combined_verdict(condition: Combined, parts: list[Verdict]) -> Verdict:
    """Kleene's strong logic: a part that is unknown matters only where it can decide."""
    met, open_ = parts.count(Verdict.MET), parts.count(Verdict.NOT_EVALUABLE)
    if condition.how == "not":
        turned = {Verdict.MET: Verdict.NOT_MET, Verdict.NOT_MET: Verdict.MET}
        return turned.get(parts[0], Verdict.NOT_EVALUABLE)
    needed = {"all": len(parts), "any": 1, "at_least": condition.n}[condition.how]
    if met >= needed:
        return Verdict.MET
    return Verdict.NOT_EVALUABLE if met + open_ >= needed else Verdict.NOT_MET


def carrying(condition: Condition, verdicts: dict[str, Verdict], wanted: Verdict) -> set[str]:
    """The rules in a group's definition whose verdict makes it `wanted`; rules not due are absent.

    Of "any" and "at least" all that are met carry it, of "all" too; what bars it likewise.
    """
    if isinstance(condition, RuleNamed):
        return {condition.rule} if verdicts.get(condition.rule) is wanted else set()
    if condition.how == "not":
        turned = Verdict.NOT_MET if wanted is Verdict.MET else Verdict.MET
        return carrying(condition.parts[0], verdicts, turned)
    found: set[str] = set()
    for part in condition.parts:
        if not _contradicts(part, verdicts, wanted):
            found |= carrying(part, verdicts, wanted)
    return found


def _contradicts(condition: Condition, verdicts: dict[str, Verdict], wanted: Verdict) -> bool:
    """A branch that is certainly the other way carries nothing: its rules are left out."""
    if isinstance(condition, RuleNamed):
        return verdicts.get(condition.rule, Verdict.NOT_EVALUABLE) not in (
            wanted,
            Verdict.NOT_EVALUABLE,
        )
    parts = [_verdict_of(part, verdicts) for part in condition.parts]
    found = combined_verdict(condition, parts)
    return found not in (wanted, Verdict.NOT_EVALUABLE)


def _verdict_of(condition: Condition, verdicts: dict[str, Verdict]) -> Verdict:
    if isinstance(condition, RuleNamed):
        return verdicts.get(condition.rule, Verdict.NOT_EVALUABLE)
    return combined_verdict(condition, [_verdict_of(part, verdicts) for part in condition.parts])


def _axes(protocol: Protocol) -> tuple[Axis, ...]:
    """In the order of use: by point of the course, then as the rules ask."""
    asked: dict[str, list[Comparison]] = {}
    for rule in protocol.rules:
        for item in protocol.comparisons(rule.when):
            asked.setdefault(item.fact, []).append(item)
    names = sorted(asked, key=lambda name: VOCABULARY[name].point.order)
    return tuple(axis(VOCABULARY[name], asked[name]) for name in names)


def _set_bits(number: int) -> list[int]:
    return [k for k in range(number.bit_length()) if number >> k & 1]
