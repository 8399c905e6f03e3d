"""How fast a cohort's pairs of genes and its Table 2 are, against SciPy, R and tableone.

    python -m bench.cohort [--tableone PYTHON] [--write docs]

PYTHON is an interpreter with the package tableone: this one where it has it, or one of a throw-away
environment; without any, stored figures of tableone stand in, and are called so. R's loop runs
where Rscript is found. Every comparison runs in this one process, by turns. The cohort is invented:
the shares of altered children are spread as those of a leukaemia panel are, most genes rare.

`--write` puts a table and a plot of the growth into the folder.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from bench.cohort_growth import markdown, plot, told
from bench.cohort_peers import MAFTOOLS, TABLEONE, r_loop, scipy_loop, tableone
from bench.measured import Measured

ROOT = Path(__file__).resolve().parent.parent
SIZES = (200, 2_000, 20_000, 200_000, 1_000_000)
PANELS = (88, 185)
TABLE_SIZES = (200, 20_000, 1_000_000)
NUMBERS, CLASSES = 6, 14
SEED = 822832


def states(children: int, genes: int) -> np.ndarray:
    """Places in `columns.STATES`, (children, genes): 0 altered, 1 not detected."""
    draw = np.random.default_rng(SEED)
    shares = np.clip(draw.beta(0.7, 12, genes), 2.5 / min(children, 1000), 0.6)
    found = np.empty((children, genes), dtype=np.uint8)
    for start in range(0, children, 100_000):
        block = found[start : start + 100_000]
        block[:] = draw.random(block.shape, dtype=np.float32) >= shares
    return found


def best_of(times: int, work: Callable[[], Any]) -> float:
    """Seconds of the quickest of several runs: what the work takes when nothing disturbs it."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return min(taken)


def pairs(children: int, genes: int) -> dict[str, float]:
    """Seconds for all pairs (counts, p, conditional odds ratio, q), and of SciPy's loop."""
    from analysis.cohort.comutation import comutation_of

    answers = states(children, genes)
    names = [f"G{number}" for number in range(genes)]
    found = comutation_of(answers, names, least_frequency=0)
    ours = best_of(
        7 if children <= 20_000 else 2,
        lambda: comutation_of(answers, names, least_frequency=0),
    )
    tables = np.stack([found.both, found.a_only, found.b_only, found.neither], axis=1)
    exact = best_of(
        7 if children <= 2_000 else 1,
        lambda: found.pairs(most=min(len(found), 4_000)),
    )
    most = 4_000 if children == SIZES[0] else 400
    result = {"ours": ours, "scipy": scipy_loop(tables, most=most), "with_limits": ours + exact}
    if (children, genes) == (SIZES[0], PANELS[0]):
        r = r_loop(tables)
        if r is not None:
            result["r"] = r
    result["pairs"] = len(found)
    return result


def table_columns(children: int) -> dict[str, np.ndarray]:
    """20 characteristics and the groups: measurements with two decimals and gaps, yes or no."""
    draw = np.random.default_rng(SEED)
    columns: dict[str, np.ndarray] = {"group": (draw.random(children) < 0.11).astype(int)}
    for number in range(NUMBERS):
        values = np.round(draw.lognormal(2.5, 1, children), 2)
        values[draw.random(children) < 0.03] = np.nan
        columns[f"number{number}"] = values
    for number in range(CLASSES):
        columns[f"class{number}"] = (draw.random(children) < 0.05 + 0.02 * number).astype(int)
    return columns


def table2_of(columns: dict[str, np.ndarray]) -> Any:
    """The comparison of every column between the groups, with effects, intervals and q."""
    from analysis.cohort.columns import ALTERED, NOT_DETECTED, Column, Kind
    from analysis.cohort.sheet_table import sheet_table
    from analysis.cohort.spreadsheet import Sheet
    from analysis.wording import say

    kinds, values = [], {}
    for name, column in columns.items():
        measured = name.startswith("number")
        kinds.append(Column(name, say(name), Kind.NUMBER if measured else Kind.STATE))
        values[name] = column if measured else np.where(column == 1, ALTERED, NOT_DETECTED)
    return sheet_table(Sheet(tuple(kinds), values, len(columns["group"])), "group")


