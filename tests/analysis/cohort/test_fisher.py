"""Fisher's test and the conditional odds ratio against exact arithmetic on whole numbers."""

import math
from fractions import Fraction
from itertools import product
from random import Random

import numpy as np
import pytest

from analysis.cohort import conditional_odds, fisher


def exact_p(a: int, b: int, c: int, d: int) -> float:
    """The definition, in fractions: all tables no likelier than the observed one."""
    row, column, n = a + b, a + c, a + b + c + d
    support = range(max(0, row + column - n), min(row, column) + 1)
    ways = [math.comb(row, x) * math.comb(n - row, column - x) for x in support]
    observed = math.comb(row, a) * math.comb(n - row, column - a)
    chosen = sum(w for w in ways if w <= observed * Fraction(10_000_001, 10_000_000))
    return float(Fraction(chosen, sum(ways)))


def columns(tables: list[tuple[int, ...]]) -> list[np.ndarray]:
    return list(np.array(tables).T)


def test_every_small_table_has_the_p_of_its_definition():
    tables = list(product(range(5), repeat=4))
    for table, p in zip(tables, fisher.p_values(*columns(tables)), strict=True):
        a, b, c, d = table
        if min(a + b, c + d, a + c, b + d) == 0:
            assert math.isnan(p)
        else:
            assert p == pytest.approx(exact_p(*table), rel=1e-12)


# Below and above 1000 children the weights come in two different ways.
@pytest.mark.parametrize("n", [200, 1000, 1001, 3000])
def test_tables_of_any_size_have_the_p_of_their_definition(n):
    draw = Random(n)
    tables = []
    for _ in range(60):
        row, column = draw.randint(1, n - 1), draw.randint(1, n - 1)
        a = draw.randint(max(0, row + column - n), min(row, column))
        tables.append((a, row - a, column - a, n - row - column + a))
    wanted = [exact_p(*table) for table in tables]
    # Below the smallest number of full precision nothing is promised.
    kept = [place for place, p in enumerate(wanted) if p > 1e-300]
    assert len(kept) > 15
    found = fisher.p_values(*columns(tables))
    np.testing.assert_allclose(found[kept], np.array(wanted)[kept], rtol=1e-11)


def test_turned_and_mirrored_tables_have_the_same_p_and_the_inverse_odds_ratio():
    a, b, c, d = 3, 17, 40, 140
    p = fisher.p_values(*columns([(a, b, c, d), (b, a, d, c), (a, c, b, d), (d, c, b, a)]))
    assert p == pytest.approx([p[0]] * 4, rel=1e-13)
    tables = columns([(a, b, c, d), (b, a, d, c)])
    found = conditional_odds.odds_ratios_with_limits(*tables)
    assert found.estimate[0] * found.estimate[1] == pytest.approx(1, rel=1e-9)
    assert found.low[0] * found.high[1] == pytest.approx(1, rel=1e-9)


@pytest.mark.parametrize("table", [(3, 1, 1, 3), (2, 10, 15, 3), (1, 30, 2, 900), (30, 5, 2, 60)])
def test_odds_ratio_and_limits_keep_their_definitions(table):
    a, b, c, _ = table
    row, column, n = a + b, a + c, sum(table)
    found = conditional_odds.odds_ratios_with_limits(*columns([table]))
    support = range(max(0, row + column - n), min(row, column) + 1)

    def chances(ratio: float) -> dict[int, float]:
        ways = {x: math.comb(row, x) * math.comb(n - row, column - x) * ratio**x for x in support}
        return {x: way / sum(ways.values()) for x, way in ways.items()}

    estimate, low, high = (float(x[0]) for x in (found.estimate, found.low, found.high))
    assert sum(x * p for x, p in chances(estimate).items()) == pytest.approx(a, rel=1e-9)
    assert sum(p for x, p in chances(low).items() if x >= a) == pytest.approx(0.025, rel=1e-8)
    assert sum(p for x, p in chances(high).items() if x <= a) == pytest.approx(0.025, rel=1e-8)


@pytest.mark.parametrize(
    ("table", "estimate", "low", "high"),
    [((0, 5, 5, 10), 0, 0, None), ((5, 0, 10, 5), math.inf, None, math.inf)],
)
def test_zero_count_gives_an_open_interval(table, estimate, low, high):
    found = conditional_odds.odds_ratios_with_limits(*columns([table]))
    assert found.estimate[0] == estimate
    for limit, wanted in ((found.low[0], low), (found.high[0], high)):
        assert limit == wanted if wanted is not None else 0 < limit < math.inf


def test_empty_margin_has_no_odds_ratio():
    found = conditional_odds.odds_ratios_with_limits(*columns([(0, 0, 4, 5), (0, 0, 0, 0)]))
    for part in (found.estimate, found.low, found.high):
        assert np.isnan(part).all()


def test_wide_tables_give_the_same_odds_ratio_from_every_kth_table_as_from_all():
    # Spread far above 13, so that the first takes a thinned window and the second a whole one.
    tables = columns([(900, 2100, 3100, 23900), (52_000, 148_000, 198_000, 602_000)])
    thinned = conditional_odds.odds_ratios(*tables)
    whole = conditional_odds.odds_ratios_with_limits(*tables).estimate
    assert thinned == pytest.approx(whole, rel=1e-12)


def test_no_table_gives_no_number():
    none = [np.array([], dtype=int)] * 4
    assert len(fisher.p_values(*none)) == len(conditional_odds.odds_ratios(*none)) == 0
    assert len(conditional_odds.odds_ratios_with_limits(*none).low) == 0
