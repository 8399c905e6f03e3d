"""Tables that know of each other: pairs of genes, and two endpoints of the same children."""

from itertools import product

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.cohort.outcome import COMPETING, EVENT, Endpoint, FollowUp, Happening, outcomes
from analysis.pool.audit import audited, linked_bounds, linked_stands
from analysis.pool.pairs import nine_cells, pair_tables
from analysis.pool.summary import GroupCourse, Interval, Withheld

SMALL, HIDDEN = Withheld.SMALL, Withheld.HIDDEN


def test_pair_with_a_small_cell_is_withheld_and_a_large_one_printed():
    a = np.repeat([0, 0, 1, 1], [6, 6, 7, 9])
    b = np.repeat([0, 1, 0, 1], [6, 6, 7, 9])
    rare = np.repeat([0, 1], [6, 22])
    answers = np.column_stack([a, b, rare])
    found = pair_tables(
        answers, ("A", "B", "C"), np.zeros(28, int), exact=frozenset("ABC"), threshold=5
    )
    assert [(pair.a, pair.b, pair.cells) for pair in found] == [
        ("A", "B", (6, 6, 0, 7, 9, 0, 0, 0, 0)),
        ("A", "C", None),
        ("B", "C", None),
    ]


def test_pair_of_a_gene_that_is_not_printed_in_full_is_withheld():
    answers = np.column_stack([np.repeat([0, 1], [10, 18]), np.tile([0, 1], 14)])
    found = pair_tables(answers, ("A", "B"), np.zeros(28, int), exact=frozenset("A"), threshold=5)
    assert found[0].cells is None


@given(st.lists(st.tuples(*[st.integers(0, 1)] * 3), min_size=7, max_size=8))
@settings(max_examples=25, deadline=None)
def test_no_withheld_pair_can_be_found_from_the_genes_and_the_other_pairs(rows):
    """Every assignment of answers to the children is tried. A withheld pair keeps as many values
    as the threshold, unless the two genes' own counts alone leave fewer."""
    threshold = 2
    answers = np.array(rows)
    n = len(rows)
    found = pair_tables(
        answers, ("A", "B", "C"), np.zeros(n, int), exact=frozenset("ABC"), threshold=threshold
    )
    margins = [int((answers[:, gene] == 0).sum()) for gene in range(3)]
    places = [(0, 1), (0, 2), (1, 2)]
    printed = {pair: item.cells for pair, item in zip(places, found, strict=True)}
    values = {pair: set() for pair in places}
    # Children are alike but for their answers: how many there are of each of the eight kinds.
    for kinds in _shared_out(n, 8):
        world = np.repeat(list(product((0, 1), repeat=3)), kinds, axis=0)
        if [int((world[:, gene] == 0).sum()) for gene in range(3)] != margins:
            continue
        tables = {(a, b): nine_cells(world[:, a], world[:, b]) for a, b in places}
        if all(cells is None or cells == tables[pair] for pair, cells in printed.items()):
            for pair in places:
                values[pair].add(tables[pair][0])
    for (a, b), cells in printed.items():
        if cells is None:
            free = min(margins[a], margins[b]) - max(0, margins[a] + margins[b] - n) + 1
            assert len(values[a, b]) >= min(threshold, free)


def _shared_out(total, places):
    if places == 1:
        yield (total,)
        return
    for first in range(total + 1):
        for rest in _shared_out(total - first, places - 1):
            yield (first, *rest)


def test_endpoints_that_give_each_other_away_are_found():
    # 30 children left; 22 were lost alive, so no more than 22 were lost without relapse, and the
    # eight others of the relapse table are two small counts of at most 4: each is 4.
    overall = GroupCourse((Interval(0, 3, 30, 8, None, 22),), 0)
    relapse = GroupCourse((Interval(0, 3, 30, SMALL, SMALL, HIDDEN),), 0)
    found = linked_bounds(overall, relapse, 5)
    assert found == [(SMALL, (4, 4)), (SMALL, (4, 4)), (HIDDEN, (22, 22))]
    assert not linked_stands(overall, relapse, 5)
    # Where their intervals end on different days they still know of each other at the end.
    other = GroupCourse((Interval(0, 1, 10, 5, None, 5), Interval(2, 3, 20, 3, None, 17)), 0)
    assert not linked_stands(other, relapse, 5)


def lived():
    """A child's course, short enough to try them all."""
    day = st.integers(0, 3)
    return st.one_of(
        day.map(lambda d: FollowUp(((Happening.LAST_SEEN, d),))),
        day.map(lambda d: FollowUp(((Happening.DEATH, d),))),
        st.tuples(day, day).map(
            lambda p: FollowUp(((Happening.RELAPSE, min(p)), (Happening.LAST_SEEN, max(p))))
        ),
        st.tuples(day, day).map(
            lambda p: FollowUp(((Happening.RELAPSE, min(p)), (Happening.DEATH, max(p))))
        ),
    )


@given(st.lists(lived(), min_size=1, max_size=12))
@settings(max_examples=100, deadline=None)
def test_true_counts_always_lie_within_the_linked_bounds(follow_ups):
    """What the audit takes to be true of two endpoints is true of every course."""
    groups, truth = [], []
    for endpoint in (Endpoint.OVERALL, Endpoint.RELAPSE):
        found = outcomes(follow_ups, endpoint)
        intervals = []
        for first, last in ((0, 1), (2, 3)):
            inside = found.codes[(found.days >= first) & (found.days <= last)]
            events = int((inside == EVENT).sum())
            competing = int((inside == COMPETING).sum())
            lost = len(inside) - events - competing
            own = (events, lost) if endpoint is Endpoint.OVERALL else (events, competing, lost)
            if len(inside):
                hidden = (HIDDEN,) * len(own)
                intervals.append(Interval.of(first, last, n=len(inside), cells=hidden))
                truth += own
        groups.append(GroupCourse(tuple(intervals), 0))
    for n, (_, (low, high)) in zip(truth, linked_bounds(*groups, 5), strict=True):
        assert low <= n <= high


def test_summary_of_many_children_stands_the_audit_of_both_endpoints():
    from centres import courses, many, summaries
    from study import study_children

    children = many(study_children(), 3)
    tried = 0
    for _, summary in summaries(children, courses(len(children))):
        assert audited(summary) == summary
        by_name = {course.endpoint: course for course in summary.courses}
        pairs = zip(by_name["overall"].groups, by_name["relapse"].groups, strict=True)
        for overall, relapse in pairs:
            assert linked_stands(overall, relapse, summary.threshold)
            tried += 1
    assert tried == 6
