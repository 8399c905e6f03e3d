"""How fast a VCF becomes variants, against pysam merely reading the same fields.

    python bench/ngs.py [--records 100000]

Writes a synthetic Mutect2 VCF with ANNOVAR annotation into a temporary folder, reads it both ways
by turns, and prints the medians of CPU seconds and their ratio. The whole path (check, typed
values, annotation, transcript, names, filters) must reach at least half of pysam's rate.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from analysis.ngs.transcripts import preferred_transcripts
from analysis.ngs.vcf_result import VcfResult, analyse_vcf

TABLES = ("Func", "Gene", "GeneDetail", "ExonicFunc", "AAChange")
FREQUENCIES = ("1000g2015aug_all", "ExAC_ALL", "gnomAD_exome_ALL")
TIMES = 3
GENES = ("IKZF1", "NRAS", "KRAS", "FLT3", "PAX5", "ETV6", "TP53", "KMT2D", "ROBO3", "PCLO")
PREFERRED = {gene: item.refseq for gene, item in preferred_transcripts().items()}
# Three a gene; the preferred one, where the table has one, stands second.
TRANSCRIPTS = {
    gene: (f"NM_{place:06d}", PREFERRED.get(gene, f"NM_{place + 100:06d}"), f"NM_{place + 200:06d}")
    for place, gene in enumerate(GENES, 900_000)
}
EFFECTS = ("nonsynonymous_SNV", "synonymous_SNV", "stopgain", "nonsynonymous_SNV")


def header() -> str:
    """Mutect2 of GATK 3, tumour and normal, annotated by ANNOVAR."""
    lines = [
        "##fileformat=VCFv4.2",
        '##FILTER=<ID=t_lod_fstar,Description="Tumor does not meet likelihood threshold">',
        '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">',
        '##FORMAT=<ID=AD,Number=R,Type=Integer,Description="Allelic depths">',
        '##FORMAT=<ID=AF,Number=1,Type=Float,Description="Allele fraction">',
        '##FORMAT=<ID=ALT_F1R2,Number=1,Type=Integer,Description="Alternate F1R2">',
        '##FORMAT=<ID=ALT_F2R1,Number=1,Type=Integer,Description="Alternate F2R1">',
        '##FORMAT=<ID=QSS,Number=A,Type=Integer,Description="Sum of base qualities">',
        '##INFO=<ID=ECNT,Number=1,Type=String,Description="Events">',
        '##INFO=<ID=TLOD,Number=1,Type=String,Description="Tumor LOD">',
        '##INFO=<ID=ANNOVAR_DATE,Number=1,Type=String,Description="Start">',
        '##INFO=<ID=ALLELE_END,Number=0,Type=Flag,Description="End">',
        "##SAMPLE=<ID=TUMOR,SampleName=child_1>",
        "##contig=<ID=chr7,length=159138663,assembly=hg19>",
    ]
    for name in TABLES:
        lines.append(f'##INFO=<ID={name}.refGene,Number=.,Type=String,Description="{name}">')
    for name in FREQUENCIES:
        lines.append(f'##INFO=<ID={name},Number=1,Type=Float,Description="{name}">')
    columns = ["#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO", "FORMAT"]
    columns += ["NORMAL", "TUMOR"]
    return "\n".join([*lines, "\t".join(columns)]) + "\n"


def record(number: int, random: Random) -> str:
    """One SNV; nine of ten passed the caller and have a VAF of 1 % or more."""
    ref, alt = random.sample("ACGT", 2)
    gene, effect = random.choice(GENES), random.choice(EFFECTS)
    codon = random.randrange(2, 900)
    change = f"c.{ref}{3 * codon}{alt}:p.R{codon}W"
    names = ",".join(
        f"{gene}:{transcript}:exon{place + 3}:{change}"
        for place, transcript in enumerate(TRANSCRIPTS[gene])
    )
    depth = random.randrange(800, 3000)
    share = random.choice((0.004, *[0.012 + random.random() / 2 for _ in range(19)]))
    reads = round(depth * share)
    filters = "t_lod_fstar" if random.random() < 0.05 else "PASS"
    frequency = random.choice((".", ".", f"{random.random() / 1000:.6f}"))
    info = (
        f"ECNT=1;TLOD={random.random() * 99:.2f};ANNOVAR_DATE=2019-10-24;Func.refGene=exonic;"
        f"Gene.refGene={gene};GeneDetail.refGene=.;ExonicFunc.refGene={effect};"
        f"AAChange.refGene={names};1000g2015aug_all={frequency};ExAC_ALL={frequency};"
        "gnomAD_exome_ALL=.;ALLELE_END"
    )
    tumour = (
        f"0/1:{depth - reads},{reads}:{share:.3f}:{reads // 2}:{reads - reads // 2}:{reads * 33}"
    )
    normal = "0/0:812,0:0.000:0:0:0"
    return (
        f"chr7\t{1000 + number * 15}\t.\t{ref}\t{alt}\t.\t{filters}\t{info}\t"
        f"GT:AD:AF:ALT_F1R2:ALT_F2R1:QSS\t{normal}\t{tumour}\n"
    )


def write(path: Path, records: int) -> None:
    random = Random(7)
    with path.open("w", encoding="utf-8") as stream:
        stream.write(header())
        stream.writelines(record(number, random) for number in range(records))


def read_with_pysam(path: Path) -> int:
    """The same fields, as pysam gives them."""
    import pysam

    count = 0
    keys = [f"{name}.refGene" for name in TABLES]
    with pysam.VariantFile(str(path)) as file:
        for item in file:
            info, tumour = item.info, item.samples["TUMOR"]
            fields = [item.chrom, item.pos, item.ref, item.alts, list(item.filter)]
            fields += [info.get(key) for key in keys]
            fields += [info.get(key) for key in FREQUENCIES]
            fields += [tumour["GT"], tumour["AD"], tumour["AF"]]
            count += len(fields) > 0
    return count


def cpu_seconds(work: Callable[[], object]) -> tuple[float, object]:
    start = time.process_time()
    result = work()
    return time.process_time() - start, result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--records", type=int, default=100_000)
    records = parser.parse_args().records
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "synthetic.vcf"
        write(path, records)
        ours, theirs = [], []
        for _ in range(TIMES):
            seconds, count = cpu_seconds(lambda: read_with_pysam(path))
            theirs.append(seconds)
            if count != records:
                raise SystemExit(f"pysam read {count} of {records}")
            seconds, result = cpu_seconds(lambda: analyse_vcf(path))
            ours.append(seconds)
            assert isinstance(result, VcfResult)
    own, other = statistics.median(ours), statistics.median(theirs)
    print(f"records {records}, kept {result.kept}, dropped {sum(result.dropped.values())}")
    print(f"pysam reading the fields: {other:.2f} s, {records / other:,.0f} records a second")
    print(f"the whole path:           {own:.2f} s, {records / own:,.0f} records a second")
    print(f"ratio of the rates: {other / own:.2f} (at least 0.50 is wanted)")


if __name__ == "__main__":
    main()
