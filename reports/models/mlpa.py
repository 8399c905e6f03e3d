"""Copy number by MLPA: the run, the sample in it, and each probe's ratio and call."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from reports.models.centre import Centre
from reports.models.record import Record, SoftLimit, measured, one_of, within
from reports.models.specimen import Specimen

IKZF1 = "IKZF1"
IKZF1_EXONS = frozenset("12345678")


def gene_symbol(text: str) -> str:
    """The symbol as it is stored: however IKZF1 is typed, no result of it may be overlooked."""
    symbol = text.strip()
    return IKZF1 if symbol.upper() == IKZF1 else symbol


class Quality(models.TextChoices):
    ADEQUATE = "adequate", _("adequate")
    FAILED = "failed", _("failed")


class Call(models.TextChoices):
    """The values of `analysis.calls.CopyCall`."""

    HOM_DEL = "hom_del", _("homozygous deletion")
    HET_DEL = "het_del", _("heterozygous deletion")
    NORMAL = "normal", _("normal")
    HET_DUP = "het_dup", _("heterozygous duplication")
    HOM_DUP = "hom_dup", _("homozygous duplication or triplication")
    AMBIGUOUS = "ambiguous", _("ambiguous, possibly subclonal")
    NOT_EVALUABLE = "not_evaluable", _("not evaluable")
    NOT_TESTED = "not_tested", _("not tested")


class Normalisation(models.TextChoices):
    """The values of `analysis.mlpa.normalise.Normalisation`, and what else made the ratios."""

    REFERENCE_SAMPLES = "reference_samples", _("reference samples, medians, slope-corrected")
    ALL_SAMPLES = "all_samples", _("mean of the control probes, mean of all samples of the run")
    AS_IN_THE_FILE = "file", _("ratios as the file has them; it does not say how they were made")


class SexCheck(models.TextChoices):
    """What the X and Y fragments say beside the recorded sex; `analysis.mlpa.quality.Outcome`."""

    PASSED = "passed", _("as recorded")
    WARNING = "warning", _("warning")
    BLOCKED = "blocked", _("contradicts the record")
    NOT_CHECKED = "not_checked", _("not checked")


class SexDecision(models.TextChoices):
    ACCEPTED = "accepted", _("the sample is this child's: its calls are used")
    REJECTED = "rejected", _("the sample may be another child's: its calls are not used")


class Use(models.TextChoices):
    """The values of `analysis.mlpa.probemix.ProbeUse`."""

    VENDOR_CLAIM = "vendor claim", _("vendor's diagnostic claim")
    RESEARCH_USE = "research use", _("research use only")


class Confirmation(models.TextChoices):
    NEEDED = "needed", _("needs confirmation")
    NOT_NEEDED = "not_needed", _("rests on more than one probe, or is no change")


class MlpaRun(Record):
    centre = models.ForeignKey(Centre, models.PROTECT, verbose_name=_("centre"))
    name = models.CharField(_("run"), max_length=40)
    run_date = models.DateField(_("date of the run"), null=True, blank=True)
    probemix = models.CharField(_("probemix"), max_length=40, blank=True)
    probemix_lot = models.CharField(_("probemix lot"), max_length=40, blank=True)
    normalisation = models.CharField(
        _("normalisation"),
        max_length=80,
        blank=True,
        help_text=_("How the ratios were made; empty where the file does not say"),
    )
    files = models.JSONField(
        _("files"),
        default=list,
        blank=True,
        help_text=_("Name, kind and SHA-256 of each file that the run was read from"),
    )
    reasons = models.JSONField(_("how the run was read"), default=list, blank=True)
    controls = models.JSONField(_("reference samples and water control"), default=list, blank=True)

    class Meta:
        verbose_name = _("MLPA run")
        verbose_name_plural = _("MLPA runs")
        ordering = ["-run_date", "name"]
        constraints = [
            models.UniqueConstraint(fields=["centre", "name"], name="mlpa_run_of_centre")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def normalisation_label(self) -> str:
        """As people read it; a text that somebody typed stays as it is."""
        known = dict(Normalisation.choices)
        return str(known.get(self.normalisation, self.normalisation))


class MlpaSample(Record):
    run = models.ForeignKey(
        MlpaRun, models.PROTECT, related_name="samples", verbose_name=_("MLPA run")
    )
    specimen = models.ForeignKey(
        Specimen, models.PROTECT, related_name="mlpa_samples", verbose_name=_("specimen")
    )
    sample_quality = models.CharField(_("quality"), max_length=10, choices=Quality)
    quality_reason = models.CharField(
        _("reason"), max_length=200, blank=True, help_text=_("Needed where the sample failed")
    )
    sample_name = models.CharField(_("name in the file"), max_length=200, blank=True)
    file = models.CharField(_("file"), max_length=400, blank=True)
    file_sha256 = models.CharField(_("SHA-256 of the file"), max_length=64, blank=True)
    checks = models.JSONField(_("quality checks"), default=list, blank=True)
    sex_check = models.CharField(
        _("sex by X and Y fragments"), max_length=12, choices=SexCheck, blank=True
    )
    sex_decision = models.CharField(
        _("decision on the sex"),
        max_length=10,
        choices=SexDecision,
        blank=True,
        help_text=_("Where X and Y contradict the recorded sex: may the sample be used?"),
    )
    sex_decision_reason = models.CharField(_("reason of the decision"), max_length=400, blank=True)
    sex_decision_by = models.CharField(_("decided by"), max_length=150, blank=True)

    class Meta:
        verbose_name = _("MLPA sample")
        verbose_name_plural = _("MLPA samples")
        constraints = [
            models.UniqueConstraint(fields=["run", "specimen"], name="mlpa_specimen_in_run"),
            one_of("sample_quality", Quality, "mlpasample", blank=False),
            models.CheckConstraint(
                condition=Q(sample_quality="adequate") | ~Q(quality_reason=""),
                name="mlpasample_failed_says_why",
                violation_error_message=_("Say why the sample failed."),
            ),
            one_of("sex_check", SexCheck, "mlpasample"),
            one_of("sex_decision", SexDecision, "mlpasample"),
            models.CheckConstraint(
                condition=Q(sex_decision="", sex_decision_reason="", sex_decision_by="")
                | (~Q(sex_decision="") & ~Q(sex_decision_reason="") & ~Q(sex_decision_by="")),
                name="mlpasample_sex_decision_whole",
                violation_error_message=_("A decision needs its reason and the person."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.run} · {self.specimen}"

    @property
    def owner(self):
        return self.specimen.patient


class ProbeRatio(Record):
    """A probe's ratio and call; a person may override the call, the machine's stays."""

    soft_limits = {"ratio": SoftLimit(0, 4)}

    sample = models.ForeignKey(
        MlpaSample, models.PROTECT, related_name="probes", verbose_name=_("MLPA sample")
    )
    probe = models.CharField(_("probe"), max_length=60, blank=True)
    gene = models.CharField(_("gene"), max_length=40, db_index=True)
    exon = models.CharField(_("exon"), max_length=40, blank=True)
    ratio = measured(
        _("ratio"), low=0, high=20, help_text=_("1 is normal, 0.5 one copy lost in all cells")
    )
    call = models.CharField(_("call"), max_length=20, choices=Call)
    table_call = models.CharField(
        _("call of the ratio table"),
        max_length=20,
        choices=Call,
        blank=True,
        help_text=_("Before neighbouring probes and the share of blasts were looked at"),
    )
    held_call = models.CharField(
        _("call held back"),
        max_length=20,
        choices=Call,
        blank=True,
        help_text=_("The machine's call while a person has to decide whose sample it is"),
    )
    expected_het = measured(
        _("expected ratio, one copy lost"), low=0, high=1, help_text=_("At the recorded blasts")
    )
    expected_hom = measured(
        _("expected ratio, both copies lost"), low=0, high=1, help_text=_("At the recorded blasts")
    )
    confirmation = models.CharField(
        _("confirmation"), max_length=12, choices=Confirmation, blank=True
    )
    use = models.CharField(_("use"), max_length=12, choices=Use, blank=True)
    measurement = models.CharField(
        _("measurement"), max_length=200, blank=True, help_text=_("The peak as the file has it")
    )
    source = models.CharField(_("file and line"), max_length=450, blank=True)
    reasons = models.JSONField(_("reasons of the call"), default=list, blank=True)
    override_call = models.CharField(_("call by a person"), max_length=20, choices=Call, blank=True)
    override_reason = models.CharField(_("reason of the override"), max_length=400, blank=True)
    override_by = models.CharField(_("overridden by"), max_length=100, blank=True)

    class Meta:
        verbose_name = _("probe ratio")
        verbose_name_plural = _("probe ratios")
        ordering = ["sample", "gene", "exon", "probe"]
        constraints = [
            models.UniqueConstraint(
                fields=["sample", "gene", "exon", "probe"], name="probe_of_sample"
            ),
            within("ratio", 0, 20, "proberatio"),
            one_of("call", Call, "proberatio", blank=False),
            one_of("override_call", Call, "proberatio"),
            one_of("table_call", Call, "proberatio"),
            one_of("held_call", Call, "proberatio"),
            one_of("confirmation", Confirmation, "proberatio"),
            one_of("use", Use, "proberatio"),
            within("expected_het", 0, 1, "proberatio"),
            within("expected_hom", 0, 1, "proberatio"),
            models.CheckConstraint(
                condition=Q(held_call="") | Q(call="not_evaluable"),
                name="proberatio_held_is_not_evaluable",
                violation_error_message=_("A call that is held back is not evaluable so far."),
            ),
            models.CheckConstraint(
                condition=Q(override_call="", override_reason="", override_by="")
                | (~Q(override_call="") & ~Q(override_reason="") & ~Q(override_by="")),
                name="proberatio_override_whole",
                violation_error_message=_("An override needs the call, the reason and the person."),
            ),
        ]

    def __str__(self) -> str:
        return " ".join(filter(None, [self.gene, self.exon, self.probe]))

    def tidy(self):
        self.gene = gene_symbol(self.gene)

    def clean(self):
        super().clean()
        if self.gene == IKZF1 and self.exon and self.exon not in IKZF1_EXONS:
            raise ValidationError(
                {"exon": _("Exons of IKZF1 are 1 to 8; outside exons leave it empty.")}
            )

    @property
    def final_call(self) -> str:
        """The person's call where there is one, else the machine's."""
        return self.override_call or self.call

    @property
    def owner(self):
        return self.sample.specimen.patient
