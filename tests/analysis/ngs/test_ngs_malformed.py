"""Files that are no VCF, or a wrong one: each is refused with its line and cause, never a trace."""

import gzip
import random
import resource
import struct
import zlib

import pysam
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from ngs_files import COLUMNS, META, RECORD, record, text, written

from analysis.file_problems import FileRefused
from analysis.ngs.text_lines import BGZF_END, Limits
from analysis.ngs.vcf_result import analyse_vcf

FIRST = len(META) + 2  # the line of the first record
AMPLE = text()


def block(data: bytes) -> bytes:
    """One BGZF block."""
    squeezed = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = squeezed.compress(data) + squeezed.flush()
    head = b"\x1f\x8b\x08\x04" + b"\0" * 5 + b"\xff\x06\0BC\x02\0"
    size = struct.pack("<H", len(head) + 2 + len(body) + 8 - 1)
    return head + size + body + struct.pack("<II", zlib.crc32(data), len(data))


def without(start: str) -> list[str]:
    return [line for line in META if not line.startswith(start)]


def changed(old: str, new: str) -> str:
    assert old in AMPLE
    return AMPLE.replace(old, new)


# name -> (content, line of the first problem, words of its cause)
MALFORMED = {
    "empty": (b"", 0, "empty"),
    "only a line feed": (b"\n", 1, "not a VCF"),
    "no version": (text(meta=META[1:]), 1, "not a VCF"),
    "version 3": (changed("VCFv4.2", "VCFv3.3"), 1, "not a VCF"),
    "no column names": ("\n".join(META) + "\n" + record(), FIRST - 1, "#CHROM"),
    "column names wrong": (changed("#CHROM\tPOS", "#CHROM POS"), FIRST - 1, "column names"),
    "no sample column": (
        text("\t".join(RECORD[:8]), columns=COLUMNS[:8]), FIRST - 1, "no sample column",
    ),
    "one name twice": (text(columns=[*COLUMNS[:10], "child"]), FIRST - 1, "one name"),
    "byte order mark": (b"\xef\xbb\xbf" + AMPLE.encode(), 1, "byte order mark"),
    "UTF-16": (AMPLE.encode("utf-16"), 1, "UTF-16"),
    "GBK": (changed("Allele fraction", "频率").encode("gbk"), 8, "UTF-8"),
    "CRLF": (AMPLE.replace("\n", "\r\n"), 1, "carriage return"),
    "CR": (AMPLE.replace("\n", "\r"), 1, "carriage return"),
    "NUL": (changed("DB;ECNT", "DB\0ECNT"), FIRST, "NUL"),
    "binary": (random.Random(1).randbytes(5000), None, "."),
    "ZIP": (b"PK\x03\x04" + b"\1" * 99, 0, "ZIP"),
    "cut off in a record": (AMPLE[:-30], FIRST, "columns|cannot be read|no "),
    "short row": (text("\t".join(RECORD[:10])), FIRST, "10 columns instead of 11"),
    "long row": (text(record() + "\tx"), FIRST, "12 columns instead of 11"),
    "blank line": (text("", record()), FIRST, "1 columns"),
    "spaces for tabs": (text(record().replace("\t", " ")), FIRST, "1 columns"),
    "POS 0": (text(record(POS="0")), FIRST, "POS is no position"),
    "POS negative": (text(record(POS="-5")), FIRST, "POS is no position"),
    "POS text": (text(record(POS="5e7")), FIRST, "POS is no position"),
    "POS other digits": (text(record(POS="١٢")), FIRST, "POS is no position"),
    "POS beyond the contig": (text(record(POS="159138664")), FIRST, "beyond the end"),
    "contig unknown": (text(record(CHROM="chr7")), FIRST, "contig chr7"),
    "REF empty": (text(record(REF="")), FIRST, "REF"),
    "REF no base": (text(record(REF="Z")), FIRST, "REF"),
    "ALT no allele": (text(record(ALT="T;C")), FIRST, "ALT is no allele"),
    "ALT is REF": (text(record(ALT="A")), FIRST, "ALT names"),
    "ALT twice": (text(record(ALT="T,T")), FIRST, "ALT names"),
    "QUAL text": (text(record(QUAL="high")), FIRST, "QUAL"),
    "FILTER undeclared": (text(record(FILTER="weak")), FIRST, "FILTER weak"),
    "FILTER PASS and more": (text(record(FILTER="PASS;t_lod")), FIRST, "FILTER"),
    "FILTER empty": (text(record(FILTER="")), FIRST, "FILTER"),
    "INFO undeclared": (text(record(INFO="DB;XX=1")), FIRST, "INFO XX is not declared"),
    "INFO no integer": (text(record(INFO="ECNT=one")), FIRST, "INFO ECNT is no Integer"),
    "INFO no float": (text(record(INFO="TLOD=1.2.3")), FIRST, "INFO TLOD is no Float"),
    "INFO flag with value": (text(record(INFO="DB=1")), FIRST, "INFO DB"),
    "INFO twice": (text(record(INFO="ECNT=1;ECNT=2")), FIRST, "twice"),
    "INFO empty": (text(record(INFO="")), FIRST, "INFO"),
    "FORMAT undeclared": (
        text(record(FORMAT="GT:AD:AF:XX")), FIRST, "FORMAT XX is not declared",
    ),
    "FORMAT twice": (text(record(FORMAT="GT:AD:AD:DP")), FIRST, "twice"),
    "GT not first": (
        text(record(FORMAT="AD:GT", child="1,2:0/1", remission="1,2:0/0")), FIRST, "GT must be",
    ),
    "GT out of range": (text(record(child="0/2:1,2:0.5:3")), FIRST, "GT of sample child"),
    "GT text": (text(record(child="het:1,2:0.5:3")), FIRST, "GT of sample child"),
    "AD too few": (text(record(child="0/1:12:0.5:3")), FIRST, "AD of sample child"),
    "AD negative": (text(record(child="0/1:-1,2:0.5:3")), FIRST, "AD of sample child"),
    "AD text": (text(record(child="0/1:a,2:0.5:3")), FIRST, "AD of sample child"),
    "AF text": (text(record(child="0/1:1,2:half:3")), FIRST, "AF of sample child"),
    "DP too large": (text(record(child="0/1:1,2:0.5:" + "9" * 30)), FIRST, "DP of sample"),
    "more values than FORMAT": (text(record(child="0/1:1,2:0.5:3:4")), FIRST, "more fields"),
    "wrong in the other sample": (
        text(record(remission="0/0:x,0:0:9")), FIRST, "AD of sample remission",
    ),
    "header line without =": (text(meta=[*META, "##nonsense"]), FIRST - 1, "without"),
    "INFO line broken": (text(meta=[*META, "##INFO=<ID=X"]), FIRST - 1, "INFO line"),
    "INFO type unknown": (
        text(meta=[*META, '##INFO=<ID=X,Number=1,Type=Text,Description="x">']),
        FIRST - 1,
        "Type",
    ),
    "declared twice": (text(meta=[*META, META[3]]), FIRST - 1, "declared twice"),
    "tumour missing": (
        text(meta=[*without("##tumor_sample"), "##tumor_sample=other"]), 0, "names the tumour",
    ),
    "no tumour said": (
        text(meta=[*META[:9], "##contig=<ID=7>"]), 0, "which is the tumour",
    ),
    "two builds": (
        text(meta=[*META, "##contig=<ID=8,length=145138636>"]), 0, "several builds",
    ),
    "a line of 1 MB": (text(record(ID="x" * 1_000_000)), FIRST, "longer than"),
    "a header line of 1 MB": ("##" + "x" * 1_000_000, 1, "longer than"),
    "gzip cut off": (gzip.compress(AMPLE.encode())[:-12], 0, "cut off"),
    "gzip damaged": (
        gzip.compress(AMPLE.encode())[:-8] + b"\0" * 8, 0, "damaged",
    ),
    "bgzip without its end": (block(AMPLE.encode()), 0, "cut off"),
    "BCF that is none": (block(b"BCF\x02\x02" + b"\xff" * 200) + BGZF_END, 0, "damaged"),
}  # fmt: skip


