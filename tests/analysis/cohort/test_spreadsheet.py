"""Any spreadsheet as a cohort: encodings, rules that tell columns apart, small or broken ones."""

import csv
import io
import json
from pathlib import Path

import openpyxl
import pytest
from study import study

from analysis.__main__ import main
from analysis.cohort.columns import Kind
from analysis.cohort.sheet_table import sheet_table
from analysis.cohort.spreadsheet import AS_STATED, Rules, above, read_sheet
from analysis.cohort.table import table2
from analysis.file_problems import FileRefused

HEADINGS = ("编号", "IKZF1", "性别", "年龄", "MRD阳性", "分型")
ROWS = [
    (
        f"C{i:03}",
        str(i % 2),
        "男" if i % 3 else "女",
        f"{2 + i / 4}",
        "是" if i < 9 else "否",
        "ABC"[i % 3],
    )
    for i in range(48)
]


def text_of(rows, separator: str = ",") -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=separator).writerows(rows)
    return out.getvalue()


def written(folder: Path, rows, name: str = "children.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text_of(rows, "\t" if name.endswith("tsv") else ",").encode(encoding))
    return path


def as_workbook(folder: Path, rows) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    path = folder / "children.xlsx"
    book.save(path)
    return path


def compared(folder: Path, column: list, group: list, rules: Rules = AS_STATED):
    rows = [("g", "x"), *zip(group, column, strict=True)]
    return sheet_table(read_sheet(written(folder, rows), rules), "g")


def command(capsys, *arguments: str) -> tuple[int, dict, str]:
    status = main(["table", *map(str, arguments), "--json"])
    out, err = capsys.readouterr()
    return status, json.loads(out) if out else {}, err


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_sheet_of_any_encoding_is_the_same(tmp_path, encoding):
    sheet = read_sheet(written(tmp_path, [HEADINGS, *ROWS], encoding=encoding))
    assert [column.name for column in sheet.columns] == list(HEADINGS[1:])
    assert len(sheet) == 48


@pytest.mark.parametrize("kind", ["csv", "tsv", "xlsx"])
def test_csv_tsv_and_workbook_give_the_same_table(tmp_path, kind):
    rows = [HEADINGS, *ROWS]
    path = as_workbook(tmp_path, rows) if kind == "xlsx" else written(tmp_path, rows, f"c.{kind}")
    table = sheet_table(read_sheet(path), "IKZF1")
    assert [(str(group.label), group.n) for group in table.groups] == [("1", 24), ("0", 24)]
    # Children 0 to 8 are positive: 1, 3, 5, 7 with odd numbers and five with even ones.
    positive = table.row("MRD阳性")
    assert [(cell.n, cell.of) for cell in positive.groups] == [(4, 24), (5, 24)]
    assert [(str(row.label), row.groups[0].n) for row in table.rows if row.variable == "分型"] == [
        ("A", 8),
        ("B", 8),
        ("C", 8),
    ]


def test_columns_are_told_apart_by_the_stated_rules(tmp_path):
    values = {
        "id": [f"child {i}" for i in range(30)],
        "four": ["altered", "not detected", "not evaluable", "未检测"] * 7 + ["altered"] * 2,
        "zero_one": ["0", "1", ""] * 10,
        "sex_codes": ["1", "2"] * 15,
        "risk_codes": ["1", "2", "3"] * 10,
        "wbc": [str(i * 1.5) for i in range(30)],
        "mixed": [*(str(i) for i in range(28)), "high", "<5"],
        "lineage": ["B", "T", "NA"] * 10,
        "empty": [""] * 30,
    }
    rows = [tuple(values), *zip(*values.values(), strict=True)]
    sheet = read_sheet(written(tmp_path, rows))
    kinds = {column.name: column.kind for column in sheet.columns}
    assert kinds == {
        "four": Kind.STATE,
        "zero_one": Kind.STATE,
        "sex_codes": Kind.CLASS,
        "risk_codes": Kind.NUMBER,
        "wbc": Kind.NUMBER,
        "lineage": Kind.CLASS,
        "empty": Kind.NUMBER,
    }
    told = [str(message) for message in sheet.left_out]
    assert any(text.startswith("id left out: 30 different texts") for text in told)
    assert any("mixed left out" in text and "<5" in text for text in told)
    named = read_sheet(written(tmp_path, rows), Rules(category=("risk_codes", "id")))
    kinds = {column.name: column.kind for column in named.columns}
    assert (kinds["risk_codes"], kinds["id"]) == (Kind.CLASS, Kind.CLASS)


def test_four_answers_stay_four(tmp_path):
    answers = ["altered"] * 3 + ["not detected"] * 4 + ["not evaluable"] * 2 + ["not tested"]
    (cell, _) = compared(tmp_path, answers * 2, ["1"] * 10 + ["0"] * 10).row("x").groups
    assert (cell.n, cell.of, cell.not_evaluable, cell.not_tested) == (3, 7, 2, 1)


@pytest.mark.parametrize(
    ("words", "not_evaluable", "not_tested"),
    [
        (("positive", "negative", "not tested", "not evaluable", "NT"), 1, 2),
        (("1", "0", "NE", "n.t.", "n.e."), 2, 1),
        (("阳性", "阴性", "未检", "检测失败", "未送检"), 1, 2),
        (("是", "否", "不可评估", "未检测", "无法判读"), 2, 1),
    ],
)
def test_words_of_no_answer_stay_apart_beside_a_pair(tmp_path, words, not_evaluable, not_tested):
    yes, no, *without = words
    answers = [yes] * 3 + [no] * 4 + without
    (cell, _) = compared(tmp_path, answers * 2, ["1"] * 10 + ["0"] * 10).row("x").groups
    assert (cell.n, cell.of) == (3, 7)
    assert (cell.not_evaluable, cell.not_tested) == (not_evaluable, not_tested)


def test_untested_children_are_no_class_and_no_number(tmp_path):
    group = ["1", "0"] * 6
    classes = compared(tmp_path, ["A", "B", "C", "A", "not tested", "未检"] * 2, group)
    assert [str(row.label) for row in classes.rows] == ["A", "B", "C"]
    assert [cell.missing for cell in classes.rows[0].groups] == [2, 2]
    numbers = compared(tmp_path, ["1.5", "2", "3", "4", "not evaluable", "未检"] * 2, group).row(
        "x"
    )
    assert numbers.kind is Kind.NUMBER
    assert [cell.n for cell in numbers.groups] == [4, 4]
    # North-east is a place.
    places = compared(tmp_path, ["NE", "SW", "SE", "NE", "not tested", "SW"] * 2, group)
    assert [str(row.label) for row in places.rows] == ["NE", "SE", "SW"]


def test_capitals_make_no_class(tmp_path):
    column = ["Male", "male", "FEMALE", "female", "Other", "other"] * 2
    table = compared(tmp_path, column, ["1", "0"] * 6)
    assert [(str(row.label), row.groups[0].n, row.groups[1].n) for row in table.rows] == [
        ("FEMALE", 2, 2),
        ("Male", 2, 2),
        ("Other", 2, 2),
    ]


def test_stranger_among_the_four_answers_is_named_and_the_column_left_out(tmp_path):
    answers = ["altered", "not detected", "not tested", "alterd"] * 5
    table = compared(tmp_path, answers, ["1", "0"] * 10)
    assert table.rows == ()
    expected = (
        "x left out: alterd among a laboratory's answers (altered, not detected, not evaluable, "
        "not tested)."
    )
    assert expected in [str(note) for note in table.notes]


def test_children_without_a_group_are_told_by_the_reason(tmp_path, capsys):
    answers = ["altered", "not detected", "not evaluable", "not tested", ""]
    path = written(
        tmp_path, [("g", "x"), *((word, "AB"[n % 2]) for n, word in enumerate(answers * 4))]
    )
    for arguments in (("--by", "g"), ("--by", "g", "--groups", "not detected", "altered")):
        _, found, _ = command(capsys, path, *arguments)
        told = {item["reason"].partition("out: ")[2]: item["n"] for item in found["excluded"]}
        assert told.pop("g not evaluable.") == 4
        assert sum(told.values()) == 8
        (row, *_) = found["table2_tests"]
        assert row["without_answer"] == [{"not_tested": 0, "not_evaluable": 0}] * 2
    _, found, _ = command(capsys, path, "--by", "g", "--groups", "altered")
    told = {item["reason"]: item["n"] for item in found["excluded"]}
    assert told == {
        "4 children left out: g not evaluable.": 4,
        "4 children left out: g not tested.": 4,
        "4 children left out: g not recorded.": 4,
        "4 children left out: g has another value.": 4,
    }
    status, _, err = command(capsys, path, "--by", "g", "--groups", "not tested", "altered")
    assert (status, "not tested is no answer of g" in err) == (2, True)


def test_plus_and_minus_are_answers_and_a_lone_dash_is_missing(tmp_path):
    group = ["1", "0"] * 4
    signs = compared(tmp_path, ["+", "-", "-", "+", "+", "", "-", "+"], group).row("x")
    assert [(cell.n, cell.of) for cell in signs.groups] == [(2, 4), (2, 3)]
    dashes = compared(tmp_path, ["1", "-", "0", "1", "1", "-", "0", "1"], group).row("x")
    assert [(cell.n, cell.of, cell.missing) for cell in dashes.groups] == [(2, 4, 0), (2, 2, 2)]


def test_words_for_missing_can_be_replaced(tmp_path):
    column = ["Unknown", "A", "B", "Unknown", "A", "NA"]
    group = ["1", "1", "1", "0", "0", "0"]
    usual = compared(tmp_path, column, group)
    assert [cell.missing for cell in usual.row("x").groups] == [1, 2]
    replaced = compared(tmp_path, column, group, Rules(missing=("NA",)))
    assert [cell.missing for cell in replaced.row("x").groups] == [0, 1]
    assert "Unknown" in {str(row.label) for row in replaced.rows}


def test_none_is_an_answer_and_no_missing_value(tmp_path):
    found = compared(tmp_path, ["None", "Relapse", "None", "Relapse"], ["1", "1", "0", "0"])
    assert [cell.of for cell in found.row("x").groups] == [2, 2]


def test_forced_number_that_is_none_is_refused_with_its_lines(tmp_path):
    path = written(tmp_path, [("g", "x"), ("1", "3"), ("0", "high"), ("0", "<5")])
    with pytest.raises(FileRefused) as refused:
        read_sheet(path, Rules(numeric=("x",)))
    assert [
        (problem.line, "x is not a number" in problem.text()) for problem in refused.value.problems
    ] == [
        (3, True),
        (4, True),
    ]


@pytest.mark.parametrize(
    "heading", [("g", "x", "x"), ("g", "x", "")], ids=["two of one name", "no heading"]
)
def test_headings_that_name_no_column_are_refused(tmp_path, heading):
    with pytest.raises(FileRefused):
        read_sheet(written(tmp_path, [heading, ("1", "2", "3")]))


def test_unknown_column_is_refused_and_the_known_ones_told(tmp_path):
    path = written(tmp_path, [HEADINGS, *ROWS])
    with pytest.raises(FileRefused, match="性别"):
        read_sheet(path, Rules(numeric=("gender",)))


# Group, column, answer: every small or empty cohort has one.
SMALL = {
    "one group": (["1"] * 5, ["2.5", "3", "4", "9", "1"], "a group has no child"),
    "all missing": (["1", "0"] * 4, [""] * 8, "no child has a value"),
    "one group without values": (["1", "0"] * 4, ["5", ""] * 3 + ["6", ""], "a group has no child"),
    "all the same": (["1", "0"] * 4, ["1"] * 8, "all children with a value have the same one"),
    "one child": (["1"], ["7"], "a group has no child"),
    "no child": ([], [], "no child has a value"),
}


@pytest.mark.parametrize("name", SMALL)
def test_small_cohort_has_no_test_and_says_why(tmp_path, name):
    group, column, reason = SMALL[name]
    found = (
        compared_above(tmp_path, column, group) if not group else compared(tmp_path, column, group)
    )
    row = found.row("x")
    assert (row.p, row.q, row.test) == (None, None, None)
    assert reason in str(row.result.reason)
    json.dumps(found.to_json(effects=True), allow_nan=False)


def compared_above(folder: Path, column: list, group: list):
    rows = [("g", "x"), *zip(group, column, strict=True)]
    return sheet_table(above(read_sheet(written(folder, rows)), "g", 0), "g")


def test_three_groups_are_compared_by_kruskal_and_by_an_exact_test_of_the_table(tmp_path):
    group = ["low", "mid", "high"] * 8
    table = compared(tmp_path, [str(i * i % 29) for i in range(24)], group)
    assert [str(item.label) for item in table.groups] == ["high", "low", "mid"]
    assert table.row("x").test.value == "kruskal_wallis"
    assert table.row("x").effects == ()
    counted = compared(tmp_path, ["yes", "no", "no", "yes"] * 6, group).row("x")
    assert counted.test.value == "freeman_halton"
    chi_square = sheet_table(read_sheet(tmp_path / "children.csv"), "g", methods=_pearson()).row(
        "x"
    )
    assert chi_square.test.value == "pearson"
    assert chi_square.result.warnings


def _pearson():
    from analysis.cohort.compare import Methods
    from analysis.cohort.significance import Rule

    return Methods(rule=Rule.PEARSON)


def test_text_columns_are_never_read_as_numbers_that_they_are_not(tmp_path):
    # "NaN", "inf" and "1,200" are no measurements; leading zeros stay as they are.
    column = ["007", "NaN", "inf", "1,200", "007", "x"]
    found = compared(tmp_path, column, ["1", "0"] * 3)
    assert {str(row.label) for row in found.rows} == {"007", "1,200", "inf", "x"}


def test_study_as_a_spreadsheet_gives_the_rows_of_the_cohorts_table(tmp_path, capsys):
    frame = study()
    names = (
        "ikzf1",
        "age_years",
        "wbc",
        "glucocorticoid_insensitive",
        "mrd_d15_above",
        "hyperdiploid",
    )
    cells = (
        frame.children[list(names)].astype(object).where(frame.children[list(names)].notna(), "")
    )
    path = written(tmp_path, [names, *cells.itertuples(index=False, name=None)])
    status, found, _ = command(capsys, path, "--by", "ikzf1")
    assert status == 0
    rows = {row["variable"]: row for row in found["table2"]}
    wanted = {row["variable"]: row for row in table2(frame).to_json(effects=True)}
    for name in names[1:]:
        for key in ("test", "p", "odds_ratio", "low", "high"):
            assert rows[name].get(key) == wanted[name].get(key)
        for ours, theirs in zip(rows[name]["groups"], wanted[name]["groups"], strict=True):
            for key in ("n", "of", "median", "low", "high"):
                # A spreadsheet's numbers keep one digit more than the study's table prints.
                assert ours[key] == pytest.approx(theirs[key], abs=0.006)
    assert "odds_ratio" not in rows["wbc"]


def test_rule_of_the_command_decides_the_test(tmp_path, capsys):
    path = written(tmp_path, [HEADINGS, *ROWS])
    names = {}
    for rule in ("expected-counts", "fisher", "pearson", "yates"):
        _, found, _ = command(capsys, path, "--by", "IKZF1", "--rule", rule)
        tests = {row["variable"]: row["test"] for row in found["table2_tests"] if "test" in row}
        names[rule] = tests["MRD阳性"]
    # 9 positives of 48: 4.5 are expected in each group.
    assert names == {
        "expected-counts": "yates",
        "fisher": "fisher",
        "pearson": "pearson",
        "yates": "yates",
    }


def test_groups_can_be_chosen_and_a_measurement_split(tmp_path, capsys):
    path = written(tmp_path, [HEADINGS, *ROWS])
    _, found, _ = command(capsys, path, "--by", "分型", "--groups", "C", "A")
    assert [(group["label"], group["n"]) for group in found["groups"]] == [("C", 16), ("A", 16)]
    assert [item["n"] for item in found["excluded"]] == [16]
    _, found, _ = command(capsys, path, "--by", "年龄", "--above", "10")
    # 2 + i / 4 > 10 from the 33rd child on.
    assert [group["n"] for group in found["groups"]] == [15, 33]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--by", "年龄"), "--above"),
        (("--by", "编号"), "could not be read as groups"),
        (("--by", "nothing"), "has no column"),
        (("--by", "性别", "--above", "3"), "no measurement"),
        (("--by", "性别", "--groups", "X"), "no value X"),
        (("--by", "性别", "--where", "年龄"), "COLUMN=VALUE"),
    ],
)
def test_options_that_make_no_table_are_refused(tmp_path, capsys, arguments, said):
    status, found, err = command(capsys, written(tmp_path, [HEADINGS, *ROWS]), *arguments)
    assert (status, found) == (2, {})
    assert said in err


