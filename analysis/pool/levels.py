"""Which words of a spreadsheet may leave the house: those that enough children share.

A class is a word that somebody typed. One that few have may be a name, a number or a remark, and
its being there says that somebody has it. So it is counted under "other", and a column of nothing
but such words is not counted at all. What one centre counts so is counted so for all of a pool.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from analysis.cohort.columns import Column, Kind
from analysis.cohort.sheet_table import split_sheet
from analysis.cohort.spreadsheet import Sheet
from analysis.pool.summary import CountTable
from analysis.wording import LANGUAGES, N_, say

OTHER = say(N_("other"))
_OWN = frozenset(OTHER.text(language) for language in LANGUAGES)


def shared_groups(sheet: Sheet, by: str, threshold: int) -> tuple[str, ...]:
    """The values of the column `by` that at least `threshold` children have; () for a column of
    answers, whose words are given. Raises ValueError where no value is, KeyError where there is no
    such column."""
    column = sheet.column(by)
    if column.kind is not Kind.CLASS:
        return ()
    codes = sheet.codes(by)
    shared = np.bincount(codes[codes >= 0], minlength=len(column.levels)) >= threshold
    if len(shared) and not shared.any():
        raise ValueError(f"no value of {by} is that of {threshold} children")
    return tuple(str(level) for level, told in zip(column.levels, shared, strict=True) if told)


def with_shared_levels(sheet: Sheet, by: str, groups: tuple[str, ...], threshold: int) -> Sheet:
    """The sheet with the classes that no group has `threshold` times as one, "other".

    Were a class told for its children in all groups together, two small counts of it would limit
    each other.
    """
    split, _ = split_sheet(sheet, sheet.column(by), groups)
    columns, values = [], dict(sheet.values)
    for column in sheet.columns:
        if column.kind is not Kind.CLASS or column.name == by:
            columns.append(column)
            continue
        codes = sheet.codes(column.name)
        told = _told(codes, split.of, column, threshold)
        if told.all():
            columns.append(column)
        elif told.any():
            columns.append(_merged(column, told))
            values[column.name] = _codes(codes, told)
    return replace(sheet, columns=tuple(columns), values=values)


def under_other(given: Sequence[CountTable]) -> frozenset[str]:
    """The levels of one characteristic's tables that a centre may have counted under "other", and
    that word itself in any language: added up without them, the sums would lack children."""
    answered = [set(table.levels) - {table.levels[n] for n in table.missing} for table in given]
    words = frozenset(level for own in answered for level in own if level.casefold() in _OWN)
    merging = [own for own in answered if own & words]
    return words | {
        level for own in answered for level in own if any(level not in m for m in merging)
    }


def _told(codes: np.ndarray, of: np.ndarray, column: Column, threshold: int) -> np.ndarray:
    told = np.zeros(len(column.levels), dtype=bool)
    for group in range(of.max(initial=-1) + 1):
        here = codes[(of == group) & (codes >= 0)]
        told |= np.bincount(here, minlength=len(told)) >= threshold
    if not told.all():
        # A class that the sheet itself calls so is one with it.
        told &= [str(level).casefold() not in _OWN for level in column.levels]
    return told


def _merged(column: Column, told: np.ndarray) -> Column:
    kept = [level for level, one in zip(column.levels, told, strict=True) if one]
    return replace(column, levels=(*kept, OTHER))


def _codes(codes: np.ndarray, told: np.ndarray) -> np.ndarray:
    places = np.where(told, np.cumsum(told) - 1, told.sum())
    # Code -1, nothing recorded, finds the last place.
    return np.append(places, -1)[codes]
