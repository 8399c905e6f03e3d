"""Who and what a page is about: the identity that stands on every page."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext as _

from analysis.figures.lettering import text_width
from reports.documents.content import Fact, Header
from reports.documents.numbers import UNKNOWN, day
from reports.documents.records import ChildRecords
from reports.models import Patient


def institution() -> str:
    """Hospital and laboratory, as the settings name them."""
    return f"{settings.HOSPITAL_NAME} · {settings.LABORATORY_NAME}"


def patient_header(records: ChildRecords, *, number: str, version: int) -> Header:
    """`version` 0 is a draft that was never stored."""
    patient = records.patient
    printed_version = _("version {version}").format(version=version) if version else _("draft")
    reference, fields = f"{number} · {printed_version}", _identity(records)
    return Header(
        institution=institution(),
        title=_("IKZF1 report"),
        reference=reference,
        layout="unsigned tall" if _is_long(reference, fields) else "unsigned",
        fields=fields,
        flags=_flags(synthetic=patient.is_synthetic),
        watermark=_("DRAFT"),
    )


def _identity(records: ChildRecords) -> tuple[tuple[Fact, ...], ...]:
    patient, specimens = records.patient, records.tested_specimens
    return (
        (
            _called(patient),
            Fact(_("Sex"), patient.get_sex_display() or UNKNOWN),
            Fact(_("Date of birth"), day(patient.birth_date)),
            Fact(_("Hospital number"), patient.hospital_number),
            Fact(_("Issued"), UNKNOWN),
        ),
        (
            Fact(_("Specimen"), _each(item.number for item in specimens)),
            Fact(_("Code"), patient.code or UNKNOWN)
            if patient.name
            else Fact(_("Diagnosis date"), day(patient.diagnosis_date)),
            Fact(_("Collected"), _each(day(item.collected_on) for item in specimens)),
            Fact(_("Received"), _each(day(item.received_on) for item in specimens)),
            Fact(""),
        ),
    )


# Room in one line of the page's head, in points: the five columns, and the reference.
_COLUMNS, _REFERENCE = (149.0, 70.0, 87.0, 112.0, 66.0), 200.0


def _is_long(reference: str, fields: tuple[tuple[Fact, ...], ...]) -> bool:
    """Whether the identity needs the page whose head has room for several lines."""
    return text_width(reference, 7.8) > _REFERENCE or any(
        text_width(fact.label, 6.8) + text_width(fact.value, 7.8, bold=True) + 4 > room
        for line in fields
        for fact, room in zip(line, _COLUMNS, strict=True)
    )


def _called(patient: Patient) -> Fact:
    if patient.name:
        return Fact(_("Name"), patient.name)
    return Fact(_("Code (no name is recorded)"), patient.code or UNKNOWN)


def cohort_header(*, name: str, title: str, as_of: str, flags: tuple[str, ...]) -> Header:
    return Header(
        institution=institution(),
        title=_("IKZF1 cohort report"),
        reference=name,
        layout="cohort",
        fields=(
            (
                Fact(_("Cohort"), title),
                Fact(_("Data as of"), as_of),
            ),
        ),
        flags=flags,
    )


def _flags(*, synthetic: bool) -> tuple[str, ...]:
    """Nothing is signed yet in this edition: every patient report is a draft."""
    unsigned = _("Draft, not signed")
    return (unsigned, _("Synthetic data: an invented child")) if synthetic else (unsigned,)


def _each(texts) -> str:
    """Several texts in order, each once."""
    return ", ".join(dict.fromkeys(texts)) or UNKNOWN
