"""Small counts withheld at the source, so that what is printed cannot give them back.

Rules (`SUPPRESSION_VERSION`), with the threshold t (5 unless a centre chooses another):

1. A group of fewer than t children is named, and nothing else is said of it.
2. In a partition (`summary.py`) every answer counted for fewer than t children, none included, is
   printed as "<t", and the largest cell (or as many of the largest as it takes) as "*": so that
   every number from 0 to t - 1 is possible for each small cell, whatever the others are. How many
   are hidden is decided by what all cells that are not printed add up to, so that who knows these
   rules too still has several numbers for each (`test_suppress.py` tries every table).
3. That nobody lacks an answer is no secret of any child: a 0 of "not tested", "not evaluable" and
   "not recorded" is printed. From 1 to t - 1 they are small cells like any other.
4. Histograms: neighbouring bins are counted together until t children are in each.
5. Follow-up is halved, and the halves again, as long as t children leave each half, t by an event,
   t by a competing one and t censored, of whichever the group has t; then rule 2 within each part.
   The halves are the same at all centres, so that their parts have ends in common.
6. What does not stand the audit (`audit.py`) after that is withheld as a whole.

With threshold 0 nothing is withheld. Sources of the idea: Willenborg & de Waal, Elements of
Statistical Disclosure Control (2001), ch. 6; here without their linked tables, by construction.
"""

from __future__ import annotations

from dataclasses import astuple, replace

from analysis.calls import State
from analysis.pool.summary import (
    NO_ALTERATION,
    Bin,
    Cell,
    Cells,
    CountTable,
    Course,
    Excluded,
    GroupCourse,
    GroupHistogram,
    GroupSize,
    Histogram,
    Interval,
    Summary,
    Withheld,
    bounds,
)


def partition(
    cells: tuple[int, ...],
    missing: tuple[int, ...],
    threshold: int,
    *,
    prefer: tuple[int, ...] = (),
) -> Cells | None:
    """`cells` as they may be printed beside their total; None where none may be. Those at `prefer`
    are hidden rather than others."""
    answers = any(n for place, n in enumerate(cells) if place not in missing)
    small = {
        place
        for place, n in enumerate(cells)
        if n < threshold and (n or (answers and place not in missing))
    }
    if not small:
        return cells
    large = sorted(
        (place for place, n in enumerate(cells) if n >= threshold),
        key=lambda place: (place not in prefer, -cells[place], place),
    )
    hidden = _hidden(cells, small, large, threshold, prefer)
    if hidden is None:
        return None
    return tuple(
        Withheld.SMALL if place in small else Withheld.HIDDEN if place in hidden else n
        for place, n in enumerate(cells)
    )


def _hidden(
    cells: tuple[int, ...],
    small: set[int],
    large: list[int],
    threshold: int,
    prefer: tuple[int, ...],
) -> set[int] | None:
    """The first few of `large`: so many that whatever the small cells are, the hidden ones can make
    up for it and would be chosen all the same. Decided by what all these cells add up to, which is
    printed, so that the choice itself tells nothing. None where all of them are too few."""
    needed = len(small) * (threshold - 1)
    if not large:
        # Every cell is small: each must be free while the others make up the total.
        total = sum(cells[place] for place in small)
        return set() if threshold - 1 <= total <= needed - (threshold - 1) else None
    together = sum(cells[place] for place in small)
    for count in range(1, len(large) + 1):
        hidden, rest = large[:count], large[count:]
        together += cells[hidden[-1]]
        least = needed
        for place in hidden:
            beside = [cells[n] + 1 for n in rest if (n in prefer) is (place in prefer)]
            least += max([threshold, *beside])
        if together >= least:
            return set(hidden)
    return None


def stands(cells: Cells, total: int, threshold: int) -> bool:
    """Whether each small cell can still be anything below the threshold, and each hidden one as
    many different numbers as the threshold."""
    for cell, (low, high) in zip(cells, bounds(cells, total, threshold), strict=True):
        if cell is Withheld.SMALL and (low > 0 or high < threshold - 1):
            return False
        if cell is Withheld.HIDDEN and high - low + 1 < threshold:
            return False
    return True


def alone(n: int, threshold: int, *, missing: bool = False) -> Cell:
    """A count without a printed total."""
    return Withheld.SMALL if n < threshold and (n or not missing) else n


def suppressed(raw: Summary, threshold: int) -> Summary:
    """`raw` (all counts printed) as it may leave the centre, but for its pairs and the audit."""
    if threshold == 0:
        return raw
    sizes = tuple(GroupSize(item.key, alone(int(item.n), threshold)) for item in raw.groups)
    told = tuple(item.told for item in sizes)
    return replace(
        raw,
        threshold=threshold,
        groups=sizes,
        excluded=Excluded(*(alone(int(n), threshold, missing=True) for n in astuple(raw.excluded))),
        tables=tuple(_table(table, told, threshold) for table in raw.tables),
        histograms=tuple(_histogram(item, told, threshold) for item in raw.histograms),
        ikzf1=_ikzf1(raw, told, threshold),
        genes=tuple(_table(table, told, threshold) for table in raw.genes),
        courses=tuple(_course(course, told, threshold) for course in raw.courses),
    )


def _table(table: CountTable, told: tuple[bool, ...], threshold: int) -> CountTable:
    groups = tuple(
        partition(cells, table.missing, threshold) if is_told and cells is not None else None
        for cells, is_told in zip(table.groups, told, strict=True)
    )
    return replace(table, groups=groups)


