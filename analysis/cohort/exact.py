"""Exact distributions that SciPy only draws at random: counted out, where that is cheap."""

from __future__ import annotations

from functools import lru_cache
from itertools import combinations
from math import comb

import numpy as np

# R's fisher.test also counts tables as "as extreme" that differ from the observed in rounding only.
ROUNDING = 1e-7
MOST_TABLES = 400_000
SAMPLED_TABLES = 99_999
_CELLS_AT_ONCE = 1_000_000
SEED = 13_822_832


def freeman_halton(table: np.ndarray) -> float | None:
    """p of an r x c table: the probability, margins given, of all tables no likelier than this one.

    None where more than `MOST_TABLES` might have to be counted. Every margin must be above 0.
    Source: Freeman & Halton 1951, Biometrika 38:141.
    """
    upright, flat = _ordered(table), _ordered(table.T)
    chosen = min((upright, flat), key=_most_tables)
    if _most_tables(chosen) > MOST_TABLES:
        return None
    log_factorial = _log_factorials(int(chosen.sum()))
    weights = _log_weights(chosen, log_factorial)
    observed = -log_factorial[chosen].sum()
    likely = np.exp(weights - weights.max())
    as_extreme = weights <= observed + ROUNDING
    return float(min(likely[as_extreme].sum() / likely.sum(), 1.0))


def _ordered(table: np.ndarray) -> np.ndarray:
    # The largest column last: the margins determine it, so it need not be walked through.
    return table[:, np.argsort(table.sum(axis=0), kind="stable")]


def _most_tables(table: np.ndarray) -> int:
    """No more tables than this have the margins of `table`."""
    parts = table.shape[0] - 1
    most = 1
    for total in table.sum(axis=0)[:-1]:
        most *= comb(int(total) + parts, parts)
    return most


def _log_factorials(n: int) -> np.ndarray:
    from scipy.special import gammaln

    return gammaln(np.arange(n + 1) + 1.0)


def _log_weights(table: np.ndarray, log_factorial: np.ndarray) -> np.ndarray:
    """Minus the sum of log factorials of the cells, for every table with the margins of `table`."""
    rooms = table.sum(axis=1)[np.newaxis, :]
    weights = np.zeros(1)
    for total in table.sum(axis=0)[:-1]:
        splits = _splits(int(total), table.shape[0])
        left = (rooms[:, np.newaxis, :] - splits[np.newaxis, :, :]).reshape(-1, table.shape[0])
        split_weight = -log_factorial[splits].sum(axis=1)
        weights = (weights[:, np.newaxis] + split_weight[np.newaxis, :]).ravel()
        fits = (left >= 0).all(axis=1)
        rooms, weights = left[fits], weights[fits]
    return weights - log_factorial[rooms].sum(axis=1)


def _splits(total: int, parts: int) -> np.ndarray:
    """Every way to put `total` children into `parts` rows, one way a line."""
    if parts == 1:
        return np.array([[total]])
    blocks = []
    for first in range(total + 1):
        rest = _splits(total - first, parts - 1)
        blocks.append(np.hstack([np.full((len(rest), 1), first), rest]))
    return np.vstack(blocks)


def freeman_halton_sampled(table: np.ndarray) -> tuple[float, float]:
    """p of an r x c table from `SAMPLED_TABLES` random tables, always the same ones, and its
    standard error. Every margin must be above 0."""
    # SciPy's own fisher_exact fails here on a table of more cells than children.
    from scipy.stats import random_table

    urn = random_table(table.sum(axis=1), table.sum(axis=0), seed=np.random.default_rng(SEED))
    log_factorial = _log_factorials(int(table.sum()))
    observed = -log_factorial[table].sum()
    at_once = max(1, _CELLS_AT_ONCE // table.size)
    as_extreme = 0
    for done in range(0, SAMPLED_TABLES, at_once):
        drawn = urn.rvs(size=min(at_once, SAMPLED_TABLES - done)).astype(np.int64)
        weights = -log_factorial[drawn].sum(axis=(1, 2))
        as_extreme += int((weights <= observed + ROUNDING).sum())
    # The observed table is one of those drawn: p is never 0.
    p = (as_extreme + 1) / (SAMPLED_TABLES + 1)
    return p, float(np.sqrt(p * (1 - p) / SAMPLED_TABLES))


def rank_sum(first: np.ndarray, second: np.ndarray) -> tuple[float, float]:
    """U of the first group and its exact two-sided p, for a dozen children at most, ties included:
    the share of all ways to deal out the ranks whose sum lies as far from its mean."""
    from scipy import stats

    ranks = stats.rankdata(np.concatenate([first, second]))
    size = len(first)
    mean = size * (len(ranks) + 1) / 2
    observed = float(ranks[:size].sum())
    sums = np.array([sum(chosen) for chosen in combinations(ranks.tolist(), size)])
    # Ranks are halves of whole numbers: the comparison is exact.
    p = float(np.mean(np.abs(sums - mean) >= abs(observed - mean)))
    return observed - size * (size + 1) / 2, p


@lru_cache(maxsize=64)
def rank_quantile(first: int, second: int, share: float) -> int:
    """The smallest U (without ties) that groups of these sizes reach or stay below with at least
    the probability `share`: R's `qwilcox`. For groups of a few dozen."""
    least, most = sorted((first, second))
    # Rows of the recursion on the last of the ordered children, probabilities of U = 0, 1, ...
    row = [np.ones(1)] * (most + 1)
    for m in range(1, least + 1):
        line = [np.ones(1)]
        for n in range(1, most + 1):
            found = np.zeros(m * n + 1)
            found[n:] += row[n] * (m / (m + n))
            found[: m * (n - 1) + 1] += line[n - 1] * (n / (m + n))
            line.append(found)
        row = line
    return int(np.searchsorted(np.cumsum(row[most]), share * (1 - 1e-12)))
