"""The cohort page: which children, their tables, the report and the numbers."""

import io
import json
import re
from hashlib import sha256

import pikepdf
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from reports.actions import freeze_cohort, save_record, writing
from reports.cohort_content import cohort_content
from reports.documents.cohort_withheld import withheld_pdf, withheld_report
from reports.documents.pdf import DocumentError
from reports.models import AuditEvent, SavedCohort

HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def saved(db, doctor):
    def save(definition, **fields):
        cohort = SavedCohort(**{"name": "ours", "definition": definition, **fields})
        save_record(record=cohort, by=doctor, reason="defined")
        return cohort

    return save


def page(client, cohort=None):
    query = {"cohort": cohort.pk} if cohort else {}
    return client.get(reverse("cohort"), query).content.decode()


def test_page_shows_flow_tables_and_figures_of_all_children(doctor_client, enter):
    enter("A-1")
    enter("B-2", deleted=False)
    enter("C-3", diagnosis="t_all")
    text = page(doctor_client)
    for title in ("Definition and flow", "Table 1", "IKZF1 deletions", "Synthetic data: 2 of 2"):
        assert title in text
    assert "Diagnosis: B-ALL" in text
    assert 'aria-labelledby="deletion-map-title' in text


def test_empty_database_has_a_page(doctor_client):
    assert doctor_client.get(reverse("cohort")).status_code == 200


def test_saved_cohort_is_chosen(doctor_client, enter, saved):
    enter("A-1")
    enter("B-2", sex="male")
    cohort = saved({"diagnosis": "b_all", "age_below": 1}, title="Infants")
    text = page(doctor_client, cohort)
    assert f'<option value="{cohort.pk}" selected>ours · Infants</option>' in text
    assert "Age at diagnosis (years) &lt; 1" in text


@pytest.mark.parametrize("key", ["999", "x", "1;drop", "²"])
def test_unknown_cohort_is_not_found(doctor_client, key):
    assert doctor_client.get(reverse("cohort"), {"cohort": key}).status_code == 404
    assert doctor_client.get(reverse("cohort_data"), {"cohort": key}).status_code == 404
    answer = doctor_client.post(reverse("cohort_report"), {"cohort": key, "language": "en"})
    assert answer.status_code == 404


def test_definition_that_cannot_be_applied_is_told(doctor_client, saved):
    """One that a former edition knew: nobody could store it today."""
    cohort = saved({"diagnosis": "b_all"})
    cohort.definition = {"shoe_size": 12}
    with writing(by="an older edition", reason="stored"):
        cohort.save()
    text = page(doctor_client, cohort)
    assert "Unknown criterion: shoe_size" in text
    assert "Make the report" not in text
    sent = {"cohort": cohort.pk, "language": "en"}
    assert doctor_client.post(reverse("cohort_report"), sent)["Location"].endswith(f"={cohort.pk}")
    assert doctor_client.get(reverse("cohort_data"), sent).status_code == 302


def test_report_is_a_pdf_to_keep_and_its_making_is_written_down(doctor_client, enter):
    enter("A-1")
    enter("B-2", deleted=False)
    response = doctor_client.post(reverse("cohort_report"), {"language": "en"})
    assert response["Content-Disposition"] == 'attachment; filename="ikzf1-b-all-en.pdf"'
    with pikepdf.open(io.BytesIO(response.content)) as pdf:
        assert len(pdf.pages) >= 1
    event = AuditEvent.objects.get(act="printed")
    assert (event.who, event.details["language"], event.details["cohort"]) == ("doctor", "en", "")


def test_report_in_another_language_is_refused(doctor_client):
    assert doctor_client.post(reverse("cohort_report"), {"language": "fr"}).status_code == 400


def test_numbers_are_json_to_keep_and_their_export_is_written_down(doctor_client, enter, saved):
    enter("A-1")
    enter("B-2", deleted=False)
    cohort = saved({"diagnosis": "b_all"})
    response = doctor_client.get(reverse("cohort_data"), {"cohort": cohort.pk})
    numbers = json.loads(response.content)
    assert response["Content-Disposition"] == 'attachment; filename="ikzf1-ours.json"'
    assert numbers["cohort"]["children"] == 2
    female = next(row for row in numbers["table1"] if row["label"] == "Female")
    assert (female["groups"][0]["n"], female["groups"][0]["of"]) == (2, 2)
    event = AuditEvent.objects.get(act="exported")
    assert (event.who, event.kind, event.key) == ("doctor", "savedcohort", str(cohort.pk))


def test_queries_do_not_grow_with_children(doctor_client, enter):
    enter("A-1")
    with CaptureQueriesContext(connection) as one:
        page(doctor_client)
    enter("B-2")
    enter("C-3")
    with CaptureQueriesContext(connection) as three:
        page(doctor_client)
    assert len(three) == len(one)


def test_hostile_text_is_shown_as_text(doctor_client, saved):
    cohort = saved({}, title=HOSTILE, description=HOSTILE)
    text = page(doctor_client, cohort)
    assert HOSTILE not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text


def test_report_that_cannot_be_made_says_why(doctor_client, enter, monkeypatch):
    def fails(*args, **options):
        raise DocumentError("no font has the character □")

    monkeypatch.setattr("reports.documents.cohort.cohort_pdf", fails)
    response = doctor_client.post(reverse("cohort_report"), {"language": "en"}, follow=True)
    assert "The report could not be made: no font has" in response.content.decode()
    assert not AuditEvent.objects.filter(act="printed").exists()


