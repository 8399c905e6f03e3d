"""Measures what was promised of the speed and the accuracy, side by side with what others do.

    bin/bench [NAME ...]      NAME is one of those below; all of them without a name

Each module runs in a process of its own, which prints what it likes and its rows
(`bench.measured`). At the end all rows stand in one table; the status is 1 where a
promise does not hold.
"""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec

from bench.measured import Measured, row_of

# name -> module and what it measures. A module has `main() -> int` and runs as `python -m`.
MODULES = {
    "ngs": ("bench.ngs", "VCF and coverage"),
    "mlpa": ("bench.mlpa_accuracy", "accuracy of the MLPA calls, by simulation"),
    "storing": ("bench.storing", "100,000 variants into the database"),
    "cohort": ("bench.cohort", "pairs of genes, tables of a cohort"),
}
HEAD = ("what", "ours", "theirs", "ratio", "wanted", "")


def run(module: str) -> tuple[list[Measured], int]:
    """The rows of one module, its other lines shown as they come; and its status."""
    rows = []
    command = [sys.executable, "-u", "-m", module]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8") as process:
        for line in process.stdout or ():
            row = row_of(line)
            if row is None:
                print(line, end="", flush=True)
            else:
                rows.append(row)
                print("  ".join(_cells(row)), flush=True)
    return rows, process.returncode


def _cells(row: Measured) -> tuple[str, ...]:
    sign = "at least" if row.at_least else "at most"
    wanted = "" if row.wanted is None else f"{sign} {row.wanted:.2f}"
    answer = "" if row.wanted is None else "met" if row.met else "NOT MET"
    return row.what, row.ours, row.theirs, f"{row.ratio:.2f}", wanted, answer


def table(rows: list[tuple[str, ...]]) -> str:
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
             for row in rows)  # fmt: skip
    return "\n".join(line.rstrip() for line in lines)


def main(names: list[str]) -> int:
    unknown = [name for name in names if name not in MODULES]
    if unknown or "-h" in names:
        known = "\n".join(f"  {name:8} {what}" for name, (_, what) in MODULES.items())
        print(f"{__doc__}\n{known}")
        return 2
    closing, failed = [HEAD], []
    for name in names or list(MODULES):
        module, what = MODULES[name]
        print(f"\n== {name}: {what}", flush=True)
        if find_spec(module) is None:
            print(f"{module} is not there")
            failed.append(name)
            continue
        rows, status = run(module)
        if status:
            failed.append(name)
        closing += [_cells(row) for row in rows]
        failed += [row.what for row in rows if not row.met]
    if len(closing) > 1:
        print("\n" + table(closing))
    if failed:
        print("\nDoes not hold: " + "; ".join(failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
