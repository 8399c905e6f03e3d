"""The demonstration cohort as a laboratory's own files: MLPA peaks, VCFs, one BAM, tables.

`write_raw_files` gives the same children with the same findings as the workbook's sheets `mlpa`,
`sequencing`, `variants` and `fusions`. The same cohort gives the same bytes.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

from analysis.demonstration import mlpa_runs, panel_reads, peak_tables, variant_files
from analysis.demonstration.cohort import DemonstrationCohort
from analysis.demonstration.places import placed

IDENTITY = ("specimen", "hospital_number", "centre")
SAMPLE_SHEET = ("file", "sample", *IDENTITY)
COVERAGE = ("sample", *IDENTITY, "run", "run_date", "panel", "panel_version", "genome_build",
            "mean_depth", "fraction_at_1000x", "low_ikzf1_exons")  # fmt: skip
FUSIONS = ("sample", *IDENTITY, "gene_a", "gene_b", "method", "result", "detail")


@dataclass(frozen=True)
class RawSample:
    """A sample's name in its file, and the two identifiers that lead to its child."""

    sample: str
    specimen: str
    hospital_number: str


@dataclass(frozen=True)
class MlpaRunFiles:
    """The run sheet carries both identifiers of each patient's sample."""

    name: str
    day: date
    peaks: Path
    probemix: Path
    run_sheet: Path
    samples: tuple[RawSample, ...]

    @property
    def paths(self) -> tuple[Path, ...]:
        return (self.peaks, self.probemix, self.run_sheet)


@dataclass(frozen=True)
class SequencedFiles:
    """One child's sequencing. `sample.sample` is the tumour's column in the VCF; `reads` and
    `panel` are there for one child; of the others the table of coverages tells the depth."""

    sample: RawSample
    run: str
    day: date
    variants: Path
    reads: Path | None = None
    panel: Path | None = None


@dataclass(frozen=True)
class RawFiles:
    """Every file by kind. `sample_sheet` tells for each VCF and BAM whose it is; `coverage` and
    `fusions` are tables with a row a sample, and a row a fusion asked for."""

    folder: Path
    mlpa: tuple[MlpaRunFiles, ...]
    sequencing: tuple[SequencedFiles, ...]
    sample_sheet: Path
    coverage: Path
    fusions: Path

    @property
    def samples(self) -> tuple[RawSample, ...]:
        return (
            *(sample for run in self.mlpa for sample in run.samples),
            *(item.sample for item in self.sequencing),
        )


