"""Medians and Mann-Whitney from histograms of several centres: what they must lie between.

Every value of a bin lies from its lower edge to its upper one. So a median lies between the median
of all lower edges and that of all upper ones; U between the number of pairs that are certainly in
order, and that number with all pairs whose order a bin hides. The p that is printed takes the
children of a bin as ties and shares those of a merged bin out among its parts; its bounds are those
of U, with the variance between that of all these ties and that of none.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from analysis.pool.combine import NOBODY, Pool, Range, not_given, total
from analysis.pool.summary import Bin, Histogram, bounds
from analysis.wording import N_, Message, say

SIGNIFICANT = 0.05


@dataclass(frozen=True)
class Mass:
    """Children whose value lies from `low` to below `high` (infinite at the ends), which are the
    bins `first` to `last`."""

    low: float
    high: float
    n: Range
    first: int
    last: int


@dataclass(frozen=True)
class PooledMeasure:
    """One group's measurement: `n` measured of `of` children; the median lies from `low` to `high`,
    None where nobody was measured or, each by itself, where the bin has no end."""

    masses: tuple[Mass, ...]
    n: Range
    missing: Range
    low: float | None
    high: float | None

    def to_json(self) -> dict[str, Any]:
        return {
            "n": self.n.to_json(),
            "missing": self.missing.to_json(),
            "median": {"low": self.low, "high": self.high} if self.n.high else None,
        }


@dataclass(frozen=True)
class RankBounds:
    """Mann-Whitney of two groups: `p` with children of one bin as ties, and what the p of their
    values lies between."""

    p: float
    low: float
    high: float

    @property
    def told(self) -> float | None:
        """`p` where all that it may be lies on one side of 0.05: one number between two answers
        would be read as an answer."""
        return None if self.low < SIGNIFICANT <= self.high else self.p


def pooled_measure(
    pool: Pool, histograms: Sequence[Histogram | None], place: int
) -> tuple[PooledMeasure, tuple[Message, ...]]:
    """One group over all centres, and who does not give it."""
    masses, missing, why = [], NOBODY, []
    for summary, histogram in zip(pool.summaries, histograms, strict=True):
        own = pool.told(summary, place)
        if own is None:
            continue
        n = int(summary.groups[own].n)
        group = histogram.groups[own] if histogram is not None else None
        if histogram is None or group is None:
            why.append(not_given(pool, summary, place))
            continue
        ends = (-math.inf, *histogram.edges, math.inf)
        cells = (*(item.n for item in group.bins), group.missing)
        *limits, lacking = bounds(cells, n, summary.threshold)
        missing += Range(*lacking)
        for item, limit in zip(group.bins, limits, strict=True):
            if limit[1]:
                masses.append(_mass(ends, item, limit))
    measured = total(mass.n for mass in masses)
    low, high = median_bounds(masses)
    return PooledMeasure(tuple(masses), measured, missing, low, high), tuple(why)


def _mass(ends: tuple[float, ...], item: Bin, limit: tuple[int, int]) -> Mass:
    return Mass(ends[item.first], ends[item.last + 1], Range(*limit), item.first, item.last)


def median_bounds(masses: Sequence[Mass]) -> tuple[float | None, float | None]:
    """What the median lies between; None for no end, and for no child."""
    low = next(
        (
            x
            for x in sorted({mass.low for mass in masses})
            # As many as can be lie at or below x, as few as can be above.
            if sum(m.n.high for m in masses if m.low <= x)
            >= sum(m.n.low for m in masses if m.low > x)
        ),
        -math.inf,
    )
    high = next(
        (
            x
            for x in sorted({mass.high for mass in masses}, reverse=True)
            if sum(m.n.high for m in masses if m.high >= x)
            >= sum(m.n.low for m in masses if m.high < x)
        ),
        math.inf,
    )
    return _finite(low), _finite(high)


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def rank_bounds(first: PooledMeasure, second: PooledMeasure) -> RankBounds | None:
    """None where a group has no child, or a count is withheld."""
    if not (first.n.exact and second.n.exact and first.n.low and second.n.low):
        return None
    if any(not mass.n.exact for mass in (*first.masses, *second.masses)):
        return None
    sure = hidden = 0
    for a in first.masses:
        for b in second.masses:
            pairs = a.n.low * b.n.low
            if a.low >= b.high:
                sure += pairs
            elif a.high > b.low:
                hidden += pairs
    n = (first.n.low, second.n.low)
    narrow, wide = _variance(n, _tied(first.masses, second.masses)), _variance(n, [])
    middle = n[0] * n[1] / 2
    ends = [abs(sure - middle), abs(sure + hidden - middle)]
    crosses = sure <= middle <= sure + hidden
    return RankBounds(
        p=_evenly(first, second),
        # With all values in one bin nothing is known of their order.
        low=_p(max(ends), narrow) if narrow > 0 else 0.0,
        high=1.0 if crosses else _p(min(ends), wide),
    )


def _evenly(first: PooledMeasure, second: PooledMeasure) -> float:
    """p with each child that is counted over several bins shared out among them, and those of one
    bin as ties."""
    bins = 1 + max(mass.last for mass in (*first.masses, *second.masses))
    a, b = ([0.0] * bins for _ in range(2))
    for shares, measure in ((a, first), (b, second)):
        for mass in measure.masses:
            width = mass.last - mass.first + 1
            for place in range(mass.first, mass.last + 1):
                shares[place] += mass.n.low / width
    below = u = 0.0
    for own, other in zip(a, b, strict=True):
        u += own * (below + other / 2)
        below += other
    n = (first.n.low, second.n.low)
    ties = [own + other for own, other in zip(a, b, strict=True)]
    return _p(abs(u - n[0] * n[1] / 2), _variance(n, ties))


def _tied(*groups: Sequence[Mass]) -> list[int]:
    """Sizes of the stretches of values whose order is hidden, all groups together."""
    ordered = sorted((mass for group in groups for mass in group), key=lambda m: (m.low, m.high))
    sizes: list[int] = []
    end = -math.inf
    for mass in ordered:
        if sizes and mass.low < end:
            sizes[-1] += mass.n.low
        else:
            sizes.append(mass.n.low)
        end = max(end, mass.high)
    return sizes


def _variance(n: tuple[int, int], ties: Sequence[float]) -> float:
    """Of U, without correction for continuity; Hollander & Wolfe, 4.1."""
    everybody = sum(n)
    if everybody < 2:
        return 0.0
    loss = sum(t**3 - t for t in ties) / (everybody * (everybody - 1))
    return n[0] * n[1] / 12 * (everybody + 1 - loss)


def _p(apart: float, variance: float) -> float:
    return math.erfc(apart / math.sqrt(2 * variance)) if variance > 0 else 1.0


def median_text(measure: PooledMeasure) -> Message:
    """ "from 4 to 6", "below 1", "from 18 on"."""
    if not measure.n.high:
        return say(N_("nobody measured"))
    if measure.low is None and measure.high is None:
        return say(N_("median not bounded, {n} measured"), n=measure.n.text())
    if measure.low is None:
        sentence = N_("median below {high}, {n} measured")
    elif measure.high is None:
        sentence = N_("median {low} or more, {n} measured")
    else:
        sentence = N_("median from {low} to {high}, {n} measured")
    return say(sentence, low=measure.low, high=measure.high, n=measure.n.text())
