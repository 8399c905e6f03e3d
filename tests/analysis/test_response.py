"""MRD against a threshold and glucocorticoid response, as a clinician would check them."""

from decimal import Decimal

import pytest

from analysis.calls import State
from analysis.response import (
    MrdMeasurement,
    MrdThreshold,
    day8_blasts,
    glucocorticoid_response,
    glucocorticoid_state,
    mrd_against,
    mrd_response,
    mrd_state,
)

ABOVE, BELOW = State.ALTERED, State.NOT_DETECTED
UNREAD, UNTESTED = State.NOT_EVALUABLE, State.NOT_TESTED

# description, fraction, operator, limit of detection, answer at 1e-4 (strictly above)
MRD = [
    ("measured above", 2e-4, "=", 1e-5, ABOVE),
    ("measured above, below the limit of its own method", 2e-4, "=", 1e-3, UNREAD),
    ("measured at the threshold", 1e-4, "=", 1e-5, BELOW),
    ("0.01 % typed as a decimal", Decimal("0.0001"), "=", 1e-5, BELOW),
    ("measured below", 5e-5, "=", 1e-5, BELOW),
    ("measured below, limit not recorded", 5e-5, "=", None, BELOW),
    ("measured below a limit that is above the threshold", 5e-5, "=", 1e-3, UNREAD),
    ("below a bound at the threshold", 1e-4, "<", None, BELOW),
    ("below a bound at the threshold, limit the same", 1e-4, "<", 1e-4, BELOW),
    ("below a bound that is above the threshold", 1e-3, "<", 1e-4, UNREAD),
    ("below a bound, limit above the threshold", 1e-4, "<", 1e-3, UNREAD),
    ("nothing detected, limit at the threshold", None, "not_detected", 1e-4, BELOW),
    ("nothing detected, limit above the threshold", None, "not_detected", 2e-4, UNREAD),
    ("nothing detected, limit not recorded", None, "not_detected", None, UNREAD),
    ("a zero is nothing detected", 0.0, "=", 1e-5, BELOW),
    ("a zero without a limit says nothing", 0.0, "=", None, UNREAD),
    ("no value on record", None, "=", 1e-5, UNREAD),
    ("not a number on record", float("nan"), "=", 1e-5, UNREAD),
]


@pytest.mark.parametrize(
    ("fraction", "operator", "lod", "answer"), [c[1:] for c in MRD], ids=[c[0] for c in MRD]
)
def test_mrd_above_the_threshold(fraction, operator, lod, answer):
    found = mrd_response(MrdMeasurement(fraction, operator, lod), 1e-4)
    assert found.state is answer
    assert found.reasons
    assert all(reason.text() for reason in found.reasons)


def test_mrd_at_the_threshold_counts_where_a_protocol_says_at_or_above():
    at = MrdMeasurement(1e-3, "=", 1e-4)
    assert mrd_state(at, 1e-3, strict=True) is BELOW
    assert mrd_state(at, 1e-3, strict=False) is ABOVE
    assert mrd_state(MrdMeasurement(1e-3, "<", 1e-4), 1e-3, strict=False) is BELOW


def test_mrd_never_measured_is_not_tested():
    assert mrd_response(None, 1e-4).state is UNTESTED


def test_mrd_operator_that_is_not_one_is_refused():
    with pytest.raises(ValueError, match="about"):
        mrd_state(MrdMeasurement(1e-4, "about"), 1e-4)


# description, day-8 blasts (10^9/L), recorded word, answer, codes of the reasons
GLUCOCORTICOID = [
    ("at the limit", 1.0, None, ABOVE, ["day8_insensitive"]),
    ("just below", 0.999, None, BELOW, ["day8_sensitive"]),
    ("no blasts at all", 0.0, None, BELOW, ["day8_sensitive"]),
    ("blasts and word agree", 3.2, "insensitive", ABOVE, ["day8_insensitive"]),
    (
        "blasts decide against the word",
        3.2,
        "sensitive",
        ABOVE,
        ["day8_insensitive", "recorded_category_disagrees"],
    ),
    ("blasts known where the word says not done", 0.5, "not_tested", BELOW, ["day8_sensitive"]),
    ("word only", None, "insensitive", ABOVE, ["recorded_category"]),
    ("word only, sensitive", None, "sensitive", BELOW, ["recorded_category"]),
    ("word says unreadable", None, "not_evaluable", UNREAD, ["recorded_category"]),
    ("word says not done", None, "not_tested", UNTESTED, ["recorded_category"]),
    ("nothing recorded", None, None, UNTESTED, ["response_not_recorded"]),
    ("empty word", None, "", UNTESTED, ["response_not_recorded"]),
]


