"""Reports as they were made: stored bytes, never changed afterwards."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from reports.models.cohort import SavedCohort
from reports.models.patient import Patient
from reports.models.record import Guarded, Record, one_of


class Kind(models.TextChoices):
    PATIENT = "patient", _("patient report")
    COHORT = "cohort", _("cohort report")


class Report(Record):
    """One report of one child or cohort; its versions hold what was printed."""

    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    patient = models.ForeignKey(
        Patient,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="reports",
        verbose_name=_("patient"),
    )
    cohort = models.ForeignKey(
        SavedCohort, models.PROTECT, null=True, blank=True, verbose_name=_("cohort")
    )
    number = models.CharField(_("report number"), max_length=60, unique=True)

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        ordering = ["number"]
        constraints = [
            one_of("kind", Kind, "report", blank=False),
            models.CheckConstraint(
                condition=Q(kind="cohort", patient__isnull=True)
                | Q(kind="patient", patient__isnull=False, cohort__isnull=True),
                name="report_of_one_subject",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class ReportStatus(models.TextChoices):
    DRAFT = "draft", _("draft")
    ISSUED = "issued", _("issued")


class ReportVersion(Guarded):
    """The bytes of one printing, with the snapshot it was made from. Append-only."""

    report = models.ForeignKey(
        Report, models.PROTECT, related_name="versions", verbose_name=_("report")
    )
    number = models.PositiveIntegerField(_("version"))
    status = models.CharField(_("status"), max_length=10, choices=ReportStatus)
    language = models.CharField(_("language"), max_length=10)
    pdf = models.BinaryField(_("PDF"))
    snapshot = models.JSONField(_("snapshot"))
    sha256 = models.CharField(_("SHA-256 of the PDF"), max_length=64)
    made_by = models.CharField(_("made by"), max_length=150)
    made_at = models.DateTimeField(_("made at"), auto_now_add=True)
    reason = models.CharField(_("reason"), max_length=400, blank=True)

    class Meta:
        verbose_name = _("report version")
        verbose_name_plural = _("report versions")
        ordering = ["report", "number"]
        constraints = [
            models.UniqueConstraint(fields=["report", "number"], name="report_version_once"),
            one_of("status", ReportStatus, "reportversion", blank=False),
        ]

    def __str__(self) -> str:
        return f"{self.report} v{self.number}"
