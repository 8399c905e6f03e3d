"""Counts of several centres added up: to numbers where all are printed, to bounds where not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from analysis.cohort.columns import COLUMNS, STATES, Column
from analysis.file_problems import FileRefused, ProblemBook
from analysis.pool.levels import OTHER, under_other
from analysis.pool.summary import (
    CountTable,
    Excluded,
    Histogram,
    Source,
    Summary,
    Withheld,
    bounds,
)
from analysis.wording import N_, Labelled, Message, counted, say


class Certainty(Labelled):
    EXACT = "exact", N_("exact")
    APPROXIMATE = "approximate", N_("approximate")


@dataclass(frozen=True)
class Range:
    """A count that lies from `low` to `high`, both included."""

    low: int
    high: int

    @property
    def exact(self) -> bool:
        return self.low == self.high

    def __add__(self, other: Range) -> Range:
        return Range(self.low + other.low, self.high + other.high)

    def text(self) -> str:
        return str(self.low) if self.exact else f"{self.low}–{self.high}"

    def to_json(self) -> int | dict[str, int]:
        return self.low if self.exact else {"low": self.low, "high": self.high}


NOBODY = Range(0, 0)


def total(ranges: Iterable[Range]) -> Range:
    return sum(ranges, NOBODY)


@dataclass(frozen=True)
class Pool:
    """Summaries that fit together: `groups` are the keys of all, in the first one's order."""

    summaries: tuple[Summary, ...]
    groups: tuple[str, ...]

    @property
    def first(self) -> Summary:
        return self.summaries[0]

    @property
    def by(self) -> str:
        return self.first.by

    def size(self, place: int) -> Range:
        """Children of a group, those that nothing else is said of included."""
        return total(_size(summary, self.groups[place]) for summary in self.summaries)

    def told(self, summary: Summary, place: int) -> int | None:
        """The place of group `place` among those of `summary`; None where it says nothing of it."""
        for own, group in enumerate(summary.groups):
            if group.key == self.groups[place]:
                return own if group.told else None
        return None

    def silent(self) -> tuple[Message, ...]:
        """Who is counted in no table, for being in a group that is too small or not named."""
        small = N_("{centre}: fewer than {threshold} children in {group}, counted in no table.")
        absent = N_("{centre} names no group {group}: its {n} children at most are in no table.")
        labels = dict(zip(self.groups, group_labels(self), strict=True))
        found = []
        for item in self.summaries:
            facts = {"centre": item.centre, "threshold": item.threshold}
            found += [say(small, **facts, group=labels[group.key]) for group in item.groups
                      if not group.told]  # fmt: skip
            n = _unnamed(item).high
            found += [
                say(absent, centre=item.centre, group=labels[key], n=n)
                for key in self._not_named(item)
            ]
        return tuple(found)

    @property
    def any_silent(self) -> bool:
        return any(
            self._not_named(item) or not all(group.told for group in item.groups)
            for item in self.summaries
        )

    def _not_named(self, summary: Summary) -> tuple[str, ...]:
        """The groups of other centres that `summary` may have children of without saying so."""
        named = {group.key for group in summary.groups}
        return tuple(key for key in self.groups if key not in named and _unnamed(summary).high)

    def excluded(self) -> dict[str, Range]:
        """Children in no group, by the reason (the fields of `Excluded`)."""
        return {
            name: total(
                _loose(getattr(item.excluded, name), item.threshold) for item in self.summaries
            )
            for name in Excluded.__dataclass_fields__
        }


def _unnamed(summary: Summary) -> Range:
    return _loose(summary.excluded.other, summary.threshold)


def _size(summary: Summary, key: str) -> Range:
    for group in summary.groups:
        if group.key == key:
            return _loose(group.n, summary.threshold)
    return Range(0, _unnamed(summary).high)


def _loose(cell: int | Withheld, threshold: int) -> Range:
    return Range(0, threshold - 1) if isinstance(cell, Withheld) else Range(cell, cell)


