"""Peak tables, probemix sheets, run sheets and ratio tables: what is read, what is refused."""

import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from runs_in_text import FORM_A, FORM_B, run_samples, sheet, table_a

from analysis.calls import Certainty
from analysis.file_problems import FileRefused
from analysis.grid import MAX_BYTES
from analysis.mlpa.probemix import ProbeKind, ProbeUse, read_probemix, template_sheet
from analysis.mlpa.ratio_files import DIGITAL_MLPA, PLAIN, RatioMapping, read_ratios
from analysis.mlpa.readers import Peak, read_peaks
from analysis.mlpa.run_sheet import Role, SampleInfo, Sex, read_run_sheet

WORKBOOK = Path(__file__).resolve().parents[4] / "shared" / "data" / "mlpa" / "dmlpa.xlsx"
ROW_A = '"B,1"\tS1\t\t\t130.25\t100\t1000.5\t2000\t'


def peaks(text, **keywords):
    content = text if isinstance(text, bytes) else text.encode()
    return read_peaks(content, file="p.txt", **keywords)


def refusal(read, content):
    with pytest.raises(FileRefused) as caught:
        read(content)
    return [(item.line, item.message.text()) for item in caught.value.problems]


def test_form_a_with_its_empty_last_column_is_read():
    table = peaks(f'{FORM_A}\n{ROW_A}\n"O,1"\tS1\t\t\t100\t5\t50\t9\t\n')
    assert table.samples[0].name == "S1"
    assert table.samples[0].peaks == (Peak(130.25, 100.0, 1000.5, "B", 1, 2),)
    assert table.dropped == (("dye O", 1),)


def test_form_b_with_two_samples_is_read_from_tabs_and_commas():
    tabs = f'{FORM_B}\nS1\t"B,1"\t130.1\t10\t100\t1.2\nS2\t"B,1"\t131.1\t11\t110\t1.2\n'
    commas = tabs.replace('"B,1"', "~").replace("\t", ",").replace("~", '"B,1"')
    for text in (tabs, commas):
        found = {s.name: (s.peaks[0].size, s.peaks[0].line) for s in peaks(text).samples}
        assert found == {"S1": (130.1, 2), "S2": (131.1, 3)}


def test_peak_without_a_size_is_dropped_and_counted():
    table = peaks(f'{FORM_A}\n{ROW_A}\n"B,2"\tS1\t\t\t\t100\t1000\t2000\t\n')
    assert len(table.samples[0].peaks) == 1
    assert table.dropped == (("no size", 1),)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_line_ends_and_encodings_give_the_same_peaks(end, encoding):
    text = f"{FORM_A}\n{ROW_A.replace('S1', '样本1')}\n".replace("\n", end)
    table = peaks(text.encode(encoding))
    assert [(s.name, s.peaks[0].line) for s in table.samples] == [("样本1", 2)]


@pytest.mark.parametrize(
    ("text", "line", "cause"),
    [
        (b"", 0, "is empty"),
        (b" \n\r\n", 0, "is empty"),
        (b"\x00\x01\x02", 0, "is not text: it holds zero bytes"),
        (b"a\n\x07b", 2, "is not text: it holds control characters"),
        (b"caf\xe9,b\n", 0, "is neither UTF-8 nor GBK text: save it as UTF-8"),
        (b"PK\x03\x04rest", 0, "is a damaged workbook (BadZipFile)"),
        ("a,b\n1,2\n", 1, "no header with the columns needed; missing: Dye/Sample Peak, "
         "Sample File Name, Size, Height, Area"),
        (FORM_A.replace("Area", "Size"), 1, "no header with the columns needed; missing: Area"),
        (f"{FORM_A}Size", 1, 'the column "Size" stands twice in the header'),
        (FORM_A, 0, "holds no peak of dye B with a size"),
        (f"{FORM_A}\n{ROW_A[:-8]}", 2, "is cut short: 7 fields, the header has 8"),
        (f"{FORM_A}\n{ROW_A}extra", 2, "has 9 fields, the header has 8"),
        (f'{FORM_A}\n"B,1\tS1', 2, "has a quotation mark that is not closed"),
        (f"{FORM_A}\n{ROW_A.replace('130.25', '130,25')}", 2, 'Size is not a number: "130,25" '
         "(a decimal point, no thousands separator)"),
        (f"{FORM_A}\n{ROW_A.replace('1000.5', '')}", 2, "Area is missing"),
        (f"{FORM_A}\n{ROW_A.replace('1000.5', 'nan')}", 2, 'Area is not a number: "nan" '
         "(a decimal point, no thousands separator)"),
        (f"{FORM_A}\n{ROW_A.replace('1000.5', '-5')}", 2,
         "Area must not be below 0 or above 1e+12: -5"),
        (f"{FORM_A}\n{ROW_A.replace('1000.5', '1e99')}", 2,
         "Area must not be below 0 or above 1e+12: 1e99"),
        (f"{FORM_A}\n{ROW_A.replace('S1', '')}", 2, "the sample's name is missing"),
        (f"{FORM_A}\n{ROW_A.replace('B,1', 'B1')}", 2,
         '"B1" is not a dye and a peak number such as "B,1"'),
        (f"{FORM_A}\n{ROW_A}\n{ROW_A}", 3,
         'peak "B,1" of sample S1 already stands in line 2'),
        (f"{FORM_A}\n{ROW_A}\n" + "x" * 10_001, 3, "is longer than 10000 characters"),
        (f"{FORM_A}\n" + "\n" * 200_000, 0, "has more than 200000 lines"),
        (b"x" * (MAX_BYTES + 1), 0, "is larger than 20 MB"),
    ],
)  # fmt: skip
def test_malformed_peak_table_is_refused_with_line_and_cause(text, line, cause):
    assert refusal(peaks, text) == [(line, cause)]


