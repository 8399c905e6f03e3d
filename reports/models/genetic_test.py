"""Questions of genetics that one test answers as a whole: iAMP21, an expression profile, or a
rearrangement of a gene with any partner. A fusion of two named genes is a `FusionResult`."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from reports.models.fusion import Result
from reports.models.patient import Patient
from reports.models.record import Record, one_of


class GeneticMarker(models.TextChoices):
    IAMP21 = "iamp21", _("iAMP21")
    PH_LIKE = "ph_like", _("BCR::ABL1-like expression profile")
    ETV6_RUNX1_LIKE = "etv6_runx1_like", _("ETV6::RUNX1-like expression profile")
    DUX4 = "dux4", _("DUX4 rearrangement, any partner")
    MEF2D = "mef2d", _("MEF2D rearrangement, any partner")
    KMT2A = "kmt2a", _("KMT2A rearrangement, any partner")
    ANY_FUSION = "any_fusion", _("any fusion gene (whole transcriptome)")


class GeneticMethod(models.TextChoices):
    FISH = "fish", _("FISH")
    ARRAY = "array", _("array")
    MLPA = "mlpa", _("MLPA")
    RNA_SEQ = "rna_seq", _("RNA sequencing")
    EXPRESSION = "expression", _("gene expression profile")
    NOT_STATED = "not_stated", _("not stated")


_COPIES = ("fish", "array", "mlpa", "not_stated")
_PROFILE = ("expression", "rna_seq", "not_stated")
_BREAK = ("fish", "rna_seq", "expression", "not_stated")
# What can answer which question: an array sees no balanced rearrangement, FISH no profile.
METHODS_OF: dict[str, tuple[str, ...]] = {
    "iamp21": _COPIES,
    "ph_like": _PROFILE,
    "etv6_runx1_like": _PROFILE,
    "dux4": _BREAK,
    "mef2d": _BREAK,
    "kmt2a": ("fish", "rna_seq", "not_stated"),
    "any_fusion": ("rna_seq",),
}


def _fitting() -> Q:
    found = Q()
    for marker, methods in METHODS_OF.items():
        found |= Q(marker=marker, method__in=list(methods))
    return found


_REFUSED = _("This method does not answer this question.")
_NAMED = _("Enter the fusion that was found as a fusion result.")


class GeneticTest(Record):
    patient = models.ForeignKey(
        Patient, models.PROTECT, related_name="genetic_tests", verbose_name=_("patient")
    )
    marker = models.CharField(_("looked for"), max_length=20, choices=GeneticMarker)
    method = models.CharField(_("method"), max_length=20, choices=GeneticMethod)
    result = models.CharField(_("result"), max_length=20, choices=Result)
    tested_on = models.DateField(_("tested on"), null=True, blank=True)
    detail = models.CharField(_("detail"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("genetic test")
        verbose_name_plural = _("genetic tests")
        ordering = ["patient", "marker", "method", "tested_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "marker", "method", "tested_on"],
                condition=Q(tested_on__isnull=False),
                name="genetictest_once_by_date",
            ),
            models.UniqueConstraint(
                fields=["patient", "marker", "method"],
                condition=Q(tested_on__isnull=True),
                name="genetictest_once_undated",
            ),
            one_of("marker", GeneticMarker, "genetictest", blank=False),
            one_of("method", GeneticMethod, "genetictest", blank=False),
            one_of("result", Result, "genetictest", blank=False),
            models.CheckConstraint(
                condition=_fitting(),
                name="genetictest_method_answers",
                violation_error_message=_REFUSED,
            ),
            # A test that finds "any fusion" names it: that is a fusion result.
            models.CheckConstraint(
                condition=~Q(marker="any_fusion", result="detected"),
                name="genetictest_found_is_named",
                violation_error_message=_NAMED,
            ),
        ]

    def __str__(self) -> str:
        return self.get_marker_display()

    def clean(self):
        super().clean()
        if self.method and self.method not in METHODS_OF.get(self.marker, (self.method,)):
            raise ValidationError({"method": _REFUSED})
        if self.marker == GeneticMarker.ANY_FUSION and self.result == Result.DETECTED:
            raise ValidationError({"result": _NAMED})
        born = getattr(getattr(self, "patient", None), "birth_date", None)
        if born and self.tested_on and self.tested_on < born:
            raise ValidationError({"tested_on": _("This day is before the birth of the child.")})

    @property
    def owner(self):
        return self.patient
