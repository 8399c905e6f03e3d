"""Identity and findings at diagnosis as labelled values, in the order of the admin's form."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from reports.documents.content import Fact
from reports.documents.numbers import UNKNOWN, day
from reports.models import Findings, Patient

HIDDEN = frozenset({"id", "patient", "version", "created_at", "updated_at"})


def identity_facts(patient: Patient) -> tuple[Fact, ...]:
    """Who the child is; an unknown value is shown as such, never left out."""
    return (
        Fact(_("Name"), patient.name or UNKNOWN),
        Fact(_("Hospital number"), patient.hospital_number),
        Fact(_("Code"), patient.code or UNKNOWN),
        Fact(_("Centre"), patient.centre.name or patient.centre.code),
        Fact(_("Sex"), patient.get_sex_display() or UNKNOWN),
        Fact(_("Date of birth"), day(patient.birth_date)),
        Fact(_("Date of diagnosis"), day(patient.diagnosis_date)),
        Fact(_("Age at diagnosis"), _years(patient.age_at_diagnosis)),
        Fact(_("Diagnosis"), patient.get_diagnosis_display(), note=patient.diagnosis_who),
        Fact(_("Protocol"), patient.protocol or UNKNOWN),
        Fact(_("Consent"), patient.get_consent_display() or UNKNOWN),
    )


def _years(age: float | None) -> str:
    return UNKNOWN if age is None else _("{age} years").format(age=f"{age:.1f}")


def findings_facts(findings: Findings | None) -> tuple[Fact, ...]:
    """What was found at diagnosis, with units; empty where nothing is recorded."""
    return tuple(_facts(findings)) if findings else ()


def _facts(findings: Findings) -> Iterator[Fact]:
    for field in Findings._meta.concrete_fields:
        if field.name not in HIDDEN:
            label = str(field.verbose_name)
            yield Fact(label[:1].upper() + label[1:], _value(findings, field))


def _value(findings: Findings, field: Any) -> str:
    value = getattr(findings, field.attname)
    if value in (None, ""):
        return UNKNOWN
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    number = f"{value:g}" if isinstance(value, float) else str(value)
    unit = getattr(field, "unit", "").replace("10^9/L", "× 10⁹/L")
    return f"{number} {unit}".strip()
