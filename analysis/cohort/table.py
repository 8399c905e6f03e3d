"""Table 1 (the children) and Table 2 (two groups of them compared), for any cohort.

The rows stand in the order of Zhang et al. 2022 (Front Genet 13:822832). A row knows its groups,
the test and why that one, the size of the difference, q, and who is missing; documents, portal and
exports print from it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from analysis.calls import State
from analysis.cohort import effect, ranks, significance
from analysis.cohort.columns import (
    ALTERED,
    COLUMNS,
    DISEASE,
    MRD_D29,
    NOT_DETECTED,
    NOT_EVALUABLE,
    NOT_TESTED,
    NUMBERS,
    RESPONSES,
    RISK,
    SEX,
    STATES,
    SUBTYPES,
    Column,
    Kind,
    Sex,
)
from analysis.cohort.effect import Effect, EffectName, OddsRatioKind
from analysis.cohort.frame import CohortFrame
from analysis.cohort.printed import number_text, percent_text, rounded, written
from analysis.cohort.ranks import RankMethod
from analysis.cohort.significance import Rule, TestName, TestResult
from analysis.wording import N_, Labelled, Message, say


class Block(Labelled):
    """Whether a row stands in the study's own table or is added after it."""

    STUDY = "study", N_("rows of the study")
    ALSO = "also", N_("also compared")


@dataclass(frozen=True)
class GroupValue:
    """One cell: what one group of children shows in one row.

    A proportion is `n` of `of`, those with an answer. A measurement has `n` measured of `of`
    children, with `median`, `low` (least) and `high` (greatest) to the column's digits, None where
    nobody was measured.
    `kind` says which of the two it is, NUMBER being a measurement.
    `not_tested` (for sex and risk group: not recorded) and `not_evaluable` are counted apart.
    """

    label: Message | Labelled
    n: int
    of: int
    median: float | None = None
    low: float | None = None
    high: float | None = None
    not_tested: int = 0
    not_evaluable: int = 0
    kind: Kind = Kind.STATE

    @property
    def missing(self) -> int:
        return self.not_tested + self.not_evaluable

    def text(self, language: str = "en") -> str:
        """ "5.9 (0.9-13.4)", "8/22 (36.4%)", or a dash where nobody has a value."""
        if self.kind is not Kind.NUMBER:
            return f"{self.n}/{self.of} ({percent_text(self.n, self.of)})" if self.of else "—"
        if self.median is None:
            return "—"
        values = (self.median, self.low, self.high)
        median, low, high = (number_text(value) for value in values)
        sentence = N_("{median} ({low}–{high})")
        return say(sentence, median=median, low=low, high=high).text(language)

    def to_json(self, language: str = "en") -> dict[str, Any]:
        return {
            "label": written(self.label, language),
            "n": self.n,
            "of": self.of,
            "median": self.median,
            "low": self.low,
            "high": self.high,
        }


@dataclass(frozen=True)
class Row:
    """One line of a table. `result` is None in Table 1, which compares nothing, and on the further
    lines of a characteristic with several classes, whose one test stands on its first line."""

    variable: str
    label: Message | Labelled
    kind: Kind
    groups: tuple[GroupValue, ...]
    unit: Message | None = None
    result: TestResult | None = None
    effects: tuple[Effect, ...] = ()
    q: float | None = None
    block: Block = Block.STUDY

    @property
    def p(self) -> float | None:
        return self.result.p if self.result else None

    @property
    def test(self) -> TestName | None:
        """The test that was made, None where none was."""
        made = self.result and self.result.test is not TestName.NONE
        return self.result.test if made else None

    @property
    def odds_ratio(self) -> Effect | None:
        names = (effect.EffectName.ODDS_RATIO, effect.EffectName.ODDS_RATIO_SAMPLE)
        return next((item for item in self.effects if item.name in names), None)

    def to_json(self, language: str = "en", *, effects: bool = False) -> dict[str, Any]:
        found: dict[str, Any] = {
            "variable": self.variable,
            "label": written(self.label, language),
            "test": self.test.label(language) if self.test else None,
            "p": self.p,
            "groups": [group.to_json(language) for group in self.groups],
        }
        if effects and (ratio := self.odds_ratio):
            found |= {
                "odds_ratio": effect.finite(ratio.estimate),
                "low": effect.finite(ratio.low),
                "high": effect.finite(ratio.high),
            }
        return found


@dataclass(frozen=True)
class Group:
    """A column of the table: its heading and its number of children."""

    label: Message | Labelled
    n: int


@dataclass(frozen=True)
class Excluded:
    """Children who are in no group, by the reason."""

    state: State
    n: int
    message: Message


@dataclass(frozen=True)
class Table:
    """`by` is None for Table 1, else the column whose answers make the groups."""

    groups: tuple[Group, ...]
    rows: tuple[Row, ...]
    by: Column | None = None
    rule: Rule | None = None
    excluded: tuple[Excluded, ...] = ()
    notes: tuple[Message, ...] = ()

    def row(self, variable: str) -> Row:
        """The first row of `variable`. Raises KeyError where there is none."""
        for row in self.rows:
            if row.variable == variable:
                return row
        raise KeyError(variable)

    def to_json(self, language: str = "en", *, effects: bool = False) -> list[dict[str, Any]]:
        """One dict a row; `effects` adds the odds ratio with its interval where there is one."""
        return [row.to_json(language, effects=effects) for row in self.rows]


