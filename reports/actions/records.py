"""Create, change and delete records: validated, with history, an audit event and reassessment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from concurrency.exceptions import RecordModifiedError
from django.db.models import BinaryField, ForeignKey, Model
from django.utils import timezone
from simple_history.utils import bulk_update_with_history

from reports import models
from reports.actions.audit import note
from reports.actions.door import Actor, Writing, writing
from reports.actions.inserting import insert_with_history, surely_right
from reports.models import Act
from reports.models.record import Record

# A record is stored after those it points to.
STORING_ORDER: tuple[type[Record], ...] = (
    models.Centre,
    models.CentreProtocol,
    models.RuleSetConfirmation,
    models.Patient,
    models.Findings,
    models.Specimen,
    models.GlucocorticoidResponse,
    models.MarrowAssessment,
    models.MediastinalMass,
    models.Mrd,
    models.FusionResult,
    models.GeneticTest,
    models.MlpaRun,
    models.MlpaSample,
    models.ProbeRatio,
    models.Panel,
    models.SequencingRun,
    models.SequencingSample,
    models.SequencingFile,
    models.GeneCoverage,
    models.ExonCoverage,
    models.Variant,
    models.RiskAssessment,
    models.FollowUpEvent,
    models.SavedCohort,
    models.Report,
)
# Set by the machine, never by a person: no reason to write a new row of history.
_MACHINE = frozenset({"version", "created_at", "updated_at"})


@dataclass(frozen=True)
class Saved:
    """How many records an action created and changed."""

    created: int = 0
    changed: int = 0


def save_record(*, record: Record, by: Actor, reason: str) -> bool:
    """Store one record after `full_clean`; False when nothing differs from what is stored.

    Raises django.core.exceptions.ValidationError, and concurrency.exceptions.RecordModifiedError
    when somebody else changed the record since it was read.
    """
    with writing(by=by, reason=reason) as act:
        record.full_clean()
        differing = changed_fields(record)
        if record.pk is not None and not differing:
            return False
        former = record.owner if record.pk is None else type(record).objects.get(pk=record.pk).owner
        done = Act.CHANGED if record.pk is not None else Act.CREATED
        record.save()
        note(by=by, act=done, record=record, why=reason, details={"fields": differing})
        _touch(act, record, former)
        return True


def save_records(*, records: Iterable[Record], by: Actor, reason: str) -> Saved:
    """Store many records at once, with their history; what does not differ is left alone.

    Fields and `clean()` are checked here; limits across fields and uniqueness by the database,
    whose refusal (django.db.IntegrityError) undoes the whole action. A new record may point to
    another new one of the same call. Raises concurrency.exceptions.RecordModifiedError when
    somebody else changed or deleted a record since it was read.
    """
    by_model: dict[type[Record], list[Record]] = defaultdict(list)
    for record in records:
        by_model[type(record)].append(record)
    unknown = by_model.keys() - set(STORING_ORDER)
    if unknown:
        raise TypeError(f"no storing order for {sorted(model.__name__ for model in unknown)}")
    created = changed = 0
    with writing(by=by, reason=reason) as act:
        for model in STORING_ORDER:
            new, old = _sorted_out(by_model.get(model, []))
            _create(act, model, new)
            _change(act, model, old)
            created, changed = created + len(new), changed + len(old)
            for record in [*new, *old]:
                _touch(act, record)
        if created or changed:
            counts = {model._meta.model_name: len(rows) for model, rows in by_model.items()}
            details = {"created": created, "changed": changed, "records": counts}
            note(by=by, act=Act.CHANGED, why=reason, details=details)
    return Saved(created, changed)


def delete_record(*, record: Record, by: Actor, reason: str) -> None:
    """Delete one record; its history stays. Raises ValueError without a reason, and
    django.db.models.ProtectedError while other records rest on it."""
    if not reason.strip():
        raise ValueError("A deletion needs a reason.")
    with writing(by=by, reason=reason) as act:
        owner = record.owner
        act.touch_by_rule(_under_the_rule(record))
        note(by=by, act=Act.DELETED, record=record, why=reason, details=_plain(record))
        record.delete()
        if owner is not None and owner.pk is not None and not isinstance(record, models.Patient):
            act.touch(owner.pk)
        elif isinstance(record, models.Patient):
            act.touched.discard(record.pk)


def changed_fields(record: Record) -> list[str]:
    """Names of the fields that differ from the stored row; every filled field for a new record."""
    fields = [
        f for f in record._meta.concrete_fields if f.name not in _MACHINE and not f.primary_key
    ]
    if record.pk is None:
        return [f.name for f in fields if getattr(record, f.attname) not in (None, "")]
    stored = type(record).objects.filter(pk=record.pk).first()
    if stored is None:
        return [f.name for f in fields]
    return [f.name for f in fields if getattr(record, f.attname) != getattr(stored, f.attname)]


def _sorted_out(records: list[Record]) -> tuple[list[Record], list[Record]]:
    """(new, changed) records, each cleaned; those equal to their stored row are dropped."""
    if not records:
        return [], []
    rows = type(records[0]).objects.select_for_update()
    stored = rows.in_bulk([record.pk for record in records if record.pk is not None])
    # A foreign key's own check costs one query a row; the database checks it anyway.
    links = [f.name for f in records[0]._meta.concrete_fields if isinstance(f, ForeignKey)]
    new, old = [], []
    right = surely_right(type(records[0]), records)
    for record in records:
        if not right:
            record.clean_fields(exclude=links)
        if isinstance(record, models.Patient):
            record.index_name()
        if record.pk is None:
            new.append(record)
        elif _differs(record, _same_version(record, stored.get(record.pk))):
            old.append(record)
    if type(records[0]).clean is not Model.clean:
        for record in [*new, *old]:
            record.clean()
    return new, old


def _same_version(record: Record, stored: Record | None) -> Record:
    if stored is None or stored.version != record.version:
        raise RecordModifiedError(target=record)
    return stored


def _differs(record: Record, stored: Record) -> bool:
    return any(
        getattr(record, f.attname) != getattr(stored, f.attname)
        for f in record._meta.concrete_fields
        if f.name not in _MACHINE
    )


def _create(act: Writing, model: type[Record], records: list[Record]) -> None:
    if records:
        insert_with_history(model, records, reason=act.reason)


def _change(act: Writing, model: type[Record], records: list[Record]) -> None:
    if not records:
        return
    now = timezone.now()
    for record in records:
        record.version += 1
        record.updated_at = now
    names = [f.name for f in model._meta.concrete_fields if not f.primary_key]
    bulk_update_with_history(
        records,
        model,
        names,
        batch_size=200,
        default_change_reason=act.reason,
    )


def _touch(act: Writing, record: Record, former: models.Patient | None = None) -> None:
    """The child of this record, and the one it belonged to before, are assessed again."""
    for owner in (record.owner, former):
        act.touch(owner.pk if owner is not None else None)
    if isinstance(record, models.Panel) and record.pk is not None:
        samples = models.SequencingSample.objects.filter(panel=record)
        act.touched.update(samples.values_list("specimen__patient_id", flat=True))
    act.touch_by_rule(_under_the_rule(record))


def _under_the_rule(record: Record) -> Iterable[int]:
    """The children whose risk group goes by this choice of a protocol, or confirmation of one."""
    if isinstance(record, models.CentreProtocol):
        return models.Patient.objects.filter(centre=record.centre_id).values_list("pk", flat=True)
    if isinstance(record, models.RuleSetConfirmation):
        rows = models.ComputedRisk.objects.filter(protocol=record.protocol)
        return rows.values_list("patient_id", flat=True)
    return ()


def _plain(record: Record) -> dict[str, Any]:
    """What was deleted, without the encrypted name (history keeps it, encrypted) and bytes."""
    return {
        f.name: str(getattr(record, f.attname))
        for f in record._meta.concrete_fields
        if not isinstance(f, BinaryField)
        and (f.name not in {"name", "name_index"} or not isinstance(record, models.Patient))
    }
