"""What every record shares: the guarded door, a version, history, and checks of its text."""

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

from reports.models.door import GuardedManager, require_open_door


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

    version = AutoIncVersionField(_("version"))
    created_at = models.DateTimeField(_("entered at"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed at"), auto_now=True)
    history = HistoricalRecords(inherit=True)

    class Meta:
        abstract = True

    def clean_fields(self, exclude=None):
        """Trim text, and refuse control characters and NUL, which no laboratory writes."""
        errors = {}
        for field in self._meta.concrete_fields:
            value = getattr(self, field.attname)
            if not isinstance(value, str) or field.primary_key:
                continue
            setattr(self, field.attname, value.strip())
            if _has_control(value.strip(), field.name in self.many_lines):
                errors[field.name] = ValidationError(_("Control characters are not allowed."))
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
