"""Fusion genes: each pair that was looked for, by which method, with its answer."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from reports.models.patient import Patient
from reports.models.record import Record, counted, one_of, within
from reports.models.specimen import Specimen


class FusionMethod(models.TextChoices):
    RT_PCR = "rt_pcr", _("RT-PCR")
    FISH = "fish", _("FISH")
    RNA_SEQ = "rna_seq", _("RNA sequencing")
    KARYOTYPE = "karyotype", _("karyotype")
    EXPRESSION = "expression", _("gene expression profile")
    NOT_STATED = "not_stated", _("not stated")


class Result(models.TextChoices):
    DETECTED = "detected", _("detected")
    NOT_DETECTED = "not_detected", _("not detected")
    NOT_EVALUABLE = "not_evaluable", _("not evaluable")
    NOT_TESTED = "not_tested", _("not tested")


class FusionResult(Record):
    patient = models.ForeignKey(
        Patient, models.PROTECT, related_name="fusions", verbose_name=_("patient")
    )
    gene_a = models.CharField(
        _("first gene"), max_length=40, help_text=_("5′ partner, such as ETV6")
    )
    gene_b = models.CharField(
        _("second gene"), max_length=40, help_text=_("3′ partner, such as RUNX1")
    )
    method = models.CharField(_("method"), max_length=20, choices=FusionMethod)
    result = models.CharField(_("result"), max_length=20, choices=Result)
    detail = models.CharField(_("detail"), max_length=200, blank=True)
    specimen = models.ForeignKey(
        Specimen,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="fusions",
        verbose_name=_("specimen"),
    )
    supporting_reads = counted(_("reads that support the fusion"), low=0, high=100_000_000)
    breakpoints = models.CharField(
        _("breakpoints"), max_length=200, blank=True, help_text=_("5′ and 3′, as the file has them")
    )
    source = models.CharField(_("file and line"), max_length=450, blank=True)

    class Meta:
        verbose_name = _("fusion result")
        verbose_name_plural = _("fusion results")
        ordering = ["patient", "gene_a", "gene_b"]
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "gene_a", "gene_b", "method", "specimen"],
                condition=Q(specimen__isnull=False),
                name="fusion_once_by_specimen",
            ),
            models.UniqueConstraint(
                fields=["patient", "gene_a", "gene_b", "method"],
                condition=Q(specimen__isnull=True),
                name="fusion_once_without_specimen",
            ),
            one_of("method", FusionMethod, "fusionresult", blank=False),
            one_of("result", Result, "fusionresult", blank=False),
            within("supporting_reads", 0, 100_000_000, "fusionresult"),
        ]

    def __str__(self) -> str:
        return f"{self.gene_a}::{self.gene_b}"

    def clean(self):
        super().clean()
        child = getattr(self, "patient", None)
        if self.specimen is not None and child is not None and self.specimen.patient != child:
            raise ValidationError({"specimen": _("This specimen is of another child.")})

    @property
    def owner(self):
        return self.patient
