"""Children for the tests of the documents, stored through the actions like anyone's records."""

from __future__ import annotations

import datetime as dt

from reports import models
from reports.actions.records import save_records

NORMAL = dict.fromkeys(range(1, 9), (1.01, "normal"))
DEL_4_7 = NORMAL | dict.fromkeys(range(4, 8), (0.54, "het_del"))
OTHERS = (
    ("PAX5", "1", 0.99, "normal"),
    ("PAX5", "5", 0.55, "het_del"),
    ("ETV6", "1", 1.0, "normal"),
)


def centre(code: str = "T1") -> models.Centre:
    return models.Centre.objects.filter(code=code).first() or models.Centre(code=code)


def stored(*records: models.Patient) -> None:
    save_records(records=records, by="tester", reason="test")


def child(number: str, *, at: str = "T1", **fields) -> models.Patient:
    """A stored child with B-ALL and nothing else recorded."""
    place = centre(at)
    patient = models.Patient(
        **{"centre": place, "hospital_number": number, "diagnosis": "b_all", **fields}
    )
    stored(place, patient)
    return patient


def examined(number: str, *, exons=DEL_4_7, quality: str = "adequate", **fields) -> models.Patient:
    """A stored child with MLPA (`exons`: exon -> (ratio, call)), sequencing, MRD and the rest."""
    known = {
        "sex": "male",
        "birth_date": dt.date(2016, 3, 1),
        "diagnosis_date": dt.date(2020, 1, 2),
        "code": f"Z-{number}",
    }
    patient = child(number, **(known | fields))
    place = patient.centre
    specimen = models.Specimen(
        patient=patient,
        number=f"S-{number}"[:40],
        collected_on=dt.date(2020, 1, 2),
        blast_percent=92,
    )
    run = models.MlpaRun.objects.filter(name="M1").first() or models.MlpaRun(
        centre=place, name="M1", probemix="P335", probemix_lot="B1-0119"
    )
    why = "" if quality == "adequate" else "DNA degraded"
    sample = models.MlpaSample(
        run=run, specimen=specimen, sample_quality=quality, quality_reason=why
    )
    probes = [("IKZF1", str(exon), ratio, call) for exon, (ratio, call) in exons.items()]
    stored(
        specimen,
        run,
        sample,
        *(
            models.ProbeRatio(sample=sample, gene=gene, exon=exon, ratio=ratio, call=call)
            for gene, exon, ratio, call in (*probes, *OTHERS)
        ),
        *_sequencing(place, specimen),
        *_course(patient),
    )
    return patient


def _sequencing(place: models.Centre, specimen: models.Specimen) -> list:
    panel = models.Panel.objects.filter(name="Panel A").first() or models.Panel(
        name="Panel A", panel_version="1", panel_genes="IKZF1;NRAS;KRAS"
    )
    run = models.SequencingRun.objects.filter(name="N1").first() or models.SequencingRun(
        centre=place, name="N1"
    )
    sample = models.SequencingSample(
        run=run,
        specimen=specimen,
        panel=panel,
        genome_build="GRCh37",
        quality="adequate",
        mean_depth=1850,
        fraction_at_1000x=0.97,
    )
    variant = models.Variant(
        sample=sample,
        gene="NRAS",
        transcript="NM_002524.5",
        hgvs_c="c.35G>A",
        hgvs_p="p.Gly12Asp",
        consequence="missense",
        vaf=0.31,
        depth=1500,
    )
    return [panel, run, sample, variant]


def _course(patient: models.Patient) -> list:
    return [
        models.Findings(patient=patient, wbc=6.49, blasts_marrow=92, karyotype_state="failed"),
        models.GlucocorticoidResponse(patient=patient, day8_blasts=1.2),
        models.MarrowAssessment(patient=patient, day=15, status="m2"),
        models.Mrd(patient=patient, day=15, operator="=", fraction=0.0021, lod_fraction=0.0001),
        models.Mrd(patient=patient, day=33, operator="not_detected", lod_fraction=0.0001),
        models.FusionResult(
            patient=patient, gene_a="ETV6", gene_b="RUNX1", method="rt_pcr", result="not_detected"
        ),
        models.RiskAssessment(
            patient=patient, protocol="CCLG-ALL-2008", risk_group="high", risk_confirmed_by="Dr. A"
        ),
    ]


def with_variant(number: str) -> models.Patient:
    """A stored child with normal exons and a sequence variant of IKZF1."""
    patient = examined(number, exons=NORMAL)
    sample = models.SequencingSample.objects.get(specimen__patient=patient)
    stored(
        models.Variant(
            sample=sample,
            gene="IKZF1",
            transcript="NM_006060.6",
            hgvs_c="c.484C>T",
            hgvs_p="p.Arg162Trp",
            consequence="missense",
            vaf=0.44,
            depth=1500,
        )
    )
    return patient
