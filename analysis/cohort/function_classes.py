"""The functional classes of the altered genes in two groups of children (Fig. S1B of Zhang et al.
2022): in each class the children with at least one gene altered."""

from __future__ import annotations

import numpy as np

from analysis.cohort.columns import COLUMNS
from analysis.cohort.compare import split_by
from analysis.cohort.frame import CohortFrame
from analysis.cohort.genes import (
    Comparisons,
    FunctionGroup,
    compared,
    function_of,
    share_of_function,
    with_q,
)
from analysis.cohort.significance import Rule
from analysis.wording import N_, say


def compare_functions(
    frame: CohortFrame,
    by: str = "ikzf1",
    *,
    rule: Rule | str = Rule.EXPECTED_COUNTS,
    without: tuple[str, ...] = ("IKZF1",),
) -> Comparisons:
    """Every class of which a gene is altered, in the groups that `by` makes, smallest p first; q
    over all classes. A child counts once in a class, of those with an answer for a gene of it."""
    split, excluded = split_by(frame, COLUMNS[by])
    groups = [frame.select(np.asarray(split.of == place)) for place in range(len(split.groups))]
    known = {function_of(gene) for gene in frame.gene_states.columns if gene not in without}
    rows = []
    for group in (item for item in FunctionGroup if item in known):
        shares = tuple(share_of_function(part, group, without) for part in groups)
        if any(share.n for share in shares):
            label = say(N_("{function}"), function=group)
            rows.append(compared(group.value, label, shares, Rule(rule)))
    rows = with_q(rows)
    rows.sort(key=lambda row: (1.0 if row.result.p is None else row.result.p, row.name))
    return Comparisons(split.groups, tuple(rows), excluded)
