"""Sizes of differences: against R's documentation, Newcombe's paper, and by brute force."""

import json
import math
from itertools import product
from random import Random
from statistics import median

import pytest

from analysis.cohort import effect
from analysis.cohort.effect import EffectName, difference, odds_ratio, shift
from analysis.cohort.ranks import mann_whitney


# R documentation of fisher.test: the convictions, conditional estimate and exact interval.
def test_conditional_odds_ratio_as_in_the_documentation_of_r():
    found = odds_ratio((2, 10), (17, 13))
    assert found.name is EffectName.ODDS_RATIO
    assert found.estimate == pytest.approx(0.04693661, abs=5e-8)
    # R finds its limits to about 1e-5 (the default tolerance of uniroot): 0.3 % off at the lower.
    assert (found.low, found.high) == pytest.approx((0.003325764, 0.363182271), abs=1.3e-5)


def test_limits_of_the_exact_interval_leave_two_and_a_half_percent_outside():
    found = odds_ratio((2, 10), (17, 13))

    def chances(ratio: float) -> list[float]:
        """P(k of the 12 fall into the 17), k = 0 ... 12, by the definition of the distribution."""
        weights = [math.comb(17, k) * math.comb(13, 12 - k) * ratio**k for k in range(13)]
        return [weight / sum(weights) for weight in weights]

    assert sum(chances(found.low)[2:]) == pytest.approx(0.025, rel=1e-6)
    assert sum(chances(found.high)[:3]) == pytest.approx(0.025, rel=1e-6)


def test_sample_odds_ratio_is_ad_over_bc_with_walds_interval():
    found = odds_ratio((14, 16), (22, 178), kind="sample")
    assert found.name is EffectName.ODDS_RATIO_SAMPLE
    assert found.estimate == pytest.approx(14 * 162 / (8 * 16))
    spread = 1.959964 * math.sqrt(1 / 14 + 1 / 8 + 1 / 16 + 1 / 162)
    assert found.low == pytest.approx(found.estimate * math.exp(-spread), rel=1e-6)
    assert found.high == pytest.approx(found.estimate * math.exp(spread), rel=1e-6)


def test_zero_cell_has_a_one_sided_exact_interval_and_null_in_json():
    found = odds_ratio((2, 0), (22, 178))
    assert found.estimate == math.inf == found.high
    # The lower limit is where the chance of both altered children falling into the 22 is 2.5 %.
    chance = _both_in_the_first(found.low, altered=2, first=22, second=178)
    assert chance == pytest.approx(0.025, rel=1e-6)
    packed = found.to_json()
    assert (packed["estimate"], packed["high"]) == (None, None)
    assert packed["low"] == found.low
    assert found.note
    json.dumps(packed, allow_nan=False)


def _both_in_the_first(ratio: float, *, altered: int, first: int, second: int) -> float:
    """P(all altered in the first group), Fisher's noncentral hypergeometric, by its definition."""
    weights = [
        math.comb(first, k) * math.comb(second, altered - k) * ratio**k for k in range(altered + 1)
    ]
    return weights[-1] / sum(weights)


def test_zero_cell_has_no_wald_interval_and_says_so():
    found = odds_ratio((0, 5), (10, 10), kind="sample")
    assert (found.estimate, found.low, found.high) == (0, None, None)
    assert "Wald" in str(found.note)


@pytest.mark.parametrize("of", [(0, 5), (5, 0), (0, 0)])
def test_empty_group_has_no_effect_and_says_why(of):
    n = tuple(min(1, total) for total in of)
    for found in (odds_ratio(n, of), difference(n, of)):
        assert (found.estimate, found.low, found.high) == (None, None, None)
        assert found.note


def test_all_alike_has_no_odds_ratio_but_a_difference_of_nothing():
    assert odds_ratio((0, 0), (5, 7)).estimate is None
    assert difference((0, 0), (5, 7)).estimate == 0


def test_very_large_counts_have_the_exact_interval_too():
    found = odds_ratio((14_000, 16_000), (22_000, 178_000))
    assert found.name is EffectName.ODDS_RATIO
    # With thousands in every cell the two odds ratios and the two intervals run together.
    sample = odds_ratio((14_000, 16_000), (22_000, 178_000), kind="sample")
    assert found.estimate == pytest.approx(sample.estimate, rel=1e-4)
    assert (found.low, found.high) == pytest.approx((sample.low, sample.high), rel=1e-3)
    assert found.note is None


