"""The cohort: one row a child, columns of fixed meaning, and which genes were tested and altered.

`reports/evidence.py` makes a `Child` of each child's records; everything else in this room reads
the `CohortFrame` that `CohortFrame.from_children` makes of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.calls import State
from analysis.cohort.columns import (
    ALTERED,
    COLUMNS,
    NOT_DETECTED,
    NOT_EVALUABLE,
    NOT_TESTED,
    STATES,
    Cns,
    Column,
    Kind,
    RiskGroup,
    Sex,
)
from analysis.response import (
    MRD_D15_THRESHOLD,
    MRD_D33_THRESHOLD,
    MrdMeasurement,
    glucocorticoid_state,
    mrd_state,
)
from analysis.wording import N_, Labelled

if TYPE_CHECKING:
    from pandas import DataFrame


class AlterationKind(Labelled):
    SNV = "snv", N_("SNV")
    INDEL = "indel", N_("InDel")
    LARGE_DELETION = "large_deletion", N_("large deletion")


@dataclass(frozen=True)
class Alteration:
    """One alteration of one gene; several of a gene are several of these."""

    gene: str
    kind: AlterationKind


@dataclass(frozen=True, kw_only=True)
class Child:
    """What the cohort needs to know of one child. None is "not recorded"; `id` is unique.

    Age in years; wbc and platelets in 10^9/L; lymphocytes, neutrophils and `blasts_marrow` in
    percent; haemoglobin in g/L; `day8_blasts` in 10^9/L, with `glucocorticoid_recorded` (a
    `GlucocorticoidCategory`) where only the word is known.
    `ikzf1_deletions` are pattern names such as ("del4-7",).

    `genes_tested` are the genes whose answer could be read (covered by an adequate panel or
    probemix), `genes_not_evaluable` those covered without a readable answer; a gene in neither was
    not tested. Children of one panel should share one frozenset. A gene with an alteration is
    altered whatever the sets say.
    """

    id: int | str
    code: str = ""
    sex: Sex | str | None = None
    age_years: float | None = None
    wbc: float | None = None
    lymphocytes: float | None = None
    neutrophils: float | None = None
    haemoglobin: float | None = None
    platelets: float | None = None
    day8_blasts: float | None = None
    glucocorticoid_recorded: str | None = None
    mrd_d15: MrdMeasurement | None = None
    mrd_d33: MrdMeasurement | None = None
    mrd_d29: MrdMeasurement | None = None
    blasts_marrow: float | None = None
    cns: Cns | str | None = None
    risk_group: RiskGroup | str | None = None
    ikzf1: State = State.NOT_TESTED
    ikzf1_large_deletion: State = State.NOT_TESTED
    ikzf1_sequence_variant: State = State.NOT_TESTED
    ikzf1_deletions: tuple[str, ...] = ()
    hyperdiploid: State = State.NOT_TESTED
    etv6_runx1: State = State.NOT_TESTED
    kmt2a_r: State = State.NOT_TESTED
    tcf3_pbx1: State = State.NOT_TESTED
    tcf3_hlf: State = State.NOT_TESTED
    ph_or_ph_like: State = State.NOT_TESTED
    genes_tested: frozenset[str] = frozenset()
    genes_not_evaluable: frozenset[str] = frozenset()
    alterations: tuple[Alteration, ...] = ()

    def gene_state(self, gene: str) -> State:
        """The answer for one gene, by the rule of the gene table."""
        if any(item.gene == gene for item in self.alterations):
            return State.ALTERED
        if gene in self.genes_not_evaluable:
            return State.NOT_EVALUABLE
        return State.NOT_DETECTED if gene in self.genes_tested else State.NOT_TESTED

    @property
    def glucocorticoid_insensitive(self) -> State:
        return glucocorticoid_state(self.day8_blasts, self.glucocorticoid_recorded)

    @property
    def mrd_d15_above(self) -> State:
        return mrd_state(self.mrd_d15, MRD_D15_THRESHOLD, strict=True)

    @property
    def mrd_d33_above(self) -> State:
        return mrd_state(self.mrd_d33, MRD_D33_THRESHOLD, strict=True)

    @property
    def mrd_d29_above(self) -> State:
        """The end of induction, held against the threshold of day 33."""
        return mrd_state(self.mrd_d29, MRD_D33_THRESHOLD, strict=True)


@dataclass(frozen=True, eq=False)
class CohortFrame:
    """Three tables of the same children, in the same order.

    - `children`: one row a child. `child`, `code`, `ikzf1_deletions` (tuple of pattern names), and
      every column of `columns.COLUMNS`: numbers as float (NaN for none), the others as categories
      of plain strings (the values of `State`, `Sex`, `RiskGroup`; missing where none is recorded).
    - `gene_states`: a column a gene that anybody was tested for, each cell the place of the state
      in `columns.STATES` (uint8), row i being row i of `children`.
    - `alterations`: a row an alteration: `row` (place in `children`), `child`, `gene`, `kind`.
    """

    children: DataFrame
    gene_states: DataFrame
    alterations: DataFrame

    @classmethod
    def from_children(cls, children: Iterable[Child]) -> CohortFrame:
        """Raises ValueError for a child named twice, an unknown class or an infinite number."""
        listed = tuple(children)
        ids = Counter(child.id for child in listed)
        if twice := sorted(str(name) for name, times in ids.items() if times > 1):
            raise ValueError(f"children named more than once: {', '.join(twice[:5])}")
        return cls(_children_table(listed), _gene_table(listed), _alteration_table(listed))

    def __len__(self) -> int:
        return len(self.children)

    def numbers(self, name: str) -> np.ndarray:
        """A NUMBER column as floats, NaN where nothing was measured."""
        return self.children[name].to_numpy(dtype=float)

    def codes(self, name: str) -> np.ndarray:
        """A STATE or CLASS column as places in `STATES` or in the column's levels; -1 for none."""
        return self.children[name].cat.codes.to_numpy()

    def select(self, chosen: np.ndarray) -> CohortFrame:
        """The children where `chosen` (one boolean a child) is true, in the same order."""
        place = np.cumsum(chosen) - 1
        kept = self.alterations[chosen[self.alterations["row"].to_numpy()]]
        return CohortFrame(
            self.children[chosen].reset_index(drop=True),
            self.gene_states[chosen].reset_index(drop=True),
            kept.assign(row=place[kept["row"].to_numpy()]).reset_index(drop=True),
        )

    def genes_long(self) -> DataFrame:
        """`child`, `gene`, `state`, `kind`: a row for each answer of each gene, one for each kind
        of alteration where there are several, and none where the gene was not tested."""
        import pandas as pd

        states = self.gene_states.to_numpy(dtype=np.uint8)
        row, gene = np.nonzero(states != NOT_TESTED)
        names = np.array([state.value for state in STATES], dtype=object)
        answers = pd.DataFrame(
            {
                "child": self.children["child"].to_numpy()[row],
                "gene": self.gene_states.columns.to_numpy(dtype=object)[gene],
                "state": names[states[row, gene]],
            }
        )
        kinds = self.alterations[["child", "gene", "kind"]].drop_duplicates()
        return answers.merge(kinds, on=["child", "gene"], how="left")


