"""The measured growth as a Markdown table and as a plot (SVG, both axes logarithmic)."""

from __future__ import annotations

import math
from typing import Any
from xml.sax.saxutils import escape

LEFT, TOP, WIDTH, HEIGHT = 70, 20, 460, 300
CHILDREN = (100, 1_000_000)
SECONDS = (0.001, 100)
# Dark to light and drawn differently, so that the lines are told apart in black-and-white print.
LINES = (
    ("88 genes", "88", "ours", "#1b4f72", ""),
    ("185 genes", "185", "ours", "#1b4f72", "6 3"),
    ("88 genes, SciPy loop", "88", "scipy", "#b9770e", ""),
    ("185 genes, SciPy loop", "185", "scipy", "#b9770e", "6 3"),
)


def markdown(found: dict[str, Any]) -> str:
    lines = [
        "| children | 88 genes | SciPy loop | times | 185 genes | SciPy loop | times |",
        "|---|---|---|---|---|---|---|",
    ]
    sizes = sorted({int(name.partition("x")[0]) for name in found["pairs"]})
    for n in sizes:
        cells = [f"{n:,}"]
        for genes in (88, 185):
            one = found["pairs"][f"{n}x{genes}"]
            cells += [told(one["ours"]), told(one["scipy"])]
            cells.append(f"{one['scipy'] / one['ours']:.0f}")
        lines.append(f"| {' | '.join(cells)} |")
    small, million = found["pairs"]["200x88"], found["million"]
    lines += ["", f"With exact intervals of all pairs, 88 x 200: {told(small['with_limits'])}."]
    if "r" in small:
        lines.append(f"R's `fisher.test` in a loop, 88 x 200: {told(small['r'])}.")
    lines.append(
        f"185 genes x 1,000,000 in a process of its own: {told(million['seconds'])}, "
        f"{million['bytes'] / 1e9:.2f} GB at the peak, the answers themselves included."
    )
    lines += ["", "| children | Table 2, 20 rows | tableone | times |", "|---|---|---|---|"]
    for n, one in found["tables"].items():
        peer = told(one["tableone"]) + (" (stored, 15 rows)" if one["stored"] else "")
        times = one["tableone"] / one["ours"]
        lines.append(f"| {int(n):,} | {told(one['ours'])} | {peer} | {times:.0f} |")
    return "\n".join(lines)


def told(seconds: float) -> str:
    if seconds < 0.1:
        return f"{seconds * 1e3:.1f} ms"
    return f"{seconds * 1e3:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"


def plot(found: dict[str, Any]) -> str:
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {LEFT + WIDTH + 190} '
        f'{TOP + HEIGHT + 50}" font-family="sans-serif" font-size="12" role="img">',
        "<title>Seconds for all pairs of genes by number of children</title>",
        f'<rect width="{LEFT + WIDTH + 190}" height="{TOP + HEIGHT + 50}" fill="#fff"/>',
        *_grid(),
    ]
    for place, (label, genes, key, colour, dashes) in enumerate(LINES):
        points = sorted(
            (int(name.partition("x")[0]), one[key])
            for name, one in found["pairs"].items()
            if name.endswith(f"x{genes}")
        )
        path = " ".join(f"{_x(n):.1f},{_y(seconds):.1f}" for n, seconds in points)
        dash = f' stroke-dasharray="{dashes}"' if dashes else ""
        line = f'fill="none" stroke="{colour}" stroke-width="2"{dash}'
        parts.append(f'<polyline points="{path}" {line}/>')
        parts += [
            f'<circle cx="{_x(n):.1f}" cy="{_y(s):.1f}" r="3" fill="{colour}"/>' for n, s in points
        ]
        height = TOP + 20 + 22 * place
        x = LEFT + WIDTH + 15
        parts.append(f'<path d="M{x} {height}h28" {line}/>')
        parts.append(f'<text x="{x + 34}" y="{height + 4}">{escape(label)}</text>')
    return "\n".join([*parts, "</svg>", ""])


def _grid() -> list[str]:
    parts = []
    for power in range(2, 7):
        x = _x(10**power)
        parts.append(f'<path d="M{x:.1f} {TOP}v{HEIGHT}" stroke="#ddd"/>')
        parts.append(
            f'<text x="{x:.1f}" y="{TOP + HEIGHT + 18}" text-anchor="middle">{10**power:,}</text>'
        )
    for power in range(-3, 3):
        y = _y(10.0**power)
        label = f"{10**power} s" if power >= 0 else f"{10 ** (power + 3)} ms"
        parts.append(f'<path d="M{LEFT} {y:.1f}h{WIDTH}" stroke="#ddd"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{label}</text>')
    middle = LEFT + WIDTH / 2
    parts.append(f'<text x="{middle}" y="{TOP + HEIGHT + 40}" text-anchor="middle">children</text>')
    return parts


def _x(children: float) -> float:
    return LEFT + WIDTH * _share(children, CHILDREN)


def _y(seconds: float) -> float:
    return TOP + HEIGHT * (1 - _share(seconds, SECONDS))


def _share(value: float, bounds: tuple[float, float]) -> float:
    low, high = map(math.log, bounds)
    return (math.log(value) - low) / (high - low)
