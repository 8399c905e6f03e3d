"""Mapping files: how another centre's headings, units and words become the documented columns.

The form of the YAML file is described in docs/data-manager.md; `mappings/target_all.yaml` is a
full example. A mapping is checked as a whole before any row is looked at.
"""

from __future__ import annotations

from collections.abc import Mapping as MappingType
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import yaml

from reports.importers import numbers
from reports.importers.columns import Column, SheetColumns, documented_sheets
from reports.importers.words import folded

BLANKS = ("unknown", "not_tested")
SKIP = "skip"
CONFLICTS = ("error", "first", "last")


class MappingError(Exception):
    """The mapping file is wrong; `messages` says everything that is."""

    def __init__(self, messages: list[str]):
        super().__init__("; ".join(messages))
        self.messages = tuple(messages)


@dataclass(frozen=True)
class Band:
    """Numbers below `limit` (up to it, if `inclusive`) are read as `code`; without limit, all."""

    code: str
    limit: Decimal | None = None
    inclusive: bool = False


@dataclass(frozen=True)
class ColumnMap:
    """Where one documented column comes from: a heading, or a constant."""

    heading: str = ""
    constant: str = ""
    unit: str = ""
    words: MappingType[str, str] = field(default_factory=dict)
    closed: bool = False
    bands: tuple[Band, ...] = ()


@dataclass(frozen=True)
class RecordMap:
    """One kind of record that every patient of the file gives."""

    sheet: SheetColumns
    columns: MappingType[str, ColumnMap]
    only_if: tuple[str, ...] = ()


@dataclass(frozen=True)
class LeaveOut:
    """Rows whose `heading` holds one of `values` are left out for `reason`."""

    heading: str
    values: frozenset[str]
    reason: str


@dataclass(frozen=True)
class Mapping:
    """A checked mapping file."""

    title: str
    source_sheet: str
    unknown_words: frozenset[str]
    group_by: tuple[str, ...]
    conflict: str
    conflicts: MappingType[str, str]
    leave_out: tuple[LeaveOut, ...]
    ignore: frozenset[str]
    ignore_rest: bool
    records: tuple[RecordMap, ...]

    @property
    def used(self) -> tuple[str, ...]:
        """Every heading that the mapping reads, in its order."""
        names = [*self.group_by, *(rule.heading for rule in self.leave_out)]
        for record in self.records:
            names += [item.heading for item in record.columns.values() if item.heading]
        return tuple(dict.fromkeys(names))


