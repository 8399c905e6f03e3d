"""A named group of children, by a definition that can be read and applied again."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from reports.models.record import Guarded, Record


class SavedCohort(Record):
    many_lines = frozenset({"description"})

    name = models.CharField(_("name"), max_length=80, unique=True)
    title = models.CharField(_("title on the report"), max_length=200, blank=True)
    description = models.TextField(_("description"), blank=True, max_length=4000)
    definition = models.JSONField(
        _("definition"),
        default=dict,
        blank=True,
        help_text=_("Criteria, applied in this order; see the data manager's guide"),
    )

    class Meta:
        verbose_name = _("saved cohort")
        verbose_name_plural = _("saved cohorts")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def clean(self):
        """A definition that cannot be applied is refused where it is written, beside the field."""
        super().clean()
        from reports.cohort_criteria import BadDefinition, typed_definition, with_known_genes

        try:
            typed_definition(self.definition or {})
            if self.definition:
                self.definition = with_known_genes(self.definition)
        except BadDefinition as refusal:
            raise ValidationError({"definition": str(refusal)}) from refusal


class FrozenCohort(Guarded):
    """All values of a cohort as they were at one time, so that a published table can be had again.
    Append-only.

    `content` is what `reports.frozen_content` wrote, `sha256` the hash of the JSON inside. The
    other fields repeat what lists show of it.
    """

    cohort = models.ForeignKey(
        SavedCohort,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="frozen",
        verbose_name=_("saved cohort"),
    )
    number = models.PositiveIntegerField(_("number"), unique=True)
    name = models.CharField(_("name"), max_length=80, blank=True)
    title = models.CharField(_("title on the report"), max_length=200, blank=True)
    definition = models.JSONField(_("definition"))
    children = models.PositiveIntegerField(_("children"))
    frozen_at = models.DateTimeField(_("frozen at"))
    frozen_by = models.CharField(_("frozen by"), max_length=150)
    reason = models.CharField(_("reason"), max_length=400)
    software = models.CharField(_("software"), max_length=80)
    rule_versions = models.JSONField(_("rule versions"))
    data_hash = models.CharField(_("hash of the data"), max_length=64)
    content = models.BinaryField(_("content"))
    sha256 = models.CharField(_("SHA-256 of the content"), max_length=64)

    class Meta:
        verbose_name = _("frozen cohort")
        verbose_name_plural = _("frozen cohorts")
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"{self.number} · {self.name}" if self.name else str(self.number)
