"""Tests of counts against the study's printed p values, R's documentation and small edge cases."""

import json
import re
from fractions import Fraction
from math import comb
from pathlib import Path

import numpy as np
import pytest

from analysis.cohort.exact import freeman_halton_sampled
from analysis.cohort.significance import (
    Rule,
    Tail,
    TestName,
    benjamini_hochberg,
    contingency,
    two_proportions,
)

STATS = Path(__file__).resolve().parents[4] / "shared" / "data" / "stats"


def printed_by_r(name: str) -> str:
    path = STATS / name
    if not path.exists():
        pytest.skip(f"reference output of R is not here: ../shared/data/stats/{name}")
    return path.read_text(encoding="utf-8")


# Facts of the project, "Statistics: which test": the study's comparisons with the p of all three
# tests (None: below 0.001) and the one that the rule chooses.
STUDY = [
    ("glucocorticoid", (14, 16), (22, 178), None, None, None, TestName.YATES),
    ("mrd day 15", (10, 39), (22, 175), 0.0178, 0.0351, 0.0328, TestName.PEARSON),
    ("mrd day 33", (2, 10), (22, 178), 0.518, 0.864, 0.626, TestName.YATES),
    ("hyperdiploid", (4, 64), (22, 178), 0.0969, 0.155, 0.151, TestName.PEARSON),
    ("IL7R", (2, 0), (22, 178), 0.0001, 0.0036, 0.0116, TestName.FISHER),
    ("SETD2", (4, 9), (22, 178), 0.0185, 0.0578, 0.0406, TestName.YATES),
    ("ROBO3", (2, 2), (22, 178), 0.0118, 0.0871, 0.0606, TestName.FISHER),
    ("IL7R in Ph+/Ph-like", (2, 0), (4, 18), 0.0017, 0.0289, 0.0260, TestName.FISHER),
]


def decimals(value: float) -> int:
    return len(str(value).split(".")[1])


@pytest.mark.parametrize(("what", "n", "of", "pearson", "yates", "fisher", "chosen"), STUDY)
def test_study_comparison_has_the_three_p_and_the_test_of_the_rule(
    what, n, of, pearson, yates, fisher, chosen
):
    result = two_proportions(n, of)
    for found, printed in zip(
        (result.all_p.pearson, result.all_p.yates, result.all_p.fisher),
        (pearson, yates, fisher),
        strict=True,
    ):
        if printed is None:
            assert found < 0.001
        else:
            assert found == pytest.approx(printed, abs=0.51 * 10 ** -decimals(printed))
    assert result.test is chosen
    assert result.p == getattr(result.all_p, chosen.value)
    assert result.n == of


@pytest.mark.parametrize("rule", ["fisher", "pearson", "yates"])
def test_fixed_rule_is_kept_and_named_as_the_reason(rule):
    result = two_proportions((10, 39), (22, 175), rule=rule)
    assert result.test is TestName(rule)
    assert result.p == getattr(result.all_p, rule)
    assert Rule(rule).label() in str(result.reason)


def test_unknown_rule_is_refused():
    with pytest.raises(ValueError, match="coin"):
        two_proportions((1, 2), (3, 4), rule="coin")


def test_impossible_counts_are_refused():
    with pytest.raises(ValueError, match="negative"):
        two_proportions((3, 1), (2, 5))


@pytest.mark.parametrize(
    ("table", "expected", "chosen"),
    [
        # 40 children and exactly 5 expected: Pearson still; one child fewer: Fisher.
        ([[4, 16], [6, 14]], 5.0, TestName.PEARSON),
        ([[4, 16], [6, 13]], 190 / 39, TestName.FISHER),
        # 100 children, exactly 1 expected: Yates still; below 1: Fisher.
        ([[1, 9], [9, 81]], 1.0, TestName.YATES),
        ([[1, 8], [9, 82]], 0.9, TestName.FISHER),
    ],
)
def test_limits_of_the_rule_are_inclusive(table, expected, chosen):
    result = contingency(table)
    assert result.expected_min == pytest.approx(expected)
    assert result.test is chosen


def test_forced_pearson_warns_where_expected_counts_are_small():
    assert two_proportions((2, 0), (22, 178), rule="pearson").warnings
    assert not two_proportions((10, 39), (22, 175), rule="pearson").warnings


