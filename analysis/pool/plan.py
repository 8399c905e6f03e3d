"""What every centre counts over: edges, patterns and pairs of `analysis/data/pool_bins.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).parents[1] / "data" / "pool_bins.yaml"


@dataclass(frozen=True)
class Plan:
    """`edges` by column, ascending; `other_edges` for any other measurement."""

    version: str
    edges: Mapping[str, tuple[float, ...]]
    other_edges: tuple[float, ...]
    patterns: tuple[str, ...]
    pair_genes: tuple[str, ...]
    interval_days: int

    def edges_of(self, name: str) -> tuple[float, ...]:
        return self.edges.get(name, self.other_edges)


@cache
def plan() -> Plan:
    import yaml

    read = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return Plan(
        version=read["version"],
        edges={name: tuple(map(float, edges)) for name, edges in read["measurements"].items()},
        other_edges=_every_decade(read["other"]),
        patterns=tuple(read["patterns"]),
        pair_genes=tuple(read["pair_genes"]),
        interval_days=read["interval_days"],
    )


def _every_decade(other: Mapping) -> tuple[float, ...]:
    first, last = other["decades"]
    # Written and read again, so that 3e-4 is the number that a person would type.
    above = [
        float(f"{mantissa}e{power}")
        for power in range(first, last + 1)
        for mantissa in other["mantissas"]
    ]
    return (*(-edge for edge in reversed(above)), 0.0, *above)
