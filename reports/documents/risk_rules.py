"""A protocol's rules on paper: those that decide and those still open in a table, the rest in small
print. Every rule keeps its verdict and the value it used."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from analysis.calls import State
from analysis.risk.explain import settled_by, shown_fact
from analysis.risk.facts import Answer
from analysis.risk.note import IMPLIED
from analysis.risk.protocol import Combined, Comparison, Condition
from analysis.risk.result import RiskResult, RuleCertainty, RuleVerdict, UsedFact, Verdict
from reports.documents.content import Cell, Column, Mark, Row, Table, row, table
from reports.protocols import table_of


def rules_in_full(result: RiskResult) -> tuple[Table, ...]:
    """The rules that carry the answer; what is open, with what it would settle. The rules that are
    met, not met or open besides stand below in small print."""
    uses = _Uses(result)
    columns = [
        Column(_("Rule"), 11, "name"),
        Column(_("Group"), 7),
        Column(_("Verdict"), 12, "name"),
        Column(_("Asks for"), 37),
        Column(_("Value used"), 33),
    ]
    rows = [_row(item, uses) for item in result.verdicts if _decides(item, result)]
    caption = _("{protocol}: the rules that decide").format(protocol=result.protocol)
    small = tuple(_small_print(result, also=True))
    if not rows:
        return (_open(result, *small),)
    if not result.missing:
        return (table(caption, columns, rows, *small),)
    return (table(caption, columns, rows), _open(result, *small))


def _open(result: RiskResult, *notes: str) -> Table:
    """A line for each value that can still change the group: why it is open, who waits for it."""
    columns = [
        Column(_("Open"), 26),
        Column(_("Why"), 15),
        Column(_("What it would settle"), 38),
        Column(_("Rules that wait for it"), 21),
    ]
    rows = [
        row(
            used.label,
            Cell(mark=Mark(_WHY_OPEN[used.answer], used.value)),
            tuple(settled_by(one) for one in result.settles if one.fact == used.fact)
            or _("nothing by itself"),
            tuple(
                item.rule
                for item in result.verdicts
                if item.verdict is Verdict.NOT_EVALUABLE and used.fact in item.facts
            ),
        )
        for used in result.missing
    ]
    caption = _("{protocol}: what is open").format(protocol=result.protocol)
    return table(caption, columns, rows, *notes)


_WHY_OPEN = {
    Answer.KNOWN: State.NOT_EVALUABLE,  # known in part: one of several words
    Answer.NOT_EVALUABLE: State.NOT_EVALUABLE,
    Answer.NOT_TESTED: State.NOT_TESTED,
    Answer.MISSING: State.NOT_TESTED,
}


def rules_in_brief(result: RiskResult) -> tuple[str, ...]:
    """Every rule of a further protocol, a line a verdict, and the values used."""
    return tuple(_small_print(result, also=False))


def _decides(item: RuleVerdict, result: RiskResult) -> bool:
    return item.rule in result.reasons and item.verdict is not Verdict.NOT_EVALUABLE


def _small_print(result: RiskResult, *, also: bool) -> Iterator[str]:
    """`also`: the deciding rules stand elsewhere and are left out. The values come last, once:
    many rules ask for the same."""
    left = [item for item in result.verdicts if not (also and _decides(item, result))]
    met = [item for item in left if item.verdict is Verdict.MET]
    failed = [item for item in left if item.verdict is Verdict.NOT_MET]
    if met:
        sentence = _("Also met: {rules}") if also else _("Met: {rules}")
        yield sentence.format(rules=_listed(met))
    if failed:
        sentence = _("Also not met: {rules}") if also else _("Not met: {rules}")
        yield sentence.format(rules=_listed(failed))
    open_ = [item for item in left if item.verdict is Verdict.NOT_EVALUABLE]
    if open_:
        yield _("Open: {rules}").format(rules=_listed(open_))
    values = [shown_fact(used).text(_language()) for used in result.inputs]
    yield _("Values used by the rules: {values}").format(values=_("; ").join(values))


def _listed(rules: list[RuleVerdict]) -> str:
    return _("; ").join(_brief(item) for item in rules)


def _brief(item: RuleVerdict) -> str:
    sentence = _("{rule} ({asks})")
    if item.certainty is RuleCertainty.MEMORY:
        sentence = _("{rule}, unconfirmed ({asks})")
    return sentence.format(rule=item.rule, asks=item.description.text(_language()))


def _row(item: RuleVerdict, uses: _Uses) -> Row:
    return row(
        Cell(item.rule, note=_certainty(item)),
        ", ".join(item.groups),
        item.verdict,  # no sign: "met" is no bad news where the rule speaks for a low risk
        item.description,
        uses.shown(item),
    )


def _certainty(item: RuleVerdict) -> str:
    return _("unconfirmed") if item.certainty is RuleCertainty.MEMORY else ""


def _language() -> str:
    return get_language() or "en"


class _Uses:
    """The values that each rule of a result compares itself; those of a rule that it names stand
    there."""

    def __init__(self, result: RiskResult) -> None:
        protocol = table_of(result.protocol, result.version)
        rules = protocol.rules if protocol else ()
        self._direct = {rule.name: frozenset(_direct(rule.when)) for rule in rules}
        self._result = result

    def of(self, item: RuleVerdict) -> list[UsedFact]:
        own = self._direct.get(item.rule, frozenset())
        used = [used for used in self._result.inputs_of(item) if used.fact in own]
        # That MRD was measured at all is said by its value.
        return [one for one in used if one.fact not in IMPLIED] or used

    def shown(self, item: RuleVerdict) -> str:
        """A rule of one fact does not name it again."""
        used = self.of(item)
        if not used:
            return _("see the rules it names")
        if len(used) == 1:
            return _value(used[0])
        comma = "、" if _language().startswith("zh") else ", "
        return comma.join(shown_fact(one).text(_language()) for one in used)


def _value(used: UsedFact) -> str:
    shown = used.value.text(_language())
    if not used.date:
        return shown
    return _("{value} ({date})").format(value=shown, date=used.date)


def _direct(condition: Condition) -> Iterator[str]:
    if isinstance(condition, Comparison):
        yield condition.fact
    elif isinstance(condition, Combined):
        for part in condition.parts:
            yield from _direct(part)
