"""From a recorded course to a time and what ended it: a table that a haematologist could read."""

import pytest

from analysis.cohort.outcome import (
    CENSORED,
    COMPETING,
    DEFINITIONS,
    EVENT,
    Endpoint,
    FollowUp,
    Happening,
    NoOutcome,
    Outcome,
    outcome,
    outcomes,
)

CR, RELAPSE, DEATH, SMN, HSCT, SEEN = (
    Happening.REMISSION,
    Happening.RELAPSE,
    Happening.DEATH,
    Happening.SECOND_MALIGNANCY,
    Happening.TRANSPLANT,
    Happening.LAST_SEEN,
)
OS, EFS, REL = Endpoint.OVERALL, Endpoint.EVENT_FREE, Endpoint.RELAPSE

TABLE = [
    # what happened                             overall           event-free        relapse
    ([(CR, 33), (SEEN, 900)], (900, CENSORED), (900, CENSORED), (900, CENSORED)),
    ([(CR, 33), (RELAPSE, 500), (SEEN, 900)], (900, CENSORED), (500, EVENT), (500, EVENT)),
    ([(CR, 33), (RELAPSE, 500), (DEATH, 700)], (700, EVENT), (500, EVENT), (500, EVENT)),
    ([(DEATH, 20)], (20, EVENT), (20, EVENT), (20, COMPETING)),
    ([(SMN, 800), (SEEN, 1000)], (1000, CENSORED), (800, EVENT), (800, COMPETING)),
    ([(SMN, 800), (RELAPSE, 900)], (900, CENSORED), (800, EVENT), (800, COMPETING)),
    ([(RELAPSE, 700), (DEATH, 700)], (700, EVENT), (700, EVENT), (700, EVENT)),
    ([(HSCT, 200), (SEEN, 300)], (300, CENSORED), (300, CENSORED), (300, CENSORED)),
    ([(CR, 33)], (33, CENSORED), (33, CENSORED), (33, CENSORED)),
    ([(RELAPSE, 400), (RELAPSE, 800)], (800, CENSORED), (400, EVENT), (400, EVENT)),
    ([(DEATH, 0)], (0, EVENT), (0, EVENT), (0, COMPETING)),
]


@pytest.mark.parametrize(("happened", "overall", "event_free", "relapse"), TABLE)
def test_outcome_of_a_course(happened, overall, event_free, relapse):
    course = FollowUp(tuple(happened))
    assert outcome(course, OS) == Outcome(*overall)
    assert outcome(course, EFS) == Outcome(*event_free)
    assert outcome(course, REL) == Outcome(*relapse)
    assert outcome(FollowUp(tuple(reversed(happened))), EFS) == Outcome(*event_free)


@pytest.mark.parametrize(
    ("happened", "code"),
    [
        ([], "no_follow_up"),
        ([(SEEN, -1)], "before_diagnosis"),
        ([(DEATH, 100), (SEEN, 200)], "after_death"),
        ([(DEATH, 100), (DEATH, 101)], "two_deaths"),
    ],
)
def test_course_that_cannot_be_counted_says_why(happened, code):
    for endpoint in Endpoint:
        found = outcome(FollowUp(tuple(happened)), endpoint)
        assert isinstance(found, NoOutcome) and found.code == code


def test_outcomes_keep_the_places_and_count_who_is_left_out():
    found = outcomes([FollowUp(), FollowUp(((SEEN, 10),)), FollowUp(), FollowUp(((DEATH, 5),))], OS)
    assert found.rows.tolist() == [1, 3]
    assert found.days.tolist() == [10.0, 5.0]
    assert found.codes.tolist() == [CENSORED, EVENT]
    assert found.to_json()["left_out"] == {"no_follow_up": 2}
    assert (found.n, found.events) == (2, 1)


def test_every_endpoint_says_its_definition():
    assert set(DEFINITIONS) == set(Endpoint)
