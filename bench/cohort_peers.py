"""What others take for the same work: SciPy, R and the tableone package, run side by side."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np

# Where a peer is not installed. Measured on one machine of two cores (Debian 12, R 4.2): the
# package maftools, `somaticInteractions(top = 88)` of 200 and 2,000 samples, and tableone 0.9,
# 15 rows; seconds.
MAFTOOLS = {200: 19.15, 2_000: 105.8}
TABLEONE = {200: 0.199, 20_000: 1.47, 1_000_000: 70.6}

R_LOOP = """
tables <- as.matrix(read.table(commandArgs(trailingOnly = TRUE)[1]))
cat(system.time(for (i in seq_len(nrow(tables))) fisher.test(matrix(tables[i, ], 2)))[["elapsed"]])
"""
TABLEONE_RUN = """
import sys, time, warnings
warnings.filterwarnings("ignore")
import pandas as pd
from tableone import TableOne
table = pd.read_csv(sys.argv[1])
numbers = [name for name in table if name.startswith("number")]
classes = [name for name in table if name.startswith("class")]
times = []
for _ in range(int(sys.argv[2])):
    start = time.perf_counter()
    TableOne(table, columns=numbers + classes, categorical=classes, groupby="group",
             nonnormal=numbers, pval=True)
    times.append(time.perf_counter() - start)
print(min(times))
"""


def scipy_loop(tables: np.ndarray, *, most: int = 4_000) -> float:
    """Seconds of `scipy.stats.fisher_exact` for every table (pairs, 4), worked out from the first
    `most` of them."""
    from scipy.stats import fisher_exact

    some = tables[:most].reshape(-1, 2, 2)
    start = time.perf_counter()
    for table in some:
        fisher_exact(table)
    return (time.perf_counter() - start) * len(tables) / len(some)


def r_loop(tables: np.ndarray) -> float | None:
    """Seconds of R's `fisher.test` for every table; None without R."""
    program = shutil.which("Rscript")
    if program is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        counts, script = Path(folder) / "tables.txt", Path(folder) / "loop.R"
        np.savetxt(counts, tables, fmt="%d")
        script.write_text(R_LOOP, encoding="utf-8")
        done = subprocess.run([program, script, counts], capture_output=True, text=True, check=True)
    return float(done.stdout)


def tableone(python: str, columns: dict[str, np.ndarray], *, times: int = 3) -> float:
    """Seconds of the tableone package that is installed beside the interpreter `python`."""
    import pandas as pd

    with tempfile.TemporaryDirectory() as folder:
        data, script = Path(folder) / "children.csv", Path(folder) / "run.py"
        pd.DataFrame(columns).to_csv(data, index=False)
        script.write_text(TABLEONE_RUN, encoding="utf-8")
        command = [python, script, data, str(times)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(done.stdout.split()[-1])
