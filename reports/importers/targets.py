"""Which database rows a typed record asks for: its own, and those that it stands on.

A row is named by its natural key, a flat tuple; KEYS says by which paths the stored rows give the
same tuple. Fields hold only what is known, so that nothing stored is erased by an empty cell.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from reports import models
from reports.importers.records import Record
from reports.importers.values import Measurement
from reports.models.mlpa import gene_symbol

Key = tuple[Any, ...]

_PATIENT = ("patient__centre__code", "patient__hospital_number")
_SAMPLE = (
    "run__centre__code",
    "run__name",
    "specimen__patient__hospital_number",
    "specimen__number",
)
_OF_SAMPLE = tuple(f"sample__{path}" for path in _SAMPLE)

KEYS: dict[type, tuple[str, ...]] = {
    models.Centre: ("code",),
    models.Patient: ("centre__code", "hospital_number"),
    models.Findings: _PATIENT,
    models.GlucocorticoidResponse: _PATIENT,
    models.RiskAssessment: _PATIENT,
    models.MarrowAssessment: (*_PATIENT, "day"),
    models.MediastinalMass: _PATIENT,
    models.Mrd: (*_PATIENT, "day", "method", "material"),
    models.FusionResult: (*_PATIENT, "gene_a", "gene_b", "method", "specimen__number"),
    models.GeneticTest: (*_PATIENT, "marker", "method", "tested_on"),
    models.FollowUpEvent: (*_PATIENT, "event", "date", "days_from_diagnosis"),
    models.Specimen: (*_PATIENT, "number"),
    models.MlpaRun: ("centre__code", "name"),
    models.MlpaSample: _SAMPLE,
    models.ProbeRatio: (*_OF_SAMPLE, "gene", "exon", "probe"),
    models.Panel: ("name", "panel_version"),
    models.SequencingRun: ("centre__code", "name"),
    models.SequencingSample: _SAMPLE,
    models.Variant: (*_OF_SAMPLE, "gene", "hgvs_c"),
}


@dataclass(frozen=True)
class Wanted:
    """One row. `parents`: foreign key -> (model, its key); `own`: the fields of the key itself."""

    model: type
    key: Key
    parents: Mapping[str, tuple[type, Key]] = field(default_factory=dict)
    own: Mapping[str, Any] = field(default_factory=dict)
    fields: Mapping[str, Any] = field(default_factory=dict)


def wanted_rows(record: Record) -> list[Wanted]:
    """The rows of one record, those that others stand on first."""
    return list(_SHEETS[record.sheet](record.values))


def stored_value(value: Any) -> Any:
    """A typed value as a model field holds it (numbers are floats there)."""
    return float(value) if isinstance(value, Decimal) else value


def _known(values: Mapping[str, Any], *names: str, **renamed: str) -> dict[str, Any]:
    """{field: value} of the known columns; `renamed` gives field=column."""
    pairs = [(name, name) for name in names] + list(renamed.items())
    return {to: stored_value(values[name]) for to, name in pairs if name in values}


def _of_patient(values: Mapping[str, Any], *models_key: Any) -> tuple[Key, dict[str, Any]]:
    patient = (values["centre"], values["hospital_number"])
    return (*patient, *models_key), {"patient": (models.Patient, patient)}


_PATIENT_FIELDS = (
    "code", "name", "sex", "birth_date", "diagnosis_date", "age_years", "diagnosis",
    "diagnosis_who", "protocol", "consent", "synthetic",
)  # fmt: skip
_FINDINGS = (
    "wbc", "lymphocytes", "neutrophils", "haemoglobin", "platelets", "blasts_blood",
    "blasts_marrow", "cns_status", "testicular_status", "immunophenotype", "karyotype_state",
    "karyotype", "modal_number", "dna_index", "mrd_use", "pcr_mrd_use",
)  # fmt: skip


_PREPHASE = ("day8_blasts", "day8_wbc", "day8_blast_percent", "glucocorticoid_response")
_MASS = ("mass_d33", "mass_week12")


def _patients(values: Mapping[str, Any]) -> Iterator[Wanted]:
    centre = (values["centre"],)
    yield Wanted(models.Centre, centre, own={"code": values["centre"]})
    key, of_patient = _of_patient(values)
    yield Wanted(
        models.Patient,
        key,
        {"centre": (models.Centre, centre)},
        {"hospital_number": values["hospital_number"]},
        _known(values, *_PATIENT_FIELDS),
    )
    for model, names in (
        (models.Findings, _FINDINGS),
        (models.GlucocorticoidResponse, _PREPHASE),
        (models.MediastinalMass, _MASS),
    ):
        known = _known(values, *names)
        if known:
            yield Wanted(model, key, of_patient, fields=known)
    for day in (15, 33):
        if f"marrow_day{day}" in values:
            fields = {"status": values[f"marrow_day{day}"]}
            fields |= _known(values, blast_percent=f"marrow_day{day}_blasts")
            yield Wanted(models.MarrowAssessment, (*key, day), of_patient, {"day": day}, fields)
        yield from _mrd_of_day(values, day)
    if "risk_group" in values:
        fields = _known(values, "protocol", "risk_group", "risk_confirmed_by")
        yield Wanted(models.RiskAssessment, key, of_patient, fields=fields)


def _mrd_of_day(values: Mapping[str, Any], day: int) -> Iterator[Wanted]:
    name = f"mrd_d{day}"
    measured = values.get(f"{name}_percent", values.get(f"{name}_fraction"))
    if measured is None:
        return
    method = values["mrd_method"]
    own = {"day": day, "method": method, "material": ""}
    key, parents = _of_patient(values, *own.values())
    fields = _measured(measured) | _known(values, lod_fraction=f"{name}_lod_fraction")
    yield Wanted(models.Mrd, key, parents, own, fields)


def _measured(measured: Measurement) -> dict[str, Any]:
    return {"operator": measured.operator, "fraction": stored_value(measured.fraction)}


def _mrd(values: Mapping[str, Any]) -> Iterator[Wanted]:
    own = {name: values.get(name, "") for name in ("day", "method", "material")}
    key, parents = _of_patient(values, *own.values())
    fields = _measured(values.get("percent", values.get("fraction")))
    fields |= _known(values, "sampled_on", "lod_fraction", "loq_fraction", "events")
    yield Wanted(models.Mrd, key, parents, own, fields)


def _fusions(values: Mapping[str, Any]) -> Iterator[Wanted]:
    own = _known(values, "gene_a", "gene_b", "method")
    key, parents = _of_patient(values, *own.values(), None)
    yield Wanted(models.FusionResult, key, parents, own, _known(values, "result", "detail"))


def _genetic_tests(values: Mapping[str, Any]) -> Iterator[Wanted]:
    own = {name: values.get(name) for name in ("marker", "method", "tested_on")}
    key, parents = _of_patient(values, *own.values())
    fields = _known(values, "result", "detail")
    yield Wanted(models.GeneticTest, key, parents, own, fields)


def _follow_up(values: Mapping[str, Any]) -> Iterator[Wanted]:
    own = {name: values.get(name) for name in ("event", "date", "days_from_diagnosis")}
    key, parents = _of_patient(values, *own.values())
    yield Wanted(models.FollowUpEvent, key, parents, own)


def _specimen(values: Mapping[str, Any]) -> Wanted:
    key, parents = _of_patient(values, values["specimen"])
    fields = _known(values, "time_point")
    return Wanted(models.Specimen, key, parents, {"number": values["specimen"]}, fields)


def _run(values: Mapping[str, Any], model: type, *names: str) -> Wanted:
    return Wanted(
        model,
        (values["centre"], values["run"]),
        {"centre": (models.Centre, (values["centre"],))},
        {"name": values["run"]},
        _known(values, *names),
    )


def _sample_key(values: Mapping[str, Any]) -> Key:
    return (values["centre"], values["run"], values["hospital_number"], values["specimen"])


def _mlpa(values: Mapping[str, Any]) -> Iterator[Wanted]:
    specimen = _specimen(values)
    run = _run(values, models.MlpaRun, "run_date", "probemix", "probemix_lot")
    sample = _sample_key(values)
    yield specimen
    yield run
    yield Wanted(
        models.MlpaSample,
        sample,
        {"run": (run.model, run.key), "specimen": (specimen.model, specimen.key)},
        fields=_known(values, "sample_quality", "quality_reason"),
    )
    own = {name: values.get(name, "") for name in ("gene", "exon", "probe")}
    yield Wanted(
        models.ProbeRatio,
        (*sample, *own.values()),
        {"sample": (models.MlpaSample, sample)},
        own,
        _known(values, "ratio", "call"),
    )


def _sequencing(values: Mapping[str, Any]) -> Iterator[Wanted]:
    specimen = _specimen(values)
    run = _run(values, models.SequencingRun, "run_date")
    own = {"name": values["panel"], "panel_version": values.get("panel_version", "")}
    panel = (*own.values(),)
    yield specimen
    yield run
    genes = {"panel_genes": gene_list(values["panel_genes"])} if "panel_genes" in values else {}
    yield Wanted(models.Panel, panel, own=own, fields=genes)
    yield Wanted(
        models.SequencingSample,
        _sample_key(values),
        {
            "run": (run.model, run.key),
            "specimen": (specimen.model, specimen.key),
            "panel": (models.Panel, panel),
        },
        fields=_known(
            values,
            "genome_build",
            "quality",
            "quality_reason",
            "mean_depth",
            "fraction_at_1000x",
            "low_ikzf1_exons",
        ),
    )


def gene_list(text: str) -> str:
    """Gene symbols however they are divided, joined with ";": no symbol holds one of the signs."""
    return ";".join(gene_symbol(part) for part in re.split(r"[;,|/；，、／\s]+", text) if part)


_VARIANT = (
    "transcript", "hgvs_p", "consequence", "vaf", "depth", "chrom", "position", "ref", "alt",
    "classification", "tier",
)  # fmt: skip


def _variants(values: Mapping[str, Any]) -> Iterator[Wanted]:
    sample = _sample_key(values)
    own = _known(values, "gene", "hgvs_c")
    yield Wanted(
        models.Variant,
        (*sample, *own.values()),
        {"sample": (models.SequencingSample, sample)},
        own,
        _known(values, *_VARIANT),
    )


_SHEETS: dict[str, Callable[[Mapping[str, Any]], Iterator[Wanted]]] = {
    "patients": _patients,
    "mrd": _mrd,
    "fusions": _fusions,
    "genetic_tests": _genetic_tests,
    "mlpa": _mlpa,
    "sequencing": _sequencing,
    "variants": _variants,
    "follow_up": _follow_up,
}
