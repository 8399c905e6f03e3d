"""The import of coverage: BAM or CRAM with the panel's BED, or a JSON document of depths.

The mean depth decides whether a sample could be read at all, the depth of each exon of IKZF1
whether small variants could be seen there; both by the limits of the filter set, which are kept
beside the file.
"""

from __future__ import annotations

import hashlib

from django.utils.translation import gettext_noop

from analysis.ngs.coverage_file import SampleCoverage, read_coverage
from analysis.ngs.sample_files import stem
from analysis.wording import N_, Message, say
from reports import models
from reports.importers.child_process import FileReader
from reports.importers.lab_import import LabPreview, reconcile
from reports.importers.problems import Said, said, said_by_analysis
from reports.importers.sample_match import FileSample
from reports.importers.sequencing import (
    FILE_FIELDS,
    Draft,
    SequencingRequest,
    centre_of,
    keep_panel,
    keep_run,
    keep_sample,
    known_as,
    limits_json,
    line,
    messages_json,
    panel_of,
    refuse_held_elsewhere,
    refused_by_models,
    specimens_of,
    stored_samples,
)
from reports.models import FileKind, SequencingQuality

PROGRAMME = "import_coverage"
SAMPLE_FIELDS = (
    "quality", "quality_reason", "quality_message", "mean_depth", "fraction_at_1000x",
    "low_ikzf1_exons",
)  # fmt: skip


def check_coverage(request: SequencingRequest, *, overlap: str = "twice") -> LabPreview:
    """Everything that importing the files would do, and everything that is wrong with them."""
    with FileReader() as reader:
        draft = Draft.of(PROGRAMME, request, reader)
        panel = panel_of(draft)
        build = request.build or (panel.genome_build if panel else "")
        digest = _bed_digest(draft, panel)
        read: list[SampleCoverage] = []
        for path in request.paths:
            found, problems = reader.attempt(
                read_coverage,
                path,
                bed=request.bed,
                build=build,
                filters=request.filters,
                reference=request.reference,
                overlap=overlap,
                file=path.name,
            )
            draft.problems += problems
            if found is not None:
                read.append(found)
    by_sample = {known_as(draft, item.file, (stem(item.file),)): item for item in read}
    specimens = specimens_of(draft, by_sample)
    centre = centre_of(draft, specimens.values())
    for sample, item in by_sample.items():
        draft.lines.append(line(item.file, sample.sample, specimens.get(sample), *_says(item)))
    _one_file_each(draft, specimens)
    refuse_held_elsewhere(draft, specimens, centre, FileKind.COVERAGE)
    if panel is not None and centre is not None and not draft.wrong:
        _plan(draft, panel, centre, by_sample, specimens, digest)
        refused_by_models(draft)
    return draft.preview()


def _bed_digest(draft: Draft, panel: models.Panel | None) -> str:
    """The BED's hash, refused where it is not the panel's."""
    bed = draft.request.bed
    if bed is None or not bed.is_file():
        return ""
    with bed.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    if panel is not None and panel.bed_sha256 not in ("", digest):
        sentence = gettext_noop(
            "The BED is not the one of panel {panel} ({name}): another target is another version."
        )
        draft.refuse(sentence, file=bed.name, panel=str(panel), name=panel.bed_name)
    return digest


def _one_file_each(draft: Draft, specimens: dict[FileSample, models.Specimen]) -> None:
    seen: dict[int, str] = {}
    for sample, specimen in specimens.items():
        first = seen.setdefault(specimen.pk, sample.file)
        if first != sample.file:
            sentence = gettext_noop("{first} and {other} are of one specimen: {specimen}.")
            draft.refuse(sentence, first=first, other=sample.file, specimen=str(specimen))


def _says(item: SampleCoverage) -> list[Said]:
    says = []
    if item.mean_depth is not None:
        sentence = gettext_noop("mean depth {depth}x")
        says.append(said(sentence, depth=f"{item.mean_depth:.1f}"))
    if item.at_1000 is not None:
        sentence = gettext_noop("{share} % of the target at 1000x")
        says.append(said(sentence, share=f"{100 * item.at_1000:.1f}"))
    if item.low_exons:
        sentence = gettext_noop("IKZF1 exons below the limit: {exons}")
        says.append(said(sentence, exons=", ".join(map(str, item.low_exons))))
    return [*says, *(said_by_analysis(note) for note in item.notes)]


# --- what would be stored ------------------------------------------------------------------------