def _children_table(children: tuple[Child, ...]) -> DataFrame:
    import pandas as pd

    table: dict[str, Any] = {
        "child": pd.Series([child.id for child in children], dtype=object),
        "code": pd.Series([child.code for child in children], dtype=object),
    }
    for name, column in COLUMNS.items():
        table[name] = _column(column, [getattr(child, name) for child in children])
    deletions = [tuple(child.ikzf1_deletions) for child in children]
    table["ikzf1_deletions"] = pd.Series(deletions, dtype=object)
    return pd.DataFrame(table)


def _column(column: Column, values: list[Any]) -> Any:
    import pandas as pd

    if column.kind is Kind.NUMBER:
        numbers = np.array([np.nan if v is None else v for v in values], dtype=float)
        if np.isinf(numbers).any():
            raise ValueError(f"{column.name}: an infinite number is not a measurement")
        return numbers
    levels = STATES if column.kind is Kind.STATE else column.levels
    place = {level.value: index for index, level in enumerate(levels)}
    # A StrEnum member is its value, so members and stored strings find the same place.
    unknown = {str(v) for v in values if v and v not in place}
    if unknown:
        raise ValueError(f"{column.name}: unknown {', '.join(sorted(unknown))}")
    codes = np.array([place[v] if v else -1 for v in values], dtype=np.int8)
    return pd.Categorical.from_codes(codes, [level.value for level in levels])


def _gene_table(children: tuple[Child, ...]) -> DataFrame:
    import pandas as pd

    sets = {child.genes_tested for child in children} | {c.genes_not_evaluable for c in children}
    altered = {item.gene for child in children for item in child.alterations}
    genes = sorted(altered.union(*sets))
    place = {gene: index for index, gene in enumerate(genes)}
    # One array of places a panel: children share panels, so this is done once for each.
    places = {names: np.array([place[gene] for gene in names], dtype=int) for names in sets}
    states = np.full((len(children), len(genes)), NOT_TESTED, dtype=np.uint8)
    for row, child in enumerate(children):
        states[row, places[child.genes_tested]] = NOT_DETECTED
        states[row, places[child.genes_not_evaluable]] = NOT_EVALUABLE
        for item in child.alterations:
            states[row, place[item.gene]] = ALTERED
    return pd.DataFrame(states, columns=pd.Index(genes, dtype=object))


def _alteration_table(children: tuple[Child, ...]) -> DataFrame:
    import pandas as pd

    rows = [
        (row, child.id, item.gene, AlterationKind(item.kind).value)
        for row, child in enumerate(children)
        for item in child.alterations
    ]
    columns = ("row", "child", "gene", "kind")
    table = pd.DataFrame(rows, columns=list(columns), dtype=object)
    return table.astype({"row": np.int64})
