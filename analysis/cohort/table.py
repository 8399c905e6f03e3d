"""Table 1 (the children) and Table 2 (two groups of them compared), for any cohort.

The rows stand in the order of Zhang et al. 2022 (Front Genet 13:822832). Documents, portal and
exports print from them.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from analysis.cohort import significance
from analysis.cohort.columns import (
    COLUMNS,
    DISEASE,
    MRD_D29,
    NOT_TESTED,
    NUMBERS,
    RESPONSES,
    RISK,
    SEX,
    SUBTYPES,
    Column,
    Sex,
)
from analysis.cohort.compare import (
    Methods,
    Split,
    described,
    split_by,
    tested,
    with_odds_ratios,
)
from analysis.cohort.effect import OddsRatioKind
from analysis.cohort.frame import CohortFrame
from analysis.cohort.ranks import RankMethod
from analysis.cohort.rows import Block, Group, GroupValue, Row, Spread, Table
from analysis.cohort.significance import Rule
from analysis.wording import N_, Message, say

__all__ = ["Block", "Group", "GroupValue", "Row", "Table", "table1", "table2"]


def table1(frame: CohortFrame, *, spread: Spread | str = Spread.RANGE) -> Table:
    """All children of the cohort, described."""
    spread = Spread(spread)
    split = Split((Group(say(N_("All children")), len(frame)),), np.zeros(len(frame), dtype=int))
    study = [(column, Block.STUDY) for column in (SEX, *NUMBERS, *RESPONSES, RISK)]
    rows = [
        replace(row, block=block)
        for column, block in (*study, *_also(frame))
        for row in described(frame, split, column, spread)
    ]
    return Table(split.groups, tuple(rows), notes=(DENOMINATOR, SPREADS[spread]))


def table2(
    frame: CohortFrame,
    by: str = "ikzf1",
    *,
    rule: Rule | str = Rule.EXPECTED_COUNTS,
    ranks_by: RankMethod | str = RankMethod.ASYMPTOTIC,
    odds_ratio: OddsRatioKind | str = OddsRatioKind.CONDITIONAL,
    spread: Spread | str = Spread.RANGE,
) -> Table:
    """The cohort split by the answers of `by` and compared, row for row.

    A laboratory answer makes two groups, altered and not detected; not evaluable and not tested are
    left out and counted. Sex and risk group make a group a class. Raises KeyError for a column that
    there is not, ValueError for one of measurements.
    """
    methods = Methods(Rule(rule), RankMethod(ranks_by), OddsRatioKind(odds_ratio), Spread(spread))
    split, excluded = split_by(frame, COLUMNS[by])
    rows = []
    for column, block in _compared(frame):
        if column.name != by:
            rows_of = described(frame, split, column, methods.spread)
            if column is SEX:
                rows_of = [row for row in rows_of if row.label is Sex.FEMALE]
            rows += [replace(row, block=block) for row in tested(frame, split, rows_of, methods)]
    found = (split.groups, as_family(rows, methods), COLUMNS[by], methods.rule, excluded)
    return Table(*found, notes_of(methods))


def as_family(rows: list[Row], methods: Methods) -> tuple[Row, ...]:
    """`rows` with their odds ratios, and with q over all tests among them."""
    rows = with_odds_ratios(rows, methods.odds_ratio)
    q = significance.benjamini_hochberg([row.p for row in rows])
    return tuple(replace(row, q=value) for row, value in zip(rows, q, strict=True))


def notes_of(methods: Methods) -> tuple[Message, ...]:
    """What a reader of a table of comparisons must know."""
    rule = say(N_("Tests of counts: {rule}."), rule=methods.rule)
    return (DENOMINATOR, SPREADS[methods.spread], rule, _Q)


DENOMINATOR = say(
    N_("n of those tested and evaluable; not tested and not evaluable are counted apart.")
)
SPREADS = {
    Spread.RANGE: say(N_("Measurements: median (least–greatest).")),
    Spread.IQR: say(N_("Measurements: median (lower–upper quartile, type 7).")),
}
_Q = say(N_("q: Benjamini-Hochberg false-discovery rate over all tests of this table."))


def _compared(frame: CohortFrame) -> tuple[tuple[Column, Block], ...]:
    study = [(column, Block.STUDY) for column in (SEX, *NUMBERS, *RESPONSES)]
    return (*study, (RISK, Block.ALSO), *_also(frame))


def _also(frame: CohortFrame) -> tuple[tuple[Column, Block], ...]:
    """What the study's tables do not hold. Day 29 only where a protocol measures it."""
    day29 = frame.codes(MRD_D29.name)
    measured = (MRD_D29,) if len(day29) and (day29 != NOT_TESTED).any() else ()
    return tuple((column, Block.ALSO) for column in (*DISEASE, *measured, *SUBTYPES))
