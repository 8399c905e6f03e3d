"""The group "now": what the rules due so far give, and nothing where that is not clear."""

import pytest

from analysis.risk.engine import assess
from analysis.risk.facts import MrdResult, RiskFacts, number_fact, word_fact
from analysis.risk.loader import parse_protocol, protocol
from analysis.risk.vocabulary import Point

AIEOP = protocol("AIEOP-BFM-ALL-2009")


def at_day_33(d15):
    """A B-ALL without any factor of high risk; MRD by flow on day 15 as given."""
    facts = (
        number_fact("day8_blasts", 0.1),
        number_fact("marrow_d33", 1),
        word_fact("lineage", "precursor_b"),
        word_fact("kmt2a", "not_detected"),
    )
    return assess(RiskFacts(facts, d15), AIEOP, at=Point.DAY33)


@pytest.mark.parametrize(
    "d15",
    [
        (),
        (MrdResult(15, None, "not_detected", lod=None),),
        (MrdResult(15, None, "not_detected", lod=0.2),),
    ],
    ids=["not measured", "limit of detection unknown", "limit of detection above 10 %"],
)
def test_high_risk_that_is_only_possible_is_no_group_of_now(d15):
    """The protocol gives standard and medium risk in week 12 only: until then it is high risk or
    nothing, and an open question of high risk is not high risk."""
    assert at_day_33(d15).now == ()


def test_high_risk_that_is_certain_is_the_group_of_now():
    assert at_day_33((MrdResult(15, 0.10, lod=1e-4),)).now == ("HR",)


def test_no_group_yet_where_high_risk_is_excluded():
    assert at_day_33((MrdResult(15, 0.0999, lod=1e-4),)).now == ()


LATE = """\
name: LATE
version: "1"
valid_from: 2024-01-01
title: "A group that a later rule alone can take away"
source: "here"
rules:
  OLD: {when: {age_years: {at_least: 10, unit: years}}, certainty: V, source: "s", quote: "q"}
  M3: {when: {marrow_d33: {above: 25, unit: "%"}}, certainty: V, source: "s", quote: "q"}
groups:
  - {code: LR, word: low, when: {all: [{not: {rule: OLD}}, {not: {rule: M3}}]}}
  - {code: HR, word: high, otherwise: true}
"""


def test_a_condition_that_is_not_due_does_not_bind_yet():
    """Neither asked for nor failed: a child is of low risk until day 33 says otherwise."""
    late, young = parse_protocol(LATE, file="late"), RiskFacts((number_fact("age_years", 4),))
    early = assess(young, late, at=Point.DIAGNOSIS)
    assert (early.now, early.groups) == (("LR",), ("HR", "LR"))
    assert assess(young, late, at=Point.DAY33).now == ("HR", "LR")
