"""From a file's sheets to raw records under the documented column names.

A raw record still holds cells: what they say is decided by the readers that travel with them.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_noop

from reports.importers.columns import SheetColumns, documented_sheets
from reports.importers.problems import ImportProblem, Said, said, shown
from reports.importers.values import Reader
from reports.importers.words import folded
from reports.importers.workbook import Cell, SheetRows, SourceFile

# Sheets of the template that explain and hold no records.
LEGEND_SHEETS = ("Legend", "说明", "Choices", "选项", "Problems", "问题")
# The column that `--errors` adds: a corrected file may keep it.
REASON_HEADINGS = ("import_problem", "导入问题")


@dataclass(frozen=True)
class RawRecord:
    """Cells of one record. `place` (its sheet), `row` and `headings` are the file's own."""

    sheet: SheetColumns
    place: str
    row: int
    cells: Mapping[str, Cell]
    readers: Mapping[str, Reader]
    headings: Mapping[str, str]
    # From a mapping: the record exists only where one of these columns is known.
    only_if: tuple[str, ...] = ()
    merged_rows: tuple[int, ...] = ()


@dataclass(frozen=True)
class LeftOut:
    """Patients (or rows) that a mapping leaves out, and why."""

    reason: str
    count: int
    rows: tuple[int, ...]


@dataclass(frozen=True)
class Extracted:
    """All raw records of a file, what was wrong with its layout, and what was left out."""

    records: tuple[RawRecord, ...]
    problems: tuple[ImportProblem, ...] = ()
    left_out: tuple[LeftOut, ...] = ()


def extract(file: SourceFile, *, today: datetime.date, sheet: str = "") -> Extracted:
    """Raw records of a file with the documented headings.

    `sheet` names the documented sheet that a CSV, or a workbook's only sheet, holds.
    """
    records: list[RawRecord] = []
    problems: list[ImportProblem] = []
    taken: dict[str, str] = {}
    for source in file.sheets:
        target = _documented(source, file=file, asked=sheet)
        if target is None:
            if folded(source.name) not in {folded(name) for name in LEGEND_SHEETS}:
                problems.append(_unknown_sheet(source))
            continue
        if target.name in taken:
            problems.append(_twice(source, taken[target.name]))
            continue
        taken[target.name] = source.name
        found, wrong = _sheet_records(source, target, today)
        records += found
        problems += wrong
    if not records and not problems:
        problems.append(
            ImportProblem("", 0, "", "", said(gettext_noop("The file has headings but no rows.")))
        )
    return Extracted(tuple(records), tuple(problems))


def find_sheet(name: str) -> SheetColumns | None:
    """The documented sheet of an English or Chinese name."""
    wanted = folded(name)
    for sheet in documented_sheets().values():
        if wanted in (folded(sheet.name), folded(sheet.zh), folded(sheet.name.replace("_", " "))):
            return sheet
    return None


def _documented(source: SheetRows, *, file: SourceFile, asked: str) -> SheetColumns | None:
    if file.form == "csv" or (len(file.sheets) == 1 and find_sheet(source.name) is None):
        return find_sheet(asked or "patients")
    return find_sheet(source.name)


def _unknown_sheet(source: SheetRows) -> ImportProblem:
    names = ", ".join(f"{sheet.name} ({sheet.zh})" for sheet in documented_sheets().values())
    return ImportProblem(
        source.name,
        0,
        "",
        shown(source.name),
        said(gettext_noop("This sheet's name is not known, so nobody knows what its rows are.")),
        said(gettext_noop("one of: {values}"), values=names),
    )


def _twice(source: SheetRows, other: str) -> ImportProblem:
    return ImportProblem(
        source.name,
        0,
        "",
        shown(source.name),
        said(gettext_noop("Two sheets hold the same kind of record: {other}"), other=shown(other)),
    )


def _sheet_records(
    source: SheetRows, target: SheetColumns, today: datetime.date
) -> tuple[list[RawRecord], list[ImportProblem]]:
    place = source.name or target.name
    columns, problems = matched_headings(source, target)
    if problems:
        return [], problems
    readers = {name: Reader(target.by_name[name], today) for name in columns}
    headings = {name: source.headings[index].text for name, index in columns.items()}
    records = [
        RawRecord(
            target,
            place,
            row[0].row,
            {name: row[index] for name, index in columns.items()},
            readers,
            headings,
        )
        for row in source.rows
    ]
    return records, []


def matched_headings(
    source: SheetRows, target: SheetColumns
) -> tuple[dict[str, int], list[ImportProblem]]:
    """Documented column name -> index in the sheet, and everything wrong with the headings."""
    names = {folded(column.name): column.name for column in target.columns}
    names |= {folded(column.zh): column.name for column in target.columns}
    columns: dict[str, int] = {}
    problems = []
    for index, heading in enumerate(source.headings):
        if heading.text in REASON_HEADINGS:
            continue
        name = names.get(folded(heading.text))
        if heading.is_empty:
            problems.append(_heading(source, target, heading, gettext_noop("A heading is empty.")))
        elif name is None:
            problems.append(
                _heading(
                    source,
                    target,
                    heading,
                    gettext_noop("This heading is not known."),
                    said(
                        gettext_noop("one of: {values}"),
                        values=", ".join(column.name for column in target.columns),
                    ),
                )
            )
        elif name in columns:
            problems.append(
                _heading(source, target, heading, gettext_noop("This heading stands twice."))
            )
        else:
            columns[name] = index
    missing = [name for name in target.required if name not in columns]
    for name in missing:
        problems.append(
            ImportProblem(
                source.name or target.name,
                0,
                name,
                "",
                said(gettext_noop("The required column {name} is missing."), name=name),
                said(
                    gettext_noop("a heading {name} or {zh}"), name=name, zh=target.by_name[name].zh
                ),
            )
        )
    return columns, problems


def _heading(
    source: SheetRows,
    target: SheetColumns,
    heading: Cell,
    sentence: str,
    expected: Said | None = None,
) -> ImportProblem:
    return ImportProblem(
        source.name or target.name,
        heading.row,
        shown(heading.text),
        shown(heading.text),
        said(sentence),
        expected,
        heading.address,
    )
