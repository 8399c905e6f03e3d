"""What the file asks for against what is stored: new, changed field by field, or the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import F, ForeignKey
from django.utils.translation import gettext_noop

from reports import models
from reports.actions.records import STORING_ORDER
from reports.importers import rules
from reports.importers.problems import ImportProblem, Said, said, shown
from reports.importers.records import Record, problem
from reports.importers.same_test import OPEN, Index, completed, key_of_row
from reports.importers.targets import KEYS, Key, Wanted, wanted_rows

# Above this many children, one query reads all of a centre instead of naming each number.
_NAMED_AT_MOST = 500


@dataclass(frozen=True)
class FieldChange:
    """One stored value that the import would replace. `record` is the row as people name it."""

    sheet: str
    row: int
    patient: str
    record: str
    field: str
    old: str
    new: str


@dataclass
class Comparison:
    """The outcome: instances to save (new or changed), the changes, each record's status."""

    instances: list[Any] = field(default_factory=list)
    changes: list[FieldChange] = field(default_factory=list)
    problems: list[ImportProblem] = field(default_factory=list)
    status: dict[int, str] = field(default_factory=dict)  # index of the record -> new/changed/same


@dataclass
class _Row:
    """One database row as it will be: the instance, and which record said what first."""

    instance: Any
    is_new: bool
    said_by: dict[str, tuple[Any, Record]] = field(default_factory=dict)
    changed: bool = False


def compare(records: Iterable[Record]) -> Comparison:
    """Compare records with the database; a fixed number of queries for each kind of record."""
    records = list(records)
    asked = [wanted_rows(record) for record in records]
    rows = _stored_rows(records, {want.model for wants in asked for want in wants})
    alike = Index(rows)
    outcome = Comparison()
    diagnosed = _diagnosis_dates(records, rows)
    for index, (record, wants) in enumerate(zip(records, asked, strict=True)):
        found = _refused(record, rows, diagnosed)
        outcome.problems += found
        if not found:
            outcome.status[index] = _apply(record, wants, rows, alike, outcome)
    outcome.problems += _model_problems(records, asked, rows, outcome)
    for by_key in rows.values():
        each = {id(row): row for row in by_key.values()}
        outcome.instances += [row.instance for row in each.values() if row.is_new or row.changed]
    return outcome


# --- what is stored ------------------------------------------------------------------------------

_Rows = dict[type, dict[Key, _Row]]


def _stored_rows(records: list[Record], asked: set[type]) -> _Rows:
    """The stored rows of the file's children, of every kind that the file asks for or rests on."""
    needed = set(asked)
    for model in reversed(STORING_ORDER):
        if model in needed:
            needed |= _parents(model)
    if any(record.sheet != "patients" for record in records):
        needed |= {models.Centre, models.Patient}
    rows: _Rows = {}
    for model in STORING_ORDER:
        if model in needed:
            rows[model] = _read(model, records)
            _link_parents(model, rows)
    return rows


def _parents(model: type) -> set[type]:
    links = {f.related_model for f in model._meta.concrete_fields if isinstance(f, ForeignKey)}
    return links & KEYS.keys()


def _read(model: type, records: list[Record]) -> dict[Key, _Row]:
    names = {f"key_{n}": F(path) for n, path in enumerate(KEYS[model])}
    found = model.objects.annotate(**names).filter(**_scope(model, records))
    return {
        tuple(getattr(item, name) for name in names): _Row(item, is_new=False)
        for item in found.iterator(chunk_size=2000)
    }


def _scope(model: type, records: list[Record]) -> dict[str, Any]:
    """A filter for the rows of the file's centres, and of its children where they are few."""
    scope: dict[str, Any] = {}
    for path in KEYS[model]:
        if path.endswith("centre__code") or (model is models.Centre and path == "code"):
            scope[f"{path}__in"] = {record.patient[0] for record in records}
        numbers = {record.patient[1] for record in records}
        if path.endswith("hospital_number") and len(numbers) <= _NAMED_AT_MOST:
            scope[f"{path}__in"] = numbers
    return scope


def _link_parents(model: type, rows: _Rows) -> None:
    """Give each stored row its parents as objects, so that nobody reads them one by one."""
    for link in (f for f in model._meta.concrete_fields if isinstance(f, ForeignKey)):
        if link.related_model not in rows:
            continue
        by_pk = {row.instance.pk: row.instance for row in rows[link.related_model].values()}
        for row in rows[model].values():
            parent = by_pk.get(getattr(row.instance, link.attname))
            if parent is not None:
                setattr(row.instance, link.name, parent)


# --- references between records ------------------------------------------------------------------


def _diagnosis_dates(records: list[Record], rows: _Rows) -> dict[Key, Any]:
    dates = {key: row.instance.diagnosis_date for key, row in rows.get(models.Patient, {}).items()}
    for record in records:
        if record.sheet == "patients" and "diagnosis_date" in record.values:
            dates[record.patient] = record.values["diagnosis_date"]
        elif record.sheet == "patients":
            dates.setdefault(record.patient, None)
    return dates


