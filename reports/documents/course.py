"""How the leukaemia answered: glucocorticoid response, marrow, MRD and its trend."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from analysis.calls import State
from analysis.figures.mrd_plot import MrdPoint, MrdThreshold, mrd_plot
from analysis.mrd_trend import MrdPoint as TrendPoint
from analysis.mrd_trend import mrd_trend
from analysis.response import (
    INSENSITIVE_BLASTS,
    MRD_D15_THRESHOLD,
    MRD_D33_THRESHOLD,
    MrdMeasurement,
    Response,
    glucocorticoid_response,
    mrd_response,
)
from analysis.wording import Message, say
from reports.documents.content import Cell, Column, Fact, Mark, Part, Picture, Table, row, table
from reports.documents.numbers import UNKNOWN, day, plain, power
from reports.documents.pictures import picture
from reports.documents.records import ChildRecords
from reports.models import MarrowStatus, Mrd, MrdOperator

THRESHOLDS = {15: MRD_D15_THRESHOLD, 33: MRD_D33_THRESHOLD}
_MARROW = {
    MarrowStatus.M1: State.NOT_DETECTED,
    MarrowStatus.M2: State.ALTERED,
    MarrowStatus.M3: State.ALTERED,
    MarrowStatus.NOT_EVALUABLE: State.NOT_EVALUABLE,
    MarrowStatus.NOT_TESTED: State.NOT_TESTED,
}


@dataclass(frozen=True)
class MrdReading:
    """One MRD result against the threshold of its day, if its day has one."""

    day: int
    value: str
    response: Response | None
    threshold: float | None
    measurement: Mrd | None = None


def mrd_readings(records: ChildRecords) -> tuple[MrdReading, ...]:
    """Every measurement, and days 15 and 33 also where nobody measured, in the order of days."""
    known = [_reading(item) for item in records.mrd]
    absent = [
        MrdReading(day_, _("no result is recorded"), mrd_response(None, limit), limit)
        for day_, limit in THRESHOLDS.items()
        if all(item.day != day_ for item in records.mrd)
    ]
    return tuple(sorted([*known, *absent], key=lambda item: item.day))


def _reading(item: Mrd) -> MrdReading:
    limit = THRESHOLDS.get(item.day)
    return MrdReading(item.day, mrd_value(item), _against(item, limit), limit, item)


def _against(item: Mrd, limit: float | None) -> Response | None:
    if item.operator == MrdOperator.NOT_TESTED:
        return mrd_response(None, limit or 1)
    if item.operator == MrdOperator.NOT_EVALUABLE:
        return Response(State.NOT_EVALUABLE, ())
    if limit is None:
        return None
    measured = MrdMeasurement(item.fraction, item.operator, item.lod_fraction)
    return mrd_response(measured, limit)


def mrd_value(item: Mrd) -> str:
    """The result with its operator, as reported."""
    if item.operator == MrdOperator.EQUAL:
        return power(item.fraction)
    if item.operator == MrdOperator.BELOW:
        return f"< {power(item.fraction)}"
    return item.get_operator_display()


def mrd_mark(reading: MrdReading) -> Mark | None:
    """Above or not above the threshold: closer words than altered and not detected."""
    if reading.response is None:
        return None
    words = {
        State.ALTERED: _("above the threshold"),
        State.NOT_DETECTED: _("not above the threshold"),
    }
    return Mark(reading.response.state, words.get(reading.response.state))


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
    return glucocorticoid_response(item.day8_blasts, item.glucocorticoid_response)


def mrd_fact(records: ChildRecords, day_: int) -> Fact:
    """MRD of one day for the answer's box; several methods stand one after the other, and one
    that is above the threshold is never hidden behind another that is not."""
    readings = [item for item in mrd_readings(records) if item.day == day_]
    weight = (State.ALTERED, State.NOT_DETECTED, State.NOT_EVALUABLE, State.NOT_TESTED)
    speaking = min(readings, key=lambda item: weight.index(item.response.state))
    limit = power(THRESHOLDS[day_])
    return Fact(
        _("MRD day {day}").format(day=day_),
        "; ".join(item.value for item in readings),
        mrd_mark(speaking),
        _("threshold: above {limit}").format(limit=limit),
    )


def course(records: ChildRecords, language: str) -> Part:
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
        ),
        tables=(_mrd_table(records),),
        pictures=_mrd_picture(records, language),
        notes=(
            *(reason.message for reason in _glucocorticoid(records).reasons[1:]),
            *_trend(records),
        ),
    )


def _trend(records: ChildRecords) -> tuple[Message, ...]:
    """MRD step by step, each method by itself: two methods do not make one course."""
    said: list[Message] = []
    for method in dict.fromkeys(item.method for item in records.mrd):
        points = [
            TrendPoint(item.day, MrdMeasurement(item.fraction, item.operator, item.lod_fraction))
            for item in records.mrd
            if item.method == method and item.operator in _READABLE
        ]
        if len(points) > 1:
            said += [reason.message for reason in mrd_trend(points).reasons]
    return tuple(said)


_READABLE = (MrdOperator.EQUAL, MrdOperator.BELOW, MrdOperator.NOT_DETECTED)


def _marrow(records: ChildRecords, day_: int) -> Fact:
    label = _("Marrow by morphology, day {day}").format(day=day_)
    item = next((item for item in records.marrow if item.day == day_), None)
    if item is None:
        return Fact(label, _("no result is recorded"), Mark(State.NOT_TESTED))
    return Fact(label, mark=Mark(_MARROW[item.status], item.get_status_display()))


def _mrd_table(records: ChildRecords) -> Table:
    columns = [
        Column(_("Day"), 7, "number"),
        Column(_("Sampled"), 13),
        Column(_("MRD (fraction of cells)"), 17, "number"),
        Column(_("Limit of detection"), 14, "number"),
        Column(_("Threshold"), 12, "number"),
        Column(_("Verdict"), 22),
        Column(_("Method"), 15),
    ]
    rows = [
        row(
            str(item.day),
            day(item.measurement.sampled_on if item.measurement else None),
            item.value,
            power(item.measurement.lod_fraction if item.measurement else None),
            UNKNOWN if item.threshold is None else f"> {power(item.threshold)}",
            Cell(mark=mrd_mark(item)),
            item.measurement.get_method_display() if item.measurement else UNKNOWN,
        )
        for item in mrd_readings(records)
    ]
    note = _(
        "“Not above the threshold” is said only where the measurement could have seen it: "
        "its limit of detection is at most the threshold."
    )
    return table(_("Minimal residual disease"), columns, rows, note)


def _mrd_picture(records: ChildRecords, language: str) -> tuple[Picture, ...]:
    if len(records.mrd) < 3:  # two values are read from the table faster than from a plot
        return ()
    points = [
        MrdPoint(item.day, item.fraction, item.operator, item.lod_fraction, item.method)
        for item in records.mrd
    ]
    thresholds = [
        MrdThreshold(limit, _threshold_label(day_), day_) for day_, limit in THRESHOLDS.items()
    ]
    return (picture("mrd", mrd_plot(points, thresholds=thresholds, language=language), language),)


def _threshold_label(day_: int) -> Message:
    return say("{text}", text=_("threshold of day {day}").format(day=day_))
