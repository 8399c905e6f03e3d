"""From children to the cohort's tables: four states stay four, and nothing is guessed."""

import math

import numpy as np
import pytest

from analysis.calls import State
from analysis.cohort.columns import COLUMNS, STATES, Kind
from analysis.cohort.frame import Alteration, AlterationKind, Child, CohortFrame
from analysis.response import MrdMeasurement


def test_no_child_makes_an_empty_frame_with_every_column():
    frame = CohortFrame.from_children([])
    assert len(frame) == 0
    assert set(COLUMNS) < set(frame.children.columns)
    assert len(frame.genes_long()) == 0


def test_child_of_whom_nothing_is_known_is_not_tested_everywhere():
    frame = CohortFrame.from_children([Child(id=1)])
    row = frame.children.iloc[0]
    for name, column in COLUMNS.items():
        if column.kind is Kind.STATE:
            assert row[name] == "not_tested"
        else:
            assert row[name] is None or math.isnan(row[name])


@pytest.mark.parametrize("state", list(State))
def test_each_state_is_kept_as_its_plain_value(state):
    frame = CohortFrame.from_children([Child(id=1, ikzf1=state)])
    assert frame.children["ikzf1"].tolist() == [state.value]
    assert type(frame.children["ikzf1"].iloc[0]) is str
    assert STATES[frame.codes("ikzf1")[0]] is state


def test_response_columns_follow_the_rules_of_response():
    child = Child(
        id=1,
        day8_blasts=1.0,
        mrd_d15=MrdMeasurement(0.001, "=", lod=1e-4),
        mrd_d33=MrdMeasurement(None, "not_detected", lod=1e-3),
    )
    row = CohortFrame.from_children([child]).children.iloc[0]
    assert row["glucocorticoid_insensitive"] == "altered"
    assert row["mrd_d15_above"] == "not_detected"
    assert row["mrd_d33_above"] == "not_evaluable"


def test_gene_is_altered_clear_unread_or_untested():
    child = Child(
        id="a",
        genes_tested=frozenset({"NRAS", "KRAS"}),
        genes_not_evaluable=frozenset({"FLT3"}),
        alterations=(
            Alteration("KRAS", AlterationKind.SNV),
            Alteration("PAX5", AlterationKind.LARGE_DELETION),
            Alteration("PAX5", AlterationKind.SNV),
        ),
    )
    other = Child(id="b", genes_tested=frozenset({"TP53"}))
    long = CohortFrame.from_children([child, other]).genes_long()
    rows = [tuple(None if v != v else v for v in row) for row in long.itertuples(index=False)]
    assert sorted(rows, key=str) == [
        ("a", "FLT3", "not_evaluable", None),
        ("a", "KRAS", "altered", "snv"),
        ("a", "NRAS", "not_detected", None),
        ("a", "PAX5", "altered", "large_deletion"),
        ("a", "PAX5", "altered", "snv"),
        ("b", "TP53", "not_detected", None),
    ]


def test_selection_keeps_the_three_tables_together():
    children = [
        Child(id=i, age_years=i, alterations=(Alteration(f"G{i}", AlterationKind.SNV),))
        for i in range(4)
    ]
    chosen = CohortFrame.from_children(children).select(np.array([False, True, False, True]))
    assert chosen.children["child"].tolist() == [1, 3]
    assert chosen.alterations[["row", "gene"]].to_numpy().tolist() == [[0, "G1"], [1, "G3"]]
    assert chosen.gene_states["G3"].tolist() == [STATES.index(State.NOT_TESTED), 0]


def test_child_named_twice_is_refused():
    with pytest.raises(ValueError, match="more than once: 7"):
        CohortFrame.from_children([Child(id=7), Child(id=7)])


@pytest.mark.parametrize(
    ("field", "value"), [("sex", "f"), ("risk_group", "very high"), ("ikzf1", "mutated")]
)
def test_unknown_word_is_refused_by_column_and_word(field, value):
    with pytest.raises(ValueError, match=f"{field}: unknown {value}"):
        CohortFrame.from_children([Child(id=1, **{field: value})])


def test_infinite_number_is_refused():
    with pytest.raises(ValueError, match="wbc"):
        CohortFrame.from_children([Child(id=1, wbc=math.inf)])
