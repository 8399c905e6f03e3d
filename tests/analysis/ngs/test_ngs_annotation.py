"""What annotators say: names, transcripts, consequences, frequencies."""

import gzip
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from ngs_files import META, SHARED, record, text, written

from analysis.gene import ikzf1
from analysis.ikzf1_evidence import VariantConsequence
from analysis.ngs import annovar, hgvs
from analysis.ngs.annotation import Annotator
from analysis.ngs.filters import CODING_FILTERS, Drop
from analysis.ngs.ikzf1_sequencing import sequencing_assay
from analysis.ngs.transcripts import TranscriptBasis, preferred_transcripts
from analysis.ngs.vcf_result import analyse_vcf

INFO = '##INFO=<ID={},Number={},Type={},Description="{}">'
ANNOVAR = [
    INFO.format(f"{part}.refGene", ".", "String", part)
    for part in ("Func", "Gene", "GeneDetail", "ExonicFunc", "AAChange")
]
ANNOVAR += [
    INFO.format("ANNOVAR_DATE", "1", "String", "start"),
    INFO.format("ALLELE_END", "0", "Flag", "end"),
    INFO.format("ExAC_ALL", "1", "Float", "ExAC"),
    INFO.format("gnomAD_exome_ALL", "1", "Float", "gnomAD"),
]
CSQ = INFO.format("CSQ", ".", "String", "Consequence annotations from Ensembl VEP. Format: {}")
ANN = INFO.format("ANN", ".", "String", "Functional annotations: '{}' ")


def annotated(tmp_path, lines, *records, **options):
    path = written(tmp_path, text(*records, meta=[*META, *lines]))
    return analyse_vcf(path, **options)


def annovar_info(func="exonic", exonic="nonsynonymous_SNV", change=".", detail=".", more=""):
    return (
        f"ANNOVAR_DATE=2019-10-24;Func.refGene={func};Gene.refGene=IKZF1;"
        f"GeneDetail.refGene={detail};ExonicFunc.refGene={exonic};AAChange.refGene={change}"
        f"{more};ALLELE_END"
    )


def test_annovar_names_become_hgvs_on_the_preferred_transcript(tmp_path):
    change = "IKZF1:NM_001220765:exon4:c.A349T:p.N117Y,IKZF1:NM_006060:exon5:c.A475T:p.N159Y"
    result = annotated(tmp_path, ANNOVAR, record(INFO=annovar_info(change=change)))
    (variant,) = result.variants
    assert result.annotator is Annotator.ANNOVAR
    assert (variant.transcript, variant.hgvs_c, variant.hgvs_p) == (
        "NM_006060", "c.475A>T", "p.Asn159Tyr",
    )  # fmt: skip
    assert (variant.basis, variant.others) == (TranscriptBasis.TABLE, ("NM_001220765",))
    assert variant.consequence is VariantConsequence.MISSENSE
    assert variant.name_check is hgvs.NameCheck.VALID


def test_annovar_splice_variant_takes_its_name_from_the_escaped_detail(tmp_path):
    info = annovar_info(
        func=r"exonic\x3bsplicing",
        exonic=".",
        detail=r"NM_001220765:exon3:c.160+1G>A\x3bNM_006060:exon3:c.160+1G>A",
    )
    (variant,) = annotated(tmp_path, ANNOVAR, record(INFO=info)).variants
    assert (variant.transcript, variant.hgvs_c) == ("NM_006060", "c.160+1G>A")
    assert variant.consequence is VariantConsequence.SPLICE


def test_annovar_blocks_belong_to_their_alleles(tmp_path):
    first = annovar_info(change="IKZF1:NM_006060:exon5:c.A475T:p.N159Y")
    second = annovar_info(change="IKZF1:NM_006060:exon5:c.A475C:p.N159H")
    line = record(ALT="T,C", INFO=f"{first};{second}", child="0/1/2:80,15,5:0.15,0.05:100",
                  remission="0/0:9,0,0:0,0:9")  # fmt: skip
    variants = annotated(tmp_path, ANNOVAR, line).variants
    assert [(v.alt, v.hgvs_p) for v in variants] == [("T", "p.Asn159Tyr"), ("C", "p.Asn159His")]


