"""Who did what, when and why. Text copies, no foreign keys: a row outlives what it speaks of."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from reports.models.record import Guarded, one_of


class Act(models.TextChoices):
    CREATED = "created", _("created")
    CHANGED = "changed", _("changed")
    DELETED = "deleted", _("deleted")
    IMPORTED = "imported", _("imported")
    ASSESSED = "assessed", _("assessed")
    VIEWED = "viewed", _("viewed")
    PRINTED = "printed", _("report made")
    EXPORTED = "exported", _("exported")


class AuditEvent(Guarded):
    """Append-only."""

    at = models.DateTimeField(_("at"), auto_now_add=True, db_index=True)
    who = models.CharField(_("who"), max_length=150)
    act = models.CharField(_("what"), max_length=10, choices=Act)
    kind = models.CharField(_("kind of record"), max_length=40, blank=True)
    key = models.CharField(_("key of the record"), max_length=40, blank=True, db_index=True)
    label = models.CharField(_("record"), max_length=400, blank=True)
    why = models.CharField(_("why"), max_length=400, blank=True)
    details = models.JSONField(_("details"), default=dict, blank=True)

    class Meta:
        verbose_name = _("audit event")
        verbose_name_plural = _("audit events")
        ordering = ["-at", "-pk"]
        constraints = [one_of("act", Act, "audit", blank=False)]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.who} {self.get_act_display()} {self.label}"


class ImportBatch(Guarded):
    """A file that was imported: which, by whom, with what result. Append-only."""

    at = models.DateTimeField(_("at"), auto_now_add=True)
    who = models.CharField(_("who"), max_length=150)
    why = models.CharField(_("why"), max_length=400, blank=True)
    file_name = models.CharField(_("file"), max_length=400)
    sha256 = models.CharField(_("SHA-256 of the file"), max_length=64, db_index=True)
    mapping = models.CharField(_("mapping"), max_length=200, blank=True)
    counts = models.JSONField(_("counts"), default=dict)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return self.file_name
