"""Cells as hospitals write them, one line each."""
# ruff: noqa: DTZ001  (a spreadsheet's dates have no time zone)

import datetime
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from reports.importers.columns import documented_sheets
from reports.importers.refusal import Refused
from reports.importers.values import UNKNOWN, Measurement, Reader, read_value
from reports.importers.workbook import Cell, text_cell

TODAY = datetime.date(2024, 6, 30)


def column(name, sheet="patients"):
    return documented_sheets()[sheet].by_name[name]


def read(value, name, sheet="patients", **more):
    """The reading of a text (str), or of a spreadsheet's typed cell (anything else)."""
    if isinstance(value, str):
        cell = text_cell("s", 2, 3, value)
    elif isinstance(value, datetime.date | datetime.time):
        cell = Cell("s", 2, 3, "date", value)
    else:
        cell = Cell("s", 2, 3, "number", value, **more)
    return read_value(cell, Reader(column(name, sheet), TODAY))


def refusal(value, name, sheet="patients", **more):
    with pytest.raises(Refused) as caught:
        read(value, name, sheet, **more)
    expected = caught.value.expected
    return f"{caught.value.message} | {expected if expected is not None else ''}"


@pytest.mark.parametrize(
    "written",
    [
        "2020-01-02",
        "2020/1/2",
        "2020.1.2",
        "20200102",
        20200102,
        "2020年1月2日",
        "２０２０／０１／０２",
        "2020-01-02 00:00:00",
        datetime.datetime(2020, 1, 2),
        datetime.date(2020, 1, 2),
    ],
)
def test_date_of_every_documented_form_is_read(written):
    assert read(written, "diagnosis_date").value == datetime.date(2020, 1, 2)


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("2020-02-30", "does not exist in the calendar"),
        ("20201301", "does not exist in the calendar"),
        ("01/02/2020", "more than one way"),
        ("1.2.20", "more than one way"),
        ("2020-01", "names no day"),
        ("2020", "names no day"),
        ("2020年1月", "names no day"),
        ("43832", "2020-01-02"),
        (43832, "2020-01-02"),
        ("2024-07-01", "in the future"),
        ("1899-12-31", "before 1900"),
        (datetime.time(0, 0), "a time without a date"),
        ("yesterday", "is not a date"),
        ("2020-1/2", "is not a date"),
    ],
)
def test_date_that_nobody_can_be_sure_of_is_refused(written, says):
    assert says in refusal(written, "diagnosis_date")


def test_date_with_a_time_of_day_is_kept_with_a_note():
    reading = read(datetime.datetime(2020, 1, 2, 13, 30), "diagnosis_date")
    assert reading.value == datetime.date(2020, 1, 2)
    assert "time of day" in str(reading.notes[0])


@given(st.dates(datetime.date(1900, 1, 1), TODAY))
def test_date_written_in_any_form_comes_back(day):
    forms = (
        day.isoformat(),
        f"{day.year}/{day.month}/{day.day}",
        f"{day.year}.{day.month}.{day.day}",
        f"{day:%Y%m%d}",
        f"{day.year}年{day.month}月{day.day}日",
    )
    assert {read(form, "diagnosis_date").value for form in forms} == {day}


@given(st.text(max_size=20))
def test_date_column_gives_a_date_or_unknown_or_a_refusal_for_any_text(text):
    try:
        value = read(text, "diagnosis_date").value
    except Refused as refused:
        assert str(refused.message)
    else:
        assert value is UNKNOWN or datetime.date(1900, 1, 1) <= value <= TODAY


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("6.49", "6.49"),
        ("６.４９", "6.49"),
        (6.49, "6.49"),
        (0.1 + 0.2, "0.3"),
        ("1e2", "100"),
        ("10^2", "100"),
        ("6.49 10^9/L", "6.49"),
        ("+5", "5"),
    ],
)
def test_number_of_every_documented_form_is_read(written, value):
    assert read(written, "wbc").value == Decimal(value)


@pytest.mark.parametrize(
    ("written", "name", "says"),
    [
        ("1,234", "wbc", "ambiguous"),
        ("6,49", "wbc", "ambiguous"),
        ("<5", "wbc", "takes no such sign"),
        ("5%", "wbc", "takes no percent"),
        ("5 g/dL", "wbc", "is not the unit"),
        ("abc", "wbc", "is not a number"),
        ("nan", "wbc", "is not a number"),
        ("Infinity", "wbc", "is not a number"),
        ("-1", "wbc", "outside the possible range"),
        ("3001", "wbc", "0 to 3000 10^9/L"),
        ("ND", "wbc", "more than one meaning"),
        ("/", "wbc", "more than one meaning"),
        ("46.5", "modal_number", "whole number"),
        ("121", "age_years", "0 to 120 years"),
        (datetime.date(2020, 1, 2), "wbc", "made a date of it"),
    ],
)
def test_number_that_nobody_can_be_sure_of_is_refused(written, name, says):
    assert says in refusal(written, name)


