"""Where a cohort report comes from: its name, versions of its definition, methods, freezing."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reports.cohort_content import CohortContent
from reports.cohort_criteria import WHERE, BadDefinition, typed_definition
from reports.cohort_versions import Change, CohortVersion
from reports.cohort_words import criterion_text
from reports.documents.content import Column, Fact, Header, Part, Table, row, table
from reports.documents.header import cohort_header
from reports.documents.numbers import UNKNOWN, moment
from reports.documents.version import software_version

# Older ones stand in the history of data entry and in the JSON.
MOST_VERSIONS = 8


def name_of(content: CohortContent) -> str:
    return content.name or _("all B-ALL")


def title_of(content: CohortContent) -> str:
    return content.title or content.name or _("All children with B-ALL on record")


def header(content: CohortContent) -> Header:
    invented, children = content.selection.synthetic, len(content.children)
    flags = []
    if invented:
        flags.append(
            ngettext(
                "Synthetic data: the child is invented",
                "Synthetic data: {invented} of {children} children are invented",
                children,
            ).format(invented=invented, children=children)
        )
    if content.frozen:
        flags.append(
            _("Frozen cohort {number}: as on {moment}, whatever was changed since").format(
                number=content.frozen.number, moment=moment(content.frozen.frozen_at)
            )
        )
    return cohort_header(
        name=name_of(content),
        title=title_of(content),
        as_of=moment(content.as_of),
        flags=tuple(flags),
    )


def footer(content: CohortContent) -> str:
    return _("Data as of {moment} · {software} · data {hash}").format(
        moment=moment(content.as_of), software=content.software, hash=content.data_hash[:12]
    )


def versions_table(content: CohortContent) -> tuple[Table, ...]:
    """Who changed the definition, when and why; nothing for a cohort that nobody saved."""
    if not content.versions:
        return ()
    rows = [_version_row(item) for item in content.versions[:MOST_VERSIONS]]
    columns = [
        Column(_("Version"), 9, "number"),
        Column(_("When"), 24),
        Column(_("Who"), 15),
        Column(_("What"), 34),
        Column(_("Why"), 18),
    ]
    older = len(content.versions) - len(rows)
    note = _("{n} older versions are not shown.").format(n=older) if older else ""
    caption = _("Versions of this definition (the present one is {number})")
    return (table(caption.format(number=content.versions[0].number), columns, rows, note),)


def _version_row(item: CohortVersion):
    at = moment(datetime.fromisoformat(item.at))
    return row(str(item.number), at, item.who, _what(item), item.why)


def _what(item: CohortVersion) -> str:
    if not item.changes:
        return _("defined") if item.number == 1 else _("nothing in the definition")
    return "; ".join(_changed(change) for change in item.changes)


def _changed(change: Change) -> str:
    names = {"name": _("name"), "title": _("title"), "description": _("description")}
    if not change.criterion:
        sentence = _("{field}: {old} → {new}")
        field = names.get(change.field, change.field)
        return sentence.format(field=field, old=change.old or UNKNOWN, new=change.new or UNKNOWN)
    old, new = (_criterion(change.criterion, text) for text in (change.old, change.new))
    if not old:
        return _("added: {criterion}").format(criterion=new)
    if not new:
        return _("removed: {criterion}").format(criterion=old)
    return _("{old} → {new}").format(old=old, new=new)


def _criterion(name: str, text: str) -> str:
    """A stored criterion in words; as it stands where it is none of today's."""
    if not text:
        return ""
    try:
        raw = {name: [json.loads(text)] if name == WHERE else text}
        typed = typed_definition(raw)
    except (BadDefinition, ValueError):
        return f"{name}: {text}"
    if name not in typed:
        return f"{name}: {text}"
    return criterion_text(name, typed[name][0] if name == WHERE else typed[name])


def methods_part(content: CohortContent) -> Part:
    facts = [
        Fact(_("Software"), content.software),
        Fact(_("Rule for the IKZF1 status"), content.rule_versions.get("ikzf1", UNKNOWN)),
        Fact(_("Data as of"), moment(content.as_of), note=_("newest change of the records")),
        Fact(_("Hash of the data (SHA-256)"), content.data_hash),
    ]
    return Part(
        _("Methods, versions and limits"),
        facts=(*facts, *_frozen_facts(content)),
        notes=(*_methods(), *_frozen_notes(content)),
    )


def _methods() -> tuple[str, ...]:
    return (
        _(
            "Denominators are the children tested with a readable answer; not tested and not "
            "evaluable are counted apart and never taken for normal."
        ),
        _(
            "Two groups of counts: Pearson's chi-square from 40 children with at least 5 "
            "expected in each cell, Yates' correction with 1 to 5, Fisher's exact test below. "
            "Measurements: Mann-Whitney U, asymptotic, without continuity correction."
        ),
        _(
            "MRD counts as above the threshold strictly beyond 1×10⁻³ on day 15 and 1×10⁻⁴ on "
            "day 33; a measurement that could not see the threshold, or of blood, is not "
            "evaluable."
        ),
        _(
            "Ph-like is known by its fusions only: a child whose BCR::ABL1 was not found and "
            "who has no such fusion counts as not detected. Hyperdiploid is 51 to 65 "
            "chromosomes."
        ),
        _(
            "Copy-number calls of genes other than IKZF1 are research use and left out; benign "
            "and synonymous variants do not count."
        ),
    )


def _frozen_facts(content: CohortContent) -> tuple[Fact, ...]:
    stamp = content.frozen
    if stamp is None:
        return ()
    return (
        Fact(_("Frozen cohort"), str(stamp.number), note=stamp.reason),
        Fact(_("Frozen at"), moment(stamp.frozen_at)),
        Fact(_("Frozen by"), stamp.by),
        Fact(_("Hash of what was frozen (SHA-256)"), stamp.sha256),
    )


def _frozen_notes(content: CohortContent) -> tuple[str, ...]:
    if content.frozen is None:
        return ()
    notes = [_("Made of what was frozen alone; later changes of the records do not enter.")]
    if content.software != software_version():
        sentence = _("Frozen with {before}, counted and printed with {now}.")
        notes.append(sentence.format(before=content.software, now=software_version()))
    if content.not_frozen:
        sentence = _("Not on record when this was frozen, so shown as not recorded: {fields}.")
        notes.append(sentence.format(fields=", ".join(content.not_frozen)))
    return tuple(notes)


def provenance_json(content: CohortContent) -> dict[str, Any]:
    """The time and the versions of the data; of a frozen cohort those of its freezing."""
    found: dict[str, Any] = {
        "software": content.software,
        "rule_version": content.rule_versions.get("ikzf1"),
        "rule_versions": dict(content.rule_versions),
        "data_as_of": content.as_of.isoformat() if content.as_of else None,
        "data_hash": content.data_hash,
    }
    stamp = content.frozen
    if stamp is not None:
        found["frozen"] = {
            "number": stamp.number,
            "frozen_at": stamp.frozen_at.isoformat(),
            "by": stamp.by,
            "reason": stamp.reason,
            "sha256": stamp.sha256,
            "not_frozen": list(content.not_frozen),
        }
    return found
