"""The child's report on paper: pages, MRD against the child's protocols, rules by what they do."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest
from django.utils.translation import override

from analysis.calls import State
from analysis.risk.note import note_text
from analysis.risk.result import Verdict
from reports import models
from reports.derived import derive
from reports.documents.content import Column, row, table
from reports.documents.mrd import STUDY, mrd_fact, mrd_table, readings, thresholds_of
from reports.documents.page import raised
from reports.documents.patient import patient_pdf, patient_report
from reports.documents.records import records_of
from tests.reports.documents.children import child, examined, stored

pytestmark = pytest.mark.django_db


def held(patient, own="CCLG-ALL-2008"):
    """(day, limit with operator, protocol, state) of every MRD verdict."""
    thresholds = thresholds_of(derive([patient.pk])[patient.pk].risks, own)
    return {
        (reading.day, one.threshold.operator, one.threshold.fraction, source.protocol, one.state)
        for reading in readings(records_of(patient), thresholds)
        for one in reading.held
        for source in one.of
    }


def mrd(patient, day, operator, fraction=None, lod=1e-5, method="flow"):
    return models.Mrd(
        patient=patient, day=day, operator=operator, fraction=fraction, lod_fraction=lod,
        method=method,
    )  # fmt: skip


def test_mrd_of_a_child_of_the_study_meets_its_protocol_and_the_study():
    patient = child("1", protocol="CCLG-ALL-2008")
    stored(mrd(patient, 15, "=", 1e-3), mrd(patient, 33, "=", 1e-4))
    assert held(patient) == {
        # The study counts above its limits only, the protocol at and above.
        (15, ">", 1e-3, STUDY, State.NOT_DETECTED),
        (33, ">", 1e-4, STUDY, State.NOT_DETECTED),
        (33, ">=", 1e-4, "CCLG-ALL-2008", State.ALTERED),
        (33, ">=", 1e-2, "CCLG-ALL-2008", State.NOT_DETECTED),
    }


def test_mrd_of_another_protocol_is_not_held_against_the_study():
    patient = child("1", protocol="SCCCG-ALL-2023")
    stored(mrd(patient, 19, "=", 0.002), mrd(patient, 90, "not_detected", lod=1e-3))
    found = held(patient, "SCCCG-ALL-2023")
    assert STUDY not in {protocol for _, _, _, protocol, _ in found}
    # Day 19 belongs to the protocol's day 15; a limit of 1e-3 does not reach its 1e-4 of week 12.
    own = {item for item in found if item[3] == "SCCCG-ALL-2023"}
    assert own == {
        (19, ">=", 1e-3, "SCCCG-ALL-2023", State.ALTERED),
        (19, ">=", 0.1, "SCCCG-ALL-2023", State.NOT_DETECTED),
        (90, ">=", 1e-4, "SCCCG-ALL-2023", State.NOT_EVALUABLE),
    }


@override("en")
def test_answer_names_the_gravest_threshold_that_is_reached_and_whose_it_is():
    patient = child("1", protocol="CCLG-ALL-2008")
    stored(mrd(patient, 33, "=", 0.02))
    thresholds = thresholds_of(derive([patient.pk])[patient.pk].risks, patient.protocol)
    fact = mrd_fact(records_of(patient), 33, thresholds)
    assert (fact.mark.state, fact.mark.word) == (State.ALTERED, "at or above 10⁻²")
    assert fact.value == "2 × 10⁻² (2 %)"
    assert fact.note == ("CCLG-ALL-2008: ≥ 10⁻⁴ (unconfirmed), ≥ 10⁻²; Zhang et al. 2022: > 10⁻⁴")


@override("en")
def test_day_without_a_threshold_is_said_and_a_day_without_a_result_is_not_tested():
    patient = child("1", protocol="SOME-OTHER")
    stored(mrd(patient, 15, "=", 0.5))
    thresholds = thresholds_of(derive([patient.pk])[patient.pk].risks, patient.protocol)
    first, last = mrd_table(records_of(patient), thresholds).rows
    assert first.cells[-1].text == "no threshold for this day"
    assert last.cells[-1].mark.state is State.NOT_TESTED
    fact = mrd_fact(records_of(patient), 15, thresholds)
    assert fact.mark is None
    assert fact.note == "no protocol used here has a threshold for this day"


def test_every_rule_keeps_its_verdict_and_every_value_is_there():
    patient = examined("1", protocol="CCLG-ALL-2008")
    report = patient_report(patient, language="en")
    result = report.derived.risks[0]
    part = next(part for part in report.parts if part.title == "Risk group")
    rows = {line.cells[0].text for item in part.tables for line in item.rows}
    small = {
        note.split(": ", 1)[0]: note for item in part.tables for note in item.notes if ": " in note
    }
    heads = {
        Verdict.MET: "Also met",
        Verdict.NOT_MET: "Also not met",
        Verdict.NOT_EVALUABLE: "Open",
    }
    for item in result.verdicts:
        decides = item.rule in result.reasons and item.verdict is not Verdict.NOT_EVALUABLE
        assert decides == (item.rule in rows)
        if not decides:
            printed = small[heads[item.verdict]].replace(", unconfirmed", "")
            assert f"{item.rule} (" in printed
    values = small["Values used by the rules"]
    assert all(used.value.text("en") in values for used in result.inputs)


def test_what_is_open_stands_once_with_why_and_what_it_would_settle():
    report = patient_report(child("1", protocol="CCLG-ALL-2008"), language="en")
    result = report.derived.risks[0]
    part = next(part for part in report.parts if part.title == "Risk group")
    table_of_open = next(item for item in part.tables if item.columns[0].label == "Open")
    assert [line.cells[0].text for line in table_of_open.rows] == [
        used.label for used in result.missing
    ]
    ph = next(line for line in table_of_open.rows if line.cells[0].text.text() == "BCR::ABL1")
    assert [line.text() for line in ph.cells[2].text] == ["HR if BCR::ABL1 found."]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_report_tells_the_group_in_the_sentences_of_the_command_line(language):
    report = patient_report(examined("1", protocol="CCLG-ALL-2008"), language=language)
    part = next(part for part in report.parts if part.tables and part.texts)
    assert note_text(report.derived.risks[0], language) in part.texts


@pytest.mark.skipif(shutil.which("pdfinfo") is None, reason="pdfinfo is not installed")
@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize(("make", "most"), [(examined, 4), (child, 4)])
def test_report_of_a_child_has_at_most_four_pages(make, most, language):
    patient = make("1", protocol="CCLG-ALL-2008")
    if make is examined:  # a third measurement brings the plot
        stored(mrd(patient, 84, "not_detected"))
    pdf = patient_pdf(patient, language=language)
    told = subprocess.run(["pdfinfo", "-"], input=pdf, capture_output=True, check=True)
    pages = int(re.search(rb"Pages:\s+(\d+)", told.stdout)[1])
    assert 2 <= pages <= most


def test_short_rows_stand_in_two_halves_on_paper_and_none_is_lost():
    rows = [row(str(number)) for number in range(7)]
    made = table("", [Column("n", 100)], rows, two_up=True)
    left, right = made.halves
    assert [len(left), len(right)] == [4, 3]
    assert left + right == made.rows
    assert table("", [Column("n", 100)], rows).halves == (made.rows,)


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("50 × 10^9/L", "50 × 10<sup>9</sup>/L"),
        ("10⁻⁴", "10<sup>−4</sup>"),
        ("2^10", "2^10"),
    ],
)
def test_powers_of_ten_are_raised(text, printed):
    assert raised(f"<p>{text}</p>") == f"<p>{printed}</p>"


@override("en")
def test_another_leukaemia_gets_no_class_of_b_all():
    report = patient_report(child("1", diagnosis="t_all"), language="en")
    fact = next(item for item in report.answer.facts if item.label.startswith("Subtype"))
    assert (fact.value, fact.note) == ("T-ALL", "the classes of B-ALL are not applied")
