"""New random data through R and through our code: what the stored references did not think of.

Ties, empty cells, groups without a child, events at time 0, events and losses at the same time,
nobody with an event: whatever the draw brings. Skipped where R or its packages are not installed;
the stored references are always there.
"""

from __future__ import annotations

import math
import shutil
import subprocess
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import norm

from analysis.cohort import effect, fisher, ranks, significance
from analysis.cohort.competing import cumulative_incidence, gray
from analysis.cohort.cox import Covariate, CoxMethod, cox, proportional_p
from analysis.cohort.outcome import EVENT
from analysis.cohort.significance import TestName, contingency
from analysis.cohort.survival import Interval, kaplan_meier, logrank
from analysis.wording import say

SCRIPT = Path(__file__).resolve().parents[2] / "reference" / "fresh.R"
PROGRAM = shutil.which("Rscript")
SEEDS = (20221, 822832)


def draw(seed: int) -> dict[str, list]:
    random = np.random.default_rng(seed)
    found: dict[str, list] = {"ranks": [], "two": [], "larger": [], "kruskal": [], "surv": []}
    for k in range(16):
        sizes = random.integers(1, 40, 2)
        found["ranks"].append([np.round(random.lognormal(1, 1, n), k % 5) for n in sizes])
    for k in range(40):
        found["two"].append(random.integers(0, (6, 30, 200, 10_000)[k % 4], 4))
    for k in range(16):
        table = random.integers(0, (4, 8)[k % 2], random.integers((2, 3), (4, 5)))
        if table.sum(axis=1).all() and table.sum(axis=0).all():
            found["larger"].append(table)
    for k in range(10):
        sizes = random.integers(1, 12, 2 + k % 4)
        values = [np.round(random.lognormal(1, 1, n), k % 3) for n in sizes]
        if len(np.unique(np.concatenate(values))) > 1:
            found["kruskal"].append(values)
    found["bh"] = [np.round(random.random(25) ** 3, 3)]
    for k in range(24):
        n = int(random.integers(1, 6) if k % 6 == 0 else random.integers(6, 90))
        step = (1, 30, 400)[k % 3]
        found["surv"].append((
            np.floor(random.exponential(500, n) / step) * step,
            random.choice([0, 1, 2] if k % 2 else [0, 0, 1], n),
            np.unique(random.integers(0, 1 + k % 4, n), return_inverse=True)[1],
            (random.random(n) < 0.4).astype(float),
            np.round(random.normal(5, 2, n), 1),
        ))  # fmt: skip
    return found


def numbers_of(kind: str, case) -> list:
    if kind in ("ranks", "kruskal"):
        counts = [len(part) for part in case]
        return [*([len(case)] if kind == "kruskal" else []), *counts, *np.concatenate(case)]
    if kind == "larger":
        return [*case.shape, *case.ravel()]
    return [len(case[0]), *np.concatenate(case)] if kind == "surv" else list(case)


@pytest.fixture(scope="module", params=SEEDS, ids="seed {}".format)
def drawn(request, tmp_path_factory):
    """kind -> [(case, R's answers by name)]."""
    if PROGRAM is None:
        pytest.skip("R is not installed")
    cases = draw(request.param)
    lines = [
        " ".join(
            [kind, f"{kind}{place}", *(repr(float(value)) for value in numbers_of(kind, case))]
        )
        for kind, some in cases.items()
        for place, case in enumerate(some)
    ]
    path = tmp_path_factory.mktemp("r") / "cases.txt"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    done = subprocess.run([PROGRAM, SCRIPT, path], capture_output=True, text=True)
    if "there is no package" in done.stderr:
        pytest.skip("R lacks survival or cmprsk")
    assert done.returncode == 0, done.stderr
    answers: dict[str, dict[str, np.ndarray]] = {}
    for line in done.stdout.splitlines():
        name, what, *values = line.split()
        numbers = [math.nan if value == "NA" else float(value) for value in values]
        answers.setdefault(name, {})[what] = np.array(numbers)
    return {
        kind: [(case, answers.get(f"{kind}{place}", {})) for place, case in enumerate(some)]
        for kind, some in cases.items()
    }


def close(found, wanted, *, rel: float = 1e-9, near: float = 1e-12) -> None:
    found = np.array([math.nan if value is None else value for value in np.atleast_1d(found)])
    np.testing.assert_allclose(found.astype(float), wanted, rtol=rel, atol=near)


def test_mann_whitney_and_the_shift_with_its_interval(drawn):
    exact = 0
    for (x, y), r in drawn["ranks"]:
        if len(x) + len(y) >= ranks.FEW_CHILDREN and len(np.unique([*x, *y])) > 1:
            close(ranks.mann_whitney(x, y).p, r["normal"])
            close(ranks.mann_whitney(x, y, method="continuity").p, r["corrected"])
        found = effect.shift(x, y)
        close(found.estimate, r["shift"])
        if "exact" in r:
            close(ranks.mann_whitney(x, y, method="exact").p, r["exact"])
            if found.low is not None:
                close([found.low, found.high], r["interval"])
                exact += 1
    assert exact


