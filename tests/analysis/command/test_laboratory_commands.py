"""`python -m analysis mlpa|vcf|coverage|ikzf1` on the demonstration's raw files."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from analysis.__main__ import main
from analysis.demonstration import build
from analysis.demonstration.raw_files import write_raw_files

ROOT = Path(__file__).resolve().parents[3]
SHARED = ROOT.parent / "shared" / "data"
# Zhang's exons 4-7 with p.Arg162Trp: the child of the plan who has both.
BOTH = "DEMO-0044"


@pytest.fixture(scope="module")
def raw(tmp_path_factory):
    return write_raw_files(tmp_path_factory.mktemp("raw"), build())


@pytest.fixture
def ask(capsys):
    def asked(*arguments):
        status = main([str(item) for item in arguments])
        out, err = capsys.readouterr()
        return status, out, err

    return asked


@pytest.fixture
def data(ask):
    def asked(*arguments):
        status, out, err = ask(*arguments, "--json")
        assert (status, err) == (0, "")
        return json.loads(out)

    return asked


@pytest.fixture
def refused(ask):
    def asked(*arguments):
        status, out, err = ask(*arguments)
        assert (status, out) == (2, "")
        return err

    return asked


def run_of(raw, number):
    return next(
        run for run in raw.mlpa if any(item.hospital_number == number for item in run.samples)
    )


def sequenced(raw, number):
    return next(item for item in raw.sequencing if item.sample.hospital_number == number)


def name_of(number):
    return f"{number}-BM_{number}"


def files_of(raw, number):
    own = sequenced(raw, number)
    return [*run_of(raw, number).paths, own.variants, own.reads, own.panel]


# --- mlpa ---------------------------------------------------------------------------------------


def test_mlpa_document_has_the_keys_promised(raw, data):
    found = data("mlpa", *run_of(raw, BOTH).paths)
    assert {"samples"} <= set(found)
    for sample in found["samples"]:
        assert {"name", "quality", "probes", "genes", "ikzf1"} <= set(sample)
        assert sample["quality"] in ("passed", "warning", "failed", "blocked", "not_checked")
        for probe in sample["probes"]:
            assert {"probe", "gene", "exon", "ratio", "call"} <= set(probe)
            assert isinstance(probe["ratio"], float)
    roles = [sample["role"] for sample in found["samples"]]
    assert roles[-6:] == ["reference"] * 5 + ["water"]


def test_mlpa_calls_the_exons_of_the_plan(raw, data):
    found = data("mlpa", *run_of(raw, BOTH).paths, "--sample", name_of(BOTH))
    (sample,) = found["samples"]
    calls = {probe["exon"]: probe["call"] for probe in sample["probes"] if probe["gene"] == "IKZF1"}
    lost = {exon for exon, call in calls.items() if call == "het_del"}
    assert (set(calls), lost) == (set("12345678"), set("4567"))
    assert sample["genes"]["IKZF1"]["deleted"] == ["4-7"]
    assert sample["ikzf1"]["large_deletion"] == "altered"
    assert [item["exons"] for item in sample["ikzf1"]["deletions"]] == ["4-7"]


def test_mlpa_of_a_failed_sample_is_not_evaluable_and_of_water_not_tested(raw, data):
    found = data("mlpa", *run_of(raw, "DEMO-0201").paths)
    samples = {sample["name"]: sample for sample in found["samples"]}
    failed = samples[name_of("DEMO-0201")]
    assert failed["quality"] == "failed"
    assert failed["ikzf1"]["large_deletion"] == "not_evaluable"
    assert {probe["call"] for probe in failed["probes"]} == {"not_evaluable"}
    assert samples["WATER"]["ikzf1"]["large_deletion"] == "not_tested"
    assert samples["REF-1"]["ikzf1"]["large_deletion"] == "not_detected"


def test_mlpa_names_the_normalisation_asked_for(raw, data):
    found = data("mlpa", *run_of(raw, BOTH).paths, "--normalisation", "all_samples")
    assert found["normalisation"] == "all_samples"


def test_mlpa_text_names_every_probe_and_the_reason(raw, ask):
    _, out, _ = ask("mlpa", *run_of(raw, BOTH).paths, "--sample", name_of(BOTH))
    assert "IKZF1 exon 4" in out
    assert "IKZF1: loss of 4-7." in out


def test_mlpa_text_in_chinese_has_the_calls_in_chinese(raw, ask):
    paths = run_of(raw, BOTH).paths
    _, out, _ = ask("mlpa", *paths, "--sample", name_of(BOTH), "--language", "zh-hans")
    assert out.count("杂合缺失") >= 4


def test_mlpa_without_probemix_is_refused(raw, refused):
    assert "probemix" in refused("mlpa", run_of(raw, BOTH).peaks)


def test_mlpa_sample_that_is_not_there_is_refused_with_the_names(raw, refused):
    message = refused("mlpa", *run_of(raw, BOTH).paths, "--sample", "nobody")
    assert "nobody" in message
    assert name_of(BOTH) in message


@pytest.mark.skipif(not SHARED.exists(), reason="the shared files are not here")
def test_mlpa_ratio_workbook_says_that_its_quality_is_not_checked(data):
    (sample,) = data("mlpa", SHARED / "mlpa" / "dmlpa.xlsx")["samples"]
    assert sample["quality"] == "not_checked"
    assert sample["genes"]["APC"]["call"] == "normal"
    assert sample["ikzf1"]["large_deletion"] == "not_tested"


# --- vcf ----------------------------------------------------------------------------------------

VARIANT = {"chrom", "pos", "ref", "alt", "gene", "transcript", "hgvs_c", "hgvs_p", "consequence",
           "vaf", "depth", "filter"}  # fmt: skip


def test_vcf_document_has_the_keys_promised(raw, data):
    found = data("vcf", sequenced(raw, BOTH).variants)
    assert {"records", "kept", "dropped", "variants"} <= set(found)
    assert found["records"] == found["kept"] + sum(found["dropped"].values())
    assert found["kept"] == len(found["variants"])
    assert all(set(item) >= VARIANT for item in found["variants"])
    own = next(item for item in found["variants"] if item["gene"] == "IKZF1")
    assert (own["chrom"], own["pos"], own["ref"], own["alt"]) == ("7", 50450300, "C", "T")
    assert (own["hgvs_c"], own["hgvs_p"]) == ("c.484C>T", "p.Arg162Trp")
    assert (own["filter"], own["consequence"]) == ("PASS", "missense")
    assert isinstance(own["vaf"], float)
    assert isinstance(own["depth"], int)


def test_vcf_filters_are_those_asked_for(raw, data):
    path = sequenced(raw, BOTH).variants
    every = data("vcf", path, "--no-filters")
    assert (every["kept"], every["dropped"]) == (every["records"], {})
    # Each of the demonstration's files has one record for each of these filters.
    assert data("vcf", path)["dropped"] == {"caller_filter": 1, "vaf": 1}
    coding = data("vcf", path, "--filters", "coding")["dropped"]
    assert set(coding) == {"caller_filter", "vaf", "population_frequency", "synonymous"}


def test_vcf_limit_of_ones_own_is_named_in_the_filter_set(raw, data):
    path = sequenced(raw, BOTH).variants
    found = data("vcf", path, "--min-vaf", "0.9", "--no-filters")
    assert found["kept"] == 0
    assert "min_vaf 0.9" in found["filters"]["name"]


def test_vcf_dropped_calls_are_listed_with_line_and_reason(raw, data):
    found = data("vcf", sequenced(raw, BOTH).variants, "--dropped")
    reasons = {item["reason"]: item for item in found["dropped_calls"]}
    assert set(reasons) == {"caller_filter", "vaf"}
    assert reasons["vaf"]["value"] == "0.004"
    assert reasons["vaf"]["line"] > 1


def test_vcf_of_several_files_is_a_document_each(raw, data):
    paths = [sequenced(raw, number).variants for number in ("DEMO-0001", "DEMO-0002")]
    found = data("vcf", *paths)
    assert [item["file"] for item in found["files"]] == [path.name for path in paths]
    assert found["files"][0] == data("vcf", paths[0])


def test_vcf_that_is_no_vcf_is_refused_with_file_and_line(tmp_path, refused):
    path = tmp_path / "wrong.vcf"
    path.write_text("hello\n", encoding="utf-8")
    assert "wrong.vcf, line 1:" in refused("vcf", path)


def test_missing_file_is_refused_by_every_command(tmp_path, refused):
    path = tmp_path / "nothing.here"
    for arguments in (["mlpa", path], ["vcf", path], ["coverage", path, path], ["ikzf1", path]):
        assert "nothing.here" in refused(*arguments)


@pytest.mark.skipif(not SHARED.exists(), reason="the shared files are not here")
@pytest.mark.parametrize(
    ("name", "records", "gene"),
    [
        ("maftools/tcga_laml.maf.gz", 2207, "ABCA10"),
        ("vcf/annovar/variants.hg19_multianno.txt", 10, "ENSG00000157404"),
        ("ngs_wales/sample15_variants.tsv", 1, "TP53"),
    ],
)
def test_vcf_reads_tables_of_variants(data, name, records, gene):
    found = data("vcf", SHARED / name)
    assert found["records"] == records
    assert found["variants"][0]["gene"] == gene
    assert "vaf" in found["variants"][0]


@pytest.mark.skipif(not SHARED.exists(), reason="the shared files are not here")
def test_vcf_table_of_many_samples_answers_for_one_when_named(data, refused):
    path = SHARED / "maftools" / "tcga_laml.maf.gz"
    found = data("vcf", path, "--tumour", "TCGA-AB-2988")
    assert {item["sample"] for item in found["variants"]} == {"TCGA-AB-2988"}
    assert "TCGA-XX" in refused("vcf", path, "--tumour", "TCGA-XX")


# --- coverage -----------------------------------------------------------------------------------


def test_coverage_document_has_the_keys_promised(raw, data):
    own = sequenced(raw, BOTH)
    found = data("coverage", own.reads, own.panel, "--depths", "50,1000")
    assert {"mean_depth", "fraction_at", "regions"} <= set(found)
    assert set(found["fraction_at"]) == {"50", "1000"}
    assert found["fraction_at"]["50"] == 1.0
    regions = {item["name"]: item for item in found["regions"]}
    assert all({"chrom", "start", "end", "mean_depth"} <= set(item) for item in found["regions"])
    assert set(regions) == {f"IKZF1_exon{exon}" for exon in range(1, 9)}
    # 60 reads a base in exon 3 and 1450 in the others, as the demonstration makes them.
    assert regions["IKZF1_exon3"]["mean_depth"] == 60
    assert regions["IKZF1_exon4"]["mean_depth"] == 1450
    assert found["ikzf1_low_exons"] == [3]


def test_coverage_limits_leave_reads_out(raw, data):
    own = sequenced(raw, BOTH)
    assert data("coverage", own.reads, own.panel, "--min-mapq", "61")["mean_depth"] == 0


def test_coverage_text_names_the_exon_that_cannot_be_judged(raw, ask):
    own = sequenced(raw, BOTH)
    _, out, _ = ask("coverage", own.reads, own.panel)
    assert "SNV/InDel not evaluable in exons: 3" in out


def test_coverage_of_a_bed_in_the_place_of_reads_is_refused(raw, refused):
    own = sequenced(raw, BOTH)
    assert "IKZF1_targets.bed: neither BAM nor CRAM" in refused("coverage", own.panel, own.panel)


# --- ikzf1 --------------------------------------------------------------------------------------

STATUS = {"state", "kind", "large_deletion", "snv_indel", "headline", "deletions", "variants",
          "exons", "reasons", "missing", "rule_version", "low_depth_exons"}  # fmt: skip


def test_ikzf1_of_all_files_is_one_status(raw, data):
    found = data("ikzf1", *files_of(raw, BOTH), "--sample", name_of(BOTH))
    assert set(found) >= STATUS
    answers = (found["state"], found["kind"], found["large_deletion"], found["snv_indel"])
    assert answers == ("altered", "both", "altered", "altered")
    (lost,) = found["deletions"]
    assert (lost["exons"], lost["zygosity"]) == ("4-7", "heterozygous")
    (variant,) = found["variants"]
    assert (variant["hgvs_p"], variant["exon"], variant["verdict"]) == ("p.Arg162Trp", 5, "counted")
    assert found["low_depth_exons"] == [3]
    assert [item["exon"] for item in found["exons"]] == list(range(1, 9))
    assert found["reasons"][-1]["code"] == "status_altered"


def test_ikzf1_files_in_any_order_give_the_same_status(raw, data):
    files = files_of(raw, BOTH)
    first = data("ikzf1", *files, "--sample", name_of(BOTH))
    last = data("ikzf1", *reversed(files), "--sample", name_of(BOTH))
    assert first.pop("files") == last.pop("files")[::-1]
    assert first == last


def test_ikzf1_of_mlpa_alone_leaves_sequencing_not_tested(raw, data):
    found = data("ikzf1", *run_of(raw, BOTH).paths, "--sample", name_of(BOTH))
    assert (found["large_deletion"], found["snv_indel"]) == ("altered", "not_tested")
    assert found["kind"] == "large_deletion_only"


def test_ikzf1_of_a_vcf_alone_leaves_mlpa_not_tested(raw, data):
    path = sequenced(raw, "DEMO-0001").variants
    found = data("ikzf1", path, "--mean-depth", "1400", "--covers-ikzf1", "yes")
    assert (found["large_deletion"], found["snv_indel"]) == ("not_tested", "not_detected")
    assert found["state"] == "not_tested"
    assert {item["call"] for item in found["exons"]} == {"not_tested"}


def test_ikzf1_of_a_vcf_without_depth_or_panel_is_not_called_normal(raw, data):
    path = sequenced(raw, "DEMO-0001").variants
    assert data("ikzf1", path)["snv_indel"] == "not_tested"
    assert data("ikzf1", path, "--covers-ikzf1", "yes")["snv_indel"] == "not_evaluable"
    shallow = data("ikzf1", path, "--covers-ikzf1", "yes", "--mean-depth", "400")
    assert shallow["snv_indel"] == "not_evaluable"
    assert "below 1000" in shallow["headline"]


def test_ikzf1_low_exons_that_are_told_are_not_evaluable(raw, data):
    path = sequenced(raw, "DEMO-0001").variants
    told = ("--covers-ikzf1", "yes", "--mean-depth", "1400", "--low-exons", "5,4")
    found = data("ikzf1", path, *told)
    assert (found["snv_indel"], found["low_depth_exons"]) == ("not_evaluable", [4, 5])


def test_ikzf1_with_few_blasts_excludes_no_deletion(raw, data):
    number = "DEMO-0001"
    paths = run_of(raw, number).paths
    found = data("ikzf1", *paths, "--sample", name_of(number))
    assert found["large_deletion"] == "not_detected"
    found = data("ikzf1", *paths, "--sample", name_of(number), "--blasts", "12")
    assert (found["large_deletion"], found["blast_percent"]) == ("not_evaluable", 12)


def test_ikzf1_of_a_run_of_many_asks_for_the_sample(raw, refused):
    run = max(raw.mlpa, key=lambda item: len(item.samples))
    assert "--sample" in refused("ikzf1", *run.paths)


def test_ikzf1_of_reads_without_their_bed_is_refused(raw, refused):
    own = sequenced(raw, BOTH)
    assert "BED" in refused("ikzf1", own.variants, own.reads)


def test_ikzf1_of_two_vcfs_is_refused(raw, refused):
    paths = [sequenced(raw, number).variants for number in ("DEMO-0001", "DEMO-0002")]
    assert "not several" in refused("ikzf1", *paths)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_ikzf1_text_gives_answer_and_reasons(raw, ask, language):
    files = files_of(raw, BOTH)
    status, out, _ = ask("ikzf1", *files, "--sample", name_of(BOTH), "--language", language)
    assert status == 0
    for text in ("IKZF1", "c.484C>T", "p.Arg162Trp", "0.54"):
        assert text in out


# --- as a process -------------------------------------------------------------------------------


def test_process_prints_one_document_and_ends_with_0(raw):
    path = sequenced(raw, BOTH).variants
    done = subprocess.run(
        [sys.executable, "-m", "analysis", "vcf", str(path), "--json"],
        cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=True, timeout=120,
    )  # fmt: skip
    assert json.loads(done.stdout)["kept"] >= 1
    assert done.stderr == ""
