"""The section on sequence variants: what was sequenced, how well, and what was found."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analysis.calls import State
from analysis.ikzf1 import Ikzf1Rules
from reports.documents.content import Cell, Column, Fact, Mark, Part, Row, Table, row, table
from reports.documents.numbers import day, percent
from reports.documents.records import ChildRecords
from reports.documents.sample_quality import why_of
from reports.documents.sequencing_files import exon_depths, read_and_kept
from reports.models import SequencingQuality, SequencingSample, Variant


def sequence_variants(records: ChildRecords, rules: Ikzf1Rules) -> Part:
    """One table for each sample sequenced at diagnosis. `rules` say what counts for IKZF1."""
    title = _("Sequence variants")
    if not records.sequencing:
        fact = Fact(_("Sequencing"), _("no sequencing is recorded"), Mark(State.NOT_TESTED))
        return Part(title, facts=(fact,))
    facts: list[Fact] = []
    tables: list[Table] = []
    for sample in records.sequencing:
        facts += _facts(sample)
        tables += [*_tables(sample), *read_and_kept(sample), *exon_depths(sample)]
    return Part(
        title,
        facts=tuple(facts),
        tables=tuple(tables),
        notes=(_counted(records, rules),),
    )


def _counted(records: ChildRecords, rules: Ikzf1Rules) -> str:
    vaf = percent(rules.min_vaf, 0)
    if any(sample.files.all() for sample in records.sequencing):
        return _(
            "Only variants that passed the filters are printed. For the IKZF1 status a variant "
            "counts from a VAF of {vaf} on."
        ).format(vaf=vaf)
    return _(
        "Variants are printed as the laboratory reported them, this software drops none; "
        "for the IKZF1 status a variant counts from a VAF of {vaf} on."
    ).format(vaf=vaf)


def _facts(sample: SequencingSample) -> list[Fact]:
    run = sample.run
    unread = sample.quality != SequencingQuality.ADEQUATE
    quality = Fact(
        _("Quality"),
        sample.get_quality_display(),
        Mark(State.NOT_EVALUABLE) if unread else None,
        why_of(sample) or _unstated(sample),
    )
    return [
        Fact(
            _("Sample"),
            sample.specimen.number,
            note=_("run {run}, {date}").format(run=run.name, date=day(run.run_date)),
        ),
        Fact(_("Panel and version"), str(sample.panel), note=_panel_note(sample)),
        quality,
        Fact(_("IKZF1 exons of low depth"), *_low_exons(sample)),
    ]


def _unstated(sample: SequencingSample) -> str:
    if sample.quality != SequencingQuality.NOT_STATED:
        return ""
    return _("what was not found may not have been seen")


def _panel_note(sample: SequencingSample) -> str:
    genes = len(sample.panel.genes)
    if not genes:
        return _("the panel's list of genes is not recorded")
    return ngettext("{count} gene listed", "{count} genes listed", genes).format(count=genes)


def _low_exons(sample: SequencingSample) -> tuple[str, Mark | None]:
    if not sample.low_exons:
        told = any(exon.mean_depth is not None for exon in sample.exon_coverage.all())
        return (_("none") if told else _("none recorded")), None
    exons = ", ".join(str(exon) for exon in sample.low_exons)
    return _("exons {exons}: SNV/InDel cannot be excluded there").format(exons=exons), Mark(
        State.NOT_EVALUABLE
    )


def _tables(sample: SequencingSample) -> list[Table]:
    variants = list(sample.variants.all())
    if not variants:
        return [_nothing_found(sample)]
    variants.sort(key=lambda item: (item.gene != "IKZF1", item.gene, item.hgvs_c))
    build = sample.genome_build or _("build not recorded")
    return [
        table(
            _("Variants reported"),
            [
                Column(_("Gene, transcript"), 15),
                Column(_("Coding and protein change"), 23),
                Column(_("Consequence"), 13),
                Column(_("VAF"), 8, "number"),
                Column(_("Depth"), 7, "number"),
                Column(_("Position ({build})").format(build=build), 18),
                Column(_("Class, tier"), 16),
            ],
            [_variant_row(variant) for variant in variants],
        )
    ]


def _nothing_found(sample: SequencingSample) -> Table:
    failed = sample.quality == SequencingQuality.FAILED
    # A panel without a variant answers for no gene by itself: the status of IKZF1 stands above.
    unread = sample.quality != SequencingQuality.ADEQUATE
    mark = Mark(State.NOT_EVALUABLE) if unread else None
    words = (
        _("The sample failed: nothing can be said.")
        if failed
        else _("No variant is reported in the genes of the panel.")
    )
    return table(_("Variants reported"), [Column(_("Result"), 100)], [row(Cell(words, mark=mark))])


def _variant_row(variant: Variant) -> Row:
    return row(
        Cell(variant.gene, note=variant.transcript),
        Cell(variant.hgvs_c, note=variant.hgvs_p),
        variant.get_consequence_display() or "—",
        percent(variant.vaf),
        "—" if variant.depth is None else str(variant.depth),
        Cell(_position(variant), note=_change(variant)),
        _class(variant),
        tone="marked" if variant.gene == "IKZF1" else "",
    )


def _position(variant: Variant) -> str:
    if not (variant.chrom and variant.position):
        return "—"
    return f"{variant.chrom}:{variant.position}"


def _change(variant: Variant) -> str:
    """REF>ALT; a long insertion or deletion is cut, its HGVS stands in full beside it."""
    if not (variant.ref and variant.alt):
        return ""
    return ">".join(_cut(text) for text in (variant.ref, variant.alt))


def _cut(bases: str, most: int = 12) -> str:
    return bases if len(bases) <= most else f"{bases[:most]}…({len(bases)})"


def _class(variant: Variant) -> Cell:
    shown = variant.get_classification_display() or _("not classified")
    return Cell(shown, note=_("tier {tier}").format(tier=variant.tier) if variant.tier else "")