@pytest.mark.parametrize("name", MALFORMED)
def test_malformed_file_is_refused_with_line_and_cause(tmp_path, name):
    content, line, cause = MALFORMED[name]
    with pytest.raises(FileRefused, match=cause) as caught:
        analyse_vcf(written(tmp_path, content))
    first = caught.value.problems[0]
    assert first.file == "made.vcf"
    assert line is None or first.line == line
    assert first.text("zh-hans")


def test_missing_file_is_refused(tmp_path):
    with pytest.raises(FileRefused, match="no such file"):
        analyse_vcf(tmp_path / "absent.vcf")


def test_the_file_without_faults_is_read(tmp_path):
    assert analyse_vcf(written(tmp_path, AMPLE)).kept == 1


def test_all_problems_are_told_at_once(tmp_path):
    rows = [record(POS="0"), record(), record(REF="?", FILTER="weak")]
    with pytest.raises(FileRefused) as caught:
        analyse_vcf(written(tmp_path, text(*rows)))
    assert [item.line for item in caught.value.problems] == [FIRST, FIRST + 2, FIRST + 2]


def test_a_fault_after_many_right_records_of_the_same_kind_is_found(tmp_path):
    rows = [record(POS=str(pos)) for pos in range(1, 40)]
    for place, row in ((20, record(INFO="DB;ECNT=x;TLOD=9.5")), (30, record(child="0/3:1,2:0:3"))):
        rows[place] = row
    rows[35] = record(INFO="DB;ECNT=1;TLOD=9.5\tx", FORMAT="GT:AD:AF:DP")
    with pytest.raises(FileRefused) as caught:
        analyse_vcf(written(tmp_path, text(*rows)))
    assert [item.line - FIRST for item in caught.value.problems] == [20, 30, 35]


