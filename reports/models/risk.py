"""The protocol's risk group: what was computed, and what a doctor confirmed."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from reports.models.patient import Patient
from reports.models.record import Record, one_of


class RiskGroup(models.TextChoices):
    LOW = "low", _("low risk")
    INTERMEDIATE = "intermediate", _("intermediate risk")
    HIGH = "high", _("high risk")
    # The infants of NCI/Rome: neither of the three.
    SEPARATE = "separate", _("a group of its own")


class RiskAssessment(Record):
    patient = models.OneToOneField(
        Patient, models.PROTECT, related_name="risk", verbose_name=_("patient")
    )
    protocol = models.CharField(_("protocol"), max_length=80)
    protocol_version = models.CharField(_("protocol version"), max_length=40, blank=True)
    computed_group = models.CharField(
        _("computed group"), max_length=20, choices=RiskGroup, blank=True, editable=False
    )
    risk_group = models.CharField(
        _("risk group"),
        max_length=20,
        choices=RiskGroup,
        blank=True,
        help_text=_("As assigned by the treating doctor"),
    )
    risk_confirmed_by = models.CharField(_("confirmed by"), max_length=100, blank=True)
    confirmed_on = models.DateField(_("confirmed on"), null=True, blank=True)
    override_reason = models.CharField(
        _("reason of the override"),
        max_length=400,
        blank=True,
        help_text=_("Needed where the assigned group differs from the computed one"),
    )

    class Meta:
        verbose_name = _("risk assessment")
        verbose_name_plural = _("risk assessments")
        constraints = [
            one_of("risk_group", RiskGroup, "risk"),
            one_of("computed_group", RiskGroup, "risk"),
            models.CheckConstraint(
                condition=Q(risk_confirmed_by="") | ~Q(risk_group=""),
                name="risk_confirmed_names_group",
                violation_error_message=_("A confirmation needs the group that is confirmed."),
            ),
            models.CheckConstraint(
                condition=Q(confirmed_on__isnull=True) | ~Q(risk_confirmed_by=""),
                name="risk_confirmed_by_somebody",
                violation_error_message=_("A day of confirmation needs the person."),
            ),
            models.CheckConstraint(
                condition=Q(computed_group="")
                | Q(risk_group="")
                | Q(computed_group=models.F("risk_group"))
                | ~Q(override_reason=""),
                name="risk_override_says_why",
                violation_error_message=_("Say why the group differs from the computed one."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.patient} · {self.protocol}"

    @property
    def owner(self):
        return self.patient
