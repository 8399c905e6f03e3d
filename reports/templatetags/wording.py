"""`{{ value|say }}`: a value of the analysis, written in the language of the page."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.translation import get_language

register = template.Library()


@register.filter
def say(value: Any) -> str:
    """Text of a `Message`, a `Reason`, a `Labelled` word, or several of them; "" for nothing.

    The result is plain text: the template escapes it like any other.
    """
    return said(value, get_language() or "en")


def said(value: Any, language: str) -> str:
    """The same outside a template, in `language`."""
    if value is None:
        return ""
    if hasattr(value, "text"):
        return value.text(language)
    if hasattr(value, "label") and callable(value.label):
        return value.label(language)
    if isinstance(value, (list, tuple)):
        comma = "、" if language.startswith("zh") else ", "
        return comma.join(said(item, language) for item in value)
    return str(value)
