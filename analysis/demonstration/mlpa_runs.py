"""Which children stand in which MLPA run, and how many copies of each probe they have."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from analysis.demonstration.cohort import DemonstrationCohort
from analysis.demonstration.peak_tables import Tube, probes_of

COPIES = {"hom_del": 0.0, "het_del": 1.0, "normal": 2.0, "ambiguous": 1.45}
# The deletion that joins P2RY8 to CRLF2 takes what lies between them.
LOST_IN_PAR1 = ("PAR1 CSF2RA", "PAR1 IL3RA")


@dataclass(frozen=True)
class PlannedRun:
    name: str
    day: date
    tubes: tuple[Tube, ...]


def planned_runs(cohort: DemonstrationCohort) -> tuple[PlannedRun, ...]:
    """The runs by date, each with its patients by hospital number."""
    patients = {row["hospital_number"]: row for row in cohort.sheet("patients").records()}
    rows: dict[tuple[date, str], dict[str, list[dict[str, Any]]]] = defaultdict(dict)
    for row in cohort.sheet("mlpa").records():
        own = rows[row["run_date"], row["run"]].setdefault(row["hospital_number"], [])
        own.append(row)
    return tuple(
        PlannedRun(
            name, day, tuple(_tube(patients[number], found) for number, found in own.items())
        )
        for (day, name), own in sorted(rows.items())
    )


def sample_name(specimen: str, hospital_number: str) -> str:
    """Both identifiers, as a laboratory should write them into its sample names."""
    return f"{specimen}_{hospital_number}"


def _tube(patient: dict[str, Any], rows: list[dict[str, Any]]) -> Tube:
    first = rows[0]
    failed = first["sample_quality"] == "failed"
    return Tube(
        name=sample_name(first["specimen"], first["hospital_number"]),
        role="patient",
        sex=patient["sex"],
        blasts=patient["blasts_marrow"],
        copies=() if failed else tuple(_copies(rows)),
        failed=failed,
        specimen=first["specimen"],
        hospital_number=first["hospital_number"],
        centre=first["centre"],
    )


def _copies(rows: Iterable[dict[str, Any]]) -> Iterable[tuple[str, float]]:
    for row in rows:
        copies = COPIES[row["call"]]
        if copies == 2:
            continue
        for probe in _probes(row):
            yield probe, copies


def _probes(row: dict[str, Any]) -> tuple[str, ...]:
    if row["gene"] == "IKZF1":
        return (row["probe"],)
    return LOST_IN_PAR1 if row["gene"] == "PAR1" else probes_of(row["gene"])
