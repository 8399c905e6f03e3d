"""Whose sample is it: blocked until a person decides with a reason, then used or kept out."""

import sys
from pathlib import Path

import pytest
from django.urls import reverse

sys.path.append(str(Path(__file__).parents[1] / "importers"))

from mlpa_run_files import checked, lost, write_run

from reports import models
from reports.actions import decide_sex
from reports.importers.lab_import import commit

pytestmark = pytest.mark.django_db


@pytest.fixture
def specimen(store, register):
    return store(models.Specimen(patient=register(), number="S1", blast_percent=90))


@pytest.fixture
def paths(tmp_path, specimen):
    """The record says boy; the peaks show no Y, and a loss of exons 4-7."""
    patients = {"A": {"male": False, "ratios": lost()}}
    return write_run(tmp_path, patients, rows=["A,patient,,,S1,2020-0001"])


@pytest.fixture
def blocked(paths):
    preview = checked(paths)
    assert [str(item) for item in preview.errors] == []
    assert any("may be another child's" in str(item) for item in preview.warnings)
    commit(preview, by="tester", reason="test")
    return models.MlpaSample.objects.get()


def calls():
    rows = models.ProbeRatio.objects.filter(gene="IKZF1")
    return {row.exon: row.call for row in rows}


def status():
    return models.Ikzf1Assessment.objects.get().large_deletion


REASON = {"change_reason": "asked the ward"}
EXPECTED = {exon: "het_del" if exon in "4567" else "normal" for exon in "12345678"}
NOT_EVALUABLE = dict.fromkeys("12345678", "not_evaluable")


def test_mismatch_blocks_the_calls_and_keeps_them(blocked):
    assert (blocked.sample_quality, blocked.sex_check) == ("failed", "blocked")
    assert "may be another child's" in blocked.quality_reason
    assert calls() == NOT_EVALUABLE and status() == "not_evaluable"
    held = models.ProbeRatio.objects.filter(gene="IKZF1").values_list("exon", "held_call")
    assert dict(held) == EXPECTED


def test_accepted_sample_is_used_and_rejected_again_it_is_not(blocked):
    decide_sex(sample=blocked, decision="accepted", by="Dr Li", reason="transplant from a sister")
    assert calls() == EXPECTED and status() == "altered"
    stored = models.MlpaSample.objects.get()
    assert (stored.sample_quality, stored.sex_decision_by) == ("adequate", "Dr Li")
    decide_sex(sample=stored, decision="rejected", by="Dr Wu", reason="tubes were swapped")
    assert calls() == NOT_EVALUABLE and status() == "not_evaluable"
    assert models.MlpaSample.objects.get().quality_reason == "tubes were swapped"
    history = stored.history.order_by("history_id").values_list("sex_decision", "history_who")
    assert list(history)[1:] == [("accepted", "Dr Li"), ("rejected", "Dr Wu")]


def test_acceptance_is_of_the_bytes_that_were_judged(blocked, tmp_path):
    decide_sex(sample=blocked, decision="accepted", by="Dr Li", reason="transplant")
    judged = models.MlpaSample.objects.get().file_sha256
    patients = {"A": {"male": False}}  # other peaks under the same name
    changed = write_run(tmp_path, patients, rows=["A,patient,,,S1,2020-0001"])
    commit(checked(changed), by="tester", reason="the file was sent anew")
    stored = models.MlpaSample.objects.get()
    assert stored.file_sha256 != judged
    assert (stored.sex_check, stored.sex_decision, stored.sex_decision_by) == ("blocked", "", "")
    assert calls() == NOT_EVALUABLE and status() == "not_evaluable"
    former = stored.history.filter(sex_decision="accepted").latest("history_id")
    assert (former.file_sha256, former.sex_decision_by) == (judged, "Dr Li")


def test_withdrawn_decision_blocks_again(blocked):
    decide_sex(sample=blocked, decision="accepted", by="Dr Li", reason="transplant")
    decide_sex(sample=blocked, decision="", by="Dr Li", reason="not sure any more")
    stored = models.MlpaSample.objects.get()
    assert "may be another child's" in stored.quality_reason and stored.sex_decision == ""
    assert calls() == NOT_EVALUABLE


def test_decision_holds_when_the_files_are_read_again(blocked, paths):
    decide_sex(sample=blocked, decision="accepted", by="Dr Li", reason="transplant")
    commit(checked(paths), by="tester", reason="again")
    assert calls() == EXPECTED
    assert models.MlpaSample.objects.get().sex_decision == "accepted"
    assert checked(paths).writes == 0
    decide_sex(
        sample=models.MlpaSample.objects.get(), decision="rejected", by="Dr Wu", reason="swapped"
    )
    commit(checked(paths), by="tester", reason="again")
    assert calls() == NOT_EVALUABLE and checked(paths).writes == 0
    held = models.ProbeRatio.objects.filter(gene="IKZF1").values_list("exon", "held_call")
    assert dict(held) == EXPECTED


def test_corrected_record_of_the_sex_needs_no_decision(blocked, paths, store):
    child = models.Patient.objects.get()
    child.sex = "female"
    store(child)
    commit(checked(paths), by="tester", reason="again")
    assert calls() == EXPECTED and models.MlpaSample.objects.get().sex_check == "passed"