def test_population_and_synonymous_filters_drop_with_their_value(tmp_path):
    rare = record(INFO=annovar_info(more=";ExAC_ALL=0.0001;gnomAD_exome_ALL=."))
    common = record(POS="9", INFO=annovar_info(more=";ExAC_ALL=0.0001;gnomAD_exome_ALL=0.02"))
    silent = record(INFO=annovar_info(exonic="synonymous_SNV"))
    outside = record(INFO=annovar_info(func="intronic", exonic="."))
    result = annotated(tmp_path, ANNOVAR, rare, common, silent, outside, filters=CODING_FILTERS)
    assert result.kept == 1
    assert result.dropped == {Drop.POPULATION: 1, Drop.SYNONYMOUS: 1, Drop.NON_CODING: 1}
    assert result.dropped_at("7", 9)[0].value == "gnomAD_exome_ALL 0.02"


@pytest.mark.parametrize(
    "order",
    [
        "Allele|Consequence|SYMBOL|Feature_type|Feature|HGVSc|HGVSp|CANONICAL|gnomAD_AF",
        "Feature|gnomAD_AF|HGVSp|HGVSc|SYMBOL|Consequence|Allele|CANONICAL|Feature_type",
    ],
)
def test_vep_subfields_are_read_in_the_order_of_the_header(tmp_path, order):
    names = order.split("|")
    rows = [
        {"Allele": "-", "Consequence": "frameshift_variant&splice_region_variant",
         "SYMBOL": "IKZF1", "Feature": "NM_006060.6", "Feature_type": "Transcript",
         "HGVSc": "NM_006060.6:c.484del", "HGVSp": "NP_006051.1:p.Arg162AlafsTer8",
         "CANONICAL": "", "gnomAD_AF": "0.0002"},
        {"Allele": "-", "Consequence": "frameshift_variant", "SYMBOL": "IKZF1",
         "Feature": "NM_001220765.3", "Feature_type": "Transcript", "HGVSc": "", "HGVSp": "",
         "CANONICAL": "YES", "gnomAD_AF": "0.0002"},
        {"Allele": "G", "Consequence": "synonymous_variant", "SYMBOL": "IKZF1",
         "Feature": "NM_006060.6", "Feature_type": "Transcript",
         "HGVSc": "NM_006060.6:c.483A%3EG", "HGVSp": "NP_006051.1:p.Leu161%3D",
         "CANONICAL": "", "gnomAD_AF": ""},
    ]  # fmt: skip
    csq = ",".join("|".join(row[name] for name in names) for row in rows)
    line = record(REF="CA", ALT="C,CG", INFO=f"CSQ={csq}", remission="0/0:9,0,0:0,0:9",
                  child="0/1/2:80,15,5:0.15,0.05:100")  # fmt: skip
    deletion, other = annotated(tmp_path, [CSQ.format(order)], line).variants
    assert (deletion.transcript, deletion.hgvs_c, deletion.hgvs_p) == (
        "NM_006060.6", "c.484del", "p.Arg162AlafsTer8",
    )  # fmt: skip
    assert deletion.consequence is VariantConsequence.FRAMESHIFT
    assert (deletion.frequency, deletion.frequency_from) == (0.0002, "gnomAD_AF")
    assert (other.hgvs_c, other.hgvs_p) == ("c.483A>G", "p.Leu161=")
    assert other.consequence is VariantConsequence.SYNONYMOUS


