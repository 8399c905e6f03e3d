"""Malformed files: each gives a clear message, and nothing is stored."""

# ruff: noqa: DTZ001  (a spreadsheet's dates have no time zone)

import datetime
import io
import zipfile

import pytest
from spreadsheet_files import (
    CHILD,
    HEADINGS,
    csv_bytes,
    lines,
    patients_xlsx,
    rezipped,
    row,
    xlsx_bytes,
)

from reports.importers import clinical
from reports.models import Patient

TODAY = datetime.date(2024, 6, 30)
XLSX = patients_xlsx(row())
SHEET = "xl/worksheets/sheet1.xml"


def _bomb():
    """A workbook whose sheet unpacks into a thousand times its blanks."""
    out = io.BytesIO(XLSX)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/big.bin", b" " * (32 * 1024 * 1024))
    return out.getvalue()


def _entities(part):
    """The sheet with entities that grow tenfold at each of nine levels."""
    levels = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    return f'<!DOCTYPE x [<!ENTITY a0 "ha">{levels}]>'.encode() + part.split(b"?>")[-1].replace(
        b"<sheetData>", b"<sheetData><row><c><v>&a9;</v></c></row>"
    )


def _far_cell(part):
    cell = b'<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row>'
    return part.replace(b"</sheetData>", cell + b"</sheetData>")


def _wide_claim(part):
    """A claimed size of the whole grid: read as the small table that it is."""
    return part.replace(b'ref="A1:G2"', b'ref="A1:XFD1048576"')


def _encrypted_flag(content):
    """The archive's first entries marked as encrypted."""
    data = bytearray(content)
    at = data.find(b"PK\x01\x02")
    while at >= 0:
        data[at + 8] |= 1
        at = data.find(b"PK\x01\x02", at + 4)
    return bytes(data)


def _formula(book):
    book["patients"]["G2"] = "=SUM(A1:A3)"


def _error_cell(book):
    cell = book["patients"]["G2"]
    cell.value = "#N/A"
    cell.data_type = "e"


def _merged(book):
    book["patients"].merge_cells("A2:A3")


def _escaped_nul(part):
    return part.replace(b">6.49<", b">a_x0000_b<")


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600
ZIPPED_TEXT = io.BytesIO()
with zipfile.ZipFile(ZIPPED_TEXT, "w") as archive:
    archive.writestr("word/document.xml", "<w/>")