@pytest.mark.parametrize("reason", ["", "   "])
def test_decision_needs_a_reason(blocked, reason):
    with pytest.raises(ValueError, match="needs a reason"):
        decide_sex(sample=blocked, decision="accepted", by="Dr Li", reason=reason)


def test_no_decision_where_nothing_contradicts(blocked):
    blocked.sex_check = "passed"
    with pytest.raises(ValueError, match="do not contradict"):
        decide_sex(sample=blocked, decision="accepted", by="Dr Li", reason="x")


def test_failed_sample_is_not_used_by_a_decision(tmp_path, specimen):
    weak = dict.fromkeys((64, 70, 76, 82), 1000)
    patients = {"A": {"male": False, "fragments": weak}}
    paths = write_run(tmp_path, patients, rows=["A,patient,,,S1,2020-0001"])
    commit(checked(paths), by="tester", reason="test")
    sample = models.MlpaSample.objects.get()
    decide_sex(sample=sample, decision="accepted", by="Dr Li", reason="transplant")
    assert models.MlpaSample.objects.get().sample_quality == "failed"
    assert calls() == NOT_EVALUABLE


# --- in the admin ---


def form_of(client, url):
    context = client.get(url).context
    sets = [inline.formset for inline in context["inline_admin_formsets"]]
    forms = [context["adminform"].form]
    forms += [form for item in sets for form in [item.management_form, *item.forms]]
    return {
        field.html_name: "" if field.value() is None else str(field.value())
        for form in forms
        for field in form
    }


@pytest.fixture
def page(blocked, settings, admin_client):
    return reverse("admin:reports_mlpasample_change", args=[blocked.pk])


def test_decision_in_the_admin(page, admin_client):
    text = admin_client.get(page).content.decode()
    assert "Whose sample is it?" in text and "contradicts the record" in text
    typed = (
        form_of(admin_client, page)
        | {"change_reason": "asked the ward"}
        | {
            "sex_decision": "accepted",
            "sex_decision_reason": "transplant from a sister",
            "sex_decision_by": "Dr Li",
        }
    )
    response = admin_client.post(page, typed)
    assert response.status_code == 302, response.context["errors"]
    assert calls() == EXPECTED and status() == "altered"


def test_decision_without_its_reason_is_refused_beside_the_field(page, admin_client):
    typed = (
        form_of(admin_client, page)
        | {"change_reason": "asked the ward"}
        | {"sex_decision": "accepted", "sex_decision_by": "Dr Li"}
    )
    response = admin_client.post(page, typed)
    assert response.status_code == 200
    assert "sex_decision_reason" in response.context["adminform"].form.errors
    assert calls() == NOT_EVALUABLE


def test_nothing_is_asked_where_the_sex_fits(page, admin_client, mlpa):
    sample = models.MlpaSample.objects.get()
    other = mlpa(sample.specimen.patient, {4: "normal"}, run="typed")
    text = admin_client.get(
        reverse("admin:reports_mlpasample_change", args=[other.pk])
    ).content.decode()
    assert "Whose sample is it?" not in text and "sex_decision" not in text


@pytest.fixture
def girls_sample(tmp_path, store, register):
    """`girls_sample(sex)`: peaks without Y and a loss of exons 4-7; the record says `sex`."""

    def read(sex):
        child = register(sex=sex)
        store(models.Specimen(patient=child, number="S1", blast_percent=90))
        patients = {"A": {"male": False, "ratios": lost()}}
        preview = checked(write_run(tmp_path, patients, rows=["A,patient,,,S1,2020-0001"]))
        commit(preview, by="tester", reason="test")
        assert calls() == EXPECTED
        return child, models.MlpaSample.objects.get()

    return read


@pytest.mark.parametrize(("before", "first"), [("", "not_checked"), ("female", "passed")])
def test_sex_recorded_or_corrected_after_the_import_is_held_against_the_sample(
    girls_sample, store, before, first
):
    child, sample = girls_sample(before)
    assert sample.sex_check == first
    child.sex = "male"
    store(child)
    sample.refresh_from_db()
    assert (sample.sex_check, sample.sample_quality) == ("blocked", "failed")
    assert "show female" in sample.quality_reason and "says male" in sample.quality_reason
    assert calls() == NOT_EVALUABLE and status() == "not_evaluable"
    decide_sex(sample=sample, decision="accepted", by="Dr Li", reason="seen with the ward")
    assert calls() == EXPECTED and status() == "altered"


def test_specimen_given_to_a_boy_takes_its_girls_sample_along_and_holds_it(
    girls_sample, store, register
):
    _girl, sample = girls_sample("female")
    specimen = models.Specimen.objects.get()
    specimen.patient = register("2020-0009")
    store(specimen)
    sample.refresh_from_db()
    assert sample.sex_check == "blocked" and calls() == NOT_EVALUABLE


def test_sex_recorded_as_the_fragments_show_it_changes_the_words_only(girls_sample, store):
    child, sample = girls_sample("")
    child.sex = "female"
    store(child)
    sample.refresh_from_db()
    assert (sample.sex_check, sample.sample_quality) == ("passed", "adequate")
    assert any("as recorded" in item["reason"]["message"]["sentence"] for item in sample.checks)
    assert calls() == EXPECTED
