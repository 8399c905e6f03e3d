"""What every record shares: the guarded door, a version, history, and checks of its text."""

import math
import unicodedata
from dataclasses import dataclass
from typing import ClassVar

from concurrency.fields import AutoIncVersionField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from reports.models.door import GuardedManager, current_holder, holder_name, require_open_door


@dataclass(frozen=True)
class SoftLimit:
    """Outside `low`..`high` a value is kept, with a warning. Same unit as the field."""

    low: float
    high: float


@dataclass(frozen=True)
class Warned:
    """A value outside its soft limit."""

    field: str
    label: str
    value: float
    low: float
    high: float


class NamedHistory(models.Model):
    """What a row of history keeps besides the library's own: the person's name as text.

    It stays readable when the account is gone, and names a programme where no person acted.
    """

    history_who = models.CharField(_("who"), max_length=150, default=holder_name, editable=False)

    class Meta:
        abstract = True


class History(HistoricalRecords):
    """History in the name and with the reason of whoever holds the door open.

    An account that acted can be closed, and not deleted.
    """

    def __init__(self, **options):
        super().__init__(bases=[NamedHistory], **options)

    def _get_history_user_fields(self):
        # The library's own SET_NULL would rewrite history, which the triggers refuse.
        fields = super()._get_history_user_fields()
        fields["history_user"].remote_field.on_delete = models.PROTECT
        return fields

    def get_history_user(self, instance):
        return current_holder().account

    def get_change_reason_for_object(self, instance, history_type, using):
        return current_holder().reason


class Guarded(models.Model):
    """A row that only actions may write."""

    objects = GuardedManager()

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        require_open_door(f"save() of {type(self).__name__}")
        return super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        require_open_door(f"delete() of {type(self).__name__}")
        return super().delete(*args, **kwargs)


class Record(Guarded):
    """A clinical record: history with reason, a version against lost updates, soft limits."""

    soft_limits: ClassVar[dict[str, SoftLimit]] = {}
    # Fields whose text may span lines.
    many_lines: ClassVar[frozenset[str]] = frozenset()

    # By keyword: the field drops a positional name.
    version = AutoIncVersionField(verbose_name=_("version"))
    created_at = models.DateTimeField(_("entered at"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed at"), auto_now=True)
    history = History(inherit=True)

    class Meta:
        abstract = True

    def tidy(self) -> None:
        """Bring what was given into the one form in which it is stored; before any check."""

    def clean_fields(self, exclude=None):
        """Trim text; refuse control characters, text over its length, and NaN.

        No laboratory writes control characters; Django does not hold a TextField to its length;
        and SQLite would store NaN as unknown.
        """
        self.tidy()
        errors = {}
        for field in self._meta.concrete_fields:
            value = getattr(self, field.attname)
            if isinstance(value, str) and not field.primary_key:
                value = value.strip()
                setattr(self, field.attname, value)
                if refusal := _refusal(value, field, field.name in self.many_lines):
                    errors[field.name] = refusal
            elif isinstance(value, float) and math.isnan(value):
                errors[field.name] = ValidationError(_("This is not a number."))
        if errors:
            raise ValidationError(errors)
        super().clean_fields(exclude=exclude)

    def warnings(self) -> tuple[Warned, ...]:
        """Every value outside its soft limit, in the order of the fields."""
        found = []
        for name, limit in self.soft_limits.items():
            value = getattr(self, name)
            if value is not None and not limit.low <= value <= limit.high:
                label = str(self._meta.get_field(name).verbose_name)
                found.append(Warned(name, label, value, limit.low, limit.high))
        return tuple(found)

    @property
    def owner(self):
        """The patient whose assessment rests on this record, or None."""
        return None


def _refusal(text: str, field: models.Field, many_lines: bool) -> ValidationError | None:
    if isinstance(field, models.TextField) and field.max_length and len(text) > field.max_length:
        limits = {"limit": field.max_length, "length": len(text)}
        return ValidationError(
            _("At most %(limit)d characters; these are %(length)d."), params=limits
        )
    if _has_control(text, many_lines):
        return ValidationError(_("Control characters are not allowed."))
    return None


def _has_control(text: str, many_lines: bool) -> bool:
    allowed = "\t\n\r" if many_lines else ""
    return any(unicodedata.category(c) in ("Cc", "Cs") and c not in allowed for c in text)


def measured(verbose_name, *, low: float, high: float, unit: str = "", help_text="", **options):
    """A float field that may be unknown, with hard limits `low`..`high` in `unit`."""
    field = models.FloatField(
        verbose_name,
        null=True,
        blank=True,
        help_text=help_text,
        validators=[MinValueValidator(low), MaxValueValidator(high)],
        **options,
    )
    field.unit = unit
    return field


def counted(verbose_name, *, low: int, high: int, field=models.PositiveIntegerField, **options):
    """A whole number that may be unknown, with hard limits `low`..`high`."""
    limits = [MinValueValidator(low), MaxValueValidator(high)]
    return field(verbose_name, null=True, blank=True, validators=limits, **options)


def within(name: str, low: float, high: float, model: str) -> models.CheckConstraint:
    """The database's own copy of a hard limit: unknown, or between `low` and `high`."""
    inside = Q(**{f"{name}__gte": low, f"{name}__lte": high})
    return models.CheckConstraint(
        condition=Q(**{f"{name}__isnull": True}) | inside, name=f"{model}_{name}_range"
    )


def one_of(name: str, choices: type[models.TextChoices], model: str, blank: bool = True):
    """The database's own copy of a list of choices."""
    values = [*choices.values, *([""] if blank and "" not in choices.values else [])]
    return models.CheckConstraint(
        condition=Q(**{f"{name}__in": values}), name=f"{model}_{name}_known"
    )
