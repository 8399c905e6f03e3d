"""Genes of a cohort: how often altered, by function, by IKZF1 status; deletion patterns; subtypes.

A gene's denominator is the children whose panel or probemix covered it with a readable answer.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from analysis.cohort import effect, ranks, significance
from analysis.cohort.columns import (
    ALTERED,
    COLUMNS,
    NOT_DETECTED,
    NOT_EVALUABLE,
    NOT_TESTED,
)
from analysis.cohort.compare import split_by
from analysis.cohort.effect import Effect
from analysis.cohort.frame import AlterationKind, CohortFrame
from analysis.cohort.rows import Excluded, Group
from analysis.cohort.significance import Rule, TestResult
from analysis.wording import N_, Labelled, Message, say

GROUPS_FILE = Path(__file__).parents[1] / "data" / "gene_groups.tsv"


class FunctionGroup(Labelled):
    """What a gene does; the values are those of `analysis/data/gene_groups.tsv`."""

    SIGNALLING = "Signaling pathway", N_("Signalling pathway")
    TRANSCRIPTION = "Transcription factor", N_("Transcription factor")
    EPIGENETIC = "Epigenetic regulation", N_("Epigenetic regulation")
    CELL_CYCLE = "Cell cycle / tumour suppressor", N_("Cell cycle or tumour suppressor")
    DNA_REPAIR = "DNA damage repair", N_("DNA damage repair")
    COHESIN = "Cohesin", N_("Cohesin")
    SPLICING = "RNA splicing", N_("RNA splicing")
    RIBOSOME = "Ribosome / translation", N_("Ribosome or translation")
    UBIQUITIN = "Ubiquitination / protein homeostasis", N_("Ubiquitination or protein homeostasis")
    NUCLEOTIDE = (
        "Nucleotide metabolism / drug resistance",
        N_("Nucleotide metabolism or drug resistance"),
    )
    IMMUNE = "Immune evasion", N_("Immune evasion")
    ADHESION = "Cell adhesion / cytoskeleton / synapse", N_("Cell adhesion, cytoskeleton, synapse")
    TELOMERE = "Telomere / other", N_("Telomere or other")
    NOT_GROUPED = "", N_("Not grouped")


class Confidence(Labelled):
    """How sure a gene's group is."""

    HIGH = "high", N_("from published tables")
    MEDIUM = "medium", N_("one of two possible groups")
    REASONED = "reasoned", N_("by known function, unconfirmed")


@dataclass(frozen=True)
class GeneGroup:
    """A gene's function as listed, with where that comes from and how sure it is."""

    gene: str
    group: FunctionGroup
    subgroup: str
    sources: tuple[str, ...]
    confidence: Confidence
    ambiguity: str = ""


@cache
def gene_groups() -> Mapping[str, GeneGroup]:
    """Every listed gene, by its symbol."""
    lines = GROUPS_FILE.read_text(encoding="utf-8").splitlines()
    rows = csv.DictReader((line for line in lines if not line.startswith("#")), delimiter="\t")
    return MappingProxyType(
        {
            row["gene"]: GeneGroup(
                gene=row["gene"],
                group=FunctionGroup(row["group"]),
                subgroup=row["subgroup"],
                sources=tuple(row["sources"].split(";")),
                confidence=Confidence(row["confidence"]),
                ambiguity=row["ambiguity"],
            )
            for row in rows
        }
    )


def function_of(gene: str) -> FunctionGroup:
    listed = gene_groups().get(gene)
    return listed.group if listed else FunctionGroup.NOT_GROUPED


@dataclass(frozen=True)
class Share:
    """`n` of the `of` children who were tested and evaluable; the others counted apart."""

    n: int
    of: int
    not_tested: int = 0
    not_evaluable: int = 0

    @property
    def fraction(self) -> float | None:
        return self.n / self.of if self.of else None

    def to_json(self) -> dict[str, int]:
        return {
            "n": self.n,
            "of": self.of,
            "not_tested": self.not_tested,
            "not_evaluable": self.not_evaluable,
        }


