"""Which test, its p, and why that test: every comparison of a cohort goes through here.

Nothing here raises for want of data: an empty group, a constant or a cohort of one child gives a
`TestResult` without p and with the reason. Values in, values out; counts are of children.

Sources: the choice of Pearson, Yates or Fisher is the rule taught with SPSS in Chinese medical
statistics, and the one that the printed p values of Zhang et al. 2022 (Front Genet 13:822832) come
out of. Tests of measurements are in `ranks.py`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from analysis.cohort import exact, fisher
from analysis.wording import N_, Labelled, Message, say

# The rule's limits: children in all, and children expected in the emptiest cell.
LEAST_CHILDREN = 40
LEAST_EXPECTED_PEARSON = 5
LEAST_EXPECTED_YATES = 1


class TestName(Labelled):
    """The tests, as tables print them."""

    __test__ = False  # a word list, whatever pytest makes of its name

    PEARSON = "pearson", N_("Pearson chi-square test")
    YATES = "yates", N_("Yates' continuity-corrected chi-square test")
    FISHER = "fisher", N_("Fisher's exact test")
    FREEMAN_HALTON = "freeman_halton", N_("Fisher-Freeman-Halton exact test")
    FREEMAN_HALTON_SAMPLED = (
        "freeman_halton_sampled",
        N_("Fisher-Freeman-Halton test (p from random tables)"),
    )
    MANN_WHITNEY = (
        "mann_whitney",
        N_("Mann-Whitney U test (asymptotic, without continuity correction)"),
    )
    MANN_WHITNEY_CONTINUITY = (
        "mann_whitney_continuity",
        N_("Mann-Whitney U test (asymptotic, with continuity correction)"),
    )
    MANN_WHITNEY_EXACT = "mann_whitney_exact", N_("Mann-Whitney U test (exact)")
    KRUSKAL_WALLIS = "kruskal_wallis", N_("Kruskal-Wallis test")
    LOG_RANK = "log_rank", N_("log-rank test")
    GRAY = "gray", N_("Gray's test")
    NONE = "none", N_("no test")


class Rule(Labelled):
    """How the test of a table of counts is chosen."""

    EXPECTED_COUNTS = "expected-counts", N_("by expected counts (Pearson, Yates or Fisher)")
    FISHER = "fisher", N_("always Fisher's exact test")
    PEARSON = "pearson", N_("always the Pearson chi-square test")
    YATES = "yates", N_("always the chi-square test with Yates' correction")


class Tail(Labelled):
    TWO_SIDED = "two_sided", N_("two-sided")
    OMNIBUS = "omnibus", N_("any difference between the groups")


@dataclass(frozen=True)
class AllP:
    """The p of a 2x2 table by each of the three tests."""

    pearson: float
    yates: float
    fisher: float

    def to_json(self) -> dict[str, float]:
        return {"pearson": self.pearson, "yates": self.yates, "fisher": self.fisher}


@dataclass(frozen=True)
class TestResult:
    """A test that was made, or was not, and why.

    `p` and `statistic` (chi-square, U of the first group, or H) are None where there is none. `n`
    and `missing` are children per group, those with an answer and those without. `expected_min` is
    the smallest expected count of a table of counts; `all_p` is there for every 2x2 table.
    """

    __test__ = False

    test: TestName
    reason: Message
    p: float | None = None
    statistic: float | None = None
    n: tuple[int, ...] = ()
    missing: tuple[int, ...] = ()
    tail: Tail = Tail.TWO_SIDED
    expected_min: float | None = None
    all_p: AllP | None = None
    warnings: tuple[Message, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "test": None if self.test is TestName.NONE else self.test.value,
            "p": self.p,
            "statistic": self.statistic,
            "n": list(self.n),
            "missing": list(self.missing),
            "tail": self.tail.value,
            "reason": self.reason.to_json(),
            "expected_min": self.expected_min,
            "all_p": self.all_p.to_json() if self.all_p else None,
            "warnings": [warning.to_json() for warning in self.warnings],
        }


def two_proportions(
    n: tuple[int, int],
    of: tuple[int, int],
    *,
    rule: Rule | str = Rule.EXPECTED_COUNTS,
    missing: tuple[int, ...] = (),
) -> TestResult:
    """Compare `n[0]` of `of[0]` children with `n[1]` of `of[1]` (those tested and evaluable).

    Raises ValueError for counts that cannot be, such as 3 of 2.
    """
    rows = [[count, total - count] for count, total in zip(n, of, strict=True)]
    return contingency(rows, rule=rule, missing=missing)


def contingency(
    counts: Sequence[Sequence[int]],
    *,
    rule: Rule | str = Rule.EXPECTED_COUNTS,
    missing: tuple[int, ...] = (),
) -> TestResult:
    """Compare groups (rows of `counts`) in a characteristic of two or more classes (columns).

    Classes that nobody has are left out. Raises ValueError for negative counts or an unknown rule.
    """
    rule = Rule(rule)
    table = np.asarray(counts, dtype=np.int64)
    if table.ndim != 2 or (table < 0).any():
        raise ValueError("a table of counts has rows, columns and no negative number")
    n = tuple(int(total) for total in table.sum(axis=1))
    if reason := why_not(n, int((table.sum(axis=0) > 0).sum())):
        return TestResult(TestName.NONE, reason, n=n, missing=missing)
    table = table[:, table.sum(axis=0) > 0]
    if table.shape == (2, 2):
        return _two_by_two(table, rule, n, missing)
    return _larger(table, rule, n, missing)


def why_not(n: tuple[int, ...], classes: int) -> Message | None:
    """Why groups of sizes `n` with `classes` different answers cannot be compared, if so."""
    if not any(n):
        return say(N_("No test: no child has a value."))
    if len(n) < 2:
        return say(N_("No test: there is only one group."))
    if not all(n):
        return say(N_("No test: a group has no child with a value."))
    if classes < 2:
        return say(N_("No test: all children with a value have the same one."))
    return None


def smallest_expected(table: np.ndarray) -> float:
    """The smallest expected count: that of the smallest row and the smallest column."""
    return float(table.sum(axis=1).min() * table.sum(axis=0).min() / table.sum())


def _two_by_two(
    table: np.ndarray, rule: Rule, n: tuple[int, ...], missing: tuple[int, ...]
) -> TestResult:
    pearson, yates = _chi_squares(table)
    exact_p = float(fisher.p_values(*(np.array([count]) for count in table.flat))[0])
    test, reason = _chosen(table, rule)
    statistic = {TestName.PEARSON: pearson, TestName.YATES: yates}.get(test)
    # Chi-square with one degree of freedom is the square of a normal number.
    all_p = AllP(*(math.erfc(math.sqrt(found / 2)) for found in (pearson, yates)), exact_p)
    return TestResult(
        test,
        reason,
        p=getattr(all_p, test.value),
        statistic=statistic,
        n=n,
        missing=missing,
        expected_min=smallest_expected(table),
        all_p=all_p,
        warnings=_approximation_warning(table, test),
    )


def _chi_squares(table: np.ndarray) -> tuple[float, float]:
    """Pearson's statistic of a 2x2 table, and Yates', who moves each count by at most a half
    towards what is expected."""
    (a, b), (c, d) = table.tolist()
    apart = abs(a * d - b * c)
    total = a + b + c + d
    margins = (a + b) * (c + d) * (a + c) * (b + d)
    corrected = max(apart - total / 2, 0.0)
    return total * apart**2 / margins, total * corrected**2 / margins


def _chosen(table: np.ndarray, rule: Rule) -> tuple[TestName, Message]:
    """The test of a 2x2 table by `rule`, and the reason in words."""
    if rule is not Rule.EXPECTED_COUNTS:
        return TestName(rule.value), say(N_("Chosen for every row: {rule}."), rule=rule)
    total = int(table.sum())
    facts = {"n": total, "expected": round(smallest_expected(table), 2)}
    if total < LEAST_CHILDREN:
        return TestName.FISHER, say(
            N_("{n} children, fewer than {limit}: exact test."), n=total, limit=LEAST_CHILDREN
        )
    if _expects_at_least(LEAST_EXPECTED_PEARSON, table):
        return TestName.PEARSON, say(
            N_("{n} children and at least 5 expected in every cell (smallest {expected})."), **facts
        )
    if _expects_at_least(LEAST_EXPECTED_YATES, table):
        return TestName.YATES, say(
            N_("{n} children; the smallest expected count, {expected}, is from 1 to below 5."),
            **facts,
        )
    return TestName.FISHER, say(
        N_("{n} children; the smallest expected count, {expected}, is below 1."), **facts
    )


def _expects_at_least(limit: int, table: np.ndarray) -> bool:
    # In whole numbers, so that an expected count of exactly 5 is 5.
    smallest = int(table.sum(axis=1).min()) * int(table.sum(axis=0).min())
    return smallest >= limit * int(table.sum())


def _approximation_warning(table: np.ndarray, test: TestName) -> tuple[Message, ...]:
    exact_enough = test is not TestName.PEARSON or _expects_at_least(LEAST_EXPECTED_PEARSON, table)
    if exact_enough:
        return ()
    return (
        say(
            N_("The smallest expected count is {expected}: chi-square is a rough guide here."),
            expected=round(smallest_expected(table), 2),
        ),
    )


def _larger(
    table: np.ndarray, rule: Rule, n: tuple[int, ...], missing: tuple[int, ...]
) -> TestResult:
    """More than two groups or classes: the same rule, without Yates, who corrects 2x2 only."""
    counts_allow = table.sum() >= LEAST_CHILDREN and _expects_at_least(
        LEAST_EXPECTED_PEARSON, table
    )
    chi_square = rule in (Rule.PEARSON, Rule.YATES) or (
        rule is Rule.EXPECTED_COUNTS and counts_allow
    )
    facts: dict[str, Any] = {
        "n": n,
        "missing": missing,
        "tail": Tail.OMNIBUS,
        "expected_min": smallest_expected(table),
    }
    reason = _why_larger(table, rule, counts_allow)
    return _chi_square(table, rule, reason, facts) if chi_square else _exact(table, reason, facts)


def _why_larger(table: np.ndarray, rule: Rule, counts_allow: bool) -> Message:
    if rule is not Rule.EXPECTED_COUNTS:
        return say(N_("Chosen for every row: {rule}."), rule=rule)
    facts = {"n": int(table.sum()), "expected": round(smallest_expected(table), 2)}
    if counts_allow:
        return say(
            N_("{n} children and at least 5 expected in every cell (smallest {expected})."), **facts
        )
    return say(
        N_("{n} children, smallest expected count {expected}: under 40 children or under 5."),
        **facts,
    )


def _chi_square(
    table: np.ndarray, rule: Rule, reason: Message, facts: dict[str, Any]
) -> TestResult:
    from scipy import stats

    found = stats.chi2_contingency(table, correction=False)
    warnings = _approximation_warning(table, TestName.PEARSON)
    if rule is Rule.YATES:
        warnings += (say(N_("Yates' correction is for 2x2 tables: the Pearson test stands here.")),)
    return TestResult(
        TestName.PEARSON,
        reason,
        p=float(found.pvalue),
        statistic=float(found.statistic),
        warnings=warnings,
        **facts,
    )


def _exact(table: np.ndarray, reason: Message, facts: dict[str, Any]) -> TestResult:
    p = exact.freeman_halton(table)
    if p is not None:
        return TestResult(TestName.FREEMAN_HALTON, reason, p=p, **facts)
    p, error = exact.freeman_halton_sampled(table)
    warning = say(
        N_("Too many tables to count: {tables} random ones with a fixed seed, error of p {error}."),
        tables=exact.SAMPLED_TABLES,
        error=float(f"{error:.1g}"),
    )
    warnings = (warning,)
    if p < 2 / (exact.SAMPLED_TABLES + 1):
        sentence = N_("None of them was as unlikely as this one: p may be far smaller than {p}.")
        warnings += (say(sentence, p=p),)
    return TestResult(TestName.FREEMAN_HALTON_SAMPLED, reason, p=p, warnings=warnings, **facts)


def benjamini_hochberg(p: Sequence[float | None]) -> tuple[float | None, ...]:
    """The false-discovery q of each p, in the order given; a comparison without p has no q and is
    not counted in the family, as in R's `p.adjust(p, "BH")`."""
    found = false_discovery(np.array([math.nan if v is None else v for v in p], dtype=float))
    return tuple(None if math.isnan(value) else value for value in found.tolist())


def false_discovery(p: np.ndarray) -> np.ndarray:
    """`benjamini_hochberg` of an array; NaN has no q and is not counted."""
    q = np.full(len(p), np.nan)
    made = np.flatnonzero(~np.isnan(p))
    order = made[np.argsort(-p[made], kind="stable")]
    ranks = np.arange(len(order), 0, -1)
    q[order] = np.minimum.accumulate(np.minimum(p[order] * (len(order) / ranks), 1.0))
    return q
