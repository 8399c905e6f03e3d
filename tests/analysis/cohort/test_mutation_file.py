"""A MAF and its clinical table as a cohort, by the command `comutation`."""

import gzip
import json
from pathlib import Path

import pytest

from analysis.__main__ import main

COLUMNS = (
    *("Hugo_Symbol", "Chromosome", "Start_Position", "Reference_Allele", "Tumor_Seq_Allele2"),
    *("Variant_Classification", "Tumor_Sample_Barcode", "NCBI_Build"),
)
# Gene, consequence, samples.
MUTATIONS = (
    ("NRAS", "Missense_Mutation", ("S1", "S2", "S3", "S4")),
    ("KRAS", "Nonsense_Mutation", ("S3", "S5")),
    ("TTN", "Silent", ("S1", "S5", "S6")),
    ("FLT3", "In_Frame_Ins", ("S1", "S2", "S3", "S4")),
    ("Unknown", "Missense_Mutation", ("S6",)),
)


def maf(folder: Path) -> Path:
    lines = ["#version 2.4", "\t".join(COLUMNS)]
    for place, (gene, word, samples) in enumerate(MUTATIONS, start=100):
        # A second mutation of the same gene in the same child is the same child.
        for sample in (*samples, samples[0]):
            lines.append("\t".join((gene, "1", str(place), "A", "T", word, sample, "GRCh37")))
    path = folder / "small.maf.gz"
    path.write_bytes(gzip.compress("\n".join([*lines, ""]).encode()))
    return path


def clinical(folder: Path, heading: str = "Tumor_Sample_Barcode") -> Path:
    path = folder / "clinical.csv"
    samples = [f"S{i}" for i in range(1, 9)]
    path.write_text("\n".join([f"{heading},sex", *(f"{s},F" for s in samples)]), encoding="utf-8")
    return path


def command(capsys, *arguments) -> tuple[int, dict, str]:
    status = main(["comutation", *map(str, arguments), "--json"])
    out, err = capsys.readouterr()
    return status, json.loads(out) if out else {}, err


def counts(found: dict) -> dict[frozenset, tuple[int, ...]]:
    return {
        frozenset((pair["a"], pair["b"])): (pair["both"], pair["neither"])
        for pair in found["pairs"]
    }


def test_samples_of_a_maf_are_those_with_any_row_in_it(tmp_path, capsys):
    status, found, _ = command(capsys, maf(tmp_path))
    assert status == 0
    # S6 has a silent mutation and one without a gene: it is a child all the same.
    assert found["samples"] == 6
    assert counts(found) == {
        frozenset(("NRAS", "KRAS")): (1, 1),
        frozenset(("NRAS", "FLT3")): (4, 2),
        frozenset(("KRAS", "FLT3")): (1, 1),
    }


def test_children_of_the_clinical_table_only_have_no_mutation(tmp_path, capsys):
    _, found, _ = command(capsys, maf(tmp_path), "--clinical", clinical(tmp_path))
    assert found["samples"] == 8
    assert counts(found)[frozenset(("NRAS", "FLT3"))] == (4, 4)
    assert any("2 without any" in note for note in found["notes"])
    pair = next(pair for pair in found["pairs"] if {pair["a"], pair["b"]} == {"NRAS", "FLT3"})
    # One of the 70 ways to choose four of eight, and the opposite one.
    assert pair["p"] == pytest.approx(2 / 70)
    assert (pair["odds_ratio"], pair["high"]) == (None, None)
    assert pair["low"] > 1


def test_column_of_the_samples_can_be_named(tmp_path, capsys):
    path = clinical(tmp_path, heading="病案号")
    status, found, err = command(capsys, maf(tmp_path), "--clinical", path)
    assert (status, found) == (2, {})
    assert "病案号" in err
    arguments = ("--clinical", path, "--sample-column", "病案号")
    assert command(capsys, maf(tmp_path), *arguments)[1]["samples"] == 8


