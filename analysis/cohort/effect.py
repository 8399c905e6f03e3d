"""How large a difference is, with its interval: odds ratio, difference of proportions, shift.

An estimate or a limit can be infinite (a cell of 0); JSON has null there, and `note` says why.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from analysis.wording import N_, Labelled, Message, say

LEVEL = 0.95
# Beyond this the exact interval takes seconds, and Wald's is the same to the digits printed.
MOST_FOR_EXACT = 5_000
# Up to this many differences are simply sorted.
MOST_DIFFERENCES = 2_000_000


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
    Wald's. In very large cohorts, where the two agree, sample stands in and is named.
    """
    from scipy.stats import contingency

    kind = OddsRatioKind(kind)
    table = np.array([[n[0], of[0] - n[0]], [n[1], of[1] - n[1]]], dtype=np.int64)
    margins = np.concatenate([table.sum(axis=0), table.sum(axis=1)])
    note = None
    if kind is OddsRatioKind.CONDITIONAL and margins.min() > MOST_FOR_EXACT:
        kind = OddsRatioKind.SAMPLE
        note = say(N_("Counts are large: the sample odds ratio stands for the conditional one."))
    conditional = kind is OddsRatioKind.CONDITIONAL
    name = EffectName.ODDS_RATIO if conditional else EffectName.ODDS_RATIO_SAMPLE
    if margins.min() == 0:
        return Effect(name, note=say(N_("No odds ratio: a group or an answer has no child.")))
    found = contingency.odds_ratio(table, kind=kind.value)
    if not conditional and table.min() == 0:
        unknown = say(N_("A count is 0: Wald's interval does not exist; the exact one does."))
        return Effect(name, float(found.statistic), note=unknown)
    low, high = found.confidence_interval(confidence_level=LEVEL)
    if not math.isfinite(high):
        note = say(N_("A count is 0: the interval has no upper limit."))
    return Effect(name, float(found.statistic), float(low), float(high), note)


def difference(n: tuple[int, int], of: tuple[int, int]) -> Effect:
    """Difference of two proportions with Newcombe's hybrid score interval.

    Source: Newcombe 1998, Stat Med 17:873, method 10 (Wilson limits of each proportion).
    """
    from scipy import stats

    if min(of) == 0:
        empty = say(N_("No difference: a group has no child with a value."))
        return Effect(EffectName.DIFFERENCE, note=empty)
    share = [count / total for count, total in zip(n, of, strict=True)]
    wilson = [
        stats.binomtest(count, total).proportion_ci(LEVEL, method="wilson")
        for count, total in zip(n, of, strict=True)
    ]
    apart = share[0] - share[1]
    down = math.hypot(share[0] - wilson[0].low, wilson[1].high - share[1])
    up = math.hypot(wilson[0].high - share[0], share[1] - wilson[1].low)
    return Effect(EffectName.DIFFERENCE, apart, apart - down, apart + up)


def shift(first: Sequence[float] | np.ndarray, second: Sequence[float] | np.ndarray) -> Effect:
    """Hodges-Lehmann shift: the median of all differences first - second; NaN is "no value".

    The interval is Moses's, with the normal approximation of the rank distribution.
    Source: Hollander & Wolfe, Nonparametric Statistical Methods, 4.2-4.3.
    """
    from scipy import stats

    x, y = (_sorted_values(values) for values in (first, second))
    pairs = len(x) * len(y)
    if not pairs:
        empty = say(N_("No shift: a group has no child with a value."))
        return Effect(EffectName.SHIFT, note=empty)
    spread = math.sqrt(pairs * (len(x) + len(y) + 1) / 12)
    outside = math.floor(pairs / 2 - stats.norm.ppf((1 + LEVEL) / 2) * spread)
    ranks = [(pairs + 1) // 2, pairs // 2 + 1]
    if outside >= 1:
        ranks += [outside, pairs + 1 - outside]
    found = _differences(x, y, ranks)
    estimate = (found[0] + found[1]) / 2
    if outside < 1:
        few = say(N_("Too few children for a confidence interval of 95 %."))
        return Effect(EffectName.SHIFT, estimate, note=few)
    return Effect(EffectName.SHIFT, estimate, found[2], found[3])


def _sorted_values(values: Sequence[float] | np.ndarray) -> np.ndarray:
    array = np.asarray(values, dtype=float)
    return np.sort(array[~np.isnan(array)])


def _differences(x: np.ndarray, y: np.ndarray, ranks: list[int]) -> list[float]:
    """The differences x - y that stand at `ranks` (from 1) in order of size."""
    if len(x) * len(y) <= MOST_DIFFERENCES:
        places = [rank - 1 for rank in ranks]
        ordered = np.partition(np.subtract.outer(x, y).ravel(), sorted(set(places)))
        return [float(ordered[place]) for place in places]
    return [_difference_at(x, y, rank) for rank in ranks]


def _difference_at(x: np.ndarray, y: np.ndarray, rank: int) -> float:
    """The difference at `rank` without forming them all: halve the range, counting by search."""
    low, high = float(x[0] - y[-1]), float(x[-1] - y[0])
    while low < high:
        middle = (low + high) / 2
        if middle in (low, high):
            break
        if np.searchsorted(-y[::-1], middle - x, side="right").sum() >= rank:
            high = middle
        else:
            low = middle
    # The largest real difference up to `high`, where the search ended.
    place = np.searchsorted(-y[::-1], high - x, side="right")
    has = place > 0
    return float((x[has] + -y[::-1][place[has] - 1]).max())
