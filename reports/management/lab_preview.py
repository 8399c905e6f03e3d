"""How the commands that import laboratory files show a preview, and in whose name they act."""

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from reports.importers.lab_import import LabPreview

SHOWN_CHANGES = 50
SHOWN_SAMPLES = 400


def show_preview(command: BaseCommand, preview: LabPreview) -> None:
    """Samples, counts, changes and notes on standard output; errors on standard error."""
    for sample in preview.samples[:SHOWN_SAMPLES]:
        whose = f"{sample.specimen} · {sample.child}" if sample.specimen else "—"
        says = " ".join(str(item) for item in sample.says)
        command.stdout.write(f"  {sample.sample} → {whose}: {says}")
    _rest(command, len(preview.samples) - SHOWN_SAMPLES)
    for name, count in preview.plan.counts.items():
        numbers = {act: count.get(act, 0) for act in ("new", "changed", "same", "removed")}
        command.stdout.write(
            _("{kind}: {new} new, {changed} changed, {same} the same, {removed} removed").format(
                kind=name, **numbers
            )
        )
    for change in preview.changes[:SHOWN_CHANGES]:
        arrow = f"{change.old or '—'} → {change.new or '—'}"
        command.stdout.write(f"  {change.patient} {change.record} {change.field}: {arrow}")
    _rest(command, len(preview.changes) - SHOWN_CHANGES)
    for warning in preview.warnings:
        command.stdout.write(_("Note: {text}").format(text=warning))
    for error in preview.errors:
        command.stderr.write(_("Error: {text}").format(text=error))


def _rest(command: BaseCommand, count: int) -> None:
    if count > 0:
        command.stdout.write(_("  … and {count} more").format(count=count))


def acting_user(name: str, programme: str):
    """The account called `name`, or the programme's own name. Raises CommandError."""
    if not name:
        return programme
    user = get_user_model().objects.filter(username=name).first()
    if user is None:
        raise CommandError(_("There is no user {name}.").format(name=name))
    return user
