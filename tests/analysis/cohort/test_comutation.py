"""Pairs of genes: counted by hand, with gaps of panels, constants and cohorts of no size."""

import json
import math
from random import Random

import numpy as np
import pytest
from study import study

from analysis.cohort import joint_counts
from analysis.cohort.columns import ALTERED, NOT_DETECTED, NOT_EVALUABLE, NOT_TESTED
from analysis.cohort.comutation import comutation, comutation_of
from analysis.cohort.frame import Alteration, AlterationKind, Child, CohortFrame
from analysis.cohort.joint_counts import Answers
from analysis.cohort.significance import TestName

STATES = np.array([ALTERED, NOT_DETECTED, NOT_EVALUABLE, NOT_TESTED], dtype=np.uint8)


def random_states(seed: int, children: int, genes: int) -> np.ndarray:
    draw = np.random.default_rng(seed)
    return STATES[draw.choice(4, size=(children, genes), p=[0.3, 0.5, 0.1, 0.1])]


def counted_by_hand(states: np.ndarray, a: int, b: int) -> tuple[int, int, int, int]:
    answers = (ALTERED, NOT_DETECTED)
    rows = [(x, y) for x, y in states[:, [a, b]].tolist() if x in answers and y in answers]
    wanted = [(p, q) for p in answers for q in answers]
    return tuple(rows.count(pair) for pair in wanted)


# All 150 children at once, and in blocks that end within them.
@pytest.mark.parametrize("blocks", [None, (64, 1), (128, 2)])
def test_counts_of_a_pair_are_over_children_with_an_answer_for_both(monkeypatch, blocks):
    if blocks:
        monkeypatch.setattr(joint_counts, "_CHILDREN_AT_ONCE", blocks[0])
        monkeypatch.setattr(joint_counts, "_WORDS_AT_ONCE", blocks[1])
        monkeypatch.setattr(joint_counts, "_MOST_WORDS", 0)
    states = random_states(1, 150, 6)
    states[:, 0] = STATES[np.random.default_rng(9).choice(2, size=150)]
    found = Answers.from_states(states).joint()
    for a in range(6):
        for b in range(6):
            counts = (
                part[a, b] for part in (found.both, found.a_only, found.b_only, found.neither)
            )
            assert tuple(counts) == counted_by_hand(states, a, b)


def test_gene_without_a_readable_answer_leaves_the_child_out_of_its_pairs_only():
    states = np.full((40, 3), NOT_DETECTED, dtype=np.uint8)
    states[:10, 0] = states[5:15, 1] = states[8:20, 2] = ALTERED
    states[30:, 1] = NOT_TESTED
    found = {frozenset((x.a, x.b)): x for x in comutation_of(states, ["A", "B", "C"]).pairs()}
    with_gap, whole = found[frozenset("AB")], found[frozenset("AC")]
    assert (with_gap.n, with_gap.missing) == (30, 10)
    assert (whole.n, whole.missing) == (40, 0)
    assert with_gap.both == 5
    assert whole.test is TestName.FISHER


def test_gene_altered_in_every_child_is_stated_and_has_no_test():
    states = np.full((12, 3), NOT_DETECTED, dtype=np.uint8)
    states[:, 0] = states[:4, 1] = states[2:7, 2] = ALTERED
    found = comutation_of(states, ["ALL", "B", "C"])
    assert found.constant == ("ALL",)
    untested = [pair for pair in found.pairs() if pair.p is None]
    assert {frozenset((pair.a, pair.b)) for pair in untested} == {
        frozenset(("ALL", "B")),
        frozenset(("ALL", "C")),
    }
    for pair in untested:
        assert pair.test is TestName.NONE
        assert (pair.q, pair.odds_ratio) == (None, None)
        assert "ALL is altered in every child tested (12)" in str(pair.reason)
    # The family has one test, so its q is its p.
    (tested,) = [pair for pair in found.pairs() if pair.p is not None]
    assert tested.q == tested.p
    assert any("ALL" in str(note) for note in found.notes())


def test_pair_constant_only_among_its_own_children_says_so():
    states = np.full((20, 2), NOT_DETECTED, dtype=np.uint8)
    states[:5, 0] = ALTERED
    states[:5, 1] = NOT_TESTED
    states[10:13, 1] = ALTERED
    (pair,) = comutation_of(states, ["A", "B"]).pairs()
    assert pair.p is None
    assert str(pair.reason) == "No test: A is altered in no child tested (15)."


def test_pair_without_a_common_child_says_so():
    states = np.array([[ALTERED, NOT_TESTED], [NOT_TESTED, ALTERED]] * 3, dtype=np.uint8)
    (pair,) = comutation_of(states, ["A", "B"]).pairs()
    assert pair.n == 0
    assert "no child was tested for both" in str(pair.reason)


@pytest.mark.parametrize("children", [0, 1])
def test_cohort_of_no_or_one_child_has_no_test(children):
    states = np.full((children, 3), ALTERED, dtype=np.uint8)
    found = comutation_of(states, ["A", "B", "C"])
    assert found.samples == children
    assert all(pair.p is None for pair in found.pairs())
    assert len(found.genes) == 3 * children


