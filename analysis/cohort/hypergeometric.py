"""2x2 tables by their margins, and the probability of one among all with the same margins.

Source: Loader 2000, "Fast and accurate computation of binomial probabilities": the saddle-point
form, which stays exact at a million children where sums of log factorials do not.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

# Numbers held at once.
MOST_CELLS = 2_000_000
_SMALL = 16
_FEW_TABLES = 1_000


@dataclass(frozen=True, eq=False)
class Folded:
    """Different tables turned so that neither event is in more than half of the children.

    `x` children have both events, `r` the rarer and `c` the other, of `n` (`r` <= `c` <= n / 2, so
    `x` runs from 0 to `r`). `place` finds each given table here; `inverted` ones have 1 / odds
    ratio; `valid` are those without an empty margin.
    """

    x: np.ndarray
    r: np.ndarray
    c: np.ndarray
    n: np.ndarray
    place: np.ndarray
    inverted: np.ndarray
    valid: np.ndarray

    def some(self, chosen: np.ndarray) -> tuple[np.ndarray, ...]:
        return tuple(part[chosen] for part in (self.x, self.r, self.c, self.n))


def fold(both, a_only, b_only, neither) -> Folded:
    a, b, c, d = (
        np.asarray(part, dtype=np.int64).ravel() for part in (both, a_only, b_only, neither)
    )
    n = a + b + c + d
    first, second = a + b, a + c
    valid = (first > 0) & (second > 0) & (first < n) & (second < n)
    x, first, second, n = (part[valid] for part in (a, first, second, n))
    over = 2 * first > n
    x, first = np.where(over, second - x, x), np.where(over, n - first, first)
    beyond = 2 * second > n
    x, second = np.where(beyond, first - x, x), np.where(beyond, n - second, second)
    r, c = np.minimum(first, second), np.maximum(first, second)
    inverted = np.zeros(len(valid), dtype=bool)
    inverted[valid] = over ^ beyond
    kept, place = _different(x, r, c, n)
    return Folded(x[kept], r[kept], c[kept], n[kept], place, inverted, valid)


def _different(x, r, c, n) -> tuple[np.ndarray, np.ndarray]:
    """The places of tables that differ, and for each table its place among those."""
    if not len(x):
        return np.arange(0), np.arange(0)
    base = int(c.max()) + 1
    if base**3 * (int(n.max()) + 1) >= 2**63:
        return np.arange(len(x)), np.arange(len(x))
    _, kept, place = np.unique(
        ((n * base + c) * base + r) * base + x, return_index=True, return_inverse=True
    )
    return kept, place


def unfold(found: np.ndarray, folded: Folded) -> np.ndarray:
    whole = np.full(len(folded.valid), np.nan)
    whole[folded.valid] = found[folded.place]
    return whole


def inverted(ratios: np.ndarray, folded: Folded) -> np.ndarray:
    with np.errstate(divide="ignore"):
        return np.where(folded.inverted, 1 / ratios, ratios)


def log_probability(x, r, c, n) -> np.ndarray:
    """Log of the central hypergeometric probability, exact to rounding for any size."""
    x, r, c, n = (part.astype(float) for part in (x, r, c, n))
    margins = (r, n - r, c, n - c)
    cells = (x, r - x, c - x, n - r - c + x)
    expected = (r * (c / n), r * ((n - c) / n), (n - r) * (c / n), (n - r) * ((n - c) / n))
    if len(x) < _FEW_TABLES:
        # Few numbers: one operation on all four cells takes as long as on one of them.
        found = _correction(np.array(margins)).sum(axis=0) - _correction(n)
        observed = np.array(cells)
        return found - (_correction(observed) + _deviance(observed, np.array(expected))).sum(axis=0)
    found = sum(map(_correction, margins)) - _correction(n)
    for observed, mean in zip(cells, expected, strict=True):
        found = found - _correction(observed) - _deviance(observed, mean)
    return found


def _deviance(x: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """x log(x / mean) + mean - x without cancellation where x is near the mean."""
    v = (x - mean) / (x + mean)
    v2 = v * v
    series = np.zeros_like(v)
    for odd in range(21, 1, -2):
        series = (series + 1 / odd) * v2
    near = (x - mean) * v + 2 * x * v * series
    with np.errstate(divide="ignore", invalid="ignore"):
        far = np.where(x > 0, x * np.log(x / mean), 0.0) + mean - x
    return np.where(np.abs(v) < 0.1, near, far)


def _correction(k: np.ndarray) -> np.ndarray:
    """log k! - (k log k - k), by Stirling's series or, for small k, as it is."""
    large = np.maximum(k, _SMALL)
    inverse = 1 / (large * large)
    series = (1 / 12 - (1 / 360 - (1 / 1260 - inverse / 1680) * inverse) * inverse) / large
    found = series + 0.5 * np.log(2 * np.pi * large)
    small = np.minimum(k, _SMALL).astype(np.int64)
    return np.where(k < _SMALL, _SMALL_CORRECTIONS[small], found)


_SMALL_CORRECTIONS = np.array(
    [0.0] + [math.log(math.factorial(k) * math.exp(k) / k**k) for k in range(1, _SMALL)] + [0.0]
)
