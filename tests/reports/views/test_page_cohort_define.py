"""Defining, freezing and exporting a cohort in the portal."""

import io
import json
import zipfile

import openpyxl
import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from reports.actions import freeze_cohort, save_record
from reports.models import AuditEvent, FrozenCohort, Panel, Patient, SavedCohort
from tests.reports.views.conftest import user_with

RIGHTS = ("view_patient", "add_savedcohort", "change_savedcohort", "add_frozencohort")


@pytest.fixture
def keeper_client(client, db, django_user_model):
    """May look, define cohorts and freeze them."""
    client.force_login(user_with(django_user_model, "keeper", *RIGHTS))
    return client


@pytest.fixture
def panel(db):
    """It covers NRAS and C10orf10, and not TP53."""
    genes = "IKZF1;NRAS;C10orf10"
    save_record(record=Panel(name="P185", panel_genes=genes), by="keeper", reason="panel")


def lines(*conditions, **fields) -> dict[str, str]:
    """What the form sends; each condition is (field, gene, op, value)."""
    data = {
        "name": "ours",
        "diagnosis": "b_all",
        "line-TOTAL_FORMS": str(len(conditions)),
        "line-INITIAL_FORMS": "0",
        "version": "0",
        "reason": "",
    }
    for place, values in enumerate(conditions):
        names = ("field", "gene", "op", "value")
        for name, value in zip(names, values, strict=True):
            data[f"line-{place}-{name}"] = value
    return data | fields


def define(client, cohort=None, **fields):
    address = reverse("cohort_define", query={"cohort": cohort.pk} if cohort else None)
    return client.post(address, fields)


def test_flow_is_shown_before_anything_is_saved(keeper_client, enter):
    enter("A-1")
    enter("B-2", deleted=False)
    enter("C-3", diagnosis="t_all")
    sent = lines(("wbc", "", ">=", "10"), ("ikzf1", "", "is", "altered"), preview="1")
    text = define(keeper_client, **sent).content.decode()
    # B-2: MLPA shows nothing and nobody sequenced it, so IKZF1 has no answer.
    assert "3 registered, 1 not B-ALL, 1 for whom “IKZF1: altered” is not known, 1 analysed" in text
    assert "White blood cells (10⁹/L) ≥ 10" in text
    assert not SavedCohort.objects.exists()
    assert 'name="line-4-field"' in text  # two lines and three empty ones


@pytest.mark.usefixtures("panel")
def test_definition_is_saved_without_writing_json(keeper_client):
    sent = lines(
        ("wbc", "", ">=", "50"),
        ("", "NRAS", "is", "not answered"),
        ("ikzf1_deletion", "", "is", "4-7"),
        ("cns", "", "is", "CNS2"),
        ("", "", "is", ""),
        save="1",
        age_from="1",
        age_below="17.5",
        sex="female",
        specimen="both",
        diagnosed_from="2019-01-01",
        risk_group_from="confirmed",
    )
    response = define(keeper_client, **sent)
    cohort = SavedCohort.objects.get(name="ours")
    assert response["Location"] == reverse("cohort", query={"cohort": cohort.pk})
    assert cohort.definition == {
        "diagnosis": "b_all",
        "sex": "female",
        "diagnosed_from": "2019-01-01",
        "age_from": 1,
        "age_below": 17.5,
        "specimen": "both",
        "risk_group_from": "confirmed",
        "where": [
            {"field": "wbc", "op": ">=", "value": 50.0},
            {"field": "gene:NRAS", "op": "is", "value": "not_answered"},
            {"field": "ikzf1_deletion", "op": "is", "value": "del4-7"},
            {"field": "cns", "op": "is", "value": "cns2"},
        ],
    }


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        (("wbc", "", ">=", "many"), "Condition 1 (wbc &gt;= many): the value is not a number."),
        (("ikzf1", "", "<", "5"), "only measurements can be compared"),
        (("cns", "", "is", "cns9"), "the value is one of: cns1, cns2, cns3"),
        (("gene", "", "is", "altered"), "Say which field or gene."),
        (("gene", "N RAS", "is", "altered"), "there is no field gene:N RAS"),
        (("wbc", "", ">=", "nan"), "the value is not a number"),
        (("wbc", "NRAS", ">=", "5"), "A gene stands beside the field White blood cells (10⁹/L)"),
        (("ikzf1_deletion", "", "is", "7-4"), "a deletion is written as del4-7 or del1"),
    ],
)
def test_condition_that_cannot_be_meant_is_refused_beside_its_line(keeper_client, condition, said):
    response = define(keeper_client, **lines(condition, save="1"))
    assert response.status_code == 200
    assert said in response.content.decode()
    assert not SavedCohort.objects.exists()


