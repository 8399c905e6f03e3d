"""What a laboratory's file is, by its content: never by its name."""

from __future__ import annotations

import re
import zlib
from pathlib import Path

from analysis.file_problems import refusal
from analysis.ngs.tables import MAF, MULTIANNO, SOMATIC_DB, TableMapping
from analysis.ngs.text_lines import GZIP_MAGIC
from analysis.wording import N_, Labelled

START = 1 << 16  # bytes that are looked at
_BED = re.compile(r"\S+\t\d+\t\d+(\t.*)?")


class FileKind(Labelled):
    VCF = "vcf", N_("VCF or BCF")
    VARIANT_TABLE = "variant_table", N_("table of variants")
    READS = "reads", N_("BAM or CRAM")
    PANEL = "panel", N_("BED of a panel")
    MLPA = "mlpa", N_("MLPA table")


def kind_of(path: Path) -> FileKind:
    """MLPA where it is nothing else: its reader says what is wrong with it. Raises `FileRefused`
    where the file is missing or empty, OSError where it cannot be read."""
    start = _start(path)
    if start.startswith((b"BAM\x01", b"CRAM")):
        return FileKind.READS
    if start.startswith(b"BCF"):
        return FileKind.VCF
    lines = [line for line in _lines(start) if line.strip()]
    if lines and lines[0].startswith(("##fileformat=VCF", "#CHROM")):
        return FileKind.VCF
    if mapping_of(path) is not None:
        return FileKind.VARIANT_TABLE
    told = [line for line in lines if not line.startswith(("#", "track", "browser"))]
    if told and _BED.fullmatch(told[0]):
        return FileKind.PANEL
    return FileKind.MLPA


def mapping_of(path: Path) -> TableMapping | None:
    """The mapping whose columns a table of variants has, or None."""
    for line in _lines(_start(path)):
        if not line.strip() or line.startswith("#"):
            continue
        names = [name.strip('"') for name in line.split("\t")]
        return next((item for item in (MAF, MULTIANNO, SOMATIC_DB) if _fits(item, names)), None)
    return None


def _fits(mapping: TableMapping, names: list[str]) -> bool:
    asked = (mapping.chrom, mapping.pos, mapping.ref, mapping.alt)
    return all(any(option in names for option in options) for options in asked)


def _start(path: Path) -> bytes:
    if not path.is_file():
        raise refusal(path.name, N_("there is no such file"))
    with path.open("rb") as stream:
        start = stream.read(START)
    if not start:
        raise refusal(path.name, N_("the file is empty"))
    if not start.startswith(GZIP_MAGIC):
        return start
    try:
        return zlib.decompressobj(wbits=31).decompress(start, START)
    except zlib.error:
        return start


def _lines(start: bytes) -> list[str]:
    """Its whole lines as far as they can be read, one at least."""
    text = start.decode("utf-8-sig", errors="replace")
    return re.split(r"\r\n|\n|\r", text)
