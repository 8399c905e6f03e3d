"""A threshold is settled in one way, by the response and by the span that risk rules use."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.calls import State
from analysis.mrd_trend import MrdPoint, Trend, mrd_trend
from analysis.response import MrdMeasurement, MrdOperator, mrd_response
from analysis.risk.engine import assess
from analysis.risk.facts import MrdResult, RiskFacts, mrd_span, number_fact, range_fact
from analysis.risk.loader import protocol
from analysis.risk.note import note_text

FRACTIONS = st.sampled_from((0.0, 1e-6, 5e-5, 1e-4, 1.0001e-4, 5e-4, 1e-3, 0.01, 0.1, 1.0))
LIMITS = st.one_of(st.none(), st.sampled_from((0.0, 1e-6, 1e-5, 5e-5, 1e-4, 5e-4, 1e-3, 0.01)))


def settled(span, threshold, strict):
    """By the ends of the span alone."""
    if span is None:
        return State.NOT_EVALUABLE
    positive = span.low > threshold or (span.low == threshold and not strict)
    if positive:
        return State.ALTERED
    reaches = span.high > threshold or (
        span.high == threshold and not strict and not span.high_open
    )
    return State.NOT_EVALUABLE if reaches else State.NOT_DETECTED


@given(
    fraction=st.one_of(st.none(), FRACTIONS),
    operator=st.sampled_from(tuple(MrdOperator)),
    lod=LIMITS,
    threshold=st.sampled_from((1e-5, 5e-5, 1e-4, 5e-4, 1e-3, 0.01, 0.1)),
    strict=st.booleans(),
)
def test_response_and_span_say_the_same(fraction, operator, lod, threshold, strict):
    found = mrd_response(MrdMeasurement(fraction, operator, lod), threshold, strict=strict)
    span = mrd_span(MrdResult(33, fraction, operator, lod))
    assert found.state is settled(span, threshold, strict)


@pytest.mark.parametrize(
    ("lod", "threshold", "state"),
    [
        (1e-3, 1e-3, State.NOT_DETECTED),
        (1e-3, 1e-4, State.NOT_EVALUABLE),
        (1e-3, 1e-2, State.NOT_DETECTED),
        (2e-4, 1e-4, State.ALTERED),  # at its own limit a value is a value
    ],
)
def test_value_below_its_own_limit_of_detection(lod, threshold, state):
    found = mrd_response(MrdMeasurement(2e-4, "=", lod), threshold, strict=False)
    assert found.state is state


def test_value_below_its_own_limit_may_be_none_or_positive_where_any_amount_counts():
    span = mrd_span(MrdResult(33, 5e-6, MrdOperator.EQUAL, 1e-5), positive_from=1e-4)
    assert (span.low, span.high, span.high_open) == (0, 1e-4, False)


def test_course_takes_a_value_below_its_own_limit_for_the_limit():
    points = [
        MrdPoint(15, MrdMeasurement(None, "not_detected", 1e-4)),
        MrdPoint(33, MrdMeasurement(2e-4, "=", 1e-3)),
    ]
    assert mrd_trend(points).trend is Trend.AT_LIMIT


AIEOP = protocol("AIEOP-BFM-ALL-2009")


def mrd(day, method="pcr"):
    return RiskFacts(mrd=(MrdResult(day, 2e-4, MrdOperator.EQUAL, None, None, method),))


@pytest.mark.parametrize(
    ("day", "method", "sentence"),
    [
        (29, "pcr", "MRD of day 29 (0.02 %) lies outside the days 33 to 45 that the protocol names "
                    "for day 33, and was not used."),
        (14, "flow", "MRD of day 14 (0.02 %) was not measured on day 15, which the protocol names, "
                     "and was not used."),
        (33, "flow", "MRD of day 33 (0.02 %, flow cytometry) was not used: for day 33 the protocol "
                     "asks for MRD by PCR."),
    ],
)  # fmt: skip
def test_measurement_that_the_protocol_does_not_take_is_named(day, method, sentence):
    found = assess(mrd(day, method), AIEOP)
    assert [item.text() for item in found.notes] == [sentence]
    assert sentence in note_text(found)


@pytest.mark.parametrize("day", [33, 45, 78])
def test_measurement_that_is_used_is_not_named(day):
    assert assess(mrd(day), AIEOP).notes == ()


def test_measurement_of_a_later_point_is_not_known_yet():
    assert assess(mrd(29), AIEOP, at="day15").notes == ()


def test_protocol_without_mrd_is_silent_about_it():
    assert assess(mrd(29), protocol("NCI-Rome")).notes == ()


@pytest.mark.parametrize(
    ("span", "verdict"), [((38, 43), "met"), ((44, 46), "not_met"), ((43, 44), "not_evaluable")]
)
def test_range_of_chromosomes_settles_what_all_of_it_settles(span, verdict):
    """Hypodiploidy below 44 (HR-6 of SCCCG-ALL-2023)."""
    facts = RiskFacts((range_fact("modal_number", *span),))
    assert assess(facts, protocol("SCCCG-ALL-2023")).verdict("HR-6") == verdict


def test_range_of_one_number_is_that_number():
    assert range_fact("modal_number", 46, 46) == number_fact("modal_number", 46)
