"""The MRD thresholds of a protocol, read off its own rules, and a measurement held against them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from analysis.response import MrdMeasurement, MrdOperator, MrdThreshold, Response, mrd_against
from analysis.risk.protocol import Comparison, MrdWindow, Protocol
from analysis.risk.result import RuleCertainty
from analysis.risk.vocabulary import VOCABULARY, Span


@dataclass(frozen=True)
class ProtocolThreshold:
    """A place where the rules divide MRD of one time point.

    `window` says which days and methods answer; `rules` are those that compare there;
    `unconfirmed` is True where every one of them is from memory.
    """

    protocol: str
    version: str
    window: MrdWindow
    threshold: MrdThreshold
    rules: tuple[str, ...]
    unconfirmed: bool

    @property
    def fact(self) -> str:
        """The fact of the vocabulary: "mrd_d15", "mrd_d33" or "mrd_week12"."""
        return self.window.fact

    def answers(self, day: int, method: str) -> bool:
        """Whether a measurement of that day of treatment by that method is held against it."""
        return self.window.first <= day <= self.window.last and method in self.window.methods

    def against(self, measurement: MrdMeasurement) -> Response:
        """The verdict on a measurement, by the protocol's own reading of a small positive one."""
        least = self.window.positive_from
        value = measurement.fraction
        measured = MrdOperator(measurement.operator) is MrdOperator.EQUAL and value
        if least is not None and measured and float(value) < least:
            measurement = replace(measurement, fraction=least)
        return mrd_against(measurement, self.threshold)


def mrd_thresholds(protocol: Protocol) -> tuple[ProtocolThreshold, ...]:
    """Every threshold of `protocol` by time point, the lowest first.

    "Below 1e-4" and "at least 1e-4" divide at the same place: both make "at or above 1e-4". A rule
    at a limit of what is possible (at least 0) divides nothing.
    """
    windows = {window.fact: window for window in protocol.windows}
    using: dict[tuple[str, MrdThreshold], list[str]] = {}
    for rule in protocol.rules:
        for comparison in _compared(protocol, rule.name):
            for threshold in _edges(comparison.span):
                using.setdefault((comparison.fact, threshold), []).append(rule.name)
    order = {kind: place for place, kind in enumerate(VOCABULARY)}
    ordered = sorted(
        using.items(),
        key=lambda item: (order[item[0][0]], item[0][1].fraction, item[0][1].operator),
    )
    return tuple(
        ProtocolThreshold(
            protocol=protocol.name,
            version=protocol.version,
            window=windows[fact],
            threshold=threshold,
            rules=tuple(dict.fromkeys(names)),
            unconfirmed=all(
                protocol.by_name[name].certainty is RuleCertainty.MEMORY for name in names
            ),
        )
        for (fact, threshold), names in ordered
    )


def _compared(protocol: Protocol, name: str) -> list[Comparison]:
    """The MRD comparisons that stand in the rule itself, not in a rule that it names."""
    found: list[Comparison] = []
    left = [protocol.by_name[name].when]
    while left:
        condition = left.pop(0)
        if isinstance(condition, Comparison):
            found += [condition] if VOCABULARY[condition.fact].mrd else []
        else:
            left += getattr(condition, "parts", ())
    return found


def _edges(span: Span) -> list[MrdThreshold]:
    edges = []
    if span.low > 0:
        edges.append(MrdThreshold(span.low, ">" if span.low_open else ">="))
    if span.high < 1:
        edges.append(MrdThreshold(span.high, ">=" if span.high_open else ">"))
    return edges
