"""Tests of a measurement in two groups (Mann-Whitney) or more (Kruskal-Wallis).

Mann-Whitney follows SPSS's "Asymp. Sig. (2-tailed)", because Zhang et al. 2022 used SPSS: ties
corrected, no continuity correction. R's `wilcox.test` corrects for continuity unless told not to;
`RankMethod.CONTINUITY` is that, and the test's name says which it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from analysis.cohort import exact
from analysis.cohort.significance import Tail, TestName, TestResult, why_not
from analysis.wording import N_, Labelled, Message, say

# Below this many children the distribution of ranks is counted out, not approximated.
FEW_CHILDREN = 12
FEW_IN_A_GROUP = 5


class RankMethod(Labelled):
    """How Mann-Whitney's p is had."""

    ASYMPTOTIC = "asymptotic", N_("normal approximation, without continuity correction")
    CONTINUITY = "continuity", N_("normal approximation, with continuity correction")
    EXACT = "exact", N_("exact distribution of ranks")


def mann_whitney(
    first: Sequence[float] | np.ndarray,
    second: Sequence[float] | np.ndarray,
    *,
    method: RankMethod | str = RankMethod.ASYMPTOTIC,
) -> TestResult:
    """Compare two groups of measurements, two-sided; NaN or None is "no value".

    Fewer than 12 children in all are always counted out exactly, ties included. The statistic is U
    of the first group, R's W.
    """
    from scipy import stats

    method = RankMethod(method)
    groups, n, missing = _measured((first, second))
    facts: dict[str, Any] = {"n": n, "missing": missing}
    if reason := why_not(n, len(np.unique(np.concatenate(groups)))):
        return TestResult(TestName.NONE, reason, **facts)
    if sum(n) < FEW_CHILDREN:
        u, p = exact.rank_sum(*groups)
        reason = say(N_("Fewer than {limit} children: exact."), limit=FEW_CHILDREN)
        return TestResult(TestName.MANN_WHITNEY_EXACT, reason, p=p, statistic=u, **facts)
    test, method, warnings = _rank_test(groups, method)
    found = stats.mannwhitneyu(
        *groups,
        use_continuity=method is RankMethod.CONTINUITY,
        method="exact" if method is RankMethod.EXACT else "asymptotic",
    )
    return TestResult(
        test,
        say(N_("Two groups; no normal distribution assumed.")),
        p=min(float(found.pvalue), 1.0),
        statistic=float(found.statistic),
        warnings=warnings,
        **facts,
    )


def _rank_test(
    groups: list[np.ndarray], method: RankMethod
) -> tuple[TestName, RankMethod, tuple[Message, ...]]:
    warnings: tuple[Message, ...] = ()
    pooled = np.concatenate(groups)
    if method is RankMethod.EXACT and len(np.unique(pooled)) < len(pooled):
        method = RankMethod.ASYMPTOTIC
        warnings += (say(N_("Equal values: the normal approximation stands for the exact test.")),)
    if method is not RankMethod.EXACT and min(map(len, groups)) < FEW_IN_A_GROUP:
        warnings += (say(N_("A group is under {n} children: p is rough."), n=FEW_IN_A_GROUP),)
    test = {
        RankMethod.ASYMPTOTIC: TestName.MANN_WHITNEY,
        RankMethod.CONTINUITY: TestName.MANN_WHITNEY_CONTINUITY,
        RankMethod.EXACT: TestName.MANN_WHITNEY_EXACT,
    }[method]
    return test, method, warnings


def kruskal_wallis(groups: Sequence[Sequence[float] | np.ndarray]) -> TestResult:
    """Compare two or more groups of measurements; NaN or None is "no value".

    Groups without a value are left out, with a warning.
    """
    from scipy import stats

    measured, n, missing = _measured(groups)
    facts: dict[str, Any] = {"n": n, "missing": missing, "tail": Tail.OMNIBUS}
    present = [group for group in measured if len(group)]
    pooled = np.concatenate(present) if present else np.empty(0)
    sizes = tuple(map(len, present)) if len(present) > 1 else n
    if reason := why_not(sizes, len(np.unique(pooled))):
        return TestResult(TestName.NONE, reason, **facts)
    found = stats.kruskal(*present)
    left_out = len(measured) - len(present)
    warnings = (say(N_("Groups without a value left out: {n}."), n=left_out),) if left_out else ()
    return TestResult(
        TestName.KRUSKAL_WALLIS,
        say(
            N_("{k} groups; no normal distribution assumed."),
            k=len(present),
        ),
        p=float(found.pvalue),
        statistic=float(found.statistic),
        warnings=warnings,
        **facts,
    )


def _measured(
    groups: Sequence[Sequence[float] | np.ndarray],
) -> tuple[list[np.ndarray], tuple[int, ...], tuple[int, ...]]:
    """The groups without their missing values, their sizes, and how many were missing."""
    arrays = [np.asarray(group, dtype=float) for group in groups]
    kept = [array[~np.isnan(array)] for array in arrays]
    n = tuple(len(array) for array in kept)
    missing = tuple(len(array) - left for array, left in zip(arrays, n, strict=True))
    return kept, n, missing
