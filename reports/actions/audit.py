"""Who did what: one row an act, written in the transaction of the act itself."""

from typing import Any

from django.db.models import Model

from reports.actions.door import Actor, who, writing
from reports.models import Act, AuditEvent, ImportBatch


def note(
    *,
    by: Actor,
    act: Act,
    record: Model | None = None,
    why: str = "",
    details: dict[str, Any] | None = None,
) -> AuditEvent:
    """Record that `by` did `act` to `record` (none for an act on many records)."""
    with writing(by=by, reason=why):
        event = AuditEvent(
            who=who(by)[:150],
            act=act,
            kind=record._meta.model_name if record is not None else "",
            key=str(record.pk or "") if record is not None else "",
            label=str(record)[:400] if record is not None else "",
            why=why[:400],
            details=details or {},
        )
        event.save(force_insert=True)
        return event


def note_import(
    *, by: Actor, why: str, file_name: str, sha256: str, mapping: str = "", counts: dict[str, Any]
) -> ImportBatch:
    """Remember a file that was imported, by its hash."""
    with writing(by=by, reason=why):
        batch = ImportBatch(
            who=who(by)[:150],
            why=why[:400],
            file_name=file_name[:400],
            sha256=sha256,
            mapping=mapping[:200],
            counts=counts,
        )
        batch.save(force_insert=True)
        note(
            by=by,
            act=Act.IMPORTED,
            why=why,
            details={"file": file_name, "sha256": sha256, **counts},
        )
        return batch
