"""A child's page: what it says, where its evidence leads, and who is known to have opened it."""

import io
import re

import pikepdf
import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation
from django.utils.safestring import mark_safe

from analysis.calls import Evidence, State
from reports.actions import delete_record, save_record
from reports.documents.content import SIGNS
from reports.documents.pdf import DocumentError
from reports.models import (
    AuditEvent,
    FusionResult,
    GlucocorticoidResponse,
    Patient,
    ProbeRatio,
)
from reports.templatetags.wording import raised
from reports.views.evidence_links import Linked, admin_address
from reports.views.history import happenings

HOSTILE = "<script>alert(1)</script>"


def page(client, patient):
    return client.get(reverse("patient", args=[patient.pk])).content.decode()


def test_page_answers_with_components_reasons_and_rule(doctor_client, enter):
    text = page(doctor_client, enter("A-1"))
    plain = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))
    assert f"IKZF1: {SIGNS[State.ALTERED]} altered" in plain
    assert "exons 4-7" in plain
    assert f"SNV/InDel (sequencing) {SIGNS[State.NOT_TESTED]} not tested" in plain
    assert "IKZF1 exon 4 0.51" in plain
    assert "Rule version ikzf1-" in plain
    assert "What was missing" in plain
    assert "Synthetic: an invented child" in plain


def test_page_of_a_child_without_laboratory_results_says_not_tested(doctor_client, centre, doctor):
    patient = Patient(centre=centre, hospital_number="B-1", diagnosis="b_all")
    save_record(record=patient, by=doctor, reason="registered")
    text = page(doctor_client, patient)
    assert "answer not_tested" in text
    assert "Synthetic" not in text


def test_pictures_describe_themselves_and_carry_no_style(doctor_client, enter):
    text = page(doctor_client, enter("A-1"))
    pictures = re.findall(r"<svg.*?</svg>", text, re.S)
    assert pictures
    for picture in pictures:
        assert 'role="img"' in picture
        assert re.search(r"<desc[^>]*>[^<]{10,}", picture)
        assert "style" not in picture
    identifiers = re.findall(r'\bid="([^"]+)"', text)
    assert len(identifiers) == len(set(identifiers))


def test_evidence_leads_to_its_record_for_those_who_may_open_it(
    client, doctor_client, enter, admin_user
):
    patient = enter("A-1")
    sample = ProbeRatio.objects.filter(sample__specimen__patient=patient).first().sample_id
    address = f"/admin/reports/mlpasample/{sample}/change/"
    assert address not in page(doctor_client, patient)
    client.force_login(admin_user)
    assert f'<a href="{address}">IKZF1 exon 4</a>' in page(client, patient)
    assert client.get(address).status_code == 200


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("IKZF1 exon 4", "0.51", ("IKZF1外显子4", "0.51")),
        ("IKZF1 exon 4", "het_del", ("IKZF1外显子4", "杂合缺失")),
        ("blasts", "85 %", ("原始细胞", "85 %")),
        ("sequencing", "", ("测序", "")),
        # A laboratory's own name stays as it is.
        ("IKZF1 c.475A>T", "VAF 0.4", ("IKZF1 c.475A>T", "VAF 0.4")),
    ],
)
def test_evidence_is_named_in_the_language_of_the_reader(name, value, said):
    with translation.override("zh-hans"):
        linked = Linked(Evidence("record", name, value), "")
        assert (linked.name, linked.value) == said


@pytest.mark.django_db
@pytest.mark.parametrize(
    "source", ["", "findings.csv:12", "reports.nosuchmodel:1", "auth.user:1", "reports.patient:x"]
)
def test_evidence_from_elsewhere_leads_nowhere(admin_user, source):
    assert admin_address(Evidence("record", "x", "", source).source, admin_user) == ""


def test_staff_without_the_permission_are_led_nowhere(doctor):
    doctor.is_staff = True
    assert admin_address("reports.mlpasample:1", doctor) == ""
    assert admin_address("reports.patient:1", doctor) == "/admin/reports/patient/1/change/"


def test_unknown_child_is_not_found(doctor_client):
    assert doctor_client.get("/patients/999999/").status_code == 404
    assert doctor_client.post("/patients/999999/report/").status_code == 404
    assert doctor_client.get("/patients/999999/history/").status_code == 404


def test_opening_the_page_is_written_down(doctor_client, enter):
    patient = enter("A-1")
    page(doctor_client, patient)
    event = AuditEvent.objects.get(act="viewed")
    assert (event.who, event.kind, event.key) == ("doctor", "patient", str(patient.pk))


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_report_is_a_pdf_to_keep_and_its_making_is_written_down(doctor_client, enter, language):
    patient = enter("A-1")
    response = doctor_client.post(f"/patients/{patient.pk}/report/", {"language": language})
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == f'attachment; filename="ikzf1-A-1-{language}.pdf"'
    with pikepdf.open(io.BytesIO(response.content)) as pdf:
        assert str(pdf.Root.Lang).lower() == language
    event = AuditEvent.objects.get(act="printed")
    assert (event.who, event.key) == ("doctor", str(patient.pk))
    assert event.details["language"] == language
    assert len(event.details["sha256"]) == 64


def test_report_in_another_language_is_refused(doctor_client, enter):
    patient = enter("A-1")
    response = doctor_client.post(f"/patients/{patient.pk}/report/", {"language": "../etc"})
    assert response.status_code == 400
    assert not AuditEvent.objects.filter(act="printed").exists()


