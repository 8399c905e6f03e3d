"""An invented BAM of a panel sequenced deeply; seeded."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from analysis.ngs.build import contig_lengths

if TYPE_CHECKING:
    from pysam import AlignedSegment, AlignmentHeader

# A panel lies on the human genome: what programs spend on its length belongs to the comparison.
LENGTHS = contig_lengths()["GRCh37"]
CHROMOSOMES = tuple(LENGTHS)
REGION = 2000
READ = 100


def panel(genes: int) -> list[tuple[str, int, int, str]]:
    """One region of 2 kb a gene, spread over the chromosomes."""
    found = []
    for number in range(genes):
        start = 3_000_000 + 5_000_000 * (number // len(CHROMOSOMES))
        chrom = CHROMOSOMES[number % len(CHROMOSOMES)]
        found.append((chrom, start, start + REGION, f"GENE{number + 1}_exon1"))
    order = {name: place for place, name in enumerate(CHROMOSOMES)}
    return sorted(found, key=lambda row: (order[row[0]], row[1]))


def write_bed(path: Path, genes: int) -> None:
    rows = ("\t".join(map(str, row)) for row in panel(genes))
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")


def write_bam(path: Path, genes: int, reads: int, seed: int = 5) -> None:
    """`reads` reads of 100 bases that overlap the panel, with binned base qualities, one in ten of
    mapping quality below 30, one in twenty a duplicate; indexed."""
    import pysam

    random = Random(seed)
    header = pysam.AlignmentHeader.from_dict(
        {
            "HD": {"VN": "1.6", "SO": "coordinate"},
            "SQ": [{"SN": name, "LN": length} for name, length in LENGTHS.items()],
        }
    )
    # Made once and written again and again: 5000 different reads are as hard to read as millions.
    forms = [_form(header, random) for _ in range(5000)]
    number = 0
    with pysam.AlignmentFile(str(path), "wb", header=header) as out:
        for place, (chrom, start, end, _) in enumerate(panel(genes)):
            own = reads * (place + 1) // genes - reads * place // genes
            for begin in sorted(random.choices(range(start - READ + 1, end), k=own)):
                number += 1
                read = forms[number * 7 % 5000]
                read.query_name, read.reference_start = f"r{number}", begin
                read.reference_id = CHROMOSOMES.index(chrom)
                out.write(read)
    pysam.index(str(path))


def _form(header: AlignmentHeader, random: Random) -> AlignedSegment:
    from pysam import AlignedSegment

    flag = 1024 if random.random() < 0.05 else 0
    mapq = random.choice((0, 13, 29)) if random.random() < 0.1 else 60
    bases = "".join(random.choices("ACGT", k=READ))
    cells = ("r", flag, CHROMOSOMES[0], 1, mapq, f"{READ}M", "*", 0, 0, bases, _qualities(random))
    return AlignedSegment.fromstring("\t".join(map(str, cells)), header)


def _qualities(random: Random) -> str:
    return "".join(chr(33 + q) for q in random.choices((11, 25, 37), (1, 1, 10), k=READ))