# R documentation of fisher.test, examples: tea tasting and criminal convictions of like-sex twins.
def test_fisher_convictions_as_in_the_documentation_of_r():
    result = contingency([[2, 15], [10, 3]])
    assert result.test is TestName.FISHER
    assert result.p == pytest.approx(0.0005367, abs=5e-8)


# R documentation of chisq.test: matrix(c(12, 5, 7, 7), ncol = 2), with Yates' correction.
def test_yates_as_in_the_documentation_of_r():
    result = contingency([[12, 7], [5, 7]], rule="yates")
    assert result.p == pytest.approx(0.4233054, abs=5e-8)


def test_yates_correction_goes_no_further_than_the_difference():
    # |O - E| is 1/4 in every cell: R and SPSS subtract only that, so chi-square is 0 and p is 1.
    result = contingency([[20, 20], [20, 21]], rule="yates")
    assert result.statistic == pytest.approx(0)
    assert result.p == pytest.approx(1)


# R documentation of chisq.test, Agresti 2007 p. 39: gender by party.
def test_pearson_of_a_larger_table_as_in_the_documentation_of_r():
    result = contingency([[762, 327, 468], [484, 239, 477]])
    assert (result.test, result.tail) == (TestName.PEARSON, Tail.OMNIBUS)
    assert result.statistic == pytest.approx(30.07, abs=0.005)
    assert result.p == pytest.approx(2.954e-07, abs=5e-11)
    assert result.expected_min == pytest.approx(246.3547, abs=5e-5)


def freeman_halton_by_hand(rows: list[list[int]]) -> Fraction:
    """2 x c tables by exact fractions: every split of the first row over the columns."""
    columns = [a + b for a, b in zip(*rows, strict=True)]
    first = sum(rows[0])
    weights = []

    def walk(place: int, left: int, weight: int, cells: list[int]) -> None:
        if place == len(columns):
            if left == 0:
                weights.append((weight, list(cells)))
            return
        for here in range(min(left, columns[place]) + 1):
            walk(place + 1, left - here, weight * comb(columns[place], here), [*cells, here])

    walk(0, first, 1, [])
    observed = next(weight for weight, cells in weights if cells == rows[0])
    extreme = sum(weight for weight, _ in weights if weight <= observed)
    return Fraction(extreme, sum(weight for weight, _ in weights))


@pytest.mark.parametrize("rows", [[[3, 0, 2], [1, 6, 4]], [[1, 2, 1, 0], [3, 3, 6, 1]]])
def test_small_larger_table_is_exact_to_the_fraction(rows):
    result = contingency(rows)
    assert result.test is TestName.FREEMAN_HALTON
    assert result.p == pytest.approx(float(freeman_halton_by_hand(rows)), rel=1e-12)
    # Turning the table round changes nothing.
    turned = [list(column) for column in zip(*rows, strict=True)]
    assert contingency(turned).p == pytest.approx(result.p, rel=1e-12)


# R documentation of fisher.test: job satisfaction, Agresti 2002 p. 57.
JOB = [[1, 3, 10, 6], [2, 3, 10, 7], [1, 6, 14, 12], [0, 1, 9, 11]]


def test_table_too_large_to_count_out_is_sampled_with_its_error_and_always_alike():
    result = contingency(JOB)
    assert result.test is TestName.FREEMAN_HALTON_SAMPLED
    assert result.p == pytest.approx(0.7827, abs=4 * 0.0013)
    assert "0.001" in str(result.warnings[0])
    assert contingency(JOB) == result


def test_table_of_more_cells_than_children_is_sampled():
    """The p is that of R: fisher.test(matrix(c(...), 5, byrow = TRUE), workspace = 2e8)."""
    sparse = [[2, 0, 0, 0, 1], [0, 0, 0, 1, 1], [0, 2, 2, 1, 2], [2, 0, 0, 2, 1], [0, 1, 1, 1, 1]]
    p, error = freeman_halton_sampled(np.array(sparse))
    assert p == pytest.approx(0.6647616, abs=4 * error)
    turned, _ = freeman_halton_sampled(np.array(sparse).T)
    assert turned == pytest.approx(0.6647616, abs=4 * error)