@pytest.mark.parametrize(
    ("blasts", "recorded", "answer", "codes"),
    [c[1:] for c in GLUCOCORTICOID],
    ids=[c[0] for c in GLUCOCORTICOID],
)
def test_glucocorticoid_response(blasts, recorded, answer, codes):
    found = glucocorticoid_response(blasts, recorded)
    assert found.state is answer is glucocorticoid_state(blasts, recorded)
    assert [reason.code for reason in found.reasons] == codes


def test_glucocorticoid_word_that_is_not_one_is_refused():
    with pytest.raises(ValueError, match="partly"):
        glucocorticoid_state(None, "partly")


# "<1e-4" against 1e-4, by the limit of detection; and a value exactly at the threshold.
THRESHOLDS = [
    ("<1e-4 by a method of 1e-4, at or above", 1e-4, "<", 1e-4, 1e-4, ">=", BELOW),
    ("<1e-4 by a method of 1e-3, at or above", 1e-4, "<", 1e-3, 1e-4, ">=", UNREAD),
    ("exactly 1e-4, at or above", 1e-4, "=", 1e-5, 1e-4, ">=", ABOVE),
    ("exactly 1e-4, above", 1e-4, "=", 1e-5, 1e-4, ">", BELOW),
    ("just below 1e-2, at or above", 9.99e-3, "=", 1e-5, 1e-2, ">=", BELOW),
    ("exactly 1e-2, at or above", 1e-2, "=", 1e-5, 1e-2, ">=", ABOVE),
    ("0.05 % of AIEOP-BFM, at or above", 5e-4, "=", 1e-5, 5e-4, ">=", ABOVE),
    ("not detected, limit at the threshold", None, "not_detected", 5e-4, 5e-4, ">=", BELOW),
    ("not detected, limit above it", None, "not_detected", 1e-3, 5e-4, ">=", UNREAD),
]


@pytest.mark.parametrize(
    ("fraction", "operator", "lod", "limit", "sign", "answer"),
    [c[1:] for c in THRESHOLDS],
    ids=[c[0] for c in THRESHOLDS],
)
def test_mrd_against_the_threshold_of_a_protocol(fraction, operator, lod, limit, sign, answer):
    found = mrd_against(MrdMeasurement(fraction, operator, lod), MrdThreshold(limit, sign))
    assert found.state is answer


@pytest.mark.parametrize(("fraction", "operator"), [(1e-4, "<"), (0, ">"), (1, ">="), (10, ">=")])
def test_a_threshold_that_cannot_be_is_refused(fraction, operator):
    with pytest.raises(ValueError, match="threshold"):
        MrdThreshold(fraction, operator)


def test_a_value_below_quantification_is_said_and_changes_no_answer():
    value = MrdMeasurement(5e-5, "=", 1e-5, loq=1e-4)
    found = mrd_against(value, MrdThreshold(1e-4))
    assert found.state is BELOW
    assert [reason.code for reason in found.reasons] == ["mrd_below", "mrd_below_quantification"]
    at = mrd_against(MrdMeasurement(1e-4, "=", 1e-5, loq=1e-4), MrdThreshold(1e-3))
    assert [reason.code for reason in at.reasons] == ["mrd_below"]


@pytest.mark.parametrize(
    ("wbc", "percent", "blasts"),
    [(2.0, 50, 1.0), (12.5, 8, 1.0), (3.3, 30, 0.99), (0, 0, 0), (None, 50, None), (4, None, None)],
)
def test_day8_blasts_from_wbc_and_percent(wbc, percent, blasts):
    assert day8_blasts(wbc, percent) == blasts


@pytest.mark.parametrize(("wbc", "percent"), [(2, 101), (2, -1), (-1, 50)])
def test_impossible_day8_numbers_are_refused(wbc, percent):
    with pytest.raises(ValueError, match="cannot be"):
        day8_blasts(wbc, percent)


def test_glucocorticoid_response_from_wbc_and_percent():
    at = glucocorticoid_response(None, wbc=12.5, blast_percent=8)
    assert at.state is ABOVE
    assert [reason.code for reason in at.reasons] == ["day8_from_wbc", "day8_insensitive"]
    below = glucocorticoid_response(None, "insensitive", wbc=3.3, blast_percent=30)
    assert below.state is BELOW
    assert below.reasons[-1].code == "recorded_category_disagrees"
    only_wbc = glucocorticoid_response(None, wbc=3.3)
    assert only_wbc.state is UNTESTED


def test_a_count_decides_against_the_product():
    found = glucocorticoid_response(0.5, wbc=12.5, blast_percent=8)
    assert found.state is BELOW
    assert [r.code for r in found.reasons] == ["day8_sensitive", "day8_product_disagrees"]
    agreeing = glucocorticoid_response(0.9, wbc=3.3, blast_percent=30)
    assert [r.code for r in agreeing.reasons] == ["day8_sensitive"]
