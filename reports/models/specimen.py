"""What was taken from the child, and when."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from reports.models.patient import Patient
from reports.models.record import Record, measured, one_of, within


class Material(models.TextChoices):
    MARROW = "marrow", _("bone marrow")
    BLOOD = "blood", _("peripheral blood")


class TimePoint(models.TextChoices):
    DIAGNOSIS = "diagnosis", _("diagnosis")
    REMISSION = "remission", _("remission")
    RELAPSE = "relapse", _("relapse")


class Specimen(Record):
    patient = models.ForeignKey(
        Patient, models.PROTECT, related_name="specimens", verbose_name=_("patient")
    )
    number = models.CharField(_("specimen number"), max_length=40)
    material = models.CharField(_("material"), max_length=10, choices=Material, blank=True)
    time_point = models.CharField(
        _("time point"),
        max_length=10,
        choices=TimePoint,
        default=TimePoint.DIAGNOSIS,
        help_text=_("The IKZF1 status rests on specimens taken at diagnosis"),
    )
    collected_on = models.DateField(_("collected on"), null=True, blank=True)
    received_on = models.DateField(_("received on"), null=True, blank=True)
    blast_percent = measured(
        _("blasts in the specimen"),
        low=0,
        high=100,
        unit="%",
        help_text=_("%; where empty, the blasts in marrow at diagnosis are used"),
    )

    class Meta:
        verbose_name = _("specimen")
        verbose_name_plural = _("specimens")
        ordering = ["patient", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "number"], name="specimen_number_of_patient"
            ),
            within("blast_percent", 0, 100, "specimen"),
            one_of("material", Material, "specimen"),
            one_of("time_point", TimePoint, "specimen", blank=False),
        ]

    def __str__(self) -> str:
        return f"{self.number} · {self.patient}"

    def clean(self):
        super().clean()
        if self.collected_on and self.received_on and self.received_on < self.collected_on:
            raise ValidationError({"received_on": _("Received before it was collected.")})

    @property
    def owner(self):
        return self.patient
