"""Work out the IKZF1 status of children from their records, and keep it with its reasons."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Collection
from typing import Any

from django.utils import timezone
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from analysis.ikzf1 import Ikzf1Evidence, Ikzf1Status, ikzf1_status
from reports.actions.audit import note
from reports.actions.door import Actor, writing
from reports.evidence import ikzf1_evidence
from reports.models import Act, Ikzf1Assessment

DERIVED = ("state", "large_deletion", "sequence_variant", "content", "rule_version", "input_hash")


def reassess(*, patient_ids: Collection[int], by: Actor, reason: str) -> int:
    """Bring the assessments of these children in step with their records and the rule's version.

    A child whose evidence and rule version are unchanged is left alone, so a second run writes
    nothing. Returns how many assessments were written. The number of queries does not grow with
    the number of children, except in batches.
    """
    with writing(by=by, reason=reason) as act:
        stored = {
            item.patient_id: item
            for item in Ikzf1Assessment.objects.filter(patient_id__in=patient_ids)
        }
        new, changed = [], []
        for patient_id, evidence in ikzf1_evidence(patient_ids).items():
            digest = input_hash(evidence)
            status = ikzf1_status(evidence)
            item = stored.get(patient_id)
            if item and (item.input_hash, item.rule_version) == (digest, status.rule_version):
                continue
            (changed if item else new).append(
                _filled(item or Ikzf1Assessment(patient_id=patient_id), status, digest)
            )
        names = [*DERIVED, "computed_at"]
        options = {"default_change_reason": act.reason}
        if new:
            bulk_create_with_history(new, Ikzf1Assessment, batch_size=500, **options)
        if changed:
            bulk_update_with_history(changed, Ikzf1Assessment, names, batch_size=200, **options)
        if new or changed:
            counts = {"new": len(new), "changed": len(changed)}
            one = (new or changed)[0] if len(new) + len(changed) == 1 else None
            note(by=by, act=Act.ASSESSED, record=one, why=reason, details=counts)
        return len(new) + len(changed)


def input_hash(evidence: Ikzf1Evidence) -> str:
    """SHA-256 over the evidence as canonical JSON: equal evidence, equal hash."""
    text = json.dumps(
        dataclasses.asdict(evidence), sort_keys=True, ensure_ascii=False, default=_plain
    )
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    return str(value)


def _filled(item: Ikzf1Assessment, status: Ikzf1Status, digest: str) -> Ikzf1Assessment:
    item.state = status.state.value
    item.large_deletion = status.large_deletion.value
    item.sequence_variant = status.sequence_variant.value
    item.content = status.to_json()
    item.rule_version = status.rule_version
    item.input_hash = digest
    item.computed_at = timezone.now()
    return item