def test_summary_for_other_centres_holds_no_child_and_is_written_down(doctor_client, enter, saved):
    for number in range(6):
        enter(f"A-{number}")
    enter("A-7", deleted=False)
    cohort = saved({"diagnosis": "b_all"})
    address = reverse("cohort_summary", query={"cohort": cohort.pk})
    assert address in page(doctor_client, cohort)
    response = doctor_client.get(address)
    assert response["Content-Disposition"] == 'attachment; filename="ikzf1-ours-summary.json"'
    summary = json.loads(response.content)
    assert summary["threshold"] == 5
    # One child is fewer than five: the group is named, and nothing is said of it.
    assert {group["key"]: group["n"] for group in summary["groups"]} == {
        "altered": 6,
        "not_detected": "<5",
    }
    assert all(table["groups"][1] is None for table in summary["tables"])
    assert b"A-1" not in response.content
    event = AuditEvent.objects.get(act="exported")
    assert (event.who, event.details["format"]) == ("doctor", "ikzf1-cohort-summary")


def test_summary_of_a_frozen_cohort_is_that_of_the_day_it_was_frozen(
    doctor_client, enter, saved, doctor
):
    for number in range(6):
        enter(f"A-{number}")
    cohort = saved({"diagnosis": "b_all"})
    row = freeze_cohort(cohort=cohort, by=doctor, reason="published")
    then = json.loads(doctor_client.get(reverse("cohort_summary"), {"cohort": cohort.pk}).content)
    enter("A-9")
    address = reverse("cohort_summary", query={"cohort": f"frozen-{row.number}"})
    shown = doctor_client.get(reverse("cohort"), {"cohort": f"frozen-{row.number}"})
    assert address in shown.content.decode()
    kept = json.loads(doctor_client.get(address).content)
    assert kept["centre"] == f"Frozen cohort {row.number}"
    assert kept | {"centre": ""} == then | {"centre": ""}
    now = json.loads(doctor_client.get(reverse("cohort_summary"), {"cohort": cohort.pk}).content)
    assert now["groups"] != kept["groups"]


def test_report_for_other_eyes_withholds_small_counts_and_says_so_in_its_name(doctor_client, enter):
    for number in range(6):
        enter(f"A-{number}")
    enter("A-7", deleted=False)
    asked = {"language": "en", "withhold": "5"}
    response = doctor_client.post(reverse("cohort_report"), asked)
    assert response["Content-Disposition"].endswith('b-all-en-withheld-5.pdf"')
    found = withheld_report(cohort_content(None), language="en", threshold=5)
    assert response.content == withheld_pdf(found)
    assert AuditEvent.objects.get(act="printed").details["withheld_below"] == "5"
    for wrong in ("1", "five", "-5"):
        answer = doctor_client.post(reverse("cohort_report"), {"language": "en", "withhold": wrong})
        assert answer.status_code == 400


def test_summary_that_cannot_be_made_sends_back_and_says_why(doctor_client, saved, monkeypatch):
    from reports.exports.summary import BadSummary

    def fails(*args, **options):
        raise BadSummary("the two endpoints contradict each other")

    monkeypatch.setattr("reports.exports.summary.cohort_summary", fails)
    response = doctor_client.get(reverse("cohort_summary"), follow=True)
    assert "the two endpoints contradict each other" in response.content.decode()
    assert not AuditEvent.objects.filter(act="exported").exists()


def test_figures_are_kept_as_the_page_shows_them_and_that_is_written_down(doctor_client, enter):
    enter("A-1")
    shown = page(doctor_client)
    answer = doctor_client.get(reverse("cohort_figure", args=["deletions"]))
    assert answer["Content-Type"] == "image/svg+xml"
    assert 'filename="ikzf1-b-all.deletions.svg"' in answer["Content-Disposition"]
    drawing = answer.content.decode()
    assert drawing[drawing.index("<svg") :] in shown
    assert f'href="{reverse("cohort_figure", args=["deletions"])}' in shown
    assert doctor_client.get(reverse("cohort_figures")).content.startswith(b"PK")
    events = AuditEvent.objects.filter(act="exported")
    assert [event.details["form"] for event in events.order_by("pk")] == [
        "deletions.svg",
        "figures.zip",
    ]


def test_figure_that_the_report_does_not_have_is_not_found(doctor_client):
    assert doctor_client.get(reverse("cohort_figure", args=["nothing"])).status_code == 404


def test_table_behind_each_figure_is_kept_from_beside_it(doctor_client, enter):
    enter("IK9001")
    page = doctor_client.get("/cohort/").content.decode()
    names = set(re.findall(r'href="/cohort/figures/([a-z-]+)\.svg', page))
    assert names
    assert names == set(re.findall(r'href="/cohort/tables/([a-z-]+)\.csv', page))
    for name in names:
        answer = doctor_client.get(f"/cohort/tables/{name}.csv")
        assert answer.status_code == 200
        assert answer.content.startswith(b"\xef\xbb\xbf")
        made = AuditEvent.objects.filter(details__sha256=sha256(answer.content).hexdigest())
        assert made.exists()
    assert doctor_client.get("/cohort/tables/table-1.csv").status_code == 200
    assert doctor_client.get("/cohort/tables/no-such.csv").status_code == 404
