"""Sequencing: how fast a VCF becomes variants, and a BAM the coverage of a panel.

    python -m bench.ngs [--records 100000] [--reads 4870000]

VCF: the whole path (check, typed values, annotation, transcript, names, filters) beside cyvcf2
(where it is installed) and pysam merely reading the same fields, on several forms of file.
Coverage: 185 genes, 370 kb, with limits on mapping and base quality, beside mosdepth without a
base quality limit (where it is installed) and pysam merely reading the records.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pysam

from analysis.ngs.coverage import analyse_coverage
from analysis.ngs.vcf_result import analyse_vcf
from bench import synthetic_bam, synthetic_vcf
from bench.measured import Measured, by_turns
from bench.synthetic_vcf import STYLES, Style

GENES = 185
# Beside the 2.6 of our way and the 3.2 of merely reading, mosdepth took 4.4 to 5.0 s.
MOSDEPTH_TO_READING = 4.4 / 3.2


def read_with_pysam(path: Path, style: Style) -> int:
    """The same fields, as pysam gives them."""
    keys, count = (*style.annotations, *style.frequencies), 0
    with pysam.VariantFile(str(path)) as file:
        for item in file:
            info, tumour = item.info, item.samples["TUMOR"]
            fields = [item.chrom, item.pos, item.ref, item.alts, list(item.filter)]
            fields += [info.get(key) for key in keys]
            fields += [tumour["GT"], tumour["AD"], tumour["AF"]]
            fields += [tumour["DP"]] if style.gatk4 else []
            count += len(fields) > 0
    return count


def read_with_cyvcf2(path: Path, style: Style) -> int:
    """The same fields, as cyvcf2 gives them."""
    import cyvcf2

    keys, count = (*style.annotations, *style.frequencies), 0
    file = cyvcf2.VCF(str(path))
    tumour = file.samples.index("TUMOR")
    for item in file:
        fields = [item.CHROM, item.POS, item.REF, item.ALT, item.FILTER]
        fields += [item.INFO.get(key) for key in keys]
        fields += [item.genotypes[tumour], item.format("AD")[tumour], item.format("AF")[tumour]]
        fields += [item.format("DP")[tumour]] if style.gatk4 else []
        count += len(fields) > 0
    return count


def readers() -> dict[str, Callable[[Path, Style], int]]:
    found: dict[str, Callable[[Path, Style], int]] = {}
    try:
        import cyvcf2  # noqa: F401
    except ImportError:
        print("cyvcf2 is not installed (pip install cyvcf2): compared with pysam alone")
    else:
        found["cyvcf2"] = read_with_cyvcf2
    found["pysam"] = read_with_pysam
    return found


def vcf(folder: Path, style: Style, records: int, *, packed: bool = False) -> None:
    path = folder / "synthetic.vcf"
    synthetic_vcf.write(path, style, records)
    if packed:
        path = _packed(path)
    known = readers()
    works: dict[str, Callable[[], object]] = {
        name: (lambda read=read: read(path, style)) for name, read in known.items()
    }
    result = analyse_vcf(path)
    if result.records != records or known["pysam"](path, style) != records:
        raise SystemExit(f"{result.records} records read of {records}")
    del result
    spent = by_turns({**works, "ours": lambda: analyse_vcf(path)})
    name = f"{style.name}, bgzip" if packed else style.name
    for other in known:
        # The rate is wanted of the form that the centres of the study had.
        Measured(
            f"VCF, {name}: whole path / {other} reading",
            f"{records / spent['ours']:,.0f} records/s",
            f"{records / spent[other]:,.0f} records/s",
            spent[other] / spent["ours"],
            0.5 if other == next(iter(known)) else None,
        ).tell()


def _packed(path: Path) -> Path:
    target = path.with_suffix(".vcf.gz")
    pysam.tabix_compress(str(path), str(target), force=True)
    return target


def merely_read(path: Path) -> int:
    with pysam.AlignmentFile(str(path)) as reads:
        return sum(1 for _ in reads)


def running_mosdepth() -> str:
    """Its path; "" where it is not installed or does not start (it needs libhts.so)."""
    path = shutil.which("mosdepth")
    if path and subprocess.run([path, "--version"], capture_output=True).returncode == 0:
        return path
    return ""


def coverage(folder: Path, reads: int) -> None:
    bam, bed = folder / "panel.bam", folder / "panel.bed"
    synthetic_bam.write_bed(bed, GENES)
    synthetic_bam.write_bam(bam, GENES, reads)
    works: dict[str, Callable[[], object]] = {
        "ours": lambda: analyse_coverage(bam, bed),
        "reading": lambda: merely_read(bam),
    }
    mosdepth = running_mosdepth()
    if mosdepth:
        run = [mosdepth, "-t", "0", "-n", "-Q", "30", "-b", str(bed), str(folder / "out"), str(bam)]
        works["mosdepth"] = lambda: subprocess.run(run, check=True, capture_output=True)
    else:
        print(
            "mosdepth does not run here (Debian: apt-get install mosdepth libhts-dev). Where both"
        )
        print(f"were measured, it took {MOSDEPTH_TO_READING:.2f} times as much as merely reading.")
    spent = by_turns(works)
    result = analyse_coverage(bam, bed)
    print(f"{reads:,} reads, mean depth {result.mean_depth:,.0f}, {bam.stat().st_size:,} bytes")
    wanted = {"mosdepth": 1.0, "reading": None if mosdepth else MOSDEPTH_TO_READING}
    names = {"mosdepth": "mosdepth", "reading": "pysam merely reading"}
    for other, name in names.items():
        if other in spent:
            Measured(
                f"coverage of {GENES} genes, CPU: both limits / {name}",
                f"{spent['ours']:.2f} s",
                f"{spent[other]:.2f} s",
                spent["ours"] / spent[other],
                wanted[other],
                at_least=False,
            ).tell()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--reads", type=int, default=4_870_000)
    chosen = parser.parse_args()
    pysam.set_verbosity(0)
    with tempfile.TemporaryDirectory() as folder:
        for style in STYLES:
            vcf(Path(folder), style, chosen.records)
        vcf(Path(folder), STYLES[0], chosen.records, packed=True)
        coverage(Path(folder), chosen.reads)
    return 0


if __name__ == "__main__":
    sys.exit(main())
