"""Tables of values as CSV and XLSX that no spreadsheet takes for formulas. Numbers stay numbers.

CSV is UTF-8 with a byte-order mark, so that Excel reads Chinese. A text that a spreadsheet could
take for a formula gets an apostrophe before it (OWASP, "CSV Injection"; the full-width signs count,
as Excel in Chinese and Japanese editions reads them); every text is quoted, so that no comma or
semicolon inside begins a cell of its own.
"""

from __future__ import annotations

import csv
import io
import math
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from reports.importers.written import put

Value = str | int | float | None
_FORMULA = re.compile(r"[\s\ufeff\u200b\"']*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n]")
# A fixed time: the same tables give the same bytes.
ZIPPED_AT = (1980, 1, 1, 0, 0, 0)
_NOT_IN_SHEET_NAMES = re.compile(r"[\[\]:*?/\\']")


@dataclass(frozen=True)
class Sheet:
    """One table. `name` is ASCII, for files; `behind` names the figures that show these values.

    A cell is text, a number, or None for "no value"; headings say the unit. `notes` stand below.
    """

    name: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    notes: tuple[str, ...] = ()
    behind: tuple[str, ...] = ()


def sheet_of(sheets: Sequence[Sheet], name: str) -> Sheet | None:
    """The sheet called `name`, else the first that stands behind the figure of that name."""
    called = (sheet for sheet in sheets if sheet.name == name)
    behind = (sheet for sheet in sheets if name in sheet.behind)
    return next(called, None) or next(behind, None)


def csv_bytes(sheet: Sheet) -> bytes:
    """Title, headings, rows, then the notes, each on a line of its own."""
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    lines: list[Sequence[Value]] = [(sheet.title,), sheet.columns, *sheet.rows]
    lines += [(note,) for note in sheet.notes]
    for line in lines:
        writer.writerow([_csv_cell(plain(value)) for value in line])
    return "\ufeff".encode() + text.getvalue().encode()


def csv_files(sheets: Sequence[Sheet]) -> dict[str, bytes]:
    """File name -> content, in order: "01-flow.csv" and so on."""
    return {
        f"{place:02d}-{sheet.name}.csv": csv_bytes(sheet)
        for place, sheet in enumerate(sheets, start=1)
    }


def zip_bytes(sheets: Sequence[Sheet]) -> bytes:
    """Every table as CSV in one archive."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in csv_files(sheets).items():
            archive.writestr(zipfile.ZipInfo(name, ZIPPED_AT), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def xlsx_bytes(sheets: Sequence[Sheet]) -> bytes:
    """One workbook, a sheet each; text is stored as text, whatever it begins with."""
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.active)
    names: set[str] = set()
    for sheet in sheets:
        _write(book.create_sheet(_sheet_name(sheet.name, names)), sheet)
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def _write(page: Any, sheet: Sheet) -> None:
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    bold = Font(bold=True)
    put(page, row=1, column=1, value=sheet.title).font = bold
    for column, heading in enumerate(sheet.columns, start=1):
        cell = put(page, row=2, column=column, value=heading)
        cell.font, cell.alignment = bold, Alignment(wrap_text=True, vertical="top")
        page.column_dimensions[get_column_letter(column)].width = 30 if column == 1 else 14
    for place, line in enumerate(sheet.rows, start=3):
        for column, value in enumerate(line, start=1):
            put(page, row=place, column=column, value=plain(value))
    for place, note in enumerate(sheet.notes, start=len(sheet.rows) + 4):
        put(page, row=place, column=1, value=note)
    page.freeze_panes = "B3"


def _sheet_name(name: str, taken: set[str]) -> str:
    """At most 31 characters without those that Excel refuses, each once."""
    base = _NOT_IN_SHEET_NAMES.sub("_", name)[:31] or "_"
    found, place = base, 1
    while found.casefold() in taken:
        place += 1
        found = f"{base[: 31 - len(str(place)) - 1]}~{place}"
    taken.add(found.casefold())
    return found


def plain(value: Any) -> Value:
    """A number of the analysis as Python's own; infinity as its sign, NaN as no value."""
    if value is None or isinstance(value, str):
        return None if value is None else str(value)
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        if math.isnan(value):
            return None
        return "∞" if value > 0 else "−∞"
    return value


def _csv_cell(value: Value) -> Value:
    if value is None:
        return ""
    if isinstance(value, str):
        text = value.replace("\x00", "")
        return f"'{text}" if _FORMULA.match(text) else text
    return value
