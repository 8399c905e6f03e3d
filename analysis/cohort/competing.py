"""Cumulative incidence where another event can come first, and Gray's test between groups.

The share that had the event by a time, when a competing event (death before relapse) takes a child
out for good: one minus Kaplan-Meier would overstate it. Sources: Aalen and Johansen 1978 for the
curve; cmprsk's form of its variance; Gray, Ann Stat 1988;16:1141-1154 for the test with rho 0.
Equal to `cuminc` of R's cmprsk package.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from analysis.cohort.outcome import COMPETING, EVENT
from analysis.cohort.significance import Tail, TestName, TestResult
from analysis.cohort.step_curve import StepCurve, as_json
from analysis.cohort.survival import LEVEL, checked, quadratic_form
from analysis.wording import N_, say


@dataclass(frozen=True, eq=False)
class Incidence(StepCurve):
    """Cumulative incidence of the event: one entry a distinct time, ascending. `low` and `high` are
    95 % limits on the complementary log-log scale, NaN where the incidence is 0 or 1."""

    events: np.ndarray
    competing: np.ndarray
    incidence: np.ndarray
    variance: np.ndarray
    low: np.ndarray
    high: np.ndarray

    def at(self, time: float) -> tuple[float, float, float] | None:
        """(incidence, low, high) at `time`; None beyond the last time at which a child was seen."""
        place = self.place(time)
        if place is None:
            return None
        if place < 0:
            return 0.0, float("nan"), float("nan")
        return float(self.incidence[place]), float(self.low[place]), float(self.high[place])

    def to_json(self) -> dict[str, Any]:
        return {
            "n": self.n,
            "events": int(self.events.sum()),
            "competing": int(self.competing.sum()),
            "times": self.times.tolist(),
            "at_risk": self.at_risk.tolist(),
            "incidence": self.incidence.tolist(),
            "low": as_json(self.low),
            "high": as_json(self.high),
        }


def cumulative_incidence(times: np.ndarray, codes: np.ndarray) -> Incidence:
    """The curve of one group; `codes` are CENSORED, EVENT or COMPETING."""
    codes = np.asarray(codes)
    times, _ = checked(times, codes == EVENT)
    distinct, place = np.unique(times, return_inverse=True)
    size = len(distinct)
    seen = np.bincount(place, minlength=size)
    first = np.bincount(place, weights=codes == EVENT, minlength=size)
    second = np.bincount(place, weights=codes == COMPETING, minlength=size)
    at_risk = len(times) - np.concatenate(([0], np.cumsum(seen)[:-1])) if size else seen
    free = np.cumprod(1 - (first + second) / at_risk) if size else np.zeros(0)
    before = np.concatenate(([1.0], free[:-1])) if size else np.zeros(0)
    incidence = np.cumsum(before * first / at_risk) if size else np.zeros(0)
    variance = _variance(incidence, before, free, at_risk.astype(float), first, second)
    low, high = _limits(incidence, variance)
    return Incidence(
        distinct, at_risk.astype(int), first.astype(int), second.astype(int),
        incidence, variance, low, high,
    )  # fmt: skip


def _variance(
    incidence: np.ndarray,
    before: np.ndarray,
    free: np.ndarray,
    at_risk: np.ndarray,
    first: np.ndarray,
    second: np.ndarray,
) -> np.ndarray:
    """Aalen's variance as cmprsk has it, with its correction for ties: a polynomial in the
    incidence whose coefficients are running sums; it is renewed where an event happens."""

    def share(count: np.ndarray) -> np.ndarray:
        ties = np.where(count > 1, 1 - (count - 1) / np.maximum(at_risk - 1, 1), 1.0)
        return before**2 * ties * count / at_risk**2

    left = free > 0
    inverse = np.where(left, 1 / np.where(left, free, 1.0), 0.0)
    after = incidence * inverse
    own, other = share(first), np.where(left, share(second), 0.0)
    constant = np.cumsum((1 + after) ** 2 * own + after**2 * other)
    linear = np.cumsum(inverse * ((1 + after) * own + after * other))
    square = np.cumsum(inverse**2 * (own + other))
    variance = constant + incidence**2 * square - 2 * incidence * linear
    last = np.maximum.accumulate(np.where(first > 0, np.arange(len(first)), -1))
    return np.where(last >= 0, np.maximum(variance[last], 0.0), 0.0)


def _limits(incidence: np.ndarray, variance: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    from scipy.stats import norm

    z = norm.ppf(0.5 + LEVEL / 2)
    inner = (incidence > 0) & (incidence < 1)
    left = np.where(inner, 1 - incidence, 0.5)
    shift = z * np.sqrt(np.where(inner, variance, 0.0)) / (left * np.abs(np.log(left)))
    with np.errstate(over="ignore"):  # an endless shift is a limit of 1
        low, high = 1 - left ** np.exp(-shift), 1 - left ** np.exp(shift)
    return np.where(inner, low, np.nan), np.where(inner, high, np.nan)


def gray(times: np.ndarray, codes: np.ndarray, groups: np.ndarray) -> TestResult:
    """Gray's test of the same cumulative incidence in every group; `groups` are places 0, 1, ..."""
    codes, groups = np.asarray(codes), np.asarray(groups, dtype=int)
    times, events = checked(times, codes == EVENT)
    count = int(groups.max()) + 1 if len(groups) else 0
    n = tuple(int((groups == place).sum()) for place in range(count))
    if sum(size > 0 for size in n) < 2:
        return TestResult(TestName.NONE, say(N_("Fewer than two groups with follow-up.")), n=n)
    if not events.any():
        return TestResult(TestName.NONE, say(N_("No event in any group.")), n=n)
    statistic, freedom = quadratic_form(*_gray_sums(times, codes, groups, count))
    if not freedom:
        sentence = N_("No event while two groups were under observation.")
        return TestResult(TestName.NONE, say(sentence), n=n)
    from scipy.stats import chi2

    return TestResult(
        TestName.GRAY,
        say(N_("Times to an event with a competing one, compared between groups.")),
        p=float(chi2.sf(statistic, freedom)),
        statistic=statistic,
        n=n,
        missing=(0,) * count,
        tail=Tail.TWO_SIDED if count == 2 else Tail.OMNIBUS,
    )


