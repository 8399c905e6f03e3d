"""The pooled result as JSON for a program and as lines for a person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from analysis.calls import State
from analysis.cohort.columns import COLUMNS, Kind
from analysis.cohort.printed import p_text, written
from analysis.cohort.significance import TestName
from analysis.command.layout import Page
from analysis.pool.combine import Certainty, Range, group_labels
from analysis.pool.course import PooledCourse, PooledInterval
from analysis.pool.genes import PooledPair
from analysis.pool.measures import median_text
from analysis.pool.result import Pooled
from analysis.pool.summary import Found
from analysis.pool.tables import PBounds, PooledRow
from analysis.wording import N_, Labelled, Message, say

MOST_INTERVALS = 14
MOST_PAIRS = 50


def document(found: Pooled, language: str = "en") -> dict[str, Any]:
    """`python -m analysis pool --json`."""
    pool = found.pool
    labels = group_labels(pool)
    return {
        "centres": [
            {"centre": item.centre, "made": item.made, "software": item.software,
             "threshold": item.threshold, "rules": dict(item.rules)}
            for item in pool.summaries
        ],
        "by": pool.by,
        "groups": [
            {"key": key, "label": written(label, language), "n": pool.size(place).to_json()}
            for place, (key, label) in enumerate(zip(pool.groups, labels, strict=True))
        ],
        "excluded": {name: n.to_json() for name, n in pool.excluded().items()},
        "rows": [row.to_json(language) for row in found.rows],
        "ikzf1": _ikzf1(found, language),
        "genes": [row.to_json(language) for row in found.genes],
        "pairs": [pair.to_json(language) for pair in found.pairs],
        "survival": [course.to_json(language) for course in found.courses],
        "notes": [note.text(language) for note in found.notes],
    }  # fmt: skip


def _ikzf1(found: Pooled, language: str) -> dict[str, Any] | None:
    table = found.ikzf1
    return table and {
        "certainty": table.certainty.value,
        "why": [message.text(language) for message in table.why],
        "levels": list(table.levels),
        "groups": [[n.to_json() for n in group.levels] for group in table.groups],
    }


def page(found: Pooled, language: str = "en") -> str:
    """The same for a person."""
    out = Page(language)
    centres = tuple(item.centre for item in found.pool.summaries)
    out.say(say(N_("{n} centres: {names}"), n=len(centres), names=centres))
    write_page(out, found)
    return out.text


def write_page(out: Page, found: Pooled) -> None:
    """The tables and sentences of `found`, in the language of `out`."""
    language, pool = out.language, found.pool
    heads = [
        f"{written(label, language)} (n={pool.size(place).text()})"
        for place, label in enumerate(group_labels(pool))
    ]
    _rows(out, N_("Characteristic"), heads, found.rows)
    _patterns(out, heads, found)
    if found.genes:
        out.lines.append("")
        _rows(out, N_("Gene"), heads, found.genes)
    _pairs(out, found.pairs)
    for course in found.courses:
        _course(out, course, found)
    out.lines.append("")
    out.say(*found.notes)


def _rows(out: Page, first: str, heads: Sequence[str], rows: Sequence[PooledRow]) -> None:
    out.lines.append("")
    out.table(
        (first, *heads, N_("p"), N_("q"), N_("Test"), N_("Certainty")),
        [(_name(row, out.language), *_cells(row), *_p(row), _certainty(row)) for row in rows],
    )


def _name(row: PooledRow, language: str) -> str:
    name = written(row.label, language)
    if row.kind is not Kind.CLASS:
        return name
    known = COLUMNS.get(row.variable)
    whole = written(known.label, language) if known else row.variable
    return say(N_("{name}: {value}"), name=whole, value=name).text(language)


def _cells(row: PooledRow) -> list[Any]:
    if row.kind is Kind.NUMBER:
        return [median_text(measure) for measure in row.measures]
    if row.row is not None:
        return [value.text() for value in row.row.groups]
    return [f"{n.text()}/{of.text()}" for n, of in zip(row.n, row.of, strict=True)]


def _p(row: PooledRow) -> tuple[Any, Any, Any]:
    if row.row is not None:
        test = row.row.test
        reason = row.row.result.reason if row.row.result else " "
        return (p_text(row.row.p) if row.row.result else " "), _q(row), test or reason
    if row.ranks is not None:
        middle = _span(row.ranks.low, row.ranks.high)
        told = row.ranks.told
        alone = told is None or p_text(told) == middle
        p = middle if alone else f"{p_text(told)} ({middle})"
        return p, " ", TestName.MANN_WHITNEY
    return (_span(row.p.low, row.p.high) if row.p else " "), " ", _tried(row.p)


def _q(row: PooledRow) -> str:
    return p_text(row.q) if row.q is not None else " "


def _span(low: float, high: float) -> str:
    first, last = p_text(low), p_text(high)
    return first if first == last else f"{first}–{last}"


def _tried(bounds: PBounds | None) -> Message | str:
    if bounds is None:
        return " "
    every = N_("{n} possible tables")
    return say(every if bounds.every else N_("{n} of the possible tables"), n=bounds.tried)


def _certainty(row: PooledRow) -> Message | Labelled:
    if not row.why:
        return Certainty.EXACT
    return say(N_("approximate: {why}"), why=row.why)


def _level(level: str) -> Labelled | str:
    for words in (Found, State):
        if level in tuple(words):
            return words(level)
    return level


def _patterns(out: Page, heads: Sequence[str], found: Pooled) -> None:
    table = found.ikzf1
    if table is None:
        return
    out.lines.append("")
    rows = [
        (_level(level), *(group.levels[place].text() for group in table.groups))
        for place, level in enumerate(table.levels)
        if any(group.levels[place].high for group in table.groups)
    ]
    out.table((N_("IKZF1"), *heads), rows)
    if table.why:
        out.say(say(N_("approximate: {why}"), why=table.why))


def _pairs(out: Page, pairs: Sequence[PooledPair]) -> None:
    if not pairs:
        return
    out.lines.append("")
    rows = [
        (
            *(pair.a, pair.b),
            *(n.text() for n in (pair.both, pair.a_only, pair.b_only, pair.neither)),
            _ratio(pair),
            *(p_text(value) if value is not None else " " for value in (pair.p, pair.q)),
            say(N_("approximate: {why}"), why=pair.why) if pair.why else pair.certainty,
        )
        for pair in pairs[:MOST_PAIRS]
    ]
    out.table(
        (
            *(N_("Gene a"), N_("Gene b"), N_("Both"), N_("a only"), N_("b only"), N_("Neither")),
            *(N_("Odds ratio (95 % CI)"), N_("p"), N_("q"), N_("Certainty")),
        ),
        rows,
    )


def _ratio(pair: PooledPair) -> str:
    if pair.odds_ratio is None or pair.low is None or pair.high is None:
        return " "
    return f"{pair.odds_ratio:.3g} ({pair.low:.3g}–{pair.high:.3g})"


def _course(out: Page, course: PooledCourse, found: Pooled) -> None:
    out.title(say(N_("{endpoint}"), endpoint=course.endpoint))
    labels = group_labels(found.pool)
    rows = [
        (
            label,
            f"{item.start}–{item.end - 1}",
            item.at_risk,
            *(n.text() for n in (item.events, item.competing, item.censored)),
            "" if item.estimate is None else f"{item.estimate:.3f}",
            f"{item.low:.3f}–{item.high:.3f}",
        )
        for label, group in zip(labels, course.groups, strict=True)
        for item in _thinned(group)
    ]
    out.table(
        (
            *(N_("Group"), N_("Days"), N_("At risk"), N_("Events"), N_("Competing")),
            *(N_("Lost"), N_("Share at the end"), N_("Bounds")),
        ),
        rows,
    )
    if course.test is not None and course.test.p is not None:
        test = {"test": course.test.test, "p": p_text(course.test.p)}
        out.say(say(N_("{test}: p {p}"), **test))
    out.say(
        say(N_("approximate: {why}"), why=course.why)
        if course.why
        else say(N_("{word}"), word=Certainty.EXACT)
    )


def _thinned(group: Sequence[PooledInterval]) -> list[PooledInterval]:
    """At most so many lines, each with all that ended in several intervals."""
    step = -(-len(group) // MOST_INTERVALS) or 1
    found = []
    for start in range(0, len(group), step):
        part = group[start : start + step]
        found.append(_joined(part))
    return found


def _joined(part: Sequence[PooledInterval]) -> PooledInterval:
    first, last = part[0], part[-1]
    nothing = Range(0, 0)
    return PooledInterval(
        first.start,
        last.end,
        first.at_risk,
        sum(item.n for item in part),
        sum((item.events for item in part), nothing),
        sum((item.competing for item in part), nothing),
        sum((item.censored for item in part), nothing),
        last.low,
        last.high,
        last.estimate,
    )
