"""What the records know of a run's samples, put against what its sheet says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext_noop

from analysis.mlpa.import_run import RunContents
from analysis.mlpa.run_sheet import Role, SampleInfo, Sex
from reports.importers.problems import ImportProblem, said, shown
from reports.importers.sample_match import FileSample
from reports.models import Findings, MlpaSample, SexDecision, Specimen, TimePoint

SAME_BLASTS = 0.05  # percent points: what a sheet rounds away


@dataclass
class Known:
    """`infos` for the analysis, in the order of the files; `new_blasts` are specimens whose share
    of blasts only the sheet gives; `basis` are records that were asked."""

    infos: list[SampleInfo] = field(default_factory=list)
    new_blasts: dict[int, float] = field(default_factory=dict)
    problems: list[ImportProblem] = field(default_factory=list)
    basis: list[Findings] = field(default_factory=list)


def known_infos(
    contents: RunContents,
    specimens: Mapping[FileSample, Specimen],
    stored: Mapping[int, MlpaSample],
) -> Known:
    """Sex and blasts of each sample: the record's, or the sheet's where the record has none; a
    contradiction is an error. `stored`: samples of this run on record, by the key of the specimen,
    whose accepted decisions on the sex hold for the very bytes that were judged."""
    known = Known()
    sheet = next((item.name for item in contents.files if item.kind == "run sheet"), "")
    children = {specimen.patient_id for specimen in specimens.values()}
    known.basis += Findings.objects.filter(patient_id__in=children)
    marrow = {item.patient_id: item.blasts_marrow for item in known.basis}
    given = contents.infos()
    digests = {item.name: item.sha256 for item in contents.files}
    for file, name in contents.samples:
        info = given[name]
        specimen = specimens.get(FileSample(file, name))
        if info.role is Role.PATIENT and specimen is not None:
            info = _with_sex(info, specimen, sheet, known)
            info = _with_blasts(info, specimen, marrow, sheet, known)
            former = stored.get(specimen.pk)
            accepted = former is not None and former.sex_decision == SexDecision.ACCEPTED
            if accepted and former.file_sha256 == digests.get(file):
                info = replace(info, sex_decision=former.sex_decision_reason)
        known.infos.append(info)
    return known


def _with_sex(info: SampleInfo, specimen: Specimen, sheet: str, known: Known) -> SampleInfo:
    recorded = Sex(specimen.patient.sex) if specimen.patient.sex in set(Sex) else Sex.UNKNOWN
    if Sex.UNKNOWN not in (info.sex, recorded) and info.sex is not recorded:
        sentence = gettext_noop(
            "Sample {sample}: the run sheet says {given}, the record of {child} says {recorded}."
        )
        message = said(
            sentence,
            sample=shown(info.name),
            given=info.sex.value,
            child=specimen.patient,
            recorded=recorded.value,
        )
        known.problems.append(ImportProblem("", 0, "sex", info.sex.value, message, file=sheet))
    return info if recorded is Sex.UNKNOWN else replace(info, sex=recorded)


def _with_blasts(
    info: SampleInfo,
    specimen: Specimen,
    marrow: Mapping[int, float | None],
    sheet: str,
    known: Known,
) -> SampleInfo:
    given, recorded = info.blast_percent, specimen.blast_percent
    if recorded is not None and given is not None and abs(given - recorded) > SAME_BLASTS:
        sentence = gettext_noop(
            "Sample {sample}: the run sheet says {given} % blasts, the record of specimen "
            "{specimen} says {recorded} %."
        )
        message = said(
            sentence,
            sample=shown(info.name),
            given=f"{given:g}",
            specimen=specimen.number,
            recorded=f"{recorded:g}",
        )
        known.problems.append(
            ImportProblem("", 0, "blast_percent", f"{given:g}", message, file=sheet)
        )
    if recorded is not None:
        return replace(info, blast_percent=recorded)
    if given is not None:
        known.new_blasts[specimen.pk] = given
        return info
    # As the status and the report take it where the specimen says nothing.
    at_diagnosis = specimen.time_point == TimePoint.DIAGNOSIS
    return replace(info, blast_percent=marrow.get(specimen.patient_id) if at_diagnosis else None)
