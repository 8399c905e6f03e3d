"""The variants of one child as a VCF: Mutect2 of GATK3 or GATK4, annotated in one of three ways.

Beside the child's variants stand a few records that filters drop: low VAF, failed by the caller,
common in a population, synonymous. Everything is invented, as the header says.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

from analysis.demonstration.places import BUILD, Placed, gene_places, placed, transcript_of
from analysis.gene import AMINO_ACIDS
from analysis.ngs.build import contig_lengths

ONE_LETTER = {three: one for one, three in AMINO_ACIDS.items()} | {"Ter": "X"}
ANNOVAR_WORDS = {
    "missense": ("exonic", "nonsynonymous_SNV"),
    "nonsense": ("exonic", "stopgain"),
    "splice": ("splicing", "."),
    "synonymous": ("exonic", "synonymous_SNV"),
}
TERMS = {
    "missense": "missense_variant",
    "nonsense": "stop_gained",
    "frameshift": "frameshift_variant",
    "splice": "splice_donor_variant",
    "synonymous": "synonymous_variant",
}
VEP = ("Allele", "Consequence", "IMPACT", "SYMBOL", "Feature_type", "Feature", "HGVSc", "HGVSp",
       "gnomAD_AF")  # fmt: skip
SNPEFF = ("Allele", "Annotation", "Annotation_Impact", "Gene_Name", "Gene_ID", "Feature_Type",
          "Feature_ID", "Transcript_BioType", "Rank", "HGVS.c", "HGVS.p")  # fmt: skip


@dataclass(frozen=True)
class Style:
    """`caller` "gatk3" or "gatk4"; `annotator` "annovar", "vep" or "snpeff"; `paired`: a normal
    stands beside the tumour, before it where `normal_first`."""

    caller: str
    annotator: str
    paired: bool
    normal_first: bool


@dataclass(frozen=True)
class _Record:
    place: Placed
    gene: str
    hgvs_c: str
    hgvs_p: str
    consequence: str
    vaf: float
    depth: int
    passed: bool = True
    frequency: float | None = None


def style_of(number: int) -> Style:
    """Every kind occurs, most often ANNOVAR on GATK4 without a normal."""
    annotator = {0: "vep", 5: "snpeff"}.get(number % 10, "annovar")
    caller = "gatk3" if number % 3 == 0 else "gatk4"
    return Style(caller, annotator, paired=number % 4 == 1, normal_first=number % 8 == 1)


def vcf_text(rows: list[dict[str, Any]], *, sample: str, style: Style, rng: Random) -> str:
    """`rows` of the sheet `variants` that belong to the child; `sample` is the tumour's name."""
    records = [_Record(placed(row), row["gene"], row["hgvs_c"], row["hgvs_p"], row["consequence"],
                       row["vaf"], row["depth"]) for row in rows]  # fmt: skip
    records += _dropped_ones(rng)
    order = {name: place for place, name in enumerate(contig_lengths()[BUILD])}
    records.sort(key=lambda item: (order[item.place.chrom], item.place.pos, item.place.alt))
    lines = [*_header(sample, style), *(_line(item, style, rng) for item in records)]
    return "\n".join(lines) + "\n"


def tumour_column(sample: str, style: Style) -> str:
    """What the tumour's column is called: GATK3 renames it."""
    return "TUMOR" if style.caller == "gatk3" else sample


def _columns(sample: str, style: Style) -> list[str]:
    tumour = tumour_column(sample, style)
    normal = "NORMAL" if style.caller == "gatk3" else f"{sample}_remission"
    if not style.paired:
        return [tumour]
    return [normal, tumour] if style.normal_first else [tumour, normal]


# --- records that filters drop ------------------------------------------------------------------


def _dropped_ones(rng: Random) -> list[_Record]:
    genes = sorted(set(gene_places()) - {"IKZF1"})
    kinds = (
        {"vaf": 0.004},
        {"vaf": 0.31, "passed": False},
        {"vaf": 0.49, "frequency": 0.2113},
        {"vaf": 0.47, "consequence": "synonymous"},
    )
    return [_dropped(rng.choice(genes), kind, rng) for kind in kinds]


def _dropped(gene: str, kind: dict[str, Any], rng: Random) -> _Record:
    codon = rng.randint(600, 700)  # no variant of the cohort lies there
    name, protein = f"c.{3 * codon}C>T", f"p.Ala{codon}Val"
    consequence = kind.get("consequence", "missense")
    if consequence == "synonymous":
        protein = f"p.Ala{codon}="
    row = {"gene": gene, "hgvs_c": name, "transcript": "", "position": None}
    return _Record(
        place=placed(row),
        gene=gene,
        hgvs_c=name,
        hgvs_p=protein,
        consequence=consequence,
        vaf=kind["vaf"],
        depth=rng.randint(1020, 2600),
        passed=kind.get("passed", True),
        frequency=kind.get("frequency"),
    )


