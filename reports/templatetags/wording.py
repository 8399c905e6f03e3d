"""`{{ value|say }}`: a value of the analysis, written in the language of the page."""

from __future__ import annotations

import re
from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe
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


_TAG = re.compile(r"(<[^>]*>)")
_POWER = re.compile(r"(?:(?<= )x )?10\^(-?\d+)")
_RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


@register.filter
def raised(markup: SafeString) -> SafeString:
    """`{% filter raised %}`: the power of "10^9" in the texts of `markup` is raised; what stands in
    a tag stays as it is."""
    parts = _TAG.split(markup)
    return mark_safe("".join(p if p.startswith("<") else _POWER.sub(_as_power, p) for p in parts))


def _as_power(found: re.Match[str]) -> str:
    times = "× " if found[0].startswith("x") else ""
    return f"{times}10{found[1].translate(_RAISED)}"
