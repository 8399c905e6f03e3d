"""Which kinds of IKZF1 alteration meet which partner genes: a chord diagram (Fig. 4C of Zhang et
al. 2022). A ribbon's width is the number of children."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, pi, sin

from analysis.figures.lettering import spread, wrapped
from analysis.figures.palette import EDGE, FAINT
from analysis.figures.svg import (
    NORMAL,
    QUIET,
    SMALL,
    WIDTH,
    Canvas,
    Figure,
    Pen,
    line,
    short,
)
from analysis.wording import N_, Message, counted, say, translate

MOST_GENES = 36
RADIUS, THICK, TOP = 132.0, 9.0, 14.0
CENTRE = (WIDTH / 2, TOP + RADIUS + 8)
GAP = 0.022  # radians between two arcs
# (arc, ribbon) of each kind, told apart by lightness and by the edge of the ribbon.
COLOURS = (("#c2601c", "#f9dcc0"), ("#0d3b66", "#cddcea"), ("#6b7280", "#e4e6e9"))
GENE = "#86a6c3"


@dataclass(frozen=True)
class Bond:
    """`count` children in whom this kind (its place) and this gene (its place) meet."""

    kind: int
    gene: int
    count: int


def chord(
    kinds: Sequence[Message],
    genes: Sequence[str],
    bonds: Sequence[Bond],
    *,
    language: str = "en",
    prefix: str = "chord",
) -> Figure:
    """Kinds on the left, genes on the right.

    Raises ValueError for more kinds or genes than can be told apart, or a bond of nobody.
    """
    if len(kinds) > len(COLOURS) or len(genes) > MOST_GENES:
        raise ValueError("more kinds or genes than can be told apart")
    if any(bond.count < 1 for bond in bonds):
        raise ValueError("a bond of no child")
    canvas = Canvas()
    total = sum(bond.count for bond in bonds)
    if total:
        left = _arcs([_sum(bonds, kind=i) for i in range(len(kinds))], total)
        right = _arcs([_sum(bonds, gene=i) for i in range(len(genes))], total)
        # From top to bottom on the left side as well.
        left = [_mirrored(arc) for arc in left]
        _ribbons(canvas, bonds, left, right)
        canvas.layer()
        _rings(canvas, left, right)
        _labels(canvas, kinds, genes, bonds, left, right, language)
    else:
        nobody = translate(N_("No partner gene was found."), language)
        canvas.write(WIDTH / 2, TOP + 12, nobody, anchor="middle", colour=QUIET)
    height = CENTRE[1] + RADIUS + 14 if total else TOP + 24
    return canvas.figure(
        height=height,
        title=say(N_("Partner genes by kind of IKZF1 alteration")),
        alt=_said(kinds, genes, bonds),
        language=language,
        prefix=prefix,
    )


@dataclass(frozen=True)
class _Arc:
    """From `start` to `end` in radians, 0 to the right and growing downwards."""

    start: float
    end: float

    @property
    def middle(self) -> float:
        return (self.start + self.end) / 2

    def part(self, before: float, share: float) -> _Arc:
        width = self.end - self.start
        return _Arc(self.start + width * before, self.start + width * (before + share))


def _mirrored(arc: _Arc) -> _Arc:
    """The arc on the other side of the upright axis, at the same height."""
    return _Arc(pi - arc.end, pi - arc.start)


def _sum(bonds: Sequence[Bond], *, kind: int | None = None, gene: int | None = None) -> int:
    return sum(b.count for b in bonds if kind in (None, b.kind) and gene in (None, b.gene))


def _arcs(counts: Sequence[int], total: int) -> list[_Arc]:
    """Arcs over the right half, from the top to the bottom, as long as their counts."""
    filled = sum(count > 0 for count in counts)
    room = pi * 0.94 - GAP * max(filled - 1, 0)
    place, arcs = -pi * 0.47, []
    for count in counts:
        length = room * count / total
        arcs.append(_Arc(place, place + length))
        place += length + (GAP if count else 0)
    return arcs


def _point(angle: float, radius: float) -> tuple[float, float]:
    return CENTRE[0] + radius * cos(angle), CENTRE[1] + radius * sin(angle)


def _ribbons(canvas: Canvas, bonds: Sequence[Bond], left: list[_Arc], right: list[_Arc]) -> None:
    used_left, used_right = [0] * len(left), [0] * len(right)
    for bond in sorted(bonds, key=lambda item: (item.kind, item.gene)):
        own = _sum(bonds, kind=bond.kind)
        gene = _sum(bonds, gene=bond.gene)
        # The left arc runs upwards after mirroring: its first gene stands at its end.
        start = 1 - (used_left[bond.kind] + bond.count) / own
        a = left[bond.kind].part(start, bond.count / own)
        b = right[bond.gene].part(used_right[bond.gene] / gene, bond.count / gene)
        used_left[bond.kind] += bond.count
        used_right[bond.gene] += bond.count
        canvas.draw(Pen(COLOURS[bond.kind][1], COLOURS[bond.kind][0], 0.35), _ribbon(a, b))


def _ribbon(a: _Arc, b: _Arc) -> str:
    inner = RADIUS - THICK - 1.5
    points = [_point(angle, inner) for angle in (a.start, a.end, b.start, b.end)]
    centre = f"{short(CENTRE[0])} {short(CENTRE[1])}"
    p = [f"{short(x)} {short(y)}" for x, y in points]
    arc = f"A{short(inner)} {short(inner)} 0 0 1 "
    return f"M{p[0]}{arc}{p[1]}Q{centre} {p[2]}{arc}{p[3]}Q{centre} {p[0]}z"


def _rings(canvas: Canvas, left: list[_Arc], right: list[_Arc]) -> None:
    for place, arc in enumerate(left):
        if arc.end > arc.start:
            canvas.draw(Pen(COLOURS[place][0], EDGE, 0.4), _ring(arc))
    for arc in right:
        if arc.end > arc.start:
            canvas.draw(Pen(GENE, EDGE, 0.4), _ring(arc))


def _ring(arc: _Arc) -> str:
    outer, inner = RADIUS, RADIUS - THICK
    a, b = _point(arc.start, outer), _point(arc.end, outer)
    c, d = _point(arc.end, inner), _point(arc.start, inner)
    return (
        f"M{short(a[0])} {short(a[1])}A{short(outer)} {short(outer)} 0 0 1 {short(b[0])} "
        f"{short(b[1])}L{short(c[0])} {short(c[1])}A{short(inner)} {short(inner)} 0 0 0 "
        f"{short(d[0])} {short(d[1])}z"
    )


def _labels(
    canvas: Canvas,
    kinds: Sequence[Message],
    genes: Sequence[str],
    bonds: Sequence[Bond],
    left: list[_Arc],
    right: list[_Arc],
    language: str,
) -> None:
    named = [(f"{gene} ({_sum(bonds, gene=i)})", arc)
             for i, (gene, arc) in enumerate(zip(genes, right, strict=True))
             if arc.end > arc.start]  # fmt: skip
    _side(canvas, named, side=1, size=SMALL, line_height=7.4)
    sentence = N_("{kind} ({n})")
    named = [(say(sentence, kind=kind, n=_sum(bonds, kind=i)).text(language), arc)
             for i, (kind, arc) in enumerate(zip(kinds, left, strict=True))
             if arc.end > arc.start]  # fmt: skip
    _side(canvas, named, side=-1, size=NORMAL, line_height=10)


def _side(
    canvas: Canvas,
    named: list[tuple[str, _Arc]],
    *,
    side: int,
    size: float,
    line_height: float,
) -> None:
    """Labels beside the ring, each on a height of its own, with a line to its arc."""
    anchors = [_point(arc.middle, RADIUS + 3) for _text, arc in named]
    space = (WIDTH - CENTRE[0] if side > 0 else CENTRE[0]) - RADIUS - 24
    heights = spread(
        [y for _x, y in anchors],
        [line_height * len(wrapped(text, size, space)) for text, _arc in named],
        low=2,
        high=CENTRE[1] + RADIUS + 12,
        gap=0,
    )
    column = CENTRE[0] + side * (RADIUS + 22)
    for (text, _arc), (x, y), height in zip(named, anchors, heights, strict=True):
        bend = (column - side * 3, height)
        canvas.draw(Pen(stroke=FAINT, width=0.5), line((x, y), bend))
        room = WIDTH - column if side > 0 else column
        lines = wrapped(text, size, room - 2)
        for i, part in enumerate(lines):
            base = height + size * (0.35 + 1.15 * (i - (len(lines) - 1) / 2))
            canvas.write(
                column, base, part, size=size,
                anchor="start" if side > 0 else "end", room=room - 2,
            )  # fmt: skip


def _said(
    kinds: Sequence[Message], genes: Sequence[str], bonds: Sequence[Bond]
) -> tuple[Message, ...]:
    if not bonds:
        return (say(N_("No partner gene was found.")),)
    one, many = N_("{kind} with {gene} in {n} child."), N_("{kind} with {gene} in {n} children.")
    ordered = sorted(bonds, key=lambda item: -item.count)[:12]
    return tuple(
        counted(one, many, item.count, kind=kinds[item.kind], gene=genes[item.gene])
        for item in ordered
    )
