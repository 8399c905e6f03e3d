"""Which of the transcripts that an annotator lists names the variant, and why that one."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

from analysis.calls import Certainty
from analysis.ikzf1_evidence import VariantConsequence
from analysis.ngs.consequence import GRAVITY
from analysis.wording import N_, Labelled

TABLE_FILE = Path(__file__).parent.parent / "data" / "preferred_transcripts.tsv"


class TranscriptBasis(Labelled):
    TABLE = "table", N_("the preferred transcript of the gene")
    MANE = "mane", N_("MANE Select, as the annotator says")
    CANONICAL = "canonical", N_("canonical, as the annotator says")
    ONLY = "only", N_("the only one given")
    GRAVEST = "gravest", N_("the first with the gravest consequence; none is preferred")
    NONE = "none", N_("no transcript is given")


@dataclass(frozen=True)
class Preferred:
    """A gene's transcript without version; `ensembl` "" where none is recorded."""

    gene: str
    refseq: str
    ensembl: str
    certainty: Certainty
    source: str


class Candidate(NamedTuple):
    """What an annotator says of one allele on one transcript.

    `rank` is 1 for MANE Select, 2 for canonical, 3 for any other.
    """

    gene: str
    transcript: str
    hgvs_c: str
    hgvs_p: str
    consequence: VariantConsequence
    rank: int = 3


@cache
def preferred_transcripts() -> Mapping[str, Preferred]:
    """By gene symbol, from `data/preferred_transcripts.tsv`."""
    with TABLE_FILE.open(encoding="utf-8", newline="") as stream:
        rows = csv.DictReader((row for row in stream if row[0] != "#"), delimiter="\t")
        return {
            row["gene"]: Preferred(
                row["gene"], row["refseq"], row["ensembl"], Certainty(row["certainty"]),
                row["source"],
            )
            for row in rows
        }  # fmt: skip


def choose(
    candidates: Sequence[Candidate], table: Mapping[str, Preferred]
) -> tuple[Candidate, TranscriptBasis]:
    """The candidate that names the variant. Raises ValueError where there is none.

    The gene is that of the gravest consequence, a gene of the table before others; within it the
    table's transcript comes first, then MANE Select, then canonical, then the gravest.
    """
    if not candidates:
        raise ValueError("no candidate to choose from")
    first = candidates[0]
    if len(candidates) == 1:
        basis = TranscriptBasis.TABLE if _listed(first, table) else TranscriptBasis.ONLY
        return first, basis if first.transcript else TranscriptBasis.NONE
    gravest = first
    for item in candidates[1:]:
        same = item.consequence is gravest.consequence and item.gene == gravest.gene
        if not same and _weight(item, table) < _weight(gravest, table):
            gravest = item
    own = [item for item in candidates if item.gene == gravest.gene]
    wanted = table.get(gravest.gene)
    if wanted is not None:
        names = (wanted.refseq, wanted.ensembl)
        for item in own:
            if item.transcript and item.transcript.partition(".")[0] in names:
                return item, TranscriptBasis.TABLE
    best = min(own, key=lambda item: (item.rank, GRAVITY[item.consequence]))
    if best.rank < 3:
        return best, TranscriptBasis.MANE if best.rank == 1 else TranscriptBasis.CANONICAL
    if not gravest.transcript:
        return gravest, TranscriptBasis.NONE
    return gravest, TranscriptBasis.ONLY if len(own) == 1 else TranscriptBasis.GRAVEST


def _weight(item: Candidate, table: Mapping[str, Preferred]) -> tuple[int, bool]:
    return GRAVITY[item.consequence], item.gene not in table


def _listed(item: Candidate, table: Mapping[str, Preferred]) -> bool:
    wanted = table.get(item.gene)
    if wanted is None or not item.transcript:
        return False
    return item.transcript.partition(".")[0] in (wanted.refseq, wanted.ensembl)
