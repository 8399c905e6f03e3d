"""Every shared file of variants imports with its counts; what is malformed stores nothing."""

import csv
import gzip
import sys
from pathlib import Path

import pytest
from sequencing_files import SHARED, children, nothing_stored, rows_of_all_tables, sheet

from reports import models
from reports.importers.child_process import FileReader
from reports.importers.lab_import import commit
from reports.importers.sequencing import FILTERS, SequencingRequest
from reports.importers.vcf import check_variants

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "analysis" / "ngs"))
from ngs_files import record, text, written
from test_ngs_malformed import AMPLE, BGZF_END, MALFORMED, block

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def request_for(tmp_path, store):
    store(models.Panel(name="P", panel_genes="IKZF1"))

    def made(path, names, **options):
        rows = [(name, f"S-{number}", f"{number}", "") for number, name in enumerate(names)]
        samples = sheet(tmp_path / "samples.csv", rows)
        known = {"panel": "P", "run_name": "N", "filters": FILTERS["none"]}
        return SequencingRequest(paths=(path,), samples=samples, **(known | options))

    return made


def content_of(path):
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", newline="") as stream:
        return stream.read().replace("\r\n", "\n").replace("\r", "\n").splitlines()


def records_of(path):
    return [line.split("\t") for line in content_of(path) if line and line[0] != "#"]


# file -> the tumour's name where the header does not say it
TUMOURS = {
    "vcf/mutect2_gatk3/8_mutect2_sorted.vcf.gz": "",
    "vcf/mutect2_gatk3/NA12878.ob_filtered.vcf": "",
    "vcf/mutect2_gatk3/dream3-chr21.vcf": "",
    "vcf/mutect2_gatk3/gatk3-dream3-mini.vcf": "",
    "vcf/mutect2_gatk4/SM-74P4M-filtered_sample_name_test.vcf": "",
    "vcf/mutect2_gatk4/gatk_IS3_dream.vcf": "",
    "vcf/mutect2_gatk4/gatk_m2_tumoronly_sample1.vcf": "",
    "vcf/mutect2_gatk4/gatk_mc3_M2.vcf": "",
    "vcf/mutect2_gatk4/many-allelic-somatic.vcf": "",
    "vcf/vep_csq/pvactools_m2gatk3_vep_tumour_2734.vcf.gz": "",
    "vcf/vep_csq/vatools_input.snvs_and_indels.vcf": "",
    "vcf/vep_csq/vatools_multiple_transcripts.vcf": "",
    "vcf/annovar/view.filter.annovar.vcf": "NA00001",
    "vcf/snpeff/test.snpeff.vcf": "1094PC0005",
}

# `grep -n` of the files: line 82 uses what no header line declares; ##reference names NCBI36.
REFUSED = {
    "vcf/vep_csq/vatools_input.snvs_and_indels.vcf": "line 82: FORMAT DP is not declared",
    "vcf/annovar/view.filter.annovar.vcf": "The genome build NCBI36 is not supported",
}


@pytest.mark.parametrize("name", TUMOURS)
def test_shared_vcf_imports_with_its_counts_or_says_line_and_cause(
    store, hospital, request_for, name
):
    path = SHARED / name
    if not path.exists():
        pytest.skip("the shared VCFs are not here")
    children(store, 1, hospital)
    tumour = TUMOURS[name] or None
    first = check_variants(request_for(path, ["?"], tumour=tumour))
    before = rows_of_all_tables()
    if any(item.message.sentence.startswith("Sample ") for item in first.errors):
        found = first.samples[0].sample
        preview = check_variants(request_for(path, [found], tumour=tumour))
    else:
        preview = first
    if name in REFUSED:
        assert any(REFUSED[name] in str(item) for item in preview.errors)
        assert {item.file for item in preview.errors} == {path.name}
        assert rows_of_all_tables() == before
        return
    assert [str(item) for item in preview.errors] == []
    commit(preview, by="tester", reason="shared")
    lines = records_of(path)
    alleles = sum(line[4].count(",") + 1 for line in lines)
    file = models.SequencingFile.objects.get()
    assert (file.records, file.alleles) == (len(lines), alleles)
    assert models.Variant.objects.count() == file.kept
    assert file.kept + file.dropped_count == alleles
    # Without limits only what is no small variant at all, or not called, is left out.
    assert {reason for reason, _ in file.dropped} <= {
        "no_alternate_allele", "symbolic_allele", "no_call", "reference_call",
    }  # fmt: skip
    kept = {(v.chrom, v.line) for v in models.Variant.objects.all()}
    assert len(kept) <= len(lines)


