"""The documented import columns, read from `clinical_columns.yaml` into values.

The YAML file is the one place where a column is described; the template, the documentation and the
check are all made from what this module reads there.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from pathlib import Path

import yaml

CONTRACT = Path(__file__).with_name("clinical_columns.yaml")
KINDS = ("text", "code", "date", "number", "integer", "choice", "measure")
# Columns that hold gene symbols: a spreadsheet turns some of these into dates.
GENE_COLUMNS = frozenset({"gene", "gene_a", "gene_b", "panel_genes"})


@dataclass(frozen=True)
class Column:
    """One documented column. `hard` and `soft` are inclusive (low, high) limits in `unit`."""

    name: str
    zh: str
    kind: str
    required: bool = False
    max_length: int = 10_000
    values: tuple[tuple[str, tuple[str, ...]], ...] = ()
    unit: str = ""
    hard: tuple[Decimal, Decimal] | None = None
    soft: tuple[Decimal, Decimal] | None = None
    example: str = ""
    help: str = ""
    help_zh: str = ""

    @property
    def is_gene(self) -> bool:
        return self.name in GENE_COLUMNS

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(code for code, _ in self.values)


@dataclass(frozen=True)
class SheetColumns:
    """One documented sheet: its names, its key and its columns in order."""

    name: str
    zh: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    by_name: dict[str, Column] = field(compare=False, repr=False, default_factory=dict)

    @property
    def required(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns if column.required)


@cache
def documented_sheets() -> dict[str, SheetColumns]:
    """The documented sheets by English name, in the order of the file."""
    with CONTRACT.open(encoding="utf-8") as file:
        contract = yaml.safe_load(file)
    return {entry["name"]: _sheet(entry) for entry in contract["sheets"]}


def _sheet(entry: dict) -> SheetColumns:
    columns = tuple(_column(item) for item in entry["columns"])
    by_name = {column.name: column for column in columns}
    return SheetColumns(entry["name"], entry["zh"], tuple(entry["key"]), columns, by_name)


def _column(item: dict) -> Column:
    values = item.get("values") or {}
    return Column(
        name=item["name"],
        zh=item["zh"],
        kind=item["kind"],
        required=bool(item.get("required")),
        max_length=int(item.get("max", 10_000)),
        values=tuple((str(k), tuple(str(v) for v in spelled)) for k, spelled in values.items()),
        unit=item.get("unit", ""),
        hard=_limits(item.get("hard")),
        soft=_limits(item.get("soft")),
        example=str(item.get("example", "")),
        help=item.get("help", ""),
        help_zh=item.get("help_zh", ""),
    )


def _limits(pair: list | None) -> tuple[Decimal, Decimal] | None:
    return None if pair is None else (Decimal(str(pair[0])), Decimal(str(pair[1])))
