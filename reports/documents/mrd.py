"""MRD against the thresholds of the child's protocols: readings, their table, plot and answer.

The thresholds are those of the rule tables that speak for the child, each with its operator and its
protocol's name. Those of the study (Zhang et al. 2022) stand beside them only where the child is on
the study's protocol.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from analysis.calls import State
from analysis.figures.mrd_plot import MrdPoint, mrd_plot
from analysis.figures.mrd_plot import MrdThreshold as PlottedThreshold
from analysis.response import (
    MRD_D15_THRESHOLD,
    MRD_D33_THRESHOLD,
    MrdMeasurement,
    MrdThreshold,
)
from analysis.risk.mrd_thresholds import ProtocolThreshold, mrd_thresholds
from analysis.risk.protocol import MrdWindow
from analysis.risk.result import RiskResult, RuleSetStatus
from analysis.wording import say
from reports.documents.content import Cell, Column, Fact, Mark, Picture, Row, Table, row, table
from reports.documents.numbers import UNKNOWN, day, percent_of, power
from reports.documents.pictures import picture
from reports.documents.records import ChildRecords
from reports.models import Material, Mrd, MrdOperator
from reports.protocols import DEFAULT, table_of

# The time points that the answer names, and the day that stands for week 12 on the plot.
POINTS = {15: "mrd_d15", 33: "mrd_d33"}
_PLOTTED_AT = {"mrd_d15": 15, "mrd_d33": 33, "mrd_week12": 84}
_METHODS = ("flow", "pcr", "ngs")
STUDY = "Zhang et al. 2022"
PLOT_WIDTH = 194.0  # points: beside the table
_OF_STUDY = tuple(
    ProtocolThreshold(
        protocol=STUDY,
        version="",
        window=MrdWindow(POINTS[day_], day_, day_, _METHODS),
        threshold=MrdThreshold(limit, ">"),
        rules=(),
        unconfirmed=False,
    )
    for day_, limit in ((15, MRD_D15_THRESHOLD), (33, MRD_D33_THRESHOLD))
)


@dataclass(frozen=True)
class Held:
    """A measurement held against one threshold; `of` are the thresholds alike, by protocol."""

    threshold: MrdThreshold
    of: tuple[ProtocolThreshold, ...]
    state: State


@dataclass(frozen=True)
class Reading:
    """One result (None: nobody measured) with every threshold of its day, the lowest first.

    `state` is the answer where no threshold speaks, or none can be read: not tested, not
    evaluable, or None.
    """

    day: int
    value: str
    measurement: Mrd | None
    held: tuple[Held, ...]
    state: State | None = None


def thresholds_of(
    risks: tuple[RiskResult, ...], own_protocol: str
) -> tuple[ProtocolThreshold, ...]:
    """Of every protocol that speaks for the child, the leading one first; then the study's."""
    found: list[ProtocolThreshold] = []
    for result in risks:
        protocol = table_of(result.protocol, result.version)
        confirmed = result.status is RuleSetStatus.CONFIRMED
        for item in mrd_thresholds(protocol) if protocol else ():
            found.append(replace(item, unconfirmed=item.unconfirmed and not confirmed))
    own = table_of(own_protocol) if own_protocol else None
    return (*found, *(_OF_STUDY if own is not None and own.name == DEFAULT else ()))


def readings(
    records: ChildRecords, thresholds: tuple[ProtocolThreshold, ...]
) -> tuple[Reading, ...]:
    """Every measurement, and days 15 and 33 also where nobody measured, in the order of days."""
    known = [_reading(item, thresholds) for item in records.mrd]
    absent = [
        Reading(day_, _("no result is recorded"), None, (), State.NOT_TESTED)
        for day_ in POINTS
        if not any(_belongs(item, day_, thresholds) for item in records.mrd)
    ]
    return tuple(sorted([*known, *absent], key=lambda item: item.day))


def _belongs(item: Mrd, day_: int, thresholds: tuple[ProtocolThreshold, ...]) -> bool:
    """Whether a measurement answers the time point: on its day, or within a protocol's window."""
    return item.day == day_ or any(
        limit.fact == POINTS[day_] and limit.answers(item.day, item.method) for limit in thresholds
    )


def _reading(item: Mrd, thresholds: tuple[ProtocolThreshold, ...]) -> Reading:
    if item.operator == MrdOperator.NOT_TESTED:
        return Reading(item.day, mrd_value(item), item, (), State.NOT_TESTED)
    if item.operator == MrdOperator.NOT_EVALUABLE:
        return Reading(item.day, mrd_value(item), item, (), State.NOT_EVALUABLE)
    return Reading(item.day, mrd_value(item), item, _held(item, thresholds))


