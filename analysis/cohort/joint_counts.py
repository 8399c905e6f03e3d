"""How many children have two genes altered, one of them, or neither: counted for all pairs at once.

A bit a child, and the processor's count of the bits that two genes share: a million children of 185
genes are 23 MB, and no library's threads wait for one another as those of a matrix product do.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.cohort.columns import ALTERED, NOT_DETECTED

_CHILDREN_AT_ONCE = 1 << 16
_WORDS_AT_ONCE = 1_024
# Up to here all pairs are formed in one step.
_MOST_WORDS = 500_000


@dataclass(frozen=True, eq=False)
class JointCounts:
    """Four counts a pair of genes, among the children tested and evaluable for both.

    Each is an array (genes, genes): row a, column b.
    """

    both: np.ndarray
    a_only: np.ndarray
    b_only: np.ndarray
    neither: np.ndarray


@dataclass(frozen=True, eq=False)
class Answers:
    """Who is altered and who has an answer: a row a gene, 64 children a number, a bit each."""

    children: int
    altered: np.ndarray
    known: np.ndarray

    @classmethod
    def from_states(cls, states: np.ndarray) -> Answers:
        """`states` (children, genes) holds places in `columns.STATES`."""
        return cls(len(states), *_packed(states))

    def select(self, genes: np.ndarray) -> Answers:
        return Answers(self.children, self.altered[genes], self.known[genes])

    def counts(self) -> tuple[np.ndarray, np.ndarray]:
        """Children altered and children with an answer, a number a gene."""
        return _bits(self.altered), _bits(self.known)

    def joint(self) -> JointCounts:
        altered, known = self.altered, self.known
        altered_counts, known_counts = self.counts()
        both = _together(altered, altered, symmetric=True)
        # Where every child has an answer, the counts of the other gene need no counting.
        altered_known = np.repeat(altered_counts[:, np.newaxis], len(altered), axis=1)
        all_known = np.minimum.outer(known_counts, known_counts)
        gaps = np.flatnonzero(known_counts < self.children)
        if len(gaps):
            altered_known[:, gaps] = _together(altered, known[gaps])
            all_known[np.ix_(gaps, gaps)] = _together(known[gaps], known[gaps], symmetric=True)
        a_only = altered_known - both
        b_only = altered_known.T - both
        return JointCounts(both, a_only, b_only, all_known - both - a_only - b_only)


def _packed(states: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Who is altered and who has an answer: a bit a child, a row a gene."""
    children, genes = states.shape
    size = -(-children // 64) * 8
    altered, known = (np.zeros((genes, size), dtype=np.uint8) for _ in range(2))
    for start in range(0, children, _CHILDREN_AT_ONCE):
        part = np.ascontiguousarray(states[start : start + _CHILDREN_AT_ONCE].T)
        is_altered = part == ALTERED
        place = slice(start // 8, start // 8 + -(-part.shape[1] // 8))
        altered[:, place] = np.packbits(is_altered, axis=1)
        known[:, place] = np.packbits(is_altered | (part == NOT_DETECTED), axis=1)
    return altered.view(np.uint64), known.view(np.uint64)


def _bits(rows: np.ndarray) -> np.ndarray:
    return np.bitwise_count(rows).sum(axis=1, dtype=np.int64)


def _together(rows: np.ndarray, columns: np.ndarray, *, symmetric: bool = False) -> np.ndarray:
    """Children with a bit in both, for every row and every column."""
    if len(rows) * len(columns) * rows.shape[1] <= _MOST_WORDS:
        shared = np.bitwise_count(rows[:, np.newaxis] & columns[np.newaxis])
        return shared.sum(axis=2, dtype=np.int64)
    found = np.zeros((len(rows), len(columns)), dtype=np.int64)
    for start in range(0, rows.shape[1], _WORDS_AT_ONCE):
        # A block at a time, so that it stays in the processor's cache.
        block = slice(start, start + _WORDS_AT_ONCE)
        first = np.ascontiguousarray(rows[:, block])
        second = np.ascontiguousarray(columns[:, block])
        for place, row in enumerate(first):
            begin = place if symmetric else 0
            shared = np.bitwise_count(row & second[begin:])
            found[place, begin:] += shared.sum(axis=1, dtype=np.uint32)
    if symmetric:
        found += np.triu(found, 1).T
    return found
