"""MLPA runs of the demonstration as a sequencer's software writes them: peaks, not ratios.

Each run has its patients, five healthy reference samples and a water control, in one of the two
header forms. The probemix sheet is P335's template with invented lengths; its lot says so.
"""

from __future__ import annotations

import csv
import io
import math
from dataclasses import dataclass
from random import Random

from analysis.mlpa.probemix import SHEET_COLUMNS, p335_template

LOT = "INVENTED-1"
FIRST_LENGTH, STEP = 130, 6
REFERENCES = 5
NOISE_SD = 0.025  # of a probe's signal, as in a run that went well
FORM_A = ("Dye/Sample Peak", "Sample File Name", "Marker", "Allele", "Size", "Height", "Area",
          "Data Point", "")  # fmt: skip
FORM_B = ("Sample Name", "Dye/Sample Peak", "Size", "Height", "Area", "Width in BP")
RUN_SHEET = ("sample", "role", "sex", "blast_percent", "specimen", "hospital_number", "centre")
# Areas of the control fragments in a sample with enough DNA; in water the quantity fragments alone.
QUANTITY, DENATURATION = {64: 70, 70: 75, 76: 70, 82: 65}, {88: 1150, 92: 1200, 96: 1100}
X, Y = 100, 105
STANDARD = (50, 75, 100, 150, 200, 300, 400, 500)


@dataclass(frozen=True)
class Tube:
    """One injection. `copies`: probe name -> copies in the blasts, 2 where it says nothing.
    `failed`: too little DNA. `specimen` and `hospital_number` are "" for a control."""

    name: str
    role: str
    sex: str = ""
    blasts: float | None = None
    copies: tuple[tuple[str, float], ...] = ()
    failed: bool = False
    specimen: str = ""
    hospital_number: str = ""
    centre: str = ""


def probemix_sheet() -> str:
    """The template's probes with invented lengths, reference probes spread among the targets."""
    out = io.StringIO()
    out.write(f"# probemix: P335\n# lot: {LOT}\n# status: unconfirmed\n")
    out.write("# source: invented for the demonstration: no lot has these lengths\n")
    table = csv.writer(out, lineterminator="\n")
    table.writerow(SHEET_COLUMNS)
    lengths = _lengths()
    for item in p335_template()["probes"]:
        cells = (item["probe"], item["gene"], item["exon"], lengths[item["probe"]])
        table.writerow([*cells, item["position"], item["kind"], item["use"]])
    return out.getvalue()


def probes_of(gene: str) -> tuple[str, ...]:
    return tuple(row["probe"] for row in p335_template()["probes"] if row["gene"] == gene)


def run_sheet(tubes: list[Tube]) -> str:
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(RUN_SHEET)
    for tube in tubes:
        blasts = "" if tube.blasts is None else f"{tube.blasts:g}"
        own = (tube.specimen, tube.hospital_number, tube.centre)
        table.writerow((tube.name, tube.role, tube.sex, blasts, *own))
    return out.getvalue()


def controls() -> list[Tube]:
    found = [
        Tube(f"REF-{n}", "reference", "female" if n % 2 else "male")
        for n in range(1, REFERENCES + 1)
    ]
    return [*found, Tube("WATER", "water")]


def peak_table(tubes: list[Tube], *, form: str, separator: str, rng: Random) -> str:
    """The table of one run; `form` "a" (GeneMapper, Peak Scanner) or "b" (GeneMapper)."""
    rows: list[tuple] = [FORM_A if form == "a" else FORM_B]
    shift = rng.uniform(-0.5, 0.5)
    for tube in tubes:
        for number, peak in enumerate(_standard(rng), start=1):
            rows.append(_row(form, tube.name, f'"O,{number}"', peak))
        for number, peak in enumerate(_peaks(tube, shift, rng), start=1):
            rows.append(_row(form, tube.name, f'"B,{number}"', peak))
    return "".join(f"{separator.join(row)}\r\n" for row in rows)


def _row(form: str, sample: str, dye: str, peak: tuple[str, float]) -> tuple:
    size, area = peak
    height = f"{area / 7.5:.0f}"
    point = f"{900 + 11 * float(size or 20):.0f}"
    if form == "a":
        return (dye, sample, "", "", size, height, f"{area:.0f}", point, "")
    return (sample, dye, size, height, f"{area:.0f}", "1.2")


def _standard(rng: Random) -> list[tuple[str, float]]:
    return [(f"{size:.2f}", 3000 + rng.uniform(-200, 200)) for size in STANDARD]


def _peaks(tube: Tube, shift: float, rng: Random) -> list[tuple[str, float]]:
    """(size as text, area), by size; the first is left of the standard and has no size."""
    found = [(length, area * rng.uniform(0.95, 1.05)) for length, area in _fragments(tube)]
    if tube.role != "water":
        found += _probe_areas(tube, rng)
    sized = [
        (f"{length + shift + rng.gauss(0, 0.04):.2f}", area)
        for length, area in sorted(found)
        if area >= 1
    ]
    return [("", 5200 + rng.uniform(0, 900)), *sized]


def _fragments(tube: Tube) -> list[tuple[int, float]]:
    if tube.role == "water" or tube.failed:
        quantity = [(length, 10.0 * area) for length, area in QUANTITY.items()]
        if tube.role == "water":
            return quantity
        return [*quantity, *_others(tube, 0.6)]
    return [*QUANTITY.items(), *_others(tube, 1.0)]


def _others(tube: Tube, share: float) -> list[tuple[int, float]]:
    found = [(length, share * area) for length, area in DENATURATION.items()]
    if tube.sex == "male":
        return [*found, (X, share * 900), (Y, share * 820)]
    return [*found, (X, share * 1700)]


def _probe_areas(tube: Tube, rng: Random) -> list[tuple[int, float]]:
    """Signal falls with length; a probe's own efficiency is the same in every sample."""
    copies, share = dict(tube.copies), (tube.blasts or 0) / 100
    strength, slope = rng.uniform(0.8, 1.25), rng.uniform(-0.0016, -0.0006)
    noise = NOISE_SD * (6 if tube.failed else 1)
    strength *= 0.12 if tube.failed else 1
    found = []
    for name, length in _lengths().items():
        ratio = 1 - (2 - copies.get(name, 2.0)) / 2 * share
        efficiency = 7000 * (0.7 + 0.6 * ((length * 37) % 23) / 23)
        area = efficiency * strength * math.exp(slope * (length - 300) + rng.gauss(0, noise))
        found.append((length, area * ratio))
    return found


def _lengths() -> dict[str, int]:
    """probe -> invented length, every fourth a reference probe."""
    rows = p335_template()["probes"]
    targets = [row["probe"] for row in rows if row["kind"] == "target"]
    references = [row["probe"] for row in rows if row["kind"] == "reference"]
    order = []
    while targets or references:
        # Neighbours on the gene are no neighbours in length, as in a real mix.
        order += references[:1] + targets[::11][:3]
        taken = set(order)
        targets = [name for name in targets if name not in taken]
        references = references[1:]
    return {name: FIRST_LENGTH + STEP * place for place, name in enumerate(order)}
