"""IKZF1 of one child from the files that there are: one status with its reasons in order.

FILES are told apart by their content: MLPA (the peak tables of the run with a probemix sheet and a
run sheet, or a table of ratios), one file of variants (VCF, BCF, MAF, multianno), reads with the
BED of the panel (BAM or CRAM, with its index). What is not given counts as not tested. Without
reads, --mean-depth and --covers-ikzf1 say what the laboratory knows of the depth and the panel.

    python -m analysis ikzf1 peaks.txt mix.csv run.csv child.vcf child.bam panel.bed --sample P17
    python -m analysis ikzf1 child.vcf.gz --mean-depth 1450 --covers-ikzf1 yes --json
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.command import choices
from analysis.command import mlpa as mlpa_command
from analysis.command.answer import Answer, Refused
from analysis.command.layout import Page
from analysis.wording import N_, say

if TYPE_CHECKING:
    from analysis.command.variant_file import VariantFile
    from analysis.ikzf1 import CopyNumberAssay, Ikzf1Status, SequencingAssay
    from analysis.mlpa.results import RunResult, SampleResult
    from analysis.ngs.coverage import CoverageResult

SUMMARY = "IKZF1 status of one child from MLPA, variant and read files, with its reasons."


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    mlpa = parser.add_argument_group("MLPA")
    mlpa.add_argument("--sample", metavar="NAME", help="the child's sample in the MLPA run")
    mlpa.add_argument(
        "--blasts", type=choices.percent, metavar="PERCENT",
        help="of the specimen, 0 to 100, in place of the run sheet's",
    )  # fmt: skip
    mlpa.add_argument(
        "--mlpa-quality", choices=("adequate", "failed"),
        help="what the laboratory says of a table of ratios, which does not say it itself",
    )  # fmt: skip
    mlpa_command.add_settings(mlpa)
    sequencing = parser.add_argument_group("sequencing")
    sequencing.add_argument(
        "--tumour", metavar="SAMPLE", help="its name in a file of several samples"
    )
    sequencing.add_argument(
        "--covers-ikzf1", choices=("yes", "no"), help="whether the panel has IKZF1"
    )
    sequencing.add_argument(
        "--mean-depth", type=choices.positive, metavar="READS",
        help="mean on-target depth, where no reads are given",
    )  # fmt: skip
    sequencing.add_argument(
        "--low-exons", type=choices.exons, metavar="N,N,...", default=(),
        help="IKZF1 exons of low depth, where no reads are given",
    )  # fmt: skip
    choices.add_coverage(parser)
    choices.add_filters(parser)
    choices.add_places(parser)


def run(options: Namespace) -> Answer:
    from analysis.ikzf1 import Ikzf1Evidence, ikzf1_status

    given = _sorted_files(options.files)
    coverage = _coverage(given["reads"], given["panel"], options)
    variants = _variants(given["vcf"] + given["variant_table"], options)
    copies = _copies(given["mlpa"], options)
    sequence = _sequence(variants, coverage, options)
    status = ikzf1_status(Ikzf1Evidence(copy_number=copies, sequencing=sequence))
    data = _data(status, copies, sequence, options.files)
    return Answer(data, _text(status, copies, sequence, options.language))


def _sorted_files(paths: list[Path]) -> dict[str, list[Path]]:
    from analysis.command.file_kind import FileKind, kind_of

    found: dict[str, list[Path]] = {kind.value: [] for kind in FileKind}
    for path in paths:
        found[kind_of(path).value].append(path)
    return found


def _only(paths: list[Path], sentence: str) -> Path | None:
    if len(paths) > 1:
        raise Refused(sentence, files=tuple(path.name for path in paths))
    return paths[0] if paths else None


def _coverage(reads: list[Path], panels: list[Path], options: Namespace) -> CoverageResult | None:
    from analysis.command.coverage import coverage_of

    read = _only(reads, N_("reads of one child are one file, not several: {files}"))
    panel = _only(panels, N_("one panel is asked for, not several: {files}"))
    if read is None and panel is None:
        return None
    if read is None or panel is None:
        raise Refused(N_("reads and the BED of their panel go together: one of them is missing"))
    if options.mean_depth is not None or options.low_exons:
        raise Refused(N_("--mean-depth and --low-exons are for a child without reads"))
    return coverage_of(read, panel, options)


def _variants(paths: list[Path], options: Namespace) -> VariantFile | None:
    from analysis.command.variant_file import read_variants

    path = _only(paths, N_("the variants of one child are one file, not several: {files}"))
    if path is None:
        if options.mean_depth is not None or options.low_exons or options.covers_ikzf1:
            sentence = N_("depth and panel are told without a file of variants: nothing to judge")
            raise Refused(sentence)
        return None
    found = read_variants(path, options)
    if found.several_samples:
        sentence = N_("{file} has several samples: name the child's with --tumour ({names})")
        raise Refused(sentence, file=found.file, names=found.samples[:10])
    return found


def _copies(paths: list[Path], options: Namespace) -> CopyNumberAssay:
    from analysis.ikzf1 import CopyNumberAssay
    from analysis.mlpa.files import analyse_files

    if not paths:
        if options.sample or options.blasts is not None or options.mlpa_quality:
            raise Refused(N_("--sample, --blasts and --mlpa-quality need an MLPA file"))
        return CopyNumberAssay(tested=False)
    settings = mlpa_command.settings_of(options)
    result = analyse_files(paths, settings=settings)
    sample = _childs_sample(result, options.sample)
    if options.blasts is not None:
        told = replace(sample.info, blast_percent=options.blasts)
        infos = [told if item.info is sample.info else item.info for item in result.samples]
        result = analyse_files(paths, settings=settings, samples=infos)
        sample = mlpa_command.sample_called(result, told.name)
    assay = sample.copy_number()
    if options.mlpa_quality and assay.tested:
        if sample.quality_known:
            raise Refused(N_("--mlpa-quality is for a table of ratios: peaks show their quality"))
        if assay.adequate is None:
            assay = replace(assay, adequate=options.mlpa_quality == "adequate")
    return assay


def _childs_sample(result: RunResult, name: str | None) -> SampleResult:
    """The sample named, or the only patient of the run."""
    from analysis.mlpa.run_sheet import Role

    if name is not None:
        return mlpa_command.sample_called(result, name)
    patients = [item for item in result.samples if item.info.role is Role.PATIENT]
    if len(patients) != 1:
        names = tuple(item.info.name for item in patients)
        sentence = N_("the run has {count} patients ({names}): name the child's with --sample")
        raise Refused(sentence, count=len(patients), names=names)
    return patients[0]


def _sequence(
    variants: VariantFile | None, coverage: CoverageResult | None, options: Namespace
) -> SequencingAssay:
    from analysis.ikzf1 import SequencingAssay
    from analysis.ngs.ikzf1_sequencing import assay_of

    if variants is None:
        return SequencingAssay(tested=False)
    covers = None if options.covers_ikzf1 is None else options.covers_ikzf1 == "yes"
    own = tuple(item.variant for item in variants.variants)
    try:
        assay = assay_of(
            own,
            file=variants.file,
            build=variants.build,
            coverage=coverage,
            covers_ikzf1=covers,
        )
    except ValueError:
        sentence = N_("{file} and {other} are on different builds of the genome")
        raise Refused(sentence, file=variants.file, other=coverage.file) from None
    if coverage is not None:
        return assay
    return replace(assay, low_exons=tuple(options.low_exons), **_by_depth(variants, options))


def _by_depth(variants: VariantFile, options: Namespace) -> dict[str, Any]:
    """What the mean depth that the laboratory tells says of the sample."""
    if options.mean_depth is None:
        return {}
    limit = variants.filters.min_mean_depth
    if limit is None or options.mean_depth >= limit:
        return {"adequate": True}
    sentence = N_("mean on-target depth {depth}, below {limit}")
    why = say(sentence, depth=options.mean_depth, limit=limit)
    return {"adequate": False, "inadequate_reason": why}


def _data(
    status: Ikzf1Status, copies: CopyNumberAssay, sequence: SequencingAssay, files: list[Path]
) -> dict[str, Any]:
    return {
        "files": [path.name for path in files],
        "state": status.state.value,
        "kind": status.kind.value,
        "large_deletion": status.large_deletion.value,
        "snv_indel": status.sequence_variant.value,
        "headline": status.headline.text(),
        "deletions": [_deletion(item) for item in status.deletions],
        "duplications": [{"first": item.first, "last": item.last} for item in status.duplications],
        "variants": [_variant(item) for item in status.variants],
        "exons": [
            {"exon": item.exon, "call": item.call.value, "ratio": item.ratio}
            for item in status.exons
        ],
        "low_depth_exons": list(sequence.low_exons),
        "blast_percent": copies.blast_percent,
        "reasons": [{"code": reason.code, "text": reason.text()} for reason in status.reasons],
        "missing": [message.text() for message in status.missing],
        "rule_version": status.rule_version,
        "status": status.to_json(),
    }


def _deletion(item) -> dict[str, Any]:
    lost = item.deletion
    return {
        "exons": lost.exon_range,
        "zygosity": item.zygosity.value,
        "isoform": lost.isoform or None,
        "consequence": lost.consequence.value,
        "certainty": lost.certainty.value,
        "needs_confirmation": item.needs_confirmation,
    }


def _variant(item) -> dict[str, Any]:
    variant = item.variant
    return {
        "transcript": variant.transcript or None,
        "hgvs_c": variant.hgvs_c,
        "hgvs_p": variant.hgvs_p or None,
        "exon": item.exon,
        "consequence": item.consequence.value or None,
        "vaf": variant.vaf,
        "depth": variant.depth,
        "verdict": item.verdict.value,
        "source": variant.source or None,
    }


def _text(
    status: Ikzf1Status, copies: CopyNumberAssay, sequence: SequencingAssay, language: str
) -> str:
    page = Page(language)
    page.say(status.headline)
    page.table(
        (N_("assay"), N_("answer")),
        (
            (say(N_("large deletion (MLPA)")), status.large_deletion),
            (say(N_("SNV/InDel (sequencing)")), status.sequence_variant),
            (say(N_("IKZF1")), status.state),
            (say(N_("kind")), status.kind),
        ),
    )
    if copies.tested:
        page.title(say(N_("Exons:")))
        header = (N_("exon"), N_("ratio"), N_("call"))
        page.table(header, ((i.exon, _two_digits(i.ratio), i.call) for i in status.exons))
    if status.variants:
        page.title(say(N_("Variants of IKZF1:")))
        header = (N_("coding change"), N_("protein change"), N_("consequence"), N_("VAF"),
                  N_("depth"), N_("exon"), N_("counts"))  # fmt: skip
        page.table(header, (_variant_row(item) for item in status.variants))
    page.title(say(N_("Reasons:")))
    page.listed(reason.message for reason in status.reasons)
    if status.missing:
        page.title(say(N_("Missing:")))
        page.listed(status.missing)
    page.title(say(N_("Rule {version}"), version=status.rule_version))
    return page.text


def _variant_row(item) -> tuple:
    variant = item.variant
    vaf = None if variant.vaf is None else f"{100 * variant.vaf:.2f} %"
    return (
        *(variant.hgvs_c, variant.hgvs_p, item.consequence, vaf, variant.depth),
        *(item.exon, item.verdict),
    )


def _two_digits(ratio: float | None) -> str | None:
    return None if ratio is None else f"{ratio:.2f}"
