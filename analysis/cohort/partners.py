"""What else is altered in the children with altered IKZF1: partner genes by the kind of IKZF1
alteration, and their functions (Fig. 4C, S1A and S1B of Zhang et al. 2022)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from analysis.cohort.columns import ALTERED
from analysis.cohort.frame import CohortFrame
from analysis.cohort.genes import (
    FunctionFrequency,
    FunctionGroup,
    Share,
    by_function,
    gene_frequencies,
)
from analysis.wording import N_, Labelled

IKZF1 = "IKZF1"


class Ikzf1Kind(Labelled):
    """What was found in IKZF1; the other may not have been tested."""

    DELETION = "deletion_only", N_("large deletion only")
    VARIANT = "variant_only", N_("SNV/InDel only")
    BOTH = "both", N_("large deletion and SNV/InDel")


@dataclass(frozen=True)
class Partner:
    """One gene altered beside IKZF1: `share` of the IKZF1-altered children tested for it, and how
    many children of each kind of IKZF1 alteration have it altered."""

    gene: str
    group: FunctionGroup
    share: Share
    by_kind: tuple[tuple[Ikzf1Kind, int], ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "gene": self.gene,
            "group": self.group.value,
            **self.share.to_json(),
            "by_kind": {kind.value: n for kind, n in self.by_kind},
        }


@dataclass(frozen=True)
class Partners:
    """`children` with altered IKZF1, by kind; their partner genes, the commonest first; and the
    functions of the events (a child with a gene altered is one event)."""

    children: tuple[tuple[Ikzf1Kind, int], ...]
    genes: tuple[Partner, ...]
    functions: tuple[FunctionFrequency, ...]

    @property
    def altered(self) -> int:
        return sum(n for _kind, n in self.children)

    def to_json(self) -> dict[str, Any]:
        return {
            "altered": self.altered,
            "children": {kind.value: n for kind, n in self.children},
            "genes": [item.to_json() for item in self.genes],
            "functions": [item.to_json() for item in self.functions],
        }


def partners(frame: CohortFrame) -> Partners:
    """The partner genes of IKZF1 in this cohort; empty where nobody has it altered."""
    altered = frame.select(frame.codes("ikzf1") == ALTERED)
    deletion = altered.codes("ikzf1_large_deletion") == ALTERED
    variant = altered.codes("ikzf1_sequence_variant") == ALTERED
    kinds = {
        Ikzf1Kind.DELETION: deletion & ~variant,
        Ikzf1Kind.VARIANT: variant & ~deletion,
        Ikzf1Kind.BOTH: deletion & variant,
    }
    genes = tuple(
        Partner(item.gene, item.group, item.share, _by_kind(altered, item.gene, kinds))
        for item in gene_frequencies(altered)
        if item.share.n and item.gene != IKZF1
    )
    return Partners(
        tuple((kind, int(mask.sum())) for kind, mask in kinds.items()),
        tuple(sorted(genes, key=lambda item: (-item.share.n, item.gene))),
        by_function(altered, without=(IKZF1,)),
    )


def _by_kind(
    frame: CohortFrame, gene: str, kinds: dict[Ikzf1Kind, np.ndarray]
) -> tuple[tuple[Ikzf1Kind, int], ...]:
    found = frame.gene_states[gene].to_numpy() == ALTERED
    return tuple((kind, int((found & mask).sum())) for kind, mask in kinds.items())
