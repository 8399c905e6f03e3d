"""How a child responded to treatment: glucocorticoid response, and MRD against a threshold.

`altered` means the unwelcome answer: insensitive to glucocorticoids, MRD above the threshold.

Sources: glucocorticoid (prednisone) poor response is at least 1.0 x 10^9/L blasts in the blood on
day 8 (CCLG and BFM usage). Zhang et al. 2022 count MRD strictly above 1e-3 on day 15 and strictly
above 1e-4 on day 33; treatment protocols count "at or above".
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from analysis.calls import Evidence, Reason, State
from analysis.wording import N_, Labelled, say

INSENSITIVE_BLASTS = 1.0
MRD_D15_THRESHOLD = 1e-3
MRD_D33_THRESHOLD = 1e-4


class MrdOperator(Labelled):
    """How an MRD value was reported."""

    EQUAL = "=", N_("measured")
    BELOW = "<", N_("below")
    NOT_DETECTED = "not_detected", N_("not detected")


class GlucocorticoidCategory(Labelled):
    """A response recorded as a word, where day-8 blasts are not known."""

    SENSITIVE = "sensitive", N_("sensitive")
    INSENSITIVE = "insensitive", N_("insensitive")
    NOT_EVALUABLE = "not_evaluable", N_("not evaluable")
    NOT_TESTED = "not_tested", N_("not tested")


@dataclass(frozen=True)
class MrdMeasurement:
    """One MRD result. `fraction`, `lod` and `loq` are fractions of nucleated cells, never percent.

    `fraction` is the value measured ("="), the bound ("<"), or None ("not_detected"); `lod` is the
    limit of detection of this measurement and `loq` its limit of quantification, None where it was
    not recorded.
    """

    fraction: float | None
    operator: MrdOperator | str = MrdOperator.EQUAL
    lod: float | None = None
    evidence: tuple[Evidence, ...] = ()
    loq: float | None = None


@dataclass(frozen=True)
class MrdThreshold:
    """The threshold of a protocol: `fraction` (never percent), and whether MRD at it counts
    (">=") or only above it (">"). Raises ValueError for another operator, or no fraction."""

    fraction: float
    operator: str = ">="

    def __post_init__(self) -> None:
        if self.operator not in (">", ">="):
            raise ValueError(f"a threshold is > or >=, not {self.operator!r}")
        if not 0 < self.fraction < 1:
            raise ValueError(f"a threshold is a fraction between 0 and 1, not {self.fraction!r}")


@dataclass(frozen=True)
class Response:
    """A response with the reasons for it, in order."""

    state: State
    reasons: tuple[Reason, ...]


def mrd_state(measurement: MrdMeasurement | None, threshold: float, strict: bool = True) -> State:
    """`mrd_response` without its reasons."""
    return mrd_response(measurement, threshold, strict=strict).state


def mrd_against(measurement: MrdMeasurement | None, threshold: MrdThreshold) -> Response:
    """`mrd_response` against the threshold of a protocol, with its operator."""
    return mrd_response(measurement, threshold.fraction, strict=threshold.operator == ">")


def mrd_response(
    measurement: MrdMeasurement | None, threshold: float, *, strict: bool = True
) -> Response:
    """MRD against `threshold` (a fraction): altered above it (`strict`) or at and above it.

    A result counts as below only where the measurement could have seen the threshold: its limit of
    detection is at most the threshold. A value measured below the method's own limit of detection
    cannot be told from none: like "not detected" it lies somewhere from 0 to below that limit, and
    settles only what all of that span settles. Raises ValueError for an operator that is not one.
    """
    if measurement is None:
        never = Reason("mrd_not_tested", say(N_("MRD was not measured.")))
        return Response(State.NOT_TESTED, (never,))
    operator = MrdOperator(measurement.operator)
    # No method sees down to nothing: a limit of 0 is none on record.
    fraction, lod = _number(measurement.fraction), _number(measurement.lod) or None
    # A value of 0, or below 0, is nobody's measurement: it means that nothing was detected.
    if fraction == 0:
        operator = MrdOperator.NOT_DETECTED
    if operator is not MrdOperator.NOT_DETECTED and fraction is None:
        return _mrd(State.NOT_EVALUABLE, "mrd_no_value", measurement, threshold)
    if below_own_limit(measurement):
        known = lod <= threshold
        code = "mrd_below_own_limit" if known else "mrd_below_own_limit_open"
        state = State.NOT_DETECTED if known else State.NOT_EVALUABLE
        return _mrd(state, code, measurement, threshold)
    if operator is MrdOperator.EQUAL and fraction > threshold:
        return _mrd(State.ALTERED, "mrd_above", measurement, threshold)
    if operator is MrdOperator.EQUAL and fraction == threshold and not strict:
        return _mrd(State.ALTERED, "mrd_at_threshold", measurement, threshold)
    if operator is MrdOperator.BELOW and fraction > threshold:
        return _mrd(State.NOT_EVALUABLE, "mrd_bound_above", measurement, threshold)
    if lod is not None and lod > threshold:
        return _mrd(State.NOT_EVALUABLE, "mrd_insensitive_method", measurement, threshold)
    if lod is None and operator is MrdOperator.NOT_DETECTED:
        return _mrd(State.NOT_EVALUABLE, "mrd_lod_unknown", measurement, threshold)
    # Without a limit on record, the value or bound itself shows how far down the method saw.
    code = "mrd_below" if lod is not None else "mrd_below_lod_unknown"
    return _mrd(State.NOT_DETECTED, code, measurement, threshold)


def below_own_limit(measurement: MrdMeasurement) -> bool:
    """Whether a value was measured below the limit of detection of the same measurement."""
    fraction, lod = _number(measurement.fraction), _number(measurement.lod)
    measured = MrdOperator(measurement.operator) is MrdOperator.EQUAL
    return bool(measured and fraction and lod is not None and fraction < lod)


_MRD_SENTENCES = {
    "mrd_no_value": N_("An MRD result is on record without a value."),
    "mrd_above": N_("MRD {value} is above the threshold {threshold}."),
    "mrd_at_threshold": N_("MRD {value} is at the threshold {threshold}, which counts as above."),
    "mrd_bound_above": N_(
        "MRD is only known to be below {value}, which does not settle the threshold {threshold}."
    ),
    "mrd_insensitive_method": N_(
        "The limit of detection, {lod}, is above the threshold {threshold}."
    ),
    "mrd_lod_unknown": N_(
        "No MRD was detected, but the limit of detection is not recorded, so the threshold "
        "{threshold} may not have been reached."
    ),
    "mrd_below_own_limit": N_(
        "MRD {value} is below the limit of detection of its own method, {lod}, and cannot be told "
        "from none: not above the threshold {threshold}."
    ),
    "mrd_below_own_limit_open": N_(
        "MRD {value} is below the limit of detection of its own method, {lod}, and cannot be told "
        "from none, which does not settle the threshold {threshold}."
    ),
    "mrd_below": N_("MRD is not above the threshold {threshold}; limit of detection {lod}."),
    "mrd_below_lod_unknown": N_(
        "MRD is not above the threshold {threshold}; the limit of detection is not recorded, and "
        "the value itself shows the sensitivity."
    ),
}


def _mrd(state: State, code: str, measurement: MrdMeasurement, threshold: float) -> Response:
    message = say(
        _MRD_SENTENCES[code],
        value=_number(measurement.fraction),
        lod=_number(measurement.lod),
        threshold=threshold,
    )
    reasons = (Reason(code, message, measurement.evidence), *_below_quantification(measurement))
    return Response(state, reasons)


def _below_quantification(measurement: MrdMeasurement) -> tuple[Reason, ...]:
    """A value that was measured below what the method can put a number to."""
    fraction, loq = _number(measurement.fraction), _number(measurement.loq)
    measured = MrdOperator(measurement.operator) is MrdOperator.EQUAL and fraction
    if not measured or loq is None or fraction >= loq:
        return ()
    message = say(
        N_("MRD {value} is below the limit of quantification, {loq}: the number is approximate."),
        value=fraction,
        loq=loq,
    )
    return (Reason("mrd_below_quantification", message, measurement.evidence),)


def day8_blasts(wbc: float | None, blast_percent: float | None) -> float | None:
    """Blasts in the blood on day 8 (10^9/L) from white cells (10^9/L) and their blasts (percent).

    None where one of the two is not known. Raises ValueError for a negative number or more than
    100 percent.
    """
    cells, percent = _number(wbc), _number(blast_percent)
    if cells is None or percent is None:
        return None
    if cells < 0 or not 0 <= percent <= 100:
        raise ValueError(f"{cells:g} x 10^9/L with {percent:g} % blasts cannot be")
    # Binary fractions must not push 2.3 x 43.478... over or under a limit of 1.0.
    return round(cells * percent / 100, 9)


def glucocorticoid_state(blasts_counted: float | None, recorded: str | None = None) -> State:
    """`glucocorticoid_response` without its reasons."""
    return glucocorticoid_response(blasts_counted, recorded).state


def glucocorticoid_response(
    blasts_counted: float | None,
    recorded: GlucocorticoidCategory | str | None = None,
    *,
    wbc: float | None = None,
    blast_percent: float | None = None,
    evidence: tuple[Evidence, ...] = (),
) -> Response:
    """Response from the blood blasts of day 8 (10^9/L), or from the `recorded` word without them.

    `wbc` (10^9/L) and `blast_percent` of day 8 stand in for blasts that were not counted. Where
    blasts and word disagree, the blasts decide; where the count and the product of WBC and percent
    lie on two sides of the limit, the count does; the reasons say so. Raises ValueError for a word
    that is not a `GlucocorticoidCategory`, and for impossible numbers.
    """
    category = GlucocorticoidCategory(recorded) if recorded else None
    counted, product = _number(blasts_counted), day8_blasts(wbc, blast_percent)
    blasts = product if counted is None else counted
    if blasts is None:
        return _as_recorded(category, evidence)
    insensitive = blasts >= INSENSITIVE_BLASTS
    sentence = (
        N_("Day-8 blasts {blasts} x 10^9/L: at or above {limit}, insensitive.")
        if insensitive
        else N_("Day-8 blasts {blasts} x 10^9/L: below {limit}, sensitive.")
    )
    code = "day8_insensitive" if insensitive else "day8_sensitive"
    reasons = [] if counted is not None else [_by_product(wbc, blast_percent, blasts, evidence)]
    reasons.append(Reason(code, say(sentence, blasts=blasts, limit=INSENSITIVE_BLASTS), evidence))
    both = counted is not None and product is not None
    if both and (product >= INSENSITIVE_BLASTS) != insensitive:
        differs = say(
            N_("WBC and blast percentage make {product} x 10^9/L; the count decides."),
            product=product,
        )
        reasons.append(Reason("day8_product_disagrees", differs, evidence))
    state = State.ALTERED if insensitive else State.NOT_DETECTED
    if category and _CATEGORY_STATES[category].answered and _CATEGORY_STATES[category] != state:
        disagrees = say(
            N_("The record says {category}; the day-8 blasts decide."), category=category
        )
        reasons.append(Reason("recorded_category_disagrees", disagrees, evidence))
    return Response(state, tuple(reasons))


def _by_product(
    wbc: float | None,
    blast_percent: float | None,
    blasts: float,
    evidence: tuple[Evidence, ...],
) -> Reason:
    message = say(
        N_("Day-8 blasts are WBC {wbc} x 10^9/L times {percent} %: {blasts} x 10^9/L."),
        wbc=_number(wbc),
        percent=_number(blast_percent),
        blasts=blasts,
    )
    return Reason("day8_from_wbc", message, evidence)


_CATEGORY_STATES = {
    GlucocorticoidCategory.SENSITIVE: State.NOT_DETECTED,
    GlucocorticoidCategory.INSENSITIVE: State.ALTERED,
    GlucocorticoidCategory.NOT_EVALUABLE: State.NOT_EVALUABLE,
    GlucocorticoidCategory.NOT_TESTED: State.NOT_TESTED,
}


def _as_recorded(
    category: GlucocorticoidCategory | None, evidence: tuple[Evidence, ...]
) -> Response:
    if category is None:
        nothing = say(N_("Neither day-8 blasts nor a response are recorded."))
        return Response(State.NOT_TESTED, (Reason("response_not_recorded", nothing),))
    message = say(N_("Recorded as {category}; day-8 blasts are not recorded."), category=category)
    return Response(_CATEGORY_STATES[category], (Reason("recorded_category", message, evidence),))


def _number(value: float | None) -> float | None:
    """`value` (a Decimal too) as a float; None for what is not a number."""
    if value is None or not math.isfinite(value):
        return None
    return float(value)
