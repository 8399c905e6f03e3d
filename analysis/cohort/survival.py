"""Kaplan-Meier curves with their intervals and numbers at risk, and the log-rank test.

Times in any one unit (days here), `events` true where the event happened and false where the child
was censored. A child censored on the day of an event counts as at risk of it. Sources: Kaplan and
Meier 1958; Greenwood 1926; Kalbfleisch and Prentice 2002 (log-log interval); Peto and Mantel
(log-rank). Equal to `survfit` and `survdiff` of R's survival package.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from analysis.cohort.significance import Tail, TestName, TestResult
from analysis.cohort.step_curve import StepCurve, as_json
from analysis.wording import N_, Labelled, say

LEVEL = 0.95
RANK = 1e-8  # relative size below which a direction of the covariance is empty


class Interval(Labelled):
    """How the 95 % interval of a survival curve is made."""

    LOG_LOG = "log-log", N_("log-log (complementary logarithm)")
    GREENWOOD = "greenwood", N_("Greenwood, linear, cut at 0 and 1")


@dataclass(frozen=True, eq=False)
class Curve(StepCurve):
    """A survival curve: one entry a distinct time at which anything happened, ascending.

    `survival` is the share alive (or free of the event) just after that time, `low` and `high` its
    95 % limits (NaN where the survival is 0, or is 1 and the limits log-log: none exist there).
    `at_risk` counts children just before.
    """

    events: np.ndarray
    censored: np.ndarray
    survival: np.ndarray
    std_error: np.ndarray
    low: np.ndarray
    high: np.ndarray
    interval: Interval

    def at(self, time: float) -> tuple[float, float, float] | None:
        """(survival, low, high) at `time`; None beyond the last time at which a child was seen."""
        place = self.place(time)
        if place is None:
            return None
        if place < 0:
            return 1.0, float("nan"), float("nan")
        return float(self.survival[place]), float(self.low[place]), float(self.high[place])

    def quantile(self, share: float = 0.5) -> tuple[float | None, float | None, float | None]:
        """The time by which `share` had the event, with its 95 % limits (Brookmeyer and Crowley
        1982); None where the curve or the limit does not fall so far."""
        return (
            _first_at_or_below(self.times, self.survival, 1 - share),
            _first_at_or_below(self.times, self.low, 1 - share),
            _first_at_or_below(self.times, self.high, 1 - share),
        )

    def to_json(self) -> dict[str, Any]:
        return {
            "n": self.n,
            "events": int(self.events.sum()),
            "times": self.times.tolist(),
            "at_risk": self.at_risk.tolist(),
            "survival": self.survival.tolist(),
            "low": as_json(self.low),
            "high": as_json(self.high),
            "interval": self.interval.value,
        }


def kaplan_meier(
    times: np.ndarray, events: np.ndarray, *, interval: Interval = Interval.LOG_LOG
) -> Curve:
    """The curve of one group; empty for no child. Raises ValueError for a negative or absent
    time."""
    times, events = checked(times, events)
    distinct, at_risk, happened, lost = counts_at_times(times, events)
    with np.errstate(divide="ignore", invalid="ignore"):
        survival = np.cumprod(1 - happened / at_risk) if len(distinct) else np.zeros(0)
        # Infinite once everybody had the event: there the survival is 0 and so is its error.
        hazard = np.cumsum(happened / (at_risk * (at_risk - happened)))
        std_error = np.where(survival > 0, survival * np.sqrt(hazard), 0.0)
        low, high = _limits(survival, hazard, std_error, interval)
    return Curve(distinct, at_risk, happened, lost, survival, std_error, low, high, interval)


def logrank(times: np.ndarray, events: np.ndarray, groups: np.ndarray) -> TestResult:
    """The log-rank test of the same hazard in every group. `groups` are the places 0, 1, ... of
    each child's group. Without two groups that were observed, or without an event, no p."""
    times, events = checked(times, events)
    groups = np.asarray(groups, dtype=int)
    count = int(groups.max()) + 1 if len(groups) else 0
    n = tuple(int((groups == place).sum()) for place in range(count))
    if sum(size > 0 for size in n) < 2:
        return TestResult(TestName.NONE, say(N_("Fewer than two groups with follow-up.")), n=n)
    if not events.any():
        return TestResult(TestName.NONE, say(N_("No event in any group.")), n=n)
    observed_less_expected, variance = _logrank_sums(times, events, groups, count)
    statistic, freedom = quadratic_form(observed_less_expected, variance)
    if not freedom:
        sentence = N_("No event while two groups were under observation.")
        return TestResult(TestName.NONE, say(sentence), n=n)
    from scipy.stats import chi2

    return TestResult(
        TestName.LOG_RANK,
        say(N_("Times to an event, some of them censored, compared between groups.")),
        p=float(chi2.sf(statistic, freedom)),
        statistic=statistic,
        n=n,
        missing=(0,) * count,
        tail=Tail.TWO_SIDED if count == 2 else Tail.OMNIBUS,
    )


