"""Survival of a cohort by IKZF1 status: curves, tests and an adjusted model for each endpoint."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from analysis.cohort.columns import ALTERED, COLUMNS, NOT_DETECTED
from analysis.cohort.competing import Incidence, cumulative_incidence, gray
from analysis.cohort.cox import Covariate, CoxResult, cox
from analysis.cohort.frame import CohortFrame
from analysis.cohort.outcome import CENSORED, EVENT, Endpoint, FollowUp, Outcomes, outcomes
from analysis.cohort.significance import TestResult
from analysis.cohort.survival import Curve, kaplan_meier, logrank
from analysis.wording import N_, Message, say

GROUPS = (
    (ALTERED, say(N_("IKZF1 altered"))),
    (NOT_DETECTED, say(N_("IKZF1 not detected"))),
)
EVERYBODY = say(N_("all children with follow-up"))
YEARS = (3, 5)
YEAR = 365.25


@dataclass(frozen=True, eq=False)
class GroupOutcome:
    """One group: its curve (`Curve`, or `Incidence` for relapse), and how many were censored at
    each of the curve's times."""

    label: Message
    curve: Curve | Incidence
    censored: np.ndarray
    events: int

    @property
    def n(self) -> int:
        return self.curve.n


@dataclass(frozen=True, eq=False)
class EndpointResult:
    """One endpoint. `without_status` children with follow-up have no IKZF1 answer and stand in no
    group; where nobody has one, the only group is all of them. `model` adjusts for MRD, age and
    WBC."""

    endpoint: Endpoint
    outcomes: Outcomes
    groups: tuple[GroupOutcome, ...]
    without_status: int
    test: TestResult
    model: CoxResult

    def to_json(self) -> dict[str, Any]:
        return {
            **self.outcomes.to_json(),
            "without_status": self.without_status,
            "groups": [
                {"group": item.label.text(), **item.curve.to_json()} for item in self.groups
            ],
            "test": self.test.to_json(),
            "model": self.model.to_json(),
        }


def survival_by_status(
    frame: CohortFrame, follow_ups: Sequence[FollowUp]
) -> tuple[EndpointResult, ...]:
    """Every endpoint, IKZF1 altered against not detected; () where nobody has any follow-up.

    `follow_ups` run beside the children of `frame`. Raises ValueError where they do not.
    """
    if len(follow_ups) != len(frame):
        raise ValueError("one follow-up for each child of the frame")
    if not any(item.happenings for item in follow_ups):
        return ()
    return tuple(_endpoint(frame, list(follow_ups), endpoint) for endpoint in Endpoint)


def _endpoint(frame: CohortFrame, follow_ups: list[FollowUp], endpoint: Endpoint) -> EndpointResult:
    found = outcomes(follow_ups, endpoint)
    status = frame.codes("ikzf1")[found.rows]
    answered = (status == ALTERED) | (status == NOT_DETECTED)
    competing = endpoint is Endpoint.RELAPSE
    groups = tuple(
        _group(label, found.days[status == code], found.codes[status == code], competing)
        for code, label in GROUPS
    )
    if not answered.any():
        groups = (_group(EVERYBODY, found.days, found.codes, competing),)
    days, codes = found.days[answered], found.codes[answered]
    place = (status[answered] == NOT_DETECTED).astype(int)
    test = gray(days, codes, place) if competing else logrank(days, codes == EVENT, place)
    model = cox(days, codes == EVENT, _covariates(frame, found.rows[answered]))
    return EndpointResult(endpoint, found, groups, int((~answered).sum()), test, model)


def _group(label: Message, days: np.ndarray, codes: np.ndarray, competing: bool) -> GroupOutcome:
    curve = cumulative_incidence(days, codes) if competing else kaplan_meier(days, codes == EVENT)
    lost = np.unique(days[codes == CENSORED], return_counts=True)
    censored = np.zeros(len(curve.times), dtype=int)
    censored[np.searchsorted(curve.times, lost[0])] = lost[1]
    return GroupOutcome(label, curve, censored, int((codes == EVENT).sum()))


def _covariates(frame: CohortFrame, rows: np.ndarray) -> list[Covariate]:
    """IKZF1 with MRD of day 33 (or of day 29 where nobody was measured on day 33), age, WBC."""
    day33, day29 = frame.codes("mrd_d33_above"), frame.codes("mrd_d29_above")
    name = "mrd_d33_above" if _answered(day33).any() else "mrd_d29_above"
    mrd = day33 if name == "mrd_d33_above" else day29
    with np.errstate(divide="ignore"):
        wbc = np.log2(frame.numbers("wbc"))
    doubled = say(N_("doubled"))
    return [
        Covariate("ikzf1", say(N_("IKZF1 altered")), _yes(frame.codes("ikzf1"))[rows]),
        Covariate(name, COLUMNS[name].label, _yes(mrd)[rows]),
        Covariate("age_years", COLUMNS["age_years"].label, frame.numbers("age_years")[rows],
                  say(N_("one year more"))),
        Covariate("wbc", COLUMNS["wbc"].label, np.where(np.isfinite(wbc), wbc, np.nan)[rows],
                  doubled),
    ]  # fmt: skip


def _answered(codes: np.ndarray) -> np.ndarray:
    return (codes == ALTERED) | (codes == NOT_DETECTED)


def _yes(codes: np.ndarray) -> np.ndarray:
    """1 altered, 0 not detected, NaN without an answer."""
    return np.where(_answered(codes), (codes == ALTERED).astype(float), np.nan)
