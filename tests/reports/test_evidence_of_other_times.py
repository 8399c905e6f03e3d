"""Genetic tests that contradict each other, and tests that are not of the diagnosis."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from analysis.calls import State
from reports import models
from reports.derived import derive
from reports.documents.records import records_of
from reports.genetics_evidence import subtype_evidence

pytestmark = pytest.mark.django_db

RELAPSE = dt.date(2021, 6, 1)
BEFORE, AFTER = dt.date(2021, 5, 31), dt.date(2021, 6, 2)
DIAGNOSED = dt.date(2020, 1, 2)


def answered(child, marker, method, result, on=None):
    return models.GeneticTest(
        patient=child, marker=marker, method=method, result=result, tested_on=on
    )


def specimen(child, number, on=None, time_point="diagnosis"):
    return models.Specimen(patient=child, number=number, collected_on=on, time_point=time_point)


def fused(child, of, result="detected", pair=("BCR", "ABL1"), method="fish"):
    return models.FusionResult(
        patient=child, gene_a=pair[0], gene_b=pair[1], method=method, result=result, specimen=of
    )


@pytest.fixture
def relapsed(boy, store):
    store(models.FollowUpEvent(patient=boy, event="relapse", date=RELAPSE))
    return boy


def subtype_of(child):
    return derive([child.pk])[child.pk].subtype


def said(reasons, language="en"):
    return [reason.message.text(language) for reason in reasons]


def test_two_tests_of_one_question_that_disagree_are_both_named_with_their_days(boy, store):
    store(
        answered(boy, "iamp21", "fish", "detected", dt.date(2020, 1, 10)),
        answered(boy, "iamp21", "array", "not_detected", dt.date(2020, 1, 20)),
    )
    found = subtype_of(boy)
    assert found.state("iamp21") is State.ALTERED
    [sentence] = said(found.contradictions)
    for part in ("iAMP21", "FISH of 2020-01-10", "array of 2020-01-20"):
        assert part in sentence


@pytest.mark.parametrize("second", ["detected", "not_evaluable", "not_tested"])
def test_tests_that_do_not_contradict_each_other_say_nothing(boy, store, second):
    store(
        answered(boy, "iamp21", "fish", "detected"), answered(boy, "iamp21", "array", second),
    )  # fmt: skip
    assert subtype_of(boy).contradictions == ()


def test_a_break_apart_and_a_fusion_that_disagree_name_method_and_day(boy, store):
    store(
        answered(boy, "kmt2a", "fish", "not_detected", dt.date(2020, 1, 10)),
        answered(boy, "kmt2a", "rna_seq", "detected", dt.date(2020, 1, 20)),
    )
    sentences = " ".join(said(subtype_of(boy).contradictions))
    assert "FISH of 2020-01-10" in sentences
    assert "RNA sequencing of 2020-01-20" in sentences


@pytest.mark.parametrize(
    ("on", "state"),
    [(None, State.ALTERED), (BEFORE, State.ALTERED),
     (RELAPSE, State.NOT_TESTED), (AFTER, State.NOT_TESTED)],
)  # fmt: skip
def test_a_test_from_the_relapse_on_decides_nothing_and_is_told(relapsed, store, on, state):
    store(answered(relapsed, "iamp21", "fish", "detected", on))
    found = subtype_of(relapsed)
    assert found.state("iamp21") is state
    left = [reason for reason in found.reasons if reason.code == "left_aside"]
    assert len(left) == (state is State.NOT_TESTED)
    for reason in left:
        sentence = reason.message.text()
        assert "iAMP21 (FISH)" in sentence
        assert on.isoformat() in sentence
        assert "2021-06-01" in sentence


@pytest.mark.parametrize(
    ("event", "counts"),
    [("transplant", False), ("relapse", False), ("remission", True), ("last_seen", True)],
)
def test_only_relapse_and_transplant_end_the_time_of_a_test_without_specimen(
    boy, store, event, counts
):
    store(models.FollowUpEvent(patient=boy, event=event, days_from_diagnosis=40))
    store(answered(boy, "iamp21", "fish", "detected", DIAGNOSED + dt.timedelta(days=41)))
    assert (subtype_of(boy).state("iamp21") is State.ALTERED) is counts


@pytest.mark.parametrize(
    ("on", "time_point", "counts"),
    [(None, "diagnosis", True), (BEFORE, "diagnosis", True), (RELAPSE, "diagnosis", False),
     (None, "relapse", False), (BEFORE, "remission", False)],
)  # fmt: skip
def test_a_fusion_of_another_specimen_than_of_the_diagnosis_is_left_aside(
    relapsed, store, on, time_point, counts
):
    taken = specimen(relapsed, "S-1", on, time_point)
    store(taken, fused(relapsed, taken))
    derived = derive([relapsed.pk])[relapsed.pk]
    assert (derived.subtype.state("bcr_abl1") is State.ALTERED) is counts
    known = derived.facts.by_name["bcr_abl1"]
    assert (known.words == ("altered",)) is counts
    left = [r for r in said(derived.subtype.reasons) if "left aside" in r]
    assert len(left) == (not counts)
    assert all("BCR::ABL1 (FISH)" in sentence for sentence in left)


def test_a_negative_fusion_of_a_specimen_in_remission_excludes_nothing(boy, store):
    store(models.FollowUpEvent(patient=boy, event="remission", date=dt.date(2020, 2, 5)))
    taken = specimen(boy, "S-1", dt.date(2020, 2, 5))
    store(taken, fused(boy, taken, "not_detected"))
    assert subtype_of(boy).state("bcr_abl1") is State.NOT_TESTED


@pytest.mark.parametrize(("on", "counts"), [(BEFORE, True), (RELAPSE, False), (None, True)])
def test_mlpa_and_sequencing_taken_at_the_relapse_are_not_of_the_diagnosis(
    relapsed, store, mlpa, sequenced, on, counts
):
    taken = store(specimen(relapsed, "S-9", on))
    mlpa(relapsed, dict.fromkeys(range(1, 9), "het_del"), run="M1", specimen=taken)
    sample = sequenced(relapsed, run="N1")
    sample.specimen.collected_on = on
    store(sample.specimen)
    derived = derive([relapsed.pk])[relapsed.pk]
    assert derived.evidence.copy_number.tested is counts
    assert derived.evidence.sequencing.tested is counts
    sentences = [s for s in said(derived.subtype.reasons) if "left aside" in s]
    named = {s.split(" of specimen ")[0] for s in sentences}
    assert named == (set() if counts else {"MLPA", "sequencing"})
    records = records_of(relapsed)
    assert (bool(records.mlpa), bool(records.sequencing)) == (counts, counts)


def test_a_relapse_entered_later_changes_the_data_of_the_report(boy, store):
    store(answered(boy, "iamp21", "fish", "detected", AFTER))
    before = records_of(boy).data_hash
    store(models.FollowUpEvent(patient=boy, event="relapse", date=RELAPSE))
    assert records_of(boy).data_hash != before


def test_children_are_read_in_the_same_number_of_queries(register, store):
    def queries(children):
        with CaptureQueriesContext(connection) as seen:
            subtype_evidence([child.pk for child in children])
        return len(seen)

    children = [register(f"2020-{n:04}") for n in range(1, 5)]
    for child in children:
        store(models.FollowUpEvent(patient=child, event="relapse", date=RELAPSE))
        store(
            specimen(child, "S-1", AFTER),
        )
        store(answered(child, "iamp21", "fish", "detected", AFTER))
        store(fused(child, child.specimens.get()))
    assert queries(children) == queries(children[:1])
