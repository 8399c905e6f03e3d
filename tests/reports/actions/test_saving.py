"""Every write leaves history, an audit event and a fresh assessment, or leaves nothing at all."""

import dataclasses
from io import StringIO

import pytest
from concurrency.exceptions import RecordModifiedError
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, connection
from django.db.models import ProtectedError
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from reports import models
from reports.actions import (
    Saved,
    assess,
    delete_record,
    reassess,
    save_record,
    save_records,
    store_report,
    writing,
)
from reports.models import Act
from reports.models.door import Holder, open_door

pytestmark = pytest.mark.django_db


@pytest.fixture
def doctor(django_user_model):
    return django_user_model.objects.create_user("doctor")


def line_of(row):
    return row.history_type, row.history_who, row.history_user, row.history_change_reason


def test_history_says_who_what_and_why(boy, doctor):
    boy.code = "Z-1"
    save_record(record=boy, by=doctor, reason=" study code ")
    rows = models.Patient.history.filter(id=boy.pk).order_by("history_id")
    assert [line_of(row) for row in rows] == [
        ("+", "tester", None, "entered for a test"),
        ("~", "doctor", doctor, "study code"),
    ]
    assert [row.code for row in rows] == ["", "Z-1"]
    assert [row.version for row in rows] == [1, 2]


def test_same_record_keeps_nothing_of_who_saved_it_before(boy, doctor):
    boy.code = "Z-1"
    save_record(record=boy, by=doctor, reason="first")
    boy.code = "Z-2"
    save_records(records=[boy], by="tester", reason="second")
    assert line_of(models.Patient.history.first()) == ("~", "tester", None, "second")


def test_audit_event_names_the_record_and_its_fields_but_no_value(boy, doctor):
    boy.name = "Anna"
    save_record(record=boy, by=doctor, reason="name")
    event = models.AuditEvent.objects.filter(act=Act.CHANGED, kind="patient").get()
    assert (event.who, event.why, event.key) == ("doctor", "name", str(boy.pk))
    assert "name" in event.details["fields"]
    assert "Anna" not in str(event.details) + event.label


def test_record_that_does_not_differ_is_left_alone(boy, register):
    before = models.Patient.history.count(), models.AuditEvent.objects.count()
    again = models.Patient.objects.get()
    assert save_record(record=again, by="tester", reason="again") is False
    assert save_records(records=[again], by="tester", reason="again") == Saved(0, 0)
    assert (models.Patient.history.count(), models.AuditEvent.objects.count()) == before
    assert models.Patient.objects.get().version == boy.version


@pytest.mark.parametrize(
    "save",
    [
        lambda record: save_record(record=record, by="tester", reason="second"),
        lambda record: save_records(records=[record], by="tester", reason="second"),
    ],
    ids=["one", "many"],
)
def test_later_save_of_an_older_reading_is_refused(boy, save):
    mine, theirs = models.Patient.objects.get(), models.Patient.objects.get()
    theirs.code = "theirs"
    save_records(records=[theirs], by="tester", reason="first")
    mine.protocol = "mine"
    with pytest.raises(RecordModifiedError):
        save(mine)
    stored = models.Patient.objects.get()
    assert (stored.code, stored.protocol) == ("theirs", "")


def test_version_goes_on_the_same_way_on_both_paths(boy):
    for number, save in enumerate(["one", "many", "one"], start=2):
        boy.code = f"Z-{number}"
        if save == "one":
            save_record(record=boy, by="tester", reason="code")
        else:
            save_records(records=[boy], by="tester", reason="code")
        assert boy.version == models.Patient.objects.get().version == number


def test_one_bad_record_undoes_the_whole_action(hospital, boy):
    good = models.Patient(centre=hospital, hospital_number="8", diagnosis="b_all")
    twin = models.Patient(centre=hospital, hospital_number=boy.hospital_number, diagnosis="b_all")
    events = models.AuditEvent.objects.count()
    with pytest.raises(IntegrityError), writing(by="tester", reason="a file"):
        save_record(record=good, by="tester", reason="a file")
        save_records(records=[twin], by="tester", reason="a file")
    assert models.Patient.objects.count() == models.Patient.history.count() == 1
    assert models.AuditEvent.objects.count() == events


def test_action_that_swallowed_a_failure_cannot_be_stored_in_part(hospital):
    good = models.Patient(centre=hospital, hospital_number="8", diagnosis="b_all")
    with pytest.raises(TransactionManagementError), writing(by="tester", reason="a file"):
        save_record(record=good, by="tester", reason="a file")
        with pytest.raises(ValidationError):
            save_record(record=models.Centre(code=""), by="tester", reason="a file")
        save_record(record=models.Centre(code="H9"), by="tester", reason="a file")
    assert not models.Patient.objects.exists()


