"""A protocol's rule table for a reader: how its groups are made, each rule as it is asked and as
its source words it, how doubts in the text were read, and who has vouched for it."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from analysis.risk.protocol import MrdWindow, Protocol, Rule, described
from analysis.risk.result import Confirmation, RuleCertainty
from analysis.risk.vocabulary import VOCABULARY, FactWord, MrdMethod
from analysis.wording import translate
from reports.documents.content import Cell, Column, Fact, Part, Row, Table, row, table


def protocol_parts(
    protocol: Protocol, confirmation: Confirmation | None = None
) -> tuple[Part, ...]:
    """The whole table, for the page of the protocol. `confirmation` is that of these very rules."""
    head = Part(
        _("The protocol"),
        facts=(
            Fact(_("Version"), protocol.version),
            Fact(_("Valid from"), protocol.valid_from),
            Fact(_("Speaks for"), tuple(map(FactWord, protocol.lineages))),
            Fact(_("State of the rules"), standing_of(protocol, confirmation)),
        ),
        texts=(_("Source: {source}").format(source=_said(protocol.source)),),
        notes=tuple(map(_said, protocol.notes)),
    )
    groups = Part(_("Groups"), tables=(_groups(protocol),))
    rules = Part(_("Rules"), tables=(rule_table(protocol, protocol.rules),))
    if not protocol.windows:
        return (head, groups, rules)
    return (head, groups, rules, Part(_("Days of MRD"), tables=(_windows(protocol.windows),)))


def standing_of(protocol: Protocol, confirmation: Confirmation | None) -> str:
    """Whether somebody vouches for the unconfirmed rules, by name and on a day."""
    if not protocol.unconfirmed_rules:
        return _("every rule has a source")
    if confirmation is not None:
        sentence = _("rule set confirmed by {who} on {day}")
        return sentence.format(who=confirmation.by, day=confirmation.on)
    return _("unconfirmed rule set: {count} of {total} rules are from memory").format(
        count=len(protocol.unconfirmed_rules), total=len(protocol.rules)
    )


def unconfirmed_table(protocol: Protocol) -> Table:
    """What a person vouches for who confirms the rule set."""
    rules = [rule for rule in protocol.rules if rule.certainty is RuleCertainty.MEMORY]
    return rule_table(protocol, rules)


def rule_table(protocol: Protocol, rules: Iterable[Rule]) -> Table:
    """A row a rule; what nobody has vouched for is marked."""
    columns = [
        Column(_("Rule"), 10, "name"),
        Column(_("From"), 10, "name"),
        Column(_("Asks for"), 32),
        Column(_("As the source words it"), 28),
        Column(_("Source"), 20),
    ]
    caption = _("{protocol} {version}: rules").format(
        protocol=protocol.name, version=protocol.version
    )
    return table(caption, columns, [_rule(rule) for rule in rules])


def _rule(rule: Rule) -> Row:
    unconfirmed = rule.certainty is RuleCertainty.MEMORY
    return row(
        rule.name,
        rule.point,
        Cell(described(rule.when), note=_said(rule.note)),
        rule.quote,
        Cell(_said(rule.source), note=rule.certainty),
        tone="marked" if unconfirmed else "",
    )


def _groups(protocol: Protocol) -> Table:
    columns = [
        Column(_("Group"), 10, "name"),
        Column(_("In words"), 20, "name"),
        Column(_("Given from"), 15),
        Column(_("Made of"), 55),
    ]
    rows = [
        row(
            group.code,
            group.word,
            group.point,
            _("all who are left") if group.when is None else described(group.when),
        )
        for group in protocol.groups
    ]
    note = _("The first group whose rules are met is that of the child.")
    return table(_("Groups in order of precedence"), columns, rows, note)


def _windows(windows: Iterable[MrdWindow]) -> Table:
    columns = [
        Column(_("Measurement"), 34),
        Column(_("Days of treatment"), 33, "centre"),
        Column(_("Methods"), 33),
    ]
    rows = [
        row(
            _said(VOCABULARY[item.fact].label_en),
            f"{item.first}–{item.last}",
            tuple(map(MrdMethod, item.methods)),
        )
        for item in windows
    ]
    return table(_("Which measurement answers which question"), columns, rows)


def _said(text: str) -> str:
    """A text of the file, in the reader's language where there is a translation."""
    return translate(text, get_language() or "en")
