"""Results equal R's: `tests/reference/cohort_tests.R` made the stored ones."""

import json
import math
from pathlib import Path

import numpy as np
import pytest

from analysis.cohort import conditional_odds, effect, exact, fisher, ranks, significance
from analysis.cohort.comutation import comutation_of
from analysis.cohort.significance import Rule, contingency

ROOT = Path(__file__).resolve().parents[3]
R = json.loads((ROOT / "tests" / "reference" / "cohort_tests.json").read_text(encoding="utf-8"))
DATA = ROOT.parent / "shared" / "data"
MAF = DATA / "maftools" / "tcga_laml.maf.gz"
TARGET = DATA / "target_all" / "all_phase2_target_2018_pub_clinical_data.tsv"


def numbers(values: list) -> np.ndarray:
    return np.array([math.inf if value == "inf" else value for value in values], dtype=float)


def close(found, wanted, *, rel: float) -> None:
    np.testing.assert_allclose(found, numbers(wanted), rtol=rel, atol=0)


LAML = [np.array(R["laml"][name]) for name in ("both", "a_only", "b_only", "neither")]
TABLES = np.array(R["tables"]["cells"]).T


@pytest.mark.parametrize(("counts", "stored"), [(LAML, R["laml"]), (TABLES, R["tables"])])
def test_p_of_all_tables_equals_that_of_fisher_test(counts, stored):
    assert min(stored["p"]) < 1e-3
    close(fisher.p_values(*counts), stored["p"], rel=1e-9)


def test_stored_tables_reach_down_to_the_smallest_numbers():
    assert min(R["tables"]["p"]) < 1e-300


@pytest.mark.parametrize(("counts", "stored"), [(LAML, R["laml"]), (TABLES, R["tables"])])
def test_conditional_odds_ratio_and_limits_solve_the_equations_of_r(counts, stored):
    found = conditional_odds.odds_ratios_with_limits(*counts)
    close(found.estimate, stored["or"], rel=1e-7)
    close(found.low, stored["low"], rel=1e-7)
    close(found.high, stored["high"], rel=1e-7)
    close(conditional_odds.odds_ratios(*counts), stored["or"], rel=1e-7)


# R stops its own search at a step of 1.2e-4 in the odds ratio, or in its inverse above 1.
@pytest.mark.parametrize(
    ("ours", "printed"), [("or", "or_r"), ("low", "low_r"), ("high", "high_r")]
)
def test_stored_solutions_are_what_fisher_test_prints_to_its_tolerance(ours, printed):
    solved, r = numbers(R["laml"][ours]), numbers(R["laml"][printed])
    small = np.minimum(solved, 1 / np.maximum(solved, 1e-300))
    r_small = np.where(solved > 1, 1 / np.maximum(r, 1e-300), r)
    np.testing.assert_allclose(r_small, small, rtol=0, atol=2e-4)


def test_q_of_all_pairs_is_that_of_p_adjust_over_the_pairs():
    p = fisher.p_values(*LAML)
    close(significance.false_discovery(p), R["laml"]["q"], rel=1e-9)


def test_pairs_of_the_maf_itself_are_counted_as_r_counts_them():
    if not MAF.exists():
        pytest.skip("../shared/data/maftools/tcga_laml.maf.gz is not here")
    from analysis.cohort.mutation_file import read_mutations

    read = read_mutations(MAF)
    stored = R["laml"]
    assert len(read.samples) == stored["samples"] == 193
    chosen = [read.genes.index(gene) for gene in stored["genes"]]
    found = comutation_of(read.states[:, chosen], stored["genes"], least_frequency=0)
    columns = ("a", "b", "both", "a_only", "b_only", "neither", "p", "q", "or")
    wanted = {
        frozenset(row[:2]): row for row in zip(*(stored[name] for name in columns), strict=True)
    }
    pairs = found.pairs()
    assert len(pairs) == len(wanted) == 30 * 29 // 2
    for pair in pairs:
        a, b, both, a_only, b_only, neither, p, q, ratio = wanted[frozenset((pair.a, pair.b))]
        turned = (a_only, b_only) if (pair.a, pair.b) == (a, b) else (b_only, a_only)
        assert (pair.both, pair.neither) == (both, neither)
        assert (pair.a_only, pair.b_only) == turned
        assert (pair.p, pair.q) == pytest.approx((p, q), rel=1e-9)
        ratio = math.inf if ratio == "inf" else ratio
        assert pair.odds_ratio.estimate == pytest.approx(ratio, rel=1e-7)


@pytest.mark.parametrize("place", range(len(R["chisq"]["cells"])))
def test_chi_square_with_and_without_correction(place):
    a, b, c, d = R["chisq"]["cells"][place]
    for rule, name in ((Rule.PEARSON, "pearson"), (Rule.YATES, "yates")):
        found = contingency([[a, b], [c, d]], rule=rule)
        assert found.p == pytest.approx(R["chisq"][name][place], rel=1e-9)
        assert found.statistic == pytest.approx(R["chisq"][f"{name}_x2"][place], rel=1e-9)


