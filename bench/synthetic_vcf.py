"""Invented Mutect2 VCFs annotated by ANNOVAR, in the forms that laboratories have; seeded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from analysis.ngs.transcripts import preferred_transcripts

GENES = ("IKZF1", "NRAS", "KRAS", "FLT3", "PAX5", "ETV6", "TP53", "KMT2D", "ROBO3", "PCLO")
PREFERRED = {gene: item.refseq for gene, item in preferred_transcripts().items()}
# Three a gene; the preferred one, where the table has one, stands second.
TRANSCRIPTS = {
    gene: (f"NM_{place:06d}", PREFERRED.get(gene, f"NM_{place + 100:06d}"), f"NM_{place + 200:06d}")
    for place, gene in enumerate(GENES, 900_000)
}
EFFECTS = ("nonsynonymous_SNV", "synonymous_SNV", "stopgain", "nonsynonymous_SNV")
FREQUENCIES = ("1000g2015aug_all", "ExAC_ALL", "gnomAD_exome_ALL")


@dataclass(frozen=True)
class Style:
    """What a file looks like.

    `gatk4`: its header, INFO and FORMAT (with DP), else those of GATK 3 (depth is the sum of AD).
    `normal`: tumour and normal, else tumour only. `tables`: ANNOVAR's fields of refGene.
    `others`: further annotations that nobody reads. `indels`, `multiallelic`, `flagged`: shares of
    the records (of 1); the flagged ones carry optional fields, in any combination.
    """

    name: str
    gatk4: bool = False
    normal: bool = True
    tables: tuple[str, ...] = ("Func", "Gene", "GeneDetail", "ExonicFunc", "AAChange")
    frequencies: tuple[str, ...] = FREQUENCIES
    others: int = 0
    indels: float = 0.0
    multiallelic: float = 0.0
    flagged: float = 0.0

    @property
    def annotations(self) -> tuple[str, ...]:
        return tuple(f"{name}.refGene" for name in self.tables)


STYLES = (
    Style("GATK 3, tumour and normal"),
    Style("GATK 4, tumour and normal, indels", gatk4=True, indels=0.1, multiallelic=0.02),
    Style("GATK 4, tumour only", gatk4=True, normal=False),
    Style(
        "GATK 3, five annotations",
        normal=False,
        tables=("Func", "Gene", "ExonicFunc", "AAChange"),
        frequencies=("gnomAD_exome_ALL",),
    ),
    Style("GATK 4, forty annotations", gatk4=True, others=32, indels=0.05),
    Style("GATK 4, optional fields", gatk4=True, flagged=0.1, indels=0.05),
)
OPTIONAL = (("DB", 0, "Flag"), ("STR", 0, "Flag"), ("RPA", ".", "Integer"), ("RU", 1, "String"),
            ("PON", 0, "Flag"), ("OCM", 1, "Integer"))  # fmt: skip
GATK3_INFO = (("ECNT", 1, "String"), ("TLOD", 1, "String"))
GATK3_FORMAT = (("GT", 1, "String"), ("AD", "R", "Integer"), ("AF", 1, "Float"),
                ("ALT_F1R2", 1, "Integer"), ("ALT_F2R1", 1, "Integer"),
                ("QSS", "A", "Integer"))  # fmt: skip
GATK4_INFO = (("AS_SB_TABLE", 1, "String"), ("DP", 1, "Integer"), ("ECNT", 1, "Integer"),
              ("MBQ", "R", "Integer"), ("MFRL", "R", "Integer"), ("MMQ", "R", "Integer"),
              ("MPOS", "A", "Integer"), ("POPAF", "A", "Float"),
              ("TLOD", "A", "Float"))  # fmt: skip
GATK4_FORMAT = (("GT", 1, "String"), ("AD", "R", "Integer"), ("AF", "A", "Float"),
                ("DP", 1, "Integer"), ("F1R2", "R", "Integer"), ("F2R1", "R", "Integer"),
                ("SB", 4, "Integer"))  # fmt: skip


def write(path: Path, style: Style, records: int, seed: int = 7) -> None:
    random = Random(seed)
    with path.open("w", encoding="utf-8") as stream:
        stream.write("\n".join(header(style)) + "\n")
        stream.writelines(_record(style, number, random) for number in range(records))


def header(style: Style) -> Iterator[str]:
    yield "##fileformat=VCFv4.2"
    yield '##FILTER=<ID=weak_evidence,Description="Does not meet likelihood threshold">'
    fields = GATK4_FORMAT if style.gatk4 else GATK3_FORMAT
    for name, number, kind in fields:
        yield f'##FORMAT=<ID={name},Number={number},Type={kind},Description="{name}">'
    own = (*(GATK4_INFO if style.gatk4 else GATK3_INFO), *OPTIONAL)
    for name, number, kind in (*own, ("ANNOVAR_DATE", 1, "String"), ("ALLELE_END", 0, "Flag")):
        yield f'##INFO=<ID={name},Number={number},Type={kind},Description="{name}">'
    for name in (*style.annotations, *(f"score_{place}" for place in range(style.others))):
        yield f'##INFO=<ID={name},Number=.,Type=String,Description="{name} by ANNOVAR">'
    for name in style.frequencies:
        yield f'##INFO=<ID={name},Number=1,Type=Float,Description="{name} by ANNOVAR">'
    yield "##tumor_sample=TUMOR" if style.gatk4 else "##SAMPLE=<ID=TUMOR,SampleName=child_1>"
    yield "##contig=<ID=chr7,length=159138663,assembly=hg19>"
    samples = ["NORMAL", "TUMOR"] if style.normal else ["TUMOR"]
    columns = ["#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO", "FORMAT", *samples]
    yield "\t".join(columns)


def _record(style: Style, number: int, random: Random) -> str:
    """One record; about nine of ten pass the caller and have a VAF of 1 % or more."""
    alternates = 2 if random.random() < style.multiallelic else 1
    ref, *alts = random.sample("ACGT", alternates + 1)
    indel = random.random() < style.indels
    if indel and random.random() < 0.5:
        ref, alts = ref + "ACGT"[: random.randrange(1, 4)], [ref]
    elif indel:
        alts = [ref + alt * random.randrange(1, 4) for alt in alts]
    alternates = len(alts)
    depth = random.randrange(800, 3000)
    share = random.choice((0.004, *[0.012 + random.random() / 3 for _ in range(19)]))
    reads = [max(1, round(depth * share)) for _ in alts]
    filters = "weak_evidence" if random.random() < 0.05 else "PASS"
    info = ";".join(
        [
            *_caller_info(style, depth, alternates, random),
            *(part for _ in alts for part in _annovar(style, ref, alts[0], indel, random)),
        ]
    )
    samples = [_sample(style, "0/0", 812, [0 for _ in alts], 0.0)] if style.normal else []
    samples.append(_sample(style, "0/1" + "/2" * (alternates - 1), depth, reads, share))
    keys = ":".join(name for name, _, _ in (GATK4_FORMAT if style.gatk4 else GATK3_FORMAT))
    cells = ("chr7", str(1000 + number * 15), ".", ref, ",".join(alts), ".", filters, info, keys)
    return "\t".join((*cells, *samples)) + "\n"


def _caller_info(style: Style, depth: int, alternates: int, random: Random) -> Iterator[str]:
    def each(text: str, count: int = alternates) -> str:
        return ",".join([text] * count)

    for name, _, kind in OPTIONAL:
        if random.random() < style.flagged:
            yield name if kind == "Flag" else f"{name}={random.randrange(1, 9)}"
    if not style.gatk4:
        yield f"ECNT=1;TLOD={random.random() * 99:.2f}"
        return
    half = depth // 2
    yield f"AS_SB_TABLE={half},{half}|{half},{half};DP={depth + 812};ECNT=1"
    yield f"MBQ={each('33', alternates + 1)};MFRL={each('180', alternates + 1)}"
    yield f"MMQ={each('60', alternates + 1)};MPOS={each('31')};POPAF={each('7.30')}"
    yield f"TLOD={each(f'{random.random() * 99:.2f}')}"


def _annovar(style: Style, ref: str, alt: str, indel: bool, random: Random) -> Iterator[str]:
    gene, effect = random.choice(GENES), random.choice(EFFECTS)
    codon = random.randrange(2, 900)
    change = f"c.{ref}{3 * codon}{alt}:p.R{codon}W"
    if indel:
        effect = "frameshift_deletion" if len(ref) > len(alt) else "frameshift_insertion"
        change = f"c.{3 * codon}delA:p.R{codon}fs" if len(ref) > len(alt) else (
            f"c.{3 * codon}_{3 * codon + 1}insA:p.R{codon}fs")  # fmt: skip
    names = ",".join(
        f"{gene}:{transcript}:exon{place + 3}:{change}"
        for place, transcript in enumerate(TRANSCRIPTS[gene])
    )
    frequency = random.choice((".", ".", f"{random.random() / 1000:.6f}"))
    values = {"Func": "exonic", "Gene": gene, "ExonicFunc": effect, "AAChange": names}
    yield "ANNOVAR_DATE=2019-10-24"
    for table in style.tables:
        yield f"{table}.refGene={values.get(table, '.')}"
    for place in range(style.others):
        yield f"score_{place}={random.random():.3f}"
    for place, name in enumerate(style.frequencies):
        yield f"{name}={frequency if place < 2 else '.'}"
    yield "ALLELE_END"


def _sample(style: Style, genotype: str, depth: int, reads: list[int], share: float) -> str:
    counts = [depth - sum(reads), *reads]
    listed = ",".join(map(str, counts))
    if not style.gatk4:
        half = sum(reads) // 2
        return f"{genotype}:{listed}:{share:.3f}:{half}:{half}:{sum(reads) * 33}"
    shares = ",".join(f"{share:.3f}" for _ in reads)
    halves = ",".join(str(count // 2) for count in counts)
    return f"{genotype}:{listed}:{shares}:{depth}:{halves}:{halves}:9,9,9,9"
