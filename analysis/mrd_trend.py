"""MRD over time: falling, rising, unchanged, or at the limit of detection, step by step.

Each result is the span in which the true fraction lies: a measured value is itself, "<" and "not
detected" reach from 0 to the bound or limit, as does a value below its own limit of detection. Two
results differ where their spans lie apart, and two measured values only by more than half a
logarithm (a factor of 3.16, this project's own margin for the scatter of the methods). MRD that is
measured after it was not detectable is rising however little it is.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from analysis.calls import Reason
from analysis.response import MrdMeasurement, MrdOperator, below_own_limit
from analysis.wording import N_, Labelled, say

CHANGE = 10**0.5


class Trend(Labelled):
    FALLING = "falling", N_("falling")
    RISING = "rising", N_("rising")
    UNCHANGED = "unchanged", N_("no clear change")
    AT_LIMIT = "at_limit", N_("at the limit of detection")
    NOT_EVALUABLE = "not_evaluable", N_("not evaluable")
    NOT_TESTED = "not_tested", N_("not tested")


@dataclass(frozen=True)
class MrdPoint:
    """One result on one day of treatment."""

    day: int
    measurement: MrdMeasurement


@dataclass(frozen=True)
class MrdTrend:
    """`trend` is that of the last two results; `reasons` has one step after the other."""

    trend: Trend
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class _Span:
    low: float
    high: float

    @property
    def measured(self) -> bool:
        return self.low > 0


def mrd_trend(points: Iterable[MrdPoint]) -> MrdTrend:
    """The course of MRD, in the order of the days. Results without a readable value are named and
    left out. Raises ValueError for an operator that is not one."""
    points = sorted(points, key=lambda point: point.day)
    spans = [(point, _span(point.measurement)) for point in points]
    left_out = tuple(_unreadable(point) for point, span in spans if span is None)
    known = [(point, span) for point, span in spans if span is not None]
    if not points:
        return MrdTrend(Trend.NOT_TESTED, (_said("mrd_trend_none", N_("MRD was not measured.")),))
    if len(known) < 2:
        sentence = N_("A course needs two results that can be read.")
        return MrdTrend(Trend.NOT_EVALUABLE, (*left_out, _said("mrd_trend_one", sentence)))
    steps = [_step(*before, *after) for before, after in pairwise(known)]
    return MrdTrend(steps[-1][0], (*left_out, *(reason for _, reason in steps)))


def _span(measurement: MrdMeasurement) -> _Span | None:
    """Where the true fraction lies; None where nothing is known of it."""
    operator = MrdOperator(measurement.operator)
    fraction, lod = _positive(measurement.fraction), _positive(measurement.lod)
    if below_own_limit(measurement):
        return _Span(0.0, lod)
    if operator is MrdOperator.EQUAL and fraction is not None:
        return _Span(fraction, fraction)
    if operator is MrdOperator.EQUAL and measurement.fraction is None:
        return None
    bounds = [fraction] if operator is MrdOperator.BELOW else []
    # A method that does not see as far as the bound that was reported has proved only its limit.
    limits = [limit for limit in (*bounds, lod) if limit is not None]
    return _Span(0.0, max(limits)) if limits else None


def _positive(value: float | None) -> float | None:
    if value is None or not math.isfinite(value) or value <= 0:
        return None
    return float(value)


def _step(first: MrdPoint, before: _Span, second: MrdPoint, after: _Span) -> tuple[Trend, Reason]:
    trend = _compared(before, after)
    sentence = {
        Trend.FALLING: N_("From day {first} to day {second} MRD fell from {before} to {after}."),
        Trend.RISING: N_("From day {first} to day {second} MRD rose from {before} to {after}."),
        Trend.UNCHANGED: N_(
            "From day {first} to day {second} MRD did not clearly change: {before}, then {after}."
        ),
        Trend.AT_LIMIT: N_(
            "On day {first} and day {second} MRD was not measurable: {before}, then {after}."
        ),
        Trend.NOT_EVALUABLE: N_(
            "From day {first} to day {second} the limit of detection is too high to compare: "
            "{before}, then {after}."
        ),
    }[trend]
    message = say(
        sentence,
        first=first.day,
        second=second.day,
        before=_written(before),
        after=_written(after),
    )
    evidence = (*first.measurement.evidence, *second.measurement.evidence)
    return trend, Reason(f"mrd_{trend.value}", message, evidence)


def _compared(before: _Span, after: _Span) -> Trend:
    if not before.measured and not after.measured:
        return Trend.AT_LIMIT
    if before.measured and after.measured:
        ratio = after.low / before.low
        if 1 / CHANGE <= ratio <= CHANGE:
            return Trend.UNCHANGED
        return Trend.RISING if ratio > 1 else Trend.FALLING
    if after.measured:
        return Trend.RISING if after.low > before.high else Trend.NOT_EVALUABLE
    return Trend.FALLING if after.high < before.low else Trend.NOT_EVALUABLE


def _written(span: _Span) -> str:
    """In percent of cells: a fraction without a unit is read as one."""
    shown = f"{float(f'{span.high * 100:.4g}'):g} %"
    return shown if span.measured else f"< {shown}"


def _unreadable(point: MrdPoint) -> Reason:
    message = say(N_("The result of day {day} cannot be compared and is left out."), day=point.day)
    return Reason("mrd_point_left_out", message, point.measurement.evidence)


def _said(code: str, sentence: str) -> Reason:
    return Reason(code, say(sentence))
