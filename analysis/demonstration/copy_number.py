"""MLPA P335 ratios and calls: IKZF1 by exon, the other targets by gene.

A tumour of blast fraction b has the ratio 1 - 0.5 b where one copy is lost, 1 - b where both are.
Blast percentages are chosen so that calls by the vendor's ratio table (0.80-1.20 normal, 0.40-0.65
heterozygous deletion, about 0 homozygous deletion, else ambiguous) say what the plan wants.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from analysis.demonstration.plan import Child

NOISE_SD = 0.035
TARGETS = ("PAX5", "ETV6", "RB1", "BTG1", "EBF1", "CDKN2A", "CDKN2B", "PAR1")
IKZF1_EXONS = tuple(range(1, 9))

# Share of children with a heterozygous deletion, at rates plausible in childhood B-ALL. Invented:
# the paper reports no other gene's copy number.
HETEROZYGOUS = {
    "altered": {
        "PAX5": 0.30,
        "ETV6": 0.10,
        "RB1": 0.10,
        "BTG1": 0.12,
        "EBF1": 0.10,
        "CDKN2A": 0.18,
    },
    "not_detected": {
        "PAX5": 0.10,
        "ETV6": 0.08,
        "RB1": 0.04,
        "BTG1": 0.05,
        "EBF1": 0.02,
        "CDKN2A": 0.09,
    },
}
ETV6_IN_TEL = 0.55
HOMOZYGOUS_CDKN2A = {"altered": 0.15, "not_detected": 0.05}
SUBCLONAL_PAX5 = 0.04  # a loss in about half of the blasts: an ambiguous ratio


@dataclass(frozen=True)
class Losses:
    """What is lost in one child: copies of each other target, and the marrow blasts in percent."""

    copies: tuple[tuple[str, float], ...]
    blasts: float


@dataclass(frozen=True)
class Probe:
    """One row of the sheet `mlpa`: a target with its ratio and call. `exon` is "" outside IKZF1."""

    name: str
    gene: str
    exon: str
    ratio: float
    call: str


def losses(child: Child, rng: Random) -> Losses:
    """Copies of each target besides IKZF1 (2 is normal), and blasts that fit the calls."""
    copies = dict.fromkeys(TARGETS, 2.0)
    rates = dict(HETEROZYGOUS[child.group])
    if child.subtype == "tel":
        rates["ETV6"] = ETV6_IN_TEL
    for gene, rate in rates.items():
        if rng.random() < rate:
            copies[gene] = 1.0
    if rng.random() < HOMOZYGOUS_CDKN2A[child.group]:
        copies["CDKN2A"] = 0.0
    if copies["CDKN2A"] < 2 and rng.random() < 0.8:
        copies["CDKN2B"] = copies["CDKN2A"]
    if child.fusion == "P2RY8::CRLF2":  # the fusion is made by a deletion in PAR1
        copies["PAR1"] = 1.0
    intact = child.group == "not_detected" and min(copies.values()) == 2
    if intact and rng.random() < SUBCLONAL_PAX5:
        copies["PAX5"] = 1.45
    return Losses(tuple(copies.items()), _blasts(child, copies, rng))


def _blasts(child: Child, copies: dict[str, float], rng: Random) -> float:
    if min(copies.values()) == 0:
        return round(rng.uniform(96.5, 99.0), 1)
    if child.deletion or min(copies.values()) == 1:
        return round(rng.uniform(84.0, 97.0), 1)
    return round(rng.uniform(62.0, 97.0), 1)


def probes(child: Child, found: Losses, rng: Random) -> tuple[Probe, ...]:
    """The 16 rows of an adequate sample."""
    first, last = child.deletion or (0, -1)
    rows = []
    for exon in IKZF1_EXONS:
        copies = 1.0 if first <= exon <= last else 2.0
        ratio = _ratio(copies, found.blasts, rng)
        rows.append(Probe(f"IKZF1 exon {exon}", "IKZF1", str(exon), ratio, call(ratio)))
    for gene, copies in found.copies:
        ratio = _ratio(copies, found.blasts, rng)
        rows.append(Probe(f"{gene} (mean of probes)", gene, "", ratio, call(ratio)))
    return tuple(rows)


def _ratio(copies: float, blasts: float, rng: Random) -> float:
    """Ratio to two decimals, kept in the window of its call: a probe outside has its own test."""
    expected = 1 - (2 - copies) / 2 * blasts / 100
    value = expected + rng.gauss(0, NOISE_SD * expected)
    low, high = {0.0: (0.0, 0.04), 1.0: (0.42, 0.64), 2.0: (0.84, 1.17)}.get(copies, (0.67, 0.78))
    return round(min(max(value, low), high), 2)


def call(ratio: float) -> str:
    """The call of the vendor's ratio table (p335_template, certainty: from memory, well known)."""
    if ratio <= 0.05:
        return "hom_del"
    if 0.40 <= ratio <= 0.65:
        return "het_del"
    if 0.80 <= ratio <= 1.20:
        return "normal"
    return "ambiguous"
