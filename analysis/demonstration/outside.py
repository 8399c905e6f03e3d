"""Seven invented children outside the study: the other answers, and the ways out of the cohort.

MLPA failed, nothing tested, no sequencing, few blasts, T-ALL, acute promyelocytic leukaemia, adult.
Each is left out by one of: diagnosis B-ALL, age under 17, diagnosis in the period, IKZF1 answered.
"""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import Any

from analysis.demonstration import copy_number, cytogenetics
from analysis.demonstration.copy_number import Losses
from analysis.demonstration.plan import Child, read
from analysis.demonstration.rows import PROTOCOL, Record

NUMBERS = {"lymphocytes": 62.0, "neutrophils": 11.0, "haemoglobin": 84, "platelets": 71}


def outside_records(rng: Random) -> list[Record]:
    return [_record(row, rng) for row in read("children")["outside"]]


def _record(row: dict[str, Any], rng: Random) -> Record:
    losses = Losses(tuple((gene, 2.0) for gene in copy_number.TARGETS), row["blasts_marrow"])
    return Record(
        child=None,
        diagnosis_date=row["diagnosed"],
        birth_date=row["diagnosed"] - timedelta(days=round(row["age"] * 365.25)),
        numbers={"wbc": row["wbc"], **NUMBERS},
        blasts_marrow=row["blasts_marrow"],
        probes=copy_number.probes(_unaltered(row["sex"]), losses, rng),
        mlpa=row["mlpa"],
        sequencing=row["sequencing"],
        patient=tuple(_patient(row).items()),
    )


def _patient(row: dict[str, Any]) -> dict[str, Any]:
    diagnosis = row.get("diagnosis", "b_all")
    return {
        "sex": row["sex"],
        "diagnosis": diagnosis,
        "diagnosis_who": row.get("who", cytogenetics.WHO["other"]),
        "protocol": PROTOCOL if diagnosis == "b_all" else None,
        "immunophenotype": row.get("immunophenotype", "common B"),
        "karyotype_state": "not_tested",
        "testicular_status": "not_applicable" if row["sex"] == "female" else "not_involved",
        "glucocorticoid_response": "not_tested",
        "marrow_day15": "not_tested",
        "marrow_day33": "not_tested",
    }


def _unaltered(sex: str) -> Child:
    return Child(
        group="not_detected", subtype="other", fusion="", gc="good", age="young", wbc="low",
        risk="low", sex=sex, d15="not_tested", d15_marrow="m1", d33_percent=None, d33_marrow="m1",
        d84_percent=None, deletion=None, ikzf1_variant="", partners=(),
    )  # fmt: skip
