"""The accuracy that is promised, on simulated runs: fewer than in bench/, the same design."""

import numpy as np
import pytest

from analysis.calls import CopyCall
from analysis.mlpa.joint import CODE
from analysis.mlpa.simulate import (
    BLAST_LEVELS,
    Design,
    accuracy,
    fixed_cut_off,
    ours,
    simulate,
)

ENOUGH = [level for level in BLAST_LEVELS if level >= 50]


@pytest.fixture(scope="module")
def simulated():
    return simulate(Design(runs=800), seed=335)


@pytest.fixture(scope="module")
def called(simulated):
    return ours(simulated)


def at(simulated, level):
    return np.isclose(simulated.blasts, level / 100)


@pytest.mark.parametrize("level", ENOUGH)
def test_calls_are_as_sensitive_and_specific_as_a_fixed_cut_off(simulated, called, level):
    mine = accuracy(simulated, called, at(simulated, level))
    fixed = accuracy(simulated, fixed_cut_off(simulated), at(simulated, level))
    assert mine.lost > 1000
    assert mine.sensitivity >= fixed.sensitivity
    assert mine.specificity >= fixed.specificity


def test_no_clonal_deletion_reads_as_normal_from_60_percent_blasts(simulated, called):
    among = (simulated.blasts >= 0.595) & (simulated.noise <= 0.08)
    found = accuracy(simulated, called, among)
    assert found.lost > 3000
    assert found.lost_normal == 0
    # The comparison is not empty: the fixed cut-off does read some as normal.
    assert accuracy(simulated, fixed_cut_off(simulated), among).lost_normal > 0


def test_simulated_losses_have_every_pattern_and_both_copies(simulated):
    patterns = {tuple(np.flatnonzero(row < 2) + 1) for row in simulated.copies}
    ranges = {tuple(range(a, b + 1)) for a in range(1, 9) for b in range(a, 9)}
    assert patterns == ranges | {()}
    nested = ((simulated.copies == 0).any(axis=1)) & ((simulated.copies == 1).any(axis=1))
    assert nested.sum() > 100
    assert 0.7 < (simulated.copies == 2).all(axis=1).mean() < 0.8


def test_simulated_ratio_follows_the_blasts(simulated):
    quiet = (simulated.noise < 0.05) & at(simulated, 80)
    ratio = simulated.reference[0][quiet]
    for copies, expected in ((2, 1.0), (1, 0.6), (0, 0.2)):
        found = np.median(ratio[simulated.copies[quiet] == copies])
        assert found == pytest.approx(expected, abs=0.02)


def test_accuracy_counts_ambiguous_as_neither_hit_nor_false_alarm(simulated):
    unclear = np.full(simulated.copies.shape, CODE[CopyCall.AMBIGUOUS])
    found = accuracy(simulated, unclear, at(simulated, 100))
    assert (found.sensitivity, found.specificity, found.ambiguous) == (0, 1, 1)
    assert found.lost_normal == 0


def test_same_seed_gives_the_same_runs():
    first, second = (simulate(Design(runs=3), seed=1) for _ in range(2))
    assert np.array_equal(first.reference[0], second.reference[0])
    assert not np.array_equal(first.reference[0], simulate(Design(runs=3), seed=2).reference[0])
