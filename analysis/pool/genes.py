"""What IKZF1 and pairs of genes show in all centres together."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from analysis.cohort import conditional_odds, effect, fisher, significance
from analysis.pool.combine import (
    Certainty,
    Pool,
    PooledTable,
    Range,
    by_name,
    pooled_table,
    small_counts,
    total,
)
from analysis.pool.summary import PairTable
from analysis.wording import N_, Message, say


@dataclass(frozen=True)
class PooledPair:
    """Two genes among the children with an answer for both. `p`, `q` and the odds ratio are None
    where a count is withheld, or where one of the genes is the same in all of them."""

    a: str
    b: str
    both: Range
    a_only: Range
    b_only: Range
    neither: Range
    certainty: Certainty
    why: tuple[Message, ...] = ()
    odds_ratio: float | None = None
    low: float | None = None
    high: float | None = None
    p: float | None = None
    q: float | None = None

    def to_json(self, language: str = "en") -> dict[str, Any]:
        return {
            "a": self.a,
            "b": self.b,
            "both": self.both.to_json(),
            "a_only": self.a_only.to_json(),
            "b_only": self.b_only.to_json(),
            "neither": self.neither.to_json(),
            "odds_ratio": self.odds_ratio,
            "low": self.low,
            "high": self.high,
            "p": self.p,
            "q": self.q,
            "certainty": self.certainty.value,
            "why": [message.text(language) for message in self.why],
        }


def pooled_ikzf1(pool: Pool) -> PooledTable | None:
    """Deletion patterns and what else was found, by group; None where no centre gives them."""
    tables = [summary.ikzf1 for summary in pool.summaries]
    return pooled_table(pool, tables) if any(tables) else None


def pooled_pairs(pool: Pool) -> tuple[PooledPair, ...]:
    """Every pair that a centre names, the smallest p first. q is Benjamini-Hochberg over those
    that have a p."""
    listed: dict[tuple[str, str], list[PairTable | None]] = {}
    for place, summary in enumerate(pool.summaries):
        for pair in summary.pairs:
            found = listed.setdefault((pair.a, pair.b), [None] * len(pool.summaries))
            found[place] = pair
    altered = _altered(pool)
    pairs = [_tested(_pooled(pool, names, given, altered)) for names, given in listed.items()]
    q = significance.benjamini_hochberg([pair.p for pair in pairs])
    finished = (replace(pair, q=value) for pair, value in zip(pairs, q, strict=True))
    return tuple(sorted(finished, key=lambda pair: 2.0 if pair.p is None else pair.p))


def _altered(pool: Pool) -> dict[tuple[int, str], Range]:
    """Children with a gene altered, by centre and gene."""
    found = {}
    for gene, tables in by_name(pool, "genes").items():
        for place, table in enumerate(tables):
            if table is None:
                continue
            alone = Pool((pool.summaries[place],), pool.groups)
            counted = pooled_table(alone, [table])
            found[place, gene] = total(group.levels[0] for group in counted.groups)
    return found


def _pooled(
    pool: Pool,
    names: tuple[str, str],
    given: list[PairTable | None],
    altered: dict[tuple[int, str], Range],
) -> PooledPair:
    counts = [Range(0, 0)] * 4
    withheld, lacking = [], []
    for place, (summary, pair) in enumerate(zip(pool.summaries, given, strict=True)):
        if pair is None:
            # Of a centre without a group that is large enough nothing is lacking but that.
            if any(group.told for group in summary.groups):
                lacking.append(summary.centre)
        elif pair.cells is None:
            withheld.append(summary.centre)
            children = sum(int(group.n) for group in summary.groups if group.told)
            known = [altered.get((place, name), Range(0, children)) for name in names]
            counts = [x + y for x, y in zip(counts, _within(*known, children), strict=True)]
        else:
            cells = (pair.cells[0], pair.cells[1], pair.cells[3], pair.cells[4])
            counts = [x + Range(n, n) for x, n in zip(counts, cells, strict=True)]
    why = []
    if withheld:
        why.append(small_counts(pool, tuple(withheld)))
    if lacking:
        why.append(say(N_("not counted in {centres}"), centres=tuple(lacking)))
    if pool.any_silent:
        why.append(say(N_("small groups are not counted")))
    certainty = Certainty.APPROXIMATE if why else Certainty.EXACT
    return PooledPair(*names, *counts, certainty, tuple(why))


def _within(a: Range, b: Range, children: int) -> list[Range]:
    """What the genes' own counts leave of a withheld pair, some of whose children may have no
    answer for one of the two."""
    return [
        Range(0, min(a.high, b.high)),
        Range(0, a.high),
        Range(0, b.high),
        Range(0, children - max(a.low, b.low)),
    ]


def _tested(pair: PooledPair) -> PooledPair:
    counts = (pair.both, pair.a_only, pair.b_only, pair.neither)
    if not all(count.exact for count in counts):
        return pair
    a, b, c, d = (count.low for count in counts)
    if not (a + b and c + d and a + c and b + d):
        return pair
    columns = [np.array([n], dtype=np.int64) for n in (a, b, c, d)]
    ratio = conditional_odds.odds_ratios_with_limits(*columns, level=effect.LEVEL)
    return replace(
        pair,
        p=float(fisher.p_values(*columns)[0]),
        odds_ratio=effect.finite(float(ratio.estimate[0])),
        low=effect.finite(float(ratio.low[0])),
        high=effect.finite(float(ratio.high[0])),
    )
