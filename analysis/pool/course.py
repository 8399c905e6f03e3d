"""Follow-up of several centres: life tables over the intervals that all of them have in common.

Where a day is an interval and nothing was counted together, the children's times are known and the
curves and tests are those of `analysis.cohort` to the last digit. Otherwise events are taken to lie
in the middle of their interval and half of those lost in it to be lost before (as the actuarial
method of Cutler & Ederer 1958 has it), and beside each estimate stand the bounds that hold
wherever in the interval events and losses lay. Where small counts are withheld there are bounds and
no estimate.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from analysis.cohort.competing import cumulative_incidence, gray
from analysis.cohort.effect import finite
from analysis.cohort.outcome import CENSORED, COMPETING, EVENT, Endpoint
from analysis.cohort.significance import TestResult
from analysis.cohort.survival import kaplan_meier, logrank
from analysis.pool.combine import NOBODY, Certainty, Pool, Range, group_labels, not_given
from analysis.pool.summary import Course, GroupCourse, Interval, Withheld, bounds
from analysis.wording import N_, Message, say


@dataclass(frozen=True)
class PooledInterval:
    """From day `start` to before day `end`: `n` children's follow-up ended, and how. The share that
    had no event (or, for relapse, had it) by the end lies from `low` to `high`; `estimate` is None
    where a count is withheld."""

    start: int
    end: int
    at_risk: int
    n: int
    events: Range
    competing: Range
    censored: Range
    low: float = 1.0
    high: float = 1.0
    estimate: float | None = None

    def to_json(self) -> dict[str, Any]:
        return {
            "start": self.start,
            "end": self.end,
            "at_risk": self.at_risk,
            "events": self.events.to_json(),
            "competing": self.competing.to_json(),
            "censored": self.censored.to_json(),
            "estimate": self.estimate,
            "low": self.low,
            "high": self.high,
        }


@dataclass(frozen=True)
class PooledCourse:
    """One endpoint: the intervals of each group, and the test between the groups where every count
    is known."""

    endpoint: Endpoint
    groups: tuple[tuple[PooledInterval, ...], ...]
    test: TestResult | None
    certainty: Certainty
    why: tuple[Message, ...]

    def to_json(self, language: str = "en") -> dict[str, Any]:
        test = self.test
        return {
            "endpoint": self.endpoint.value,
            "certainty": self.certainty.value,
            "why": [message.text(language) for message in self.why],
            "groups": [[item.to_json() for item in group] for group in self.groups],
            "test": test.test.value if test and test.p is not None else None,
            "p": finite(test.p) if test else None,
        }


@dataclass(frozen=True)
class _Given:
    """One centre's intervals of one group, in days, with the bounds of (events, competing,
    censored)."""

    start: int
    end: int
    n: int
    cells: tuple[Range, Range, Range]


def pooled_courses(pool: Pool) -> tuple[PooledCourse, ...]:
    """Overall survival, event-free survival (relapse or what competes with it) and relapse: those
    that at least one centre gives."""
    found = []
    for endpoint in Endpoint:
        source = Endpoint.OVERALL if endpoint is Endpoint.OVERALL else Endpoint.RELAPSE
        courses = [
            next((item for item in summary.courses if item.endpoint == source.value), None)
            for summary in pool.summaries
        ]
        if any(courses):
            found.append(_pooled(pool, endpoint, courses))
    return tuple(found)


def _pooled(pool: Pool, endpoint: Endpoint, courses: Sequence[Course | None]) -> PooledCourse:
    why: list[Message] = []
    by_group, each_day = [], True
    for place in range(len(pool.groups)):
        given = []
        for summary, course in zip(pool.summaries, courses, strict=True):
            own = pool.told(summary, place)
            if own is None:
                continue
            group = course.groups[own] if course is not None else None
            if course is None or group is None:
                why.append(not_given(pool, summary, place))
                continue
            if isinstance(group.unfollowed, Withheld):
                sentence = N_("{centre} counts few children of {group} without follow-up as lost")
                why.append(say(sentence, centre=summary.centre, group=group_labels(pool)[place]))
            each_day &= _by_day(course, group)
            given.append(_in_days(course, group, endpoint, summary.threshold))
        by_group.append(_common(given))
    if not each_day:
        why.append(say(N_("times are known by interval only")))
    if pool.any_silent:
        why.append(say(N_("small groups are not counted")))
    known = all(_known(item) for group in by_group for item in group)
    if not known:
        why.append(say(N_("small counts are withheld")))
    finished = tuple(_with_bounds(group, endpoint, each_day) for group in by_group)
    test = _test(finished, endpoint, each_day) if known else None
    certainty = Certainty.APPROXIMATE if why else Certainty.EXACT
    return PooledCourse(endpoint, finished, test, certainty, tuple(dict.fromkeys(why)))


def _by_day(course: Course, group: GroupCourse) -> bool:
    return course.interval_days == 1 and all(item.first == item.last for item in group.intervals)


def _in_days(
    course: Course, group: GroupCourse, endpoint: Endpoint, threshold: int
) -> list[_Given]:
    days = course.interval_days
    return [
        _Given(
            item.first * days,
            (item.last + 1) * days,
            item.n,
            _ends(item, endpoint, threshold),
        )
        for item in group.intervals
    ]


def _ends(item: Interval, endpoint: Endpoint, threshold: int) -> tuple[Range, Range, Range]:
    limits = [Range(*limit) for limit in bounds(item.cells, item.n, threshold)]
    censored = limits[-1]
    if endpoint is Endpoint.EVENT_FREE:
        # Whoever was not lost had an event; so it is known wherever the lost are.
        return Range(item.n - censored.high, item.n - censored.low), NOBODY, censored
    return limits[0], limits[1] if len(limits) == 3 else NOBODY, censored


def _common(given: Sequence[Sequence[_Given]]) -> list[PooledInterval]:
    """The intervals between the days at which no centre's interval is under way."""
    items = sorted((item for centre in given for item in centre), key=lambda item: item.end)
    starts = sorted(item.start for item in items)
    # The last day on which any of those ends that began before: later ones have not begun.
    by_start = sorted(items, key=lambda item: item.start)
    reach = np.maximum.accumulate([item.end for item in by_start]) if items else np.empty(0)
    days = sorted({item.end for item in items})
    clean = [day for day in days if reach[bisect_left(starts, day) - 1] <= day]
    at_risk = sum(item.n for item in items)
    found, start, place = [], 0, 0
    for day in clean:
        inside = []
        while place < len(items) and items[place].end <= day:
            inside.append(items[place])
            place += 1
        cells = [sum((item.cells[kind] for item in inside), NOBODY) for kind in range(3)]
        n = sum(item.n for item in inside)
        # A day by itself begins where its children's intervals do, not where the last ended.
        begin = max(start, min(item.start for item in inside))
        found.append(PooledInterval(begin, day, at_risk, n, *cells))
        at_risk -= n
        start = day
    return found


