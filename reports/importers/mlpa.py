"""The import of an MLPA run: peak tables with their probemix, or a table of ratios.

`check_run` reads the files in a child process, matches the samples to specimens, takes sex and
blasts from the records, and gives a `LabPreview`; `lab_import.commit` stores it.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_noop

from analysis.ikzf1 import ikzf1_status
from analysis.ikzf1_evidence import Ikzf1Evidence
from analysis.mlpa.import_run import ImportedRun, RunContents, analyse_run, contents
from analysis.mlpa.normalise import Normalisation
from analysis.mlpa.ratio_files import RatioMapping
from analysis.mlpa.results import SampleResult
from analysis.mlpa.run import Settings
from analysis.mlpa.run_sheet import Role
from analysis.wording import Message
from reports import models
from reports.importers import mlpa_judged
from reports.importers.child_process import FileReader
from reports.importers.held_elsewhere import held_elsewhere, mlpa_samples
from reports.importers.lab_import import (
    LabFile,
    LabPreview,
    Plan,
    SampleLine,
    already_imported,
    files_of,
    reconcile,
)
from reports.importers.mlpa_infos import Known, known_infos
from reports.importers.mlpa_records import (
    PROBE_FIELDS,
    RUN_FIELDS,
    SAMPLE_FIELDS,
    probe_records,
    run_record,
    sample_record,
)
from reports.importers.problems import ImportProblem, Said, said, said_by_analysis, shown
from reports.importers.sample_match import FileSample, match
from reports.models.record import Record

PROGRAMME = "import_mlpa"


@dataclass(frozen=True)
class RunRequest:
    """What is to be imported. `absent` and `unreadable` are (sample, probe) pairs that a person has
    judged: a missing peak that is the loss of both copies, and a probe that stays not evaluable."""

    paths: tuple[Path, ...]
    run_name: str = ""
    run_date: datetime.date | None = None
    centre: str = ""
    samples: Path | None = None
    mapping: RatioMapping | None = None
    normalisation: Normalisation = Normalisation.REFERENCE_SAMPLES
    absent: tuple[tuple[str, str], ...] = ()
    unreadable: tuple[tuple[str, str], ...] = ()
    failed_run: bool = False

    @property
    def name(self) -> str:
        """Of the run, where nobody gives one: that of its first file."""
        return (
            self.run_name or self.paths[0].stem[: models.MlpaRun._meta.get_field("name").max_length]
        )

    @property
    def all_paths(self) -> tuple[Path, ...]:
        return (*self.paths, *([self.samples] if self.samples else []))


@dataclass
class _Draft:
    """What is known so far of an import."""

    request: RunRequest
    files: tuple[LabFile, ...]
    problems: list[ImportProblem] = field(default_factory=list)
    samples: list[SampleLine] = field(default_factory=list)
    plan: Plan = field(default_factory=Plan)
    basis: list[Record] = field(default_factory=list)

    def preview(self) -> LabPreview:
        self.problems += already_imported(self.files)
        return LabPreview(
            PROGRAMME,
            self.files,
            samples=tuple(self.samples),
            problems=tuple(self.problems),
            plan=self.plan,
            details={"run": self.request.name, "normalisation": self.request.normalisation.value},
            basis=tuple(self.basis),
        )


def check_run(request: RunRequest, *, reader: FileReader | None = None) -> LabPreview:
    """Everything that importing the run would do, and everything that is wrong with it. Several
    runs may share a `reader`."""
    if reader is None:
        with FileReader() as own:
            return check_run(request, reader=own)
    draft = _Draft(request, files_of(request.all_paths))
    found, problems = reader.attempt(
        contents,
        [path.absolute() for path in request.paths],
        mapping=request.mapping,
        samples=request.samples.absolute() if request.samples else None,
        file=request.name,
    )
    draft.problems += problems
    return draft.preview() if found is None else _checked(draft, found, reader)


def _checked(draft: _Draft, found: RunContents, reader: FileReader) -> LabPreview:
    if not _known_centre(draft):
        return draft.preview()
    infos = found.infos()
    patients = [FileSample(*item) for item in found.samples if infos[item[1]].role is Role.PATIENT]
    matched = match(patients, sheet=found.identities, centre=draft.request.centre)
    draft.problems += matched.problems
    specimens = matched.specimens
    centre = _centre(draft, specimens.values())
    stored = _stored_run(centre, draft.request.name)
    former = {item.specimen_id: item for item in stored.samples.all()} if stored else {}
    known = known_infos(found, specimens, former)
    draft.problems += known.problems
    draft.basis += known.basis
    run, problems = reader.attempt(
        analyse_run,
        [path.absolute() for path in draft.request.paths],
        infos=known.infos,
        mapping=draft.request.mapping,
        settings=Settings(normalisation=draft.request.normalisation, absent=draft.request.absent),
        file=draft.request.name,
    )
    draft.problems += problems
    if run is None:
        return draft.preview()
    draft.problems += mlpa_judged.problems_of_run(
        run.result,
        absent=draft.request.absent,
        unreadable=draft.request.unreadable,
        failed_run=draft.request.failed_run,
    )
    draft.samples += [_line(item, specimens) for item in run.result.samples]
    if centre is not None:
        digests = {item.name: item.sha256 for item in found.files}
        draft.problems += held_elsewhere(
            specimens, digests, mlpa_samples(digests.values()),
            run=draft.request.name, centre=centre,
        )  # fmt: skip
    if centre is not None and not any(item.is_error for item in draft.problems):
        _plan(draft, found, run, specimens, known, centre, stored, former)
    return draft.preview()


# --- whose run it is -----------------------------------------------------------------------------


def _known_centre(draft: _Draft) -> bool:
    """Whether the centre that is named, if one is, exists."""
    code = draft.request.centre.strip()
    if not code or models.Centre.objects.filter(code__iexact=code).exists():
        return True
    message = said(gettext_noop("There is no centre {code}."), code=shown(code))
    draft.problems.append(ImportProblem("", 0, "", "", message))
    return False


def _centre(draft: _Draft, specimens: Iterable[models.Specimen]) -> models.Centre | None:
    """The centre that is named, or the one that all children belong to."""
    code = draft.request.centre
    centres = {item.patient.centre for item in specimens}
    if code:
        return models.Centre.objects.filter(code__iexact=code.strip()).first()
    if len(centres) > 1:
        codes = ", ".join(sorted(item.code for item in centres))
        sentence = gettext_noop("The children belong to several centres ({codes}): name the run's.")
        draft.problems.append(ImportProblem("", 0, "", "", said(sentence, codes=codes)))
        return None
    if not centres and not draft.problems:
        sentence = gettext_noop("The files hold no patient's sample.")
        draft.problems.append(ImportProblem("", 0, "", "", said(sentence)))
    return next(iter(centres), None)


def _stored_run(centre: models.Centre | None, name: str) -> models.MlpaRun | None:
    if centre is None:
        return None
    return models.MlpaRun.objects.filter(centre=centre, name=name.strip()).first()


def _line(found: SampleResult, specimens: dict[FileSample, models.Specimen]) -> SampleLine:
    """A sample as people read it: its IKZF1, or what stops it; a control's own checks."""
    name = found.info.name
    specimen = specimens.get(FileSample(found.file, name))
    says: list[Said] = []
    if found.info.role is not Role.PATIENT:
        says.append(said_by_analysis(Message(found.info.role.label_en)))
    elif found.quality.adequate:
        status = ikzf1_status(Ikzf1Evidence(copy_number=found.copy_number()))
        says.append(said_by_analysis(status.headline))
    says += [said_by_analysis(message) for message in found.quality.why]
    return SampleLine(
        file=found.file,
        sample=name,
        specimen=specimen.number if specimen else "",
        child=str(specimen.patient) if specimen else "",
        says=tuple(says),
    )


