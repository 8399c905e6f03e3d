"""Tables 1 and 2 on 200 children with the study's counts, and on hardly any."""

import json
from statistics import median

import pytest
from study import study, study_children

from analysis.calls import State
from analysis.cohort.columns import SUBTYPES, Kind
from analysis.cohort.frame import Child, CohortFrame
from analysis.cohort.printed import number_text, p_text, percent_text
from analysis.cohort.significance import TestName
from analysis.cohort.table import Block, GroupValue, table1, table2
from analysis.response import MrdMeasurement

NUMBERS = ["age_years", "wbc", "lymphocytes", "neutrophils", "haemoglobin", "platelets"]
RESPONSES = ["glucocorticoid_insensitive", "mrd_d15_above", "mrd_d33_above"]


def test_table_1_has_the_rows_of_the_study_in_its_order():
    table = table1(study())
    rows = table.to_json()
    first = [row.variable for row in table.rows if row.block is Block.STUDY]
    also = [row.variable for row in table.rows if row.block is Block.ALSO]
    assert first == [
        "sex", "sex", *NUMBERS, *RESPONSES, "risk_group", "risk_group", "risk_group",
    ]  # fmt: skip
    assert also == ["blasts_marrow", "cns", "cns", "cns", *(column.name for column in SUBTYPES)]
    assert [row["variable"] for row in rows] == first + also
    assert [row["label"] for row in rows[:2]] == ["Male", "Female"]
    assert all(row["test"] is None and row["p"] is None for row in rows)


def test_table_1_counts_of_those_tested():
    table = table1(study())
    cells = {(row.variable, str(row.label)): row.groups[0] for row in table.rows}
    printed = {variable: cell.text() for (variable, _), cell in cells.items()}
    assert printed["sex"] == "94/200 (47.0%)"
    assert printed["glucocorticoid_insensitive"] == "30/200 (15.0%)"
    assert printed["mrd_d15_above"] == "49/197 (24.9%)"
    assert printed["mrd_d33_above"] == "12/200 (6.0%)"
    assert table.row("mrd_d15_above").groups[0].not_tested == 3


def test_json_rows_have_exactly_the_agreed_keys():
    for row in table1(study()).to_json() + table2(study()).to_json():
        assert list(row) == ["variable", "label", "test", "p", "groups"]
        for group in row["groups"]:
            assert list(group) == ["label", "n", "of", "median", "low", "high"]
    json.dumps(table2(study()).to_json(), allow_nan=False)


def test_table_2_rows_of_the_study_come_first_then_what_is_also_compared():
    table = table2(study())
    first = [row.variable for row in table.rows if row.block is Block.STUDY]
    also = [row.variable for row in table.rows if row.block is Block.ALSO]
    assert first == ["sex", *NUMBERS, *RESPONSES]
    assert also == [
        *["risk_group"] * 3,
        "blasts_marrow",
        *["cns"] * 3,
        *(column.name for column in SUBTYPES),
    ]
    assert [row.variable for row in table.rows] == first + also
    assert str(table.row("sex").label) == "female"


# Table 2 of the study (facts T2-01, T2-08 to T2-10, F3-01) and the tests by the rule.
@pytest.mark.parametrize(
    ("variable", "counts", "test", "p"),
    [
        ("sex", [(8, 22), (86, 178)], TestName.PEARSON, 0.28935),
        ("mrd_d15_above", [(10, 22), (39, 175)], TestName.PEARSON, 0.01782),
        ("mrd_d33_above", [(2, 22), (10, 178)], TestName.YATES, 0.864),
        ("hyperdiploid", [(4, 22), (64, 178)], TestName.PEARSON, 0.09687),
    ],
)
def test_table_2_proportions_as_in_the_study(variable, counts, test, p):
    row = table2(study()).row(variable)
    assert [(cell.n, cell.of) for cell in row.groups] == counts
    assert row.test is test
    assert row.p == pytest.approx(p, abs=5e-5)
    assert str(row.result.reason)


def test_table_2_glucocorticoid_row_prints_as_in_the_study():
    row = table2(study()).row("glucocorticoid_insensitive")
    assert [cell.text() for cell in row.groups] == ["14/22 (63.6%)", "16/178 (9.0%)"]
    assert (row.test, p_text(row.p)) == (TestName.YATES, "<0.001")


def test_table_2_measurements_are_median_and_range_of_the_measured():
    row = table2(study()).row("wbc")
    # By construction: first group 20 + i, second 10 + i, and the first of each is not measured.
    values = [[20.0 + i for i in range(1, 22)], [10.0 + i for i in range(1, 178)]]
    for cell, own, size in zip(row.groups, values, (22, 178), strict=True):
        assert (cell.n, cell.of, cell.not_tested) == (len(own), size, 1)
        assert (cell.median, cell.low, cell.high) == (median(own), min(own), max(own))
    assert row.test is TestName.MANN_WHITNEY
    assert row.result.missing == (1, 1)
    differences = [a - b for a in values[0] for b in values[1]]
    assert row.effects[0].estimate == pytest.approx(median(differences))


def test_row_without_any_value_says_so_and_has_null():
    row = table2(study()).row("platelets")
    assert (row.test, row.p, row.q) == (None, None, None)
    assert "No test" in str(row.result.reason)
    assert [cell.text() for cell in row.groups] == ["—", "—"]
    assert row.to_json()["groups"][0] == {
        "label": "altered", "n": 0, "of": 22, "median": None, "low": None, "high": None,
    }  # fmt: skip


def test_risk_group_has_one_test_for_its_three_lines():
    rows = [row for row in table2(study()).rows if row.variable == "risk_group"]
    # 22 and 178 children dealt out in turn to three groups: 8, 7, 7 and 60, 59, 59.
    assert [[cell.n for cell in row.groups] for row in rows] == [[8, 60], [7, 59], [7, 59]]
    assert rows[0].test is TestName.PEARSON
    assert [row.result for row in rows[1:]] == [None, None]


