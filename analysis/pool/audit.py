"""What somebody who knows all that a centre prints can find out of what it withholds.

Within a partition the exact bounds follow from its total (`summary.bounds`). The one place where
two partitions know of each other is follow-up: whoever was lost without relapse was lost alive on
the same day, and whoever died had relapsed or was lost to the relapse curve by then. There the
bounds of every withheld cell are had from integer programmes over both endpoints at once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from analysis.cohort.outcome import Endpoint
from analysis.pool.summary import (
    Cell,
    Cells,
    Course,
    GroupCourse,
    Interval,
    Summary,
    Withheld,
    bounds,
)
from analysis.pool.suppress import stands


def audited(summary: Summary) -> Summary:
    """`summary` with whatever the two endpoints would give away of each other withheld.

    Raises ValueError where a partition does not stand by itself, which `suppress` does not write.
    """
    if summary.threshold == 0:
        return summary
    if weak := _weak_partitions(summary):
        raise ValueError(f"withheld cells can be worked out: {', '.join(weak)}")
    by_name = {course.endpoint: course for course in summary.courses}
    overall, relapse = (by_name.get(name.value) for name in (Endpoint.OVERALL, Endpoint.RELAPSE))
    if overall is None or relapse is None:
        return summary
    for place in range(len(summary.groups)):
        overall, relapse = _apart(overall, relapse, place, summary.threshold)
    changed = {course.endpoint: course for course in (overall, relapse)}
    courses = tuple(changed.get(item.endpoint, item) for item in summary.courses)
    return replace(summary, courses=courses)


def _weak_partitions(summary: Summary) -> list[str]:
    found = []
    for name, cells, total in partitions(summary):
        if not stands(cells, total, summary.threshold):
            found.append(name)
    return found


def partitions(summary: Summary) -> list[tuple[str, Cells, int]]:
    """Every partition that is printed: where it stands, its cells and their total."""
    found: list[tuple[str, Cells, int]] = []
    told = [(place, int(group.n)) for place, group in enumerate(summary.groups) if group.told]
    tables = [*summary.tables, *summary.genes, *([summary.ikzf1] if summary.ikzf1 else [])]
    for place, total in told:
        for table in tables:
            if (cells := table.groups[place]) is not None:
                found.append((table.variable, cells, total))
        for histogram in summary.histograms:
            if (group := histogram.groups[place]) is not None:
                cells = (*(item.n for item in group.bins), group.missing)
                found.append((histogram.variable, cells, total))
        for course in summary.courses:
            if (followed := course.groups[place]) is not None:
                found += [(course.endpoint, item.cells, item.n) for item in followed.intervals]
    return found


def _apart(overall: Course, relapse: Course, place: int, threshold: int) -> tuple[Course, Course]:
    """Both courses, so much of them withheld in group `place` that neither gives the other away."""
    first, second = overall.groups[place], relapse.groups[place]
    if first is None or second is None:
        return overall, relapse
    # What says least is given up first: that a hidden count is small, then how children left.
    candidates = (
        (first, second),
        (first, loosened(second)),
        (loosened(first), loosened(second)),
        (first, closed(second)),
        (closed(first), second),
        (closed(first), closed(second)),
    )
    for candidate in candidates:
        if linked_stands(*candidate, threshold):
            return _with(overall, place, candidate[0]), _with(relapse, place, candidate[1])
    return _with(overall, place, None), relapse


def loosened(group: GroupCourse) -> GroupCourse:
    """Small counts hidden like the others, so that each may be larger than it is."""
    return _with_cells(group, lambda cell: Withheld.HIDDEN if isinstance(cell, Withheld) else cell)


def closed(group: GroupCourse) -> GroupCourse:
    """How many left each interval, and no longer how."""
    return _with_cells(group, lambda cell: Withheld.HIDDEN)


def _with_cells(group: GroupCourse, change: Callable[[Cell], Cell]) -> GroupCourse:
    intervals = (
        Interval.of(item.first, item.last, n=item.n, cells=tuple(map(change, item.cells)))
        for item in group.intervals
    )
    return replace(group, intervals=tuple(intervals))


def _with(course: Course, place: int, group: GroupCourse | None) -> Course:
    groups = (*course.groups[:place], group, *course.groups[place + 1 :])
    return replace(course, groups=groups)


def linked_stands(overall: GroupCourse, relapse: GroupCourse, threshold: int) -> bool:
    """`suppress.stands` of every withheld cell of two endpoints of the same children."""
    for cell, (low, high) in linked_bounds(overall, relapse, threshold):
        if cell is Withheld.SMALL and (low > 0 or high < threshold - 1):
            return False
        if cell is Withheld.HIDDEN and high - low + 1 < threshold:
            return False
    return True


def linked_bounds(
    overall: GroupCourse, relapse: GroupCourse, threshold: int
) -> list[tuple[Withheld, tuple[int, int]]]:
    """Each withheld cell with the least and the most that it can be."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    cells = [
        cell for group in (overall, relapse) for item in group.intervals for cell in item.cells
    ]
    limits = np.array(
        [
            limit
            for group in (overall, relapse)
            for item in group.intervals
            for limit in bounds(item.cells, item.n, threshold)
        ]
    )
    withheld = [place for place, cell in enumerate(cells) if isinstance(cell, Withheld)]
    if not withheld:
        return []
    rows, low, high = _links(overall, relapse)
    links = LinearConstraint(rows, low, high)
    found = []
    for place in withheld:
        aim = np.zeros(len(cells))
        aim[place] = 1
        ends = []
        for sign in (1, -1):
            solved = milp(
                sign * aim,
                integrality=np.ones(len(cells)),
                bounds=Bounds(limits[:, 0], limits[:, 1]),
                constraints=links,
            )
            if solved.x is None:
                raise ValueError("the two endpoints contradict each other")
            ends.append(round(float(solved.x[place])))
        found.append((cells[place], (ends[0], ends[1])))
    return found


