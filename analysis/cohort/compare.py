"""Groups of children described and compared, characteristic for characteristic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from analysis.calls import State
from analysis.cohort import effect, ranks, significance
from analysis.cohort.columns import (
    ALTERED,
    NOT_DETECTED,
    NOT_EVALUABLE,
    NOT_TESTED,
    STATES,
    Column,
    Kind,
)
from analysis.cohort.effect import EffectName, OddsRatioKind
from analysis.cohort.printed import rounded
from analysis.cohort.ranks import RankMethod
from analysis.cohort.rows import Excluded, Group, GroupValue, Row, Spread
from analysis.cohort.significance import Rule, TestName, TestResult
from analysis.wording import N_, Labelled, Message, counted, say


class Children(Protocol):
    """A cohort whose columns can be compared: a `CohortFrame`, or a spreadsheet."""

    def numbers(self, name: str) -> np.ndarray:
        """A measurement of each child, NaN for none."""

    def codes(self, name: str) -> np.ndarray:
        """The place of each child's answer among the column's levels, -1 for none."""


@dataclass(frozen=True, eq=False)
class Split:
    """The groups, and for each child the place of its group, -1 for none."""

    groups: tuple[Group, ...]
    of: np.ndarray


@dataclass(frozen=True)
class Methods:
    """How counts and measurements are compared, and what stands beside a median."""

    rule: Rule = Rule.EXPECTED_COUNTS
    ranks: RankMethod = RankMethod.ASYMPTOTIC
    odds_ratio: OddsRatioKind = OddsRatioKind.CONDITIONAL
    spread: Spread = Spread.RANGE


def split_by(frame: Children, column: Column) -> tuple[Split, tuple[Excluded, ...]]:
    """The groups that the answers of `column` make, and who is in none of them."""
    if column.kind is Kind.NUMBER:
        raise ValueError(f"{column.name} is a measurement: it makes no groups")
    codes = frame.codes(column.name).astype(int)
    if column.kind is Kind.CLASS:
        labels: Sequence[Labelled | Message] = column.levels
    else:
        labels = (State.ALTERED, State.NOT_DETECTED)
        codes = np.where(codes == ALTERED, 0, np.where(codes == NOT_DETECTED, 1, -1))
    sizes = np.bincount(codes[codes >= 0], minlength=len(labels))
    groups = tuple(Group(label, int(n)) for label, n in zip(labels, sizes, strict=True))
    return Split(groups, codes), _excluded(frame, column)


def _excluded(frame: Children, column: Column) -> tuple[Excluded, ...]:
    codes = frame.codes(column.name)
    if column.kind is Kind.CLASS:
        counts = {State.NOT_TESTED: int((codes < 0).sum())}
        one = N_("{n} child left out: {column} not recorded.")
        many = N_("{n} children left out: {column} not recorded.")
    else:
        not_tested = int(((codes == NOT_TESTED) | (codes < 0)).sum())
        not_evaluable = int((codes == NOT_EVALUABLE).sum())
        counts = {State.NOT_EVALUABLE: not_evaluable, State.NOT_TESTED: not_tested}
        one = N_("{n} child left out: {column} {state}.")
        many = N_("{n} children left out: {column} {state}.")
    return tuple(
        Excluded(state, n, counted(one, many, n, column=column.label, state=state))
        for state, n in counts.items()
        if n
    )


def described(
    frame: Children, split: Split, column: Column, spread: Spread = Spread.RANGE
) -> list[Row]:
    """The rows of one column, not yet compared."""
    if column.kind is Kind.NUMBER:
        cells = _measurements(frame.numbers(column.name), split, column, spread)
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


def _measurements(
    values: np.ndarray, split: Split, column: Column, spread: Spread
) -> tuple[GroupValue, ...]:
    cells = []
    for place, group in enumerate(split.groups):
        chosen = values[split.of == place]
        measured = chosen[~np.isnan(chosen)]
        n, of = len(measured), len(chosen)
        if n:
            quantiles = (0.25, 0.5, 0.75) if spread is Spread.IQR else (0, 0.5, 1)
            found = np.quantile(measured, quantiles)
            low, median, high = (rounded(float(value), column.digits) for value in found)
        else:
            median = low = high = None
        missing = {"not_tested": of - n, "kind": Kind.NUMBER}
        cells.append(GroupValue(group.label, n, of, median, low, high, **missing))
    return tuple(cells)


def tested(frame: Children, split: Split, rows: list[Row], methods: Methods) -> list[Row]:
    """`rows` (of one column) with the test and the size of the difference on the first of them."""
    first = rows[0]
    if not split.groups:
        nobody = TestResult(TestName.NONE, say(N_("No test: there is no group.")))
        return [replace(first, result=nobody), *rows[1:]]
    if first.kind is Kind.NUMBER:
        values = frame.numbers(first.variable)
        samples = [values[split.of == place] for place in range(len(split.groups))]
        compared = _compare_measurements(first, samples, methods)
    elif first.kind is Kind.CLASS and len(rows) > 2:
        counts = [[row.groups[place].n for row in rows] for place in range(len(split.groups))]
        missing = tuple(cell.missing for cell in first.groups)
        result = significance.contingency(counts, rule=methods.rule, missing=missing)
        compared = replace(first, result=result)
    else:
        compared = _compare_shares(first, methods)
    return [compared, *rows[1:]]


def _compare_measurements(row: Row, samples: list[np.ndarray], methods: Methods) -> Row:
    if len(samples) != 2:
        return replace(row, result=ranks.kruskal_wallis(samples))
    result = ranks.mann_whitney(*samples, method=methods.ranks)
    return replace(row, result=result, effects=(effect.shift(*samples),))


def _compare_shares(row: Row, methods: Methods) -> Row:
    n = tuple(cell.n for cell in row.groups)
    of = tuple(cell.of for cell in row.groups)
    missing = tuple(cell.missing for cell in row.groups)
    counts = [[count, total - count] for count, total in zip(n, of, strict=True)]
    result = significance.contingency(counts, rule=methods.rule, missing=missing)
    # The odds ratios of all rows are worked out together, by `with_odds_ratios`.
    effects = (effect.difference(n, of),) if len(n) == 2 else ()
    return replace(row, result=result, effects=effects)


def with_odds_ratios(rows: list[Row], kind: OddsRatioKind) -> list[Row]:
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
