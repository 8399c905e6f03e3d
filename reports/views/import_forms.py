"""The two forms of the import: which file, and why it is stored."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from reports.importers.columns import documented_sheets
from reports.importers.mapping import MappingError, parse_mapping
from reports.importers.workbook import MAX_BYTES

MAX_MAPPING_BYTES = 1024 * 1024
MEGABYTE = 1024 * 1024


def sheet_label(name: str) -> str:
    """A documented sheet's name in the reader's language."""
    sheet = documented_sheets()[name]
    return sheet.zh if (get_language() or "").startswith("zh") else sheet.name


def _sheet_choices() -> list[tuple[str, str]]:
    return [(name, sheet_label(name)) for name in documented_sheets()]


class UploadForm(forms.Form):
    table = forms.FileField(
        label=_("Spreadsheet"),
        help_text=_("CSV or XLSX"),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx"}),
        error_messages={
            "required": _("Choose a file."),
            "empty": _("The file is empty."),
        },
    )
    sheet = forms.ChoiceField(
        label=_("What a CSV holds"),
        help_text=_("A workbook says it by the names of its sheets"),
        choices=_sheet_choices,
        initial="patients",
        required=False,
    )
    mapping = forms.FileField(
        label=_("Mapping file (optional)"),
        help_text=_("YAML: another centre's headings, units and words"),
        widget=forms.ClearableFileInput(attrs={"accept": ".yaml,.yml"}),
        required=False,
    )

    def clean_table(self) -> Any:
        return _within(self.cleaned_data["table"], MAX_BYTES)

    def clean_mapping(self) -> Any:
        """The mapping is checked as a whole before any row is looked at."""
        uploaded = self.cleaned_data["mapping"]
        if uploaded is None:
            return None
        _within(uploaded, MAX_MAPPING_BYTES)
        try:
            parse_mapping(uploaded.read().decode("utf-8-sig"))
        except UnicodeDecodeError as error:
            raise forms.ValidationError(_("The mapping file is not text in UTF-8.")) from error
        except MappingError as error:
            raise forms.ValidationError([str(message) for message in error.messages]) from error
        uploaded.seek(0)
        return uploaded


def _within(uploaded: Any, limit: int) -> Any:
    if uploaded.size > limit:
        raise forms.ValidationError(
            _("The file has %(size)s MB; at most %(limit)s MB are accepted."),
            params={"size": f"{uploaded.size / MEGABYTE:.1f}", "limit": limit // MEGABYTE},
        )
    return uploaded


class ConfirmForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason, kept in the history of every record"),
        max_length=400,
        error_messages={"required": _("Say why these records are entered or changed.")},
    )
    # What the person saw: another outcome must be looked at again before it is stored.
    seen = forms.CharField(widget=forms.HiddenInput)
