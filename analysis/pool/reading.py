"""A centre's summary read back, every field and every sum checked; what fails is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

from analysis.cohort.columns import COLUMNS, Kind
from analysis.cohort.outcome import ENDS
from analysis.file_problems import ProblemBook, refusal
from analysis.pool.audit import partitions
from analysis.pool.counting import ENDPOINTS
from analysis.pool.json_parts import Part, document
from analysis.pool.summary import (
    FORMAT,
    FORMAT_VERSION,
    LEAST_THRESHOLD,
    MOST_THRESHOLD,
    NO_ALTERATION,
    NOT_RECORDED,
    STATE_LEVELS,
    Bin,
    Cells,
    CountTable,
    Course,
    Excluded,
    GroupCourse,
    GroupHistogram,
    GroupSize,
    Histogram,
    Interval,
    PairTable,
    Source,
    Summary,
    TableKind,
    Withheld,
    bounds,
)
from analysis.pool.suppress import stands
from analysis.wording import N_

MOST_GROUPS = 50
MOST_LEVELS = 100
MOST_TABLES = 5000
MOST_EDGES = 2000
MOST_INTERVALS = 40_000
_FIELDS = tuple(Summary.__dataclass_fields__)


def read_summary(path: Path) -> Summary:
    """Raises `FileRefused` with everything that is wrong, section by section."""
    read = document(path)
    book = ProblemBook(path.name)
    if not isinstance(read, dict) or read.get("format") != FORMAT:
        raise refusal(path.name, N_("is no cohort summary: its format must be {name}"), name=FORMAT)
    version = read.get("format_version")
    if type(version) is not int or version != FORMAT_VERSION:
        sentence = N_("is a summary of format {found}; this software reads format {known}")
        raise refusal(path.name, sentence, found=str(version), known=FORMAT_VERSION)
    fields = book.attempt(0, lambda: Part(read).fields(("format", "format_version", *_FIELDS)))
    book.refuse()
    summary = _Reading(fields, book).summary()
    for sentence, facts in contradictions(summary):
        book.note(0, sentence, **facts)
    book.refuse()
    return summary


class _Reading:
    """The sections of one summary. What cannot be read is noted in the book."""

    def __init__(self, fields: Any, book: ProblemBook):
        self.fields, self.book = fields, book
        self.threshold = 0
        self.told: tuple[bool, ...] = ()

    def summary(self) -> Summary:
        self.threshold = self._read("threshold", _threshold)
        self.book.refuse()
        groups = self._read("groups", lambda part: part.each(self._group, most=MOST_GROUPS))
        self.book.refuse()
        self.told = tuple(group.told for group in groups)
        found = {
            "centre": self._read("centre", Part.text),
            "made": self._read("made", _day),
            "software": self._read("software", Part.text),
            "source": self._read("source", lambda part: Source(part.one_of(tuple(Source)))),
            "rules": self._read("rules", lambda part: part.each(_rule, most=20)),
            "threshold": self.threshold,
            "by": self._read("by", Part.text),
            "groups": groups,
            "excluded": self._read("excluded", self._excluded),
            "tables": self._read("tables", self._tables),
            "histograms": self._read(
                "histograms", lambda part: part.each(self._histogram, most=MOST_TABLES)
            ),
            "ikzf1": self._read("ikzf1", lambda part: self._table(part) if part.value else None),
            "genes": self._read("genes", self._tables),
            "pairs": self._read("pairs", lambda part: part.each(self._pair, most=MOST_TABLES)),
            "courses": self._read("courses", lambda part: part.each(self._course, most=2)),
            "left_out": self._read("left_out", lambda part: part.each(Part.text, most=MOST_TABLES)),
        }
        self.book.refuse()
        return Summary(**found)

    def _read(self, name: str, read: Callable[[Part], Any]) -> Any:
        return self.book.attempt(0, lambda: read(self.fields[name]))

    def _cell(self, part: Part) -> Any:
        return part.cell(self.threshold)

    def _cells(self, part: Part, count: int) -> Cells:
        cells = part.each(self._cell, most=count)
        if len(cells) < count:
            raise part.wrong(N_("{place} must have {n} entries"), n=count)
        return cells

    def _group(self, part: Part) -> GroupSize:
        own = part.fields(("key", "n"))
        n = self._cell(own["n"])
        if n is Withheld.HIDDEN:
            raise part.wrong(N_("{place}: the size of a group is a count or small"))
        return GroupSize(own["key"].text(), n)

    def _excluded(self, part: Part) -> Excluded:
        names = tuple(Excluded.__dataclass_fields__)
        own = part.fields(names)
        return Excluded(*(self._cell(own[name]) for name in names))

    def _by_group(self, part: Part, read: Callable[[Part], Any]) -> tuple[Any, ...]:
        """One entry a group: what `read` makes of it, or null, as of a group that is not told."""
        entries = part.items(most=len(self.told))
        if len(entries) < len(self.told):
            raise part.wrong(N_("{place} must have {n} entries"), n=len(self.told))
        for entry, told in zip(entries, self.told, strict=True):
            if entry.value is not None and not told:
                raise entry.wrong(N_("{place} tells of a group below the threshold"))
        return tuple(None if entry.value is None else read(entry) for entry in entries)

    def _tables(self, part: Part) -> tuple[CountTable, ...]:
        return part.each(self._table, most=MOST_TABLES)

    def _table(self, part: Part) -> CountTable:
        own = part.fields(tuple(CountTable.__dataclass_fields__))
        kind = TableKind(own["kind"].one_of(tuple(TableKind)))
        levels = own["levels"].each(Part.text, most=MOST_LEVELS)
        if not levels or len(set(levels)) < len(levels):
            raise own["levels"].wrong(N_("{place} must name different levels"))
        if kind is TableKind.STATE and levels != STATE_LEVELS:
            raise own["levels"].wrong(N_("{place} must be the four answers of a laboratory"))
        return CountTable(
            own["variable"].text(),
            kind,
            levels,
            self._by_group(own["groups"], lambda item: self._cells(item, len(levels))),
            own["answers"].each(Part.text, most=2),
        )

    def _histogram(self, part: Part) -> Histogram:
        own = part.fields(tuple(Histogram.__dataclass_fields__))
        edges = own["edges"].each(Part.number, most=MOST_EDGES)
        if not edges or any(a >= b for a, b in pairwise(edges)):
            raise own["edges"].wrong(N_("{place} must ascend"))
        groups = self._by_group(own["groups"], lambda item: self._bins(item, len(edges)))
        digits = own["digits"].whole(most=12)
        return Histogram(own["variable"].text(), edges, groups, digits)

    def _bins(self, part: Part, last: int) -> GroupHistogram:
        own = part.fields(("bins", "missing"))
        bins = own["bins"].each(self._bin, most=last + 1)
        ends = [-1, *(item.last for item in bins)]
        whole = ends[-1] == last and all(
            item.first == end + 1 and item.first <= item.last
            for item, end in zip(bins, ends, strict=False)
        )
        if not whole:
            raise own["bins"].wrong(
                N_("{place} must follow one another from the first to the last")
            )
        return GroupHistogram(bins, self._cell(own["missing"]))

    def _bin(self, part: Part) -> Bin:
        own = part.fields(("first", "last", "n"))
        return Bin(own["first"].whole(), own["last"].whole(), self._cell(own["n"]))

    def _pair(self, part: Part) -> PairTable:
        own = part.fields(("a", "b", "cells"))
        cells = own["cells"]
        read = None if cells.value is None else self._cells(cells, 9)
        if read and any(isinstance(cell, Withheld) for cell in read):
            raise cells.wrong(N_("{place} is printed in full or not at all"))
        return PairTable(own["a"].text(), own["b"].text(), read)

    def _course(self, part: Part) -> Course:
        own = part.fields(("endpoint", "interval_days", "groups"))
        name = own["endpoint"].one_of(tuple(item.value for item in ENDPOINTS))
        endpoint = next(item for item in ENDPOINTS if item.value == name)
        competes = bool(ENDS[endpoint][1])
        groups = self._by_group(own["groups"], lambda item: self._followed(item, competes))
        return Course(name, own["interval_days"].whole(least=1, most=36_525), groups)

    def _followed(self, part: Part, competes: bool) -> GroupCourse:
        own = part.fields(("intervals", "unfollowed"))
        intervals = own["intervals"].each(
            lambda item: self._interval(item, competes), most=MOST_INTERVALS
        )
        ends = [-1, *(item.last for item in intervals)]
        if any(item.first <= end or item.last < item.first
               for item, end in zip(intervals, ends, strict=False)):  # fmt: skip
            raise own["intervals"].wrong(N_("{place} must follow one another"))
        return GroupCourse(intervals, self._cell(own["unfollowed"]))

    def _interval(self, part: Part, competes: bool) -> Interval:
        own = part.fields(("first", "last", "n", "events", "competing", "censored"))
        if (own["competing"].value is not None) is not competes:
            raise own["competing"].wrong(N_("{place} does not fit its endpoint"))
        return Interval(
            own["first"].whole(),
            own["last"].whole(),
            own["n"].whole(least=max(1, self.threshold)),
            self._cell(own["events"]),
            self._cell(own["competing"]) if competes else None,
            self._cell(own["censored"]),
        )


def _threshold(part: Part) -> int:
    found = part.whole(most=MOST_THRESHOLD)
    if 0 < found < LEAST_THRESHOLD:
        raise part.wrong(N_("{place} must be 0, or {least} and more"), least=LEAST_THRESHOLD)
    return found


def _day(part: Part) -> str:
    try:
        return date.fromisoformat(part.text()).isoformat()
    except ValueError:
        raise part.wrong(N_("{place} must be a date such as 2026-03-01")) from None


def _rule(part: Part) -> tuple[str, str]:
    name, version = (item.text() for item in part.items(most=2)) if _two(part) else ("", "")
    if not name:
        raise part.wrong(N_("{place} must be a name and its version"))
    return name, version


def _two(part: Part) -> bool:
    return isinstance(part.value, list) and len(part.value) == 2


def contradictions(summary: Summary) -> list[tuple[str, dict[str, Any]]]:
    """Sums that do not hold, names that stand twice, cells that could be worked out."""
    found: list[tuple[str, dict[str, Any]]] = []
    for name, cells, total in partitions(summary):
        limits = bounds(cells, total, summary.threshold)
        if any(low > high for low, high in limits):
            found.append((N_("{name}: the cells do not add up to {total}"),
                          {"name": name, "total": total}))  # fmt: skip
        elif not stands(cells, total, summary.threshold):
            found.append((N_("{name}: what is withheld can be worked out"), {"name": name}))
    found += _names_twice(summary)
    found += _columns_that_fail(summary)
    found += _courses_that_fail(summary)
    found += _pairs_that_fail(summary)
    if summary.ikzf1 and summary.ikzf1.levels[-len(NO_ALTERATION) :] != NO_ALTERATION:
        sentence = N_("{name}: the levels do not end with the answers that are no alteration")
        found.append((sentence, {"name": "ikzf1"}))
    return found


def _names_twice(summary: Summary) -> list[tuple[str, dict[str, Any]]]:
    listed = (
        [group.key for group in summary.groups],
        [item.variable for item in (*summary.tables, *summary.histograms)],
        [table.variable for table in summary.genes],
        [course.endpoint for course in summary.courses],
        [" / ".join(sorted((pair.a, pair.b))) for pair in summary.pairs],
    )
    sentence = N_("{name} stands twice")
    return [
        (sentence, {"name": name})
        for names in listed
        for name in sorted({name for name in names if names.count(name) > 1})
    ]


def _columns_that_fail(summary: Summary) -> list[tuple[str, dict[str, Any]]]:
    """Columns of records are those of this software, with its classes."""
    if summary.source is not Source.RECORDS:
        return []
    classes = {
        name: (*(level.value for level in column.levels), NOT_RECORDED)
        if column.kind is Kind.CLASS
        else STATE_LEVELS
        for name, column in COLUMNS.items()
        if column.kind is not Kind.NUMBER
    }
    measured = [item.variable for item in summary.histograms if item.variable in classes]
    found = [
        (table.variable, classes.get(table.variable), table.levels) for table in summary.tables
    ]
    wrong = [name for name, known, own in found if name in COLUMNS and known != own]
    sentence = N_("{name}: its classes are not those that this software knows")
    return [(sentence, {"name": name}) for name in (*wrong, *measured)]


def _courses_that_fail(summary: Summary) -> list[tuple[str, dict[str, Any]]]:
    found = []
    for course in summary.courses:
        for size, group in zip(summary.groups, course.groups, strict=True):
            if group is None:
                continue
            unfollowed = group.unfollowed if isinstance(group.unfollowed, int) else 0
            if sum(item.n for item in group.intervals) + unfollowed != size.n:
                sentence = N_("{name}: the children followed are not those of the group {group}")
                found.append((sentence, {"name": course.endpoint, "group": size.key}))
    return found


def _pairs_that_fail(summary: Summary) -> list[tuple[str, dict[str, Any]]]:
    told = [place for place, group in enumerate(summary.groups) if group.told]
    children = sum(int(summary.groups[place].n) for place in told)
    altered = {}
    for table in summary.genes:
        cells = [own[0] for place in told if (own := table.groups[place]) is not None]
        if len(cells) == len(told) and all(isinstance(cell, int) for cell in cells):
            altered[table.variable] = sum(map(int, cells))
    found = []
    for pair in summary.pairs:
        if pair.cells is None:
            continue
        sides = ((pair.a, sum(pair.cells[:3])), (pair.b, sum(pair.cells[::3])))
        wrong = any(altered.get(gene, n) != n for gene, n in sides)
        if wrong or sum(pair.cells) != children:
            found.append((N_("{name}: the cells do not add up to {total}"),
                          {"name": f"{pair.a} / {pair.b}", "total": children}))  # fmt: skip
    return found
