"""Whether MRD can be measured: a measurement answers it, whatever else is recorded."""

import pytest
from rule_rows import SR_BASE, facts

from analysis.risk.engine import assess
from analysis.risk.loader import protocol
from analysis.risk.vocabulary import Point


@pytest.fixture
def cclg():
    return protocol("CCLG-ALL-2008")


@pytest.mark.parametrize("recorded", ["not_used", "not_tested", "missing", "not_evaluable"])
def test_a_measured_mrd_counts_whatever_the_record_says_of_it(recorded):
    norm = protocol("CN-2018-norm")
    given = {**SR_BASE, "mrd_d15": 0.2, "mrd_d33": 0.05}
    against = assess(facts(**given, mrd_use=recorded), norm)
    assert against.groups == assess(facts(**given, mrd_use="used"), norm).groups
    assert "LR" not in against.groups
    said = [note.text() for note in against.notes if "cannot be measured" in note.text()]
    assert said == (
        ["The record says that MRD cannot be measured, but it was measured (day 15, day 33): the "
         "measurements count."] if recorded == "not_used" else []
    )  # fmt: skip


def test_a_child_before_its_first_mrd_is_told_what_mrd_would_change(cclg):
    """IR now; HR if day-33 MRD >= 1 %: also while nobody has said that MRD can be measured."""
    early = assess(facts(**{**SR_BASE, "wbc": 60}), cclg, at=Point.DIAGNOSIS)
    told = {(item.condition.text(), item.groups) for item in early.settles}
    assert ("MRD on day 33 ≥ 1 %", ("HR",)) in told
    assert "mrd_use" not in {item.fact for item in early.missing}


def test_possible_groups_stand_gravest_first():
    young = assess(facts(age_years=4), protocol("SCCCG-ALL-2023"), at=Point.DIAGNOSIS)
    assert young.groups == ("HR", "IR", "LR")


def test_a_small_positive_amount_says_what_it_counts_as():
    aieop = protocol("AIEOP-BFM-ALL-2009")
    given = facts(method="pcr", mrd_d33=(None, "not_detected", 1e-5), mrd_week12=(2e-5, "=", 1e-5))
    week12 = next(i for i in assess(given, aieop).inputs if i.fact == "mrd_week12")
    assert week12.value.text() == (
        "0.002 % (limit of detection 0.001 %), positive: counts as at least 0.01 %"
    )
