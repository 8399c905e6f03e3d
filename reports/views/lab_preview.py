"""What a laboratory import would do, as the preview page and its workbook show it."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reports.importers.lab_import import CHANGED, NEW, REMOVED, SAME, LabPreview
from reports.importers.problems import ImportProblem
from reports.importers.written import put
from reports.models import Normalisation
from reports.models.record import Record

SHOWN = 300  # rows of a list; the workbook holds them all
SHOWN_REMOVED = 100
# What an importer says of the whole import (`LabPreview.details`), and its name.
DETAILS = {
    "run": gettext_lazy("Run"),
    "normalisation": gettext_lazy("Normalisation"),
    "panel": gettext_lazy("Panel"),
    "filters": gettext_lazy("Filters"),
    "mapping": gettext_lazy("Mapping"),
}


@dataclass(frozen=True)
class Shown:
    """The first rows of a list, and how many are left off."""

    rows: Sequence[Any]
    left_off: int

    def __bool__(self) -> bool:
        return bool(self.rows)


@dataclass(frozen=True)
class KindCount:
    """How many records of one kind are new, changed, the same, and removed."""

    kind: str
    new: int
    changed: int
    same: int
    removed: int


def preview_context(found: LabPreview) -> dict[str, Any]:
    problems = _in_order(found)
    removed = [*found.plan.remove, *found.plan.remove_last]
    return {
        "preview": found,
        "details": [(DETAILS.get(name, name), _worded(value)) for name, value in _given(found)],
        "counts": _counts(found),
        "problems": _first(problems, SHOWN),
        "samples": _first(found.samples, SHOWN),
        "changes": _first(found.changes, SHOWN),
        "removed": Shown(
            [_removed(item) for item in removed[:SHOWN_REMOVED]],
            max(0, len(removed) - SHOWN_REMOVED),
        ),
    }


def _in_order(found: LabPreview) -> list[ImportProblem]:
    """Errors first: they are what stands between the files and the records. Then as the files have
    them, by line."""
    place = {item.name: number for number, item in enumerate(found.files)}
    return sorted(
        found.problems,
        key=lambda item: (not item.is_error, place.get(item.file, len(place)), item.row),
    )


def _given(found: LabPreview) -> Iterable[tuple[str, Any]]:
    return ((name, value) for name, value in found.details.items() if value)


def _worded(value: Any) -> str:
    return str(dict(Normalisation.choices).get(value, value))


def _first(rows: Sequence[Any], count: int) -> Shown:
    return Shown(rows[:count], max(0, len(rows) - count))


def _counts(found: LabPreview) -> list[KindCount]:
    acts = (NEW, CHANGED, SAME, REMOVED)
    return [
        KindCount(kind, *(count.get(act, 0) for act in acts))
        for kind, count in found.plan.counts.items()
    ]


def _removed(record: Record) -> tuple[str, str, str]:
    """(child, kind, name)."""
    return (str(record.owner or ""), str(record._meta.verbose_name), str(record))


def preview_book(found: LabPreview) -> bytes:
    """An XLSX of everything that the preview says; text stays text, whatever it begins with."""
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.active)
    problems = _in_order(found)
    headings = (_("Kind"), _("File"), _("Line"), _("Column"), _("Value"), _("What is wrong"),
                _("What was expected"))  # fmt: skip
    _sheet(book, _("Problems"), headings, map(_problem_row, problems))
    headings = (_("File"), _("Sample"), _("Specimen"), _("Child"), _("What the file says"))
    _sheet(book, _("Samples"), headings, map(_sample_row, found.samples))
    headings = (_("Child"), _("Record"), _("Field"), _("Old"), _("New"))
    rows = ((i.patient, i.record, i.field, i.old, i.new) for i in found.changes)
    _sheet(book, _("Changes"), headings, rows)
    headings = (_("Child"), _("Kind"), _("Record"))
    removed = map(_removed, (*found.plan.remove, *found.plan.remove_last))
    _sheet(book, _("Removals"), headings, removed)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _problem_row(item: ImportProblem) -> tuple[Any, ...]:
    kind = _("error") if item.is_error else _("warning")
    expected = "" if item.expected is None else str(item.expected)
    file = item.file or item.sheet
    return (kind, file, item.row or "", item.column, item.value, str(item.message), expected)


def _sample_row(item: Any) -> tuple[str, ...]:
    says = "\n".join(str(sentence) for sentence in item.says)
    return (item.file, item.sample, item.specimen, item.child, says)


def _sheet(book: Any, title: str, headings: Iterable[str], rows: Iterable[Iterable[Any]]) -> None:
    sheet = book.create_sheet(title[:31])
    for number, row in enumerate((headings, *rows), start=1):
        for column, value in enumerate(row, start=1):
            put(sheet, row=number, column=column, value=value)
    sheet.freeze_panes = "A2"