def test_two_by_two_tables(drawn):
    for cells, r in drawn["two"]:
        a, b, c, d = cells.tolist()
        found = contingency([[a, b], [c, d]])
        assert (found.all_p is None) is ("fisher" not in r)
        if found.all_p:
            for name in ("pearson", "yates", "fisher"):
                close(getattr(found.all_p, name), r[name], near=0)
            ratio = effect.odds_ratio((a, c), (a + b, c + d))
            # R stops its own search at a step of 1e-4 in the ratio, or in its inverse above 1.
            ours = np.array([ratio.estimate, ratio.low, ratio.high])
            over = r["ratio"] > 1
            with np.errstate(divide="ignore"):
                turned = 1 / ours, 1 / r["ratio"]
            close(np.where(over, turned[0], ours), np.where(over, turned[1], r["ratio"]),
                  near=2e-4)  # fmt: skip
        if "newcombe" in r:
            found = effect.difference((a, c), (a + b, c + d))
            close([found.estimate, found.low, found.high], r["newcombe"])


def test_larger_tables(drawn):
    counted = 0
    for table, r in drawn["larger"]:
        close(contingency(table.tolist(), rule="pearson").p, r["pearson"])
        found = contingency(table.tolist(), rule="fisher")
        if found.test is TestName.FREEMAN_HALTON and "fisher" in r:
            close(found.p, r["fisher"], rel=1e-7, near=0)
            counted += 1
    assert counted > 5


def test_kruskal_wallis_and_benjamini_hochberg(drawn):
    for groups, r in drawn["kruskal"]:
        found = ranks.kruskal_wallis(groups)
        close([found.statistic, found.p], r["kruskal"])
    for p, r in drawn["bh"]:
        close(significance.benjamini_hochberg(p.tolist()), r["q"])


def test_survival_curves_medians_and_logrank(drawn):
    for (times, codes, groups, *_), r in drawn["surv"]:
        curve = kaplan_meier(times, codes == EVENT)
        assert curve.times.tolist() == r["time"].tolist()
        plain = kaplan_meier(times, codes == EVENT, interval=Interval.GREENWOOD)
        close(curve.survival, r["survival"])
        close(curve.low, r["low"])
        close(curve.high, r["high"])
        close(plain.low, r["greenwood_low"])
        close(plain.high, r["greenwood_high"])
        close(curve.quantile(), r["median"])
        found = logrank(times, codes == EVENT, groups)
        if found.p is None:
            # R says 0 and 1 (or fails) where nothing could be compared.
            assert "logrank" not in r or r["logrank"].tolist() == [0, 1]
        else:
            close([found.statistic, found.p], r["logrank"])


def test_cumulative_incidence_and_gray(drawn):
    for (times, codes, groups, *_), r in drawn["surv"]:
        curve = cumulative_incidence(times, codes)
        if "incidence" in r:
            close(curve.incidence, r["incidence"])
            close(curve.variance, r["variance"])
        else:
            assert not (codes == EVENT).any()
        found = gray(times, codes, groups)
        if found.p is None:
            assert "gray" not in r or r["gray"][0] <= 0
        elif r["gray"][0] < 0:
            # R gives up (-1) where a group adds nothing to the variance; its direction is left out.
            assert len(np.unique(groups)) > 2
        else:
            close([found.statistic, found.p], r["gray"])


def test_cox_and_the_check_of_proportional_hazards(drawn):
    fitted = 0
    for (times, codes, _, first, second), r in drawn["surv"]:
        if "beta" not in r:
            continue
        if "zph" in r:
            matrix = np.column_stack([first, second])
            close(proportional_p(times, codes == EVENT, matrix, r["beta"]), r["zph"], rel=1e-6)
        named = [Covariate(name, say(name), values) for name, values in
                 (("a", first), ("b", second))]  # fmt: skip
        found = cox(times, codes == EVENT, named)
        if found.method is CoxMethod.EFRON:
            fitted += 1
            close([math.log(item.hazard_ratio) for item in found.hazards], r["beta"], rel=1e-5,
                  near=1e-6)  # fmt: skip
            spread = 2 * norm.ppf(0.975)
            close([math.log(item.high / item.low) / spread for item in found.hazards], r["se"],
                  rel=1e-5)  # fmt: skip
    assert fitted


def by_whole_numbers(a: int, b: int, c: int, d: int) -> float:
    """Fisher's p in exact arithmetic; tables up to 1e-7 likelier count as R counts them."""
    n, r, k = a + b + c + d, a + b, a + c
    support = range(max(0, k - (n - r)), min(r, k) + 1)
    weights = {x: math.comb(r, x) * math.comb(n - r, k - x) for x in support}
    limit = weights[a] * (10**7 + 1) // 10**7
    return float(Fraction(sum(w for w in weights.values() if w <= limit), sum(weights.values())))


@pytest.mark.parametrize("seed", SEEDS)
def test_fishers_p_in_exact_arithmetic_down_to_1e_300(seed):
    random = np.random.default_rng(seed)
    tables = []
    for strength in np.linspace(0, 1, 40):
        n = int(random.integers(20, 3000))
        r, c = (int(value) for value in random.integers(1, min(n // 2, 400), 2))
        x = round(min(r, c) * strength + r * c / n * (1 - strength))
        if max(0, r + c - n) <= x <= min(r, c):
            tables.append((x, r - x, c - x, n - r - c + x))
    tables.append((498, 2, 3, 497))
    tables.append((4, 396, 390, 1210))
    wanted = np.array([by_whole_numbers(*table) for table in tables])
    assert 0 < wanted.min() < 1e-250
    found = fisher.p_values(*np.array(tables).T)
    np.testing.assert_allclose(found, wanted, rtol=1e-9)