def _ikzf1(raw: Summary, told: tuple[bool, ...], threshold: int) -> CountTable | None:
    """The largest deletion pattern is hidden rather than the children without one, so that how many
    are altered can mostly still be had. Where IKZF1 makes the groups, a level that a group cannot
    have is 0 for every reader, and printed."""
    table = raw.ikzf1
    if table is None:
        return None
    count = len(table.levels)
    altered = tuple(range(count - len(NO_ALTERATION)))
    groups = []
    for size, cells, is_told in zip(raw.groups, table.groups, told, strict=True):
        empty = table.missing
        if raw.by == "ikzf1":
            own = altered if size.key == State.ALTERED.value else (len(altered),)
            empty = tuple(place for place in range(count) if place not in own)
        known = is_told and cells is not None
        groups.append(partition(cells, empty, threshold, prefer=altered) if known else None)
    return replace(table, groups=tuple(groups))


def _histogram(histogram: Histogram, told: tuple[bool, ...], threshold: int) -> Histogram:
    groups = tuple(
        _merged_bins(group, threshold) if is_told and group is not None else None
        for group, is_told in zip(histogram.groups, told, strict=True)
    )
    return replace(histogram, groups=groups)


def _merged_bins(group: GroupHistogram, threshold: int) -> GroupHistogram | None:
    counts = [int(item.n) for item in group.bins]
    runs = merged_runs([(n,) for n in counts], (threshold,))
    sums = tuple(sum(counts[first : last + 1]) for first, last in runs)
    missing = len(runs)
    printed = partition((*sums, int(group.missing)), (missing,), threshold)
    if printed is None:
        return None
    *cells, lacking = printed
    bins = (Bin(*run, n) for run, n in zip(runs, cells, strict=True))
    return GroupHistogram(tuple(bins), lacking)


def merged_runs(
    counts: list[tuple[int, ...]], least: tuple[int, ...]
) -> tuple[tuple[int, int], ...]:
    """Runs of neighbours, each with at least `least` of every count; one run where all together
    have fewer. `counts` has a tuple a place."""
    runs: list[tuple[int, int]] = []
    first, held = 0, [0] * len(least)
    for place, own in enumerate(counts):
        held = [a + b for a, b in zip(held, own, strict=True)]
        if all(a >= b for a, b in zip(held, least, strict=True)):
            runs.append((first, place))
            first, held = place + 1, [0] * len(least)
    if first < len(counts):
        # What is left over goes to its neighbour.
        start = runs.pop()[0] if runs else first
        runs.append((start, len(counts) - 1))
    return tuple(runs)


def _course(course: Course, told: tuple[bool, ...], threshold: int) -> Course:
    groups = tuple(
        _merged_course(group, threshold) if is_told and group is not None else None
        for group, is_told in zip(course.groups, told, strict=True)
    )
    return replace(course, groups=groups)


def _merged_course(group: GroupCourse, threshold: int) -> GroupCourse | None:
    if not group.intervals:
        return group
    counts = [tuple(map(int, item.cells)) for item in group.intervals]
    unfollowed: Cell = int(group.unfollowed)
    if 0 < unfollowed < threshold:
        *ended, censored = counts[0]
        counts[0] = (*ended, censored + unfollowed)
        unfollowed = Withheld.SMALL
    if sum(map(sum, counts)) < threshold:
        return None
    totals = [sum(column) for column in zip(*counts, strict=True)]
    least = (threshold, *(threshold if total >= threshold else 0 for total in totals))
    intervals: list[Interval] = []
    start = 0
    by_place = {item.first: own for item, own in zip(group.intervals, counts, strict=True)}
    end = 1
    while end <= group.intervals[-1].last:
        end *= 2
    for last in halved(by_place, (0, end), least):
        inside = [own for place, own in by_place.items() if start <= place <= last]
        sums = tuple(sum(column) for column in zip(*inside, strict=True))
        cells = partition(sums, (), threshold) or (Withheld.HIDDEN,) * len(sums)
        intervals.append(Interval.of(start, last, n=sum(sums), cells=cells))
        start = last + 1
    return GroupCourse(tuple(intervals), unfollowed)


def halved(
    counts: dict[int, tuple[int, ...]], span: tuple[int, int], least: tuple[int, ...]
) -> list[int]:
    """The last places of the parts of `span` (from, before), halved as long as both halves have
    `least`: of all, and of each count. Where only one half has, the other goes to its neighbour."""
    first, end = span
    middle = (first + end) // 2
    halves = ((first, middle), (middle, end))
    enough = [end - first > 1 and _reaches(counts, half, least) for half in halves]
    if not any(enough):
        return [end - 1]
    left, right = (
        halved(counts, half, least) if holds else []
        for half, holds in zip(halves, enough, strict=True)
    )
    return [*left, *right] if right else [*left[:-1], end - 1]


def _reaches(
    counts: dict[int, tuple[int, ...]], span: tuple[int, int], least: tuple[int, ...]
) -> bool:
    inside = [own for place, own in counts.items() if span[0] <= place < span[1]]
    sums = [sum(column) for column in zip(*inside, strict=True)]
    return bool(inside) and all(a >= b for a, b in zip([sum(sums), *sums], least, strict=True))
