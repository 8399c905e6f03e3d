"""What the report says of MLPA that was read from the laboratory's own files."""

import sys
from pathlib import Path

import pytest
from django.utils.translation import override

sys.path.append(str(Path(__file__).parents[1] / "importers"))

from mlpa_run_files import checked, lost, write_run

from analysis.calls import Reason
from reports import models
from reports.actions import decide_sex
from reports.documents.copy_number import copy_number
from reports.documents.records import records_of
from reports.importers.lab_import import commit

pytestmark = pytest.mark.django_db


@pytest.fixture
def child(register, store):
    boy = register()
    store(models.Specimen(patient=boy, number="S1", blast_percent=90))
    return boy


@pytest.fixture
def imported(tmp_path, child):
    def done(**sample):
        patients = {"A": {"male": True, "ratios": lost()} | sample}
        paths = write_run(tmp_path, patients, rows=["A,patient,,,S1,2020-0001"])
        commit(checked(paths), by="tester", reason="test")
        return models.MlpaSample.objects.get()

    return done


def part(child, language="en"):
    with override(language):
        return str(copy_number(records_of(child), language))


def test_normalisation_expected_ratio_and_lot_are_named(imported, child):
    imported()
    told = part(child)
    assert "reference samples, medians, slope-corrected" in told
    assert "one copy lost 0.55, both lost 0.10" in told and "P335" in told
    assert "quality: adequate" in told


def test_machine_call_and_override_stand_beside_each_other(imported, child, store):
    imported()
    row = models.ProbeRatio.objects.get(gene="IKZF1", exon="4")
    row.override_call, row.override_reason, row.override_by = "normal", "seen by FISH", "Dr Li"
    store(row)
    told = part(child)
    assert "set to “normal” (was “heterozygous deletion”) by Dr Li: seen by FISH" in told


def test_failed_sample_says_why_in_the_language_of_the_report(imported, child):
    sample = imported(fragments=dict.fromkeys((64, 70, 76, 82), 1000))
    assert "Too little DNA or failed ligation" in part(child)
    chinese = part(child, "zh-hans")
    reason = next(item for item in sample.checks if item["outcome"] == "failed")["reason"]
    assert reason["code"] == "dna_quantity"
    assert Reason.from_json(reason).text("zh-hans") in chinese


def test_decision_on_the_sex_is_told_with_person_and_reason(imported, child):
    sample = imported(male=False)
    assert "may be another child" in part(child)
    decide_sex(sample=sample, decision="accepted", by="Dr Li", reason="transplant from a sister")
    told = part(child)
    assert "decided by Dr Li: transplant from a sister" in told
    assert "may be another child" not in told


def test_single_probe_of_ikzf1_needs_confirmation(imported, child):
    name = sorted(lost())[0]
    imported(ratios=lost([name]))
    assert f"{name} alone shows this change: it needs confirmation." in part(child)