def table1(frame: CohortFrame) -> Table:
    """All children of the cohort, described."""
    split = Split((Group(say(N_("All children")), len(frame)),), np.zeros(len(frame), dtype=int))
    study = [(column, Block.STUDY) for column in (SEX, *NUMBERS, *RESPONSES, RISK)]
    rows = [
        replace(row, block=block)
        for column, block in (*study, *_also(frame))
        for row in _rows(frame, split, column)
    ]
    return Table(split.groups, tuple(rows), notes=(_DENOMINATOR, _RANGE))


def table2(
    frame: CohortFrame,
    by: str = "ikzf1",
    *,
    rule: Rule | str = Rule.EXPECTED_COUNTS,
    ranks_by: RankMethod | str = RankMethod.ASYMPTOTIC,
    odds_ratio: OddsRatioKind | str = OddsRatioKind.CONDITIONAL,
) -> Table:
    """The cohort split by the answers of `by` and compared, row for row.

    A laboratory answer makes two groups, altered and not detected; not evaluable and not tested are
    left out and counted. Sex and risk group make a group a class. Raises KeyError for a column that
    there is not, ValueError for one of measurements.
    """
    methods = _Methods(Rule(rule), RankMethod(ranks_by), OddsRatioKind(odds_ratio))
    split, excluded = split_by(frame, COLUMNS[by])
    rows = []
    for column, block in _compared(frame):
        if column.name != by:
            described = _rows(frame, split, column)
            if column is SEX:
                described = [row for row in described if row.label is Sex.FEMALE]
            rows += [replace(row, block=block) for row in _tested(frame, split, described, methods)]
    rows = _with_odds_ratios(rows, methods.odds_ratio)
    q = significance.benjamini_hochberg([row.p for row in rows])
    rows = [replace(row, q=value) for row, value in zip(rows, q, strict=True)]
    notes = (_DENOMINATOR, _RANGE, say(N_("Tests of counts: {rule}."), rule=methods.rule), _Q)
    return Table(split.groups, tuple(rows), COLUMNS[by], methods.rule, excluded, notes)


_DENOMINATOR = say(
    N_("n of those tested and evaluable; not tested and not evaluable are counted apart.")
)
_RANGE = say(N_("Measurements: median (least–greatest)."))
_Q = say(N_("q: Benjamini-Hochberg false-discovery rate over all tests of this table."))


def _compared(frame: CohortFrame) -> tuple[tuple[Column, Block], ...]:
    study = [(column, Block.STUDY) for column in (SEX, *NUMBERS, *RESPONSES)]
    return (*study, (RISK, Block.ALSO), *_also(frame))


def _also(frame: CohortFrame) -> tuple[tuple[Column, Block], ...]:
    """What the study's tables do not hold. Day 29 only where a protocol measures it."""
    day29 = frame.codes(MRD_D29.name)
    measured = (MRD_D29,) if len(day29) and (day29 != NOT_TESTED).any() else ()
    return tuple((column, Block.ALSO) for column in (*DISEASE, *measured, *SUBTYPES))


@dataclass(frozen=True, eq=False)
class Split:
    """The groups, and for each child the place of its group, -1 for none."""

    groups: tuple[Group, ...]
    of: np.ndarray


@dataclass(frozen=True)
class _Methods:
    rule: Rule
    ranks: RankMethod
    odds_ratio: OddsRatioKind


def split_by(frame: CohortFrame, column: Column) -> tuple[Split, tuple[Excluded, ...]]:
    """The groups that the answers of `column` make, and who is in none of them."""
    if column.kind is Kind.NUMBER:
        raise ValueError(f"{column.name} is a measurement: it makes no groups")
    codes = frame.codes(column.name).astype(int)
    if column.kind is Kind.CLASS:
        labels: Sequence[Labelled] = column.levels
    else:
        labels = (State.ALTERED, State.NOT_DETECTED)
        codes = np.where(codes == ALTERED, 0, np.where(codes == NOT_DETECTED, 1, -1))
    sizes = np.bincount(codes[codes >= 0], minlength=len(labels))
    groups = tuple(Group(label, int(n)) for label, n in zip(labels, sizes, strict=True))
    return Split(groups, codes), _excluded(frame, column)


def _excluded(frame: CohortFrame, column: Column) -> tuple[Excluded, ...]:
    codes = frame.codes(column.name)
    if column.kind is Kind.CLASS:
        counts = {State.NOT_TESTED: int((codes < 0).sum())}
        sentence = N_("{n} children left out: {column} not recorded.")
    else:
        not_tested = int(((codes == NOT_TESTED) | (codes < 0)).sum())
        not_evaluable = int((codes == NOT_EVALUABLE).sum())
        counts = {State.NOT_EVALUABLE: not_evaluable, State.NOT_TESTED: not_tested}
        sentence = N_("{n} children left out: {column} {state}.")
    return tuple(
        Excluded(state, n, say(sentence, n=n, column=column.label, state=state))
        for state, n in counts.items()
        if n
    )


