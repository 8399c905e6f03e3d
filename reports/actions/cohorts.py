"""Freezing a cohort: all values behind its report are kept, and never changed."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from reports.actions.audit import note
from reports.actions.door import Actor, who, writing
from reports.models import Act, FrozenCohort, SavedCohort


class CohortChanged(Exception):
    """The records of the cohort are no longer those that the person has seen."""


def freeze_cohort(
    *, cohort: SavedCohort | None, by: Actor, reason: str, seen: str = ""
) -> FrozenCohort:
    """Keep the values of `cohort` (None: all children with B-ALL) as they are now.

    `seen` is the `data_hash` of the report that the person looked at, "" where nobody did. Raises
    ValidationError without a reason of at most 400 characters, `CohortChanged`, and
    `reports.queries.BadDefinition`.
    """
    # They bring numpy, which the other actions do without.
    from reports.cohort_content import FrozenStamp, cohort_content
    from reports.frozen_content import frozen_bytes

    reason = reason.strip()
    if not reason:
        raise ValidationError({"reason": _("Say why the cohort is frozen.")})
    if len(reason) > 400:
        raise ValidationError({"reason": _("At most 400 characters.")})
    with writing(by=by, reason=reason):
        content = cohort_content(cohort)
        if seen and content.data_hash != seen:
            raise CohortChanged
        latest = FrozenCohort.objects.aggregate(latest=Max("number"))["latest"] or 0
        stamp = FrozenStamp(latest + 1, timezone.now(), who(by)[:150], reason, "")
        data, sha256 = frozen_bytes(content, stamp)
        row = FrozenCohort(
            cohort=cohort,
            content=data,
            sha256=sha256,
            **_shown(content, stamp),
        )
        row.save(force_insert=True)
        details = {"sha256": sha256, "data_hash": content.data_hash, "children": row.children}
        note(by=by, act=Act.CREATED, record=row, why=reason, details=details)
        return row


def _shown(content: Any, stamp: Any) -> dict[str, Any]:
    """What lists show of the content without unpacking it."""
    return {
        "number": stamp.number,
        "frozen_at": stamp.frozen_at,
        "frozen_by": stamp.by,
        "reason": stamp.reason,
        "name": content.name,
        "title": content.title,
        "definition": content.definition,
        "children": len(content.children),
        "software": content.software,
        "rule_versions": content.rule_versions,
        "data_hash": content.data_hash,
    }
