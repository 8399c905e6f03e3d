"""Sequence variants: which sites each mutated gene carries, with 371 missense ones of 553.

Variants of NRAS, KRAS and FLT3 are well-known hotspots. Every other one is invented: its residue is
made up, though codon, nucleotide and protein change agree. VAF follows the marrow blasts.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

from analysis.demonstration.plan import Child, read

# (place in the codon, nucleotide change, residue, what it becomes): changes possible in one codon.
MISSENSE = (
    (2, "G>A", "Arg", "His"),
    (1, "C>T", "Arg", "Trp"),
    (2, "G>A", "Gly", "Asp"),
    (2, "C>T", "Ser", "Leu"),
    (1, "G>A", "Glu", "Lys"),
    (2, "C>T", "Pro", "Leu"),
    (2, "C>T", "Ala", "Val"),
    (2, "A>G", "Tyr", "Cys"),
)
NONSENSE = ((1, "C>T", "Arg"), (1, "C>T", "Gln"), (3, "G>A", "Trp"), (1, "G>T", "Glu"))
RESIDUES = ("Ala", "Gly", "Leu", "Lys", "Pro", "Ser", "Thr", "Val")
TRUNCATING = ("nonsense", "frameshift", "frameshift", "splice", "inframe")
MAIN_CLONE, SUBCLONE = (0.36, 0.50), (0.03, 0.16)


@dataclass(frozen=True)
class Site:
    """One variant of one child, without VAF and depth."""

    gene: str
    hgvs_c: str
    hgvs_p: str
    consequence: str
    classification: str
    transcript: str = ""
    chrom: str = ""
    position: int | None = None
    ref: str = ""
    alt: str = ""
    subclone: bool = False


def sites(
    children: tuple[Child, ...], genes: tuple[frozenset[str], ...], rng: Random
) -> tuple[tuple[Site, ...], ...]:
    """The sites of each child, in the order of `children`: 553 in all."""
    wanted = read("marginals")["genes"]
    slots = [(i, gene, False) for i, found in enumerate(genes) for gene in sorted(found)]
    fixed = sum(1 for child in children if child.ikzf1_variant)
    slots += _repeats(children, slots, wanted["sites"]["value"] - fixed - len(slots), rng)
    found: list[list[Site]] = [[] for _ in children]
    for index, child in enumerate(children):
        if child.ikzf1_variant:
            found[index].append(_ikzf1(child.ikzf1_variant))
    hotspots, others = [], []
    for slot in slots:
        (hotspots if slot[1] in read("genes")["hotspots"] else others).append(slot)
    for index, gene, subclone in hotspots:
        found[index].append(_hotspot(gene, found[index], subclone, rng))
    missense = wanted["missense"]["value"]
    missense -= sum(site.consequence == "missense" for list_ in found for site in list_)
    kinds = ["missense"] * missense
    kinds += [TRUNCATING[i % len(TRUNCATING)] for i in range(len(others) - missense)]
    rng.shuffle(kinds)
    for (index, gene, subclone), kind in zip(others, kinds, strict=True):
        used = {site.hgvs_c for site in found[index] if site.gene == gene}
        found[index].append(_invented(gene, kind, subclone, used, rng))
    return tuple(tuple(sorted(list_, key=lambda s: (s.gene, s.hgvs_c))) for list_ in found)


def _repeats(
    children: tuple[Child, ...], slots: list[tuple[int, str, bool]], n: int, rng: Random
) -> list[tuple[int, str, bool]]:
    """Second sites in genes already mutated, at most one to a gene of a child not altered."""
    weights = read("genes")["repeated"]
    keyed = [
        (rng.random() ** (1 / weights[gene]), index, gene)
        for index, gene, _ in slots
        if gene in weights and children[index].group == "not_detected"
    ]
    return [(index, gene, True) for _, index, gene in sorted(keyed)[-n:]]


def _ikzf1(hgvs_c: str) -> Site:
    row: dict[str, Any] = read("genes")["ikzf1"][hgvs_c]
    return Site(
        gene="IKZF1",
        hgvs_c=hgvs_c,
        hgvs_p=row["hgvs_p"],
        consequence=row["consequence"],
        classification="pathogenic" if row["named_by_paper"] else "likely_pathogenic",
        transcript="NM_006060.6",
        chrom="7" if "position" in row else "",
        position=row.get("position"),
        ref=row.get("ref", ""),
        alt=row.get("alt", ""),
    )


def _hotspot(gene: str, already: list[Site], subclone: bool, rng: Random) -> Site:
    entry = read("genes")["hotspots"][gene]
    used = {site.hgvs_c for site in already if site.gene == gene}
    open_ = [row for row in entry["variants"] if row["hgvs_c"] not in used]
    (row,) = rng.choices(open_, [row["weight"] for row in open_])
    return Site(
        gene=gene,
        hgvs_c=row["hgvs_c"],
        hgvs_p=row["hgvs_p"],
        consequence=row.get("consequence", "missense"),
        classification="pathogenic",
        transcript=entry["transcript"],
        chrom=entry["chrom"] if "position" in row else "",
        position=row.get("position"),
        ref=row.get("ref", ""),
        alt=row.get("alt", ""),
        subclone=subclone,
    )


def _invented(gene: str, kind: str, subclone: bool, used: set[str], rng: Random) -> Site:
    """A variant of this kind that the child does not yet carry in the gene."""
    while True:
        site = _drawn(gene, kind, subclone, rng)
        if site.hgvs_c not in used:
            return site


def _drawn(gene: str, kind: str, subclone: bool, rng: Random) -> Site:
    codon = rng.randint(40, 560)
    start = 3 * codon - 2
    residue = rng.choice(RESIDUES)
    if kind == "missense":
        place, change, before, after = rng.choice(MISSENSE)
        c, p = f"c.{start + place - 1}{change}", f"p.{before}{codon}{after}"
    elif kind == "nonsense":
        place, change, before = rng.choice(NONSENSE)
        c, p = f"c.{start + place - 1}{change}", f"p.{before}{codon}Ter"
    elif kind == "frameshift":
        c, p = f"c.{start}del", f"p.{residue}{codon}fs"
    elif kind == "inframe":
        c, p = f"c.{start}_{start + 2}del", f"p.{residue}{codon}del"
    else:
        c, p = f"c.{start}+1G>A", "p.?"
    classification = "uncertain" if kind in ("missense", "inframe") else "likely_pathogenic"
    return Site(gene, c, p, kind, classification, subclone=subclone)


def vaf(site: Site, *, blasts: float, rng: Random) -> float:
    """Fraction of reads: half of the blasts for a heterozygous variant of the main clone.

    `blasts` is the marrow percentage. Never below the filter of 1 %.
    """
    low, high = SUBCLONE if site.subclone else MAIN_CLONE
    return round(max(rng.uniform(low, high) * blasts / 100, 0.012), 3)
