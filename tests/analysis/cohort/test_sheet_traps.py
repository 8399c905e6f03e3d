"""Cells that look like something they are not: merged, formulas, decimal commas, dates."""

import json

import openpyxl
import pytest

from analysis.__main__ import main
from analysis.cohort.columns import Kind
from analysis.cohort.spreadsheet import Rules, read_sheet
from analysis.file_problems import FileRefused

GROUPS = ["A", "B"] * 6


def sheet_of(folder, *columns, separator=","):
    """Columns of a dozen children beside the groups; the first cell is the heading."""
    rows = zip(["g", *GROUPS], *columns, strict=True)
    path = folder / "children.csv"
    path.write_text("\n".join(separator.join(map(str, row)) for row in rows), encoding="utf-8")
    return path


def workbook(folder, values, change=lambda sheet: None):
    book = openpyxl.Workbook()
    for row in zip(["g", *GROUPS], ["x", *values], strict=True):
        book.active.append(row)
    change(book.active)
    book.create_sheet("empty")
    path = folder / "children.xlsx"
    book.save(path)
    return path


def test_merged_cells_are_refused_and_named(tmp_path):
    path = workbook(tmp_path, range(12), lambda sheet: sheet.merge_cells("A2:A5"))
    with pytest.raises(FileRefused, match="A2:A5"):
        read_sheet(path)


def test_formulas_without_a_result_are_refused_with_their_lines(tmp_path):
    path = workbook(tmp_path, [f"=ROW({n})" for n in range(12)])
    with pytest.raises(FileRefused) as error:
        read_sheet(path)
    assert [problem.line for problem in error.value.problems[:2]] == [2, 3]
    assert "B2" in error.value.problems[0].text("en")


def test_traps_of_another_sheet_do_no_harm(tmp_path):
    path = workbook(tmp_path, range(12))
    book = openpyxl.load_workbook(path)
    other = book.create_sheet("notes")
    other.append(["=1+1", "words"])
    other.merge_cells("A2:C4")
    book.save(path)
    assert len(read_sheet(path)) == 12


def test_decimal_comma_is_left_out_and_said_or_read_when_asked(tmp_path):
    path = sheet_of(tmp_path, ["x", *(f"{n},5" for n in range(12))], separator=";")
    plain = read_sheet(path)
    assert [column.name for column in plain.columns] == ["g"]
    assert "--decimal-comma" in plain.left_out[0].text("en")
    read = read_sheet(path, Rules(decimal_comma=True))
    assert read.column("x").kind is Kind.NUMBER
    assert read.numbers("x").tolist() == [n + 0.5 for n in range(12)]


def test_cell_of_several_lines_is_one_cell_of_one_row(tmp_path):
    """As Excel writes a heading or a remark with a line break within."""
    path = tmp_path / "lines.csv"
    rows = "".join(f'{n},{n % 2},"first line\nof ""{n % 3}"""\n' for n in range(12))
    path.write_text(f'id,g,"re\nmark"\n{rows}', encoding="utf-8")
    sheet = read_sheet(path)
    assert len(sheet) == 12
    assert [str(level) for level in sheet.column("re mark").levels] == [
        f'first line of "{n}"' for n in range(3)
    ]


def test_cell_of_several_lines_of_a_workbook_is_one_text(tmp_path):
    book = openpyxl.Workbook()
    for row in (["id", "g", "re\nmark"], *([n, n % 2, f"line\n{n % 3}"] for n in range(12))):
        book.active.append(row)
    book.save(tmp_path / "lines.xlsx")
    sheet = read_sheet(tmp_path / "lines.xlsx")
    assert [str(level) for level in sheet.column("re mark").levels] == [
        f"line {n}" for n in range(3)
    ]


@pytest.mark.parametrize("row", ['1,"a', '1,"a\n2,b"c,d', '1,"a\n2,b\n3,",d'])
def test_quotation_mark_that_is_not_closed_takes_no_row_with_it(tmp_path, row):
    path = tmp_path / "open.csv"
    path.write_text(f"id,g\n0,x\n{row}\n4,y\n", encoding="utf-8")
    with pytest.raises(FileRefused) as refused:
        read_sheet(path)
    assert "line 3: has a quotation mark that is not closed" in str(refused.value)


