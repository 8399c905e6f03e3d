"""The hospital that registered a child."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from reports.models.record import Record


class Centre(Record):
    code = models.CharField(
        _("code"), max_length=40, unique=True, help_text=_("Short code of the centre")
    )
    name = models.CharField(_("name"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("centre")
        verbose_name_plural = _("centres")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code
