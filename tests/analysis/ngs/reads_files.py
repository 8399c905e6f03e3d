"""Reads made for the tests, as BAM or CRAM with index and reference."""

from pathlib import Path
from random import Random

import pysam

CONTIG, LENGTH = "7", 6000


def reference(folder: Path, *, seed: int = 3, name: str = "ref.fa", contig: str = CONTIG) -> Path:
    """An indexed FASTA of one contig."""
    path = folder / name
    bases = "".join(Random(seed).choices("ACGT", k=LENGTH))
    path.write_text(f">{contig}\n{bases}\n")
    pysam.faidx(str(path))
    return path


def reads(folder: Path, fasta: Path, *, cram: bool, name: str = "made") -> Path:
    """600 reads of mixed quality, flags and CIGARs; half of them pairs that overlap."""
    path = folder / f"{name}.{'cram' if cram else 'bam'}"
    random = Random(11)
    header = {"HD": {"VN": "1.6", "SO": "coordinate"}, "SQ": [{"SN": CONTIG, "LN": LENGTH}]}
    with pysam.FastaFile(str(fasta)) as file:
        bases = file.fetch(CONTIG)
    options = {"reference_filename": str(fasta)} if cram else {}
    with pysam.AlignmentFile(str(path), "wc" if cram else "wb", header=header, **options) as out:
        for start in sorted(random.randrange(500, 4500) for _ in range(600)):
            out.write(_read(out.header, start, bases, random))
    pysam.index(str(path))
    return path


def _read(header: pysam.AlignmentHeader, start: int, bases: str, random: Random):
    read = pysam.AlignedSegment(header)
    read.query_name = f"fragment{start // 40}"
    read.flag = random.choice((0, 0, 0, 16, 0x400, 0x200, 0x100))
    read.reference_id, read.reference_start = 0, start
    read.mapping_quality = random.choice((0, 20, 29, 30, 60, 60))
    read.cigartuples = random.choice(([(0, 100)], [(4, 10), (0, 90)], [(0, 40), (2, 7), (0, 60)]))
    clip = read.cigartuples[0][1] if read.cigartuples[0][0] == 4 else 0
    sequence = "A" * clip + bases[start : start + 100 - clip]
    read.query_sequence = sequence
    read.query_qualities = [random.choice((2, 29, 30, 40)) for _ in sequence]
    return read
