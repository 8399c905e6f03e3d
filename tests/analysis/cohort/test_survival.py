"""Survival against R (tests/reference/survival.R), against hand-worked curves, and at the edges."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.stats import chi2

from analysis.cohort.competing import cumulative_incidence, gray
from analysis.cohort.cox import Covariate, CoxMethod, cox, proportional_p
from analysis.cohort.outcome import CENSORED, COMPETING, EVENT
from analysis.cohort.significance import Tail, TestName
from analysis.cohort.survival import Interval, kaplan_meier, logrank
from analysis.wording import say

REFERENCE = json.loads(
    (Path(__file__).resolve().parents[2] / "reference" / "survival.json").read_text()
)


def numbers(values):
    return np.array([np.nan if value is None else value for value in values], dtype=float)


@pytest.fixture(params=sorted(REFERENCE))
def case(request):
    return {name: numbers(values) for name, values in REFERENCE[request.param].items()}


@pytest.fixture(params=["two groups", "two groups, many ties", "four groups"])
def case_of_many_events(request):
    return {name: numbers(values) for name, values in REFERENCE[request.param].items()}


def groups_of(case):
    return case["group"].astype(int)


def test_kaplan_meier_equals_survfit(case):
    curve = kaplan_meier(case["time"], case["code"] == EVENT)
    assert curve.times.tolist() == case["km_time"].tolist()
    assert curve.at_risk.tolist() == case["km_risk"].tolist()
    np.testing.assert_allclose(curve.survival, case["km_surv"], rtol=1e-12)
    np.testing.assert_allclose(curve.low, case["loglog_low"], rtol=1e-12)
    np.testing.assert_allclose(curve.high, case["loglog_high"], rtol=1e-12)


def test_greenwood_interval_equals_survfit(case):
    curve = kaplan_meier(case["time"], case["code"] == EVENT, interval=Interval.GREENWOOD)
    np.testing.assert_allclose(curve.low, case["greenwood_low"], rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(curve.high, case["greenwood_high"], rtol=1e-12)


def test_quartile_and_its_limits_equal_survfit(case):
    curve = kaplan_meier(case["time"], case["code"] == EVENT)
    assert list(curve.quantile(0.25)) == case["quartile"].tolist()


def test_logrank_equals_survdiff(case):
    found = logrank(case["time"], case["code"] == EVENT, groups_of(case))
    assert found.test is TestName.LOG_RANK
    assert [found.statistic, found.p] == pytest.approx(case["logrank"].tolist(), rel=1e-9)


def test_cumulative_incidence_and_variance_equal_cuminc(case):
    curve = cumulative_incidence(case["time"], case["code"])
    places = np.searchsorted(curve.times, case["incidence_at"], side="right") - 1
    np.testing.assert_allclose(curve.incidence[places], case["incidence"], rtol=1e-12)
    np.testing.assert_allclose(curve.variance[places], case["incidence_var"], rtol=1e-9)


def test_gray_equals_cuminc(case):
    found = gray(case["time"], case["code"], groups_of(case))
    assert found.test is TestName.GRAY
    assert [found.statistic, found.p] == pytest.approx(case["gray"].tolist(), rel=1e-9)


def covariates_of(case):
    return [
        Covariate("altered", say("IKZF1 altered"), (case["group"] > 0).astype(float)),
        Covariate("age", say("age"), case["age"]),
        Covariate("wbc", say("WBC"), np.log10(case["wbc"])),
    ]


def test_cox_equals_coxph_where_events_suffice(case_of_many_events):
    case = case_of_many_events
    found = cox(case["time"], case["code"] == EVENT, covariates_of(case))
    assert found.method is CoxMethod.EFRON
    # coxph itself stops at a relative change of 1e-9 of the likelihood.
    assert [math.log(item.hazard_ratio) for item in found.hazards] == pytest.approx(
        case["cox_coef"].tolist(), rel=1e-6
    )
    assert [item.p for item in found.hazards] == pytest.approx(case["cox_p"].tolist(), rel=1e-5)
    error = [
        (math.log(item.high) - math.log(item.low)) / (2 * 1.959963984540054)
        for item in found.hazards
    ]
    assert error == pytest.approx(case["cox_se"].tolist(), rel=1e-5)


def test_proportional_hazards_check_equals_cox_zph(case):
    matrix = np.column_stack([item.values for item in covariates_of(case)])
    found = proportional_p(case["time"], case["code"] == EVENT, matrix, case["cox_coef"])
    np.testing.assert_allclose(found, case["zph"][:3], rtol=1e-6)


def firth_by_brute_force(times, events, matrix):
    """The penalised likelihood (Breslow's ties) maximised by a general optimiser."""

    def loss(beta):
        total, information = 0.0, np.zeros((len(beta), len(beta)))
        weight = np.exp(matrix @ beta)
        for time, row in zip(times[events], matrix[events], strict=True):
            at_risk = times >= time
            share = weight * at_risk / (weight * at_risk).sum()
            mean = share @ matrix
            total += row @ beta - math.log((weight * at_risk).sum())
            information += (matrix * share[:, None]).T @ matrix - np.outer(mean, mean)
        return -(total + 0.5 * np.linalg.slogdet(information)[1])

    return minimize(loss, np.zeros(matrix.shape[1]), method="Nelder-Mead",
                    options={"xatol": 1e-8, "fatol": 1e-10, "maxiter": 4000}).x  # fmt: skip


def test_few_events_are_fitted_with_firth():
    case = {name: numbers(values) for name, values in REFERENCE["few"].items()}
    chosen = covariates_of(case)[:2]
    found = cox(case["time"], case["code"] == EVENT, chosen)
    assert found.method is CoxMethod.FIRTH
    expected = firth_by_brute_force(
        case["time"], case["code"] == EVENT, np.column_stack([item.values for item in chosen])
    )
    assert [math.log(item.hazard_ratio) for item in found.hazards] == pytest.approx(
        expected.tolist(), abs=1e-4
    )
    assert all(item.low < item.hazard_ratio < item.high for item in found.hazards)


def penalised(times, events, matrix, beta):
    """Minus the log partial likelihood (Breslow's ties) with Firth's penalty, by its definition."""
    total, information = 0.0, np.zeros((len(beta), len(beta)))
    weight = np.exp(matrix @ beta)
    for time, row in zip(times[events], matrix[events], strict=True):
        share = weight * (times >= time)
        total += row @ beta - math.log(share.sum())
        share = share / share.sum()
        mean = share @ matrix
        information += (matrix * share[:, None]).T @ matrix - np.outer(mean, mean)
    return -(total + 0.5 * np.linalg.slogdet(information)[1])


@pytest.mark.parametrize("seed", [11, 12, 13])
def test_firth_estimate_limits_and_p_are_those_of_the_penalised_likelihood(seed):
    """Few events, ties, an event at time 0: at a limit the profile is half of chi-square's 95 %
    quantile below its maximum, and p is that of the difference to no effect."""
    random = np.random.default_rng(seed)
    times = np.floor(random.exponential(6, 30))
    times[0] = 0
    events = random.random(30) < 0.3
    events[0] = True
    matrix = np.column_stack([random.random(30) < 0.4, np.round(random.normal(0, 1, 30), 1)])
    named = [
        Covariate(name, say(name), column) for name, column in zip("ab", matrix.T, strict=True)
    ]
    found = cox(times, events, named)
    assert found.method is CoxMethod.FIRTH
    best = minimize(lambda b: penalised(times, events, matrix, b), np.zeros(2), method="BFGS")
    estimates = [math.log(item.hazard_ratio) for item in found.hazards]
    assert estimates == pytest.approx(best.x.tolist(), abs=1e-3)
    for place, item in enumerate(found.hazards):

        def profile(value, place=place):
            def loss(other):
                return penalised(times, events, matrix, np.insert(other, place, value))

            return minimize(loss, [best.x[1 - place]], method="BFGS").fun - best.fun

        for limit in (item.low, item.high):
            assert 2 * profile(math.log(limit)) == pytest.approx(3.841459, abs=2e-3)
        assert item.p == pytest.approx(chi2.sf(2 * profile(0.0), 1), abs=1e-3)


def test_hazard_ratio_of_a_separated_group_is_finite_with_firth():
    """No event among the wild type: the ordinary estimate would be infinite."""
    times = np.arange(1.0, 41.0)
    altered = np.arange(40) % 4 == 0
    found = cox(times, altered, [Covariate("altered", say("altered"), altered.astype(float))])
    assert found.method is CoxMethod.FIRTH
    assert math.isfinite(found.hazards[0].hazard_ratio) and found.hazards[0].hazard_ratio > 5
    assert found.hazards[0].p < 0.001


# Freireich 1963, the 6-MP arm as every textbook prints it: 21 children, 9 relapses.
WEEKS = np.array(
    [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35], dtype=float
)
RELAPSED = np.array([1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0], dtype=bool)


def test_freireich_remissions():
    curve = kaplan_meier(WEEKS, RELAPSED)
    printed = {6: 0.857, 7: 0.807, 10: 0.753, 13: 0.690, 16: 0.627, 22: 0.538, 23: 0.448}
    assert {time: round(curve.at(time)[0], 3) for time in printed} == printed
    assert curve.quantile(0.5)[0] == 23
    assert curve.still_at_risk([0, 6, 10, 23, 35, 36]) == (21, 21, 15, 6, 1, 0)
    assert curve.at(36) is None
    assert curve.at(1)[0] == 1.0


def test_nobody_gives_an_empty_curve():
    empty = np.zeros(0)
    assert kaplan_meier(empty, empty).to_json()["n"] == 0
    assert kaplan_meier(empty, empty).quantile() == (None, None, None)
    assert cumulative_incidence(empty, empty).to_json()["times"] == []
    assert logrank(empty, empty, empty).test is TestName.NONE
    assert gray(empty, empty, empty).p is None
    assert cox(empty, empty, [Covariate("a", say("a"), empty)]).method is CoxMethod.NONE


def test_one_child_who_died():
    curve = kaplan_meier([10.0], [True])
    assert curve.survival.tolist() == [0.0]
    assert np.isnan(curve.low).all() and curve.std_error.tolist() == [0.0]
    assert logrank([10.0], [True], [0]).p is None


def test_group_without_a_child_and_no_event_at_all():
    times, none = np.array([5.0, 6.0, 7.0]), np.zeros(3, dtype=bool)
    assert logrank(times, ~none, np.array([0, 2, 2])).p is not None
    answer = logrank(times, none, np.array([0, 1, 1]))
    assert answer.p is None and "No event" in answer.reason.text()
    assert gray(times, np.zeros(3, dtype=int), np.array([0, 1, 1])).p is None


def test_event_after_all_of_the_other_group_were_lost_has_no_test():
    answer = logrank([1.0, 2.0, 9.0], [False, False, True], [0, 0, 1])
    assert answer.p is None and "observation" in answer.reason.text()


def test_omnibus_tail_of_three_groups():
    case = REFERENCE["four groups"]
    found = logrank(case["time"], numbers(case["code"]) == EVENT, case["group"])
    assert found.tail is Tail.OMNIBUS


@pytest.mark.parametrize("bad", [-1.0, math.nan, math.inf])
def test_time_that_is_none_refused(bad):
    with pytest.raises(ValueError, match="from 0"):
        kaplan_meier([1.0, bad], [True, False])


def test_constant_and_repeated_covariates_are_left_out_with_a_note():
    case = {name: numbers(values) for name, values in REFERENCE["two groups"].items()}
    same = Covariate("same", say("panel"), np.ones(len(case["time"])))
    twice = Covariate("age_months", say("age in months"), case["age"] * 12)
    found = cox(case["time"], case["code"] == EVENT, [*covariates_of(case), same, twice])
    assert [item.name for item in found.hazards] == ["altered", "age", "wbc"]
    assert [note.text() for note in found.warnings] == [
        "panel is the same in every child and was left out.",
        "age in months follows from the covariates before it and was left out.",
    ]


def test_child_with_an_unknown_covariate_is_left_out_and_counted():
    case = {name: numbers(values) for name, values in REFERENCE["two groups"].items()}
    age = case["age"].copy()
    age[:7] = np.nan
    found = cox(case["time"], case["code"] == EVENT, [Covariate("age", say("age"), age)])
    assert (found.n, found.missing) == (113, 7)


HISTORIES = st.lists(
    st.tuples(st.integers(0, 40), st.sampled_from((CENSORED, EVENT, COMPETING)), st.integers(0, 2)),
    max_size=30,
)


@settings(max_examples=150, deadline=None)
@given(HISTORIES)
def test_any_history_gives_shares_and_a_clean_answer(rows):
    times, codes, groups = (np.array(column) for column in zip(*rows, strict=True)) if rows else (
        np.zeros(0), np.zeros(0, dtype=int), np.zeros(0, dtype=int)
    )  # fmt: skip
    curve = kaplan_meier(times, codes == EVENT)
    assert ((curve.survival >= 0) & (curve.survival <= 1)).all()
    assert (np.diff(curve.survival) <= 0).all()
    incidence = cumulative_incidence(times, codes)
    either = kaplan_meier(times, codes != CENSORED)
    rival = cumulative_incidence(times, np.where(codes == CENSORED, CENSORED, 3 - codes))
    # Aalen and Johansen: free + event + competing = 1 at every time.
    np.testing.assert_allclose(
        either.survival + incidence.incidence + rival.incidence, 1, atol=1e-12
    )
    for found in (logrank(times, codes == EVENT, groups), gray(times, codes, groups)):
        assert found.p is None or 0 <= found.p <= 1
        json.dumps(found.to_json(), allow_nan=False)
    json.dumps(curve.to_json(), allow_nan=False)
    json.dumps(incidence.to_json(), allow_nan=False)


@settings(max_examples=60, deadline=None)
@given(HISTORIES)
def test_tests_without_censoring_or_rivals_agree(rows):
    """Where nobody is censored and nothing competes, incidence is one minus survival."""
    times = np.array([row[0] for row in rows], dtype=float)
    codes = np.ones(len(rows), dtype=int)
    np.testing.assert_allclose(
        cumulative_incidence(times, codes).incidence,
        1 - kaplan_meier(times, codes == EVENT).survival,
        atol=1e-12,
    )


@pytest.mark.parametrize("seed", range(40))
def test_every_ordinary_set_of_few_events_has_a_model(seed):
    """A tenth to a fifth of the children altered, four covariates, half of them with an event."""
    random = np.random.default_rng(seed)
    n = int(random.integers(40, 200))
    times, end = np.ceil(random.exponential(1500, n)), np.ceil(random.uniform(200, 1500, n))
    events = times <= end
    columns = {
        "altered": random.random(n) < 0.15,
        "mrd": random.random(n) < 0.1,
        "age": random.uniform(1, 15, n),
        "wbc": random.normal(1.2, 0.6, n),
    }
    named = [Covariate(name, say(name), column.astype(float)) for name, column in columns.items()]
    found = cox(np.minimum(times, end), events, named)
    assert found.method is not CoxMethod.NONE
    assert all(
        item.low < item.hazard_ratio < item.high and item.p is not None for item in found.hazards
    )


@pytest.mark.parametrize("exponent", range(3, 9))
def test_rounding_at_the_flat_top_does_not_cost_the_model(exponent, monkeypatch):
    """However fine the first end of the search is asked for, the estimate is the same."""
    case = {name: numbers(values) for name, values in REFERENCE["few"].items()}
    given = (case["time"], case["code"] == EVENT, covariates_of(case)[:2])
    expected = [item.hazard_ratio for item in cox(*given).hazards]
    ends = ((10.0**-exponent, 1e-17), (10.0**-exponent, 10.0**-exponent))
    monkeypatch.setattr("analysis.cohort.cox._SEARCH_ENDS", ends)
    found = cox(*given)
    assert [item.hazard_ratio for item in found.hazards] == pytest.approx(expected, rel=1e-2)


def test_one_event_gives_an_estimate_and_says_that_a_limit_was_not_found():
    random = np.random.default_rng(3)
    times = np.arange(1.0, 21.0)
    columns = {"altered": np.arange(20) % 3 == 0, "wbc": random.lognormal(2, 1, 20)}
    named = [Covariate(name, say(name), column.astype(float)) for name, column in columns.items()]
    found = cox(times, times == 12, named)
    assert found.method is CoxMethod.FIRTH and found.events == 1
    lacking = [item.name for item in found.hazards if item.low is None or item.high is None]
    assert lacking and all(item.p is not None for item in found.hazards)
    assert [warning.text("en") for warning in found.warnings] == [
        f"{name}: a limit of the interval was not found, for want of events." for name in lacking
    ]
