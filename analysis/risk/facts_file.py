"""The facts of one child from a JSON file.

    {"at": "day33",
     "facts": {"age_years": 4.2,
               "wbc": {"value": 61.0, "date": "2020-01-02", "source": "record 12"},
               "kmt2a": ["not_detected", "other_partner"],
               "ikzf1": "not_tested",
               "marrow_d15": "m1"},
     "mrd": [{"day": 33, "fraction": 0.0001, "operator": "<", "lod": 0.0001, "method": "flow"}]}

A fact is a number, a range of two numbers that both count (`"modal_number": [52, 56]`: from 52 to
56), a word, a list of the words that may be true, or a table with such a `value`, `date`, `source`
and, for numbers, `unit`. MRD is a fraction, never percent. `at` may be left out.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from analysis.calls import Evidence
from analysis.file_problems import ProblemBook, refusal
from analysis.response import MrdOperator
from analysis.risk.facts import (
    Fact,
    FactRefused,
    MrdResult,
    RiskFacts,
    number_fact,
    range_fact,
    word_fact,
)
from analysis.risk.vocabulary import VOCABULARY, Point
from analysis.wording import N_

METHODS = ("flow", "pcr", "ngs")
_MRD = {"day", "fraction", "operator", "lod", "loq", "method", "date", "source"}
_FACT = {"value", "date", "source", "unit"}


@dataclass(frozen=True)
class FactsFile:
    facts: RiskFacts
    at: Point | None


def read_facts(path: Path) -> FactsFile:
    """The file at `path`. Raises `FileRefused` with everything that is wrong."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise refusal(path.name, N_("not UTF-8 text")) from error
    return parse_facts(text, file=path.name)


def parse_facts(text: str, *, file: str) -> FactsFile:
    """The facts in `text`. Raises `FileRefused`."""
    try:
        data = json.loads(text, object_pairs_hook=_no_twins)
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 0)
        raise refusal(file, N_("not valid JSON: {cause}"), line=line, cause=str(error)) from error
    if not isinstance(data, dict):
        raise refusal(file, N_("a table with facts and mrd is needed"))
    return _Reader(ProblemBook(file)).read(data)


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


class _Reader:
    def __init__(self, book: ProblemBook):
        self.book = book

    def read(self, data: dict[str, Any]) -> FactsFile:
        for key in data.keys() - {"facts", "mrd", "at"}:
            self.book.note(0, N_("{where}: the key {key} is not known"), where="file", key=key)
        facts, mrd = data.get("facts", {}), data.get("mrd", [])
        if not isinstance(facts, dict) or not isinstance(mrd, list):
            raise self.book.stop(0, N_("facts is a table and mrd a list"))
        found = [self._fact(name, item) for name, item in facts.items()]
        results = [self._mrd(index, item) for index, item in enumerate(mrd, start=1)]
        at = self._at(data.get("at"))
        self.book.refuse()
        return FactsFile(RiskFacts(tuple(found), tuple(results)), at)

    def _at(self, value: Any) -> Point | None:
        try:
            return None if value is None else Point(value)
        except ValueError:
            known = ", ".join(Point)
            sentence = N_("{where}: {value} is not one of {known}")
            self.book.note(0, sentence, where="at", value=str(value), known=known)
            return None

    def _fact(self, name: str, item: Any) -> Fact | None:
        table = item if isinstance(item, dict) else {"value": item}
        for key in table.keys() - _FACT:
            self.book.note(0, N_("{where}: the key {key} is not known"), where=name, key=key)
        kind = VOCABULARY.get(name)
        unit = table.get("unit")
        if kind is not None and unit is not None and unit != kind.unit:
            sentence = N_("{where}: the unit of {fact} is {wanted}, not {unit}")
            self.book.note(
                0, sentence, where=name, fact=name, wanted=kind.unit or "1", unit=str(unit)
            )
        value, day = table.get("value"), self._day(table.get("date"), name)
        evidence = _evidence(name, value, table.get("source"))
        words = value if isinstance(value, list) else [value]
        try:
            if _is_number(value) or value is None:
                return number_fact(name, value, date=day, evidence=evidence)
            if isinstance(value, list) and len(value) == 2 and all(map(_is_number, value)):
                return range_fact(name, *value, date=day, evidence=evidence)
            if words and all(isinstance(word, str) for word in words):
                return word_fact(name, *words, date=day, evidence=evidence)
            self.book.note(0, N_("{name}: a value of another kind"), name=name)
        except FactRefused as error:
            self.book.note(0, error.message.sentence, **dict(error.message.params))
        except OverflowError:
            self.book.note(0, N_("{name}: a number beyond all measure"), name=name)
        return None

    def _mrd(self, index: int, item: Any) -> MrdResult | None:
        where = f"mrd {index}"
        if not isinstance(item, dict) or item.keys() - _MRD or type(item.get("day")) is not int:
            sentence = N_("{where}: a table with day (a whole number) and only {known} is needed")
            self.book.note(0, sentence, where=where, known=", ".join(sorted(_MRD)))
            return None
        operator, method = item.get("operator", "="), item.get("method", "flow")
        numbers = {name: item.get(name) for name in ("fraction", "lod", "loq")}
        for name, value in numbers.items():
            if value is not None and not (_is_number(value) and 0 <= value <= 1):
                sentence = N_("{where}: {name} is a fraction from 0 to 1")
                self.book.note(0, sentence, where=where, name=name)
                return None
            if value == 0 and (name != "fraction" or operator == MrdOperator.BELOW):
                sentence = N_("{where}: {name} is a limit, so more than 0")
                self.book.note(0, sentence, where=where, name=name)
                return None
        if operator == MrdOperator.NOT_DETECTED and numbers["fraction"]:
            sentence = N_("{where}: not detected, and a fraction: one of the two")
            self.book.note(0, sentence, where=where)
            return None
        for value, known in ((operator, tuple(MrdOperator)), (method, METHODS)):
            if value not in known:
                sentence = N_("{where}: {value} is not one of {known}")
                self.book.note(0, sentence, where=where, value=str(value), known=", ".join(known))
                return None
        day = self._day(item.get("date"), where)
        evidence = _evidence(f"MRD day {item['day']}", numbers["fraction"], item.get("source"))
        return MrdResult(
            item["day"], operator=MrdOperator(operator), method=method, date=day,
            evidence=evidence, **numbers,
        )  # fmt: skip

    def _day(self, value: Any, where: str) -> str:
        if value is None:
            return ""
        try:
            return date.fromisoformat(value).isoformat()
        except (TypeError, ValueError):
            sentence = N_("{where}: {value} is not a date (YYYY-MM-DD)")
            self.book.note(0, sentence, where=where, value=str(value))
            return ""


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _evidence(name: str, value: Any, source: Any) -> tuple[Evidence, ...]:
    if source is None:
        return ()
    return (Evidence("record", name, "" if value is None else str(value), str(source)),)
