"""MRD over time, as a clinician would read the results."""

import pytest

from analysis.mrd_trend import MrdPoint, mrd_trend
from analysis.response import MrdMeasurement

NONE = "not_detected"


def points(*results):
    """(day, fraction, operator, limit of detection) as points."""
    return [MrdPoint(day, MrdMeasurement(f, op, lod)) for day, f, op, lod in results]


# description, results, trend, codes of the reasons
COURSES = [
    ("nothing", [], "not_tested", ["mrd_trend_none"]),
    ("one result", [(15, 1e-2, "=", 1e-5)], "not_evaluable", ["mrd_trend_one"]),
    ("tenfold less", [(15, 1e-2, "=", 1e-5), (33, 1e-3, "=", 1e-5)], "falling", ["mrd_falling"]),
    ("tenfold more", [(33, 1e-3, "=", 1e-5), (84, 1e-2, "=", 1e-5)], "rising", ["mrd_rising"]),
    ("twice as much", [(33, 1e-3, "=", 1e-5), (84, 2e-3, "=", 1e-5)], "unchanged",
     ["mrd_unchanged"]),
    ("half as much", [(33, 2e-3, "=", 1e-5), (84, 1e-3, "=", 1e-5)], "unchanged",
     ["mrd_unchanged"]),
    ("to not detected", [(15, 1e-2, "=", 1e-5), (33, None, NONE, 1e-5)], "falling",
     ["mrd_falling"]),
    ("not detected twice", [(33, None, NONE, 1e-4), (84, None, NONE, 1e-5)], "at_limit",
     ["mrd_at_limit"]),
    ("bounds twice", [(33, 1e-4, "<", 1e-4), (84, 1e-4, "<", 1e-4)], "at_limit",
     ["mrd_at_limit"]),
    ("back again, however little", [(33, None, NONE, 1e-5), (84, 2e-5, "=", 1e-5)], "rising",
     ["mrd_rising"]),
    ("measured below the earlier limit", [(33, None, NONE, 1e-3), (84, 2e-5, "=", 1e-5)],
     "not_evaluable", ["mrd_not_evaluable"]),
    ("a bound above the earlier value", [(15, 1e-4, "=", 1e-5), (33, 1e-3, "<", 1e-3)],
     "not_evaluable", ["mrd_not_evaluable"]),
    ("not detected without a limit", [(15, 1e-2, "=", 1e-5), (33, None, NONE, None)],
     "not_evaluable", ["mrd_point_left_out", "mrd_trend_one"]),
    ("an unreadable one between", [(15, 1e-2, "=", 1e-5), (20, None, "=", None),
     (33, 1e-4, "=", 1e-5)], "falling", ["mrd_point_left_out", "mrd_falling"]),
    ("down, then up", [(84, 1e-3, "=", 1e-5), (15, 1e-2, "=", 1e-5), (33, None, NONE, 1e-4)],
     "rising", ["mrd_falling", "mrd_rising"]),
    ("a bound that the method could not see", [(15, 1e-3, "=", 1e-5), (33, 1e-5, "<", 1e-2)],
     "not_evaluable", ["mrd_not_evaluable"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("results", "trend", "codes"), [c[1:] for c in COURSES], ids=[c[0] for c in COURSES]
)
def test_course_of_mrd(results, trend, codes):
    found = mrd_trend(points(*results))
    assert found.trend == trend
    assert [reason.code for reason in found.reasons] == codes


def test_days_and_values_stand_in_the_reason():
    found = mrd_trend(points((33, None, "not_detected", 1e-4), (15, 0.012, "=", 1e-5)))
    assert found.reasons[0].text() == "From day 15 to day 33 MRD fell from 1.2 % to < 0.01 %."
