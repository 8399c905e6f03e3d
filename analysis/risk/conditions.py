"""The conditions of a protocol file: `{wbc: {at_least: 50, unit: 10^9/L}}`, all, any, not, rule."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

from analysis.file_problems import ProblemBook
from analysis.risk.lined_yaml import Lined
from analysis.risk.protocol import Combined, Comparison, Condition, RuleNamed
from analysis.risk.vocabulary import VOCABULARY, FactKind, Span
from analysis.wording import N_

# Which end of the span a comparison gives, and whether the number itself is left out.
ENDS = {
    "at_least": ("low", False),
    "above": ("low", True),
    "at_most": ("high", False),
    "below": ("high", True),
}
PERCENT = "percent"
NOTHING = Combined("all", ())


class ConditionReader:
    """Reads conditions; what is wrong is noted in `book`, and the rest is read on."""

    def __init__(self, book: ProblemBook, rules: tuple[str, ...], mrd_facts: set[str]):
        self.book, self.rules, self.mrd_facts = book, set(rules), mrd_facts

    def condition(self, at: Lined, *, where: str, rules_only: bool = False) -> Condition:
        """`rules_only`: no fact is compared, so that every comparison has its verdict."""
        if not at.table or len(at.value) != 1:
            sentence = N_("{where}: one of all, any, not, at_least, rule or a fact is needed")
            self.book.note(at.line, sentence, where=where)
            return NOTHING
        ((key, value),) = at.value.items()
        if key == "rule":
            return self._rule(value, where)
        if key in ("all", "any"):
            return Combined(key, self._parts(value, where, rules_only))
        if key == "not":
            part = self.condition(value, where=where, rules_only=rules_only)
            return Combined("not", (part,))
        if key == "at_least":
            return self._at_least(value, where, rules_only)
        if rules_only:
            sentence = N_("{where}: a group is made of rules; put {fact} into a rule")
            self.book.note(value.line, sentence, where=where, fact=key)
            return NOTHING
        return self._comparison(key, value, where)

    def _rule(self, at: Lined, where: str) -> Condition:
        if at.value not in self.rules:
            self.book.note(
                at.line, N_("{where}: no rule is named {rule}"), where=where, rule=str(at.value)
            )
            return NOTHING
        return RuleNamed(str(at.value))

    def _parts(self, at: Lined, where: str, rules_only: bool) -> tuple[Condition, ...]:
        if not at.list or not at.value:
            self.book.note(at.line, N_("{where}: a list of conditions is needed"), where=where)
            return ()
        return tuple(self.condition(item, where=where, rules_only=rules_only) for item in at.value)

    def _at_least(self, at: Lined, where: str, rules_only: bool) -> Condition:
        n, of = at.get("n"), at.get("of")
        if n is None or of is None or len(at.value) != 2:
            self.book.note(at.line, N_("{where}: at_least has n and of"), where=where)
            return NOTHING
        parts = self._parts(of, where, rules_only)
        if type(n.value) is not int or not 1 <= n.value <= max(len(parts), 1):
            sentence = N_("{where}: n is a whole number from 1 to {count}")
            self.book.note(n.line, sentence, where=where, count=len(parts))
            return NOTHING
        return Combined("at_least", parts, n.value)

    def _comparison(self, fact: str, at: Lined, where: str) -> Condition:
        kind = VOCABULARY.get(fact)
        if kind is None:
            sentence = N_("{where}: the fact {fact} is not known")
            self.book.note(at.line, sentence, where=where, fact=fact)
            return NOTHING
        if kind.mrd and fact not in self.mrd_facts:
            sentence = N_("{where}: {fact} needs its days and methods under mrd")
            self.book.note(at.line, sentence, where=where, fact=fact)
        if not at.table or not at.value:
            self.book.note(
                at.line, N_("{where}: {fact} is compared with nothing"), where=where, fact=fact
            )
            return NOTHING
        return self._span(kind, at, where) if kind.number else self._words(kind, at, where)

    def _words(self, kind: FactKind, at: Lined, where: str) -> Condition:
        given = at.get("is")
        if given is None or len(at.value) != 1:
            sentence = N_("{where}: {fact} is compared by is: and words")
            self.book.note(at.line, sentence, where=where, fact=kind.name)
            return NOTHING
        items = given.value if given.list else [given]
        words = tuple(str(item.value) for item in items)
        for item, word in zip(items, words, strict=True):
            if word not in kind.words:
                known = ", ".join(kind.words)
                sentence = N_("{where}: {fact} has no word {word}; it has {known}")
                self.book.note(
                    item.line, sentence, where=where, fact=kind.name, word=word, known=known
                )
        return Comparison(kind.name, words=words)

    def _span(self, kind: FactKind, at: Lined, where: str) -> Condition:
        unit = at.get("unit")
        if not self._unit_fits(kind, unit):
            wanted = f"{kind.unit}, {PERCENT}" if kind.mrd else kind.unit or "1"
            sentence = N_("{where}: the unit of {fact} is {wanted}, not {unit}")
            given = str(unit.value) if unit else "none"
            line = unit.line if unit else at.line
            self.book.note(line, sentence, where=where, fact=kind.name, wanted=wanted, unit=given)
            return NOTHING
        ends: dict[str, Any] = {}
        for key, item in at.value.items():
            if key == "unit":
                continue
            end, opened = ENDS.get(key, ("", False))
            if not end or end in ends or not _is_number(item.value):
                sentence = N_("{where}: {fact} cannot be compared by {key}: {value}")
                self.book.note(
                    item.line, sentence, where=where, fact=kind.name, key=key, value=str(item.value)
                )
                return NOTHING
            percent = unit is not None and unit.value == PERCENT
            ends |= {end: _fraction(item.value, percent=percent), f"{end}_open": opened}
        span = kind.span.meet(Span(**ends))
        outside = [n for n in (ends.get("low"), ends.get("high")) if n and not kind.span.holds(n)]
        if not ends or span.empty or outside:
            sentence = N_("{where}: no possible value of {fact} lies there")
            self.book.note(at.line, sentence, where=where, fact=kind.name)
            return NOTHING
        return Comparison(kind.name, span=span)

    def _unit_fits(self, kind: FactKind, unit: Lined | None) -> bool:
        if unit is None:
            return not kind.unit
        return unit.value == kind.unit or (kind.mrd and unit.value == PERCENT)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _fraction(value: float, *, percent: bool) -> float:
    """Decimal, because 0.07 / 100 is not 0.0007 in binary."""
    return float(Decimal(str(value)) / 100) if percent else float(value)
