"""A probemix sheet that brings its own ratio table."""

import pytest
from runs_in_text import run_samples, sheet, table_a

from analysis.calls import Certainty, CopyCall
from analysis.file_problems import FileRefused
from analysis.mlpa.probemix import read_probemix
from analysis.mlpa.ratio_table import table_of, vendor_table
from analysis.mlpa.readers import read_peaks
from analysis.mlpa.run import analyse
from analysis.mlpa.run_sheet import Role, SampleInfo


def mix(*notes):
    text = "\n".join([*(f"# {note}" for note in notes), sheet()])
    return read_probemix(text.encode(), file="mix.csv")


def test_sheet_without_ratio_notes_has_no_table_of_its_own():
    assert table_of(mix()) is None


def test_bands_of_the_sheet_replace_the_vendors_and_the_others_stay():
    table = table_of(mix("ratio het_del: 0.40-0.70", "ratio source: insert v9",
                         "ratio max_reference_sd: 0.08", "ratio status: confirmed"))  # fmt: skip
    assert (table.het_del, table.normal) == ((0.40, 0.70), vendor_table().normal)
    assert (table.max_reference_sd, table.source) == (0.08, "insert v9")
    assert table.certainty is Certainty.ESTABLISHED
    assert table_of(mix("ratio het_del: 0.4-0.7")).certainty is Certainty.UNCONFIRMED


@pytest.mark.parametrize(
    ("note", "cause"),
    [
        ("ratio het_del: 0,40-0,65", "cannot be read"),
        ("ratio het_del: -0.4-0.65", "cannot be read"),
        ("ratio deleted: 0.40-0.65", "cannot be read"),
        ("ratio max_reference_sd: nan", "cannot be read"),
        ("ratio status: perhaps", "cannot be read"),
        ("ratio het_del: 0.40-0.90", "overlap"),
        ("ratio max_reference_sd: 0", "not above 0"),
    ],
)
def test_ratio_notes_that_cannot_be_meant_are_refused(note, cause):
    with pytest.raises(FileRefused, match=cause):
        table_of(mix(note))


def test_table_of_the_sheet_makes_the_calls_and_is_said_in_the_reasons():
    samples = run_samples({"P": {"ratios": {"PAX5 exon 5": 0.70}}}, noise=0.001)
    peaks = read_peaks(table_a(samples).encode(), file="run.txt")
    infos = [SampleInfo(f"R{n}", Role.REFERENCE) for n in range(1, 5)]

    def call_and_codes(probemix):
        result = analyse([peaks], probemix=probemix, samples=infos)
        (probe,) = [item for item in result.samples[-1].probes if item.probe == "PAX5 exon 5"]
        return probe.table_call, {reason.code: reason.text() for reason in result.reasons}

    call, codes = call_and_codes(mix())
    assert call is CopyCall.AMBIGUOUS
    assert "own_ratio_table" not in codes
    call, codes = call_and_codes(mix("ratio het_del: 0.40-0.75"))
    assert call is CopyCall.HET_DEL
    assert "heterozygous deletion 0.40-0.75" in codes["own_ratio_table"]