def _known(item: PooledInterval) -> bool:
    return item.events.exact and item.competing.exact and item.censored.exact


def _times(group: Sequence[PooledInterval], each_day: bool) -> tuple[np.ndarray, np.ndarray]:
    """A time and a code for each child, as the module's docstring says."""
    times: list[float] = []
    codes: list[int] = []
    for item in group:
        middle = float(item.start) if each_day else (item.start + item.end) / 2
        early = 0 if each_day else item.censored.low // 2
        step = 0.0 if each_day else (item.end - item.start) / 4
        for count, code, time in (
            (early, CENSORED, middle - step),
            (item.events.low, EVENT, middle),
            (item.competing.low, COMPETING, middle),
            (item.censored.low - early, CENSORED, middle + step if not each_day else middle),
        ):
            times += [time] * count
            codes += [code] * count
    return np.array(times, dtype=float), np.array(codes, dtype=int)


def _with_bounds(
    group: list[PooledInterval], endpoint: Endpoint, each_day: bool
) -> tuple[PooledInterval, ...]:
    """What holds wherever within its interval each child's follow-up ended.

    The fewest are at risk of the events if everybody else leaves before them, and the most if they
    leave after. Of a cumulative incidence each event is at least one child's share of the cohort.
    """
    estimates = _estimates(group, endpoint, each_day)
    low = high = 1.0
    certain = 0
    found = []
    for item, estimate in zip(group, estimates, strict=True):
        before_events = item.at_risk - item.n + item.events.high
        low *= (before_events - item.events.high) / before_events if before_events else 1.0
        high *= (item.at_risk - item.events.low) / item.at_risk
        certain += item.events.low
        limits = (low, high)
        if endpoint is Endpoint.RELAPSE:
            limits = (certain / group[0].at_risk, 1 - low)
        if each_day and estimate is not None:
            limits = (estimate, estimate)
        found.append(replace(item, low=limits[0], high=limits[1], estimate=estimate))
    return tuple(found)


def _estimates(
    group: list[PooledInterval], endpoint: Endpoint, each_day: bool
) -> list[float | None]:
    if not group or not all(map(_known, group)):
        return [None] * len(group)
    times, codes = _times(group, each_day)
    ends = [item.start if each_day else item.end for item in group]
    if endpoint is Endpoint.RELAPSE:
        curve = cumulative_incidence(times, codes)
        values = np.concatenate(([0.0], curve.incidence))
    else:
        curve = kaplan_meier(times, codes == EVENT)
        values = np.concatenate(([1.0], curve.survival))
    return values[np.searchsorted(curve.times, ends, side="right")].tolist()


def _test(
    groups: tuple[tuple[PooledInterval, ...], ...], endpoint: Endpoint, each_day: bool
) -> TestResult:
    read = [_times(group, each_day) for group in groups]
    times = np.concatenate([item[0] for item in read])
    codes = np.concatenate([item[1] for item in read])
    places = np.repeat(np.arange(len(groups)), [len(item[0]) for item in read])
    if endpoint is Endpoint.RELAPSE:
        return gray(times, codes, places)
    return logrank(times, codes == EVENT, places)
