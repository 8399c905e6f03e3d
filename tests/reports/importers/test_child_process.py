"""The child that reads files: limits, crashes, refusals, and what it may send back."""

import io
import os
import pickle
import re
import signal
import threading
import time
import zipfile
from pathlib import Path

import pytest
from django.utils import translation

from analysis.file_problems import FileRefused, refusal
from analysis.mlpa.files import read_files
from reports.importers.child_process import (
    ChildLimits,
    FileReader,
    ReaderFailed,
    _unpickled,
)

pytestmark = pytest.mark.usefixtures("english")


@pytest.fixture
def reader():
    with FileReader(ChildLimits(wall_seconds=20)) as found:
        yield found


def test_value_comes_back_and_one_child_serves_many_files(reader):
    assert [reader.read(len, "x" * n, file=f"{n}") for n in range(50)] == list(range(50))
    assert reader.starts == 1
    assert reader.read(os.getpid, file="x") != os.getpid()


def test_start_is_quick_and_without_django(reader):
    started = time.monotonic()
    reader.read(len, "", file="x")
    assert time.monotonic() - started < 2
    loaded = reader.read(eval, "sorted(__import__('sys').modules)", file="x")
    assert not [name for name in loaded if name.split(".")[0] in ("django", "numpy", "pysam")]


def test_child_sees_no_secret(reader, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "s3cret")
    monkeypatch.setenv("DATABASE_URL", "postgres://x")
    seen = reader.read(eval, "dict(__import__('os').environ)", file="x")
    assert not {"SECRET_KEY", "DATABASE_URL"} & seen.keys() and seen["OMP_NUM_THREADS"] == "1"


@pytest.mark.parametrize("end", [signal.SIGSEGV, signal.SIGKILL, signal.SIGABRT])
def test_child_that_dies_names_the_cause_and_the_next_file_is_read(reader, end):
    script = f"__import__('os').kill(__import__('os').getpid(), {int(end)})"
    with pytest.raises(ReaderFailed, match="The reader failed on this file"):
        reader.read(eval, script, file="bad.bam")
    assert reader.read(len, "abc", file="good") == 3
    assert reader.starts == 2


def test_child_that_leaves_without_a_word(reader):
    _value, problems = reader.attempt(os._exit, 0, file="bad.vcf")
    assert [item.file for item in problems] == ["bad.vcf"]
    assert "The reader failed" in str(problems[0])


def test_error_of_the_reader_is_no_trace_for_people_but_for_the_log(reader, caplog):
    with pytest.raises(ReaderFailed, match="ValueError") as raised:
        reader.read(int, "x", file="bad.txt")
    assert "Traceback" not in str(raised.value)
    assert "bad.txt" in caplog.text and "Traceback" in caplog.text


def test_too_much_memory(reader):
    with pytest.raises(ReaderFailed, match="more than 240 MB of memory"):
        reader.read(bytes, 400 << 20, file="big")
    assert reader.read(len, "abc", file="good") == 3


def most_memory(reader, read):
    """Megabytes that the child had in use at most while `read()` ran."""
    found, done = [0], threading.Event()

    def watch():
        while not done.wait(0.002):
            try:
                status = Path(f"/proc/{reader._child.pid}/status").read_text()
            except (AttributeError, OSError):
                continue
            found.append(int((re.search(r"VmHWM:\s+(\d+) kB", status) or ["", "0"])[1]))

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        read()
    finally:
        done.set()
        watching.join()
    return max(found) / 1024


def rows_of_short_cells():
    """18 MB of text that would need some gigabytes as cells."""
    return b"a,b\n" + (b"17," * 900 + b"17\n") * 7_000


def packed_sheet(size):
    """A workbook of a few kilobytes whose sheet unpacks to `size` bytes of nothing."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            for _ in range(size >> 20):
                part.write(b" " * (1 << 20))
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (rows_of_short_cells(), "more than 240 MB of memory"),
        (packed_sheet(600 << 20), "unpack into far more"),
    ],
    ids=["cells", "workbook"],
)
def test_bomb_stays_under_300_mb_and_says_why(reader, tmp_path, content, message):
    path = tmp_path / "bomb"
    path.write_bytes(content)
    problems = []

    def read():
        problems.extend(reader.attempt(read_files, [path], file="bomb")[1])

    used = most_memory(reader, read)
    assert re.search(message, str(problems[0]))
    assert 5 < used < 300


def test_too_long_by_the_clock():
    with FileReader(ChildLimits(wall_seconds=0.5)) as found:
        with pytest.raises(ReaderFailed, match="longer than 0\\.5 seconds"):
            found.read(time.sleep, 30, file="slow")
        assert found._child is None  # killed, not left behind


def test_too_long_by_the_processor():
    with (
        FileReader(ChildLimits(cpu_seconds=0, wall_seconds=30)) as found,
        pytest.raises(ReaderFailed, match="longer than 0 seconds"),
    ):
        found.read(pow, 3, 10**8, file="busy")


def test_processor_time_counts_for_each_file(reader):
    """Ten jobs of a share each do not add up to the limit of one."""
    with FileReader(ChildLimits(cpu_seconds=1, wall_seconds=30)) as found:
        for n in range(5):
            found.read(eval, "sum(range(12_000_000))", file=str(n))
        assert found.starts == 1


def test_refusal_comes_back_whole_and_in_either_language(reader, tmp_path):
    path = tmp_path / "x.csv"
    path.write_bytes(b"sample,role\nA,child\n,water\n")
    with pytest.raises(FileRefused) as raised:
        reader.read(read_files, [path], file="x.csv")
    with pytest.raises(FileRefused) as own:
        read_files([path])
    assert raised.value.problems == own.value.problems and len(own.value.problems) == 2
    _value, problems = reader.attempt(read_files, [path], file="x.csv")
    assert [item.row for item in problems] == [2, 3]
    assert str(problems[0]).startswith("x.csv / line 2: role is ")
    with translation.override("zh-hans"):
        wanted = own.value.problems[0].message.text("zh-hans")
        assert str(problems[0].message) == wanted != own.value.problems[0].message.text("en")


class _Acts:
    def __reduce__(self):
        return (os.system, ("true",))


@pytest.mark.parametrize("value", [_Acts(), os.getcwd, Path, refusal])
def test_answer_that_could_act_is_not_unpickled(value):
    with pytest.raises(pickle.UnpicklingError, match="no value of analysis"):
        _unpickled(pickle.dumps(("value", value)))
