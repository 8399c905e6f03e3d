"""The children of one centre counted: a `Summary` with every count, before any is withheld."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.calls import State
from analysis.cohort.columns import (
    ALTERED,
    COLUMNS,
    DISEASE,
    MRD_D29,
    NUMBERS,
    RESPONSES,
    RISK,
    SEX,
    STATES,
    SUBTYPES,
    Column,
    Kind,
)
from analysis.cohort.compare import Children, Split, split_by
from analysis.cohort.frame import CohortFrame
from analysis.cohort.outcome import COMPETING, ENDS, EVENT, Endpoint, FollowUp, Outcomes, outcomes
from analysis.cohort.rows import Excluded as LeftOut
from analysis.cohort.sheet_table import split_sheet
from analysis.cohort.spreadsheet import Sheet
from analysis.pool.pairs import answers_of
from analysis.pool.plan import Plan, plan
from analysis.pool.summary import (
    NO_ALTERATION,
    NOT_RECORDED,
    STATE_LEVELS,
    Bin,
    CountTable,
    Course,
    Excluded,
    Found,
    GroupCourse,
    GroupHistogram,
    GroupSize,
    Histogram,
    Interval,
    Source,
    Summary,
    TableKind,
)

# In the order of Table 2. EFS is had from relapse: its events are relapse's and what competes.
COMPARED = (SEX, *NUMBERS, *RESPONSES, RISK, *DISEASE, MRD_D29, *SUBTYPES)
ENDPOINTS = (Endpoint.OVERALL, Endpoint.RELAPSE)


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Whose summary it is: centre, ISO date, software, versions of the rules behind the answers."""

    centre: str
    made: str
    software: str
    rules: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, eq=False)
class Counted:
    """`summary` without its pairs, and what pairs are counted from: the place of each child's group
    (-1 for none), and per listed gene its answer (`pairs.answers_of`)."""

    summary: Summary
    groups: np.ndarray
    genes: tuple[str, ...] = ()
    answers: np.ndarray | None = None


def counted_frame(
    frame: CohortFrame,
    follow_ups: Sequence[FollowUp] | None,
    *,
    by: str,
    origin: Origin,
    interval_days: int | None = None,
) -> Counted:
    """`follow_ups` run beside the children, or are None where nobody was followed. Raises KeyError
    for a column that there is not, ValueError for one of measurements."""
    counted_over = plan()
    split, left_out = split_by(frame, COLUMNS[by])
    columns = [column for column in COMPARED if column.name != by]
    days = interval_days or counted_over.interval_days
    summary = Summary(
        **_opening(origin, Source.RECORDS, by, counted_over),
        groups=tuple(GroupSize(str(group.label), group.n) for group in split.groups),
        excluded=_excluded(left_out),
        tables=_tables(frame, split, columns),
        histograms=_histograms(frame, split, columns, counted_over),
        ikzf1=_ikzf1(frame, split, counted_over),
        genes=_genes(frame, split),
        courses=_courses(follow_ups, split, days),
    )
    listed = tuple(gene for gene in counted_over.pair_genes if gene in frame.gene_states.columns)
    # By IKZF1 status, IKZF1's pairs are what the table of genes shows.
    listed = tuple(gene for gene in listed if gene != "IKZF1" or by != "ikzf1")
    answers = answers_of(frame.gene_states[list(listed)].to_numpy())
    return Counted(summary, split.of, listed, answers)


def counted_sheet(
    sheet: Sheet,
    *,
    by: str,
    origin: Origin,
    groups: tuple[str, ...] = (),
    course: Outcomes | None = None,
    interval_days: int | None = None,
) -> Counted:
    """A spreadsheet's columns; `course` has its follow-up, of overall survival."""
    counted_over = plan()
    split, left_out = split_sheet(sheet, sheet.column(by), groups)
    columns = [column for column in sheet.columns if column.name != by]
    days = interval_days or counted_over.interval_days
    summary = Summary(
        **_opening(origin, Source.SPREADSHEET, by, counted_over),
        groups=tuple(GroupSize(_key(group.label), group.n) for group in split.groups),
        excluded=_excluded(left_out),
        tables=_tables(sheet, split, columns),
        histograms=_histograms(sheet, split, columns, counted_over),
        courses=() if course is None else (_course(course, split, days),),
    )
    return Counted(summary, split.of)


def _opening(origin: Origin, source: Source, by: str, counted_over: Plan) -> dict:
    return {
        "centre": origin.centre,
        "made": origin.made,
        "software": origin.software,
        "source": source,
        "rules": (*origin.rules, ("bins", counted_over.version)),
        "threshold": 0,
        "by": by,
    }


def _key(label: object) -> str:
    return str(getattr(label, "value", label))


def _excluded(left_out: tuple[LeftOut, ...]) -> Excluded:
    counts: Counter[State | None] = Counter()
    for item in left_out:
        counts[item.state] += item.n
    return Excluded(counts[State.NOT_EVALUABLE], counts[State.NOT_TESTED], counts[None])


