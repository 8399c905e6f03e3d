"""Who may enter, change and delete; what a deletion asks for; what the history shows."""

import pytest
from django.contrib import admin
from django.urls import reverse
from entry_pages import REASON, address, form_of, row

from reports import models
from reports.actions import save_record, writing
from reports.admin.record import RecordAdmin

ENTERED = [model for model, page in admin.site._registry.items() if isinstance(page, RecordAdmin)]


def test_reader_sees_the_record_and_can_save_nothing(staff, page, boy):
    client = staff("view_patient")
    text = client.get(page).content.decode()
    assert "2020-0001" in text
    assert 'name="_save"' not in text
    assert "Reason for the change" not in text
    assert client.post(page, {"code": "X", "change_reason": REASON}).status_code == 403
    assert client.post(page, {"_next": "1"}).status_code == 403
    delete = address(models.Patient, "delete", boy.pk)
    assert client.post(delete, {"post": "yes", "change_reason": REASON}).status_code == 403
    assert client.get(address(models.Patient, "add")).status_code == 403
    assert client.get(address(models.MlpaRun, "changelist")).status_code == 403
    assert models.Patient.objects.get().code == ""


def test_reader_cannot_save_through_the_form_of_a_former_version(staff, page, boy):
    client = staff("view_patient")
    former = boy.history.first().pk
    data = {"hospital_number": "HACKED", "diagnosis": "b_all", "centre": str(boy.centre_id)}
    url = address(models.Patient, "changelist") + f"{boy.pk}/history/{former}/"
    client.post(url, data | {"change_reason": REASON, "version": "1"}, follow=True)
    assert models.Patient.objects.get().hospital_number == "2020-0001"


def test_who_may_change_the_child_alone_leaves_the_rows_alone(staff, page, boy, store):
    store(models.Mrd(patient=boy, day=15, operator="not_detected"))
    client = staff("view_patient", "change_patient", "view_mrd")
    data = form_of(client, page)
    data |= {"code": "Z", "change_reason": REASON, "mrd-0-operator": "not_tested"}
    assert client.post(page, data | row("findings", 0, wbc="7")).status_code == 302
    assert models.Patient.objects.get().code == "Z"
    assert models.Mrd.objects.get().operator == "not_detected"
    assert not models.Findings.objects.exists()


def test_nobody_is_let_in_without_signing_in_or_being_staff(client, page, django_user_model):
    assert client.get(page).status_code == 302
    client.force_login(django_user_model.objects.create_user("doctor"))
    assert client.get(page).status_code == 302
    assert client.post(reverse("admin:reports_patient_by_name"), {"name": "王"}).status_code == 302


@pytest.mark.parametrize("model", ENTERED, ids=lambda model: model.__name__)
def test_many_are_never_deleted_at_once(admin_client, boy, mlpa, sequenced, model):
    found = {"gene": "IKZF1", "hgvs_c": "c.475A>T"}
    mlpa(boy, {4: "normal"}, run="M1")
    sequenced(boy, run="N1", variants=[found])
    keys = [str(pk) for pk in model.objects.values_list("pk", flat=True)]
    url = address(model, "changelist")
    assert "delete_selected" not in admin_client.get(url).content.decode()
    data = {"action": "delete_selected", "_selected_action": keys, "post": "yes"}
    admin_client.post(url, data)
    assert model.objects.count() == len(keys)


@pytest.mark.parametrize(
    "data",
    [{"post": "yes"}, {"any": "thing"}, {"change_reason": "  "}, {"change_reason": "a\x00b"}],
)
def test_deletion_without_a_reason_asks_again(admin_client, hospital, data):
    url = address(models.Centre, "delete", hospital.pk)
    response = admin_client.post(url, data)
    assert response.status_code == 200
    assert 'name="change_reason"' in response.content.decode()
    assert models.Centre.objects.exists()


