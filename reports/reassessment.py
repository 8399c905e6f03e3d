"""Whose derived values the present rules would change, from what to what and why; nothing is
written."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from django.db.models import Model
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from analysis.risk.result import RiskResult, Verdict
from reports import derived
from reports.derived import Derived, derive
from reports.models import (
    ComputedRisk,
    Ikzf1Assessment,
    Patient,
    ProfileAssessment,
    SubtypeAssessment,
)
from reports.risk_standing import shown_result
from reports.stored import stored_risk

BATCH = 500


@dataclass(frozen=True)
class Change:
    """`kind` is "ikzf1", "profiles", "subtype" or "risk"; "" `before` was never worked out."""

    patient: str
    kind: str
    before: str
    after: str
    why: str


def changes(patient_ids: Collection[int]) -> Iterator[Change]:
    """Every answer that would be another one, child by child."""
    ordered = sorted(patient_ids)
    for start in range(0, len(ordered), BATCH):
        ids = ordered[start : start + BATCH]
        found = derive(ids)
        names = {item.pk: str(item) for item in Patient.objects.filter(pk__in=ids)}
        stored = {
            model: {row.patient_id: row for row in model.objects.filter(patient_id__in=ids)}
            for model in (Ikzf1Assessment, ProfileAssessment, SubtypeAssessment)
        }
        risks = {
            (row.patient_id, row.protocol, row.protocol_version): row
            for row in ComputedRisk.objects.filter(patient_id__in=ids).defer("content")
        }
        for key, item in found.items():
            rows = {model: of.get(key) for model, of in stored.items()}
            yield from _of_child(names[key], item, rows)
            yield from _of_risks(key, names[key], item, risks)


def _of_child(name: str, item: Derived, rows: dict[type[Model], Model | None]) -> Iterator[Change]:
    status, profiles, subtype = item.status, item.profiles, item.subtype
    answers = (
        (
            "ikzf1",
            rows[Ikzf1Assessment],
            ("state", "large_deletion", "sequence_variant"),
            (status.state, status.large_deletion, status.sequence_variant),
            status.rule_version,
            status.reasons,
        ),
        (
            "profiles",
            rows[ProfileAssessment],
            ("ikzf1plus", "ukall_cna"),
            (profiles.ikzf1plus.answer, profiles.ukall_cna.answer),
            derived.PROFILE_VERSION,
            (*profiles.ikzf1plus.reasons[:1], *profiles.ukall_cna.reasons[:1]),
        ),
        (
            "subtype",
            rows[SubtypeAssessment],
            ("answer", "key"),
            (subtype.answer, subtype.key),
            derived.subtype_version(),
            subtype.reasons,
        ),
    )
    for kind, row, fields, values, version, reasons in answers:
        codes = [getattr(row, field) for field in fields] if row is not None else []
        if codes != list(values):
            words = [_word(code, like) for code, like in zip(codes, values, strict=False)]
            after = " / ".join(_word(value, value) for value in values if value)
            before = " / ".join(filter(None, words))
            yield Change(name, kind, before, after, _why(row, version, reasons))


def _word(code: str, like: str) -> str:
    """A stored code in words, where `like` is of the closed list that it comes from."""
    try:
        return type(like)(code).label(get_language() or "en")
    except (AttributeError, ValueError):
        return code


def _of_risks(
    key: int, name: str, item: Derived, stored: dict[tuple, ComputedRisk]
) -> Iterator[Change]:
    present = {(key, result.protocol, result.version) for result in item.risks}
    for result in item.risks:
        row = stored.pop((key, result.protocol, result.version), None)
        # A new version takes the place of one that is the child's no longer.
        row = row or _predecessor(key, result.protocol, stored, present)
        short = derived.short_result(result)
        if row is not None and row.result | {"version": result.version} == short:
            continue
        before = shown_result(row.result) if row is not None else ""
        why = _why_of_risk(row, result)
        after = f"{result.protocol} {result.version}: {shown_result(short)}"
        before = f"{row.protocol} {row.protocol_version}: {before}" if row is not None else ""
        yield Change(name, "risk", before, after, why)
    for former in [place for place in stored if place[0] == key]:
        row = stored.pop(former)
        before = f"{row.protocol} {row.protocol_version}: {shown_result(row.result)}"
        yield Change(name, "risk", before, "", _("no longer a protocol of this child"))


def _predecessor(
    key: int, protocol: str, stored: dict[tuple, ComputedRisk], present: set[tuple]
) -> ComputedRisk | None:
    gone = [name for name in stored if name[:2] == (key, protocol) and name not in present]
    return stored.pop(gone[0]) if gone else None


def _why_of_risk(row: ComputedRisk | None, result: RiskResult) -> str:
    """Whether the protocol's rules, the way they are read, or the records are others; then which
    rules have another verdict now."""
    if row is None:
        return _("was never worked out")
    former, present = row.rule_version, derived.risk_version(result.rule_hash)
    if row.protocol_version != result.version:
        cause = _("{protocol} now has version {version} in place of {old}")
    elif former == present:
        cause = _("the records have changed, or who vouches for the rules")
    elif former.rpartition("+")[2] != result.rule_hash:
        cause = _("the rules of {protocol} {version} have changed")
    else:
        cause = _("the rules are read by {present}, before by {former}")
    cause = cause.format(
        protocol=result.protocol, version=result.version, old=row.protocol_version,
        former=former.partition("+")[0], present=present.partition("+")[0],
    )  # fmt: skip
    differing = _differing(stored_risk(row), result)
    if not differing:
        return cause
    return _("{why}: {rules}").format(why=cause, rules=", ".join(differing))


def _differing(former: RiskResult | None, result: RiskResult) -> list[str]:
    """ "HR-1 not met → met" for each rule with another verdict; new and former rules alone."""
    language = get_language() or "en"
    before = {item.rule: item.verdict for item in former.verdicts} if former else {}
    now = {item.rule: item.verdict for item in result.verdicts}
    if former is None:
        return []
    return [
        f"{rule} {_verdict(before.get(rule), language)} → {_verdict(now.get(rule), language)}"
        for rule in dict.fromkeys((*now, *before))
        if before.get(rule) is not now.get(rule)
    ]


def _verdict(verdict: Verdict | None, language: str) -> str:
    return verdict.label(language) if verdict else "—"


def _why(row: Model | None, version: str, reasons) -> str:
    """Which rule differs, or that the records do; then the first reason of the new answer."""
    if row is None:
        cause = _("was never worked out")
    elif row.rule_version != version:
        cause = _("rule {former} is now {present}").format(former=row.rule_version, present=version)
    else:
        cause = _("the records have changed")
    first = reasons[0].text() if reasons else ""
    return f"{cause}. {first}" if first else cause
