"""Reads of one child over the exons of IKZF1, as a BAM with its index and the BED of the targets.

The bases are invented. The child's IKZF1 variant stands in its share of the reads, and one exon is
left at a low depth, so that a report has an exon in which small variants cannot be evaluated.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from analysis.demonstration.places import BUILD, Placed
from analysis.gene import ikzf1
from analysis.ngs.build import contig_lengths

CHROM = "7"
LENGTH, STEP = 100, 10  # bases of a read; distance of the starts
DEPTH, LOW_DEPTH, LOW_EXON = 1450, 60, 3


@dataclass(frozen=True)
class Target:
    """0-based and end exclusive, as in a BED."""

    exon: int
    start: int
    end: int


def targets() -> tuple[Target, ...]:
    """The coding bases of each exon and all of exon 1, with ten bases on either side."""
    found = []
    for exon in ikzf1().exons:
        start, end = exon.span(BUILD)
        if exon.cds_start is not None:
            coding = exon.cds_end - exon.cds_start + 1
            if exon.cds_start == 1:
                start = end - coding + 1
            else:
                end = start + coding - 1
        found.append(Target(exon.number, start - 11, end + 10))
    return tuple(found)


def bed_text() -> str:
    rows = (f"{CHROM}\t{item.start}\t{item.end}\tIKZF1_exon{item.exon}" for item in targets())
    return "\n".join(rows) + "\n"


def write_reads(path: Path, *, sample: str, variant: Placed, vaf: float, rng: Random) -> None:
    """Write `path` (BAM) and its .bai. `variant` is an exchange of one base in a target."""
    import pysam

    lengths = contig_lengths()[BUILD]
    header = {
        "HD": {"VN": "1.6", "SO": "coordinate"},
        "SQ": [{"SN": name, "LN": length} for name, length in lengths.items()],
        "RG": [{"ID": "1", "SM": sample, "PL": "ILLUMINA"}],
        "CO": ["invented child of the demonstration; the bases follow no reference sequence"],
    }
    with pysam.AlignmentFile(str(path), "wb", header=header) as out:
        contig = out.get_tid(CHROM)
        for number, (start, bases) in enumerate(_reads(variant, vaf, rng)):
            read = pysam.AlignedSegment(out.header)
            read.query_name = f"d{number}"
            read.flag = 16 * (number % 2)
            read.reference_id, read.reference_start = contig, start
            read.mapping_quality = 60
            read.cigartuples = ((0, LENGTH),)
            read.query_sequence = bases
            read.query_qualities_str = "F" * LENGTH
            read.set_tag("RG", "1")
            out.write(read)
    pysam.index(str(path))


def _reads(variant: Placed, vaf: float, rng: Random) -> Iterator[tuple[int, str]]:
    """(start, bases) in the order of the starts."""
    for target in targets():
        wanted = LOW_DEPTH if target.exon == LOW_EXON else DEPTH
        copies = wanted * STEP // LENGTH
        for start in range(target.start - LENGTH + STEP, target.end, STEP):
            plain = "".join(_base(place, variant) for place in range(start, start + LENGTH))
            place = variant.pos - 1 - start
            for _ in range(copies):
                changed = 0 <= place < LENGTH and rng.random() < vaf
                yield start, plain[:place] + variant.alt + plain[place + 1 :] if changed else plain


def _base(place: int, variant: Placed) -> str:
    """An invented base, save at the variant, whose own reference base stands."""
    return variant.ref if place == variant.pos - 1 else "ACGT"[(place * 2654435761 >> 7) % 4]
