"""Reading a spreadsheet file into cells, each with its place, without guessing what they mean.

A file is judged by its content, never by its name. CSV and TSV must be UTF-8 (with or without a
byte order mark) or GB18030; XLSX is measured in its zip directory before anything is unpacked.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_noop

from reports.importers.problems import UnreadableFile, said

MAX_BYTES = 50 * 1024 * 1024
MAX_ROWS = 100_000
MAX_COLUMNS = 500
MAX_CELL = 32_767  # what one spreadsheet cell can hold


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell. `kind`: empty, text, number, date, boolean, formula, error.

    `row` and `column` count from 1; `percent` says that the spreadsheet shows the number with a
    percent sign (its value is then the fraction); `number_format` is the spreadsheet's own.
    """

    sheet: str
    row: int
    column: int
    kind: str
    value: Any = None
    percent: bool = False
    number_format: str = ""

    @property
    def address(self) -> str:
        return f"{column_letters(self.column)}{self.row}" if self.column else ""

    @property
    def is_empty(self) -> bool:
        return self.kind == "empty"

    @property
    def text(self) -> str:
        """The cell as text, for messages and for columns that hold text."""
        if self.value is None:
            return ""
        if self.kind == "number":
            return number_text(self.value)
        return str(self.value)


@dataclass(frozen=True)
class SheetRows:
    """A sheet as read: the heading row's cells, then rows of equally many cells."""

    name: str
    headings: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True)
class SourceFile:
    """A file as read. `form` is "csv" or "xlsx"; `sha256` is of its bytes."""

    name: str
    sha256: str
    form: str
    encoding: str
    sheets: tuple[SheetRows, ...]


def read_file(path: Path) -> SourceFile:
    """Read the file at `path`; raises `UnreadableFile`."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise _too_big()
        content = path.read_bytes()
    except OSError as error:
        raise UnreadableFile(
            said(gettext_noop("The file cannot be opened: {why}"), why=error.strerror)
        ) from error
    return read_bytes(content, name=path.name)


def read_bytes(content: bytes, *, name: str) -> SourceFile:
    """Read a file's `content`; `name` is only for messages. Raises `UnreadableFile`."""
    if len(content) > MAX_BYTES:
        raise _too_big()
    if not content.strip():
        raise UnreadableFile(said(gettext_noop("The file is empty.")))
    digest = hashlib.sha256(content).hexdigest()
    if content.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        from reports.importers.xlsx import read_xlsx

        return SourceFile(name, digest, "xlsx", "", read_xlsx(content))
    _refuse_other_forms(content)
    text, encoding = decode(content)
    return SourceFile(name, digest, "csv", encoding, (_csv_sheet(text),))


