"""Minimal residual disease over the days of treatment, on a logarithmic scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from itertools import pairwise
from math import ceil, floor, log10

from analysis.calls import CopyCall
from analysis.figures.lettering import Box, place, spread, text_width
from analysis.figures.palette import (
    EDGE,
    FAINT,
    WARM,
    WHITE,
    Entry,
    column_entry,
    column_hatch,
    legend,
)
from analysis.figures.svg import (
    INK,
    QUIET,
    SMALL,
    WIDTH,
    Canvas,
    Figure,
    Pen,
    circle,
    line,
    polygon,
    rectangle,
)
from analysis.wording import N_, Labelled, Message, say, translate

LEFT, TOP, PLOT = 52.0, 8.0, 84.0
LABELS = 120.0  # the most that the names of thresholds take
COLUMN = 13.0  # a day that was not tested
LIMIT = Pen(stroke=EDGE, width=1)
THRESHOLD = Pen(stroke=WARM, width=0.9, dash="5 2.5")


class Operator(Labelled):
    """How an MRD value was reported."""

    EQUAL = "=", N_("measured")
    BELOW = "<", N_("below the value given")
    NOT_DETECTED = "not_detected", N_("not detected")
    NOT_EVALUABLE = "not_evaluable", N_("not evaluable")
    NOT_TESTED = "not_tested", N_("not tested")


@dataclass(frozen=True)
class MrdPoint:
    """One planned or done measurement. `fraction` and `lod` are shares of cells from 0 (never 0
    itself) to 1; `fraction` is None where nothing was counted, `lod` where no limit is recorded."""

    day: int
    fraction: float | None
    operator: Operator | str = Operator.EQUAL
    lod: float | None = None
    method: str = ""


@dataclass(frozen=True)
class MrdThreshold:
    """A limit of a protocol. `label` says whose; `day` marks the day on which it counts."""

    fraction: float
    label: Message
    day: int | None = None


def mrd_plot(
    points: Sequence[MrdPoint],
    *,
    thresholds: Sequence[MrdThreshold] = (),
    language: str = "en",
    prefix: str = "mrd",
    width: float = WIDTH,
) -> Figure:
    """The course of MRD, `width` points wide.

    A value is a filled circle; what lies below a limit is an open triangle at that limit; a day
    without a test is a hatched column. Raises ValueError on a fraction or limit outside 0-1, on 0,
    and on a value without its number.
    """
    shown = _checked(points)
    scale = _Scale.of(shown, thresholds, width=width, language=language)
    canvas = Canvas(width=width)
    _ground(canvas, scale, shown, language)
    _unread(canvas, scale, shown, language)
    for threshold in thresholds:
        _threshold(canvas, scale, threshold)
    canvas.layer()
    _course(canvas, scale, shown)
    _days(canvas, scale, shown, thresholds, language)
    _values(canvas, scale, shown, language)
    _threshold_labels(canvas, scale, thresholds, language)
    bottom = TOP + PLOT + 29
    if points:
        entries = _entries(shown, thresholds, language)
        bottom = legend(canvas, entries, x=9, y=bottom, right=width - 4)
    return canvas.figure(
        height=bottom + 3,
        title=say(N_("Minimal residual disease over time")),
        alt=_said(shown, thresholds),
        language=language,
        prefix=prefix,
    )


def _checked(points: Sequence[MrdPoint]) -> list[MrdPoint]:
    shown = []
    for point in sorted(points, key=lambda p: p.day):
        operator = Operator(point.operator)
        for value in (point.fraction, point.lod):
            if value is not None and not 0 < value <= 1:
                raise ValueError(f"MRD of {value} on day {point.day} is no share above 0 and to 1.")
        if operator in (Operator.EQUAL, Operator.BELOW) and point.fraction is None:
            raise ValueError(f"MRD of day {point.day} lacks its value.")
        shown.append(MrdPoint(point.day, point.fraction, operator, point.lod, point.method))
    return shown


@dataclass(frozen=True)
class _Scale:
    """Days and powers of ten to places on the page; the plot ends at `right`, the names of the
    thresholds at `width`."""

    first: int
    last: int
    low: int
    high: int
    right: float
    width: float

    @classmethod
    def of(
        cls,
        points: Sequence[MrdPoint],
        thresholds: Sequence[MrdThreshold],
        *,
        width: float,
        language: str,
    ) -> _Scale:
        values = [v for p in points for v in (p.fraction, p.lod) if v is not None]
        values += [t.fraction for t in thresholds]
        days = [p.day for p in points] + [t.day for t in thresholds if t.day is not None]
        # Half a decade is kept free below the lowest mark and above the highest.
        low = min(floor(log10(float(min(values, default=1e-4))) - 0.5), -5)
        high = max(ceil(log10(float(max(values, default=0.1)))), -1)
        names = [text_width(t.label.text(language), SMALL) for t in thresholds]
        right = width - 10 - min(max(names, default=0), LABELS)
        return cls(min(days, default=0), max(days, default=1), low, high, right, width)

    def x(self, day: float) -> float:
        if self.last == self.first:
            return (LEFT + self.right) / 2
        edge = min(30, (self.right - LEFT) / 8)
        return (
            LEFT
            + edge
            + (self.right - LEFT - 2 * edge) * (day - self.first) / (self.last - self.first)
        )

    def y(self, fraction: float) -> float:
        return TOP + PLOT * (self.high - log10(float(fraction))) / (self.high - self.low)


def percent(fraction: float | Decimal) -> str:
    """`fraction` in percent with the digits it was given with, at most four that count."""
    value = Decimal(f"{Decimal(str(fraction)) * 100:.4g}")
    return f"{value.normalize():f} %"


def _ground(canvas: Canvas, scale: _Scale, points: Sequence[MrdPoint], language: str) -> None:
    for power in range(scale.low, scale.high + 1):
        fraction = Decimal(10) ** power
        y = scale.y(fraction)
        canvas.draw(Pen(stroke="#e3e7eb", width=0.5), line((LEFT, y), (scale.right, y)))
        canvas.draw(Pen(stroke=EDGE), line((LEFT - 3, y), (LEFT, y)))
        canvas.write(LEFT - 5, y + 2.3, percent(fraction), size=SMALL, anchor="end")
    title = translate(N_("MRD (% of cells)"), language)
    canvas.write(9, TOP + PLOT / 2, title, anchor="middle", upright=True, room=PLOT)
    if not points:
        said = translate(N_("no measurement recorded"), language)
        canvas.write((LEFT + scale.right) / 2, TOP + PLOT / 2, said, anchor="middle", colour=QUIET)
    canvas.layer()
    canvas.draw(Pen(stroke=EDGE), f"M{LEFT:g} {TOP:g}v{PLOT:g}H{scale.right:g}")


def _unread(canvas: Canvas, scale: _Scale, points: Sequence[MrdPoint], language: str) -> None:
    """Days without an answer: a hatched column with the word in it."""
    for point in points:
        if point.operator not in (Operator.NOT_TESTED, Operator.NOT_EVALUABLE):
            continue
        left = _x(scale, point, points) - COLUMN / 2
        column_hatch(canvas, left, TOP, COLUMN, PLOT, call=CopyCall(point.operator.value))
        word = point.operator.label(language)
        room = text_width(word, SMALL) + 6
        middle = TOP + PLOT / 2
        canvas.layer()
        canvas.draw(Pen(WHITE), rectangle(left + 1.5, middle - room / 2, COLUMN - 3, room))
        canvas.write(left + 8.8, middle, word, size=SMALL, anchor="middle", upright=True)


def _x(scale: _Scale, point: MrdPoint, points: Sequence[MrdPoint]) -> float:
    """Measurements of one day stand beside each other."""
    same = [p for p in points if p.day == point.day]
    place_of_it = next(i for i, p in enumerate(same) if p is point)
    return scale.x(point.day) + (place_of_it - (len(same) - 1) / 2) * (COLUMN + 1)


def _height(point: MrdPoint) -> float | None:
    """The fraction at which a mark stands; None where no number says."""
    if point.operator in (Operator.EQUAL, Operator.BELOW):
        return point.fraction
    return point.lod if point.operator is Operator.NOT_DETECTED else None


def _spot(scale: _Scale, point: MrdPoint, points: Sequence[MrdPoint]) -> tuple[float, float] | None:
    if point.operator in (Operator.NOT_TESTED, Operator.NOT_EVALUABLE):
        return None
    height = _height(point)
    # Not detected, and nobody recorded within what limit: the foot of the plot, without a value.
    y = scale.y(height) if height is not None else TOP + PLOT - 3
    return _x(scale, point, points), y


def _course(canvas: Canvas, scale: _Scale, points: Sequence[MrdPoint]) -> None:
    series: dict[str, list[tuple[MrdPoint, tuple[float, float]]]] = {}
    for point in points:
        spot = _spot(scale, point, points)
        if spot:
            series.setdefault(point.method, []).append((point, spot))
    for own in series.values():
        for (before, start), (after, end) in pairwise(own):
            sure = before.operator is after.operator is Operator.EQUAL
            canvas.draw(Pen(stroke=FAINT, width=0.8, dash="" if sure else "2 2"), line(start, end))
    canvas.layer()
    for own in series.values():
        for point, spot in own:
            _mark(canvas, point.operator, *spot)
            if point.lod is not None and point.operator is not Operator.NOT_DETECTED:
                y = scale.y(point.lod)
                canvas.draw(LIMIT, line((spot[0] - 5, y), (spot[0] + 5, y)))


def _mark(canvas: Canvas, operator: Operator, x: float, y: float) -> None:
    if operator is Operator.EQUAL:
        canvas.draw(Pen(INK, INK), circle(x, y, 2.6))
    else:
        canvas.draw(Pen(WHITE, INK, 0.9), polygon(x, y, 3.6, corners=3, turn=90))


def _threshold(canvas: Canvas, scale: _Scale, threshold: MrdThreshold) -> None:
    y = scale.y(threshold.fraction)
    canvas.draw(THRESHOLD, line((LEFT, y), (scale.right, y)))
    if threshold.day is not None:
        x = scale.x(threshold.day)
        canvas.draw(Pen(stroke=WARM, width=2.6), line((x - 11, y), (x + 11, y)))


def _threshold_labels(
    canvas: Canvas, scale: _Scale, thresholds: Sequence[MrdThreshold], language: str
) -> None:
    anchors = [scale.y(t.fraction) for t in thresholds]
    places = spread(anchors, [9.0] * len(anchors), low=TOP - 6, high=TOP + PLOT + 4, gap=0)
    for threshold, anchor, y in zip(thresholds, anchors, places, strict=True):
        canvas.draw(Pen(stroke=WARM, width=0.7), line((scale.right, anchor), (scale.right + 6, y)))
        said = threshold.label.text(language)
        canvas.write(scale.right + 8, y + 2.3, said, size=SMALL, room=scale.width - scale.right - 8)


def _days(
    canvas: Canvas,
    scale: _Scale,
    points: Sequence[MrdPoint],
    thresholds: Sequence[MrdThreshold],
    language: str,
) -> None:
    days = sorted({p.day for p in points} | {t.day for t in thresholds if t.day is not None})
    bottom = TOP + PLOT
    widths = [text_width(str(day), SMALL) for day in days]
    room = (scale.right - LEFT) / max(len(days), 1) - 3
    if days and max(widths) > room:  # too many to name all
        days = days[:: ceil(max(widths) / max(room, 1))]
        widths = [text_width(str(day), SMALL) for day in days]
    centres = spread([scale.x(d) for d in days], widths, low=LEFT - 6, high=scale.right + 6, gap=3)
    for day, centre in zip(days, centres, strict=True):
        x = scale.x(day)
        canvas.draw(
            Pen(stroke=EDGE), f"{line((x, bottom), (x, bottom + 3))}L{centre:.1f} {bottom + 5:.1f}"
        )
        canvas.write(centre, bottom + 12, str(day), size=SMALL, anchor="middle")
    title = translate(N_("day of treatment"), language)
    canvas.write((LEFT + scale.right) / 2, bottom + 22, title, anchor="middle")


def _values(canvas: Canvas, scale: _Scale, points: Sequence[MrdPoint], language: str) -> None:
    """What was reported, beside its mark."""
    several = len({p.method for p in points}) > 1
    spots = [(p, spot) for p in points if (spot := _spot(scale, p, points))]
    texts = [_value(p, several=several).text(language) for p, _ in spots]
    sizes = [(text_width(text, SMALL) + 2, 8.0) for text in texts]
    marks = [Box(x - 3.5, y - 3.5, x + 3.5, y + 3.5) for _, (x, y) in spots]
    marks += [
        Box(x - COLUMN / 2, TOP, x + COLUMN / 2, TOP + PLOT)
        for p in points
        if _spot(scale, p, points) is None and (x := _x(scale, p, points))
    ]
    bounds = Box(LEFT + 1, TOP - 7, scale.right + 4, TOP + PLOT - 1)
    boxes = place([spot for _, spot in spots], sizes, bounds=bounds, marks=marks, distance=4.2)
    canvas.layer()
    for text, box in zip(texts, boxes, strict=True):
        if box:  # where there is no room, the alternative text and the table have the value
            canvas.draw(Pen(WHITE), rectangle(box.left, box.top + 0.6, box.right - box.left, 7))
            canvas.write(
                (box.left + box.right) / 2, box.bottom - 1.9, text, size=SMALL, anchor="middle"
            )


def _value(point: MrdPoint, *, several: bool) -> Message:
    if point.operator is Operator.EQUAL:
        said = say(N_("{value}"), value=percent(point.fraction))
    elif point.operator is Operator.BELOW:
        said = say(N_("<{value}"), value=percent(point.fraction))
    elif point.lod is None:
        said = say(N_("not detected, limit not recorded"))
    else:
        said = say(N_("<LOD {limit}"), limit=percent(point.lod))
    if several and point.method:
        return say(N_("{value} ({method})"), value=said, method=point.method)
    return said


def _entries(
    points: Sequence[MrdPoint], thresholds: Sequence[MrdThreshold], language: str
) -> list[Entry]:
    below = translate(N_("below the limit where it stands"), language)
    limit = translate(N_("detection limit of the measurement"), language)
    entries = [
        Entry(partial(_legend_mark, Operator.EQUAL), Operator.EQUAL.label(language)),
        Entry(partial(_legend_mark, Operator.NOT_DETECTED), below),
        Entry(partial(_legend_line, LIMIT), limit),
    ]
    if thresholds:
        said = translate(N_("threshold of the protocol"), language)
        entries.append(Entry(partial(_legend_line, THRESHOLD), said))
    for operator in (Operator.NOT_TESTED, Operator.NOT_EVALUABLE):
        if any(point.operator is operator for point in points):
            entries.append(column_entry(CopyCall(operator.value), language))
    return entries


def _legend_mark(operator: Operator, canvas: Canvas, x: float, y: float) -> None:
    _mark(canvas, operator, x + 6, y + 3.4)


def _legend_line(pen: Pen, canvas: Canvas, x: float, y: float) -> None:
    canvas.draw(pen, line((x, y + 3.5), (x + 12, y + 3.5)))


def _said(points: Sequence[MrdPoint], thresholds: Sequence[MrdThreshold]) -> tuple[Message, ...]:
    if not points:
        return (say(N_("No measurement of MRD is recorded.")),)
    measured = tuple(_point_said(point) for point in points)
    limits = tuple(
        say(N_("Threshold {limit}: {label}."), limit=percent(t.fraction), label=t.label)
        for t in thresholds
    )
    return measured + limits


def _point_said(point: MrdPoint) -> Message:
    if point.operator in (Operator.NOT_TESTED, Operator.NOT_EVALUABLE):
        return say(N_("MRD day {day}: {answer}."), day=point.day, answer=point.operator)
    if point.operator is Operator.NOT_DETECTED or point.lod is None:
        return say(
            N_("MRD day {day}: {answer}."), day=point.day, answer=_value(point, several=True)
        )
    return say(
        N_("MRD day {day}: {answer}, detection limit {limit}."),
        day=point.day,
        answer=_value(point, several=True),
        limit=percent(point.lod),
    )
