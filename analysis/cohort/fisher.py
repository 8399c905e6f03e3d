"""Fisher's exact test of many 2x2 tables at once.

A loop over a library's test of one table costs seconds for the pairs of a gene panel; here all
tables go through the same few array operations. Two-sided, and to rounding what R's `fisher.test`
gives: tables as likely as the observed one up to 1e-7 count as "as extreme".
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from analysis.cohort.exact import ROUNDING
from analysis.cohort.hypergeometric import MOST_CELLS, Folded, fold, log_probability, unfold

# Up to here binomial coefficients are floats, and the weights of all tables are simple products.
MOST_FOR_PRODUCTS = 1_000
# Tables are worked on together whose rarer alteration lies in the same class of counts.
_CLASSES = (8, 16, 32, 64, 128, 256, 512)


def p_values(
    both: np.ndarray, a_only: np.ndarray, b_only: np.ndarray, neither: np.ndarray
) -> np.ndarray:
    """Two-sided p of each table; NaN where a margin is 0. The four are arrays of counts."""
    folded = fold(both, a_only, b_only, neither)
    p = np.empty(len(folded.x))
    few = folded.n <= MOST_FOR_PRODUCTS
    for chosen in _batches(folded, few):
        p[chosen] = _by_products(*folded.some(chosen))
    if not few.all():
        p[~few] = _by_tails(*folded.some(~few))
    return unfold(np.minimum(p, 1.0), folded)


def _batches(folded: Folded, among: np.ndarray) -> Iterator[np.ndarray]:
    classes = np.searchsorted(_CLASSES, folded.r)
    for size in np.unique(classes[among]):
        chosen = np.flatnonzero(among & (classes == size))
        step = max(MOST_CELLS // (int(folded.r[chosen].max()) + 1), 1)
        for start in range(0, len(chosen), step):
            yield chosen[start : start + step]


def _by_products(x, r, c, n) -> np.ndarray:
    """p from the weights of all tables with the same margins, each the one before times a ratio."""
    k = np.arange(int(r.max()), dtype=float)
    r, c, n = (part[:, np.newaxis].astype(float) for part in (r, c, n))
    weights = np.ones((len(x), len(k) + 1))
    steps = np.maximum(r - k, 0) * (c - k)
    steps /= (k + 1) * (n - r - c + k + 1)
    np.cumprod(steps, axis=1, out=weights[:, 1:])
    observed = np.take_along_axis(weights, x[:, np.newaxis], axis=1)
    total = weights.sum(axis=1)
    weights *= weights <= observed * (1 + ROUNDING)
    return weights.sum(axis=1) / total


def _by_tails(x, r, c, n) -> np.ndarray:
    """p as the tail from the observed table outwards and the one of the other side that starts
    where tables are no likelier."""
    here = log_probability(x, r, c, n)
    mode = (r + 1) * (c + 1) // (n + 2)
    right = x >= mode
    other = _other_side(here + math.log1p(ROUNDING), mode, right, (r, c, n))
    there = np.flatnonzero((other >= 0) & (other <= r))
    log_there = log_probability(other[there], r[there], c[there], n[there])
    starts = np.concatenate([x, other[there]])
    upwards = np.concatenate([right, ~right[there]])
    margins = [np.concatenate([part, part[there]]) for part in (r, c, n)]
    sums = np.exp(np.concatenate([here, log_there])) * _tail(starts, upwards, *margins)
    p = sums[: len(x)]
    p[there] += sums[len(x) :]
    return np.where(x == mode, 1.0, p)


def _other_side(limit, mode, right, margins) -> np.ndarray:
    """The table next to the mode, on the side away from the observed one, whose log probability
    is at most `limit`; -1 or r + 1 where there is none."""
    r = margins[0]
    # Invariant: tables from `near` (likelier) to `far` (not likelier, or off the end) by halving.
    near, far = mode.copy(), np.where(right, -1, r + 1)
    active = np.flatnonzero(np.abs(near - far) > 1)
    while len(active):
        middle = (near[active] + far[active]) // 2
        here = log_probability(middle, *(part[active] for part in margins))
        rare = here <= limit[active]
        far[active[rare]] = middle[rare]
        near[active[~rare]] = middle[~rare]
        active = active[np.abs(near[active] - far[active]) > 1]
    return far


def _tail(start, upwards, r, c, n) -> np.ndarray:
    """Sum of the probabilities from `start` outwards, as a multiple of that of `start`."""
    # Downwards is upwards for the children without the second event.
    k = np.where(upwards, start, r - start).astype(float)
    c = np.where(upwards, c, n - c).astype(float)
    r, rest = r.astype(float), n - r - c
    sums = np.ones(len(k))
    active = np.arange(len(k))
    k, r, c, rest, total, term = k, r, c, rest, sums.copy(), sums.copy()
    while len(active):
        for _ in range(16):
            term *= (r - k) * (c - k) / ((k + 1) * (rest + k + 1))
            total += term
            k += 1
            # Past the end of the support the ratio is 0, and stays so.
            np.minimum(k, r, out=k)
        sums[active] = total
        going = term > 1e-17 * total
        active = active[going]
        k, r, c, rest, total, term = (part[going] for part in (k, r, c, rest, total, term))
    return sums