def _held(item: Mrd, thresholds: tuple[ProtocolThreshold, ...]) -> tuple[Held, ...]:
    measured = measurement(item)
    if item.material == Material.BLOOD:
        return ()
    alike: dict[tuple[MrdThreshold, State], list[ProtocolThreshold]] = {}
    for limit in thresholds:
        if limit.answers(item.day, item.method):
            state = limit.against(measured).state
            alike.setdefault((limit.threshold, state), []).append(limit)
    # Of "at or above" and "above" the same limit, "at or above" is the lower.
    ordered = sorted(
        alike.items(), key=lambda pair: (pair[0][0].fraction, pair[0][0].operator == ">")
    )
    return tuple(Held(limit, tuple(of), state) for (limit, state), of in ordered)


def measurement(item: Mrd) -> MrdMeasurement:
    return MrdMeasurement(item.fraction, item.operator, item.lod_fraction, loq=item.loq_fraction)


def how(item: Mrd) -> str:
    """The method, with the material where somebody recorded one."""
    if not item.material:
        return item.get_method_display()
    return _("{method} of {material}").format(
        method=item.get_method_display(), material=item.get_material_display()
    )


def mrd_value(item: Mrd) -> str:
    """The result with its operator, as a power of ten and in percent."""
    if item.operator == MrdOperator.EQUAL:
        return _both(item.fraction)
    if item.operator == MrdOperator.BELOW:
        return f"< {_both(item.fraction)}"
    return item.get_operator_display()


def _both(fraction: float | None) -> str:
    if fraction is None:
        return UNKNOWN
    return _("{power} ({percent})").format(power=power(fraction), percent=percent_of(fraction))


def limit_shown(threshold: MrdThreshold) -> str:
    """ "≥ 10⁻⁴"."""
    sign = "≥" if threshold.operator == ">=" else ">"
    return f"{sign} {power(threshold.fraction)}"


# --- the answer


def mrd_fact(records: ChildRecords, day_: int, thresholds: tuple[ProtocolThreshold, ...]) -> Fact:
    """MRD of one time point for the answer's box; several methods stand one after the other, and
    one that reaches a threshold is never hidden behind another that does not."""
    found = [
        item
        for item in readings(records, thresholds)
        if item.day == day_
        or (item.measurement is not None and _belongs(item.measurement, day_, thresholds))
    ]
    values = [_value_of(item, day_) for item in found]
    return Fact(
        _("MRD day {day}").format(day=day_),
        "; ".join(values),
        _mark(found),
        _limits(day_, thresholds),
    )


def _value_of(item: Reading, day_: int) -> str:
    own, value = item.measurement, item.value
    if own is not None and own.material == Material.BLOOD:
        value = _("{value} in {material}").format(value=value, material=own.get_material_display())
    if item.day == day_:
        return value
    return _("{value} on day {day}").format(value=value, day=item.day)


def _mark(found: list[Reading]) -> Mark | None:
    held = [one for item in found for one in item.held]
    reached = [one for one in held if one.state is State.ALTERED]
    if reached:
        return _word(max(reached, key=lambda one: one.threshold.fraction), exact=True)
    states = {one.state for one in held} | {item.state for item in found if item.state}
    if State.NOT_EVALUABLE in states:
        return Mark(State.NOT_EVALUABLE)
    if held:
        return _word(min(held, key=lambda one: one.threshold.fraction), exact=True)
    return Mark(State.NOT_TESTED) if State.NOT_TESTED in states else None


def _word(one: Held, *, exact: bool = False) -> Mark:
    """Closer words than altered and not detected; `exact` names the threshold too."""
    words = {
        (">=", State.ALTERED): (_("at or above"), _("at or above {limit}")),
        (">=", State.NOT_DETECTED): (_("below"), _("below {limit}")),
        (">", State.ALTERED): (_("above"), _("above {limit}")),
        (">", State.NOT_DETECTED): (_("not above"), _("not above {limit}")),
    }.get((one.threshold.operator, one.state))
    if words is None:
        return Mark(one.state)
    return Mark(one.state, words[exact].format(limit=power(one.threshold.fraction)))


def _limits(day_: int, thresholds: tuple[ProtocolThreshold, ...]) -> str:
    """ "CCLG-ALL-2008: ≥ 10⁻⁴ (unconfirmed), ≥ 10⁻²; Zhang et al. 2022: > 10⁻⁴"."""
    own = [limit for limit in thresholds if limit.fact == POINTS[day_]]
    by_name: dict[str, list[str]] = {}
    for limit in own:
        by_name.setdefault(_named(limit), []).append(_limit_marked(limit))
    if not by_name:
        return _("no protocol used here has a threshold for this day")
    return "; ".join(
        _("{protocol}: {limits}").format(protocol=name, limits=", ".join(limits))
        for name, limits in by_name.items()
    )


def _limit_marked(limit: ProtocolThreshold) -> str:
    shown = limit_shown(limit.threshold)
    return _("{limit} (unconfirmed)").format(limit=shown) if limit.unconfirmed else shown


def _named(limit: ProtocolThreshold) -> str:
    """Two versions of one protocol are told apart by the version."""
    several = limit.version and limit.version != "1"
    return f"{limit.protocol} {limit.version}" if several else limit.protocol


