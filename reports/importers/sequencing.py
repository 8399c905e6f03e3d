"""What the imports of variants and of coverage share: centre, run, panel, and whose each sample is.

A sample that was never stored begins with its depth "not stated": variants without a coverage
leave open whether what is absent could have been seen.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_noop

from analysis.ngs.filters import FILTER_SETS, FilterSet
from analysis.sample_sheet import SampleSheet, read_sample_sheet
from analysis.wording import Message
from reports import models
from reports.importers.child_process import FileReader
from reports.importers.held_elsewhere import held_elsewhere, sequencing_samples
from reports.importers.lab_import import (
    LabFile,
    LabPreview,
    Plan,
    SampleLine,
    already_imported,
    files_of,
    reconcile,
)
from reports.importers.problems import ImportProblem, Said, said, shown
from reports.importers.sample_match import FileSample, match, same
from reports.models.record import Record

# Names that a person types for the filter sets of `analysis.ngs.filters`.
FILTERS = {
    "study": FILTER_SETS["Zhang 2022"],
    "coding": FILTER_SETS["Zhang 2022, rare and protein-changing"],
    "none": FilterSet(name="none", version="1", caller_filter=False),
}
FILE_FIELDS = (
    "sha256", "sample_name", "found_by", "genome_build", "build_basis", "annotator", "filter_set",
    "filter_version", "limits", "records", "alleles", "kept", "dropped", "unchecked", "notes",
    "detail",
)  # fmt: skip


@dataclass(frozen=True)
class SequencingRequest:
    """What is to be imported. `panel` and `panel_version` name a panel on record, or with
    `new_panel` one to be made; `build`, where given, must be the panel's."""

    paths: tuple[Path, ...]
    panel: str
    panel_version: str = ""
    new_panel: bool = False
    run_name: str = ""
    run_date: datetime.date | None = None
    centre: str = ""
    samples: Path | None = None
    build: str = ""
    reference: Path | None = None
    filters: FilterSet = FILTERS["coding"]
    tumour: str | None = None
    bed: Path | None = None

    @property
    def name(self) -> str:
        """Of the run, where nobody gives one: that of its first file."""
        return (self.run_name or self.paths[0].name.split(".")[0])[:40]

    @property
    def all_paths(self) -> tuple[Path, ...]:
        return (*self.paths, *(item for item in (self.bed, self.samples) if item))


@dataclass
class Draft:
    """What is known so far of an import."""

    programme: str
    request: SequencingRequest
    files: tuple[LabFile, ...] = ()
    sheet: SampleSheet | None = None
    problems: list[ImportProblem] = field(default_factory=list)
    lines: list[SampleLine] = field(default_factory=list)
    plan: Plan = field(default_factory=Plan)
    basis: list[Record] = field(default_factory=list)

    @classmethod
    def of(cls, programme: str, request: SequencingRequest, reader: FileReader) -> Draft:
        """With the hashes of the files and the sample sheet, which is read in the child too."""
        draft = cls(programme, request, files_of(request.all_paths))
        names = Counter(path.name for path in request.paths)
        for name in (name for name, count in names.items() if count > 1):
            draft.refuse(gettext_noop("Two files have the name {name}."), name=shown(name))
        if request.samples:
            draft.sheet, problems = reader.attempt(
                read_sample_sheet, request.samples, file=request.samples.name
            )
            draft.problems += problems
        return draft

    @property
    def wrong(self) -> bool:
        return any(item.is_error for item in self.problems)

    def refuse(self, sentence: str, *, file: str = "", line: int = 0, **params: Any) -> None:
        self.problems.append(ImportProblem("", line, "", "", said(sentence, **params), file=file))

    def warn(self, sentence: str, *, file: str = "", **params: Any) -> None:
        message = said(sentence, **params)
        self.problems.append(ImportProblem("", 0, "", "", message, severity="warning", file=file))

    def digest(self, name: str) -> str:
        return next((item.sha256 for item in self.files if item.name == name), "")

    def preview(self) -> LabPreview:
        self.problems += already_imported(self.files)
        return LabPreview(
            self.programme,
            self.files,
            samples=tuple(self.lines),
            problems=tuple(self.problems),
            plan=self.plan,
            details={
                "run": self.request.name,
                "panel": f"{self.request.panel} {self.request.panel_version}".strip(),
                "filters": f"{self.request.filters.name} {self.request.filters.version}",
            },
            basis=tuple(self.basis),
        )


