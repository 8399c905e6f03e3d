"""What data entry refuses: beside the field, with nothing stored and nothing typed lost."""

import pytest
from django.db import IntegrityError
from django.urls import reverse
from entry_pages import REASON, address, errors_in, form_of, row

from reports import models
from reports.actions import save_record
from reports.admin import record as record_pages


def refused(client, url, data):
    """Post it; give the errors by field. Nothing may be stored by it."""
    before = models.AuditEvent.objects.count()
    typed = {"change_reason": REASON, "protocol": "kept typing"}
    response = client.post(url, form_of(client, url) | typed | data)
    assert response.status_code == 200
    if "protocol" in response.context["adminform"].form.fields:
        assert "kept typing" in response.content.decode()
    assert models.AuditEvent.objects.count() == before
    return errors_in(response), response


@pytest.mark.parametrize(
    ("data", "field", "words"),
    [
        (row("mrd", 0, day="15", operator="=", fraction="0", method="flow"), "fraction", "never 0"),
        (
            row("mrd", 0, day="15", operator="not_tested", fraction="0.1", method="flow"),
            "fraction",
            "other results have none",
        ),
        (
            row("mrd", 0, day="15", operator="<", fraction="2", method="flow"),
            "fraction",
            "less than or equal to 1",
        ),
        (
            row("mrd", 0, day="15", operator="not_detected", lod_fraction="0", method="flow"),
            "lod_fraction",
            "above 0",
        ),
        (row("risk", 0, protocol="X", risk_confirmed_by="Dr. A"), "risk_group", "confirmed"),
        (row("follow_up", 0, event="relapse"), "date", "days from diagnosis"),
        (row("specimens", 0, number="S", collected_on="2020-01-05", time_point="diagnosis",
             received_on="2020-01-02"), "received_on", "before it was collected"),
        (row("findings", 0, testicular_status="not_applicable"), "testicular_status", "girl"),
        (row("findings", 0, dna_index="nan"), "dna_index", "number"),
        (row("findings", 0, karyotype="a\x07b"), "karyotype", "Control characters"),
        (row("findings", 0, wbc="-1"), "wbc", "greater than or equal to 0"),
        (row("findings", 0, wbc="3001"), "wbc", "less than or equal to 3000"),
        ({"name": "名" * 10_000}, "name", "at most 100"),
        ({"diagnosis_date": "2999-01-01"}, "diagnosis_date", "between 1900 and today"),
        ({"code": "x" * 41}, "code", "at most 40"),
        ({"change_reason": "   "}, "change_reason", "required"),
        ({"change_reason": "be\x00cause"}, "change_reason", "Null characters"),
        ({"change_reason": "be\x1bcause"}, "change_reason", "Control characters"),
        ({"change_reason": "b" * 201}, "change_reason", "at most 200"),
        ({"birth_date": "2020-02-01"}, "diagnosis_date", "before the birth"),
        ({"centre": "9999"}, "centre", "valid choice"),
        ({"centre": "<script>"}, "centre", "valid choice"),
    ],
)  # fmt: skip
def test_entry_is_refused_beside_its_field(admin_client, page, data, field, words):
    errors, _response = refused(admin_client, page, data)
    assert words in errors[field]
    assert list(errors) == [field]


def test_number_used_twice_in_a_centre_is_refused_beside_the_number(admin_client, page, register):
    register("2020-2")
    errors, _response = refused(admin_client, page, {"hospital_number": "2020-2"})
    assert "already exists" in errors["hospital_number"]


@pytest.mark.parametrize("number", ["a\x00b", "a\x07b", "", "名" * 41])
def test_new_child_without_a_usable_number_is_refused(admin_client, hospital, number):
    url = address(models.Patient, "add")
    data = {"centre": str(hospital.pk), "hospital_number": number, "diagnosis": "b_all"}
    errors, _response = refused(admin_client, url, data)
    assert list(errors) == ["hospital_number"]
    assert not models.Patient.objects.exists()


@pytest.mark.parametrize("when", [{"date": "2021-01-01"}, {"days_from_diagnosis": "400"}])
def test_event_twice_at_one_time_is_refused_in_words(admin_client, page, boy, when):
    twice = row("follow_up", 0, event="relapse", **when)
    twice |= row("follow_up", 1, event="relapse", **when)
    errors, _response = refused(admin_client, page, twice)
    assert "recorded at that time already" in errors[next(iter(when))]
    once = form_of(admin_client, page) | row("follow_up", 0, event="relapse", **when)
    assert admin_client.post(page, once | {"change_reason": REASON}).status_code == 302
    errors, _response = refused(admin_client, page, row("follow_up", 1, event="relapse", **when)
                                | {"follow_up-INITIAL_FORMS": "1"})  # fmt: skip
    assert "recorded at that time already" in errors[next(iter(when))]


