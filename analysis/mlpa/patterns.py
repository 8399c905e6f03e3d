"""How well the ratios along a gene fit each contiguous loss at a blast percentage.

A single ratio of 0.72 says little; four neighbours at 0.72 in a sample with 55 % blasts say a
deletion. So every contiguous loss of exons is compared with no loss: of one copy in all blasts
(ratio 1 - 0.5 b), of both (1 - b), of both within a larger loss of one copy (two overlapping
deletions), and of one copy in half of the blasts (subclonal, 1 - 0.25 b). The log of each ratio is
taken as normally distributed about that of what the loss would give, with a noise that lies
between one in proportion and one that is the same for every ratio (`noise_exponent`). The
weights before the ratios are seen are `PatternRules`, a choice of this project and shown as such.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

NORMAL, ONE_LOST, BOTH_LOST, SUBCLONAL = range(4)
# Three points and weights that stand for a normal error (Gauss-Hermite), in its SD.
BLAST_NODES = ((-(3**0.5), 1 / 6), (0.0, 2 / 3), (3**0.5, 1 / 6))
START = 0.05  # added before logarithms are taken, so that a ratio of 0 has one
LONGEST_NESTED = 12  # exons up to which losses within losses are compared


@dataclass(frozen=True)
class PatternRules:
    """The weights and limits of the joint call.

    `prior_*`: share of samples expected with such a loss of a gene, spread evenly over the ranges.
    `call_above`: joint probability from which a loss is called, whatever the ratio. A ratio below
    `low` needs less, and the less the more blasts there are, since a loss then lies further from
    normal: `call_low` with blast fractions up to the first of `few_to_many`, falling to
    `call_low_many_blasts` from the second (by the prior weights 0.005 says that a lone exon fits a
    loss as well as none). An exon is called normal only
    where a loss in all blasts keeps a probability of at most `normal_below`, and one in any part
    of them of at most `subclonal_below`.
    `least_noise`: SD assumed at least; `noise_unknown`: where no reference probes tell it.
    `noise_exponent`: the SD of a ratio r is the noise times r to this power; 1 is noise in
    proportion, 0 the same for all ratios. `floor`: added to each SD, for ratios near 0.
    `blast_error`: SD of the recorded blast fraction.
    """

    prior_one_lost: float = 0.15
    prior_both_lost: float = 0.05
    prior_nested: float = 0.03
    prior_subclonal: float = 0.01
    call_above: float = 0.98
    call_low: float = 0.8
    call_low_many_blasts: float = 0.005
    few_to_many: tuple[float, float] = (0.60, 0.90)
    low: float = 0.75
    normal_below: float = 0.000015
    subclonal_below: float = 0.05
    least_noise: float = 0.04
    noise_unknown: float = 0.10
    noise_exponent: float = 0.5
    floor: float = 0.02
    blast_error: float = 0.05
    source: str = (
        "this project's choice, checked by the simulation in docs/laboratory.md; "
        "not the vendor's, unconfirmed"
    )

    def __post_init__(self) -> None:
        if not 0 < self.normal_below <= self.subclonal_below < self.call_above < 1:
            raise ValueError("probabilities lie between 0 and 1, that of normal below that of loss")
        if not 0 < self.call_low_many_blasts <= self.call_low <= self.call_above:
            raise ValueError("with many blasts a call needs no more than with few")
        if not 0 < self.low <= 1 or not 0 <= self.noise_exponent <= 1:
            raise ValueError("a low ratio is above 0 and at most 1, the exponent from 0 to 1")
        if not 0 < self.lost < 1 or self.least_noise <= 0 or self.floor <= 0:
            raise ValueError("priors sum to less than 1, and noise is above 0")

    def threshold(self, blasts: np.ndarray) -> np.ndarray:
        """Joint probability from which a ratio below `low` is called, by blast fraction."""
        return np.interp(blasts, self.few_to_many, (self.call_low, self.call_low_many_blasts))

    @property
    def lost(self) -> float:
        return self.prior_one_lost + self.prior_both_lost + self.prior_nested + self.prior_subclonal


PROJECT_RULES = PatternRules()


@dataclass(frozen=True)
class Fit:
    """Probabilities [sample, exon]. `clonal`: at least one copy is lost, given that a loss is in
    all blasts or there is none; `both`: likewise that both are; `any_loss`: with losses in a part
    of the blasts."""

    clonal: np.ndarray
    both: np.ndarray
    any_loss: np.ndarray


def expected_ratio(copies_lost: float, blast_percent: float) -> float:
    """1 - 0.5 x copies lost x blast fraction. Raises ValueError on a share outside 0..100."""
    if not 0 <= blast_percent <= 100:
        raise ValueError(f"blasts are 0 to 100 percent, not {blast_percent}")
    return 1 - 0.5 * copies_lost * blast_percent / 100


def fit(
    ratio: np.ndarray,
    *,
    exon_of_probe: tuple[int, ...],
    blasts: np.ndarray,
    noise: np.ndarray,
    rules: PatternRules = PROJECT_RULES,
) -> Fit:
    """`ratio` [sample, probe] of one gene (NaN: not measured); `exon_of_probe` the place 0.. of
    each probe's exon along the gene; `blasts` as fractions and `noise` as SD, one a sample."""
    exons = max(exon_of_probe) + 1
    states, weights = _patterns(exons, rules)
    scores = []
    for shift, weight in BLAST_NODES:
        share = np.clip(blasts + shift * rules.blast_error, 0, 1)
        fits = _log_likelihood(ratio, exon_of_probe, exons, share, noise, rules)
        scores.append(fits.reshape(len(ratio), -1) @ _one_hot(states).T + np.log(weights * weight))
    most = np.max([score.max(axis=1) for score in scores], axis=0)[:, None]
    chance = sum(np.exp(score - most) for score in scores)
    chance /= chance.sum(axis=1, keepdims=True)
    any_loss = chance @ (states != NORMAL)
    # Whether a loss is in all blasts or in half is another question than whether there is one:
    # answered together, every loss of a noisy sample would come out as neither.
    whole = chance * ~(states == SUBCLONAL).any(axis=1)
    whole /= np.maximum(whole.sum(axis=1, keepdims=True), np.finfo(float).tiny)
    clonal = whole @ ((states == ONE_LOST) | (states == BOTH_LOST))
    return Fit(clonal, whole @ (states == BOTH_LOST), any_loss)


