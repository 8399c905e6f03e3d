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

    class Meta:
        verbose_name = _("MLPA run")
        verbose_name_plural = _("MLPA runs")
        ordering = ["-run_date", "name"]
        constraints = [
            models.UniqueConstraint(fields=["centre", "name"], name="mlpa_run_of_centre")
        ]

    def __str__(self) -> str:
        return self.name


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
    exon = models.CharField(_("exon"), max_length=10, blank=True)
    ratio = measured(
        _("ratio"), low=0, high=20, help_text=_("1 is normal, 0.5 one copy lost in all cells")
    )
    call = models.CharField(_("call"), max_length=20, choices=Call)
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
            models.CheckConstraint(
                condition=Q(override_call="", override_reason="", override_by="")
                | (~Q(override_call="") & ~Q(override_reason="") & ~Q(override_by="")),
                name="proberatio_override_whole",
                violation_error_message=_("An override needs the call, the reason and the person."),
            ),
        ]

    def __str__(self) -> str:
        return " ".join(filter(None, [self.gene, self.exon, self.probe]))

    def clean_fields(self, exclude=None):
        self.gene = gene_symbol(self.gene)
        super().clean_fields(exclude=exclude)

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
