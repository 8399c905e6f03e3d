"""The demonstration's raw files, imported as any laboratory's: what the workbook leaves to them."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path

from django.core.management.base import CommandError

from analysis.demonstration.cohort import DemonstrationCohort
from analysis.demonstration.raw_files import MlpaRunFiles, RawSample, SequencedFiles
from reports.actions import save_record
from reports.actions.records import save_records
from reports.importers.child_process import FileReader
from reports.importers.coverage import check_coverage
from reports.importers.lab_import import LabPreview, commit
from reports.importers.mlpa import RunRequest, check_run
from reports.importers.sequencing import SequencingRequest
from reports.importers.vcf import check_variants
from reports.models import ImportBatch, Patient, Specimen, Variant

CENTRE = "DEMO"
# Sheets whose content comes from raw files instead.
FROM_FILES = ("mlpa", "variants")


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
    done, count = _imported(by), 0
    with FileReader() as reader:
        for run in runs:
            if _digest(run.peaks) in done:
                continue
            request = RunRequest(
                paths=run.paths, run_name=run.name, run_date=run.day, centre=CENTRE
            )
            _store(check_run(request, reader=reader), by=by, why=why)
            count += 1
    return count


def import_variants(
    files: Iterable[SequencedFiles], cohort: DemonstrationCohort, *, by: str, why: str
) -> int:
    """Import the VCFs that are not yet there, run by run; how many. Raises CommandError.

    Each file's column or header names the sample by both identifiers, so no sheet is needed.
    """
    done, count = _imported(by), 0
    runs: dict[tuple[str, date], list[Path]] = defaultdict(list)
    for item in files:
        runs[item.run, item.day].append(item.variants)
    panel = cohort.sheet("sequencing").records()[0]
    with FileReader() as reader:
        for (name, day), paths in runs.items():
            if all(_digest(path) in done for path in paths):
                continue
            request = SequencingRequest(
                paths=tuple(paths),
                panel=panel["panel"],
                panel_version=panel["panel_version"],
                run_name=name,
                run_date=day,
                centre=CENTRE,
                build=panel["genome_build"],
            )
            _store(check_variants(request, reader=reader), by=by, why=why)
            count += len(paths)
    return count


def import_reads(
    files: Iterable[SequencedFiles], cohort: DemonstrationCohort, *, by: str, why: str
) -> int:
    """Import the coverage of the one child whose reads there are; how many. Raises CommandError."""
    done, count = _imported(by), 0
    panel = cohort.sheet("sequencing").records()[0]
    for item in files:
        if item.reads is None or _digest(item.reads) in done:
            continue
        request = SequencingRequest(
            paths=(item.reads,),
            panel=panel["panel"],
            panel_version=panel["panel_version"],
            run_name=item.run,
            run_date=item.day,
            centre=CENTRE,
            build=panel["genome_build"],
            bed=item.panel,
        )
        _store(check_coverage(request), by=by, why=why)
        count += 1
    return count


def classify(cohort: DemonstrationCohort, *, by: str, why: str) -> int:
    """What a person would have judged each variant to be, as no caller writes it; how many."""
    judged = {
        (row["hospital_number"], row["gene"], row["hgvs_c"]): row["classification"]
        for row in cohort.sheet("variants").records()
    }
    changed = []
    rows = Variant.objects.filter(sample__specimen__patient__centre__code=CENTRE)
    for variant in rows.select_related("sample__specimen__patient"):
        number = variant.sample.specimen.patient.hospital_number
        word = judged.get((number, variant.gene, variant.hgvs_c), "")
        if word and not variant.classification:
            variant.classification = word
            changed.append(variant)
    if changed:
        save_records(records=changed, by=by, reason=why)
    return len(changed)


def _imported(by: str) -> set[str]:
    return set(ImportBatch.objects.filter(who=by).values_list("sha256", flat=True))


def _store(preview: LabPreview, *, by: str, why: str) -> None:
    if preview.errors:
        raise CommandError("\n".join(str(problem) for problem in preview.errors[:20]))
    commit(preview, by=by, reason=why)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
