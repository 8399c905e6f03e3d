"""A place and alleles on GRCh37 for each variant of the demonstration, as a VCF needs them.

Hotspots and the exact IKZF1 variants keep the place that the workbook has; every other gets an
invented one in its gene, with the strand and the bases that its coding name asks for.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from analysis.demonstration.plan import DATA
from analysis.gene import ikzf1
from analysis.ngs.transcripts import preferred_transcripts

BUILD = "GRCh37"
_OTHER = {"A": "T", "C": "G", "G": "C", "T": "A"}
_CODING = re.compile(
    r"c\.(?P<first>\d+)(?:_(?P<last>\d+))?(?P<splice>\+1)?(?P<kind>[ACGT]>[ACGT]|del|dup)"
)


@dataclass(frozen=True)
class GenePlace:
    chrom: str
    position: int
    forward: bool
    transcript: str


@dataclass(frozen=True)
class Placed:
    """As in a VCF: an insertion or deletion with the base before it. `ref_base` and `alt_base` are
    those of the coding strand, "" where the variant is no exchange of one base."""

    chrom: str
    pos: int
    ref: str
    alt: str
    transcript: str
    coding_ref: str = ""
    coding_alt: str = ""


@cache
def gene_places() -> dict[str, GenePlace]:
    with (DATA / "demonstration_places.tsv").open(encoding="utf-8", newline="") as stream:
        rows = csv.DictReader((row for row in stream if row[0] != "#"), delimiter="\t")
        return {
            row["gene"]: GenePlace(
                row["chrom"], int(row["position"]), row["strand"] == "+", row["transcript"]
            )
            for row in rows
        }


def placed(row: dict[str, Any]) -> Placed:
    """The place of one row of the sheet `variants`. Raises ValueError on a name that the
    demonstration does not use."""
    found = _CODING.fullmatch(row["hgvs_c"])
    if found is None:
        raise ValueError(f"{row['gene']} {row['hgvs_c']}: no variant of the demonstration")
    before, _, after = found["kind"].partition(">") if ">" in found["kind"] else ("", "", "")
    transcript = row["transcript"] or transcript_of(row["gene"])
    if row["position"]:
        alleles = (str(row["chrom"]), row["position"], row["ref"], row["alt"])
        return Placed(*alleles, transcript, before, after)
    first, last = int(found["first"]), int(found["last"] or found["first"])
    if row["gene"] == "IKZF1":
        chrom, pos, forward = "7", _on_chromosome_7(first), True
    else:
        gene = gene_places()[row["gene"]]
        chrom, forward = gene.chrom, gene.forward
        pos = gene.position + 6 * (first if forward else 2000 - first)
    if ">" in found["kind"]:
        ref, alt = (before, after) if forward else (_OTHER[before], _OTHER[after])
        return Placed(chrom, pos, ref, alt, transcript, before, after)
    bases = _bases(first, last - first + 1)
    anchor = next(base for base in "ACGT" if base not in (bases[0], bases[-1]))
    longer = anchor + bases
    if found["kind"] == "del":
        return Placed(chrom, pos - 1, longer, anchor, transcript)
    return Placed(chrom, pos - 1, anchor, longer, transcript)


def transcript_of(gene: str) -> str:
    """The preferred transcript, else the one of the list of places; "" where neither has it."""
    listed = preferred_transcripts().get(gene)
    if listed is not None:
        return listed.refseq
    return gene_places()[gene].transcript if gene in gene_places() else ""


def _on_chromosome_7(coding: int) -> int:
    gene = ikzf1()
    exon = gene.exon(gene.exon_of_cds_position(coding))
    start, end = exon.span(BUILD)
    if exon.cds_start == 1:
        return end - (exon.cds_end - coding)
    return start + coding - exon.cds_start


def _bases(first: int, count: int) -> str:
    """Invented bases without a repeat that could shift the variant."""
    return "".join("ACGTTGCA"[(first + 3 * n + n // 4) % 8] for n in range(count))