@dataclass(frozen=True)
class GeneFrequency:
    """How many children have the gene altered; `kinds` counts children by kind of alteration, so a
    child with two kinds counts in both and in `share` once."""

    gene: str
    group: FunctionGroup
    share: Share
    kinds: tuple[tuple[AlterationKind, int], ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "gene": self.gene,
            "group": self.group.value,
            **self.share.to_json(),
            "kinds": {kind.value: n for kind, n in self.kinds},
        }


def gene_frequencies(frame: CohortFrame) -> tuple[GeneFrequency, ...]:
    """Every gene that anybody was tested for, the most often altered first."""
    shares = _shares(frame.gene_states.to_numpy())
    kinds = Counter(
        frame.alterations.drop_duplicates(["row", "gene", "kind"])[["gene", "kind"]].itertuples(
            index=False, name=None
        )
    )
    found = [
        GeneFrequency(
            gene,
            function_of(gene),
            share,
            tuple((kind, kinds[gene, kind.value]) for kind in AlterationKind),
        )
        for gene, share in zip(frame.gene_states.columns, shares, strict=True)
    ]
    return tuple(sorted(found, key=lambda item: (-(item.share.fraction or 0), item.gene)))


def _shares(states: np.ndarray) -> list[Share]:
    """One `Share` a column of `states`."""
    altered, clear, unread, untested = (
        np.count_nonzero(states == code, axis=0).tolist()
        for code in (ALTERED, NOT_DETECTED, NOT_EVALUABLE, NOT_TESTED)
    )
    columns = zip(altered, clear, untested, unread, strict=True)
    return [Share(n, n + none, missing, failed) for n, none, missing, failed in columns]


@dataclass(frozen=True)
class FunctionFrequency:
    """A function group: its altered genes, the child-gene pairs altered (`events`, of `all_events`
    in every group) and how many children carry at least one."""

    group: FunctionGroup
    genes: tuple[GeneFrequency, ...]
    events: int
    all_events: int
    children: Share

    def to_json(self) -> dict[str, Any]:
        return {
            "group": self.group.value,
            "genes": [gene.to_json() for gene in self.genes],
            "events": self.events,
            "all_events": self.all_events,
            "children": self.children.to_json(),
        }


def by_function(
    frame: CohortFrame, *, without: tuple[str, ...] = ()
) -> tuple[FunctionFrequency, ...]:
    """The altered genes by function group, the group with most events first; `without` leaves
    genes out (IKZF1 itself, when its partners are asked for)."""
    members: dict[FunctionGroup, list[GeneFrequency]] = {}
    for gene in gene_frequencies(frame):
        if gene.share.n and gene.gene not in without:
            members.setdefault(gene.group, []).append(gene)
    all_events = sum(gene.share.n for genes in members.values() for gene in genes)
    found = [
        FunctionFrequency(
            group,
            tuple(genes),
            sum(gene.share.n for gene in genes),
            all_events,
            share_of_function(frame, group, without),
        )
        for group, genes in members.items()
    ]
    order = list(FunctionGroup)
    return tuple(sorted(found, key=lambda item: (-item.events, order.index(item.group))))


def share_of_function(frame: CohortFrame, group: FunctionGroup, without: tuple[str, ...]) -> Share:
    """Children with any gene of the group altered, of those with an answer for at least one."""
    genes = [
        gene
        for gene in frame.gene_states.columns
        if function_of(gene) is group and gene not in without
    ]
    states = frame.gene_states[genes].to_numpy()
    altered = (states == ALTERED).any(axis=1)
    answered = altered | (states == NOT_DETECTED).any(axis=1)
    unread = ~answered & (states == NOT_EVALUABLE).any(axis=1)
    n, of, failed = (int(mask.sum()) for mask in (altered, answered, unread))
    return Share(n, of, not_tested=len(frame) - of - failed, not_evaluable=failed)


@dataclass(frozen=True)
class Comparison:
    """Two groups compared in one gene, or one subtype."""

    name: str
    label: Message
    shares: tuple[Share, ...]
    result: TestResult
    q: float | None = None
    odds_ratio: Effect | None = None
    difference: Effect | None = None

    def to_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "shares": [share.to_json() for share in self.shares],
            **self.result.to_json(),
            "q": self.q,
            "odds_ratio": self.odds_ratio.to_json() if self.odds_ratio else None,
            "difference": self.difference.to_json() if self.difference else None,
        }


