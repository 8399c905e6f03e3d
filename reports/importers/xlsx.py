"""Reading an XLSX workbook: measured before it is unpacked, with the types that its cells have."""

from __future__ import annotations

import datetime
import io
import re
import warnings
import zipfile
from typing import Any

from django.utils.translation import gettext_noop

from reports.importers.problems import UnreadableFile, said
from reports.importers.workbook import Cell, SheetRows, check_size, text_cell, with_headings

MAX_UNPACKED = 300 * 1024 * 1024
MAX_PARTS = 2_000
MAX_RATIO = 200  # of unpacked to packed size, for parts over a megabyte
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([^"]{1,40})"')
_ESCAPED_CONTROL = re.compile(r"_x00[01][0-9A-Fa-f]_")


def read_xlsx(content: bytes) -> tuple[SheetRows, ...]:
    """Every sheet that holds anything. Raises `UnreadableFile`."""
    _measure(content)
    import openpyxl

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of styles and extensions it skips
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
            try:
                sheets = tuple(_sheet(sheet) for sheet in book.worksheets)
            finally:
                book.close()
    except UnreadableFile:
        raise
    except Exception as error:  # openpyxl raises what its XML reader and its zip reader raise
        raise _broken(error) from error
    filled = tuple(sheet for sheet in sheets if sheet is not None)
    if not filled:
        raise UnreadableFile(said(gettext_noop("The file is empty.")))
    return filled


def _broken(error: Exception) -> UnreadableFile:
    return UnreadableFile(
        said(
            gettext_noop("The workbook is damaged or incomplete ({why})."), why=type(error).__name__
        ),
        said(gettext_noop("Open it in the spreadsheet program and save it again as .xlsx.")),
    )


def _measure(content: bytes) -> None:
    """Refuse what is no workbook, or would unpack into more than a workbook may hold."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise _broken(error) from error
    if any(part.flag_bits & 1 for part in parts):
        raise UnreadableFile(said(gettext_noop("The workbook is protected with a password.")))
    bomb = len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED
    for part in parts:
        packed = max(part.compress_size, 1)
        bomb = bomb or (part.file_size > 1024**2 and part.file_size / packed > MAX_RATIO)
    if bomb:
        raise UnreadableFile(
            said(gettext_noop("The workbook would unpack into far more than a table needs.")),
            said(gettext_noop("Copy the table into a new workbook and save that.")),
        )
    if "xl/workbook.xml" not in {part.filename for part in parts}:
        raise UnreadableFile(
            said(gettext_noop("This is a zip archive, but not an Excel workbook (.xlsx).")),
            said(gettext_noop("Save it as an Excel workbook (.xlsx) or as CSV in UTF-8.")),
        )


def _sheet(sheet: Any) -> SheetRows | None:
    """The sheet's cells, or None for an empty sheet or a chart sheet."""
    _refuse_merged(sheet)
    # A sheet may claim any size; without the claim a row is as long as its last cell.
    sheet.reset_dimensions()
    rows = []
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        check_size(row=number, columns=_width(cells))
        row = tuple(
            _cell(sheet.title, number, column, cell) for column, cell in enumerate(cells, start=1)
        )
        if any(not cell.is_empty for cell in row):
            rows.append(row)
    return with_headings(sheet.title, rows) if rows else None


def _width(cells: tuple[Any, ...]) -> int:
    """Columns up to the last one with a value (formatted empty cells may follow it)."""
    width = len(cells)
    while width and cells[width - 1].value is None:
        width -= 1
    return width


def _refuse_merged(sheet: Any) -> None:
    """A merged cell gives its value to the first row only: refused rather than half read."""
    with sheet._get_source() as part:
        kept = b""
        while chunk := part.read(1024 * 1024):
            found = _MERGED.search(kept + chunk)
            if found:
                raise UnreadableFile(
                    said(
                        gettext_noop("Sheet {sheet} has merged cells ({range})."),
                        sheet=sheet.title,
                        range=found.group(1).decode("ascii", "replace"),
                    ),
                    said(gettext_noop("Unmerge them and write the value into every row.")),
                )
            kept = chunk[-200:]


def _cell(sheet: str, row: int, column: int, cell: Any) -> Cell:
    value = cell.value
    if value is None:
        return Cell(sheet, row, column, "empty")
    kind = cell.data_type
    if kind == "f":
        return Cell(sheet, row, column, "formula", str(getattr(value, "text", value)))
    if kind == "e":
        return Cell(sheet, row, column, "error", str(value))
    if isinstance(value, bool):
        return Cell(sheet, row, column, "boolean", value)
    if isinstance(value, datetime.date | datetime.time | datetime.timedelta):
        return Cell(sheet, row, column, "date", value)
    if isinstance(value, int | float):
        number_format = cell.number_format or ""
        return Cell(sheet, row, column, "number", value, "%" in number_format, number_format)
    text = str(value)
    if _ESCAPED_CONTROL.search(text):
        text = _ESCAPED_CONTROL.sub(lambda hit: chr(int(hit.group()[2:6], 16)), text)
    return text_cell(sheet, row, column, text)
