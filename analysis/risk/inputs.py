"""Facts as the rules used them, written for people: value, date, or why there is none."""

from __future__ import annotations

from analysis.calls import Evidence
from analysis.risk.axes import joint_mrd, results_in
from analysis.risk.facts import Answer, Fact, MrdResult, RiskFacts
from analysis.risk.protocol import Protocol, shown_number, unit_shown
from analysis.risk.result import UsedFact
from analysis.risk.vocabulary import VOCABULARY, Point
from analysis.wording import N_, Message, say

NOT_YET = N_("not yet due")
CONTRADICTED = N_("{fact}: the measurements disagree; the highest amount counts.")


def used_fact(name: str, fact: Fact | None, *, due: bool) -> UsedFact:
    kind = VOCABULARY[name]
    answer = fact.answer if fact else Answer.MISSING
    if not due:
        value = say(NOT_YET)
    elif answer is not Answer.KNOWN:
        value = say(answer.label_en)
    elif fact.number is not None and kind.unit:
        value = say(N_("{value} {unit}"), value=fact.number, unit=unit_shown(name))
    elif fact.number is not None:
        value = say(N_("{value}"), value=fact.number)
    else:
        several = N_("one of: {words}") if len(fact.words) > 1 else N_("{words}")
        value = say(several, words=tuple(kind.word(word) for word in fact.words))
    date, evidence = (fact.date, fact.evidence) if fact else ("", ())
    return UsedFact(name, say(kind.label_en), answer, value, date, kind.point, due, evidence)


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


def used_mrd(
    name: str, results: tuple[MrdResult, ...], *, known: bool, due: bool, needs_lod: float | None
) -> UsedFact:
    kind = VOCABULARY[name]
    evidence: tuple[Evidence, ...] = tuple(e for item in results for e in item.evidence)
    date = max((item.date for item in results), default="")
    if not results:
        answer = Answer.MISSING
        value = say(NOT_YET) if not due else say(answer.label_en)
    else:
        answer = Answer.KNOWN if known else Answer.NOT_EVALUABLE
        value = say(N_("{words}"), words=tuple(mrd_shown(item) for item in results))
    label = say(kind.label_en)
    return UsedFact(name, label, answer, value, date, kind.point, due, evidence, needs_lod)


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
            found.append(say(CONTRADICTED, fact=say(VOCABULARY[window.fact].label_en)))
    return tuple(found)
