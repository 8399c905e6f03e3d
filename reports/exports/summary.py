"""The summary of a cohort that leaves the hospital: counts by `analysis.pool`, no child's row."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from analysis.cohort.columns import COLUMNS
from analysis.cohort.frame import CohortFrame
from analysis.pool.counting import Origin
from analysis.pool.summarise import summarise_frame
from analysis.pool.summary import LEAST_THRESHOLD, MOST_THRESHOLD, THRESHOLD
from reports.cohort_content import CohortContent
from reports.models import Patient

MOST_NAME = 200
MOST_DAYS = 36_525


class BadSummary(ValueError):
    """The summary cannot be made as it is asked for; the message says why."""


def cohort_summary(
    content: CohortContent,
    *,
    centre: str = "",
    by: str = "ikzf1",
    threshold: int = THRESHOLD,
    interval: int | None = None,
) -> dict[str, Any]:
    """The summary of a cohort, read or frozen, as JSON, split by the answers of the column `by`.
    `centre` is the name by which others know it, by default the codes of the children's centres, or
    the number of what was frozen. Raises `BadSummary`."""
    if by not in COLUMNS:
        raise BadSummary(
            _("There is no column {name}. There are: {known}.").format(
                name=by, known=", ".join(COLUMNS)
            )
        )
    if threshold and not LEAST_THRESHOLD <= threshold <= MOST_THRESHOLD:
        sentence = _("The threshold is 0, or from {least} to {most}.")
        raise BadSummary(sentence.format(least=LEAST_THRESHOLD, most=MOST_THRESHOLD))
    if interval is not None and not 1 <= interval <= MOST_DAYS:
        raise BadSummary(_("An interval is from 1 to {most} days.").format(most=MOST_DAYS))
    name = centre or _own_name(content)
    if not name.isprintable() or name != name.strip() or not 1 <= len(name) <= MOST_NAME:
        raise BadSummary(_("A centre's name has 1 to {most} characters.").format(most=MOST_NAME))
    try:
        summary = summarise_frame(
            CohortFrame.from_children(content.children),
            content.follow_ups,
            by=by,
            origin=_origin(content, name),
            threshold=threshold,
            interval_days=interval,
        )
    except ValueError as error:
        raise BadSummary(str(error)) from error
    return summary.to_json()


def _origin(content: CohortContent, name: str) -> Origin:
    rules = [(kind, content.rule_versions.get(kind, "")) for kind in ("ikzf1", "subtype")]
    if content.selection.synthetic:
        # Invented children must never be taken for children of a centre.
        rules.append(("data", "synthetic"))
    return Origin(
        centre=name,
        made=timezone.localdate().isoformat(),
        software=content.software,
        rules=tuple(rules),
    )


def _own_name(content: CohortContent) -> str:
    if content.frozen is not None:
        return _("Frozen cohort {number}").format(number=content.frozen.number)
    return _codes(content.selection.patient_ids)


def _codes(patient_ids: tuple[int, ...]) -> str:
    found = Patient.objects.filter(pk__in=patient_ids).values_list("centre__code", flat=True)
    codes = ", ".join(sorted(set(found)))
    return codes[:MOST_NAME].strip() or _("no centre")
