"""How deep a panel was sequenced: over all of it, each region, gene, and exon of IKZF1.

FILE is a BAM or CRAM beside its index, PANEL the BED of the panel. Unmapped, secondary, duplicate
and QC-fail reads are left out; the limits are those of the filter set (mapping quality 30 and base
quality 30 in the study's) unless told otherwise.

    python -m analysis coverage tumour.bam panel.bed --json
    python -m analysis coverage tumour.bam panel.bed --min-mapq 0 --min-baseq 0 --overlap once
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.command import choices
from analysis.command.answer import Answer
from analysis.command.layout import Page
from analysis.wording import N_, say

if TYPE_CHECKING:
    from analysis.ngs.coverage import CoverageResult

SUMMARY = "BAM or CRAM and a BED: depth of the panel, its regions, and IKZF1's exons."


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("reads", type=Path, metavar="FILE")
    parser.add_argument("panel", type=Path, metavar="PANEL.bed")
    choices.add_coverage(parser)
    choices.add_filters(parser)
    choices.add_places(parser)


def run(options: Namespace) -> Answer:
    found = coverage_of(options.reads, options.panel, options)
    return Answer(coverage_data(found), coverage_text(found, options.language))


def coverage_of(reads: Path, panel: Path, options: Namespace) -> CoverageResult:
    from analysis.ngs.coverage import analyse_coverage

    return analyse_coverage(
        reads,
        panel,
        filters=choices.filters_of(options),
        depths=choices.depths_of(options),
        overlap=choices.overlap_of(options),
        build=options.build,
        reference=options.reference,
    )


def coverage_data(found: CoverageResult) -> dict[str, Any]:
    data = found.to_json()
    filters = found.filters
    return {
        **data,
        "regions": [
            {**region, "name": region["name"] or None, "fraction_at": _shares(item.fraction_at)}
            for region, item in zip(data["regions"], found.regions, strict=True)
        ],
        "file": found.file,
        "build": found.build.name or None,
        "adequate": found.adequate,
        "genes": {
            item.gene: {
                "mean_depth": item.mean_depth,
                "bases": item.bases,
                "fraction_at": _shares(item.fraction_at),
            }
            for item in found.genes
        },
        "ikzf1_exons": [
            {
                "exon": item.exon,
                "on_panel": item.on_panel,
                "mean_depth": item.mean_depth,
                "reach": item.reach.value,
            }
            for item in found.exons
        ],
        "ikzf1_low_exons": list(found.low_exons) if found.covers_ikzf1 else [],
        "overlap": found.overlap.value,
        "min_mapq": filters.min_mapq or 0,
        "min_base_quality": filters.min_base_quality or 0,
        "filters": {"name": filters.name, "version": filters.version},
    }


def _shares(pairs: tuple[tuple[int, float], ...]) -> dict[str, float]:
    return {str(depth): share for depth, share in pairs}


def coverage_text(found: CoverageResult, language: str) -> str:
    page = Page(language)
    coverage_summary(page, found)
    depths = [depth for depth, _ in found.fraction_at]
    header = (N_("region"), N_("place"), N_("mean depth"), *(f">= {depth}" for depth in depths))
    page.table(header, (_region(item) for item in found.regions))
    if found.exons:
        exon_table(page, found)
    return page.text


def coverage_summary(page: Page, found: CoverageResult) -> None:
    sentence = N_("{file}: mean on-target depth {depth}")
    page.say(say(sentence, file=found.file, depth=f"{found.mean_depth:.1f}"))
    page.listed(
        say(N_("{share} % of the panel's bases at depth {depth} or more"),
            share=f"{100 * share:.2f}", depth=depth)
        for depth, share in found.fraction_at
    )  # fmt: skip
    limit = found.filters.min_mean_depth
    if found.adequate is not None:
        sentence = N_("The mean depth reaches the filter set's limit of {limit}.")
        if not found.adequate:
            sentence = N_("The mean depth is below the filter set's limit of {limit}.")
        page.say(say(sentence, limit=f"{limit:g}"))
    sentence = N_("Mapping quality at least {mapq}, base quality at least {baseq}; {overlap}.")
    numbers = {
        "mapq": found.filters.min_mapq or 0,
        "baseq": found.filters.min_base_quality or 0,
    }
    page.say(say(sentence, overlap=found.overlap, **numbers))
    if not found.build.name:
        sentence = N_("The genome build is not known ({basis}): IKZF1's exons cannot be placed.")
        page.say(say(sentence, basis=found.build.basis))


def exon_table(page: Page, found: CoverageResult) -> None:
    page.title(say(N_("IKZF1 by exon ({build}):"), build=found.build.name))
    header = (N_("exon"), N_("on the panel"), N_("mean depth"), N_("small variants"))
    page.table(
        header,
        (
            (item.exon, f"{100 * item.on_panel:.0f} %", _depth(item.mean_depth), item.reach)
            for item in found.exons
        ),
    )
    if found.covers_ikzf1 and found.low_exons:
        sentence = N_("SNV/InDel not evaluable in exons: {exons}")
        page.say(say(sentence, exons=found.low_exons))
    elif not found.covers_ikzf1:
        page.say(say(N_("IKZF1 is not on the panel: SNV/InDel not tested.")))


def _region(item) -> tuple:
    place = f"{item.chrom}:{item.start + 1}-{item.end}"
    shares = (f"{100 * share:.1f} %" for _, share in item.fraction_at)
    return (item.name, place, f"{item.mean_depth:.1f}", *shares)


def _depth(value: float | None) -> str | None:
    return None if value is None else f"{value:.1f}"