def _refused(record: Record, rows: _Rows, diagnosed: Mapping[Key, Any]) -> list[ImportProblem]:
    """A record of a child or a sample that nobody knows, or before the child's diagnosis."""
    if record.sheet == "patients":
        return []
    if record.patient not in diagnosed:
        message = said(gettext_noop("this child is neither in this file nor stored"))
        expected = said(gettext_noop("a row with this number in the sheet of patients"))
        return [problem(record.source, "hospital_number", message, expected)]
    found = rules.after_diagnosis(record.values, diagnosed[record.patient])
    return [problem(record.source, b.column, b.message, b.expected) for b in found]


def _apply(
    record: Record, wants: list[Wanted], rows: _Rows, alike: Index, outcome: Comparison
) -> str:
    """Bring the rows of one record to what it says; its status."""
    touched = False
    for want in wants:
        if any(key not in rows.get(model, {}) for model, key in want.parents.values()):
            outcome.problems.append(_no_sample(record))
            return "error"
        parents = {name: rows[model][key].instance for name, (model, key) in want.parents.items()}
        row = _row_of(want, rows, alike)
        if row is None:
            instance = want.model(**parents, **want.own)
            row = rows[want.model][want.key] = _Row(instance, is_new=True)
            touched = True
        # The panel is no part of the sample's key: it can be corrected.
        panel = {name: parent for name, parent in parents.items() if name == "panel"}
        fields = {**want.fields, **panel, **completed(want, row.instance)}
        changes = _fill(row, fields, record, outcome)
        outcome.changes += changes
        row.changed = row.changed or bool(changes)
        touched = touched or bool(changes)
    # A record is new where its main row is: the patient, or the last row of other sheets.
    main = next((want for want in wants if want.model is models.Patient), wants[-1])
    if rows[main.model][main.key].is_new:
        return "new"
    return "changed" if touched else "same"


def _row_of(want: Wanted, rows: _Rows, alike: Index) -> _Row | None:
    """The row that `want` means, from then on known by the key of `want` too."""
    of_model = rows[want.model]
    if want.model in OPEN:
        key = key_of_row(want, {key: of_model[key].instance for key in alike.of(want)})
        if key in of_model:
            of_model[want.key] = of_model[key]
        alike.add(want.model, want.key)
    return of_model.get(want.key)


def _no_sample(record: Record) -> ImportProblem:
    return problem(
        record.source,
        "specimen",
        said(gettext_noop("this specimen was not sequenced in this run")),
        said(gettext_noop("a row of this specimen and run in the sheet of sequencing")),
    )


def _fill(
    row: _Row, fields: Mapping[str, Any], record: Record, outcome: Comparison
) -> list[FieldChange]:
    """Set what the record says; the stored values that this replaces."""
    changes = []
    for name, value in fields.items():
        former = row.said_by.setdefault(name, (value, record))
        if former[0] != value:
            outcome.problems.append(_contradiction(record, name, value, former))
            continue
        old = getattr(row.instance, name)
        if old == value:
            continue
        setattr(row.instance, name, value)
        if not row.is_new:
            changes.append(_change(record, row.instance, name, old, value))
    return changes


def _change(record: Record, instance: Any, name: str, old: Any, new: Any) -> FieldChange:
    return FieldChange(
        record.sheet,
        record.row,
        record.patient[1],
        f"{instance._meta.verbose_name}: {instance}",
        name,
        "" if old is None else str(old),
        "" if new is None else str(new),
    )


def _contradiction(
    record: Record, name: str, value: Any, former: tuple[Any, Record]
) -> ImportProblem:
    return problem(
        record.source,
        name,
        said(
            gettext_noop("{value} here, {other} in row {row} of sheet {sheet}, of one record"),
            value=shown(value),
            other=shown(former[0]),
            row=former[1].row,
            sheet=former[1].place or former[1].sheet,
        ),
        said(gettext_noop("the same value in both rows")),
    )


# --- the models' own checks ----------------------------------------------------------------------


def _model_problems(
    records: list[Record], asked: list[list[Wanted]], rows: _Rows, outcome: Comparison
) -> list[ImportProblem]:
    """What the models refuse, told at the record that asks for it."""
    seen: set[tuple[type, Key]] = set()
    problems = []
    for index, (record, wants) in enumerate(zip(records, asked, strict=True)):
        if index not in outcome.status or outcome.status[index] == "error":
            continue
        for want in wants:
            row = rows[want.model][want.key]
            if (want.model, want.key) in seen or not (row.is_new or row.changed):
                continue
            seen.add((want.model, want.key))
            problems += [problem(record.source, *found) for found in _refusals(row.instance)]
    return problems


def _refusals(instance: Any) -> list[tuple[str, Said]]:
    links = [f.name for f in instance._meta.concrete_fields if isinstance(f, ForeignKey)]
    found: list[tuple[str, Said]] = []
    for check in (lambda: instance.clean_fields(exclude=links), instance.clean):
        try:
            check()
        except ValidationError as error:
            for name, messages in error.message_dict.items():
                column = "" if name == "__all__" else name
                found += [(column, said("{why}", why=text)) for text in messages]
    if isinstance(instance, models.RiskAssessment):
        found += _override(instance)
    return found


def _override(risk: models.RiskAssessment) -> list[tuple[str, Said]]:
    groups = {risk.computed_group, risk.risk_group}
    if "" in groups or len(groups) == 1 or risk.override_reason:
        return []
    sentence = gettext_noop(
        "the computed group is {group}: an override needs its reason, given in the records"
    )
    return [("risk_group", said(sentence, group=risk.get_computed_group_display()))]
