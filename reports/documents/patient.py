"""The report of one child: its content as values, and its pages.

The content follows the order in which a doctor reads: the answer and why, the pictures, each assay,
the other genetics, the course, the risk group, the space for the signer, then what the assays
cannot see and where every number came from.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from analysis.ikzf1 import Ikzf1Status
from reports.derived import Derived, derive
from reports.documents import LANGUAGES
from reports.documents.answer import Answer, answer
from reports.documents.content import Header, Part
from reports.documents.copy_number import copy_number
from reports.documents.course import course
from reports.documents.gene_pictures import gene_pictures
from reports.documents.genetics import other_genetics
from reports.documents.header import patient_header
from reports.documents.mrd import thresholds_of
from reports.documents.numbers import moment
from reports.documents.page import written
from reports.documents.profiles import genetic_profiles
from reports.documents.provenance import limits, missing_records, provenance, quality
from reports.documents.records import ChildRecords, records_of
from reports.documents.risk import risk_group
from reports.documents.sequence import sequence_variants
from reports.documents.version import software_version
from reports.models import Patient
from reports.risk_standing import RiskStanding, standings

TEMPLATE = "documents/patient.html"


@dataclass(frozen=True)
class PatientReport:
    """What the pages of one child's report hold, in one language."""

    language: str
    header: Header
    footer: str
    as_of: datetime
    data_hash: str
    status: Ikzf1Status
    derived: Derived
    standing: RiskStanding
    answer: Answer
    parts: tuple[Part, ...]
    closing: tuple[Part, ...]
    interpretation_note: str
    signatures: tuple[tuple[str, ...], ...]

    @property
    def snapshot(self) -> dict[str, Any]:
        """What a stored version keeps beside its bytes, as JSON."""
        return {
            "language": self.language,
            "reference": self.header.reference,
            "software": software_version(),
            "data_as_of": self.as_of.isoformat(),
            "data_hash": self.data_hash,
            "ikzf1": self.status.to_json(),
            "profiles": self.derived.profiles.to_json(),
            "subtype": self.derived.subtype.to_json(),
            "risk": [result.to_json() for result in self.derived.risks],
        }


def patient_report(
    patient: Patient, *, language: str, number: str = "", version: int = 0
) -> PatientReport:
    """The content of `patient`'s report in `language` ("zh-hans" or "en").

    `number` and `version` are those of the stored report; without them it is a draft under the
    number that a stored one would have. Raises ValueError for another language.
    """
    if language not in LANGUAGES:
        raise ValueError(f"a report is in one of {', '.join(LANGUAGES)}, not {language}")
    records = records_of(patient)
    derived = derive([patient.pk])[patient.pk]
    standing = standings([patient.pk])[patient.pk]
    with override(language):
        number = number or report_number(patient)
        return _content(records, derived, standing, language, number, version)


def patient_pdf(patient: Patient, *, language: str, number: str = "", version: int = 0) -> bytes:
    """The PDF of `patient_report`. Raises `pdf.DocumentError`."""
    report = patient_report(patient, language=language, number=number, version=version)
    return written(report, template=TEMPLATE, language=language)


def report_number(patient: Patient) -> str:
    """The report number of a child: unique as the hospital number is within its centre."""
    return f"{patient.centre.code}-{patient.hospital_number}"


def _content(
    records: ChildRecords,
    derived: Derived,
    standing: RiskStanding,
    language: str,
    number: str,
    version: int,
) -> PatientReport:
    status, evidence = derived.status, derived.evidence
    return PatientReport(
        language=language,
        header=patient_header(records, number=number, version=version),
        footer=_footer(records),
        as_of=records.as_of,
        data_hash=records.data_hash,
        status=status,
        derived=derived,
        standing=standing,
        answer=answer(records, derived, standing),
        parts=(
            gene_pictures(status, language, readable=evidence.copy_number.adequate is not False),
            copy_number(records, language),
            sequence_variants(records, status.rules),
            other_genetics(records),
            genetic_profiles(derived.profiles, derived.subtype, records.patient),
            course(records, thresholds_of(derived.risks, records.patient.protocol), language),
            risk_group(derived.risks, standing, own_protocol=records.patient.protocol),
        ),
        closing=(
            Part(_("Methods and limits"), notes=limits()),
            quality(records),
            provenance(
                records,
                rule_version=status.rule_version,
                missing=(*_needed(status), *missing_records(records)),
            ),
        ),
        interpretation_note=_("Written and signed by hand; empty until then."),
        signatures=_signatures(),
    )


def _needed(status: Ikzf1Status) -> tuple[Any, ...]:
    """What would be needed to know more of IKZF1."""
    return tuple(_Needed(message) for message in status.missing)


@dataclass(frozen=True)
class _Needed:
    """A message of the analysis behind the words that introduce it."""

    message: Any

    def text(self, language: str) -> str:
        with override(language):
            return _("Missing for IKZF1: {what}").format(what=self.message.text(language))


def _footer(records: ChildRecords) -> str:
    return _("Data as of {moment} · {software} · data {hash}").format(
        moment=moment(records.as_of), software=software_version(), hash=records.data_hash[:12]
    )


def _signatures() -> tuple[tuple[str, ...], ...]:
    return (
        (_("Reported by"), _("Role"), _("Date and time"), _("Signature")),
        (_("Reviewed and released by"), _("Role"), _("Date and time"), _("Signature")),
    )
