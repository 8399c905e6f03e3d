"""Keep what was printed: bytes, snapshot and hash, as a new version that is never changed."""

from __future__ import annotations

import hashlib
from typing import Any

from reports.actions.audit import note
from reports.actions.door import Actor, who, writing
from reports.actions.records import save_record
from reports.models import (
    Act,
    Kind,
    Patient,
    Report,
    ReportStatus,
    ReportVersion,
    SavedCohort,
)


def store_report(
    *,
    by: Actor,
    reason: str,
    number: str,
    pdf: bytes,
    snapshot: dict[str, Any],
    language: str,
    patient: Patient | None = None,
    cohort: SavedCohort | None = None,
    status: str = ReportStatus.DRAFT,
) -> ReportVersion:
    """Store one printing of report `number`; the same bytes again give the stored version back.

    A report is of one patient, or of a cohort (none: all children).
    """
    digest = hashlib.sha256(pdf).hexdigest()
    with writing(by=by, reason=reason):
        kind = Kind.PATIENT if patient is not None else Kind.COHORT
        report = Report.objects.filter(number=number).first()
        if report is None:
            report = Report(kind=kind, patient=patient, cohort=cohort, number=number)
            save_record(record=report, by=by, reason=reason)
        latest = report.versions.order_by("-number").first()
        if latest and latest.sha256 == digest and latest.status == status:
            note(by=by, act=Act.PRINTED, record=latest, why=reason, details={"sha256": digest})
            return latest
        version = ReportVersion(
            report=report,
            number=(latest.number if latest else 0) + 1,
            status=status,
            language=language,
            pdf=pdf,
            snapshot=snapshot,
            sha256=digest,
            made_by=who(by)[:150],
            reason=reason[:400],
        )
        version.save(force_insert=True)
        note(by=by, act=Act.PRINTED, record=version, why=reason, details={"sha256": digest})
        return version