# --- whose it is ---------------------------------------------------------------------------------


def known_as(draft: Draft, file: str, names: Sequence[str]) -> FileSample:
    """The sample under the one of its `names` that the sheet has; else under its first."""
    rows = {(same(row.file), same(row.sample)) for row in draft.sheet.rows} if draft.sheet else ()
    for name in names:
        if (same(file), same(name)) in rows or ("", same(name)) in rows:
            return FileSample(file, name)
    return FileSample(file, names[0])


def specimens_of(draft: Draft, samples: Iterable[FileSample]) -> dict[FileSample, models.Specimen]:
    """The specimen of each sample; what does not match goes to the problems."""
    found = match(samples, sheet=draft.sheet, centre=draft.request.centre)
    draft.problems += found.problems
    for specimen in found.specimens.values():
        draft.basis += [specimen, specimen.patient]
    return found.specimens


def refuse_held_elsewhere(
    draft: Draft,
    specimens: dict[FileSample, models.Specimen],
    centre: models.Centre | None,
    kind: models.FileKind,
) -> None:
    """Samples that are on record from the very same file, in another run or as another child's."""
    if centre is None:
        return
    digests = {item.name: item.sha256 for item in draft.files}
    kept = sequencing_samples(digests.values(), kind)
    run = draft.request.name
    draft.problems += held_elsewhere(specimens, digests, kept, run=run, centre=centre)


# --- the run and the panel -----------------------------------------------------------------------


def centre_of(draft: Draft, specimens: Iterable[models.Specimen]) -> models.Centre | None:
    """The centre that is named, or the one that all children belong to."""
    code = draft.request.centre.strip()
    if code:
        centre = models.Centre.objects.filter(code__iexact=code).first()
        if centre is None:
            draft.refuse(gettext_noop("There is no centre {code}."), code=shown(code))
        return centre
    centres = {item.patient.centre for item in specimens}
    if len(centres) > 1:
        sentence = gettext_noop("The children belong to several centres ({codes}): name the run's.")
        draft.refuse(sentence, codes=", ".join(sorted(item.code for item in centres)))
        return None
    return next(iter(centres), None)


def panel_of(draft: Draft) -> models.Panel | None:
    """The panel on record, with its build checked against the one that is asked for."""
    request = draft.request
    name, version = request.panel.strip(), request.panel_version.strip()
    found = models.Panel.objects.filter(name__iexact=name)
    panel = found.filter(panel_version__iexact=version).first()
    if panel is None and not request.new_panel:
        versions = ", ".join(item.panel_version or "—" for item in found) or "—"
        sentence = gettext_noop(
            "There is no panel {name} of version {version} on record (versions: {versions}): enter "
            "it with its genes, or ask for a new one."
        )
        draft.refuse(sentence, name=shown(name), version=shown(version) or "—", versions=versions)
        return None
    panel = panel or models.Panel(name=name, panel_version=version, genome_build=request.build)
    if request.build and panel.genome_build and request.build != panel.genome_build:
        sentence = gettext_noop("Panel {panel} is on {own}, but {asked} is asked for.")
        draft.refuse(sentence, panel=str(panel), own=panel.genome_build, asked=request.build)
    return panel


def keep_panel(draft: Draft, panel: models.Panel, **values: Any) -> models.Panel:
    """Plan the panel with what is newly known of it, where nothing was recorded."""
    if panel.pk is None:
        for name, value in values.items():
            setattr(panel, name, getattr(panel, name) or value)
        draft.plan.take(panel, "new")
        return panel
    known = {name: getattr(panel, name) or value for name, value in values.items()}
    wanted = models.Panel(name=panel.name, panel_version=panel.panel_version, **known)
    [kept] = reconcile(
        draft.plan, [wanted], [panel], key=lambda item: item.name, fields=tuple(values)
    )
    return kept


