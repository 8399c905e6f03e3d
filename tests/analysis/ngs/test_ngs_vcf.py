"""VCF and BCF: what is read agrees with the text, with pysam, and with what the header says."""

import gzip
import json

import pysam
import pytest
from ngs_files import COLUMNS, META, SHARED, record, text, written

from analysis.file_problems import FileRefused
from analysis.ngs.alleles import left_aligned, parsimonious
from analysis.ngs.build import build_of
from analysis.ngs.filters import CODING_FILTERS, MEDIAN_FILTERS, STUDY_FILTERS, Drop, FilterSet
from analysis.ngs.header import TumourBasis
from analysis.ngs.text_lines import STANDARD_LIMITS
from analysis.ngs.vcf import open_vcf
from analysis.ngs.vcf_result import analyse_vcf

EVERYTHING = FilterSet("no filter", "1", caller_filter=False)
# file -> the sample to name, where the header does not say which is the tumour
FILES = {
    "annovar/view.filter.annovar.vcf": "NA00002",
    "mutect2_gatk3/8_mutect2_sorted.vcf.gz": None,
    "mutect2_gatk3/NA12878.ob_filtered.vcf": None,
    "mutect2_gatk3/dream3-chr21.vcf": None,
    "mutect2_gatk3/gatk3-dream3-mini.vcf": None,
    "mutect2_gatk4/SM-74P4M-filtered_sample_name_test.vcf": None,
    "mutect2_gatk4/gatk_IS3_dream.vcf": None,
    "mutect2_gatk4/gatk_m2_tumoronly_sample1.vcf": None,
    "mutect2_gatk4/gatk_mc3_M2.vcf": None,
    "mutect2_gatk4/many-allelic-somatic.vcf": None,
    "snpeff/test.snpeff.vcf": "1094PC0012",
    "vep_csq/pvactools_m2gatk3_vep_tumour_2734.vcf.gz": None,
    "vep_csq/vatools_multiple_transcripts.vcf": None,
}
TUMOURS = {
    "mutect2_gatk3/8_mutect2_sorted.vcf.gz": "TUMOR",
    "mutect2_gatk3/NA12878.ob_filtered.vcf": "TUMOR",
    "mutect2_gatk4/SM-74P4M-filtered_sample_name_test.vcf": "SM-74P4M",
    "mutect2_gatk4/gatk_IS3_dream.vcf": "IS3.snv.indel.sv",
    "mutect2_gatk4/gatk_m2_tumoronly_sample1.vcf": "sample1",
    "mutect2_gatk4/gatk_mc3_M2.vcf": "TUMOR",
}


def shared(name):
    path = SHARED / "vcf" / name
    if not path.exists():
        pytest.skip(f"shared file {name} is not here")
    return path


def plain_rows(path):
    raw = path.read_bytes()
    content = (gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw).decode()
    return [line.split("\t") for line in content.splitlines() if line[0] != "#"]


@pytest.mark.parametrize("name", FILES)
def test_counts_agree_with_the_text_of_every_shared_file(name):
    path = shared(name)
    rows = plain_rows(path)
    result = analyse_vcf(path, tumour=FILES[name])
    assert result.records == len(rows)
    assert result.alleles == sum(row[4].count(",") + 1 for row in rows)
    failed = [r for r in rows if r[6] not in ("PASS", ".") and set(r[4]) <= set("ACGT,")]
    counted = sum(row[4].count(",") + 1 for row in failed)
    assert result.dropped.get(Drop.CALLER, 0) == counted
    assert sum(result.dropped.values()) + result.kept == result.alleles
    assert json.loads(json.dumps(result.to_json()))["kept"] == len(result.variants)


@pytest.mark.parametrize("name", FILES)
def test_values_agree_with_pysam_on_every_shared_file(name):
    path = shared(name)
    reader = open_vcf(path, tumour=FILES[name], limits=STANDARD_LIMITS)
    ours = list(reader.calls())
    theirs = []
    with pysam.VariantFile(str(path)) as file:
        for item in file:
            sample = item.samples[reader.tumour.sample]
            reads = sample.get("AD")
            depth = sample.get("DP")
            known = reads and None not in reads and len(reads) == len(item.alts or ()) + 1
            if depth is None and known:
                depth = sum(reads)
            for place, alt in enumerate(item.alts or (".",)):
                fraction = sample.get("AF")
                fraction = fraction[place] if isinstance(fraction, tuple) else fraction
                theirs.append((item.pos, item.ref, alt, tuple(item.filter), depth, fraction))
    assert len(ours) == len(theirs)
    for call, (pos, ref, alt, filters, depth, fraction) in zip(ours, theirs, strict=True):
        assert (call.written, call.filters, call.depth) == ((pos, ref, alt), filters, depth)
        if fraction is not None:
            assert call.vaf == pytest.approx(fraction, abs=1e-6)


