"""A doctor's decision on the risk group: to confirm what was computed, or to override it."""

from __future__ import annotations

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from reports.actions.door import writing
from reports.actions.records import save_record
from reports.models import ComputedRisk, Patient, RiskAssessment, RiskGroup


class ComputationChanged(Exception):
    """The computed group is no longer the one that the person has seen."""


def decide_risk(
    *, patient: Patient, group: str, by: AbstractBaseUser, seen: str, reason: str = ""
) -> RiskAssessment:
    """Keep that `by` takes `group` (a `RiskGroup`) for this child, today.

    `seen` is the `input_hash` of the computed group on the person's page. Raises
    `ComputationChanged` where that is no longer the present one, and ValidationError for an
    unknown group, or where the group is not the computed one and no `reason` says why.
    """
    if group not in RiskGroup.values:
        raise ValidationError({"group": _("Choose the group.")})
    with writing(by=by, reason=reason or "risk group confirmed") as act:
        computed = ComputedRisk.objects.select_for_update().filter(patient=patient, leading=True)
        row = computed.first()
        if row is None or row.input_hash != seen or row.stale_since is not None:
            raise ComputationChanged
        agreed = agreed_group(row)
        if agreed != group and not reason.strip():
            raise ValidationError({"reason": _("Say why the group differs from the computed one.")})
        entry = RiskAssessment.objects.filter(patient=patient).first()
        entry = entry or RiskAssessment(patient=patient)
        entry.protocol, entry.protocol_version = row.protocol, row.protocol_version
        entry.computed_group = agreed
        entry.risk_group = group
        entry.risk_confirmed_by = (by.get_full_name() or by.get_username())[:100]
        entry.confirmed_on = timezone.localdate()
        entry.override_reason = reason.strip()[:400] if agreed != group else ""
        # Decided anew on the present result, also where the same person says the same again.
        row.assignment = row.basis = None
        row.save()
        save_record(record=entry, by=by, reason=act.reason)
        act.touch(patient.pk)
        return entry


def agreed_group(row: ComputedRisk) -> str:
    """The computed group as a `RiskGroup`: settled, or the only one by the rules due so far.

    Empty while several are possible, and where the protocol has no group for the child.
    """
    if row.group:
        return row.word if row.word in RiskGroup.values else ""
    now = row.result.get("now", [])
    if len(now) != 1:
        return ""
    words = {item["code"]: item["word"] for item in row.content.get("possible", [])}
    word = words.get(now[0], "")
    return word if word in RiskGroup.values else ""
