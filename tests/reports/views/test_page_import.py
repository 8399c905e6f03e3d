"""The import page: nothing is stored unconfirmed, and what is confirmed is what was previewed."""

import io
import re

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from reports.importers.workbook import MAX_BYTES
from reports.models import AuditEvent, ImportBatch, Patient

HEADINGS = "centre,hospital_number,sex,birth_date,diagnosis_date,diagnosis,wbc\n"
GOOD = HEADINGS + "DEMO,I-1,male,2015-02-03,2020-01-02,B-ALL,6.49\n"
MORE = GOOD + "DEMO,I-2,F,2016/1/2,20200304,B-ALL,12\n"
BAD = HEADINGS + "DEMO,I-1,male,2015-02-30,2020-01-02,B-ALL,9999\n"
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def manager_client(client, data_manager):
    client.force_login(data_manager)
    return client


def send(client, text, name="children.csv", **more):
    table = SimpleUploadedFile(name, text.encode() if isinstance(text, str) else text)
    return client.post(reverse("import"), {"table": table, "sheet": "patients", **more})


def previewed(client, text, **more):
    """The preview's address and text."""
    response = send(client, text, **more)
    assert response.status_code == 302, response.content.decode()
    address = response["Location"]
    return address, client.get(address).content.decode()


def seen(text):
    return re.search(r'name="seen" value="([0-9a-f]{64})"', text).group(1)


def confirm(client, address, text, reason="from the clinic's list"):
    return client.post(f"{address}confirm/", {"reason": reason, "seen": seen(text)})


def test_preview_counts_and_stores_nothing(manager_client):
    _address, text = previewed(manager_client, MORE)
    row = re.search(r"patients</th>(.*?)</tr>", text, re.S).group(1)
    assert re.findall(r">(\d+)<", row) == ["2", "0", "0", "0"]
    assert not Patient.objects.exists()
    assert not ImportBatch.objects.exists()


def test_confirmation_stores_with_person_and_reason(manager_client):
    address, text = previewed(manager_client, GOOD)
    response = confirm(manager_client, address, text)
    assert response["Location"] == "/"
    patient = Patient.objects.get(hospital_number="I-1")
    entry = patient.history.get()
    assert (entry.history_user.username, entry.history_change_reason) == (
        "manager",
        "from the clinic's list",
    )
    assert ImportBatch.objects.get().who == "manager"
    assert AuditEvent.objects.filter(act="imported", who="manager").count() == 1
    assert "children.csv is stored" in manager_client.get("/").content.decode()


def test_confirmation_needs_a_reason(manager_client):
    address, text = previewed(manager_client, GOOD)
    response = confirm(manager_client, address, text, reason="  ")
    assert response.status_code == 400
    assert "Say why" in response.content.decode()
    assert not Patient.objects.exists()


def test_confirming_twice_stores_once(manager_client):
    address, text = previewed(manager_client, GOOD)
    confirm(manager_client, address, text)
    again = confirm(manager_client, address, text)
    assert again["Location"] == reverse("import")
    assert Patient.objects.count() == ImportBatch.objects.count() == 1


def test_same_file_again_shows_nothing_to_confirm(manager_client):
    address, text = previewed(manager_client, GOOD)
    confirm(manager_client, address, text)
    _address, text = previewed(manager_client, GOOD)
    assert "there is nothing to confirm" in text
    assert "The very same file was imported" in text
    assert 'name="reason"' not in text


def test_change_shows_old_and_new_value(manager_client):
    address, text = previewed(manager_client, GOOD)
    confirm(manager_client, address, text)
    _address, text = previewed(manager_client, GOOD.replace("6.49", "7.5"))
    assert "<del>6.49</del> → <ins>7.5</ins>" in text


def test_errors_are_placed_and_leave_nothing_to_confirm(manager_client):
    address, text = previewed(manager_client, BAD)
    assert "Nothing can be stored while there are 2 errors." in text
    assert 'name="reason"' not in text
    for place in ("birth_date", "2015-02-30", "wbc", "9999"):
        assert place in text
    assert 'class="number">2</td>' in text
    forced = manager_client.post(f"{address}confirm/", {"reason": "x", "seen": "0" * 64})
    assert forced.status_code == 302
    assert not Patient.objects.exists()


def test_errors_are_refused_even_with_the_right_fingerprint(manager_client):
    from reports.importers.clinical import check_bytes
    from reports.views.imports import fingerprint

    address, _text = previewed(manager_client, BAD)
    right = fingerprint(check_bytes(BAD.encode(), name="children.csv", sheet="patients"))
    manager_client.post(f"{address}confirm/", {"reason": "x", "seen": right})
    assert not Patient.objects.exists()