def test_rows_of_a_child_and_of_others_are_left_out_and_counted(tmp_path, capsys):
    rows = [
        ("id", "g", "kind", "x"),
        ("a", "1", "B", "1"),
        ("a", "0", "B", "9"),
        ("b", "0", "B", "2"),
    ]
    rows += [("c", "1", "T", "3"), ("d", "0", "B", "5")]
    arguments = ("--by", "g", "--child", "id", "--where", "kind=B")
    _, found, _ = command(capsys, written(tmp_path, rows), *arguments)
    assert [group["n"] for group in found["groups"]] == [1, 2]
    assert any(note.startswith("1 of 5 rows left out") for note in found["notes"])
    assert any(note.startswith("1 further rows") for note in found["notes"])


def test_table_for_people_is_written_in_both_languages(tmp_path, capsys):
    path = written(tmp_path, [HEADINGS, *ROWS])
    for language in ("en", "zh-hans"):
        assert main(["table", str(path), "--by", "IKZF1", "--language", language]) == 0
        out = capsys.readouterr().out
        assert "MRD阳性" in out
        assert "4/24 (16.7%)" in out


def test_quartiles_instead_of_the_range(tmp_path, capsys):
    rows = [("g", "x"), *(("1", str(i)) for i in range(1, 10)), *(("0", str(i)) for i in range(9))]
    _, found, _ = command(capsys, written(tmp_path, rows), "--by", "g", "--spread", "iqr")
    (first, _) = found["table2"][0]["groups"]
    assert (first["low"], first["median"], first["high"]) == (3, 5, 7)