def _log_likelihood(
    ratio: np.ndarray,
    exon_of_probe: tuple[int, ...],
    exons: int,
    blasts: np.ndarray,
    noise: np.ndarray,
    rules: PatternRules,
) -> np.ndarray:
    """[sample, exon, state]; a probe that was not measured speaks for no state."""
    lost = np.array([0.0, 1.0, 2.0, 0.5])
    mean = 1 - 0.5 * lost * blasts[:, None]
    measured = mean**rules.noise_exponent * np.maximum(noise, rules.least_noise)[:, None]
    sd = np.hypot(measured, rules.floor) / (mean + START)
    z = np.log((ratio[:, :, None] + START) / (mean[:, None, :] + START)) / sd[:, None, :]
    single = np.nan_to_num(-0.5 * z**2 - np.log(sd)[:, None, :], nan=0.0)
    joint = np.zeros((len(ratio), exons, len(lost)))
    for place, exon in enumerate(exon_of_probe):
        joint[:, exon] += single[:, place]
    return joint


def _one_hot(states: np.ndarray) -> np.ndarray:
    return (states[:, :, None] == np.arange(4)).reshape(len(states), -1).astype(float)


@cache
def _patterns(exons: int, rules: PatternRules) -> tuple[np.ndarray, np.ndarray]:
    """(states [pattern, exon], prior weight of each pattern); the first pattern is no loss."""
    spans = [(a, b) for a in range(exons) for b in range(a, exons)]
    rows, weights = [np.full(exons, NORMAL)], [1 - rules.lost]
    kinds = (
        (ONE_LOST, rules.prior_one_lost),
        (BOTH_LOST, rules.prior_both_lost),
        (SUBCLONAL, rules.prior_subclonal),
    )
    for state, prior in kinds:
        for first, last in spans:
            row = np.full(exons, NORMAL)
            row[first : last + 1] = state
            rows.append(row)
            weights.append(prior / len(spans))
    nested = _nested(spans) if exons <= LONGEST_NESTED else []
    for (first, last), (inner_first, inner_last) in nested:
        row = np.full(exons, NORMAL)
        row[first : last + 1] = ONE_LOST
        row[inner_first : inner_last + 1] = BOTH_LOST
        rows.append(row)
        weights.append(rules.prior_nested / len(nested))
    return np.array(rows), np.array(weights)


def _nested(spans: list[tuple[int, int]]) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    return [
        (outer, inner)
        for outer in spans
        for inner in spans
        if outer != inner and outer[0] <= inner[0] and inner[1] <= outer[1]
    ]
