"""What every import of laboratory files shares: the plan, its preview, and storing it.

An importer reads its files in a child process, matches the samples to specimens, and gives a
`LabPreview` that says all that would be stored, changed and removed, and all that is wrong. Nothing
is stored before `commit`, which stores everything or nothing and remembers every file.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from concurrency.exceptions import RecordModifiedError
from django.db import IntegrityError
from django.db.models import Field
from django.utils import timezone
from django.utils.translation import gettext_noop, ngettext

from reports.actions.audit import note_import
from reports.actions.door import Actor, writing
from reports.actions.records import Saved, delete_record, save_records
from reports.importers.clinical import NotImportable
from reports.importers.comparison import FieldChange
from reports.importers.problems import ImportProblem, Said, said
from reports.models import ImportBatch
from reports.models.record import Record

NEW, CHANGED, SAME, REMOVED = "new", "changed", "same", "removed"
# The machine's own columns, which no file gives.
_OWN = frozenset({"id", "version", "created_at", "updated_at"})


@dataclass(frozen=True)
class LabFile:
    """A file of the import. `before` is the last import of the very same bytes, if any."""

    name: str
    sha256: str
    before: ImportBatch | None = None


@dataclass(frozen=True)
class SampleLine:
    """A sample of the preview as people read it: whose it is and what the file says of it."""

    file: str
    sample: str
    specimen: str
    child: str
    says: tuple[Said, ...] = ()


@dataclass
class Plan:
    """Records to store and to remove, with what that changes. Importers add to it.

    `remove_last` are removed when all is stored, as others rest on them until then.
    """

    save: list[Record] = field(default_factory=list)
    remove: list[Record] = field(default_factory=list)
    remove_last: list[Record] = field(default_factory=list)
    counts: dict[str, Counter[str]] = field(default_factory=dict)
    changes: list[FieldChange] = field(default_factory=list)

    def take(self, record: Record, act: str) -> None:
        """Note one record that is to be stored or removed, or is the same."""
        name = str(record._meta.verbose_name)
        self.counts.setdefault(name, Counter())[act] += 1
        if act == REMOVED:
            self.remove.append(record)
        elif act != SAME:
            self.save.append(record)

    def take_new(self, records: Sequence[Record]) -> None:
        """Note many new records of one kind."""
        if records:
            name = str(records[0]._meta.verbose_name)
            self.counts.setdefault(name, Counter())[NEW] += len(records)
            self.save += records


@dataclass(frozen=True, eq=False)
class LabPreview:
    """Everything that an import would do, and everything that is wrong; nothing is stored yet."""

    programme: str
    files: tuple[LabFile, ...]
    samples: tuple[SampleLine, ...] = ()
    problems: tuple[ImportProblem, ...] = ()
    plan: Plan = field(default_factory=Plan)
    details: Mapping[str, Any] = field(default_factory=dict)
    # Records that the result rests on, as they were read: sex of the child, blasts of the specimen.
    basis: tuple[Record, ...] = ()

    @property
    def errors(self) -> tuple[ImportProblem, ...]:
        return tuple(item for item in self.problems if item.is_error)

    @property
    def warnings(self) -> tuple[ImportProblem, ...]:
        return tuple(item for item in self.problems if not item.is_error)

    @property
    def writes(self) -> int:
        """How many records are new, changed or removed."""
        return len(self.plan.save) + len(self.plan.remove) + len(self.plan.remove_last)

    @property
    def changes(self) -> tuple[FieldChange, ...]:
        return tuple(self.plan.changes)

    @property
    def fingerprint(self) -> str:
        """What the preview says, as a hash: a confirmation names the preview that was seen."""
        seen = (
            [(item.name, item.sha256) for item in self.files],
            sorted((name, sorted(count.items())) for name, count in self.plan.counts.items()),
            self.plan.changes,
            [str(item) for item in self.problems],
            [(item.file, item.sample, item.specimen, [str(text) for text in item.says])
             for item in self.samples],
            # Numbers that rest on these follow them, also where nothing else that is shown does.
            sorted({(item._meta.label, item.pk, item.version) for item in self.basis}),
        )  # fmt: skip
        return hashlib.sha256(repr(seen).encode()).hexdigest()


def commit(preview: LabPreview, *, by: Actor, reason: str) -> Saved:
    """Store what the preview shows: everything, or nothing. Raises `NotImportable`.

    Files that change nothing leave no trace but the answer `Saved(0, 0)`.
    """
    if preview.errors:
        raise NotImportable(
            said(gettext_noop("Nothing was stored: {count} errors."), count=len(preview.errors))
        )
    if not preview.writes:
        return Saved()
    try:
        with writing(by=by, reason=reason):
            _check_basis(preview.basis)
            for record in preview.plan.remove:
                delete_record(record=record, by=by, reason=reason or preview.programme)
            saved = save_records(records=preview.plan.save, by=by, reason=reason)
            for record in preview.plan.remove_last:
                delete_record(record=record, by=by, reason=reason or preview.programme)
            _remember(preview, saved, by=by, reason=reason)
    except (RecordModifiedError, IntegrityError) as error:
        message = gettext_noop("What is stored has changed since the preview: look again.")
        raise NotImportable(said(message)) from error
    return saved


def _check_basis(basis: Iterable[Record]) -> None:
    """Raise RecordModifiedError where one of these was changed or deleted since it was read."""
    by_model: dict[type[Record], dict[int, Record]] = {}
    for record in basis:
        by_model.setdefault(type(record), {})[record.pk] = record
    for model, records in by_model.items():
        stored = dict(model.objects.filter(pk__in=records).values_list("pk", "version"))
        for pk, record in records.items():
            if stored.get(pk) != record.version:
                raise RecordModifiedError(target=record)


def _remember(preview: LabPreview, saved: Saved, *, by: Actor, reason: str) -> None:
    counts = {
        "created": saved.created,
        "changed": saved.changed,
        "removed": len(preview.plan.remove) + len(preview.plan.remove_last),
        "records": {name: dict(count) for name, count in preview.plan.counts.items()},
        "files": [item.name for item in preview.files],
    }
    for file in preview.files:
        note_import(
            by=by,
            why=reason,
            file_name=file.name,
            sha256=file.sha256,
            mapping=preview.programme,
            counts=counts,
        )


def files_of(paths: Iterable[Path]) -> tuple[LabFile, ...]:
    """The files by their hashes, with the last import of each. Files that cannot be opened are left
    to the reader, which says why."""
    hashed = [(path.name, digest) for path in paths if (digest := _sha256(path))]
    batches = ImportBatch.objects.filter(sha256__in=[digest for _name, digest in hashed])
    before = {batch.sha256: batch for batch in batches.order_by("at", "pk")}
    return tuple(LabFile(name, digest, before.get(digest)) for name, digest in hashed)


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def already_imported(files: Iterable[LabFile]) -> list[ImportProblem]:
    """A warning for each file whose very bytes were imported before: when, and by whom."""
    return [
        ImportProblem(
            "",
            0,
            "",
            "",
            said(
                gettext_noop("This very file was imported on {date} by {who}."),
                date=f"{timezone.localtime(file.before.at):%Y-%m-%d %H:%M}",
                who=file.before.who,
            ),
            severity="warning",
            file=file.name,
        )
        for file in files
        if file.before
    ]


def reconcile(
    plan: Plan,
    wanted: Sequence[Record],
    stored: Iterable[Record],
    *,
    key: Callable[[Record], Any],
    fields: Sequence[str],
    child: str = "",
    removes: bool = False,
) -> list[Record]:
    """Put `wanted` (unsaved) against `stored` by `key` and note each in `plan`; the records as they
    will be, in the order wanted. Only `fields` are taken from the file; what a person set stays.

    With `removes`, a stored record that the file no longer has is removed.
    """
    on_record = {key(item): item for item in stored}
    result = []
    for item in wanted:
        former = on_record.pop(key(item), None)
        if former is None:
            plan.take(item, NEW)
            result.append(item)
            continue
        differing = [name for name in fields if getattr(former, name) != getattr(item, name)]
        for name in differing:
            old, new = getattr(former, name), getattr(item, name)
            plan.changes.append(_change(former, name, old, new, child))
            setattr(former, name, new)
        plan.take(former, CHANGED if differing else SAME)
        result.append(former)
    if removes:
        for item in on_record.values():
            plan.take(item, REMOVED)
    return result


def _change(record: Record, name: str, old: Any, new: Any, child: str) -> FieldChange:
    field = record._meta.get_field(name)
    sheet = str(record._meta.verbose_name)
    before, after = _written(field, old), _written(field, new)
    return FieldChange(sheet, 0, child, str(record), str(field.verbose_name), before, after)


def _written(field: Field, value: Any) -> str:
    """A value as people read it: the word of a code; of a list only that it is another."""
    if isinstance(value, (list, dict)):
        return ngettext("{count} entry", "{count} entries", len(value)).format(count=len(value))
    if isinstance(value, (bytes, memoryview)):
        return ngettext("{count} byte", "{count} bytes", len(value)).format(count=len(value))
    if value is None or field.is_relation:
        return "" if value is None else str(value)[:200]
    return str(dict(field.flatchoices).get(value, value))[:200]