def read_mapping(path: Path) -> Mapping:
    """The mapping file at `path`. Raises `MappingError` with everything that is wrong."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise MappingError([f"The mapping file cannot be read: {error}"]) from error
    return parse_mapping(text)


def parse_mapping(text: str) -> Mapping:
    """The mapping in `text` (YAML). Raises `MappingError`."""
    try:
        data = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise MappingError([f"The mapping is not valid YAML: {error}"]) from error
    if not isinstance(data, dict):
        raise MappingError(["The mapping must be a YAML table with 'records' in it."])
    return _Parser(data).mapping()


_TOP = {
    "version", "title", "source_sheet", "words", "group_by", "conflict", "conflicts", "leave_out",
    "ignore", "records",
}  # fmt: skip
_ITEM = {"column", "constant", "unit", "values", "words", "bands"}


class _Parser:
    """Collects every message while it reads, so that all are told at once."""

    def __init__(self, data: dict[str, Any]):
        self.data = data
        self.messages: list[str] = []

    def mapping(self) -> Mapping:
        data = self.data
        self._keys(data, _TOP, "the mapping")
        if data.get("version") != 1:
            self.messages.append("version must be 1.")
        ignore = data.get("ignore") or []
        result = Mapping(
            title=str(data.get("title", "")),
            source_sheet=str(data.get("source_sheet", "")),
            unknown_words=frozenset(self._texts((data.get("words") or {}).get("unknown"), "words")),
            group_by=tuple(self._texts(data.get("group_by"), "group_by")),
            conflict=self._conflict(data.get("conflict", "error")),
            conflicts={
                str(name): self._conflict(rule)
                for name, rule in (data.get("conflicts") or {}).items()
            },
            leave_out=tuple(self._leave_out(item) for item in data.get("leave_out") or []),
            ignore=frozenset() if ignore == "rest" else frozenset(self._texts(ignore, "ignore")),
            ignore_rest=ignore == "rest",
            records=tuple(filter(None, (self._record(item) for item in data.get("records") or []))),
        )
        if not result.records and not self.messages:
            self.messages.append("records: at least one record is needed.")
        if self.messages:
            raise MappingError(self.messages)
        return result

    def _keys(self, item: dict[str, Any], allowed: set[str], where: str) -> None:
        for key in item:
            if key not in allowed:
                known = ", ".join(sorted(allowed))
                self.messages.append(f"{where}: {key!r} is not known (one of: {known}).")

    def _texts(self, items: Any, where: str) -> list[str]:
        if items is None:
            return []
        if not isinstance(items, list) or not all(isinstance(item, str | int) for item in items):
            self.messages.append(f"{where}: a list of texts is needed.")
            return []
        return [str(item) for item in items]

    def _conflict(self, rule: Any) -> str:
        if rule not in CONFLICTS:
            self.messages.append(f"conflict: {rule!r} is not one of {', '.join(CONFLICTS)}.")
        return str(rule)

    def _leave_out(self, item: Any) -> LeaveOut:
        if not isinstance(item, dict) or not {"column", "values", "reason"} <= item.keys():
            self.messages.append("leave_out: column, values and reason are needed.")
            return LeaveOut("", frozenset(), "")
        values = frozenset(folded(value) for value in self._texts(item["values"], "leave_out"))
        return LeaveOut(str(item["column"]), values, str(item["reason"]))

    def _record(self, item: Any) -> RecordMap | None:
        sheet = documented_sheets().get(str(item.get("sheet"))) if isinstance(item, dict) else None
        if sheet is None:
            names = ", ".join(documented_sheets())
            self.messages.append(f"records: 'sheet' must be one of {names}.")
            return None
        self._keys(item, {"sheet", "columns", "only_if"}, f"records/{sheet.name}")
        columns = {}
        for name, source in (item.get("columns") or {}).items():
            if name not in sheet.by_name:
                self.messages.append(f"{sheet.name}: {name!r} is not a documented column.")
                continue
            columns[name] = self._column(sheet.by_name[name], source, f"{sheet.name}.{name}")
        for name in sheet.required:
            if name not in columns:
                self.messages.append(f"{sheet.name}: the required column {name} is not mapped.")
        only_if = tuple(self._texts(item.get("only_if"), f"{sheet.name}.only_if"))
        for name in only_if:
            if name not in columns:
                self.messages.append(f"{sheet.name}.only_if: {name!r} is not mapped.")
        return RecordMap(sheet, columns, only_if)

    def _column(self, column: Column, source: Any, where: str) -> ColumnMap:
        if isinstance(source, str):
            return ColumnMap(heading=source)
        if not isinstance(source, dict) or ("column" in source) == ("constant" in source):
            self.messages.append(f"{where}: give either 'column' or 'constant'.")
            return ColumnMap()
        self._keys(source, _ITEM, where)
        unit = str(source.get("unit", ""))
        if unit and not numbers.can_convert(unit, column.unit):
            self.messages.append(
                f"{where}: {unit!r} cannot be converted to {column.unit or 'this column'}."
            )
        values = source.get("values")
        return ColumnMap(
            heading=str(source.get("column", "")),
            constant=str(source.get("constant", "")),
            unit=unit,
            words=self._words(column, {**(source.get("words") or {}), **(values or {})}, where),
            closed=values is not None,
            bands=self._bands(column, source.get("bands") or [], where),
        )

    def _words(self, column: Column, table: dict[Any, Any], where: str) -> dict[str, str]:
        result = {}
        for word, meaning in table.items():
            if isinstance(word, bool) or isinstance(meaning, bool):
                self.messages.append(f"{where}: put Yes, No, On and Off in quotation marks.")
                continue
            known = (*BLANKS, SKIP, *column.codes)
            known += ("not_detected", "not_evaluable") if column.kind == "measure" else ()
            if column.kind != "text" and str(meaning) not in known:
                self.messages.append(
                    f"{where}: {word!r} is mapped to {meaning!r}, which is not one of"
                    f" {', '.join(filter(None, known))}."
                )
            result[folded(str(word))] = str(meaning)
        return result

    def _bands(self, column: Column, items: list[Any], where: str) -> tuple[Band, ...]:
        bands = []
        for item in items:
            code = str(item.get("code", "")) if isinstance(item, dict) else ""
            if code not in column.codes:
                self.messages.append(f"{where}: band {item!r} names no code of this column.")
                continue
            inclusive = "up_to" in item
            limit = item.get("up_to", item.get("below"))
            try:
                number = None if limit is None else Decimal(str(limit))
            except InvalidOperation:
                self.messages.append(f"{where}: {limit!r} is not a number.")
                continue
            bands.append(Band(code, number, inclusive))
        if bands and bands[-1].limit is not None:
            self.messages.append(f"{where}: the last band must have no limit.")
        return tuple(bands)
