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
from django.utils.translation import gettext_noop

from reports.importers import numbers
from reports.importers.columns import Column, SheetColumns, documented_sheets
from reports.importers.problems import Said, said
from reports.importers.words import folded

BLANKS = ("unknown", "not_tested")
SKIP = "skip"
CONFLICTS = ("error", "first", "last")


class MappingError(Exception):
    """The mapping file is wrong; `messages` says everything that is."""

    def __init__(self, messages: list[Said]):
        super().__init__(messages)
        self.messages = tuple(messages)

    def __str__(self) -> str:
        return "\n".join(str(message) for message in self.messages)


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


class _NoTwins(yaml.SafeLoader):
    """YAML would let the second of two equal keys win without a word."""

    def construct_mapping(self, node, deep=False):
        names = [key.value for key, _ in node.value]
        for name in names:
            if names.count(name) > 1:
                raise yaml.constructor.ConstructorError(
                    None, None, f"twice: {name}", node.start_mark
                )
        return super().construct_mapping(node, deep)


def read_mapping(path: Path) -> Mapping:
    """The mapping file at `path`. Raises `MappingError` with everything that is wrong."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise MappingError(
            [said(gettext_noop("The mapping file cannot be read: {why}"), why=error)]
        ) from error
    return parse_mapping(text)


def parse_mapping(text: str) -> Mapping:
    """The mapping in `text` (YAML). Raises `MappingError`."""
    try:
        data = yaml.load(text, _NoTwins)  # a SafeLoader
    except yaml.YAMLError as error:
        raise MappingError(
            [said(gettext_noop("The mapping is not valid YAML: {why}"), why=error)]
        ) from error
    if not isinstance(data, dict):
        raise MappingError(
            [said(gettext_noop("The mapping must be a YAML table with 'records' in it."))]
        )
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
        self.messages: list[Said] = []

    def mapping(self) -> Mapping:
        data = self.data
        self._keys(data, _TOP, "the mapping")
        if data.get("version") != 1:
            self._say(gettext_noop("version must be 1."))
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
            self._say(gettext_noop("records: at least one record is needed."))
        if self.messages:
            raise MappingError(self.messages)
        return result

    def _say(self, sentence: str, **params: Any) -> None:
        self.messages.append(said(sentence, **params))

    def _keys(self, item: dict[str, Any], allowed: set[str], where: str) -> None:
        for key in item:
            if key not in allowed:
                known = ", ".join(sorted(allowed))
                sentence = gettext_noop("{where}: '{key}' is not known (one of: {known}).")
                self._say(sentence, where=where, key=key, known=known)

    def _texts(self, items: Any, where: str) -> list[str]:
        if items is None:
            return []
        if not isinstance(items, list) or not all(isinstance(item, str | int) for item in items):
            self._say(gettext_noop("{where}: a list of texts is needed."), where=where)
            return []
        return [str(item) for item in items]

    def _conflict(self, rule: Any) -> str:
        if rule not in CONFLICTS:
            sentence = gettext_noop("conflict: '{rule}' is not one of {known}.")
            self._say(sentence, rule=rule, known=", ".join(CONFLICTS))
        return str(rule)

    def _leave_out(self, item: Any) -> LeaveOut:
        if not isinstance(item, dict) or not {"column", "values", "reason"} <= item.keys():
            self._say(gettext_noop("leave_out: column, values and reason are needed."))
            return LeaveOut("", frozenset(), "")
        values = frozenset(folded(value) for value in self._texts(item["values"], "leave_out"))
        return LeaveOut(str(item["column"]), values, str(item["reason"]))

    def _record(self, item: Any) -> RecordMap | None:
        sheet = documented_sheets().get(str(item.get("sheet"))) if isinstance(item, dict) else None
        if sheet is None:
            names = ", ".join(documented_sheets())
            self._say(gettext_noop("records: 'sheet' must be one of {known}."), known=names)
            return None
        self._keys(item, {"sheet", "columns", "only_if"}, f"records/{sheet.name}")
        columns = {}
        for name, source in (item.get("columns") or {}).items():
            if name not in sheet.by_name:
                sentence = gettext_noop("{where}: '{name}' is not a documented column.")
                self._say(sentence, where=sheet.name, name=name)
                continue
            columns[name] = self._column(sheet.by_name[name], source, f"{sheet.name}.{name}")
        for name in sheet.required:
            if name not in columns:
                sentence = gettext_noop("{where}: the required column {name} is not mapped.")
                self._say(sentence, where=sheet.name, name=name)
        only_if = tuple(self._texts(item.get("only_if"), f"{sheet.name}.only_if"))
        for name in only_if:
            if name not in columns:
                sentence = gettext_noop("{where}.only_if: '{name}' is not mapped.")
                self._say(sentence, where=sheet.name, name=name)
        return RecordMap(sheet, columns, only_if)

    def _column(self, column: Column, source: Any, where: str) -> ColumnMap:
        if isinstance(source, str):
            return ColumnMap(heading=source)
        if not isinstance(source, dict) or ("column" in source) == ("constant" in source):
            self._say(gettext_noop("{where}: give either 'column' or 'constant'."), where=where)
            return ColumnMap()
        self._keys(source, _ITEM, where)
        unit = str(source.get("unit", ""))
        if unit and not numbers.can_convert(unit, column.unit):
            sentence = gettext_noop("{where}: '{unit}' cannot be converted to {target}.")
            self._say(sentence, where=where, unit=unit, target=column.unit or "1")
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
                sentence = gettext_noop("{where}: put Yes, No, On and Off in quotation marks.")
                self._say(sentence, where=where)
                continue
            known = (*BLANKS, SKIP, *column.codes)
            known += ("not_detected", "not_evaluable") if column.kind == "measure" else ()
            if column.kind != "text" and str(meaning) not in known:
                sentence = gettext_noop(
                    "{where}: '{word}' is mapped to '{meaning}', which is not one of {known}."
                )
                names = ", ".join(filter(None, known))
                self._say(sentence, where=where, word=word, meaning=meaning, known=names)
            result[folded(str(word))] = str(meaning)
        return result

    def _bands(self, column: Column, items: list[Any], where: str) -> tuple[Band, ...]:
        bands = []
        for item in items:
            code = str(item.get("code", "")) if isinstance(item, dict) else ""
            if code not in column.codes:
                sentence = gettext_noop("{where}: band {band} names no code of this column.")
                self._say(sentence, where=where, band=item)
                continue
            inclusive = "up_to" in item
            limit = item.get("up_to", item.get("below"))
            try:
                number = None if limit is None else Decimal(str(limit))
            except InvalidOperation:
                sentence = gettext_noop("{where}: '{limit}' is not a number.")
                self._say(sentence, where=where, limit=limit)
                continue
            bands.append(Band(code, number, inclusive))
        if bands and bands[-1].limit is not None:
            self._say(gettext_noop("{where}: the last band must have no limit."), where=where)
        return tuple(bands)