def _plan(
    draft: Draft,
    panel: models.Panel,
    centre: models.Centre,
    by_sample: dict[FileSample, SampleCoverage],
    specimens: dict[FileSample, models.Specimen],
    digest: str,
) -> None:
    genes = sorted({gene.gene for item in by_sample.values() for gene in item.genes})
    values = {"genome_build": draft.request.build}
    if draft.request.bed:
        values |= {"bed_name": draft.request.bed.name, "bed_sha256": digest}
        values |= {"panel_genes": ";".join(genes)}
    panel = keep_panel(draft, panel, **values)
    _tell_of_genes(draft, panel, by_sample)
    run = keep_run(draft, centre)
    former = stored_samples(run)
    for name, item in by_sample.items():
        specimen = specimens[name]
        before = former.get(specimen.pk)
        wanted = _sample(draft, item, run=run, panel=panel, specimen=specimen)
        sample = keep_sample(draft, wanted, before, fields=SAMPLE_FIELDS)
        child = str(specimen.patient)
        stored = before.files.filter(kind=FileKind.COVERAGE) if before else ()
        # One coverage speaks for a sample: a new file takes the place of the former.
        reconcile(
            draft.plan,
            [_file(draft, sample, name, item)],
            stored,
            key=lambda record: record.kind,
            fields=("name", *FILE_FIELDS),
            child=child,
        )
        reconcile(
            draft.plan,
            [_gene(sample, gene) for gene in item.genes],
            before.gene_coverage.all() if before else (),
            key=lambda record: record.gene,
            fields=("bases", "mean_depth", "fraction_at_1000x"),
            child=child,
            removes=True,
        )
        reconcile(
            draft.plan,
            [_exon(sample, exon) for exon in item.exons],
            before.exon_coverage.all() if before else (),
            key=lambda record: record.exon,
            fields=("on_panel", "mean_depth", "reach"),
            child=child,
            removes=True,
        )


def _tell_of_genes(
    draft: Draft, panel: models.Panel, by_sample: dict[FileSample, SampleCoverage]
) -> None:
    for item in by_sample.values():
        if item.covers_ikzf1 is False and "IKZF1" in panel.genes:
            sentence = gettext_noop("Panel {panel} lists IKZF1, but the coverage has none of it.")
            draft.refuse(sentence, file=item.file, panel=str(panel))
        if item.low_exons is None:
            sentence = gettext_noop("The depth of IKZF1's exons is not told by this file.")
            draft.warn(sentence, file=item.file)


def _sample(
    draft: Draft,
    item: SampleCoverage,
    *,
    run: models.SequencingRun,
    panel: models.Panel,
    specimen: models.Specimen,
) -> models.SequencingSample:
    quality, reason = _quality(item)
    return models.SequencingSample(
        run=run,
        panel=panel,
        specimen=specimen,
        genome_build=item.build or draft.request.build or panel.genome_build,
        quality=quality,
        quality_reason=reason.text() if reason else "",
        quality_message=reason.to_json() if reason else None,
        mean_depth=item.mean_depth,
        fraction_at_1000x=item.at_1000,
        low_ikzf1_exons=";".join(map(str, item.low_exons or ())),
    )


def _quality(item: SampleCoverage) -> tuple[str, Message | None]:
    """By the limit of the filter set alone; where depth or limit is missing it is not stated, and
    so it is where IKZF1's exons are on the panel and their depth is not told."""
    if item.adequate is False:
        sentence = N_("mean on-target depth {depth}, below {limit}")
        limit = item.filters.min_mean_depth
        return SequencingQuality.FAILED, say(sentence, depth=item.mean_depth, limit=limit)
    if item.adequate is None:
        return SequencingQuality.NOT_STATED, None
    if item.low_exons is None and item.covers_ikzf1 is not False:
        return SequencingQuality.NOT_STATED, say(N_("depth of IKZF1's exons not told"))
    return SequencingQuality.ADEQUATE, None


def _file(
    draft: Draft, sample: models.SequencingSample, name: FileSample, item: SampleCoverage
) -> models.SequencingFile:
    return models.SequencingFile(
        sample=sample,
        kind=FileKind.COVERAGE,
        name=item.file,
        sha256=draft.digest(item.file),
        sample_name=name.sample,
        genome_build=item.build,
        build_basis=item.build_basis,
        filter_set=item.filters.name,
        filter_version=item.filters.version,
        limits=limits_json(item.filters),
        records=len(item.regions),
        notes=messages_json(item.notes),
        detail=models.packed_rows(
            (region.chrom, region.start, region.end, region.name, region.mean_depth)
            for region in item.regions
        ),
    )


def _gene(sample: models.SequencingSample, gene) -> models.GeneCoverage:
    return models.GeneCoverage(
        sample=sample,
        gene=gene.gene,
        bases=gene.bases,
        mean_depth=gene.mean_depth,
        fraction_at_1000x=gene.at_1000,
    )


def _exon(sample: models.SequencingSample, exon) -> models.ExonCoverage:
    return models.ExonCoverage(
        sample=sample,
        exon=exon.exon,
        on_panel=float(exon.on_panel),
        mean_depth=exon.mean_depth,
        reach=exon.reach.value,
    )
