"""The import of fusion tables: each pair with its answer, found again whichever gene stands first.

`check_fusions` reads the files in a child process and gives a `LabPreview`; `lab_import.commit`
stores it. What an earlier table said of a pair by the same method is replaced; history keeps it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_noop

from analysis.calls import State
from analysis.ngs.fusion_mapping import FusionMapping
from analysis.ngs.fusion_table import FusionCall, FusionTable, read_fusions
from analysis.ngs.sample_files import stem
from analysis.sample_sheet import SampleSheet, read_sample_sheet
from reports import models
from reports.importers.child_process import FileReader
from reports.importers.lab_import import (
    LabPreview,
    Plan,
    SampleLine,
    already_imported,
    files_of,
    reconcile,
)
from reports.importers.problems import ImportProblem, Said, said, shown
from reports.importers.sample_match import FileSample, match
from reports.models import Result, TimePoint
from reports.models.record import Record

PROGRAMME = "import_fusions"
_RESULTS = {
    State.ALTERED: Result.DETECTED,
    State.NOT_DETECTED: Result.NOT_DETECTED,
    State.NOT_EVALUABLE: Result.NOT_EVALUABLE,
    State.NOT_TESTED: Result.NOT_TESTED,
}
FIELDS = ("result", "detail", "specimen", "supporting_reads", "breakpoints", "source")


@dataclass(frozen=True)
class FusionRequest:
    """`mapping` says which columns hold what; `centre` narrows the children."""

    paths: tuple[Path, ...]
    mapping: FusionMapping
    samples: Path | None = None
    centre: str = ""


@dataclass
class _Draft:
    problems: list[ImportProblem] = field(default_factory=list)
    lines: list[SampleLine] = field(default_factory=list)
    plan: Plan = field(default_factory=Plan)
    basis: list[Record] = field(default_factory=list)

    def note(self, sentence: str, *, file: str = "", severity: str = "error", **params: Any):
        message = said(sentence, **params)
        self.problems.append(ImportProblem("", 0, "", "", message, severity=severity, file=file))


def check_fusions(request: FusionRequest) -> LabPreview:
    """Everything that importing the tables would do, and everything that is wrong with them."""
    draft = _Draft()
    files = files_of((*request.paths, *([request.samples] if request.samples else [])))
    tables: list[FusionTable] = []
    with FileReader() as reader:
        sheet = _sheet(request, reader, draft)
        for path in request.paths:
            found, problems = reader.attempt(
                read_fusions, path, request.mapping, sample=stem(path.name), file=path.name
            )
            draft.problems += problems
            if found is not None:
                tables.append(found)
    by_sample: dict[FileSample, list[FusionCall]] = defaultdict(list)
    for item in tables:
        for call in item.calls:
            by_sample[FileSample(item.file, call.sample)].append(call)
        if item.left_out:
            sentence = gettext_noop("{count} rows are no fusions and are left out.")
            draft.note(sentence, file=item.file, severity="warning", count=item.left_out)
    matched = match(by_sample, sheet=sheet, centre=request.centre)
    draft.problems += matched.problems
    for sample, calls in by_sample.items():
        draft.lines.append(_line(sample, calls, matched.specimens.get(sample)))
    if not any(item.is_error for item in draft.problems):
        _plan(draft, request.mapping, by_sample, matched.specimens)
    draft.problems += already_imported(files)
    return LabPreview(
        PROGRAMME,
        files,
        samples=tuple(draft.lines),
        problems=tuple(draft.problems),
        plan=draft.plan,
        details={"mapping": request.mapping.name},
        basis=tuple(draft.basis),
    )


def _sheet(request: FusionRequest, reader: FileReader, draft: _Draft) -> SampleSheet | None:
    if request.samples is None:
        return None
    sheet, problems = reader.attempt(read_sample_sheet, request.samples, file=request.samples.name)
    draft.problems += problems
    return sheet


def _line(
    sample: FileSample, calls: list[FusionCall], specimen: models.Specimen | None
) -> SampleLine:
    says: list[Said] = []
    for call in calls:
        if call.state is State.ALTERED:
            sentence = gettext_noop("{pair} detected ({subtype})")
            if not call.subtype:
                sentence = gettext_noop("{pair} detected (not in the list of known pairs)")
            pair = f"{call.gene_a}::{call.gene_b}"
            says.append(said(sentence, pair=pair, subtype=call.subtype))
    for state, sentence in (
        (State.NOT_DETECTED, gettext_noop("{count} pairs not detected")),
        (State.NOT_EVALUABLE, gettext_noop("{count} pairs not evaluable")),
        (State.NOT_TESTED, gettext_noop("{count} pairs not tested")),
    ):
        count = sum(call.state is state for call in calls)
        if count:
            says.append(said(sentence, count=count))
    child = str(specimen.patient) if specimen else ""
    number = specimen.number if specimen else ""
    return SampleLine(sample.file, sample.sample, number, child, tuple(says))


def _plan(
    draft: _Draft,
    mapping: FusionMapping,
    by_sample: dict[FileSample, list[FusionCall]],
    specimens: dict[FileSample, models.Specimen],
) -> None:
    stored: dict[int, list[models.FusionResult]] = defaultdict(list)
    patients = {item.patient_id for item in specimens.values()}
    for row in models.FusionResult.objects.filter(patient__in=patients, method=mapping.method):
        stored[row.patient_id].append(row)
    wanted: dict[int, list[models.FusionResult]] = defaultdict(list)
    for sample, calls in by_sample.items():
        specimen = specimens[sample]
        draft.basis += [specimen, specimen.patient]
        wanted[specimen.patient_id] += [
            _result(call, sample.file, specimen, mapping) for call in calls
        ]
    for patient_id, rows in wanted.items():
        if not _once(draft, rows):
            continue
        reconcile(
            draft.plan,
            rows,
            stored[patient_id],
            key=_identity(stored[patient_id], rows),
            fields=FIELDS,
            child=str(rows[0].patient),
        )


def _once(draft: _Draft, rows: list[models.FusionResult]) -> bool:
    """A pair of one specimen has one answer by one method, whichever files it comes from."""
    seen: dict[Any, models.FusionResult] = {}
    for row in rows:
        first = seen.setdefault(_pair_of_specimen(row), row)
        if first is not row:
            sentence = gettext_noop("{pair} of {child} stands in {first} and in {other}.")
            draft.note(
                sentence,
                pair=shown(row),
                child=str(row.patient),
                first=first.source,
                other=row.source,
            )
    return len(seen) == len(rows)


def _pair(row: models.FusionResult) -> frozenset[str]:
    return frozenset((row.gene_a, row.gene_b))


def _pair_of_specimen(row: models.FusionResult) -> tuple[frozenset[str], int | None]:
    return _pair(row), row.specimen_id


def _identity(
    stored: list[models.FusionResult], wanted: list[models.FusionResult]
) -> Callable[[models.FusionResult], tuple[frozenset[str], int | None]]:
    """Pair and specimen. A stored answer without a specimen is of the diagnosis: it is the one that
    the file gives of such a specimen, where no answer of that specimen is stored."""
    known = {_pair_of_specimen(row) for row in stored}
    at_diagnosis = {
        _pair(row): row.specimen_id
        for row in wanted
        if row.specimen.time_point == TimePoint.DIAGNOSIS and _pair_of_specimen(row) not in known
    }

    def key(row: models.FusionResult) -> tuple[frozenset[str], int | None]:
        return _pair(row), row.specimen_id or at_diagnosis.get(_pair(row))

    return key


def _result(
    call: FusionCall, file: str, specimen: models.Specimen, mapping: FusionMapping
) -> models.FusionResult:
    return models.FusionResult(
        patient=specimen.patient,
        specimen=specimen,
        gene_a=call.gene_a,
        gene_b=call.gene_b,
        method=mapping.method,
        result=_RESULTS[call.state],
        detail=call.detail[:200],
        supporting_reads=call.reads,
        breakpoints=call.breakpoints[:200],
        source=f"{file}:{call.line}" if call.line else file,
    )