def pool_of(named: Sequence[tuple[str, Summary]]) -> Pool:
    """The pool of (file name, summary). Raises `FileRefused` where two do not fit together."""
    named = _speaking(named)
    first_file, first = named[0]
    groups = list(dict.fromkeys(group.key for _file, item in named for group in item.groups))
    problems = []
    seen: dict[str, str] = {}
    contents: list[tuple[str, Summary]] = []
    shapes: dict[str, _Shape] = {}
    for file, item in named:
        book = ProblemBook(file)
        if item.centre in seen:
            sentence = N_("is of the centre {centre}, as {other} is: children would count twice")
            book.note(0, sentence, centre=item.centre, other=seen[item.centre])
        elif twin := next((name for name, own in contents if own == _content(item)), ""):
            sentence = N_("counts the very same children as {other}, under another centre's name")
            book.note(0, sentence, other=twin)
        seen.setdefault(item.centre, file)
        if _tells(item):
            contents.append((file, _content(item)))
        if (item.by, item.source) != (first.by, first.source):
            sentence = N_("has groups by {by} of {source}; {other} has them by {first} of {kind}")
            facts = {"by": item.by, "source": item.source.value, "other": first_file}
            book.note(0, sentence, **facts, first=first.by, kind=first.source.value)
        _note_differences(book, item, shapes)
        problems += book.found
    if problems:
        raise FileRefused(tuple(problems))
    return Pool(tuple(item for _file, item in named), tuple(groups))


def _speaking(named: Sequence[tuple[str, Summary]]) -> list[tuple[str, Summary]]:
    """Without what a centre says of nobody, whose kind is no disagreement: all of a centre that
    tells of no group, and measurements that nobody has where they are answers elsewhere."""
    classes = {table.variable for _file, item in named for table in item.tables}
    told = [(file, item) for file, item in named if _tells(item)]
    found = []
    for file, item in named:
        if told and not _tells(item):
            nothing = {"ikzf1": None, "genes": (), "pairs": (), "courses": ()}
            item = replace(item, tables=(), histograms=(), **nothing)
        kept = (h for h in item.histograms if h.variable not in classes or _measured(h))
        found.append((file, replace(item, histograms=tuple(kept))))
    return found


def _tells(summary: Summary) -> bool:
    return any(group.told for group in summary.groups)


def _measured(histogram: Histogram) -> bool:
    return any(group is None or any(b.n != 0 for b in group.bins) for group in histogram.groups)


def _content(summary: Summary) -> Summary:
    """All but who sent it and when: two centres do not agree in every count."""
    return replace(summary, centre="", made="", software="")


def _note_differences(book: ProblemBook, item: Summary, known: dict[str, _Shape]) -> None:
    """`known` has what the summaries before this one say a variable is, and learns from it."""
    own: list[_Shape] = [
        _Shape(table.variable, True, (table.kind, table.answers), book.file)
        for table in item.tables
    ]
    own += [_Shape(h.variable, False, h.edges, book.file) for h in item.histograms]
    for shape in own:
        before = known.setdefault(shape.variable, shape)
        if shape.answer is not before.answer:
            sentence = N_("{name} is a measurement in one and a class in the other: {other}")
        elif shape.what == before.what:
            continue
        elif shape.answer:
            sentence = N_("{name} has other answers than in {other}")
        else:
            sentence = N_("{name} is counted over other edges than in {other}")
        book.note(0, sentence, name=shape.variable, other=before.file)


@dataclass(frozen=True)
class _Shape:
    """What `file` says that `variable` is: its answers, or the edges of a measurement."""

    variable: str
    answer: bool
    what: tuple
    file: str


def column_of(pool: Pool, name: str) -> Column | None:
    """The column of the records; None for one of a spreadsheet."""
    return COLUMNS.get(name) if pool.first.source is Source.RECORDS else None


def group_labels(pool: Pool) -> tuple[Message | Labelled, ...]:
    column = column_of(pool, pool.by)
    known = {str(level): level for level in (*STATES, *(column.levels if column else ()))}
    return tuple(known.get(key, say(N_("{value}"), value=key)) for key in pool.groups)


@dataclass(frozen=True)
class PooledGroup:
    """One group of one characteristic: children by level, and those with an answer."""

    levels: tuple[Range, ...]
    answered: Range


@dataclass(frozen=True)
class PooledTable:
    """One characteristic of all centres. `why` says what keeps it from being exact."""

    variable: str
    levels: tuple[str, ...]
    missing: tuple[int, ...]
    groups: tuple[PooledGroup, ...]
    why: tuple[Message, ...]
    answers: tuple[str, ...] = ()

    @property
    def certainty(self) -> Certainty:
        return Certainty.APPROXIMATE if self.why else Certainty.EXACT