@pytest.mark.parametrize("place", range(len(R["larger"]["rows"])))
def test_larger_tables_by_chi_square_and_by_the_exact_test(place):
    row = R["larger"]["rows"][place]
    table = [row[:3], row[3:]]
    pearson = contingency(table, rule=Rule.PEARSON)
    assert pearson.p == pytest.approx(R["larger"]["pearson"][place], rel=1e-9)
    p = exact.freeman_halton(np.array(table))
    if p is None:
        p, error = exact.freeman_halton_sampled(np.array(table))
        assert p == pytest.approx(R["larger"]["fisher"][place], abs=4 * error + 1e-4)
    else:
        assert p == pytest.approx(R["larger"]["fisher"][place], rel=1e-7)


@pytest.mark.parametrize("case", R["ranks"], ids=["few", "study", "ties"])
def test_wilcoxon_and_kruskal_with_and_without_ties(case):
    x, y, z = case["x"], case["y"], case["z"]
    plain = ranks.mann_whitney(x, y)
    assert (plain.statistic, plain.p) == pytest.approx((case["w"], case["normal"]), rel=1e-9)
    corrected = ranks.mann_whitney(x, y, method="continuity")
    assert corrected.p == pytest.approx(case["corrected"], rel=1e-9)
    if case["exact"] is not None:
        assert ranks.mann_whitney(x, y, method="exact").p == pytest.approx(case["exact"], rel=1e-9)
    else:
        assert ranks.mann_whitney(x, y, method="exact").warnings
    assert effect.shift(x, y).estimate == pytest.approx(case["shift"], rel=1e-9)
    kruskal = ranks.kruskal_wallis([x, y, z])
    assert (kruskal.statistic, kruskal.p) == pytest.approx((case["h"], case["kruskal"]), rel=1e-9)


def test_benjamini_hochberg_leaves_out_what_was_not_tested():
    found = significance.benjamini_hochberg(R["bh"]["p"])
    pairs = list(zip(found, R["bh"]["q"], strict=True))
    assert pairs.pop(3) == (None, None)
    for q, wanted in pairs:
        assert q == pytest.approx(wanted, rel=1e-12)


@pytest.fixture(scope="module")
def target():
    if not TARGET.exists():
        pytest.skip("the TARGET table is not here: ../shared/data/target_all")
    from analysis.cohort.compare import Methods
    from analysis.cohort.rows import Spread
    from analysis.cohort.sheet_table import sheet_table
    from analysis.cohort.spreadsheet import Rules, above, read_sheet

    by = "MRD Percentage Day 29"
    rules = Rules(
        where=(("Cell of tumor origin", "B-Precursor"),),
        child="Patient ID",
        columns=(by, *R["target"]["rows"]),
    )
    return sheet_table(
        above(read_sheet(TARGET, rules), by, 0.01), by, methods=Methods(spread=Spread.IQR)
    )


MEASURED = [name for name, row in R["target"]["rows"].items() if "median" in row]
COUNTED = [name for name, row in R["target"]["rows"].items() if "cells" in row]


def test_groups_of_target_by_residual_disease_on_day_29(target):
    assert [group.n for group in target.groups] == R["target"]["groups"]


@pytest.mark.parametrize("name", MEASURED)
def test_measurements_of_target_by_residual_disease(target, name):
    stored = R["target"]["rows"][name]
    row = target.row(name)
    for place, cell in enumerate(row.groups):
        assert cell.missing == stored["missing"][place]
        wanted = (stored["median"][place], stored["q1"][place], stored["q3"][place])
        # Printed to a digit more than the file has.
        assert (cell.median, cell.low, cell.high) == pytest.approx(wanted, abs=0.05)
    assert row.p == pytest.approx(stored["p"], rel=1e-9)


@pytest.mark.parametrize("name", COUNTED)
def test_proportions_of_target_by_residual_disease(target, name):
    stored = R["target"]["rows"][name]
    row = target.row(name)
    assert [n for cell in row.groups for n in (cell.n, cell.of - cell.n)] == stored["cells"]
    for test in ("pearson", "yates", "fisher"):
        assert getattr(row.result.all_p, test) == pytest.approx(stored[test], rel=1e-9)
    found = (row.odds_ratio.estimate, row.odds_ratio.low, row.odds_ratio.high)
    assert found == pytest.approx((stored["or"], stored["low"], stored["high"]), rel=1e-7)


def test_classes_of_target_by_residual_disease(target):
    stored = R["target"]["rows"]["CNS Status"]
    rows = [row for row in target.rows if row.variable == "CNS Status"]
    assert [str(row.label) for row in rows] == stored["levels"]
    assert [row.groups[0].n for row in rows] == stored["above"]
    assert [row.groups[1].n for row in rows] == stored["not_above"]
    assert rows[0].p == pytest.approx(stored["fisher"], rel=1e-7)
