"""Fisher's exact test and the conditional odds ratio of many 2x2 tables at once.

A loop over a library's test of one table costs seconds for the pairs of a gene panel; here all
tables go through the same few array operations. Everything is two-sided and, to rounding, what
R's `fisher.test` gives: tables as likely as the observed one up to 1e-7 count as "as extreme".

Sources: Loader 2000, "Fast and accurate computation of binomial probabilities" (the saddle-point
form that keeps p exact at a million children); Cornfield 1956 and R's `fisher.test` (conditional
maximum likelihood and the interval from the tails of the noncentral hypergeometric distribution).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from analysis.cohort.exact import ROUNDING

# Up to here binomial coefficients are floats, and the weights of all tables are simple products.
MOST_FOR_PRODUCTS = 1_000
# Tables are worked on together whose rarer alteration lies in the same class of counts.
_CLASSES = (8, 16, 32, 64, 128, 256, 512)
_MOST_CELLS = 2_000_000
_SMALL = 16
_NEWTON_STEPS = 60
_LARGEST_STEP = 3.0


@dataclass(frozen=True, eq=False)
class OddsRatios:
    """Conditional maximum-likelihood odds ratios with their exact limits, one a table.

    0 or infinity where a count is 0; NaN in all three where a margin is 0.
    """

    estimate: np.ndarray
    low: np.ndarray
    high: np.ndarray


@dataclass(frozen=True, eq=False)
class _Folded:
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


def p_values(
    both: np.ndarray, a_only: np.ndarray, b_only: np.ndarray, neither: np.ndarray
) -> np.ndarray:
    """Two-sided p of each table; NaN where a margin is 0. The four are arrays of counts."""
    folded = _fold(both, a_only, b_only, neither)
    p = np.empty(len(folded.x))
    few = folded.n <= MOST_FOR_PRODUCTS
    for chosen in _batches(folded, few):
        p[chosen] = _by_products(*folded.some(chosen))
    if not few.all():
        p[~few] = _by_tails(*folded.some(~few))
    return _unfold(np.minimum(p, 1.0), folded)


def odds_ratios(
    both: np.ndarray, a_only: np.ndarray, b_only: np.ndarray, neither: np.ndarray
) -> np.ndarray:
    """The conditional maximum-likelihood odds ratio of each table, without limits."""
    folded = _fold(both, a_only, b_only, neither)
    t = np.empty(len(folded.x))
    for chosen, window in _windows(folded):
        t[chosen] = _most_likely(window)
    return _inverted(_unfold(np.exp(t), folded), folded)


def odds_ratios_with_limits(
    both: np.ndarray,
    a_only: np.ndarray,
    b_only: np.ndarray,
    neither: np.ndarray,
    *,
    level: float = 0.95,
) -> OddsRatios:
    """The conditional odds ratio of each table with the exact limits of `level`."""
    folded = _fold(both, a_only, b_only, neither)
    t, low, high = (np.empty(len(folded.x)) for _ in range(3))
    for chosen, window in _windows(folded):
        t[chosen] = _most_likely(window)
        low[chosen] = _limit(window, (1 - level) / 2, upper=False)
        high[chosen] = _limit(window, (1 - level) / 2, upper=True)
    estimate, low, high = (_unfold(np.exp(found), folded) for found in (t, low, high))
    turned = _inverted(high, folded), _inverted(low, folded)
    return OddsRatios(
        _inverted(estimate, folded),
        np.where(folded.inverted, turned[0], low),
        np.where(folded.inverted, turned[1], high),
    )


def _fold(both, a_only, b_only, neither) -> _Folded:
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
    return _Folded(x[kept], r[kept], c[kept], n[kept], place, inverted, valid)


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


def _unfold(found: np.ndarray, folded: _Folded) -> np.ndarray:
    whole = np.full(len(folded.valid), np.nan)
    whole[folded.valid] = found[folded.place]
    return whole


def _inverted(ratios: np.ndarray, folded: _Folded) -> np.ndarray:
    with np.errstate(divide="ignore"):
        return np.where(folded.inverted, 1 / ratios, ratios)


def _batches(folded: _Folded, among: np.ndarray) -> Iterator[np.ndarray]:
    classes = np.searchsorted(_CLASSES, folded.r)
    for size in np.unique(classes[among]):
        chosen = np.flatnonzero(among & (classes == size))
        step = max(_MOST_CELLS // (int(folded.r[chosen].max()) + 1), 1)
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
    here = _log_probability(x, r, c, n)
    mode = (r + 1) * (c + 1) // (n + 2)
    right = x >= mode
    other = _other_side(here + math.log1p(ROUNDING), mode, right, (r, c, n))
    there = np.flatnonzero((other >= 0) & (other <= r))
    log_there = _log_probability(other[there], r[there], c[there], n[there])
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
        here = _log_probability(middle, *(part[active] for part in margins))
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


def _log_probability(x, r, c, n) -> np.ndarray:
    """Log of the central hypergeometric probability, exact to rounding for any size."""
    observed = np.stack([x, r - x, c - x, n - r - c + x]).astype(float)
    n_float = n.astype(float)
    expected = np.stack([r * (c / n_float), r * ((n - c) / n_float)])
    rest = np.stack([(n - r) * (c / n_float), (n - r) * ((n - c) / n_float)])
    deviance = _deviance(observed, np.concatenate([expected, rest])).sum(axis=0)
    margins = _correction(np.stack([r, n - r, c, n - c]).astype(float)).sum(axis=0)
    return margins - _correction(n_float) - _correction(observed).sum(axis=0) - deviance


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


@dataclass(frozen=True, eq=False)
class _Window:
    """For each table the tables around it that carry all of the probability wherever the observed
    one is not itself out of reach: `offset` from the observed and log weight."""

    x: np.ndarray
    r: np.ndarray
    start: np.ndarray
    spread: np.ndarray
    offset: np.ndarray
    log_weight: np.ndarray

    def at(self, t: np.ndarray) -> np.ndarray:
        """Weights where the log odds ratio is `t`, up to a factor a table."""
        found = self.log_weight + t[:, np.newaxis] * self.offset
        found -= found.max(axis=1, keepdims=True)
        return np.exp(found, out=found)


def _windows(folded: _Folded) -> Iterator[tuple[np.ndarray, _Window]]:
    """Windows in batches that fit into the memory."""
    cells = np.stack([folded.x, folded.r - folded.x, folded.c - folded.x])
    cells = np.concatenate([cells, [folded.n - folded.r - folded.c + folded.x]]) + 0.5
    spread = 1 / np.sqrt((1 / cells).sum(axis=0))
    start = np.log(cells[0] * cells[3] / (cells[1] * cells[2]))
    reach = np.ceil(12 * spread + 60).astype(np.int64)
    low = np.maximum(folded.x - reach, 0)
    size = np.minimum(folded.x + reach, folded.r) - low + 1
    classes = np.ceil(2 * np.log2(size)).astype(np.int64)
    for wanted in np.unique(classes):
        chosen = np.flatnonzero(classes == wanted)
        width = int(size[chosen].max())
        step = max(_MOST_CELLS // width, 1)
        for begin in range(0, len(chosen), step):
            part = chosen[begin : begin + step]
            facts = (low[part], width, start[part], spread[part])
            yield part, _window(folded.some(part), *facts)


def _window(table, low, width, start, spread) -> _Window:
    x, r, c, n = (part.astype(float)[:, np.newaxis] for part in table)
    k = low.astype(float)[:, np.newaxis] + np.arange(width - 1)
    with np.errstate(divide="ignore"):
        steps = np.log(np.maximum(r - k, 0) * (c - k) / ((k + 1) * (n - r - c + k + 1)))
    log_weight = np.zeros((len(k), width))
    np.cumsum(steps, axis=1, out=log_weight[:, 1:])
    offset = low.astype(float)[:, np.newaxis] + np.arange(width) - x
    at_x = np.take_along_axis(log_weight, (table[0] - low)[:, np.newaxis], axis=1)
    log_weight -= at_x
    return _Window(table[0], table[1], start, spread, offset, log_weight)


def _most_likely(window: _Window) -> np.ndarray:
    """The log odds ratio under which the mean is what was observed; infinite at either end."""
    t = np.where(window.x == 0, -np.inf, np.where(window.x == window.r, np.inf, window.start))
    active = np.flatnonzero(np.isfinite(t))
    window = _rows(window, active)
    for _ in range(_NEWTON_STEPS):
        if not len(active):
            break
        weights = window.at(t[active])
        total = weights.sum(axis=1)
        mean = (weights * window.offset).sum(axis=1) / total
        variance = (weights * window.offset**2).sum(axis=1) / total - mean**2
        step = np.clip(-mean / variance, -_LARGEST_STEP, _LARGEST_STEP)
        t[active] += step
        window, active = _unsettled(window, active, step)
    return t


def _limit(window: _Window, outside: float, *, upper: bool) -> np.ndarray:
    """The log odds ratio under which the observed table and all beyond it have probability
    `outside`; infinite where the observed table is the last of its side.

    The log of that probability is concave in the log odds ratio, so Newton's steps cannot run off.
    """
    sign = -1 if upper else 1
    last = window.x == (window.r if upper else 0)
    t = np.where(last, -sign * np.inf, window.start - sign * 2 / window.spread)
    active = np.flatnonzero(~last)
    window = _rows(window, active)
    for _ in range(_NEWTON_STEPS):
        if not len(active):
            break
        weights = window.at(t[active])
        total = weights.sum(axis=1)
        moment = (weights * window.offset).sum(axis=1) / total
        weights *= sign * window.offset >= 0
        beyond = weights.sum(axis=1)
        slope = (weights * window.offset).sum(axis=1) / beyond - moment
        with np.errstate(divide="ignore"):
            step = np.clip((math.log(outside) - np.log(beyond / total)) / slope, -9, 9)
        t[active] += step
        window, active = _unsettled(window, active, step)
    return t


def _unsettled(window: _Window, active: np.ndarray, step: np.ndarray):
    going = np.abs(step) > 1e-9
    if going.all():
        return window, active
    return _rows(window, going), active[going]


def _rows(window: _Window, chosen: np.ndarray) -> _Window:
    return _Window(*(getattr(window, name)[chosen] for name in window.__dataclass_fields__))
