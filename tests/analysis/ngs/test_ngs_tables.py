"""Variant lists as tables: MAF, multianno text, mapped columns."""

import csv
import gzip
from dataclasses import replace

import pytest
from ngs_files import SHARED, written

from analysis.file_problems import FileRefused
from analysis.ikzf1_evidence import VariantConsequence as C
from analysis.ngs.filters import STUDY_FILTERS, Drop
from analysis.ngs.tables import MAF, MULTIANNO, SOMATIC_DB, read_variant_table


def shared(name):
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"shared file {name} is not here")
    return path


def test_maf_counts_agree_with_its_text():
    path = shared("maftools/tcga_laml.maf.gz")
    content = gzip.decompress(path.read_bytes()).decode().splitlines()
    rows = list(csv.DictReader(content, delimiter="\t"))
    mapping = replace(MAF, vaf=("i_TumorVAF_WU",), vaf_unit="percent")
    result = read_variant_table(path, mapping, build="GRCh37")
    low = [
        r for r in rows if r["i_TumorVAF_WU"] not in ("NA", "") and float(r["i_TumorVAF_WU"]) < 1
    ]
    assert result.records == len(rows) == 2207
    assert result.dropped.get(Drop.VAF, 0) == len(low)
    assert len(result.rows) == len(rows) - len(low)
    assert len({item.sample for item in result.rows}) <= 193
    found = [item.variant.consequence for item in result.rows]
    missense = sum(r["Variant_Classification"] == "Missense_Mutation" for r in rows)
    assert found.count(C.MISSENSE) == missense - sum(
        r["Variant_Classification"] == "Missense_Mutation" for r in low
    )
    first = result.rows[0].variant
    assert (first.gene, first.transcript, first.vaf, first.hgvs_p) == (
        "ABCA10", "NM_080282.3", 0.4566, "p.Lys960Arg",
    )  # fmt: skip


def test_maf_of_another_build_is_refused():
    with pytest.raises(FileRefused, match="line 2: the row is on GRCh37"):
        read_variant_table(shared("maftools/tcga_laml.maf.gz"), MAF, build="GRCh38")


def test_multianno_with_carriage_returns_is_read():
    path = shared("vcf/annovar/variants.hg19_multianno.txt")
    rows = list(csv.DictReader(path.read_text().splitlines(), delimiter="\t"))
    result = read_variant_table(path, MULTIANNO)
    assert result.records == len(rows) == len(result.rows)
    assert [item.sample for item in result.rows] == [row["Tumor_Sample_Barcode"] for row in rows]
    second = result.rows[1].variant
    assert (second.transcript, second.hgvs_c, second.hgvs_p, second.consequence) == (
        "ENST00000288135", "c.2447A>T", "p.Asp816Val", C.MISSENSE,
    )  # fmt: skip
    deletion = result.rows[4].variant
    assert (deletion.alt, deletion.hgvs_c, deletion.consequence) == (
        "-",
        "c.25_31del",
        C.FRAMESHIFT,
    )


def test_mapped_table_of_a_somatic_service_is_read():
    result = read_variant_table(shared("ngs_wales/sample15_variants.tsv"), SOMATIC_DB)
    (item,) = result.rows
    variant = item.variant
    assert (variant.gene, variant.transcript, variant.hgvs_c) == ("TP53", "NM_000546.6", "c.215C>G")
    assert (variant.hgvs_p, variant.vaf, variant.depth) == ("p.Pro72Arg", 0.421, 240)


HEAD = "chr\tpos\tref\talt\tgene\tvaf\tdepth\n"


@pytest.mark.parametrize(
    ("content", "line", "cause"),
    [
        ("chr\tpos\tref\n7\t1\tA\n", 1, "column alt is missing"),
        (HEAD + "7\t0\tA\tT\tIKZF1\t0.1\t9\n", 2, "POS"),
        (HEAD + "7\t5\tA\t<DEL>\tIKZF1\t0.1\t9\n", 2, "no allele"),
        (HEAD + "7\t5\tA\tT\tIKZF1\t10\t9\n", 2, "VAF cannot be read as fraction"),
        (HEAD + "7\t5\tA\tT\tIKZF1\t0.1\tmany\n", 2, "depth is no number"),
        (HEAD + "7\t5\tA\tT\n", 2, "4 columns instead of 7"),
        ("chr\tchr\tpos\tref\talt\n", 1, "one name"),
        (HEAD.encode() + "7\t5\tA\tT\t基因\t0.1\t9\n".encode("gbk"), 2, "UTF-8"),
    ],
)
def test_bad_table_is_refused_with_line_and_cause(tmp_path, content, line, cause):
    with pytest.raises(FileRefused, match=cause) as caught:
        read_variant_table(written(tmp_path, content, "list.tsv"), SOMATIC_DB)
    assert caught.value.problems[0].line == line


def test_percent_is_only_read_where_it_is_said(tmp_path):
    path = written(tmp_path, HEAD + "7\t5\tA\tT\tIKZF1\t0.5\t900\n", "list.tsv")
    assert read_variant_table(path, SOMATIC_DB).rows[0].variant.vaf == 0.5
    percent = replace(SOMATIC_DB, vaf_unit="percent")
    result = read_variant_table(path, percent, filters=STUDY_FILTERS)
    assert result.dropped == {Drop.VAF: 1}
    with pytest.raises(ValueError, match="fraction or percent"):
        replace(SOMATIC_DB, vaf_unit="per mille")