def pooled_table(pool: Pool, tables: Sequence[CountTable | None]) -> PooledTable:
    """`tables` stands beside the summaries; None where a centre does not give this one."""
    given = [table for table in tables if table is not None]
    merged = under_other(given)
    levels = _levels(given, merged)
    missing = tuple(n for n, level in enumerate(levels) if level in _missing_words(given))
    why: list[Message] = []
    groups = []
    withheld: dict[str, bool] = {}
    for place in range(len(pool.groups)):
        parts = []
        for summary, table in zip(pool.summaries, tables, strict=True):
            own = pool.told(summary, place)
            if own is None:
                continue
            if table is None:
                why.append(not_given(pool, summary, place))
                continue
            # Of a group that is withheld as a whole only its size is known.
            cells = table.groups[own] or (Withheld.HIDDEN,) * len(table.levels)
            limits = bounds(cells, int(summary.groups[own].n), summary.threshold)
            if any(low < high for low, high in limits):
                withheld[summary.centre] = True
            parts.append(_group(table, limits, int(summary.groups[own].n), levels, merged))
        sums = zip(*(part.levels for part in parts), strict=True)
        counted = tuple(map(total, sums)) if parts else (NOBODY,) * len(levels)
        groups.append(PooledGroup(counted, total(part.answered for part in parts)))
    if withheld:
        why.append(small_counts(pool, tuple(withheld)))
    if pool.any_silent:
        why.append(say(N_("small groups are not counted")))
    answers = next((table.answers for table in given), ())
    variable = given[0].variable
    return PooledTable(variable, levels, missing, tuple(groups), tuple(why), answers)


def small_counts(pool: Pool, centres: tuple[str, ...]) -> Message:
    """Whose small counts are lacking; of a single centre there is no question."""
    if len(pool.summaries) == 1:
        return say(N_("small counts withheld"))
    return say(N_("small counts withheld by {centres}"), centres=centres)


def _levels(given: Sequence[CountTable], merged: frozenset[str]) -> tuple[str, ...]:
    """The levels of all, "other" for the `merged` ones, "not recorded" and its like last."""
    words = _missing_words(given)
    named = list(dict.fromkeys(level for table in given for level in table.levels))
    together = [str(OTHER) if n in merged else n for n in named]
    # Where the last of the merged ones stands.
    named = list(dict.fromkeys(reversed(together)))[::-1]
    return (*(n for n in named if n not in words), *(n for n in named if n in words))


def _missing_words(given: Sequence[CountTable]) -> set[str]:
    return {table.levels[place] for table in given for place in table.missing}


def not_given(pool: Pool, summary: Summary, place: int) -> Message:
    """That `summary` has nothing of the children of group `place`, which it tells of."""
    own = pool.told(summary, place)
    n = summary.groups[own].n if own is not None else 0
    return counted(
        N_("{centre} does not give it: {n} child of {group} is not counted"),
        N_("{centre} does not give it: {n} children of {group} are not counted"),
        n,
        centre=summary.centre,
        group=group_labels(pool)[place],
    )


def _group(
    table: CountTable,
    limits: tuple[tuple[int, int], ...],
    n: int,
    levels: tuple[str, ...],
    merged: frozenset[str],
) -> PooledGroup:
    own = dict.fromkeys(levels, NOBODY)
    for level, limit in zip(table.levels, limits, strict=True):
        own[str(OTHER) if level in merged else level] += Range(*limit)
    ranges = tuple(own[level] for level in levels)
    lacking = total(Range(*limits[place]) for place in table.missing)
    there = [Range(*limit) for place, limit in enumerate(limits) if place not in table.missing]
    answered = total(there)
    low, high = max(answered.low, n - lacking.high), min(answered.high, n - lacking.low)
    return PooledGroup(ranges, Range(low, high))


def by_name(pool: Pool, section: str) -> dict[str, list]:
    """The tables or histograms of one section by their names, in the order of the first centre that
    has each; None where a centre has none of that name."""
    found: dict[str, list] = {}
    for place, summary in enumerate(pool.summaries):
        items: Sequence[CountTable | Histogram] = getattr(summary, section)
        for item in items:
            found.setdefault(item.variable, [None] * len(pool.summaries))[place] = item
    return found
