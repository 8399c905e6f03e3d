"""Samples to specimens: two identifiers that agree, or a refusal that names them."""

from dataclasses import replace

import pytest

from analysis.file_problems import FileRefused
from analysis.sample_sheet import SampleIdentity, SampleSheet, read_sample_sheet
from reports import models
from reports.importers.sample_match import FileSample, match

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def specimens(store, register):
    first, second = register("2020-0001", code="P1"), register("2020-0002", code="P2")
    return (
        store(models.Specimen(patient=first, number="S1")),
        store(models.Specimen(patient=second, number="S2")),
    )


def sheet(*rows):
    return SampleSheet("sheet.csv", "0" * 64, rows)


def matched(names, given=None, **options):
    return match([FileSample("run.txt", name) for name in names], sheet=given, **options)


def said(found):
    return [str(problem) for problem in found.problems]


def test_sheet_with_specimen_and_number(specimens):
    found = matched(["a"], sheet(SampleIdentity("a", "S1", hospital_number="2020-0001", line=2)))
    assert list(found.specimens.values()) == [specimens[0]] and not found.problems


def test_sheet_with_specimen_and_code_in_other_capitals_and_widths(specimens):
    found = matched(["a"], sheet(SampleIdentity("a", "Ｓ2 ", patient_code="p2", line=2)))
    assert list(found.specimens.values()) == [specimens[1]] and not found.problems


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (("S1", "2020-0002", ""), "Specimen S1 does not belong to 2020-0002"),
        (("S1", "2020-0001", "P2"), "Specimen S1 does not belong to 2020-0001 / P2"),
        (("S10", "2020-0001", ""), "There is no specimen S10 on record."),
        (("S", "2020-0001", ""), "There is no specimen S on record."),
    ],
)
def test_identifiers_that_do_not_agree_are_refused_with_their_line(specimens, row, message):
    specimen, number, code = row
    given = sheet(SampleIdentity("a", specimen, number, code, line=7))
    found = matched(["a"], given)
    assert found.specimens == {}
    assert len(found.problems) == 1 and message in said(found)[0]
    assert (found.problems[0].file, found.problems[0].row) == ("sheet.csv", 7)


def test_sample_only_in_the_file_and_only_in_the_sheet(specimens):
    given = sheet(
        SampleIdentity("a", "S1", "2020-0001", line=2),
        SampleIdentity("c", "S2", "2020-0002", line=3),
    )
    found = matched(["a", "b"], given)
    assert said(found) == [
        "run.txt: Sample b is not in the sample sheet.",
        "sheet.csv / row 3 / sample: No file holds the sample c.",
    ]


@pytest.mark.parametrize("name", ["2020-0001_S1", "S1_2020-0001", "P1 S1", "s1|p1", "S1/2020-0001"])
def test_name_that_holds_both_identifiers(specimens, name):
    assert list(matched([name]).specimens.values()) == [specimens[0]]


@pytest.mark.parametrize("name", ["S1", "2020-0001", "S1_2020-0002", "S1-2020-0001", "XS1_P1", ""])
def test_name_that_does_not_hold_both_is_refused(specimens, name):
    found = matched([name])
    assert found.specimens == {}
    assert "Give a sample sheet" in said(found)[0]


def test_two_samples_of_one_specimen_are_refused(specimens):
    given = sheet(
        SampleIdentity("a", "S1", "2020-0001", line=2),
        SampleIdentity("b", "S1", "2020-0001", line=3),
    )
    assert "The samples a, b are of one specimen." in said(matched(["a", "b"], given))[0]


def test_row_without_a_file_does_not_serve_a_name_that_stands_in_two_files(specimens):
    """Two children's files may both call their sample TUMOR: one row cannot be both."""
    samples = [FileSample("one.vcf", "TUMOR"), FileSample("two.vcf", "TUMOR")]
    row = SampleIdentity("TUMOR", "S1", "2020-0001", line=2)
    found = match(samples, sheet=sheet(row))
    assert found.specimens == {}
    assert "Sample TUMOR stands in several files (one.vcf, two.vcf)" in said(found)[0]
    assert (found.problems[0].file, found.problems[0].row) == ("sheet.csv", 2)
    # Named file by file it is clear, for two children and for two files of one specimen.
    by_file = SampleIdentity("TUMOR", "S2", "2020-0002", file="two.vcf", line=3)
    named = match(samples, sheet=sheet(replace(row, file="one.vcf"), by_file))
    assert list(named.specimens.values()) == list(specimens) and not named.problems
    # A row for one file and one for "the other" is no riddle either.
    rest = match(samples, sheet=sheet(row, by_file))
    assert list(rest.specimens.values()) == list(specimens) and not rest.problems


def test_same_number_in_two_centres_needs_the_centre(specimens, store, register):
    other = store(models.Centre(code="H2"))
    twin = register("2020-0001", centre=other)
    theirs = store(models.Specimen(patient=twin, number="S1"))
    row = SampleIdentity("a", "S1", "2020-0001", line=2)
    assert "give the centre" in said(matched(["a"], sheet(row)))[0]
    assert list(matched(["a"], sheet(row), centre="H2").specimens.values()) == [theirs]
    named = SampleIdentity("a", "S1", "2020-0001", centre="h1", line=2)
    assert list(matched(["a"], sheet(named)).specimens.values()) == [specimens[0]]
    assert "fits several specimens" in said(matched(["2020-0001_S1"]))[0]


def test_specimen_of_another_centre_is_refused_as_such(specimens):
    given = sheet(SampleIdentity("a", "S1", "2020-0001", line=2))
    assert "belongs to another centre: H1." in said(matched(["a"], given, centre="H2"))[0]


def written(tmp_path, text, encoding="utf-8"):
    path = tmp_path / "sheet.csv"
    path.write_bytes(text.encode(encoding))
    return path


def test_sheet_is_read_with_chinese_headings_and_controls_left_out(tmp_path):
    text = "样本,标本号,住院号,role\na,S1,2020-0001,patient\nH2O,,,water\nref,,,reference\n"
    found = read_sample_sheet(written(tmp_path, text, "gb18030"))
    assert found.rows == (SampleIdentity("a", "S1", "2020-0001", line=2),)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("sample,specimen\na,S1\n", "line 2: sample a has one identifier"),
        ("sample,specimen,hospital_number\na,,1\n", "line 2: sample a has no specimen"),
        ("sample,specimen,hospital_number\n,S1,1\n", "line 2: the sample's name is missing"),
        ("specimen,hospital_number\nS1,1\n", "missing: sample"),
        ("", "is empty"),
        ("sample,specimen,hospital_number\na,S1,1\na,S1,1\n", "line 3: sample a stands twice"),
    ],
)
def test_sheet_that_cannot_be_used_says_why(tmp_path, text, message):
    with pytest.raises(FileRefused, match=message):
        read_sample_sheet(written(tmp_path, text))
