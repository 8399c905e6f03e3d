"""A curve that changes only where something happened, with its children at risk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class StepCurve:
    """One entry a distinct time, ascending; `at_risk` counts children just before."""

    times: np.ndarray
    at_risk: np.ndarray

    @property
    def n(self) -> int:
        return int(self.at_risk[0]) if len(self.at_risk) else 0

    def place(self, time: float) -> int | None:
        """The step that holds at `time`: -1 before the first; None beyond the last time at which a
        child was seen."""
        if not len(self.times) or time > self.times[-1]:
            return None
        return int(np.searchsorted(self.times, time, side="right")) - 1

    def still_at_risk(self, times: Sequence[float]) -> tuple[int, ...]:
        """How many are at risk just before each of `times`: the row under the curve."""
        places = np.searchsorted(self.times, np.asarray(times, dtype=float), side="left")
        padded = np.append(self.at_risk, 0)
        return tuple(int(padded[place]) for place in places)


def as_json(values: np.ndarray) -> list[float | None]:
    """Limits that do not exist (NaN) as None: JSON has no NaN."""
    return [None if np.isnan(value) else float(value) for value in values]
