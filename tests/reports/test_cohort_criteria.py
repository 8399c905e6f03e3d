"""What a definition may ask for, and what each condition makes of a child's record."""

import datetime as dt
import json
import os
import subprocess
import sys

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import override

from analysis.calls import State
from analysis.cohort.frame import Alteration, AlterationKind, Child
from analysis.response import MrdMeasurement
from reports.actions import save_record
from reports.cohort_content import cohort_content
from reports.cohort_criteria import BadDefinition, Condition, typed_definition
from reports.cohort_versions import versions_of
from reports.cohort_words import condition_text
from reports.documents.cohort_origin import versions_table
from reports.models import Findings, Patient, SavedCohort, Specimen
from reports.queries import definition_of, holds, select
from tests.reports.documents.children import child, examined, stored

CHILD = Child(
    id=1,
    sex="male",
    wbc=50.0,
    mrd_d15=MrdMeasurement(0.0021, "=", 0.0001),
    ikzf1=State.ALTERED,
    ikzf1_large_deletion=State.ALTERED,
    ikzf1_sequence_variant=State.NOT_EVALUABLE,
    ikzf1_deletions=("del4-7",),
    genes_tested=frozenset({"NRAS", "KRAS"}),
    genes_not_evaluable=frozenset({"PAX5"}),
    alterations=(Alteration("NRAS", AlterationKind.SNV),),
)


@pytest.mark.parametrize(
    ("field", "op", "value", "answer"),
    [
        ("wbc", ">=", 50, True),
        ("wbc", ">", 50, False),
        ("wbc", "<=", 50, True),
        ("wbc", "<", 50, False),
        ("platelets", "<", 50, None),
        ("platelets", "is", "recorded", False),
        ("wbc", "is", "not_recorded", False),
        ("sex", "is", "male", True),
        ("cns", "is", "cns1", None),
        ("cns", "is", "not_recorded", True),
        ("ikzf1", "is", "altered", True),
        ("ikzf1", "is", "not_detected", False),
        ("ikzf1", "is", "not_tested", False),
        # Not evaluable: whether it is altered nobody knows.
        ("ikzf1_sequence_variant", "is", "altered", None),
        ("ikzf1_sequence_variant", "is", "not_evaluable", True),
        ("ikzf1_sequence_variant", "is", "answered", False),
        ("ikzf1_sequence_variant", "is", "not answered", True),
        ("mrd_d15_above", "is", "altered", True),
        ("mrd_d33_above", "is", "altered", None),
        ("hyperdiploid", "is", "not_tested", True),
        ("gene:NRAS", "is", "altered", True),
        ("gene:KRAS", "is", "altered", False),
        ("gene:PAX5", "is", "altered", None),
        ("gene:CDKN2A", "is", "altered", None),
        ("gene:CDKN2A", "is", "answered", False),
        ("ikzf1_deletion", "is", "del4-7", True),
        ("ikzf1_deletion", "is", "del1-8", False),
    ],
)
def test_condition_answers_yes_no_or_not_known(field, op, value, answer):
    raw = {"where": [{"field": field, "op": op, "value": value}]}
    (condition,) = typed_definition(raw)["where"]
    assert holds(condition, CHILD) is answer


def test_pattern_of_a_child_without_an_answer_for_deletions_is_not_known():
    assert holds(Condition("ikzf1_deletion", "is", "del4-7"), Child(id=2)) is None


@pytest.mark.parametrize(
    ("definition", "said"),
    [
        ({"sex": "boy"}, "boy is no value for the criterion sex. Known are: male, female."),
        ({"age_from": True}, "True is no value for the criterion age_from."),
        ({"age_below": float("nan")}, "nan is no value for the criterion age_below."),
        ({"age_below": 10**400}, "for the criterion age_below."),
        ({"specimen": "blood"}, "Known are: any, mlpa, sequencing, both."),
        ({"centre": ["T1"]}, "for the criterion centre"),
        ({"age_from": 5, "age_below": 5}, "No child can meet both age_from 5 and age_below 5."),
        ({"diagnosed_from": "2020-01-02", "diagnosed_to": "2020-01-01"}, "No child can meet both"),
        ({"risk_group_from": "guess"}, "guess is no value for the criterion risk_group_from."),
        ({"where": {"field": "wbc"}}, "for the criterion where"),
        ({"where": ["wbc"]}, "Condition 1 (wbc): it needs “field”, “op” and “value”"),
        (
            {"where": [{"field": "shoe", "op": "<", "value": 1}]},
            "Condition 1 (shoe < 1): there is no field shoe; known are: sex, age_years",
        ),
        (
            {"where": [{"field": "wbc", "op": "~", "value": 1}]},
            "the operator is one of <, <=, >, >=, is",
        ),
        (
            {"where": [{"field": "wbc", "op": "<", "value": 1}] * 41},
            "At most 40 conditions can stand in “where”; these are 41.",
        ),
        (
            {"where": [{"field": "ikzf1_deletion", "op": "is", "value": "all"}]},
            "a deletion is written as del4-7 or del1",
        ),
        ({"where": [{"field": "gene:", "op": "is", "value": "altered"}]}, "no field gene:"),
        ({"where": [{"field": 1, "op": "is", "value": "altered"}]}, "there is no field 1"),
        ({"where": [{"field": "wbc", "op": "is", "value": None}]}, "a measurement is compared"),
    ],
)
def test_refusal_names_the_criterion_and_the_value(definition, said):
    with pytest.raises(BadDefinition) as refusal:
        typed_definition(definition)
    assert said in str(refusal.value)


def test_condition_is_said_in_the_language_of_the_page():
    condition = Condition("wbc", ">=", 50.0)
    assert condition_text(condition) == "White blood cells (10⁹/L) ≥ 50"
    with override("zh-hans"):
        assert "≥ 50" in condition_text(condition)


