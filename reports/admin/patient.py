"""The child's page: everything that is typed about one child, in clinical order."""

from django.contrib import admin
from django.http import HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from reports import models
from reports.admin.forms import FollowUpFormSet, FusionFormSet, GeneticTestFormSet
from reports.admin.record import RecordAdmin, RecordStacked, RecordTabular
from reports.admin.risk import standing_text
from reports.models.encrypted import blind_index
from reports.stored import stored_status


class FindingsInline(RecordStacked):
    model = models.Findings
    max_num = 1
    fieldsets = [
        (
            _("Blood count"),
            {
                "fields": [
                    ("wbc", "lymphocytes", "neutrophils"),
                    ("haemoglobin", "platelets"),
                    ("blasts_blood", "blasts_marrow"),
                ]
            },
        ),
        (_("Extramedullary disease"), {"fields": [("cns_status", "testicular_status")]}),
        (
            _("Leukaemia cells"),
            {
                "fields": [
                    "immunophenotype",
                    "karyotype_state",
                    "karyotype",
                    ("modal_number", "dna_index"),
                ]
            },
        ),
        (_("MRD"), {"fields": [("mrd_use", "pcr_mrd_use"), "version"]}),
    ]


class SpecimenInline(RecordTabular):
    model = models.Specimen
    show_change_link = True
    fields = [
        "number",
        "material",
        "time_point",
        "collected_on",
        "received_on",
        "blast_percent",
        "version",
    ]


class FusionInline(RecordTabular):
    model = models.FusionResult
    formset = FusionFormSet
    autocomplete_fields = ["specimen"]
    fields = ["gene_a", "gene_b", "method", "result", "specimen", "detail", "version"]


class GeneticTestInline(RecordTabular):
    model = models.GeneticTest
    formset = GeneticTestFormSet
    fields = ["marker", "method", "result", "tested_on", "detail", "version"]


class GlucocorticoidInline(RecordStacked):
    model = models.GlucocorticoidResponse
    max_num = 1
    fields = [
        ("day8_blasts", "day8_wbc", "day8_blast_percent"),
        ("glucocorticoid_response", "method"),
        "version",
    ]


class MassInline(RecordStacked):
    model = models.MediastinalMass
    max_num = 1
    fields = [
        ("mass_d33", "mass_d33_on"),
        ("mass_week12", "mass_week12_on"),
        "method",
        "version",
    ]


class MarrowInline(RecordTabular):
    model = models.MarrowAssessment
    max_num = 2
    fields = ["day", "status", "blast_percent", "version"]


class MrdInline(RecordTabular):
    model = models.Mrd
    fields = [
        "day",
        "sampled_on",
        "operator",
        "fraction",
        "lod_fraction",
        "loq_fraction",
        "method",
        "material",
        "events",
        "version",
    ]


class RiskInline(RecordStacked):
    model = models.RiskAssessment
    max_num = 1
    readonly_fields = ["computed_group"]
    fields = [
        ("protocol", "protocol_version"),
        ("computed_group", "risk_group"),
        ("risk_confirmed_by", "confirmed_on"),
        "override_reason",
        "version",
    ]


class FollowUpInline(RecordTabular):
    model = models.FollowUpEvent
    formset = FollowUpFormSet
    fields = ["event", "date", "days_from_diagnosis", "version"]


@admin.register(models.Patient)
class PatientAdmin(RecordAdmin):
    list_display = [
        "hospital_number",
        "code",
        "centre",
        "sex",
        "age",
        "diagnosis",
        "diagnosis_date",
        "ikzf1_state",
        "origin",
    ]
    list_filter = [
        "ikzf1__state",
        "diagnosis",
        "centre",
        "sex",
        "protocol",
        "consent",
        "synthetic",
        "diagnosis_date",
    ]
    list_select_related = ["centre", "ikzf1"]
    search_fields = ["hospital_number", "code"]
    search_help_text = _("Hospital number or study code, or a part of it")
    date_hierarchy = "diagnosis_date"
    autocomplete_fields = ["centre"]
    readonly_fields = ["ikzf1_explained", "risk_explained", "laboratory"]
    fieldsets = [
        (_("IKZF1 status, derived"), {"fields": ["ikzf1_explained", "risk_explained"]}),
        (
            _("Identity"),
            {
                "fields": [
                    ("centre", "hospital_number", "code"),
                    ("name", "sex"),
                    ("birth_date", "age_years"),
                    ("consent", "synthetic"),
                ]
            },
        ),
        (
            _("Diagnosis"),
            {
                "fields": [
                    ("diagnosis", "diagnosis_date"),
                    ("diagnosis_who", "protocol"),
                ]
            },
        ),
        (_("MLPA and sequencing"), {"fields": ["laboratory"]}),
    ]
    inlines = [
        FindingsInline,
        SpecimenInline,
        FusionInline,
        GeneticTestInline,
        GlucocorticoidInline,
        MarrowInline,
        MassInline,
        MrdInline,
        RiskInline,
        FollowUpInline,
    ]

    def get_urls(self):
        by_name = self.admin_site.admin_view(self.by_name)
        return [path("by-name/", by_name, name="reports_patient_by_name"), *super().get_urls()]

    def by_name(self, request):
        """From a whole name to the list: addresses end up in logs, so the name is posted and only
        its blind index stands in the address."""
        index = blind_index(request.POST.get("name", ""))
        query = {"name_index": index} if index else None
        return HttpResponseRedirect(reverse("admin:reports_patient_changelist", query=query))

    def view_on_site(self, patient):
        return reverse("patient", args=[patient.pk])

    @admin.display(description=_("age (years)"), ordering="birth_date")
    def age(self, patient):
        return patient.age_at_diagnosis

    @admin.display(description=_("IKZF1 status"), ordering="ikzf1__state")
    def ikzf1_state(self, patient):
        assessment = getattr(patient, "ikzf1", None)
        return assessment.get_state_display() if assessment else gettext("not assessed yet")

    @admin.display(description=_("origin"), ordering="synthetic")
    def origin(self, patient):
        return gettext("invented") if patient.is_synthetic else ""

    @admin.display(description=_("status with its reasons"))
    def ikzf1_explained(self, patient):
        assessment = getattr(patient, "ikzf1", None) if patient.pk else None
        if assessment is None:
            return gettext("It is worked out when the record is saved.")
        status = stored_status(assessment)
        if status is None:
            return gettext("to be reassessed")
        return render_to_string("admin/reports/explanation.html", {"status": status})

    @admin.display(description=_("risk group"))
    def risk_explained(self, patient):
        return standing_text(patient) if patient.pk else gettext("none yet")

    @admin.display(description=_("results by specimen"))
    def laboratory(self, patient):
        specimens = models.Specimen.objects.filter(patient_id=patient.pk).prefetch_related(
            "mlpa_samples__run",
            "sequencing_samples__run",
            "sequencing_samples__panel",
            "sequencing_samples__variants",
        )
        return render_to_string("admin/reports/laboratory.html", {"specimens": specimens})

    def get_deleted_objects(self, objs, request):
        """The derived status goes with its child; nobody may delete it by itself."""
        listed, counts, lacking, protected = super().get_deleted_objects(objs, request)
        derived = {
            model._meta.verbose_name
            for model in (
                models.ComputedRisk,
                models.Ikzf1Assessment,
                models.ProfileAssessment,
                models.SubtypeAssessment,
            )
        }
        return listed, counts, lacking - derived, protected
