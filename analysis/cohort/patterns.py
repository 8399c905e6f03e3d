"""What IKZF1 itself shows in a cohort: deletion patterns, kinds of alteration, and by subtype."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np

from analysis.cohort.columns import (
    ALTERED,
    COLUMNS,
    NOT_DETECTED,
    NOT_EVALUABLE,
    SUBTYPES,
    Column,
)
from analysis.cohort.compare import split_by
from analysis.cohort.frame import CohortFrame
from analysis.cohort.genes import Comparison, Comparisons, Share, compared, with_q
from analysis.cohort.significance import Rule


@dataclass(frozen=True)
class PatternCount:
    """Children with one deletion pattern, such as "del4-7"."""

    pattern: str
    n: int


@dataclass(frozen=True)
class DeletionPatterns:
    """The patterns, the commonest first, with both denominators that shares can be given of.

    `altered` children have any IKZF1 alteration (the study's denominator, 22), `deleted` ones a
    large deletion (18), `tested` ones a readable answer for large deletions. A child with two
    patterns counts in each; `unnamed` children are deleted without a pattern on record.
    """

    patterns: tuple[PatternCount, ...]
    altered: int
    deleted: int
    tested: int
    unnamed: int

    def to_json(self) -> dict[str, Any]:
        return {
            "patterns": [
                {
                    "pattern": item.pattern,
                    "n": item.n,
                    "of_altered": self.altered,
                    "of_deleted": self.deleted,
                }
                for item in self.patterns
            ],
            "altered": self.altered,
            "deleted": self.deleted,
            "tested": self.tested,
            "unnamed": self.unnamed,
        }


def deletion_patterns(frame: CohortFrame) -> DeletionPatterns:
    """Counts of each pattern among the children whose large-deletion answer is `altered`."""
    codes = frame.codes("ikzf1_large_deletion")
    deleted = codes == ALTERED
    named = [set(patterns) for patterns in frame.children["ikzf1_deletions"][deleted]]
    counts = Counter(pattern for patterns in named for pattern in patterns)
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return DeletionPatterns(
        patterns=tuple(PatternCount(pattern, n) for pattern, n in ordered),
        altered=int((frame.codes("ikzf1") == ALTERED).sum()),
        deleted=int(deleted.sum()),
        tested=int((deleted | (codes == NOT_DETECTED)).sum()),
        unnamed=sum(not patterns for patterns in named),
    )


@dataclass(frozen=True)
class AlterationClasses:
    """The children with altered IKZF1 by what was found. `deletion_only` and `variant_only` say
    what was found, not that the other was excluded: it may not have been tested."""

    deletion_only: int
    variant_only: int
    both: int
    altered: int

    def to_json(self) -> dict[str, int]:
        return {
            "deletion_only": self.deletion_only,
            "variant_only": self.variant_only,
            "both": self.both,
            "altered": self.altered,
        }


def alteration_classes(frame: CohortFrame) -> AlterationClasses:
    altered = frame.codes("ikzf1") == ALTERED
    deletion = altered & (frame.codes("ikzf1_large_deletion") == ALTERED)
    variant = altered & (frame.codes("ikzf1_sequence_variant") == ALTERED)
    return AlterationClasses(
        deletion_only=int((deletion & ~variant).sum()),
        variant_only=int((variant & ~deletion).sum()),
        both=int((deletion & variant).sum()),
        altered=int(altered.sum()),
    )


@dataclass(frozen=True)
class SubtypeStatus:
    """IKZF1 within one subtype: altered, of the children with this subtype whose IKZF1 has an
    answer (a share of the row, as the study gives it for fusions)."""

    subtype: Column
    share: Share

    def to_json(self) -> dict[str, Any]:
        return {"subtype": self.subtype.name, **self.share.to_json()}


def status_by_subtype(frame: CohortFrame) -> tuple[SubtypeStatus, ...]:
    """How often IKZF1 is altered in each subtype, in the order of the study."""
    ikzf1 = frame.codes("ikzf1")
    return tuple(
        SubtypeStatus(column, _share(ikzf1[frame.codes(column.name) == ALTERED]))
        for column in SUBTYPES
    )


def compare_subtypes(
    frame: CohortFrame, by: str = "ikzf1", *, rule: Rule | str = Rule.EXPECTED_COUNTS
) -> Comparisons:
    """How common each subtype is in the groups that `by` makes (a share of the column, as the
    study gives it for hyperdiploidy), with tests and q."""
    split, excluded = split_by(frame, COLUMNS[by])
    rows: list[Comparison] = []
    for column in SUBTYPES:
        if column.name != by:
            codes = frame.codes(column.name)
            shares = tuple(_share(codes[split.of == place]) for place in range(len(split.groups)))
            rows.append(compared(column.name, column.label, shares, Rule(rule)))
    return Comparisons(split.groups, tuple(with_q(rows)), excluded)


def _share(codes: np.ndarray) -> Share:
    """Altered of answered in a vector of codes."""
    n, clear, unread = (
        int((codes == code).sum()) for code in (ALTERED, NOT_DETECTED, NOT_EVALUABLE)
    )
    return Share(n, n + clear, not_tested=len(codes) - n - clear - unread, not_evaluable=unread)
