"""Wrong readings of a protocol: each comparison, window and definition changed in one place.

A table of expectations that one of these readings also meets has a hole there.
"""

from collections.abc import Iterator
from dataclasses import replace

from analysis.risk.protocol import (
    Combined,
    Comparison,
    Condition,
    Group,
    MrdWindow,
    Protocol,
    RuleNamed,
)
from analysis.risk.result import RiskWord
from analysis.risk.vocabulary import VOCABULARY, Span

# A threshold moved by this share is another threshold; rows must stand closer than that.
SHARE = 0.05


def readings(condition: Condition) -> Iterator[tuple[str, Condition]]:
    """What is changed, and the condition with it."""
    if isinstance(condition, Comparison):
        yield from (_of_words if condition.span is None else _of_span)(condition)
    elif isinstance(condition, Combined):
        yield from _of_parts(condition)


def _of_span(item: Comparison) -> Iterator[tuple[str, Condition]]:
    kind, span = VOCABULARY[item.fact], item.span
    step = 1 if kind.integer else 0
    for end in ("low", "high"):
        value = getattr(span, end)
        if value == getattr(kind.span, end):
            continue
        for moved in (value - (step or value * SHARE), value + (step or value * SHARE)):
            changed = replace(span, **{end: moved})
            if not kind.span.meet(changed).empty and kind.span.holds(moved):
                yield f"{item.fact}: {end} {moved:g}", replace(item, span=changed)
        opened = not getattr(span, f"{end}_open")
        yield (
            f"{item.fact}: {end} open={opened}",
            replace(item, span=replace(span, **{f"{end}_open": opened})),
        )
        without = {end: getattr(kind.span, end), f"{end}_open": False}
        if (rest := replace(span, **without)) != Span(kind.span.low, kind.span.high):
            yield f"{item.fact}: no {end}", replace(item, span=rest)


def _of_words(item: Comparison) -> Iterator[tuple[str, Condition]]:
    for word in map(str, VOCABULARY[item.fact].words):
        if word not in item.words:
            yield f"{item.fact}: also {word}", replace(item, words=(*item.words, word))
        elif len(item.words) > 1:
            kept = tuple(other for other in item.words if other != word)
            yield f"{item.fact}: not {word}", replace(item, words=kept)


def _of_parts(item: Combined) -> Iterator[tuple[str, Condition]]:
    for index, part in enumerate(item.parts):
        rest = (*item.parts[:index], *item.parts[index + 1 :])
        if rest:
            yield f"{item.how}: without part {index + 1}", replace(item, parts=rest)
        for what, changed in readings(part):
            parts = (*item.parts[:index], changed, *item.parts[index + 1 :])
            yield what, replace(item, parts=parts)
    if item.how == "not":
        yield "not: taken away", item.parts[0]
    elif item.how in ("all", "any") and len(item.parts) > 1:
        other = "any" if item.how == "all" else "all"
        yield f"{item.how}: {other}", replace(item, how=other)


def windows(window: MrdWindow) -> Iterator[tuple[str, MrdWindow]]:
    for name in ("first", "last"):
        for step in (-1, 1):
            day = getattr(window, name) + step
            changed = replace(window, **{name: day})
            if changed.first <= changed.last:
                yield f"{window.fact}: {name} day {day}", changed
    for method in ("flow", "pcr", "ngs"):
        methods = tuple(m for m in window.methods if m != method)
        if method not in window.methods:
            yield (
                f"{window.fact}: also {method}",
                replace(window, methods=(*window.methods, method)),
            )
        elif methods:
            yield f"{window.fact}: not {method}", replace(window, methods=methods)
    if window.positive_from is not None:
        yield f"{window.fact}: no floor", replace(window, positive_from=None)


def alone(protocol: Protocol, rule: str, when: Condition | None = None) -> Protocol:
    """`rule`, read as `when`, with the rules that it names, and nothing else: quick to make."""
    needed: dict[str, Condition] = {}

    def collect(name: str, condition: Condition) -> None:
        needed[name] = condition
        for other in _named(condition):
            collect(other, protocol.by_name[other].when)

    collect(rule, protocol.by_name[rule].when if when is None else when)
    rules = tuple(
        replace(item, when=needed[item.name]) for item in protocol.rules if item.name in needed
    )
    groups = (Group("YES", RiskWord.HIGH, RuleNamed(rule)), Group("NO", RiskWord.LOW, None))
    return replace(protocol, rules=rules, groups=groups)


def _named(condition: Condition) -> list[str]:
    if isinstance(condition, RuleNamed):
        return [condition.rule]
    parts = condition.parts if isinstance(condition, Combined) else ()
    return [name for part in parts for name in _named(part)]


def of_groups(protocol: Protocol) -> Iterator[tuple[str, Protocol]]:
    """The protocol with one rule out of one group's definition, or two groups changed round."""
    for index, group in enumerate(protocol.groups):
        for what, when in readings(group.when) if group.when else ():
            changed = replace(group, when=when)
            groups = (*protocol.groups[:index], changed, *protocol.groups[index + 1 :])
            yield f"{group.code}: {what}", replace(protocol, groups=groups)