def test_snpeff_annotation_is_read_for_its_own_allele(tmp_path):
    order = (
        "Allele | Annotation | Annotation_Impact | Gene_Name | Gene_ID | Feature_Type | "
        "Feature_ID | Transcript_BioType | Rank | HGVS.c | HGVS.p"
    )
    ann = (
        "T|stop_gained|HIGH|IKZF1|IKZF1|transcript|NM_006060.6|protein_coding|5/8|c.475A>T|p.X,"
        "C|missense_variant|MODERATE|IKZF1|IKZF1|transcript|NM_006060.6|protein_coding|5/8|"
        "c.475A>C|p.Asn159His"
    )
    line = record(ALT="T,C", INFO=f"ANN={ann}", child="0/1/2:80,15,5:0.15,0.05:100",
                  remission="0/0:9,0,0:0,0:9")  # fmt: skip
    first, second = annotated(tmp_path, [ANN.format(order)], line).variants
    assert (first.consequence, first.hgvs_c) == (VariantConsequence.NONSENSE, "c.475A>T")
    assert (second.consequence, second.hgvs_p) == (VariantConsequence.MISSENSE, "p.Asn159His")


def test_vep_consequences_of_the_shared_file_agree_with_its_text():
    path = SHARED / "vcf/vep_csq/pvactools_m2gatk3_vep_tumour_2734.vcf.gz"
    if not path.exists():
        pytest.skip("the shared VEP file is not here")
    missense = frameshift = 0
    for line in gzip.decompress(path.read_bytes()).decode().splitlines():
        if line[0] != "#":
            terms = line.split("CSQ=")[1].split("\t")[0].split("|")[1].split("&")
            missense += "missense_variant" in terms and "splice_region_variant" not in terms
            frameshift += "frameshift_variant" in terms
    found = [item.consequence for item in analyse_vcf(path).variants]
    assert found.count(VariantConsequence.FRAMESHIFT) == frameshift
    assert found.count(VariantConsequence.MISSENSE) >= missense > 300


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("p.R702W", "p.Arg702Trp"),
        ("p.L161fs", "p.Leu161fs"),
        ("p.Q5X", "p.Gln5Ter"),
        ("p.M1L", "p.Met1Leu"),
        ("p.K10_L12del", "p.Lys10_Leu12del"),
        ("p.A2delinsGV", "p.Ala2delinsGlyVal"),
        ("p.Asn159Tyr", "p.Asn159Tyr"),
    ],
)
def test_protein_names_in_one_letter_become_three(given, expected):
    assert annovar.protein(given) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [("c.C2104T", "c.2104C>T"), ("c.25_31del", "c.25_31del"), ("c.3_4AC", "c.3_4delinsAC")],
)
def test_coding_names_become_hgvs(given, expected):
    assert annovar.coding(given) == expected


@settings(max_examples=25, deadline=None)
@given(st.from_regex(hgvs._SIMPLE, fullmatch=True))
def test_every_name_that_passes_quickly_passes_the_parser(name):
    assert hgvs._parsed(name) is hgvs.NameCheck.VALID


@pytest.mark.parametrize("name", ["c.C475T", "c.475A>", "c.475delT>", "475A>T"])
def test_names_that_are_not_hgvs_are_told(name):
    assert hgvs.check_coding("NM_006060.6", name) is hgvs.NameCheck.INVALID


def test_code_words_are_those_of_the_import_columns():
    root = Path(__file__).resolve().parents[3]
    columns = yaml.safe_load((root / "reports/importers/clinical_columns.yaml").read_text("utf-8"))
    (values,) = [
        column["values"]
        for sheet in next(item for item in columns.values() if isinstance(item, list))
        for column in sheet["columns"]
        if column["name"] == "consequence"
    ]
    words = {item.value for item in VariantConsequence} - {""}
    assert words == set(values)


def test_the_preferred_transcript_of_ikzf1_is_that_of_its_model():
    assert preferred_transcripts()["IKZF1"].refseq == ikzf1().transcript.partition(".")[0]


def test_ikzf1_variants_become_evidence_with_the_way_back(tmp_path):
    change = "IKZF1:NM_006060:exon5:c.A475T:p.N159Y"
    result = annotated(tmp_path, ANNOVAR, record(INFO=annovar_info(change=change)))
    assay = sequencing_assay(result, covers_ikzf1=True)
    (variant,) = assay.variants
    assert (variant.hgvs_c, variant.vaf, variant.depth) == ("c.475A>T", 0.012, 1003)
    assert variant.source == f"made.vcf:{len(META) + len(ANNOVAR) + 2}"
    assert assay.adequate is None
