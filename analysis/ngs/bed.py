"""The regions of a panel, from a BED file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from analysis.file_problems import ProblemBook
from analysis.ngs.text_lines import Limits, check_size, lines
from analysis.wording import N_

BED_LIMITS = Limits(max_bytes=20_000_000, max_unpacked=50_000_000, max_records=1_000_000)
_NUMBER = re.compile(r"[0-9]{1,10}")


@dataclass(frozen=True, slots=True)
class Region:
    """`start` counts from 0 and `end` lies behind the last base, as in the file."""

    chrom: str
    start: int
    end: int
    name: str = ""

    @property
    def gene(self) -> str:
        """The gene that the name starts with: "IKZF1" of "IKZF1_exon4", "IKZF1:4", "IKZF1 ex4"."""
        return re.split(r"[^A-Za-z0-9-]", self.name, maxsplit=1)[0]


def read_bed(
    path: Path, *, contigs: Mapping[str, int], limits: Limits = BED_LIMITS
) -> tuple[Region, ...]:
    """The regions of `path`, which must lie on `contigs` (name -> length), in the file's order.

    Raises `FileRefused` with all problems: rows that cannot be read, contigs that the reads do
    not know, ends beyond a contig's end, no region at all.
    """
    book = ProblemBook(path.name)
    check_size(path, book, limits)
    found = []
    for number, line in lines(path, book, limits, any_line_end=True):
        if not line.strip() or line.startswith(("#", "track", "browser")):
            continue
        region = _region(number, line, contigs, book)
        if region:
            found.append(region)
        if len(found) > limits.max_records:
            sentence = N_("more than the {limit} records that are read")
            raise book.stop(number, sentence, limit=limits.max_records)
    if not found and not book.found:
        raise book.stop(0, N_("the file has no region"))
    book.refuse()
    return tuple(found)


def _region(number: int, line: str, contigs: Mapping[str, int], book: ProblemBook) -> Region | None:
    cells = line.split("\t") if "\t" in line else line.split()
    if len(cells) < 3 or not (_NUMBER.fullmatch(cells[1]) and _NUMBER.fullmatch(cells[2])):
        book.note(number, N_("not contig, start and end: {text}"), text=line)
        return None
    chrom, start, end = cells[0], int(cells[1]), int(cells[2])
    if start >= end:
        book.note(number, N_("the region is empty: {start}-{end}"), start=start, end=end)
    elif chrom not in contigs:
        known = tuple(list(contigs)[:3])
        sentence = N_("the reads know no contig {name} (they have {known} …)")
        book.note(number, sentence, name=chrom, known=known)
    elif end > contigs[chrom]:
        sentence = N_("the region ends at {end}, beyond the end of {name} ({length})")
        book.note(number, sentence, end=end, name=chrom, length=contigs[chrom])
    else:
        return Region(chrom, start, end, cells[3].strip() if len(cells) > 3 else "")
    return None


def merged(regions: tuple[Region, ...]) -> tuple[Region, ...]:
    """The bases of `regions`, each once: sorted, joined where they overlap or touch."""
    found: list[Region] = []
    ordered = sorted(regions, key=lambda item: (item.chrom, item.start, item.end))
    for chrom, own in groupby(ordered, key=lambda item: item.chrom):
        start = end = -1
        for region in own:
            if region.start > end:
                if end > 0:
                    found.append(Region(chrom, start, end))
                start, end = region.start, region.end
            end = max(end, region.end)
        found.append(Region(chrom, start, end))
    return tuple(found)
