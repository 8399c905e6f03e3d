"""The conditional odds ratio of many 2x2 tables at once, with its exact interval.

Sources: Cornfield 1956 and R's `fisher.test` (conditional maximum likelihood, and limits from the
tails of the noncentral hypergeometric distribution; R stops its search at 1e-4, this one does not).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from analysis.cohort.hypergeometric import (
    MOST_CELLS,
    Folded,
    fold,
    inverted,
    log_probability,
    unfold,
)

_NEWTON_STEPS = 60
_LARGEST_STEP = 3.0
_SETTLED = 1e-6
# A window reaches this many spreads and this many tables to either side.
_REACH = 9
_MARGIN = 40
# From this spread on a window never meets the end of the tables, and can be thinned.
_WIDE = 13


@dataclass(frozen=True, eq=False)
class OddsRatios:
    """Conditional maximum-likelihood odds ratios with their exact limits, one a table.

    0 or infinity where a count is 0; NaN in all three where a margin is 0.
    """

    estimate: np.ndarray
    low: np.ndarray
    high: np.ndarray


def odds_ratios(
    both: np.ndarray, a_only: np.ndarray, b_only: np.ndarray, neither: np.ndarray
) -> np.ndarray:
    """The conditional maximum-likelihood odds ratio of each table, without limits."""
    folded = fold(both, a_only, b_only, neither)
    t = np.empty(len(folded.x))
    start, spread = _sample_log_odds(folded)
    wide = spread >= _WIDE
    for chosen, window in _windows(folded, start, spread, np.flatnonzero(~wide)):
        t[chosen] = _most_likely(window)
    for chosen, window in _thinned(folded, start, spread, np.flatnonzero(wide)):
        t[chosen] = _most_likely(window)
    return inverted(unfold(np.exp(t), folded), folded)


def odds_ratios_with_limits(
    both: np.ndarray,
    a_only: np.ndarray,
    b_only: np.ndarray,
    neither: np.ndarray,
    *,
    level: float = 0.95,
) -> OddsRatios:
    """The conditional odds ratio of each table with the exact limits of `level`."""
    folded = fold(both, a_only, b_only, neither)
    t, low, high = (np.empty(len(folded.x)) for _ in range(3))
    start, spread = _sample_log_odds(folded)
    for chosen, window in _windows(folded, start, spread, np.arange(len(t))):
        t[chosen] = _most_likely(window)
        low[chosen] = _limit(window, (1 - level) / 2, upper=False)
        high[chosen] = _limit(window, (1 - level) / 2, upper=True)
    estimate, low, high = (unfold(np.exp(found), folded) for found in (t, low, high))
    turned = inverted(high, folded), inverted(low, folded)
    return OddsRatios(
        inverted(estimate, folded),
        np.where(folded.inverted, turned[0], low),
        np.where(folded.inverted, turned[1], high),
    )


def _sample_log_odds(folded: Folded) -> tuple[np.ndarray, np.ndarray]:
    """Where to begin: the log of the sample odds ratio, half a child added to each count, and the
    inverse of its standard error, which is the spread of x."""
    x, r, c, n = (part.astype(float) for part in (folded.x, folded.r, folded.c, folded.n))
    cells = np.stack([x, r - x, c - x, n - r - c + x]) + 0.5
    start = np.log(cells[0] * cells[3] / (cells[1] * cells[2]))
    return start, 1 / np.sqrt((1 / cells).sum(axis=0))


def _windows(
    folded: Folded, start: np.ndarray, spread: np.ndarray, among: np.ndarray
) -> Iterator[tuple[np.ndarray, _Window]]:
    """Windows in batches that fit into the memory."""
    reach = np.ceil(_REACH * spread + _MARGIN).astype(np.int64)
    low = np.maximum(folded.x - reach, 0)
    size = np.minimum(folded.x + reach, folded.r) - low + 1
    classes = np.ceil(2 * np.log2(size)).astype(np.int64)
    for wanted in np.unique(classes[among]):
        chosen = among[classes[among] == wanted]
        width = int(size[chosen].max())
        step = max(MOST_CELLS // width, 1)
        for begin in range(0, len(chosen), step):
            part = chosen[begin : begin + step]
            facts = (low[part], width, start[part], spread[part])
            yield part, _window(folded.some(part), *facts)


def _thinned(
    folded: Folded, start: np.ndarray, spread: np.ndarray, among: np.ndarray
) -> Iterator[tuple[np.ndarray, _Window]]:
    """Windows of every k-th table, k being below two thirds of the spread.

    x is a sum of independent yes-or-no numbers (Harkness 1965), so its characteristic function is
    below 1e-18 at the frequencies that thinning folds back: means and variances stay exact.
    """
    half = math.ceil(1.5 * (_REACH + _MARGIN / _WIDE)) + 1
    step = MOST_CELLS // (16 * half)
    for begin in range(0, len(among), step):
        part = among[begin : begin + step]
        x, r, c, n = (column[:, np.newaxis] for column in folded.some(part))
        stride = np.floor(spread[part] / 1.5).astype(np.int64)[:, np.newaxis]
        offset = np.arange(-half, half + 1) * stride
        inside = (x + offset >= 0) & (x + offset <= r)
        log_weight = log_probability(np.clip(x + offset, 0, r), r, c, n)
        log_weight = np.where(inside, log_weight - log_weight[:, half : half + 1], -np.inf)
        facts = (start[part], spread[part], offset.astype(float), log_weight)
        yield part, _Window(folded.x[part], folded.r[part], *facts)


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
        weights *= window.offset
        mean = weights.sum(axis=1) / total
        variance = np.einsum("ij,ij->i", weights, window.offset) / total - mean**2
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
        moment = np.einsum("ij,ij->i", weights, window.offset) / total
        weights *= sign * window.offset >= 0
        beyond = weights.sum(axis=1)
        slope = np.einsum("ij,ij->i", weights, window.offset) / beyond - moment
        with np.errstate(divide="ignore"):
            step = np.clip((math.log(outside) - np.log(beyond / total)) / slope, -9, 9)
        t[active] += step
        window, active = _unsettled(window, active, step)
    return t


def _unsettled(window: _Window, active: np.ndarray, step: np.ndarray):
    # Newton squares the error: after a step this small the next would be below rounding.
    going = np.abs(step) > _SETTLED
    if going.all():
        return window, active
    return _rows(window, going), active[going]


def _rows(window: _Window, chosen: np.ndarray) -> _Window:
    return _Window(*(getattr(window, name)[chosen] for name in window.__dataclass_fields__))
