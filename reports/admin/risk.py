"""Risk protocols of a centre, rule sets that somebody vouches for, and the computed groups."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.http import urlencode
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from analysis.risk.explain import explain
from analysis.risk.loader import protocols
from reports import models
from reports.admin.record import ReadOnlyAdmin, RecordAdmin, RecordTabular
from reports.documents.protocol import standing_of, unconfirmed_table
from reports.protocols import rule_set_confirmations, table_of
from reports.risk_standing import standings
from reports.stored import is_stale, stored_risk


def protocol_names() -> list[tuple[str, str]]:
    names = dict.fromkeys(item.name for item in protocols())
    return [("", "—"), *((name, name) for name in names)]


@dataclass(frozen=True)
class Waiting:
    """A rule set that nobody has confirmed: its name with the number of rules, and its address."""

    named: str
    query: str


def waiting_rule_sets() -> list[Waiting]:
    """Every protocol version with unconfirmed rules that nobody vouches for as they are now."""
    confirmed = rule_set_confirmations()
    return [
        Waiting(
            f"{item.name} {item.version}: {standing_of(item, None)}",
            urlencode({"protocol": item.name, "protocol_version": item.version}),
        )
        for item in protocols()
        if item.unconfirmed_rules and (item.name, item.rule_hash) not in confirmed
    ]


class CentreProtocolInline(RecordTabular):
    model = models.CentreProtocol
    fields = ["place", "protocol", "protocol_version", "version"]

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "protocol":
            field = forms.ChoiceField(choices=protocol_names, label=field.label)
        return field


@admin.register(models.RuleSetConfirmation)
class RuleSetConfirmationAdmin(RecordAdmin):
    list_display = ["protocol", "protocol_version", "confirmed_by", "confirmed_on", "in_force"]
    search_fields = ["protocol", "confirmed_by"]
    readonly_fields = ["rule_hash"]
    change_form_template = "admin/reports/rule_set_confirmation.html"
    fieldsets = [
        (
            None,
            {
                "fields": [
                    ("protocol", "protocol_version"),
                    ("confirmed_by", "confirmed_on"),
                    "source",
                    "rule_hash",
                ]
            },
        )
    ]

    def get_changeform_initial_data(self, request):
        person = request.user.get_full_name() or request.user.get_username()
        given = super().get_changeform_initial_data(request)
        return {"confirmed_by": person, "confirmed_on": timezone.localdate(), **given}

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """With the rules that the person vouches for; without a rule set, with those that wait."""
        extra_context = {**self._rules(request, object_id), **(extra_context or {})}
        return super().changeform_view(request, object_id, form_url, extra_context)

    def _rules(self, request, object_id: str | None) -> dict[str, Any]:
        row = self.get_object(request, unquote(object_id)) if object_id else None
        given = {**request.GET.dict(), **request.POST.dict()}
        name = row.protocol if row else given.get("protocol", "")
        version = row.protocol_version if row else given.get("protocol_version", "")
        found = table_of(name, version)
        if found is None:
            # What was typed is kept, and refused by the record's own check.
            typed = request.method == "POST"
            return {"open": waiting_rule_sets(), "table": None, "typed": typed}
        named = f"{found.name} {found.version}"
        return {"protocol": found, "table": unconfirmed_table(found), "named": named}

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "protocol":
            field = forms.ChoiceField(choices=protocol_names, label=field.label)
        return field

    @admin.display(description=_("in force"))
    def in_force(self, row):
        """A rule changed later has nobody's word."""
        present = {(item.name, item.rule_hash) for item in protocols()}
        if (row.protocol, row.rule_hash) in present:
            return gettext("yes")
        return gettext("no: the rules have changed since")


@admin.register(models.ComputedRisk)
class ComputedRiskAdmin(ReadOnlyAdmin):
    list_display = ["patient", "protocol", "group", "doctor", "state", "computed_at"]
    list_filter = ["leading", "protocol", "word", "status"]
    list_select_related = ["patient"]
    search_fields = ["patient__hospital_number", "patient__code"]
    fields = ["patient", "explained", "rule_version", "input_hash", "computed_at"]
    readonly_fields = ["explained"]

    @admin.display(description=_("doctor's group"))
    def doctor(self, row):
        return (row.assignment or {}).get("group", "—")

    @admin.display(description=_("state"))
    def state(self, row):
        if is_stale(row):
            return gettext("to be reassessed")
        return gettext("the doctor's group is out of date") if row.out_of_date else ""

    @admin.display(description=_("explained"))
    def explained(self, row):
        result = stored_risk(row)
        if result is None:
            return gettext("to be reassessed")
        lines = explain(result, get_language() or "en").splitlines()
        return format_html_join("", "<p>{}</p>", ((line,) for line in lines))


def standing_text(patient) -> str:
    """The doctor's group and every warning, for the child's own page."""
    standing = standings([patient.pk])[patient.pk]
    row = standing.computed
    computed = gettext("to be reassessed") if row is None else f"{row.protocol}: {row.group or '?'}"
    lines = [computed] if not standing.unspoken else []
    lines += [standing.entry_text(), *standing.warnings()]
    return format_html_join("", "<p>{}</p>", ((line,) for line in lines))


class DerivedAdmin(ReadOnlyAdmin):
    list_select_related = ["patient"]
    search_fields = ["patient__hospital_number", "patient__code"]


@admin.register(models.ProfileAssessment)
class ProfileAssessmentAdmin(DerivedAdmin):
    list_display = ["patient", "ikzf1plus", "ukall_cna", "computed_at"]
    list_filter = ["ikzf1plus", "ukall_cna", "rule_version"]


@admin.register(models.SubtypeAssessment)
class SubtypeAssessmentAdmin(DerivedAdmin):
    list_display = ["patient", "answer", "key", "computed_at"]
    list_filter = ["answer", "key", "rule_version"]
