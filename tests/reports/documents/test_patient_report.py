"""The patient report, read back from its PDF."""

import re
import shutil
import subprocess

import pytest
from django.core.management import CommandError, call_command
from django.utils.translation import override

from analysis.calls import State
from reports import models
from reports.documents.copy_number import copy_number
from reports.documents.mrd import mrd_fact, thresholds_of
from reports.documents.patient import patient_pdf, patient_report
from reports.documents.records import records_of
from reports.models import Patient
from tests.reports.documents.children import NORMAL, child, examined, stored

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext is not installed"),
]


def pages(pdf: bytes) -> list[str]:
    """The text of each page, runs of blanks made one."""
    done = subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True
    )
    found = done.stdout.decode().split("\f")[:-1]
    return [re.sub(r"\s+", " ", page) for page in found]


def text(patient: Patient, language: str = "en") -> str:
    return " ".join(pages(patient_pdf(patient, language=language)))


def test_identity_and_page_number_stand_on_every_page():
    patient = examined("2020-0007", name="Wang Xiaoming", synthetic="synthetic")
    found = pages(patient_pdf(patient, language="en"))
    assert 2 <= len(found) <= 6
    for number, page in enumerate(found, start=1):
        for part in (
            "Demonstration hospital",
            "T1-2020-0007",
            "draft",
            "Wang Xiaoming",
            "male",
            "2016-03-01",
            "2020-0007",
            "S-2020-0007",
            "2020-01-02",
            "Draft, not signed",
            "Synthetic data: an invented child",
            f"Page {number} of {len(found)}",
        ):
            assert part in page
    assert [("End of report" in page) for page in found] == [False] * (len(found) - 1) + [True]


def test_real_child_is_not_called_invented():
    assert "invented" not in text(examined("1"))


def test_long_identity_is_neither_cut_nor_printed_over():
    number, name = "N" * 40, "㛃䶮" * 50
    found = pages(patient_pdf(examined(number, name=name, code="C-1"), language="zh-hans"))
    for page in found:
        head = page.replace(" ", "")
        assert head.count("㛃") == head.count("䶮") == 50
    report = patient_report(Patient.objects.get(hospital_number=number), language="en")
    assert report.header.layout == "unsigned tall"


@pytest.mark.parametrize(
    ("exons", "quality", "word"),
    [
        (None, "adequate", "IKZF1: ◆ altered"),
        (NORMAL, "adequate", "IKZF1: ○ not detected"),
        (NORMAL, "failed", "IKZF1: △ not evaluable"),
    ],
)
def test_state_is_printed_as_its_own_sign_and_word(exons, quality, word):
    options = {} if exons is None else {"exons": exons}
    assert word in text(examined("1", quality=quality, **options))


def test_child_without_any_record_is_not_tested_everywhere():
    found = text(child("1"))
    assert "IKZF1: □ not tested" in found
    assert found.count("□ not tested") >= 8
    assert "○ not detected" not in found
    assert "○ normal" not in found
    assert "not assigned" in found


def test_call_of_a_failed_sample_is_not_printed():
    found = text(examined("1", quality="failed"))
    assert "heterozygous deletion" not in found.split("Copy number by MLPA")[1].split("Sequence")[0]
    assert "DNA degraded" in found


def test_other_genes_are_research_use_and_single_probes_need_confirmation():
    part = text(examined("1")).split("Other genes of the probemix")[1].split("Sequence variants")[0]
    assert part.count("research use") == 2  # ETV6 and PAX5
    assert part.count("single probe: needs confirmation") == 1  # one of PAX5's two probes


@override("en")
def test_exons_of_another_gene_stand_in_their_order():
    child = examined("1")
    sample = models.MlpaSample.objects.get(specimen__patient=child)
    for exon in ("10", "2", "7"):
        stored(models.ProbeRatio(sample=sample, gene="BTG1", exon=exon, ratio=1.0, call="normal"))
    [table] = [t for t in copy_number(records_of(child), "en").tables if "Other genes" in t.caption]
    [line] = [row for row in table.rows if row.cells[0].text == "BTG1"]
    assert line.cells[1].text == "exon 2 1.00; exon 7 1.00; exon 10 1.00"


@override("en")
def test_expected_ratio_follows_the_blast_percentage():
    # 92 % blasts: 1 - 0.5 x 0.92 = 0.54 and 1 - 0.92 = 0.08.
    facts = {fact.label: fact.note for fact in copy_number(records_of(examined("1")), "en").facts}
    assert facts["Blasts in the sample"] == "expected ratio: one copy lost 0.54, both lost 0.08"


def test_mrd_is_held_against_the_threshold_of_its_day():
    found = text(examined("1"))
    assert "2.1 × 10−3" in found.replace("10 −3", "10−3")
    assert "(0.21 %)" in found


@pytest.mark.parametrize(
    "name",
    [
        "<img src=file:///etc/passwd>",
        '<script>alert("x")</script>',
        "$x$ & {{ name }} {% now %}",
        "</div><style>*{display:none}</style>",
    ],
)
def test_hostile_name_prints_as_itself(name):
    found = pages(patient_pdf(examined("1", name=name), language="en"))
    assert all(name.replace(" ", "") in page.replace(" ", "") for page in found)
    assert "root:" not in " ".join(found)


def test_same_records_give_the_same_bytes():
    patient = examined("1", name="㛃䶮")
    assert patient_pdf(patient, language="en") == patient_pdf(patient, language="en")


def test_changed_record_changes_hash_and_bytes(store):
    patient = examined("1")
    before = patient_report(patient, language="en")
    mrd = patient.mrd.get(day=15)
    mrd.fraction = 0.0022
    store(mrd)
    assert patient_report(patient, language="en").data_hash != before.data_hash


def test_hash_does_not_tell_the_name(store):
    patient = examined("1", name="Wang")
    before = patient_report(patient, language="en").data_hash
    patient.name = "Zhang"
    store(patient)
    assert patient_report(patient, language="en").data_hash == before


def test_command_writes_the_file_and_names_a_missing_child(tmp_path):
    examined("2020-0001")
    out = tmp_path / "new" / "out.pdf"
    call_command("patient_report", "2020-0001", "-o", str(out), "--language", "en", stdout=None)
    assert out.read_bytes().startswith(b"%PDF-")
    with pytest.raises(CommandError, match="9999"):
        call_command("patient_report", "9999", "-o", str(out), stdout=None)


def test_command_asks_for_the_centre_where_two_use_the_number(tmp_path):
    child("1", at="A")
    child("1", at="B")
    out = tmp_path / "out.pdf"
    with pytest.raises(CommandError, match="A, B"):
        call_command("patient_report", "1", "-o", str(out), stdout=None)
    call_command("patient_report", "1", "-o", str(out), "--centre", "B", stdout=None)
    assert out.exists()


def test_number_of_queries_does_not_grow_with_the_records(django_assert_max_num_queries):
    patient = examined("1")
    with django_assert_max_num_queries(44):
        patient_report(patient, language="en")


@override("en")
def test_mrd_above_the_threshold_by_any_method_is_said(boy, store):
    store(
        models.Mrd(patient=boy, day=33, operator="not_detected", lod_fraction=1e-4, method="flow"),
        models.Mrd(patient=boy, day=33, operator="=", fraction=2e-3, method="pcr"),
    )
    thresholds = thresholds_of((), "CCLG-ALL-2008")  # the study's: above 1e-4 on day 33
    assert mrd_fact(records_of(boy), 33, thresholds).mark.state is State.ALTERED