def test_a_tab_inside_a_field_is_found_after_right_records_of_the_same_kind(tmp_path):
    rows = [record(INFO=f"NOTE={note};ECNT=1") for note in ("a", "b", "a\tb")]
    with pytest.raises(FileRefused, match="12 columns instead of 11") as caught:
        analyse_vcf(written(tmp_path, text(*rows)))
    assert [item.line for item in caught.value.problems] == [FIRST + 2]


@pytest.mark.parametrize(
    ("limits", "cause"),
    [
        (Limits(max_bytes=100), "bytes, more than"),
        (Limits(max_records=2), "more than the 2 records"),
        (Limits(max_unpacked=900), "unpacks to more"),
        (Limits(max_line=60), "longer than"),
    ],
)
def test_each_limit_is_kept(tmp_path, limits, cause):
    packed = written(tmp_path, gzip.compress(text(*[record()] * 3).encode()))
    with pytest.raises(FileRefused, match=cause):
        analyse_vcf(packed, limits=limits)


def test_half_a_megabyte_that_unpacks_to_600_is_refused_in_little_memory(tmp_path):
    bomb = block(text().encode()) + block(b"#" * 65_000) * 9300 + BGZF_END
    assert len(bomb) < 1_500_000
    path = written(tmp_path, bomb)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(FileRefused, match="longer than"):
        analyse_vcf(path)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000  # kB


def test_damaged_bcf_is_refused(tmp_path):
    plain = written(tmp_path, text(*[record(POS=str(pos)) for pos in range(1, 200)]))
    binary = tmp_path / "made.bcf"
    with (
        pysam.VariantFile(str(plain)) as source,
        pysam.VariantFile(str(binary), "wb", header=source.header) as target,
    ):
        for item in source:
            target.write(item)
    whole = binary.read_bytes()
    with pytest.raises(FileRefused, match="cut off"):
        analyse_vcf(written(tmp_path, whole[: len(whole) // 2], "cut.bcf"))


CHARS = st.sampled_from('\t\n\r;:,=./|<>"#0A Z٣频\0\x1f\\%*[')


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    edits=st.lists(
        st.tuples(st.integers(0, 2000), st.integers(0, 6), st.text(CHARS, max_size=4)),
        min_size=1,
        max_size=4,
    )
)
@example(edits=[(0, 6, "")])
def test_mutated_text_gives_a_result_or_a_clean_refusal(tmp_path_factory, edits):
    content = text(record(), record(ALT="T,AC", INFO="TLOD=1,2", child="0/2:8,1,1:0.1,0.1:10",
                                    remission="0/0:9,0,0:0,0:9"))  # fmt: skip
    for place, width, inserted in edits:
        place %= len(content)
        content = content[:place] + inserted + content[place + width :]
    path = written(tmp_path_factory.mktemp("mutated"), content)
    try:
        result = analyse_vcf(path)
    except FileRefused as error:
        assert error.problems
    else:
        assert result.kept + sum(result.dropped.values()) == result.alleles