def keep_run(draft: Draft, centre: models.Centre) -> models.SequencingRun:
    request = draft.request
    wanted = models.SequencingRun(centre=centre, name=request.name, run_date=request.run_date)
    stored = models.SequencingRun.objects.filter(centre=centre, name=request.name)
    [run] = reconcile(
        draft.plan,
        [wanted],
        stored,
        key=lambda item: item.name,
        fields=("run_date",) if request.run_date else (),
    )
    return run


def stored_samples(run: models.SequencingRun) -> dict[int, models.SequencingSample]:
    """Those of the run, by specimen."""
    if run.pk is None:
        return {}
    rows = run.samples.select_related("specimen__patient__centre", "panel", "run")
    return {item.specimen_id: item for item in rows}


def keep_sample(
    draft: Draft,
    wanted: models.SequencingSample,
    former: models.SequencingSample | None,
    *,
    fields: Sequence[str],
) -> models.SequencingSample:
    """Plan the sample. One on record must have been sequenced with the same panel and build."""
    if former is not None:
        if former.panel_id != wanted.panel_id:
            sentence = gettext_noop("{sample} is on record with panel {own}, not {asked}.")
            draft.refuse(sentence, sample=str(former), own=str(former.panel),
                         asked=str(wanted.panel))  # fmt: skip
        if former.genome_build and wanted.genome_build not in ("", former.genome_build):
            sentence = gettext_noop("{sample} is on record on {own}, not on {asked}.")
            draft.refuse(sentence, sample=str(former), own=former.genome_build,
                         asked=wanted.genome_build)  # fmt: skip
        wanted.genome_build = wanted.genome_build or former.genome_build
    [sample] = reconcile(
        draft.plan,
        [wanted],
        [former] if former else [],
        key=lambda item: item.specimen_id,
        fields=("genome_build", *fields),
        child=str(wanted.specimen.patient),
    )
    return sample


# --- words ---------------------------------------------------------------------------------------


def limits_json(filters: FilterSet) -> dict[str, Any]:
    """The limits of a filter set and where each comes from, as a file keeps them."""
    sources = dict(filters.sources)
    return {
        name: {"limit": value, "source": sources.get(name, "")}
        for name in FilterSet.__dataclass_fields__
        if name not in ("name", "version", "sources")
        and (value := getattr(filters, name)) not in (None, False)
    }


def messages_json(messages: Iterable[Message]) -> list[dict[str, Any]]:
    return [message.to_json() for message in messages]


def line(file: str, sample: str, specimen: models.Specimen | None, *says: Said) -> SampleLine:
    child = str(specimen.patient) if specimen else ""
    return SampleLine(file, sample, specimen.number if specimen else "", child, says)


def refused_by_models(draft: Draft) -> None:
    """What the records' own limits refuse, each said with its file and line where it has one."""
    from reports.actions.inserting import surely_right

    by_model: dict[type[Record], list[Record]] = {}
    for record in draft.plan.save:
        by_model.setdefault(type(record), []).append(record)
    for model, records in by_model.items():
        if not surely_right(model, records):
            for record in records:
                _refuse_by_model(draft, record)


def _refuse_by_model(draft: Draft, record: Record) -> None:
    links = [item.name for item in record._meta.concrete_fields if item.is_relation]
    try:
        record.clean_fields(exclude=links)
        record.clean()
    except ValidationError as error:
        file = getattr(record, "file", None)
        for name, messages in error.message_dict.items():
            label = name if name == "__all__" else record._meta.get_field(name).verbose_name
            draft.refuse(
                gettext_noop("{record}, {field}: {why}"),
                file=str(file) if file else "",
                line=getattr(record, "line", None) or 0,
                record=shown(record),
                field=str(label),
                why=" ".join(messages),
            )
