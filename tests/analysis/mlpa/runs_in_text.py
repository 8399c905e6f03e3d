"""An MLPA run written as a laboratory would have it: a probemix sheet and peak tables as text."""

import random

from analysis.mlpa.probemix import template_sheet

FIRST_LENGTH, STEP = 130, 7
SHIFT = 0.3
FORM_A = "Dye/Sample Peak\tSample File Name\tMarker\tAllele\tSize\tHeight\tArea\tData Point\t"
FORM_B = "Sample Name\tDye/Sample Peak\tSize\tHeight\tArea\tWidth in BP"
FRAGMENTS = {64: 60, 70: 60, 76: 60, 82: 60, 88: 900, 92: 1000, 96: 950, 100: 800}


def sheet(status="confirmed"):
    """The template with lengths: 130, 137, 144 ... nt; reference probes spread between targets."""
    lines = template_sheet().replace("status: unconfirmed", f"status: {status}").splitlines()
    notes, header, rows = lines[:4], lines[4], [line.split(",") for line in lines[5:]]
    targets = [row for row in rows if row[5] == "target"]
    references = [row for row in rows if row[5] == "reference"]
    order = []
    while targets or references:
        order += targets[:3] + references[:1]
        targets, references = targets[3:], references[1:]
    for place, row in enumerate(order):
        row[3] = str(FIRST_LENGTH + STEP * place)
    in_sheet_order = [row for row in rows if row in order]
    return "\n".join([*notes, header, *(",".join(row) for row in in_sheet_order)]) + "\n"


def probes(text=None):
    """(name, gene, exon, length) of each row of the sheet."""
    rows = [line.split(",") for line in (text or sheet()).splitlines()[5:]]
    return [(row[0], row[1], row[2], int(row[3])) for row in rows]


def sample_peaks(*, ratios=None, male=False, noise=0.0, seed=1, fragments=None, slope=-0.001):
    """(size, area) of one sample. `ratios` gives a probe's true ratio, 1 where it says nothing;
    every peak runs 0.3 nt longer than its probe, as on a real instrument."""
    rng = random.Random(seed)
    areas = {**FRAGMENTS, **({105: 700} if male else {}), **(fragments or {})}
    peaks = [(size + SHIFT, area) for size, area in areas.items() if area]
    for name, _, _, length in probes():
        efficiency = 3000 + 700 * ((length * 37) % 11) / 11
        area = efficiency * 2.718281828 ** (slope * (length - 300) + rng.gauss(0, noise))
        area *= (ratios or {}).get(name, 1.0)
        if area > 0:
            peaks.append((length + SHIFT, area))
    return peaks


def table_a(samples):
    """Form A, with a size-standard row in each sample. `samples`: name -> peaks."""
    lines = [FORM_A]
    for name, peaks in samples.items():
        lines.append(f'"O,1"\t{name}\t\t\t100.00\t500\t5000\t900\t')
        for number, (size, area) in enumerate(peaks, start=1):
            cells = f"{size:.2f}\t{area / 8:.0f}\t{area:.1f}"
            lines.append(f'"B,{number}"\t{name}\t\t\t{cells}\t999\t')
    return "\n".join(lines) + "\n"


def run_samples(patients, *, references=4, noise=0.01):
    """References R1.. (alternating sex) and `patients` (name -> keywords of `sample_peaks`)."""
    samples = {
        f"R{n}": sample_peaks(noise=noise, seed=100 + n, male=n % 2 == 0)
        for n in range(1, references + 1)
    }
    for place, (name, keywords) in enumerate(patients.items()):
        samples[name] = sample_peaks(**{"noise": noise, "seed": 200 + place, **keywords})
    return samples
