"""A sample of a file that is on record already: in another run, or as another child's.

The very same bytes imported under another name would count as two tests that agree; with a
corrected sample sheet, the sample would stay with the first child as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext_noop

from reports.importers.problems import ImportProblem, said, shown
from reports.importers.sample_match import FileSample
from reports.models import Centre, FileKind, MlpaSample, SequencingFile, SequencingSample, Specimen

Kept = tuple[str, str, MlpaSample | SequencingSample]


def mlpa_samples(digests: Iterable[str]) -> list[Kept]:
    """(SHA-256 of the file, name in it, the sample on record)."""
    rows = MlpaSample.objects.filter(file_sha256__in=list(digests)).exclude(file_sha256="")
    rows = rows.select_related("run", "specimen__patient").order_by("pk")
    return [(row.file_sha256, row.sample_name, row) for row in rows]


def sequencing_samples(digests: Iterable[str], kind: FileKind) -> list[Kept]:
    """The same for the files of `kind`."""
    rows = SequencingFile.objects.filter(sha256__in=list(digests), kind=kind).exclude(sha256="")
    rows = rows.defer("detail").select_related("sample__run", "sample__specimen__patient")
    return [(row.sha256, row.sample_name, row.sample) for row in rows.order_by("pk")]


def held_elsewhere(
    specimens: Mapping[FileSample, Specimen],
    digests: Mapping[str, str],
    kept: Iterable[Kept],
    *,
    run: str,
    centre: Centre,
) -> list[ImportProblem]:
    """An error for each sample that `kept` has in another run than `run`, or of another specimen.
    `digests`: SHA-256 by file name."""
    wanted = {
        (digests.get(sample.file, ""), sample.sample): (sample, specimen)
        for sample, specimen in specimens.items()
    }
    sentence = gettext_noop(
        "Sample {sample} of this very file is on record in run {run} as specimen {specimen} of "
        "{child}: import it into that run, or delete what is on record first."
    )
    problems = []
    for digest, name, row in kept:
        sample, specimen = wanted.get((digest, name), (None, None))
        own_run = row.run.name == run.strip() and row.run.centre_id == centre.pk
        if sample is None or (own_run and row.specimen_id == specimen.pk):
            continue
        message = said(
            sentence,
            sample=shown(name),
            run=row.run.name,
            specimen=row.specimen.number,
            child=row.specimen.patient,
        )
        problems.append(ImportProblem("", 0, "", shown(name), message, file=sample.file))
    return problems
