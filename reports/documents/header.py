"""Who and what a page is about: the identity that stands on every page."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext as _

from reports.documents.content import Fact, Header
from reports.documents.numbers import UNKNOWN, day
from reports.documents.records import ChildRecords
from reports.models import Patient


def institution() -> str:
    """Hospital and laboratory, as the settings name them."""
    return f"{settings.HOSPITAL_NAME} · {settings.LABORATORY_NAME}"


def patient_header(records: ChildRecords, *, number: str, version: int) -> Header:
    """`version` 0 is a draft that was never stored."""
    patient, specimens = records.patient, records.tested_specimens
    printed_version = _("version {version}").format(version=version) if version else _("draft")
    return Header(
        institution=institution(),
        title=_("IKZF1 report"),
        reference=f"{number} · {printed_version}",
        fields=(
            (
                _called(patient),
                Fact(_("Sex"), patient.get_sex_display() or UNKNOWN),
                Fact(_("Date of birth"), day(patient.birth_date)),
                Fact(_("Hospital number"), patient.hospital_number),
            ),
            (
                Fact(_("Specimen"), _each(item.number for item in specimens)),
                Fact(_("Code"), patient.code or UNKNOWN)
                if patient.name
                else Fact(_("Centre"), patient.centre.code),
                Fact(_("Collected"), _each(day(item.collected_on) for item in specimens)),
                Fact(_("Received"), _each(day(item.received_on) for item in specimens)),
            ),
        ),
        flags=_flags(synthetic=patient.is_synthetic),
        watermark=_("DRAFT"),
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
