"""How many children have two genes altered, one of them, or neither: counted for all pairs at once.

Up to a few thousand children a matrix product counts; beyond, a bit a child and the processor's
count of bits, which holds a million children of 185 genes in 23 MB.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.cohort.columns import ALTERED, NOT_DETECTED

MOST_FOR_PRODUCT = 4_096
_CHILDREN_AT_ONCE = 1 << 16
_WORDS_AT_ONCE = 1_024


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
    """Who is altered and who has an answer: a row a gene.

    A column is a child (32-bit floats, 0 or 1), or 64 of them (bits) where there are many.
    """

    children: int
    altered: np.ndarray
    known: np.ndarray

    @classmethod
    def from_states(cls, states: np.ndarray) -> Answers:
        """`states` (children, genes) holds places in `columns.STATES`."""
        if len(states) > MOST_FOR_PRODUCT:
            return cls(len(states), *_packed(states))
        # Exact: a 32-bit float holds every whole number up to 2^24.
        altered = (states.T == ALTERED).astype(np.float32)
        return cls(len(states), altered, altered + (states.T == NOT_DETECTED))

    @property
    def packed(self) -> bool:
        return self.altered.dtype == np.uint64

    def select(self, genes: np.ndarray) -> Answers:
        return Answers(self.children, self.altered[genes], self.known[genes])

    def counts(self) -> tuple[np.ndarray, np.ndarray]:
        """Children altered and children with an answer, a number a gene."""
        return tuple(
            _bits(rows) if self.packed else rows.sum(axis=1).astype(np.int64)
            for rows in (self.altered, self.known)
        )

    def joint(self) -> JointCounts:
        pairs = self._by_bits() if self.packed else self._by_product()
        both, altered_known, known = pairs
        a_only = altered_known - both
        b_only = altered_known.T - both
        return JointCounts(both, a_only, b_only, known - both - a_only - b_only)

    def _by_product(self) -> tuple[np.ndarray, ...]:
        altered, known = self.altered, self.known
        products = (altered @ altered.T, altered @ known.T, known @ known.T)
        return tuple(found.astype(np.int64) for found in products)

    def _by_bits(self) -> tuple[np.ndarray, ...]:
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
        return both, altered_known, all_known


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
    return np.array([np.bitwise_count(row).sum(dtype=np.int64) for row in rows], dtype=np.int64)


def _together(rows: np.ndarray, columns: np.ndarray, *, symmetric: bool = False) -> np.ndarray:
    """Children with a bit in both, for every row and every column."""
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
