"""Example figures of each kind, and how the tests read an SVG."""

import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass

from cohort_pictures import COHORT_EXAMPLES

from analysis.calls import CopyCall, State
from analysis.figures.deletion_map import DeletionRow, deletion_map
from analysis.figures.gene_frequency import GeneBar, gene_frequency
from analysis.figures.gene_map import DeletedRange, ExonMark, gene_map
from analysis.figures.lettering import Box, text_width
from analysis.figures.lollipop import VariantKind, VariantMark, lollipop
from analysis.figures.mrd_plot import MrdPoint, MrdThreshold, mrd_plot
from analysis.figures.ratio_chart import ProbeMark, ratio_chart
from analysis.wording import say

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = ("<script>alert(1)</script>", "$x$ & {y}", "㛃䶮", '"><b>', "{0}")

NORMAL, HET, HOM = CopyCall.NORMAL, CopyCall.HET_DEL, CopyCall.HOM_DEL


@dataclass(frozen=True)
class Written:
    """One text of a picture: what, how big, and the box that it fills."""

    text: str
    size: float
    box: Box


def parsed(figure) -> ElementTree.Element:
    return ElementTree.fromstring(figure.svg)


def texts(figure) -> list[str]:
    return [node.text for node in parsed(figure).iter(f"{SVG}text")]


def written(figure) -> list[Written]:
    return [_written(node) for node in parsed(figure).iter(f"{SVG}text")]


def _written(node) -> Written:
    x, y, size = (float(node.get(name)) for name in ("x", "y", "font-size"))
    width = text_width(node.text, size, bold=node.get("font-weight") == "bold")
    before = {"start": 0, "middle": width / 2, "end": width}[node.get("text-anchor", "start")]
    # Ink, not line height: labels may stand close, but no letter over another.
    if node.get("transform", "").startswith("rotate(-90"):
        box = Box(x - 0.7 * size, y + before - width, x, y + before)
    else:
        box = Box(x - before, y - 0.7 * size, x - before + width, y)
    return Written(node.text, size, box)


def paths(figure, **attributes) -> list[str]:
    """The `d` of each path whose attributes are these (`stroke_width` stands for stroke-width)."""
    wanted = {name.replace("_", "-"): value for name, value in attributes.items()}
    return [
        node.get("d")
        for node in parsed(figure).iter(f"{SVG}path")
        if all(node.get(name) == value for name, value in wanted.items())
    ]


def marks(figure, **attributes) -> int:
    """How many subpaths are drawn with these attributes, in all paths together."""
    return sum(d.count("M") for d in paths(figure, **attributes))


def calls(first, last, call=HET):
    return tuple(call if first <= i <= last else NORMAL for i in range(1, 9))


def child(deleted=(4, 7)) -> list[ExonMark]:
    first, last = deleted
    lost = range(first, last + 1)
    return [
        ExonMark(i, HET if i in lost else NORMAL, 0.5 + i / 100 + 0.4 * (i not in lost))
        for i in range(1, 9)
    ]


MIXED = [
    ExonMark(1, HET, 0.50),
    ExonMark(2, CopyCall.HET_DUP, 1.51),
    ExonMark(3, HOM, 0.0),
    ExonMark(4, CopyCall.AMBIGUOUS, 0.73),
    ExonMark(5, CopyCall.NOT_EVALUABLE, 0.88),
    ExonMark(6, CopyCall.NOT_EVALUABLE),
    ExonMark(7, CopyCall.HOM_DUP, 3.2),
]
GENES = {"IKZF1": 8, "CDKN2A": 2, "CDKN2B": 1, "PAX5": 6, "EBF1": 4, "ETV6": 6, "RB1": 5}
GENES |= {"BTG1": 4, "PAR1": 5, "JAK2": 2, "reference": 13}


def chip() -> list[ProbeMark]:
    """56 probes, as P335 has them: IKZF1 exons 4-7 lost, JAK2 not tested, RB1 exon 1 unreadable."""
    found = []
    for gene, number in GENES.items():
        for i in range(1, number + 1):
            call, ratio = NORMAL, 0.95 + 0.01 * i
            if gene == "IKZF1" and 4 <= i <= 7:
                call, ratio = HET, 0.55
            elif gene == "JAK2":
                call, ratio = CopyCall.NOT_TESTED, None
            elif gene == "RB1" and i == 1:
                call, ratio = CopyCall.NOT_EVALUABLE, None
            found.append(ProbeMark(f"{gene}-{i}", gene, str(i), ratio, call))
    return found


