"""What a file can do to the process that reads it, and what the import then says."""

import pickle
import time

import pytest

from analysis.mlpa.grid import Grid
from reports.importers.child_process import ChildLimits, Job, _values, run

READ_VCF = "analysis.ngs.vcf_result:analyse_vcf"
HEADER = (
    "##fileformat=VCFv4.2\n"
    '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">\n'
    '##FORMAT=<ID=AD,Number=R,Type=Integer,Description="Depths">\n'
    "##contig=<ID=7,length=159138663>\n"
    "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tchild\n"
)


def vcf(path, records):
    lines = (
        f"7\t{50_000_000 + i}\t.\tA\tT\t.\tPASS\t.\tGT:AD\t0/1:900,300\n" for i in range(records)
    )
    path.write_text(HEADER + "".join(lines))
    return path


def job(path):
    return Job(path.name, (path,))


def test_files_of_one_call_come_back_in_order(tmp_path):
    paths = [vcf(tmp_path / f"{count}.vcf", count) for count in (3, 0, 5)]
    found = run(READ_VCF, [job(path) for path in paths])
    assert [outcome.value.records for outcome in found] == [3, 0, 5]
    assert [outcome.job.name for outcome in found] == ["3.vcf", "0.vcf", "5.vcf"]


def test_refused_file_keeps_its_lines_and_stops_no_other(tmp_path):
    bad = vcf(tmp_path / "bad.vcf", 2)
    bad.write_text(bad.read_text() + "7\tx\t.\tA\tT\t.\tPASS\t.\tGT:AD\t0/1:9,3\n")
    good = vcf(tmp_path / "good.vcf", 1)
    first, second = run(READ_VCF, [job(bad), job(good)])
    assert not first.ok and first.refused[0].line == 8
    assert "bad.vcf, line 8" in first.refused[0].text()
    assert second.value.records == 1


def test_file_that_needs_too_much_memory_is_named_and_the_next_is_read(tmp_path):
    large, small = vcf(tmp_path / "large.vcf", 60_000), vcf(tmp_path / "small.vcf", 2)
    first, second = run(READ_VCF, [job(large), job(small)], limits=ChildLimits(memory_mb=45))
    assert "more than 45 MB" in str(first.failed)
    assert second.ok and second.value.records == 2


def test_file_that_takes_too_long_is_stopped(tmp_path):
    large = vcf(tmp_path / "large.vcf", 150_000)
    started = time.monotonic()
    (found,) = run(READ_VCF, [job(large)], limits=ChildLimits(seconds=1))
    assert "longer than 1 seconds" in str(found.failed)
    assert time.monotonic() - started < 5


def test_answer_that_is_too_large_is_refused(tmp_path):
    large = vcf(tmp_path / "large.vcf", 20_000)
    (found,) = run(READ_VCF, [job(large)], limits=ChildLimits(answer_mb=1))
    assert "more than can be imported" in str(found.failed)


def test_child_that_dies_is_told_apart_from_a_refusal(tmp_path):
    """A reader that is given what it cannot take ends its process with a trace of its own."""
    (found,) = run(READ_VCF, [Job("nothing", (None,))])
    assert "failed on this file" in str(found.failed) and not found.refused


def test_missing_file_is_said(tmp_path):
    (found,) = run(READ_VCF, [job(tmp_path / "gone.vcf")])
    assert not found.ok


def test_function_outside_of_the_science_is_not_run(tmp_path):
    (found,) = run("os:listdir", [Job("x", (str(tmp_path),))])
    assert not found.ok


class Acts:
    def __reduce__(self):
        return (eval, ("1 + 1",))


def test_answer_that_could_act_is_not_taken():
    with pytest.raises(pickle.UnpicklingError, match=r"builtins\.eval"):
        _values(pickle.dumps(("value", Acts())))


def test_values_of_the_science_are_taken():
    grid = Grid("a.csv", "", ())
    assert _values(pickle.dumps(("value", grid))) == ("value", grid)
