"""The derived IKZF1 status with everything it rests on. Actions write it, people read it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from reports.models.patient import Patient
from reports.models.record import Guarded, History, one_of


class Answer(models.TextChoices):
    """The values of `analysis.calls.State`."""

    ALTERED = "altered", _("altered")
    NOT_DETECTED = "not_detected", _("not detected")
    NOT_EVALUABLE = "not_evaluable", _("not evaluable")
    NOT_TESTED = "not_tested", _("not tested")


class Ikzf1Assessment(Guarded):
    """One current row a child, former ones are its history; `content` is the value as JSON."""

    patient = models.OneToOneField(
        Patient, models.CASCADE, related_name="ikzf1", verbose_name=_("patient")
    )
    state = models.CharField(_("IKZF1 status"), max_length=20, choices=Answer, db_index=True)
    large_deletion = models.CharField(_("large deletion"), max_length=20, choices=Answer)
    sequence_variant = models.CharField(_("SNV/InDel"), max_length=20, choices=Answer)
    content = models.JSONField(_("value with reasons"))
    rule_version = models.CharField(_("rule version"), max_length=40)
    input_hash = models.CharField(_("hash of the inputs"), max_length=64)
    computed_at = models.DateTimeField(_("computed at"))
    history = History()

    class Meta:
        verbose_name = _("IKZF1 assessment")
        verbose_name_plural = _("IKZF1 assessments")
        constraints = [
            one_of("state", Answer, "ikzf1", blank=False),
            one_of("large_deletion", Answer, "ikzf1", blank=False),
            one_of("sequence_variant", Answer, "ikzf1", blank=False),
        ]

    def __str__(self) -> str:
        return f"{self.patient} · {self.get_state_display()}"
