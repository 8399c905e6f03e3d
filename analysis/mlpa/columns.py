"""Finding the header of a table and its columns by name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from analysis.file_problems import ProblemBook, refusal
from analysis.grid import Grid, Row
from analysis.wording import N_

HEADER_WITHIN = 30  # lines in which the header is looked for, below titles


def plain(text: str) -> str:
    """A column's name for comparison: case and spacing do not matter."""
    return " ".join(text.casefold().replace("_", " ").split())


@dataclass(frozen=True)
class Columns:
    """`places` gives the index of each column found; `width` is the number of named columns."""

    grid: Grid
    header: Row
    places: Mapping[str, int]
    width: int

    def rows(self, book: ProblemBook) -> Iterator[Row]:
        """Rows below the header, as wide as it; a row of another width is a problem: a file cut
        short may end within a number. (A sheet leaves out empty cells at the end of a row.)"""
        for row in self.grid.rows:
            if row.line <= self.header.line:
                continue
            if row.filled > self.width:
                sentence = N_("has {found} fields, the header has {expected}")
                book.note(row.line, sentence, found=row.filled, expected=self.width)
            elif len(row.cells) < self.width and self.grid.encoding != "xlsx":
                sentence = N_("is cut short: {found} fields, the header has {expected}")
                book.note(row.line, sentence, found=len(row.cells), expected=self.width)
            else:
                yield Row(row.line, row.cells + ("",) * (self.width - len(row.cells)))

    def value(self, row: Row, name: str) -> str:
        """The cell of the column called `name` by the reader, "" where the table has no such."""
        place = self.places.get(name)
        return "" if place is None else row.cells[place]


def find_columns(
    grid: Grid, *, wanted: Mapping[str, Iterable[str]], required: Iterable[str]
) -> Columns:
    """The first row that holds every required column. `wanted`: our name -> names in files.

    Raises `FileRefused` where there is none, or a column stands twice in it.
    """
    names = {key: {plain(name) for name in spelt} for key, spelt in wanted.items()}
    required = tuple(required)
    best: tuple[int, Row, tuple[str, ...]] | None = None
    for row in grid.rows[:HEADER_WITHIN]:
        cells = [plain(cell) for cell in row.cells]
        missing = tuple(key for key in required if not names[key] & set(cells))
        if not missing:
            return _columns(grid, row, cells, names)
        if best is None or len(missing) < best[0]:
            best = (len(missing), row, missing)
    line, missing = (best[1].line, best[2]) if best else (0, required)
    spelt = tuple(next(iter(wanted[key])) for key in missing)
    sentence = N_("no header with the columns needed; missing: {columns}")
    raise refusal(grid.file, sentence, line=line, columns=spelt)


def _columns(grid: Grid, row: Row, cells: list[str], names: dict[str, set[str]]) -> Columns:
    places = {}
    for key, spelt in names.items():
        found = [place for place, cell in enumerate(cells) if cell in spelt]
        if len(found) > 1:
            column = row.cells[found[1]]
            sentence = N_('the column "{column}" stands twice in the header')
            raise refusal(grid.file, sentence, line=row.line, column=column)
        if found:
            places[key] = found[0]
    return Columns(grid, row, places, row.filled)
