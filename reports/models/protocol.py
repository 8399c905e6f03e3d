"""Risk protocols: which a centre uses, and who has vouched for the rules of one."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from reports.models.centre import Centre
from reports.models.record import Record


def _known(name: str, version: str):
    """The protocol's table, or a refusal that names those there are."""
    from analysis.risk.loader import protocol, protocols

    try:
        return protocol(name, version or None)
    except KeyError:
        known = ", ".join(f"{item.name} {item.version}" for item in protocols())
        raise ValidationError(
            _("There is no such protocol. There are: %(known)s."), params={"known": known}
        ) from None


class CentreProtocol(Record):
    """A protocol by which the risk group of a centre's children is worked out."""

    centre = models.ForeignKey(
        Centre, models.PROTECT, related_name="protocols", verbose_name=_("centre")
    )
    protocol = models.CharField(_("protocol"), max_length=80)
    protocol_version = models.CharField(
        _("protocol version"), max_length=40, blank=True, help_text=_("The newest where empty")
    )
    place = models.PositiveSmallIntegerField(
        _("place"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(20)],
        help_text=_("The first leads where a child has no protocol of its own"),
    )

    class Meta:
        verbose_name = _("risk protocol of the centre")
        verbose_name_plural = _("risk protocols of the centre")
        ordering = ["centre", "place", "protocol"]
        constraints = [
            models.UniqueConstraint(
                fields=["centre", "protocol", "protocol_version"], name="protocol_of_centre_once"
            ),
            models.CheckConstraint(
                condition=Q(place__gte=1, place__lte=20), name="protocol_place_range"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.protocol} {self.protocol_version}".strip()

    def clean(self):
        super().clean()
        _known(self.protocol, self.protocol_version)


class RuleSetConfirmation(Record):
    """A person vouches for a protocol's unconfirmed rules, by name and on a day.

    It holds for the rules as they were (`rule_hash`): a later change of a rule ends it.
    """

    protocol = models.CharField(_("protocol"), max_length=80)
    protocol_version = models.CharField(_("protocol version"), max_length=40)
    rule_hash = models.CharField(_("hash of the rules"), max_length=64, editable=False)
    confirmed_by = models.CharField(_("confirmed by"), max_length=100)
    confirmed_on = models.DateField(_("confirmed on"))
    source = models.CharField(
        _("compared with"),
        max_length=400,
        help_text=_("The document with which the rules were compared, and its edition"),
    )

    class Meta:
        verbose_name = _("confirmation of a rule set")
        verbose_name_plural = _("confirmations of rule sets")
        ordering = ["protocol", "protocol_version", "-confirmed_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["protocol", "protocol_version", "rule_hash"], name="rule_set_confirmed_once"
            ),
            models.CheckConstraint(
                condition=~Q(confirmed_by="") & ~Q(rule_hash=""), name="rule_set_confirmed_by"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.protocol} {self.protocol_version} · {self.confirmed_by}"

    def clean(self):
        super().clean()
        table = _known(self.protocol, self.protocol_version)
        self.protocol_version = table.version
        if not self.rule_hash:
            self.rule_hash = table.rule_hash
        if self.confirmed_on and self.confirmed_on > timezone.localdate():
            raise ValidationError({"confirmed_on": _("This day has not come yet.")})
