"""Derived values with everything they rest on. Actions write them, people read them.

One current row a child (for risk: a child and protocol); former ones are its history. `content` is
the value as JSON, `input_hash` covers what it was worked out from, `rule_version` the rules. A row
is stale while its rules are no longer the present ones (`reports.derived`), a risk also from
`stale_since` on. Words are the values of the `Labelled` lists of the analysis.
"""

from typing import Any

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


class Derived(Guarded):
    """What every derived row keeps."""

    content = models.JSONField(_("value with reasons"))
    rule_version = models.CharField(_("rule version"), max_length=80)
    input_hash = models.CharField(_("hash of the inputs"), max_length=64)
    computed_at = models.DateTimeField(_("computed at"))

    class Meta:
        abstract = True


class Ikzf1Assessment(Guarded):
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


class ProfileAssessment(Derived):
    """IKZF1plus and UKALL-CNA; `content` has both, by these names."""

    patient = models.OneToOneField(
        Patient, models.CASCADE, related_name="profiles", verbose_name=_("patient")
    )
    ikzf1plus = models.CharField(_("IKZF1plus"), max_length=24)
    ukall_cna = models.CharField(_("UKALL-CNA"), max_length=20)
    history = History()

    class Meta:
        verbose_name = _("genetic profiles")
        verbose_name_plural = _("genetic profiles")

    def __str__(self) -> str:
        return f"{self.patient} · {self.ikzf1plus}"


class SubtypeAssessment(Derived):
    """Subtype by WHO-HAEM5 and ICC 2022; `key` is the leading one, empty where none was found."""

    patient = models.OneToOneField(
        Patient, models.CASCADE, related_name="subtype", verbose_name=_("patient")
    )
    answer = models.CharField(_("answer"), max_length=20)
    key = models.CharField(_("subtype"), max_length=40, blank=True, db_index=True)
    history = History()

    class Meta:
        verbose_name = _("subtype")
        verbose_name_plural = _("subtypes")

    def __str__(self) -> str:
        return f"{self.patient} · {self.key or self.answer}"


def _without_version(result: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in result.items() if name != "version"}


class ComputedRisk(Derived):
    """The risk group by one protocol, as the rules give it.

    `group` is the protocol's own code, empty while several are `possible`; `word` the group as a
    `RiskWord`. `leading` marks the child's own protocol, else the first one of its centre.
    `basis` is the result on which the doctor's group was entered, `assignment` which entry that
    was: while `basis` differs from `result`, the confirmation is out of date.
    """

    patient = models.ForeignKey(
        Patient, models.CASCADE, related_name="computed_risks", verbose_name=_("patient")
    )
    protocol = models.CharField(_("protocol"), max_length=80)
    protocol_version = models.CharField(_("protocol version"), max_length=40)
    leading = models.BooleanField(_("leading protocol"), default=False)
    group = models.CharField(_("group"), max_length=20, blank=True)
    word = models.CharField(_("risk"), max_length=20, blank=True)
    status = models.CharField(_("rule set"), max_length=12)
    result = models.JSONField(_("result in short"), default=dict)
    assignment = models.JSONField(_("doctor's entry"), null=True, blank=True)
    basis = models.JSONField(_("result at the doctor's entry"), null=True, blank=True)
    stale_since = models.DateTimeField(_("to be reassessed since"), null=True, blank=True)
    history = History()

    class Meta:
        verbose_name = _("computed risk group")
        verbose_name_plural = _("computed risk groups")
        ordering = ["patient", "-leading", "protocol"]
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "protocol", "protocol_version"], name="risk_of_protocol_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.patient} · {self.protocol}: {self.group or '?'}"

    @property
    def out_of_date(self) -> bool:
        """Whether what was computed has changed since the doctor's group was entered; a new
        version of the rules that gives the same is no change."""
        if self.basis is None:
            return False
        return _without_version(self.basis) != _without_version(self.result)
