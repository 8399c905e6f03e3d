"""MRD of marrow and of blood on one day, and the percentage beside the word of a marrow."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from reports import models
from reports.derived import derive
from reports.documents.mrd import readings, thresholds_of
from reports.documents.records import records_of

pytestmark = pytest.mark.django_db


def mrd(child, material, fraction, **more):
    fields = {"day": 33, "operator": "=", "method": "flow", "lod_fraction": 1e-5} | more
    return models.Mrd(patient=child, material=material, fraction=fraction, **fields)


def facts_of(child):
    return derive([child.pk])[child.pk].facts


@pytest.mark.parametrize("order", [("marrow", "blood"), ("blood", "marrow")])
def test_marrow_speaks_for_its_day_and_is_named(boy, store, order):
    fractions = {"marrow": 2e-2, "blood": 1e-5}
    for material in order:
        store(mrd(boy, material, fractions[material]))
    [result] = facts_of(boy).mrd
    assert result.fraction == 2e-2
    assert [item.name for item in result.evidence] == ["MRD day 33, marrow"]


def test_a_marrow_without_a_readable_answer_is_not_answered_for_by_the_blood(boy, store):
    store(mrd(boy, "marrow", None, operator="not_evaluable"), mrd(boy, "blood", 1e-5))
    [result] = facts_of(boy).mrd
    assert result.fraction is None


def test_blood_alone_settles_no_threshold_and_is_told_as_blood(boy, store):
    store(mrd(boy, "blood", 2e-2))
    derived = derive([boy.pk])[boy.pk]
    [result] = derived.facts.mrd
    assert result.fraction is None
    thresholds = thresholds_of(derived.risks, "CCLG-ALL-2008")
    shown = [item for item in readings(records_of(boy), thresholds) if item.measurement]
    assert [item.held for item in shown] == [()]
    store(mrd(boy, "marrow", 2e-2))
    shown = [item for item in readings(records_of(boy), thresholds) if item.measurement]
    held = {item.measurement.material: bool(item.held) for item in shown}
    assert held == {"blood": False, "marrow": True}


def test_the_same_measurement_twice_is_refused(boy, store):
    store(mrd(boy, "marrow", 1e-3))
    with pytest.raises((ValidationError, IntegrityError)), transaction.atomic():
        store(mrd(boy, "marrow", 1e-4))


@pytest.mark.parametrize(
    ("word", "percent", "number", "words"),
    [("m2", None, None, ("m2",)), ("m2", 22, 22, ()), ("m1", 0, 0, ()), ("m3", 60, 60, ()),
     # The sources call exactly 25 % M2 or M3: the recorded word decides.
     ("m2", 25, 25, ()), ("m3", 25, None, ("m3",))],
)  # fmt: skip
def test_a_percentage_settles_what_the_word_of_the_marrow_leaves_open(
    boy, store, word, percent, number, words
):
    row = models.MarrowAssessment(patient=boy, day=15, status=word, blast_percent=percent)
    store(row)
    fact = facts_of(boy).by_name["marrow_d15"]
    assert (fact.number, fact.words) == (number, words)


@pytest.mark.parametrize(
    ("word", "percent"), [("m1", 5), ("m2", 4.9), ("m2", 26), ("m3", 24), ("not_tested", 3)]
)
def test_a_percentage_against_the_word_of_the_marrow_is_refused(boy, store, word, percent):
    with pytest.raises(ValidationError):
        store(models.MarrowAssessment(patient=boy, day=15, status=word, blast_percent=percent))


def test_a_percentage_changes_the_data_of_the_report(boy, store):
    row = store(models.MarrowAssessment(patient=boy, day=15, status="m2"))
    before = records_of(boy).data_hash
    row.blast_percent = 22
    store(row)
    assert records_of(boy).data_hash != before
