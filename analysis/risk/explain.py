"""A risk result as a colleague would note it: what, why, what is missing, what next."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.risk.facts import Answer
from analysis.risk.protocol import shown_number
from analysis.risk.result import (
    NO_GROUP,
    RiskResult,
    RiskWord,
    RuleCertainty,
    RuleSetStatus,
    RuleVerdict,
    Settles,
    UsedFact,
    Verdict,
)
from analysis.wording import N_, Message, Word, say


@dataclass(frozen=True)
class Section:
    """One part of the note; never without lines."""

    title: Message
    lines: tuple[Message, ...]


def explain(result: RiskResult, language: str = "en") -> str:
    """The note as text, one line a sentence."""
    written = []
    for section in explanation(result):
        written.append(section.title.text(language))
        written += [f"  {line.text(language)}" for line in section.lines]
    return "\n".join(written)


def explanation(result: RiskResult) -> tuple[Section, ...]:
    """The note by sections: what, why, what is missing, what would settle it, what next, rules."""
    parts = (
        (N_("Risk group"), (_what(result), *_also(result))),
        (N_("Why"), _why(result)),
        (N_("Missing"), tuple(_missing(item) for item in result.missing)),
        (N_("What would settle it"), tuple(settled_by(item) for item in result.settles)),
        (N_("Next"), _next(result)),
        (N_("The rules"), _rules(result)),
    )
    return tuple(Section(say(title), lines) for title, lines in parts if lines)


def named_group(result: RiskResult, code: str) -> Message:
    """ "HR (high risk)"; the word alone where the protocol has no group."""
    words = {item.code: item.word for item in result.possible}
    word = words.get(code, RiskWord.NONE)
    if code == NO_GROUP:
        return say(RiskWord.NONE.label_en)
    return say(N_("{code} ({word})"), code=code, word=word)


def _what(result: RiskResult) -> Message:
    named = {"protocol": result.protocol, "version": result.version, "point": result.at}
    if result.group == NO_GROUP:
        sentence = N_("{protocol}, version {version}: the protocol has no group for this child.")
        return say(sentence, **named)
    if result.group:
        sentence = N_("{protocol}, version {version}: {group}.")
        return say(sentence, group=named_group(result, result.group), **named)
    if len(result.now) == 1 and result.now[0] != NO_GROUP:
        others = tuple(named_group(result, c) for c in result.groups if c != result.now[0])
        sentence = N_(
            "{protocol}, version {version}: {group} by the rules due up to {point}; still "
            "possible: {others}."
        )
        group = named_group(result, result.now[0])
        return say(sentence, group=group, others=others, **named)
    groups = tuple(named_group(result, code) for code in result.groups)
    sentence = N_("{protocol}, version {version}: not settled at {point}; possible: {groups}.")
    return say(sentence, groups=groups, **named)


def _also(result: RiskResult) -> tuple[Message, ...]:
    if result.group is None:
        return result.notes
    unknown = any(item.answer is not Answer.KNOWN for item in result.inputs)
    if not unknown:
        return result.notes
    return (*result.notes, say(N_("No value that is still unknown can change this.")))


def deciding(result: RiskResult) -> tuple[RuleVerdict, ...]:
    """The verdicts of the rules that carry the answer, in the order of the protocol."""
    return tuple(item for item in result.verdicts if item.rule in result.reasons)


_WHY = {
    (Verdict.MET, False): N_("{rule}, met: {description}. Known: {values}."),
    (Verdict.MET, True): N_("{rule} (unconfirmed), met: {description}. Known: {values}."),
    (Verdict.NOT_MET, False): N_("{rule}, not met: {description}. Known: {values}."),
    (Verdict.NOT_MET, True): N_("{rule} (unconfirmed), not met: {description}. Known: {values}."),
}


def _why(result: RiskResult) -> tuple[Message, ...]:
    return tuple(line for item in deciding(result) for line in _of_rule(item, result))


def _of_rule(item: RuleVerdict, result: RiskResult) -> tuple[Message, ...]:
    """The verdict of a rule; then how a doubt in its text was read."""
    known = [used for used in result.inputs_of(item) if used.answer is Answer.KNOWN]
    verdict = say(
        _WHY[item.verdict, item.certainty is RuleCertainty.MEMORY],
        rule=item.rule,
        description=item.description,
        values=tuple(map(shown_fact, known)),
    )
    if not item.note:
        return (verdict,)
    return (verdict, say(N_("On {rule}: {note}"), rule=item.rule, note=Word(item.note)))


def shown_fact(used: UsedFact, *, dated: bool = True) -> Message:
    """A fact with its value, and its date where there is one."""
    # "MRD on day 33 < 0.01 %" wants no colon.
    compared = used.value.sentence.startswith("<")
    places = {"fact": used.label, "value": used.value}
    if not (dated and used.date):
        return say(N_("{fact} {value}") if compared else N_("{fact}: {value}"), **places)
    sentence = N_("{fact} {value} ({date})") if compared else N_("{fact}: {value} ({date})")
    return say(sentence, **places, date=used.date)


def _missing(used: UsedFact) -> Message:
    return say(N_("{fact}: {value}."), fact=used.label, value=used.value)


def settled_by(item: Settles) -> Message:
    """ "HR if MRD on day 33 ≥ 1 %." """
    if item.groups == (NO_GROUP,):
        sentence = N_("If {condition}: the protocol has no group.")
        return say(sentence, condition=item.condition)
    groups = tuple(
        say(RiskWord.NONE.label_en) if code == NO_GROUP else say(N_("{code}"), code=code)
        for code in item.groups
    )
    if len(groups) == 1:
        return say(N_("{group} if {condition}."), group=groups[0], condition=item.condition)
    sentence = N_("If {condition}, these remain possible: {groups}.")
    return say(sentence, condition=item.condition, groups=groups)


def _next(result: RiskResult) -> tuple[Message, ...]:
    """What has been due longest first; then what the course brings."""
    late = [_to_do(item) for item in result.missing if item.due]
    return (*late, *(_to_do(item) for item in result.missing if not item.due))


def _to_do(used: UsedFact) -> Message:
    if used.needs_lod is not None:
        lod = shown_number(used.needs_lod, mrd=True)
        sentence = (
            N_("Find out: {fact}, limit of detection at most {lod} %.")
            if used.due
            else N_("Still to come: {fact}, limit of detection at most {lod} %.")
        )
        return say(sentence, fact=used.label, lod=lod)
    sentence = N_("Find out: {fact}.") if used.due else N_("Still to come: {fact}.")
    return say(sentence, fact=used.label)


def _rules(result: RiskResult) -> tuple[Message, ...]:
    since = say(
        N_("{protocol}, version {version}, valid from {valid_from}; rules {rule_hash}."),
        protocol=result.protocol, version=result.version, valid_from=result.valid_from,
        rule_hash=result.rule_hash,
    )  # fmt: skip
    if result.status is RuleSetStatus.CONFIRMED:
        confirmed = result.confirmation
        sentence = N_("Rule set confirmed by {by} on {on}.")
        return (since, say(sentence, by=confirmed.by, on=confirmed.on))
    if result.status is RuleSetStatus.UNCONFIRMED:
        sentence = N_("Unconfirmed rule set: nobody has vouched for {rules} yet.")
        return (since, say(sentence, rules=unconfirmed_shown(result)))
    return (since,)


def unconfirmed_shown(result: RiskResult) -> tuple[str | Message, ...]:
    """A protocol all from memory needs no list."""
    if len(result.unconfirmed_rules) == len(result.verdicts):
        return (say(N_("any of its rules")),)
    return result.unconfirmed_rules
