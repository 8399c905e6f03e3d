"""Which genes are altered together, and which apart: every pair by Fisher's exact test.

A pair is counted among the children tested and evaluable for both genes, so n differs from pair to
pair where panels differ. q is Benjamini-Hochberg over the pairs that have a p, each once: the other
half of a square of genes and its diagonal are no tests and do not belong to the family.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from analysis.cohort import conditional_odds, effect, fisher
from analysis.cohort.effect import Effect, EffectName
from analysis.cohort.frame import CohortFrame
from analysis.cohort.joint_counts import Answers
from analysis.cohort.significance import Tail, TestName, false_discovery
from analysis.wording import N_, Message, say

# A gene in fewer children than this cannot reach a small p with any other.
LEAST_FREQUENCY = 0.02
# In a report: two genes altered once each are apart in any cohort, which says nothing of them.
LEAST_CHILDREN = 3


@dataclass(frozen=True)
class Pair:
    """Two genes among the children tested and evaluable for both; `missing` are the others.

    `p`, `q` and `odds_ratio` are None, and `test` is NONE, where one of the genes is the same in
    all of those children; `reason` says so.
    """

    a: str
    b: str
    both: int
    a_only: int
    b_only: int
    neither: int
    missing: int
    test: TestName
    reason: Message
    odds_ratio: Effect | None = None
    p: float | None = None
    q: float | None = None
    tail: Tail = Tail.TWO_SIDED

    @property
    def n(self) -> int:
        return self.both + self.a_only + self.b_only + self.neither

    def to_json(self) -> dict[str, Any]:
        ratio = self.odds_ratio
        return {
            "a": self.a,
            "b": self.b,
            "both": self.both,
            "a_only": self.a_only,
            "b_only": self.b_only,
            "neither": self.neither,
            "n": self.n,
            "odds_ratio": effect.finite(ratio.estimate) if ratio else None,
            "low": effect.finite(ratio.low) if ratio else None,
            "high": effect.finite(ratio.high) if ratio else None,
            "p": self.p,
            "q": self.q,
        }


@dataclass(frozen=True, eq=False)
class CoMutation:
    """All pairs of `genes`, as arrays of equal length; `first` and `second` are places in `genes`.

    `odds_ratio` is the conditional maximum-likelihood one, infinite or 0 where a count is 0; it,
    `p` and `q` are NaN where a gene is constant among the children of the pair. `altered` and
    `tested` are children per gene, in the order of `genes` (the most often altered first).
    `constant` genes are altered in every child tested: none of their pairs has a test.
    """

    samples: int
    genes: tuple[str, ...]
    altered: tuple[int, ...]
    tested: tuple[int, ...]
    constant: tuple[str, ...]
    least_frequency: float
    least_children: int
    first: np.ndarray
    second: np.ndarray
    both: np.ndarray
    a_only: np.ndarray
    b_only: np.ndarray
    neither: np.ndarray
    odds_ratio: np.ndarray
    p: np.ndarray
    q: np.ndarray

    def __len__(self) -> int:
        return len(self.p)

    def notes(self) -> tuple[Message, ...]:
        """What a reader of the pairs must know."""
        return _notes(self)

    def pairs(self, *, most: int | None = None) -> tuple[Pair, ...]:
        """The pairs, smallest p first, each with its exact interval; `most` of them at most."""
        order = np.lexsort((self.second, self.first, self.p))[:most]
        counts = (part[order] for part in (self.both, self.a_only, self.b_only, self.neither))
        ratios = conditional_odds.odds_ratios_with_limits(*counts, level=effect.LEVEL)
        limits = zip(ratios.estimate, ratios.low, ratios.high, strict=True)
        return tuple(
            self._pair(int(place), *map(float, found))
            for place, found in zip(order, limits, strict=True)
        )

    def _pair(self, place: int, estimate: float, low: float, high: float) -> Pair:
        a, b = self.genes[self.first[place]], self.genes[self.second[place]]
        counts = [int(x[place]) for x in (self.both, self.a_only, self.b_only, self.neither)]
        missing = self.samples - sum(counts)
        if np.isnan(self.p[place]):
            return Pair(a, b, *counts, missing, TestName.NONE, _why_constant(a, b, *counts))
        ratio = Effect(EffectName.ODDS_RATIO, estimate, low, high, _note(low, high))
        tested = (ratio, float(self.p[place]), float(self.q[place]))
        return Pair(a, b, *counts, missing, TestName.FISHER, _ALL_EXACT, *tested)


_ALL_EXACT = say(N_("Every pair of genes: exact, because few children share both."))


def comutation(
    frame: CohortFrame,
    *,
    least_frequency: float = LEAST_FREQUENCY,
    least_children: int = LEAST_CHILDREN,
    without: tuple[str, ...] = (),
) -> CoMutation:
    """All pairs of the genes altered in at least this share of the tested and this many."""
    states = frame.gene_states.drop(columns=list(without), errors="ignore")
    return comutation_of(
        states.to_numpy(dtype=np.uint8),
        list(states.columns),
        least_frequency=least_frequency,
        least_children=least_children,
    )


def comutation_of(
    states: np.ndarray,
    genes: Sequence[str],
    *,
    least_frequency: float = LEAST_FREQUENCY,
    least_children: int = 1,
) -> CoMutation:
    """`states` (children, genes) holds places in `columns.STATES`.

    Raises ValueError for a frequency that is no fraction.
    """
    if not 0 <= least_frequency <= 1:
        raise ValueError(f"a frequency is a fraction from 0 to 1, not {least_frequency}")
    answers = Answers.from_states(states)
    altered, tested = answers.counts()
    # Of a hundred children seven are 7 %, though 0.07 x 100 is more than 7 by rounding.
    least = least_frequency * tested * (1 - 1e-12)
    often = np.flatnonzero((altered >= max(1, least_children)) & (altered >= least))
    order = sorted(
        often.tolist(), key=lambda place: (-altered[place] / tested[place], genes[place])
    )
    joint = answers.select(np.array(order, dtype=int)).joint()
    first, second = np.triu_indices(len(order), 1)
    counts = [
        part[first, second] for part in (joint.both, joint.a_only, joint.b_only, joint.neither)
    ]
    p = fisher.p_values(*counts)
    return CoMutation(
        len(states),
        tuple(genes[place] for place in order),
        tuple(altered[order].tolist()),
        tuple(tested[order].tolist()),
        tuple(genes[place] for place in order if altered[place] == tested[place]),
        least_frequency,
        least_children,
        first,
        second,
        *counts,
        conditional_odds.odds_ratios(*counts),
        p,
        false_discovery(p),
    )


def _why_constant(a: str, b: str, both: int, a_only: int, b_only: int, neither: int) -> Message:
    n = both + a_only + b_only + neither
    if not n:
        return say(N_("No test: no child was tested for both genes."))
    constant = a if both + a_only in (0, n) else b
    altered = both + (a_only if constant == a else b_only)
    if altered:
        return say(
            N_("No test: {gene} is altered in every child tested ({n})."), gene=constant, n=n
        )
    return say(N_("No test: {gene} is altered in no child tested ({n})."), gene=constant, n=n)


def _note(low: float, high: float) -> Message | None:
    if low == 0:
        return say(N_("A count is 0: the interval begins at 0."))
    if np.isinf(high):
        return say(N_("A count is 0: the interval has no upper limit."))
    return None


def _notes(found: CoMutation) -> tuple[Message, ...]:
    sentence = N_("Genes altered in at least {share} % of the children tested for them: {n}.")
    if found.least_children > 1:
        sentence = N_(
            "Genes altered in at least {share} % of the children tested for them, and in at least "
            "{children}: {n}."
        )
    notes = [
        say(
            sentence,
            share=round(100 * found.least_frequency, 2),
            children=found.least_children,
            n=len(found.genes),
        ),
        say(N_("p: Fisher's exact test, two-sided. Odds ratio: conditional, exact 95 % CI.")),
        say(
            N_("q: Benjamini-Hochberg over the {n} pairs that have a p."),
            n=int(np.count_nonzero(~np.isnan(found.p))),
        ),
    ]
    if found.constant:
        genes = ", ".join(found.constant)
        notes.append(
            say(N_("Altered in every child tested, so without test: {genes}."), genes=genes)
        )
    if len(set(found.tested)) > 1 or any(n < found.samples for n in found.tested):
        notes.append(say(N_("A pair is counted among the children tested for both genes.")))
    return tuple(notes)
