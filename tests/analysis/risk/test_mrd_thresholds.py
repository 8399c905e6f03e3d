"""MRD thresholds as the rules of each protocol draw them."""

import pytest

from analysis.calls import State
from analysis.response import MrdMeasurement
from analysis.risk.loader import protocol
from analysis.risk.mrd_thresholds import mrd_thresholds

# Written down from the protocols' own texts in the files, not from the answers here.
EXPECTED = {
    "CCLG-ALL-2008": {("mrd_d33", ">=", 1e-4), ("mrd_d33", ">=", 1e-2), ("mrd_week12", ">=", 1e-3)},
    "AIEOP-BFM-ALL-2009": {
        ("mrd_d15", ">=", 1e-3), ("mrd_d15", ">=", 0.1),
        ("mrd_d33", ">=", 1e-4), ("mrd_d33", ">=", 5e-4),
        ("mrd_week12", ">=", 1e-4), ("mrd_week12", ">=", 5e-4), ("mrd_week12", ">=", 1e-3),
    },
    "SCCCG-ALL-2023": {
        ("mrd_d15", ">=", 1e-3), ("mrd_d15", ">=", 0.1),
        ("mrd_d33", ">=", 1e-4), ("mrd_d33", ">=", 1e-2), ("mrd_week12", ">=", 1e-4),
    },
    "NCI-Rome": set(),
}  # fmt: skip


@pytest.mark.parametrize("name", EXPECTED)
def test_thresholds_of_a_protocol_are_those_of_its_text(name):
    found = mrd_thresholds(protocol(name))
    assert {
        (item.fact, item.threshold.operator, item.threshold.fraction) for item in found
    } == EXPECTED[name]


def one(name, fact, fraction):
    return next(
        item
        for item in mrd_thresholds(protocol(name))
        if (item.fact, item.threshold.fraction) == (fact, fraction)
    )


def test_threshold_that_only_rules_from_memory_name_is_unconfirmed():
    # SR-8a is from memory; 1e-2 stands in the national pathway (IR-A4).
    assert one("CCLG-ALL-2008", "mrd_d33", 1e-4).unconfirmed
    assert not one("CCLG-ALL-2008", "mrd_d33", 1e-2).unconfirmed


@pytest.mark.parametrize(
    ("day", "method", "answers"),
    [(28, "flow", False), (29, "flow", True), (45, "pcr", True), (46, "flow", False)],
)
def test_window_of_days_and_methods_says_what_is_held_against_it(day, method, answers):
    assert one("CCLG-ALL-2008", "mrd_d33", 1e-4).answers(day, method) is answers


def test_method_that_the_protocol_does_not_take_is_not_held_against_it():
    assert not one("AIEOP-BFM-ALL-2009", "mrd_d33", 1e-4).answers(33, "flow")


@pytest.mark.parametrize(
    ("fraction", "operator", "lod", "state"),
    [
        (1e-4, "=", 1e-5, State.ALTERED),  # exactly at it counts
        (9e-5, "=", 1e-5, State.NOT_DETECTED),
        (1e-4, "<", 1e-4, State.NOT_DETECTED),
        (1e-4, "<", 1e-3, State.NOT_EVALUABLE),
        (None, "not_detected", 1e-3, State.NOT_EVALUABLE),
        (None, "not_detected", 1e-4, State.NOT_DETECTED),
    ],
)
def test_measurement_against_at_or_above(fraction, operator, lod, state):
    limit = one("CCLG-ALL-2008", "mrd_d33", 1e-4)
    assert limit.against(MrdMeasurement(fraction, operator, lod)).state is state


def test_any_positive_amount_counts_where_the_protocol_says_so():
    # AIEOP-BFM reads "positive, below the quantitative range" as 1e-4.
    small = MrdMeasurement(2e-5, "=", 1e-5)
    limit = one("AIEOP-BFM-ALL-2009", "mrd_d33", 1e-4)
    assert limit.against(small).state is State.ALTERED
    assert one("CCLG-ALL-2008", "mrd_d33", 1e-4).against(small).state is State.NOT_DETECTED
