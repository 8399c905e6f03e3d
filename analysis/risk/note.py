"""A risk result as a colleague would note it in a few sentences: what, why, what is missing, next.

The page, the report and the command line print these sentences; `explain.py` has the details.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce

from analysis.risk.explain import deciding, named_group, shown_fact, unconfirmed_shown
from analysis.risk.facts import Answer
from analysis.risk.protocol import shown_number
from analysis.risk.result import (
    NO_GROUP,
    RiskResult,
    RiskWord,
    RuleCertainty,
    RuleSetStatus,
    RuleVerdict,
    UsedFact,
    Verdict,
)
from analysis.wording import N_, Message, say

# That MRD was measured at all is said by its value.
IMPLIED = frozenset({"mrd_use", "pcr_mrd_use"})


def note(result: RiskResult) -> tuple[Message, ...]:
    """Three to six sentences; one more where measurements contradict each other or are not those
    that the protocol asks for, or where a rule is not written in its text."""
    parts = (
        _what(result), _why(result), _derived(result), *result.notes, *_lacking(result),
        _status(result),
    )  # fmt: skip
    return tuple(part for part in parts if part is not None)


def note_text(result: RiskResult, language: str = "en") -> str:
    """`note` as one paragraph."""
    blank = "" if language.lower().startswith("zh") else " "
    return blank.join(sentence.text(language) for sentence in note(result))


def _what(result: RiskResult) -> Message:
    named = {"protocol": result.protocol, "version": result.version, "point": result.at}
    if result.group == NO_GROUP:
        return say(
            N_("By {protocol}, version {version}, there is no group for this child at {point}."),
            **named,
        )
    if result.group:
        sentence = N_("By {protocol}, version {version}, this child is {group}.")
        return say(sentence, group=named_group(result, result.group), **named)
    if len(result.now) == 1 and result.now[0] != NO_GROUP:
        others = tuple(named_group(result, code) for code in result.groups if code != result.now[0])
        sentence = N_(
            "By {protocol}, version {version}, this child is {group} for now, by what is known at "
            "{point}; still possible: {others}."
        )
        return say(sentence, group=named_group(result, result.now[0]), others=others, **named)
    groups = tuple(named_group(result, code) for code in result.groups)
    sentence = N_(
        "By {protocol}, version {version}, the group is not settled at {point}; possible: {groups}."
    )
    return say(sentence, groups=groups, **named)


# More rules than these say nothing by their names; the details have them all.
NAMED_RULES = 3
_VALUES = {True: N_("It rests on {values}."), False: N_("Known so far: {values}.")}
_WHY = {
    (True, True, True): N_("It rests on {values}; rules met: {met}; not met: {failed}."),
    (True, True, False): N_("It rests on {values}; rules met: {met}."),
    (True, False, True): N_("It rests on {values}; rules not met: {failed}."),
    (False, True, True): N_("Known so far: {values}; rules met: {met}; not met: {failed}."),
    (False, True, False): N_("Known so far: {values}; rules met: {met}."),
    (False, False, True): N_("Known so far: {values}; rules not met: {failed}."),
}


def _why(result: RiskResult) -> Message | None:
    rules = deciding(result)
    values = _values(result, rules)
    if values is None:
        return None
    met = tuple(item.rule for item in rules if item.verdict is Verdict.MET)
    failed = tuple(item.rule for item in rules if item.verdict is not Verdict.MET)
    if len(rules) > NAMED_RULES:
        return say(_VALUES[bool(result.group)], values=values)
    sentence = _WHY[bool(result.group), bool(met), bool(failed)]
    places = {"values": values, "met": met, "failed": failed}
    return say(sentence, **{name: value for name, value in places.items() if value})


def _derived(result: RiskResult) -> Message | None:
    """Where the answer rests on a rule that the text does not have in so many words."""
    rules = tuple(
        item.rule
        for item in deciding(result)
        if item.verdict is Verdict.MET and item.certainty is RuleCertainty.DERIVED
    )
    if not rules:
        return None
    return say(N_("Derived from the protocol's text, not written in it: {rules}."), rules=rules)


def _values(result: RiskResult, rules: Iterable[RuleVerdict]) -> Message | None:
    """What is known of the deciding rules' facts, each day written once; those of the shortest
    rules say the most."""
    ordered = sorted(rules, key=lambda item: len(item.facts))
    known = {item.fact: item for item in result.inputs if item.answer is Answer.KNOWN}
    names = dict.fromkeys(name for item in ordered for name in item.facts)
    by_date: dict[str, list[Message]] = {}
    for name in names:
        if name in known and name not in IMPLIED:
            used = known[name]
            by_date.setdefault(used.date, []).append(shown_fact(used, dated=False))
    return _joined([_of_day(day, values) for day, values in by_date.items()]) if by_date else None


def _of_day(day: str, values: list[Message]) -> Message:
    if not day:
        return say(N_("{values}"), values=tuple(values))
    return say(N_("{values} ({date})"), values=tuple(values), date=day)


def _lacking(result: RiskResult) -> tuple[Message | None, ...]:
    """What is missing, what would settle the group, what to do next."""
    if result.group:
        return (_complete(result),)
    late = [item for item in result.missing if item.due]
    coming = [item for item in result.missing if not item.due]
    return (_missing(late), _settling(result), _next(late, coming))


def _complete(result: RiskResult) -> Message:
    if result.group == NO_GROUP:
        return say(N_("The text has no group for such a child: that is for a doctor to decide."))
    if any(item.answer is not Answer.KNOWN or item.partial for item in result.inputs):
        sentence = N_(
            "No value that is still unknown can change this; nothing more is needed for the group."
        )
        return say(sentence)
    return say(N_("No value is missing; nothing more is needed for the group."))


def _missing(late: list[UsedFact]) -> Message:
    """What is overdue, in the words of why: not tested, not evaluable, not recorded."""
    if not late:
        return say(N_("Nothing that is due is missing."))
    by_answer: dict[Message, list[Message]] = {}
    for item in late:
        by_answer.setdefault(item.value, []).append(_wanted(item))
    groups = [
        say(N_("{facts} ({answer})"), facts=tuple(facts), answer=answer)
        for answer, facts in by_answer.items()
    ]
    return say(N_("Missing: {facts}."), facts=_joined(groups))


def _settling(result: RiskResult) -> Message | None:
    by_groups: dict[tuple[str, ...], list[Message]] = {}
    for item in result.settles:
        by_groups.setdefault(item.groups, []).append(item.condition)
    # What leaves one group says more than what leaves two.
    ordered = sorted(by_groups.items(), key=lambda pair: len(pair[0]))
    ways = [_way(groups, conditions) for groups, conditions in ordered]
    return say(N_("What would settle it: {ways}."), ways=_joined(ways)) if ways else None


def _way(groups: tuple[str, ...], conditions: list[Message]) -> Message:
    shown = [say(RiskWord.NONE.label_en) if code == NO_GROUP else code for code in groups]
    sentence = (
        N_("{groups} if {conditions}") if len(shown) == 1 else N_("only {groups} if {conditions}")
    )
    return say(sentence, groups=_or(shown), conditions=_or(conditions))


def _next(late: list[UsedFact], coming: list[UsedFact]) -> Message | None:
    then = tuple(map(_wanted, coming))
    if late and then:
        return say(N_("Next: obtain what is missing; await {then}."), then=then)
    if late:
        return say(N_("Next: obtain what is missing."))
    return say(N_("Next: await {then}."), then=then) if then else None


def _wanted(used: UsedFact) -> Message:
    if used.needs_lod is None:
        return used.label
    sentence = N_("{fact} with a limit of detection of at most {lod} %")
    return say(sentence, fact=used.label, lod=shown_number(used.needs_lod, mrd=True))


_UNCONFIRMED = {
    False: N_("The rule set is unconfirmed: nobody has vouched for {rules} yet."),
    True: N_(
        "The rule set is unconfirmed: nobody has vouched for {rules} yet, among them {deciding}, "
        "on which this answer rests."
    ),
}


def _status(result: RiskResult) -> Message | None:
    if result.status is not RuleSetStatus.UNCONFIRMED:
        return None
    unconfirmed = result.unconfirmed_rules
    own = [item.rule for item in deciding(result) if item.rule in unconfirmed]
    if len(unconfirmed) <= NAMED_RULES or len(unconfirmed) == len(result.verdicts):
        return say(_UNCONFIRMED[False], rules=unconfirmed_shown(result))
    count = say(
        N_("{count} of its {total} rules"), count=len(unconfirmed), total=len(result.verdicts)
    )
    if not own:
        return say(_UNCONFIRMED[False], rules=count)
    named = tuple(own) if len(own) <= NAMED_RULES else say(N_("{count} rules"), count=len(own))
    return say(_UNCONFIRMED[True], rules=count, deciding=named)


def _or(alternatives: list[Message | str]) -> Message | str:
    if len(alternatives) == 1:
        return alternatives[0]
    sentence = N_("{first} or {last}")
    # A condition may have commas of its own.
    *first, last = alternatives
    messages = all(isinstance(item, Message) for item in first)
    return say(sentence, first=_joined(first) if messages else tuple(first), last=last)


def _joined(messages: list[Message]) -> Message:
    return reduce(lambda a, b: say(N_("{first}; {second}"), first=a, second=b), messages)