def test_report_name_keeps_a_hostile_number_inside_the_header(doctor_client, enter):
    patient = enter('A/1"; x=王')
    response = doctor_client.post(f"/patients/{patient.pk}/report/", {"language": "en"})
    assert response["Content-Disposition"].startswith("attachment; filename")
    assert "/" not in response["Content-Disposition"].replace("utf-8''", "")


def test_report_is_not_made_by_looking(doctor_client, enter):
    assert doctor_client.get(f"/patients/{enter('A-1').pk}/report/").status_code == 405


def test_history_says_who_changed_what_from_what_to_what_and_why(doctor_client, doctor, enter):
    patient = enter("A-1")
    findings = patient.findings
    findings.wbc, findings.cns_status = 55.5, "cns2"
    save_record(record=findings, by=doctor, reason="read the chart again")
    latest = happenings(patient.pk)[0]
    assert (latest.who, latest.why, latest.kind) == ("doctor", "read the chart again", "changed")
    assert [(item.field, item.old, item.new) for item in latest.differences] == [
        ("white blood cells", "12.5", "55.5"),
        ("CNS status", "—", "CNS2"),
    ]
    text = doctor_client.get(f"/patients/{patient.pk}/history/").content.decode()
    assert "<del>12.5</del> → <ins>55.5</ins>" in text
    assert "read the chart again" in text


def test_history_counts_what_was_entered_at_one_stroke(enter):
    patient = enter("A-1")
    probes = next(item for item in happenings(patient.pk) if item.what == "probe ratios")
    assert (probes.records, probes.why) == (8, "entered for a test")


def test_history_keeps_what_was_deleted(doctor, enter):
    patient = enter("A-1")
    fusion = FusionResult(
        patient=patient, gene_a="ETV6", gene_b="RUNX1", method="fish", result="detected"
    )
    save_record(record=fusion, by=doctor, reason="typed")
    delete_record(record=fusion, by=doctor, reason="of another child")
    latest = happenings(patient.pk)[0]
    assert (str(latest.kind), latest.why, latest.label) == (
        "deleted",
        "of another child",
        "ETV6 RUNX1",
    )


def test_history_of_another_child_is_not_shown(enter):
    mine, other = enter("A-1"), enter("B-2")
    numbers = {item.label for item in happenings(mine.pk) if item.what == "patient"}
    assert numbers == {"A-1"}
    assert {item.label for item in happenings(other.pk) if item.what == "patient"} == {"B-2"}


def test_history_comes_alone_for_htmx(doctor_client, enter):
    address = f"/patients/{enter('A-1').pk}/history/"
    assert "<html" in doctor_client.get(address).content.decode()
    part = doctor_client.get(address, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert "entered for a test" in part


def test_queries_of_page_and_history_do_not_grow_with_records(doctor_client, doctor, enter):
    few, many = enter("A-1"), enter("B-2")
    for pair in (("BCR", "ABL1"), ("TCF3", "PBX1"), ("KMT2A", "AFF1")):
        fusion = FusionResult(
            patient=many, gene_a=pair[0], gene_b=pair[1], method="fish", result="not_detected"
        )
        save_record(record=fusion, by=doctor, reason="typed")
    for name in ("patient", "patient_history"):
        counts = []
        for patient in (few, many):
            with CaptureQueriesContext(connection) as queries:
                doctor_client.get(reverse(name, args=[patient.pk]))
            counts.append(len(queries))
        assert counts[0] == counts[1], name


def test_hostile_text_is_shown_as_text(doctor_client, enter, doctor):
    patient = enter("A-1", name=HOSTILE, protocol=HOSTILE, diagnosis_who=HOSTILE)
    patient.code = HOSTILE[:40]
    save_record(record=patient, by=doctor, reason=HOSTILE)
    for name in ("patient", "patient_history"):
        text = doctor_client.get(reverse(name, args=[patient.pk])).content.decode()
        assert HOSTILE not in text
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text


def test_permission_is_the_right_to_view(client, django_user_model, enter):
    user = django_user_model.objects.create_user("clerk", password="a long enough word")
    user.user_permissions.add(Permission.objects.get(codename="view_centre"))
    client.force_login(user)
    assert client.get(reverse("patient", args=[enter("A-1").pk])).status_code == 403


def test_report_that_cannot_be_made_says_why(doctor_client, enter, monkeypatch):
    def fails(*args, **options):
        raise DocumentError("no font has the character □")

    monkeypatch.setattr("reports.views.patient.patient_pdf", fails)
    response = doctor_client.post(
        f"/patients/{enter('A-1').pk}/report/", {"language": "en"}, follow=True
    )
    assert "The report could not be made: no font has" in response.content.decode()
    assert not AuditEvent.objects.filter(act="printed").exists()


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_powers_of_ten_are_raised_in_every_text_of_the_page(doctor_client, enter, doctor, language):
    patient = enter("A-9")
    response = GlucocorticoidResponse(patient=patient, day8_blasts=1.5)
    save_record(record=response, by=doctor, reason="day 8")
    doctor_client.cookies["django_language"] = language
    text = page(doctor_client, patient)
    assert "10^9" not in text
    assert "1.5 × 10⁹/L" in text


def test_power_in_a_tag_stays_as_it_is():
    markup = mark_safe('<a title="10^9/L">2 x 10^9/L, 10^-4, x10^12, 5 &lt; 10^9</a>')
    assert raised(markup) == ('<a title="10^9/L">2 × 10⁹/L, 10⁻⁴, x10¹², 5 &lt; 10⁹</a>')
