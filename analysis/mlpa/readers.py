"""Peak tables of GeneMapper and Peak Scanner: samples, and their peaks with file and line.

Two header forms are known: `Dye/Sample Peak, Sample File Name, Marker, Allele, Size, Height, Area,
Data Point` with an empty last column (Peak Scanner, GeneMapper), and `Sample Name, Dye/Sample Peak,
Size, Height, Area, Width in BP` (GeneMapper). Columns are found by name, so their order is free.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from analysis.file_problems import ProblemBook, Unreadable, refusal
from analysis.grid import Grid, Row, number, read_grids
from analysis.mlpa.columns import Columns, find_columns
from analysis.wording import N_

PROBE_DYE = "B"  # FAM; the other dyes carry the size standard
WANTED = {
    "dye": ("Dye/Sample Peak",),
    "sample": ("Sample File Name", "Sample Name"),
    "size": ("Size",),
    "height": ("Height",),
    "area": ("Area",),
}
MAX_NAME = 200
_DYE = re.compile(r"([A-Za-z])\s*,\s*(\d{1,6})")


@dataclass(frozen=True)
class Peak:
    """`size` in nucleotides, `height` in fluorescence units, `area` as the instrument gives it."""

    size: float
    height: float
    area: float
    dye: str
    number: int
    line: int


@dataclass(frozen=True)
class PeakSample:
    """The peaks of one injection in the probes' dye, by line. `file` is where they stand."""

    name: str
    file: str
    peaks: tuple[Peak, ...]


@dataclass(frozen=True)
class PeakTable:
    """One file. `dropped` counts rows not read as probe peaks: ("dye O", n), ("no size", n)."""

    file: str
    sha256: str
    encoding: str
    samples: tuple[PeakSample, ...]
    dropped: tuple[tuple[str, int], ...]


def read_peaks(content: bytes, *, file: str, dye: str = PROBE_DYE) -> PeakTable:
    """The probe peaks in `content`. Raises `FileRefused` with every problem found.

    Rows of other dyes (the size standard) and peaks without a size (outside the standard's range)
    are dropped and counted.
    """
    return peaks_of(read_grids(content, file=file)[0], dye=dye)


def peaks_of(grid: Grid, *, dye: str = PROBE_DYE) -> PeakTable:
    """`read_peaks` for a table that is already read."""
    columns = find_columns(grid, wanted=WANTED, required=WANTED)
    book = ProblemBook(grid.file)
    samples: dict[str, list[Peak]] = {}
    dropped: Counter[str] = Counter()
    seen: dict[tuple[str, str, int], int] = {}
    for row in columns.rows(book):
        read = book.attempt(row.line, lambda row=row: _peak(columns, row))
        if read is None:
            continue
        sample, peak = read
        earlier = seen.setdefault((sample, peak.dye, peak.number), row.line)
        if earlier != row.line:
            sentence = N_('peak "{peak}" of sample {sample} already stands in line {line_before}')
            name = f"{peak.dye},{peak.number}"
            book.note(row.line, sentence, peak=name, sample=sample, line_before=earlier)
        peaks = samples.setdefault(sample, [])
        if peak.dye != dye:
            dropped[f"dye {peak.dye}"] += 1
        elif peak.size < 0:
            dropped["no size"] += 1
        else:
            peaks.append(peak)
    book.refuse()
    if not any(samples.values()):
        raise refusal(grid.file, N_("holds no peak of dye {dye} with a size"), dye=dye)
    read = tuple(PeakSample(name, grid.file, tuple(peaks)) for name, peaks in samples.items())
    return PeakTable(grid.file, grid.sha256, grid.encoding, read, tuple(sorted(dropped.items())))


def _peak(columns: Columns, row: Row) -> tuple[str, Peak]:
    """(sample, peak); the size of a peak that has none is -1."""
    sample = columns.value(row, "sample")
    if not sample:
        raise Unreadable(N_("the sample's name is missing"))
    if len(sample) > MAX_NAME:
        raise Unreadable(N_("the sample's name is longer than {limit}"), limit=MAX_NAME)
    written = columns.value(row, "dye")
    match = _DYE.fullmatch(written)
    if not match:
        sentence = N_('"{value}" is not a dye and a peak number such as "B,1"')
        raise Unreadable(sentence, value=written[:40])
    size = columns.value(row, "size")
    peak = Peak(
        size=number(size, "Size") if size else -1.0,
        height=number(columns.value(row, "height"), "Height"),
        area=number(columns.value(row, "area"), "Area"),
        dye=match[1].upper(),
        number=int(match[2]),
        line=row.line,
    )
    return sample, peak
