"""Which subtype a fusion defines: the list of `analysis/data/fusion_pairs.tsv`, read once."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

PAIRS_FILE = Path(__file__).parents[1] / "data" / "fusion_pairs.tsv"
PH_POSITIVE, PH_LIKE, KMT2A = "Ph-pos", "Ph-like", "KMT2A"


@cache
def listed_pairs() -> tuple[Mapping[str, str], ...]:
    """The rows of the list: gene_a, gene_b, subtype, WHO_HAEM5, ICC2022."""
    lines = PAIRS_FILE.read_text(encoding="utf-8").splitlines()
    rows = csv.DictReader((line for line in lines if not line.startswith("#")), delimiter="\t")
    return tuple(MappingProxyType(row) for row in rows)


@cache
def fusion_subtypes() -> Mapping[frozenset[str], str]:
    """The subtype of each listed pair of genes, whichever of the two is named first."""
    return MappingProxyType(
        {frozenset((row["gene_a"], row["gene_b"])): row["subtype"] for row in listed_pairs()}
    )


def subtype_of(gene_a: str, gene_b: str) -> str:
    """ "Ph-like" for EBF1 and PDGFRB; "" for a pair that is not listed.

    A rearrangement of KMT2A is one with any partner.
    """
    if "KMT2A" in (gene_a, gene_b):
        return KMT2A
    return fusion_subtypes().get(frozenset((gene_a, gene_b)), "")
