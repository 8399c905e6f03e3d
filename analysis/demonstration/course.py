"""Response to treatment as the records hold it: day-8 blasts, and MRD as text with its limit."""

from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random

from analysis.demonstration.plan import Child

LOD = 0.0001  # fraction; flow cytometry
BELOW = "<0.01%"
# Marrow blasts of M1 are under 5 %, of M2 5 to 25 %, of M3 above; flow agrees with the smear here.
D15_PERCENT = {"m1": (0.12, 4.4), "m2": (5.6, 22.0), "m3": (27.0, 61.0)}


@dataclass(frozen=True)
class Course:
    """`d15`, `d33`, `d84`: percent as text ("0.35%", "<0.01%")."""

    day8: float
    d15: str
    d33: str
    d84: str


def course(child: Child, *, wbc: float, rng: Random) -> Course:
    return Course(_day8(child, wbc, rng), _d15(child, rng), _d33(child), _d84(child, rng))


def _day8(child: Child, wbc: float, rng: Random) -> float:
    """10^9/L; at least 1.0 is a poor response."""
    if child.gc == "poor":
        return round(max(1.05, wbc * rng.uniform(0.08, 0.35)), 2)
    return round(min(wbc * rng.uniform(0.0, 0.12), rng.uniform(0.3, 0.95)), 2)


def _d15(child: Child, rng: Random) -> str:
    if child.d15 == "not_tested":
        return "not done"
    if child.d15 == "positive":
        low, high = D15_PERCENT[child.d15_marrow]
        # Above what day 33 still shows.
        low = max(low, min(child.d33_percent or 0, high) * 1.2)
        return f"{math.exp(rng.uniform(math.log(low), math.log(max(high, low * 1.1)))):.2f}%"
    return BELOW if rng.random() < 0.6 else f"{rng.uniform(0.012, 0.088):.3f}%"


def _d33(child: Child) -> str:
    return BELOW if child.d33_percent is None else f"{child.d33_percent:g}%"


def _d84(child: Child, rng: Random) -> str:
    """Week 12: done in all, because the protocol's group is not settled without it."""
    if child.d84_percent is not None:
        return f"{child.d84_percent:g}%"
    if child.risk == "low":
        rng.random()  # keeps what is drawn after it
    if child.risk == "high" and rng.random() < 0.2:
        return f"{rng.uniform(0.012, 0.07):.3f}%"
    return BELOW
