"""Search and filters of the patient list."""

from __future__ import annotations

import re

import django_filters
from django.db.models import Q, QuerySet
from django.forms import DateInput
from django.utils.translation import gettext_lazy as _

from reports.models import Answer, Centre, Diagnosis, Patient, RiskGroup, Sex, Synthetic

MAIN_FIELDS = ("q", "centre", "ikzf1", "risk")
MORE_FIELDS = (
    "large_deletion",
    "sequence_variant",
    "diagnosis",
    "sex",
    "diagnosed_from",
    "diagnosed_to",
    "origin",
)
_NAME_INDEX = re.compile(r"[0-9a-f]{64}")


def _choice(field: str, choices: list[tuple[str, str]], label: str) -> django_filters.ChoiceFilter:
    return django_filters.ChoiceFilter(
        field_name=field, choices=choices, label=label, empty_label=_("all")
    )


def _day(lookup: str, label: str) -> django_filters.DateFilter:
    return django_filters.DateFilter(
        field_name="diagnosis_date",
        lookup_expr=lookup,
        label=label,
        widget=DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


class PatientFilter(django_filters.FilterSet):
    """`name` holds the blind index of a name, never the name: addresses end up in logs."""

    q = django_filters.CharFilter(method="by_number_or_code", label=_("Number or code"))
    centre = django_filters.ModelChoiceFilter(
        queryset=Centre.objects.all(), label=_("Centre"), empty_label=_("all")
    )
    ikzf1 = _choice("ikzf1__state", Answer.choices, _("IKZF1 status"))
    large_deletion = _choice("ikzf1__large_deletion", Answer.choices, _("Large deletion"))
    sequence_variant = _choice("ikzf1__sequence_variant", Answer.choices, _("SNV/InDel"))
    risk = _choice("risk__risk_group", RiskGroup.choices, _("Risk group"))
    diagnosis = _choice("diagnosis", Diagnosis.choices, _("Diagnosis"))
    sex = _choice("sex", Sex.choices, _("Sex"))
    diagnosed_from = _day("gte", _("Diagnosed from"))
    diagnosed_to = _day("lte", _("Diagnosed to"))
    origin = django_filters.ChoiceFilter(
        method="by_origin",
        choices=[("real", Synthetic.REAL.label), ("synthetic", Synthetic.SYNTHETIC.label)],
        label=_("Origin of the record"),
        empty_label=_("all"),
    )
    name = django_filters.CharFilter(method="by_name_index")

    class Meta:
        model = Patient
        fields: list[str] = []

    def by_number_or_code(self, patients: QuerySet, name: str, value: str) -> QuerySet:
        return patients.filter(Q(hospital_number__icontains=value) | Q(code__icontains=value))

    def by_name_index(self, patients: QuerySet, name: str, value: str) -> QuerySet:
        return patients.filter(name_index=value) if self.name_index else patients.none()

    def by_origin(self, patients: QuerySet, name: str, value: str) -> QuerySet:
        return patients.filter(synthetic="synthetic" if value == "synthetic" else "")

    @property
    def name_index(self) -> str:
        """The index searched for, or "" where none, or something else, was asked."""
        asked = self.data.get("name", "") if self.data else ""
        return asked if _NAME_INDEX.fullmatch(asked) else ""

    @property
    def main_fields(self) -> list:
        return [self.form[name] for name in MAIN_FIELDS]

    @property
    def more_fields(self) -> list:
        return [self.form[name] for name in MORE_FIELDS]

    @property
    def more_in_use(self) -> bool:
        """Whether a filter is set that the page would otherwise fold away."""
        return any(self.data.get(name) for name in MORE_FIELDS) if self.data else False
