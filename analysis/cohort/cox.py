"""Proportional hazards: adjusted hazard ratios with intervals, and the check of the assumption.

With ten events a covariate or more the partial likelihood is maximised with Efron's ties and Wald's
interval (statsmodels). With fewer, or where the likelihood has no maximum, Firth's penalty is used,
with ties by Breslow, profile-likelihood intervals and likelihood-ratio p (firthmodels): with few
events an ordinary hazard ratio is far from the truth and may be infinite. Sources: Cox 1972; Efron
1977; Peduzzi 1995 for the ten; Heinze and Schemper, Biometrics 2001;57:114-119; Grambsch and
Therneau 1994 for the check, as the score test of R's `cox.zph` (survival 3, Kaplan-Meier time).
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from analysis.cohort.survival import LEVEL, checked, kaplan_meier
from analysis.wording import N_, Labelled, Message, say

EVENTS_A_COVARIATE = 10
# A correlation so near to one that two covariates say the same.
SAME = 1 - 1e-10
# Where Firth's search may end (gradient and step of the standardised covariates), finest first.
_SEARCH_ENDS = ((1e-6, 1e-8), (1e-6, 1e-6), (1e-5, 1e-5), (1e-4, 1e-4), (1e-3, 1e-3))
# A standard error of a log hazard ratio beyond this is no estimate: the likelihood has no maximum.
NO_MAXIMUM = 10.0


class CoxMethod(Labelled):
    EFRON = "efron", N_("Cox regression (Efron's ties, Wald 95 % CI)")
    FIRTH = (
        "firth",
        N_("Cox regression with Firth's penalty (Breslow's ties, profile likelihood 95 % CI)"),
    )
    NONE = "none", N_("no model")


@dataclass(frozen=True, eq=False)
class Covariate:
    """A column of the model; `values` are floats in the children's order, NaN where unknown.
    The hazard ratio is for one more `unit` (for a yes-no column: yes against no)."""

    name: str
    label: Message
    values: np.ndarray
    unit: Message | None = None


@dataclass(frozen=True)
class Hazard:
    """One covariate of a fitted model. `proportional_p` is small where its hazard ratio changes
    with time; None where it could not be worked out, and so are limits that were not found."""

    name: str
    label: Message
    unit: Message | None
    hazard_ratio: float
    low: float | None
    high: float | None
    p: float | None
    proportional_p: float | None

    def to_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "label": self.label.to_json(),
            "hazard_ratio": self.hazard_ratio,
            "low": self.low,
            "high": self.high,
            "p": self.p,
            "proportional_p": self.proportional_p,
        }


@dataclass(frozen=True)
class CoxResult:
    """A model, or the reason why there is none. `n` and `events` are those in the model, `missing`
    children left out because a covariate is unknown."""

    method: CoxMethod
    reason: Message
    n: int = 0
    events: int = 0
    missing: int = 0
    hazards: tuple[Hazard, ...] = ()
    warnings: tuple[Message, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "method": None if self.method is CoxMethod.NONE else self.method.value,
            "reason": self.reason.to_json(),
            "n": self.n,
            "events": self.events,
            "missing": self.missing,
            "hazards": [item.to_json() for item in self.hazards],
            "warnings": [item.to_json() for item in self.warnings],
        }


def cox(times: np.ndarray, events: np.ndarray, covariates: Sequence[Covariate]) -> CoxResult:
    """The model of all covariates together; complete cases only, the others counted.

    A covariate that is the same in every child, or says the same as an earlier one, is left out
    with a warning. Raises ValueError for times that are no times.
    """
    times, events = checked(times, events)
    if not covariates:
        return _without(N_("No covariate was given."))
    matrix = np.column_stack([np.asarray(item.values, dtype=float) for item in covariates])
    known = np.isfinite(matrix).all(axis=1)
    missing = int((~known).sum())
    times, events, matrix = times[known], events[known], matrix[known]
    counts = {"n": len(times), "events": int(events.sum()), "missing": missing}
    if not events.any():
        return _without(N_("No event among the children whose covariates are all known."), **counts)
    kept, notes = _usable(matrix, covariates)
    if not kept:
        return _without(N_("No covariate differs between the children."), **counts)
    matrix, chosen = matrix[:, kept], [covariates[place] for place in kept]
    enough = counts["events"] >= EVENTS_A_COVARIATE * len(chosen)
    fitted = _efron(times, events, matrix) if enough else None
    method = CoxMethod.EFRON if fitted else CoxMethod.FIRTH
    fitted = fitted or _firth(times, events, matrix)
    if fitted is None:
        return _without(N_("The model could not be fitted to so few events."), **counts)
    proportional = proportional_p(times, events, matrix, fitted[0])
    hazards = tuple(
        _hazard(item, *numbers)
        for item, *numbers in zip(chosen, *fitted, proportional, strict=True)
    )
    notes += [
        say(N_("{name}: a limit of the interval was not found, for want of events."), name=h.label)
        for h in hazards
        if h.low is None or h.high is None
    ]
    return CoxResult(
        method, _why(method, enough, counts["events"], len(chosen)), hazards=hazards,
        warnings=tuple(notes), **counts,
    )  # fmt: skip


def proportional_p(
    times: np.ndarray, events: np.ndarray, matrix: np.ndarray, beta: np.ndarray
) -> np.ndarray:
    """p of each covariate's score test against a hazard ratio that changes with the Kaplan-Meier
    time; NaN where there is no information (too few events)."""
    from scipy.stats import chi2

    means, spreads, values, when = _risk_sets(times, events, matrix, beta)
    curve = kaplan_meier(times, events)
    # As cox.zph: one minus the curve just before the event.
    before = np.concatenate(([1.0], curve.survival[:-1]))
    clock = 1 - before[np.searchsorted(curve.times, when)]
    clock = clock - clock.mean()
    score = (clock[:, None] * (values - means)).sum(axis=0)
    plain = spreads.sum(axis=0)
    mixed = (clock[:, None, None] * spreads).sum(axis=0)
    square = (clock[:, None, None] ** 2 * spreads).sum(axis=0)
    count = matrix.shape[1]
    result = np.full(count, np.nan)
    for place in range(count):
        try:
            explained = mixed[place] @ np.linalg.solve(plain, mixed[place])
        except np.linalg.LinAlgError:
            continue
        information = square[place, place] - explained
        if information > 1e-12 * max(1.0, square[place, place]):
            result[place] = chi2.sf(score[place] ** 2 / information, 1)
    return result


def _risk_sets(
    times: np.ndarray, events: np.ndarray, matrix: np.ndarray, beta: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """For each event: mean and covariance of the covariates over its risk set, weighted by the
    hazard (ties by Efron), the covariates of the child, and the time. Axis 0 runs over events."""
    weight = np.exp(np.clip((matrix - matrix.mean(axis=0)) @ beta, -500, 500))
    means, spreads, values, when = [], [], [], []
    for time in np.unique(times[events]):
        at_risk, here = times >= time, events & (times == time)
        tied = int(here.sum())
        for rank in range(tied):
            own = np.where(at_risk, weight, 0.0) - np.where(here, weight, 0.0) * rank / tied
            share = own / own.sum()
            mean = share @ matrix
            centred = matrix - mean
            means.append(mean)
            spreads.append((centred * share[:, None]).T @ centred)
            when.append(time)
        values.extend(matrix[here])
    return np.array(means), np.array(spreads), np.array(values), np.array(when)


def _usable(matrix: np.ndarray, covariates: Sequence[Covariate]) -> tuple[list[int], list[Message]]:
    """Places of the covariates that differ and are not said by those before them, and the notes."""
    kept: list[int] = []
    notes: list[Message] = []
    for place, item in enumerate(covariates):
        column = matrix[:, place]
        if np.ptp(column) == 0:
            sentence = N_("{name} is the same in every child and was left out.")
            notes.append(say(sentence, name=item.label))
            continue
        before = np.column_stack([np.ones(len(column)), matrix[:, kept]])
        fitted = before @ np.linalg.lstsq(before, column, rcond=None)[0]
        if 1 - ((column - fitted) ** 2).sum() / ((column - column.mean()) ** 2).sum() > SAME:
            sentence = N_("{name} follows from the covariates before it and was left out.")
            notes.append(say(sentence, name=item.label))
            continue
        kept.append(place)
    return kept, notes


_Fitted = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]  # beta, low, high (log), p


def _efron(times: np.ndarray, events: np.ndarray, matrix: np.ndarray) -> _Fitted | None:
    """None where the likelihood has no maximum, or none was found."""
    from scipy.stats import norm
    from statsmodels.duration.hazard_regression import PHReg

    centre, scale = matrix.mean(axis=0), matrix.std(axis=0)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            model = PHReg(times, (matrix - centre) / scale, status=events.astype(int), ties="efron")
            found = model.fit(disp=0)
        except (np.linalg.LinAlgError, ValueError):
            return None
    beta, error = np.asarray(found.params), np.asarray(found.bse)
    if not (np.isfinite(beta).all() and np.isfinite(error).all()) or (error > NO_MAXIMUM).any():
        return None
    beta, error = beta / scale, error / scale
    reach = norm.ppf(0.5 + LEVEL / 2) * error
    return beta, beta - reach, beta + reach, 2 * norm.sf(np.abs(beta / error))


def _firth(times: np.ndarray, events: np.ndarray, matrix: np.ndarray) -> _Fitted | None:
    """None where the search ends nowhere. At the flat top of the likelihood rounding can hide that
    a step was one upwards, and the library gives up: then a coarser end of the search (its error
    squared is that of the likelihood) is enough, and the first that is reached is taken."""
    from firthmodels import FirthCoxPH

    centre, scale = matrix.mean(axis=0), matrix.std(axis=0)
    columns = np.ascontiguousarray((matrix - centre) / scale)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        model = FirthCoxPH(backend="numpy", max_iter=500)
        try:
            for gradient, step in _SEARCH_ENDS:
                # The library refuses a time of 0; one day more for all changes no risk set.
                model.set_params(gtol=gradient, xtol=step).fit(columns, (events, times + 1))
                if model.converged_:
                    break
            else:
                return None
            _likelihood_ratio_tests(model)
        except (np.linalg.LinAlgError, ValueError):
            return None
        limits = np.array([_profile_limits(model, place) for place in range(len(scale))])
    return model.coef_ / scale, limits[:, 0] / scale, limits[:, 1] / scale, model.lrt_pvalues_


def _profile_limits(model: Any, place: int) -> np.ndarray:
    """NaN for a limit that there is not: with an event or two the profile may never fall so far."""
    finder = {"alpha": 1 - LEVEL, "method": "pl", "max_iter": 500, "tol": 1e-8}
    try:
        return model.conf_int(features=place, **finder)[place]
    except np.linalg.LinAlgError:
        return np.full(2, np.nan)


def _likelihood_ratio_tests(model: Any) -> None:
    """Fill in the model's p, by the same coarser ends of the search."""
    model.lrt()
    for gradient, step in _SEARCH_ENDS:
        if not np.isnan(model.lrt_pvalues_).any():
            return
        if gradient >= model.gtol:
            model.set_params(gtol=gradient, xtol=step)
            model.lrt()


def _hazard(item: Covariate, beta: float, low: float, high: float, p: float, q: float) -> Hazard:
    return Hazard(
        item.name, item.label, item.unit, math.exp(beta), _exp(low), _exp(high), _some(p), _some(q)
    )


def _why(method: CoxMethod, enough: bool, events: int, covariates: int) -> Message:
    if method is CoxMethod.EFRON:
        sentence = N_("{events} events for {covariates} covariates: at least ten each.")
    elif enough:
        sentence = N_("The ordinary likelihood has no maximum: Firth's penalty gives one.")
    else:
        sentence = N_("{events} events for {covariates} covariates: fewer than ten each.")
    return say(sentence, events=events, covariates=covariates)


def _without(sentence: str, **counts: int) -> CoxResult:
    return CoxResult(CoxMethod.NONE, say(sentence), **counts)


def _exp(value: float) -> float | None:
    return None if not math.isfinite(value) or value > 700 else math.exp(value)


def _some(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