# --- what would be stored ------------------------------------------------------------------------


def _plan(
    draft: _Draft,
    found: RunContents,
    run: ImportedRun,
    specimens: dict[FileSample, models.Specimen],
    known: Known,
    centre: models.Centre,
    stored: models.MlpaRun | None,
    former: dict[int, models.MlpaSample],
) -> None:
    date = draft.request.run_date
    wanted = run_record(run.result, found, centre=centre, name=draft.request.name, run_date=date)
    fields = (*RUN_FIELDS, "run_date") if date else RUN_FIELDS
    [kept] = reconcile(
        draft.plan, [wanted], [stored] if stored else [], key=lambda item: item.name, fields=fields
    )
    held = {item.info.name: item for item in run.held}
    digests = {item.name: item.sha256 for item in found.files}
    probes = _stored_probes(former.values())
    for item in run.result.samples:
        specimen = specimens.get(FileSample(item.file, item.info.name))
        if specimen is None or item.info.role is not Role.PATIENT:
            continue
        draft.basis += [specimen, specimen.patient]
        before = former.get(specimen.pk)
        _plan_blasts(draft.plan, specimen, known)
        child = str(specimen.patient)
        row = sample_record(item, run=kept, specimen=specimen, digests=digests, former=before)
        [sample] = reconcile(
            draft.plan,
            [row],
            [before] if before else [],
            key=lambda record: record.specimen_id,
            fields=SAMPLE_FIELDS,
            child=child,
        )
        rows = probe_records(item, sample, held.get(item.info.name))
        stale = _plan_probes(draft, rows, probes.get(sample.pk, []), child)
        draft.problems += stale
    draft.problems += _refused_by_models(draft.plan)


