"""The variants of a tumour that pass the filters, and what became of every record.

FILE is a VCF (plain, gzip, bgzip), a BCF, or a table of variants: MAF, ANNOVAR multianno, or the
variant table of somatic_db, told apart by its content. With `--json` one FILE gives one document;
several give {"files": [...]}, a document each in the order asked, with "file" beside the others.
One FILE that cannot be read refuses all.

    python -m analysis vcf tumour.vcf.gz --json
    python -m analysis vcf pair.vcf --tumour T1 --filters coding --dropped
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
    from analysis.command.variant_file import VariantFile
    from analysis.ngs.vcf_result import KeptVariant

SUMMARY = "VCF, BCF, MAF, multianno: kept variants, and why the others were dropped."


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument(
        "--tumour", metavar="SAMPLE", help="its name, where the file has several samples"
    )
    parser.add_argument("--dropped", action="store_true", help="list the dropped calls too")
    choices.add_filters(parser)
    choices.add_places(parser)


def run(options: Namespace) -> Answer:
    from analysis.command.variant_file import read_variants

    found = [read_variants(path, options) for path in options.files]
    documents = [_data(item, dropped=options.dropped) for item in found]
    page = Page(options.language)
    for item in found:
        _text(page, item, dropped=options.dropped)
    data = documents[0] if len(documents) == 1 else {"files": documents}
    return Answer(data, page.text)


def _data(item: VariantFile, *, dropped: bool) -> dict[str, Any]:
    found = {
        "file": item.file,
        "records": item.records,
        "kept": len(item.variants),
        "dropped": {reason.value: count for reason, count in item.dropped.items()},
        "variants": [variant_data(own.variant, own.sample) for own in item.variants],
        "build": item.build or None,
        "tumour": item.tumour or None,
        "annotation": item.annotation or None,
        "filters": {"name": item.filters.name, "version": item.filters.version},
        "unchecked": {reason.value: count for reason, count in item.unchecked},
    }
    if dropped:
        found["dropped_calls"] = [
            {**call._asdict(), "reason": call.reason.value, "value": call.value or None}
            for call in item.dropped_calls
        ]
    return found


def variant_data(variant: KeptVariant, sample: str = "") -> dict[str, Any]:
    """The keys of `KeptVariant.to_json`, null where the file does not say, and the way back."""
    known = {name: None if value == "" else value for name, value in variant.to_json().items()}
    return {
        **known,
        "sample": sample or None,
        "line": variant.line or None,
        "alt_reads": variant.alt_reads,
        "population_frequency": variant.frequency,
        "transcript_chosen": variant.basis.value,
    }


def _text(page: Page, item: VariantFile, *, dropped: bool) -> None:
    sentence = N_("{file}: records read {records}, variants kept {kept}, calls dropped {dropped}")
    counts = {"records": item.records, "kept": len(item.variants)}
    out = sum(item.dropped.values())
    page.title(say(sentence, file=item.file, dropped=out, **counts))
    if item.tumour:
        page.say(say(N_("Tumour sample: {name}"), name=item.tumour))
    if item.build:
        page.say(say(N_("Genome build: {build}"), build=item.build))
    sentence = N_("Filter set: {name}, version {version}")
    page.say(say(sentence, name=item.filters.name, version=item.filters.version))
    page.listed(
        say(N_("dropped: {reason} ({n})"), reason=reason, n=count)
        for reason, count in item.dropped.items()
    )
    page.listed(item.notes)
    if dropped:
        page.listed((call.message for call in item.dropped_calls), indent=4)
    if item.variants:
        variant_table(page, item)


def variant_table(page: Page, item: VariantFile) -> None:
    header = (
        N_("gene"), N_("transcript"), N_("coding change"), N_("protein change"), N_("consequence"),
        N_("VAF"), N_("depth"), N_("place"), N_("filter"),
    )  # fmt: skip
    several = item.several_samples
    rows = ((*((own.sample,) if several else ()), *_row(own.variant)) for own in item.variants)
    page.table((N_("sample"), *header) if several else header, rows)


def _row(variant: KeptVariant) -> tuple:
    vaf = None if variant.vaf is None else f"{100 * variant.vaf:.2f} %"
    place = f"{variant.chrom}:{variant.pos} {_allele(variant.ref)}>{_allele(variant.alt)}"
    return (
        *(variant.gene, variant.transcript, variant.hgvs_c, variant.hgvs_p),
        *(variant.consequence, vaf, variant.depth, place, ";".join(variant.filters)),
    )


def _allele(bases: str) -> str:
    return bases if len(bases) <= 20 else f"{bases[:17]}..."
