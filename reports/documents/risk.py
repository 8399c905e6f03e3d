"""The risk group: what was computed and why, who confirmed it, every rule with its value."""

from __future__ import annotations

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from analysis.calls import State
from analysis.risk.explain import named_group
from analysis.risk.note import note_text
from analysis.risk.result import RiskResult, RuleSetStatus
from reports.documents.content import Column, Fact, Mark, Part, Table, row, table
from reports.documents.risk_rules import rules_in_brief, rules_in_full
from reports.protocols import table_of
from reports.risk_standing import RiskStanding, no_protocol, silence


def computed_fact(risks: tuple[RiskResult, ...], standing: RiskStanding) -> Fact:
    """The group by the leading protocol, or those still possible."""
    if not risks:
        return Fact(_("Risk group by the rules"), _("none"), note=silence(standing))
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
    """Computed and confirmed group, note and rules of the leading protocol, then the others.

    `own_protocol` is the child's protocol as recorded: one without a rule table is named.
    """
    if not risks:
        told = standing.unspoken or standing.untabled
        said = standing.warnings() if told else (no_protocol(), *standing.warnings())
        facts = (computed_fact(risks, standing), doctors_fact(standing))
        return Part(_("Risk group"), texts=said, facts=facts)
    leading, others = risks[0], risks[1:]
    return Part(
        _("Risk group"),
        texts=(*standing.warnings(), note_text(leading, get_language() or "en")),
        facts=(
            computed_fact(risks, standing),
            doctors_fact(standing),
            Fact(_("Computed as of"), leading.at),
        ),
        tables=(*rules_in_full(leading), *(_other(result) for result in others)),
        notes=tuple(_no_table(own_protocol, risks)),
    )


def _no_table(own_protocol: str, risks: tuple[RiskResult, ...]) -> list[str]:
    if not own_protocol or table_of(own_protocol) is not None:
        return []
    sentence = _("The protocol on record, {own}, has no table of rules here; {used} was used.")
    return [sentence.format(own=own_protocol, used=risks[0].protocol)]


def _other(result: RiskResult) -> Table:
    """A further protocol: its note, and every rule in small print."""
    caption = _("{protocol}, version {version}").format(
        protocol=result.protocol, version=result.version
    )
    rows = [row(note_text(result, get_language() or "en"))]
    return table(caption, [Column("", 100)], rows, *rules_in_brief(result))