def test_q_is_benjamini_hochberg_over_the_tests_that_were_made():
    rows = [row for row in table2(study()).rows if row.p is not None]
    ordered = sorted(rows, key=lambda row: row.p)
    m = len(ordered)
    for rank, row in enumerate(ordered):
        expected = min(later.p * m / (k + 1) for k, later in enumerate(ordered) if k >= rank)
        assert row.q == pytest.approx(min(expected, 1))


def test_untested_and_unread_children_are_left_out_and_counted_apart():
    extra = [
        Child(id=1, ikzf1=State.NOT_TESTED, day8_blasts=5),
        Child(id=2, ikzf1=State.NOT_EVALUABLE, day8_blasts=5),
        Child(id=3, ikzf1=State.NOT_EVALUABLE),
    ]
    table = table2(CohortFrame.from_children([*study_children(), *extra]))
    assert [group.n for group in table.groups] == [22, 178]
    assert {item.state: item.n for item in table.excluded} == {
        State.NOT_EVALUABLE: 2,
        State.NOT_TESTED: 1,
    }
    assert str(table.excluded[0].message) == "2 children left out: IKZF1 not evaluable."
    assert [cell.n for cell in table.row("glucocorticoid_insensitive").groups] == [14, 16]


def test_unread_answer_is_missing_and_not_a_no():
    children = [
        Child(id=i, ikzf1=State.ALTERED if i < 3 else State.NOT_DETECTED, hyperdiploid=state)
        for i, state in enumerate([*State, *State])
    ]
    row = table2(CohortFrame.from_children(children)).row("hyperdiploid")
    # First three: altered, not detected, not evaluable; then not tested and the four once more.
    assert [(c.n, c.of, c.not_tested, c.not_evaluable) for c in row.groups] == [
        (1, 2, 0, 1),
        (1, 2, 2, 1),
    ]


def test_rule_changes_the_test_of_counts_only():
    table = table2(study(), rule="fisher")
    assert table.row("mrd_d15_above").test is TestName.FISHER
    assert table.row("mrd_d15_above").p == pytest.approx(0.0328, abs=5e-5)
    assert table.row("age_years").test is TestName.MANN_WHITNEY


def test_effects_of_two_proportions_stand_in_the_json_when_asked_for():
    rows = {row["variable"]: row for row in table2(study()).to_json(effects=True)}
    found = rows["mrd_d15_above"]
    # More than chance (Fisher 0.033), and the conditional estimate is nearer to 1 than ad/bc.
    assert 1 < found["low"] < found["odds_ratio"] < 10 * 136 / (12 * 39) < found["high"]
    assert "odds_ratio" not in rows["age_years"]
    sample = table2(study(), odds_ratio="sample").row("mrd_d15_above").odds_ratio
    assert sample.estimate == pytest.approx(10 * 136 / (12 * 39))


def test_split_by_risk_group_compares_three_groups():
    table = table2(study(), by="risk_group")
    assert [group.n for group in table.groups] == [68, 66, 66]
    assert table.row("age_years").test is TestName.KRUSKAL_WALLIS
    assert "risk_group" not in [row.variable for row in table.rows]


@pytest.mark.parametrize(("by", "error"), [("height", KeyError), ("wbc", ValueError)])
def test_column_that_makes_no_groups_is_refused(by, error):
    with pytest.raises(error, match=by):
        table2(study(), by=by)


@pytest.mark.parametrize(
    "children",
    [[], [Child(id=1)], [Child(id=1, ikzf1=State.ALTERED, sex="male", wbc=3, day8_blasts=2)]],
)
def test_hardly_any_child_gives_tables_without_p(children):
    frame = CohortFrame.from_children(children)
    for table in (table1(frame), table2(frame)):
        assert all(row.p is None and row.q is None for row in table.rows)
        json.dumps(table.to_json(effects=True), allow_nan=False)
        assert all(cell.text() for row in table.rows for cell in row.groups)


def test_zero_of_a_few_is_a_result_and_nobody_tested_is_a_dash():
    assert GroupValue(State.ALTERED, 0, 5, not_tested=5).text() == "0/5 (0.0%)"
    assert GroupValue(State.ALTERED, 0, 0, not_tested=5).text() == "—"
    assert GroupValue(State.ALTERED, 0, 5, not_tested=5, kind=Kind.NUMBER).text() == "—"


def test_numbers_print_with_their_own_digits():
    cell = GroupValue(State.ALTERED, 3, 3, 6.485, 0.05, 544.0, kind=Kind.NUMBER)
    assert cell.text() == "6.49 (0.05–544)"
    assert [number_text(v) for v in (0.0, 100.0, 64.8, None)] == ["0", "100", "64.8", "—"]
    # 1 of 16 is 6.25 %: halves go up.
    assert [percent_text(1, 16), percent_text(8, 22), percent_text(0, 0)] == ["6.3%", "36.4%", "—"]
    assert [p_text(v) for v in (0.0009, 0.001, 0.8638, None)] == ["<0.001", "0.001", "0.864", "—"]


def test_table_1_shows_day_29_only_where_somebody_was_measured_then():
    measured = MrdMeasurement(0.01, "=", 0.0001)
    with_day = CohortFrame.from_children([Child(id=1, mrd_d29=measured), Child(id=2)])
    cell = table1(with_day).row("mrd_d29_above").groups[0]
    assert (cell.n, cell.of, cell.not_tested) == (1, 1, 1)
    without = table1(CohortFrame.from_children([Child(id=1)]))
    assert "mrd_d29_above" not in {row.variable for row in without.rows}
