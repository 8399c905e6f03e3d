"""Genes by children, in the order in which an oncoprint shows them (Fig. 1 of Zhang et al. 2022).

Genes stand by the share of the children tested, those asked for first. Children stand so that the
alterations of the first gene come first, among them those of the second, and so on; the untested
of a gene come after its not detected.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from analysis.cohort.columns import (
    ALTERED,
    COLUMNS,
    NOT_DETECTED,
    NOT_EVALUABLE,
    NOT_TESTED,
    STATES,
    Kind,
)
from analysis.cohort.frame import AlterationKind, CohortFrame
from analysis.wording import Labelled, Message

# What a page holds so that the names can be read.
MOST_GENES = 96
STUDY_TRACKS = (
    "sex", "risk_group", "glucocorticoid_insensitive", "mrd_d15_above", "mrd_d33_above",
    "ph_or_ph_like", "kmt2a_r", "etv6_runx1", "tcf3_pbx1", "tcf3_hlf", "hyperdiploid",
)  # fmt: skip
# In which order the states of one gene stand.
_RANK = np.zeros(len(STATES), dtype=np.int8)
_RANK[[ALTERED, NOT_DETECTED, NOT_EVALUABLE, NOT_TESTED]] = (0, 1, 2, 3)


@dataclass(frozen=True, eq=False)
class GeneRow:
    """One gene: `states` has the place in `columns.STATES` of each child's answer, the masks say
    which kinds of alteration the child carries. `tested` children had a readable answer."""

    gene: str
    states: np.ndarray
    kinds: dict[AlterationKind, np.ndarray]

    @property
    def altered(self) -> int:
        return int((self.states == ALTERED).sum())

    @property
    def tested(self) -> int:
        return self.altered + int((self.states == NOT_DETECTED).sum())

    @property
    def share(self) -> float | None:
        return self.altered / self.tested if self.tested else None


@dataclass(frozen=True, eq=False)
class Track:
    """A clinical row above the genes: places in `levels`, -1 where nothing is recorded. `levels`
    of a laboratory answer are the four states."""

    label: Message
    codes: np.ndarray
    levels: tuple[Labelled, ...]


@dataclass(frozen=True, eq=False)
class Oncoprint:
    """`children` are the places of the children in the cohort, in the order shown; every row and
    track has that order. `left_out` altered genes did not find room."""

    children: np.ndarray
    rows: tuple[GeneRow, ...]
    tracks: tuple[Track, ...]
    left_out: int = 0

    @property
    def altered_genes(self) -> np.ndarray:
        """How many of the genes shown are altered in each child."""
        counts = np.zeros(len(self.children), dtype=int)
        for row in self.rows:
            counts += row.states == ALTERED
        return counts

    def table(self, names: Sequence[str]) -> tuple[tuple[str, ...], ...]:
        """Heading and a row a gene: altered, tested, share, then each child's answer, as the kinds
        of alteration or the state. `names` are those of the cohort's children."""
        head = ("gene", "altered", "tested", "share", *(names[place] for place in self.children))
        return (head, *(self._table_row(row) for row in self.rows))

    def _table_row(self, row: GeneRow) -> tuple[str, ...]:
        share = "" if row.share is None else f"{row.share:.4f}"
        cells = []
        for place, code in enumerate(row.states):
            kinds = [kind.value for kind, mask in row.kinds.items() if mask[place]]
            cells.append("; ".join(kinds) or STATES[code].value)
        return (row.gene, str(row.altered), str(row.tested), share, *cells)

    def to_json(self) -> dict[str, Any]:
        return {
            "children": len(self.children),
            "left_out": self.left_out,
            "genes": [
                {
                    "gene": row.gene,
                    "altered": row.altered,
                    "tested": row.tested,
                    "kinds": {kind.value: int(mask.sum()) for kind, mask in row.kinds.items()},
                }
                for row in self.rows
            ],
        }


def oncoprint(
    frame: CohortFrame,
    *,
    first: Sequence[str] = ("IKZF1",),
    most: int = MOST_GENES,
    tracks: Sequence[str] = STUDY_TRACKS,
) -> Oncoprint:
    """The altered genes of the cohort, at most `most`; genes of `first` are shown even where
    nobody has them altered, if anybody was tested. Raises KeyError for an unknown track."""
    states = frame.gene_states.to_numpy(dtype=np.uint8)
    names = frame.gene_states.columns.tolist()
    chosen, left_out = _genes(states, names, first, most)
    ranks = _RANK[states[:, [names.index(gene) for gene in chosen]]]
    # lexsort takes its last key first.
    order = np.lexsort(ranks.T[::-1]) if chosen else np.arange(len(frame))
    kinds = _kinds(frame, chosen)
    rows = tuple(
        GeneRow(
            gene,
            states[order, names.index(gene)],
            {kind: kinds[kind][order, place] for kind in AlterationKind},
        )
        for place, gene in enumerate(chosen)
    )
    return Oncoprint(order, rows, tuple(_track(frame, name, order) for name in tracks), left_out)


def _genes(
    states: np.ndarray, names: list[str], first: Sequence[str], most: int
) -> tuple[list[str], int]:
    altered = (states == ALTERED).sum(axis=0)
    tested = altered + (states == NOT_DETECTED).sum(axis=0)
    share = np.where(tested > 0, altered / np.maximum(tested, 1), 0.0)
    wanted = [gene for gene in first if gene in names]
    others = [place for place, gene in enumerate(names) if altered[place] and gene not in wanted]
    others.sort(key=lambda place: (-share[place], -altered[place], names[place]))
    room = max(most - len(wanted), 0)
    return wanted + [names[place] for place in others[:room]], max(len(others) - room, 0)


def _kinds(frame: CohortFrame, genes: list[str]) -> dict[AlterationKind, np.ndarray]:
    place = {gene: index for index, gene in enumerate(genes)}
    found = {kind: np.zeros((len(frame), len(genes)), dtype=bool) for kind in AlterationKind}
    table = frame.alterations[frame.alterations["gene"].isin(genes)]
    for kind in AlterationKind:
        own = table[table["kind"] == kind.value]
        found[kind][own["row"].to_numpy(), own["gene"].map(place).to_numpy(dtype=int)] = True
    return found


def _track(frame: CohortFrame, name: str, order: np.ndarray) -> Track:
    column = COLUMNS[name]
    if column.kind is Kind.NUMBER:
        raise ValueError(f"{name} is a measurement: a track needs classes")
    levels = STATES if column.kind is Kind.STATE else column.levels
    return Track(column.label, frame.codes(name)[order].astype(np.int16), levels)
