"""Three centres together give what all children in one table give, or bounds that hold it."""

import numpy as np
import pytest
from centres import CENTRES, courses, many, summaries
from study import study_children

from analysis.calls import State
from analysis.cohort.comutation import comutation_of
from analysis.cohort.follow_up import survival_by_status
from analysis.cohort.frame import CohortFrame
from analysis.cohort.genes import compare_genes
from analysis.cohort.outcome import Endpoint
from analysis.cohort.patterns import deletion_patterns
from analysis.cohort.table import table2
from analysis.pool.combine import Certainty, pool_of
from analysis.pool.printed import document, page
from analysis.pool.result import pooled

NUMBERS = ["age_years", "wbc"]


def together(children, follow_ups=None, **options):
    return pooled(pool_of(summaries(children, follow_ups, **options)))


@pytest.fixture(scope="module")
def whole():
    return CohortFrame.from_children(study_children())


@pytest.fixture(scope="module")
def exact():
    children = study_children()
    return together(children, courses(len(children)), threshold=0, interval_days=1)


def test_counts_tests_and_odds_ratios_are_those_of_the_whole(whole, exact):
    expected = {(row.variable, str(row.label)): row for row in table2(whole).rows}
    compared = [row for row in exact.rows if row.row is not None]
    assert {(row.variable, str(row.label)) for row in compared} == {
        key for key, row in expected.items() if row.kind.value != "number"
    }
    for row in compared:
        own = expected[row.variable, str(row.label)]
        assert row.certainty is Certainty.EXACT
        assert [(cell.n, cell.of, cell.missing) for cell in row.row.groups] == [
            (cell.n, cell.of, cell.missing) for cell in own.groups
        ]
        assert (row.row.result, row.row.effects) == (own.result, own.effects)


def test_median_lies_where_the_bins_say_and_the_p_within_its_bounds(whole, exact):
    rows = {row.variable: row for row in exact.rows}
    for name in NUMBERS:
        row, own = rows[name], table2(whole).row(name)
        assert row.certainty is Certainty.APPROXIMATE
        for measure, cell in zip(row.measures, own.groups, strict=True):
            assert (measure.low or 0) <= cell.median <= (measure.high or np.inf)
            assert measure.n.low == cell.n
        assert row.ranks.low <= own.p <= row.ranks.high


def test_p_between_two_answers_is_not_printed_as_one_number(exact):
    """Where bins are merged until each has five, what they hide may say either."""
    withheld = together(study_children())
    for found, known in ((exact, True), (withheld, False)):
        row = next(row for row in found.rows if row.variable == "age_years")
        assert (row.ranks.high < 0.05) is known
        line = next(line for line in page(found).splitlines() if "Age at diagnosis" in line)
        assert ("  <0.001–1.000  " in line, "  <0.001  " in line) == (not known, known)
        p = next(row["p"] for row in document(found)["rows"] if row["variable"] == "age_years")
        assert p["grouped"] == (row.ranks.p if known else None)


def test_genes_pairs_and_patterns_are_those_of_the_whole(whole, exact):
    own = {row.name: row for row in compare_genes(whole).rows}
    for row in exact.genes:
        if row.variable == "TP53":  # never altered, so in no comparison of the whole
            assert [cell.n for cell in row.row.groups] == [0, 0]
            continue
        expected = own[row.variable]
        assert [(cell.n, cell.of) for cell in row.row.groups] == [
            (share.n, share.of) for share in expected.shares
        ]
        assert row.row.p == expected.result.p
    genes = ["NRAS", "SETD2", "TP53"]
    states = whole.gene_states[genes].to_numpy()
    pairs = comutation_of(states, genes, least_frequency=0).pairs()
    known = {frozenset((pair.a, pair.b)): pair for pair in pairs}
    assert len(exact.pairs) == 3
    for pair in exact.pairs:
        if "TP53" in (pair.a, pair.b):  # the same in all children: no test
            assert (pair.p, pair.both.low) == (None, 0)
            continue
        expected = known[frozenset((pair.a, pair.b))]
        assert (pair.both.low, pair.neither.low, pair.p) == (
            expected.both, expected.neither, expected.p,
        )  # fmt: skip
    table = exact.ikzf1
    for item in deletion_patterns(whole).patterns:
        assert table.groups[0].levels[table.levels.index(item.pattern)].low == item.n


def test_curves_of_single_days_are_those_of_the_whole(whole, exact):
    found = {course.endpoint: course for course in exact.courses}
    for own in survival_by_status(whole, courses(len(whole))):
        course = found[own.endpoint]
        assert course.certainty is Certainty.EXACT
        assert course.test.p == own.test.p
        for intervals, group in zip(course.groups, own.groups, strict=True):
            curve = group.curve
            value = curve.incidence if own.endpoint is Endpoint.RELAPSE else curve.survival
            assert [item.start for item in intervals] == curve.times.tolist()
            assert [item.estimate for item in intervals] == value.tolist()
            assert [item.at_risk for item in intervals] == curve.at_risk.tolist()


@pytest.fixture(scope="module")
def large():
    children = many(study_children(), 6)
    return children, courses(len(children))


def test_withheld_rows_have_bounds_that_hold_the_truth(large):
    children, follow_ups = large
    frame = CohortFrame.from_children(children)
    found = together(children, follow_ups)
    expected = {(row.variable, str(row.label)): row for row in table2(frame).rows}
    kinds = set()
    for row in found.rows:
        own = expected[row.variable, str(row.label)]
        kinds.add(row.certainty)
        for place, cell in enumerate(own.groups):
            if row.measures:
                measure = row.measures[place]
                if cell.median is not None:
                    assert (measure.low or 0) <= cell.median <= (measure.high or np.inf)
                continue
            assert row.n[place].low <= cell.n <= row.n[place].high
            assert row.of[place].low <= cell.of <= row.of[place].high
        if row.p is not None and row.p.every:
            assert row.p.low <= own.p <= row.p.high
        assert bool(row.why) is (row.certainty is Certainty.APPROXIMATE)
    assert kinds == set(Certainty)


def test_merged_intervals_have_bounds_that_hold_the_curve(large):
    children, follow_ups = large
    frame = CohortFrame.from_children(children)
    curves = {item.endpoint: item for item in survival_by_status(frame, follow_ups)}
    tested = 0
    for course in together(children, follow_ups).courses:
        assert course.certainty is Certainty.APPROXIMATE
        for intervals, group in zip(course.groups, curves[course.endpoint].groups, strict=True):
            followed = sum(item.n for item in intervals)
            for item in intervals:
                at = group.curve.at(min(item.end - 1, float(group.curve.times[-1])))
                # Few children without follow-up are counted as lost at once, which moves both
                # bounds by less than their share.
                slack = (followed - group.n) / followed + 1e-12
                assert item.low - slack <= at[0] <= item.high + slack
                tested += 1
    assert tested > 12


def test_a_group_below_the_threshold_is_named_and_counted_nowhere():
    children = [
        *(child for child in study_children() if child.ikzf1 is State.NOT_DETECTED),
        *[child for child in study_children() if child.ikzf1 is State.ALTERED][:9],
    ]
    named = summaries(children)
    assert [str(summary.groups[0].n) for _, summary in named] == ["<"] * len(CENTRES)
    found = pooled(pool_of(named))
    assert all(row.certainty is Certainty.APPROXIMATE for row in found.rows)
    sex = next(row for row in found.rows if row.variable == "sex")
    assert (sex.of[0].low, sex.of[0].high, sex.of[1].low) == (0, 0, 178)
    assert any("fewer than 5 children in altered" in str(note) for note in found.notes)
