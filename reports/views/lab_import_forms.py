"""The forms of the laboratory imports: which files, and how they are to be read.

Each import has two: its files, and its options. They are one form to the person; the options alone
are read again for the preview, when the files lie in their folder.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from analysis.file_problems import FileRefused
from analysis.mlpa.ratio_files import KNOWN_MAPPINGS
from analysis.mlpa.ratio_mapping import read_mapping
from reports import models
from reports.importers.problems import refused_problems
from reports.views.body_limit import MEGABYTE
from reports.views.lab_uploads import LONGEST_NAME, safe_name

MAX_SHEET_BYTES = 20 * MEGABYTE
MAX_MAPPING_BYTES = MEGABYTE


class ManyFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """Several files; the cleaned value is a list."""

    widget = ManyFilesInput

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        sent = data if isinstance(data, list | tuple) else [data]
        found = [super(ManyFilesField, self).clean(item, initial) for item in sent or [None]]
        return [item for item in found if item]


def many_files(label: Any, help_text: Any, accept: str, *, required: bool = True) -> ManyFilesField:
    return ManyFilesField(
        label=label,
        help_text=help_text,
        required=required,
        widget=ManyFilesInput(attrs={"accept": accept}),
        error_messages={"required": _("Choose the files."), "empty": _("A file is empty.")},
    )


def one_file(label: Any, help_text: Any, accept: str, *, required: bool = False) -> forms.FileField:
    return forms.FileField(
        label=label,
        help_text=help_text,
        required=required,
        widget=forms.ClearableFileInput(attrs={"accept": accept}),
        error_messages={"required": _("Choose a file."), "empty": _("The file is empty.")},
    )


class LabFiles(forms.Form):
    """The files of an import; their names must tell them apart."""

    limits: dict[str, int] = {}  # bytes a file, where that is less than a request may hold

    def sent(self) -> dict[str, list[Any]]:
        """The uploaded files by field."""
        values = {name: self.cleaned_data.get(name) for name in self.fields}
        return {
            name: value if isinstance(value, list) else [value]
            for name, value in values.items()
            if value
        }

    def clean(self) -> dict[str, Any]:
        seen: set[str] = set()
        for field, files in self.sent().items():
            for uploaded in files:
                self._check(field, uploaded, seen)
        return self.cleaned_data

    def _check(self, field: str, uploaded: Any, seen: set[str]) -> None:
        name = safe_name(uploaded.name)
        if name.casefold() in seen:
            text = _("Two files are called %(name)s: give them different names.")
            self.add_error(field, forms.ValidationError(text, params={"name": name}))
        seen.add(name.casefold())
        if len(name.encode()) > LONGEST_NAME:
            text = _("The name %(name)s… is too long.")
            self.add_error(field, forms.ValidationError(text, params={"name": name[:40]}))
        limit = self.limits.get(field)
        if limit and uploaded.size > limit:
            text = _("%(name)s has %(size)s MB; at most %(limit)s MB are accepted.")
            params = {"name": name, "size": f"{uploaded.size / MEGABYTE:.1f}",
                      "limit": limit // MEGABYTE}  # fmt: skip
            self.add_error(field, forms.ValidationError(text, params=params))


SHEETS = ".csv,.tsv,.txt,.xlsx"
SAMPLE_SHEET = one_file(
    _("Sample sheet (optional)"),
    _("Which sample is whose: specimen, and hospital number or study code. Not needed where the "
      "names of the samples hold both"),
    SHEETS,
)  # fmt: skip


class LabOptions(forms.Form):
    """What every import asks. `more`: fields that few people need, shown folded."""

    more: tuple[str, ...] = ()

    centre = forms.ModelChoiceField(
        label=_("Centre"),
        queryset=models.Centre.objects.all(),
        to_field_name="code",
        empty_label=_("that of the children"),
        required=False,
    )

    @property
    def centre_code(self) -> str:
        found = self.cleaned_data["centre"]
        return found.code if found else ""

    def shown_first(self) -> Iterable[Any]:
        return [item for item in self if item.name not in self.more]

    def shown_folded(self) -> Iterable[Any]:
        return [item for item in self if item.name in self.more]

    @property
    def folded_wrong(self) -> bool:
        return any(name in self.errors for name in self.more)


class RunOptions(LabOptions):
    run_name = forms.CharField(
        label=_("Name of the run"),
        help_text=_("The same name again is the same run, read anew. Empty: the first file's name"),
        max_length=40,
        required=False,
    )
    run_date = forms.DateField(
        label=_("Date of the run"),
        help_text=_("The latest run speaks for a child"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        required=False,
    )
    field_order = ["run_name", "run_date", "panel", "panel_name", "panel_version", "centre"]


def pairs(text: str) -> tuple[tuple[str, str], ...]:
    """Lines of `SAMPLE=PROBE` as pairs. Raises ValidationError naming the first other line."""
    found = []
    for line in filter(None, map(str.strip, text.splitlines())):
        sample, equals, probe = map(str.strip, line.rpartition("="))
        if not (sample and equals and probe):
            raise forms.ValidationError(_("%(line)s: write SAMPLE=PROBE."), params={"line": line})
        found.append((sample, probe))
    return tuple(found)


class PairsField(forms.CharField):
    def __init__(self, **options: Any):
        area = forms.Textarea(
            attrs={"rows": 2, "placeholder": "SAMPLE=PROBE", "spellcheck": "false"}
        )
        super().__init__(required=False, max_length=20_000, widget=area, **options)

    def clean(self, value: Any) -> tuple[tuple[str, str], ...]:
        return pairs(super().clean(value))


class MlpaFiles(LabFiles):
    limits = {"samples": MAX_SHEET_BYTES, "mapping": MAX_MAPPING_BYTES}

    files = many_files(
        _("Files of the run"),
        _("Peak tables with the probemix sheet and the run sheet, all together; or one table of "
          "ratios. Each is told apart by its header"),
        SHEETS,
    )  # fmt: skip
    samples = SAMPLE_SHEET
    mapping = one_file(
        _("Mapping of a ratio table (optional)"),
        _("YAML: the columns of the laboratory's own software"),
        ".yaml,.yml",
    )

    def clean_mapping(self) -> Any:
        """The mapping is checked before any table is looked at."""
        uploaded = self.cleaned_data["mapping"]
        if uploaded is None or uploaded.size > MAX_MAPPING_BYTES:
            return uploaded
        try:
            read_mapping(uploaded.read(), file=safe_name(uploaded.name))
        except FileRefused as error:
            raise forms.ValidationError([str(item) for item in refused_problems(error)]) from error
        uploaded.seek(0)
        return uploaded


class MlpaOptions(RunOptions):
    more = ("known_mapping", "absent", "unreadable", "failed_run")

    normalisation = forms.ChoiceField(
        label=_("Normalisation"),
        choices=[
            choice
            for choice in models.Normalisation.choices
            if choice[0] != models.Normalisation.AS_IN_THE_FILE
        ],
        initial=models.Normalisation.REFERENCE_SAMPLES,
        help_text=_("Of peak tables; a table of ratios stays as it is"),
    )
    known_mapping = forms.ChoiceField(
        label=_("Known form of a ratio table"),
        choices=[("", _("found by its columns")), *((m.name, m.name) for m in KNOWN_MAPPINGS)],
        required=False,
    )
    absent = PairsField(
        label=_("Missing peaks that are the loss of both copies"),
        help_text=_("One a line: the sample's name, “=”, the probe"),
    )
    unreadable = PairsField(
        label=_("Probes that stay not evaluable"),
        help_text=_("One a line: the sample's name, “=”, the probe"),
    )
    failed_run = forms.BooleanField(
        label=_("Store a run with DNA in the water control, all samples as failed"),
        required=False,
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason, kept in the history of every record"),
        max_length=400,
        widget=forms.TextInput(),
        error_messages={"required": _("Say why these records are entered or changed.")},
    )
    # What the person saw: another outcome must be looked at again before it is stored.
    seen = forms.CharField(widget=forms.HiddenInput)