def _by_group(codes: np.ndarray, split: Split, levels: int) -> tuple[tuple[int, ...], ...]:
    """Children by group and code 0 to `levels` - 1."""
    return tuple(
        tuple(np.bincount(codes[split.of == place], minlength=levels).tolist())
        for place in range(len(split.groups))
    )


def _tables(children: Children, split: Split, columns: Sequence[Column]) -> tuple[CountTable, ...]:
    return tuple(
        _table(children.codes(column.name).astype(int), split, column)
        for column in columns
        if column.kind is not Kind.NUMBER
    )


def _table(codes: np.ndarray, split: Split, column: Column) -> CountTable:
    if column.kind is Kind.STATE:
        kind, levels = TableKind.STATE, STATE_LEVELS
        answers = tuple(str(level) for level in column.levels)
    else:
        kind, answers = TableKind.CLASS, ()
        levels = (*(_key(level) for level in column.levels), NOT_RECORDED)
    # None recorded stands last: "not tested", or "not recorded".
    codes = np.where(codes < 0, len(levels) - 1, codes)
    cells = _by_group(codes, split, len(levels))
    return CountTable(column.name, kind, levels, cells, answers)


def _histograms(
    children: Children, split: Split, columns: Sequence[Column], counted_over: Plan
) -> tuple[Histogram, ...]:
    found = []
    for column in columns:
        if column.kind is Kind.NUMBER:
            edges = counted_over.edges_of(column.name)
            values = children.numbers(column.name)
            groups = tuple(
                _bins(values[split.of == place], edges) for place in range(len(split.groups))
            )
            found.append(Histogram(column.name, edges, groups, column.digits))
    return tuple(found)


def _bins(values: np.ndarray, edges: tuple[float, ...]) -> GroupHistogram:
    measured = values[~np.isnan(values)]
    places = np.searchsorted(edges, measured, side="right")
    counts = np.bincount(places, minlength=len(edges) + 1).tolist()
    bins = tuple(Bin(place, place, n) for place, n in enumerate(counts))
    return GroupHistogram(bins, len(values) - len(measured))


def _ikzf1(frame: CohortFrame, split: Split, counted_over: Plan) -> CountTable:
    """The status, with the altered told apart by deletion pattern."""
    levels = (*counted_over.patterns, *(item.value for item in Found), *NO_ALTERATION)
    status = frame.codes("ikzf1").astype(int)
    deleted = frame.codes("ikzf1_large_deletion") == ALTERED
    patterns = [_pattern(set(names), levels) for names in frame.children["ikzf1_deletions"]]
    codes = np.array([levels.index(pattern) for pattern in patterns], dtype=int)
    codes[~deleted] = levels.index(Found.VARIANT.value)
    for code, state in enumerate(STATES):
        if state is not State.ALTERED:
            codes[status == code] = levels.index(state.value)
    codes[status < 0] = len(levels) - 1
    return CountTable("ikzf1", TableKind.CLASS, levels, _by_group(codes, split, len(levels)))


def _pattern(names: set[str], levels: tuple[str, ...]) -> str:
    if len(names) != 1:
        return Found.SEVERAL.value if names else Found.UNNAMED.value
    name = names.pop()
    return name if name in levels else Found.OTHER.value


def _genes(frame: CohortFrame, split: Split) -> tuple[CountTable, ...]:
    """All genes but IKZF1, whose own table says more."""
    states = frame.gene_states.to_numpy(dtype=np.uint8)
    return tuple(
        CountTable(gene, TableKind.STATE, STATE_LEVELS, _by_group(states[:, place], split, 4))
        for place, gene in enumerate(frame.gene_states.columns)
        if gene != "IKZF1"
    )


def _courses(follow_ups: Sequence[FollowUp] | None, split: Split, days: int) -> tuple[Course, ...]:
    if follow_ups is None or not any(item.happenings for item in follow_ups):
        return ()
    listed = list(follow_ups)
    return tuple(_course(outcomes(listed, endpoint), split, days) for endpoint in ENDPOINTS)


def _course(found: Outcomes, split: Split, days: int) -> Course:
    groups = tuple(
        _followed(found, split.of[found.rows] == place, split.groups[place].n, days)
        for place in range(len(split.groups))
    )
    return Course(found.endpoint.value, days, groups)


def _followed(found: Outcomes, chosen: np.ndarray, children: int, days: int) -> GroupCourse:
    ended, codes = (found.days[chosen] // days).astype(int), found.codes[chosen]
    competes = bool(ENDS[found.endpoint][1])
    last = int(ended.max()) + 1 if len(ended) else 0

    def count(which: np.ndarray) -> list[int]:
        return np.bincount(ended[which], minlength=last).tolist()

    events, competing = count(codes == EVENT), count(codes == COMPETING)
    everybody = count(np.ones(len(ended), dtype=bool))
    intervals = []
    # An interval that nobody left is not written: one of a day each would be thousands.
    for place, n in enumerate(everybody):
        if n:
            lost = n - events[place] - competing[place]
            middle = (competing[place],) if competes else ()
            intervals.append(Interval.of(place, place, n=n, cells=(events[place], *middle, lost)))
    return GroupCourse(tuple(intervals), children - len(ended))
