"""Table 2 of any spreadsheet: the children split by one column, compared in every other."""

from __future__ import annotations

import numpy as np

from analysis.calls import State
from analysis.cohort.columns import (
    ALTERED,
    NOT_DETECTED,
    NOT_EVALUABLE,
    NOT_TESTED,
    Column,
    Kind,
)
from analysis.cohort.compare import Methods, Split, described, split_by, tested
from analysis.cohort.rows import Excluded, Group, Table
from analysis.cohort.spreadsheet import Sheet
from analysis.cohort.table import as_family, notes_of
from analysis.wording import N_, Message, counted, say

STUDY = Methods()
# Why children are in no group, of one and of many.
_ANSWER = (
    N_("{n} child left out: {column} {state}."),
    N_("{n} children left out: {column} {state}."),
)
_NOTHING = (
    N_("{n} child left out: {column} not recorded."),
    N_("{n} children left out: {column} not recorded."),
)
_OTHER = (
    N_("{n} child left out: {column} has another value."),
    N_("{n} children left out: {column} has another value."),
)


def sheet_table(
    sheet: Sheet, by: str, *, methods: Methods = STUDY, groups: tuple[str, ...] = ()
) -> Table:
    """The groups are the values of `by`, or those named in `groups`, in that order.

    Raises KeyError for a column that there is not, ValueError for a measurement (split it with
    `spreadsheet.above` first) or for a value that nobody has.
    """
    column = sheet.column(by)
    split, excluded = split_sheet(sheet, column, groups)
    rows = []
    for other in sheet.columns:
        if other.name != by:
            rows += tested(sheet, split, described(sheet, split, other, methods.spread), methods)
    notes = (*sheet.notes, *notes_of(methods), *sheet.left_out)
    return Table(split.groups, as_family(rows, methods), column, methods.rule, excluded, notes)


def split_sheet(
    sheet: Sheet, column: Column, groups: tuple[str, ...]
) -> tuple[Split, tuple[Excluded, ...]]:
    if column.kind is Kind.NUMBER:
        raise ValueError(f"{column.name} is a measurement: it makes no groups")
    if column.kind is Kind.STATE and not column.levels and not groups:
        return split_by(sheet, column)
    codes, labels = _answers(sheet, column)
    texts = [str(label) for label in labels]
    if unknown := [value for value in groups if value not in texts]:
        raise ValueError(f"{column.name} has no value {unknown[0]}")
    chosen = [texts.index(value) for value in groups] if groups else list(range(len(texts)))
    # One place more, for those without an answer: code -1 finds it at the end.
    place = np.full(len(texts) + 1, -1)
    place[chosen] = np.arange(len(chosen))
    of = place[codes]
    sizes = np.bincount(of[of >= 0], minlength=len(chosen))
    named = tuple(Group(labels[code], int(n)) for code, n in zip(chosen, sizes, strict=True))
    return Split(named, of), _excluded(sheet, column, codes, of)


def _answers(sheet: Sheet, column: Column) -> tuple[np.ndarray, tuple[Message, ...]]:
    """A code a child (-1 for none) and what each code means."""
    codes = sheet.codes(column.name)
    if column.kind is Kind.CLASS:
        return codes, column.levels
    labels = column.levels or tuple(
        say(N_("{value}"), value=state) for state in (State.ALTERED, State.NOT_DETECTED)
    )
    return np.where(codes == ALTERED, 0, np.where(codes == NOT_DETECTED, 1, -1)), labels


def _excluded(
    sheet: Sheet, column: Column, codes: np.ndarray, of: np.ndarray
) -> tuple[Excluded, ...]:
    """Who is in no group. The groups of answers are 0 and 1; who has none of these answers may be
    not evaluable, not tested or not recorded."""
    raw = sheet.codes(column.name)
    answers = column.kind is Kind.STATE
    found = (
        (State.NOT_EVALUABLE, (raw == NOT_EVALUABLE) & answers, _ANSWER),
        (State.NOT_TESTED, (raw == NOT_TESTED) & answers, _ANSWER),
        (State.NOT_TESTED, raw < 0, _NOTHING),
        (None, (codes >= 0) & (of < 0), _OTHER),
    )
    return tuple(
        Excluded(state, n, counted(*sentences, n, column=column.label, state=state))
        for state, children, sentences in found
        if (n := int(children.sum()))
    )