def _too_big() -> UnreadableFile:
    return UnreadableFile(
        said(gettext_noop("The file is larger than {limit} MB."), limit=MAX_BYTES // 1024**2)
    )


# --- what the file is ----------------------------------------------------------------------------

_SIGNATURES = (
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"{\\rtf", "RTF"),
    (b"\x1f\x8b", "gzip"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf", "7-Zip"),
    (b"SQLite format 3", "SQLite"),
)
_SAVE_AS = gettext_noop("Save it as an Excel workbook (.xlsx) or as CSV in UTF-8.")


def _refuse_other_forms(content: bytes) -> None:
    """Refuse by name what is neither a workbook nor a table in text."""
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise UnreadableFile(
                said(gettext_noop("The workbook is protected with a password.")),
                said(gettext_noop("Remove the password and save it again.")),
            )
        raise UnreadableFile(
            said(gettext_noop("This is an old Excel file (.xls), which is not read.")),
            said(_SAVE_AS),
        )
    for signature, form in _SIGNATURES:
        if content.startswith(signature):
            raise UnreadableFile(
                said(gettext_noop("This is a {form} file, not a table."), form=form), said(_SAVE_AS)
            )
    start = content[:2000].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if start.startswith((b"<!doctype", b"<html", b"<table", b"<?xml", b"<head", b"<meta")):
        raise UnreadableFile(
            said(gettext_noop("This is a web page or XML, whatever its name says.")),
            said(_SAVE_AS),
        )


def decode(content: bytes) -> tuple[str, str]:
    """(text, encoding) of UTF-8 or GB18030 bytes, decoded strictly. Raises `UnreadableFile`."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")) or _looks_like_utf16(content):
        raise UnreadableFile(
            said(gettext_noop("The file is in UTF-16 (Excel calls it Unicode text).")),
            said(_SAVE_AS),
        )
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        # GB18030 gives private-use characters to bytes that no text in it contains.
        if encoding == "gb18030" and any(unicodedata.category(char) == "Co" for char in text):
            continue
        return text, encoding
    raise UnreadableFile(
        said(gettext_noop("The text is neither UTF-8 nor GB18030, or it is not text.")),
        said(_SAVE_AS),
    )


def _looks_like_utf16(content: bytes) -> bool:
    sample = content[:2000]
    return len(sample) >= 8 and sample.count(b"\x00") > len(sample) // 4


# --- text tables ---------------------------------------------------------------------------------


def _csv_sheet(text: str) -> SheetRows:
    delimiter = sniffed_delimiter(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        records = list(_records(reader))
    except csv.Error as error:
        raise UnreadableFile(
            said(
                gettext_noop("The table breaks off or is misquoted near line {line}: {why}"),
                line=reader.line_num,
                why=error,
            ),
            said(gettext_noop('A cell in double quotes must end with one; write " inside as "".')),
        ) from error
    rows = [_text_cells(number, values) for number, values in records]
    return with_headings("", rows, ragged_is_wrong=True)


def _records(reader: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    for number, values in enumerate(reader, start=1):
        check_size(row=number, columns=len(values))
        if any(value.strip() for value in values):
            yield number, values


def _text_cells(row: int, values: list[str]) -> tuple[Cell, ...]:
    return tuple(text_cell("", row, column, value) for column, value in enumerate(values, start=1))


def sniffed_delimiter(text: str) -> str:
    """The one of comma, semicolon and tab that the first line has most of, outside quotes."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    bare = re.sub(r'"[^"]*"', "", first)
    return max((",", ";", "\t"), key=bare.count)


# --- shared by both forms ------------------------------------------------------------------------

_ERROR_TEXTS = frozenset(
    {"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"}
)
_BLANK = " \t\r\n\u00a0\u3000\ufeff"


def text_cell(sheet: str, row: int, column: int, value: str) -> Cell:
    """A text cell without the blanks around it; a spreadsheet's error text becomes an error."""
    stripped = value.strip(_BLANK)
    if not stripped:
        return Cell(sheet, row, column, "empty")
    if stripped in _ERROR_TEXTS:
        return Cell(sheet, row, column, "error", stripped)
    return Cell(sheet, row, column, "text", stripped)


def check_size(*, row: int, columns: int) -> None:
    if row > MAX_ROWS:
        raise UnreadableFile(
            said(gettext_noop("The sheet has more than {limit} rows."), limit=MAX_ROWS)
        )
    if columns > MAX_COLUMNS:
        raise UnreadableFile(
            said(
                gettext_noop("Row {row} has more than {limit} columns."),
                row=row,
                limit=MAX_COLUMNS,
            )
        )


def with_headings(
    name: str, rows: list[tuple[Cell, ...]], *, ragged_is_wrong: bool = False
) -> SheetRows:
    """First row as headings, trailing empty headings cut, every row as wide as the headings."""
    if not rows:
        raise UnreadableFile(said(gettext_noop("The file is empty.")))
    headings = rows[0]
    while headings and headings[-1].is_empty:
        headings = headings[:-1]
    width = len(headings)
    body = []
    for row in rows[1:]:
        extra = next((cell for cell in row[width:] if not cell.is_empty), None)
        if extra is not None or (ragged_is_wrong and len(row) < width):
            raise UnreadableFile(
                said(
                    gettext_noop("Row {row} has {found} cells where there are {width} headings."),
                    row=row[0].row,
                    found=len(row) if extra is None else extra.column,
                    width=width,
                ),
                said(gettext_noop("A delimiter inside a value needs quotes around the value.")),
            )
        filler = tuple(
            Cell(name, row[0].row, column, "empty") for column in range(len(row) + 1, width + 1)
        )
        body.append(row[:width] + filler)
    return SheetRows(name, headings, tuple(body))


def column_letters(column: int) -> str:
    """1 -> "A", 28 -> "AB"."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def number_text(value: int | float) -> str:
    """A spreadsheet's number with the 15 digits that it keeps: 64.8, 2020, 1e-05 -> 0.00001."""
    if isinstance(value, int):
        return str(value)
    from decimal import Decimal

    text = format(Decimal(format(value, ".15g")), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
