"""One centre's summary, ready to leave it: counted, small counts withheld, audited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from analysis.cohort.columns import Kind
from analysis.cohort.frame import CohortFrame
from analysis.cohort.outcome import FollowUp, Outcomes
from analysis.cohort.spreadsheet import Sheet
from analysis.pool.audit import audited
from analysis.pool.counting import Counted, Origin, counted_frame, counted_sheet
from analysis.pool.levels import shared_groups, with_shared_levels
from analysis.pool.pairs import pair_tables
from analysis.pool.summary import NO_ALTERATION, THRESHOLD, CountTable, Histogram, Summary
from analysis.pool.suppress import suppressed


def summarise_frame(
    frame: CohortFrame,
    follow_ups: Sequence[FollowUp] | None = None,
    *,
    by: str = "ikzf1",
    origin: Origin,
    threshold: int = THRESHOLD,
    interval_days: int | None = None,
) -> Summary:
    """The summary of a cohort of records, split by the answers of `by`.

    Raises KeyError for a column that there is not, ValueError for one of measurements.
    """
    counted = counted_frame(frame, follow_ups, by=by, origin=origin, interval_days=interval_days)
    return _finished(counted, threshold)


def summarise_sheet(
    sheet: Sheet,
    *,
    by: str,
    origin: Origin,
    groups: tuple[str, ...] = (),
    course: Outcomes | None = None,
    threshold: int = THRESHOLD,
    interval_days: int | None = None,
) -> Summary:
    """The summary of a spreadsheet. A column that follows from another is withheld where the other
    is not printed in full, because the two together would tell more than either. A word that fewer
    than `threshold` children share does not leave the house; raises ValueError where no group has
    as many."""
    names = [column.name for column in sheet.columns]
    if threshold:
        groups = groups or shared_groups(sheet, by, threshold)
        sheet = with_shared_levels(sheet, by, groups, threshold)
    counted = counted_sheet(
        sheet, by=by, origin=origin, groups=groups, course=course, interval_days=interval_days
    )
    found = _finished(counted, threshold)
    if not threshold:
        return found
    found = _without_followers(found, sheet)
    told = {column.name for column in sheet.columns}
    unshared = tuple(name for name in names if name not in told)
    return replace(found, left_out=(*unshared, *found.left_out))


def _finished(counted: Counted, threshold: int) -> Summary:
    found = audited(suppressed(counted.summary, threshold))
    told = np.array([group.told for group in found.groups], dtype=bool)
    # The last place answers for children in no group, whose place is -1.
    chosen = np.append(told, False)[counted.groups]
    if counted.answers is None or not chosen.any():
        return found
    pairs = pair_tables(
        counted.answers[chosen],
        counted.genes,
        counted.groups[chosen],
        exact=frozenset(_printed_in_full(found)),
        threshold=threshold,
    )
    return replace(found, pairs=pairs)


def _printed_in_full(summary: Summary) -> list[str]:
    """Genes whose altered, not detected and unanswered children are known of every told group."""
    told = [place for place, group in enumerate(summary.groups) if group.told]
    found = [
        table.variable
        for table in summary.genes
        if all(_in_full(table.groups[place]) for place in told)
    ]
    if summary.ikzf1:
        cells = [summary.ikzf1.groups[place] for place in told]
        rest = [own and own[-len(NO_ALTERATION) :] for own in cells]
        found += ["IKZF1"] * all(map(_in_full, rest))
    return found


def _in_full(cells: tuple | None) -> bool:
    return cells is not None and all(isinstance(cell, int) for cell in cells)


def _without_followers(summary: Summary, sheet: Sheet) -> Summary:
    """Both ways for columns that name the same thing twice: then the later one is withheld."""
    partly = {item.variable for item in (*summary.tables, *summary.histograms) if _partly(item)}
    names = [column.name for column in sheet.columns if column.name != summary.by]
    kinds = {column.name: column.kind for column in sheet.columns}
    dropped: list[str] = []
    for place, name in enumerate(names):
        for at, other in enumerate(names):
            if other == name or other in dropped or not {name, other} & partly:
                continue
            follows = _follows(sheet, other, name, kinds)
            if follows and (at < place or not _follows(sheet, name, other, kinds)):
                dropped.append(name)
                break
    nothing = (None,) * len(summary.groups)
    return replace(
        summary,
        tables=tuple(
            replace(item, groups=nothing) if item.variable in dropped else item
            for item in summary.tables
        ),
        histograms=tuple(
            replace(item, groups=nothing) if item.variable in dropped else item
            for item in summary.histograms
        ),
        left_out=tuple(dropped),
    )


def _partly(item: CountTable | Histogram) -> bool:
    """Whether something of it is withheld or counted together."""
    for group in item.groups:
        if group is None:
            return True
        if isinstance(item, CountTable):
            if not _in_full(group):
                return True
        elif not _in_full((group.missing, *(b.n for b in group.bins))) or any(
            b.first < b.last for b in group.bins
        ):
            return True
    return False


def _follows(sheet: Sheet, source: str, name: str, kinds: dict[str, Kind]) -> bool:
    """Whether `name` can be read off `source` in every child that has both."""
    a, b = (np.asarray(sheet.values[column], dtype=float) for column in (source, name))
    known = ~(np.isnan(a) | np.isnan(b))
    for column, values in ((source, a), (name, b)):
        if kinds[column] is not Kind.NUMBER:
            known &= values >= 0
    a, b = a[known], b[known]
    if len(np.unique(b)) < 2 or len(np.unique(a)) < 2:
        return False
    if kinds[source] is not Kind.NUMBER:
        return kinds[name] is not Kind.NUMBER and _one_each(a, b)
    ordered = b[np.lexsort((b, a))]
    steps = np.diff(ordered)
    if kinds[name] is Kind.NUMBER:
        return bool((steps >= 0).all() or (np.diff(b[np.lexsort((-b, a))]) <= 0).all())
    # Each class one stretch of the measurement, and no value in two classes.
    return _one_each(a, b) and int((steps != 0).sum()) + 1 == len(np.unique(b))


def _one_each(a: np.ndarray, b: np.ndarray) -> bool:
    return len(np.unique(np.column_stack([a, b]), axis=0)) == len(np.unique(a))