def _links(overall: GroupCourse, relapse: GroupCourse) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows over all cells with their least and greatest values: the totals, and what the one
    endpoint says of the other up to each day at which intervals of both end."""
    sizes = [len(item.cells) for group in (overall, relapse) for item in group.intervals]
    starts = np.concatenate(([0], np.cumsum(sizes)))
    count = len(overall.intervals)
    rows, low, high = [], [], []

    def add(places: list[tuple[int, int]], least: float, most: float) -> None:
        row = np.zeros(starts[-1])
        for place, sign in places:
            row[place] += sign
        rows.append(row)
        low.append(least)
        high.append(most)

    for index, item in enumerate((*overall.intervals, *relapse.intervals)):
        add([(int(starts[index]) + k, 1) for k in range(sizes[index])], item.n, item.n)
    window: list[tuple[int, int]] = []
    gone: list[tuple[int, int]] = []
    ends = {item.last for item in overall.intervals} & {item.last for item in relapse.intervals}
    ordered = sorted(
        [(item.last, index, False) for index, item in enumerate(overall.intervals)]
        + [(item.last, index + count, True) for index, item in enumerate(relapse.intervals)]
    )
    for at, (last, index, is_relapse) in enumerate(ordered):
        first, end = int(starts[index]), int(starts[index + 1])
        sign = 1 if is_relapse else -1
        # Lost without relapse: lost alive in the same window.
        window.append((end - 1, sign))
        # Dead: relapsed, or out of the relapse curve by a competing event, by then.
        gone += [(place, -sign) for place in range(first, end - 1)]
        both_ended = at + 1 == len(ordered) or ordered[at + 1][0] > last
        if last in ends and both_ended:
            add(window, -np.inf, 0)
            add(gone, -np.inf, 0)
            window = []
    return np.array(rows), np.array(low), np.array(high)
