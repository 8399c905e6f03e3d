"""The import of clinical spreadsheets: read -> check -> preview -> commit, all rows or none.

`check_file` (or `check_bytes`, for an upload) gives an `ImportPreview` and stores nothing.
`commit` stores it in one transaction, after checking again what is stored by then.
"""

from __future__ import annotations

import datetime
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_noop

from reports.actions.audit import note_import
from reports.actions.door import Actor, writing
from reports.actions.records import Saved, save_records
from reports.importers.columns import documented_sheets
from reports.importers.comparison import Comparison, FieldChange, compare
from reports.importers.layout import Extracted, LeftOut, extract, find_sheet
from reports.importers.mapped import extract_mapped
from reports.importers.mapping import Mapping
from reports.importers.problems import ImportProblem, Said, UnreadableFile, said
from reports.importers.records import Record, read_records
from reports.importers.workbook import SourceFile, read_bytes, read_file
from reports.models import ImportBatch

PROGRAMME = "import_clinical"


@dataclass(frozen=True)
class SheetCounts:
    """Records of one documented sheet. `errors` counts rows with at least one error."""

    sheet: str
    new: int = 0
    changed: int = 0
    same: int = 0
    errors: int = 0


@dataclass(frozen=True)
class ImportPreview:
    """Everything that an import would do, and everything that is wrong; nothing is stored yet."""

    name: str
    sha256: str
    problems: tuple[ImportProblem, ...]
    counts: tuple[SheetCounts, ...] = ()
    changes: tuple[FieldChange, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    records: tuple[Record, ...] = ()
    file: SourceFile | None = None
    mapping: str = ""
    imported_before: datetime.datetime | None = None

    @property
    def errors(self) -> tuple[ImportProblem, ...]:
        return tuple(item for item in self.problems if item.is_error)

    @property
    def warnings(self) -> tuple[ImportProblem, ...]:
        return tuple(item for item in self.problems if not item.is_error)

    @property
    def writes(self) -> int:
        """How many records are new or changed."""
        return sum(item.new + item.changed for item in self.counts)


class NotImportable(Exception):
    """The preview has errors, or what is stored has changed since it was made."""

    def __init__(self, message: Said):
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        return str(self.message)


def check_file(
    path: Path,
    *,
    mapping: Mapping | None = None,
    sheet: str = "",
    today: datetime.date | None = None,
) -> ImportPreview:
    """Check the file at `path`. `sheet` names what a CSV holds; dates after `today` are refused."""
    try:
        file = read_file(path)
    except UnreadableFile as error:
        return _unreadable(path.name, error)
    return _check(file, mapping=mapping, sheet=sheet, today=today)


def check_bytes(
    content: bytes,
    *,
    name: str,
    mapping: Mapping | None = None,
    sheet: str = "",
    today: datetime.date | None = None,
) -> ImportPreview:
    """Check an uploaded file's `content`; `name` is for messages only."""
    try:
        file = read_bytes(content, name=name)
    except UnreadableFile as error:
        return _unreadable(name, error)
    return _check(file, mapping=mapping, sheet=sheet, today=today)


def commit(preview: ImportPreview, *, by: Actor, reason: str) -> Saved:
    """Store what the preview shows: everything, or nothing. Raises `NotImportable`.

    A file that changes nothing leaves no trace but the answer `Saved(0, 0)`.
    """
    if preview.errors:
        raise NotImportable(
            said(gettext_noop("Nothing was stored: {count} errors."), count=len(preview.errors))
        )
    with writing(by=by, reason=reason):
        now = compare(preview.records)
        if now.problems or tuple(now.changes) != preview.changes:
            raise NotImportable(
                said(gettext_noop("What is stored has changed since the preview: look again."))
            )
        if not now.instances:
            return Saved()
        saved = save_records(records=now.instances, by=by, reason=reason)
        note_import(
            by=by,
            why=reason,
            file_name=preview.name,
            sha256=preview.sha256,
            mapping=preview.mapping,
            counts=_counts_json(preview, saved),
        )
        return saved


def _counts_json(preview: ImportPreview, saved: Saved) -> dict[str, Any]:
    return {
        "created": saved.created,
        "changed": saved.changed,
        "sheets": {
            item.sheet: {"new": item.new, "changed": item.changed, "same": item.same}
            for item in preview.counts
        },
        "left_out": {item.reason: item.count for item in preview.left_out},
    }


def _unreadable(name: str, error: UnreadableFile) -> ImportPreview:
    return ImportPreview(name, "", (ImportProblem("", 0, "", "", error.message, error.expected),))


def _check(
    file: SourceFile, *, mapping: Mapping | None, sheet: str, today: datetime.date | None
) -> ImportPreview:
    today = today or timezone.localdate()
    extracted = _extracted(file, mapping=mapping, sheet=sheet, today=today)
    records, problems = read_records(extracted.records)
    outcome = compare(records) if records else Comparison()
    problems = (*extracted.problems, *problems, *outcome.problems)
    return ImportPreview(
        name=file.name,
        sha256=file.sha256,
        problems=_in_order(problems, file),
        counts=_counted(records, outcome, problems, extracted),
        changes=tuple(outcome.changes),
        left_out=extracted.left_out,
        records=records,
        file=file,
        mapping=mapping.title if mapping else "",
        imported_before=_imported_before(file),
    )


def _extracted(
    file: SourceFile, *, mapping: Mapping | None, sheet: str, today: datetime.date
) -> Extracted:
    if mapping is not None:
        return extract_mapped(file, mapping, today=today)
    if sheet and find_sheet(sheet) is None:
        message = said(gettext_noop("There is no kind of record called {name}."), name=sheet)
        names = said(gettext_noop("one of: {values}"), values=", ".join(documented_sheets()))
        return Extracted((), (ImportProblem("", 0, "", "", message, names),))
    return extract(file, today=today, sheet=sheet)


def _imported_before(file: SourceFile) -> datetime.datetime | None:
    batch = ImportBatch.objects.filter(sha256=file.sha256).order_by("-at").first()
    return batch.at if batch else None


def _in_order(problems: tuple[ImportProblem, ...], file: SourceFile) -> tuple[ImportProblem, ...]:
    """By sheet, as the file has them, then by row; within a row as they were found."""
    order = {sheet.name: number for number, sheet in enumerate(file.sheets)}
    return tuple(sorted(problems, key=lambda item: (order.get(item.sheet, 0), item.row)))


def _counted(
    records: tuple[Record, ...],
    outcome: Comparison,
    problems: tuple[ImportProblem, ...],
    extracted: Extracted,
) -> tuple[SheetCounts, ...]:
    """Counts for each documented sheet that the file holds."""
    wrong = {(item.sheet, item.row) for item in problems if item.is_error}
    tally: dict[str, Counter[str]] = {}
    bad_rows: dict[str, set[tuple[str, int]]] = {}
    for raw in extracted.records:
        tally.setdefault(raw.sheet.name, Counter())
        rows = {(raw.place, row) for row in raw.merged_rows or (raw.row,)}
        bad_rows.setdefault(raw.sheet.name, set()).update(rows & wrong)
    for index, record in enumerate(records):
        if (record.place, record.row) not in wrong:
            tally[record.sheet][outcome.status.get(index, "error")] += 1
    return tuple(
        SheetCounts(name, tally[name]["new"], tally[name]["changed"], tally[name]["same"],
                    len(bad_rows[name]))
        for name in documented_sheets()
        if name in tally
    )  # fmt: skip