def test_all_problems_are_reported_at_once_and_the_list_has_an_end():
    bad = [ROW_A.replace("130.25", "x").replace("B,1", f"B,{n}") for n in range(150)]
    found = refusal(peaks, "\n".join([FORM_A, *bad]))
    assert [line for line, _ in found[:100]] == list(range(2, 102))
    assert found[100:] == [(0, "50 further problems are not listed")]


def test_error_as_text_names_file_line_and_cause():
    with pytest.raises(FileRefused) as caught:
        peaks(f"{FORM_A}\n{ROW_A.replace('S1', '')}")
    assert str(caught.value) == "p.txt, line 2: the sample's name is missing"


def test_workbook_that_unpacks_into_too_much_is_refused():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 30_000_000)
    assert refusal(peaks, packed.getvalue()) == [
        (0, "would unpack into far more than a table needs")
    ]


def test_zip_that_is_no_workbook_is_refused():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("readme.txt", "no")
    assert refusal(peaks, packed.getvalue()) == [(0, "is a zip archive but no workbook (.xlsx)")]


def test_probemix_sheet_gives_probes_in_order_with_their_use():
    mix = read_probemix(sheet().encode(), file="mix.csv")
    assert (mix.name, mix.certainty) == ("P335", Certainty.ESTABLISHED)
    assert [probe.exon for probe in mix.targets[:8]] == list("12345678")
    assert {probe.gene for probe in mix.targets if probe.use is ProbeUse.VENDOR_CLAIM} == {"IKZF1"}
    assert len(mix.references) == 13
    assert {probe.kind for probe in mix.references} == {ProbeKind.REFERENCE}


def test_sheet_that_says_nothing_of_its_status_is_unconfirmed():
    assert read_probemix(sheet("").encode(), file="m").certainty is Certainty.UNCONFIRMED


def test_template_names_no_length_and_is_refused_until_they_are_filled_in():
    found = refusal(lambda text: read_probemix(text, file="m"), template_sheet().encode())
    assert len(found) == len(template_sheet().splitlines()) - 5
    assert found[0] == (
        6, "IKZF1 exon 1: the length is missing (see the lot's product description)"
    )  # fmt: skip


HEADER = "probe,gene,exon,length,position,kind,use"


@pytest.mark.parametrize(
    ("row", "cause"),
    [
        (",IKZF1,1,130,,target,", "the probe's name is missing"),
        ("a,IKZF1,9,130,,target,", 'a: IKZF1 has exons 1 to 8, not "9"'),
        ("a,IKZF1,1,130,,both,", 'a: kind is "reference" or "target", not "both"'),
        ("a,IKZF1,1,130,,target,perhaps",
         'a: use is "vendor claim" or "research use", not "perhaps"'),
        ("a,,1,130,,target,", "a: a target probe needs a gene"),
        ("a,IKZF1,1,13,,target,", "length must not be below 40 or above 1e+12: 13"),
        ("a,IKZF1,1,1300,,target,", "a: a length above 1000 nt"),
        ("r,PAX5,1,137,,target,", "r already stands in line 2"),
        ("a,PAX5,1,500,,target,", "a has the same length as r: 500 nt"),
    ],
)  # fmt: skip
def test_malformed_probemix_row_is_refused_with_its_cause(row, cause):
    text = f"{HEADER}\nr,,,500,,reference,\n{row}\n".encode()
    assert refusal(lambda content: read_probemix(content, file="m"), text) == [(3, cause)]


def test_probemix_without_reference_probes_is_refused():
    text = f"{HEADER}\na,IKZF1,1,130,,target,\n".encode()
    found = refusal(lambda content: read_probemix(content, file="m"), text)
    assert found == [(0, "holds no reference probe")]


def test_run_sheet_gives_role_sex_and_blasts():
    text = "sample,role,sex,blast_percent\nP,patient,女,85.5\nR,reference,M,\nW,water,,\n"
    assert read_run_sheet(text.encode(), file="r") == (
        SampleInfo("P", Role.PATIENT, Sex.FEMALE, 85.5),
        SampleInfo("R", Role.REFERENCE, Sex.MALE),
        SampleInfo("W", Role.WATER),
    )