def test_child_without_records_is_deleted_with_its_derived_status(admin_client, boy):
    with writing(by="tester", reason="assess") as act:
        act.touch(boy.pk)
    assert models.Ikzf1Assessment.objects.exists()
    url = address(models.Patient, "delete", boy.pk)
    assert admin_client.post(url, {"post": "yes", "change_reason": REASON}).status_code == 302
    assert not models.Patient.objects.exists()
    assert not models.Ikzf1Assessment.objects.exists()
    last = models.Patient.history.filter(id=boy.pk).first()
    assert (last.history_type, last.history_change_reason) == ("-", REASON)
    assert last.history_user.username == "admin"
    event = models.AuditEvent.objects.get(act="deleted")
    assert (event.who, event.why, event.kind) == ("admin", REASON, "patient")
    history = admin_client.get(address(models.Patient, "history", boy.pk)).content.decode()
    assert "deleted" in history
    assert REASON in history


def test_history_page_says_who_when_what_why_and_old_to_new(admin_client, page, boy):
    data = form_of(admin_client, page) | {"change_reason": REASON, "sex": "female", "name": "王"}
    admin_client.post(page, data)
    text = admin_client.get(address(models.Patient, "history", boy.pk)).content.decode()
    assert "Sex: <del>male</del> → <ins>female</ins>" in text
    assert "Name: <del>—</del> → <ins>王</ins>" in text
    assert REASON in text
    assert ">admin<" in text
    assert "Version" not in text
    assert reverse("patient_history", args=[boy.pk]) in text


def test_oldest_change_of_a_page_of_history_is_shown_too(admin_client, boy, monkeypatch):
    monkeypatch.setattr(RecordAdmin, "history_list_per_page", 1)
    boy.code = "NEWER"
    save_record(record=boy, by="tester", reason="r")
    text = admin_client.get(address(models.Patient, "history", boy.pk)).content.decode()
    assert "Study code: <del>—</del> → <ins>NEWER</ins>" in text


def test_each_stroke_in_the_page_leaves_its_audit_event_and_history(admin_client, page, boy, store):
    mrd = store(models.Mrd(patient=boy, day=15, operator="not_detected"))
    data = form_of(admin_client, page) | {"change_reason": REASON, "mrd-0-DELETE": "on"}
    data |= row("marrow", 0, day="15", status="m1")
    before = set(models.AuditEvent.objects.values_list("pk", flat=True))
    assert admin_client.post(page, data).status_code == 302
    events = models.AuditEvent.objects.exclude(pk__in=before)
    assert {(event.act, event.kind, event.who, event.why) for event in events} >= {
        ("deleted", "mrd", "admin", REASON),
        ("created", "marrowassessment", "admin", REASON),
    }
    assert models.Mrd.history.filter(id=mrd.pk).first().history_type == "-"
    row_ = models.MarrowAssessment.history.get()
    assert (row_.history_who, row_.history_change_reason) == ("admin", REASON)
    assert models.Patient.history.count() == 1


def test_next_follows_the_list_that_the_record_was_opened_from(admin_client, register):
    children = [register(f"2020-{n}", sex=sex) for n, sex in enumerate(("male", "female", "male"))]
    filters = "?_changelist_filters=sex%3Dmale%26o%3D-1"
    url = address(models.Patient, "change", children[2].pk) + filters
    data = form_of(admin_client, url) | {"change_reason": REASON, "_next": "1", "sex": "female"}
    response = admin_client.post(url, data)
    assert response["Location"] == address(models.Patient, "change", children[0].pk) + filters
    data = form_of(admin_client, response["Location"]) | {"change_reason": REASON, "_next": "1"}
    response = admin_client.post(response["Location"], data)
    assert response["Location"].startswith(address(models.Patient, "changelist"))


def test_status_is_said_after_the_save_and_stands_on_top_of_the_page(admin_client, page, boy):
    data = form_of(admin_client, page) | {"change_reason": REASON, "_continue": "1"}
    data |= row("findings", 0, wbc="1306", blasts_marrow="92")
    response = admin_client.post(page, data, follow=True)
    said = [str(message) for message in response.context["messages"]]
    status = models.Ikzf1Assessment.objects.get()
    assert status.state == "not_tested"
    assert any("2020-0001" in line and "not tested" in line for line in said)
    assert any("1306 is outside the usual range 0.1 to 1000" in line for line in said)
    text = response.content.decode()
    assert text.index("IKZF1 status, derived") < text.index('name="hospital_number"')
    assert "field-ikzf1_explained" in text
