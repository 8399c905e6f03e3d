"""What the laboratory enters: specimens, sequencing and its variants (MLPA: `admin/mlpa.py`)."""

from django.contrib import admin
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from reports import models
from reports.admin.record import ReadOnlyAdmin, RecordAdmin, RecordTabular

PATIENT_SEARCH = ["specimen__patient__hospital_number", "specimen__patient__code", "run__name"]


class MlpaSampleInline(RecordTabular):
    model = models.MlpaSample
    show_change_link = True
    autocomplete_fields = ["run"]
    fields = ["run", "sample_quality", "quality_reason", "version"]


class SequencingSampleInline(RecordTabular):
    model = models.SequencingSample
    show_change_link = True
    autocomplete_fields = ["run", "panel"]
    fields = ["run", "panel", "genome_build", "quality", "quality_reason", "mean_depth", "version"]


@admin.register(models.Specimen)
class SpecimenAdmin(RecordAdmin):
    list_display = ["number", "patient", "material", "time_point", "collected_on", "blast_percent"]
    list_filter = ["time_point", "material", "collected_on"]
    list_select_related = ["patient"]
    search_fields = ["number", "patient__hospital_number", "patient__code"]
    autocomplete_fields = ["patient"]
    fieldsets = [
        (None, {"fields": ["patient", ("number", "material", "time_point")]}),
        (_("Collection"), {"fields": [("collected_on", "received_on"), "blast_percent"]}),
    ]
    inlines = [MlpaSampleInline, SequencingSampleInline]


@admin.register(models.Panel)
class PanelAdmin(RecordAdmin):
    list_display = ["name", "panel_version", "gene_count"]
    search_fields = ["name", "panel_version"]
    readonly_fields = ["bed_name", "bed_sha256"]
    fieldsets = [
        (None, {"fields": [("name", "panel_version"), "genome_build", "panel_genes"]}),
        (_("From the file"), {"fields": ["bed_name", "bed_sha256"]}),
    ]

    @admin.display(description=_("genes"))
    def gene_count(self, panel):
        return len(panel.genes)


@admin.register(models.SequencingRun)
class SequencingRunAdmin(RecordAdmin):
    imports = ("variants", "coverage")
    list_display = ["name", "centre", "run_date"]
    list_filter = ["centre", "run_date"]
    list_select_related = ["centre"]
    search_fields = ["name"]
    autocomplete_fields = ["centre"]
    fieldsets = [(None, {"fields": ["centre", ("name", "run_date")]})]


class VariantInline(RecordTabular):
    model = models.Variant
    show_change_link = True
    fields = [
        "gene",
        "transcript",
        "hgvs_c",
        "hgvs_p",
        "consequence",
        "vaf",
        "depth",
        "classification",
        "tier",
        "version",
    ]


@admin.register(models.SequencingSample)
class SequencingSampleAdmin(RecordAdmin):
    imports = ("variants", "coverage")
    list_display = ["run", "specimen", "panel", "quality", "mean_depth", "fraction_at_1000x"]
    list_filter = ["quality", "panel", "genome_build"]
    list_select_related = ["run", "specimen__patient", "panel"]
    search_fields = PATIENT_SEARCH
    autocomplete_fields = ["run", "specimen", "panel"]
    fieldsets = [
        (None, {"fields": [("run", "specimen"), ("panel", "genome_build")]}),
        (
            _("Quality"),
            {
                "fields": [
                    ("quality", "quality_reason"),
                    ("mean_depth", "fraction_at_1000x"),
                    "low_ikzf1_exons",
                ]
            },
        ),
    ]
    inlines = [VariantInline]

    def view_on_site(self, sample):
        return reverse("sequencing_sample", args=[sample.pk])


@admin.register(models.Variant)
class VariantAdmin(RecordAdmin):
    list_display = [
        "gene",
        "hgvs_c",
        "hgvs_p",
        "consequence",
        "vaf",
        "depth",
        "classification",
        "child",
    ]
    list_filter = ["consequence", "classification", "tier"]
    list_select_related = ["sample__specimen__patient"]
    search_fields = ["gene", "hgvs_c", "hgvs_p", "sample__specimen__patient__hospital_number"]
    autocomplete_fields = ["sample"]
    fieldsets = [
        (None, {"fields": ["sample", ("gene", "transcript"), ("hgvs_c", "hgvs_p")]}),
        (_("Effect"), {"fields": [("consequence", "classification", "tier")]}),
        (_("Reads"), {"fields": [("vaf", "depth"), ("chrom", "position"), ("ref", "alt")]}),
        (_("From the file"), {"fields": [("file", "line"), "filters"]}),
    ]
    readonly_fields = ["file", "line", "filters"]

    @admin.display(description=_("patient"))
    def child(self, variant):
        return variant.owner


@admin.register(models.SequencingFile)
class SequencingFileAdmin(ReadOnlyAdmin):
    """What a file gave; the dropped calls and the regions are looked up in the portal."""

    list_display = ["name", "kind", "sample", "records", "kept", "dropped_count", "filter_set"]
    list_filter = ["kind", "filter_set", "annotator"]
    list_select_related = ["sample__run", "sample__specimen"]
    search_fields = ["name", "sha256", "sample__run__name",
                     "sample__specimen__patient__hospital_number"]  # fmt: skip

    fields = ["sample", "name", "kind", "sha256", "sample_name", "genome_build", "annotator",
              "filter_set", "filter_version", "records", "kept", "dropped_count"]  # fmt: skip
    readonly_fields = ["dropped_count"]

    def get_queryset(self, request):
        return super().get_queryset(request).defer("detail")

    @admin.display(description=_("dropped"))
    def dropped_count(self, file):
        return file.dropped_count

    def view_on_site(self, file):
        return reverse("sequencing_file", args=[file.pk])


@admin.register(models.FusionResult)
class FusionResultAdmin(RecordAdmin):
    imports = ("fusions",)
    list_display = ["pair", "result", "method", "patient", "detail", "source"]
    list_filter = ["result", "method"]
    list_select_related = ["patient"]
    search_fields = ["gene_a", "gene_b", "patient__hospital_number", "patient__code"]
    autocomplete_fields = ["patient", "specimen"]
    readonly_fields = ["source"]
    fieldsets = [
        (None, {"fields": [("patient", "specimen"), ("gene_a", "gene_b"), ("method", "result")]}),
        (_("From the file"), {"fields": ["detail", ("supporting_reads", "breakpoints"), "source"]}),
    ]

    @admin.display(description=_("fusion"), ordering="gene_a")
    def pair(self, fusion):
        return f"{fusion.gene_a}::{fusion.gene_b}"
