"""Applying a mapping: rows of another centre's table -> raw records of the documented sheets."""

from __future__ import annotations

import datetime
from collections import defaultdict
from dataclasses import replace

from django.utils.translation import gettext_noop

from reports.importers.layout import REASON_HEADINGS, Extracted, LeftOut, RawRecord
from reports.importers.mapping import ColumnMap, Mapping, RecordMap
from reports.importers.problems import ImportProblem, said, shown
from reports.importers.values import Reader
from reports.importers.words import folded
from reports.importers.workbook import Cell, SheetRows, SourceFile

Row = dict[str, Cell]


def extract_mapped(file: SourceFile, mapping: Mapping, *, today: datetime.date) -> Extracted:
    """Raw records of `file` as `mapping` describes it."""
    source = _source_sheet(file, mapping)
    if source is None:
        return Extracted(
            (),
            (
                ImportProblem(
                    mapping.source_sheet,
                    0,
                    "",
                    shown(mapping.source_sheet),
                    said(gettext_noop("The file has no sheet of this name.")),
                    said(
                        gettext_noop("one of: {values}"),
                        values=", ".join(sheet.name for sheet in file.sheets),
                    ),
                ),
            ),
        )
    problems = _heading_problems(source, mapping)
    if problems:
        return Extracted((), tuple(problems))
    rows = [
        {heading.text: cell for heading, cell in zip(source.headings, row, strict=True)}
        for row in source.rows
    ]
    if not rows:
        message = said(gettext_noop("The file has headings but no rows."))
        return Extracted((), (ImportProblem(source.name, 0, "", "", message),))
    kept, left_out = _without_left_out(rows, mapping)
    merged, problems = _merged(kept, mapping, source.name)
    return Extracted(
        tuple(_records(merged, mapping, today, source.name)), tuple(problems), left_out
    )


def _source_sheet(file: SourceFile, mapping: Mapping) -> SheetRows | None:
    if not mapping.source_sheet or file.form == "csv":
        return file.sheets[0]
    return next((sheet for sheet in file.sheets if sheet.name == mapping.source_sheet), None)


def _heading_problems(source: SheetRows, mapping: Mapping) -> list[ImportProblem]:
    known = {*mapping.used, *mapping.ignore, *REASON_HEADINGS}
    seen: set[str] = set()
    problems = []
    for heading in source.headings:
        text = heading.text
        sentence = None
        if text in seen:
            sentence = gettext_noop("This heading stands twice.")
        elif text not in known and not mapping.ignore_rest:
            sentence = gettext_noop("The mapping neither uses nor ignores this heading.")
        seen.add(text)
        if sentence:
            problems.append(
                ImportProblem(
                    source.name,
                    heading.row,
                    shown(text),
                    shown(text),
                    said(sentence),
                    address=heading.address,
                )
            )
    for name in mapping.used:
        if name not in seen:
            message = said(
                gettext_noop("The mapping's column {name} is not in the file."), name=name
            )
            problems.append(ImportProblem(source.name, 0, name, "", message))
    return problems


def _without_left_out(rows: list[Row], mapping: Mapping) -> tuple[list[Row], tuple[LeftOut, ...]]:
    """Rows that stay, and for each reason how many patients (groups) were left out."""
    kept = []
    groups: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    numbers: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        rule = next((r for r in mapping.leave_out if folded(row[r.heading].text) in r.values), None)
        if rule is None:
            kept.append(row)
            continue
        groups[rule.reason].add(_group(row, mapping))
        numbers[rule.reason].append(_row_number(row))
    left_out = tuple(
        LeftOut(rule.reason, len(groups[rule.reason]), tuple(numbers[rule.reason]))
        for rule in mapping.leave_out
        if rule.reason in groups
    )
    return kept, left_out


def _row_number(row: Row) -> int:
    return next(iter(row.values())).row


def _group(row: Row, mapping: Mapping) -> tuple[str, ...]:
    if not mapping.group_by:
        return (str(_row_number(row)),)
    return tuple(row[name].text for name in mapping.group_by)


def _merged(
    rows: list[Row], mapping: Mapping, sheet: str
) -> tuple[list[tuple[Row, tuple[int, ...]]], list[ImportProblem]]:
    """One row a group: of each used column the first known cell; differing cells by the rule."""
    groups: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        groups.setdefault(_group(row, mapping), []).append(row)
    merged, problems = [], []
    for members in groups.values():
        single: Row = {}
        for name in mapping.used:
            cell, conflict = _chosen(members, name, mapping)
            single[name] = cell
            if conflict is not None:
                problems.append(_conflict(name, cell, conflict, sheet))
        merged.append((single, tuple(_row_number(row) for row in members)))
    return merged, problems


def _chosen(members: list[Row], name: str, mapping: Mapping) -> tuple[Cell, Cell | None]:
    """(the cell to use, a cell that contradicts it or None)."""
    known = [row[name] for row in members if _is_known(row[name], mapping)]
    if not known:
        return members[0][name], None
    rule = mapping.conflicts.get(name, mapping.conflict)
    if rule == "last":
        return known[-1], None
    other = next((cell for cell in known if cell.text != known[0].text), None)
    return known[0], other if rule == "error" else None


def _is_known(cell: Cell, mapping: Mapping) -> bool:
    return not cell.is_empty and cell.text not in mapping.unknown_words


def _conflict(name: str, cell: Cell, other: Cell, sheet: str) -> ImportProblem:
    return ImportProblem(
        sheet,
        other.row,
        name,
        shown(other.text),
        said(
            gettext_noop("Rows {first} and {second} of one patient contradict each other: {value}"),
            first=cell.row,
            second=other.row,
            value=shown(cell.text),
        ),
        said(gettext_noop("the same value, or a rule under 'conflicts' in the mapping")),
        other.address,
    )


# --- records -------------------------------------------------------------------------------------


def _records(
    merged: list[tuple[Row, tuple[int, ...]]], mapping: Mapping, today: datetime.date, place: str
) -> list[RawRecord]:
    readers = [
        {name: _reader(record, name, mapping, today) for name in record.columns}
        for record in mapping.records
    ]
    headings = [
        {name: item.heading or name for name, item in record.columns.items()}
        for record in mapping.records
    ]
    return [
        RawRecord(
            record.sheet,
            place,
            rows[0],
            {name: _cell(item, row, rows[0]) for name, item in record.columns.items()},
            readers[index],
            headings[index],
            record.only_if,
            rows,
        )
        for row, rows in merged
        for index, record in enumerate(mapping.records)
    ]


def _reader(record: RecordMap, name: str, mapping: Mapping, today: datetime.date) -> Reader:
    item = record.columns[name]
    if not item.heading:
        return Reader(record.sheet.by_name[name], today)
    own = {folded(word): "unknown" for word in mapping.unknown_words} | dict(item.words)
    return Reader(
        record.sheet.by_name[name],
        today,
        source_unit=item.unit,
        own_words=own,
        closed=item.closed,
        bands=item.bands,
    )


def _cell(item: ColumnMap, row: Row, number: int) -> Cell:
    if item.heading:
        return row[item.heading]
    kind = "text" if item.constant else "empty"
    return replace(Cell("", number, 0, kind), value=item.constant or None)
