"""Work out the derived values of children from their records, and keep them with their reasons."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any

from django.db.models import Model
from django.utils import timezone
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from analysis.ikzf1 import ikzf1_status
from reports import derived
from reports.actions.audit import note
from reports.actions.door import Actor, who, writing
from reports.derived import Derived, derive, input_hash
from reports.models import (
    Act,
    ComputedRisk,
    Ikzf1Assessment,
    Job,
    JobState,
    ProfileAssessment,
    RiskAssessment,
    SubtypeAssessment,
)
from reports.protocols import table_of_entry

# Children worked out together; and how many a change of a rule may hold up.
BATCH = 500
AT_ONCE = 300
REASSESS = "reassess"


def reassess(
    *,
    patient_ids: Collection[int],
    by: Actor,
    reason: str,
    progress: Callable[[int], None] | None = None,
) -> int:
    """Bring the derived values of these children in step with their records and the rules.

    What rests on the same inputs and rules as before is left alone, so a second run writes nothing.
    Returns for how many children something was written. The number of queries does not grow with
    the number of children, except in batches; `progress` hears after each how many are done.
    """
    with writing(by=by, reason=reason) as act:
        done, concerned, created = 0, set(), set()
        for ids in in_batches(patient_ids):
            found = derive(ids, ikzf1_rule=ikzf1_status)
            for model, rows in _rows(found).items():
                created |= {row.patient_id for row in rows if row.pk is None}
                concerned |= {row.patient_id for row in rows}
                _store(model, rows, act.reason)
            concerned |= _drop_former_protocols(found)
            done += len(ids)
            if progress is not None:
                progress(done)
        if concerned:
            one = Ikzf1Assessment.objects.filter(patient_id__in=concerned).first()
            counts = {"new": len(created), "changed": len(concerned - created)}
            record = one if len(concerned) == 1 else None
            note(by=by, act=Act.ASSESSED, record=record, why=reason, details=counts)
        return len(concerned)


def postpone(*, patient_ids: Collection[int], by: Actor, reason: str) -> Job:
    """Mark the risk groups of these children as to be reassessed, and leave that to a job."""
    with writing(by=by, reason=reason):
        now = timezone.now()
        for ids in in_batches(patient_ids):
            ComputedRisk.objects.filter(patient_id__in=ids, stale_since=None).update(
                stale_since=now
            )
        job = Job(
            kind=REASSESS,
            total=len(patient_ids),
            parameters={"patients": sorted(patient_ids), "reason": reason},
            owner=who(by)[:150],
        )
        job.save()
        return job


def run_waiting_jobs(*, by: Actor) -> int:
    """Do what `postpone` left. Returns how many jobs were done; one that fails says why."""
    count = 0
    for job in Job.objects.filter(kind=REASSESS, state__in=(JobState.WAITING, JobState.RUNNING)):
        _advance(job, by, state=JobState.RUNNING)
        try:
            reassess(
                patient_ids=job.parameters["patients"],
                by=by,
                reason=job.parameters["reason"],
                progress=lambda done, job=job: _advance(job, by, done=min(done, job.total)),
            )
        except Exception as error:
            _advance(job, by, state=JobState.FAILED, error=str(error), ended_at=timezone.now())
            raise
        _advance(job, by, state=JobState.DONE, done=job.total, ended_at=timezone.now())
        count += 1
    return count


def _advance(job: Job, by: Actor, **fields: Any) -> None:
    with writing(by=by, reason=REASSESS):
        for name, value in fields.items():
            setattr(job, name, value)
        job.save()


def in_batches(patient_ids: Collection[int]) -> Iterator[list[int]]:
    """`patient_ids` ascending, in lists of at most `BATCH`."""
    ordered = sorted(patient_ids)
    for start in range(0, len(ordered), BATCH):
        yield ordered[start : start + BATCH]


def _rows(found: dict[int, Derived]) -> dict[type[Model], list]:
    """The rows to write, by model."""
    rows: dict[type[Model], list] = {}
    for model, fields_of in FIELDS.items():
        stored = {row.patient_id: row for row in model.objects.filter(patient_id__in=found)}
        rows[model] = list(_differing(model, stored, found, fields_of))
    rows[ComputedRisk] = list(_risks(found))
    return rows


def _differing(
    model: type[Model],
    stored: dict[int, Model],
    found: dict[int, Derived],
    fields_of: Callable[[Derived], dict[str, Any]],
) -> Iterator[Model]:
    for patient_id, item in found.items():
        fields, row = fields_of(item), stored.get(patient_id)
        if row is None or _key(row) != (fields["input_hash"], fields["rule_version"]):
            yield _filled(row or model(patient_id=patient_id), fields)


def _key(row: Any) -> tuple[str, str]:
    return (row.input_hash, row.rule_version)


def _filled(row: Any, fields: dict[str, Any]) -> Any:
    for name, value in fields.items():
        setattr(row, name, value)
    row.computed_at = timezone.now()
    return row


def _ikzf1(item: Derived) -> dict[str, Any]:
    return {
        "state": item.status.state.value,
        "large_deletion": item.status.large_deletion.value,
        "sequence_variant": item.status.sequence_variant.value,
        "content": item.status.to_json(),
        "rule_version": item.status.rule_version,
        "input_hash": input_hash(item.evidence),
    }


def _profiles(item: Derived) -> dict[str, Any]:
    return {
        "ikzf1plus": item.profiles.ikzf1plus.answer.value,
        "ukall_cna": item.profiles.ukall_cna.answer.value,
        "content": item.profiles.to_json(),
        "rule_version": derived.PROFILE_VERSION,
        "input_hash": input_hash(item.profile_inputs),
    }


def _subtype(item: Derived) -> dict[str, Any]:
    return {
        "answer": item.subtype.answer.value,
        "key": item.subtype.key,
        "content": item.subtype.to_json(),
        "rule_version": derived.subtype_version(),
        "input_hash": input_hash(item.subtype_evidence),
    }


# The columns of a stored value, by its model: one row a child.
FIELDS: dict[type[Model], Callable[[Derived], dict[str, Any]]] = {
    Ikzf1Assessment: _ikzf1,
    ProfileAssessment: _profiles,
    SubtypeAssessment: _subtype,
}


def _risks(found: dict[int, Derived]) -> Iterator[ComputedRisk]:
    stored = {
        (row.patient_id, row.protocol, row.protocol_version): row
        for row in ComputedRisk.objects.filter(patient_id__in=found).defer("content")
    }
    entered = {row.patient_id: row for row in RiskAssessment.objects.filter(patient_id__in=found)}
    former = _former_bases(found, entered, stored)
    for patient_id, item in found.items():
        for place, result in enumerate(item.risks):
            name = (patient_id, result.protocol, result.version)
            entry = entered.get(patient_id)
            fields = derived.risk_fields(item, result) | {"leading": place == 0}
            row = stored.get(name)
            assignment = _assignment(entry, result.protocol, result.version)
            if row is not None and row.assignment == assignment:
                fields["basis"] = row.basis
            else:
                told = former.get((patient_id, result.protocol), {}).get(_said(assignment))
                fields["basis"] = assignment and (
                    told if row is None and told else fields["result"]
                )
            fields["assignment"] = assignment
            if row is None or not _same_risk(row, fields):
                made = row or ComputedRisk(
                    patient_id=patient_id,
                    protocol=result.protocol,
                    protocol_version=result.version,
                )
                yield _filled(made, fields | {"stale_since": None})


def _former_bases(
    found: dict[int, Derived], entered: dict[int, RiskAssessment], stored: dict[tuple, ComputedRisk]
) -> dict[tuple[int, str], dict[str, dict]]:
    """By child and protocol: on which result each of the doctor's entries was made, as a row that
    is gone or about to go has it. A new version of the rules takes it over, so that the entry is
    seen to be out of date; asked only where a table has no row yet."""
    new = {
        patient_id
        for patient_id, item in found.items()
        if patient_id in entered
        and any((patient_id, r.protocol, r.version) not in stored for r in item.risks)
    }
    rows = ComputedRisk.history.filter(patient_id__in=new, assignment__isnull=False)
    told: dict[tuple[int, str], dict[str, dict]] = defaultdict(dict)
    for row in rows.order_by("history_date", "history_id").defer("content"):
        told[row.patient_id, row.protocol][_said(row.assignment)] = row.basis
    return told


def _said(assignment: dict | None) -> str:
    return json.dumps(assignment, sort_keys=True)


def _same_risk(row: ComputedRisk, fields: dict[str, Any]) -> bool:
    names = ("input_hash", "rule_version", "leading", "assignment", "basis")
    return row.stale_since is None and all(getattr(row, name) == fields[name] for name in names)


def _assignment(entry: RiskAssessment | None, protocol: str, version: str) -> dict | None:
    """What identifies the doctor's entry of a group by this protocol; None where there is none."""
    if entry is None or not entry.risk_group:
        return None
    table = table_of_entry(entry.protocol, entry.protocol_version)
    if table is None or (table.name, table.version) != (protocol, version):
        return None
    return {
        "group": entry.risk_group,
        "by": entry.risk_confirmed_by,
        "on": entry.confirmed_on.isoformat() if entry.confirmed_on else "",
        "reason": entry.override_reason,
    }


def _store(model: type[Model], rows: list, reason: str) -> None:
    options = {"default_change_reason": reason}
    new = [row for row in rows if row.pk is None]
    changed = [row for row in rows if row.pk is not None]
    if new:
        bulk_create_with_history(new, model, batch_size=500, **options)
    if changed:
        names = [f.name for f in model._meta.concrete_fields if not f.primary_key]
        bulk_update_with_history(changed, model, names, batch_size=200, **options)


def _drop_former_protocols(found: dict[int, Derived]) -> set[int]:
    """A protocol that is no longer the child's has no computed group; history keeps the last."""
    present = defaultdict(set)
    for patient_id, item in found.items():
        present[patient_id] = {(result.protocol, result.version) for result in item.risks}
    rows: Iterable[ComputedRisk] = ComputedRisk.objects.filter(patient_id__in=found)
    former = [
        row
        for row in rows.only("patient_id", "protocol", "protocol_version")
        if (row.protocol, row.protocol_version) not in present[row.patient_id]
    ]
    if former:
        ComputedRisk.objects.filter(pk__in=[row.pk for row in former]).delete()
    return {row.patient_id for row in former}
