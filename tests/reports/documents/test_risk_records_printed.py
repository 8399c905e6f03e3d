"""What is recorded for the risk protocols is printed, hashed, and in the words of its state."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils.translation import override

from analysis.calls import State
from reports import models
from reports.documents.course import course
from reports.documents.genetics import other_genetics
from reports.documents.records import records_of

pytestmark = pytest.mark.django_db


def genetic_test(child, marker, method, result, **more):
    return models.GeneticTest(patient=child, marker=marker, method=method, result=result, **more)


def printed_rows(child):
    with override("en"):
        [table] = other_genetics(records_of(child)).tables
    return [(row.cells[0].mark.state, str(row.cells[1].text), row.cells[3].text)
            for row in table.rows]  # fmt: skip


def test_single_questions_stand_beside_the_fusions_in_four_states(boy, store):
    store(
        models.FusionResult(
            patient=boy, gene_a="BCR", gene_b="ABL1", method="fish", result="not_detected"
        ),
        genetic_test(boy, "iamp21", "fish", "detected", tested_on=dt.date(2020, 1, 9)),
        genetic_test(boy, "ph_like", "expression", "not_evaluable"),
        genetic_test(boy, "dux4", "rna_seq", "not_tested"),
        genetic_test(boy, "kmt2a", "fish", "not_detected"),
    )
    rows = printed_rows(boy)
    states = {name: state for state, names, _ in rows for name in ("iAMP21", "BCR::ABL1-like",
              "DUX4", "KMT2A", "'BCR::ABL1'") if name in names}  # fmt: skip
    assert states == {
        "iAMP21": State.ALTERED,
        "BCR::ABL1-like": State.NOT_EVALUABLE,
        "DUX4": State.NOT_TESTED,
        "KMT2A": State.NOT_DETECTED,
        "'BCR::ABL1'": State.NOT_DETECTED,
    }
    assert rows[0][0] is State.ALTERED and rows[0][2] == "2020-01-09", "what was found stands first"


def test_genetic_test_alone_is_printed_too(boy, store):
    store(genetic_test(boy, "iamp21", "array", "not_detected"))
    assert [state for state, *_ in printed_rows(boy)] == [State.NOT_DETECTED]


@pytest.mark.parametrize(
    ("field", "value", "state"),
    [
        ("mass_d33", "no_mass", State.NOT_DETECTED),
        ("mass_d33", "reduced", State.NOT_DETECTED),
        ("mass_d33", "not_reduced", State.ALTERED),
        ("mass_d33", "not_evaluable", State.NOT_EVALUABLE),
        ("mass_d33", "not_tested", State.NOT_TESTED),
        ("mass_week12", "gone", State.NOT_DETECTED),
        ("mass_week12", "persisting", State.ALTERED),
    ],
)
def test_mass_is_printed_where_it_is_recorded(boy, store, field, value, state):
    before = course(records_of(boy), (), "en").facts
    store(models.MediastinalMass(patient=boy, **{field: value, f"{field}_on": dt.date(2020, 2, 4)}))
    after = course(records_of(boy), (), "en").facts
    [mass] = after[len(before) :]
    assert (mass.mark.state, mass.note) == (state, "2020-02-04")


def test_use_of_mrd_is_printed_where_somebody_said_it(boy, store):
    store(models.Findings(patient=boy, mrd_use="used", pcr_mrd_use="not_used"))
    with override("en"):
        facts = course(records_of(boy), (), "en").facts
    assert [str(fact.value) for fact in facts[-2:]] == ["done", "cannot be done"]


def test_each_new_record_changes_the_hash_and_the_age_of_the_data(boy, store):
    seen = {records_of(boy).data_hash}
    for row in (
        genetic_test(boy, "iamp21", "fish", "detected"),
        models.MediastinalMass(patient=boy, mass_d33="reduced"),
    ):
        store(row)
        records = records_of(boy)
        assert records.as_of >= row.updated_at
        seen.add(records.data_hash)
    assert len(seen) == 3