@pytest.mark.parametrize(
    ("prefix", "fields"),
    [("fusions", {"gene_a": "ETV6", "gene_b": "RUNX1", "method": "fish", "result": "detected"}),
     ("genetic_tests", {"marker": "iamp21", "method": "fish", "result": "detected",
                        "tested_on": "2020-01-10"}),
     ("genetic_tests", {"marker": "iamp21", "method": "fish", "result": "detected"})],
)  # fmt: skip
def test_one_test_twice_is_refused_in_words(admin_client, page, prefix, fields):
    before = models.AuditEvent.objects.count()
    data = form_of(admin_client, page) | {"change_reason": REASON}
    data |= row(prefix, 0, **fields) | row(prefix, 1, **fields)
    response = admin_client.post(page, data)
    assert response.status_code == 200
    assert "This test is recorded already" in response.content.decode()
    assert models.AuditEvent.objects.count() == before
    once = form_of(admin_client, page) | row(prefix, 0, **fields) | {"change_reason": REASON}
    assert admin_client.post(page, once).status_code == 302
    again = row(prefix, 1, **fields) | {f"{prefix}-INITIAL_FORMS": "1"}
    errors, _response = refused(admin_client, page, again)
    assert any("recorded already" in text for text in errors.values())


def test_group_other_than_the_computed_one_needs_its_reason_beside_it(
    admin_client, page, boy, store
):
    risk = models.RiskAssessment(patient=boy, protocol="X", computed_group="low", risk_group="low")
    store(risk)
    errors, _response = refused(admin_client, page, {"risk-0-risk_group": "high"})
    assert "Say why" in errors["override_reason"]


@pytest.mark.parametrize(
    ("model", "quality"),
    [(models.MlpaSample, "sample_quality"), (models.SequencingSample, "quality")],
)
def test_failed_sample_without_a_reason_is_refused_beside_the_reason(
    admin_client, boy, mlpa, sequenced, model, quality
):
    mlpa(boy, {4: "normal"}, run="M1")
    sequenced(boy, run="N1")
    url = address(model, "change", model.objects.get().pk)
    errors, _response = refused(admin_client, url, {quality: "failed"})
    assert errors == {"quality_reason": "Say why the sample failed."}


def test_override_in_part_is_refused_beside_its_reason(admin_client, boy, mlpa):
    sample = mlpa(boy, {4: "normal"}, run="M1")
    url = address(models.MlpaSample, "change", sample.pk)
    errors, _response = refused(admin_client, url, {"probes-0-override_call": "het_del"})
    assert "An override needs" in errors["override_reason"]


@pytest.mark.parametrize("exon", ["9", "0", "4a"])
def test_exon_that_ikzf1_does_not_have_is_refused(admin_client, boy, mlpa, exon):
    sample = mlpa(boy, {4: "normal"}, run="M1")
    url = address(models.MlpaSample, "change", sample.pk)
    errors, _response = refused(admin_client, url, {"probes-0-exon": exon})
    assert "1 to 8" in errors["exon"]


def test_same_probe_twice_is_refused_and_two_probes_of_one_exon_are_stored(admin_client, boy, mlpa):
    sample = mlpa(boy, {}, run="M1")
    url = address(models.MlpaSample, "change", sample.pk)
    one = {"gene": "ikzf1", "exon": "4", "probe": "13867-L22139", "ratio": "0.52"}
    data = form_of(admin_client, url) | {"change_reason": REASON}
    data |= row("probes", 0, call="het_del", **one)
    twice = data | row("probes", 1, call="het_del", **one)
    assert admin_client.post(url, twice).status_code == 200
    assert not models.ProbeRatio.objects.exists()
    other = one | {"probe": "20333-L27690", "ratio": "0.49"}
    assert (
        admin_client.post(url, data | row("probes", 1, call="het_del", **other)).status_code == 302
    )
    assert sorted(sample.probes.values_list("gene", "exon", "ratio")) == [
        ("IKZF1", "4", 0.49),
        ("IKZF1", "4", 0.52),
    ]
    assert models.Ikzf1Assessment.objects.get().large_deletion == "altered"


