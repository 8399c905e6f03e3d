"""Said before Table 1: whose risk group the cohort counts, and where rules and doctor differ."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reports.cohort_risk import CohortRisk, RiskLine
from reports.documents.content import Column, Part, row, table
from reports.models import RiskGroup
from reports.risk_standing import shown_result


def risk_json(found: CohortRisk) -> dict[str, Any]:
    """The remarks and groups in the current language."""
    names = ("child", "assigned", "computed", "why")
    return {
        "source": found.source,
        "protocols": dict(found.protocols),
        "open": found.open,
        "group_of_their_own": found.apart,
        "unconfirmed_rule_set": found.unconfirmed,
        "to_be_reassessed": found.stale,
        "differences": [dict(zip(names, said_line(line), strict=True)) for line in found.lines],
    }


def said_line(line: RiskLine) -> tuple[str, str, str, str]:
    """Child, doctor's group, group by the rules, remark."""
    remarks = {
        "out_of_date": _("out of date"),
        "differs": _("differs"),
        "not_settled": _("not settled by the rules"),
    }
    assigned = str(dict(RiskGroup.choices).get(line.assigned, line.assigned))
    computed = shown_result(line.computed) if line.computed else _("no group by rules")
    return line.child, assigned, computed, remarks[line.why]


def risk_part(found: CohortRisk) -> Part:
    """Said before Table 1, whose rows of risk depend on it."""
    sources = {
        "computed": _("Risk groups in this report are those that the rules give."),
        "confirmed": _(
            "Risk groups in this report are the doctor's while they are up to date, else those "
            "that the rules give."
        ),
        "assigned": _("Risk groups in this report are those that the doctors assigned."),
    }
    protocols = ", ".join(f"{name} ({n})" for name, n in found.protocols.items())
    texts = [sources[found.source], _("Protocols: {protocols}.").format(protocols=protocols or "—")]
    if found.unconfirmed:
        sentence = ngettext(
            "Unconfirmed rule set in {n} child.",
            "Unconfirmed rule set in {n} children.",
            found.unconfirmed,
        )
        texts.append(sentence.format(n=found.unconfirmed))
    if found.open:
        sentence = ngettext(
            "In {n} child the rules leave several groups possible.",
            "In {n} children the rules leave several groups possible.",
            found.open,
        )
        texts.append(sentence.format(n=found.open))
    if found.apart:
        sentence = ngettext(
            "{n} child is in a group of its own (infants); the rows from low to high risk do not "
            "count it.",
            "{n} children are in a group of their own (infants); the rows from low to high risk "
            "do not count them.",
            found.apart,
        )
        texts.append(sentence.format(n=found.apart))
    if found.unspoken:
        sentence = ngettext(
            "For the diagnosis of {n} child none of the chosen protocols speaks.",
            "For the diagnosis of {n} children none of the chosen protocols speaks.",
            found.unspoken,
        )
        texts.append(sentence.format(n=found.unspoken))
    if found.untabled:
        sentence = ngettext(
            "The centre of {n} child has chosen a protocol without a rule table here: it has no "
            "group by rules.",
            "The centres of {n} children have chosen a protocol without a rule table here: they "
            "have no group by rules.",
            found.untabled,
        )
        texts.append(sentence.format(n=found.untabled))
    if found.stale:
        sentence = ngettext(
            "{n} child is to be reassessed.", "{n} children are to be reassessed.", found.stale
        )
        texts.append(sentence.format(n=found.stale))
    if not found.lines:
        texts.append(_("No doctor's group differs from the computed one."))
        return Part(_("Risk groups"), texts=tuple(texts))
    columns = [
        Column(_("Child"), 25),
        Column(_("Doctor's group"), 25),
        Column(_("By the rules"), 30),
        Column(_("Remark"), 20),
    ]
    rows = [row(*said_line(item)) for item in found.lines]
    caption = _("Children whose doctor's group is not the computed one ({n})")
    tables = (table(caption.format(n=len(rows)), columns, rows),)
    return Part(_("Risk groups"), texts=tuple(texts), tables=tables)