def test_no_gene_at_all_gives_no_pair():
    assert comutation_of(np.empty((5, 0), dtype=np.uint8), []).pairs() == ()


def test_frequency_is_of_those_tested_and_the_limit_itself_counts():
    states = np.full((100, 2), NOT_DETECTED, dtype=np.uint8)
    states[:2, 0] = ALTERED
    states[:1, 1] = ALTERED
    states[50:, 1] = NOT_TESTED
    # Two of 100 and one of 50 are both 2 %.
    assert comutation_of(states, ["A", "B"], least_frequency=0.02).genes == ("A", "B")
    assert comutation_of(states, ["A", "B"], least_frequency=0.021).genes == ()


@pytest.mark.parametrize("frequency", [-0.1, 1.1])
def test_frequency_beyond_a_fraction_is_refused(frequency):
    with pytest.raises(ValueError, match="fraction"):
        comutation_of(np.empty((0, 0), dtype=np.uint8), [], least_frequency=frequency)


def test_pair_without_overlap_has_odds_of_nothing_and_json_without_infinity():
    states = np.full((60, 4), NOT_DETECTED, dtype=np.uint8)
    states[:20, 0] = states[20:40, 1] = ALTERED
    states[:10, 2] = ALTERED
    pairs = {(pair.a, pair.b): pair for pair in comutation_of(states, list("ABCD")).pairs()}
    apart, inside = pairs["A", "B"], pairs["A", "C"]
    assert (apart.odds_ratio.estimate, apart.odds_ratio.low) == (0, 0)
    assert inside.odds_ratio.estimate == inside.odds_ratio.high == math.inf
    assert inside.odds_ratio.note
    packed = json.loads(json.dumps(inside.to_json(), allow_nan=False))
    assert (packed["odds_ratio"], packed["high"]) == (None, None)
    assert packed["p"] < 1e-5


def test_pairs_stand_by_p_and_can_be_cut_off():
    states = random_states(4, 300, 12)
    found = comutation_of(states, [f"G{i}" for i in range(12)])
    p = [pair.p for pair in found.pairs()]
    assert p == sorted(p)
    assert [pair.p for pair in found.pairs(most=5)] == p[:5]
    assert len(p) == 66


def test_q_does_not_depend_on_the_order_of_the_genes():
    states = random_states(5, 200, 8)
    names = [f"G{i}" for i in range(8)]
    turned = list(range(8))
    Random(1).shuffle(turned)
    first = {frozenset((x.a, x.b)): x.q for x in comutation_of(states, names).pairs()}
    other = comutation_of(states[:, turned], [names[i] for i in turned])
    assert first == {frozenset((x.a, x.b)): x.q for x in other.pairs()}


def test_cohort_frame_gives_its_genes_without_those_left_out():
    found = comutation(study(), without=("IKZF1",))
    # IL7R is altered in 2 of 200 only.
    assert set(found.genes) == {"SETD2", "ROBO3", "NRAS"}
    pair = next(x for x in found.pairs() if {x.a, x.b} == {"SETD2", "NRAS"})
    # In the invented cohort the altered children are the first ones of each group.
    assert pair.both == 4 + 9
    assert pair.n == 200


def test_child_without_a_panel_is_missing_from_every_pair():
    panel = frozenset({"A", "B"})
    snv = AlterationKind.SNV
    children = [
        Child(id=1, genes_tested=panel, alterations=(Alteration("A", snv), Alteration("B", snv))),
        Child(id=2, genes_tested=panel, alterations=(Alteration("A", snv),)),
        Child(id=3, genes_tested=panel),
        Child(id=4),
    ]
    (pair,) = comutation(CohortFrame.from_children(children), least_children=1).pairs()
    assert (pair.both, pair.a_only, pair.b_only, pair.neither) == (1, 1, 0, 1)
    assert pair.missing == 1


def test_report_of_few_children_leaves_out_what_one_or_two_have_and_says_so():
    """Two genes altered once each are apart in any cohort: that says nothing of them."""
    genes = ("A", "B", "C", "D")
    children = [
        Child(
            id=n,
            genes_tested=frozenset(genes),
            alterations=tuple(
                Alteration(gene, AlterationKind.SNV)
                for gene, altered in zip(genes, (1, 2, 3, 4), strict=True)
                if n < altered
            ),
        )
        for n in range(20)
    ]
    found = comutation(CohortFrame.from_children(children))
    assert found.genes == ("D", "C")
    assert "and in at least 3: 2." in str(found.notes()[0])


@pytest.mark.parametrize("altered", [7, 14, 29])
def test_gene_that_meets_the_frequency_exactly_is_listed(altered):
    """0.07 times 100 is 7.000000000000001 in binary."""
    states = np.full((100, 2), NOT_DETECTED, dtype=np.uint8)
    states[:altered, 0] = ALTERED
    states[: altered - 1, 1] = ALTERED
    assert comutation_of(states, ["A", "B"], least_frequency=altered / 100).genes == ("A",)
