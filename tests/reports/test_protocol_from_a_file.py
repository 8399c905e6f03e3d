"""A protocol from a file, chosen for a centre in the admin, vouched for, and changed: no code."""

import shutil
from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import translation

import reports.protocols
from analysis.risk import loader
from reports import models
from reports.actions import decide_risk, reassess
from reports.cohort_risk import cohort_risk
from reports.documents.cohort_risk import risk_part
from reports.documents.patient import patient_report
from reports.risk_standing import group_by, standings
from reports.stored import is_stale

pytestmark = pytest.mark.django_db

OWN = """\
name: OUR-WARD-2026
version: "1"
valid_from: 2026-01-01
title: "The ward's own"
source: "the ward's folder"
rules:
  HR-1:
    when: {wbc: {at_least: 100, unit: 10^9/L}}
    certainty: M
    source: "page 3"
    quote: "WBC >= 100"
groups:
  - {code: HR, word: high, when: {rule: HR-1}}
  - {code: SR, word: low, otherwise: true}
"""


@pytest.fixture
def place(tmp_path, monkeypatch):
    """`place(text)` is what a new release with that file among the protocols would bring."""
    folder = tmp_path / "protocols"
    shutil.copytree(loader.PROTOCOLS, folder)
    monkeypatch.setattr(loader.protocols, "__defaults__", (folder,))
    monkeypatch.setitem(loader.protocol.__kwdefaults__, "folder", folder)

    def placed(text):
        (folder / "our_ward.yaml").write_text(text, encoding="utf-8")
        loader._protocols.cache_clear()
        reports.protocols._names.cache_clear()

    placed(OWN)
    yield placed
    reports.protocols._names.cache_clear()


@pytest.fixture
def child(boy, store):
    store(models.Findings(patient=boy, wbc=120))
    return boy


@pytest.fixture
def admin(admin_client):
    admin_client.cookies["django_language"] = "en"
    return admin_client


def choose(admin, hospital, version=""):
    """The protocol picked for the centre, as a browser sends its page of the admin."""
    page = reverse("admin:reports_centre_change", args=[hospital.pk])
    context = admin.get(page).context
    forms = [context["adminform"].form]
    for inline in context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    data = {
        field.html_name: "" if field.value() is None else str(field.value())
        for form in forms
        for field in form
    }
    offered = dict(context["inline_admin_formsets"][0].formset.empty_form["protocol"].field.choices)
    data |= {
        "protocols-TOTAL_FORMS": "1", "protocols-0-place": "1",
        "protocols-0-protocol": "OUR-WARD-2026", "protocols-0-protocol_version": version,
        "protocols-0-version": "", "change_reason": "the ward's own protocol",
    }  # fmt: skip
    assert "OUR-WARD-2026" in offered
    return admin.post(page, data)


def vouch(admin):
    page = reverse("admin:reports_rulesetconfirmation_add")
    return admin.post(
        page,
        {
            "protocol": "OUR-WARD-2026", "protocol_version": "1", "confirmed_by": "Dr. Zhao",
            "confirmed_on": "2020-02-03", "source": "the ward's folder, edition 1",
            "version": "", "change_reason": "compared",
        },
    )  # fmt: skip


def risk(patient):
    return models.ComputedRisk.objects.get(patient=patient, protocol="OUR-WARD-2026")


def told(admin, patient):
    """What the page and the report say, in one text."""
    page = admin.get(reverse("patient", args=[patient.pk])).content.decode()
    return page, str(patient_report(patient, language="en").parts)


def everywhere(admin, patient):
    """Page, report, list of patients, cohort, and the child's and the group's pages of entry."""
    addresses = (
        reverse("patients"),
        reverse("cohort"),
        reverse("admin:reports_patient_change", args=[patient.pk]),
        reverse("admin:reports_computedrisk_changelist"),
    )
    return [*told(admin, patient), *(admin.get(at).content.decode() for at in addresses)]


def test_file_chosen_in_the_admin_decides_the_group_of_the_centres_children(
    place, admin, child, hospital
):
    assert choose(admin, hospital).status_code == 302
    assert (risk(child).group, risk(child).leading) == ("HR", True)
    for text in told(admin, child):
        assert "OUR-WARD-2026" in text


