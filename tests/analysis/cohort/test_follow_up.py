"""Survival of a cohort by IKZF1 status: who is in which group, who is left out, and why."""

import json

import numpy as np
import pytest

from analysis.calls import State
from analysis.cohort.cox import CoxMethod
from analysis.cohort.follow_up import survival_by_status
from analysis.cohort.frame import Child, CohortFrame
from analysis.cohort.outcome import Endpoint, FollowUp, Happening
from analysis.cohort.significance import TestName
from analysis.response import MrdMeasurement, MrdOperator

SEEN, DEATH, RELAPSE = Happening.LAST_SEEN, Happening.DEATH, Happening.RELAPSE
ALTERED, CLEAR, UNKNOWN = State.ALTERED, State.NOT_DETECTED, State.NOT_TESTED


def cohort(rows):
    """(IKZF1, happenings, age, WBC) of each child."""
    children, courses = [], []
    for number, (state, happened, age, wbc) in enumerate(rows):
        mrd = MrdMeasurement(0.01 if number % 2 else 1e-5, MrdOperator.EQUAL, lod=1e-5)
        children.append(Child(id=number, ikzf1=state, age_years=age, wbc=wbc, mrd_d33=mrd))
        courses.append(FollowUp(tuple(happened)))
    return CohortFrame.from_children(children), courses


def by_endpoint(rows):
    return {item.endpoint: item for item in survival_by_status(*cohort(rows))}


ROWS = [
    (ALTERED, [(RELAPSE, 300), (DEATH, 500)], 3.0, 10.0),
    (ALTERED, [(SEEN, 900)], 5.0, 20.0),
    (CLEAR, [(SEEN, 1500)], 2.0, 5.0),
    (CLEAR, [(DEATH, 700)], None, 7.0),
    (CLEAR, [], 4.0, 9.0),
    (UNKNOWN, [(DEATH, 100)], 6.0, 8.0),
    (State.NOT_EVALUABLE, [(SEEN, 50)], 6.0, 0.0),
]


def test_children_stand_in_the_group_of_their_answer():
    found = by_endpoint(ROWS)
    assert {key: [group.n for group in item.groups] for key, item in found.items()} == {
        endpoint: [2, 2] for endpoint in Endpoint
    }
    overall = found[Endpoint.OVERALL]
    assert [group.events for group in overall.groups] == [1, 1]
    assert overall.without_status == 2
    assert [(why.code, count) for why, count in overall.outcomes.left_out] == [("no_follow_up", 1)]


def test_relapse_has_incidence_and_the_others_survival():
    found = by_endpoint(ROWS)
    relapse = found[Endpoint.RELAPSE]
    assert [group.events for group in relapse.groups] == [1, 0]
    assert relapse.groups[0].curve.incidence.tolist() == [0.5, 0.5]
    assert relapse.test.test is TestName.GRAY
    # By hand: two at risk at 300, one has the event.
    assert found[Endpoint.EVENT_FREE].groups[0].curve.survival.tolist() == [0.5, 0.5]
    assert found[Endpoint.EVENT_FREE].test.test is TestName.LOG_RANK


def test_censored_are_counted_at_their_times():
    group = by_endpoint(ROWS)[Endpoint.OVERALL].groups[0]
    assert group.curve.times.tolist() == [500, 900]
    assert group.censored.tolist() == [0, 1]


def test_without_an_answer_all_children_make_one_curve():
    rows = [(UNKNOWN, happened, age, wbc) for _state, happened, age, wbc in ROWS]
    overall = by_endpoint(rows)[Endpoint.OVERALL]
    assert [(group.label.text(), group.n) for group in overall.groups] == [
        ("all children with follow-up", 6)
    ]
    assert overall.test.p is None and overall.model.method is CoxMethod.NONE


def test_nobody_followed_gives_nothing():
    assert survival_by_status(*cohort([(ALTERED, [], 1.0, 1.0)])) == ()


def test_model_leaves_out_children_without_age_and_wbc_of_zero():
    model = by_endpoint(ROWS)[Endpoint.OVERALL].model
    assert (model.n, model.missing) == (3, 1)


def test_follow_up_of_another_number_of_children_refused():
    frame, courses = cohort(ROWS)
    with pytest.raises(ValueError, match="each child"):
        survival_by_status(frame, courses[:-1])


def test_adjusted_hazard_ratio_finds_what_was_put_in():
    """Four hundred children whose hazard is four times as high with IKZF1 altered."""
    draw = np.random.default_rng(822832)
    rows = []
    for number in range(400):
        state = ALTERED if number % 4 == 0 else CLEAR
        day = int(draw.exponential(500 if state is ALTERED else 2000)) + 1
        lost = int(draw.uniform(200, 2000))
        happened = [(DEATH, day)] if day < lost else [(SEEN, lost)]
        rows.append((state, happened, float(draw.uniform(1, 15)), float(draw.uniform(2, 100))))
    overall = by_endpoint(rows)[Endpoint.OVERALL]
    ikzf1 = overall.model.hazards[0]
    assert overall.model.method is CoxMethod.EFRON
    assert ikzf1.low < 4 < ikzf1.high and 2.5 < ikzf1.hazard_ratio < 6
    assert overall.test.p < 1e-6
    json.dumps(overall.to_json(), allow_nan=False)
