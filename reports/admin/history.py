"""The history page of a record: who, when, what, why, and each old value with the new one."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import ValidationError
from django.http import Http404
from simple_history.admin import SimpleHistoryAdmin
from simple_history.template_utils import HistoricalRecordContextHelper


class InWords(HistoricalRecordContextHelper):
    """A change as people read it: choices in words, "—" for empty, the version left out."""

    def context_for_delta_changes(self, delta) -> list[dict[str, Any]]:
        found = super().context_for_delta_changes(delta)
        return [
            shown
            for change, shown in zip(delta.changes, found, strict=True)
            if change.field != "version"
        ]

    def prepare_delta_change_value(self, change, value):
        value = super().prepare_delta_change_value(change, value)
        if value in (None, ""):
            return "—"
        return dict(self.model._meta.get_field(change.field).flatchoices).get(value, value)


class HistoryAdmin(SimpleHistoryAdmin):
    object_history_template = "admin/reports/history.html"
    object_history_list_template = "admin/reports/history_list.html"

    def get_urls(self):
        """Without the library's form of one version, which a reader could post and so save."""
        return admin.ModelAdmin.get_urls(self)

    def history_view(self, request, object_id, extra_context=None):
        try:
            self.opts.pk.to_python(unquote(object_id))
        except ValidationError as error:
            raise Http404 from error
        return super().history_view(request, object_id, extra_context)

    def get_historical_record_context_helper(self, request, historical_record):
        return InWords(self.model, historical_record)

    def set_history_delta_changes(self, request, historical_records, foreign_keys_are_objs=True):
        """Also for the oldest row of the page, whose former version stands on the next one."""
        super().set_history_delta_changes(request, historical_records, foreign_keys_are_objs)
        rows = list(historical_records)
        before = rows[-1].prev_record if rows and rows[-1].history_type == "~" else None
        if before is not None:
            delta = rows[-1].diff_against(before, foreign_keys_are_objs=foreign_keys_are_objs)
            rows[-1].history_delta_changes = InWords(
                self.model, rows[-1]
            ).context_for_delta_changes(delta)
