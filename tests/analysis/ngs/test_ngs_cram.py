"""CRAM: the same coverage as the BAM, with its own reference and no other, and no network."""

import os
import socket

import pytest
from ngs_files import written
from reads_files import reads, reference

from analysis.file_problems import FileRefused
from analysis.ngs.coverage import MateOverlap, analyse_coverage

PANEL = "7\t400\t2000\tA_1\n7\t1500\t4700\tB_1\n"


@pytest.fixture
def made(tmp_path):
    fasta = reference(tmp_path)
    return reads(tmp_path, fasta, cram=True), written(tmp_path, PANEL, "panel.bed"), fasta


@pytest.mark.parametrize("overlap", MateOverlap)
def test_coverage_of_a_cram_equals_that_of_the_bam(tmp_path, made, overlap):
    cram, panel, fasta = made
    bam = reads(tmp_path, fasta, cram=False)
    ours = analyse_coverage(cram, panel, reference=fasta, overlap=overlap)
    assert ours.to_json() == analyse_coverage(bam, panel, overlap=overlap).to_json()
    assert ours.mean_depth > 1


def test_cram_without_a_reference_is_refused(made):
    cram, panel, _ = made
    with pytest.raises(FileRefused, match="only be read with its reference"):
        analyse_coverage(cram, panel)


@pytest.mark.parametrize(
    ("options", "cause"),
    [
        ({"seed": 4}, "the bases of 7 are others"),
        ({"contig": "chr7"}, "not the reference of the reads: 7 has length 0"),
    ],
)
def test_cram_with_another_reference_is_refused(tmp_path, made, options, cause):
    cram, panel, _ = made
    other = reference(tmp_path, name="other.fa", **options)
    with pytest.raises(FileRefused, match=cause):
        analyse_coverage(cram, panel, reference=other)


def test_cram_with_a_reference_without_index_is_refused(tmp_path, made):
    cram, panel, _ = made
    alone = written(tmp_path, ">7\nACGT\n", "alone.fa")
    with pytest.raises(FileRefused, match="index"):
        analyse_coverage(cram, panel, reference=alone)
    assert not (tmp_path / "alone.fa.fai").exists()


def test_a_reference_on_a_server_is_never_asked_for(tmp_path, made, monkeypatch):
    cram, panel, _ = made
    other = reference(tmp_path, name="other.fa", seed=4)
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        server.settimeout(0.2)
        port = server.getsockname()[1]
        monkeypatch.setenv("REF_PATH", f"http://127.0.0.1:{port}/%s")
        for chosen in (None, other):
            with pytest.raises(FileRefused):
                analyse_coverage(cram, panel, reference=chosen)
        with pytest.raises(TimeoutError):
            server.accept()
    assert os.environ["REF_PATH"].startswith("http")


def test_the_environment_is_as_before(made, monkeypatch):
    cram, panel, fasta = made
    monkeypatch.delenv("REF_PATH", raising=False)
    analyse_coverage(cram, panel, reference=fasta)
    assert "REF_PATH" not in os.environ


def test_a_cram_that_is_cut_off_is_refused(tmp_path, made):
    cram, panel, fasta = made
    whole = cram.read_bytes()
    cut = written(tmp_path, whole[: len(whole) // 2], "cut.cram")
    written(tmp_path, (tmp_path / "made.cram.crai").read_bytes(), "cut.cram.crai")
    with pytest.raises(FileRefused):
        analyse_coverage(cut, panel, reference=fasta)
