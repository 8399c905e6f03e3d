"""The TARGET ALL Phase II file through its mapping, counted a second time with the csv module."""

import csv
from collections import Counter
from pathlib import Path

import pytest

from reports import models
from reports.importers import clinical
from reports.importers.mapping import read_mapping

ROOT = Path(__file__).resolve().parents[3]
FILE = ROOT.parent / "shared/data/target_all/all_phase2_target_2018_pub_clinical_data.tsv"
MAPPING = ROOT / "reports/importers/mappings/target_all.yaml"

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not FILE.exists(), reason="the TARGET file is not on this machine"),
    pytest.mark.usefixtures("english"),
]


def children():
    """One row a B-ALL child: no used column differs between the samples of a child."""
    with FILE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    lineage = {row["Patient ID"]: row["Cell of tumor origin"] for row in rows}
    b_cell = {
        row["Patient ID"]: row
        for row in rows
        if row["Cell of tumor origin"] in ("B-Precursor", "B Cell ALL")
    }
    return b_cell, Counter(lineage.values())


def known(rows, name):
    return [row[name] for row in rows.values() if row[name] not in ("", "NA", ".")]


def stored(model, field):
    return Counter(model.objects.values_list(field, flat=True))


def test_target_file_imports_its_b_all_children():
    rows, lineage = children()
    preview = clinical.check_file(FILE, mapping=read_mapping(MAPPING))
    assert [str(error) for error in preview.errors] == []
    assert [left.count for left in preview.left_out] == [lineage["T Cell ALL"], lineage["NA"]]
    clinical.commit(preview, by="tester", reason="test")

    assert models.Patient.objects.count() == len(rows)
    assert stored(models.Patient, "sex") == Counter(row["Sex"].lower() for row in rows.values())
    days = {row["Patient ID"]: float(row["Diagnosis Age (days)"]) for row in rows.values()}
    for number, age in models.Patient.objects.values_list("hospital_number", "age_years"):
        assert age == pytest.approx(days[number] / 365.25, abs=1e-4)

    findings = models.Findings.objects
    wbc = {row["Patient ID"]: float(row["WBC"]) for row in rows.values()}
    assert dict(findings.values_list("patient__hospital_number", "wbc")) == wbc
    cns = Counter(text.replace(" ", "").lower() for text in known(rows, "CNS Status"))
    assert stored(models.Findings, "cns_status") - Counter({"": len(rows)}) == cns
    karyotypes = Counter(findings.exclude(karyotype="").values_list("karyotype", flat=True))
    assert karyotypes == Counter(known(rows, "Karyotype"))
    index = Counter(map(float, known(rows, "DNA Index")))
    assert Counter(findings.exclude(dna_index=None).values_list("dna_index", flat=True)) == index

    _check_mrd(rows)
    _check_fusions(rows)
    _check_follow_up(rows)
    _check_marrow(rows)
    assert not models.Variant.objects.exists()
    assert not models.ProbeRatio.objects.exists()

    again = clinical.check_file(FILE, mapping=read_mapping(MAPPING))
    assert {(c.new, c.changed, c.errors) for c in again.counts} == {(0, 0, 0)}


def _check_mrd(rows):
    for day in (8, 29, 43):
        percents = [float(text) for text in known(rows, f"MRD Percentage Day {day}")]
        found = models.Mrd.objects.filter(day=day)
        assert found.count() == len(percents)
        assert found.filter(operator="not_detected").count() == percents.count(0.0)
        fractions = sorted(found.filter(operator="=").values_list("fraction", flat=True))
        assert fractions == pytest.approx(sorted(p / 100 for p in percents if p))
    limits = [
        float(row["MRD Percentage Day 29 Sensitivity"]) / 100
        for row in rows.values()
        if "NA" not in (row["MRD Percentage Day 29"], row["MRD Percentage Day 29 Sensitivity"])
    ]
    stored_limits = models.Mrd.objects.filter(day=29).exclude(lod_fraction=None)
    assert sorted(stored_limits.values_list("lod_fraction", flat=True)) == pytest.approx(
        sorted(limits)
    )


def _check_fusions(rows):
    words = {"Positive": "detected", "Negative": "not_detected", "Unknown": "not_tested"}
    for gene, heading in (
        ("BCR", "BCR ABL1 Status"),
        ("ETV6", "ETV6-RUNX1 Fusion Status"),
        ("KMT2A", "MLL Status"),
        ("TCF3", "TCF3-PBX1 Status"),
    ):
        expected = Counter(words[text] for text in known(rows, heading))
        found = models.FusionResult.objects.filter(gene_a=gene)
        assert Counter(found.values_list("result", flat=True)) == expected
        unknown = found.filter(result="not_tested").values_list("detail", flat=True)
        assert set(unknown) <= {"Unknown in the source file"}


def _check_follow_up(rows):
    timed = [row for row in rows.values() if row["Overall Survival Days"] != "NA"]
    expected = Counter(
        {"0:LIVING": "last_seen", "1:DECEASED": "death"}[row["Overall Survival Status"]]
        for row in timed
    )
    expected["relapse"] = sum(row["First Event"] == "Relapse" for row in rows.values())
    expected["second_malignancy"] = sum(row["First Event"] == "SMN" for row in rows.values())
    assert stored(models.FollowUpEvent, "event") == expected
    lived = sorted(int(float(row["Overall Survival Days"])) for row in timed)
    last = models.FollowUpEvent.objects.filter(event__in=["last_seen", "death"])
    assert sorted(last.values_list("days_from_diagnosis", flat=True)) == lived


def _check_marrow(rows):
    blasts = [float(text) for text in known(rows, "Bone Marrow Blasts Day 15")]
    expected = Counter("m1" if b < 5 else "m2" if b < 25 else "m3" for b in blasts)
    assert stored(models.MarrowAssessment, "status") == expected
    assert stored(models.MarrowAssessment, "day") == Counter({15: len(blasts)})
