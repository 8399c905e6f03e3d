"""How the leukaemia answered: glucocorticoid response, marrow, MRD and its trend."""

from __future__ import annotations

from django.utils.translation import gettext as _

from analysis.calls import State
from analysis.mrd_trend import MrdPoint, mrd_trend
from analysis.response import INSENSITIVE_BLASTS, Response, glucocorticoid_response
from analysis.risk.mrd_thresholds import ProtocolThreshold
from analysis.wording import Message
from reports.documents.content import Fact, Mark, Part
from reports.documents.mrd import measurement, mrd_notes, mrd_picture, mrd_table
from reports.documents.numbers import day, plain
from reports.documents.records import ChildRecords
from reports.models import MarrowStatus, Material, MediastinalMass, Mrd, MrdOperator

_MARROW = {
    MarrowStatus.M1: State.NOT_DETECTED,
    MarrowStatus.M2: State.ALTERED,
    MarrowStatus.M3: State.ALTERED,
    MarrowStatus.NOT_EVALUABLE: State.NOT_EVALUABLE,
    MarrowStatus.NOT_TESTED: State.NOT_TESTED,
}


def glucocorticoid_fact(records: ChildRecords) -> Fact:
    """Day-8 blasts decide; a recorded word stands in where they are not known."""
    found = _glucocorticoid(records)
    words = {State.ALTERED: _("insensitive (poor)"), State.NOT_DETECTED: _("sensitive (good)")}
    return Fact(
        _("Glucocorticoid response, day 8"),
        mark=Mark(found.state, words.get(found.state)),
        note=found.reasons[0].message,
    )


def _glucocorticoid(records: ChildRecords) -> Response:
    item = records.glucocorticoid
    if item is None:
        return glucocorticoid_response(None)
    return glucocorticoid_response(
        item.day8_blasts,
        item.glucocorticoid_response,
        wbc=item.day8_wbc,
        blast_percent=item.day8_blast_percent,
    )


def course(records: ChildRecords, thresholds: tuple[ProtocolThreshold, ...], language: str) -> Part:
    """Response in the order of days."""
    return Part(
        _("Course"),
        facts=(
            glucocorticoid_fact(records),
            Fact(
                _("Day-8 blasts in blood (10⁹/L)"),
                plain(records.glucocorticoid.day8_blasts if records.glucocorticoid else None),
                note=_("insensitive from {limit} on").format(limit=f"{INSENSITIVE_BLASTS:.1f}"),
            ),
            *(_marrow(records, day_) for day_ in (15, 33)),
            *_mass(records),
            *_use_of_mrd(records),
        ),
        tables=(mrd_table(records, thresholds),),
        pictures=mrd_picture(records, thresholds, language),
        notes=(
            *(reason.message for reason in _glucocorticoid(records).reasons[1:]),
            *_trend(records),
            *mrd_notes(thresholds),
        ),
        beside=True,
    )


_MASS = {
    "no_mass": State.NOT_DETECTED,
    "reduced": State.NOT_DETECTED,
    "gone": State.NOT_DETECTED,
    "not_reduced": State.ALTERED,
    "persisting": State.ALTERED,
    "not_evaluable": State.NOT_EVALUABLE,
    "not_tested": State.NOT_TESTED,
}


def _mass(records: ChildRecords) -> list[Fact]:
    """The mediastinal mass where anybody recorded one; the protocols that ask for it say so where
    nobody did."""
    mass: MediastinalMass | None = records.mass
    if mass is None:
        return []
    seen = (
        (_("Mediastinal mass, day 33"), mass.mass_d33, mass.get_mass_d33_display(),
         mass.mass_d33_on),
        (_("Mediastinal mass, before consolidation"), mass.mass_week12,
         mass.get_mass_week12_display(), mass.mass_week12_on),
    )  # fmt: skip
    return [
        Fact(label, mark=Mark(_MASS[value], word), note=day(on) if on else "")
        for label, value, word, on in seen
        if value
    ]


def _use_of_mrd(records: ChildRecords) -> list[Fact]:
    findings = records.findings
    if findings is None:
        return []
    said = (
        (_("MRD measurement"), findings.mrd_use, findings.get_mrd_use_display()),
        (_("MRD measurement by PCR"), findings.pcr_mrd_use, findings.get_pcr_mrd_use_display()),
    )
    return [Fact(label, word) for label, value, word in said if value]


def _trend(records: ChildRecords) -> tuple[Message, ...]:
    """MRD step by step, each method and material by itself: they do not make one course."""
    said: list[Message] = []
    for method, of_blood in dict.fromkeys(map(_kind, records.mrd)):
        points = [
            MrdPoint(item.day, measurement(item))
            for item in records.mrd
            if _kind(item) == (method, of_blood) and item.operator in _READABLE
        ]
        if len(points) > 1:
            said += [reason.message for reason in mrd_trend(points).reasons]
    return tuple(said)


def _kind(item: Mrd) -> tuple[str, bool]:
    return item.method, item.material == Material.BLOOD


_READABLE = (MrdOperator.EQUAL, MrdOperator.BELOW, MrdOperator.NOT_DETECTED)


def _marrow(records: ChildRecords, day_: int) -> Fact:
    label = _("Marrow by morphology, day {day}").format(day=day_)
    item = next((item for item in records.marrow if item.day == day_), None)
    if item is None:
        return Fact(label, _("no result is recorded"), Mark(State.NOT_TESTED))
    blasts = item.blast_percent
    note = "" if blasts is None else _("blasts {percent} %").format(percent=f"{blasts:g}")
    return Fact(label, mark=Mark(_MARROW[item.status], item.get_status_display()), note=note)