def test_action_without_a_person_is_refused(boy):
    boy.code = "Z"
    with pytest.raises(ValueError, match="person"):
        save_record(record=boy, by="", reason="nobody")


def test_new_records_may_point_to_new_ones_in_any_order(hospital):
    child = models.Patient(centre=hospital, hospital_number="5", diagnosis="b_all")
    specimen = models.Specimen(patient=child, number="S1")
    run = models.MlpaRun(centre=hospital, name="M1")
    sample = models.MlpaSample(run=run, specimen=specimen, sample_quality="adequate")
    probe = models.ProbeRatio(sample=sample, gene="IKZF1", exon="4", call="het_del")
    saved = save_records(records=[probe, sample, run, specimen, child], by="tester", reason="file")
    assert saved == Saved(created=5)
    assert models.ProbeRatio.objects.get().owner == child
    assert models.ProbeRatio.history.get().id == probe.pk


# --- the assessment that follows ------------------------------------------------------------------


def test_records_of_a_child_are_assessed_by_themselves(boy, mlpa):
    assert boy_status(boy) == ("not_tested", "not_tested")
    mlpa(boy, dict.fromkeys(range(1, 9), "normal") | {4: "het_del", 5: "het_del"}, run="M1")
    assert boy_status(boy) == ("altered", "altered")


def boy_status(boy):
    found = models.Ikzf1Assessment.objects.get(patient=boy)
    return found.state, found.large_deletion


def test_override_of_a_call_changes_the_status_and_former_ones_stay_in_history(boy, mlpa):
    mlpa(boy, dict.fromkeys(range(1, 9), "normal") | {4: "het_del", 5: "het_del"}, run="M1")
    for probe in models.ProbeRatio.objects.filter(call="het_del"):
        probe.override_call, probe.override_by = "normal", "Dr. A"
        probe.override_reason = "seen in the constitutional sample"
        save_record(record=probe, by="tester", reason="second look")
    assert boy_status(boy) == ("not_tested", "not_detected")
    former = models.Ikzf1Assessment.history.filter(patient=boy).order_by("history_id")
    # Entered, MLPA, the first override leaves exon 5 deleted alone, the second none.
    assert [row.large_deletion for row in former] == [
        "not_tested", "altered", "altered", "not_detected",
    ]  # fmt: skip
    assert {row.history_who for row in former} == {"tester"}


@pytest.fixture
def assessed(monkeypatch):
    """Patient ids of each time that the assessment is worked out, in order."""
    calls = []
    original = reassess

    def counted(*, patient_ids, by, reason):
        calls.append(sorted(patient_ids))
        return original(patient_ids=patient_ids, by=by, reason=reason)

    monkeypatch.setattr("reports.actions.assess.reassess", counted)
    return calls


def test_each_child_is_assessed_once_at_the_end_of_the_outermost_action(
    hospital, register, assessed
):
    first, second = register("1"), register("2")
    assessed.clear()
    with writing(by="tester", reason="a file"):
        for child in (first, second, first):
            number = f"S{models.Specimen.objects.count()}"
            specimen = models.Specimen(patient=child, number=number)
            save_record(record=specimen, by="tester", reason="a file")
        first.code = "Z"
        save_records(records=[first], by="tester", reason="a file")
        assert assessed == []
    assert assessed == [[first.pk, second.pk]]


def test_change_of_a_panel_assesses_the_children_who_were_sequenced_with_it(
    boy, register, sequenced, assessed
):
    register("2")
    sample = sequenced(boy, run="N1", genes="NRAS")
    assert models.Ikzf1Assessment.objects.get(patient=boy).sequence_variant == "not_tested"
    assessed.clear()
    panel = models.Panel.objects.get(pk=sample.panel_id)
    panel.panel_genes = "NRAS;IKZF1"
    save_record(record=panel, by="tester", reason="the list was incomplete")
    assert assessed == [[boy.pk]]
    assert models.Ikzf1Assessment.objects.get(patient=boy).sequence_variant == "not_detected"


def test_record_moved_to_another_child_assesses_both(boy, register, mlpa):
    other = register("2")
    sample = mlpa(boy, dict.fromkeys(range(1, 9), "hom_del"), run="M1")
    specimen = sample.specimen
    specimen.patient = other
    save_record(record=specimen, by="tester", reason="tubes were swapped")
    assert boy_status(boy) == ("not_tested", "not_tested")
    assert boy_status(other) == ("altered", "altered")