@pytest.mark.parametrize("name", TUMOURS)
def test_tumour_is_found_by_the_header(name):
    reader = open_vcf(shared(name), limits=STANDARD_LIMITS)
    assert (reader.tumour.sample, reader.tumour.basis) == (TUMOURS[name], TumourBasis.HEADER)


@pytest.mark.parametrize(
    "name", ["annovar/view.filter.annovar.vcf", "snpeff/test.snpeff.vcf"]
)  # fmt: skip
def test_several_samples_without_a_tumour_in_the_header_are_refused(name):
    with pytest.raises(FileRefused, match="no header says which is the tumour"):
        analyse_vcf(shared(name))


def test_undeclared_format_fields_of_a_shared_file_are_refused_with_their_line():
    path = shared("vep_csq/vatools_input.snvs_and_indels.vcf")
    first = next(
        number
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if line[0] != "#" and "DP" in line.split("\t")[8].split(":")
    )
    with pytest.raises(FileRefused) as caught:
        analyse_vcf(path)
    problem = caught.value.problems[0]
    assert problem.line == first
    assert "not declared" in problem.text()


@pytest.mark.parametrize("order", [("child", "remission"), ("remission", "child")])
def test_tumour_is_not_taken_by_position(tmp_path, order):
    columns = [*COLUMNS[:9], *order]
    cells = record().split("\t")
    pair = {"child": cells[9], "remission": cells[10]}
    line = "\t".join([*cells[:9], *(pair[name] for name in order)])
    variant = analyse_vcf(written(tmp_path, text(line, columns=columns))).variants[0]
    assert (variant.vaf, variant.depth, variant.alt_reads) == (0.012, 1003, 12)


def test_fraction_keeps_the_digits_of_the_file(tmp_path):
    assert analyse_vcf(written(tmp_path, text())).to_json()["variants"][0]["vaf"] == 0.012


def test_bcf_gzip_and_bgzip_give_what_the_plain_text_gives(tmp_path):
    lines = [record(), record(POS="50450300", ALT="T,AC", child="0/1/2:90,5,5:0.05,0.05:100",
                              remission="0/0:9,0,0:0,0:9", INFO="TLOD=1.5,2")]  # fmt: skip
    plain = written(tmp_path, text(*lines))
    packed = written(tmp_path, gzip.compress(text(*lines).encode()), "made.vcf.gz")
    block = tmp_path / "block.vcf.gz"
    pysam.tabix_compress(str(plain), str(block))
    binary = tmp_path / "made.bcf"
    with (
        pysam.VariantFile(str(plain)) as source,
        pysam.VariantFile(str(binary), "wb", header=source.header) as target,
    ):
        for item in source:
            target.write(item)
    expected = analyse_vcf(plain).to_json()
    assert expected["kept"] == 3
    for path in (packed, block, binary):
        assert analyse_vcf(path).to_json() == expected


def test_multiallelic_record_is_split_with_its_own_reads(tmp_path):
    line = record(REF="CA", ALT="C,CAA", INFO="TLOD=1,2", child="0/1/2:80,15,5:0.15,0.05:104",
                  remission="0/0:9,0,0:0,0:9")  # fmt: skip
    variants = analyse_vcf(written(tmp_path, text(line))).variants
    assert [(v.ref, v.alt, v.vaf, v.alt_reads, v.depth) for v in variants] == [
        ("CA", "C", 0.15, 15, 104),
        ("C", "CA", 0.05, 5, 104),
    ]


def test_gatk3_depth_is_the_sum_of_ad_and_the_fraction_falls_back_on_ad(tmp_path):
    line = record(FORMAT="GT:AD", child="0/1:97,3", remission="0/0:5,0")
    variant = analyse_vcf(written(tmp_path, text(line))).variants[0]
    assert (variant.depth, variant.vaf, variant.vaf_from) == (100, 0.03, "AD")


def test_mutect1_fraction_is_read_from_fa(tmp_path):
    meta = [line.replace("ID=AF,Number=A", "ID=FA,Number=A") for line in META]
    line = record(FORMAT="GT:AD:FA:DP")
    variant = analyse_vcf(written(tmp_path, text(line, meta=meta))).variants[0]
    assert (variant.vaf, variant.vaf_from) == (0.012, "FA")


def test_filter_point_is_kept_apart_from_pass(tmp_path):
    path = written(tmp_path, text(record(FILTER="."), record(), record(FILTER="t_lod")))
    result = analyse_vcf(path)
    assert [item.to_json()["filter"] for item in result.variants] == [".", "PASS"]
    assert dict(result.unchecked)[Drop.CALLER] == 1
    strict = FilterSet("strict", "1", unfiltered_drops=True)
    assert analyse_vcf(path, filters=strict).dropped == {Drop.CALLER: 1, Drop.UNFILTERED: 1}