def test_criteria_that_no_child_can_meet_are_refused(keeper_client):
    response = define(keeper_client, **lines(save="1", age_from="10", age_below="5"))
    assert "No child can meet both age_from 10 and age_below 5." in response.content.decode()


def test_change_needs_a_reason_and_makes_a_version_that_is_shown(keeper_client, enter):
    enter("A-1")
    define(keeper_client, **lines(save="1"))
    cohort = SavedCohort.objects.get()
    changed = lines(save="1", version=str(cohort.version), age_below="18")
    assert "Say why" in define(keeper_client, cohort, **changed).content.decode()
    define(keeper_client, cohort, **(changed | {"reason": "children only"}))
    text = keeper_client.get(reverse("cohort"), {"cohort": cohort.pk}).content.decode()
    assert "Definition: version 2, by keeper" in text
    assert "added: Age at diagnosis (years) &lt; 18" in text
    assert "children only" in text


def test_definition_that_somebody_else_changed_meanwhile_is_a_conflict(keeper_client):
    define(keeper_client, **lines(save="1"))
    cohort = SavedCohort.objects.get()
    seen = cohort.version
    cohort.title = "Theirs"
    save_record(record=cohort, by="somebody else", reason="renamed")
    sent = lines(save="1", version=str(seen), reason="mine", title="Mine")
    keeper_client.raise_request_exception = False
    assert define(keeper_client, cohort, **sent).status_code == 409
    assert SavedCohort.objects.get().title == "Theirs"


def test_name_that_is_taken_is_refused_beside_the_field(keeper_client):
    define(keeper_client, **lines(save="1"))
    text = define(keeper_client, **lines(save="1")).content.decode()
    assert "already exists" in text
    assert SavedCohort.objects.count() == 1


@pytest.mark.usefixtures("panel")
def test_gene_is_written_as_the_records_write_it(keeper_client):
    sent = lines(("", "nras", "is", "altered"), ("", "c10ORF10", "is", "altered"), save="1")
    define(keeper_client, **sent)
    fields = [item["field"] for item in SavedCohort.objects.get().definition["where"]]
    assert fields == ["gene:NRAS", "gene:C10orf10"]


@pytest.mark.usefixtures("panel")
def test_gene_that_nobody_can_have_an_answer_for_is_refused(keeper_client):
    text = define(keeper_client, **lines(("", "TP35", "is", "altered"), save="1")).content.decode()
    assert "no panel on record covers the gene TP35" in text
    stored = SavedCohort(
        name="c", definition={"where": [{"field": "gene:TP35", "op": "is", "value": "altered"}]}
    )
    with pytest.raises(ValidationError, match="covers the gene TP35"):
        save_record(record=stored, by="keeper", reason="by hand")
    assert not SavedCohort.objects.exists()


def test_limit_keeps_every_digit_when_it_is_edited(keeper_client):
    sent = lines(("wbc", "", ">=", "1234567.25"), ("wbc", "", ">=", "0.1"), save="1")
    define(keeper_client, **sent)
    cohort = SavedCohort.objects.get()
    text = keeper_client.get(reverse("cohort_define"), {"cohort": cohort.pk}).content.decode()
    assert 'value="1234567.25"' in text
    assert 'value="0.1"' in text
    assert (
        "≥ 1234567.25"
        in define(
            keeper_client, **({k: v for k, v in sent.items() if k != "save"} | {"preview": "1"})
        ).content.decode()
    )


@pytest.mark.usefixtures("panel")
def test_stored_definition_comes_back_into_the_form(keeper_client):
    define(keeper_client, **lines(("", "NRAS", "is", "altered"), save="1", protocol=""))
    cohort = SavedCohort.objects.get()
    text = keeper_client.get(reverse("cohort_define"), {"cohort": cohort.pk}).content.decode()
    assert 'value="NRAS"' in text
    assert 'value="ours"' in text


