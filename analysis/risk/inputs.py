"""Facts as the rules used them, written for people: value, date, or why there is none."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cache, lru_cache, reduce

from analysis.calls import Evidence, State
from analysis.risk.axes import Unused, joint_mrd, results_in, unused_results
from analysis.risk.facts import Answer, Fact, MrdResult, RiskFacts, mrd_span
from analysis.risk.protocol import MrdWindow, Protocol, shown_number, unit_shown
from analysis.risk.result import UsedFact
from analysis.risk.vocabulary import MRD_USES, VOCABULARY, FactKind, FactWord, MrdMethod, Point
from analysis.wording import N_, Message, say

NOT_YET = N_("not yet due")
CONTRADICTED = N_(
    "{fact}: the measurements disagree ({values}). The highest amount counts; look at them again."
)

LABELS = {name: say(kind.label_en) for name, kind in VOCABULARY.items()}


def used_fact(name: str, fact: Fact | None, *, due: bool) -> UsedFact:
    """`fact` (None: not recorded) as used at a point where it is `due` or not yet."""
    if fact is None or not due:
        return _unrecorded(name, due)
    shown = _shown(name, fact.answer, fact.number, fact.words, fact.between)
    point = VOCABULARY[name].point
    partial = len(fact.words) > 1 or fact.between is not None
    return UsedFact(
        name, LABELS[name], fact.answer, shown, fact.date, point, due, fact.evidence,
        partial=partial,
    )  # fmt: skip


@cache
def _unrecorded(name: str, due: bool) -> UsedFact:
    value = say(Answer.MISSING.label_en if due else NOT_YET)
    return UsedFact(name, LABELS[name], Answer.MISSING, value, "", VOCABULARY[name].point, due)


# Most facts are words or round numbers: few sentences serve many children.
@lru_cache(maxsize=4096)
def _shown(
    name: str,
    answer: Answer,
    number: float | None,
    words: tuple[str, ...],
    between: tuple[float, float] | None,
) -> Message:
    kind = VOCABULARY[name]
    if answer is not Answer.KNOWN:
        return say(answer.label_en)
    if between is not None and kind.unit:
        low, high = between
        return say(N_("{low} to {high} {unit}"), low=low, high=high, unit=unit_shown(name))
    if between is not None:
        return say(N_("{low} to {high}"), low=between[0], high=between[1])
    if number is not None and kind.unit:
        return say(N_("{value} {unit}"), value=number, unit=unit_shown(name))
    if number is not None:
        return say(N_("{value}"), value=number)
    return _words_shown(kind, words)


def _words_shown(kind: FactKind, words: tuple[str, ...]) -> Message:
    """One word; or of several what is excluded, what is found, and what is not settled."""
    shown = tuple(kind.word(word) for word in words)
    if len(words) == 1:
        return say(N_("{words}"), words=shown)
    excluded = tuple(word for word in kind.words if word not in words)
    if State.NOT_DETECTED in words and excluded:
        left = tuple(word for word in shown if word != State.NOT_DETECTED)
        sentence = N_("{excluded} not detected, but {left} not settled")
        return say(sentence, excluded=excluded, left=left)
    if State.NOT_DETECTED in excluded:
        return say(N_("found, but which of {words} is not settled"), words=shown)
    return say(N_("one of: {words}"), words=shown)


_MRD = {
    "=": (N_("{value} %"), N_("{value} % (limit of detection {lod} %)")),
    "<": (N_("< {value} %"), N_("< {value} % (limit of detection {lod} %)")),
    "not_detected": (
        N_("not detected, limit of detection not recorded"),
        N_("not detected (limit of detection {lod} %)"),
    ),
}


def mrd_shown(result: MrdResult) -> Message:
    """A measurement as people write it, in percent."""
    without, with_limit = _MRD[str(result.operator)]
    values = {}
    if result.fraction is not None and result.operator != "not_detected":
        values["value"] = shown_number(result.fraction, mrd=True)
    elif result.operator != "not_detected":
        return say(Answer.NOT_EVALUABLE.label_en)
    if result.lod is not None:
        values["lod"] = shown_number(result.lod, mrd=True)
    return say(with_limit if result.lod is not None else without, **values)


def _as_counted(result: MrdResult, window: MrdWindow) -> Message:
    """The measurement, and what it counts as where the protocol takes small amounts for more."""
    span, least = mrd_span(result, positive_from=window.positive_from), window.positive_from
    if span is None or span.low != least or result.fraction == least:
        return mrd_shown(result)
    sentence = N_("{value}, positive: counts as at least {least} %")
    return say(sentence, value=mrd_shown(result), least=shown_number(least, mrd=True))


def used_mrd(
    window: MrdWindow,
    results: tuple[MrdResult, ...],
    *,
    known: bool,
    due: bool,
    needs_lod: float | None,
) -> UsedFact:
    """The measurements of one time point as used. Of several each is named by method and day."""
    name = window.fact
    kind = VOCABULARY[name]
    evidence: tuple[Evidence, ...] = tuple(e for item in results for e in item.evidence)
    date = max((item.date for item in results), default="")
    if not results:
        return replace(_unrecorded(name, due), needs_lod=needs_lod)
    answer = Answer.KNOWN if known else Answer.NOT_EVALUABLE
    value = _several(results, window) if len(results) > 1 else _as_counted(results[0], window)
    return UsedFact(name, LABELS[name], answer, value, date, kind.point, due, evidence, needs_lod)


def _several(results: tuple[MrdResult, ...], window: MrdWindow) -> Message:
    """Each once, by day and method: the order of a record means nothing."""
    shown = {
        say(
            N_("{method} on day {day}: {value}"),
            method=MrdMethod(item.method), day=item.day, value=_as_counted(item, window),
        ): (item.day, item.method)
        for item in results
    }  # fmt: skip
    ordered = sorted(shown, key=lambda message: (*shown[message], message.text()))
    return reduce(lambda a, b: say(N_("{first}; {second}"), first=a, second=b), ordered)


_USED_AGAINST_RECORD = {
    "mrd_use": N_(
        "The record says that MRD cannot be measured, but it was measured ({days}): the "
        "measurements count."
    ),
    "pcr_mrd_use": N_(
        "The record says that MRD cannot be measured by PCR, but it was ({days}): the "
        "measurements count."
    ),
}


def proven_use(
    recorded: RiskFacts, used: RiskFacts, *, asked: Iterable[str]
) -> tuple[Message, ...]:
    """Where the record says that MRD cannot be measured, and a measurement shows that it can; for
    the facts `asked`."""
    found = []
    for name in asked:
        said, methods = recorded.by_name.get(name), MRD_USES[name]
        if said is None or FactWord.NOT_USED not in said.words or said == used.by_name[name]:
            continue
        days = sorted({item.day for item in recorded.mrd if item.method in methods})
        shown = tuple(say(N_("day {day}"), day=day) for day in days)
        found.append(say(_USED_AGAINST_RECORD[name], days=shown))
    return tuple(found)


_OTHER_DAY = N_(
    "MRD of day {day} ({value}) lies outside the days {first} to {last} that the protocol names "
    "for {point}, and was not used."
)
_OTHER_SINGLE_DAY = N_(
    "MRD of day {day} ({value}) was not measured on day {first}, which the protocol names, and "
    "was not used."
)
_OTHER_METHOD = N_(
    "MRD of day {day} ({value}, {method}) was not used: for {point} the protocol asks for MRD by "
    "{methods}."
)


def unused_measurements(
    facts: RiskFacts, protocol: Protocol, at: Point | None
) -> tuple[Message, ...]:
    """Measurements that the protocol does not take, each with why. With `at`, only those of a time
    point that has come by then."""
    return tuple(
        _unused(item)
        for item in unused_results(protocol, facts)
        if at is None or VOCABULARY[item.window.fact].point.order <= at.order
    )


def _unused(item: Unused) -> Message:
    result, window = item.result, item.window
    sentence = _OTHER_METHOD
    if item.other_day:
        sentence = _OTHER_SINGLE_DAY if window.first == window.last else _OTHER_DAY
    places = {
        "day": result.day,
        "value": mrd_shown(result),
        "first": window.first,
        "last": window.last,
        "point": VOCABULARY[window.fact].point,
        "method": MrdMethod(result.method),
        "methods": tuple(MrdMethod(method) for method in window.methods),
    }
    return say(sentence, **{name: v for name, v in places.items() if f"{{{name}}}" in sentence})


def disagreements(facts: RiskFacts, protocol: Protocol, at: Point) -> tuple[Message, ...]:
    """Time points whose MRD measurements contradict each other."""
    found = []
    for window in protocol.windows:
        results = results_in(window, facts)
        if len(results) < 2 or VOCABULARY[window.fact].point.order > at.order:
            continue
        joint = joint_mrd(results, window)
        others = (joint_mrd((item,), window) for item in results)
        if any(span is not None and joint.meet(span).empty for span in others):
            values = _several(results, window)
            found.append(say(CONTRADICTED, fact=LABELS[window.fact], values=values))
    return tuple(found)
