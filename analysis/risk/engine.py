"""Facts and a protocol to a risk group, or to the set of groups still possible.

Sound: no group is left out that some completion of the unknown facts gives. Tight: each group named
has a completion, and it is shown. A rule is met, not met or not evaluable by Kleene's logic.
Correlations between different facts (a girl's testis, two fusions that exclude each other) are not
assumed.
"""

from __future__ import annotations

from analysis.response import MrdOperator
from analysis.risk.axes import results_in
from analysis.risk.compiled import compiled
from analysis.risk.facts import Answer, Fact, MrdResult, RiskFacts
from analysis.risk.inputs import disagreements, proven_use, unused_measurements
from analysis.risk.protocol import Protocol
from analysis.risk.result import NO_GROUP, Confirmation, RiskResult, RuleSetStatus
from analysis.risk.vocabulary import MRD_USES, POINTS, VOCABULARY, FactWord, Point
from analysis.wording import N_, say


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
    The rules are read for any child: who asks for a child's group calls `check_lineage` first.
    """
    ready = compiled(protocol)
    recorded, facts = facts, with_use_of_mrd(facts)
    stated = None if at is None else Point(at)
    at = stated or latest_point(facts, protocol)
    inputs, cells = ready.read(facts, at)
    solution = ready.solve(at, cells)
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
        notes=(
            *proven_use(recorded, facts, asked=ready.uses),
            *disagreements(facts, protocol, at),
            *unused_measurements(facts, protocol, stated),
        ),
    )


class NotSpokenFor(ValueError):
    """The protocol has no group for a child of this lineage."""

    def __init__(self, protocol: Protocol, lineages: tuple[str, ...]) -> None:
        self.message = say(
            N_("{protocol} speaks for {known}, not for this child ({lineage}): no group by it."),
            protocol=f"{protocol.name} {protocol.version}",
            known=tuple(map(FactWord, protocol.lineages)),
            lineage=tuple(map(FactWord, lineages)),
        )
        super().__init__(str(self.message))


def check_lineage(facts: RiskFacts, protocol: Protocol) -> None:
    """Raises `NotSpokenFor` for a child whose known lineage is none of the protocol's."""
    words = facts.by_name["lineage"].words if facts.known("lineage") else ()
    if words and not set(words) & set(protocol.lineages):
        raise NotSpokenFor(protocol, words)


def _status(protocol: Protocol, *, confirmed: bool) -> RuleSetStatus:
    if not protocol.unconfirmed_rules:
        return RuleSetStatus.SOURCED
    return RuleSetStatus.CONFIRMED if confirmed else RuleSetStatus.UNCONFIRMED


def with_use_of_mrd(facts: RiskFacts) -> RiskFacts:
    """A measurement on record shows that MRD can be done, whatever else is recorded about that."""
    for name, methods in MRD_USES.items():
        measured = any(item.method in methods and _readable(item) for item in facts.mrd)
        if measured and not _says_used(facts.by_name.get(name)):
            facts = facts.replaced(Fact(name, words=(FactWord.USED.value,)))
    return facts


def _readable(result: MrdResult) -> bool:
    return result.fraction is not None or result.operator == MrdOperator.NOT_DETECTED


def _says_used(fact: Fact | None) -> bool:
    return fact is not None and fact.words == (FactWord.USED,)


def latest_point(facts: RiskFacts, protocol: Protocol) -> Point:
    """The latest point of the course that a known fact of the child belongs to."""
    points = [VOCABULARY[f.name].point for f in facts.facts if f.answer is Answer.KNOWN]
    points += [
        VOCABULARY[window.fact].point for window in protocol.windows if results_in(window, facts)
    ]
    return max(points, key=POINTS.index, default=Point.DIAGNOSIS)


__all__ = ["NO_GROUP", "NotSpokenFor", "assess", "check_lineage", "latest_point", "with_use_of_mrd"]
