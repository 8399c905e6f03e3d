"""How large a difference is, with its interval: odds ratio, difference of proportions, shift.

An estimate or a limit can be infinite (a cell of 0); JSON has null there, and `note` says why.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np

from analysis.cohort import conditional_odds, exact
from analysis.wording import N_, Labelled, Message, say

LEVEL = 0.95
_Z = NormalDist().inv_cdf((1 + LEVEL) / 2)
# Up to this many differences are simply formed, and the last few of a search are.
MOST_DIFFERENCES = 200_000
_FEW_DIFFERENCES = 10_000
# Below this many children in each group the distribution of ranks is counted out.
FEW_IN_A_GROUP = 50


class EffectName(Labelled):
    ODDS_RATIO = (
        "odds_ratio_conditional",
        N_("odds ratio (conditional maximum likelihood, exact 95 % CI)"),
    )
    ODDS_RATIO_SAMPLE = "odds_ratio_sample", N_("odds ratio (sample, Wald 95 % CI)")
    DIFFERENCE = "difference", N_("difference of proportions (Newcombe 95 % CI)")
    SHIFT = "shift", N_("Hodges-Lehmann shift (95 % CI)")


class OddsRatioKind(Labelled):
    CONDITIONAL = "conditional", N_("conditional maximum likelihood")
    SAMPLE = "sample", N_("sample")


@dataclass(frozen=True)
class Effect:
    """`estimate` with its 95 % interval `low` to `high`; None where there is none, with the `note`.

    An odds ratio compares the odds in the first group with those in the second; a difference and a
    shift are first minus second (a difference as a fraction, a shift in the unit of the values).
    """

    name: EffectName
    estimate: float | None = None
    low: float | None = None
    high: float | None = None
    note: Message | None = None

    def to_json(self) -> dict[str, Any]:
        return {
            "name": self.name.value,
            "estimate": finite(self.estimate),
            "low": finite(self.low),
            "high": finite(self.high),
            "note": self.note.to_json() if self.note else None,
        }


_NO_ODDS = say(N_("No odds ratio: a group or an answer has no child."))


def finite(value: float | None) -> float | None:
    """`value`, or None where JSON has no number for it."""
    return value if value is not None and math.isfinite(value) else None


def odds_ratio(
    n: tuple[int, int],
    of: tuple[int, int],
    *,
    kind: OddsRatioKind | str = OddsRatioKind.CONDITIONAL,
) -> Effect:
    """Odds of `n[0]` of `of[0]` over those of `n[1]` of `of[1]`.

    Conditional is what R's `fisher.test` prints, with its exact interval; sample is ad/bc with
    Wald's.
    """
    return odds_ratios([(n, of)], kind=kind)[0]


def odds_ratios(
    compared: Sequence[tuple[tuple[int, int], tuple[int, int]]],
    *,
    kind: OddsRatioKind | str = OddsRatioKind.CONDITIONAL,
) -> tuple[Effect, ...]:
    """`odds_ratio` of each (n, of), all at once."""
    tables = [(n[0], of[0] - n[0], n[1], of[1] - n[1]) for n, of in compared]
    if OddsRatioKind(kind) is OddsRatioKind.SAMPLE:
        return tuple(_sample_odds_ratio(cells) for cells in tables)
    columns = np.array(tables, dtype=np.int64).reshape(-1, 4).T
    found = conditional_odds.odds_ratios_with_limits(*columns, level=LEVEL)
    limits = (part.tolist() for part in (found.estimate, found.low, found.high))
    return tuple(_conditional_odds_ratio(*values) for values in zip(*limits, strict=True))


def _conditional_odds_ratio(estimate: float, low: float, high: float) -> Effect:
    if math.isnan(estimate):
        return Effect(EffectName.ODDS_RATIO, note=_NO_ODDS)
    note = None
    if not math.isfinite(high):
        note = say(N_("A count is 0: the interval has no upper limit."))
    return Effect(EffectName.ODDS_RATIO, estimate, low, high, note)


def _sample_odds_ratio(cells: tuple[int, ...]) -> Effect:
    a, b, c, d = cells
    if min(a + b, c + d, a + c, b + d) == 0:
        return Effect(EffectName.ODDS_RATIO_SAMPLE, note=_NO_ODDS)
    estimate = a * d / (b * c) if b * c else math.inf
    if min(cells) == 0:
        unknown = say(N_("A count is 0: Wald's interval does not exist; the exact one does."))
        return Effect(EffectName.ODDS_RATIO_SAMPLE, estimate, note=unknown)
    factor = math.exp(_Z * math.sqrt(sum(1 / count for count in cells)))
    return Effect(EffectName.ODDS_RATIO_SAMPLE, estimate, estimate / factor, estimate * factor)


def difference(n: tuple[int, int], of: tuple[int, int]) -> Effect:
    """Difference of two proportions with Newcombe's hybrid score interval.

    Source: Newcombe 1998, Stat Med 17:873, method 10 (Wilson limits of each proportion).
    """
    if min(of) == 0:
        empty = say(N_("No difference: a group has no child with a value."))
        return Effect(EffectName.DIFFERENCE, note=empty)
    share = [count / total for count, total in zip(n, of, strict=True)]
    (low0, high0), (low1, high1) = (_wilson(*pair) for pair in zip(n, of, strict=True))
    apart = share[0] - share[1]
    down = math.hypot(share[0] - low0, high1 - share[1])
    up = math.hypot(high0 - share[0], share[1] - low1)
    return Effect(EffectName.DIFFERENCE, apart, apart - down, apart + up)


def _wilson(n: int, of: int) -> tuple[float, float]:
    """Score limits of a proportion. Source: Wilson 1927, J Am Stat Assoc 22:209."""
    middle = (n + _Z**2 / 2) / (of + _Z**2)
    reach = _Z * math.sqrt(n * (of - n) / of + _Z**2 / 4) / (of + _Z**2)
    return (0.0 if n == 0 else middle - reach, 1.0 if n == of else middle + reach)


def shift(first: Sequence[float] | np.ndarray, second: Sequence[float] | np.ndarray) -> Effect:
    """Hodges-Lehmann shift: the median of all differences first - second; NaN is "no value".

    The interval is Moses's: where no two values are equal and each group has fewer than 50, with
    the exact distribution of ranks, as R has it; else with its normal approximation, to the
    nearest rank.
    Source: Hollander & Wolfe, Nonparametric Statistical Methods, 4.2-4.3.
    """
    x, y = (_sorted_values(values) for values in (first, second))
    pairs = len(x) * len(y)
    if not pairs:
        empty = say(N_("No shift: a group has no child with a value."))
        return Effect(EffectName.SHIFT, note=empty)
    outside = _outside(x, y)
    ranks = [(pairs + 1) // 2, pairs // 2 + 1]
    if outside >= 1:
        ranks += [outside, pairs + 1 - outside]
    found = _differences(x, y, ranks)
    estimate = (found[0] + found[1]) / 2
    if outside < 1:
        few = say(N_("Too few children for a confidence interval of 95 %."))
        return Effect(EffectName.SHIFT, estimate, note=few)
    return Effect(EffectName.SHIFT, estimate, found[2], found[3])


def _outside(x: np.ndarray, y: np.ndarray) -> int:
    """The rank, from either end, of the difference at which the interval ends; 0 for none."""
    if max(len(x), len(y)) < FEW_IN_A_GROUP and len(np.unique([*x, *y])) == len(x) + len(y):
        return exact.rank_quantile(len(x), len(y), (1 - LEVEL) / 2)
    pairs = len(x) * len(y)
    spread = math.sqrt(pairs * (len(x) + len(y) + 1) / 12)
    return math.floor(pairs / 2 - _Z * spread + 0.5)


def _sorted_values(values: Sequence[float] | np.ndarray) -> np.ndarray:
    array = np.asarray(values, dtype=float)
    return np.sort(array[~np.isnan(array)])


def _differences(x: np.ndarray, y: np.ndarray, ranks: list[int]) -> list[float]:
    """The differences x - y that stand at `ranks` (from 1) in order of size."""
    if len(x) * len(y) <= MOST_DIFFERENCES:
        places = [rank - 1 for rank in ranks]
        ordered = np.partition(np.subtract.outer(x, y).ravel(), sorted(set(places)))
        return [float(ordered[place]) for place in places]
    if len(x) > len(y):
        # The same differences, downwards: the smaller group is the one that is gone through.
        turned = [len(x) * len(y) + 1 - rank for rank in ranks]
        return [-found for found in _differences(y, x, turned)]
    pairs = _WeightedPairs.of(x, y)
    found = {rank: pairs.difference_at(rank) for rank in set(ranks)}
    return [found[rank] for rank in ranks]


@dataclass(frozen=True, eq=False)
class _WeightedPairs:
    """All differences of two groups without forming them: different values with their counts.

    `before` is the number of children in the second group below each of its values, and in all.
    """

    x: np.ndarray
    x_counts: np.ndarray
    y: np.ndarray
    y_counts: np.ndarray
    before: np.ndarray

    @classmethod
    def of(cls, x: np.ndarray, y: np.ndarray) -> _WeightedPairs:
        values, counts = np.unique(y, return_counts=True)
        before = np.concatenate([[0], np.cumsum(counts)])
        return cls(*np.unique(x, return_counts=True), values, counts, before)

    def difference_at(self, rank: int) -> float:
        """Halve the range until few pairs lie in it, then sort those."""
        low, high = float(self.x[0] - self.y[-1]), float(self.x[-1] - self.y[0])
        # For each x the first y that is within a bound: none within the lower, all in the upper.
        low_places = np.full(len(self.x), len(self.y))
        high_places = np.zeros(len(self.x), dtype=np.int64)
        while (low_places - high_places).sum() > _FEW_DIFFERENCES + len(self.x):
            middle = (low + high) / 2
            if middle in (low, high):
                break
            places = self._places(middle)
            if self._count(places) >= rank:
                high, high_places = middle, places
            else:
                low, low_places = middle, places
        return self._sorted_out(high_places, low_places, rank - self._count(low_places))

    def _places(self, bound: float) -> np.ndarray:
        return np.searchsorted(self.y, self.x - bound, side="left")

    def _count(self, places: np.ndarray) -> int:
        """Pairs of children whose second value stands at the place of their first, or after."""
        return int((self.x_counts * (self.before[-1] - self.before[places])).sum())

    def _sorted_out(self, begin: np.ndarray, end: np.ndarray, rank: int) -> float:
        """The difference at `rank` among each x with its y from `begin` to before `end`."""
        sizes = end - begin
        first = np.repeat(np.arange(len(self.x)), sizes)
        second = np.arange(len(first)) - np.repeat(np.cumsum(sizes) - sizes - begin, sizes)
        found = self.x[first] - self.y[second]
        order = np.argsort(found, kind="stable")
        reached = np.cumsum((self.x_counts[first] * self.y_counts[second])[order])
        return float(found[order[np.searchsorted(reached, rank)]])
