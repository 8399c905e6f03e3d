"""What an attacker who tries every table can find out of what is withheld."""

from collections import defaultdict

import pytest
from attacker import possible, tables
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.pool.summary import LEAST_THRESHOLD, Withheld, bounds
from analysis.pool.suppress import alone, halved, merged_runs, partition

SMALL, HIDDEN = Withheld.SMALL, Withheld.HIDDEN


@given(
    cells=st.lists(st.integers(0, 9), min_size=2, max_size=4),
    threshold=st.integers(3, 5),
    missing=st.booleans(),
)
@settings(max_examples=150, deadline=None)
def test_no_small_cell_can_be_found_from_its_total_and_its_neighbours(cells, threshold, missing):
    places = (len(cells) - 1,) if missing else ()
    printed = partition(tuple(cells), places, threshold)
    if printed is None:
        return
    values = possible(printed, sum(cells), threshold)
    for cell, shown, found in zip(cells, printed, values, strict=True):
        if shown is SMALL:
            assert found == set(range(threshold))
        elif shown is HIDDEN:
            assert len(found) >= threshold
        else:
            assert shown == cell
            assert cell >= threshold or cell == 0


@pytest.mark.parametrize("threshold", [LEAST_THRESHOLD, 5])
@pytest.mark.parametrize("levels", [2, 3, 4])
@pytest.mark.parametrize("prefer", [(), (0, 1)])
def test_who_knows_the_rules_too_pins_nothing_down(threshold, levels, prefer):
    """The transparent attack: of all tables, those that the rules would print just so."""
    for total in range(threshold, 22):
        behind = defaultdict(list)
        for table in tables(total, levels):
            printed = partition(table, (levels - 1,), threshold, prefer=prefer)
            behind[printed].append(table)
        for printed, all_tables in behind.items():
            for place in range(levels):
                if printed is None or isinstance(printed[place], Withheld):
                    values = {table[place] for table in all_tables}
                    # That nobody lacks an answer is no secret.
                    nobody_lacks_one = place == levels - 1 and values == {0}
                    assert len(values) > 1 or nobody_lacks_one, (total, printed, place)


def test_bounds_are_those_of_every_table_that_fits():
    for printed in ((SMALL, HIDDEN, 3), (SMALL, SMALL, HIDDEN), (HIDDEN, 2, 4), (SMALL, SMALL, 1)):
        for total in range(4, 12):
            found = possible(printed, total, 4)
            if all(found):
                expected = [(min(values), max(values)) for values in found]
                assert list(bounds(printed, total, 4)) == expected


def test_large_counts_are_printed_and_nothing_without_answer_is_no_secret():
    assert partition((14, 8, 0, 0), (2, 3), 5) == (14, 8, 0, 0)
    assert partition((0, 0, 0, 22), (2, 3), 5) == (0, 0, 0, 22)
    assert partition((2, 20, 0, 0), (2, 3), 5) == (SMALL, HIDDEN, 0, 0)
    assert partition((39, 136, 0, 3), (2, 3), 5) == (39, HIDDEN, 0, SMALL)


def test_a_group_that_would_be_given_away_by_its_size_is_withheld():
    # 4 and 4 of 8: "fewer than 5" twice would say it.
    assert partition((4, 4), (), 5) is None
    # 0 and 5 of 5 would leave a hidden cell that must be at least 5.
    assert partition((0, 5), (), 5) is None


def test_equal_largest_cells_do_not_give_the_small_one_away():
    # Hidden 8 with 8 printed beside it could not be less than 8: so both are hidden.
    assert partition((8, 8, 0), (), 4) == (HIDDEN, HIDDEN, SMALL)


def test_threshold_of_a_count_without_total():
    assert [alone(n, 5) for n in (0, 4, 5)] == [SMALL, SMALL, 5]
    assert alone(0, 5, missing=True) == 0


@given(st.lists(st.integers(0, 9), min_size=1, max_size=30), st.integers(3, 12))
def test_merged_bins_hold_enough_children_and_lose_none(counts, threshold):
    runs = merged_runs([(n,) for n in counts], (threshold,))
    assert [first for first, _ in runs] == [0, *(last + 1 for _, last in runs[:-1])]
    assert runs[-1][1] == len(counts) - 1
    sums = [sum(counts[first : last + 1]) for first, last in runs]
    assert sum(counts) < threshold or min(sums) >= threshold


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 9)), min_size=1, max_size=16))
def test_halves_of_follow_up_hold_enough_of_each_kind_or_all_in_one(counts):
    by_place = dict(enumerate(counts))
    least = (5, 5, 5)
    lasts = halved(by_place, (0, 16), least)
    assert lasts[-1] == 15
    assert lasts == sorted(set(lasts))
    starts = [0, *(last + 1 for last in lasts[:-1])]
    if len(lasts) > 1:
        for start, last in zip(starts, lasts, strict=True):
            inside = counts[start : last + 1]
            assert sum(events for events, _ in inside) >= 5
            assert sum(lost for _, lost in inside) >= 5