def table(children: int, python: str | None) -> dict[str, Any]:
    columns = table_columns(children)
    table2_of(table_columns(500))
    ours = best_of(7 if children <= 20_000 else 1, lambda: table2_of(columns))
    if python is None or children > 20_000:
        return {"ours": ours, "tableone": TABLEONE[children], "stored": True}
    return {"ours": ours, "tableone": tableone(python, columns), "stored": False}


def in_its_own_process(case: str) -> dict[str, float]:
    """The million: by itself, so that the memory is its own."""
    command = [sys.executable, "-m", "bench.cohort", "--case", case]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def million() -> dict[str, float]:
    """Seconds and peak memory (bytes) of 185 genes in a million children, counting included."""
    from analysis.cohort.comutation import comutation_of

    answers = states(SIZES[-1], PANELS[-1])
    names = [f"G{number}" for number in range(PANELS[-1])]
    start = time.perf_counter()
    comutation_of(answers, names, least_frequency=0)
    taken = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return {"seconds": taken, "bytes": peak}


def measure(python: str | None) -> dict[str, Any]:
    return {
        "pairs": {f"{n}x{genes}": pairs(n, genes) for genes in PANELS for n in SIZES},
        "million": in_its_own_process("million"),
        "tables": {str(n): table(n, python) for n in TABLE_SIZES},
    }


def promises(found: dict[str, Any]) -> list[Measured]:
    small, million_ = found["pairs"]["200x88"], found["million"]
    ours, large = small["ours"], found["tables"]["1000000"]["ours"]
    rows = [
        Measured(
            "pairs of 88 genes x 200, maftools (stored figure)",
            told(ours),
            told(MAFTOOLS[200]),
            MAFTOOLS[200] / ours,
            1000,
        ),
        Measured(
            "pairs of 88 genes x 200, SciPy's fisher_exact in a loop",
            told(ours),
            told(small["scipy"]),
            small["scipy"] / ours,
            40,
        ),
        Measured(
            "pairs of 185 genes x 1,000,000, seconds of 3",
            told(million_["seconds"]),
            "",
            million_["seconds"] / 3,
            1,
            at_least=False,
        ),
        Measured(
            "the same, memory of 1 GB",
            f"{million_['bytes'] / 1e9:.2f} GB",
            "",
            million_["bytes"] / 1e9,
            1,
            at_least=False,
        ),
        Measured(
            "Table 2 of 20 rows x 1,000,000, seconds of 5", told(large), "", large / 5, 1, False
        ),
    ]
    if "r" in small:
        what = "pairs of 88 genes x 200, R's fisher.test in a loop"
        rows.append(Measured(what, told(ours), told(small["r"]), small["r"] / ours))
    return rows + [_beside_tableone(size, found["tables"][size]) for size in ("200", "20000")]


def _beside_tableone(size: str, one: dict[str, Any]) -> Measured:
    peer = "tableone (stored figure, 15 rows)" if one["stored"] else "tableone"
    ratio = one["tableone"] / one["ours"]
    what = f"Table 2 of 20 rows x {int(size):,}, {peer}"
    return Measured(what, told(one["ours"]), told(one["tableone"]), ratio, 10)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--tableone",
        metavar="PYTHON",
        default=sys.executable if find_spec("tableone") else None,
        help="an interpreter that has tableone",
    )
    parser.add_argument("--write", type=Path, metavar="FOLDER", help="for the table and the plot")
    parser.add_argument("--case", choices=("million",), help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.case:
        print(json.dumps(million()))
        return 0
    if options.tableone is None:
        print("tableone is not installed (pip install tableone): its stored figures stand in")
    found = measure(options.tableone)
    print(markdown(found))
    rows = promises(found)
    for row in rows:
        row.tell()
    if options.write:
        write(found, options.write)
    return 0 if all(row.met for row in rows) else 1


def write(found: dict[str, Any], folder: Path) -> None:
    """The plot, and the table between the marks of the page."""
    (folder / "pictures" / "cohort-speed.svg").write_text(plot(found), encoding="utf-8")
    page = folder / "cohort-speed.md"
    before, _, rest = page.read_text(encoding="utf-8").partition("<!-- measured -->")
    _, _, after = rest.partition("<!-- end -->")
    table = f"<!-- measured -->\n{markdown(found)}\n<!-- end -->"
    page.write_text(f"{before}{table}{after}", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
