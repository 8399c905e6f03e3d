"""A text table or a workbook as rows of text with their lines, read within limits.

Text may be UTF-8 (with or without a byte order mark), UTF-16 with a mark, or GBK; lines may end in
LF, CRLF or CR; fields are separated by tab, comma or semicolon, whichever the first line with any
has. Nothing is guessed about what the columns mean.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
import unicodedata
import warnings
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis.file_problems import FileRefused, ProblemBook, Unreadable, refusal
from analysis.wording import N_

MAX_BYTES = 20 * 1024 * 1024
MAX_LINES = 200_000
MAX_LINE_CHARACTERS = 10_000
MAX_LINES_OF_A_CELL = 50
MAX_COLUMNS = 1_000
MAX_CELLS = 2_000_000
MAX_UNPACKED = 100 * 1024 * 1024
MAX_PARTS = 1_000
MAX_PACKING = 200  # unpacked to packed size of a part over a megabyte
# A line of remarks; a row that begins with an error of a spreadsheet is none.
COMMENT = re.compile(r"\s*#(?!(?:N/A|REF!|VALUE!|DIV/0!|NAME\?|NUM!|NULL!))")
_LINE_END = re.compile(r"\r\n|\n|\r")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?")
LARGEST = 1e12


@dataclass(frozen=True)
class Row:
    """Cells as stripped text; `line` counts from 1 in the file or sheet."""

    line: int
    cells: tuple[str, ...]

    @property
    def filled(self) -> int:
        """Number of cells up to the last one with text."""
        return max((n for n, cell in enumerate(self.cells, start=1) if cell), default=0)


@dataclass(frozen=True)
class Grid:
    """One table. `notes` are the `# name: value` lines of a text file, whose `sheet` is ""."""

    file: str
    sha256: str
    rows: tuple[Row, ...]
    sheet: str = ""
    encoding: str = ""
    notes: tuple[tuple[str, str], ...] = ()


def read_limited(path: Path) -> bytes:
    """The file's bytes. Raises `FileRefused` where it is missing, unreadable or too large."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise refusal(path.name, N_("cannot be opened ({why})"), why=why) from error
    return content


def read_grids(content: bytes, *, file: str) -> tuple[Grid, ...]:
    """Every table in `content` that holds anything. Raises `FileRefused`."""
    if len(content) > MAX_BYTES:
        megabytes = MAX_BYTES // 1024**2
        raise refusal(file, N_("is larger than {limit} MB"), limit=megabytes)
    if not content.strip():
        raise refusal(file, N_("is empty"))
    digest = hashlib.sha256(content).hexdigest()
    if content.startswith(b"PK\x03\x04"):
        return _workbook(content, file, digest)
    return (_text_grid(content, file, digest),)


def number(text: str, name: str, *, least: float = 0.0) -> float:
    """`text` as a finite number. Raises `Unreadable` naming the column."""
    if not text:
        raise Unreadable(N_("{column} is missing"), column=name)
    if not _NUMBER.fullmatch(text):
        sentence = N_(
            '{column} is not a number: "{value}" (a decimal point, no thousands separator)'
        )
        raise Unreadable(sentence, column=name, value=text[:40])
    value = float(text)
    if not least <= value <= LARGEST:
        sentence = N_("{column} must not be below {least} or above {most}: {value}")
        raise Unreadable(sentence, column=name, least=least, most=LARGEST, value=text[:40])
    return value


def _text_grid(content: bytes, file: str, digest: str) -> Grid:
    text, encoding = _decoded(content, file)
    lines = _LINE_END.split(text)
    if len(lines) > MAX_LINES:
        raise refusal(file, N_("has more than {limit} lines"), limit=MAX_LINES)
    book = ProblemBook(file)
    rows, notes, delimiter = [], [], ""
    after = 0
    for line, written in enumerate(lines, start=1):
        if line <= after:
            continue
        if len(written) > MAX_LINE_CHARACTERS:
            book.note(line, N_("is longer than {limit} characters"), limit=MAX_LINE_CHARACTERS)
            continue
        if COMMENT.match(written):
            notes += _note(written)
            continue
        delimiter = delimiter or next((mark for mark in "\t,;" if mark in written), "")
        cells = _cells(written, delimiter or ",")
        if cells is None and not book.found:
            wide = len(rows[0].cells) if rows else 0
            cells, after = _cells_of_lines(lines, line, delimiter or ",", wide)
        if cells is None:
            book.note(line, N_("has a quotation mark that is not closed"))
        elif any(cells):
            rows.append(Row(line, cells))
    book.refuse()
    if not rows:
        raise refusal(file, N_("is empty"))
    return Grid(file, digest, tuple(rows), encoding=encoding, notes=tuple(notes))


