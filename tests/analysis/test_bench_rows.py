"""What a bench module tells, and how the closing table judges it."""

import pytest

from bench.measured import Measured, row_of
from bench.mlpa_accuracy import calls, simulate, tell


def test_row_is_read_back_as_it_was_told(capsys):
    row = Measured("pairs", "4 ms", "19 s", 4750.0, 1000)
    row.tell()
    assert row_of(capsys.readouterr().out) == row
    assert row_of("| a line | for people |\n") is None


@pytest.mark.parametrize(
    ("ratio", "wanted", "at_least", "met"),
    [(10, 10, True, True), (9.99, 10, True, False), (1, 1, False, True), (1.01, 1, False, False),
     (0, None, True, True)],
)  # fmt: skip
def test_limit_is_met_on_its_own_side(ratio, wanted, at_least, met):
    assert Measured("", "", "", ratio, wanted, at_least).met is met


def test_accuracy_of_mlpa_tells_sensitivity_specificity_and_what_is_missed(capsys):
    from analysis.mlpa.simulate import Design

    simulated = simulate(Design(runs=40), seed=335)
    tell(simulated, calls(simulated))
    rows = [row_of(line) for line in capsys.readouterr().out.splitlines()]
    assert [row.what.split(": ")[-1].split(" ")[0] for row in rows[:2]] == [
        "sensitivity",
        "specificity",
    ]
    assert (rows[2].ours, rows[2].wanted, rows[2].at_least) == ("0", 0, False)
    assert all(row.met for row in rows)
