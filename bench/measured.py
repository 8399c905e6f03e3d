"""What a bench module measured: one row of the closing table, on standard output for `bin/bench`.

A row is a line that starts with `MARK` and goes on as JSON; every other line is for people.
"""

from __future__ import annotations

import gc
import json
import resource
import statistics
from collections.abc import Callable
from dataclasses import asdict, dataclass

MARK = "measured: "


@dataclass(frozen=True)
class Measured:
    """`ratio` is what `wanted` bounds: at least that where `at_least`, else at most; None where it
    is only told. `ours` and `theirs` are texts with their units."""

    what: str
    ours: str
    theirs: str
    ratio: float
    wanted: float | None = None
    at_least: bool = True

    @property
    def met(self) -> bool:
        if self.wanted is None:
            return True
        return self.ratio >= self.wanted if self.at_least else self.ratio <= self.wanted

    def tell(self) -> None:
        print(MARK + json.dumps(asdict(self)), flush=True)


def row_of(line: str) -> Measured | None:
    """The row that a line of output tells, None where it tells none."""
    return Measured(**json.loads(line.removeprefix(MARK))) if line.startswith(MARK) else None


def cpu_seconds(work: Callable[[], object]) -> float:
    """User and system time of this process and of the programs that `work` ran."""
    gc.collect()
    before = _spent()
    work()
    return _spent() - before


def _spent() -> float:
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def by_turns(works: dict[str, Callable[[], object]], *, times: int = 3) -> dict[str, float]:
    """The median of each work's CPU seconds, the works taking turns in one process."""
    spent: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(times):
        for name, work in works.items():
            spent[name].append(cpu_seconds(work))
    return {name: statistics.median(values) for name, values in spent.items()}