def cohort(**definition) -> SavedCohort:
    return SavedCohort(name="c", definition=definition)


@pytest.mark.django_db
def test_flow_says_who_was_left_out_and_who_is_not_known():
    kept = examined("1", sex="female", protocol="CCLG-ALL-2008")
    examined("2", sex="male", protocol="CCLG-ALL-2008")
    child("3", sex="female")  # no protocol on record
    child("4", diagnosis="t_all", protocol="CCLG-ALL-2008")
    bare = child("5", sex="female", protocol="CCLG-ALL-2008")
    stored(Findings(patient=bare, wbc=3))
    definition = definition_of(
        cohort(
            where=[{"field": "wbc", "op": ">", "value": 5}],
            sex="female",
            diagnosis="b_all",
            protocol="CCLG-ALL-2008",
        )
    )
    selection = select(definition)
    assert selection.patient_ids == (kept.pk,)
    assert selection.sentence() == (
        "5 registered, 1 for whom “Protocol: CCLG-ALL-2008” is not known, 1 not B-ALL, "
        "1 not female, 1 not “White blood cells (10⁹/L) > 5”, 1 analysed"
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wanted", "numbers"),
    [("any", ["1", "2"]), ("mlpa", ["1"]), ("sequencing", ["1"]), ("both", ["1"])],
)
def test_specimen_of_diagnosis_is_asked_for_with_what_was_done_on_it(wanted, numbers):
    examined("1")
    stored(Specimen(patient=child("2"), number="S"))
    stored(Specimen(patient=child("3"), number="S", time_point="relapse"))
    child("4")
    ids = select(definition_of(cohort(specimen=wanted))).patient_ids
    assert list(Patient.objects.filter(pk__in=ids).values_list("hospital_number", flat=True)) == (
        numbers
    )


@pytest.mark.django_db
def test_age_from_counts_the_limit_and_leaves_the_unknown_out():
    five = child("1", age_years=5.0)
    child("2", age_years=4.99)
    child("3")
    selection = select(definition_of(cohort(age_from=5)))
    assert selection.patient_ids == (five.pk,)
    assert [(step.excluded, step.unknown) for step in selection.flow] == [(2, 1)]


@pytest.mark.django_db
def test_queries_of_conditions_do_not_grow_with_children(django_assert_max_num_queries):
    for number in range(3):
        examined(str(number))
    where = [{"field": "wbc", "op": ">", "value": 1}, {"field": "sex", "op": "is", "value": "male"}]
    with django_assert_max_num_queries(16):
        assert len(select(definition_of(cohort(where=where))).patient_ids) == 3


@pytest.mark.django_db
def test_bad_definition_is_refused_where_it_is_stored():
    with pytest.raises(ValidationError) as refusal:
        save_record(record=cohort(sex="boy"), by="tester", reason="defined")
    assert "boy is no value" in refusal.value.message_dict["definition"][0]


@pytest.mark.django_db
def test_data_entry_refuses_a_bad_definition_beside_the_field(admin_client):
    sent = {"name": "c", "title": "", "description": "", "version": ""}
    sent["definition"] = json.dumps({"where": [{"field": "wbc", "op": "~", "value": 1}]})
    page = admin_client.post(reverse("admin:reports_savedcohort_add"), sent)
    form = page.context["adminform"].form
    assert "the operator is one of" in str(form.errors["definition"])
    assert not SavedCohort.objects.exists()


@pytest.mark.django_db
def test_versions_say_who_changed_which_criterion_and_why():
    saved = cohort(diagnosis="b_all", age_below=18)
    save_record(record=saved, by="first", reason="defined")
    saved.definition = {"diagnosis": "b_all", "age_below": 16, "sex": "male"}
    saved.title = "Boys"
    save_record(record=saved, by="second", reason="reviewer")
    second, first = versions_of(saved)
    assert (first.number, first.who, first.changes) == (1, "first", ())
    assert (second.number, second.who, second.why) == (2, "second", "reviewer")
    changes = [(item.field, item.criterion, item.old, item.new) for item in second.changes]
    assert changes == [
        ("title", "", "", "Boys"),
        ("definition", "age_below", "18", "16"),
        ("definition", "sex", "", "male"),
    ]
    assert dt.datetime.fromisoformat(second.at).tzinfo is not None


@pytest.mark.django_db
def test_report_says_the_changes_in_words():
    where = [{"field": "wbc", "op": ">", "value": 5}, {"field": "cns", "op": "is", "value": "cns1"}]
    saved = cohort(diagnosis="b_all", age_below=18, where=where)
    save_record(record=saved, by="first", reason="defined")
    others = [where[1], {"field": "wbc", "op": ">", "value": 9}]
    saved.definition = {"diagnosis": "b_all", "age_below": 16, "sex": "male", "where": others}
    save_record(record=saved, by="second", reason="reviewer")
    (versions,) = versions_table(cohort_content(saved))
    assert versions.rows[0].cells[3].text == (
        "Age at diagnosis (years) < 18 → Age at diagnosis (years) < 16; "
        "added: Sex: male; removed: White blood cells (10⁹/L) > 5; "
        "added: White blood cells (10⁹/L) > 9"
    )


def test_definitions_are_checked_without_numpy():
    """`manage.py check` imports them."""
    code = (
        "import sys, django; django.setup(); import reports.cohort_criteria, reports.queries; "
        "sys.exit('numpy' in sys.modules)"
    )
    settings = {"DJANGO_SETTINGS_MODULE": "ikzf1site.settings"}
    done = subprocess.run([sys.executable, "-c", code], env=os.environ | settings, check=False)
    assert done.returncode == 0