def write_raw_files(folder: Path, cohort: DemonstrationCohort) -> RawFiles:
    """Write every file of `cohort` below `folder`, which is made; files there are replaced."""
    for name in ("mlpa", "sequencing"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    sequencing = tuple(_sequencing(folder / "sequencing", cohort))
    return RawFiles(
        folder=folder,
        mlpa=tuple(_mlpa(folder / "mlpa", cohort)),
        sequencing=sequencing,
        sample_sheet=_sample_sheet(folder / "sequencing_samples.csv", sequencing),
        coverage=_coverage(folder / "coverage.csv", cohort, sequencing),
        fusions=_fusions(folder / "fusions.csv", cohort),
    )


def _mlpa(folder: Path, cohort: DemonstrationCohort) -> Iterable[MlpaRunFiles]:
    probemix = _written(folder / "probemix_P335.csv", peak_tables.probemix_sheet())
    for place, run in enumerate(mlpa_runs.planned_runs(cohort)):
        tubes = [*run.tubes, *peak_tables.controls()]
        text = peak_tables.peak_table(
            tubes,
            form="ab"[place % 2],
            separator="," if place % 5 == 4 else "\t",
            rng=Random(f"{cohort.seed}:{run.name}"),
        )
        yield MlpaRunFiles(
            name=run.name,
            day=run.day,
            peaks=_written(folder / f"{run.name}.txt", text),
            probemix=probemix,
            run_sheet=_written(folder / f"{run.name}_samples.csv", peak_tables.run_sheet(tubes)),
            samples=tuple(
                RawSample(tube.name, tube.specimen, tube.hospital_number) for tube in run.tubes
            ),
        )


def _sequencing(folder: Path, cohort: DemonstrationCohort) -> Iterable[SequencedFiles]:
    variants = defaultdict(list)
    for row in cohort.sheet("variants").records():
        variants[row["hospital_number"]].append(row)
    with_reads = _with_reads(variants)
    for row in cohort.sheet("sequencing").records():
        number = row["hospital_number"]
        style = variant_files.style_of(int(number[-4:]))
        name = mlpa_runs.sample_name(row["specimen"], number)
        rng = Random(f"{cohort.seed}:{number}")
        text = variant_files.vcf_text(variants[number], sample=name, style=style, rng=rng)
        column = variant_files.tumour_column(name, style)
        reads = panel = None
        if number == with_reads:
            reads, panel = _reads(folder, name, variants[number], rng)
        yield SequencedFiles(
            sample=RawSample(column, row["specimen"], number),
            run=row["run"],
            day=row["run_date"],
            variants=_vcf(folder / f"{number}.vcf", text, packed=int(number[-4:]) % 3 == 1),
            reads=reads,
            panel=panel,
        )


def _with_reads(variants: dict[str, list[dict[str, Any]]]) -> str:
    """The first child with an exchange of one base in IKZF1."""
    return min(
        row["hospital_number"]
        for rows in variants.values()
        for row in rows
        if row["gene"] == "IKZF1" and ">" in row["hgvs_c"]
    )


def _reads(folder: Path, sample: str, rows: list[dict[str, Any]], rng: Random) -> tuple[Path, Path]:
    own = next(row for row in rows if row["gene"] == "IKZF1")
    path = folder / f"{sample}.bam"
    panel_reads.write_reads(path, sample=sample, variant=placed(own), vaf=own["vaf"], rng=rng)
    return path, _written(folder / "IKZF1_targets.bed", panel_reads.bed_text())


def _vcf(path: Path, text: str, *, packed: bool) -> Path:
    if not packed:
        return _written(path, text)
    import pysam

    packed_path = path.with_name(f"{path.name}.gz")
    with pysam.BGZFile(str(packed_path), "w") as out:
        out.write(text.encode())
    return packed_path


def _sample_sheet(path: Path, sequencing: Iterable[SequencedFiles]) -> Path:
    rows = []
    for item in sequencing:
        own = (item.sample.specimen, item.sample.hospital_number, _centre(item))
        rows.append((item.variants.name, item.sample.sample, *own))
        if item.reads is not None:
            name = mlpa_runs.sample_name(item.sample.specimen, item.sample.hospital_number)
            rows.append((item.reads.name, name, *own))
    return _table(path, SAMPLE_SHEET, rows)


def _centre(item: SequencedFiles) -> str:
    return item.sample.hospital_number.partition("-")[0]


def _coverage(
    path: Path, cohort: DemonstrationCohort, sequencing: Iterable[SequencedFiles]
) -> Path:
    """All but the child whose reads are there."""
    told = {item.sample.hospital_number for item in sequencing if item.reads is not None}
    rows = []
    for row in cohort.sheet("sequencing").records():
        if row["hospital_number"] in told:
            continue
        name = mlpa_runs.sample_name(row["specimen"], row["hospital_number"])
        rows.append([name if column == "sample" else row[column] for column in COVERAGE])
    return _table(path, COVERAGE, rows)


def _fusions(path: Path, cohort: DemonstrationCohort) -> Path:
    rows = []
    for row in cohort.sheet("fusions").records():
        specimen = f"{row['hospital_number']}-BM"
        own = {**row, "specimen": specimen}
        own["sample"] = mlpa_runs.sample_name(specimen, row["hospital_number"])
        rows.append([own[column] for column in FUSIONS])
    return _table(path, FUSIONS, rows)


def _table(path: Path, header: tuple[str, ...], rows: Iterable[Iterable[Any]]) -> Path:
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(header)
    table.writerows(rows)
    return _written(path, out.getvalue())


def _written(path: Path, text: str) -> Path:
    path.write_bytes(text.encode())
    return path