# --- header -------------------------------------------------------------------------------------


def _header(sample: str, style: Style) -> list[str]:
    lines = [
        "##fileformat=VCFv4.2",
        "##note=invented child of the demonstration; positions follow no reference sequence",
        "##reference=file:///reference/human_g1k_v37.fasta",
    ]
    lines += _GATK3 if style.caller == "gatk3" else _GATK4
    columns = _columns(sample, style)
    if style.caller == "gatk3":
        lines += [f"##SAMPLE=<ID=TUMOR,SampleName={sample},File={sample}.bam>"]
        lines += [f"##SAMPLE=<ID=NORMAL,SampleName={sample}_remission>"] * style.paired
    else:
        lines += [f"##tumor_sample={sample}"]
        lines += [f"##normal_sample={sample}_remission"] * style.paired
    lines += _ANNOTATION[style.annotator]
    lengths = contig_lengths()[BUILD]
    lines += [f"##contig=<ID={name},length={length}>" for name, length in lengths.items()]
    names = ["#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO", "FORMAT", *columns]
    return [*lines, "\t".join(names)]


def _declared(kind: str, name: str, number: str, type_: str, words: str) -> str:
    return f'##{kind}=<ID={name},Number={number},Type={type_},Description="{words}">'


_SHARED = [
    _declared("FORMAT", "GT", "1", "String", "Genotype"),
    _declared("FORMAT", "AD", "R", "Integer", "Allelic depths"),
    _declared("INFO", "ECNT", "1", "Integer", "Number of events in this haplotype"),
]
_GATK4 = [
    *_SHARED,
    '##FILTER=<ID=weak_evidence,Description="Mutation does not meet likelihood threshold">',
    _declared("FORMAT", "AF", "A", "Float", "Allele fractions"),
    _declared("FORMAT", "DP", "1", "Integer", "Approximate read depth"),
    _declared("FORMAT", "F1R2", "R", "Integer", "Count of reads in F1R2 pair orientation"),
    _declared("FORMAT", "F2R1", "R", "Integer", "Count of reads in F2R1 pair orientation"),
    _declared("INFO", "DP", "1", "Integer", "Approximate read depth"),
    _declared("INFO", "MBQ", "R", "Integer", "median base quality by allele"),
    _declared("INFO", "MMQ", "R", "Integer", "median mapping quality by allele"),
    _declared("INFO", "TLOD", "A", "Float", "Log 10 likelihood ratio score"),
    '##MutectVersion="2.2"',
]
_GATK3 = [
    *_SHARED,
    '##FILTER=<ID=t_lod_fstar,Description="Tumor does not meet likelihood threshold">',
    _declared("FORMAT", "AF", "1", "Float", "Allele fraction of the event in the tumor"),
    _declared("FORMAT", "ALT_F1R2", "1", "Integer", "Count of reads in F1R2 supporting ALT"),
    _declared("FORMAT", "ALT_F2R1", "1", "Integer", "Count of reads in F2R1 supporting ALT"),
    _declared("FORMAT", "QSS", "A", "Integer", "Sum of base quality scores for each allele"),
    _declared("FORMAT", "REF_F1R2", "1", "Integer", "Count of reads in F1R2 supporting REF"),
    _declared("FORMAT", "REF_F2R1", "1", "Integer", "Count of reads in F2R1 supporting REF"),
    _declared("INFO", "TLOD", "1", "String", "Tumor LOD score"),
]
_ANNOTATION = {
    "annovar": [
        _declared("INFO", "ANNOVAR_DATE", "1", "String", "Flag the start of ANNOVAR annotation"),
        *(
            _declared("INFO", f"{name}.refGene", ".", "String", "annotation provided by ANNOVAR")
            for name in ("Func", "Gene", "GeneDetail", "ExonicFunc", "AAChange")
        ),
        _declared("INFO", "gnomAD_exome_ALL", ".", "String", "annotation provided by ANNOVAR"),
        _declared("INFO", "ALLELE_END", "0", "Flag", "Flag the end of ANNOVAR annotation"),
    ],
    "vep": [
        _declared("INFO", "CSQ", ".", "String",
                  f"Consequence annotations from Ensembl VEP. Format: {'|'.join(VEP)}"),
    ],
    "snpeff": [
        _declared("INFO", "ANN", ".", "String",
                  f"Functional annotations: '{' | '.join(SNPEFF)}' "),
        _declared("INFO", "gnomAD_AF", "A", "Float", "frequency in gnomAD"),
    ],
}  # fmt: skip


# --- records ------------------------------------------------------------------------------------


