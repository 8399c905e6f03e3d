"""The rows that could not be imported, written back with the reason beside each."""

from __future__ import annotations

import datetime
import re
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.utils.translation import gettext, gettext_noop

from reports.importers.layout import REASON_HEADINGS
from reports.importers.problems import ImportProblem
from reports.importers.workbook import Cell, SheetRows, SourceFile
from reports.importers.written import put


def write_error_book(
    path: Path, *, file: SourceFile | None, problems: Iterable[ImportProblem]
) -> None:
    """Write the bad rows of each sheet with a reason column, and a list of all problems.

    A corrected copy can be imported as it is: the reason column and the list are passed over.
    """
    import openpyxl

    errors = [problem for problem in problems if problem.is_error]
    book = openpyxl.Workbook()
    listing = book.active
    listing.title = "Problems"
    _write_listing(listing, errors)
    if file is not None:
        for source in file.sheets:
            _write_rows(book, source, errors)
    book.save(path)


_HEADINGS = (
    gettext_noop("Sheet"),
    gettext_noop("Row"),
    gettext_noop("Column"),
    gettext_noop("Cell"),
    gettext_noop("Value"),
    gettext_noop("What is wrong"),
    gettext_noop("What was expected"),
)


def _write_listing(sheet: Any, errors: list[ImportProblem]) -> None:
    for column, heading in enumerate(_HEADINGS, start=1):
        put(sheet, row=1, column=column, value=gettext(heading))
    for row, error in enumerate(errors, start=2):
        values = (error.sheet, error.row or "", error.column, error.address, error.value)
        values += (str(error.message), "" if error.expected is None else str(error.expected))
        for column, value in enumerate(values, start=1):
            put(sheet, row=row, column=column, value=value)
    sheet.freeze_panes = "A2"


def _write_rows(book: Any, source: SheetRows, errors: list[ImportProblem]) -> None:
    reasons: dict[int, list[str]] = defaultdict(list)
    for error in errors:
        if not source.name or error.sheet == source.name:
            text = str(error.message)
            text += "" if error.expected is None else f" ({error.expected})"
            reasons[error.row].append(f"{error.column}: {text}" if error.column else text)
    rows = [row for row in source.rows if row[0].row in reasons]
    if not rows:
        return
    sheet = book.create_sheet(re.sub(r"[\[\]:*?/\\]", "_", source.name or "patients")[:31])
    kept = [i for i, cell in enumerate(source.headings) if cell.text not in REASON_HEADINGS]
    for column, index in enumerate(kept, start=1):
        put(sheet, row=1, column=column, value=source.headings[index].text)
    put(sheet, row=1, column=len(kept) + 1, value=REASON_HEADINGS[0])
    for number, row in enumerate(rows, start=2):
        for column, index in enumerate(kept, start=1):
            _write_cell(sheet, number, column, row[index])
        put(sheet, row=number, column=len(kept) + 1, value="\n".join(reasons[row[0].row]))
    sheet.freeze_panes = "A2"


def _write_cell(sheet: Any, row: int, column: int, cell: Cell) -> None:
    value = cell.value
    if isinstance(value, datetime.time | datetime.timedelta):
        value = str(value)
    written = put(sheet, row=row, column=column, value=value)
    if cell.kind == "number" and cell.number_format:
        written.number_format = cell.number_format
