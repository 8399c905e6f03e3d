"""The demonstration's raw files, imported as any laboratory's: what the workbook leaves to them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from django.core.management.base import CommandError

from analysis.demonstration.cohort import DemonstrationCohort
from analysis.demonstration.raw_files import MlpaRunFiles, RawSample
from reports.actions import save_record
from reports.importers.child_process import FileReader
from reports.importers.lab_import import commit
from reports.importers.mlpa import RunRequest, check_run
from reports.models import ImportBatch, Patient, Specimen

CENTRE = "DEMO"
# Sheets whose content comes from raw files instead.
FROM_FILES = ("mlpa",)


def clinical_part(cohort: DemonstrationCohort) -> DemonstrationCohort:
    """The cohort without the rows that its raw files bring."""
    sheets = tuple(
        replace(sheet, rows=()) if sheet.name in FROM_FILES else sheet for sheet in cohort.sheets
    )
    return replace(cohort, sheets=sheets)


def register_specimens(samples: Iterable[RawSample], *, by: str, why: str) -> int:
    """Specimens that no sheet of the workbook names; how many there were."""
    wanted = {sample.hospital_number: sample.specimen for sample in samples}
    patients = Patient.objects.filter(centre__code=CENTRE, hospital_number__in=wanted)
    known = set(Specimen.objects.filter(patient__in=patients).values_list("number", flat=True))
    missing = [item for item in patients if wanted[item.hospital_number] not in known]
    for patient in missing:
        number = wanted[patient.hospital_number]
        save_record(record=Specimen(patient=patient, number=number), by=by, reason=why)
    return len(missing)


def import_runs(runs: Iterable[MlpaRunFiles], *, by: str, why: str) -> int:
    """Import the MLPA runs that are not yet there; how many. Raises CommandError."""
    done = set(ImportBatch.objects.filter(who=by).values_list("sha256", flat=True))
    count = 0
    with FileReader() as reader:
        for run in runs:
            if _digest(run.peaks) in done:
                continue
            request = RunRequest(
                paths=run.paths, run_name=run.name, run_date=run.day, centre=CENTRE
            )
            preview = check_run(request, reader=reader)
            if preview.errors:
                raise CommandError("\n".join(str(problem) for problem in preview.errors[:20]))
            commit(preview, by=by, reason=why)
            count += 1
    return count


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
