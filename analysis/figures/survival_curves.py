"""Survival or cumulative incidence of groups over time, with the numbers at risk below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.figures.lettering import text_width
from analysis.figures.palette import DEEP, EDGE, NAVY, STRIPE
from analysis.figures.svg import (
    NORMAL,
    QUIET,
    SMALL,
    WIDTH,
    Canvas,
    Figure,
    Pen,
    line,
    outline,
)
from analysis.wording import N_, Message, counted, say, translate

YEAR = 365.25
PLOT, TOP = 170.0, 8.0
MOST_GROUPS = 4
# Told apart by dashes and by lightness; the band of a group has its colour, fainter.
STYLES = (
    (DEEP, "", "#f6e3d6"),
    (NAVY, "6 2.5", "#dbe6f0"),
    ("#6b7280", "2 2", "#eceef0"),
    ("#b0862c", "7 2 1.5 2", "#f5ecd9"),
)


@dataclass(frozen=True, eq=False)
class GroupCurve:
    """One group: `times` in days, ascending, `values` just after each (0..1), limits NaN where
    there are none, `at_risk` just before each, `censored` how many were lost at each."""

    label: Message
    times: np.ndarray
    values: np.ndarray
    low: np.ndarray
    high: np.ndarray
    at_risk: np.ndarray
    censored: np.ndarray
    events: int

    @property
    def n(self) -> int:
        return int(self.at_risk[0]) if len(self.at_risk) else 0


def survival_curves(
    curves: Sequence[GroupCurve],
    *,
    title: Message,
    axis: Message,
    result: Message | None = None,
    falling: bool = True,
    language: str = "en",
    prefix: str = "survival",
) -> Figure:
    """Curves that start at 1 and fall (`falling`), or at 0 and rise. `result` is printed on them.

    Raises ValueError for more groups than can be told apart.
    """
    if len(curves) > MOST_GROUPS:
        raise ValueError(f"{len(curves)} groups cannot be told apart")
    canvas = Canvas()
    labels = [curve.label.text(language) for curve in curves]
    left = max([46.0, *(text_width(label, SMALL) + 32 for label in labels)])
    left = min(left, 170.0)
    last = max((float(curve.times[-1]) for curve in curves if len(curve.times)), default=YEAR)
    scale = _Scale(left, WIDTH - 12, max(last, 1.0))
    _axes(canvas, scale, axis, language)
    canvas.layer()
    for curve, style in zip(curves, STYLES, strict=False):
        _band(canvas, scale, curve, style, 1.0 if falling else 0.0)
    canvas.layer()
    for curve, style in zip(curves, STYLES, strict=False):
        _steps(canvas, scale, curve, style, 1.0 if falling else 0.0)
    if result is not None:
        y = TOP + PLOT - 7 if falling else TOP + 10
        canvas.write(left + 6, y, result.text(language), size=NORMAL, room=WIDTH - left - 24)
    bottom = _table(canvas, scale, curves, labels, TOP + PLOT + 36, language)
    return canvas.figure(
        height=bottom + 4,
        title=title,
        alt=_said(curves, title),
        language=language,
        prefix=prefix,
    )


@dataclass(frozen=True)
class _Scale:
    left: float
    right: float
    last: float

    def x(self, days: float) -> float:
        return self.left + (self.right - self.left) * days / self.last

    @staticmethod
    def y(share: float) -> float:
        return TOP + PLOT * (1 - share)

    @property
    def ticks(self) -> list[float]:
        """Days at whole years, or at months where the time is short."""
        years = self.last / YEAR
        if years >= 1:
            step = YEAR * max(round(years / 8), 1)
        else:
            step = YEAR / 12 * max(round(years * 12 / 6), 1)
        return [i * step for i in range(int(self.last / step + 1e-9) + 1)]


def _axes(canvas: Canvas, scale: _Scale, axis: Message, language: str) -> None:
    for percent in range(0, 101, 20):
        y = scale.y(percent / 100)
        canvas.draw(Pen(stroke=STRIPE, width=0.4), line((scale.left, y), (scale.right, y)))
        canvas.write(scale.left - 4, y + 2.4, str(percent), size=SMALL, anchor="end")
    canvas.draw(
        Pen(stroke=EDGE),
        line((scale.left, TOP), (scale.left, TOP + PLOT))
        + line((scale.left, TOP + PLOT), (scale.right, TOP + PLOT)),
    )
    canvas.write(scale.left - 24, TOP + PLOT / 2 + text_width(axis.text(language), SMALL) / 2,
                 axis.text(language), size=SMALL, upright=True)  # fmt: skip
    years = scale.last >= YEAR
    for tick in scale.ticks:
        x = scale.x(tick)
        canvas.draw(Pen(stroke=EDGE), line((x, TOP + PLOT), (x, TOP + PLOT + 3)))
        value = tick / YEAR if years else tick / (YEAR / 12)
        canvas.write(x, TOP + PLOT + 11, f"{value:.0f}", size=SMALL, anchor="middle")
    unit = N_("years from diagnosis") if years else N_("months from diagnosis")
    middle = (scale.left + scale.right) / 2
    canvas.write(middle, TOP + PLOT + 21, translate(unit, language), size=SMALL, anchor="middle")


def _corners(
    scale: _Scale, times: np.ndarray, values: np.ndarray, start: float
) -> list[tuple[float, float]]:
    """The corners of a step curve from day 0 on."""
    corners = [(scale.x(0), scale.y(start))]
    level = start
    for time, value in zip(times.tolist(), values.tolist(), strict=True):
        x = scale.x(time)
        if value != level:
            corners += [(x, scale.y(level)), (x, scale.y(value))]
            level = value
    if len(times):
        corners.append((scale.x(float(times[-1])), scale.y(level)))
    return corners


def _band(canvas: Canvas, scale: _Scale, curve: GroupCurve, style: tuple, start: float) -> None:
    """The limits where they exist: they do not before the first event, nor at 0 or 1."""
    known = np.isfinite(curve.low) & np.isfinite(curve.high)
    if not known.any():
        return
    parts = []
    times = curve.times.tolist()
    for (i, begin), end in zip(enumerate(times), [*times[1:], times[-1]], strict=True):
        if known[i] and end > begin:
            x, x_end = scale.x(begin), scale.x(end)
            y, y_end = scale.y(float(curve.high[i])), scale.y(float(curve.low[i]))
            parts.append(outline([(x, y), (x_end, y), (x_end, y_end), (x, y_end)]))
    canvas.draw(Pen(style[2]), "".join(parts))


def _steps(canvas: Canvas, scale: _Scale, curve: GroupCurve, style: tuple, start: float) -> None:
    colour, dash, _band_colour = style
    if not len(curve.times):
        return
    corners = _corners(scale, curve.times, curve.values, start)
    path = outline(corners, closed=False) if len(corners) > 1 else ""
    canvas.draw(Pen(stroke=colour, width=1.4, dash=dash), path)
    ticks = "".join(
        line((scale.x(time), scale.y(value) - 2.4), (scale.x(time), scale.y(value) + 2.4))
        for time, value, lost in zip(
            curve.times.tolist(), curve.values.tolist(), curve.censored.tolist(), strict=True
        )
        if lost
    )
    if ticks:
        canvas.draw(Pen(stroke=colour, width=0.6), ticks)


def _table(
    canvas: Canvas,
    scale: _Scale,
    curves: Sequence[GroupCurve],
    labels: Sequence[str],
    top: float,
    language: str,
) -> float:
    """Numbers at risk under the ticks; the line of each group stands beside its name."""
    canvas.write(0, top, translate(N_("at risk"), language), size=SMALL, colour=QUIET)
    for i, (curve, label) in enumerate(zip(curves, labels, strict=True)):
        base = top + 10 * (i + 1)
        colour, dash, _band_colour = STYLES[i]
        canvas.draw(
            Pen(stroke=colour, width=1.4, dash=dash), line((0, base - 2.4), (15, base - 2.4))
        )
        canvas.write(18, base, label, size=SMALL, room=scale.left - 24)
        places = np.searchsorted(curve.times, scale.ticks, side="left")
        padded = np.append(curve.at_risk, 0)
        for tick, place in zip(scale.ticks, places.tolist(), strict=True):
            x = scale.x(tick)
            canvas.write(x, base, str(int(padded[place])), size=SMALL, anchor="middle")
    return top + 10 * len(curves)


def _said(curves: Sequence[GroupCurve], title: Message) -> tuple[Message, ...]:
    if not curves:
        return (say(N_("{title}: no child with follow-up."), title=title),)
    one, many = (
        N_("{group}: {n} child, events: {events}."),
        N_("{group}: {n} children, events: {events}."),
    )
    rows = tuple(
        counted(one, many, item.n, group=item.label, events=item.events) for item in curves
    )
    return (say(N_("{title}."), title=title), *rows)