@given(st.decimals(0, 3000, places=3))
def test_number_comes_back_with_its_digits(number):
    assert read(str(number), "wbc").value == number


@given(st.floats(0.001, 3000, allow_nan=False))
def test_number_cell_and_its_text_agree(number):
    typed = read(number, "wbc").value
    assert typed == read(format(number, ".15g"), "wbc").value


@given(st.text(max_size=15))
def test_number_column_never_fails_otherwise_than_by_refusal(text):
    try:
        value = read(text, "wbc").value
    except Refused as refused:
        assert str(refused.message)
    else:
        assert value is UNKNOWN or 0 <= value <= 3000


@pytest.mark.parametrize(
    ("written", "percent", "operator", "fraction"),
    [
        ("<0.01%", True, "<", "0.0001"),
        ("＜0.01%", True, "<", "0.0001"),
        ("＜０．０１％", False, "<", "0.0001"),
        ("<0.01", True, "<", "0.0001"),
        ("0.5", True, "=", "0.005"),
        ("0.5%", True, "=", "0.005"),
        ("0.5%", False, "=", "0.005"),
        ("0.005", False, "=", "0.005"),
        ("1e-4", False, "=", "0.0001"),
        ("10^-4", False, "=", "0.0001"),
        ("<10⁻⁴", False, "<", "0.0001"),
        ("2×10^-3", False, "=", "0.002"),
        ("= 0.02", True, "=", "0.0002"),
        ("neg", True, "not_detected", None),
        ("阴性", False, "not_detected", None),
        ("not detected", True, "not_detected", None),
        ("0", True, "not_detected", None),
        ("失败", True, "not_evaluable", None),
    ],
)
def test_mrd_is_kept_as_a_fraction_with_its_operator(written, percent, operator, fraction):
    name = "mrd_d15_percent" if percent else "mrd_d15_fraction"
    expected = Measurement(operator, None if fraction is None else Decimal(fraction))
    assert read(written, name).value == expected


def test_mrd_cell_shown_as_percent_is_worth_its_fraction():
    expected = Measurement("=", Decimal("0.0001"))
    assert read(0.0001, "mrd_d15_percent", percent=True).value == expected
    assert read(0.0001, "mrd_d15_fraction", percent=True).value == expected
    assert read(0.0001, "mrd_d15_percent").value == Measurement("=", Decimal("0.000001"))


@pytest.mark.parametrize(
    ("written", "name", "says"),
    [
        ("5", "mrd_d15_fraction", "is it a percent?"),
        ("101", "mrd_d15_percent", "0 to 100 %"),
        ("500%", "mrd_d15_fraction", "is it a percent?"),
        ("≤0.01%", "mrd_d15_percent", "neither 'below' nor 'equal to'"),
        (">1", "mrd_d15_percent", "neither 'below' nor 'equal to'"),
        ("<0", "mrd_d15_percent", "below zero"),
        ("阳性", "mrd_d15_percent", "is no measurement"),
        ("ND", "mrd_d15_percent", "more than one meaning"),
        ("-", "mrd_d15_percent", "more than one meaning"),
    ],
)
def test_mrd_that_nobody_can_be_sure_of_is_refused(written, name, says):
    assert says in refusal(written, name)


@given(st.decimals("0.000001", 100, places=6))
def test_mrd_percent_is_a_hundred_times_its_fraction_in_either_column(percent):
    as_percent = read(str(percent), "mrd_d15_percent").value
    assert as_percent == read(f"{percent}%", "mrd_d15_fraction").value
    assert as_percent.fraction == percent / 100


@given(st.decimals("1.000001", 100, places=6))
def test_mrd_bare_number_above_one_is_never_a_fraction(number):
    assume(number > 1)
    assert "is it a percent?" in refusal(str(number), "mrd_d15_fraction")


@pytest.mark.parametrize(
    "word", ["", "  ", "NA", "N/A", "n/a", "无", "Unknown", "未知", "不详", "　"]
)
@pytest.mark.parametrize("name", ["wbc", "diagnosis_date", "karyotype", "sex", "mrd_d15_percent"])
def test_unknown_word_is_unknown_in_every_kind_of_column(word, name):
    assert read(word, name).value is UNKNOWN


def test_none_in_a_column_with_an_answer_for_it_is_that_answer():
    assert read("无", "testicular_status").value == "not_involved"
    assert read("n/a", "testicular_status").value == "not_applicable"
    assert read("否", "testicular_status").value == "not_involved"


