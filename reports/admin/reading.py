"""What is derived or append-only: found and read here, never typed."""

from django.contrib import admin
from django.template.loader import render_to_string
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from reports import models
from reports.admin.record import ReadOnlyAdmin
from reports.stored import stored_status


@admin.register(models.Ikzf1Assessment)
class Ikzf1AssessmentAdmin(ReadOnlyAdmin):
    list_display = ["patient", "state", "large_deletion", "sequence_variant", "computed_at"]
    list_filter = ["state", "large_deletion", "sequence_variant", "rule_version"]
    list_select_related = ["patient"]
    search_fields = ["patient__hospital_number", "patient__code"]
    fields = ["patient", "explained", "rule_version", "input_hash", "computed_at"]
    readonly_fields = ["explained"]

    @admin.display(description=_("status with its reasons"))
    def explained(self, assessment):
        status = stored_status(assessment)
        if status is None:
            return gettext("to be reassessed")
        return render_to_string("admin/reports/explanation.html", {"status": status})


@admin.register(models.AuditEvent)
class AuditEventAdmin(ReadOnlyAdmin):
    list_display = ["at", "who", "act", "kind", "label", "why"]
    list_filter = ["act", "kind", "at"]
    search_fields = ["who", "label", "why"]


@admin.register(models.ImportBatch)
class ImportBatchAdmin(ReadOnlyAdmin):
    list_display = ["at", "who", "file_name", "mapping", "why"]
    search_fields = ["who", "file_name", "sha256"]


@admin.register(models.ReportVersion)
class ReportVersionAdmin(ReadOnlyAdmin):
    list_display = ["report", "number", "status", "language", "made_by", "made_at"]
    list_filter = ["status", "language", "made_at"]
    list_select_related = ["report"]
    search_fields = ["report__number", "sha256", "made_by"]
    exclude = ["pdf"]

    def get_queryset(self, request):
        return super().get_queryset(request).defer("pdf", "snapshot")


@admin.register(models.Job)
class JobAdmin(ReadOnlyAdmin):
    list_display = ["kind", "state", "done", "total", "owner", "created_at", "ended_at"]
    list_filter = ["state", "kind"]
