"""The form of the import of fusion tables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from analysis.file_problems import FileRefused
from analysis.ngs.fusion_mapping import read_fusion_mapping
from reports.importers import fusions
from reports.importers.problems import refused_problems
from reports.views.lab_import_forms import (
    MAX_MAPPING_BYTES,
    MAX_SHEET_BYTES,
    SAMPLE_SHEET,
    SHEETS,
    LabFiles,
    LabOptions,
    many_files,
    one_file,
)
from reports.views.lab_uploads import safe_name

SHIPPED = Path(fusions.__file__).with_name("mappings")


class FusionFiles(LabFiles):
    limits = {"files": MAX_SHEET_BYTES, "samples": MAX_SHEET_BYTES, "mapping": MAX_MAPPING_BYTES}

    files = many_files(_("Fusion tables"), _("CSV, TSV or XLSX, one or many samples each"), SHEETS)
    samples = SAMPLE_SHEET
    mapping = one_file(
        _("Mapping of the columns (optional)"),
        _("YAML: the laboratory's own headings, words and looked-for pairs"),
        ".yaml,.yml",
    )

    def clean_mapping(self) -> Any:
        """The mapping is checked before any table is looked at."""
        uploaded = self.cleaned_data["mapping"]
        if uploaded is None or uploaded.size > MAX_MAPPING_BYTES:
            return uploaded
        try:
            read_fusion_mapping(uploaded.read(), file=safe_name(uploaded.name))
        except FileRefused as error:
            raise forms.ValidationError([str(item) for item in refused_problems(error)]) from error
        uploaded.seek(0)
        return uploaded


class FusionOptions(LabOptions):
    known_mapping = forms.ChoiceField(
        label=_("Form of the table"),
        help_text=_("Where no mapping of your own is sent"),
        choices=[
            ("fusions", _("sample, fusion, result")),
            ("fusions_somatic_db", _("somatic_db's table of fusions")),
        ],
    )
    field_order = ["known_mapping", "centre"]

    @property
    def shipped(self) -> Path:
        return SHIPPED / f"{self.cleaned_data['known_mapping']}.yaml"
