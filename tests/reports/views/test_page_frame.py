"""Signing in and out, the language, and the pages that say that something is wrong."""

import re

import pytest
from concurrency.exceptions import RecordModifiedError
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.storage.fallback import FallbackStorage
from django.test import Client, RequestFactory, override_settings
from django.urls import reverse
from django.views.defaults import server_error

from reports.actions import save_record
from reports.views.conflict import conflict

WRONG = {"username": "doctor", "password": "not the password"}
PASSWORD = "a long enough word"


def test_signing_in_leads_to_the_patients(client, doctor):
    response = client.post("/sign-in/", {"username": "doctor", "password": PASSWORD})
    assert (response.status_code, response["Location"]) == (302, "/")


def test_signing_in_leads_back_to_the_page_that_was_asked_for(client, doctor):
    response = client.get("/cohort/", follow=True)
    assert '<input type="hidden" name="next" value="/cohort/">' in response.content.decode()


def test_wrong_password_is_said_without_saying_which_part(client, doctor):
    text = client.post("/sign-in/", WRONG).content.decode()
    assert 'role="alert"' in text
    assert "correct username and password" in text


def test_fifth_wrong_password_locks_the_pair_with_a_page_of_ours(client, doctor):
    answers = [client.post("/sign-in/", WRONG) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 429]
    text = answers[-1].content.decode()
    assert "Sign-in locked" in text
    assert "Try again in 15 minutes" in text
    right = client.post("/sign-in/", {"username": "doctor", "password": PASSWORD})
    assert right.status_code == 429


def test_signing_out_needs_a_post(doctor_client):
    assert doctor_client.get("/sign-out/").status_code == 405
    assert doctor_client.post("/sign-out/")["Location"] == "/sign-in/"
    assert doctor_client.get("/").status_code == 302


@pytest.mark.django_db
def test_partial_update_after_the_session_has_ended_reloads_the_page(client):
    response = client.get("/", headers={"HX-Request": "true"})
    assert (response.status_code, response["HX-Refresh"]) == (200, "true")
    assert response.content == b""


@pytest.mark.django_db
def test_language_is_chosen_on_the_sign_in_page(client):
    form = client.get("/sign-in/?next=/cohort/").content.decode()
    assert '<html lang="en">' in form
    back = re.search(r'name="next" value="([^"]*)"', form).group(1)
    response = client.post("/i18n/setlang/", {"language": "zh-hans", "next": back}, follow=True)
    assert response.redirect_chain == [("/sign-in/?next=/cohort/", 302)]
    text = response.content.decode()
    assert '<html lang="zh-Hans">' in text
    assert re.search(r'value="zh-hans"[^>]*aria-pressed="true"', text)


@pytest.mark.django_db
def test_language_does_not_lead_to_another_host(client):
    response = client.post("/i18n/setlang/", {"language": "en", "next": "https://evil.example/"})
    assert response["Location"] == "/"


def test_unknown_address_has_a_page_of_ours(doctor_client):
    response = doctor_client.get("/no/such/page/")
    assert response.status_code == 404
    assert "Page not found" in response.content.decode()


@pytest.mark.django_db
def test_form_without_token_is_refused_with_a_page_of_ours():
    response = Client(enforce_csrf_checks=True).post("/sign-in/", WRONG)
    assert response.status_code == 403
    assert "The form has expired" in response.content.decode()


def test_server_error_page_needs_neither_database_nor_user():
    response = server_error(RequestFactory().get("/"))
    assert response.status_code == 500
    assert b"Something went wrong" in response.content


@pytest.mark.django_db
def test_no_page_carries_script_or_style_of_its_own(doctor_client, enter):
    patient = enter("A-1")
    for path in ("/", f"/patients/{patient.pk}/", "/cohort/", "/no/such/page/"):
        text = doctor_client.get(path).content.decode()
        assert not re.search(r"<script(?![^>]*\bsrc=)", text), path
        assert "<style" not in text, path
        assert not re.search(r"\sstyle=", text), path
        assert not re.search(r"\son[a-z]+=", text), path
        assert "javascript:" not in text, path


@override_settings(DEBUG=False)
def test_lost_update_is_answered_with_who_changed_what(doctor, enter):
    patient = enter("A-1")
    mine = type(patient).objects.get(pk=patient.pk)
    theirs = type(patient).objects.get(pk=patient.pk)
    theirs.code = "changed by another"
    save_record(record=theirs, by=doctor, reason="corrected from the paper file")
    mine.code = "mine"
    with pytest.raises(RecordModifiedError) as refusal:
        save_record(record=mine, by=doctor, reason="late")
    request = RequestFactory().get("/admin/reports/patient/1/change/")
    request.user, request.session = AnonymousUser(), {}
    request._messages = FallbackStorage(request)
    response = conflict(request, target=refusal.value.target)
    text = response.content.decode()
    assert response.status_code == 409
    assert "changed by another" in text
    assert "doctor" in text
    assert "corrected from the paper file" in text
    assert "mine" not in re.sub(r"<[^>]+>", "", text)


def test_conflict_page_without_a_record_still_answers(db):
    request = RequestFactory().get("/")
    request.user, request.session = AnonymousUser(), {}
    request._messages = FallbackStorage(request)
    assert conflict(request).status_code == 409


def test_links_lead_where_they_say(doctor_client):
    assert reverse("patients") == "/"
    text = doctor_client.get("/").content.decode()
    assert 'href="/cohort/"' in text
    assert 'href="/admin/"' not in text
