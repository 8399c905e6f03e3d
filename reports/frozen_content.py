"""A cohort's content as bytes that are kept for years, and back.

JSON with sorted keys, compressed. Sets of genes stand once in a list of panels, IKZF1 statuses that
are alike once in a list of statuses. Kept of a child are the code and the database key, no name and
no hospital number; kept of a status are its findings, without the samples that they rest on and the
free text that somebody wrote beside them.

`FORMAT` is raised when older bytes can no longer be read as they stand.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import zlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from analysis.as_json import pack_fields, unpack, unpack_fields
from analysis.cohort.frame import Child
from analysis.cohort.outcome import FollowUp
from analysis.ikzf1 import Ikzf1Status
from analysis.wording import Message
from reports.cohort_content import CohortContent, FrozenStamp
from reports.cohort_criteria import WHERE, BadDefinition, Condition, typed_definition
from reports.cohort_risk import CohortRisk, RiskLine
from reports.cohort_versions import Change, CohortVersion
from reports.models import FrozenCohort
from reports.queries import FlowStep, Selection

FORMAT = 1
_PANELS = ("genes_tested", "genes_not_evaluable")
# Of a status: where it came from, down to free text that people wrote.
_DROPPED = ("reasons", "missing", "evidence")
_KEYS = frozenset({
    "format", "stamp", "name", "title", "description", "definition", "versions", "selection",
    "panels", "statuses", "children", "follow_ups", "risk", "as_of", "data_hash", "software",
    "rule_versions",
})  # fmt: skip


class FrozenUnreadable(Exception):
    """What was frozen is not what was stored, or this version cannot read it; the text says why."""


def frozen_bytes(content: CohortContent, stamp: FrozenStamp) -> tuple[bytes, str]:
    """(compressed bytes, SHA-256 in hex of the JSON inside). The same values, the same bytes."""
    text = json.dumps(
        _packed(content, stamp),
        ensure_ascii=False,
        sort_keys=True,
        allow_nan=False,
        separators=(",", ":"),
    ).encode()
    return zlib.compress(text, level=9), hashlib.sha256(text).hexdigest()


def content_of(row: FrozenCohort) -> CohortContent:
    """What was frozen as `row`. Raises `FrozenUnreadable`."""
    found = frozen_content(bytes(row.content), sha256=row.sha256)
    if found.frozen is None or found.frozen.number != row.number:
        raise FrozenUnreadable(_("What was frozen bears another number than its record."))
    return found


def frozen_content(data: bytes, *, sha256: str) -> CohortContent:
    """The content that `frozen_bytes` wrote. Raises `FrozenUnreadable` where the hash is another,
    or where the content has what this version does not know."""
    try:
        text = zlib.decompress(data)
    except zlib.error as error:
        raise FrozenUnreadable(_("What was frozen is damaged and cannot be read.")) from error
    found = hashlib.sha256(text).hexdigest()
    if found != sha256:
        sentence = _("What was frozen has been changed: its hash is {found}, not {kept}.")
        raise FrozenUnreadable(sentence.format(found=found[:16], kept=sha256[:16]))
    stored = json.loads(text)
    _check(stored)
    try:
        return _unpacked(stored, sha256)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, BadDefinition) as error:
        sentence = _(
            "What was frozen with {software} cannot be read by this version ({problem}). Read it "
            "with the version that froze it."
        )
        problem = f"{type(error).__name__}: {error}"
        raise FrozenUnreadable(
            sentence.format(software=stored["software"], problem=problem[:200])
        ) from error


def _check(stored: Any) -> None:
    """Nothing is read that might mean something else today, and nothing is left unread."""
    software = stored.get("software", "?") if isinstance(stored, Mapping) else "?"
    known = isinstance(stored, Mapping) and stored.get("format") == FORMAT
    if not known:
        form = stored.get("format") if isinstance(stored, Mapping) else None
        sentence = _(
            "What was frozen with {software} has the format {form}; this version reads format "
            "{known}. Read it with the version that froze it."
        )
        raise FrozenUnreadable(sentence.format(software=software, form=form, known=FORMAT))
    names = {item.name for item in dataclasses.fields(Child)}
    found = {key for child in stored.get("children", ()) for key in child} - names
    unknown = sorted((set(stored) - _KEYS) | found)
    if unknown:
        sentence = _(
            "What was frozen with {software} has fields that this version does not know: {names}. "
            "Read it with the version that froze it."
        )
        raise FrozenUnreadable(sentence.format(software=software, names=", ".join(unknown)))


def _packed(content: CohortContent, stamp: FrozenStamp) -> dict[str, Any]:
    panels, statuses = _Once(), _Once()
    children = [_packed_child(child, panels) for child in content.children]
    codes = {child.id: child.code for child in content.children}
    return {
        "format": FORMAT,
        "stamp": {
            "number": stamp.number,
            "frozen_at": stamp.frozen_at.isoformat(),
            "by": stamp.by,
            "reason": stamp.reason,
        },
        "name": content.name,
        "title": content.title,
        "description": content.description,
        "definition": content.definition,
        "versions": [dataclasses.asdict(item) for item in content.versions],
        "selection": _packed_selection(content.selection),
        "children": children,
        "statuses": {
            "of": [None if item is None else statuses.place(_bare(item.to_json()))
                   for item in content.statuses],
            "are": statuses.values,
        },
        "follow_ups": [pack_fields(item) for item in content.follow_ups],
        "panels": panels.values,
        "risk": _packed_risk(content.risk, codes),
        "as_of": content.as_of.isoformat() if content.as_of else None,
        "data_hash": content.data_hash,
        "software": content.software,
        "rule_versions": content.rule_versions,
    }  # fmt: skip


class _Once:
    """Values that are alike stand once; `place` gives where."""

    def __init__(self) -> None:
        self.values: list[Any] = []
        self._places: dict[str, int] = {}

    def place(self, value: Any) -> int:
        key = json.dumps(value, sort_keys=True)
        if key not in self._places:
            self._places[key] = len(self.values)
            self.values.append(value)
        return self._places[key]


def _packed_child(child: Child, panels: _Once) -> dict[str, Any]:
    packed = pack_fields(child)
    for name in _PANELS:
        packed[name] = panels.place(sorted(getattr(child, name)))
    return packed


def _bare(status: Any) -> Any:
    """A status without what it rests on, and without sentences."""
    if isinstance(status, list):
        return [_bare(item) for item in status]
    if not isinstance(status, dict):
        return status
    kept = {
        key: [] if key in _DROPPED and isinstance(value, list) else _bare(value)
        for key, value in status.items()
    }
    if "headline" in kept:
        kept["headline"] = Message("").to_json()
    return kept


def _packed_selection(selection: Selection) -> dict[str, Any]:
    return {
        "patient_ids": list(selection.patient_ids),
        "total": selection.total,
        "synthetic": selection.synthetic,
        "flow": [
            {
                "criterion": step.criterion,
                "value": _plain(step.value),
                "excluded": step.excluded,
                "unknown": step.unknown,
                "remaining": step.remaining,
            }
            for step in selection.flow
        ],
    }


def _plain(value: Any) -> Any:
    if isinstance(value, Condition):
        return value.to_json()
    return value.isoformat() if isinstance(value, date) else value


def _packed_risk(risk: CohortRisk, codes: Mapping[Any, str]) -> dict[str, Any]:
    """The children by their codes: a hospital number is nothing to keep outside the records."""
    packed = dataclasses.asdict(risk)
    for line in packed["lines"]:
        line["child"] = codes[line["id"]] or f"#{line['id']}"
    return packed


def _unpacked(stored: Mapping[str, Any], sha256: str) -> CohortContent:
    panels = [frozenset(genes) for genes in stored["panels"]]
    children, lacking = _children(stored["children"], panels)
    statuses = [Ikzf1Status.from_json(item) for item in stored["statuses"]["are"]]
    stamp = stored["stamp"]
    as_of = stored["as_of"]
    rows = (stored["statuses"]["of"], stored["follow_ups"], stored["selection"]["patient_ids"])
    if any(len(item) != len(children) for item in rows):
        raise ValueError("not one status and one follow-up for each child")
    return CohortContent(
        name=stored["name"],
        title=stored["title"],
        description=stored["description"],
        definition=dict(stored["definition"]),
        versions=tuple(_version(item) for item in stored["versions"]),
        selection=_selection(stored["selection"]),
        children=children,
        statuses=tuple(
            None if place is None else statuses[place] for place in stored["statuses"]["of"]
        ),
        follow_ups=tuple(unpack(FollowUp, item) for item in stored["follow_ups"]),
        risk=_risk(stored["risk"]),
        as_of=datetime.fromisoformat(as_of) if as_of else None,
        data_hash=stored["data_hash"],
        software=stored["software"],
        rule_versions=dict(stored["rule_versions"]),
        frozen=FrozenStamp(
            number=stamp["number"],
            frozen_at=datetime.fromisoformat(stamp["frozen_at"]),
            by=stamp["by"],
            reason=stamp["reason"],
            sha256=sha256,
        ),
        not_frozen=lacking,
    )


def _children(
    rows: Sequence[Mapping[str, Any]], panels: Sequence[frozenset[str]]
) -> tuple[tuple[Child, ...], tuple[str, ...]]:
    """The children, and the fields that came to `Child` after the freezing."""
    blank = pack_fields(Child(id=0))
    lacking = sorted({name for row in rows for name in set(blank) - set(row)})
    children = []
    for row in rows:
        sets = {name: panels[row[name]] for name in _PANELS if name in row}
        whole = {**blank, **row} | dict.fromkeys(_PANELS, frozenset())
        children.append(dataclasses.replace(unpack_fields(Child, whole), **sets))
    return tuple(children), tuple(lacking)


def _version(item: Mapping[str, Any]) -> CohortVersion:
    changes = tuple(Change(**change) for change in item["changes"])
    return CohortVersion(**{**item, "changes": changes})


def _selection(stored: Mapping[str, Any]) -> Selection:
    return Selection(
        patient_ids=tuple(stored["patient_ids"]),
        total=stored["total"],
        flow=tuple(FlowStep(**{**step, "value": _value(step)}) for step in stored["flow"]),
        synthetic=stored["synthetic"],
    )


def _value(step: Mapping[str, Any]) -> Any:
    """The typed value of a criterion, as its definition gives it."""
    name = step["criterion"]
    if name == WHERE:
        return typed_definition({WHERE: [step["value"]]})[WHERE][0]
    return typed_definition({name: step["value"]})[name]


def _risk(stored: Mapping[str, Any]) -> CohortRisk:
    return CohortRisk(**{**stored, "lines": tuple(RiskLine(**line) for line in stored["lines"])})
