"""Two people at one record: no lost update, and nothing typed is out of sight."""

from entry_pages import REASON, address, form_of, row

from reports import models
from reports.actions import delete_record, save_record


def test_conflict_page_shows_everything_typed_beside_what_is_stored(admin_client, page, boy, store):
    admin_client.raise_request_exception = False
    marrow = store(models.MarrowAssessment(patient=boy, day=15, status="m1"))
    data = form_of(admin_client, page)
    data |= {"code": "<b>MINE</b>", "change_reason": REASON, "marrow-0-status": "m3"}
    data |= row("mrd", 0, day="33", operator="<", fraction="0.00012", method="flow")
    marrow.status = "m2"
    save_record(record=marrow, by="somebody else", reason="meanwhile")
    response = admin_client.post(page, data)
    assert response.status_code == 409
    shown = {(entry.field, entry.typed, entry.stored) for entry in response.wsgi_request.typed}
    assert {
        ("Study code", "<b>MINE</b>", "—"),
        ("Marrow", "M3 (25 % and more)", "M2 (5 % to below 25 %)"),
        ("MRD (fraction)", "0.00012", "—"),
    } <= shown
    text = response.content.decode()
    assert "&lt;b&gt;MINE&lt;/b&gt;" in text
    assert "somebody else" in text
    assert f'href="{page}"' in text
    assert models.Patient.objects.get().code == ""
    assert models.MarrowAssessment.objects.get().status == "m2"
    assert not models.Mrd.objects.exists()


def test_row_removed_meanwhile_is_answered_by_the_conflict_page(admin_client, page, boy, store):
    admin_client.raise_request_exception = False
    marrow = store(models.MarrowAssessment(patient=boy, day=15, status="m1"))
    data = form_of(admin_client, page) | {"marrow-0-status": "m3", "change_reason": REASON}
    delete_record(record=marrow, by="somebody else", reason="of another child")
    response = admin_client.post(page, data)
    assert response.status_code == 409
    assert "has been removed" in response.content.decode()
    assert not models.MarrowAssessment.objects.exists()


def test_row_left_alone_is_not_overwritten_with_what_the_page_still_showed(
    admin_client, page, boy, store
):
    admin_client.raise_request_exception = False
    marrow = store(models.MarrowAssessment(patient=boy, day=15, status="m1"))
    data = form_of(admin_client, page) | {"code": "mine", "change_reason": REASON}
    marrow.status = "m2"
    save_record(record=marrow, by="somebody else", reason="meanwhile")
    assert admin_client.post(page, data).status_code == 409
    assert models.MarrowAssessment.objects.get().status == "m2"


def test_form_without_its_version_overwrites_nothing(admin_client, page, boy):
    admin_client.raise_request_exception = False
    data = form_of(admin_client, page) | {"code": "MINE", "change_reason": REASON}
    del data["version"]
    assert admin_client.post(page, data).status_code == 409
    assert models.Patient.objects.get().code == ""


def test_findings_entered_by_two_people_meet_at_the_conflict_page(admin_client, page, boy, store):
    admin_client.raise_request_exception = False
    data = form_of(admin_client, page) | {"change_reason": REASON}
    data |= row("findings", 0, wbc="7")
    store(models.Findings(patient=boy, wbc=5.0), by="somebody else")
    response = admin_client.post(page, data)
    assert response.status_code == 409
    text = response.content.decode()
    assert "somebody else" in text
    assert "<td>7</td>" in text
    assert models.Findings.objects.get().wbc == 5.0


def test_record_removed_meanwhile_is_not_made_again(admin_client, boy, mlpa):
    sample = mlpa(boy, {}, run="M1")
    url = address(models.MlpaSample, "change", sample.pk)
    data = form_of(admin_client, url) | {"change_reason": REASON, "sample_quality": "adequate"}
    delete_record(record=sample, by="somebody else", reason="of another child")
    assert admin_client.post(url, data).status_code == 302
    assert not models.MlpaSample.objects.exists()
