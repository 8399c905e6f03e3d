"""Which children a cohort holds, and the account of those it leaves out."""

import datetime as dt

import pytest

from reports.models import SavedCohort
from reports.queries import BadDefinition, definition_of, select
from tests.reports.documents.children import child, examined

pytestmark = pytest.mark.django_db


def cohort(**definition) -> SavedCohort:
    return SavedCohort(name="c", definition=definition)


def flow(selection) -> list[tuple[str, int, int, int]]:
    return [(s.criterion, s.excluded, s.unknown, s.remaining) for s in selection.flow]


def test_no_saved_cohort_means_all_children_with_b_all():
    kept = child("1")
    child("2", diagnosis="t_all")
    selection = select(definition_of(None))
    assert selection.patient_ids == (kept.pk,)
    assert selection.total == 2
    assert flow(selection) == [("diagnosis", 1, 0, 1)]


def test_every_criterion_is_counted_in_a_fixed_order_with_the_unknown():
    born, seen = dt.date(2015, 1, 1), dt.date(2019, 6, 1)
    kept = child("1", birth_date=born, diagnosis_date=seen)
    child("2", birth_date=dt.date(2001, 1, 1), diagnosis_date=seen)  # 18 years
    child("3", diagnosis_date=seen)  # age unknown
    child("4", birth_date=born)  # day of diagnosis unknown
    child("5", birth_date=born, diagnosis_date=dt.date(2017, 9, 30))  # a day too early
    child("6", birth_date=born, diagnosis_date=dt.date(2020, 9, 1))  # a day too late
    child("7", at="T2", birth_date=born, diagnosis_date=seen)
    child("8", diagnosis="aml")
    definition = {
        "age_below": 16,
        "diagnosed_to": "2020-08-31",
        "diagnosed_from": "2017-10-01",
        "diagnosis": "b_all",
        "centre": "T1",
    }
    selection = select(definition_of(cohort(**definition)))
    assert selection.patient_ids == (kept.pk,)
    assert flow(selection) == [
        ("centre", 1, 0, 7),
        ("diagnosis", 1, 0, 6),
        ("diagnosed_from", 2, 1, 4),
        ("diagnosed_to", 1, 0, 3),
        ("age_below", 2, 1, 1),
    ]


def test_recorded_age_counts_where_dates_are_not_given():
    young = child("1", age_years=3.5)
    child("2", age_years=17.0)
    assert select(definition_of(cohort(age_below=16))).patient_ids == (young.pk,)


def test_ikzf1_criterion_answered_leaves_the_untested_out():
    altered = examined("1")
    child("2")
    answered = select(definition_of(cohort(ikzf1="answered")))
    assert answered.patient_ids == (altered.pk,)
    assert len(select(definition_of(cohort(ikzf1="any"))).patient_ids) == 2


def test_number_of_queries_does_not_grow_with_children(django_assert_num_queries):
    child("1")
    with django_assert_num_queries(1):
        select(definition_of(None))
    child("2")
    child("3")
    with django_assert_num_queries(1):
        select(definition_of(None))


@pytest.mark.parametrize(
    "definition",
    [
        {"colour": "red"},
        {"age_below": "old"},
        {"diagnosed_from": "1.10.2017"},
        {"diagnosis": "B-ALL"},
        {"ikzf1": "wild type"},
    ],
)
def test_definition_that_cannot_be_meant_is_refused(definition):
    with pytest.raises(BadDefinition):
        definition_of(cohort(**definition))