def test_other_consequences_count_when_asked_for(tmp_path, capsys):
    genes = {}
    for words in ((), ("synonymous",), ("all",)):
        arguments = [part for word in words for part in ("--count", word)]
        _, found, _ = command(capsys, maf(tmp_path), *arguments)
        genes[words] = {item["gene"] for item in found["genes"]}
    assert genes == {
        (): {"NRAS", "KRAS", "FLT3"},
        ("synonymous",): {"TTN"},
        ("all",): {"NRAS", "KRAS", "FLT3", "TTN"},
    }


def test_frequency_and_genes_choose_the_pairs(tmp_path, capsys):
    _, found, _ = command(capsys, maf(tmp_path), "--min-frequency", "0.5")
    assert [item["gene"] for item in found["genes"]] == ["FLT3", "NRAS"]
    _, found, _ = command(capsys, maf(tmp_path), "--genes", "KRAS", "NRAS")
    assert len(found["pairs"]) == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--min-frequency", "2"), "from 0 to 1"),
        (("--genes", "IKZF1"), "IKZF1 has no counted mutation"),
        (("--count", "bad"), "none of"),
        (("--most", "-1"), "from 0 on"),
    ],
)
def test_options_that_make_no_pairs_are_refused(tmp_path, capsys, arguments, said):
    status, found, err = command(capsys, maf(tmp_path), *arguments)
    assert (status, found) == (2, {})
    assert said in err


def test_pairs_are_written_for_people_in_both_languages(tmp_path, capsys):
    for language in ("en", "zh-hans"):
        assert main(["comutation", str(maf(tmp_path)), "--language", language, "--most", "1"]) == 0
        lines = capsys.readouterr().out.splitlines()
        assert lines[1].split()[:2] == ["FLT3", "NRAS"]
        assert not any("KRAS" in line for line in lines)


def test_clinical_table_of_another_cohort_is_refused(tmp_path, capsys):
    """Nobody of both files: counting all of them as one cohort would invent the denominators."""
    other = tmp_path / "other.csv"
    other.write_text("Tumor_Sample_Barcode,sex\nZ1,F\nZ2,M\n", encoding="utf-8")
    assert main(["comutation", str(maf(tmp_path)), "--clinical", str(other), "--json"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "other.csv: names none of the samples of small.maf.gz" in err


@pytest.mark.parametrize(
    ("column", "options", "status"),
    [
        ("Hugo_Symbol", (), 2),
        ("Tumor_Sample_Barcode", (), 2),
        ("Variant_Classification", (), 2),
        ("Variant_Classification", ("--count", "all"), 0),
    ],
)
def test_column_that_the_pairs_need_is_missed_by_name(tmp_path, capsys, column, options, status):
    text = gzip.decompress(maf(tmp_path).read_bytes()).decode()
    path = tmp_path / "without.maf"
    path.write_text(text.replace(column, "something else"), encoding="utf-8")
    found = command(capsys, path, *options)
    assert found[0] == status
    assert (f"without.maf, line 1: the column {column} is missing" in found[2]) is bool(status)


def test_maf_of_headings_alone_says_that_it_has_no_row(tmp_path, capsys):
    path = tmp_path / "empty.maf"
    path.write_text("\t".join(COLUMNS) + "\n", encoding="utf-8")
    status, _, err = command(capsys, path)
    assert (status, "empty.maf: has no row below its headings" in err) == (2, True)


def test_children_named_otherwise_in_the_clinical_table_do_not_count_twice(tmp_path, capsys):
    path = tmp_path / "other.csv"
    path.write_text("sample,sex\nS1,F\ns2,M\n", encoding="utf-8")
    status, _, err = command(capsys, maf(tmp_path), "--clinical", path)
    assert (status, "names s2 what is S2 in small.maf.gz" in err) == (2, True)
    path.write_text("sample,sex\nS1,F\nchild 2,M\n", encoding="utf-8")
    _, found, _ = command(capsys, maf(tmp_path), "--clinical", path)
    assert found["samples"] == 7
    assert found["notes"][0].startswith("5 samples of the MAF are not in the clinical table")