def test_looking_alone_neither_defines_nor_freezes(doctor_client):
    assert doctor_client.get(reverse("cohort_define")).status_code == 403
    assert doctor_client.post(reverse("cohort_define"), lines(save="1")).status_code == 403
    assert doctor_client.post(reverse("cohort_freeze"), {"reason": "x"}).status_code == 403
    text = doctor_client.get(reverse("cohort")).content.decode()
    assert "Freeze this cohort" not in text
    assert "Define a cohort" not in text


def seen_hash(client) -> str:
    return client.get(reverse("cohort")).context["document"].numbers.content.data_hash


def test_cohort_is_frozen_from_its_page_and_shown_as_frozen(keeper_client, enter):
    enter("A-1")
    sent = {"reason": "Table 1 of the article", "seen": seen_hash(keeper_client)}
    response = keeper_client.post(reverse("cohort_freeze"), sent, follow=True)
    assert response.redirect_chain[-1][0] == reverse("cohort", query={"cohort": "frozen-1"})
    enter("B-2")
    text = keeper_client.get(reverse("cohort"), {"cohort": "frozen-1"}).content.decode()
    assert "Frozen cohort 1: as on" in text
    assert "1 registered, 1 analysed" in text
    assert "Freeze this cohort" not in text
    data = keeper_client.get(reverse("cohort_data"), {"cohort": "frozen-1"})
    assert json.loads(data.content)["provenance"]["frozen"]["number"] == 1
    asked = {"cohort": "frozen-1", "language": "en"}
    pdf = keeper_client.post(reverse("cohort_report"), asked)
    assert pdf["Content-Disposition"] == 'attachment; filename="ikzf1-frozen-1-en.pdf"'
    event = AuditEvent.objects.get(act="printed")
    assert (event.kind, event.details["frozen"]) == ("frozencohort", 1)


def test_what_changed_since_the_page_was_opened_is_not_frozen(keeper_client, enter):
    enter("A-1")
    seen = seen_hash(keeper_client)
    child = Patient.objects.get()
    child.sex = "male"
    save_record(record=child, by="somebody else", reason="corrected")
    sent = {"reason": "Table 1", "seen": seen}
    text = keeper_client.post(reverse("cohort_freeze"), sent, follow=True).content.decode()
    assert "The records have changed since you opened the page" in text
    sent = {"reason": " ", "seen": ""}
    text = keeper_client.post(reverse("cohort_freeze"), sent, follow=True).content.decode()
    assert "Say why the cohort is frozen." in text
    assert not FrozenCohort.objects.exists()


@pytest.mark.parametrize("key", ["frozen-9", "frozen-", "frozen-x", f"frozen-{10**21}"])
def test_unknown_frozen_cohort_is_not_found(doctor_client, key):
    assert doctor_client.get(reverse("cohort"), {"cohort": key}).status_code == 404


def test_frozen_content_that_cannot_be_read_is_told(doctor_client, enter, monkeypatch):
    enter("A-1")
    freeze_cohort(cohort=None, by="tester", reason="kept")
    monkeypatch.setattr("reports.frozen_content.FORMAT", 9)
    response = doctor_client.get(reverse("cohort"), {"cohort": "frozen-1"})
    assert "has the format 1; this version reads format 9" in response.content.decode()
    assert doctor_client.get(reverse("cohort_data"), {"cohort": "frozen-1"}).status_code == 302


def test_tables_are_exported_and_their_export_is_written_down(doctor_client, enter):
    enter("A-1")
    enter("B-2", deleted=False)
    book = doctor_client.get(reverse("cohort_tables", args=["xlsx"]))
    assert book["Content-Disposition"] == 'attachment; filename="ikzf1-b-all.xlsx"'
    assert "table-1" in openpyxl.load_workbook(io.BytesIO(book.content)).sheetnames
    packed = doctor_client.get(reverse("cohort_tables", args=["zip"]))
    with zipfile.ZipFile(io.BytesIO(packed.content)) as archive:
        assert "01-about.csv" in archive.namelist()
    forms = [event.details["form"] for event in AuditEvent.objects.filter(act="exported")]
    assert sorted(forms) == ["xlsx", "zip"]
    assert doctor_client.get(reverse("cohort_tables", args=["exe"])).status_code == 404
