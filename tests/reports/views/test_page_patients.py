"""The list of patients: what is found, how it is sorted, and what it costs."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from analysis.calls import State
from reports import models
from reports.actions import delete_record, save_records
from reports.documents.content import SIGNS
from reports.models.encrypted import blind_index

HOSTILE = "<script>alert(1)</script>"
HTMX = {"HX-Request": "true"}


def numbers(response):
    return [row.record.hospital_number for row in response.context["table"].page.object_list]


def test_list_shows_status_by_sign_and_word(doctor_client, enter):
    enter("2020-0001")
    text = doctor_client.get(reverse("patients")).content.decode()
    assert "2020-0001" in text
    sign = '<span class="sign" aria-hidden="true">'
    assert f'class="state altered">{sign}{SIGNS[State.ALTERED]}</span><span>altered' in text
    assert f'class="state not_tested">{sign}{SIGNS[State.NOT_TESTED]}</span><span>not te' in text
    assert len(set(SIGNS.values())) == len(State)
    assert "synthetic</span>" in text


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, ["A-1", "B-2"]),
        ({"q": "b-2"}, ["B-2"]),
        ({"q": "Z-A"}, ["A-1"]),
        ({"q": "nobody"}, []),
        ({"ikzf1": "altered"}, ["A-1"]),
        ({"large_deletion": "not_detected"}, ["B-2"]),
        ({"sequence_variant": "not_tested"}, ["A-1", "B-2"]),
        ({"sex": "male"}, ["B-2"]),
        ({"diagnosis": "t_all"}, []),
        ({"risk": "high"}, ["A-1", "B-2"]),
        ({"diagnosed_from": "2020-01-01"}, ["B-2"]),
        ({"diagnosed_to": "2019-12-31"}, ["A-1"]),
        ({"origin": "real"}, ["B-2"]),
        ({"origin": "synthetic"}, ["A-1"]),
        ({"sort": "-hospital_number"}, ["B-2", "A-1"]),
        ({"sort": "diagnosis_date"}, ["A-1", "B-2"]),
        ({"sort": "no_such_column"}, ["A-1", "B-2"]),
        ({"page": "99"}, ["A-1", "B-2"]),
    ],
)
def test_search_filter_and_sorting_find(doctor_client, enter, query, expected):
    enter("A-1")
    enter("B-2", deleted=False, sex="male", synthetic="", diagnosis_date=datetime.date(2020, 2, 2))
    assert numbers(doctor_client.get(reverse("patients"), query)) == expected


def test_exact_name_is_found_and_never_stands_in_an_address(doctor_client, enter):
    enter("A-1", name="王小明")
    enter("B-2", name="王小")
    response = doctor_client.post(reverse("patient_by_name"), {"name": " 王 小明"}, follow=True)
    assert numbers(response) == ["A-1"]
    address = response.redirect_chain[0][0]
    assert address == f"{reverse('patients')}?name={blind_index('王小明')}"


def test_empty_name_shows_the_whole_list(doctor_client, enter):
    enter("A-1")
    response = doctor_client.post(reverse("patient_by_name"), {"name": " "}, follow=True)
    assert numbers(response) == ["A-1"]


def test_something_that_is_no_index_finds_nobody_by_name(doctor_client, enter):
    enter("A-1", name="")
    assert numbers(doctor_client.get(reverse("patients"), {"name": "x"})) == []


def test_queries_do_not_grow_with_rows(doctor_client, enter):
    enter("A-1")
    with CaptureQueriesContext(connection) as one:
        doctor_client.get(reverse("patients"))
    enter("B-2")
    enter("C-3")
    with CaptureQueriesContext(connection) as three:
        response = doctor_client.get(reverse("patients"))
    assert len(numbers(response)) == 3
    assert len(three) == len(one)


def test_htmx_gets_only_the_results_with_the_count(doctor_client, enter):
    enter("A-1")
    response = doctor_client.get(reverse("patients"), {"q": "A-1"}, headers=HTMX)
    text = response.content.decode()
    assert "<html" not in text
    assert "A-1" in text
    assert 'hx-swap-oob="innerHTML"' in text
    assert "1 patient" in text
    assert "HX-Request" in response["Vary"]


def test_restored_history_gets_the_whole_page(doctor_client):
    headers = {**HTMX, "HX-History-Restore-Request": "true"}
    assert "<html" in doctor_client.get(reverse("patients"), headers=headers).content.decode()


def test_long_list_has_pages_that_keep_the_filter(doctor_client, enter, monkeypatch):
    monkeypatch.setattr("reports.views.patients.PER_PAGE", 1)
    enter("A-1")
    enter("B-2")
    response = doctor_client.get(reverse("patients"), {"sex": "female", "page": "2"})
    assert numbers(response) == ["B-2"]
    assert 'href="?sex=female&amp;page=1"' in response.content.decode()


def test_hostile_text_is_shown_as_text(doctor_client, enter):
    enter(HOSTILE[:40], code=HOSTILE)
    response = doctor_client.get(reverse("patients"), {"q": "<script>"})
    text = response.content.decode()
    assert numbers(response) == [HOSTILE]
    assert HOSTILE not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text


def test_list_says_computed_groups_as_such_and_what_is_still_open(doctor_client, enter):
    entered = enter("A-1")
    delete_record(record=entered.risk, by="tests", reason="nobody has decided")
    row = models.ComputedRisk.objects.get(patient=entered, leading=True)
    text = doctor_client.get(reverse("patients")).content.decode()
    # The child's facts settle no group of its protocol: those still possible stand in the list.
    assert not row.word
    for code in row.result["possible"]:
        assert code in text
    assert "possible:" in text


def test_list_says_computed_for_a_group_that_no_doctor_set(doctor_client, enter):
    entered = enter("A-1")
    delete_record(record=entered.risk, by="tests", reason="nobody has decided")
    save_records(
        records=[models.GlucocorticoidResponse(patient=entered, day8_blasts=1.0)],
        by="tests",
        reason="high risk by day 8",
    )
    text = doctor_client.get(reverse("patients")).content.decode()
    assert "high risk (computed)" in text
