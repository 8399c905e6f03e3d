"""Files made to fill the memory: refused with less than 300 MB in all, measured in a process."""

import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from ngs_files import RECORD, record, text, written
from test_ngs_malformed import BGZF_END, block

ROOT = Path(__file__).resolve().parents[3]
PROGRAM = """
import json, pathlib, resource, sys
from analysis.file_problems import FileRefused
from analysis.ngs.coverage import analyse_coverage
from analysis.ngs.tables import SOMATIC_DB, read_variant_table
from analysis.ngs.vcf_result import analyse_vcf
import numpy, pysam

path = sys.argv[2]
work = {
    "vcf": lambda: analyse_vcf(path),
    "table": lambda: read_variant_table(path, SOMATIC_DB),
    "reads": lambda: analyse_coverage(path, path),
}[sys.argv[1]]
try:
    work()
    said = ""
except FileRefused as error:
    said = str(error)
# Linux counts the parent's memory into a child's ru_maxrss, but not into its VmHWM.
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
status = pathlib.Path("/proc/self/status")
for line in status.read_text().splitlines() if status.exists() else ():
    if line.startswith("VmHWM"):
        peak = int(line.split()[1])
print(json.dumps([said, peak // 1024]))
"""
UNPACKED = 600_000_000


def bgzf_bomb() -> bytes:
    """Half a megabyte that unpacks to 600 MB: one line without an end, or lines without number."""
    piece = block(b"#" * 65_280)
    return block(text().encode()) + piece * (UNPACKED // 65_280) + BGZF_END


def bgzf_of_lines() -> bytes:
    line = (record(POS="1") + "\n").encode()
    piece = block(line * (65_000 // len(line)))
    return block(text().encode()) + piece * (UNPACKED // 65_000) + BGZF_END


def xlsx_bomb() -> bytes:
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive,
        archive.open("xl/worksheets/sheet1.xml", "w") as sheet,
    ):
        for _ in range(100):
            sheet.write(b"0" * 3_000_000)
    return packed.getvalue()


BOMBS = {
    "bgzip of one line": ("vcf", bgzf_bomb, "longer than"),
    "bgzip of many records": ("vcf", bgzf_of_lines, "more than the"),
    "bgzip as a table": ("table", bgzf_bomb, "longer than|columns"),
    "XLSX as a VCF": ("vcf", xlsx_bomb, "ZIP or XLSX"),
    "XLSX as a table": ("table", xlsx_bomb, "ZIP or XLSX"),
    "XLSX as reads": ("reads", xlsx_bomb, "neither BAM nor CRAM"),
    "BCF that is a bomb": (
        "vcf", lambda: block(b"BCF\2\2" + b"\0" * 60_000) + bgzf_bomb(), "unpacks to more",
    ),
    "many sample columns": (
        "vcf",
        lambda: text("\t".join([*RECORD, *RECORD[10:] * 9000])).encode() * 200,
        "columns instead",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BOMBS)
def test_bomb_is_refused_in_less_than_300_mb(tmp_path, name):
    reader, made, cause = BOMBS[name]
    path = written(tmp_path, made(), "bomb.bin")
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, reader, str(path)],
        capture_output=True, cwd=ROOT, check=True, timeout=60,
    )  # fmt: skip
    said, megabytes = json.loads(done.stdout)
    assert any(word in said for word in cause.split("|")), said
    assert megabytes < 300
