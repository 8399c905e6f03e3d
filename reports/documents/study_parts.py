"""The sections of the cohort report that show the study's figures, for any cohort."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analysis.cohort.cox import CoxMethod
from analysis.cohort.follow_up import EndpointResult
from analysis.cohort.genes import Comparison, Comparisons
from analysis.cohort.outcome import DEFINITIONS, Endpoint
from analysis.cohort.printed import p_text
from analysis.cohort.significance import TestResult
from analysis.figures.chord import MOST_GENES as MOST_PARTNERS
from analysis.figures.chord import Bond, chord
from analysis.figures.comutation_matrix import MOST_GENES, MatrixPair, comutation_matrix
from analysis.figures.headings import (
    FUNCTIONS_BY_STATUS,
    GENES_BY_STATUS,
    PARTNERS_BY_SUBTYPE,
    SURVIVAL,
    ph_groups,
    status_group,
)
from analysis.figures.lollipop import lollipop
from analysis.figures.mirrored_shares import MirroredRow, mirrored_shares
from analysis.figures.mutated_genes import GroupCounts, mutated_genes
from analysis.figures.oncoprint import oncoprint
from analysis.figures.subtype_status import SubtypeRow, subtype_status
from analysis.figures.survival_curves import GroupCurve, survival_curves
from analysis.wording import N_, Message, say
from reports.documents import study_tables
from reports.documents.content import Part, Picture
from reports.documents.pictures import picture
from reports.documents.study_numbers import StudyNumbers

# Rows of a mirrored figure: beyond, the table of the JSON has them all.
MOST_ROWS = 30


def landscape(numbers: StudyNumbers, language: str) -> Part:
    """Fig. 1."""
    title = _("Altered genes of each child")
    if not numbers.oncoprint.rows:
        return Part(title, texts=(_("No gene was tested, or none is altered, in this cohort."),))
    caption = _("Shares are of the children tested for the gene with a readable answer.")
    figure = oncoprint(numbers.oncoprint, language=language)
    return Part(title, pictures=(picture("oncoprint", figure, language, caption),))


def pairs(numbers: StudyNumbers, language: str) -> Part:
    """Fig. 2B."""
    title, found = _("Genes altered together and apart"), numbers.comutation
    limits = {
        "percent": f"{100 * found.least_frequency:g}",
        "children": found.least_children,
    }
    if len(found.genes) < 2:
        few = _(
            "Fewer than two genes are altered in at least {percent} % of the children tested and "
            "in at least {children} children."
        )
        return Part(title, texts=(few.format(**limits),))
    shown = min(len(found.genes), MOST_GENES)
    cells = [
        MatrixPair(int(a), int(b), *(_known(x) for x in (ratio, p, q)), int(both))
        for a, b, ratio, p, q, both in zip(
            found.first, found.second, found.odds_ratio, found.p, found.q, found.both, strict=True
        )
        if a < shown and b < shown
    ]
    figure = comutation_matrix(
        found.genes[:shown], cells, counts=found.altered[:shown], language=language
    )
    caption = _(
        "Odds ratio of each pair of the {shown} commonest genes, altered in at least {percent} % "
        "of those tested and in at least {children} children; behind each name the children with "
        "it altered."
    ).format(shown=shown, **limits)
    return Part(
        title,
        pictures=(picture("pairs", figure, language, caption),),
        tables=(study_tables.pairs_table(numbers.pairs, language),),
        notes=found.notes(),
    )


def _known(value: float) -> float | None:
    return None if value != value else float(value)


def by_status(numbers: StudyNumbers, language: str) -> tuple[Part, ...]:
    """Fig. 3A, then 3B and 3C."""
    title = _("Subtypes and genes by IKZF1 status")
    if not any(item.share.of for item in numbers.subtypes) and not numbers.genes.rows:
        nobody = _("No child of this cohort has both an IKZF1 answer and another to compare.")
        return (Part(title, texts=(nobody,)),)
    compared = study_tables.comparisons_table(
        numbers.subtype_tests,
        language,
        caption=_("How common each subtype is by IKZF1 status"),
        what=_("Subtype"),
    )
    subtypes = Part(
        _("Subtypes by IKZF1 status"),
        pictures=(_subtypes(numbers, language),),
        tables=(compared,),
    )
    counted = _mutated_genes(numbers, language)
    title = _("Genes by IKZF1 status")
    if not all(group.n for group in numbers.subtype_tests.groups):
        nobody = _("All children with an IKZF1 answer have the same: no two groups to compare.")
        return replace(subtypes, tables=()), Part(title, texts=(nobody,), pictures=counted)
    if not numbers.genes.rows:
        nobody = _("No other gene is altered, or was tested, in the children with an IKZF1 answer.")
        return subtypes, Part(title, texts=(nobody,), pictures=counted)
    compared = study_tables.comparisons_table(
        numbers.genes,
        language,
        caption=_("Altered genes by IKZF1 status"),
        what=_("Gene"),
    )
    figure = _genes(numbers.genes, language, name="genes-by-status")
    return subtypes, Part(title, pictures=(figure, *counted), tables=(compared,))


def _subtypes(numbers: StudyNumbers, language: str) -> Picture:
    p = {row.name: row.result.p for row in numbers.subtype_tests.rows}
    rows = [
        SubtypeRow(
            item.subtype.label,
            item.share.n,
            item.share.of - item.share.n,
            item.share.not_evaluable,
            item.share.not_tested,
            p.get(item.subtype.name),
        )
        for item in numbers.subtypes
    ]
    caption = _(
        "IKZF1 in the children of each subtype. p compares how common the subtype is in the "
        "altered and in the not detected; a child can have more than one."
    )
    return picture("subtypes", subtype_status(rows, language=language), language, caption)


def _genes(found: Comparisons, language: str, *, name: str) -> Picture:
    groups = tuple(status_group(group.label, group.n) for group in found.groups)
    figure = mirrored_shares(
        _mirrored(found.rows),
        groups=(groups[0], groups[1]),
        title=GENES_BY_STATUS,
        language=language,
        prefix=name,
    )
    caption = _("Altered genes by IKZF1 status, smallest p first; {shown} of {all} genes.").format(
        shown=min(len(found.rows), MOST_ROWS), all=len(found.rows)
    )
    return picture(name, figure, language, caption)


def _mirrored(rows: Sequence[Comparison]) -> list[MirroredRow]:
    return [
        MirroredRow(
            row.name,
            (row.shares[0].n, row.shares[0].of),
            (row.shares[1].n, row.shares[1].of),
            row.result.p,
            row.q,
        )
        for row in rows[:MOST_ROWS]
    ]


def _mutated_genes(numbers: StudyNumbers, language: str) -> tuple[Picture, ...]:
    groups = [
        GroupCounts(status_group(item.group.label), item.children, item.median)
        for item in numbers.gene_counts
    ]
    if not any(group.n for group in groups):
        return ()
    figure = mutated_genes(groups, result=_tested(numbers.gene_counts_test), language=language)
    caption = _("Mutated genes per child beside IKZF1; children with no gene tested are left out.")
    return (picture("mutated-genes", figure, language, caption),)


def _tested(result: TestResult) -> Message:
    if result.p is None:
        return result.reason
    return say(N_("{test}: p {p}"), test=result.test, p=_compared(result.p))


def _compared(p: float) -> str:
    text = p_text(p)
    return text if text.startswith("<") else f"= {text}"


def protein(numbers: StudyNumbers, language: str) -> tuple[Picture, ...]:
    """Fig. 4B; no picture where no variant has a place."""
    if not numbers.variants:
        return ()
    caption = _("IKZF1 sequence variants of the cohort on the protein.")
    if numbers.unplaced:
        caption += " " + _("{n} without a place on the protein are not shown.").format(
            n=numbers.unplaced
        )
    figure = lollipop(numbers.variants, language=language, prefix="cohort-lollipop")
    return (picture("cohort-lollipop", figure, language, caption),)


def partners(numbers: StudyNumbers, language: str) -> tuple[Part, ...]:
    """Fig. 4C and S1A, 4D, S1B."""
    title, found = _("Partner genes of IKZF1"), numbers.partners
    if not found.genes:
        nobody = _("No other gene is altered in a child with altered IKZF1, or none was tested.")
        return Part(title, texts=(nobody,)), _functions(numbers, language)
    shown = found.genes[:MOST_PARTNERS]
    bonds = [
        Bond(place, gene, n)
        for gene, item in enumerate(shown)
        for place, (_kind, n) in enumerate(item.by_kind)
        if n
    ]
    kinds = [say(N_("{kind}"), kind=kind) for kind, _n in found.children]
    figure = chord(kinds, [item.gene for item in shown], bonds, language=language)
    caption = ngettext(
        "Genes altered in the {n} child with altered IKZF1, by what was found in IKZF1. "
        "Behind each name the child-gene pairs.",
        "Genes altered in the {n} children with altered IKZF1, by what was found in IKZF1. A "
        "ribbon is as wide as its number of children; behind each name the child-gene pairs.",
        found.altered,
    ).format(n=found.altered)
    whole = Part(
        title,
        pictures=(picture("partners", figure, language, caption),),
        tables=(study_tables.partner_functions(found, language),),
    )
    return whole, _by_subtype(numbers, language), _functions(numbers, language)


def _functions(numbers: StudyNumbers, language: str) -> Part:
    """S1B."""
    title, found = _("Functional classes by IKZF1 status"), numbers.functions
    if not found.rows or not all(group.n for group in found.groups):
        nobody = _("There are not two groups with an IKZF1 answer and an altered gene to compare.")
        return Part(title, texts=(nobody,))
    groups = tuple(status_group(group.label, group.n) for group in found.groups)
    figure = mirrored_shares(
        [
            MirroredRow(
                row.label,
                (row.shares[0].n, row.shares[0].of),
                (row.shares[1].n, row.shares[1].of),
                row.result.p,
                row.q,
            )
            for row in found.rows
        ],
        groups=(groups[0], groups[1]),
        title=FUNCTIONS_BY_STATUS,
        language=language,
        prefix="functions-by-status",
    )
    caption = _("Children with at least one gene of the class altered, IKZF1 itself left out.")
    compared = study_tables.comparisons_table(
        found, language, caption=title, what=_("Function"), wide=22
    )
    return Part(
        title,
        pictures=(picture("functions-by-status", figure, language, caption),),
        tables=(compared,),
    )


def _by_subtype(numbers: StudyNumbers, language: str) -> Part:
    title, found = _("Partner genes by subtype"), numbers.genotype
    first, second = (group.n for group in found.groups)
    if not (first and second and found.rows):
        nobody = _(
            "Of the children with altered IKZF1, {first} are Ph+ or Ph-like and {second} are not: "
            "there is nothing to compare."
        )
        return Part(title, texts=(nobody.format(first=first, second=second),))
    compared = study_tables.comparisons_table(
        found,
        language,
        caption=_("Partner genes in the children with altered IKZF1"),
        what=_("Gene"),
        groups=(_("Ph+ or Ph-like"), _("not Ph+ or Ph-like")),
    )
    return Part(title, pictures=(_genotype(found, language),), tables=(compared,))


def _genotype(found: Comparisons, language: str) -> Picture:
    first, second = (group.n for group in found.groups)
    figure = mirrored_shares(
        _mirrored(found.rows),
        groups=ph_groups(first, second),
        title=PARTNERS_BY_SUBTYPE,
        language=language,
        prefix="genotype",
    )
    caption = _("Partner genes in the children with altered IKZF1: Ph+ or Ph-like against others.")
    return picture("genotype", figure, language, caption)


def survival(numbers: StudyNumbers, language: str) -> Part:
    """Beyond the study, which names the lack of follow-up as its limit."""
    title = _("Survival by IKZF1 status")
    if not numbers.survival:
        nobody = _("No follow-up is recorded for any child of this cohort.")
        return Part(title, texts=(nobody,))
    pictures = tuple(_curves(item, language) for item in numbers.survival)
    tables = [study_tables.survival_table(numbers.survival, language)]
    tables += [
        study_tables.model_table(item, language)
        for item in numbers.survival
        if item.model.method is not CoxMethod.NONE
    ]
    definitions = tuple(say(DEFINITIONS[item.endpoint]) for item in numbers.survival)
    return Part(title, pictures=pictures, tables=tuple(tables), notes=definitions)


def _curves(found: EndpointResult, language: str) -> Picture:
    heading, axis = SURVIVAL[found.endpoint]
    falling = found.endpoint is not Endpoint.RELAPSE
    curves = [
        GroupCurve(
            item.label,
            item.curve.times,
            item.curve.survival if falling else item.curve.incidence,
            item.curve.low,
            item.curve.high,
            item.curve.at_risk,
            item.censored,
            item.events,
        )
        for item in found.groups
    ]
    figure = survival_curves(
        curves,
        title=heading,
        axis=axis,
        result=_tested(found.test),
        falling=falling,
        language=language,
        prefix=f"survival-{found.endpoint.value.replace('_', '-')}",
    )
    return picture(f"survival-{found.endpoint.value}", figure, language, heading)