# Newcombe 1998, Stat Med 17:873, table II, method 10.
@pytest.mark.parametrize(
    ("n", "of", "low", "high"),
    [
        ((56, 48), (70, 80), 0.0524, 0.3339),
        ((9, 3), (10, 10), 0.1705, 0.8090),
        ((5, 0), (56, 29), -0.0381, 0.1926),
        ((0, 0), (10, 20), -0.1611, 0.2775),
        ((10, 0), (10, 20), 0.6791, 1.0),
    ],
)
def test_newcombe_interval_as_published(n, of, low, high):
    found = difference(n, of)
    assert found.estimate == pytest.approx(n[0] / of[0] - n[1] / of[1])
    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)


def groups(seed: int, sizes: tuple[int, int], *, digits: int) -> tuple[list[float], list[float]]:
    draw = Random(seed)
    return tuple([round(draw.lognormvariate(1, 1), digits) for _ in range(n)] for n in sizes)


@pytest.mark.parametrize("digits", [0, 2])
def test_shift_is_the_median_of_all_differences(digits):
    first, second = groups(1, (22, 178), digits=digits)
    found = shift([*first, math.nan], second)
    assert found.estimate == pytest.approx(median(a - b for a, b in product(first, second)))
    assert found.low <= found.estimate <= found.high


def test_interval_of_the_shift_is_where_the_rank_test_turns():
    first, second = groups(2, (25, 40), digits=6)
    found = shift(first, second)
    for limit, outwards in ((found.low, -1), (found.high, 1)):
        inside = mann_whitney([v - limit + outwards * 1e-4 for v in first], second).p
        outside = mann_whitney([v - limit - outwards * 1e-4 for v in first], second).p
        assert outside < 0.05 < inside or abs(outside - 0.05) < 0.005


@pytest.mark.parametrize("digits", [0, 3])
def test_shift_found_by_search_equals_the_sorted_one(monkeypatch, digits):
    first, second = groups(3, (60, 45), digits=digits)
    sorted_out = shift(first, second)
    monkeypatch.setattr(effect, "MOST_DIFFERENCES", 0)
    searched = shift(first, second)
    for name in ("estimate", "low", "high"):
        assert getattr(searched, name) == pytest.approx(getattr(sorted_out, name), abs=1e-9)


def test_shift_of_too_few_children_has_an_estimate_and_no_interval():
    found = shift([3.0], [1.0])
    assert (found.estimate, found.low, found.high) == (2.0, None, None)
    assert "Too few" in str(found.note)


def test_shift_without_values_is_null_and_says_why():
    found = shift([], [1.0])
    assert found.estimate is None
    assert found.note


@pytest.mark.parametrize(("sizes", "rank"), [((5, 5), 3), ((7, 12), 19), ((22, 30), 224)])
def test_interval_of_few_values_without_ties_ends_at_the_exact_rank(sizes, rank):
    """The rank as R prints it for qwilcox(0.025, m, n)."""
    random = Random(5)
    x, y = ([random.random() for _ in range(n)] for n in sizes)
    ordered = sorted(a - b for a in x for b in y)
    found = shift(x, y)
    assert (found.low, found.high) == (ordered[rank - 1], ordered[-rank])


def test_three_and_three_children_are_too_few_for_an_interval():
    """Even the most extreme of the 20 ways to deal out the ranks has p 0.1."""
    found = shift([1, 2, 3], [4.5, 5.25, 6.125])
    assert (found.low, found.high) == (None, None)
    assert found.note


def test_shift_of_the_placental_membrane_has_the_interval_of_r():
    """Hollander & Wolfe 1973, p. 69; wilcox.test(x, y, conf.int = TRUE)."""
    found = shift(
        (0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46), (1.15, 0.88, 0.90, 0.74, 1.21)
    )
    assert (found.estimate, found.low, found.high) == pytest.approx((0.305, -0.15, 0.76), abs=1e-9)