def test_row_with_results_on_it_is_not_deleted_and_says_why(admin_client, page, boy, mlpa):
    mlpa(boy, {4: "normal"}, run="M1")
    response = admin_client.post(
        page, form_of(admin_client, page) | {"change_reason": REASON, "specimens-0-DELETE": "on"}
    )
    assert response.status_code == 200
    assert "protected related objects" in response.content.decode()
    assert models.Specimen.objects.exists()


@pytest.mark.parametrize(
    "definition", ["{", "NaN,", "[" * 20_000, '{"a": "<script>alert(1)</script>"'], ids=len
)
def test_definition_that_is_no_json_is_refused_beside_it(admin_client, definition):
    errors, response = refused(
        admin_client,
        address(models.SavedCohort, "add"),
        {"name": "C", "definition": definition, "change_reason": ""},
    )
    assert list(errors) == ["definition"]
    assert "<script>alert(1)" not in response.content.decode()


@pytest.mark.parametrize(
    "error", [IntegrityError("raced"), record_pages.ValidationError("At door")]
)
def test_what_the_door_refuses_late_comes_back_with_all_that_was_typed(
    admin_client, page, boy, monkeypatch, error
):
    def refuse(**_ignored):
        raise error

    data = form_of(admin_client, page) | {"change_reason": REASON, "code": "typed"}
    data |= row("mrd", 0, day="33", operator="<", fraction="0.00012", method="flow")
    monkeypatch.setattr(record_pages, "save_record", refuse)
    response = admin_client.post(page, data)
    assert response.status_code == 200
    text = response.content.decode()
    assert "typed" in text
    assert 'value="0.00012"' in text
    assert "At door" in text or "The database refused this entry" in text
    monkeypatch.undo()
    assert models.Patient.objects.get().code == ""


def test_empty_added_row_is_no_row(admin_client, page):
    data = form_of(admin_client, page) | {"change_reason": REASON}
    data |= row("mrd", 0, method="flow") | row("specimens", 0, time_point="diagnosis", number="")
    response = admin_client.post(page, data)
    assert response.status_code == 302, errors_in(response)
    assert not models.Mrd.objects.exists()
    assert not models.Specimen.objects.exists()


HOSTILE = [
    "<script>alert(1)</script>",
    "$x$ {{ 7 }} %s {0}",
    "㛃䶮",
    "'; DROP TABLE x; --",
    "&lt;b&gt;",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_but_legal_text_prints_as_itself_on_every_page(admin_client, register, text, mlpa):
    from django.utils.html import escape

    child = register("N " + text, code="C " + text[:20], name=text)
    sample = mlpa(child, {4: "het_del"}, run=text)
    url = address(models.Patient, "change", child.pk)
    data = form_of(admin_client, url) | {"change_reason": text, "protocol": text}
    assert admin_client.post(url, data).status_code == 302
    pages = [
        url,
        address(models.Patient, "changelist"),
        address(models.Patient, "history", child.pk),
        address(models.Patient, "delete", child.pk),
        address(models.MlpaSample, "change", sample.pk),
        address(models.MlpaSample, "delete", sample.pk),
        address(models.MlpaSample, "changelist"),
        address(models.AuditEvent, "changelist"),
        reverse("admin:index"),
    ]
    for path in pages:
        page = admin_client.get(path).content.decode()
        assert "<script>alert" not in page, path
        assert escape(text) in page, path
    assert models.Patient.objects.get().protocol == text


def test_no_form_answers_garbage_with_a_fault(admin_client, page, boy):
    """Broken management forms, versions and keys: refused, and nothing is stored."""
    save_record(record=boy, by="tester", reason="no change")
    before = models.AuditEvent.objects.count()
    good = form_of(admin_client, page) | {"change_reason": REASON, "code": "X"}
    for change in (
        {"mrd-TOTAL_FORMS": "x"},
        {"mrd-TOTAL_FORMS": "20"},
        {"mrd-INITIAL_FORMS": "5", "mrd-TOTAL_FORMS": "5"},
        {"version": ""},
        {"version": "1"},
        {"version": "9:forged"},
    ):
        admin_client.raise_request_exception = False
        assert admin_client.post(page, good | change).status_code in (200, 400, 409), change
    for path in ("abc/change/", "99999999999999999999/change/", "abc/history/", "0/history/"):
        response = admin_client.get(address(models.Patient, "changelist") + path)
        assert response.status_code in (302, 404), path
    for query in (
        "q=%00",
        "ikzf1__state=zz",
        "name_index=%00",
        "p=x",
        "o=zz",
        "diagnosis_date__year=x",
    ):
        assert (
            admin_client.get(f"{address(models.Patient, 'changelist')}?{query}").status_code < 500
        )
    assert models.AuditEvent.objects.count() == before
