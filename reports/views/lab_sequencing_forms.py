"""The forms of the imports of sequencing: variants, and coverage."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from reports import models
from reports.views.body_limit import MEGABYTE
from reports.views.lab_import_forms import (
    MAX_SHEET_BYTES,
    SAMPLE_SHEET,
    LabFiles,
    RunOptions,
    many_files,
    one_file,
)

INDEX = (".bai", ".csi", ".crai")
READS = (".bam", ".cram")
MAX_BED_BYTES = 50 * MEGABYTE
FILTERS = [
    ("study", _("the study's limits (Zhang 2022)")),
    ("coding", _("the study's limits, and only what is rare and changes the protein")),
    ("none", _("none")),
]


class SequencingOptions(RunOptions):
    """A panel on record, or a new one by its name."""

    panel = forms.ModelChoiceField(
        label=_("Panel"),
        queryset=models.Panel.objects.all(),
        empty_label=_("a new one, named below"),
        required=False,
    )
    panel_name = forms.CharField(
        label=_("Name of a new panel"),
        help_text=_("Only where the panel is not on record yet"),
        max_length=80,
        required=False,
    )
    panel_version = forms.CharField(
        label=_("Version of a new panel"), max_length=40, required=False
    )
    build = forms.ChoiceField(
        label=_("Genome build"),
        choices=[("", _("as file and panel say")), *models.Build.choices],
        help_text=_("A file of another build is refused"),
        required=False,
    )
    filters = forms.ChoiceField(label=_("Filters"), choices=FILTERS)

    def clean(self) -> dict[str, Any]:
        panel, name = self.cleaned_data.get("panel"), self.cleaned_data.get("panel_name")
        if not panel and not name and "panel" not in self.errors:
            self.add_error("panel", _("Choose a panel, or name a new one."))
        if panel and name:
            self.add_error("panel_name", _("Choose a panel or name a new one, not both."))
        return self.cleaned_data

    def of_panel(self) -> dict[str, Any]:
        """What a `SequencingRequest` says of the panel."""
        panel = self.cleaned_data["panel"]
        if panel:
            return {"panel": panel.name, "panel_version": panel.panel_version}
        return {
            "panel": self.cleaned_data["panel_name"],
            "panel_version": self.cleaned_data["panel_version"],
            "new_panel": True,
        }


class VariantFiles(LabFiles):
    limits = {"samples": MAX_SHEET_BYTES}

    files = many_files(
        _("Files of variants"),
        _("VCF (also .gz), BCF, MAF, ANNOVAR multianno or tables, as many as you like: all files "
          "of a sample in this run together"),
        ".vcf,.gz,.bgz,.bcf,.maf,.txt,.tsv,.csv",
    )  # fmt: skip
    samples = SAMPLE_SHEET


class VariantOptions(SequencingOptions):
    more = ("build", "tumour")

    tumour = forms.CharField(
        label=_("Tumour sample"),
        help_text=_("Its name in the files, where their headers do not say which one it is"),
        max_length=200,
        required=False,
    )

    def __init__(self, *args: Any, **more: Any):
        super().__init__(*args, **more)
        self.fields["filters"].initial = "coding"


class CoverageFiles(LabFiles):
    limits = {"samples": MAX_SHEET_BYTES, "bed": MAX_BED_BYTES}

    files = many_files(
        _("Reads with their index, or JSON"),
        _("BAM with .bai, CRAM with .crai; or JSON of a coverage. One file a sample"),
        ".bam,.bai,.csi,.cram,.crai,.json",
    )
    bed = one_file(
        _("BED of the panel"), _("Needed for reads; a JSON says its own regions"), ".bed,.txt"
    )
    samples = SAMPLE_SHEET

    def clean(self) -> dict[str, Any]:
        found = super().clean()
        names = [item.name for item in found.get("files") or ()]
        if not names or "files" in self.errors:
            return found
        reads = [name for name in names if name.lower().endswith(READS)]
        indexes = [name for name in names if name.lower().endswith(INDEX)]
        if len(indexes) == len(names):
            self.add_error("files", _("An index alone holds no reads: choose its file too."))
        for name in reads:
            if not any(_indexes(name, index) for index in indexes):
                text = _("The index of %(name)s is missing.")
                self.add_error("files", forms.ValidationError(text, params={"name": name}))
        for index in indexes:
            if reads and not any(_indexes(name, index) for name in reads):
                text = _("%(name)s is the index of none of these files.")
                self.add_error("files", forms.ValidationError(text, params={"name": index}))
        if reads and not found.get("bed") and "bed" not in self.errors:
            self.add_error("bed", _("Reads need the BED of the panel."))
        return found


def _indexes(name: str, index: str) -> bool:
    """`a.bam.bai` and `a.bai` are both the index of `a.bam`."""
    stem = index.rpartition(".")[0]
    return stem in (name, name.rpartition(".")[0])


class CoverageOptions(SequencingOptions):
    more = ("build", "overlap")

    overlap = forms.ChoiceField(
        label=_("A base that both mates read"),
        choices=[("twice", _("counts twice")), ("once", _("counts once"))],
    )

    def __init__(self, *args: Any, **more: Any):
        super().__init__(*args, **more)
        self.fields["filters"].initial = "study"
