"""The import of sequence variants: many VCFs, BCFs or tables of variants in one call.

`check_variants` reads the files in one child process, matches the samples to specimens, and gives
a `LabPreview`; `lab_import.commit` stores it. Together the files of a call are all that is known
of a sample in its run: variants that came from other files before are removed, and stay in history.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.utils.translation import gettext_noop

from analysis.ngs.sample_files import SampleCalls, VariantsBySample, read_by_sample
from analysis.ngs.vcf_result import KeptVariant
from reports import models
from reports.importers.child_process import FileReader
from reports.importers.lab_import import LabPreview, Plan, reconcile
from reports.importers.problems import Said, said, said_by_analysis, shown
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

PROGRAMME = "import_vcf"
VARIANT_FIELDS = (
    "line", "gene", "transcript", "transcript_basis", "hgvs_c", "hgvs_p", "consequence", "vaf",
    "vaf_from", "depth", "alt_reads", "filters", "frequency", "frequency_from", "chrom",
    "position", "ref", "alt", "file",
)  # fmt: skip
_Read = tuple[VariantsBySample, SampleCalls]


def check_variants(request: SequencingRequest, *, reader: FileReader | None = None) -> LabPreview:
    """Everything that importing the files would do, and everything that is wrong with them.
    Several calls may share a `reader`."""
    if reader is None:
        with FileReader() as own:
            return check_variants(request, reader=own)
    draft = Draft.of(PROGRAMME, request, reader)
    panel = panel_of(draft)
    build = request.build or (panel.genome_build if panel else "")
    read: list[VariantsBySample] = []
    for path in request.paths:
        found, problems = reader.attempt(
            read_by_sample,
            path,
            tumour=request.tumour,
            build=build,
            filters=request.filters,
            reference=request.reference,
            file=path.name,
        )
        draft.problems += problems
        if found is not None:
            read.append(found)
    calls = {known_as(draft, item.file, own.names): (item, own) for item in read
             for own in item.samples}  # fmt: skip
    specimens = specimens_of(draft, calls) if not draft.wrong or calls else {}
    centre = centre_of(draft, specimens.values())
    for sample, (item, own) in calls.items():
        draft.lines.append(line(item.file, sample.sample, specimens.get(sample), *_says(item, own)))
    _builds_agree(draft, read)
    _once_each(draft, calls, specimens)
    refuse_held_elsewhere(draft, specimens, centre, FileKind.VARIANTS)
    if panel is not None and centre is not None and not draft.wrong:
        _plan(draft, panel, centre, calls, specimens)
        refused_by_models(draft)
    return draft.preview()


def _builds_agree(draft: Draft, read: Sequence[VariantsBySample]) -> None:
    """Files of one call are on one build; one that does not say is told."""
    names = {item.build.name for item in read} - {""}
    if len(names) > 1:
        sentence = gettext_noop("The files are on several genome builds: {names}.")
        draft.refuse(sentence, names=", ".join(sorted(names)))
    for item in read:
        if item.build.name not in ("", *models.Build.values):
            sentence = gettext_noop("The genome build {name} is not supported ({basis}).")
            basis = said_by_analysis_label(item.build.basis.label_en)
            draft.refuse(sentence, file=item.file, name=item.build.name, basis=basis)
        if not item.build.name:
            sentence = gettext_noop("The file does not say its genome build: it was not checked.")
            draft.warn(sentence, file=item.file)


def _says(item: VariantsBySample, own: SampleCalls) -> Iterable[Said]:
    """How many were read and kept, and what each filter dropped."""
    sentence = gettext_noop("{records} records read, {kept} variants kept, {dropped} dropped.")
    yield said(
        sentence,
        records=own.records,
        kept=len(own.variants),
        dropped=len(own.dropped_calls),
    )
    for reason, count in own.dropped:
        yield said(
            gettext_noop("{reason}: {count}."),
            reason=said_by_analysis_label(reason.label_en),
            count=count,
        )
    for note in item.notes:
        yield said_by_analysis(note)


def said_by_analysis_label(label: str) -> Said:
    """A word of `analysis` as an importer says it."""
    from analysis.wording import Message

    return said_by_analysis(Message(label))


def _once_each(
    draft: Draft, calls: dict[FileSample, _Read], specimens: dict[FileSample, models.Specimen]
) -> None:
    """One change of one place stands once: not twice in a file, nor in two files of a specimen."""
    sentence = gettext_noop("{variant} of sample {sample} stands on line {first} too.")
    for sample, (item, own) in calls.items():
        for first, other in own.twice[:100]:
            draft.refuse(sentence, file=item.file, line=other.line, variant=shown(_place(other)),
                         sample=shown(sample.sample), first=first.line)  # fmt: skip
    seen: dict[tuple, tuple[str, int]] = {}
    sentence = gettext_noop("{variant} of sample {sample} stands in {first}, line {number}, too.")
    several = _of_several_files(specimens)
    for sample, (item, own) in calls.items():
        specimen = specimens.get(sample)
        if specimen is None or specimen.pk not in several:
            continue
        for variant in own.variants:
            file, number = seen.setdefault((specimen.pk, *variant[1:5]), (item.file, variant.line))
            if file != item.file:
                draft.refuse(
                    sentence,
                    file=item.file,
                    line=variant.line,
                    first=file,
                    number=number,
                    variant=shown(_place(variant)),
                    sample=shown(sample.sample),
                )


def _of_several_files(specimens: dict[FileSample, models.Specimen]) -> frozenset[int]:
    files: dict[int, set[str]] = defaultdict(set)
    for sample, specimen in specimens.items():
        files[specimen.pk].add(sample.file)
    return frozenset(pk for pk, names in files.items() if len(names) > 1)


def _place(variant: KeptVariant) -> str:
    return f"{variant.chrom}:{variant.pos} {variant.ref}>{variant.alt}"


# --- what would be stored ------------------------------------------------------------------------


def _plan(
    draft: Draft,
    panel: models.Panel,
    centre: models.Centre,
    calls: dict[FileSample, _Read],
    specimens: dict[FileSample, models.Specimen],
) -> None:
    panel = keep_panel(draft, panel, genome_build=draft.request.build)
    if not panel.genes:
        sentence = gettext_noop(
            "The genes of panel {panel} are not on record: SNV/InDel of IKZF1 count as not tested."
        )
        draft.warn(sentence, panel=str(panel))
    run = keep_run(draft, centre)
    former = stored_samples(run)
    files = _stored(models.SequencingFile, former, kind=FileKind.VARIANTS)
    variants = _stored(models.Variant, former)
    by_specimen: dict[int, list[tuple[FileSample, _Read]]] = defaultdict(list)
    for sample, read in calls.items():
        by_specimen[specimens[sample].pk].append((sample, read))
    for pk, own in by_specimen.items():
        before = former.get(pk)
        specimen = specimens[own[0][0]]
        sample = keep_sample(
            draft, _sample(draft, run, panel, specimen, own[0][1][0], before), before, fields=()
        )
        rows = [_file(draft, sample, name, *read) for name, read in own]
        kept = reconcile(
            draft.plan,
            rows,
            files.get(sample.pk, ()),
            key=lambda item: item.name,
            fields=FILE_FIELDS,
            child=str(specimen.patient),
            removes=True,
        )
        wanted = [
            _variant(sample, file, variant)
            for file, (_, (_, found)) in zip(kept, own, strict=True)
            for variant in found.variants
        ]
        _plan_variants(draft, wanted, variants.get(sample.pk, ()), child=str(specimen.patient))
        if sample.quality == SequencingQuality.NOT_STATED:
            sentence = gettext_noop(
                "{sample}: no depth is on record. Without a coverage, the absence of an SNV/InDel "
                "counts as not evaluable."
            )
            draft.warn(sentence, sample=str(sample))
    _files_last(draft.plan)


def _files_last(plan: Plan) -> None:
    """A variant rests on its file until it rests on another: the file goes after it."""
    plan.remove_last += [item for item in plan.remove if isinstance(item, models.SequencingFile)]
    plan.remove[:] = [item for item in plan.remove if not isinstance(item, models.SequencingFile)]


def _stored(model, former: dict[int, models.SequencingSample], **only) -> dict[int, list]:
    found = defaultdict(list)
    if former:
        for item in model.objects.filter(sample__in=list(former.values()), **only):
            found[item.sample_id].append(item)
    return found


def _sample(draft, run, panel, specimen, item: VariantsBySample, before) -> models.SequencingSample:
    return models.SequencingSample(
        run=run,
        panel=panel,
        specimen=specimen,
        genome_build=item.build.name or draft.request.build or panel.genome_build,
        quality=before.quality if before else SequencingQuality.NOT_STATED,
    )


def _file(
    draft: Draft,
    sample: models.SequencingSample,
    name: FileSample,
    item: VariantsBySample,
    own: SampleCalls,
) -> models.SequencingFile:
    return models.SequencingFile(
        sample=sample,
        kind=FileKind.VARIANTS,
        name=item.file,
        sha256=draft.digest(item.file),
        sample_name=name.sample,
        found_by=item.tumour_basis,
        genome_build=item.build.name,
        build_basis=item.build.basis.value,
        annotator=item.annotator,
        filter_set=item.filters.name,
        filter_version=item.filters.version,
        limits=limits_json(item.filters),
        records=own.records,
        alleles=own.alleles,
        kept=len(own.variants),
        dropped=[[reason.value, count] for reason, count in own.dropped],
        unchecked=[[reason.value, count] for reason, count in own.unchecked],
        notes=messages_json(item.notes),
        detail=models.packed_rows(own.dropped_calls),
    )


def _variant(
    sample: models.SequencingSample, file: models.SequencingFile, found: KeptVariant
) -> models.Variant:
    return models.Variant(
        sample=sample,
        file=file,
        line=found.line,
        gene=found.gene,
        transcript=found.transcript,
        transcript_basis=found.basis.value,
        hgvs_c=found.hgvs_c or f"{found.chrom}:{found.pos}{found.ref}>{found.alt}",
        hgvs_p=found.hgvs_p,
        consequence=found.consequence.value,
        vaf=found.vaf,
        vaf_from=found.vaf_from,
        depth=found.depth,
        alt_reads=found.alt_reads,
        filters=";".join(found.filters) or ".",
        frequency=found.frequency,
        frequency_from=found.frequency_from,
        chrom=found.chrom,
        position=found.pos,
        ref=found.ref,
        alt=found.alt,
    )


def _plan_variants(
    draft: Draft, wanted: list[models.Variant], stored: Sequence[models.Variant], *, child: str
) -> None:
    """A variant on record is found again by its place, or by its name where a person gave it
    without one. What a person set of it (class, tier) stays; what a person entered and the file
    does not have stays too."""
    if not stored:
        draft.plan.take_new(wanted)
        return
    places = {_key(item) for item in wanted}
    named = {(item.gene, item.hgvs_c): _key(item) for item in reversed(wanted)}
    keys = {}
    for item in stored:
        own = _key(item)
        alias = named.get((item.gene, item.hgvs_c))
        keys[item.pk] = own if own in places or item.file_id or not alias else alias
    own_file = [item for item in stored if item.file_id or keys[item.pk] in places]
    judged = [
        item
        for item in own_file
        if keys[item.pk] not in places and (item.classification or item.tier)
    ]
    sentence = gettext_noop("{child}: {variant}, which a person has judged, is in no file now.")
    for item in judged:
        draft.warn(sentence, child=child, variant=str(item))
    reconcile(
        draft.plan,
        wanted,
        own_file,
        key=lambda item: keys.get(item.pk) or _key(item),
        fields=VARIANT_FIELDS,
        child=child,
        removes=True,
    )


def _key(item: models.Variant) -> tuple:
    return (item.chrom, item.position, item.ref, item.alt)