def _plan_blasts(plan: Plan, specimen: models.Specimen, known: Known) -> None:
    """A share of blasts that only the sheet gives becomes the specimen's."""
    if specimen.pk in known.new_blasts:
        wanted = models.Specimen(
            patient=specimen.patient,
            number=specimen.number,
            blast_percent=known.new_blasts[specimen.pk],
        )
        reconcile(
            plan,
            [wanted],
            [specimen],
            key=lambda item: item.number,
            fields=("blast_percent",),
            child=str(specimen.patient),
        )


def _plan_probes(
    draft: _Draft, rows: Sequence[Record], stored: Sequence[Record], child: str
) -> list[ImportProblem]:
    """A stored probe that the file no longer has is removed, unless a person has judged it."""
    names = {_probe_key(item) for item in rows}
    judged = [item for item in stored if item.override_call and _probe_key(item) not in names]
    reconcile(
        draft.plan, rows, stored, key=_probe_key, fields=PROBE_FIELDS, child=child, removes=True
    )
    sentence = gettext_noop(
        "{child}: a person set the call of {probe}, which these files do not have: withdraw that "
        "first."
    )
    return [
        ImportProblem("", 0, "", "", said(sentence, child=child, probe=str(item)))
        for item in judged
    ]


def _probe_key(item: Any) -> tuple[str, str, str]:
    return (item.gene, item.exon, item.probe)


def _stored_probes(samples: Iterable[models.MlpaSample]) -> dict[int, list[models.ProbeRatio]]:
    found: dict[int, list[models.ProbeRatio]] = {}
    for item in models.ProbeRatio.objects.filter(sample__in=list(samples)):
        found.setdefault(item.sample_id, []).append(item)
    return found


def _refused_by_models(plan: Plan) -> list[ImportProblem]:
    """What the records' own limits refuse: a name too long, a ratio beyond 20."""
    problems: dict[str, ImportProblem] = {}
    for record in plan.save:
        links = [item.name for item in record._meta.concrete_fields if item.is_relation]
        try:
            record.clean_fields(exclude=links)
            record.clean()
        except ValidationError as error:
            for name, messages in error.message_dict.items():
                text = said(
                    gettext_noop("{record}: {why}"), record=str(record), why=" ".join(messages)
                )
                problems[f"{record}{name}"] = ImportProblem("", 0, name, "", text)
    return list(problems.values())