def test_dropped_call_is_found_again_with_its_reason(tmp_path):
    low = record(POS="77", child="0/1:991,9:0.009:1000")
    result = analyse_vcf(written(tmp_path, text(record(), low)))
    assert result.to_json()["dropped"] == {"vaf": 1}
    (found,) = result.dropped_at("7", 77)
    assert found.line == len(META) + 3
    assert "VAF below the limit (0.009)" in found.message.text()


def test_missing_call_and_reference_call_are_two_reasons(tmp_path):
    none = record(child="./.", FORMAT="GT", remission="0/0")
    reference = record(child="0/0", FORMAT="GT", remission="0/0")
    heterozygous = record(child="0/1", FORMAT="GT", remission="0/0")
    result = analyse_vcf(written(tmp_path, text(none, reference, heterozygous)))
    assert result.dropped == {Drop.NO_CALL: 1, Drop.REFERENCE: 1}
    assert result.variants[0].vaf is None
    assert dict(result.unchecked)[Drop.VAF] == 1


def test_median_qualities_of_the_allele_are_filtered_where_the_file_states_them(tmp_path):
    meta = [*META]
    meta[5:5] = [
        '##FORMAT=<ID=MMQ,Number=A,Type=Integer,Description="mapq">',
        '##FORMAT=<ID=MBQ,Number=R,Type=Integer,Description="bq">',
    ]
    rows = [
        record(FORMAT="GT:AF:MMQ:MBQ", child=f"0/1:0.1:{mapq}:{quality}", remission="0/0")
        for mapq, quality in (("60", "19,20"), ("29", "35,35"), ("30", "35,19"), ("60", "35,29"))
    ]
    path = written(tmp_path, text(*rows, meta=meta))
    assert analyse_vcf(path).dropped == {Drop.MAPQ: 1, Drop.BASE_QUALITY: 1}
    strict = analyse_vcf(path, filters=MEDIAN_FILTERS)
    assert strict.dropped == {Drop.MAPQ: 1, Drop.BASE_QUALITY: 3}


def test_a_median_of_29_is_no_read_below_30():
    # The limit on bases belongs to reads; GATK's own limit on medians is 20.
    assert (STUDY_FILTERS.min_base_quality, STUDY_FILTERS.min_median_base_quality) == (30, 20)
    assert "unconfirmed" in dict(STUDY_FILTERS.sources)["min_median_base_quality"]


def test_study_filter_set_holds_the_limits_of_the_paper_with_their_source():
    study = STUDY_FILTERS
    limits = (study.min_mean_depth, study.min_mapq, study.min_base_quality, study.min_vaf)
    assert limits == (1000, 30, 30, 0.01)
    assert {"min_mean_depth", "min_mapq", "min_base_quality", "min_vaf"} <= dict(
        study.sources
    ).keys()
    assert "max_population_frequency" in dict(CODING_FILTERS.sources)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ((100, "GCAC", "GC"), (100, "GCA", "G")),
        ((100, "CTCC", "CACC"), (101, "T", "A")),
        ((100, "GG", "GA"), (101, "G", "A")),
        ((100, "A", "AT"), (100, "A", "AT")),
    ],
)
def test_alleles_are_trimmed_to_parsimony(given, expected):
    assert parsimonious(*given) == expected


def test_indel_is_left_aligned_on_the_reference():
    genome = "GGGCACACACAGGG"  # the example of Tan et al. 2015

    def fetch(chrom, start, end):
        return genome[start:end]

    for pos, ref, alt in ((6, "CAC", "C"), (3, "GCACA", "GCA"), (2, "GGCA", "GG")):
        assert left_aligned("1", pos, ref, alt, fetch) == (3, "GCA", "G")


def test_reference_left_aligns_and_contradicts(tmp_path):
    fasta = tmp_path / "ref.fa"
    fasta.write_text(">7\nTTTGGGCACACACAGGG\n")
    pysam.faidx(str(fasta))
    right = written(tmp_path, text(record(POS="12", REF="ACA", ALT="A")))
    variant = analyse_vcf(right, reference=fasta).variants[0]
    assert (variant.pos, variant.ref, variant.alt) == (6, "GCA", "G")
    wrong = written(tmp_path, text(record(POS="12", REF="C", ALT="T")))
    with pytest.raises(FileRefused, match="wrong build"):
        analyse_vcf(wrong, reference=fasta)


def test_build_is_known_by_lengths_and_compared(tmp_path):
    path = written(tmp_path, text())
    assert analyse_vcf(path, build="GRCh37").build.name == "GRCh37"
    with pytest.raises(FileRefused, match="on GRCh37"):
        analyse_vcf(path, build="GRCh38")
    assert build_of({"chr7": 159345973}).name == "GRCh38"
    assert build_of({"7": 159138663, "8": 145138636}).name == ""
    assert build_of({}, ("file:///ref/hs37d5.fa",)).name == "GRCh37"
