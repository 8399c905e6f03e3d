"""Examples of the cohort's figures: the usual, the crowded and the empty of each kind."""

from random import Random

import numpy as np

from analysis.calls import State
from analysis.cohort.frame import Alteration, AlterationKind, Child, CohortFrame
from analysis.cohort.oncoprint import oncoprint as oncoprint_of
from analysis.figures.chord import Bond, chord
from analysis.figures.comutation_matrix import MatrixPair, comutation_matrix
from analysis.figures.mirrored_shares import MirroredRow, mirrored_shares
from analysis.figures.mutated_genes import GroupCounts, mutated_genes
from analysis.figures.oncoprint import oncoprint
from analysis.figures.subtype_status import SubtypeRow, subtype_status
from analysis.figures.survival_curves import GroupCurve, survival_curves
from analysis.wording import say

ALTERED, CLEAR = say("IKZF1 altered"), say("IKZF1 not detected")
SNV, INDEL, DELETION = AlterationKind.SNV, AlterationKind.INDEL, AlterationKind.LARGE_DELETION


def some_children(count: int, genes: int, seed: int = 1) -> list[Child]:
    """Invented children: a few of a small panel, a few unreadable, a few of no panel."""
    draw = Random(seed)
    names = ["IKZF1", "NRAS", "KRAS", *(f"GENE{i}" for i in range(genes - 3))]
    small = frozenset(names[: genes // 2])
    return [_child(draw, i, names, small) for i in range(count)]


def _child(draw: Random, number: int, names: list[str], small: frozenset[str]) -> Child:
    tested = draw.choice([frozenset(names)] * 8 + [small, frozenset()])
    unread = frozenset(names[:2]) if tested and number % 9 == 0 else frozenset()
    found = [gene for gene in names if gene in tested - unread and draw.random() < 0.06]
    kinds = [draw.choice((SNV, SNV, INDEL, DELETION)) for _gene in found]
    return Child(
        id=number,
        sex=draw.choice(("male", "female")),
        risk_group=draw.choice(("low", "intermediate", "high", None)),
        hyperdiploid=draw.choice(tuple(State)),
        genes_tested=tested - unread,
        genes_not_evaluable=unread,
        alterations=tuple(map(Alteration, found, kinds)),
    )


def landscape(count: int, genes: int, **options):
    return oncoprint_of(CohortFrame.from_children(some_children(count, genes)), **options)


def curve(label, times, values, at_risk, *, lost=(), band=0.05) -> GroupCurve:
    values = np.array(values, dtype=float)
    censored = np.array([1 if i in lost else 0 for i in range(len(values))])
    inner = (values > 0) & (values < 1)
    low, high = np.where(inner, values - band, np.nan), np.where(inner, values + band, np.nan)
    return GroupCurve(
        label, np.array(times, dtype=float), values, low, high, np.array(at_risk), censored, 3
    )


TWO = (
    curve(ALTERED, (100, 400, 900, 1500), (0.9, 0.8, 0.6, 0.6), (22, 15, 9, 4), lost=(3,)),
    curve(CLEAR, (50, 700, 1400, 2000), (0.98, 0.95, 0.9, 0.9), (178, 150, 80, 20), lost=(1, 3)),
)
SHORT = (curve(CLEAR, (10, 90), (0.9, 0.0), (12, 4)),)
NOBODY = (curve(ALTERED, (), (), ()), TWO[1])

ROWS = [
    MirroredRow("NRAS", (5, 22), (45, 178), 0.8, 0.9),
    MirroredRow("IL7R", (2, 22), (0, 178), 0.0116, 0.2),
    MirroredRow("ERG", (0, 0), (0, 0)),
    MirroredRow(say("Signaling pathway"), (22, 22), (0, 178), 1e-9, 1e-8),
]
MANY = [MirroredRow(f"GENE{i}", (i % 23, 22), (i, 178), 0.01 * i, 0.5) for i in range(64)]
GENES = [f"GENE{i}" for i in range(40)]
RATIOS = (0.0, 0.05, 0.2, 0.5, 1.0, 2.0, 5.0, 20.0, float("inf"), None)
PAIRS = [
    MatrixPair(i, j, RATIOS[(i * j) % 10], *((None, None) if (i * j) % 10 == 9 else (0.01, 0.04)))
    for i in range(40)
    for j in range(i)
]


def mirrored(rows, **options):
    return mirrored_shares(rows, groups=(ALTERED, CLEAR), title=say("Altered genes"), **options)


def survival(curves, **options):
    return survival_curves(curves, title=say("Overall survival"), axis=say("alive (%)"), **options)


COHORT_EXAMPLES = {
    "oncoprint": lambda **o: oncoprint(landscape(200, 88), **o),
    "oncoprint, thirty": lambda **o: oncoprint(landscape(30, 20), **o),
    "oncoprint, thousand": lambda **o: oncoprint(landscape(1000, 60), **o),
    "oncoprint, more genes than fit": lambda **o: oncoprint(landscape(80, 110, most=60), **o),
    "oncoprint, one child": lambda **o: oncoprint(landscape(1, 5), **o),
    "oncoprint, no child": lambda **o: oncoprint(landscape(0, 5), **o),
    "mirrored": lambda **o: mirrored(ROWS, **o),
    "mirrored, many": lambda **o: mirrored(MANY, **o),
    "mirrored, empty": lambda **o: mirrored([], **o),
    "pairs": lambda **o: comutation_matrix(GENES[:8], PAIRS[:28], counts=range(40, 32, -1), **o),
    "pairs, many": lambda **o: comutation_matrix(GENES, PAIRS, **o),
    "pairs, one gene": lambda **o: comutation_matrix(GENES[:1], [], **o),
    "pairs, empty": lambda **o: comutation_matrix([], [], **o),
    "survival": lambda **o: survival(TWO, result=say("log-rank p {p}", p="0.025"), **o),
    "incidence": lambda **o: survival(TWO, falling=False, result=say("p {p}", p="0.1"), **o),
    "survival, months": lambda **o: survival(SHORT, **o),
    "survival, one group of nobody": lambda **o: survival(NOBODY, **o),
    "survival, empty": lambda **o: survival([], **o),
    "mutated genes": lambda **o: mutated_genes(
        [GroupCounts(ALTERED, (1, 5, 7), 2), GroupCounts(CLEAR, (30, 60, 40, *[1] * 30), 1.5)],
        result=say("Mann-Whitney U p {p}", p="0.04"),
        **o,
    ),
    "mutated genes, empty": lambda **o: mutated_genes(
        [GroupCounts(ALTERED, (), None), GroupCounts(CLEAR, (), None)], **o
    ),
    "chord": lambda **o: chord(
        (say("large deletion"), say("SNV/InDel"), say("both")),
        GENES[:26],
        [Bond(0, i, 1 + (i < 4) * (5 - i)) for i in range(22)]
        + [Bond(1, i, 1) for i in (0, 3, 25)],
        **o,
    ),
    "chord, many": lambda **o: chord(
        (say("large deletion"),), GENES[:36], [Bond(0, i, 1) for i in range(36)], **o
    ),
    "chord, empty": lambda **o: chord((), (), (), **o),
    "subtypes": lambda **o: subtype_status(
        [
            SubtypeRow(say("Hyperdiploid"), 4, 64, 1, 1, 0.0969),
            SubtypeRow(say("TCF3::HLF"), 0, 0, 1, 2),
            SubtypeRow(say("Ph+ or Ph-like"), 4, 18, 0, 0, 0.0004),
        ],
        **o,
    ),
    "subtypes, empty": lambda **o: subtype_status([], **o),
}
