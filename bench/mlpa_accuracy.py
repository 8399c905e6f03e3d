"""How often MLPA calls find IKZF1 deletions, by blast percentage: 2,000 simulated runs.

    python -m bench.mlpa_accuracy [--runs 2000] [--seed 335]

Prints the table of docs/laboratory.md (Markdown), and what was promised of it. Ends with status 1
where that does not hold.
"""

from __future__ import annotations

import argparse
import sys
import time

import numpy as np

from analysis.calls import CopyCall
from analysis.mlpa.joint import CODE
from analysis.mlpa.simulate import (
    BLAST_LEVELS,
    Accuracy,
    Design,
    Simulated,
    accuracy,
    fixed_cut_off,
    ours,
    simulate,
)
from bench.measured import Measured

WAYS = ("reference samples", "all samples", "cut-off 0.75")


def calls(simulated: Simulated) -> dict[str, np.ndarray]:
    return {
        WAYS[0]: ours(simulated),
        WAYS[1]: ours(simulated, paper=True),
        WAYS[2]: fixed_cut_off(simulated),
    }


def at(simulated: Simulated, level: int) -> np.ndarray:
    return np.isclose(simulated.blasts, level / 100)


def table(simulated: Simulated, called: dict[str, np.ndarray]) -> str:
    """One row a blast percentage; five columns a way of calling: percent of exons. "spec." is not
    called deleted of the intact exons, "normal" the strict one: called normal of them."""
    head = ["blasts %", "deleted / intact exons"]
    for way in WAYS:
        head += [f"{way}: sens.", "spec.", "normal", "ambiguous", "false normal"]
    lines = [" | ".join(head), " | ".join(["---"] * len(head))]
    for level in BLAST_LEVELS:
        found = [accuracy(simulated, called[way], at(simulated, level)) for way in WAYS]
        cells = [str(level), f"{found[0].lost} / {found[0].intact}"]
        for item in found:
            cells += _percents(item)
        lines.append(" | ".join(cells))
    return "\n".join(f"| {line} |" for line in lines)


def _percents(item: Accuracy) -> list[str]:
    shares = (item.sensitivity, item.specificity, item.intact_normal, item.ambiguous,
              item.lost_normal / item.lost)  # fmt: skip
    return [f"{100 * share:.2f}" if share > 0.99 else f"{100 * share:.1f}" for share in shares]


def quiet_table(simulated: Simulated, called: np.ndarray) -> str:
    """The default way where the probes scatter as they should (SD up to 0.08)."""
    head = (
        "| blasts % | sensitivity | specificity | ambiguous of intact | false normal of deleted |"
    )
    lines = [head, "|---|---|---|---|---|"]
    for level in BLAST_LEVELS:
        item = accuracy(simulated, called, at(simulated, level) & (simulated.noise <= 0.08))
        cells = [level, f"{100 * item.sensitivity:.1f}", f"{100 * item.specificity:.2f}",
                 f"{100 * item.intact_ambiguous / item.intact:.1f}",
                 f"{item.lost_normal} of {item.lost}"]  # fmt: skip
        lines.append("| " + " | ".join(str(cell) for cell in cells) + " |")
    return "\n".join(lines)


def children_table(simulated: Simulated, called: np.ndarray) -> str:
    """Children without a loss, by the run's SD: all eight exons normal; any called deleted."""
    lines = [
        "| blasts % | SD | all eight exons normal | an exon called deleted |",
        "|---|---|---|---|",
    ]
    intact = (simulated.copies == 2).all(axis=1)
    normal = (called == CODE[CopyCall.NORMAL]).all(axis=1)
    deleted = np.isin(called, [CODE[CopyCall.HET_DEL], CODE[CopyCall.HOM_DEL]]).any(axis=1)
    for level in (50, 60, 70, 80, 90):
        for low, high in ((0.03, 0.05), (0.05, 0.08)):
            noise = (simulated.noise > low) & (simulated.noise <= high)
            among = at(simulated, level) & intact & noise
            cells = (level, f"{low:.2f}-{high:.2f}", f"{100 * normal[among].mean():.0f} %",
                     f"{100 * deleted[among].mean():.1f} %")  # fmt: skip
            lines.append("| " + " | ".join(str(cell) for cell in cells) + " |")
    return "\n".join(lines)


def tell(simulated: Simulated, called: dict[str, np.ndarray]) -> None:
    """The rows of `bin/bench`: from 50 % blasts on beside the fixed cut-off, and what is missed."""
    enough = simulated.blasts >= 0.495
    mine, fixed = (accuracy(simulated, called[way], enough) for way in (WAYS[0], WAYS[2]))
    for what, own, other in (
        ("sensitivity", mine.sensitivity, fixed.sensitivity),
        ("specificity", mine.specificity, fixed.specificity),
    ):
        label = f"MLPA, exons at 50 % blasts or more: {what} / fixed cut-off of 0.75"
        Measured(label, f"{100 * own:.2f} %", f"{100 * other:.2f} %", own / other, 1).tell()
    among = clonal(simulated)
    missed = [accuracy(simulated, called[way], among).lost_normal for way in (WAYS[0], WAYS[2])]
    label = "MLPA, clonal deletions read as normal (blasts >= 60 %, SD <= 0.08), exons"
    texts = (str(count) for count in missed)
    Measured(label, *texts, float(missed[0]), 0, at_least=False).tell()


def clonal(simulated: Simulated) -> np.ndarray:
    """Where a clonal deletion must never read as normal."""
    return (simulated.blasts >= 0.595) & (simulated.noise <= 0.08)


def broken_promises(simulated: Simulated, called: dict[str, np.ndarray]) -> list[str]:
    """What was promised of the default way and does not hold; empty where all does."""
    found = []
    for level in (level for level in BLAST_LEVELS if level >= 50):
        mine = accuracy(simulated, called[WAYS[0]], at(simulated, level))
        fixed = accuracy(simulated, called[WAYS[2]], at(simulated, level))
        if mine.sensitivity < fixed.sensitivity:
            found.append(f"{level} %: less sensitive than the fixed cut-off")
        if mine.specificity < fixed.specificity:
            found.append(f"{level} %: less specific than the fixed cut-off")
    among = clonal(simulated)
    missed = accuracy(simulated, called[WAYS[0]], among).lost_normal
    if missed:
        found.append(f"{missed} exons of clonal deletions read as normal (blasts >= 60 %)")
    lost = (simulated.copies < 2).any(axis=1) & among
    normal = (called[WAYS[0]] == CODE[CopyCall.NORMAL]).all(axis=1)
    if (lost & normal).any():
        found.append(f"{(lost & normal).sum()} children with a clonal deletion, all exons normal")
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=335)
    chosen = parser.parse_args()
    started = time.perf_counter()
    simulated = simulate(Design(runs=chosen.runs), seed=chosen.seed)
    called = calls(simulated)
    print(table(simulated, called), end="\n\n")
    print(quiet_table(simulated, called[WAYS[0]]), end="\n\n")
    print(children_table(simulated, called[WAYS[0]]), end="\n\n")
    tell(simulated, called)
    found = broken_promises(simulated, called)
    print("\n".join(found) or "All promises hold.")
    print(f"{chosen.runs} runs, {time.perf_counter() - started:.1f} s")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