def _line(item: _Record, style: Style, rng: Random) -> str:
    failed = "t_lod_fstar" if style.caller == "gatk3" else "weak_evidence"
    alt_reads = max(1, round(item.vaf * item.depth))
    tumour = _cell(style, item.depth, alt_reads, f"{item.vaf:g}", "0/1")
    cells = [tumour]
    if style.paired:
        normal = _cell(style, rng.randint(700, 1200), 0, "0.00", "0/0")
        cells = [normal, tumour] if style.normal_first else [tumour, normal]
    info = ";".join([*_caller_info(item, style), *_annotation(item, style)])
    place = item.place
    fixed = (place.chrom, str(place.pos), ".", place.ref, place.alt, ".")
    names = "GT:AD:AF:ALT_F1R2:ALT_F2R1:QSS:REF_F1R2:REF_F2R1"
    if style.caller == "gatk4":
        names = "GT:AD:AF:DP:F1R2:F2R1"
    return "\t".join([*fixed, "PASS" if item.passed else failed, info, names, *cells])


def _caller_info(item: _Record, style: Style) -> list[str]:
    score = f"TLOD={4 + item.vaf * item.depth:.2f}"
    if style.caller == "gatk3":
        return ["ECNT=1", score]
    return [f"DP={item.depth + 12}", "ECNT=1", "MBQ=36,36", "MMQ=60,60", score]


def _cell(style: Style, depth: int, alt: int, vaf: str, genotype: str) -> str:
    ref, half = depth - alt, alt // 2
    start = f"{genotype}:{ref},{alt}:{vaf}"
    if style.caller == "gatk3":
        return f"{start}:{half}:{alt - half}:{36 * alt}:{ref // 2}:{ref - ref // 2}"
    return f"{start}:{depth}:{ref // 2},{half}:{ref - ref // 2},{alt - half}"


def _annotation(item: _Record, style: Style) -> list[str]:
    transcript = item.place.transcript or transcript_of(item.gene)
    frequency = "." if item.frequency is None else f"{item.frequency:g}"
    if style.annotator == "annovar":
        return _annovar(item, transcript, frequency)
    impact = "MODERATE" if item.consequence in ("missense", "inframe") else "HIGH"
    term, allele = _term(item), item.place.alt
    protein = "" if item.hgvs_p == "p.?" else item.hgvs_p
    if style.annotator == "snpeff":
        cells = (allele, term, impact, item.gene, item.gene, "transcript", transcript,
                 "protein_coding", "", item.hgvs_c, protein)  # fmt: skip
        found = [f"ANN={'|'.join(cells)}"]
        return found if item.frequency is None else [*found, f"gnomAD_AF={frequency}"]
    if len(item.place.ref) != len(allele):
        allele = allele[1:] or "-"
    protein = f"{transcript.replace('NM', 'NP')}:{protein}" if protein else ""
    cells = (allele, term, impact, item.gene, "Transcript", transcript,
             f"{transcript}:{item.hgvs_c}", protein.replace("=", "%3D"),
             "" if frequency == "." else frequency)  # fmt: skip
    return [f"CSQ={'|'.join(cells)}"]


def _term(item: _Record) -> str:
    if item.consequence != "inframe":
        return TERMS[item.consequence]
    return "inframe_insertion" if "dup" in item.hgvs_c else "inframe_deletion"


def _annovar(item: _Record, transcript: str, frequency: str) -> list[str]:
    place, word = _annovar_words(item)
    change, detail = ".", "."
    if item.consequence == "splice":
        detail = f"{transcript}:exon3:{item.hgvs_c}"
    else:
        change = f"{item.gene}:{transcript}:exon4:{_annovar_coding(item)}:{_short(item.hgvs_p)}"
    return [
        "ANNOVAR_DATE=2020-06-08",
        f"Func.refGene={place}",
        f"Gene.refGene={item.gene}",
        f"GeneDetail.refGene={detail}",
        f"ExonicFunc.refGene={word}",
        f"AAChange.refGene={change}",
        f"gnomAD_exome_ALL={frequency}",
        "ALLELE_END",
    ]


def _annovar_words(item: _Record) -> tuple[str, str]:
    kind = "insertion" if "dup" in item.hgvs_c else "deletion"
    words = {"frameshift": f"frameshift_{kind}", "inframe": f"nonframeshift_{kind}"}
    if item.consequence in words:
        return "exonic", words[item.consequence]
    return ANNOVAR_WORDS[item.consequence]


def _annovar_coding(item: _Record) -> str:
    """ANNOVAR writes an exchange as `c.G472A`, anything longer as HGVS does."""
    if not item.place.coding_ref:
        return item.hgvs_c
    number = item.hgvs_c[2:-3]
    return f"c.{item.place.coding_ref}{number}{item.place.coding_alt}"


def _short(protein: str) -> str:
    """`p.Gly158Ser` as `p.G158S`; a synonymous residue stands twice, as ANNOVAR writes it."""
    silent = protein.endswith("=")
    text = protein.rstrip("=")
    for three, one in ONE_LETTER.items():
        text = text.replace(three, one)
    return f"{text}{text[2]}" if silent else text
