"""Order does not matter, taking away only widens, no point of the course contradicts another."""

from dataclasses import replace

import pytest
from group_rows import GROUP_ROWS
from hypothesis import given, settings
from hypothesis import strategies as st
from test_possible_groups import CHILD, PROTOCOL, child_of, mrd_results

from analysis.risk.engine import assess
from analysis.risk.facts import MrdResult, RiskFacts
from analysis.risk.loader import protocol, protocols
from analysis.risk.result import NO_GROUP
from analysis.risk.vocabulary import POINTS, Point

MEASURED = st.lists(mrd_results(), min_size=1, max_size=4)
ONE_A_DAY = st.lists(mrd_results(), min_size=1, max_size=3, unique_by=lambda item: item.day)


def answer(result):
    """All of a result but the wording of its inputs; remarks on measurements in any order."""
    missing = tuple(item.fact for item in result.missing)
    notes = tuple(sorted(note.text() for note in result.notes))
    return replace(result, inputs=(), missing=missing, notes=notes)


@settings(max_examples=80, deadline=None)
@given(PROTOCOL, CHILD, MEASURED, st.data())
def test_order_of_facts_and_of_measurements_does_not_matter(protocol, values, mrd, data):
    """Several measurements of one day among them."""
    names = data.draw(st.permutations(sorted(values)))
    turned = child_of({name: values[name] for name in names}, data.draw(st.permutations(mrd)))
    for point in POINTS:
        first = assess(child_of(values, mrd), protocol, at=point)
        assert answer(assess(turned, protocol, at=point)) == answer(first)


@settings(max_examples=100, deadline=None)
@given(PROTOCOL, CHILD, ONE_A_DAY, st.data())
def test_measurement_that_is_lost_or_could_not_be_read_only_widens(protocol, values, mrd, data):
    # Who says that MRD is not used contradicts a measurement, and is believed without one.
    values = {name: value for name, value in values.items() if value != "not_used"}
    before = assess(child_of(values, mrd), protocol, at=Point.WEEK12)
    k = data.draw(st.integers(0, len(mrd) - 1))
    unread = replace(mrd[k], fraction=None, operator="=")
    for others in ([], [unread]):
        left = child_of(values, [*mrd[:k], *others, *mrd[k + 1 :]])
        after = assess(left, protocol, at=Point.WEEK12)
        assert set(before.groups) <= set(after.groups)
        if after.group is not None:
            assert after.group == before.group


@settings(max_examples=100, deadline=None)
@given(PROTOCOL, CHILD, ONE_A_DAY)
def test_the_one_group_of_now_is_still_possible_and_a_settled_one_is_that_of_now(
    protocol, values, mrd
):
    child = child_of(values, mrd)
    settled = None
    for point in POINTS:
        result = assess(child, protocol, at=point)
        assert settled in (None, result.group)
        settled = result.group
        if len(result.now) == 1:
            assert result.now[0] in result.groups
        if settled is not None and settled != NO_GROUP and result.now:
            assert settled in result.now


EVERY_GROUP = {
    "CCLG-ALL-2008": {"HR", "IR", "SR", NO_GROUP},
    "CN-2018-norm": {"HR", "IR", "LR", NO_GROUP},
    "SCCCG-ALL-2023": {"HR", "IR", "LR"},
    "AIEOP-BFM-ALL-2009": {"HR", "MR", "SR"},
    "NCI-Rome": {"HR", "SR", "infant"},
}


@pytest.mark.parametrize("item", protocols(), ids=lambda item: f"{item.name} {item.version}")
def test_every_group_is_reached_and_of_a_child_without_a_record_none_is_ruled_out(item):
    _, rows = GROUP_ROWS[item.name, item.version]
    assert {group for _, group in rows} == EVERY_GROUP[item.name]
    for point in POINTS:
        assert set(assess(RiskFacts(), item, at=point).groups) == EVERY_GROUP[item.name]


@pytest.mark.parametrize("lower", [MrdResult(33, None, "not_detected", 1e-5), MrdResult(33, 2e-5)])
def test_lower_measurement_never_hides_a_higher_one_of_the_same_day(lower):
    """Nor by standing first or last in the record."""
    high = MrdResult(33, 0.02, lod=1e-4, method="pcr")
    for mrd in ((lower, high), (high, lower)):
        result = assess(RiskFacts((), mrd), protocol("CCLG-ALL-2008"))
        assert result.group == "HR"
        assert len(result.notes) == 1