def test_yates_rule_on_a_larger_table_says_that_pearson_stands():
    result = contingency([[762, 327, 468], [484, 239, 477]], rule="yates")
    assert result.test is TestName.PEARSON
    assert "2x2" in str(result.warnings[0])


def test_class_that_nobody_has_is_left_out():
    with_empty = contingency([[10, 0, 12], [39, 0, 136]])
    assert with_empty.test is TestName.PEARSON
    assert with_empty.p == two_proportions((10, 39), (22, 175)).p


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ([[0, 0], [0, 0]], "no child has a value"),
        ([[0, 0], [3, 4]], "a group has no child"),
        ([[1, 0], [0, 0]], "a group has no child"),
        ([[0, 5], [0, 7]], "the same one"),
        ([[5, 0], [7, 0]], "the same one"),
        ([[3, 4]], "only one group"),
    ],
)
def test_nothing_to_compare_gives_a_reason_and_no_number(table, words):
    result = contingency(table, missing=(1,) * len(table))
    assert result.test is TestName.NONE
    assert (result.p, result.statistic) == (None, None)
    assert words in str(result.reason)
    assert json.loads(json.dumps(result.to_json(), allow_nan=False))["test"] is None


def test_zero_cell_has_a_p():
    result = two_proportions((0, 5), (10, 10))
    # One-sided: all five of the yes in the second ten, C(10,5)/C(20,5); the other side is alike.
    assert result.p == pytest.approx(2 * comb(10, 5) / comb(20, 5))


def test_one_child_against_one_child_is_no_evidence():
    assert two_proportions((1, 0), (1, 1)).p == pytest.approx(1)


# R documentation of p.adjust gives only rounded p; this family is worked by hand.
def test_benjamini_hochberg_leaves_out_what_has_no_p():
    # Of four made: 0.01*4/1, 0.02*4/2, 0.03*4/3, 0.5*4/4; each the least of itself and the larger.
    q = benjamini_hochberg([0.03, None, 0.01, 0.5, 0.02])
    assert q[1] is None
    assert [q[2], q[4], q[0], q[3]] == pytest.approx([0.04, 0.04, 0.04, 0.5])
    assert benjamini_hochberg([]) == ()
    assert benjamini_hochberg([None]) == (None,)


def test_p_adjust_of_r_on_its_fifty_p_values():
    rows = re.findall(r"^ ?\[ ?\d+,\] (.+)$", printed_by_r("R_p.adjust.txt"), re.MULTILINE)
    table = [[float(cell) for cell in row.split()] for row in rows[50:100]]
    # Columns: holm, hochberg, hommel, bonferroni, BH, BY, none.
    q = benjamini_hochberg([row[6] for row in table])
    assert len(q) == 50
    assert list(q) == pytest.approx([row[4] for row in table], rel=0.005)


def test_fisher_of_r_on_every_two_sided_example():
    text = printed_by_r("R_fisher.test.txt")
    printed = [float(p) for p in re.findall(r"p-value = ([\d.e-]+)\nalternative.*two", text)]
    assert contingency(JOB).p == pytest.approx(printed[0], abs=0.006)
    mehta_patel = [
        [1, 2, 2, 1, 1, 0, 1],
        [2, 0, 0, 2, 3, 0, 0],
        [0, 1, 1, 1, 2, 7, 3],
        [1, 1, 2, 0, 0, 0, 1],
        [0, 1, 1, 1, 1, 0, 0],
    ]
    assert printed[-1] == 0.03929
    assert contingency(mehta_patel).p == pytest.approx(printed[-1], abs=4 * 0.0007)


def test_p_that_no_random_table_reached_is_said_to_be_a_bound():
    """R stops with an error here (FEXACT, workspace)."""
    table = [[4, 18, 9, 29], [1, 29, 5, 4], [17, 13, 2, 14], [14, 5, 23, 19]]
    found = contingency(table, rule="fisher")
    assert found.test is TestName.FREEMAN_HALTON_SAMPLED
    assert found.p == pytest.approx(1e-5)
    assert "may be far smaller" in found.warnings[-1].text()
    even = contingency([[20, 21, 19, 20], [20, 19, 21, 20], [20, 20, 20, 20]], rule="fisher")
    assert len(even.warnings) == 1
