"""Computed, confirmed, out of date, to be reassessed: what is stored and what is shown."""

from io import StringIO

import pytest
from django.contrib.auth.models import Permission
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from reports import models
from reports.actions import ComputationChanged, decide_risk, delete_record, run_waiting_jobs
from reports.actions import assess as assessing
from reports.documents.patient import patient_report
from reports.models.door import Holder, open_door
from reports.risk_standing import standings
from reports.stored import is_stale, stored_profiles, stored_risk, stored_status

pytestmark = pytest.mark.django_db


@pytest.fixture
def doctor(django_user_model):
    user = django_user_model.objects.create_user("dr.li", password="a long enough word")
    names = ("view_patient", "change_riskassessment")
    user.user_permissions.add(*Permission.objects.filter(codename__in=names))
    return user


@pytest.fixture
def poor_responder(boy, store):
    """High risk by CCLG-ALL-2008, whatever else is found: 1.0 and more blasts on day 8."""
    store(models.GlucocorticoidResponse(patient=boy, day8_blasts=1.0))
    return boy


def computed(patient):
    return models.ComputedRisk.objects.get(patient=patient, leading=True)


def standing(patient):
    return standings([patient.pk])[patient.pk]


def change_blasts(store, patient, value):
    row = models.GlucocorticoidResponse.objects.get(patient=patient)
    row.day8_blasts = value
    store(row)


def test_computed_group_follows_each_change_in_the_same_action(poor_responder, store):
    assert (computed(poor_responder).group, computed(poor_responder).word) == ("HR", "high")
    change_blasts(store, poor_responder, 0.99)
    assert computed(poor_responder).group == ""
    groups = models.ComputedRisk.history.filter(patient=poor_responder).values_list("group")
    assert [group for (group,) in groups.order_by("history_id")] == ["", "HR", ""]


@pytest.mark.parametrize(
    ("kind", "made"),
    [
        ("mrd", lambda p: [models.Mrd(patient=p, day=33, operator="=", fraction=0.01)]),
        ("marrow", lambda p: [models.MarrowAssessment(patient=p, day=33, status="m2")]),
        ("findings", lambda p: [models.Findings(patient=p, wbc=50)]),
        ("fusion", lambda p: [models.FusionResult(
            patient=p, gene_a="BCR", gene_b="ABL1", method="fish", result="detected")]),
    ],
)  # fmt: skip
def test_each_kind_of_input_makes_a_new_computation(boy, store, kind, made):
    before = computed(boy).input_hash
    store(*made(boy))
    assert computed(boy).input_hash != before


def test_confirmation_names_the_doctor_and_the_day(poor_responder, doctor):
    seen = computed(poor_responder).input_hash
    entry = decide_risk(patient=poor_responder, group="high", by=doctor, seen=seen)
    assert (entry.protocol, entry.computed_group) == ("CCLG-ALL-2008", "high")
    assert (entry.risk_confirmed_by, entry.override_reason) == ("dr.li", "")
    assert standing(poor_responder).warnings() == ()


def test_override_needs_a_reason_and_an_unseen_computation_is_not_confirmed(
    poor_responder, doctor, store
):
    seen = computed(poor_responder).input_hash
    with pytest.raises(ValidationError):
        decide_risk(patient=poor_responder, group="low", by=doctor, seen=seen)
    change_blasts(store, poor_responder, 2.0)
    with pytest.raises(ComputationChanged):
        decide_risk(patient=poor_responder, group="high", by=doctor, seen=seen)
    assert not models.RiskAssessment.objects.filter(patient=poor_responder).exists()


def test_later_evidence_marks_the_confirmation_everywhere_and_changes_nothing(
    poor_responder, doctor, store, client
):
    seen = computed(poor_responder).input_hash
    decide_risk(patient=poor_responder, group="high", by=doctor, seen=seen)
    change_blasts(store, poor_responder, 0.5)
    entry = models.RiskAssessment.objects.get(patient=poor_responder)
    assert (entry.risk_group, entry.risk_confirmed_by) == ("high", "dr.li")
    assert standing(poor_responder).out_of_date
    client.force_login(doctor)
    for address in (reverse("patients"), reverse("patient", args=[poor_responder.pk])):
        client.cookies["django_language"] = "en"
        assert "out of date" in client.get(address).content.decode().lower()
    report = patient_report(poor_responder, language="en")
    risk = next(part for part in report.parts if part.title == "Risk group")
    assert "Out of date" in risk.texts[0]
    # Decided anew by the same person on the same day: in step again.
    again = computed(poor_responder).input_hash
    decide_risk(patient=poor_responder, group="high", by=doctor, seen=again, reason="as before")
    assert not standing(poor_responder).out_of_date
    # and evidence that changes no possible group leaves it so
    change_blasts(store, poor_responder, 0.4)
    assert not standing(poor_responder).out_of_date


def test_imported_group_is_the_doctors_and_its_kind_is_said(boy, store):
    store(models.RiskAssessment(patient=boy, protocol="CCLG-ALL-2008", risk_group="low"))
    assert "nobody is named" in standing(boy).entry_text()
    entry = models.RiskAssessment.objects.get(patient=boy)
    entry.risk_confirmed_by = "Dr. A"
    store(entry)
    assert "the day is not recorded" in standing(boy).entry_text()
    store(models.GlucocorticoidResponse(patient=boy, day8_blasts=1.0))
    assert standing(boy).out_of_date