def test_second_assessment_of_the_same_evidence_writes_nothing(boy, mlpa, monkeypatch):
    mlpa(boy, {4: "het_del"}, run="M1")
    rows = models.Ikzf1Assessment.history.count()
    assert reassess(patient_ids=[boy.pk], by="tester", reason="again") == 0
    assert models.Ikzf1Assessment.history.count() == rows


def test_new_version_of_the_rule_works_the_answer_out_again(boy, monkeypatch):
    rule = assess.ikzf1_status
    monkeypatch.setattr(
        assess,
        "ikzf1_status",
        lambda evidence: dataclasses.replace(rule(evidence), rule_version="next"),
    )
    assert reassess(patient_ids=[boy.pk], by="tester", reason="new rule") == 1
    assert models.Ikzf1Assessment.objects.get(patient=boy).rule_version == "next"


def test_number_of_queries_of_an_import_does_not_grow_with_children(
    hospital, django_assert_max_num_queries
):
    def children(first, count):
        for number in range(first, first + count):
            child = models.Patient(centre=hospital, hospital_number=str(number), diagnosis="b_all")
            yield child
            yield models.Findings(patient=child, wbc=10)

    with CaptureQueriesContext(connection) as few:
        save_records(records=children(1, 2), by="tester", reason="file")
    with django_assert_max_num_queries(len(few)):
        save_records(records=children(100, 40), by="tester", reason="file")
    assert models.Ikzf1Assessment.objects.count() == 42


# --- deleting -------------------------------------------------------------------------------------


def test_deleted_record_stays_in_history_with_the_reason_and_the_child_is_assessed(boy, mlpa):
    sample = mlpa(boy, {4: "het_del"}, run="M1")
    probe = sample.probes.get()
    pk = probe.pk
    delete_record(record=probe, by="tester", reason="wrong child")
    last = models.ProbeRatio.history.filter(id=pk).first()
    assert line_of(last) == ("-", "tester", None, "wrong child")
    assert last.call == "het_del"
    event = models.AuditEvent.objects.get(act=Act.DELETED)
    assert (event.why, event.details["call"]) == ("wrong child", "het_del")
    assert boy_status(boy)[1] != "altered"


def test_deletion_without_a_reason_is_refused(boy):
    with pytest.raises(ValueError, match="reason"):
        delete_record(record=boy, by="tester", reason="  ")
    assert models.Patient.objects.exists()


def test_child_with_records_cannot_be_deleted(boy, mlpa):
    mlpa(boy, {4: "het_del"}, run="M1")
    with pytest.raises(ProtectedError):
        delete_record(record=boy, by="tester", reason="moved away")
    assert models.Patient.objects.exists()
    assert not models.AuditEvent.objects.filter(act=Act.DELETED).exists()


def test_child_without_records_goes_with_its_assessment_and_both_stay_in_history(boy):
    pk = boy.pk
    delete_record(record=boy, by="tester", reason="entered twice")
    assert not models.Ikzf1Assessment.objects.exists()
    gone = line_of(models.Patient.history.filter(id=pk).first())
    assert gone == ("-", "tester", None, "entered twice")
    assert line_of(models.Ikzf1Assessment.history.filter(patient_id=pk).first()) == gone


# --- reports --------------------------------------------------------------------------------------


def printed(boy, pdf, **options):
    return store_report(
        by="tester", reason="asked for", number="R1", pdf=pdf, snapshot={"a": 1}, language="en",
        patient=boy, **options,
    )  # fmt: skip


def test_same_bytes_are_the_same_version_and_new_bytes_the_next(boy):
    first = printed(boy, b"%PDF-1")
    assert printed(boy, b"%PDF-1") == first
    second = printed(boy, b"%PDF-2")
    assert [v.number for v in models.ReportVersion.objects.all()] == [1, 2]
    assert bytes(second.pdf) == b"%PDF-2"
    # sha256sum of the text %PDF-2, worked out with coreutils
    assert second.sha256 == "468b145bbc44c6e9436af27c6aa4378a76b0e1c52829f59abd537da87572f240"
    assert models.AuditEvent.objects.filter(act=Act.PRINTED).count() == 3


def test_every_status_follows_a_new_rule_and_a_second_run_writes_nothing(boy, mlpa):
    mlpa(boy, {4: "het_del"}, run="M1")
    with open_door(Holder("tester")):
        models.Ikzf1Assessment.objects.update(rule_version="former", state="not_detected")
    said = []
    for _run in range(2):
        out = StringIO()
        call_command("reassess", stdout=out)
        said.append(out.getvalue().strip())
    assert said == ["1 statuses worked out anew.", "0 statuses worked out anew."]
    assert models.Ikzf1Assessment.objects.get(patient=boy).state == "altered"