def test_every_shared_vcf_is_tried():
    found = {str(path.relative_to(SHARED)) for path in SHARED.glob("vcf/**/*.vcf*")}
    assert found <= set(TUMOURS)


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("maftools/tcga_laml.maf.gz", "Tumor_Sample_Barcode"),
        ("vcf/annovar/variants.hg19_multianno.txt", "Tumor_Sample_Barcode"),
        ("ngs_wales/sample15_variants.tsv", ""),
    ],
)
def test_shared_table_imports_with_its_counts_by_sample(store, hospital, request_for, name, column):
    path = SHARED / name
    if not path.exists():
        pytest.skip("the shared tables are not here")
    rows = list(csv.DictReader(content_of(path), delimiter="\t"))
    names = list(dict.fromkeys(row[column] for row in rows)) if column else ["sample15_variants"]
    children(store, len(names), hospital)
    preview = check_variants(request_for(path, names))
    assert [str(item) for item in preview.errors] == []
    commit(preview, by="tester", reason="shared")
    assert models.Variant.objects.count() == len(rows)
    by_sample = {item.sample_name: item.records for item in models.SequencingFile.objects.all()}
    assert by_sample == {
        name: sum(not column or row[column] == name for row in rows) for name in names
    }


BOMB = block(text().encode()) + block(b"#" * 65_000) * 9300 + BGZF_END


def test_malformed_files_store_nothing_and_say_why_in_little_memory(
    tmp_path, store, hospital, request_for, monkeypatch
):
    """All kinds in one call to one child, whose memory is measured at its end."""
    children(store, 1, hospital)
    contents = {name: content for name, (content, _, _) in MALFORMED.items()}
    contents["a bomb of 600 MB"] = BOMB
    paths = [
        written(tmp_path, content, f"{number}.vcf")
        for number, content in enumerate(contents.values())
    ]
    assert len(paths) >= 40
    peaks = []
    close = FileReader.close

    def measured(self):
        if self._child is not None and self._child.poll() is None:
            status = Path(f"/proc/{self._child.pid}/status").read_text()
            peaks.append(int(status.split("VmHWM:")[1].split()[0]))
        close(self)

    monkeypatch.setattr(FileReader, "close", measured)
    request = request_for(paths[0], ["child"])
    every = SequencingRequest(paths=tuple(paths), samples=request.samples, panel="P")
    with nothing_stored():
        preview = check_variants(every)
        with pytest.raises(Exception, match="Nothing was stored"):
            commit(preview, by="tester", reason="malformed")
    refused = {item.file for item in preview.errors}
    assert refused >= {path.name for path in paths}
    assert all(str(item.message) for item in preview.errors)
    assert len(peaks) == 1 and peaks[0] < 300_000  # kB


def test_wrong_build_contig_end_and_tumour_are_refused_through_the_import(
    tmp_path, store, hospital, request_for
):
    children(store, 1, hospital)
    path = written(tmp_path, AMPLE)
    with nothing_stored():
        for options, cause in (
            ({"build": "GRCh38"}, "the file is on GRCh37"),
            ({"tumour": "nobody"}, "the tumour sample nobody is not in the file"),
        ):
            errors = check_variants(request_for(path, ["child"], **options)).errors
            assert any(cause in str(item) for item in errors)
        beyond = written(tmp_path, text(record(POS="159138664")))
        [error, *_] = check_variants(request_for(beyond, ["child"])).errors
        assert "beyond the end" in str(error) and error.row > 0
