"""The child, and what was found at diagnosis."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from analysis.age import years_between
from reports.models.centre import Centre
from reports.models.encrypted import EncryptedTextField, blind_index
from reports.models.record import Record, SoftLimit, counted, measured, one_of, within


class Sex(models.TextChoices):
    MALE = "male", _("male")
    FEMALE = "female", _("female")


class Diagnosis(models.TextChoices):
    B_ALL = "b_all", _("B-ALL")
    T_ALL = "t_all", _("T-ALL")
    MPAL = "mpal", _("mixed-phenotype acute leukaemia")
    AML = "aml", _("acute myeloid leukaemia")
    APL = "apl", _("acute promyelocytic leukaemia")
    OTHER = "other", _("other")


class Consent(models.TextChoices):
    GIVEN = "given", _("given")
    REFUSED = "refused", _("refused")
    WITHDRAWN = "withdrawn", _("withdrawn")


class Synthetic(models.TextChoices):
    REAL = "", _("a real child")
    SYNTHETIC = "synthetic", _("an invented child")


class Patient(Record):
    soft_limits = {"age_years": SoftLimit(0, 18)}

    centre = models.ForeignKey(
        Centre, models.PROTECT, verbose_name=_("centre"), related_name="patients"
    )
    hospital_number = models.CharField(
        _("hospital number"), max_length=40, help_text=_("Unique within the centre")
    )
    code = models.CharField(
        _("study code"),
        max_length=40,
        blank=True,
        db_index=True,
        help_text=_("Printed on reports instead of a name"),
    )
    name = EncryptedTextField(
        _("name"), blank=True, default="", max_length=100, help_text=_("Optional; stored encrypted")
    )
    name_index = models.CharField(
        max_length=64, blank=True, default="", editable=False, db_index=True
    )
    sex = models.CharField(_("sex"), max_length=10, choices=Sex, blank=True)
    birth_date = models.DateField(_("birth date"), null=True, blank=True)
    diagnosis_date = models.DateField(_("diagnosis date"), null=True, blank=True, db_index=True)
    age_years = measured(
        _("age at diagnosis (years)"),
        low=0,
        high=120,
        unit="years",
        help_text=_("Only where no birth date may be given; otherwise it follows from the dates"),
    )
    diagnosis = models.CharField(_("diagnosis"), max_length=10, choices=Diagnosis, db_index=True)
    diagnosis_who = models.CharField(
        _("diagnosis by WHO"),
        max_length=200,
        blank=True,
        help_text=_("The name in the WHO classification, with its edition"),
    )
    protocol = models.CharField(
        _("protocol"),
        max_length=80,
        blank=True,
        help_text=_("Treatment protocol, such as CCLG-ALL-2008"),
    )
    consent = models.CharField(_("consent"), max_length=10, choices=Consent, blank=True)
    synthetic = models.CharField(
        _("origin of the record"),
        max_length=10,
        choices=Synthetic,
        blank=True,
        default="",
        help_text=_("An invented child is marked as such on every page"),
    )

    class Meta:
        verbose_name = _("patient")
        verbose_name_plural = _("patients")
        ordering = ["centre__code", "hospital_number"]
        constraints = [
            models.UniqueConstraint(
                fields=["centre", "hospital_number"], name="patient_number_in_centre"
            ),
            models.CheckConstraint(condition=~Q(hospital_number=""), name="patient_number_given"),
            models.CheckConstraint(
                condition=Q(birth_date__isnull=True)
                | Q(diagnosis_date__isnull=True)
                | Q(diagnosis_date__gte=F("birth_date")),
                name="patient_born_before_diagnosis",
                violation_error_message=_("The diagnosis cannot be before the birth."),
            ),
            within("age_years", 0, 120, "patient"),
            one_of("sex", Sex, "patient"),
            one_of("diagnosis", Diagnosis, "patient", blank=False),
            one_of("consent", Consent, "patient"),
            one_of("synthetic", Synthetic, "patient"),
        ]

    def __str__(self) -> str:
        return f"{self.hospital_number} ({self.code})" if self.code else self.hospital_number

    def save(self, *args, **kwargs):
        self.index_name()
        return super().save(*args, **kwargs)

    def index_name(self) -> None:
        """Bring `name_index` in step with the name; bulk writes call it too."""
        self.name_index = blind_index(self.name)

    def clean(self):
        super().clean()
        today = timezone.localdate()
        for name in ("birth_date", "diagnosis_date"):
            value = getattr(self, name)
            if value is not None and not dt.date(1900, 1, 1) <= value <= today:
                raise ValidationError({name: _("The date must lie between 1900 and today.")})
        findings = getattr(self, "findings", None)
        if findings and _of_other_sex(findings.testicular_status, self.sex):
            raise ValidationError(
                {"sex": _("The testicular status is of the other sex: empty that first.")}
            )

    @property
    def age_at_diagnosis(self) -> float | None:
        """Years at diagnosis to two decimals: between the dates, or as recorded."""
        if self.birth_date and self.diagnosis_date:
            return years_between(self.birth_date, self.diagnosis_date)
        return self.age_years

    @property
    def is_synthetic(self) -> bool:
        return self.synthetic == Synthetic.SYNTHETIC

    @property
    def owner(self):
        return self


class Cns(models.TextChoices):
    CNS1 = "cns1", _("CNS1")
    CNS2 = "cns2", _("CNS2")
    CNS2A = "cns2a", _("CNS2a")
    CNS2B = "cns2b", _("CNS2b")
    CNS2C = "cns2c", _("CNS2c")
    CNS3 = "cns3", _("CNS3")
    CNS3A = "cns3a", _("CNS3a")
    CNS3B = "cns3b", _("CNS3b")
    CNS3C = "cns3c", _("CNS3c")
    NOT_TESTED = "not_tested", _("not tested")


class Testicular(models.TextChoices):
    NOT_INVOLVED = "not_involved", _("not involved")
    INVOLVED = "involved", _("involved")
    NOT_APPLICABLE = "not_applicable", _("not applicable")
    NOT_TESTED = "not_tested", _("not tested")


class KaryotypeState(models.TextChoices):
    ABNORMAL = "abnormal", _("abnormal")
    NORMAL = "normal", _("normal")
    FAILED = "failed", _("failed: not evaluable")
    NOT_TESTED = "not_tested", _("not tested")


class MrdUse(models.TextChoices):
    """Words of the facts "mrd_use" and "pcr_mrd_use" of the risk protocols."""

    USED = "used", _("done")
    NOT_USED = "not_used", _("cannot be done")


class Findings(Record):
    """What was found at diagnosis. Empty means unknown."""

    soft_limits = {
        "wbc": SoftLimit(0.1, 1000),
        "haemoglobin": SoftLimit(20, 200),
        "platelets": SoftLimit(1, 1000),
        "modal_number": SoftLimit(24, 92),
        "dna_index": SoftLimit(0.5, 2.2),
    }

    patient = models.OneToOneField(
        Patient, models.PROTECT, related_name="findings", verbose_name=_("patient")
    )
    wbc = measured(_("white blood cells"), low=0, high=3000, unit="10^9/L", help_text="10^9/L")
    lymphocytes = measured(
        _("lymphocytes"), low=0, high=100, unit="%", help_text=_("% of white blood cells")
    )
    neutrophils = measured(
        _("neutrophils"), low=0, high=100, unit="%", help_text=_("% of white blood cells")
    )
    haemoglobin = measured(_("haemoglobin"), low=0, high=300, unit="g/L", help_text="g/L")
    platelets = measured(_("platelets"), low=0, high=5000, unit="10^9/L", help_text="10^9/L")
    blasts_blood = measured(
        _("blasts in blood"), low=0, high=100, unit="%", help_text=_("% of nucleated cells")
    )
    blasts_marrow = measured(
        _("blasts in marrow"),
        low=0,
        high=100,
        unit="%",
        help_text=_("% of nucleated cells; the ratio expected in MLPA is worked out from it"),
    )
    cns_status = models.CharField(_("CNS status"), max_length=10, choices=Cns, blank=True)
    testicular_status = models.CharField(
        _("testicular status"), max_length=20, choices=Testicular, blank=True
    )
    immunophenotype = models.CharField(_("immunophenotype"), max_length=200, blank=True)
    karyotype_state = models.CharField(
        _("karyotype result"), max_length=10, choices=KaryotypeState, blank=True
    )
    karyotype = models.CharField(
        _("karyotype"), max_length=2000, blank=True, help_text=_("As ISCN text")
    )
    modal_number = counted(
        _("modal chromosome number"),
        low=20,
        high=120,
        field=models.PositiveSmallIntegerField,
        help_text=_("Chromosomes in the main clone"),
    )
    dna_index = measured(
        _("DNA index"),
        low=0.3,
        high=3,
        help_text=_("DNA content of blasts over that of normal cells"),
    )
    mrd_use = models.CharField(
        _("MRD measurement"),
        max_length=10,
        choices=MrdUse,
        blank=True,
        help_text=_("Whether MRD can be followed; a measurement on record says yes"),
    )
    pcr_mrd_use = models.CharField(
        _("MRD measurement by PCR"),
        max_length=10,
        choices=MrdUse,
        blank=True,
        help_text=_("Whether a PCR target sensitive enough was found"),
    )

    class Meta:
        verbose_name = _("findings at diagnosis")
        verbose_name_plural = _("findings at diagnosis")
        constraints = [
            *(
                within(name, low, high, "findings")
                for name, low, high in [
                    ("wbc", 0, 3000),
                    ("lymphocytes", 0, 100),
                    ("neutrophils", 0, 100),
                    ("haemoglobin", 0, 300),
                    ("platelets", 0, 5000),
                    ("blasts_blood", 0, 100),
                    ("blasts_marrow", 0, 100),
                    ("modal_number", 20, 120),
                    ("dna_index", 0.3, 3),
                ]
            ),
            one_of("cns_status", Cns, "findings"),
            one_of("testicular_status", Testicular, "findings"),
            one_of("karyotype_state", KaryotypeState, "findings"),
            one_of("mrd_use", MrdUse, "findings"),
            one_of("pcr_mrd_use", MrdUse, "findings"),
        ]

    def __str__(self) -> str:
        return str(self.patient)

    def clean(self):
        super().clean()
        if refusal := _of_other_sex(self.testicular_status, self.patient.sex):
            raise ValidationError({"testicular_status": refusal})

    @property
    def owner(self):
        return self.patient


def _of_other_sex(testicular_status: str, sex: str):
    """Why this testicular status cannot be of a child of this sex, or None."""
    if sex == Sex.FEMALE and testicular_status in (Testicular.INVOLVED, Testicular.NOT_INVOLVED):
        return _("A girl's testicular status is “not applicable”.")
    if sex == Sex.MALE and testicular_status == Testicular.NOT_APPLICABLE:
        return _("“Not applicable” is a girl's testicular status.")
    return None
