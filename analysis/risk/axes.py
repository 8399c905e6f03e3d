"""Each fact of a protocol divided where the protocol divides it.

A fact becomes an axis of cells: between two thresholds every number gives the same verdicts, so one
number of each cell stands for all. What is known of a child is the set of cells still possible,
held as the bits of an integer: cell 0 is bit 0.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from analysis.risk.facts import Answer, Fact, MrdResult, RiskFacts, mrd_span
from analysis.risk.protocol import Comparison, MrdWindow, Protocol, comparison_described
from analysis.risk.vocabulary import VOCABULARY, FactKind, Span
from analysis.wording import Message


@dataclass(frozen=True)
class Axis:
    """`spans` of a number, from low to high, or `words`; one cell each."""

    fact: str
    spans: tuple[Span, ...] = ()
    words: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        return len(self.spans or self.words)

    @property
    def full(self) -> int:
        return (1 << self.size) - 1

    def satisfied(self, comparison: Comparison) -> int:
        """The cells in which `comparison` holds."""
        if self.words:
            return _bits(word in comparison.words for word in self.words)
        return _bits(not span.meet(comparison.span).empty for span in self.spans)

    def cells_of_span(self, span: Span) -> int:
        """The cells that hold a possible number of `span`."""
        integer = VOCABULARY[self.fact].integer
        return _bits(_inhabited(own.meet(span), integer=integer) for own in self.spans)

    def cells_of(self, fact: Fact | None) -> int:
        """The cells that `fact` leaves possible: all of them where it has no answer."""
        if fact is None or fact.answer is not Answer.KNOWN:
            return self.full
        if fact.number is not None:
            return _bits(span.holds(fact.number) for span in self.spans)
        if fact.between is not None:
            return self.cells_of_span(Span(*fact.between))
        if self.words:
            return _bits(word in fact.words for word in self.words)
        bands = VOCABULARY[self.fact].bands
        cells = 0
        for word, span in bands:
            cells |= self.cells_of_span(span) if word in fact.words else 0
        return cells

    def representatives(self, cell: int) -> float | str:
        """One value of a cell."""
        if self.words:
            return self.words[cell]
        return _inside(self.spans[cell], integer=VOCABULARY[self.fact].integer)

    def described(self, cells: int) -> Message:
        """Adjacent cells of a number, or any of words, in words."""
        chosen = [index for index in range(self.size) if cells >> index & 1]
        if self.words:
            return comparison_described(self.fact, words=tuple(self.words[i] for i in chosen))
        first, last = self.spans[chosen[0]], self.spans[chosen[-1]]
        span = Span(first.low, last.high, first.low_open, last.high_open)
        return comparison_described(self.fact, span=span)

    def runs(self, cells: int) -> list[int]:
        """`cells` of a number divided where they are not adjacent; words are kept together."""
        if self.words:
            return [cells]
        found: list[int] = []
        for index in range(self.size):
            if not cells >> index & 1:
                continue
            if found and found[-1] >> (index - 1) & 1 and index:
                found[-1] |= 1 << index
            else:
                found.append(1 << index)
        return found


def _bits(truths: Iterable[bool]) -> int:
    return sum(1 << index for index, truth in enumerate(truths) if truth)


def _inhabited(span: Span, *, integer: bool) -> bool:
    return not span.empty and (not integer or _least_integer(span) is not None)


def _least_integer(span: Span) -> int | None:
    least = math.ceil(span.low)
    if span.low_open and least == span.low:
        least += 1
    return least if span.holds(least) else None


def _inside(span: Span, *, integer: bool) -> float:
    if integer:
        return float(_least_integer(span))
    if span.low == span.high or not span.low_open:
        return span.low
    return span.high if not span.high_open else (span.low + span.high) / 2


def axis(kind: FactKind, comparisons: Iterable[Comparison]) -> Axis:
    """The axis of a fact that is compared so."""
    if not kind.number:
        return Axis(kind.name, words=tuple(str(word) for word in kind.words))
    ends = {end for item in comparisons for end in (item.span.low, item.span.high)}
    limit = kind.span
    cuts = sorted(end for end in ends if limit.low < end < limit.high)
    spans, low, low_open = [], limit.low, False
    for cut in cuts:
        spans += [Span(low, cut, low_open, True), Span(cut, cut)]
        low, low_open = cut, True
    spans.append(Span(low, limit.high, low_open, False))
    held = tuple(span for span in spans if _inhabited(span, integer=kind.integer))
    return Axis(kind.name, spans=held)


def results_in(window: MrdWindow, facts: RiskFacts) -> tuple[MrdResult, ...]:
    """The measurements that answer the fact of `window`."""
    return tuple(
        item
        for item in facts.mrd
        if window.first <= item.day <= window.last and item.method in window.methods
    )


def unused_results(protocol: Protocol, facts: RiskFacts) -> tuple[Unused, ...]:
    """The measurements that answer no MRD fact of `protocol`, in the order of `facts`, each with
    the window that asks for its day, else the one nearest to it. A time point for which the
    protocol has no rule of MRD (day 15 in CCLG-ALL-2008) leaves nothing out."""
    if not protocol.windows:
        return ()
    asked = {window.fact for window in protocol.windows}
    used = {id(item) for window in protocol.windows for item in results_in(window, facts)}
    return tuple(
        Unused(item, min(protocol.windows, key=lambda window: window.days_off(item.day)))
        for item in facts.mrd
        if id(item) not in used and _time_point(item.day) in asked
    )


# The days that the time points of MRD are named after; week 12 begins with day 78.
_NAMED_DAYS = {"mrd_d15": 15, "mrd_d33": 33, "mrd_week12": 84}


def _time_point(day: int) -> str:
    """The MRD fact whose day is nearest; the earlier of two."""
    return min(_NAMED_DAYS, key=lambda fact: abs(_NAMED_DAYS[fact] - day))


@dataclass(frozen=True)
class Unused:
    """A measurement that no window of a protocol takes: `window` is the one nearest to its day."""

    result: MrdResult
    window: MrdWindow

    @property
    def other_day(self) -> bool:
        """Whether the day is the cause; otherwise the method is."""
        return self.window.days_off(self.result.day) > 0


def joint_mrd(results: Iterable[MrdResult], window: MrdWindow) -> Span | None:
    """What several measurements of one time point say together; None where they say nothing.

    A measured amount is never hidden by a method that saw nothing: the highest amount counts, and
    only where none was measured the lowest bound.
    """
    spans = [mrd_span(item, positive_from=window.positive_from) for item in results]
    said = [span for span in spans if span is not None]
    amounts = [span for span in said if span.low == span.high]
    if amounts:
        return max(amounts, key=lambda span: span.low)
    return min(said, key=lambda span: span.high, default=None)
