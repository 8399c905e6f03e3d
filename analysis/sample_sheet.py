"""Which sample of a laboratory's files is which specimen of which child: the sample sheet.

One row a sample: `sample` as the file names it, `specimen` (the specimen's number), and at least
one of `hospital_number` and `patient_code`: two identifiers, so that a slip in one is found by the
other. `centre` where several centres are served, `file` where one sheet is for many files of one
sample each. Other columns are left alone, so a run sheet of MLPA can carry these.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from analysis.file_problems import ProblemBook, Unreadable
from analysis.grid import Row, read_grids, read_limited
from analysis.mlpa.columns import Columns, find_columns
from analysis.wording import N_

COLUMNS = {
    "sample": ("sample", "样本"),
    "specimen": ("specimen", "specimen_number", "标本号"),
    "hospital_number": ("hospital_number", "住院号"),
    "patient_code": ("patient_code", "code", "研究编号"),
    "centre": ("centre", "center", "中心"),
    "file": ("file", "文件"),
    "role": ("role",),
}


@dataclass(frozen=True)
class SampleIdentity:
    """One row of the sheet; empty text where the sheet says nothing. `line` counts from 1."""

    sample: str
    specimen: str
    hospital_number: str = ""
    patient_code: str = ""
    centre: str = ""
    file: str = ""
    line: int = 0


@dataclass(frozen=True)
class SampleSheet:
    """The sheet `file` with its SHA-256 and its rows, in their order."""

    file: str
    sha256: str
    rows: tuple[SampleIdentity, ...]


def read_sample_sheet(path: Path) -> SampleSheet:
    """The sheet at `path` (CSV, TSV or XLSX). Raises `FileRefused` with every problem found."""
    grid = read_grids(read_limited(path), file=path.name)[0]
    columns = find_columns(grid, wanted=COLUMNS, required=("sample",))
    book = ProblemBook(grid.file)
    found: dict[tuple[str, str], SampleIdentity] = {}
    for row in columns.rows(book):
        identity = book.attempt(row.line, lambda row=row: _identity(columns, row))
        if identity is None:
            continue
        key = (identity.file, identity.sample)
        if key in found:
            book.note(row.line, N_("sample {sample} stands twice"), sample=identity.sample)
        found[key] = identity
    book.refuse()
    return SampleSheet(grid.file, grid.sha256, tuple(row for row in found.values() if row.specimen))


def _identity(columns: Columns, row: Row) -> SampleIdentity:
    """An identity without a specimen stands for a control, which belongs to nobody."""
    cells = {name: columns.value(row, name) for name in COLUMNS}
    if not cells["sample"]:
        raise Unreadable(N_("the sample's name is missing"))
    role = cells.pop("role").casefold()
    if role not in ("", "patient", "患者"):
        return SampleIdentity(cells["sample"], "", file=cells["file"], line=row.line)
    if not cells["specimen"]:
        raise Unreadable(N_("sample {sample} has no specimen"), sample=cells["sample"])
    if not (cells["hospital_number"] or cells["patient_code"]):
        sentence = N_(
            "sample {sample} has one identifier: give the hospital number or the study code beside "
            "the specimen"
        )
        raise Unreadable(sentence, sample=cells["sample"])
    return SampleIdentity(**cells, line=row.line)
