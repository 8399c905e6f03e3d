"""Damaged files against every MLPA reader: a clean result or a refusal, in little memory."""

import io
import subprocess
import sys
import textwrap
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from runs_in_text import FORM_B, run_samples, sheet, table_a

from analysis.file_problems import FileRefused
from analysis.mlpa.probemix import read_probemix
from analysis.mlpa.ratio_files import PLAIN, read_ratios
from analysis.mlpa.ratio_table import table_of
from analysis.mlpa.readers import read_peaks
from analysis.mlpa.run import analyse
from analysis.mlpa.run_sheet import Role, SampleInfo, read_run_sheet

ROOT = Path(__file__).resolve().parents[3]
MIX = read_probemix(sheet().encode(), file="mix.csv")
FORM_B_TABLE = FORM_B + '\nS1\t"B,1"\t130.1\t10\t100\t1.2\nS2\t"B,1"\t131.1\t11\t110\t1.2\n'
RATIO_ROWS = [
    ["sample", "probe", "gene", "exon", "kind", "ratio"],
    ["S", "a", "IKZF1", "4", "target", 0.5],
    ["S", "b", "X", "", "ref", 1],
]


def workbook(rows):
    book, packed = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(packed)
    return packed.getvalue()


def ratios(content):
    return read_ratios(content, file="f", mapping=PLAIN)


def peaks(content):
    return read_peaks(content, file="f")


def refused(read, content):
    with pytest.raises(FileRefused) as caught:
        read(content)
    return [item.text() for item in caught.value.problems]


@pytest.mark.parametrize(
    ("cells", "cause"),
    [
        (["S", "a", "IKZF1", "4", "target", "0,5"], 'ratio is not a number: "0,5"'),
        (["S", "a", "IKZF1", "4", "target", "1,000.5"], 'ratio is not a number: "1,000.5"'),
        (["S", "a", "IKZF1", "4", "target", -0.5], "ratio must not be below 0"),
        (["S", "a", "IKZF1", "4", "target", "inf"], 'ratio is not a number: "inf"'),
        (["S", "a", "IKZF1", "4", "target", "#DIV/0!"], 'ratio is not a number: "#DIV/0!"'),
        (["S", "a", "IKZF1", "4", "target", "x" * 30_000], "ratio is not a number"),
        (["S", "a", "IKZF1", "4", "target", 1, 2], "has 7 fields, the header has 6"),
    ],
)
def test_bad_cell_of_a_workbook_is_refused_with_its_row(cells, cause):
    (text,) = refused(ratios, workbook([*RATIO_ROWS, cells]))
    assert text.startswith("f, line 4: ")
    assert cause in text
    assert len(text) < 300


def test_formula_without_its_value_is_no_ratio():
    rows = [RATIO_ROWS[0], ["S", "a", "IKZF1", "4", "target", "=1/2"]]
    found = ratios(workbook(rows))
    assert [row.ratio for row in found.rows] == [None]


@pytest.mark.parametrize(
    ("header", "cause"),
    [
        (["sample", "probe", "gene", "exon", "kind"], "missing: ratio"),
        (["sample", "probe", "gene", "exon", "ratio", "ratio"], "stands twice"),
    ],
)
def test_bad_header_of_a_workbook_is_refused(header, cause):
    (text,) = refused(ratios, workbook([header, ["S", "a", "X", "1", "0.5", "1"]]))
    assert text.startswith("f, line 1: ")
    assert cause in text


def test_gbk_text_with_latin_letters_is_refused_and_utf_16_without_its_mark_too():
    assert "save it as UTF-8" in refused(peaks, "é,b".encode("latin-1"))[0]
    assert "zero bytes" in refused(peaks, FORM_B_TABLE.encode("utf-16-le"))[0]


VALID = {
    "form B": (peaks, FORM_B_TABLE.encode()),
    "form B, comma": (
        peaks,
        FORM_B_TABLE.replace('"B,1"', "~").replace("\t", ",").replace("~", '"B,1"').encode(),
    ),
    "form A, UTF-16": (peaks, table_a({"P": [(130.1, 5.0)]}).encode("utf-16")),
    "ratios, workbook": (ratios, workbook(RATIO_ROWS)),
    "probemix notes": (
        lambda content: table_of(read_probemix(content, file="f")),
        ("# ratio het_del: 0.40-0.70\n# ratio max_reference_sd: 0.08\n" + sheet()).encode(),
    ),
}


