"""The tables beside the study's figures: pairs of genes, functions of partners, survival."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analysis.cohort.comutation import Pair
from analysis.cohort.follow_up import YEAR, YEARS, EndpointResult, GroupOutcome
from analysis.cohort.genes import Comparison, Comparisons, Share
from analysis.cohort.partners import Partners
from analysis.cohort.printed import p_text, percent_text, written
from reports.documents.cohort_tables import group_heading, with_interval
from reports.documents.content import Cell, Column, Table, row, table
from reports.documents.numbers import UNKNOWN


def pairs_table(pairs: Sequence[Pair], language: str) -> Table:
    rows = [
        row(
            f"{pair.a} – {pair.b}",
            str(pair.both),
            str(pair.a_only),
            str(pair.b_only),
            str(pair.neither),
            with_interval(pair.odds_ratio) if pair.odds_ratio else UNKNOWN,
            p_text(pair.p),
            p_text(pair.q),
        )
        for pair in pairs
    ]
    columns = [
        Column(_("Genes"), 21),
        Column(_("both"), 8, "number"),
        Column(_("first only"), 10, "number"),
        Column(_("second only"), 11, "number"),
        Column(_("neither"), 9, "number"),
        Column(_("Odds ratio (95 % interval)"), 25, "number"),
        Column(_("p"), 8, "number"),
        Column(_("q"), 8, "number"),
    ]
    note = _(
        "Fisher's exact test of the children tested for both; conditional odds ratio with its "
        "exact interval; q over all pairs tested."
    )
    return table(_("The pairs with the smallest p"), columns, rows, note)


# Rows of a table of comparisons: beyond, the exported table has them all.
MOST_COMPARED = 12


def comparisons_table(
    found: Comparisons,
    language: str,
    *,
    caption: str,
    what: str,
    groups: Sequence[str] = (),
    wide: int = 14,
) -> Table:
    """The comparisons of a figure with effect, interval and test, smallest p first; `what` heads
    the first column, `groups` names the two groups where their own names would not do;
    `wide` is the share of the page for the first column in percent."""
    names = groups or [written(group.label, language) for group in found.groups]
    columns = [
        Column(what, wide),
        *(
            Column(group_heading(name, group.n), 13, "number")
            for name, group in zip(names, found.groups, strict=True)
        ),
        Column(_("Odds ratio (95 % interval)"), 17, "number"),
        Column(_("Test"), 43 - wide),
        Column(_("p"), 7, "number"),
        Column(_("q"), 7, "number"),
    ]
    ordered = sorted(found.rows, key=lambda item: 1.0 if item.result.p is None else item.result.p)
    shown = ordered[:MOST_COMPARED]
    notes = [item.message for item in found.excluded]
    if len(shown) < len(ordered):
        sentence = _("{shown} of {all}, smallest p first; the exported table has them all.")
        notes.append(sentence.format(shown=len(shown), all=len(ordered)))
    notes.append(
        _(
            "n of those tested and evaluable. Odds ratio: conditional, exact interval. q: "
            "Benjamini-Hochberg over all {n} tests of this family."
        ).format(n=sum(item.result.p is not None for item in found.rows))
    )
    return table(caption, columns, [_compared(item, language) for item in shown], *notes)


def _compared(item: Comparison, language: str):
    return row(
        item.label.text(language),
        *(_share(share) for share in item.shares),
        with_interval(item.odds_ratio) if item.odds_ratio else UNKNOWN,
        item.result.test if item.result.p is not None else item.result.reason,
        p_text(item.result.p),
        p_text(item.q),
        tone="marked" if item.result.p is not None and item.result.p < 0.05 else "",
    )


def _share(share: Share) -> str:
    return f"{share.n}/{share.of} ({percent_text(share.n, share.of)})"


def partner_functions(found: Partners, language: str) -> Table:
    rows = [
        row(
            item.group.label(language),
            ", ".join(gene.gene for gene in item.genes),
            f"{item.events}/{item.all_events} ({percent_text(item.events, item.all_events)})",
            f"{item.children.n}/{item.children.of} "
            f"({percent_text(item.children.n, item.children.of)})",
        )
        for item in found.functions
    ]
    columns = [
        Column(_("Function"), 24),
        Column(_("Partner genes"), 40),
        Column(_("Child-gene pairs"), 18, "number"),
        Column(_("Children with any"), 18, "number"),
    ]
    caption = ngettext(
        "Functions of the partner genes in {n} child with altered IKZF1",
        "Functions of the partner genes in {n} children with altered IKZF1",
        found.altered,
    )
    return table(caption.format(n=found.altered), columns, rows)


def survival_table(found: Sequence[EndpointResult], language: str) -> Table:
    rows = []
    for item in found:
        rows.append(row(item.endpoint.label(language), *[""] * 5, tone="head"))
        for group in item.groups:
            rows.append(
                row(
                    group.label.text(language),
                    str(group.n),
                    str(group.events),
                    *(_at(group, years) for years in YEARS),
                    Cell(p_text(item.test.p), note=item.test.test)
                    if group is item.groups[0]
                    else "",
                )
            )
    columns = [
        Column(_("Endpoint and group"), 30),
        Column(_("Children"), 10, "number"),
        Column(_("Events"), 10, "number"),
        *(Column(_("{years} years (95 % interval)").format(years=y), 16, "number") for y in YEARS),
        Column(_("p"), 18, "number"),
    ]
    notes = [
        _("{endpoint}: {n} left out ({reason})").format(
            endpoint=item.endpoint.label(language), n=count, reason=why.reason.text(language)
        )
        for item in found
        for why, count in item.outcomes.left_out
    ]
    without = found[0].without_status
    if without:
        text = ngettext(
            "{n} child with follow-up has no IKZF1 answer and stands in no group.",
            "{n} children with follow-up have no IKZF1 answer and stand in no group.",
            without,
        )
        notes.append(text.format(n=without))
    return table(_("Survival and relapse"), columns, rows, *notes)


def _at(group: GroupOutcome, years: int) -> str:
    """The share at so many years; a dash beyond the last time at which a child was seen."""
    found = group.curve.at(years * YEAR)
    if found is None:
        return UNKNOWN
    share, low, high = (100 * value for value in found)
    if low != low:  # no limits before the first event
        return f"{share:.1f} %"
    return _("{share} % ({low} to {high})").format(
        share=f"{share:.1f}", low=f"{low:.1f}", high=f"{high:.1f}"
    )


def model_table(found: EndpointResult, language: str) -> Table:
    rows = [
        row(
            Cell(item.label.text(language), note=item.unit.text(language) if item.unit else ""),
            _ratio(item.hazard_ratio, item.low, item.high),
            p_text(item.p),
            p_text(item.proportional_p),
        )
        for item in found.model.hazards
    ]
    columns = [
        Column(_("Covariate"), 40),
        Column(_("Hazard ratio (95 % interval)"), 28, "number"),
        Column(_("p"), 12, "number"),
        Column(_("p of proportional hazards"), 20, "number"),
    ]
    caption = _("{endpoint}: adjusted hazard ratios").format(
        endpoint=found.endpoint.label(language)
    )
    model = found.model
    counts = _("Children {n}, events {events}; {missing} left out for want of a covariate.").format(
        n=model.n, events=model.events, missing=model.missing
    )
    method = model.method.label(language)
    notes = [counts, method, model.reason.text(language)]
    return table(caption, columns, rows, *notes, *(item.text(language) for item in model.warnings))


def _ratio(value: float, low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return f"{value:.2f}"
    return _("{estimate} ({low} to {high})").format(
        estimate=f"{value:.2f}", low=f"{low:.2f}", high=f"{high:.2f}"
    )
