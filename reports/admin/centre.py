"""Centres, saved and frozen cohorts, reports."""

from django.contrib import admin

from reports import models
from reports.admin.record import ReadOnlyAdmin, RecordAdmin
from reports.admin.risk import CentreProtocolInline


@admin.register(models.Centre)
class CentreAdmin(RecordAdmin):
    list_display = ["code", "name"]
    search_fields = ["code", "name"]
    fieldsets = [(None, {"fields": [("code", "name")]})]
    inlines = [CentreProtocolInline]


@admin.register(models.SavedCohort)
class SavedCohortAdmin(RecordAdmin):
    list_display = ["name", "title", "updated_at"]
    search_fields = ["name", "title"]
    fieldsets = [(None, {"fields": ["name", "title", "description", "definition"]})]


@admin.register(models.FrozenCohort)
class FrozenCohortAdmin(ReadOnlyAdmin):
    """A list to find one by; its page in the portal shows what it holds."""

    list_display = ["number", "name", "title", "children", "frozen_at", "frozen_by", "reason"]
    search_fields = ["name", "title", "reason"]
    exclude = ["content"]


@admin.register(models.Report)
class ReportAdmin(RecordAdmin):
    list_display = ["number", "kind", "patient", "cohort"]
    list_filter = ["kind"]
    list_select_related = ["patient", "cohort"]
    search_fields = ["number", "patient__hospital_number"]
    autocomplete_fields = ["patient", "cohort"]

    def has_add_permission(self, request, obj=None):
        """Reports come from “make the report”."""
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