def test_rule_set_is_unconfirmed_until_confirmed_by_name_and_day_and_again_after_a_change(
    place, admin, child, hospital
):
    choose(admin, hospital)
    for text in told(admin, child):
        assert "unconfirmed" in text.lower()
    assert vouch(admin).status_code == 302
    assert risk(child).status == "confirmed"
    for text in told(admin, child):
        assert "Dr. Zhao" in text and "2020-02-03" in text
        assert "nobody has vouched" not in text
    place(OWN.replace("100", "90"))
    assert is_stale(risk(child))
    listed = admin.get(reverse("admin:reports_rulesetconfirmation_changelist")).content.decode()
    assert "the rules have changed since" in listed
    reassess(patient_ids=[child.pk], by="tester", reason="a new release")
    assert risk(child).status == "unconfirmed"
    for text in told(admin, child):
        assert "nobody has vouched" in text and "Dr. Zhao" not in text


def test_wording_of_a_rule_may_be_mended_without_a_new_confirmation(place, admin, child, hospital):
    choose(admin, hospital)
    vouch(admin)
    place(OWN.replace("page 3", "page 4"))
    assert not is_stale(risk(child))


def test_dry_run_says_whose_group_a_changed_file_would_change_and_why(
    place, admin, child, register, store, hospital
):
    other = register("2")
    store(models.Findings(patient=other, wbc=20))
    choose(admin, hospital)
    former = risk(child)
    place(OWN.replace("100", "150"))
    out = StringIO()
    call_command("reassess", "--dry-run", stdout=out)
    (line, total) = out.getvalue().splitlines()
    assert line.startswith(str(child))
    assert "OUR-WARD-2026 1: HR -> OUR-WARD-2026 1: SR" in line
    assert "the rules of OUR-WARD-2026 1 have changed: HR-1 met → not met" in line
    assert total.startswith("1 of 2 children")
    assert risk(child).rule_version == former.rule_version


@pytest.mark.parametrize("chosen", ["", "1"])
def test_newer_version_beside_the_former_outdates_only_who_goes_by_the_newest(
    place, admin, child, hospital, store, chosen, tmp_path
):
    store(models.CentreProtocol(centre=hospital, protocol="OUR-WARD-2026", protocol_version=chosen))
    newer = OWN.replace('version: "1"', 'version: "2"').replace("100", "150")
    (tmp_path / "protocols" / "newer.yaml").write_text(newer, encoding="utf-8")
    place(OWN)
    for row in (risk(child), standings([child.pk])[child.pk].computed):
        assert is_stale(row) == (chosen == "")
    assert any("to be reassessed" in text for text in everywhere(admin, child)) == (chosen == "")
    out = StringIO()
    call_command("reassess", "--dry-run", stdout=out)
    *lines, _total = out.getvalue().splitlines()
    if chosen:
        assert lines == []
        return
    [line] = lines
    assert "OUR-WARD-2026 1: HR -> OUR-WARD-2026 2: SR" in line
    assert "version 2 in place of 1: HR-1 met → not met" in line


def newer(place, tmp_path, text, *, beside):
    """Version 2 comes beside version 1, or in its place."""
    text = text.replace('version: "1"', 'version: "2"')
    if beside:
        (tmp_path / "protocols" / "newer.yaml").write_text(text, encoding="utf-8")
    place(OWN if beside else text)


@pytest.mark.parametrize("beside", [True, False])
@pytest.mark.parametrize(("limit", "outdated"), [("150", True), ("110", False)])
def test_new_version_of_the_rules_outdates_the_doctors_group_where_it_gives_another(
    place, admin, admin_user, child, hospital, store, tmp_path, beside, limit, outdated
):
    choose(admin, hospital)
    decide_risk(patient=child, group="high", by=admin_user, seen=risk(child).input_hash)
    if beside:
        # An entry from a file names no version, so it goes by the newest.
        row = models.RiskAssessment.objects.get(patient=child)
        row.protocol_version = ""
        store(row)
    newer(place, tmp_path, OWN.replace("100", limit), beside=beside)
    reassess(patient_ids=[child.pk], by="tester", reason="a new release")
    assert (risk(child).protocol_version, risk(child).group) == ("2", "SR" if outdated else "HR")
    standing = standings([child.pk])[child.pk]
    assert standing.out_of_date is outdated
    assert standing.assigned == "high"
    assert group_by(standing, "confirmed") == ("low" if outdated else "high")
    said = ["out of date" in text.lower() for text in everywhere(admin, child)]
    assert said == [outdated] * len(said)
    # Decided anew, it is up to date again, also after another reassessment.
    decide_risk(
        patient=child, group="high", by=admin_user, seen=risk(child).input_hash, reason="age"
    )
    reassess(patient_ids=[child.pk], by="tester", reason="again")
    assert not standings([child.pk])[child.pk].out_of_date


