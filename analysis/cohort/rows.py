"""What a row of a cohort's table holds: its groups, the test and why it, q, who is missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from analysis.calls import State
from analysis.cohort import effect
from analysis.cohort.columns import Column, Kind
from analysis.cohort.effect import Effect
from analysis.cohort.printed import number_text, percent_text, written
from analysis.cohort.significance import Rule, TestName, TestResult
from analysis.wording import N_, Labelled, Message, say


class Spread(Labelled):
    """What stands beside a median. Quartiles are those between the ordered values that R, NumPy
    and spreadsheets give (type 7 of Hyndman & Fan 1996); SPSS prints others."""

    RANGE = "range", N_("least to greatest")
    IQR = "iqr", N_("lower to upper quartile")


class Block(Labelled):
    """Whether a row stands in the study's own table or is added after it."""

    STUDY = "study", N_("rows of the study")
    ALSO = "also", N_("also compared")


@dataclass(frozen=True)
class GroupValue:
    """One cell: what one group of children shows in one row.

    A proportion is `n` of `of`, those with an answer. A measurement has `n` measured of `of`
    children, with `median`, `low` and `high` (least and greatest, or the quartiles) to the
    column's digits, None where nobody was measured.
    `kind` says which of the two it is, NUMBER being a measurement.
    `not_tested` (for sex and risk group: not recorded) and `not_evaluable` are counted apart.
    """

    label: Message | Labelled
    n: int
    of: int
    median: float | None = None
    low: float | None = None
    high: float | None = None
    not_tested: int = 0
    not_evaluable: int = 0
    kind: Kind = Kind.STATE

    @property
    def missing(self) -> int:
        return self.not_tested + self.not_evaluable

    def text(self, language: str = "en") -> str:
        """ "5.9 (0.9-13.4)", "8/22 (36.4%)", or a dash where nobody has a value."""
        if self.kind is not Kind.NUMBER:
            return f"{self.n}/{self.of} ({percent_text(self.n, self.of)})" if self.of else "—"
        if self.median is None:
            return "—"
        values = (self.median, self.low, self.high)
        median, low, high = (number_text(value) for value in values)
        sentence = N_("{median} ({low}–{high})")
        return say(sentence, median=median, low=low, high=high).text(language)

    def to_json(self, language: str = "en") -> dict[str, Any]:
        return {
            "label": written(self.label, language),
            "n": self.n,
            "of": self.of,
            "median": self.median,
            "low": self.low,
            "high": self.high,
        }


@dataclass(frozen=True)
class Row:
    """One line of a table. `result` is None in Table 1, which compares nothing, and on the further
    lines of a characteristic with several classes, whose one test stands on its first line."""

    variable: str
    label: Message | Labelled
    kind: Kind
    groups: tuple[GroupValue, ...]
    unit: Message | None = None
    result: TestResult | None = None
    effects: tuple[Effect, ...] = ()
    q: float | None = None
    block: Block = Block.STUDY

    @property
    def p(self) -> float | None:
        return self.result.p if self.result else None

    @property
    def test(self) -> TestName | None:
        """The test that was made, None where none was."""
        made = self.result and self.result.test is not TestName.NONE
        return self.result.test if made else None

    @property
    def odds_ratio(self) -> Effect | None:
        names = (effect.EffectName.ODDS_RATIO, effect.EffectName.ODDS_RATIO_SAMPLE)
        return next((item for item in self.effects if item.name in names), None)

    def to_json(self, language: str = "en", *, effects: bool = False) -> dict[str, Any]:
        found: dict[str, Any] = {
            "variable": self.variable,
            "label": written(self.label, language),
            "test": self.test.label(language) if self.test else None,
            "p": self.p,
            "groups": [group.to_json(language) for group in self.groups],
        }
        if effects and (ratio := self.odds_ratio):
            found |= {
                "odds_ratio": effect.finite(ratio.estimate),
                "low": effect.finite(ratio.low),
                "high": effect.finite(ratio.high),
            }
        return found


@dataclass(frozen=True)
class Group:
    """A column of the table: its heading and its number of children."""

    label: Message | Labelled
    n: int


@dataclass(frozen=True)
class Excluded:
    """Children who are in no group, by the reason: no answer, or (None) an answer that makes no
    group."""

    state: State | None
    n: int
    message: Message


@dataclass(frozen=True)
class Table:
    """`by` is None for Table 1, else the column whose answers make the groups."""

    groups: tuple[Group, ...]
    rows: tuple[Row, ...]
    by: Column | None = None
    rule: Rule | None = None
    excluded: tuple[Excluded, ...] = ()
    notes: tuple[Message, ...] = ()

    def row(self, variable: str) -> Row:
        """The first row of `variable`. Raises KeyError where there is none."""
        for row in self.rows:
            if row.variable == variable:
                return row
        raise KeyError(variable)

    def to_json(self, language: str = "en", *, effects: bool = False) -> list[dict[str, Any]]:
        """One dict a row; `effects` adds the odds ratio with its interval where there is one."""
        return [row.to_json(language, effects=effects) for row in self.rows]
