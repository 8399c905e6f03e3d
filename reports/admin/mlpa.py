"""MLPA: the run, the sample with its checks and the decision on its sex, the probes' calls."""

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from analysis.calls import Reason
from analysis.mlpa.quality import Outcome
from reports import models
from reports.actions import follow_sex_decision
from reports.admin.laboratory import PATIENT_SEARCH
from reports.admin.record import ENTERED, RecordAdmin, RecordTabular

FROM_FILE = ("sample_name", "file", "all_checks")
DECISION = ("sex_decision", "sex_decision_reason", "sex_decision_by")


@admin.register(models.MlpaRun)
class MlpaRunAdmin(RecordAdmin):
    imports = ("mlpa",)
    list_display = ["name", "centre", "run_date", "probemix", "probemix_lot", "way"]
    list_filter = ["centre", "probemix", "normalisation", "run_date"]
    list_select_related = ["centre"]
    search_fields = ["name", "probemix_lot"]
    autocomplete_fields = ["centre"]
    readonly_fields = ["reading", "from_files"]
    fieldsets = [
        (None, {"fields": ["centre", ("name", "run_date")]}),
        (_("Reagents and method"), {"fields": [("probemix", "probemix_lot"), "normalisation"]}),
        (_("From the files"), {"fields": ["reading", "from_files"]}),
    ]

    def get_fieldsets(self, request, obj=None):
        found = super().get_fieldsets(request, obj)
        return found if obj is not None and obj.files else _without(found, "reading")

    @admin.display(description=_("normalisation"), ordering="normalisation")
    def way(self, run):
        return run.normalisation_label

    @admin.display(description=_("how the run was read"))
    def reading(self, run):
        return _paragraphs((Reason.from_json(item), "") for item in run.reasons)

    @admin.display(description=_("files"))
    def from_files(self, run):
        rows = ((item["name"], item["kind"], item["sha256"]) for item in run.files)
        return format_html_join("", "<p>{} ({}) SHA-256 {}</p>", rows)


class ProbeInline(RecordTabular):
    model = models.ProbeRatio
    fields = [
        "gene",
        "exon",
        "probe",
        "ratio",
        "call",
        "held_call",
        "override_call",
        "override_reason",
        "override_by",
        "version",
    ]
    # What only a file gives is read, not typed.
    readonly_fields = ["held_call"]


@admin.register(models.MlpaSample)
class MlpaSampleAdmin(RecordAdmin):
    imports = ("mlpa",)
    list_display = ["run", "specimen", "sample_quality", "quality_reason", "sex_decision"]
    list_filter = ["sample_quality", "sex_check", "sex_decision", "run__probemix"]
    list_select_related = ["run", "specimen__patient"]
    search_fields = PATIENT_SEARCH
    autocomplete_fields = ["run", "specimen"]
    readonly_fields = [*FROM_FILE, "sex_check"]
    fieldsets = [
        (None, {"fields": [("run", "specimen"), ("sample_quality", "quality_reason")]}),
        (_("From the file"), {"fields": list(FROM_FILE)}),
        (_("Whose sample is it?"), {"fields": ["sex_check", DECISION]}),
    ]
    inlines = [ProbeInline]

    def get_fieldsets(self, request, obj=None):
        """The decision on the sex is asked for where X and Y contradict the record."""
        found = super().get_fieldsets(request, obj)
        if obj is None or not obj.sample_name:
            found = _without(found, "all_checks")
        asked = obj is not None and (obj.sex_check == models.SexCheck.BLOCKED or obj.sex_decision)
        return found if asked else _without(found, "sex_check")

    def save_model(self, request, obj, form, change) -> None:
        """The calls follow a decision on the sex at once."""
        super().save_model(request, obj, form, change)
        if change and "sex_decision" in form.changed_data:
            reason = obj.sex_decision_reason or form.cleaned_data.get("change_reason") or ENTERED
            follow_sex_decision(sample=obj, by=request.user, reason=reason)

    def view_on_site(self, sample):
        return reverse("mlpa_sample", args=[sample.pk])

    @admin.display(description=_("quality checks"))
    def all_checks(self, sample):
        language = get_language() or "en"
        return _paragraphs(
            (Reason.from_json(item["reason"]), Outcome(item["outcome"]).label(language))
            for item in sample.checks
        )


def _without(fieldsets, field):
    """All sections but the one that holds `field`."""
    return [item for item in fieldsets if field not in item[1]["fields"]]


def _paragraphs(rows):
    """Each (reason, outcome) as a paragraph in the language of the page."""
    language = get_language() or "en"
    told = ((reason.text(language), f" ({word})" if word else "") for reason, word in rows)
    return format_html_join("", "<p>{}{}</p>", told)
