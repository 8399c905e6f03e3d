"""Records as rows of the documented import columns.

The names are those of reports/importers/clinical_columns.yaml, which this layer may not read; a
test compares the two.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from analysis.demonstration import cytogenetics, variants
from analysis.demonstration.copy_number import Probe
from analysis.demonstration.course import LOD, Course
from analysis.demonstration.cytogenetics import Chromosomes
from analysis.demonstration.plan import Child, read
from analysis.demonstration.variants import Site

CENTRE = "DEMO"
PROTOCOL = "CCLG-ALL-2008"
CONFIRMED_BY = "虚构医师 (invented)"
IMMUNOPHENOTYPE = {"mll": "pro-B", "pbx1": "pre-B"}
RUN_DAYS = (10, 20, 28)
KEY = ("centre", "hospital_number")

COLUMNS: dict[str, tuple[str, ...]] = {
    "patients": (
        *KEY, "code", "name", "sex", "birth_date", "diagnosis_date", "age_years", "diagnosis",
        "diagnosis_who", "protocol", "consent", "immunophenotype", "wbc", "lymphocytes",
        "neutrophils", "haemoglobin", "platelets", "blasts_blood", "blasts_marrow", "cns_status",
        "testicular_status", "karyotype", "karyotype_state", "modal_number", "dna_index",
        "day8_blasts", "glucocorticoid_response", "marrow_day15", "marrow_day33",
        "mrd_d15_percent", "mrd_d15_fraction", "mrd_d15_lod_fraction", "mrd_d33_percent",
        "mrd_d33_fraction", "mrd_d33_lod_fraction", "mrd_method", "risk_group",
        "risk_confirmed_by", "synthetic",
    ),
    "mrd": (
        *KEY, "day", "sampled_on", "percent", "fraction", "lod_fraction", "loq_fraction", "method",
        "material", "events",
    ),
    "fusions": (*KEY, "gene_a", "gene_b", "method", "result", "detail"),
    "mlpa": (
        *KEY, "specimen", "time_point", "run", "run_date", "probemix", "probemix_lot",
        "sample_quality", "quality_reason", "probe", "gene", "exon", "ratio", "call",
    ),
    "sequencing": (
        *KEY, "specimen", "time_point", "run", "run_date", "panel", "panel_version", "panel_genes",
        "genome_build", "quality", "quality_reason", "mean_depth", "fraction_at_1000x",
        "low_ikzf1_exons",
    ),
    "variants": (
        *KEY, "specimen", "run", "gene", "transcript", "hgvs_c", "hgvs_p", "consequence", "vaf",
        "depth", "chrom", "position", "ref", "alt", "classification", "tier",
    ),
}  # fmt: skip
AT_DIAGNOSIS = {"time_point": "diagnosis"}


@dataclass(frozen=True)
class Record:
    """One invented child with all findings. Outside the study, `child` is None and `patient` full.

    `numbers`: wbc, lymphocytes, neutrophils, haemoglobin, platelets, in the units of the import.
    `mlpa` and `sequencing` are "adequate", "failed" or "not_tested".
    """

    child: Child | None
    diagnosis_date: date
    birth_date: date
    numbers: dict[str, float]
    blasts_marrow: float
    probes: tuple[Probe, ...]
    sites: tuple[Site, ...] = ()
    chromosomes: Chromosomes | None = None
    course: Course | None = None
    mlpa: str = "adequate"
    sequencing: str = "adequate"
    patient: tuple[tuple[str, Any], ...] = ()


def rows_of(records: Iterable[Record], rng: Random) -> dict[str, list[tuple[Any, ...]]]:
    """The rows of every sheet, with the columns of `COLUMNS` in order."""
    rows: dict[str, list[tuple[Any, ...]]] = {name: [] for name in COLUMNS}
    for number, record in enumerate(records, start=1):
        key = {"centre": CENTRE, "hospital_number": f"{CENTRE}-{number:04d}"}
        specimen = {**key, "specimen": f"{CENTRE}-{number:04d}-BM"}
        found = {
            "patients": [{**key, **_patient(record, number, rng)}],
            "mrd": [{**key, **row} for row in _week12(record)],
            "fusions": [{**key, **row} for row in _fusions(record)],
            "mlpa": [{**specimen, **AT_DIAGNOSIS, **row} for row in _mlpa(record)],
            "sequencing": [{**specimen, **AT_DIAGNOSIS, **row} for row in _sequencing(record, rng)],
            "variants": [{**specimen, **row} for row in _variants(record, rng)],
        }
        for name, dicts in found.items():
            rows[name] += [_ordered(name, row) for row in dicts]
    return rows


def _ordered(sheet: str, row: dict[str, Any]) -> tuple[Any, ...]:
    unknown = row.keys() - set(COLUMNS[sheet])
    if unknown:
        raise ValueError(f"{sheet}: no column {sorted(unknown)}")
    return tuple(row.get(name) for name in COLUMNS[sheet])


def _patient(record: Record, number: int, rng: Random) -> dict[str, Any]:
    row = {
        "code": f"SYN-{number:03d}",
        "name": f"虚构 {number:03d}",
        "birth_date": record.birth_date,
        "diagnosis_date": record.diagnosis_date,
        "consent": "given",
        "blasts_marrow": record.blasts_marrow,
        "synthetic": "yes",
        **_whole(record.numbers),
    }
    if record.child is not None:
        row |= _clinical(record, record.child, rng)
    return row | dict(record.patient)


def _whole(numbers: dict[str, float]) -> dict[str, float | int]:
    """Haemoglobin and platelets are reported in whole numbers."""
    whole = ("haemoglobin", "platelets")
    return {name: int(value) if name in whole else value for name, value in numbers.items()}


def _clinical(record: Record, child: Child, rng: Random) -> dict[str, Any]:
    chromosomes, course = record.chromosomes, record.course
    d15_done = child.d15 != "not_tested"
    return {
        "sex": child.sex,
        "diagnosis": "b_all",
        "diagnosis_who": cytogenetics.WHO[child.subtype],
        "protocol": PROTOCOL,
        "immunophenotype": IMMUNOPHENOTYPE.get(child.subtype, "common B"),
        # An analyser counts blasts among the lymphocytes, so they cannot be more.
        "blasts_blood": int(record.numbers["lymphocytes"] * rng.uniform(2.5, 9.5)) / 10,
        "cns_status": rng.choices(("cns1", "cns2", "cns3"), (93, 5, 2))[0],
        "testicular_status": _testis(child, rng),
        "karyotype": chromosomes.iscn,
        "karyotype_state": chromosomes.state,
        "modal_number": chromosomes.modal,
        "dna_index": chromosomes.dna_index,
        "day8_blasts": course.day8,
        "glucocorticoid_response": "insensitive" if child.gc == "poor" else "sensitive",
        "marrow_day15": child.d15_marrow,
        "marrow_day33": child.d33_marrow,
        "mrd_d15_percent": course.d15,
        "mrd_d15_lod_fraction": LOD if d15_done else None,
        "mrd_d33_percent": course.d33,
        "mrd_d33_lod_fraction": LOD,
        "mrd_method": "flow",
        "risk_group": child.risk,
        "risk_confirmed_by": CONFIRMED_BY,
    }


def _testis(child: Child, rng: Random) -> str:
    if child.sex == "female":
        return "not_applicable"
    return "involved" if rng.random() < 0.02 else "not_involved"


def _week12(record: Record) -> list[dict[str, Any]]:
    if record.course is None or not record.course.d84:
        return []
    return [
        {
            "day": 84,
            "sampled_on": record.diagnosis_date + timedelta(days=87),
            "percent": record.course.d84,
            "lod_fraction": LOD,
            "loq_fraction": LOD,
            "method": "flow",
            "material": "marrow",
            "events": 500_000,
        }
    ]


def _fusions(record: Record) -> tuple[dict[str, str], ...]:
    return cytogenetics.fusions(record.child) if record.child else ()


def _run(letter: str, first: date) -> tuple[str, date]:
    """Name and day of the first laboratory run from `first` on; runs are on fixed days."""
    day = first
    while day.day not in RUN_DAYS:
        day += timedelta(days=1)
    return f"{letter}{day:%Y%m%d}", day


def _sequencing_run(record: Record) -> tuple[str, date]:
    return _run("N", record.diagnosis_date + timedelta(days=12))


def _mlpa(record: Record) -> list[dict[str, Any]]:
    if record.mlpa == "not_tested":
        return []
    run, day = _run("M", record.diagnosis_date + timedelta(days=5))
    failed = record.mlpa == "failed"
    return [
        {
            "run": run,
            "run_date": day,
            "probemix": "P335",
            "probemix_lot": "INVENTED-1",
            "sample_quality": record.mlpa,
            "quality_reason": "DNA quantity fragments too high" if failed else "",
            "probe": probe.name,
            "gene": probe.gene,
            "exon": probe.exon,
            "ratio": None if failed else probe.ratio,
            "call": "not_evaluable" if failed else probe.call,
        }
        for probe in record.probes
    ]


def _sequencing(record: Record, rng: Random) -> list[dict[str, Any]]:
    if record.sequencing == "not_tested":
        return []
    run, day = _sequencing_run(record)
    genes = read("genes")
    return [
        {
            "run": run,
            "run_date": day,
            "panel": genes["panel"]["name"],
            "panel_version": genes["panel"]["version"],
            "panel_genes": ";".join(genes["panel_genes"]),
            "genome_build": genes["panel"]["genome_build"],
            "quality": "adequate",
            "quality_reason": "",
            "mean_depth": rng.randint(1120, 2900),
            "fraction_at_1000x": round(rng.uniform(0.93, 0.99), 3),
            "low_ikzf1_exons": "",
        }
    ]


def _variants(record: Record, rng: Random) -> list[dict[str, Any]]:
    run, _ = _sequencing_run(record)
    return [
        {
            "run": run,
            "gene": site.gene,
            "transcript": site.transcript,
            "hgvs_c": site.hgvs_c,
            "hgvs_p": site.hgvs_p,
            "consequence": site.consequence,
            "vaf": variants.vaf(site, blasts=record.blasts_marrow, rng=rng),
            "depth": rng.randint(1020, 3200),
            "chrom": site.chrom,
            "position": site.position,
            "ref": site.ref,
            "alt": site.alt,
            "classification": site.classification,
        }
        for site in record.sites
    ]
