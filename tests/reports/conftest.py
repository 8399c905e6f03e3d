"""Children entered through the actions, as everywhere."""

import datetime as dt

import pytest

from reports import models
from reports.actions import save_records


@pytest.fixture
def store(db):
    """`store(*records)` stores them in one action and gives the first one back."""

    def stored(*records, by="tester", reason="entered for a test"):
        save_records(records=records, by=by, reason=reason)
        return records[0]

    return stored


@pytest.fixture
def hospital(store):
    return store(models.Centre(code="H1"))


@pytest.fixture
def register(store, hospital):
    """`register(number, **fields)` stores a boy with B-ALL."""

    def registered(number="2020-0001", **fields):
        known = {
            "centre": hospital,
            "hospital_number": number,
            "sex": "male",
            "birth_date": dt.date(2016, 3, 1),
            "diagnosis_date": dt.date(2020, 1, 2),
            "diagnosis": "b_all",
        }
        return store(models.Patient(**(known | fields)))

    return registered


@pytest.fixture
def boy(register):
    return register()


@pytest.fixture
def mlpa(store):
    """`mlpa(patient, calls, run=...)` stores MLPA of one specimen; `calls` by exon of IKZF1."""

    def measured(patient, calls, *, run, specimen=None, quality="adequate", **fields):
        specimen = specimen or models.Specimen(patient=patient, number=f"S-{run}")
        sample = models.MlpaSample(
            run=models.MlpaRun(centre=patient.centre, name=run, **fields),
            specimen=specimen,
            sample_quality=quality,
            quality_reason="" if quality == "adequate" else "DNA degraded",
        )
        probes = [
            models.ProbeRatio(sample=sample, gene="IKZF1", exon=str(exon), call=call)
            for exon, call in calls.items()
        ]
        store(sample, sample.run, *([] if specimen.pk else [specimen]), *probes)
        return sample

    return measured


@pytest.fixture
def sequenced(store):
    """`sequenced(patient, run=..., genes=...)` stores a sequenced sample with `variants`."""

    def measured(patient, *, run, genes="IKZF1;NRAS", variants=(), quality="adequate", **fields):
        panel = models.Panel.objects.filter(panel_version=genes).first() or models.Panel(
            name="panel", panel_version=genes, panel_genes=genes
        )
        sample = models.SequencingSample(
            run=models.SequencingRun(centre=patient.centre, name=run),
            specimen=models.Specimen(patient=patient, number=f"N-{run}"),
            panel=panel,
            quality=quality,
            quality_reason="" if quality == "adequate" else "too few reads",
            **fields,
        )
        found = [models.Variant(sample=sample, **variant) for variant in variants]
        store(sample, sample.run, sample.specimen, panel, *found)
        return sample

    return measured