def _gray_sums(
    times: np.ndarray, codes: np.ndarray, groups: np.ndarray, count: int
) -> tuple[np.ndarray, np.ndarray]:
    """The scores of the groups and their covariance: Gray 1988, section 2 with rho = 0.

    `c` accumulates the derivative of the scores, `v`, `v2` and `v3` the three parts into which the
    variance of the sum of martingales is divided, one term a time at which anything happened.
    """
    left = np.array([(groups == place).sum() for place in range(count)], dtype=float)
    free = np.ones(count)  # share with neither event, by group, just before
    had = np.zeros(count)  # incidence of the event, by group, just before
    pooled = 0.0
    score = np.zeros(count)
    c, v = np.zeros((count, count)), np.zeros((count, count))
    v2, v3 = np.zeros((count, count)), np.zeros(count)
    for time in np.unique(times):
        here = times == time
        first = np.bincount(groups[here & (codes == EVENT)], minlength=count).astype(float)
        second = np.bincount(groups[here & (codes == COMPETING)], minlength=count).astype(float)
        if first.any() or second.any():
            live = left > 0
            weight = np.where(live, left / np.where(live, free, 1.0), 0.0)
            at_risk = np.where(live, left, 1.0)
            now_free = np.where(live, free * (left - first - second) / at_risk, free)
            now_had = np.where(live, had + free * first / at_risk, had)
            total, held = weight.sum(), (weight * (1 - had)).sum()
            events = first.sum()
            now_pooled = pooled + events / total
            a = np.diag(weight) - np.outer(weight, weight) / total
            if pooled < 1:  # else nobody is left who could have the event
                c += a * events / (total * (1 - pooled))
            score += np.where(live, first - events * weight * (1 - had) / held, 0.0)
            for k in np.flatnonzero(live):
                if events:
                    t4 = 1 - (1 - now_pooled) / now_free[k] if now_free[k] > 0 else 1.0
                    ties = 1 - (events - 1) / (total * free[k] - 1) if events > 1 else 1.0
                    t3 = ties * free[k] * events / (total * left[k])
                    term = a[:, k] - t4 * c[:, k]
                    v += np.outer(term, term) * t3
                    v2[:, k] += term * t4 * t3
                    v3[k] += t4 * t4 * t3
                if second[k] and now_free[k] > 0:
                    t4 = (1 - now_pooled) / now_free[k]
                    ties = 1 - (second[k] - 1) / (left[k] - 1) if second[k] > 1 else 1.0
                    t3 = ties * free[k] ** 2 * second[k] / left[k] ** 2
                    term = t4 * c[:, k]
                    v += np.outer(term, term) * t3
                    v2[:, k] -= term * t4 * t3
                    v3[k] += t4 * t4 * t3
            free, had, pooled = now_free, now_had, now_pooled
        left -= np.bincount(groups[here], minlength=count)
    v += (c * v3) @ c.T + c @ v2.T + v2 @ c.T
    return score, v