def test_doctors_group_is_out_of_date_once_its_rules_are_gone(
    place, admin, admin_user, child, hospital, tmp_path
):
    choose(admin, hospital)
    decide_risk(patient=child, group="high", by=admin_user, seen=risk(child).input_hash)
    taken_away(place, tmp_path)
    reassess(patient_ids=[child.pk], by="tester", reason="a new release")
    assert standings([child.pk])[child.pk].out_of_date
    page, report = told(admin, child)
    for text in (page, report):
        assert "of which there is no rule table here any more" in text


def test_group_that_a_doctor_confirmed_is_out_of_date_once_a_changed_file_gives_another(
    place, admin, admin_user, child, hospital
):
    choose(admin, hospital)
    seen = risk(child).input_hash
    decide_risk(patient=child, group="high", by=admin_user, seen=seen)
    assert not any("out of date" in text.lower() for text in everywhere(admin, child))
    place(OWN.replace("100", "150"))
    reassess(patient_ids=[child.pk], by="tester", reason="a new release")
    entry = models.RiskAssessment.objects.get(patient=child)
    assert (entry.risk_group, standings([child.pk])[child.pk].out_of_date) == ("high", True)
    assert all("out of date" in text.lower() for text in everywhere(admin, child))


def taken_away(place, tmp_path):
    (tmp_path / "protocols" / "our_ward.yaml").unlink()
    loader._protocols.cache_clear()
    reports.protocols._names.cache_clear()


def test_chosen_protocol_without_rules_is_said_and_no_other_takes_its_place(
    place, admin, child, hospital, register, tmp_path
):
    choose(admin, hospital)
    assert risk(child).group == "HR"
    taken_away(place, tmp_path)
    reassess(patient_ids=[child.pk], by="tester", reason="a new release")
    assert not models.ComputedRisk.objects.filter(patient=child).exists()
    standing = standings([child.pk])[child.pk]
    assert standing.untabled == ("OUR-WARD-2026",)
    found = cohort_risk([child.pk], "computed")
    assert (found.unspoken, found.untabled) == (0, 1)
    with translation.override("en"):
        [text] = [text for text in risk_part(found).texts if "rule table" in text]
    assert text.startswith("The centre of 1 child has chosen a protocol without a rule table")
    entry = reverse("admin:reports_patient_change", args=[child.pk])
    said = [*told(admin, child), admin.get(entry).content.decode()]
    assert all("OUR-WARD-2026, of which there is no rule table here" in text for text in said)
    assert not any("speaks for this diagnosis" in text for text in said)
    listed = admin.get(reverse("patients")).content.decode()
    assert "no rule table of the chosen protocol" in listed
    # A child of its own protocol is told as well, and keeps its group.
    own = register("3", protocol="CCLG-ALL-2008")
    computed = models.ComputedRisk.objects.filter(patient=own)
    assert [row.protocol for row in computed] == ["CCLG-ALL-2008"]
    assert standings([own.pk])[own.pk].untabled == ("OUR-WARD-2026",)


def test_chosen_version_without_rules_is_not_replaced_by_another_version(
    place, child, hospital, store, tmp_path
):
    store(models.CentreProtocol(centre=hospital, protocol="OUR-WARD-2026", protocol_version="1"))
    (tmp_path / "protocols" / "our_ward.yaml").unlink()
    place(OWN.replace('version: "1"', 'version: "2"'))
    reassess(patient_ids=[child.pk], by="tester", reason="a new release")
    assert not models.ComputedRisk.objects.filter(patient=child).exists()
    assert standings([child.pk])[child.pk].untabled == ("OUR-WARD-2026 1",)


def test_second_choice_speaks_while_the_first_has_no_rules_and_is_told(
    place, child, hospital, store, tmp_path
):
    store(
        models.CentreProtocol(centre=hospital, protocol="OUR-WARD-2026", place=1),
        models.CentreProtocol(centre=hospital, protocol="NCI-Rome", place=2),
    )
    taken_away(place, tmp_path)
    reassess(patient_ids=[child.pk], by="tester", reason="a new release")
    standing = standings([child.pk])[child.pk]
    assert standing.computed.protocol == "NCI-Rome"
    assert any("OUR-WARD-2026" in text for text in standing.warnings())
