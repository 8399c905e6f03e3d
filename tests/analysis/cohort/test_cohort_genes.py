"""Gene frequencies, comparisons, deletion patterns and subtypes on the study's counts."""

import json

import pytest
from study import COUNTS, PANEL, study, study_children

from analysis.calls import State
from analysis.cohort.columns import ALTERED
from analysis.cohort.frame import Alteration, AlterationKind, Child, CohortFrame
from analysis.cohort.genes import (
    FunctionGroup,
    by_function,
    compare_genes,
    function_of,
    gene_frequencies,
    gene_groups,
    mutated_gene_counts,
)
from analysis.cohort.patterns import (
    alteration_classes,
    compare_subtypes,
    deletion_patterns,
    status_by_subtype,
)
from analysis.cohort.significance import TestName

SNV = AlterationKind.SNV


def test_gene_groups_are_all_read_with_source_and_confidence():
    groups = gene_groups()
    assert len(groups) == 277
    assert all(item.sources and item.sources[0] for item in groups.values())
    assert groups["NRAS"].group is FunctionGroup.SIGNALLING
    assert groups["IKZF1"].group is FunctionGroup.TRANSCRIPTION
    assert function_of("NOT-A-GENE") is FunctionGroup.NOT_GROUPED


def test_frequency_is_of_the_children_whose_panel_covered_the_gene():
    children = [
        Child(id=1, genes_tested=frozenset({"NRAS"}), alterations=(Alteration("NRAS", SNV),)),
        Child(id=2, genes_tested=frozenset({"NRAS", "KRAS"})),
        Child(id=3, genes_not_evaluable=frozenset({"NRAS", "KRAS"})),
        Child(id=4),
    ]
    found = {f.gene: f.share for f in gene_frequencies(CohortFrame.from_children(children))}
    nras, kras = found["NRAS"], found["KRAS"]
    assert (nras.n, nras.of, nras.not_evaluable, nras.not_tested) == (1, 2, 1, 1)
    assert (kras.n, kras.of, kras.not_evaluable, kras.not_tested) == (0, 1, 1, 2)


def test_frequencies_stand_in_order_and_count_kinds_by_child():
    found = gene_frequencies(study())
    assert [item.gene for item in found[:2]] == ["NRAS", "IKZF1"]
    ikzf1 = found[1]
    assert (ikzf1.share.n, ikzf1.share.of) == (22, 200)
    assert dict(ikzf1.kinds) == {"snv": 0, "indel": 5, "large_deletion": 18}


def test_two_variants_of_one_gene_are_one_child():
    twice = Child(id=1, alterations=(Alteration("NRAS", SNV), Alteration("NRAS", SNV)))
    (found,) = gene_frequencies(CohortFrame.from_children([twice]))
    assert (found.share.n, found.share.of, dict(found.kinds)["snv"]) == (1, 1, 1)


def test_functions_count_events_and_children():
    found = {item.group: item for item in by_function(study(), without=("IKZF1",))}
    signalling = found[FunctionGroup.SIGNALLING]
    # NRAS (50) and IL7R (2) signal; the two with IL7R are among the first of NRAS.
    assert [gene.gene for gene in signalling.genes] == ["NRAS", "IL7R"]
    assert (signalling.events, signalling.all_events) == (52, 52 + 13 + 4)
    assert (signalling.children.n, signalling.children.of) == (50, 200)


# Facts F3-07 to F3-09.
@pytest.mark.parametrize(
    ("gene", "test", "p"),
    [
        ("IL7R", TestName.FISHER, 0.01161),
        ("SETD2", TestName.YATES, 0.05775),
        ("ROBO3", TestName.FISHER, 0.06061),
    ],
)
def test_genes_by_status_as_in_the_study(gene, test, p):
    found = compare_genes(study())
    row = found.row(gene)
    assert [(share.n, share.of) for share in row.shares] == [
        (COUNTS[gene][0], 22),
        (COUNTS[gene][1], 178),
    ]
    assert row.result.test is test
    assert row.result.p == pytest.approx(p, abs=5e-5 if gene == "SETD2" else 1e-5)
    assert row.q >= row.result.p


