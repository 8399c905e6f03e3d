"""What is known of one child when a risk group is worked out: values, or why there is none."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

from analysis.calls import Evidence
from analysis.response import MrdMeasurement, MrdOperator, below_own_limit
from analysis.risk.vocabulary import VOCABULARY, Point, Span
from analysis.wording import N_, Labelled, Message, say


class Answer(Labelled):
    """Whether a fact has a value, and if not, why. None of the last three is ever "normal"."""

    KNOWN = "known", N_("known")
    NOT_EVALUABLE = "not_evaluable", N_("not evaluable")
    NOT_TESTED = "not_tested", N_("not tested")
    MISSING = "missing", N_("not recorded")


class FactRefused(ValueError):
    """A fact that cannot be: unknown name or word, or a number outside its range."""

    def __init__(self, sentence: str, **params):
        super().__init__(sentence)
        self.message: Message = say(sentence, **params)

    def __str__(self) -> str:
        return self.message.text()


@dataclass(frozen=True)
class Fact:
    """One fact by its name in `VOCABULARY`.

    `number` is in the unit of the vocabulary; `words` are those that may be true: one where it is
    known, several where some are ruled out (no KMT2A::AFF1, other partners not looked for). For a
    number recorded as a word, `words` holds the band ("m2"); for one recorded as a range (modal
    number 52~56), `between` holds both ends, which count: it settles what all of it settles. `date`
    is ISO 8601, or "". Raises `FactRefused` for what cannot be; ready-made by `number_fact`,
    `range_fact`, `word_fact` and `no_answer`.
    """

    name: str
    answer: Answer = Answer.KNOWN
    number: float | None = None
    words: tuple[str, ...] = ()
    date: str = ""
    evidence: tuple[Evidence, ...] = ()
    between: tuple[float, float] | None = None

    def __post_init__(self):
        kind = VOCABULARY.get(self.name)
        if kind is None or kind.mrd:
            raise FactRefused(N_("{name} is not a fact that can be given here"), name=self.name)
        if self.answer is not Answer.KNOWN:
            if self.number is not None or self.words or self.between:
                raise FactRefused(N_("{name}: a value, and no answer"), name=self.name)
            return
        numbers = self.between or (() if self.number is None else (self.number,))
        given = sum(bool(item) for item in (self.between, self.words)) + (self.number is not None)
        if given != 1 or (numbers and not kind.number):
            raise FactRefused(N_("{name}: a value of another kind"), name=self.name)
        for number in numbers:
            if not (math.isfinite(number) and kind.span.holds(number)):
                raise FactRefused(
                    N_("{name}: {value} is not between {low} and {high}"),
                    name=self.name, value=number, low=kind.span.low, high=kind.span.high,
                )  # fmt: skip
            if kind.integer and number != int(number):
                raise FactRefused(
                    N_("{name}: {value} is not a whole number"), name=self.name, value=number
                )
        if self.between and self.between[0] > self.between[1]:
            raise FactRefused(N_("{name}: the range ends before it begins"), name=self.name)
        for word in self.words:
            try:
                kind.word(word)
            except ValueError:
                raise FactRefused(
                    N_("{name}: the word {word} is not known"), name=self.name, word=word
                ) from None


def number_fact(name: str, value: float | None, *, date: str = "", evidence=()) -> Fact:
    """A measured number; None is "not recorded". A Decimal is welcome."""
    if value is None:
        return Fact(name, Answer.MISSING, date=date, evidence=tuple(evidence))
    return Fact(name, number=float(value), date=date, evidence=tuple(evidence))


def range_fact(name: str, low: float, high: float, *, date: str = "", evidence=()) -> Fact:
    """A number that lies from `low` to `high`, both included; a single number where they are
    equal."""
    if low == high:
        return number_fact(name, low, date=date, evidence=evidence)
    ends = (float(low), float(high))
    return Fact(name, between=ends, date=date, evidence=tuple(evidence))


def word_fact(name: str, *words: str, date: str = "", evidence=()) -> Fact:
    """A fact that is one of `words`; "not_tested", "not_evaluable" and "missing" are no answer."""
    if len(words) == 1 and words[0] in (Answer.NOT_TESTED, Answer.NOT_EVALUABLE, Answer.MISSING):
        return no_answer(name, words[0], date=date, evidence=evidence)
    return Fact(name, words=tuple(words), date=date, evidence=tuple(evidence))


def no_answer(name: str, answer: str, *, date: str = "", evidence=()) -> Fact:
    return Fact(name, Answer(answer), date=date, evidence=tuple(evidence))


@dataclass(frozen=True)
class MrdResult:
    """One MRD measurement on `day` of treatment; `fraction`, `lod` and `loq` are fractions.

    `operator` as in `analysis.response.MrdOperator`; `method` "flow", "pcr" or "ngs".
    """

    day: int
    fraction: float | None
    operator: MrdOperator = MrdOperator.EQUAL
    lod: float | None = None
    loq: float | None = None
    method: str = "flow"
    date: str = ""
    evidence: tuple[Evidence, ...] = ()

    @property
    def measurement(self) -> MrdMeasurement:
        return MrdMeasurement(self.fraction, self.operator, self.lod, evidence=self.evidence)


def mrd_span(result: MrdResult, *, positive_from: float | None = None) -> Span | None:
    """The fractions that the true MRD may have, None where the result says nothing.

    A threshold is settled by this span as `analysis.response.mrd_response` settles it: below only
    where the limit of detection is at most the threshold. A value below the method's own limit of
    detection cannot be told from none: any fraction from 0 to below that limit may be true. With
    `positive_from`, any measured amount counts as at least that ("positive, below the quantitative
    range"), and one below its own limit may be that or none.
    """
    # As `mrd_response` reads them: a limit of 0 is none, and a value of 0 is none detected.
    operator, lod = MrdOperator(result.operator), result.lod or None
    fraction = None if result.fraction is None else float(result.fraction)
    if fraction == 0:
        operator = MrdOperator.NOT_DETECTED
    if operator is MrdOperator.NOT_DETECTED:
        return None if lod is None else Span(0, float(lod), high_open=True)
    if fraction is None or not math.isfinite(fraction):
        return None
    if operator is MrdOperator.BELOW:
        return Span(0, max(fraction, float(lod or 0)), high_open=True)
    if below_own_limit(result.measurement):
        floor = positive_from or 0.0
        return Span(0, max(floor, float(lod)), high_open=floor < float(lod))
    if positive_from is not None:
        fraction = max(fraction, positive_from)
    return Span(fraction, fraction)


@dataclass(frozen=True)
class RiskFacts:
    """All that is known of a child. A name that is not there was not recorded."""

    facts: tuple[Fact, ...] = ()
    mrd: tuple[MrdResult, ...] = ()

    @cached_property
    def by_name(self) -> dict[str, Fact]:
        return {fact.name: fact for fact in self.facts}

    def known(self, name: str) -> bool:
        fact = self.by_name.get(name)
        return fact is not None and fact.answer is Answer.KNOWN

    def replaced(self, fact: Fact) -> RiskFacts:
        """The same with `fact` in the place of what stood under its name."""
        others = tuple(item for item in self.facts if item.name != fact.name)
        return RiskFacts((*others, fact), self.mrd)


__all__ = [
    "Answer", "Fact", "FactRefused", "MrdResult", "Point", "RiskFacts", "mrd_span", "no_answer",
    "number_fact", "range_fact", "word_fact",
]  # fmt: skip
