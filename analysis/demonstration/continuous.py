"""Continuous values by rank: exact medians and ranges in both groups and overall, and an exact p.

Nothing is searched blindly. The ranks that the published figures fix are set first (least, the two
middle ones, greatest, the class limits of the protocol); the values between them are interpolated.
One number, the bend of the altered group's values between its fixed ranks, then moves the rank sum
until the two-sided Mann-Whitney p has the printed digits.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from random import Random
from typing import Any

# Bends tried, from values crowded at the upper fixed rank to values crowded at the lower one.
BENDS = tuple(math.exp(-2.2 + 4.4 * step / 400) for step in range(401))
ATTEMPTS = 40


class CannotBeMet(ValueError):
    """No placing of the values meets the targets of one variable together."""


@dataclass(frozen=True)
class Placed:
    """One variable: ascending values of the 22 and the 178; p without and with correction."""

    altered: tuple[float, ...]
    not_detected: tuple[float, ...]
    p: float
    p_corrected: float


def mann_whitney_p(first: list[float], second: list[float], *, correction: bool) -> float:
    """Two-sided p, normal approximation with ties, as R and SPSS print it at this size."""
    ordered = sorted(second)
    u = sum((bisect_left(ordered, x) + bisect_right(ordered, x)) / 2 for x in first)
    n1, n2 = len(first), len(second)
    n = n1 + n2
    ties = sum(t**3 - t for t in Counter([*first, *second]).values())
    sd = math.sqrt(n1 * n2 / 12 * ((n + 1) - ties / (n * (n - 1))))
    distance = max(abs(u - n1 * n2 / 2) - (0.5 if correction else 0.0), 0.0)
    return math.erfc(distance / sd / math.sqrt(2))


def place(target: dict[str, Any], *, counts: dict[str, dict[str, int]], rng: Random) -> Placed:
    """Place the values of one variable.

    `target` is one entry of `continuous` in demonstration_marginals.yaml; `counts` gives per group
    how many children lie beyond each class limit. Raises `CannotBeMet`.
    """
    wanted, digits = target["p"]["value"], target["p"]["digits"]
    for _ in range(ATTEMPTS):
        jitter = [rng.uniform(-0.35, 0.35) for _ in range(400)]
        best: Placed | None = None
        for bend in BENDS:
            candidate = _candidate(target, counts=counts, bend=bend, jitter=jitter)
            if candidate is None:
                continue
            if best is None or abs(candidate.p - wanted) < abs(best.p - wanted):
                best = candidate
        if best is not None and all(
            round(p, digits) == round(wanted, digits) for p in (best.p, best.p_corrected)
        ):
            return best
    raise CannotBeMet(f"{'/'.join(target['ids'])}: p {wanted} with these medians and ranges")


def _candidate(
    target: dict[str, Any], *, counts: dict[str, dict[str, int]], bend: float, jitter: list[float]
) -> Placed | None:
    median, step = target["all"]["median"], 10.0 ** -target["decimals"]
    fixed = _fixed_ranks(target, group="altered", n=22, beyond=counts["altered"])
    altered = _between(fixed, target, n=22, bend=bend, jitter=None)
    # No altered child stands on the overall median: the two children in the middle are of the 178.
    altered = [x + step if x == median and i > 11 else x - step if x == median else x
               for i, x in enumerate(altered, start=1)]  # fmt: skip
    below = sum(x < median for x in altered)
    fixed = _fixed_ranks(target, group="not_detected", n=178, beyond=counts["not_detected"])
    for rank in (100 - below, 101 - below):
        if fixed.get(rank, median) != median:
            return None
        fixed[rank] = median
    if [fixed[r] for r in sorted(fixed)] != sorted(fixed.values()):
        return None
    others = _between(fixed, target, n=178, bend=1.0, jitter=jitter)
    values = sorted([*altered, *others])
    if (values[99], values[100]) != (median, median):
        return None
    return Placed(
        tuple(altered),
        tuple(others),
        mann_whitney_p(altered, others, correction=False),
        mann_whitney_p(altered, others, correction=True),
    )


def _fixed_ranks(
    target: dict[str, Any], *, group: str, n: int, beyond: dict[str, int]
) -> dict[int, float]:
    """Rank (from 1) -> value, for the ranks that the marginals and the plan decide."""
    wanted = target[group]
    fixed = {1: wanted["low"], n: wanted["high"]}
    fixed[n // 2], fixed[n // 2 + 1] = wanted["middle"]
    for limit in target.get("limits", ()):
        below = beyond[limit["class"]] if "below" in limit else n - beyond[limit["class"]]
        fixed.setdefault(below, limit["last"])
        fixed.setdefault(below + 1, limit["first"])
    fixed.update(dict(wanted.get("shape", ())))
    return fixed


def _between(
    fixed: dict[int, float],
    target: dict[str, Any],
    *,
    n: int,
    bend: float,
    jitter: list[float] | None,
) -> list[float]:
    """All n values in order; those between two fixed ranks on a curve of the variable's scale."""
    log = target["scale"] == "log"
    values = [0.0] * n
    ranks = sorted(fixed)
    for low, high in pairwise(ranks):
        a, b = fixed[low], fixed[high]
        for rank in range(low, high + 1):
            share = (rank - low) / (high - low)
            if jitter is not None and low < rank < high:
                share += jitter[rank] / (high - low)
            share = share**bend
            x = a * (b / a) ** share if log else a + (b - a) * share
            values[rank - 1] = round(x, target["decimals"]) if low < rank < high else fixed[rank]
    return values
