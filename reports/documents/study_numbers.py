"""What the cohort report counts beyond its two tables, in the order of the study's figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from analysis.cohort.columns import ALTERED
from analysis.cohort.comutation import CoMutation, Pair, comutation
from analysis.cohort.follow_up import EndpointResult, survival_by_status
from analysis.cohort.frame import CohortFrame
from analysis.cohort.function_classes import compare_functions
from analysis.cohort.genes import Comparisons, GeneCounts, compare_genes, mutated_gene_counts
from analysis.cohort.oncoprint import Oncoprint, oncoprint
from analysis.cohort.outcome import FollowUp
from analysis.cohort.partners import Partners, partners
from analysis.cohort.patterns import (
    AlterationClasses,
    SubtypeStatus,
    alteration_classes,
    compare_subtypes,
    status_by_subtype,
)
from analysis.cohort.significance import TestResult
from analysis.figures.lollipop import VariantKind, VariantMark
from analysis.ikzf1 import Ikzf1Status
from reports.documents.gene_pictures import MARKS

PRINTED_PAIRS = 15
SUBGROUP = "ph_or_ph_like"


@dataclass(frozen=True, eq=False)
class StudyNumbers:
    """`pairs` are those with the smallest p; `genotype` compares the partner genes of the
    IKZF1-altered children with `SUBGROUP` against the other IKZF1-altered."""

    oncoprint: Oncoprint
    comutation: CoMutation
    pairs: tuple[Pair, ...]
    subtypes: tuple[SubtypeStatus, ...]
    subtype_tests: Comparisons
    genes: Comparisons
    gene_counts: tuple[GeneCounts, ...]
    gene_counts_test: TestResult
    classes: AlterationClasses
    variants: tuple[VariantMark, ...]
    unplaced: int
    partners: Partners
    functions: Comparisons
    genotype: Comparisons
    survival: tuple[EndpointResult, ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "oncoprint": self.oncoprint.to_json(),
            "comutation": {
                "genes": list(self.comutation.genes),
                "pairs_tested": len(self.comutation),
                "pairs": [pair.to_json() for pair in self.pairs],
            },
            "status_by_subtype": [item.to_json() for item in self.subtypes],
            "subtypes_by_status": [item.to_json() for item in self.subtype_tests.rows],
            "genes_by_status": [item.to_json() for item in self.genes.rows],
            "mutated_genes": {
                "groups": [item.to_json() for item in self.gene_counts],
                **self.gene_counts_test.to_json(),
            },
            "alteration_classes": self.classes.to_json(),
            "lollipop": [
                {"residue": item.residue, "name": item.label, "kind": item.kind.value,
                 "n": item.count}
                for item in self.variants
            ],
            "partners": self.partners.to_json(),
            "functions_by_status": [item.to_json() for item in self.functions.rows],
            "genotype_by_subtype": [item.to_json() for item in self.genotype.rows],
            "survival": [item.to_json() for item in self.survival],
        }  # fmt: skip


def study_numbers(
    frame: CohortFrame, statuses: Collection[Ikzf1Status], follow_ups: Sequence[FollowUp]
) -> StudyNumbers:
    """Count everything of one cohort; `follow_ups` run beside the children of `frame`."""
    pairs = comutation(frame)
    counts, test = mutated_gene_counts(frame)
    marks, unplaced = _variants(statuses)
    altered = frame.select(frame.codes("ikzf1") == ALTERED)
    return StudyNumbers(
        oncoprint=oncoprint(frame),
        comutation=pairs,
        pairs=pairs.pairs(most=PRINTED_PAIRS),
        subtypes=status_by_subtype(frame),
        subtype_tests=compare_subtypes(frame),
        genes=compare_genes(frame),
        gene_counts=counts,
        gene_counts_test=test,
        classes=alteration_classes(frame),
        variants=marks,
        unplaced=unplaced,
        partners=partners(frame),
        functions=compare_functions(frame),
        genotype=compare_genes(altered, by=SUBGROUP),
        survival=survival_by_status(frame, follow_ups),
    )


def _variants(statuses: Collection[Ikzf1Status]) -> tuple[tuple[VariantMark, ...], int]:
    """The counted variants with a place on the protein, and how many have none."""
    found: Counter[tuple[int, str, VariantKind]] = Counter()
    unplaced = 0
    for status in statuses:
        for item in status.counted_variants:
            if item.residue is None:
                unplaced += 1
                continue
            name = item.variant.hgvs_p or item.variant.hgvs_c
            found[item.residue, name, MARKS.get(item.consequence, VariantKind.OTHER)] += 1
    marks = (VariantMark(*key, count) for key, count in sorted(found.items()))
    return tuple(marks), unplaced
