"""The tables of the cohort report: flow, status, Table 1, Table 2, patterns and functions."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analysis.calls import State
from analysis.cohort import table as cohort_table
from analysis.cohort.columns import ALTERED, IKZF1, NOT_DETECTED, NOT_EVALUABLE, NOT_TESTED, Kind
from analysis.cohort.effect import Effect
from analysis.cohort.frame import CohortFrame
from analysis.cohort.genes import FunctionFrequency
from analysis.cohort.patterns import DeletionPatterns
from analysis.cohort.printed import p_text, percent_text, written
from reports.documents.content import Cell, Column, Mark, Row, Table, row, table
from reports.documents.numbers import UNKNOWN
from reports.queries import Selection


def flow_table(selection: Selection) -> Table:
    """Who was left out, by which criterion, in the order of application."""
    rows = [row(_("All children on record"), "", "", str(selection.total))]
    rows += [
        row(step.label, str(step.excluded), str(step.unknown), str(step.remaining))
        for step in selection.flow
    ]
    columns = [
        Column(_("Criterion, in order"), 46),
        Column(_("Left out"), 14, "number"),
        Column(_("of these, not recorded"), 22, "number"),
        Column(_("Remaining"), 18, "number"),
    ]
    return table(_("Flow of the children"), columns, rows)


def status_table(frame: CohortFrame) -> Table:
    """IKZF1 and its two parts: how many children have each of the four answers."""
    order = (ALTERED, NOT_DETECTED, NOT_EVALUABLE, NOT_TESTED)
    states = (State.ALTERED, State.NOT_DETECTED, State.NOT_EVALUABLE, State.NOT_TESTED)
    rows = []
    for column in IKZF1:
        codes = frame.codes(column.name)
        counts = [int((codes == place).sum()) for place in order]
        answered = counts[0] + counts[1]
        share = percent_text(counts[0], answered)
        cells = [
            Cell(mark=Mark(state, str(count))) if count else Cell("0")
            for count, state in zip(counts, states, strict=True)
        ]
        rows.append(row(column.label, *cells, f"{counts[0]}/{answered} ({share})"))
    columns = [
        Column(_("Answer"), 22),
        Column(_("altered"), 15),
        Column(_("not detected"), 16),
        Column(_("not evaluable"), 16),
        Column(_("not tested"), 15),
        Column(_("altered of answered"), 16, "number"),
    ]
    return table(_("IKZF1 in this cohort (children)"), columns, rows)


def table_1(found: cohort_table.Table, language: str) -> Table:
    rows: list[Row] = []
    for before, item in pairwise([None, *found.rows]):
        if before is not None and item.block is not before.block:
            rows.append(_heading(_("Also recorded"), 4))
        said = item.groups[0].text(language)
        rows.append(row(_label(item, language), said, *_unanswered(item.groups)))
    columns = [
        Column(_("Characteristic"), 40),
        Column(_("n/N (%), or median (range)"), 28, "number"),
        Column(_("Not tested or recorded"), 17, "number"),
        Column(_("Not evaluable"), 15, "number"),
    ]
    caption = _("Table 1. The children ({n})").format(n=found.groups[0].n)
    return table(caption, columns, rows, *found.notes)


def _unanswered(groups: Sequence[cohort_table.GroupValue]) -> tuple[str, str]:
    return (
        str(sum(group.not_tested for group in groups)),
        str(sum(group.not_evaluable for group in groups)),
    )


def _label(item: cohort_table.Row, language: str) -> str:
    """The characteristic with its unit; a class behind the name of what it is a class of."""
    label = written(item.label, language)
    return f"{label} ({written(item.unit, language)})" if item.unit else label


def table_2(found: cohort_table.Table, language: str) -> Table:
    """Two groups compared: each row names its test and why, the effect with its interval, q."""
    groups = [
        Column(
            group_heading(written(group.label, language), group.n),
            13.5,
            "number",
        )
        for group in found.groups
    ]
    columns = [
        Column(_("Characteristic"), 13),
        *groups,
        Column(_("Effect (95 % interval)"), 17, "number"),
        Column(_("Test, and why"), 30.6),
        Column(_("p"), 6.2, "number"),
        Column(_("q"), 6.2, "number"),
    ]
    rows: list[Row] = []
    block = None
    for item in found.rows:
        if item.block is not block and block is not None:
            rows.append(_heading(_("Also compared"), len(columns)))
        block = item.block
        rows.append(_compared(item, language))
    caption = _("Table 2. By IKZF1 status")
    notes = (*_left_out(found), *found.notes, _effects_note(), _("Shaded rows: p below 0.05."))
    return replace(table(caption, columns, rows, *notes), dense=True)


def group_heading(label: str, n: int) -> str:
    """The group and its size, which no line break parts."""
    return _("{group} (n = {n})").format(group=label, n=n).replace(" = ", "\u00a0=\u00a0")


def _heading(text: str, columns: int) -> Row:
    return row(text, *[""] * (columns - 1), tone="head")


def _compared(item: cohort_table.Row, language: str) -> Row:
    size, measure = _effect(item)
    return row(
        _label(item, language),
        *(_value(group, item.kind, language) for group in item.groups),
        Cell(size, note=measure),
        _test(item),
        p_text(item.p) if item.result else "",
        p_text(item.q) if item.result else "",
        tone="marked" if item.p is not None and item.p < 0.05 else "",
    )


def _value(group: cohort_table.GroupValue, kind: Kind, language: str) -> Cell:
    """The value; below it, where somebody has none, how many have one."""
    notes = []
    if kind is Kind.NUMBER and group.n < group.of:
        notes.append(_("{n} of {of} measured").format(n=group.n, of=group.of))
    elif kind is Kind.CLASS and group.missing:
        notes.append(_("{n} not recorded").format(n=group.missing))
    elif kind is Kind.STATE:
        if group.not_tested:
            notes.append(_("{n} not tested").format(n=group.not_tested))
        if group.not_evaluable:
            notes.append(_("{n} not evaluable").format(n=group.not_evaluable))
    return Cell(group.text(language), note="; ".join(notes))


def _effect(item: cohort_table.Row) -> tuple[str, str]:
    """Odds ratio of a share, shift of a measurement."""
    chosen = item.odds_ratio or next(iter(item.effects), None)
    if chosen is None:
        return "", ""
    measure = _("odds ratio") if item.odds_ratio else _("shift")
    return with_interval(chosen), measure


def with_interval(effect: Effect) -> str:
    if effect.estimate is None:
        return UNKNOWN
    if effect.low is None or effect.high is None:
        return _size(effect.estimate)
    return _("{estimate} ({low} to {high})").format(
        estimate=_size(effect.estimate), low=_size(effect.low), high=_size(effect.high)
    )


def _size(value: float) -> str:
    """Two decimals, a true minus sign, and infinity as its sign."""
    shown = "∞" if math.isinf(value) else f"{abs(value):.2f}"
    return f"−{shown}" if value < 0 and shown != "0.00" else shown


def _test(item: cohort_table.Row) -> Cell:
    if item.result is None:
        return Cell("")
    return Cell(item.result.test, note=item.result.reason)


def _left_out(found: cohort_table.Table) -> list[Any]:
    nobody = _("No child is left out of this comparison.")
    return [item.message for item in found.excluded] or [nobody]


def _effects_note() -> str:
    return _(
        "Effects compare the first group with the second: odds ratio by conditional maximum "
        "likelihood with its exact interval; shift by Hodges and Lehmann in the row's unit."
    )


def patterns_table(found: DeletionPatterns, names: dict[str, str]) -> Table:
    """Deletion patterns with both denominators; `names` says the exons of a pattern."""
    rows = [
        row(
            names.get(item.pattern, item.pattern),
            str(item.n),
            f"{item.n}/{found.altered} ({percent_text(item.n, found.altered)})",
            f"{item.n}/{found.deleted} ({percent_text(item.n, found.deleted)})",
        )
        for item in found.patterns
    ]
    columns = [
        Column(_("Exons deleted"), 34),
        Column(_("Children"), 16, "number"),
        Column(_("of all altered"), 25, "number"),
        Column(_("of those with a deletion"), 25, "number"),
    ]
    note = ngettext(
        "Large deletions were answered for {n} child.",
        "Large deletions were answered for {n} children.",
        found.tested,
    ).format(n=found.tested)
    return table(_("Deletion patterns"), columns, rows, note)


def functions_table(found: Sequence[FunctionFrequency], language: str) -> Table:
    rows = [
        row(
            item.group.label(language),
            str(len(item.genes)),
            f"{item.events}/{item.all_events} ({percent_text(item.events, item.all_events)})",
            f"{item.children.n}/{item.children.of} "
            f"({percent_text(item.children.n, item.children.of)})",
        )
        for item in found
    ]
    columns = [
        Column(_("Function"), 40),
        Column(_("Altered genes"), 16, "number"),
        Column(_("Child-gene pairs"), 22, "number"),
        Column(_("Children with any"), 22, "number"),
    ]
    return table(_("Altered genes by function"), columns, rows)
