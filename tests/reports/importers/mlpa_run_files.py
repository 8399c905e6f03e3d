"""An MLPA run in files, with a run sheet that names specimens and children."""

import atexit
import sys
from functools import cache
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2] / "analysis" / "mlpa"))

from runs_in_text import probes, run_samples, sheet, table_a

from reports.importers.child_process import FileReader
from reports.importers.mlpa import RunRequest, check_run

EXONS_4_TO_7 = {name for name, gene, exon, _ in probes() if gene == "IKZF1" and exon in "4567"}
HEADER = "sample,role,sex,blast_percent,specimen,hospital_number"


def lost(names=EXONS_4_TO_7, ratio=0.55):
    """`ratio` of one copy lost at 90 % blasts is 1 - 0.5 x 0.9 = 0.55."""
    return dict.fromkeys(names, ratio)


def write_run(folder, patients, *, rows, water=None, tables=None, mix=None, name="run7"):
    """Paths of peak table, probemix sheet and run sheet. `patients` as `run_samples` takes them;
    `rows`: lines of the run sheet for them; the references R1-R4 and the water W are added."""
    samples = run_samples(patients) if tables is None else tables
    samples = samples | {"W": water if water is not None else [(40.0, 5.0)]}
    references = [f"R{n},reference,{'male' if n % 2 == 0 else 'female'},,," for n in range(1, 5)]
    lines = [HEADER, *rows, *references, "W,water,,,,"]
    contents = {
        f"{name}.txt": table_a(samples),
        "mix.csv": sheet() if mix is None else mix,
        "samples.csv": "\n".join(lines) + "\n",
    }
    return tuple(write(folder, file, text) for file, text in contents.items())


def write(folder, name, text):
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@cache
def reader():
    """One child for all tests: its start is the dearest part of a small file."""
    found = FileReader()
    atexit.register(found.close)
    return found


def checked(paths, **more):
    return check_run(RunRequest(paths=tuple(paths), **more), reader=reader())