@pytest.mark.parametrize("kind", sorted(VALID))
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_damaged_file_gives_a_clean_result_or_a_refusal(kind, data):
    read, valid = VALID[kind]
    content = bytearray(valid)
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, min(len(content), 6000)))
        stop = data.draw(st.integers(start, min(len(content), start + 40)))
        odd = st.sampled_from([b"\t", b",", b'"', b"\r", b"-", b"1e400", b"nan", b"\xff", b"#"])
        content[start:stop] = data.draw(st.binary(max_size=8) | odd)
    try:
        read(bytes(content))
    except FileRefused as error:
        assert all(item.text() for item in error.problems)


def test_run_without_any_reference_sample_answers_nothing_and_says_why():
    table = read_peaks(table_a(run_samples({"P": {}}, references=1)).encode(), file="run.txt")
    for infos in ([], [SampleInfo("R1", Role.REFERENCE)], [SampleInfo("R1", Role.WATER)]):
        result = analyse([table], probemix=MIX, samples=infos)
        (patient,) = [item for item in result.samples if item.info.name == "P"]
        assert {gene.call.value for gene in patient.genes} == {"not_evaluable"}
        text = "\n".join(reason.text() for reason in result.reasons)
        assert f"{int(infos != [] and infos[0].role is Role.REFERENCE)} can be used" in text


def test_sample_without_a_probe_peak_is_not_evaluable():
    samples = {**run_samples({"P": {}}), "E": [(92.3, 1000.0)]}
    infos = [SampleInfo(f"R{n}", Role.REFERENCE) for n in range(1, 5)]
    table = read_peaks(table_a(samples).encode(), file="run.txt")
    empty = analyse([table], probemix=MIX, samples=infos).samples[-1]
    assert len(empty.problems) == len(MIX.probes)
    assert {gene.call.value for gene in empty.genes} == {"not_evaluable"}


def test_run_sheet_as_a_workbook_is_read():
    content = workbook([["sample", "role", "sex", "blast_percent"], ["P", "patient", "f", 85]])
    assert read_run_sheet(content, file="r")[0].blast_percent == 85


MEASURED = """
    import io, pathlib, resource, zipfile
    from analysis.file_problems import FileRefused
    from analysis.mlpa.ratio_files import PLAIN, read_ratios
    from analysis.mlpa.readers import read_peaks
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"<x/>")
        with archive.open("xl/sharedStrings.xml", "w", force_zip64=True) as part:
            for _ in range(600):
                part.write(b"0" * 1024**2)
    big = b"Sample Name\\tDye/Sample Peak\\tSize\\tHeight\\tArea\\n"
    files = [bomb.getvalue(), big + b"x" * 1024**2, big + b"S\\tB,1\\t1\\t1\\tx\\n" * 200_001,
             b"\\t" * 19_000_000, b"a,b\\n" * 199_000, b"\\x00" * 19_000_000,
             big + b"S\\tB,1\\t1\\t1\\tx\\n" * 199_000]
    refused = 0
    for content in files:
        for read in (lambda c: read_peaks(c, file="f"),
                     lambda c: read_ratios(c, file="f", mapping=PLAIN)):
            try:
                read(content)
            except FileRefused:
                refused += 1
    # Linux counts the parent's memory into a child's ru_maxrss, but not into its VmHWM.
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    status = pathlib.Path("/proc/self/status")
    for line in status.read_text().splitlines() if status.exists() else ():
        if line.startswith("VmHWM"):
            peak = int(line.split()[1])
    print(refused, peak // 1024)
"""


def test_hostile_files_are_refused_within_300_megabytes():
    answer = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(MEASURED)],
        cwd=ROOT, capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    refused_count, megabytes = map(int, answer.stdout.split())
    assert refused_count == 14
    assert megabytes < 300