@pytest.mark.parametrize("word", ["not done", "未做", "未查", "Not Tested"])
def test_not_tested_is_an_answer_where_the_column_has_it(word):
    assert read(word, "glucocorticoid_response").value == "not_tested"
    assert read(word, "mrd_d15_percent").value == Measurement("not_tested")
    assert "not one of the answers" in refusal(word, "sex")


def test_not_tested_in_a_number_column_is_unknown_with_a_note():
    reading = read("未做", "wbc")
    assert reading.value is UNKNOWN
    assert "no answer 'not tested'" in str(reading.notes[0])


@pytest.mark.parametrize(
    ("written", "code"),
    [("M", "male"), ("男", "male"), ("FEMALE", "female"), ("女", "female"), ("Ｆ", "female")],
)
def test_code_is_read_in_every_spelling(written, code):
    assert read(written, "sex").value == code


def test_code_typed_as_a_number_is_read():
    assert read(2, "cns_status").value == "cns2"
    assert read(2.0, "cns_status").value == "cns2"
    assert read("2a", "cns_status").value == "cns2a"


def test_code_that_is_unknown_names_the_accepted_ones():
    assert "one of: male (M), female (F)" in refusal("X", "sex")


@pytest.mark.parametrize(
    ("written", "gene"),
    [
        (datetime.datetime(2024, 9, 2), "SEPTIN2"),
        ("2-Sep", "SEPTIN2"),
        ("Sep-2", "SEPTIN2"),
        ("September-02", "SEPTIN2"),
        ("3-Mar", "MARCHF3"),
        ("1-Mar", "MTARC1"),
        ("1-Dec", "DELEC1"),
        ("Oct-4", "POU5F1"),
        ("9月2日", "SEPTIN2"),
        ("2024-09-02", "SEPTIN2"),
        ("43891", "gene name into a date"),
        (43891, "gene name into a date"),
    ],
)
def test_gene_turned_into_a_date_is_refused_by_name(written, gene):
    said = refusal(written, "gene", "variants")
    assert gene in said
    assert "turned a gene name into a date" in said


def test_gene_turned_into_a_date_is_found_within_a_panel_list():
    assert "SEPTIN9" in refusal("IKZF1;9-Sep;NRAS", "panel_genes", "sequencing")


@pytest.mark.parametrize("symbol", ["SEPTIN2", "SEPT2", "MARCHF1", "DEC1", "NKX2-1", "HLA-A", "?"])
def test_gene_symbols_that_look_alike_stay_themselves(symbol):
    assert read(symbol, "gene", "variants").value == symbol


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "$x$",
        "=1+1",
        "@SUM(A1)",
        "㛃䶮",
        "𠮷野",
        "O'Brien",
        "Na",
        "{x}",
        "a%b",
    ],
)
def test_text_that_looks_hostile_stays_itself(text):
    assert read(text, "name").value == text


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        (Cell("s", 2, 3, "formula", "=A1"), "cell C2 holds a formula"),
        (Cell("s", 2, 3, "error", "#N/A"), "spreadsheet error #N/A"),
        (Cell("s", 2, 3, "text", "a\x00b"), "control characters"),
        (Cell("s", 2, 3, "text", "a\x1bb"), "control characters"),
        (Cell("s", 2, 3, "text", "x" * 10_000), "at most 100 characters"),
        (Cell("s", 2, 3, "text", "a\ud800"), "half a character"),
        (Cell("s", 2, 3, "boolean", True), "true/false"),
        (Cell("s", 2, 3, "date", datetime.datetime(2020, 1, 2)), "made a date of it"),
    ],
)
def test_cell_that_no_column_takes_is_refused(cell, says):
    with pytest.raises(Refused) as caught:
        read_value(cell, Reader(column("name"), TODAY))
    assert says in f"{caught.value.message} {caught.value.expected}"


def test_hospital_number_keeps_its_zeros_and_refuses_rounded_digits():
    padded = Cell("s", 2, 3, "number", 7, number_format="0000")
    assert read_value(padded, Reader(column("hospital_number"), TODAY)).value == "0007"
    assert read(20200001, "hospital_number").value == "20200001"
    assert read(20200001.0, "hospital_number").value == "20200001"
    assert "rounded" in refusal(110101199003070000, "hospital_number")
    assert "rounded" in refusal("1.10101E+17", "hospital_number")


def test_soft_limit_is_a_note_and_not_a_refusal():
    reading = read("1200", "wbc")
    assert reading.value == Decimal("1200")
    assert "unusual" in str(reading.notes[0])
    assert "is it a fraction?" in str(read("0.648", "lymphocytes").notes[0])