@dataclass(frozen=True)
class Comparisons:
    """A family of comparisons between the same groups; q is over all of them that have a p."""

    groups: tuple[Group, ...]
    rows: tuple[Comparison, ...]
    excluded: tuple[Excluded, ...]

    def row(self, name: str) -> Comparison:
        """Raises KeyError where there is no such row."""
        for row in self.rows:
            if row.name == name:
                return row
        raise KeyError(name)


def compare_genes(
    frame: CohortFrame,
    by: str = "ikzf1",
    *,
    rule: Rule | str = Rule.EXPECTED_COUNTS,
    without: tuple[str, ...] = ("IKZF1",),
) -> Comparisons:
    """Every altered gene in the groups that `by` makes, smallest p first.

    IKZF1 is left out by default: it makes the groups.
    """
    split, excluded = split_by(frame, COLUMNS[by])
    states = frame.gene_states.to_numpy()
    by_group = [_shares(states[split.of == place]) for place in range(len(split.groups))]
    rows = [
        compared(gene, say(N_("{gene}"), gene=gene), shares, Rule(rule))
        for gene, shares in zip(frame.gene_states.columns, zip(*by_group, strict=True), strict=True)
        if gene not in without and any(share.n for share in shares)
    ]
    rows = with_q(rows)
    rows.sort(key=lambda row: (1.0 if row.result.p is None else row.result.p, row.name))
    return Comparisons(split.groups, tuple(rows), excluded)


def compared(name: str, label: Message, shares: tuple[Share, ...], rule: Rule) -> Comparison:
    """The groups' `shares` of one characteristic, tested; q is left for the whole family."""
    counts = [[share.n, share.of - share.n] for share in shares]
    missing = tuple(share.not_tested + share.not_evaluable for share in shares)
    result = significance.contingency(counts, rule=rule, missing=missing)
    if len(shares) != 2:
        return Comparison(name, label, tuple(shares), result)
    n, of = (shares[0].n, shares[1].n), (shares[0].of, shares[1].of)
    sizes = {"odds_ratio": effect.odds_ratio(n, of), "difference": effect.difference(n, of)}
    return Comparison(name, label, tuple(shares), result, **sizes)


def with_q(rows: list[Comparison]) -> list[Comparison]:
    """`rows` as one family of tests, each with its false-discovery q."""
    q = significance.benjamini_hochberg([row.result.p for row in rows])
    return [replace(row, q=value) for row, value in zip(rows, q, strict=True)]


@dataclass(frozen=True)
class GeneCounts:
    """How many mutated genes each child of a group has: `children[k]` of them have k."""

    group: Group
    children: tuple[int, ...]
    median: float | None
    not_tested: int

    def to_json(self) -> dict[str, Any]:
        return {
            "n": sum(self.children),
            "children": list(self.children),
            "median": self.median,
            "not_tested": self.not_tested,
        }


def mutated_gene_counts(
    frame: CohortFrame, by: str = "ikzf1", *, without: tuple[str, ...] = ("IKZF1",)
) -> tuple[tuple[GeneCounts, ...], TestResult]:
    """Number of mutated genes per child in each group, and the test between the groups.

    A child with no gene tested has no number, not 0. IKZF1 is left out by default.
    """
    split, _ = split_by(frame, COLUMNS[by])
    states = frame.gene_states.drop(columns=list(without), errors="ignore").to_numpy()
    answered = ((states == ALTERED) | (states == NOT_DETECTED)).any(axis=1)
    numbers = np.where(answered, (states == ALTERED).sum(axis=1), np.nan)
    samples = [numbers[split.of == place] for place in range(len(split.groups))]
    pairs = zip(split.groups, samples, strict=True)
    counts = tuple(_gene_counts(group, sample) for group, sample in pairs)
    if len(samples) == 2:
        return counts, ranks.mann_whitney(*samples)
    return counts, ranks.kruskal_wallis(samples)


def _gene_counts(group: Group, sample: np.ndarray) -> GeneCounts:
    known = sample[~np.isnan(sample)].astype(int)
    median = float(np.median(known)) if len(known) else None
    children = tuple(np.bincount(known).tolist()) if len(known) else ()
    return GeneCounts(group, children, median, len(sample) - len(known))
