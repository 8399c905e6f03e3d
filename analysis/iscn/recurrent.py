"""The translocations of a karyotype that stand for a known fusion.

The list is `analysis/data/karyotype_translocations.yaml`. A translocation is *shown* where its
breaks are written, without a question mark, and the derivative that carries the fusion is there; it
is *suggested* where breaks are missing or doubtful ("q22or23"), where only the other derivative is
written, where 11q23 (KMT2A) is broken with a partner that is not listed, where only one cell has it
(by ISCN two cells make a clone), or where one arm stands for the other ("t(9;22)(p34;q11)").
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from analysis.calls import Certainty
from analysis.iscn.karyotype import Change, Clone, Karyotype

_BAND = re.compile(r"(?P<arm>(?:\d{1,2}|[XY])[pq])(?P<band>\d{1,2}(?:\.\d{1,3})?)")
_ARMS = str.maketrans("pq", "qp")
# ISCN: the same gain or structural change in two cells at least.
CELLS_OF_A_CLONE = 2
FILE = Path(__file__).parents[1] / "data" / "karyotype_translocations.yaml"


@dataclass(frozen=True)
class Recurrent:
    """One translocation found: `text` as it is written, `genes` of the fusion ("" where the
    partner is not known), `shown` or else only suggested."""

    name: str
    genes: tuple[str, str]
    text: str
    shown: bool
    certainty: Certainty


@cache
def _table() -> dict[str, Any]:
    return yaml.safe_load(FILE.read_text(encoding="utf-8"))


def recurrent_translocations(karyotype: Karyotype) -> tuple[Recurrent, ...]:
    """Every listed translocation in an abnormal clone, once each; shown ones before suggested."""
    found: dict[tuple[str, str], Recurrent] = {}
    cells: dict[tuple[str, str], int] = {}
    for clone in karyotype.abnormal:
        here: dict[tuple[str, str], Recurrent] = {}
        for change in clone.changes:
            if change.sign == "-" or change.constitutional or clone.cells == 0:
                continue
            for item in _of_change(change, clone):
                known = here.get(item.genes)
                if known is None or (item.shown and not known.shown):
                    here[item.genes] = item
        for genes, item in here.items():
            # A clone without a count, or composite, is taken for a clone.
            counted = clone.cells is not None and not clone.composite
            cells[genes] = cells.get(genes, 0) + (clone.cells if counted else CELLS_OF_A_CLONE)
            if genes not in found or (item.shown and not found[genes].shown):
                found[genes] = item
    items = (
        item if cells[genes] >= CELLS_OF_A_CLONE else replace(item, shown=False)
        for genes, item in found.items()
    )
    return tuple(sorted(items, key=lambda item: not item.shown))


def _of_change(change: Change, clone: Clone) -> list[Recurrent]:
    found = []
    for points in change.translocations:
        rows = [row for row in _table()["translocations"] if _fits(row["breakpoints"], points)]
        exact = [row for row in rows if _breaks_written(points)]
        found += [_recurrent(row, change, clone) for row in exact or _by_chromosome(rows)]
        if not rows:
            found += _other_arm(change, clone, points) or _any_partner(change, points)
    return found


def _recurrent(row: dict[str, Any], change: Change, clone: Clone) -> Recurrent:
    points_known = any(
        _breaks_written(points) and _sure(points, row["breakpoints"])
        for points in change.translocations
    )
    shown = points_known and not change.uncertain and _carrier_there(row["carrier"], change, clone)
    gene_a, gene_b = row["genes"]
    return Recurrent(row["name"], (gene_a, gene_b), change.text, shown, Certainty(row["certainty"]))


def _other_arm(change: Change, clone: Clone, points: tuple[str, ...]) -> list[Recurrent]:
    """What would be listed with p for q, or q for p, in one break: a slip of the pen, or another
    translocation."""
    turned = (
        tuple(point.translate(_ARMS) if place == k else point for k, point in enumerate(points))
        for place in range(len(points))
    )
    return [
        replace(_recurrent(row, change, clone), shown=False)
        for other in turned
        if _breaks_written(other)
        for row in _table()["translocations"]
        if _fits(row["breakpoints"], other)
    ]


def _any_partner(change: Change, points: tuple[str, ...]) -> list[Recurrent]:
    return [
        Recurrent(row["name"], tuple(row["genes"]), change.text, False, Certainty.UNCERTAIN)
        for row in _table()["any_partner"]
        if any(_same_break(point, row["breakpoint"]) for point in points if _has_band(point))
    ]


def _carrier_there(carrier: str, change: Change, clone: Clone) -> bool:
    """A whole translocation has both derivatives; a lone "der(9)t(9;22)" has not."""
    if change.kind != "der":
        return True
    others = (c for c in clone.changes if c.kind == "der" and c.sign != "-")
    return any(c.chromosomes[:1] == (carrier,) for c in (change, *others))


def _fits(listed: list[str], points: tuple[str, ...]) -> bool:
    """Whether each listed break is among `points`; chromosomes alone where no band is written."""
    return all(any(_same_break(point, wanted) for point in points) for wanted in listed)


def _same_break(written: str, listed: str) -> bool:
    """ "9q34" and "9q34.12" are "9q34.1"; "9q34.3" is not. A chromosome without band may be it."""
    if not _has_band(written):
        return written == _chromosome(listed)
    return any(_one_break(point, listed) for point in places(written)) or _between(written, listed)


def places(written: str) -> list[str]:
    """The bands that an uncertain break names ("12p12~12p13", "9q22|9q23"); else the break."""
    return re.split(r"[~|]", written)


def _one_break(written: str, listed: str) -> bool:
    return _within(written, listed) or _within(listed, written)


def _between(written: str, listed: str) -> bool:
    """Whether the listed break lies within a range on one arm ("11q22~11q24")."""
    ends = [_BAND.fullmatch(point) for point in written.split("~")]
    wanted = _BAND.fullmatch(listed)
    if len(ends) < 2 or wanted is None or None in ends:
        return False
    if any(end["arm"] != wanted["arm"] for end in ends):
        return False
    low, high = sorted(float(end["band"]) for end in ends)
    return low <= float(wanted["band"]) <= high


def _sure(points: tuple[str, ...], listed: list[str]) -> bool:
    """Whether each listed break is met wherever an uncertain break may lie."""
    return all(
        any(all(_one_break(place, wanted) for place in places(point)) for point in points)
        for wanted in listed
    )


def _within(fine: str, coarse: str) -> bool:
    # A sub-band continues the digits after the point: 9q34.12 lies in 9q34.1.
    return fine == coarse or fine.startswith(f"{coarse}.") or (
        "." in coarse and fine.startswith(coarse)
    )  # fmt: skip


def _has_band(point: str) -> bool:
    return "p" in point or "q" in point


def _chromosome(point: str) -> str:
    return point.replace("p", " ").replace("q", " ").split()[0]


def _breaks_written(points: tuple[str, ...]) -> bool:
    return bool(points) and all(_has_band(point) for point in points)


def _by_chromosome(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Without bands one row a pair of chromosomes is enough."""
    return list({row["name"]: row for row in reversed(rows)}.values())