# --- the table


def mrd_table(records: ChildRecords, thresholds: tuple[ProtocolThreshold, ...]) -> Table:
    columns = [
        Column(_("MRD on day"), 15),
        Column(_("Fraction of cells"), 33),
        Column(_("Threshold"), 33),
        Column(_("Verdict"), 19),
    ]
    rows = [line for item in readings(records, thresholds) for line in _rows(item)]
    return table("", columns, rows)


def _rows(item: Reading) -> Iterator[Row]:
    """A line a threshold; the measurement stands in the first."""
    shown = _measured(item)
    if not item.held:
        yield row(*shown, UNKNOWN, Cell(mark=Mark(item.state)) if item.state else _unheld(item))
    for place, one in enumerate(item.held):
        yield row(
            *(shown if place == 0 else ("", "")),
            Cell(limit_shown(one.threshold), note=_sources(one)),
            Cell(mark=_word(one)),
            tone="marked" if one.state is State.ALTERED else "",
        )


def _unheld(item: Reading) -> str:
    if item.measurement is not None and item.measurement.material == Material.BLOOD:
        return _("of blood; thresholds are those of marrow")
    return _("no threshold for this day")


def _measured(item: Reading) -> tuple[Cell, Cell]:
    own = item.measurement
    if own is None:
        return Cell(str(item.day)), Cell(item.value)
    sentence = _("{method}, LOD {limit}") if own.lod_fraction else _("{method}, LOD not recorded")
    method = sentence.format(method=how(own), limit=power(own.lod_fraction))
    sampled = day(own.sampled_on) if own.sampled_on else ""
    return Cell(str(item.day), note=sampled), Cell(item.value, note=method)


def _sources(one: Held) -> str:
    return "; ".join(
        _("{protocol} (unconfirmed)").format(protocol=_named(limit))
        if limit.unconfirmed
        else _named(limit)
        for limit in one.of
    )


def mrd_notes(thresholds: tuple[ProtocolThreshold, ...]) -> Iterator[str]:
    yield from _silent(thresholds)


def _silent(thresholds: tuple[ProtocolThreshold, ...]) -> Iterator[str]:
    """Time points for which the leading protocol has no threshold."""
    of_protocols = [limit for limit in thresholds if limit.protocol != STUDY]
    if not of_protocols:
        yield _("No protocol used here has an MRD threshold.")
        return
    leading = of_protocols[0].protocol
    facts = {limit.fact for limit in of_protocols if limit.protocol == leading}
    for day_, fact in POINTS.items():
        if fact not in facts:
            sentence = _("{protocol} has no MRD threshold for day {day}.")
            yield sentence.format(protocol=leading, day=day_)


# --- the plot


def mrd_picture(
    records: ChildRecords, thresholds: tuple[ProtocolThreshold, ...], language: str
) -> tuple[Picture, ...]:
    if len(records.mrd) < 3:  # two values are read from the table faster than from a plot
        return ()
    points = [
        MrdPoint(
            item.day,
            item.fraction,
            item.operator,
            item.lod_fraction,
            how(item),
        )
        for item in records.mrd
    ]
    shown = _plotted(records, thresholds)
    figure = mrd_plot(points, thresholds=shown, language=language, width=PLOT_WIDTH)
    names = dict.fromkeys(limit.protocol for limit in thresholds if _is_plotted(limit, thresholds))
    caption = _("Minimal residual disease over time, with the thresholds of {protocols}.").format(
        protocols=", ".join(names) or UNKNOWN
    )
    return (picture("mrd", figure, language, caption),)


def _is_plotted(limit: ProtocolThreshold, thresholds: tuple[ProtocolThreshold, ...]) -> bool:
    """Of the leading protocol, or the study's: more lines would hide the course."""
    return limit.protocol in (thresholds[0].protocol, STUDY)


def _plotted(
    records: ChildRecords, thresholds: tuple[ProtocolThreshold, ...]
) -> list[PlottedThreshold]:
    """One line for each limit of a day, however many name it."""
    lines: dict[tuple[int, str], PlottedThreshold] = {}
    for limit in thresholds:
        if _is_plotted(limit, thresholds):
            day_, shown = _day_of(limit, records), _in_percent(limit.threshold)
            text = _("d{day} {limit}").format(day=day_, limit=shown)
            lines[day_, shown] = PlottedThreshold(
                limit.threshold.fraction, say("{text}", text=text), day_
            )
    return list(lines.values())


def _in_percent(threshold: MrdThreshold) -> str:
    """In percent, as the axis of the plot."""
    return f"{'≥' if threshold.operator == '>=' else '>'} {percent_of(threshold.fraction)}"


def _day_of(limit: ProtocolThreshold, records: ChildRecords) -> int:
    """Where the measurement stands that is held against it; else the day of its name."""
    days = [item.day for item in records.mrd if limit.answers(item.day, item.method)]
    return days[0] if days else _PLOTTED_AT[limit.fact]
