"""What a person had typed into a page that cannot be saved: shown, to be typed again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext

SILENT = frozenset({"version", "change_reason"})


@dataclass(frozen=True)
class Typed:
    """One field as the person typed it, and as it is stored now; `record` "" for the page's own."""

    record: str
    field: str
    typed: str
    stored: str


def typed_entries(page: Iterable[forms.ModelForm]) -> tuple[Typed, ...]:
    """Every field of the bound forms that differs from what is stored now."""
    return tuple(entry for form in page for entry in _of(form))


def _of(form: forms.ModelForm) -> Iterator[Typed]:
    for name in form.changed_data:
        field = form.fields[name]
        if name in SILENT or (field.widget.is_hidden and name != "DELETE"):
            continue
        yield Typed(
            record=_record(form),
            field=capfirst(str(field.label or name)),
            typed=_shown(field, form[name].data),
            stored=_shown(field, form.get_initial_for_field(field, name)),
        )


def _record(form: forms.ModelForm) -> str:
    if not form.prefix:
        return ""
    kind = capfirst(str(form.instance._meta.verbose_name))
    return f"{kind} · {form.instance}" if form.instance.pk else gettext("%s, new") % kind


def _shown(field: forms.Field, value: Any) -> str:
    """A value as it is read: the choice's word, the name of what it points to."""
    if value in (None, ""):
        return "—"
    if isinstance(field, forms.ModelChoiceField):
        try:
            return str(field.to_python(value))
        except forms.ValidationError:
            return str(value)
    words = {str(key): word for key, word in getattr(field, "choices", ())}
    return str(words.get(str(value), value))