def _note(written: str) -> list[tuple[str, str]]:
    name, colon, value = written.strip(" \t#,;").partition(":")
    return [(name.strip().casefold(), value.strip())] if colon else []


def _cells_of_lines(
    lines: list[str], line: int, delimiter: str, wide: int
) -> tuple[tuple[str, ...] | None, int]:
    """The cells of a row that begins in `line` and holds a cell of several lines, with the last of
    them; None where its quotation mark is never closed, or closed in a row not as `wide` as the
    headings (0: it is the headings)."""
    written = lines[line - 1]
    for last in range(line + 1, min(line + MAX_LINES_OF_A_CELL, len(lines)) + 1):
        written += f"\n{lines[last - 1]}"
        cells = _cells(written, delimiter)
        if cells is not None and len(written) <= MAX_LINE_CHARACTERS and wide in (0, len(cells)):
            return tuple(" ".join(cell.split()) for cell in cells), last
    return None, line


def _cells(written: str, delimiter: str) -> tuple[str, ...] | None:
    try:
        found = next(csv.reader([written], delimiter=delimiter, strict=True), [])
    except csv.Error:
        return None
    return tuple(cell.strip() for cell in found)


def _decoded(content: bytes, file: str) -> tuple[str, str]:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        names = ("utf-16",)
    elif b"\x00" in content:
        raise refusal(file, N_("is not text: it holds zero bytes"))
    else:
        names = ("utf-8-sig", "gb18030")
    for name in names:
        try:
            text = content.decode(name)
        except UnicodeDecodeError:
            continue
        if name == "gb18030" and not _is_chinese(text):
            continue  # almost any bytes can be read as GBK: only what gives Chinese is
        bad = re.search(r"[\x00-\x08\x0e-\x1f\x7f]", text)
        if bad:
            line = len(_LINE_END.split(text[: bad.start()]))
            raise refusal(file, N_("is not text: it holds control characters"), line=line)
        return text, "utf-8" if name == "utf-8-sig" else name
    raise refusal(file, N_("is neither UTF-8 nor GBK text: save it as UTF-8"))


def _is_chinese(text: str) -> bool:
    foreign = {character for character in text if ord(character) > 127}
    return all(
        "CJK" in unicodedata.name(character, "") or "FULLWIDTH" in unicodedata.name(character, "")
        for character in foreign
    )


def _workbook(content: bytes, file: str, digest: str) -> tuple[Grid, ...]:
    _measure(content, file)
    import openpyxl

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # styles and extensions that openpyxl passes over
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
            try:
                sheets = [_sheet(sheet, file, digest) for sheet in book.worksheets]
            finally:
                book.close()
    except FileRefused:
        raise
    except Exception as error:  # openpyxl raises what its XML reader and its zip reader raise
        why = type(error).__name__
        raise refusal(file, N_("is a damaged workbook ({why})"), why=why) from error
    filled = tuple(sheet for sheet in sheets if sheet.rows)
    if not filled:
        raise refusal(file, N_("is empty"))
    return filled


def _measure(content: bytes, file: str) -> None:
    """Refuse what is no workbook, or would unpack into more than a table needs."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        why = type(error).__name__
        raise refusal(file, N_("is a damaged workbook ({why})"), why=why) from error
    if any(part.flag_bits & 1 for part in parts):
        raise refusal(file, N_("is protected with a password"))
    bomb = len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED
    for part in parts:
        packed = max(part.compress_size, 1)
        bomb = bomb or (part.file_size > 1024**2 and part.file_size / packed > MAX_PACKING)
    if bomb:
        raise refusal(file, N_("would unpack into far more than a table needs"))
    if "xl/workbook.xml" not in {part.filename for part in parts}:
        raise refusal(file, N_("is a zip archive but no workbook (.xlsx)"))


def _sheet(sheet: Any, file: str, digest: str) -> Grid:
    sheet.reset_dimensions()  # a sheet may claim any size
    rows, cells_read = [], 0
    for line, values in enumerate(sheet.iter_rows(values_only=True), start=1):
        cells_read += len(values)
        if line > MAX_LINES or len(values) > MAX_COLUMNS or cells_read > MAX_CELLS:
            raise refusal(file, N_("has more rows or columns than a table needs"), line=line)
        cells = tuple(_cell_text(value) for value in values)
        if any(cells):
            rows.append(Row(line, cells))
    return Grid(file, digest, tuple(rows), sheet=sheet.title, encoding="xlsx")


def _cell_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value).strip()
