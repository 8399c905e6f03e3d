"""What a person decides on a sample, and what is looked for in its files."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from analysis.ngs.filters import Drop
from reports.models import Call, SequencingFile, SexDecision
from reports.models.sequencing_file import DroppedRow, RegionRow

_PLACE = re.compile(r"(?:chr)?([^:\s]+)\s*:\s*([\d,]+)(?:\s*-\s*([\d,]+))?", re.IGNORECASE)


class ReasonedForm(forms.Form):
    """A decision with its reason, on the record as the person saw it."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("Kept in the history with your name and the time"),
        max_length=400,
        error_messages={"required": _("A decision needs a reason.")},
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


class SexDecisionForm(ReasonedForm):
    decision = forms.ChoiceField(
        label=_("Decision"),
        choices=[*SexDecision.choices, ("", _("no decision: the calls stay held back"))],
        required=False,
        widget=forms.RadioSelect,
    )
    field_order = ["decision", "reason"]


class ProbeCallForm(ReasonedForm):
    call = forms.ChoiceField(
        label=_("Your call"),
        choices=[("", _("the machine's call holds")), *Call.choices],
        required=False,
    )
    field_order = ["call", "reason"]


class PlaceField(forms.CharField):
    """“7:50450291” or “chr7:50,450,000-50,460,000” as (chromosome without “chr”, first, last)."""

    def clean(self, value: Any) -> tuple[str, int, int] | None:
        text = super().clean(value).strip()
        if not text:
            return None
        found = _PLACE.fullmatch(text)
        if found is None:
            raise forms.ValidationError(_("Write a place as 7:50450291 or 7:50450000-50460000."))
        chrom, first, last = found.groups()
        start = int(first.replace(",", "") or 0)
        return chrom.lower(), start, int((last or first).replace(",", "") or start)


class DroppedSearch(forms.Form):
    place = PlaceField(label=_("Place"), required=False, max_length=80)
    reason = forms.ChoiceField(label=_("Dropped by"), required=False)

    def __init__(self, data: Any, *, file: SequencingFile):
        super().__init__(data)
        self.fields["reason"].choices = [
            ("", _("any filter")),
            *((value, f"{drop_label(value)} ({count})") for value, count in file.dropped),
        ]

    def found(self, file: SequencingFile) -> list[DroppedRow]:
        """The dropped calls that are asked for; none where the question is no question."""
        if not self.is_valid():
            return []
        rows = file.dropped_calls(reason=self.cleaned_data["reason"])
        place = self.cleaned_data["place"]
        return list(rows if place is None else _within(rows, place))


class RegionSearch(forms.Form):
    name = forms.CharField(label=_("Gene or region"), required=False, max_length=80)

    def found(self, file: SequencingFile) -> list[RegionRow]:
        if not self.is_valid():
            return []
        wanted = self.cleaned_data["name"].casefold()
        return [item for item in file.regions() if wanted in item.name.casefold()]


def _within(rows: Iterable[DroppedRow], place: tuple[str, int, int]) -> Iterable[DroppedRow]:
    chrom, first, last = place
    return (
        item
        for item in rows
        if first <= item.pos <= last and item.chrom.lower().removeprefix("chr") == chrom
    )


def drop_label(value: str) -> str:
    """Why a call was dropped, in the language of the page."""
    known = {item.value: item for item in Drop}
    return known[value].label(get_language() or "en") if value in known else value
