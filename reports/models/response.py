"""How the leukaemia answered treatment: day-8 blasts, marrow on days 15 and 33, MRD."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from reports.models.patient import Patient
from reports.models.record import Record, counted, measured, one_of, within
from reports.models.specimen import Material


class Glucocorticoid(models.TextChoices):
    SENSITIVE = "sensitive", _("sensitive")
    INSENSITIVE = "insensitive", _("insensitive")
    NOT_EVALUABLE = "not_evaluable", _("not evaluable")
    NOT_TESTED = "not_tested", _("not tested")


class GlucocorticoidResponse(Record):
    patient = models.OneToOneField(
        Patient, models.PROTECT, related_name="glucocorticoid", verbose_name=_("patient")
    )
    day8_blasts = measured(
        _("blasts in blood on day 8"),
        low=0,
        high=1000,
        unit="10^9/L",
        help_text=_("10^9/L after the glucocorticoid prephase; 1.0 and more is a poor response"),
    )
    day8_wbc = measured(
        _("white blood cells on day 8"),
        low=0,
        high=3000,
        unit="10^9/L",
        help_text=_("10^9/L; with the percentage, where the blasts were not counted"),
    )
    day8_blast_percent = measured(
        _("blasts in blood on day 8 (%)"),
        low=0,
        high=100,
        unit="%",
        help_text=_("% of white blood cells"),
    )
    glucocorticoid_response = models.CharField(
        _("response as recorded"),
        max_length=20,
        choices=Glucocorticoid,
        blank=True,
        help_text=_("Used only where the day-8 blasts are not known"),
    )
    method = models.CharField(_("method"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("glucocorticoid response")
        verbose_name_plural = _("glucocorticoid responses")
        constraints = [
            within("day8_blasts", 0, 1000, "glucocorticoid"),
            within("day8_wbc", 0, 3000, "glucocorticoid"),
            within("day8_blast_percent", 0, 100, "glucocorticoid"),
            one_of("glucocorticoid_response", Glucocorticoid, "glucocorticoid"),
        ]

    def __str__(self) -> str:
        return f"{self.patient} · {self.get_glucocorticoid_response_display()}"

    @property
    def owner(self):
        return self.patient


class MarrowDay(models.IntegerChoices):
    DAY15 = 15, _("day 15")
    DAY33 = 33, _("day 33")


class MarrowStatus(models.TextChoices):
    M1 = "m1", _("M1 (below 5 %)")
    M2 = "m2", _("M2 (5 % to below 25 %)")
    M3 = "m3", _("M3 (25 % and more)")
    NOT_EVALUABLE = "not_evaluable", _("not evaluable")
    NOT_TESTED = "not_tested", _("not tested")


# Both M2 and M3 are said of exactly 25 %: the sources differ.
_MARROW_PERCENT = {"m1": (0, 5), "m2": (5, 25), "m3": (25, 100)}


def marrow_agrees(status: str, percent: float | None) -> bool:
    """Whether `percent` blasts can be a marrow of this `MarrowStatus`; one without a reading has
    none."""
    if percent is None:
        return True
    if status not in _MARROW_PERCENT:
        return False
    low, high = _MARROW_PERCENT[status]
    return low <= percent <= high and not (status == "m1" and percent == high)


class MarrowAssessment(Record):
    patient = models.ForeignKey(
        Patient, models.PROTECT, related_name="marrow", verbose_name=_("patient")
    )
    day = models.PositiveSmallIntegerField(_("day of treatment"), choices=MarrowDay)
    status = models.CharField(_("marrow"), max_length=20, choices=MarrowStatus)
    blast_percent = measured(
        _("blasts in marrow (%)"),
        low=0,
        high=100,
        unit="%",
        help_text=_("% of nucleated cells; protocols cut within M2, at 20 % or at 25 %"),
    )

    class Meta:
        verbose_name = _("marrow by morphology")
        verbose_name_plural = _("marrow by morphology")
        ordering = ["patient", "day"]
        constraints = [
            models.UniqueConstraint(fields=["patient", "day"], name="marrow_day_of_patient"),
            models.CheckConstraint(condition=Q(day__in=[15, 33]), name="marrow_day_known"),
            one_of("status", MarrowStatus, "marrow", blank=False),
            within("blast_percent", 0, 100, "marrow"),
        ]

    def __str__(self) -> str:
        return f"{self.patient} · {self.get_day_display()}"

    def clean(self):
        super().clean()
        if not marrow_agrees(self.status, self.blast_percent):
            raise ValidationError({"blast_percent": _("This percentage contradicts the marrow.")})

    @property
    def owner(self):
        return self.patient


class MassDay33(models.TextChoices):
    NO_MASS = "no_mass", _("no mediastinal mass")
    REDUCED = "reduced", _("reduced to less than one third")
    NOT_REDUCED = "not_reduced", _("not reduced to less than one third")
    NOT_EVALUABLE = "not_evaluable", _("not evaluable")
    NOT_TESTED = "not_tested", _("not tested")


class MassWeek12(models.TextChoices):
    NO_MASS = "no_mass", _("no mediastinal mass")
    GONE = "gone", _("gone")
    PERSISTING = "persisting", _("persisting")
    NOT_EVALUABLE = "not_evaluable", _("not evaluable")
    NOT_TESTED = "not_tested", _("not tested")


class MediastinalMass(Record):
    """The mass by imaging. "No mass": there never was one; "not tested": nobody looked."""

    patient = models.OneToOneField(
        Patient, models.PROTECT, related_name="mass", verbose_name=_("patient")
    )
    mass_d33 = models.CharField(_("on day 33"), max_length=20, choices=MassDay33, blank=True)
    mass_d33_on = models.DateField(_("imaged on, day 33"), null=True, blank=True)
    mass_week12 = models.CharField(
        _("before consolidation"), max_length=20, choices=MassWeek12, blank=True
    )
    mass_week12_on = models.DateField(_("imaged on, before consolidation"), null=True, blank=True)
    method = models.CharField(_("method"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("mediastinal mass")
        verbose_name_plural = _("mediastinal masses")
        constraints = [
            one_of("mass_d33", MassDay33, "mass"),
            one_of("mass_week12", MassWeek12, "mass"),
        ]

    def __str__(self) -> str:
        return str(self.patient)

    @property
    def owner(self):
        return self.patient


class MrdOperator(models.TextChoices):
    EQUAL = "=", _("= (measured)")
    BELOW = "<", _("< (below)")
    NOT_DETECTED = "not_detected", _("not detected")
    NOT_EVALUABLE = "not_evaluable", _("not evaluable")
    NOT_TESTED = "not_tested", _("not tested")


class MrdMethod(models.TextChoices):
    FLOW = "flow", _("flow cytometry")
    PCR = "pcr", _("PCR")
    NGS = "ngs", _("sequencing")


class Mrd(Record):
    """One measurement of residual disease. A fraction is never 0: that is `not_detected`."""

    patient = models.ForeignKey(
        Patient, models.PROTECT, related_name="mrd", verbose_name=_("patient")
    )
    day = models.PositiveSmallIntegerField(
        _("day of treatment"), validators=[MaxValueValidator(2000)]
    )
    sampled_on = models.DateField(_("sampled on"), null=True, blank=True)
    operator = models.CharField(_("result"), max_length=20, choices=MrdOperator)
    fraction = measured(
        _("MRD (fraction)"),
        low=0,
        high=1,
        unit="fraction",
        help_text=_("A fraction of nucleated cells: 0.01 % is 0.0001"),
    )
    lod_fraction = measured(
        _("limit of detection (fraction)"),
        low=0,
        high=1,
        unit="fraction",
        help_text=_("Without it, “not detected” cannot be held against a threshold"),
    )
    loq_fraction = measured(_("limit of quantification (fraction)"), low=0, high=1, unit="fraction")
    method = models.CharField(_("method"), max_length=10, choices=MrdMethod, default=MrdMethod.FLOW)
    material = models.CharField(_("material"), max_length=10, choices=Material, blank=True)
    events = counted(_("events acquired"), low=0, high=1_000_000_000)

    class Meta:
        verbose_name = _("MRD")
        verbose_name_plural = _("MRD")
        ordering = ["patient", "day", "method", "material"]
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "day", "method", "material"],
                name="mrd_day_method_and_material",
            ),
            models.CheckConstraint(
                condition=Q(
                    operator__in=["=", "<"],
                    fraction__isnull=False,  # a comparison with NULL would pass
                    fraction__gt=0,
                    fraction__lte=1,
                )
                | Q(
                    operator__in=["not_detected", "not_evaluable", "not_tested"],
                    fraction__isnull=True,
                ),
                name="mrd_fraction_with_operator",
                violation_error_message=_(
                    "“=” and “<” need a fraction above 0 and at most 1; other results have none."
                ),
            ),
            *(
                models.CheckConstraint(
                    condition=Q(**{f"{name}__isnull": True})
                    | Q(**{f"{name}__gt": 0, f"{name}__lte": 1}),
                    name=f"mrd_{name}_range",
                    violation_error_message=_("A limit of an assay lies above 0."),
                )
                for name in ("lod_fraction", "loq_fraction")
            ),
            within("events", 0, 1_000_000_000, "mrd"),
            models.CheckConstraint(condition=Q(day__lte=2000), name="mrd_day_range"),
            one_of("method", MrdMethod, "mrd", blank=False),
            one_of("material", Material, "mrd"),
        ]

    def __str__(self) -> str:
        return _("{patient} · day {day}").format(patient=self.patient, day=self.day)

    def clean(self):
        super().clean()
        if self.operator in ("=", "<") and not self.fraction:
            raise ValidationError(
                {"fraction": _("Give the fraction; for none found choose “not detected”, never 0.")}
            )
        for name in ("lod_fraction", "loq_fraction"):
            if getattr(self, name) == 0:
                raise ValidationError({name: _("A limit of an assay lies above 0.")})

    @property
    def owner(self):
        return self.patient
