"""Sequencing: the panel, the run, the sample's coverage, and the variants found."""

import re

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from analysis.wording import Message
from reports.models.centre import Centre
from reports.models.mlpa import gene_symbol
from reports.models.record import Record, counted, measured, one_of, within
from reports.models.sequencing_file import SequencingFile
from reports.models.specimen import Specimen


class SequencingQuality(models.TextChoices):
    """`NOT_STATED`: variants are there and nobody has said how deep the sample was read, so that
    the absence of a variant is no answer."""

    ADEQUATE = "adequate", _("adequate")
    FAILED = "failed", _("failed")
    NOT_STATED = "not_stated", _("depth not stated")


class Build(models.TextChoices):
    GRCH37 = "GRCh37", "GRCh37"
    GRCH38 = "GRCh38", "GRCh38"


class Panel(Record):
    many_lines = frozenset({"panel_genes"})

    name = models.CharField(_("panel"), max_length=80)
    panel_version = models.CharField(_("panel version"), max_length=40, blank=True)
    panel_genes = models.TextField(
        _("genes covered"),
        blank=True,
        max_length=20000,
        help_text=_("Symbols joined with “;”. A gene that is not listed counts as not tested"),
    )
    genome_build = models.CharField(
        _("genome build"),
        max_length=10,
        choices=Build,
        blank=True,
        help_text=_("Files of another build are refused"),
    )
    bed_name = models.CharField(_("BED file"), max_length=400, blank=True)
    bed_sha256 = models.CharField(_("SHA-256 of the BED file"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("panel")
        verbose_name_plural = _("panels")
        ordering = ["name", "panel_version"]
        constraints = [
            models.UniqueConstraint(fields=["name", "panel_version"], name="panel_version_once"),
            one_of("genome_build", Build, "panel"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.panel_version}".strip()

    @property
    def genes(self) -> frozenset[str]:
        """Symbols covered; empty where the panel's list is not known."""
        return frozenset(part for part in re.split(r"[;,|/；，、／\s]+", self.panel_genes) if part)


class SequencingRun(Record):
    centre = models.ForeignKey(Centre, models.PROTECT, verbose_name=_("centre"))
    name = models.CharField(_("run"), max_length=40)
    run_date = models.DateField(_("date of the run"), null=True, blank=True)

    class Meta:
        verbose_name = _("sequencing run")
        verbose_name_plural = _("sequencing runs")
        ordering = ["-run_date", "name"]
        constraints = [
            models.UniqueConstraint(fields=["centre", "name"], name="sequencing_run_of_centre")
        ]

    def __str__(self) -> str:
        return self.name


class SequencingSample(Record):
    run = models.ForeignKey(
        SequencingRun, models.PROTECT, related_name="samples", verbose_name=_("sequencing run")
    )
    specimen = models.ForeignKey(
        Specimen, models.PROTECT, related_name="sequencing_samples", verbose_name=_("specimen")
    )
    panel = models.ForeignKey(Panel, models.PROTECT, verbose_name=_("panel"))
    genome_build = models.CharField(_("genome build"), max_length=10, choices=Build, blank=True)
    quality = models.CharField(_("quality"), max_length=10, choices=SequencingQuality)
    quality_reason = models.CharField(
        _("reason"), max_length=200, blank=True, help_text=_("Needed where the sample failed")
    )
    # The same reason as its file gave it, readable in either language; see `why`.
    quality_message = models.JSONField(
        _("reason from the file"), null=True, blank=True, editable=False
    )
    mean_depth = measured(_("mean depth on target"), low=0, high=1_000_000, unit="x", help_text="x")
    fraction_at_1000x = measured(
        _("fraction of target at 1000x"), low=0, high=1, unit="fraction", help_text=_("0 to 1")
    )
    low_ikzf1_exons = models.CharField(
        _("IKZF1 exons of low depth"),
        max_length=40,
        blank=True,
        help_text=_("Exons below the depth limit, such as 1;8: SNV/InDel are not evaluable there"),
    )

    class Meta:
        verbose_name = _("sequenced sample")
        verbose_name_plural = _("sequenced samples")
        constraints = [
            models.UniqueConstraint(fields=["run", "specimen"], name="sequencing_specimen_in_run"),
            within("mean_depth", 0, 1_000_000, "sequencingsample"),
            within("fraction_at_1000x", 0, 1, "sequencingsample"),
            one_of("quality", SequencingQuality, "sequencingsample", blank=False),
            one_of("genome_build", Build, "sequencingsample"),
            models.CheckConstraint(
                condition=~Q(quality="failed") | ~Q(quality_reason=""),
                name="sequencingsample_failed_says_why",
                violation_error_message=_("Say why the sample failed."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.run} · {self.specimen}"

    def clean(self):
        super().clean()
        try:
            exons = self.low_exons
        except ValueError:
            exons = (0,)
        if any(not 1 <= exon <= 8 for exon in exons):
            raise ValidationError(
                {"low_ikzf1_exons": _("Write exon numbers 1 to 8 joined with “;”, such as 1;8.")}
            )

    @property
    def why(self) -> str | Message:
        """The reason of the quality: as the file gave it, else in the words of a person."""
        given = Message.from_json(self.quality_message) if self.quality_message else None
        return (
            given
            if given is not None and given.text() == self.quality_reason
            else (self.quality_reason)
        )

    @property
    def low_exons(self) -> tuple[int, ...]:
        """IKZF1 exons below the depth limit, ascending. Raises ValueError on other text."""
        parts = self.low_ikzf1_exons.replace(",", ";").split(";")
        return tuple(sorted({int(part) for part in parts if part.strip()}))

    @property
    def owner(self):
        return self.specimen.patient


class Consequence(models.TextChoices):
    MISSENSE = "missense", _("missense")
    NONSENSE = "nonsense", _("nonsense")
    FRAMESHIFT = "frameshift", _("frameshift")
    INFRAME = "inframe", _("in-frame insertion or deletion")
    SPLICE = "splice", _("splice site")
    START_LOST = "start_lost", _("start codon lost")
    STOP_LOST = "stop_lost", _("stop codon lost")
    SYNONYMOUS = "synonymous", _("synonymous")
    NON_CODING = "non_coding", _("outside the coding sequence and the splice sites")
    OTHER = "other", _("other")


class Classification(models.TextChoices):
    PATHOGENIC = "pathogenic", _("pathogenic")
    LIKELY_PATHOGENIC = "likely_pathogenic", _("likely pathogenic")
    UNCERTAIN = "uncertain", _("of uncertain significance")
    LIKELY_BENIGN = "likely_benign", _("likely benign")
    BENIGN = "benign", _("benign")


class Tier(models.TextChoices):
    I = "I", "I"  # noqa: E741  (the tier's own name)
    II = "II", "II"
    III = "III", "III"
    IV = "IV", "IV"


class Variant(Record):
    sample = models.ForeignKey(
        SequencingSample,
        models.PROTECT,
        related_name="variants",
        verbose_name=_("sequenced sample"),
    )
    file = models.ForeignKey(
        SequencingFile,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="variants",
        verbose_name=_("file"),
        help_text=_("Empty where a person or a spreadsheet reported the variant"),
    )
    line = counted(_("line of the file"), low=1, high=100_000_000)
    gene = models.CharField(_("gene"), max_length=40, db_index=True, blank=True)
    transcript = models.CharField(
        _("transcript"),
        max_length=40,
        blank=True,
        help_text=_("With its version, such as NM_006060.6"),
    )
    hgvs_c = models.CharField(
        _("coding change"), max_length=400, help_text=_("HGVS, such as c.475A>T")
    )
    hgvs_p = models.CharField(
        _("protein change"), max_length=400, blank=True, help_text=_("HGVS, such as p.Asn159Tyr")
    )
    consequence = models.CharField(_("consequence"), max_length=20, choices=Consequence, blank=True)
    vaf = measured(
        _("VAF"), low=0, high=1, unit="fraction", help_text=_("Variant allele fraction, 0 to 1")
    )
    depth = counted(_("depth"), low=0, high=10_000_000, help_text=_("Reads at the site"))
    alt_reads = counted(_("reads of the variant"), low=0, high=10_000_000)
    filters = models.CharField(
        _("FILTER"),
        max_length=400,
        blank=True,
        help_text=_("As the caller wrote it; “.” is not PASS"),
    )
    frequency = measured(
        _("population frequency"), low=0, high=1, unit="fraction", help_text=_("0 to 1")
    )
    frequency_from = models.CharField(_("source of the frequency"), max_length=80, blank=True)
    vaf_from = models.CharField(_("source of the VAF"), max_length=40, blank=True)
    transcript_basis = models.CharField(_("choice of the transcript"), max_length=20, blank=True)
    chrom = models.CharField(_("chromosome"), max_length=60, blank=True)
    position = counted(_("position"), low=1, high=300_000_000)
    ref = models.CharField(_("reference"), max_length=1000, blank=True)
    alt = models.CharField(_("alternative"), max_length=1000, blank=True)
    classification = models.CharField(
        _("classification"),
        max_length=20,
        choices=Classification,
        blank=True,
        help_text=_("Set by a person; empty means that nobody has"),
    )
    tier = models.CharField(_("tier"), max_length=5, choices=Tier, blank=True)

    class Meta:
        verbose_name = _("variant")
        verbose_name_plural = _("variants")
        ordering = ["sample", "gene", "hgvs_c"]
        constraints = [
            # A file knows the place; whoever types a variant may know its name alone.
            models.UniqueConstraint(
                fields=["sample", "chrom", "position", "ref", "alt"],
                condition=Q(file__isnull=False),
                name="variant_of_file_once",
            ),
            models.UniqueConstraint(
                fields=["sample", "gene", "hgvs_c"],
                condition=Q(file__isnull=True),
                name="variant_of_sample",
            ),
            models.CheckConstraint(
                condition=Q(file__isnull=False) | ~Q(gene=""),
                name="variant_gene_is_named",
                violation_error_message=_("Name the gene."),
            ),
            within("alt_reads", 0, 10_000_000, "variant"),
            within("line", 1, 100_000_000, "variant"),
            within("frequency", 0, 1, "variant"),
            within("vaf", 0, 1, "variant"),
            within("depth", 0, 10_000_000, "variant"),
            within("position", 1, 300_000_000, "variant"),
            one_of("consequence", Consequence, "variant"),
            one_of("classification", Classification, "variant"),
            one_of("tier", Tier, "variant"),
        ]

    def __str__(self) -> str:
        return f"{self.gene} {self.hgvs_c}".strip()

    def tidy(self):
        self.gene = gene_symbol(self.gene)

    @property
    def owner(self):
        return self.sample.specimen.patient