def _rows(frame: CohortFrame, split: Split, column: Column) -> list[Row]:
    """The rows of one column, described and not yet compared."""
    if column.kind is Kind.NUMBER:
        cells = _measurements(frame.numbers(column.name), split, column.digits)
        return [Row(column.name, column.label, column.kind, cells, column.unit)]
    counts = _counts(frame.codes(column.name), split, _levels(column))
    if column.kind is Kind.STATE:
        cells = tuple(
            GroupValue(
                group.label,
                n=int(line[ALTERED]),
                of=int(line[ALTERED] + line[NOT_DETECTED]),
                not_tested=int(line[NOT_TESTED] + line[-1]),
                not_evaluable=int(line[NOT_EVALUABLE]),
            )
            for group, line in zip(split.groups, counts, strict=True)
        )
        return [Row(column.name, column.label, column.kind, cells)]
    return [
        Row(column.name, level, column.kind, _class_cells(split, counts, place))
        for place, level in enumerate(column.levels)
    ]


def _levels(column: Column) -> int:
    return len(STATES) if column.kind is Kind.STATE else len(column.levels)


def _counts(codes: np.ndarray, split: Split, levels: int) -> np.ndarray:
    """Children by group (rows) and code (columns); the last column is "none recorded"."""
    inside = split.of >= 0
    cell = split.of[inside] * (levels + 1) + np.where(codes[inside] < 0, levels, codes[inside])
    size = len(split.groups) * (levels + 1)
    return np.bincount(cell, minlength=size).reshape(len(split.groups), levels + 1)


def _class_cells(split: Split, counts: np.ndarray, place: int) -> tuple[GroupValue, ...]:
    return tuple(
        GroupValue(group.label, int(line[place]), int(line[:-1].sum()), not_tested=int(line[-1]))
        for group, line in zip(split.groups, counts, strict=True)
    )


def _measurements(values: np.ndarray, split: Split, digits: int) -> tuple[GroupValue, ...]:
    cells = []
    for place, group in enumerate(split.groups):
        chosen = values[split.of == place]
        measured = chosen[~np.isnan(chosen)]
        n, of = len(measured), len(chosen)
        if n:
            found = (np.median(measured), measured.min(), measured.max())
            median, low, high = (rounded(float(value), digits) for value in found)
        else:
            median = low = high = None
        missing = {"not_tested": of - n, "kind": Kind.NUMBER}
        cells.append(GroupValue(group.label, n, of, median, low, high, **missing))
    return tuple(cells)


def _tested(frame: CohortFrame, split: Split, rows: list[Row], methods: _Methods) -> list[Row]:
    """`rows` (of one column) with the test and the size of the difference on the first of them."""
    first = rows[0]
    if first.kind is Kind.NUMBER:
        values = frame.numbers(first.variable)
        samples = [values[split.of == place] for place in range(len(split.groups))]
        compared = _compare_measurements(first, samples, methods)
    elif first.kind is Kind.CLASS and len(rows) > 1:
        counts = [[row.groups[place].n for row in rows] for place in range(len(split.groups))]
        missing = tuple(cell.missing for cell in first.groups)
        result = significance.contingency(counts, rule=methods.rule, missing=missing)
        compared = replace(first, result=result)
    else:
        compared = _compare_shares(first, methods)
    return [compared, *rows[1:]]


def _compare_measurements(row: Row, samples: list[np.ndarray], methods: _Methods) -> Row:
    if len(samples) != 2:
        return replace(row, result=ranks.kruskal_wallis(samples))
    result = ranks.mann_whitney(*samples, method=methods.ranks)
    return replace(row, result=result, effects=(effect.shift(*samples),))


def _compare_shares(row: Row, methods: _Methods) -> Row:
    n = tuple(cell.n for cell in row.groups)
    of = tuple(cell.of for cell in row.groups)
    missing = tuple(cell.missing for cell in row.groups)
    counts = [[count, total - count] for count, total in zip(n, of, strict=True)]
    result = significance.contingency(counts, rule=methods.rule, missing=missing)
    # The odds ratios of all rows are worked out together, by `_with_odds_ratios`.
    effects = (effect.difference(n, of),) if len(n) == 2 else ()
    return replace(row, result=result, effects=effects)


def _with_odds_ratios(rows: list[Row], kind: OddsRatioKind) -> list[Row]:
    """`rows` with the odds ratio before the difference, where two proportions are compared."""
    proportions = [row for row in rows if any(e.name is EffectName.DIFFERENCE for e in row.effects)]
    compared = [
        (tuple(cell.n for cell in row.groups), tuple(cell.of for cell in row.groups))
        for row in proportions
    ]
    found = dict(zip(map(id, proportions), effect.odds_ratios(compared, kind=kind), strict=True))
    return [
        replace(row, effects=(found[id(row)], *row.effects)) if id(row) in found else row
        for row in rows
    ]
