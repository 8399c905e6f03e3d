"""Raw records -> typed records: every cell read, every problem collected, duplicates found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_noop

from reports.importers import rules
from reports.importers.columns import documented_sheets
from reports.importers.layout import RawRecord
from reports.importers.problems import ImportProblem, Said, said, shown
from reports.importers.refusal import Refused
from reports.importers.values import SKIP, UNKNOWN, read_value

Key = tuple[Any, ...]


@dataclass(frozen=True)
class Record:
    """One typed record. `values` holds what is known: an unknown column is absent.

    `row` 0 never occurs; `place` is the sheet as the file names it.
    """

    sheet: str
    place: str
    row: int
    values: Mapping[str, Any]
    source: RawRecord

    @property
    def patient(self) -> tuple[str, str]:
        return self.values["centre"], self.values["hospital_number"]

    @property
    def key(self) -> Key:
        return tuple(self.values.get(name) for name in documented_sheets()[self.sheet].key)


def read_records(
    raw: Iterable[RawRecord],
) -> tuple[tuple[Record, ...], tuple[ImportProblem, ...]]:
    """(records without errors, every error and warning), in the order of the file."""
    records: list[Record] = []
    problems: list[ImportProblem] = []
    for item in raw:
        record, found = _read(item)
        problems += found
        if record is not None:
            records.append(record)
    kept, found = _without_duplicates(records)
    return tuple(kept), tuple(problems + found)


def _read(raw: RawRecord) -> tuple[Record | None, list[ImportProblem]]:
    values: dict[str, Any] = {}
    problems: list[ImportProblem] = []
    for name, cell in raw.cells.items():
        try:
            reading = read_value(cell, raw.readers[name])
        except Refused as refused:
            problems.append(problem(raw, name, refused.message, refused.expected))
            continue
        if reading.value is SKIP:
            return None, []
        if reading.value is not UNKNOWN:
            values[name] = reading.value
        problems += [problem(raw, name, note, severity="warning") for note in reading.notes if note]
    if raw.only_if and not problems and not any(name in values for name in raw.only_if):
        return None, []
    problems += _missing(raw, values, {item.column for item in problems if item.is_error})
    if not any(item.is_error for item in problems):
        problems += [
            problem(raw, found.column, found.message, found.expected, severity=found.severity)
            for found in rules.check(raw.sheet.name, values)
        ]
    if any(item.is_error for item in problems):
        return None, problems
    return Record(raw.sheet.name, raw.place, raw.row, values, raw), problems


def _missing(raw: RawRecord, values: Mapping[str, Any], refused: set[str]) -> list[ImportProblem]:
    return [
        problem(
            raw,
            name,
            said(gettext_noop("{name} is required and empty"), name=name),
        )
        for name in raw.sheet.required
        if name not in values and raw.headings.get(name, name) not in refused
    ]


def problem(
    raw: RawRecord,
    name: str,
    message: Said,
    expected: Said | None = None,
    *,
    severity: str = "error",
) -> ImportProblem:
    """A problem at column `name` of `raw`, with the cell's value and address."""
    cell = raw.cells.get(name)
    return ImportProblem(
        raw.place,
        raw.row if cell is None else cell.row,
        raw.headings.get(name, name),
        "" if cell is None else shown(cell.text),
        message,
        expected,
        "" if cell is None else cell.address,
        severity,
    )


def _without_duplicates(
    records: list[Record],
) -> tuple[list[Record], list[ImportProblem]]:
    """The same key twice: with the same content said and read once, otherwise an error."""
    first: dict[tuple[str, Key], Record] = {}
    problems = []
    for record in records:
        known = first.setdefault((record.sheet, record.key), record)
        if known is record:
            continue
        name = documented_sheets()[record.sheet].key[1]
        same = dict(known.values) == dict(record.values)
        sentence = (
            gettext_noop("the same as row {row}: read once")
            if same
            else gettext_noop("the same record as row {row}, with different content")
        )
        expected = None if same else said(gettext_noop("one row for each record"))
        problems.append(
            problem(
                record.source,
                name,
                said(sentence, row=known.row),
                expected,
                severity="warning" if same else "error",
            )
        )
    return list(first.values()), problems
