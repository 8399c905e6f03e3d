"""Which build of the genome a file is on, by the lengths of its contigs or by what it says."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from analysis.wording import N_, Labelled

LENGTHS_FILE = Path(__file__).parent.parent / "data" / "contig_lengths.tsv"
# How the builds are named in `assembly=`, `##reference` and NCBI_Build.
_NAMES = (
    ("GRCh37", re.compile(r"grch37|hg19|hs37|b37|human_g1k_v37|assembly19|^37(\.|$)", re.I)),
    ("GRCh38", re.compile(r"grch38|hg38|hs38|assembly38|^38(\.|$)", re.I)),
    ("NCBI36", re.compile(r"ncbi36|hg18|^36(\.|$)", re.I)),
)


class BuildBasis(Labelled):
    LENGTHS = "lengths", N_("by the lengths of the contigs")
    NAME = "name", N_("by the name that the file gives")
    UNKNOWN = "unknown", N_("the file does not say")
    MIXED = "mixed", N_("the contigs belong to several builds")


@dataclass(frozen=True)
class Build:
    """`name` is "GRCh37", "GRCh38", "NCBI36" or "" where it is not known."""

    name: str
    basis: BuildBasis


@cache
def contig_lengths() -> dict[str, dict[str, int]]:
    """{build: {contig without "chr": length}} of the chromosomes 1..22, X and Y."""
    with LENGTHS_FILE.open(encoding="utf-8", newline="") as stream:
        table = csv.DictReader((row for row in stream if row[0] != "#"), delimiter="\t")
        rows = list(table)
    return {b: {row["contig"]: int(row[b]) for row in rows} for b in ("GRCh37", "GRCh38")}


def bare(contig: str) -> str:
    """The contig without "chr", as both habits name the same chromosome."""
    return contig[3:] if contig[:3].lower() == "chr" else contig


def build_of(contigs: Mapping[str, int | None], names: tuple[str, ...] = ()) -> Build:
    """The build of `contigs` (name -> length, None where not stated), else by the first of `names`
    that says one. Chromosomes whose lengths belong to different builds give no build."""
    seen = set()
    for build, lengths in contig_lengths().items():
        if any(length and lengths.get(bare(name)) == length for name, length in contigs.items()):
            seen.add(build)
    if len(seen) > 1:
        return Build("", BuildBasis.MIXED)
    if seen:
        return Build(seen.pop(), BuildBasis.LENGTHS)
    for text in names:
        named = build_named(text)
        if named:
            return Build(named, BuildBasis.NAME)
    return Build("", BuildBasis.UNKNOWN)


def build_named(text: str) -> str:
    """The build that `text` names, or "" where it names none or several."""
    found = [build for build, pattern in _NAMES if pattern.search(text)]
    return found[0] if len(found) == 1 else ""
