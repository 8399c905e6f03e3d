"""The risk group: what was computed and why, who confirmed it, every rule with its value."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from analysis.calls import State
from analysis.risk.explain import explanation, named_group, shown_fact
from analysis.risk.protocol import Combined, Comparison, Condition
from analysis.risk.result import RiskResult, RuleCertainty, RuleSetStatus, RuleVerdict, Verdict
from reports.documents.content import Cell, Column, Fact, Mark, Part, Row, Table, row, table
from reports.protocols import table_of
from reports.risk_standing import RiskStanding

_STATES = {
    Verdict.MET: State.ALTERED,
    Verdict.NOT_MET: State.NOT_DETECTED,
    Verdict.NOT_EVALUABLE: State.NOT_EVALUABLE,
}


def computed_fact(risks: tuple[RiskResult, ...]) -> Fact:
    """The group by the leading protocol, or those still possible."""
    result = risks[0]
    mark = None if result.group else Mark(State.NOT_EVALUABLE, _("not settled"))
    return Fact(
        _("Risk group by the rules"),
        _group(result),
        mark,
        f"{result.protocol} {result.version} · {_status(result)}",
    )


def _status(result: RiskResult) -> str:
    if result.status is RuleSetStatus.UNCONFIRMED:
        return _("unconfirmed rule set")
    if result.status is RuleSetStatus.CONFIRMED:
        return _("rule set confirmed by {who} on {day}").format(
            who=result.confirmation.by, day=result.confirmation.on
        )
    return _("every rule has a source")


def _group(result: RiskResult):
    if result.group:
        return named_group(result, result.group)
    if len(result.now) == 1:
        return _("{group} now; possible: {possible}").format(
            group=result.now[0], possible=", ".join(result.groups)
        )
    return _("possible: {possible}").format(possible=", ".join(result.groups))


def doctors_fact(standing: RiskStanding) -> Fact:
    """The doctor's group, and whether it still rests on what is computed."""
    label = _("Risk group by the doctor")
    if not standing.assigned:
        return Fact(label, _("not assigned"))
    word = standing.entered.get_risk_group_display()
    if standing.out_of_date:
        return Fact(label, word, Mark(State.NOT_EVALUABLE, _("out of date")), standing.entry_text())
    return Fact(label, word, note=standing.entry_text())


def risk_group(
    risks: tuple[RiskResult, ...], standing: RiskStanding, *, own_protocol: str = ""
) -> Part:
    """Computed and confirmed group, the note of the leading protocol, its rules, other protocols.

    `own_protocol` is the child's protocol as recorded: one without a rule table is named.
    """
    leading, others = risks[0], risks[1:]
    return Part(
        _("Risk group"),
        texts=standing.warnings(),
        facts=(
            computed_fact(risks),
            doctors_fact(standing),
            Fact(_("Computed as of"), leading.at),
        ),
        tables=(
            _note(leading),
            _rules(leading),
            *(_note(result) for result in others),
        ),
        notes=tuple(_no_table(own_protocol, risks)),
    )


def _no_table(own_protocol: str, risks: tuple[RiskResult, ...]) -> list[str]:
    if not own_protocol or table_of(own_protocol) is not None:
        return []
    sentence = _("The protocol on record, {own}, has no table of rules here; {used} was used.")
    return [sentence.format(own=own_protocol, used=risks[0].protocol)]


def _note(result: RiskResult) -> Table:
    """The explanation that the command line gives, section by section."""
    rows: list[Row] = []
    for section in explanation(result):
        rows += [
            row(section.title if place == 0 else "", line)
            for place, line in enumerate(section.lines)
        ]
    caption = _("{protocol}, version {version}: the group explained").format(
        protocol=result.protocol, version=result.version
    )
    return table(caption, [Column("", 18), Column("", 82)], rows)


def _rules(result: RiskResult) -> Table:
    columns = [
        Column(_("Rule"), 14),
        Column(_("Speaks for"), 10),
        Column(_("Verdict"), 16),
        Column(_("Asks for"), 30),
        Column(_("Value used"), 30),
    ]
    protocol = table_of(result.protocol, result.version)
    rules = protocol.rules if protocol else ()
    direct = {rule.name: tuple(_direct(rule.when)) for rule in rules}
    rows = [
        row(
            Cell(item.rule, note=_certainty(item)),
            ", ".join(item.groups),
            Cell(mark=Mark(_STATES[item.verdict], _verdict(item))),
            item.description,
            _values(item, result, direct.get(item.rule, ())),
            tone="marked" if item.verdict is Verdict.MET and item.rule in result.reasons else "",
        )
        for item in result.verdicts
    ]
    caption = _("Every rule of {protocol}").format(protocol=result.protocol)
    return table(caption, columns, rows)


def _values(item: RuleVerdict, result: RiskResult, direct: tuple[str, ...]) -> tuple:
    """The values that the rule itself compares; those of a rule it names stand there."""
    used = [value for value in result.inputs_of(item) if value.fact in direct]
    return tuple(shown_fact(value) for value in used) or (_("see the rules it names"),)


def _direct(condition: Condition) -> Iterator[str]:
    if isinstance(condition, Comparison):
        yield condition.fact
    elif isinstance(condition, Combined):
        for part in condition.parts:
            yield from _direct(part)


def _certainty(item: RuleVerdict) -> str:
    return _("unconfirmed") if item.certainty is RuleCertainty.MEMORY else ""


def _verdict(item: RuleVerdict):
    if item.verdict is Verdict.NOT_EVALUABLE and not item.due:
        return _("not yet due")
    return item.verdict
