"""A named group of children, by a definition that can be read and applied again."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from reports.models.record import Record


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
        from reports.cohort_criteria import BadDefinition, typed_definition

        try:
            typed_definition(self.definition or {})
        except BadDefinition as refusal:
            raise ValidationError({"definition": str(refusal)}) from refusal