def test_run_sheet_reports_each_bad_row():
    text = "sample,role,sex,blast_percent\nA,nurse,,\nB,patient,x,\nC,patient,,101\nD,water,,\nD,,,"
    assert refusal(lambda content: read_run_sheet(content, file="r"), text.encode()) == [
        (2, 'role is "patient", "reference" or "water", not "nurse"'),
        (3, 'sex is "female", "male" or empty, not "x"'),
        (4, "blasts are 0 to 100 percent, not 101"),
        (6, "sample D stands twice"),
    ]


def test_ratio_table_with_a_column_a_sample_is_read_by_its_mapping():
    mapping = RatioMapping(name="ours", probe="Sonde", gene="Gen", exon="Ex", ignored=("Pos",))
    text = "Sonde\tGen\tEx\tPos\tA\tB\nx4\tIKZF1\t04\t7p\t0.5\t\n"
    rows = read_ratios(text.encode(), file="r", mapping=mapping).rows
    assert [(r.sample, r.exon, r.ratio, r.line) for r in rows] == [
        ("A", "4", 0.5, 2),
        ("B", "4", None, 2),
    ]


@pytest.mark.parametrize(
    ("row", "cause"),
    [
        ("S,a,IKZF1,4,target,abc",
         'ratio is not a number: "abc" (a decimal point, no thousands separator)'),
        ("S,a,IKZF1,4,target,99", "a: a ratio of 99 is none (1 is two copies)"),
        ("S,a,IKZF1,12,target,1", 'a: IKZF1 has exons 1 to 8, not "12"'),
        (",a,IKZF1,4,target,1", "the sample's name is missing"),
        ("S,,IKZF1,4,target,1", "the probe's name is missing"),
        ("S,a,,4,target,1", "a: a target probe needs a gene"),
    ],
)  # fmt: skip
def test_malformed_ratio_row_is_refused_with_its_cause(row, cause):
    text = f"sample,probe,gene,exon,kind,ratio\n{row}\n".encode()
    found = refusal(lambda content: read_ratios(content, file="r", mapping=PLAIN), text)
    assert found == [(2, cause)]


def test_ratio_table_refuses_a_missing_sheet_or_sample():
    text = b"Probe number,Gene,Probe type\n1,APC,CN\n"
    found = refusal(lambda content: read_ratios(content, file="r", mapping=DIGITAL_MLPA), text)
    assert found == [(1, "has no column of a sample")]


@pytest.mark.skipif(not WORKBOOK.exists(), reason="the shared example workbook is not here")
def test_public_digital_mlpa_workbook_is_read():
    found = read_ratios(WORKBOOK.read_bytes(), file="dmlpa.xlsx", mapping=DIGITAL_MLPA)
    # Counted by eye in the sheet: probe orders 124 to 157 are APC, 31 rows are controls.
    assert len(found.rows) == 157 - 124 + 1
    assert {row.gene for row in found.rows} == {"APC"}
    first = found.rows[0]
    assert (first.probe, first.exon, first.ratio, first.line) == ("S017550", "1", 0.991, 2)
    assert sum(row.reference for row in found.rows) == 16


@pytest.mark.skipif(not WORKBOOK.exists(), reason="the shared example workbook is not here")
def test_workbook_cut_in_half_is_refused():
    content = WORKBOOK.read_bytes()
    found = refusal(lambda part: read_peaks(part, file="p"), content[: len(content) // 2])
    assert found == [(0, "is a damaged workbook (BadZipFile)")]


VALID = {
    "peaks": table_a(run_samples({"P": {}}, references=1)),
    "probemix": sheet(),
    "run sheet": "sample,role,sex,blast_percent\nP,patient,f,85\nR,reference,m,\n",
    "ratios": "sample,probe,gene,exon,kind,ratio\nS,a,IKZF1,4,target,0.5\nS,b,X,,ref,1\n",
}
READERS = {
    "peaks": lambda content: read_peaks(content, file="f"),
    "probemix": lambda content: read_probemix(content, file="f"),
    "run sheet": lambda content: read_run_sheet(content, file="f"),
    "ratios": lambda content: read_ratios(content, file="f", mapping=PLAIN),
}


@pytest.mark.parametrize("kind", sorted(VALID))
@settings(max_examples=80, deadline=None)
@given(data=st.data())
def test_mutated_file_gives_a_clean_result_or_a_clean_error(kind, data):
    content = bytearray(VALID[kind].encode()[:2500])
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(content)))
        stop = data.draw(st.integers(start, min(len(content), start + 40)))
        odd = st.sampled_from([b"\t", b",", b'"', b"\n", b"-", b"1e400", b"nan", b"\xff", b"#"])
        content[start:stop] = data.draw(st.binary(max_size=8) | odd)
    try:
        READERS[kind](bytes(content))
    except FileRefused as error:
        assert error.problems
        assert all(item.text() and item.line >= 0 for item in error.problems)
