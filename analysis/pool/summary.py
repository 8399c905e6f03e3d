"""What leaves a centre: counts, histograms and tables of follow-up, and no row of a child.

A summary is made of partitions: the children of a group, or of one interval of its follow-up,
shared out among classes, so that the cells add up to a printed total. A cell is a number,
`Withheld.SMALL` ("<5": from 0 up to, and without, the threshold) or `Withheld.HIDDEN` ("*":
whatever the total leaves). Everything that anybody may learn of a withheld cell follows from its
partition, because no partition shares a cell with another: that is what keeps the audit exact.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from analysis.calls import State
from analysis.wording import N_, Labelled

FORMAT = "ikzf1-cohort-summary"
FORMAT_VERSION = 1
SUPPRESSION_VERSION = "suppression-2026.1"
THRESHOLD = 5
# Below 4 a small count of children without an answer, of whom 0 is printed, could be known.
LEAST_THRESHOLD = 4
MOST_THRESHOLD = 1000

STATE_LEVELS = tuple(state.value for state in (
    State.ALTERED, State.NOT_DETECTED, State.NOT_EVALUABLE, State.NOT_TESTED
))  # fmt: skip
NOT_RECORDED = "not_recorded"


class Withheld(StrEnum):
    SMALL = "<"
    HIDDEN = "*"


Cell = int | Withheld
Cells = tuple[Cell, ...]


class Source(Labelled):
    RECORDS = "records", N_("the records of a centre")
    SPREADSHEET = "spreadsheet", N_("a spreadsheet")


class TableKind(Labelled):
    STATE = "state", N_("laboratory answer")
    CLASS = "class", N_("class")


class Found(Labelled):
    """What was found in IKZF1, beside the deletion patterns that are told apart by name."""

    OTHER = "other", N_("other deletion pattern")
    SEVERAL = "several", N_("several deletion patterns")
    UNNAMED = "not_named", N_("large deletion without a named pattern")
    VARIANT = "variant_only", N_("SNV/InDel only")


# The IKZF1 table ends with these; all levels before them are altered.
NO_ALTERATION = STATE_LEVELS[1:]


@dataclass(frozen=True)
class Excluded:
    """Children in no group: the column that makes the groups has no answer for them ("not tested"
    or not recorded, "not evaluable"), or another value than those that make groups."""

    not_evaluable: Cell
    not_tested: Cell
    other: Cell = 0


@dataclass(frozen=True)
class GroupSize:
    """A group. One below the threshold is named and nothing else is said of its children."""

    key: str
    n: Cell

    @property
    def told(self) -> bool:
        return isinstance(self.n, int)


@dataclass(frozen=True)
class CountTable:
    """One characteristic: for each group the children by level, or None where it is withheld.

    `levels` of a STATE table are `STATE_LEVELS`; those of a CLASS table end with `NOT_RECORDED`.
    `answers` are the words that a spreadsheet has for altered and not detected ("yes", "no").
    """

    variable: str
    kind: TableKind
    levels: tuple[str, ...]
    groups: tuple[Cells | None, ...]
    answers: tuple[str, ...] = ()

    @property
    def missing(self) -> tuple[int, ...]:
        """Places of the levels that mean "no answer"."""
        return missing_places(self.levels)


def missing_places(levels: tuple[str, ...]) -> tuple[int, ...]:
    words = (State.NOT_EVALUABLE.value, State.NOT_TESTED.value, NOT_RECORDED)
    return tuple(place for place, level in enumerate(levels) if level in words)


@dataclass(frozen=True)
class Bin:
    """Neighbouring bins `first` to `last` (places, both included), counted together."""

    first: int
    last: int
    n: Cell


@dataclass(frozen=True)
class GroupHistogram:
    bins: tuple[Bin, ...]
    missing: Cell


@dataclass(frozen=True)
class Histogram:
    """One measurement. Bin 0 lies below `edges[0]`, bin i from `edges[i - 1]` on."""

    variable: str
    edges: tuple[float, ...]
    groups: tuple[GroupHistogram | None, ...]
    digits: int = 2


@dataclass(frozen=True)
class Interval:
    """`n` children whose follow-up ended in the intervals `first` to `last` (both included), by how
    it did. `competing` is None for an endpoint with which nothing competes."""

    first: int
    last: int
    n: int
    events: Cell
    competing: Cell | None
    censored: Cell

    @property
    def cells(self) -> Cells:
        """The partition of `n`."""
        middle = () if self.competing is None else (self.competing,)
        return (self.events, *middle, self.censored)

    @classmethod
    def of(cls, first: int, last: int, *, n: int, cells: Cells) -> Interval:
        """The interval whose `cells` are these."""
        middle = cells[1] if len(cells) == 3 else None
        return cls(first, last, n, cells[0], middle, cells[-1])


@dataclass(frozen=True)
class GroupCourse:
    """`unfollowed` children have no usable follow-up. Where they are fewer than the threshold they
    are counted among the censored of the first interval, and `unfollowed` is SMALL."""

    intervals: tuple[Interval, ...]
    unfollowed: Cell


@dataclass(frozen=True)
class Course:
    """One endpoint, by groups. Interval i holds the days from i * interval_days on."""

    endpoint: str
    interval_days: int
    groups: tuple[GroupCourse | None, ...]


@dataclass(frozen=True)
class PairTable:
    """Two genes among the children of all told groups: nine cells, a's answer (altered, not
    detected, none) by b's, row by row; None where withheld."""

    a: str
    b: str
    cells: tuple[int, ...] | None


@dataclass(frozen=True)
class Summary:
    """One centre's cohort. `rules` names the versions of whatever made the answers."""

    centre: str
    made: str
    software: str
    source: Source
    rules: tuple[tuple[str, str], ...]
    threshold: int
    by: str
    groups: tuple[GroupSize, ...]
    excluded: Excluded
    tables: tuple[CountTable, ...] = ()
    histograms: tuple[Histogram, ...] = ()
    ikzf1: CountTable | None = None
    genes: tuple[CountTable, ...] = ()
    pairs: tuple[PairTable, ...] = ()
    courses: tuple[Course, ...] = ()
    left_out: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {"format": FORMAT, "format_version": FORMAT_VERSION, **packed(self, self.threshold)}


def packed(value: Any, threshold: int) -> Any:
    """Dataclasses as dicts; "<5" for a small cell, "*" for a hidden one."""
    if value is Withheld.SMALL:
        return f"<{threshold}"
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, tuple):
        return [packed(item, threshold) for item in value]
    if hasattr(value, "__dataclass_fields__"):
        return {
            name: packed(getattr(value, name), threshold) for name in value.__dataclass_fields__
        }
    return value


def bounds(cells: Cells, total: int, threshold: int) -> tuple[tuple[int, int], ...]:
    """The least and the most that each cell can be, from the printed cells and their total.

    Exact: with one sum over whole numbers every value between the two is possible. Where nothing
    fits, a low stands above its high.
    """
    limits = [_alone(cell, total, threshold) for cell in cells]
    low, high = (sum(limit[side] for limit in limits) for side in (0, 1))
    return tuple(
        (max(own_low, total - (high - own_high)), min(own_high, total - (low - own_low)))
        for own_low, own_high in limits
    )


def _alone(cell: Cell, total: int, threshold: int) -> tuple[int, int]:
    if cell is Withheld.SMALL:
        return 0, threshold - 1
    return (0, total) if cell is Withheld.HIDDEN else (int(cell), int(cell))
