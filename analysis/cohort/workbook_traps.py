"""Cells of a workbook that look empty and are not meant to be: merged ones, and formulas that no
spreadsheet program has worked out yet."""

from __future__ import annotations

import io
import warnings
import zipfile
from typing import Any

from analysis.file_problems import ProblemBook
from analysis.grid import Grid
from analysis.wording import N_

WORKBOOK = b"PK\x03\x04"


def refuse_traps(content: bytes, grid: Grid) -> None:
    """Raises `FileRefused` where cells of `grid`, read from the workbook `content`, hold nothing
    though a reader of the sheet would see, or expect, a value there."""
    if not content.startswith(WORKBOOK):
        return
    book = ProblemBook(grid.file)
    if _holds(content, b"<mergeCell "):
        for area in _opened(content, read_only=False)[grid.sheet].merged_cells.ranges:
            sentence = N_("cells {area} are merged: give each of them its own value")
            book.note(area.min_row, sentence, area=str(area))
    if _holds(content, b"<f"):
        _note_formulas(_opened(content, read_only=True)[grid.sheet], grid, book)
    book.refuse()


def _note_formulas(sheet: Any, grid: Grid, book: ProblemBook) -> None:
    sheet.reset_dimensions()
    shown = {row.line: row.cells for row in grid.rows}
    for line, cells in enumerate(sheet.iter_rows(), start=1):
        for place, cell in enumerate(cells):
            row = shown.get(line, ())
            if cell.data_type == "f" and not (place < len(row) and row[place]):
                sentence = N_(
                    "{cell} is a formula without a stored result: open and save the file in a "
                    "spreadsheet program"
                )
                book.note(line, sentence, cell=cell.coordinate)


def _holds(content: bytes, mark: bytes) -> bool:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = [name for name in archive.namelist() if name.startswith("xl/worksheets/")]
        return any(mark in archive.read(name) for name in names)


def _opened(content: bytes, *, read_only: bool) -> Any:
    import openpyxl

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return openpyxl.load_workbook(io.BytesIO(content), read_only=read_only)