def counts_at_times(
    times: np.ndarray, events: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """(distinct times, at risk just before, events, censored), each an array of one length."""
    distinct, place = np.unique(times, return_inverse=True)
    happened = np.bincount(place, weights=events, minlength=len(distinct))
    seen = np.bincount(place, minlength=len(distinct))
    at_risk = len(times) - np.concatenate(([0], np.cumsum(seen)[:-1])) if len(times) else seen
    return distinct, at_risk.astype(int), happened.astype(int), (seen - happened).astype(int)


def checked(times: np.ndarray, events: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Float times and boolean events of one length. Raises ValueError otherwise."""
    times, events = np.asarray(times, dtype=float), np.asarray(events, dtype=bool)
    if times.shape != events.shape or times.ndim != 1:
        raise ValueError("times and events must be of one length")
    if not np.isfinite(times).all() or (times < 0).any():
        raise ValueError("a time must be a number from 0")
    return times, events


def quadratic_form(score: np.ndarray, variance: np.ndarray) -> tuple[float, int]:
    """(score' V^- score, degrees of freedom): V has not full rank, since the scores add up to 0."""
    if not variance.size or not (scale := float(np.abs(variance).max())):
        return 0.0, 0
    # What is left of the empty direction by rounding is far below this.
    freedom = int(np.linalg.matrix_rank(variance, tol=RANK * scale, hermitian=True))
    inverse = np.linalg.pinv(variance, rcond=RANK, hermitian=True)
    return float(score @ inverse @ score), freedom


def _logrank_sums(
    times: np.ndarray, events: np.ndarray, groups: np.ndarray, count: int
) -> tuple[np.ndarray, np.ndarray]:
    """Observed less expected events by group, and their covariance (hypergeometric)."""
    distinct = np.unique(times[events])
    at_risk = np.zeros((count, len(distinct)))
    happened = np.zeros((count, len(distinct)))
    for place in range(count):
        own, own_events = times[groups == place], events[groups == place]
        at_risk[place] = len(own) - np.searchsorted(np.sort(own), distinct, side="left")
        where = np.searchsorted(distinct, own[own_events])
        happened[place] = np.bincount(where, minlength=len(distinct))
    total, deaths = at_risk.sum(axis=0), happened.sum(axis=0)
    share = at_risk / total
    with np.errstate(divide="ignore", invalid="ignore"):
        factor = np.where(total > 1, deaths * (total - deaths) / (total - 1), 0.0)
    variance = np.diag((share * factor).sum(axis=1)) - (share * factor) @ share.T
    return (happened - share * deaths).sum(axis=1), variance


def _limits(
    survival: np.ndarray, hazard: np.ndarray, std_error: np.ndarray, interval: Interval
) -> tuple[np.ndarray, np.ndarray]:
    from scipy.stats import norm

    z = norm.ppf(0.5 + LEVEL / 2)
    if interval is Interval.GREENWOOD:
        std_error = np.where(survival > 0, std_error, np.nan)
        low, high = survival - z * std_error, survival + z * std_error
        return np.clip(low, 0, 1), np.clip(high, 0, 1)
    inner = (survival > 0) & (survival < 1)
    logarithm = np.log(np.where(inner, survival, 0.5))
    shift = z * np.sqrt(np.where(inner, hazard, 0.0)) / np.abs(logarithm)
    low = np.exp(logarithm * np.exp(shift))
    high = np.exp(logarithm * np.exp(-shift))
    return np.where(inner, low, np.nan), np.where(inner, high, np.nan)


def _first_at_or_below(times: np.ndarray, curve: np.ndarray, level: float) -> float | None:
    """The first time at which `curve` is at or below `level`; where it stays exactly on it until
    a later fall, the middle of the two times, as R has it."""
    # A product of fractions meets 1/2 only up to rounding.
    near = np.isclose(curve, level, rtol=0, atol=1e-9)
    reached = np.flatnonzero(near | (np.nan_to_num(curve, nan=np.inf) < level))
    if not len(reached):
        return None
    first = reached[0]
    below = np.flatnonzero(~near & (np.nan_to_num(curve, nan=np.inf) < level))
    if near[first] and len(below):
        return float((times[first] + times[below[0]]) / 2)
    return float(times[first])
