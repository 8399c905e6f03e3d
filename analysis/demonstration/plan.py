"""The invented children before any number: group, subtype, response, risk group.

Read from analysis/data/demonstration_children.yaml, one `Child` each. The blocks of the file fix
every published count; within a group the seed only says which children are girls.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import yaml

DATA = Path(__file__).parents[1] / "data"
GROUPS = ("altered", "not_detected")


@cache
def read(name: str) -> dict[str, Any]:
    """A data file of the demonstration: "marginals", "children" or "genes"."""
    return yaml.safe_load((DATA / f"demonstration_{name}.yaml").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Child:
    """One invented child of the plan; demonstration_children.yaml says what the words mean."""

    group: str
    subtype: str
    fusion: str
    gc: str
    age: str
    wbc: str
    risk: str
    sex: str
    d15: str
    d15_marrow: str
    d33_percent: float | None
    d33_marrow: str
    d84_percent: float | None
    deletion: tuple[int, int] | None
    ikzf1_variant: str
    partners: tuple[str, ...]


def children(rng: Random) -> tuple[Child, ...]:
    """The 200, the altered ones first."""
    plan, marginals = read("children"), read("marginals")
    found = []
    for group in GROUPS:
        rows = [row for block in plan[group] for row in _rows(group, block)]
        girls = marginals["female"][group]
        sexes = ["female"] * girls + ["male"] * (len(rows) - girls)
        rng.shuffle(sexes)
        found += [_child(group, row, sex) for row, sex in zip(rows, sexes, strict=True)]
    return tuple(found)


def _rows(group: str, block: dict[str, Any]) -> list[dict[str, Any]]:
    """A block of the file as single children."""
    if group == "altered":
        marrow = block.get("d15")
        return [{**block, "d15": "positive" if marrow else "negative", "d15_marrow": marrow}]
    positive, missing = block.get("d15_positive", []), block.get("d15_missing", 0)
    rows = []
    for index in range(block["n"]):
        row = {**block, "d15": "negative", "d15_marrow": None, "d33": None}
        if index < len(positive):
            row |= {"d15": "positive", "d15_marrow": positive[index]}
        elif index >= block["n"] - missing:
            row["d15"] = "not_tested"
        if index < len(block.get("d33", [])):
            row["d33"] = block["d33"][index]
        rows.append(row)
    return rows


def _child(group: str, row: dict[str, Any], sex: str) -> Child:
    return Child(
        group=group,
        subtype=row["subtype"],
        fusion=row.get("fusion", ""),
        gc=row["gc"],
        age=row["age"],
        wbc=row["wbc"],
        risk=row["risk"],
        sex=sex,
        d15=row["d15"],
        d15_marrow=row["d15_marrow"] or "m1",
        d33_percent=row.get("d33"),
        d33_marrow=row.get("d33_marrow", "m1"),
        d84_percent=row.get("d84"),
        deletion=tuple(row["deletion"]) if "deletion" in row else None,
        ikzf1_variant=row.get("variant", ""),
        partners=tuple(row.get("partners", ())),
    )