@pytest.mark.parametrize("comma", [True, False], ids=["asked", "not asked"])
@pytest.mark.parametrize(
    ("cells", "why"),
    [
        (["1,234", "2,500", "12,000", "7"], "the comma may stand before thousands or decimals"),
        (["1,234,567", "2,500,000", "3", "4"], "the comma may stand before thousands or decimals"),
        (["1.234", "2,5", "3", "4,5"], "numbers with a point and with a comma"),
        (["1,5", "2.5", "3", "3"], "numbers with a point and with a comma"),
    ],
)
def test_comma_that_may_mean_two_things_is_read_as_neither(tmp_path, comma, cells, why):
    path = sheet_of(tmp_path, ["x", *(cells * 3)], separator=";")
    sheet = read_sheet(path, Rules(decimal_comma=comma))
    assert [column.name for column in sheet.columns] == ["g"]
    assert why in sheet.left_out[0].text("en")


def test_three_decimals_are_decimals_where_a_thousand_cannot_be_meant(tmp_path):
    path = sheet_of(tmp_path, ["x", *(["1,012", "0,987", "1,100"] * 4)], separator=";")
    read = read_sheet(path, Rules(decimal_comma=True))
    assert read.numbers("x").tolist()[:3] == [1.012, 0.987, 1.1]


@pytest.mark.parametrize("form", ["2020-01-{:02d}", "2020/1/{}", "2020年1月{}日", "{}.1.2020"])
def test_dates_are_no_classes_however_few(tmp_path, form):
    sheet = read_sheet(sheet_of(tmp_path, ["d", *(form.format(1 + n % 3) for n in range(12))]))
    assert [column.name for column in sheet.columns] == ["g"]
    assert "dates" in sheet.left_out[0].text("en")


def answer(capsys, *arguments):
    status = main(["table", *map(str, arguments), "--json"])
    out, err = capsys.readouterr()
    return status, json.loads(out) if out else None, err


def test_column_that_makes_no_groups_is_refused_with_its_reason(tmp_path, capsys):
    path = sheet_of(tmp_path, ["d", *(f"2020-01-{n + 1:02d}" for n in range(12))])
    status, found, said = answer(capsys, path, "--by", "d")
    assert (status, found) == (2, None)
    assert "dates" in said


def test_column_of_groups_without_any_answer_makes_no_group(tmp_path, capsys):
    path = sheet_of(tmp_path, ["x", *range(12)], ["y", *[""] * 12])
    status, found, _ = answer(capsys, path, "--by", "y")
    assert status == 0
    assert found["groups"] == []
    assert found["excluded"][0]["n"] == 12
    assert {row["p"] for row in found["table2"]} == {None}


def test_one_group_says_so(tmp_path, capsys):
    path = sheet_of(tmp_path, ["x", *range(12)], ["only", *["A"] * 12])
    _, found, _ = answer(capsys, path, "--by", "only")
    assert [group["n"] for group in found["groups"]] == [12]
    reasons = {row["reason"] for row in found["table2_tests"] if "reason" in row}
    assert reasons == {"No test: there is only one group."}


@pytest.mark.parametrize(
    "arguments",
    [("--by", "x", "--above", "nan"), ("--by", "x", "--above", "inf"),
     ("--by", "g", "--groups", "A", "A")],
)  # fmt: skip
def test_split_that_makes_no_two_groups_is_refused(tmp_path, capsys, arguments):
    path = sheet_of(tmp_path, ["x", *range(12)])
    try:
        status, found, _ = answer(capsys, path, *arguments)
    except SystemExit as stopped:  # argparse has told it
        status, found = stopped.code, None
    assert (status, found) == (2, None)
    assert capsys.readouterr().out == ""


def test_a_row_that_begins_with_a_spreadsheet_error_is_no_comment(tmp_path):
    path = tmp_path / "children.csv"
    path.write_text("x,g\n# typed in 2020\n#N/A,A\n1,B\n2,A\n", encoding="utf-8")
    sheet = read_sheet(path)
    assert len(sheet) == 3