COURSE = [
    MrdPoint(0, 0.85),
    MrdPoint(15, 0.012, lod=1e-4),
    MrdPoint(33, 3e-4, lod=1e-4),
    MrdPoint(46, None, "not_tested"),
    MrdPoint(84, None, "not_detected", 1e-4),
    MrdPoint(90, 1e-5, "<"),
]
LIMITS = [
    MrdThreshold(1e-3, say("day 15"), 15),
    MrdThreshold(1e-4, say("day 33"), 33),
    MrdThreshold(1e-4, say("week 12")),
]
VARIANTS = [
    VariantMark(158, "p.Gly158Ser", VariantKind.MISSENSE),
    VariantMark(159, "p.Asn159Tyr", VariantKind.MISSENSE, 12),
    VariantMark(161, "p.Leu161fs", VariantKind.TRUNCATING),
    VariantMark(197, "c.589+1G>A", VariantKind.SPLICE),
    VariantMark(450, "p.Ser450_Ala452del", VariantKind.IN_FRAME, 2),
    VariantMark(519, "p.Ser519Leu", VariantKind.OTHER, 100),
    VariantMark(1, "p.Met1?", VariantKind.OTHER),
]
# Patterns of the 18 deletions, of 22 altered children (Zhang et al. 2022, results and Fig. 4A).
PATTERNS = {(4, 7): 8, (1, 8): 4, (2, 7): 3, (4, 8): 2, (2, 8): 1}
ROWS = [DeletionRow(f"{a}-{b}", calls(a, b), n) for (a, b), n in PATTERNS.items()]
BARS = [
    GeneBar("KRAS", "Signaling pathway", 38, 200),
    GeneBar("NRAS", "Signaling pathway", 50, 200),
    GeneBar("ERG", "Transcription factor", 0, 0),
    GeneBar("IKZF1", "Transcription factor", 22, 200),
    GeneBar("PAX5", "Transcription factor", 0, 180),
]

EXAMPLES = {
    "gene map": lambda **o: gene_map(child(), deletions=[DeletedRange(4, 7)], **o),
    "gene map, all kinds": lambda **o: gene_map(
        MIXED,
        deletions=[
            DeletedRange(1, 1),
            DeletedRange(3, 3, HOM),
            DeletedRange(1, 8),
            DeletedRange(8, 8),
        ],
        **o,
    ),
    "gene map, not tested": lambda **o: gene_map([], **o),
    "lollipop": lambda **o: lollipop(VARIANTS[:3:2], **o),
    "lollipop, cohort": lambda **o: lollipop(VARIANTS, **o),
    "lollipop, many": lambda **o: lollipop(
        [VariantMark(r, f"p.Asn{r}Tyr", VariantKind.MISSENSE, 1 + r % 3) for r in range(3, 520, 6)],
        **o,
    ),
    "lollipop, not tested": lambda **o: lollipop([], state=State.NOT_TESTED, **o),
    "ratio chart": lambda **o: ratio_chart(chip(), expected_het=0.6, note=say("Research."), **o),
    "ratio chart, one gene": lambda **o: ratio_chart(chip()[:8], **o),
    "ratio chart, empty": lambda **o: ratio_chart([], **o),
    "MRD": lambda **o: mrd_plot(COURSE, thresholds=LIMITS, **o),
    "MRD, empty": lambda **o: mrd_plot([], **o),
    "deletion map": lambda **o: deletion_map(ROWS, total=22, **o),
    "deletion map, children": lambda **o: deletion_map(
        [DeletionRow(f"Z-{i:03}", calls(4, 7)) for i in range(30)], **o
    ),
    "deletion map, empty": lambda **o: deletion_map([], **o),
    "gene frequency": lambda **o: gene_frequency(BARS, **o),
    "gene frequency, many": lambda **o: gene_frequency(
        [GeneBar(f"GENE{i}", f"Group {i // 9}", i % 60, 200) for i in range(88)], **o
    ),
    "gene frequency, empty": lambda **o: gene_frequency([], **o),
}
EXAMPLES |= COHORT_EXAMPLES