def test_page_offers_the_decision_only_to_those_who_may(poor_responder, doctor, django_user_model):
    reader = django_user_model.objects.create_user("reader", password="a long enough word")
    reader.user_permissions.add(Permission.objects.get(codename="view_patient"))
    page = reverse("patient", args=[poor_responder.pk])
    decision = reverse("patient_risk", args=[poor_responder.pk])
    seen = computed(poor_responder).input_hash
    answers = {}
    for user in (reader, doctor):
        client = Client()
        client.force_login(user)
        answers[user.username] = (
            decision in client.get(page).content.decode(),
            client.post(decision, {"group": "high", "seen": seen}).status_code,
        )
    assert answers == {"reader": (False, 403), "dr.li": (True, 302)}
    assert models.RiskAssessment.objects.get(patient=poor_responder).risk_confirmed_by == "dr.li"


def test_protocols_of_the_centre_replace_the_default_and_the_childs_own_leads(
    boy, register, hospital, store
):
    own = register("2", protocol="cclg-all 2008")
    store(models.CentreProtocol(centre=hospital, protocol="NCI-Rome"))

    def names(patient):
        return [row.protocol for row in models.ComputedRisk.objects.filter(patient=patient)]

    assert names(boy) == ["NCI-Rome"]
    assert names(own) == ["CCLG-ALL-2008", "NCI-Rome"]
    chosen = models.CentreProtocol.objects.get()
    delete_record(record=chosen, by="tester", reason="chosen by mistake")
    assert names(boy) == names(own) == ["CCLG-ALL-2008"]


def test_rule_set_is_unconfirmed_until_somebody_vouches_for_these_rules(boy, store):
    assert computed(boy).status == "unconfirmed"
    vouched = models.RuleSetConfirmation(
        protocol="CCLG-ALL-2008", protocol_version="1", confirmed_by="Dr. W",
        confirmed_on="2020-01-02", source="the protocol's paper",
    )  # fmt: skip
    vouched.full_clean()
    store(vouched)
    assert computed(boy).status == "confirmed"
    assert stored_risk(computed(boy)).confirmation.by == "Dr. W"
    delete_record(record=vouched, by="tester", reason="another edition")
    assert computed(boy).status == "unconfirmed"


def test_change_of_a_rule_for_many_marks_them_at_once_and_a_job_follows(
    boy, register, hospital, store, monkeypatch
):
    register("2")
    monkeypatch.setattr(assessing, "AT_ONCE", 1)
    store(models.CentreProtocol(centre=hospital, protocol="NCI-Rome"))
    rows = models.ComputedRisk.objects.all()
    assert all(is_stale(row) for row in rows)
    assert standing(boy).stale
    job = models.Job.objects.get()
    assert (job.kind, job.state, job.total) == ("reassess", "waiting", 2)
    assert run_waiting_jobs(by="tester") == 1
    job.refresh_from_db()
    assert (job.state, job.done) == ("done", 2)
    assert {row.protocol for row in models.ComputedRisk.objects.all()} == {"NCI-Rome"}
    assert not standing(boy).stale


def test_unreadable_content_is_to_be_reassessed_and_never_a_trace(boy, doctor, client):
    with open_door(Holder("tester")):
        for model in (models.Ikzf1Assessment, models.ProfileAssessment, models.ComputedRisk):
            model.objects.update(content={"of": "a former rule"}, rule_version="former")
    for read, model in (
        (stored_status, models.Ikzf1Assessment),
        (stored_profiles, models.ProfileAssessment),
        (stored_risk, models.ComputedRisk),
    ):
        row = model.objects.get(patient=boy)
        assert read(row) is None
        assert is_stale(row)
    client.force_login(doctor)
    client.cookies["django_language"] = "en"
    assert "to be reassessed" in client.get(reverse("patients")).content.decode()
    assert client.get(reverse("patient", args=[boy.pk])).status_code == 200
    assert client.get(reverse("cohort")).status_code == 200


def test_dry_run_lists_from_what_to_what_and_why_and_writes_nothing(poor_responder, register):
    register("2")
    with open_door(Holder("tester")):
        models.Ikzf1Assessment.objects.filter(patient=poor_responder).update(
            state="altered", rule_version="former"
        )
        row = computed(poor_responder)
        row.result = row.result | {"group": "SR"}
        row.save()
    written = models.ComputedRisk.history.count()
    out = StringIO()
    call_command("reassess", "--dry-run", stdout=out)
    lines = out.getvalue().splitlines()
    ikzf1, risk, total = lines
    assert "altered / not tested / not tested -> not tested / not tested / not tested" in ikzf1
    assert "rule former is now ikzf1-" in ikzf1
    assert "SR -> CCLG-ALL-2008 1: HR" in risk
    # The stored verdicts are those of now; only the short answer was tampered with.
    assert "the records have changed" in risk
    assert total.startswith("1 of 2 children")
    assert models.ComputedRisk.history.count() == written
    assert models.Ikzf1Assessment.objects.get(patient=poor_responder).state == "altered"
    out = StringIO()
    call_command("reassess", "--dry-run", "--child", "2", "--centre", "H1", stdout=out)
    assert out.getvalue().startswith("0 of 1 child would")
    with pytest.raises(CommandError):
        call_command("reassess", "--child", "none such", stdout=out)


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", ("IKZF1plus", "UKALL-CNA", "HR-1", "The rule set is unconfirmed")),
     ("zh-hans", ("IKZF1plus", "UKALL-CNA", "HR-1"))],
)  # fmt: skip
def test_page_explains_in_both_languages(poor_responder, doctor, client, language, words):
    client.force_login(doctor)
    client.cookies["django_language"] = language
    text = client.get(reverse("patient", args=[poor_responder.pk])).content.decode()
    for word in words:
        assert word in text
