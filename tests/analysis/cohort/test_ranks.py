"""Mann-Whitney and Kruskal-Wallis against R's documentation, by hand, and at the edges."""

import json
from itertools import combinations

import pytest

from analysis.cohort.ranks import RankMethod, kruskal_wallis, mann_whitney
from analysis.cohort.significance import TestName

NA = float("nan")

# R documentation of wilcox.test: permeability of the human chorioamnion, Hollander & Wolfe 1973.
TERM = [0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46]
EARLY = [1.15, 0.88, 0.90, 0.74, 1.21]


def month(values: str) -> list[float]:
    return [NA if value == "NA" else float(value) for value in values.split()]


# The data set airquality of R: ozone in May to September 1973.
OZONE = [
    month(
        "41 36 12 18 NA 28 23 19 8 NA 7 16 11 14 18 14 34 6 30 11 1 11 4 32 NA NA NA 23 45 115 37"
    ),
    month(
        "NA NA NA NA NA NA 29 NA 71 39 NA NA 23 NA NA 21 37 20 12 13 NA NA NA NA NA NA NA NA NA NA"
    ),
    month(
        "135 49 32 NA 64 40 77 97 97 85 NA 10 27 NA 7 48 35 61 79 63 16 NA NA 80 108 20 52 82 "
        "50 64 59"
    ),
    month(
        "39 9 16 78 35 66 122 89 110 NA NA 44 28 65 NA 22 59 23 31 44 21 9 NA 45 168 73 NA 76 "
        "118 84 85"
    ),
    month(
        "96 78 73 91 47 32 20 23 21 24 44 21 28 9 13 46 18 13 24 16 13 23 36 7 14 30 NA 14 18 20"
    ),
]


def test_without_continuity_correction_as_in_the_documentation_of_r():
    result = mann_whitney(TERM, EARLY)
    assert result.test is TestName.MANN_WHITNEY
    assert result.statistic == 35
    assert result.p == pytest.approx(2 * 0.1103, abs=0.0001)
    assert "without continuity correction" in result.test.label()


def test_exact_as_in_the_documentation_of_r():
    result = mann_whitney(TERM, EARLY, method="exact")
    assert result.test is TestName.MANN_WHITNEY_EXACT
    assert result.p == pytest.approx(2 * 0.1272, abs=0.0001)


def test_ties_and_missing_values_with_continuity_correction_as_in_r():
    result = mann_whitney(OZONE[0], OZONE[3], method=RankMethod.CONTINUITY)
    assert result.test is TestName.MANN_WHITNEY_CONTINUITY
    assert (result.n, result.missing) == ((26, 26), (5, 5))
    assert result.statistic == 127.5
    assert result.p == pytest.approx(0.0001208, abs=5e-8)


def test_exact_with_ties_falls_back_and_says_so():
    result = mann_whitney(OZONE[0], OZONE[3], method="exact")
    assert result.test is TestName.MANN_WHITNEY
    assert "Equal values" in str(result.warnings[0])


def test_groups_turned_round_give_the_same_p():
    assert mann_whitney(TERM, EARLY).p == pytest.approx(mann_whitney(EARLY, TERM).p)
    assert mann_whitney(EARLY, TERM).statistic == 15


def test_few_children_are_counted_out_with_their_ties():
    first, second = [1, 2, 2], [2, 5, 6, 7]
    result = mann_whitney(first, second)
    # Ranks by hand: 1 -> 1; 2, 2, 2 -> 3; 5, 6, 7 -> 5, 6, 7. The first group's sum is 7, mean 12.
    ranks = [1, 3, 3, 3, 5, 6, 7]
    sums = [sum(chosen) for chosen in combinations(ranks, 3)]
    assert result.test is TestName.MANN_WHITNEY_EXACT
    assert result.p == pytest.approx(sum(abs(s - 12) >= 5 for s in sums) / 35)
    assert result.statistic == 7 - 6


def test_one_child_against_one_child_is_no_evidence():
    result = mann_whitney([1.0], [2.0])
    assert result.p == 1.0
    assert result.test is TestName.MANN_WHITNEY_EXACT


def test_small_group_in_a_large_cohort_is_warned_of():
    result = mann_whitney([3.5, 7.5], range(20))
    assert "rough" in str(result.warnings[0])


@pytest.mark.parametrize(
    ("first", "second", "words"),
    [
        ([], [], "no child has a value"),
        ([NA, NA], [NA], "no child has a value"),
        ([], [1, 2], "a group has no child"),
        ([1, 2], [NA], "a group has no child"),
        ([5, 5, 5], [5] * 20, "the same one"),
        ([5], [5], "the same one"),
    ],
)
def test_nothing_to_compare_gives_a_reason_and_no_number(first, second, words):
    result = mann_whitney(first, second)
    assert result.test is TestName.NONE
    assert result.p is None
    assert words in str(result.reason)
    assert result.n == tuple(sum(v == v for v in group) for group in (first, second))
    json.dumps(result.to_json(), allow_nan=False)


def test_none_is_a_missing_value():
    assert mann_whitney([1, None, 3], [2]).missing == (1, 0)


# R documentation of kruskal.test: mucociliary efficiency, Hollander & Wolfe 1973, 116.
def test_kruskal_as_in_the_documentation_of_r():
    result = kruskal_wallis(
        [[2.9, 3.0, 2.5, 2.6, 3.2], [3.8, 2.7, 4.0, 2.4], [2.8, 3.4, 3.7, 2.2, 2.0]]
    )
    assert result.test is TestName.KRUSKAL_WALLIS
    assert result.statistic == pytest.approx(0.77143, abs=5e-6)
    assert result.p == pytest.approx(0.68, abs=0.005)


def test_kruskal_with_ties_and_missing_values_as_in_r():
    result = kruskal_wallis(OZONE)
    assert result.statistic == pytest.approx(29.267, abs=0.0005)
    assert result.p == pytest.approx(6.901e-06, abs=5e-10)
    assert sum(result.n) == 116


def test_kruskal_leaves_an_empty_group_out_and_says_so():
    with_empty = kruskal_wallis([OZONE[0], [], OZONE[3]])
    assert with_empty.p == pytest.approx(kruskal_wallis([OZONE[0], OZONE[3]]).p)
    assert "left out: 1" in str(with_empty.warnings[0])
    assert with_empty.n == (26, 0, 26)


@pytest.mark.parametrize("groups", [[], [[], []], [[1.0], []], [[4, 4], [4], [4, 4]]])
def test_kruskal_without_a_comparison_gives_a_reason(groups):
    result = kruskal_wallis(groups)
    assert result.p is None
    assert str(result.reason).startswith("No test")