WHOLE_FILE = [
    ("empty file", b"", "The file is empty"),
    ("blank lines only", b"\r\n\r\n  \r\n", "The file is empty"),
    ("headings only", csv_bytes(headings=HEADINGS), "headings but no rows"),
    ("workbook without sheets' content", xlsx_bytes({"patients": []}), "The file is empty"),
    ("broken workbook", b"PK\x03\x04" + b"garbage" * 50, "damaged or incomplete"),
    ("truncated workbook", XLSX[: len(XLSX) // 2], "damaged or incomplete"),
    ("sheet cut short", rezipped(XLSX, {SHEET: lambda p: p[:200]}), "damaged or incomplete"),
    ("entities that grow", rezipped(XLSX, {SHEET: _entities}), "damaged or incomplete"),
    ("zip bomb", _bomb, "unpack into far more"),
    ("a cell at the end of the grid", rezipped(XLSX, {SHEET: _far_cell}), "more than"),
    ("password by zip flag", _encrypted_flag(XLSX), "protected with a password"),
    ("password-protected workbook", OLE + "EncryptedPackage".encode("utf-16-le"), "password"),
    ("old Excel file", OLE, "old Excel file (.xls)"),
    ("Word document", ZIPPED_TEXT.getvalue(), "not an Excel workbook"),
    ("PDF renamed", b"%PDF-1.7\n1 0 obj", "a PDF file"),
    ("picture renamed", b"\x89PNG\r\n\x1a\n" + b"\x00" * 40, "a PNG file"),
    ("web page named .xls", b"<html><table><tr><td>centre</td></tr></table>", "a web page or XML"),
    ("UTF-16 with mark", lines("centre,hospital_number", "a,b", encoding="utf-16"), "UTF-16"),
    ("UTF-16 without mark", lines("centre,b", "a,b", encoding="utf-16-le"), "UTF-16"),
    ("Latin-1", csv_bytes(row(name="René "), encoding="latin-1"), "neither UTF-8 nor GB18030"),
    ("binary", bytes(range(128, 256)) * 20, "neither UTF-8 nor GB18030"),
    ("quote never closed", b'centre,hospital_number,diagnosis\nDEMO,"1,B-ALL\n', "misquoted"),
    ("row too long", b"centre,hospital_number,diagnosis\nD,1,B-ALL,x,y\n", "4 cells where there"),
    ("row too short", b"centre,hospital_number,diagnosis\nD,1\n", "2 cells where there are 3"),
    ("501 columns", b",".join([b"c"] * 501) + b"\n", "more than 500 columns"),
    ("merged cells", patients_xlsx(row(), row(), change=_merged), "merged cells (A2:A3)"),
    ("unknown heading", csv_bytes(row(IKZF2="x")), "This heading is not known"),
    ("empty heading", csv_bytes({**row(), "": "x", "name": "y"}), "A heading is empty"),
    ("heading twice", lines("centre,hospital_number,diagnosis,centre", "D,1,B-ALL,D"), "twice"),
    ("heading twice in two languages", lines("centre,住院号,诊断,中心", "D,1,B-ALL,D"), "twice"),
    ("required column missing", lines("centre,hospital_number", "D,1"), "diagnosis is missing"),
    ("unknown sheets", xlsx_bytes({"a": [HEADINGS, CHILD], "b": [HEADINGS, CHILD]}), "not known"),
    ("same sheet twice", xlsx_bytes({"patients": [HEADINGS, CHILD], "患者": [HEADINGS, CHILD]}),
     "Two sheets"),
]  # fmt: skip

ONE_CELL = [
    ("NUL", csv_bytes(row(code="a\x00b")), "control characters"),
    ("NUL escaped in XLSX", rezipped(patients_xlsx(row()), {
        SHEET: _escaped_nul}), "control characters"),
    ("10,000-character name", csv_bytes(row(name="王" * 10_000)), "at most 100 characters"),
    ("formula", patients_xlsx(row(), change=_formula), "cell G2 holds a formula"),
    ("error cell", patients_xlsx(row(), change=_error_cell), "spreadsheet error #N/A"),
    ("error text", csv_bytes(row(wbc="#DIV/0!")), "spreadsheet error #DIV/0!"),
    ("impossible date", csv_bytes(row(birth_date="2020-02-30")), "does not exist in the calendar"),
    ("ambiguous date", csv_bytes(row(birth_date="01/02/2016")), "more than one way"),
    ("serial number for a date", csv_bytes(row(birth_date="42430")), "2016-03-01"),
    ("future date", csv_bytes(row(diagnosis_date="2024-07-01")), "in the future"),
    ("born after diagnosis", csv_bytes(row(birth_date="2021-01-01")), "after the diagnosis"),
    ("impossible age", csv_bytes(row(birth_date="", age_years="130")), "0 to 120 years"),
    ("age against dates", csv_bytes(row(age_years="9")), "contradicts the dates"),
    ("unknown code", csv_bytes(row(sex="X")), "male (M), female (F)"),
    ("required cell empty", csv_bytes(row(diagnosis="")), "is required and empty"),
    ("required cell NA", csv_bytes(row(hospital_number="NA")), "is required and empty"),
    ("negative count", csv_bytes(row(wbc="-3")), "outside the possible range"),
    ("thousands separator", csv_bytes(row(wbc="1,200")), "ambiguous"),
    ("words for a number", csv_bytes(row(wbc="high")), "is not a number"),
    ("MRD over 100 %", csv_bytes(row(mrd_d15_percent="120")), "0 to 100 %"),
    ("fraction of 5", csv_bytes(row(mrd_d15_fraction="5")), "is it a percent?"),
    ("percent and fraction",
     csv_bytes(row(mrd_d15_percent="1", mrd_d15_fraction="0.01", mrd_method="FCM")),
     "percent and as fraction"),
    ("MRD without method", csv_bytes(row(mrd_d15_percent="1")), "without its method"),
    ("MRD 'positive'", csv_bytes(row(mrd_d15_percent="阳性")), "is no measurement"),
    ("ND", csv_bytes(row(mrd_d15_percent="ND")), "more than one meaning"),
    ("date in a text column", patients_xlsx(row(code=datetime.datetime(2024, 9, 2))),
     "made a date of it"),
    ("rounded hospital number", patients_xlsx(row(hospital_number=110101199003070000)), "rounded"),
    ("duplicate number", csv_bytes(row(), row(wbc="7")), "the same record as row 2"),
    ("risk group without protocol", csv_bytes(row(risk_group="HR")), "without its protocol"),
    ("risk group unknown", csv_bytes(row(risk_group="very high", protocol="P")), "one of: low"),
    ("white cells together over 100", csv_bytes(row(lymphocytes="80", neutrophils="30")),
     "exceed 100 %"),
]  # fmt: skip

OTHER_SHEETS = [
    ("gene turned into a date", "variants",
     {"gene": "2-Sep", "hgvs_c": "c.1A>T", "specimen": "S", "run": "R"}, "SEPTIN2"),
    ("variant of nobody", "variants",
     {"hospital_number": "9999", "gene": "NRAS", "hgvs_c": "c.35G>A", "specimen": "S", "run": "R"},
     "neither in this file nor stored"),
    ("failed sample without reason", "mlpa",
     {"specimen": "S", "run": "R", "sample_quality": "failed", "gene": "IKZF1", "exon": "1",
      "call": "not_evaluable"}, "needs the reason"),
    ("event without a date", "follow_up", {"event": "relapse"}, "needs a date or the days"),
    ("relapse before diagnosis", "follow_up", {"event": "relapse", "date": "2019-12-31"},
     "before the diagnosis"),
    ("MRD row without value", "mrd", {"day": "33", "method": "flow"}, "no MRD value"),
    ("MRD on day -1", "mrd", {"day": "-1", "method": "flow", "percent": "1"}, "0 to 2000"),
]  # fmt: skip


def errors_of(content):
    preview = clinical.check_bytes(
        content() if callable(content) else content, name="x", today=TODAY
    )
    assert preview.errors
    assert not Patient.objects.exists()
    with pytest.raises(clinical.NotImportable):
        clinical.commit(preview, by=None, reason="test")
    assert not Patient.objects.exists()
    return [str(problem) for problem in preview.errors]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "says"), [c[1:] for c in WHOLE_FILE], ids=[c[0] for c in WHOLE_FILE]
)
def test_file_that_is_wrong_as_a_whole_is_refused(content, says, english):
    assert any(says in error for error in errors_of(content)), errors_of(content)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "says"), [c[1:] for c in ONE_CELL], ids=[c[0] for c in ONE_CELL]
)
def test_row_that_is_wrong_stores_nothing_and_says_where(content, says, english):
    errors = errors_of(content)
    assert len(errors) == 1
    assert says in errors[0]
    assert "row " in errors[0]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("sheet", "cells", "says"), [c[1:] for c in OTHER_SHEETS], ids=[c[0] for c in OTHER_SHEETS]
)
def test_record_of_another_sheet_that_is_wrong_stores_nothing(sheet, cells, says, english):
    cells = {"centre": "DEMO", "hospital_number": "0001"} | cells
    content = xlsx_bytes({"patients": [HEADINGS, CHILD], sheet: [cells.keys(), cells.values()]})
    assert any(says in error and sheet in error for error in errors_of(content))


@pytest.mark.django_db
def test_every_error_is_told_at_once_with_its_place(english):
    content = patients_xlsx(
        row(sex="X", wbc="abc"), row(hospital_number="0002"), row(hospital_number="0003", wbc="-1")
    )
    preview = clinical.check_bytes(content, name="x", today=TODAY)
    places = [(p.sheet, p.row, p.column, p.address, p.value) for p in preview.errors]
    assert places == [
        ("patients", 2, "sex", "D2", "X"),
        ("patients", 2, "wbc", "G2", "abc"),
        ("patients", 4, "wbc", "G4", "-1"),
    ]


@pytest.mark.django_db
def test_claimed_size_of_the_whole_grid_does_not_matter(english):
    content = rezipped(XLSX, {SHEET: _wide_claim})
    assert b"XFD1048576" in zipfile.ZipFile(io.BytesIO(content)).read(SHEET)
    assert clinical.check_bytes(content, name="x", today=TODAY).errors == ()
