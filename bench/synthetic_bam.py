"""An invented BAM of a panel sequenced deeply; seeded."""

from __future__ import annotations

from pathlib import Path
from random import Random

CHROMOSOMES = tuple(str(number) for number in range(1, 23))
CHROMOSOME_LENGTH = 3_000_000
REGION = 2000
READ = 100


def panel(genes: int) -> list[tuple[str, int, int, str]]:
    """One region of 2 kb a gene, spread over the chromosomes."""
    found = []
    for number in range(genes):
        start = 100_000 + 250_000 * (number // len(CHROMOSOMES))
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
    sequences = ["".join(random.choices("ACGT", k=READ)) for _ in range(500)]
    qualities = [_qualities(random) for _ in range(500)]
    header = pysam.AlignmentHeader.from_dict(
        {
            "HD": {"VN": "1.6", "SO": "coordinate"},
            "SQ": [{"SN": name, "LN": CHROMOSOME_LENGTH} for name in CHROMOSOMES],
        }
    )
    regions, number = panel(genes), 0
    with pysam.AlignmentFile(str(path), "wb", header=header) as out:
        for place, (chrom, start, end, _) in enumerate(regions):
            own = reads * (place + 1) // genes - reads * place // genes
            tid = CHROMOSOMES.index(chrom)
            for begin in sorted(random.randrange(start - READ + 1, end) for _ in range(own)):
                number += 1
                flag = 1024 if random.random() < 0.05 else 0
                mapq = random.choice((0, 13, 29)) if random.random() < 0.1 else 60
                pick = random.randrange(500)
                text = (
                    f"r{number}\t{flag}\t{chrom}\t{begin + 1}\t{mapq}\t{READ}M\t*\t0\t0\t"
                    f"{sequences[pick]}\t{qualities[(pick * 7 + number) % 500]}"
                )
                read = pysam.AlignedSegment.fromstring(text, header)
                assert read.reference_id == tid
                out.write(read)
    pysam.index(str(path))


def _qualities(random: Random) -> str:
    return "".join(chr(33 + q) for q in random.choices((11, 25, 37), (1, 1, 10), k=READ))
