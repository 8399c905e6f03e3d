"""Facts and a protocol to a risk group, or to the set of groups still possible.

Sound: no group is left out that some completion of the unknown facts gives. Tight: each group named
has a completion, and it is shown. A rule is met, not met or not evaluable by Kleene's logic.
Correlations between different facts (a girl's testis, two fusions that exclude each other) are not
assumed.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache

from analysis.calls import Evidence
from analysis.risk.axes import Axis, axis, joint_mrd, results_in
from analysis.risk.diagram import Diagram, diagram
from analysis.risk.facts import Answer, Fact, MrdResult, RiskFacts
from analysis.risk.protocol import (
    Combined,
    Comparison,
    Condition,
    Protocol,
    RuleNamed,
    described,
    shown_number,
    unit_shown,
)
from analysis.risk.result import (
    NO_GROUP,
    Confirmation,
    Possible,
    RiskResult,
    RiskWord,
    RuleSetStatus,
    RuleVerdict,
    Settles,
    UsedFact,
    Verdict,
)
from analysis.risk.vocabulary import POINTS, VOCABULARY, Point
from analysis.wording import N_, Message, say

USES = {"mrd_use": ("flow", "pcr", "ngs"), "pcr_mrd_use": ("pcr",)}


def assess(
    facts: RiskFacts,
    protocol: Protocol,
    *,
    at: Point | None = None,
    confirmation: Confirmation | None = None,
) -> RiskResult:
    """The risk group of a child by `protocol`, as it could be known at point `at` of the course.

    What belongs to a later point is left aside, as if it were not yet known. Without `at`, the
    latest point that any known fact belongs to. `confirmation` counts only for the same rules.
    """
    compiled = _compiled(protocol)
    facts = with_use_of_mrd(facts)
    at = latest_point(facts, protocol) if at is None else Point(at)
    inputs, cells = compiled.read(facts, at)
    solution = compiled.solve(at, cells)
    by_fact = {item.fact: item for item in inputs}
    confirmed = confirmation is not None and confirmation.rule_hash == protocol.rule_hash
    groups = tuple(item.code for item in solution.possible)
    return RiskResult(
        protocol=protocol.name,
        version=protocol.version,
        valid_from=protocol.valid_from,
        rule_hash=protocol.rule_hash,
        at=at,
        group=groups[0] if len(groups) == 1 else None,
        now=solution.now,
        possible=solution.possible,
        verdicts=solution.verdicts,
        inputs=inputs,
        missing=tuple(by_fact[name] for name in solution.missing),
        settles=solution.settles,
        reasons=solution.reasons,
        status=_status(protocol, confirmed=confirmed),
        unconfirmed_rules=protocol.unconfirmed_rules,
        confirmation=confirmation if confirmed else None,
        notes=_notes(facts, protocol, at),
    )


def _status(protocol: Protocol, *, confirmed: bool) -> RuleSetStatus:
    if not protocol.unconfirmed_rules:
        return RuleSetStatus.SOURCED
    return RuleSetStatus.CONFIRMED if confirmed else RuleSetStatus.UNCONFIRMED


def with_use_of_mrd(facts: RiskFacts) -> RiskFacts:
    """A measurement on record shows that MRD can be done, where nobody has said so."""
    added = tuple(
        Fact(name, words=("used",))
        for name, methods in USES.items()
        if name not in facts.by_name and any(item.method in methods for item in facts.mrd)
    )
    return RiskFacts((*facts.facts, *added), facts.mrd) if added else facts


def latest_point(facts: RiskFacts, protocol: Protocol) -> Point:
    """The latest point of the course that a known fact of the child belongs to."""
    points = [VOCABULARY[f.name].point for f in facts.facts if f.answer is Answer.KNOWN]
    points += [
        VOCABULARY[window.fact].point for window in protocol.windows if results_in(window, facts)
    ]
    return max(points, key=POINTS.index, default=Point.DIAGNOSIS)


@cache
def _compiled(protocol: Protocol) -> _Compiled:
    return _Compiled(protocol)


@dataclass(frozen=True)
class _Solution:
    """All of an answer that depends on the cells alone."""

    now: tuple[str, ...]
    possible: tuple[Possible, ...]
    verdicts: tuple[RuleVerdict, ...]
    missing: tuple[str, ...]
    settles: tuple[Settles, ...]
    reasons: tuple[str, ...]


class _Compiled:
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
        self._defined = {group.code for group in protocol.groups if group.when is not None}
        self.needs_lod = {name: self._least(name) for name in self.windows}
        self.codes = (*(group.code for group in protocol.groups), NO_GROUP)
        # Many children share their cells; sentences are made once for all of them.
        self.solve = lru_cache(maxsize=4096)(self._solve)

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
            item.fact,
            results,
            known=span is not None,
            due=due,
            needs_lod=self.needs_lod[item.fact],
        )
        return used, item.full if span is None else item.cells_of_span(span)

    def _solve(self, at: Point, cells: tuple[int, ...]) -> _Solution:
        outcomes = self.whole.outcomes(cells)
        now = self._now(at, cells)
        return _Solution(
            now=now,
            possible=tuple(self._possible(k, cells) for k in _set_bits(outcomes)),
            verdicts=self._verdicts(at, cells),
            missing=tuple(self.axes[k].fact for k in self.whole.undecided(cells)),
            settles=self._settles(at, cells, outcomes),
            reasons=self._reasons(at, cells, now, _set_bits(outcomes)),
        )

    def _reasons(
        self, at: Point, cells: tuple[int, ...], now: tuple[str, ...], outcomes: list[int]
    ) -> tuple[str, ...]:
        """Names of the rules that carry the answer, in the order of the file."""
        verdicts = {
            rule.name: self._kleene(rule.when, cells)
            for rule in self.protocol.rules
            if rule.point.order <= at.order
        }
        codes = [self.codes[k] for k in outcomes]
        sole = codes[0] if len(codes) == 1 else now[0] if len(now) == 1 else None
        found: set[str] = set()
        for group in self.protocol.groups:
            if group.when is None:
                continue
            if sole in (None, group.code):
                found |= carrying(group.when, verdicts, Verdict.MET)
            elif group.word is RiskWord.LOW and sole not in self._defined:
                found |= carrying(group.when, verdicts, Verdict.NOT_MET)
        return tuple(rule.name for rule in self.protocol.rules if rule.name in found)

    def _now(self, at: Point, cells: tuple[int, ...]) -> tuple[str, ...]:
        codes = tuple(self.codes[k] for k in _set_bits(self.until[at].outcomes(cells)))
        early = any(group.point.order > at.order for group in self.protocol.groups)
        # Before all groups can be given, having none yet is no finding.
        return tuple(code for code in codes if code != NO_GROUP) if early else codes

    def _possible(self, outcome: int, cells: tuple[int, ...]) -> Possible:
        found = self.whole.witness(outcome, cells)
        groups = self.protocol.groups
        word = groups[outcome].word if outcome < len(groups) else RiskWord.NONE
        given = tuple(self.axes[k].described(1 << cell) for k, cell in sorted(found.items()))
        return Possible(self.codes[outcome], word, given)

    def _settles(self, at: Point, cells: tuple[int, ...], outcomes: int) -> tuple[Settles, ...]:
        found = []
        for k in self.whole.undecided(cells):
            item = self.axes[k]
            by_outcomes: dict[int, int] = {}
            for cell in _set_bits(cells[k]):
                left = self.whole.outcomes((*cells[:k], 1 << cell, *cells[k + 1 :]))
                by_outcomes[left] = by_outcomes.get(left, 0) | 1 << cell
            point = VOCABULARY[item.fact].point
            for left, own in by_outcomes.items():
                if left == outcomes:
                    continue
                codes = tuple(self.codes[i] for i in _set_bits(left))
                found += [
                    Settles(item.fact, item.described(run), codes, point, point.order <= at.order)
                    for run in item.runs(own)
                ]
        return tuple(found)

    def _verdicts(self, at: Point, cells: tuple[int, ...]) -> tuple[RuleVerdict, ...]:
        found = []
        for rule in self.protocol.rules:
            description, facts, groups, against = self.words[rule.name]
            found.append(
                RuleVerdict(
                    rule=rule.name,
                    groups=groups,
                    against=against,
                    verdict=self._kleene(rule.when, cells),
                    description=description,
                    facts=facts,
                    point=rule.point,
                    due=rule.point.order <= at.order,
                    certainty=rule.certainty,
                    source=rule.source,
                    quote=rule.quote,
                )
            )
        return tuple(found)

    def _kleene(self, condition: Condition, cells: tuple[int, ...]) -> Verdict:
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


NOT_YET = N_("not yet due")
CONTRADICTED = N_("{fact}: the measurements disagree; the highest amount counts.")


def used_fact(name: str, fact: Fact | None, *, due: bool) -> UsedFact:
    kind = VOCABULARY[name]
    answer = fact.answer if fact else Answer.MISSING
    if not due:
        value = say(NOT_YET)
    elif answer is not Answer.KNOWN:
        value = say(answer.label_en)
    elif fact.number is not None and kind.unit:
        value = say(N_("{value} {unit}"), value=fact.number, unit=unit_shown(name))
    elif fact.number is not None:
        value = say(N_("{value}"), value=fact.number)
    else:
        several = N_("one of: {words}") if len(fact.words) > 1 else N_("{words}")
        value = say(several, words=tuple(kind.word(word) for word in fact.words))
    date, evidence = (fact.date, fact.evidence) if fact else ("", ())
    return UsedFact(name, say(kind.label_en), answer, value, date, kind.point, due, evidence)


_MRD = {
    "=": (N_("{value} %"), N_("{value} % (limit of detection {lod} %)")),
    "<": (N_("< {value} %"), N_("< {value} % (limit of detection {lod} %)")),
    "not_detected": (
        N_("not detected, limit of detection not recorded"),
        N_("not detected (limit of detection {lod} %)"),
    ),
}


def mrd_shown(result: MrdResult) -> Message:
    """A measurement as people write it, in percent."""
    without, with_limit = _MRD[str(result.operator)]
    values = {}
    if result.fraction is not None and result.operator != "not_detected":
        values["value"] = shown_number(result.fraction, mrd=True)
    elif result.operator != "not_detected":
        return say(Answer.NOT_EVALUABLE.label_en)
    if result.lod is not None:
        values["lod"] = shown_number(result.lod, mrd=True)
    return say(with_limit if result.lod is not None else without, **values)


def used_mrd(
    name: str, results: tuple[MrdResult, ...], *, known: bool, due: bool, needs_lod: float | None
) -> UsedFact:
    kind = VOCABULARY[name]
    evidence: tuple[Evidence, ...] = tuple(e for item in results for e in item.evidence)
    date = max((item.date for item in results), default="")
    if not results:
        answer = Answer.MISSING
        value = say(NOT_YET) if not due else say(answer.label_en)
    else:
        answer = Answer.KNOWN if known else Answer.NOT_EVALUABLE
        value = say(N_("{words}"), words=tuple(mrd_shown(item) for item in results))
    label = say(kind.label_en)
    return UsedFact(name, label, answer, value, date, kind.point, due, evidence, needs_lod)


def _notes(facts: RiskFacts, protocol: Protocol, at: Point) -> tuple[Message, ...]:
    found = []
    for window in protocol.windows:
        results = results_in(window, facts)
        if len(results) < 2 or VOCABULARY[window.fact].point.order > at.order:
            continue
        joint = joint_mrd(results, window)
        others = (joint_mrd((item,), window) for item in results)
        if any(span is not None and joint.meet(span).empty for span in others):
            found.append(say(CONTRADICTED, fact=say(VOCABULARY[window.fact].label_en)))
    return tuple(found)


__all__ = ["NO_GROUP", "assess", "latest_point", "with_use_of_mrd"]
