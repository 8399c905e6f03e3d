"""The list of patients, as rows and columns."""

from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from analysis.calls import State
from analysis.risk.result import RiskWord
from reports.documents.content import Mark
from reports.models import Patient
from reports.risk_standing import shown_result, standing_of

NUMBER = {"th": {"class": "number"}, "td": {"class": "number"}}


class StateColumn(tables.Column):
    """One of the four states by sign and word; what was never assessed says so."""

    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, empty_values=(), **options)

    def render(self, record: Patient, bound_column: Any) -> str:
        # The library would hand over the choice's label; the sign goes by the value.
        value = bound_column.accessor.resolve(record, quiet=True)
        if not value:
            return gettext("not assessed yet")
        return render_to_string("portal/state.html", {"mark": Mark(State(value))})


class RiskColumn(tables.Column):
    """The doctor's group, else the computed one as such; out of date is said beside it."""

    def render(self, record: Patient) -> str:
        standing = standing_of(record)
        marks = [gettext("out of date")] if standing.out_of_date else []
        marks += [gettext("to be reassessed")] if standing.stale else []
        if standing.assigned:
            text = record.risk.get_risk_group_display()
        elif standing.unspoken and standing.untabled:
            text = gettext("no rule table of the chosen protocol")
        elif standing.unspoken:
            text = gettext("no protocol for this diagnosis")
        elif standing.computed is None:
            text = gettext("not computed")
        elif standing.computed.word:
            text = gettext("{group} (computed)").format(
                group=RiskWord(standing.computed.word).label(get_language() or "en")
            )
        else:
            text = shown_result(standing.computed.result)
        tags = format_html_join("", ' <span class="tag">{}</span>', ((mark,) for mark in marks))
        return format_html("{}{}", text, tags)


class PatientTable(tables.Table):
    hospital_number = tables.Column(verbose_name=_("Number"))
    code = tables.Column(verbose_name=_("Code"))
    centre = tables.Column(accessor="centre__code", verbose_name=_("Centre"))
    sex = tables.Column(verbose_name=_("Sex"))
    age = tables.Column(
        accessor="age_at_diagnosis", verbose_name=_("Age (years)"), orderable=False, attrs=NUMBER
    )
    diagnosis_date = tables.DateColumn(format="Y-m-d", verbose_name=_("Diagnosed"))
    ikzf1 = StateColumn(accessor="ikzf1__state", verbose_name=_("IKZF1 status"))
    large_deletion = StateColumn(accessor="ikzf1__large_deletion", verbose_name=_("Large deletion"))
    sequence_variant = StateColumn(accessor="ikzf1__sequence_variant", verbose_name=_("SNV/InDel"))
    risk = RiskColumn(accessor="pk", verbose_name=_("Risk group"), order_by="risk__risk_group")

    class Meta:
        template_name = "portal/table.html"
        order_by = "hospital_number"
        empty_text = _("No patient matches.")

    caption = _("Patients")

    def render_hospital_number(self, value: str, record: Patient) -> str:
        mark = record.is_synthetic and format_html(
            ' <span class="tag synthetic">{}</span>', gettext("synthetic")
        )
        return format_html(
            '<a href="{}">{}</a>{}', reverse("patient", args=[record.pk]), value, mark or ""
        )

    def render_age(self, value: float) -> str:
        return f"{value:.1f}"
