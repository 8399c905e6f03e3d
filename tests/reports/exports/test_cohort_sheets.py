"""The tables behind a cohort report: all of them, with the values of the pages, safe to open."""

import csv
import io
import json
import zipfile

import openpyxl
import pytest
from django.core.management import call_command

from reports.documents.cohort import cohort_json, cohort_report
from reports.exports.cohort_sheets import cohort_sheets
from reports.exports.sheets import Sheet, csv_bytes, csv_files, xlsx_bytes, zip_bytes
from reports.models import FollowUpEvent
from tests.reports.documents.children import NORMAL, child, examined, stored
from tests.reports.exports.printed import holds, numbers_without_a_sheet, sheets_of

HOSTILE = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    " =1",
    "＝1",
    "＋1",
    "－1",
    "＠x",
    '"=1',
    "\ufeff=1",
]


def sheet(*rows, **fields) -> Sheet:
    known = {"name": "t", "title": "T", "columns": ("a", "b")}
    return Sheet(**(known | fields), rows=tuple(rows))


def read(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("text", HOSTILE)
def test_text_that_could_be_a_formula_is_text_in_csv(text):
    written = csv_bytes(sheet((text, 1), columns=(text, "b"), title=text, notes=(text,)))
    for line in read(written):
        assert line[0].startswith("'")


@pytest.mark.parametrize("text", HOSTILE)
def test_text_that_could_be_a_formula_is_text_in_a_workbook(text):
    book = openpyxl.load_workbook(io.BytesIO(xlsx_bytes([sheet((text, 1), columns=(text, "b"))])))
    cells = [book["t"].cell(row=row, column=1) for row in (2, 3)]
    for cell in cells:
        assert (cell.data_type, cell.value.strip()) == ("s", text.strip())


def test_numbers_stay_numbers_and_negative_ones_are_no_formula():
    raw = csv_bytes(sheet((-1.5, 3), ("x", None)))
    assert raw.startswith(b"\xef\xbb\xbf")
    assert b"\r\n-1.5,3\r\n" in raw
    book = openpyxl.load_workbook(io.BytesIO(xlsx_bytes([sheet((-1.5, 3), ("x", None))])))
    assert [cell.value for cell in book["t"][3]] == [-1.5, 3]
    assert [cell.data_type for cell in book["t"][3]] == ["n", "n"]


def test_infinity_is_its_sign_and_nan_is_no_value():
    (*_, line) = read(csv_bytes(sheet((float("inf"), float("nan")))))
    assert line == ["∞", ""]


def test_names_of_sheets_are_short_and_each_stands_once():
    sheets = [sheet(name="long name of a table with [brackets]" * 2) for _ in range(3)]
    book = openpyxl.load_workbook(io.BytesIO(xlsx_bytes(sheets)))
    assert len({name.casefold() for name in book.sheetnames}) == 3
    assert all(len(name) <= 31 and "[" not in name for name in book.sheetnames)


@pytest.fixture
def children(db):
    first = examined("1", sex="female", code="=HYPERLINK(1)")
    second = examined("2", exons=NORMAL, code="C-2")
    examined("3", quality="failed", code="C-3")
    child("4", sex="male", code="C-4")
    stored(
        FollowUpEvent(patient=first, event="relapse", days_from_diagnosis=400),
        FollowUpEvent(patient=second, event="last_seen", days_from_diagnosis=900),
    )


def by_name(report) -> dict[str, Sheet]:
    return {item.name: item for item in cohort_sheets(report)}


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_figure_has_the_table_behind_it(children, language):
    report = cohort_report(None, language=language)
    figures = {picture.name for part in report.parts for picture in part.pictures}
    assert {"oncoprint", "genes", "subtypes", "deletions", "survival-overall"} <= figures
    assert figures <= {name for item in cohort_sheets(report) for name in item.behind}


def test_every_table_of_the_pages_has_a_sheet(children):
    """By caption, but for those whose caption counts, and the history of the definition."""
    report = cohort_report(None, language="en")
    captions = {table.caption for part in report.parts for table in part.tables}
    titles = {item.title for item in cohort_sheets(report)}
    other = {
        "Table 1. The children (4)": "Table 1. The children",
        "The pairs with the smallest p": "Genes altered together and apart",
        "How common each subtype is by IKZF1 status": "Subtypes by IKZF1 status",
    }
    assert {other.get(caption, caption) for caption in captions} <= titles


def test_every_line_is_as_wide_as_its_headings(children):
    for item in cohort_sheets(cohort_report(None, language="en")):
        assert {len(line) for line in item.rows} <= {len(item.columns)}, item.name


def test_sheets_hold_the_values_of_the_json(children):
    report = cohort_report(None, language="en")
    found, numbers = by_name(report), cohort_json(report)
    status = found["ikzf1-status"].rows[0]
    # altered, answered, share, not detected, not evaluable, not tested: one child each
    assert status[1:] == (1, 2, 0.5, 1, 1, 1)
    wbc = next(line for line in found["table-1"].rows if line[0] == "wbc")
    assert wbc[1:6] == ("White blood cells", "10⁹/L", 3, 4, None)
    assert wbc[6] == 6.49
    assert [line[-2] for line in found["table-2"].rows] == [row["p"] for row in numbers["table2"]]
    nras = next(line for line in found["genes"].rows if line[0] == "NRAS")
    # Three sequenced children, all with the variant; the fourth was not tested.
    assert nras[2:7] == (3, 3, 1.0, 1, 0)
    assert found["flow"].rows[-1][-1] == numbers["cohort"]["children"] == 4
    assert found["deletion-map"].rows[0][0] == numbers["deletion_map"][0]["exons"] == "4-7"


def test_oncoprint_has_a_column_a_child_in_the_order_of_the_figure(children):
    print_ = by_name(cohort_report(None, language="en"))["oncoprint"]
    ikzf1 = next(line for line in print_.rows if line[0] == "IKZF1")
    answers = dict(zip(print_.columns[4:], ikzf1[4:], strict=True))
    assert answers == {
        "=HYPERLINK(1)": "large deletion",
        "C-2": "not detected",
        "C-3": "not evaluable",
        "C-4": "not tested",
    }


def test_whole_export_of_hostile_records_has_no_formula(children):
    sheets = cohort_sheets(cohort_report(None, language="zh-hans"))
    for content in csv_files(sheets).values():
        for line in read(content):
            for cell in line:
                assert _number(cell) or not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    book = openpyxl.load_workbook(io.BytesIO(xlsx_bytes(sheets)))
    cells = (cell for page in book for line in page.iter_rows() for cell in line)
    assert not [cell.coordinate for cell in cells if cell.data_type == "f"]
    with zipfile.ZipFile(io.BytesIO(zip_bytes(sheets))) as archive:
        assert archive.testzip() is None
        assert len(archive.namelist()) == len(sheets)


def _number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def test_empty_cohort_has_every_sheet_too(db):
    sheets = cohort_sheets(cohort_report(None, language="en"))
    assert {"table-1", "table-2", "oncoprint", "gene-pairs", "survival"} <= {s.name for s in sheets}
    assert xlsx_bytes(sheets).startswith(b"PK")


def test_command_writes_a_workbook_or_a_folder_of_csv(children, tmp_path):
    to = ["-o", str(tmp_path / "c.pdf"), "--language", "en"]
    call_command("cohort_report", *to, "--tables", str(tmp_path / "c.xlsx"), stdout=io.StringIO())
    assert "table-2" in openpyxl.load_workbook(tmp_path / "c.xlsx").sheetnames
    call_command("cohort_report", *to, "--tables", str(tmp_path / "csv"), stdout=io.StringIO())
    names = sorted(path.name for path in (tmp_path / "csv").iterdir())
    assert names[0] == "01-about.csv"
    assert json.dumps(names).count(".csv") == len(names) > 15


def test_every_number_of_the_pages_is_in_one_line_of_the_sheet(children):
    report = cohort_report(None, language="en")
    assert {"Table 2. By IKZF1 status", "Survival and relapse"} <= set(sheets_of(report))
    assert numbers_without_a_sheet(report) == []


def test_numbers_that_the_sheet_does_not_hold_are_found_out():
    assert holds((3, 0.375), "37.5", per_cent=True)
    assert not holds((3, 0.375), "37.6", per_cent=True)
    assert not holds(("3", None), "3", per_cent=False)