def test_bad_rows_can_be_downloaded_with_reasons(manager_client):
    address, _text = previewed(manager_client, BAD)
    response = manager_client.get(f"{address}errors.xlsx")
    assert 'filename="children-errors.xlsx"' in response["Content-Disposition"]
    book = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content)))
    cells = {str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row}
    assert "2015-02-30" in cells
    assert "birth_date" in cells


def test_template_can_be_downloaded_and_read_back(manager_client):
    response = manager_client.get(reverse("import_template"))
    content = b"".join(response.streaming_content)
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert {"patients", "mrd", "mlpa", "variants"} <= set(book.sheetnames)
    _address, text = previewed(manager_client, content, name="template.xlsx")
    assert "Nothing can be stored" not in text


def test_workbook_in_chinese_for_a_reader_of_chinese(manager_client):
    manager_client.post("/i18n/setlang/", {"language": "zh-hans", "next": "/"})
    response = manager_client.get(reverse("import_template"))
    book = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content)))
    assert "患者" in book.sheetnames


def test_mapping_is_applied(manager_client):
    mapping = b"""
version: 1
title: Another clinic
records:
  - sheet: patients
    columns:
      centre: {constant: XM}
      hospital_number: {column: ID}
      diagnosis: {constant: b_all}
ignore: [Comment]
"""
    uploaded = SimpleUploadedFile("map.yaml", mapping)
    response = send(manager_client, "ID,Comment\n77,x\n", mapping=uploaded)
    if response.status_code != 302:
        pytest.fail(re.sub(r"<[^>]+>", " ", response.content.decode()))
    text = manager_client.get(response["Location"]).content.decode()
    confirm(manager_client, response["Location"], text)
    assert Patient.objects.get().hospital_number == "77"
    assert ImportBatch.objects.get().mapping == "Another clinic"


@pytest.mark.parametrize("mapping", [b"\xff\xfe\x00", b"- just\n- a list\n", b"title: [unclosed"])
def test_bad_mapping_is_told_at_the_upload(manager_client, mapping):
    response = send(manager_client, GOOD, mapping=SimpleUploadedFile("map.yaml", mapping))
    assert response.status_code == 400
    assert 'class="error"' in response.content.decode()


def test_file_over_the_limit_is_refused_with_both_sizes(manager_client, monkeypatch):
    monkeypatch.setattr("reports.views.import_forms.MAX_BYTES", 1024 * 1024)
    response = send(manager_client, GOOD + "x" * (1024 * 1024))
    assert response.status_code == 400
    assert "The file has 1.0 MB; at most 1 MB are accepted." in response.content.decode()
    assert MAX_BYTES == 50 * 1024 * 1024


@pytest.mark.parametrize(("text", "said"), [("", "The file is empty."), (None, "Choose a file.")])
def test_empty_or_missing_file_is_told(manager_client, text, said):
    if text is None:
        response = manager_client.post(reverse("import"), {"sheet": "patients"})
    else:
        response = send(manager_client, text)
    assert response.status_code == 400
    assert said in response.content.decode()


def test_file_that_is_no_table_is_told_in_the_preview(manager_client):
    _address, text = previewed(manager_client, b"%PDF-1.7 nonsense")
    assert "This is a PDF file, not a table." in text


def test_another_session_can_neither_see_nor_confirm(manager_client, client, django_user_model):
    from django.test import Client

    address, text = previewed(manager_client, GOOD)
    other = Client()
    other.force_login(
        django_user_model.objects.create_superuser("other", password="a long enough word")
    )
    assert other.get(address)["Location"] == reverse("import")
    assert confirm(other, address, text)["Location"] == reverse("import")
    assert not Patient.objects.exists()


def test_changed_file_on_disk_is_not_stored(manager_client, tmp_path):
    address, text = previewed(manager_client, GOOD)
    (kept,) = (tmp_path / "uploads").glob("*/table")
    kept.write_text(MORE)
    assert confirm(manager_client, address, text)["Location"] == reverse("import")
    assert not Patient.objects.exists()


def test_outcome_other_than_the_one_seen_is_shown_again(manager_client, enter):
    address, text = previewed(manager_client, GOOD)
    enter("I-1", sex="male", deleted=False)
    assert confirm(manager_client, address, text)["Location"] == address
    assert "look again" in manager_client.get(address).content.decode()
    assert str(Patient.objects.get(hospital_number="I-1").birth_date) == "2014-01-15"


def test_hostile_text_is_shown_as_text(manager_client):
    text = GOOD.replace("B-ALL", HOSTILE)
    _address, page = previewed(manager_client, text, name=f"{HOSTILE[:8]}.csv")
    assert HOSTILE not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_hostile_but_legal_text_is_stored_and_shown_as_itself(manager_client):
    headings = GOOD.replace("wbc", "code").replace("6.49", HOSTILE)
    address, text = previewed(manager_client, headings)
    confirm(manager_client, address, text)
    assert Patient.objects.get().code == HOSTILE
    page = manager_client.get("/").content.decode()
    assert HOSTILE not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
