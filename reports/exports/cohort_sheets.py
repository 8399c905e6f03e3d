"""The tables behind every table and figure of a cohort report, as values with their denominators.

Nothing is counted here: the sheets hold what `CohortNumbers` counted for the pages.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from analysis.calls import State
from analysis.cohort import rows as cohort_rows
from analysis.cohort.columns import IKZF1, STATES, Kind
from analysis.cohort.effect import Effect
from analysis.cohort.genes import FunctionFrequency, GeneFrequency
from analysis.cohort.printed import written
from reports.documents.cohort import CohortNumbers, CohortReport
from reports.documents.cohort_origin import name_of, title_of
from reports.documents.cohort_risk import said_line
from reports.documents.numbers import moment
from reports.exports.sheets import Sheet
from reports.exports.study_sheets import (
    functions_sheet,
    share_cells,
    share_columns,
    study_sheets,
)


def cohort_sheets(report: CohortReport) -> tuple[Sheet, ...]:
    """In the order of the report; headings in its language."""
    numbers, language = report.numbers, report.language
    with override(language):
        return (
            _about(numbers),
            _flow(numbers),
            _status(numbers, language),
            _risk(numbers),
            _table("table-1", _("Table 1. The children"), numbers.table1, language),
            _table("table-2", _("Table 2. By IKZF1 status"), numbers.table2, language),
            *study_sheets(numbers, language),
            genes_sheet(numbers.functions, language),
            functions_sheet("functions", _("Altered genes by function"), numbers.functions,
                            language),
            _deletion_map(numbers, language),
            _patterns(numbers),
        )  # fmt: skip


def _about(numbers: CohortNumbers) -> Sheet:
    """What the tables were made of."""
    content = numbers.content
    rows = [
        (_("Cohort"), name_of(content)),
        (_("title"), title_of(content)),
        (_("Children"), len(content.children)),
        (_("of these, invented"), content.selection.synthetic),
        (_("Flow of the children"), content.selection.sentence()),
        (_("Data as of"), moment(content.as_of)),
        (_("Software"), content.software),
        *((_("Rules: {name}").format(name=k), v) for k, v in content.rule_versions.items()),
        (_("Hash of the data (SHA-256)"), content.data_hash),
    ]
    if content.versions:
        rows.append((_("Version of the definition"), content.versions[0].number))
    if content.frozen:
        rows += [
            (_("Frozen cohort"), content.frozen.number),
            (_("Frozen at"), moment(content.frozen.frozen_at)),
            (_("Hash of what was frozen (SHA-256)"), content.frozen.sha256),
        ]
    notes = (
        _("n/N: altered or of this class, of those tested with a readable answer."),
        _("Not tested and not evaluable are counted apart; an empty cell is no value."),
        _("A share is a fraction from 0 to 1."),
    )
    return Sheet("about", _("About these tables"), (_("What"), _("Value")), tuple(rows), notes)


def _flow(numbers: CohortNumbers) -> Sheet:
    selection = numbers.selection
    rows = [(_("All children on record"), None, None, selection.total)]
    rows += [(step.label, step.excluded, step.unknown, step.remaining) for step in selection.flow]
    columns = (
        _("Criterion, in order"),
        _("Left out (children)"),
        _("of these, not recorded (children)"),
        _("Remaining (children)"),
    )
    return Sheet("flow", _("Flow of the children"), columns, tuple(rows), (selection.sentence(),))


def _status(numbers: CohortNumbers, language: str) -> Sheet:
    rows = []
    for column in IKZF1:
        codes = numbers.frame.codes(column.name)
        counts = {state: int((codes == place).sum()) for place, state in enumerate(STATES)}
        answered = sum(n for state, n in counts.items() if state.answered)
        altered = counts[State.ALTERED]
        rows.append(
            (
                written(column.label, language),
                altered,
                answered,
                share(altered, answered),
                counts[State.NOT_DETECTED],
                counts[State.NOT_EVALUABLE],
                counts[State.NOT_TESTED],
            )
        )
    columns = (
        _("Answer"),
        _("altered, n (children)"),
        _("answered, N (children)"),
        _("n/N (share)"),
        _("not detected (children)"),
        _("not evaluable (children)"),
        _("not tested (children)"),
    )
    return Sheet("ikzf1-status", _("IKZF1 in this cohort (children)"), columns, tuple(rows))


def _risk(numbers: CohortNumbers) -> Sheet:
    rows = tuple(said_line(line) for line in numbers.risk.lines)
    columns = (_("Child"), _("Doctor's group"), _("By the rules"), _("Remark"))
    title = _("Children whose doctor's group is not the computed one ({n})")
    return Sheet("risk-groups", title.format(n=len(rows)), columns, rows)


def _table(name: str, title: str, found: cohort_rows.Table, language: str) -> Sheet:
    """Table 1 or Table 2: of each group n, N, share or median with its limits, and the left out."""
    columns = [_("Variable"), _("Characteristic"), _("Unit")]
    for group in found.groups:
        label = written(group.label, language)
        columns += [
            _("{group}: n").format(group=label),
            _("{group}: N").format(group=label),
            _("{group}: n/N (share)").format(group=label),
            _("{group}: median (unit of the row)").format(group=label),
            _("{group}: lowest (unit of the row)").format(group=label),
            _("{group}: highest (unit of the row)").format(group=label),
            _("{group}: not tested or recorded (children)").format(group=label),
            _("{group}: not evaluable (children)").format(group=label),
        ]
    compared = found.by is not None
    if compared:
        columns += [
            _("Effect"), _("estimate"), _("95 % lower limit"), _("95 % upper limit"),
            _("Test"), _("Why this test"), _("p"), _("q"),
        ]  # fmt: skip
    lines = tuple(_line(item, language, compared=compared) for item in found.rows)
    left_out = tuple(item.message.text(language) for item in found.excluded)
    notes = (*left_out, *(note.text(language) for note in found.notes))
    return Sheet(name, title, tuple(columns), lines, notes)


def _line(item: cohort_rows.Row, language: str, *, compared: bool) -> tuple[Any, ...]:
    unit = written(item.unit, language) if item.unit else None
    cells = [item.variable, written(item.label, language), unit]
    for group in item.groups:
        of_share = None if item.kind is Kind.NUMBER else share(group.n, group.of)
        cells += [group.n, group.of, of_share, group.median, group.low, group.high]
        cells += [group.not_tested, group.not_evaluable]
    if compared:
        chosen = item.odds_ratio or next(iter(item.effects), None)
        cells += [chosen.name.label(language) if chosen else None, *limits(chosen)]
        result = item.result
        cells += [
            result.test.label(language) if result else None,
            result.reason.text(language) if result else None,
            item.p,
            item.q,
        ]
    return tuple(cells)


def limits(effect: Effect | None) -> tuple[Any, Any, Any]:
    """Estimate and its interval."""
    return (effect.estimate, effect.low, effect.high) if effect else (None, None, None)


def share(n: int, of: int) -> float | None:
    return n / of if of else None


def genes_sheet(found: Sequence[FunctionFrequency], language: str) -> Sheet:
    rows = tuple(
        (gene.gene, group.group.label(language), *gene_counts(gene))
        for group in found
        for gene in group.genes
    )
    columns = (
        _("Gene"), _("Function"), *share_columns(),
        _("with SNV (children)"), _("with InDel (children)"), _("with large deletion (children)"),
    )  # fmt: skip
    return Sheet("genes", _("Altered genes"), columns, rows, behind=("genes",))


def gene_counts(gene: GeneFrequency) -> tuple[Any, ...]:
    kinds = [n for _kind, n in gene.kinds] or [None, None, None]
    return (*share_cells(gene.share), *kinds)


def _deletion_map(numbers: CohortNumbers, language: str) -> Sheet:
    rows = tuple(
        (str(item.label), *(call.label(language) for call in item.calls), item.count,
         numbers.patterns.altered)
        for item in numbers.deletions
    )  # fmt: skip
    exons = tuple(_("Exon {number}").format(number=number) for number in range(1, 9))
    columns = (_("Exons deleted"), *exons, _("n (children)"), _("N: all altered (children)"))
    title = _("Deleted exons of the cohort")
    return Sheet("deletion-map", title, columns, rows, behind=("deletions",))


def _patterns(numbers: CohortNumbers) -> Sheet:
    found = numbers.patterns
    rows = tuple(
        (item.pattern, item.n, found.altered, share(item.n, found.altered), found.deleted,
         share(item.n, found.deleted))
        for item in found.patterns
    )  # fmt: skip
    columns = (
        _("Deletion"), _("n (children)"), _("N: all altered (children)"), _("n/N (share)"),
        _("N: with a large deletion (children)"), _("n/N (share)"),
    )  # fmt: skip
    note = ngettext(
        "Large deletions were answered for {n} child.",
        "Large deletions were answered for {n} children.",
        found.tested,
    ).format(n=found.tested)
    return Sheet("deletion-patterns", _("Deletion patterns"), columns, rows, (note,))
