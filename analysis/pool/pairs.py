"""Pairs of genes: which of their tables may be printed, seen from the children themselves.

A pair's nine cells (a altered, not detected or without an answer, by b) add up to the genes' own
counts, and pairs that share a gene limit one another. So a pair is printed only where every cell is
0 children without an answer or at least the threshold, and both genes are printed in full in every
group. The pairs that are not printed are then audited by swapping: if two children of one group
differ in one gene of the pair and agree in every gene whose pair with it is printed, their answers
for it can be exchanged, and all that is printed stays true while the withheld pair changes by one.
Where fewer than threshold - 1 such exchanges can be made, printed pairs of either gene are taken
back.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from analysis.cohort.columns import ALTERED, NOT_DETECTED
from analysis.pool.summary import PairTable

UNKNOWN = 2


def answers_of(states: np.ndarray) -> np.ndarray:
    """0 altered, 1 not detected, 2 no answer, for places in `columns.STATES`."""
    return np.where(states == ALTERED, 0, np.where(states == NOT_DETECTED, 1, UNKNOWN))


def nine_cells(a: np.ndarray, b: np.ndarray) -> tuple[int, ...]:
    return tuple(int(n) for n in np.bincount(3 * a + b, minlength=9))


def pair_tables(
    answers: np.ndarray,
    genes: Sequence[str],
    groups: np.ndarray,
    *,
    exact: frozenset[str],
    threshold: int,
) -> tuple[PairTable, ...]:
    """Every pair of `genes` (columns of `answers`) among the children with a group.

    `exact` genes are printed in full in every group of `groups` (a place a child).
    """
    places = list(combinations(range(len(genes)), 2))
    cells = {pair: nine_cells(answers[:, pair[0]], answers[:, pair[1]]) for pair in places}
    if threshold == 0:
        released = set(places)
    else:
        known = {place for place, gene in enumerate(genes) if gene in exact}
        candidates = {p for p in places if set(p) <= known and _may_stand(cells[p], threshold)}
        released = _without_leaks(answers, groups, known, candidates, threshold)
    return tuple(
        PairTable(genes[a], genes[b], cells[a, b] if (a, b) in released else None)
        for a, b in places
    )


def _may_stand(cells: tuple[int, ...], threshold: int) -> bool:
    for place, n in enumerate(cells):
        without_answer = place // 3 == UNKNOWN or place % 3 == UNKNOWN
        if n < threshold and (n or not without_answer):
            return False
    return True


def _without_leaks(
    answers: np.ndarray,
    groups: np.ndarray,
    known: set[int],
    candidates: set[tuple[int, int]],
    threshold: int,
) -> set[tuple[int, int]]:
    released = set(candidates)
    withheld = [pair for pair in combinations(sorted(known), 2) if pair not in released]
    again = True
    while again and released:
        again = False
        for pair in withheld:
            if swaps(answers, groups, pair, released) < threshold - 1:
                touching = {other for other in released if set(other) & set(pair)}
                if touching:
                    released -= touching
                    withheld += sorted(touching)
                    again = True
                    break
    return released


def swaps(
    answers: np.ndarray, groups: np.ndarray, pair: tuple[int, int], released: set[tuple[int, int]]
) -> int:
    """How many different tables of `pair`, beside the true one, can be had by exchanging answers
    between children without any other printed number changing: the better of its two genes."""
    return max(_exchanges(answers, groups, gene, other, released) for gene, other in
               (pair, pair[::-1]))  # fmt: skip


def _exchanges(
    answers: np.ndarray,
    groups: np.ndarray,
    gene: int,
    other: int,
    released: set[tuple[int, int]],
) -> int:
    partners = sorted({place for pair in released if gene in pair for place in pair} - {gene})
    # Children of one signature may exchange their answers for `gene` unnoticed.
    signatures = np.column_stack([groups, answers[:, partners]])
    kinds, signature = np.unique(signatures, axis=0, return_inverse=True)
    both = 9 * signature.ravel() + 3 * answers[:, gene] + answers[:, other]
    counts = np.bincount(both, minlength=9 * len(kinds)).reshape(-1, 9)
    # Both altered and neither become one each, or the other way about.
    fewer = np.minimum(counts[:, 0], counts[:, 4]).sum()
    more = np.minimum(counts[:, 1], counts[:, 3]).sum()
    return int(fewer + more)
