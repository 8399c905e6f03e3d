"""What happened later: remission, relapse, death, last seen."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from reports.models.patient import Patient
from reports.models.record import Record, counted, one_of


class Event(models.TextChoices):
    REMISSION = "remission", _("complete remission")
    RELAPSE = "relapse", _("relapse")
    DEATH = "death", _("death")
    SECOND_MALIGNANCY = "second_malignancy", _("second malignancy")
    TRANSPLANT = "transplant", _("transplant")
    LAST_SEEN = "last_seen", _("last seen alive")


class FollowUpEvent(Record):
    patient = models.ForeignKey(
        Patient, models.PROTECT, related_name="follow_up", verbose_name=_("patient")
    )
    event = models.CharField(_("event"), max_length=20, choices=Event)
    date = models.DateField(_("date"), null=True, blank=True)
    days_from_diagnosis = counted(
        _("days from diagnosis"), low=0, high=20_000, help_text=_("Where no date may be given")
    )

    class Meta:
        verbose_name = _("follow-up event")
        verbose_name_plural = _("follow-up events")
        ordering = ["patient", "date", "days_from_diagnosis"]
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "event", "date"],
                condition=Q(date__isnull=False),
                name="follow_up_once_by_date",
            ),
            models.UniqueConstraint(
                fields=["patient", "event", "days_from_diagnosis"],
                condition=Q(date__isnull=True),
                name="follow_up_once_by_days",
            ),
            models.CheckConstraint(
                condition=Q(date__isnull=False) | Q(days_from_diagnosis__isnull=False),
                name="follow_up_when",
                violation_error_message=_("Give the date, or the days from diagnosis."),
            ),
            models.CheckConstraint(
                condition=Q(days_from_diagnosis__isnull=True) | Q(days_from_diagnosis__lte=20000),
                name="follow_up_days_range",
            ),
            one_of("event", Event, "followup", blank=False),
        ]

    def __str__(self) -> str:
        return f"{self.patient} · {self.get_event_display()}"

    @property
    def owner(self):
        return self.patient
