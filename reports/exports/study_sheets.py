"""The tables behind the study's figures: oncoprint, pairs, comparisons, partners, survival."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analysis.cohort.columns import STATES
from analysis.cohort.cox import CoxMethod
from analysis.cohort.follow_up import EndpointResult, GroupOutcome
from analysis.cohort.genes import Comparison, Comparisons, FunctionFrequency, Share
from analysis.cohort.oncoprint import GeneRow
from analysis.cohort.printed import written
from analysis.cohort.significance import TestResult
from reports.documents.cohort import CohortNumbers
from reports.documents.study_numbers import StudyNumbers
from reports.exports.sheets import Sheet


def study_sheets(numbers: CohortNumbers, language: str) -> tuple[Sheet, ...]:
    study = numbers.study
    codes = [child.code or str(child.id) for child in numbers.content.children]
    return (
        _oncoprint(study, codes, language),
        _tracks(study, codes, language),
        _pairs(study, language),
        _subtypes(study, language),
        _subtypes_compared(study, language),
        _compared("genes-by-status", _("Altered genes by IKZF1 status"), study.genes, language),
        _mutated(study, language),
        _variants(study, language),
        _partners(study, language),
        _partner_functions(study, language),
        _functions(study, language),
        _compared("genotype", _("Partner genes by subtype"), study.genotype, language),
        _survival(study, language),
        *(_curves(item, language) for item in study.survival),
        *(_model(item, language) for item in study.survival),
    )


def _oncoprint(study: StudyNumbers, codes: Sequence[str], language: str) -> Sheet:
    found = study.oncoprint
    rows = tuple(
        (row.gene, row.altered, row.tested, row.share, *_answers(row, language))
        for row in found.rows
    )
    columns = (
        _("Gene"), _("altered, n (children)"), _("answered, N (children)"), _("n/N (share)"),
        *(codes[place] for place in found.children),
    )  # fmt: skip
    notes = (_("One column a child, by its code, in the order of the figure."),)
    if found.left_out:
        sentence = _("{n} altered genes found no room in the figure.")
        notes += (sentence.format(n=found.left_out),)
    title = _("Altered genes of each child")
    return Sheet("oncoprint", title, columns, rows, notes, behind=("oncoprint",))


def _answers(row: GeneRow, language: str) -> list[str]:
    """For each child the kinds of alteration, or the state."""
    cells = []
    for place, code in enumerate(row.states):
        kinds = [kind.label(language) for kind, mask in row.kinds.items() if mask[place]]
        cells.append("; ".join(kinds) or STATES[code].label(language))
    return cells


def _tracks(study: StudyNumbers, codes: Sequence[str], language: str) -> Sheet:
    found = study.oncoprint
    rows = tuple(
        (
            written(track.label, language),
            *(_("not recorded") if code < 0 else written(track.levels[code], language)
              for code in track.codes),
        )
        for track in found.tracks
    )  # fmt: skip
    columns = (_("Characteristic"), *(codes[place] for place in found.children))
    title = _("Characteristics of each child")
    return Sheet("oncoprint-tracks", title, columns, rows, behind=("oncoprint",))


def _pairs(study: StudyNumbers, language: str) -> Sheet:
    """Every pair of the figure. The pages print exact intervals of those with the smallest p."""
    found = study.comutation
    printed = {(pair.a, pair.b): pair.odds_ratio for pair in study.pairs}
    rows = []
    for place in range(len(found)):
        a, b = found.genes[found.first[place]], found.genes[found.second[place]]
        counts = [x[place] for x in (found.both, found.a_only, found.b_only, found.neither)]
        ratio = printed.get((a, b))
        n = int(sum(counts))
        rows.append(
            (a, b, *counts, n, found.samples - n, found.odds_ratio[place],
             ratio.low if ratio else None, ratio.high if ratio else None,
             found.p[place], found.q[place])
        )  # fmt: skip
    columns = (
        _("First gene"), _("Second gene"), _("both (children)"), _("first only (children)"),
        _("second only (children)"), _("neither (children)"),
        _("N: answered for both (children)"), _("not answered for both (children)"),
        _("Odds ratio"), _("95 % lower limit"), _("95 % upper limit"), _("p"), _("q"),
    )  # fmt: skip
    notes = (
        *(note.text(language) for note in found.notes()),
        _("Intervals are given for the pairs with the smallest p, as on the pages."),
    )
    title = _("Genes altered together and apart")
    return Sheet("gene-pairs", title, columns, tuple(rows), notes, behind=("pairs",))


def _subtypes(study: StudyNumbers, language: str) -> Sheet:
    p = {row.name: row for row in study.subtype_tests.rows}
    rows = []
    for item in study.subtypes:
        row = p.get(item.subtype.name)
        rows.append(
            (written(item.subtype.label, language), *share_cells(item.share),
             *(_tests(row.result, row.q, language) if row else [None] * 4))
        )  # fmt: skip
    columns = (
        _("Subtype"), _("IKZF1 altered, n (children)"), _("IKZF1 answered, N (children)"),
        _("n/N (share)"), _("IKZF1 not tested (children)"), _("IKZF1 not evaluable (children)"),
        *_test_columns(),
    )  # fmt: skip
    note = _("p compares how common the subtype is in IKZF1 altered and not detected.")
    title = _("IKZF1 in the children of each subtype")
    return Sheet("subtypes", title, columns, tuple(rows), (note,), behind=("subtypes",))


def _test_columns() -> tuple[str, ...]:
    return _("Test"), _("Why this test"), _("p"), _("q")


def _tests(result: TestResult, q: float | None, language: str) -> list[Any]:
    return [result.test.label(language), result.reason.text(language), result.p, q]


def _compared(name: str, title: str, found: Comparisons, language: str) -> Sheet:
    """Two groups: of each n, N, share and the left out; odds ratio and test."""
    columns = [_("Gene")]
    for group in found.groups:
        label = written(group.label, language)
        columns += [
            _("{group}: altered, n (children)").format(group=label),
            _("{group}: answered, N (children)").format(group=label),
            _("{group}: n/N (share)").format(group=label),
            _("{group}: not tested (children)").format(group=label),
            _("{group}: not evaluable (children)").format(group=label),
        ]
    columns += [
        _("Odds ratio"), _("95 % lower limit"), _("95 % upper limit"), *_test_columns(),
    ]  # fmt: skip
    notes = tuple(item.message.text(language) for item in found.excluded)
    rows = tuple(_comparison(row, language) for row in found.rows)
    return Sheet(name, title, tuple(columns), rows, notes, behind=(name,))


def _subtypes_compared(study: StudyNumbers, language: str) -> Sheet:
    """How common each subtype is in the two groups; the figure shows it the other way round."""
    title = _("Subtypes by IKZF1 status")
    sheet = _compared("subtypes-by-status", title, study.subtype_tests, language)
    return replace(sheet, columns=(_("Subtype"), *sheet.columns[1:]), behind=("subtypes",))


def _functions(study: StudyNumbers, language: str) -> Sheet:
    title = _("Functional classes by IKZF1 status")
    sheet = _compared("functions-by-status", title, study.functions, language)
    return replace(sheet, columns=(_("Function"), *sheet.columns[1:]))


def _comparison(row: Comparison, language: str) -> tuple[Any, ...]:
    cells: list[Any] = [row.label.text(language)]
    for item in row.shares:
        cells += share_cells(item)
    ratio = row.odds_ratio
    cells += [ratio.estimate, ratio.low, ratio.high] if ratio else [None] * 3
    return (*cells, *_tests(row.result, row.q, language))


def _mutated(study: StudyNumbers, language: str) -> Sheet:
    most = max((len(item.children) for item in study.gene_counts), default=0)
    rows = [
        (number, *(item.children[number] if number < len(item.children) else 0
                   for item in study.gene_counts))
        for number in range(most)
    ]  # fmt: skip
    rows.append((_("median (genes)"), *(item.median for item in study.gene_counts)))
    rows.append((_("no gene tested (children)"), *(i.not_tested for i in study.gene_counts)))
    columns = (
        _("Mutated genes beside IKZF1"),
        *(_("{group} (children)").format(group=written(item.group.label, language))
          for item in study.gene_counts),
    )  # fmt: skip
    result = study.gene_counts_test
    notes = [result.reason.text(language)]
    if result.p is not None:
        sentence = _("{test}: p = {p}")
        notes.append(sentence.format(test=result.test.label(language), p=repr(result.p)))
    title = _("Mutated genes per child beside IKZF1")
    behind = ("mutated-genes",)
    return Sheet("mutated-genes", title, columns, tuple(rows), tuple(notes), behind)


def _variants(study: StudyNumbers, language: str) -> Sheet:
    rows = tuple(
        (item.residue, str(item.label), item.kind.label(language), item.count)
        for item in study.variants
    )
    columns = (_("Residue"), _("Variant"), _("Kind"), _("n (children)"))
    sentence = _("{n} without a place on the protein are not shown.")
    notes = (sentence.format(n=study.unplaced),) if study.unplaced else ()
    title = _("IKZF1 sequence variants of the cohort on the protein.")
    return Sheet("lollipop", title, columns, rows, notes, behind=("cohort-lollipop",))


def _partners(study: StudyNumbers, language: str) -> Sheet:
    found = study.partners
    rows = tuple(
        (item.gene, item.group.label(language), *share_cells(item.share),
         *(n for _kind, n in item.by_kind))
        for item in found.genes
    )  # fmt: skip
    kinds = [
        _("beside {kind} (children, of {n})").format(kind=kind.label(language), n=n)
        for kind, n in found.children
    ]
    columns = (
        _("Gene"), _("Function"), *share_columns(), *kinds,
    )  # fmt: skip
    title = ngettext(
        "Genes altered in the {n} child with altered IKZF1",
        "Genes altered in the {n} children with altered IKZF1",
        found.altered,
    ).format(n=found.altered)
    return Sheet("partners", title, columns, rows, behind=("partners",))


def _partner_functions(study: StudyNumbers, language: str) -> Sheet:
    found = study.partners
    title = ngettext(
        "Functions of the partner genes in {n} child with altered IKZF1",
        "Functions of the partner genes in {n} children with altered IKZF1",
        found.altered,
    )
    return functions_sheet(
        "partner-functions", title.format(n=found.altered), found.functions, language
    )


def share_columns() -> tuple[str, ...]:
    return (
        _("altered, n (children)"),
        _("answered, N (children)"),
        _("n/N (share)"),
        _("not tested (children)"),
        _("not evaluable (children)"),
    )


def share_cells(item: Share) -> tuple[Any, ...]:
    """The cells below `share_columns`."""
    return (item.n, item.of, item.fraction, item.not_tested, item.not_evaluable)


def functions_sheet(
    name: str, title: str, found: Iterable[FunctionFrequency], language: str
) -> Sheet:
    rows = tuple(
        (
            item.group.label(language),
            len(item.genes),
            "; ".join(gene.gene for gene in item.genes),
            item.events,
            item.all_events,
            item.events / item.all_events if item.all_events else None,
            *share_cells(item.children),
        )
        for item in found
    )
    columns = (
        _("Function"),
        _("Altered genes (number)"),
        _("Altered genes"),
        _("Child-gene pairs"),
        _("Child-gene pairs of all functions"),
        _("n/N (share)"),
        *share_columns(),
    )
    return Sheet(name, title, columns, rows)


def _survival(study: StudyNumbers, language: str) -> Sheet:
    rows = [
        (
            item.endpoint.label(language), group.label.text(language), group.n, group.events,
            int(group.censored.sum()), item.without_status, item.test.test.label(language),
            item.test.reason.text(language), item.test.p,
        )
        for item in study.survival
        for group in item.groups
    ]  # fmt: skip
    columns = (
        _("Endpoint"), _("Group"), _("N (children)"), _("events (children)"),
        _("censored (children)"), _("without an IKZF1 answer, in no group (children)"),
        _("Test"), _("Why this test"), _("p"),
    )  # fmt: skip
    notes = [
        _("{endpoint}: {n} left out ({reason})").format(
            endpoint=item.endpoint.label(language), n=count, reason=why.reason.text(language)
        )
        for item in study.survival
        for why, count in item.outcomes.left_out
    ]
    return Sheet("survival", _("Survival and relapse"), columns, tuple(rows), tuple(notes))


def _curves(item: EndpointResult, language: str) -> Sheet:
    rows = [line for group in item.groups for line in _curve(group, language)]
    columns = (
        _("Group"), _("Time (days from diagnosis)"), _("at risk (children)"),
        _("events (children)"), _("censored (children)"), _("share"), _("95 % lower limit"),
        _("95 % upper limit"),
    )  # fmt: skip
    name = item.endpoint.value
    title = _("{endpoint}: the curve").format(endpoint=item.endpoint.label(language))
    sheet = f"curve-{name.replace('_', '-')}"
    return Sheet(sheet, title, columns, tuple(rows), behind=(f"survival-{name}",))


def _curve(group: GroupOutcome, language: str) -> list[tuple[Any, ...]]:
    """Shares alive or free of events, or the cumulative incidence, as the figure draws them."""
    curve = group.curve
    shares = curve.survival if hasattr(curve, "survival") else curve.incidence
    parts = (curve.times, curve.at_risk, curve.events, group.censored, shares, curve.low,
             curve.high)  # fmt: skip
    label = group.label.text(language)
    return [(label, *line) for line in zip(*parts, strict=True)]


def _model(item: EndpointResult, language: str) -> Sheet:
    model = item.model
    rows = tuple(
        (hazard.label.text(language), hazard.unit.text(language) if hazard.unit else None,
         hazard.hazard_ratio, hazard.low, hazard.high, hazard.p, hazard.proportional_p)
        for hazard in model.hazards
    )  # fmt: skip
    columns = (
        _("Covariate"), _("per"), _("Hazard ratio"), _("95 % lower limit"),
        _("95 % upper limit"), _("p"), _("p of proportional hazards"),
    )  # fmt: skip
    counts = _("Children {n}, events {events}; {missing} left out for want of a covariate.")
    notes = [model.method.label(language), model.reason.text(language)]
    if model.method is not CoxMethod.NONE:
        notes.insert(0, counts.format(n=model.n, events=model.events, missing=model.missing))
    notes += [warning.text(language) for warning in model.warnings]
    name = f"model-{item.endpoint.value.replace('_', '-')}"
    title = _("{endpoint}: adjusted hazard ratios").format(endpoint=item.endpoint.label(language))
    return Sheet(name, title, columns, rows, tuple(notes))
