"""The tables of all centres: exact rows as `analysis.cohort.table` has them, and bounds."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from analysis.cohort import significance
from analysis.cohort.columns import COLUMNS, MRD_D29, SEX, STATES, Kind, Sex
from analysis.cohort.compare import Methods, Split, tested, with_odds_ratios
from analysis.cohort.printed import written
from analysis.cohort.rows import Group, GroupValue, Row
from analysis.cohort.significance import TestName
from analysis.pool.combine import (
    Certainty,
    Pool,
    PooledGroup,
    PooledTable,
    Range,
    by_name,
    column_of,
    group_labels,
    pooled_table,
)
from analysis.pool.levels import OTHER
from analysis.pool.measures import PooledMeasure, RankBounds, pooled_measure, rank_bounds
from analysis.pool.summary import Source
from analysis.wording import N_, Labelled, Message, say

STUDY = Methods()
# A withheld 2x2 table is tested in so many of its possible forms at most.
MOST_FORMS = 400


@dataclass(frozen=True)
class PBounds:
    """The least and the greatest p of `tried` tables that the withheld one can be; `every` says
    whether these were all."""

    low: float
    high: float
    tried: int
    every: bool


@dataclass(frozen=True)
class PooledRow:
    """One line. `row` is there where it is exact; else `p` holds bounds, where there are any.

    Counts: `n` of `of` children per group. Measurements: `measures`, and `ranks` of two groups.
    """

    variable: str
    label: Message | Labelled
    kind: Kind
    certainty: Certainty
    why: tuple[Message, ...]
    n: tuple[Range, ...] = ()
    of: tuple[Range, ...] = ()
    not_tested: tuple[Range, ...] = ()
    not_evaluable: tuple[Range, ...] = ()
    row: Row | None = None
    p: PBounds | None = None
    measures: tuple[PooledMeasure, ...] = ()
    ranks: RankBounds | None = None
    q: float | None = None

    def to_json(self, language: str = "en") -> dict[str, Any]:
        found: dict[str, Any] = {
            "variable": self.variable,
            "label": written(self.label, language),
            "kind": self.kind.value,
            "certainty": self.certainty.value,
            "why": [message.text(language) for message in self.why],
        }
        if self.kind is Kind.NUMBER:
            return found | self._measured()
        found["groups"] = [
            {
                "n": n.to_json(),
                "of": of.to_json(),
                "not_tested": lacking.to_json(),
                "not_evaluable": unread.to_json(),
            }
            for n, of, lacking, unread in zip(
                self.n, self.of, self.not_tested, self.not_evaluable, strict=True
            )
        ]
        if self.row is not None:
            return found | self._exact()
        bounds = self.p and {
            "low": self.p.low,
            "high": self.p.high,
            "tables": self.p.tried,
            "all_tables": self.p.every,
        }
        return found | {"test": None, "p": bounds, "q": None}

    def _exact(self) -> dict[str, Any]:
        row = self.row
        assert row is not None
        sizes = row.to_json(effects=True)
        return {
            "test": row.test.value if row.test else None,
            "p": row.p,
            "q": self.q,
            "odds_ratio": sizes.get("odds_ratio"),
            "low": sizes.get("low"),
            "high": sizes.get("high"),
        }

    def _measured(self) -> dict[str, Any]:
        ranks = self.ranks
        bounds = ranks and {"low": ranks.low, "high": ranks.high, "grouped": ranks.told}
        return {
            "groups": [measure.to_json() for measure in self.measures],
            "test": TestName.MANN_WHITNEY.value if ranks else None,
            "p": bounds,
            "q": None,
        }


def pooled_rows(pool: Pool, methods: Methods = STUDY) -> tuple[PooledRow, ...]:
    """The characteristics, in the order of Table 2 (or of the first spreadsheet)."""
    tables, histograms = by_name(pool, "tables"), by_name(pool, "histograms")
    if pool.first.source is Source.RECORDS:
        names = [name for name in COLUMNS if name in tables or name in histograms]
    else:
        names = [*histograms, *tables]
    rows: list[PooledRow] = []
    for name in names:
        if name in histograms:
            rows.append(_measurement(pool, name, histograms[name]))
        else:
            rows += _rows_of(pool, pooled_table(pool, tables[name]), methods)
    return as_family(rows)


def gene_rows(pool: Pool, methods: Methods = STUDY) -> tuple[PooledRow, ...]:
    """Every gene compared between the groups, a family of tests of its own."""
    rows: list[PooledRow] = []
    for tables in by_name(pool, "genes").values():
        rows += _rows_of(pool, pooled_table(pool, tables), methods)
    return as_family(rows)


def as_family(rows: Sequence[PooledRow]) -> tuple[PooledRow, ...]:
    """`rows` with q over those that have one exact p."""
    p = [row.row.p if row.row else None for row in rows]
    q = significance.benjamini_hochberg(p)
    return tuple(replace(row, q=value) for row, value in zip(rows, q, strict=True))


def _measurement(pool: Pool, name: str, histograms: list) -> PooledRow:
    read = [pooled_measure(pool, histograms, place) for place in range(len(pool.groups))]
    measures = tuple(measure for measure, _ in read)
    column = column_of(pool, name)
    why = (say(N_("from counts in bins")), *(message for _, found in read for message in found))
    if pool.any_silent:
        why += (say(N_("small groups are not counted")),)
    return PooledRow(
        variable=name,
        label=column.label if column else say(N_("{heading}"), heading=name),
        kind=Kind.NUMBER,
        certainty=Certainty.APPROXIMATE,
        why=why,
        measures=measures,
        ranks=rank_bounds(*measures) if len(measures) == 2 else None,
    )


def _rows_of(pool: Pool, table: PooledTable, methods: Methods) -> list[PooledRow]:
    """A line for "altered", or a line a class with the test on the first."""
    answered = [level for n, level in enumerate(table.levels) if n not in table.missing]
    is_state = table.levels[:4] == tuple(state.value for state in STATES)
    if table.variable == MRD_D29.name and not any(group.answered.high for group in table.groups):
        return []
    shown = answered[:1] if is_state else answered
    if table.variable == SEX.name and pool.first.source is Source.RECORDS:
        shown = [Sex.FEMALE.value]
    rows = [_plain(pool, table, level, is_state=is_state) for level in shown]
    if not rows:
        return []
    if table.certainty is Certainty.EXACT:
        return _exact_rows(pool, rows, methods)
    if len(table.groups) == 2 and len(answered) == 2:
        rows[0] = replace(rows[0], p=p_bounds(rows[0].n, rows[0].of, methods))
    return rows


def _plain(pool: Pool, table: PooledTable, level: str, *, is_state: bool) -> PooledRow:
    place = table.levels.index(level)
    column = column_of(pool, table.variable)
    kind = Kind.STATE if is_state else Kind.CLASS
    label: Message | Labelled = (
        column.label if column else say(N_("{heading}"), heading=table.variable)
    )
    if not is_state:
        levels = {str(item): item for item in (column.levels if column else (OTHER,))}
        label = levels.get(level, say(N_("{value}"), value=level))
    unread = [_missing(table, group, ("not_evaluable",)) for group in table.groups]
    lacking = [_missing(table, group, ("not_tested", "not_recorded")) for group in table.groups]
    return PooledRow(
        variable=table.variable,
        label=label,
        kind=kind,
        certainty=table.certainty,
        why=table.why,
        n=tuple(group.levels[place] for group in table.groups),
        of=tuple(group.answered for group in table.groups),
        not_tested=tuple(lacking),
        not_evaluable=tuple(unread),
    )


def _missing(table: PooledTable, group: PooledGroup, words: tuple[str, ...]) -> Range:
    found = Range(0, 0)
    for place in table.missing:
        if table.levels[place] in words:
            found += group.levels[place]
    return found


def _exact_rows(pool: Pool, rows: list[PooledRow], methods: Methods) -> list[PooledRow]:
    labels = group_labels(pool)
    plain = [
        Row(
            item.variable,
            item.label,
            item.kind,
            tuple(
                GroupValue(
                    label,
                    n=item.n[place].low,
                    of=item.of[place].low,
                    not_tested=item.not_tested[place].low,
                    not_evaluable=item.not_evaluable[place].low,
                    kind=item.kind,
                )
                for place, label in enumerate(labels)
            ),
        )
        for item in rows
    ]
    groups = tuple(Group(label, pool.size(n).low) for n, label in enumerate(labels))
    # Counts are compared from the rows alone; the children are not asked.
    split = Split(groups, np.empty(0, dtype=int))
    compared = with_odds_ratios(tested(_NOBODY, split, plain, methods), methods.odds_ratio)
    return [replace(item, row=row) for item, row in zip(rows, compared, strict=True)]


class _Nobody:
    """Stands for the children, of whom a pool has none."""

    def numbers(self, name: str) -> np.ndarray:
        raise LookupError(name)

    codes = numbers


_NOBODY = _Nobody()


def p_bounds(n: Sequence[Range], of: Sequence[Range], methods: Methods = STUDY) -> PBounds | None:
    """The p that two proportions known within bounds can have; None where none has a test."""
    ranges = (*n, *of)
    forms = 1
    for item in ranges:
        forms *= item.high - item.low + 1
    every = forms <= MOST_FORMS
    values = [_values(item, None if every else 4) for item in ranges]
    found = []
    for a, b, first, second in itertools.product(*values):
        if a > first or b > second:
            continue
        result = significance.two_proportions((a, b), (first, second), rule=methods.rule)
        if result.p is not None:
            found.append(result.p)
    return PBounds(min(found), max(found), len(found), every) if found else None


def _values(item: Range, most: int | None) -> list[int]:
    span = item.high - item.low
    if most is None or span < most:
        return list(range(item.low, item.high + 1))
    return [item.low + round(span * step / (most - 1)) for step in range(most)]
