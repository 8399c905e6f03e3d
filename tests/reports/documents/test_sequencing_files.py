"""The report says what was read, kept and dropped, and which IKZF1 exons were not deep enough."""

import pytest
from django.utils.translation import override

from analysis.ikzf1_evidence import Ikzf1Rules
from reports import models
from reports.documents.records import records_of
from reports.documents.sequence import sequence_variants
from reports.documents.sequencing_files import exon_depths, read_and_kept

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def sample(boy, sequenced, store):
    found = sequenced(boy, run="N1", mean_depth=1500, low_ikzf1_exons="4")
    file = models.SequencingFile(
        sample=found, kind="variants", name="t.vcf", sha256="ab" * 32, filter_set="Zhang 2022",
        filter_version="2", records=9, alleles=10, kept=7, dropped=[["vaf", 2], ["synonymous", 1]],
        unchecked=[["mapq", 7]],
    )  # fmt: skip
    exons = [
        models.ExonCoverage(sample=found, exon=1, on_panel=0.0, reach="not_on_panel"),
        models.ExonCoverage(sample=found, exon=4, on_panel=1.0, mean_depth=40.0, reach="low"),
        models.ExonCoverage(sample=found, exon=5, on_panel=1.0, mean_depth=900.0, reach="enough"),
    ]
    store(file, *exons)
    return found


def words(cell):
    return f"{cell.text} {cell.note}".strip()


def test_counts_are_printed_with_the_filter_and_its_version(sample):
    [printed] = read_and_kept(sample)
    cells = [words(cell) for cell in printed.rows[0].cells]
    assert cells[1:4] == ["9 10 alleles", "7", "3"]
    assert cells[4] == (
        "VAF below the limit: 2; synonymous: 1 kept without this check: median mapping quality of "
        "the allele's reads below the limit: 7"
    )
    assert cells[5] == "Zhang 2022 version 2"


def test_exons_below_the_limit_are_marked_and_the_others_not(sample):
    [printed] = exon_depths(sample)
    marks = [row.cells[3].mark.state if row.cells[3].mark else None for row in printed.rows]
    assert [str(mark) for mark in marks] == ["None", "not_evaluable", "None"]


def test_the_report_of_the_child_holds_both_tables(sample, boy):
    part = sequence_variants(records_of(boy), Ikzf1Rules())
    captions = [item.caption for item in part.tables]
    assert "Records read, kept and dropped" in captions and "Depth of IKZF1" in captions
    low = next(fact for fact in part.facts if fact.label == "IKZF1 exons of low depth")
    assert "exons 4: SNV/InDel cannot be excluded there" in low.value


def test_depth_that_nobody_stated_is_marked_not_evaluable(boy, sequenced, store):
    found = sequenced(boy, run="N1")
    found.quality = "not_stated"
    from reports.actions import save_record

    save_record(record=found, by="tester", reason="nobody said it")
    with override("en"):
        part = sequence_variants(records_of(boy), Ikzf1Rules())
    fact = next(fact for fact in part.facts if fact.label == "Quality")
    assert (fact.value, str(fact.mark.state)) == ("depth not stated", "not_evaluable")


def test_hash_of_the_data_changes_with_the_file(sample, boy, store):
    before = records_of(boy).data_hash
    file = models.SequencingFile.objects.get()
    file.sha256 = "cd" * 32
    store(file)
    assert records_of(boy).data_hash != before