def test_genes_nobody_has_altered_and_ikzf1_itself_are_not_compared():
    names = [row.name for row in compare_genes(study()).rows]
    assert names[0] == "IL7R"
    assert set(names) == PANEL - {"TP53", "IKZF1"}


def test_il7r_within_the_altered_by_ph_status_as_in_the_study():
    frame = study()
    altered = frame.select(frame.codes("ikzf1") == ALTERED)
    row = compare_genes(altered, by="ph_or_ph_like").row("IL7R")
    assert [(share.n, share.of) for share in row.shares] == [(2, 4), (0, 18)]
    assert row.result.test is TestName.FISHER
    assert row.result.p == pytest.approx(0.02597, abs=5e-6)


def test_mutated_genes_are_counted_only_where_any_gene_was_tested():
    untested = Child(id=1, ikzf1=State.ALTERED)
    frame = CohortFrame.from_children([*study_children(), untested])
    (altered, others), result = mutated_gene_counts(frame)
    # In both groups SETD2, ROBO3, IL7R and NRAS are dealt to the first children: of the altered
    # 0-1 have four, 2-3 two; of the others 0-1 three, 2-8 two (SETD2, NRAS), 9-45 one.
    assert altered.children == (18, 0, 2, 0, 2)
    assert others.children == (132, 37, 7, 2)
    assert (altered.not_tested, result.missing) == (1, (1, 0))
    assert result.test is TestName.MANN_WHITNEY


def test_deletion_patterns_as_in_the_study_with_both_denominators():
    found = deletion_patterns(study())
    assert [(item.pattern, item.n) for item in found.patterns] == [
        ("del4-7", 8), ("del1-8", 4), ("del2-7", 3), ("del4-8", 2), ("del2-8", 1),
    ]  # fmt: skip
    assert (found.altered, found.deleted, found.tested, found.unnamed) == (22, 18, 200, 0)


def test_two_patterns_of_a_child_count_in_each_and_none_is_unnamed():
    deleted = {"ikzf1": State.ALTERED, "ikzf1_large_deletion": State.ALTERED}
    children = [
        Child(id=1, ikzf1_deletions=("del4-7", "del1-8"), **deleted),
        Child(id=2, **deleted),
        Child(id=3, ikzf1_large_deletion=State.NOT_EVALUABLE, ikzf1_deletions=("del4-7",)),
    ]
    found = deletion_patterns(CohortFrame.from_children(children))
    assert [(item.pattern, item.n) for item in found.patterns] == [("del1-8", 1), ("del4-7", 1)]
    assert (found.deleted, found.tested, found.unnamed) == (2, 2, 1)


def test_classes_of_alteration_as_in_the_study():
    found = alteration_classes(study())
    assert (found.deletion_only, found.variant_only, found.both, found.altered) == (17, 4, 1, 22)


def test_ikzf1_within_subtypes_leaves_out_the_untested():
    extra = Child(id=1, ph_or_ph_like=State.ALTERED)
    frame = CohortFrame.from_children([*study_children(), extra])
    found = {item.subtype.name: item.share for item in status_by_subtype(frame)}
    ph = found["ph_or_ph_like"]
    assert (ph.n, ph.of, ph.not_tested) == (4, 10, 1)
    assert (found["tcf3_hlf"].n, found["tcf3_hlf"].of) == (0, 0)


def test_hyperdiploid_share_by_status_as_in_the_study():
    row = compare_subtypes(study()).row("hyperdiploid")
    assert row.result.test is TestName.PEARSON
    assert row.result.p == pytest.approx(0.09687, abs=5e-6)


@pytest.mark.parametrize("children", [[], [Child(id=1)]])
def test_hardly_any_child_gives_answers_without_p(children):
    frame = CohortFrame.from_children(children)
    assert gene_frequencies(frame) == ()
    assert by_function(frame) == ()
    assert compare_genes(frame).rows == ()
    assert deletion_patterns(frame).patterns == ()
    counts, result = mutated_gene_counts(frame)
    assert result.p is None
    packed = [
        deletion_patterns(frame).to_json(),
        [item.to_json() for item in counts],
        [row.to_json() for row in compare_subtypes(frame).rows],
        [item.to_json() for item in status_by_subtype(frame)],
    ]
    json.dumps(packed, allow_nan=False)
