"""Every reader on files with bytes changed, cut out or put in: a result or a clean refusal."""

from pathlib import Path
from random import Random

import pysam
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ngs_files import record, text, written
from reads_files import reads, reference

from analysis.file_problems import FileRefused
from analysis.ngs.bed import read_bed
from analysis.ngs.coverage import analyse_coverage
from analysis.ngs.tables import MAF, MULTIANNO, SOMATIC_DB, read_variant_table
from analysis.ngs.vcf_result import analyse_vcf

EDITS = st.lists(
    st.tuples(
        st.integers(0, 1 << 20), st.integers(0, 9), st.one_of(
            st.binary(max_size=4),
            st.sampled_from((b"\t", b"\n", b"\r\n", b"\0", b"\xb0\xa1", b"-1", b"9" * 20, b'"')),
        ),
    ),
    min_size=1,
    max_size=4,
)  # fmt: skip
QUICK = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


def mutated(content: bytes, edits: list[tuple[int, int, bytes]]) -> bytes:
    for place, width, inserted in edits:
        place %= len(content) + 1
        content = content[:place] + inserted + content[place + width :]
    return content


def refused_or_read(work):
    """The result, None where the file was refused; any other exception fails the test."""
    try:
        return work()
    except FileRefused as error:
        assert error.problems
        assert all(item.file and item.text() and item.text("zh-hans") for item in error.problems)
        return None


MAF_TEXT = (
    "#version 2.4\n"
    "Hugo_Symbol\tNCBI_Build\tChromosome\tStart_Position\tReference_Allele\tTumor_Seq_Allele2\t"
    "Variant_Classification\tTumor_Sample_Barcode\tt_depth\tt_alt_count\tHGVSc\n"
    "IKZF1\tGRCh37\t7\t50450291\tA\tT\tMissense_Mutation\tchild\t900\t90\tNM_006060.6:c.475A>T\n"
    "NRAS\tGRCh37\t1\t115256529\tT\t-\tFrame_Shift_Del\tchild\t900\t9\t\n"
)
MULTIANNO_TEXT = (
    "Chr\tStart\tEnd\tRef\tAlt\tFunc.refGene\tGene.refGene\tGeneDetail.refGene\t"
    "ExonicFunc.refGene\tAAChange.refGene\n"
    "7\t50450291\t50450291\tA\tT\texonic\tIKZF1\t.\tnonsynonymous SNV\t"
    "IKZF1:NM_006060:exon5:c.A475T:p.N159Y\n"
)
TABLE_TEXT = (
    "gene\tchr\tpos\tref\talt\tvaf\tdepth\talt_reads\tconsequence\thgvs_c\thgvs_p\n"
    "TP53\t17\t7579472\tG\tC\t0.421\t240\t101\tmissense_variant\tNM_000546.6:c.215C>G\t"
    "NP_000537.3:p.(Pro72Arg)\n"
)
TABLES = {
    "maf": (MAF_TEXT, MAF),
    "multianno": (MULTIANNO_TEXT, MULTIANNO),
    "ngs_wales": (TABLE_TEXT, SOMATIC_DB),
}


@pytest.mark.parametrize("kind", TABLES)
@QUICK
@given(edits=EDITS)
def test_mutated_table(tmp_path, kind, edits):
    content, mapping = TABLES[kind]
    path = written(tmp_path, mutated(content.encode(), edits), "list.tsv")
    result = refused_or_read(lambda: read_variant_table(path, mapping))
    if result is not None:
        assert len(result.rows) + len(result.dropped_calls) == result.records


@pytest.mark.parametrize("kind", TABLES)
def test_the_table_without_faults_is_read(tmp_path, kind):
    content, mapping = TABLES[kind]
    path = written(tmp_path, content, "list.tsv")
    assert read_variant_table(path, mapping).records == content.count("\n") - 1 - (kind == "maf")


@QUICK
@given(edits=EDITS)
def test_mutated_bed(tmp_path, edits):
    content = b"track name=panel\n7\t10\t20\tIKZF1_exon4\n7\t15\t40\tB\n"
    path = written(tmp_path, mutated(content, edits), "panel.bed")
    for region in refused_or_read(lambda: read_bed(path, contigs={"7": 6000})) or ():
        assert 0 <= region.start < region.end <= 6000


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("binary")


@pytest.fixture(scope="module")
def bcf(folder) -> bytes:
    plain = written(folder, text(*[record(POS=str(place)) for place in range(1, 60)]))
    path = folder / "made.bcf"
    with (
        pysam.VariantFile(str(plain)) as source,
        pysam.VariantFile(str(path), "wb", header=source.header) as target,
    ):
        for item in source:
            target.write(item)
    return path.read_bytes()


@QUICK
@given(edits=EDITS)
def test_mutated_bcf(folder, bcf, edits):
    path = written(folder, mutated(bcf, edits), "mutated.bcf")
    result = refused_or_read(lambda: analyse_vcf(path))
    if result is not None:
        assert result.kept + sum(result.dropped.values()) == result.alleles


@pytest.fixture(scope="module")
def aligned(folder):
    fasta = reference(folder)
    panel = written(folder, "7\t400\t2000\tA_1\n7\t1500\t4700\tB_1\n", "panel.bed")
    return {
        "bam": reads(folder, fasta, cram=False),
        "cram": reads(folder, fasta, cram=True),
        "fasta": fasta,
        "panel": panel,
    }


INDEXES = {"bam": ".bai", "cram": ".crai"}


@pytest.mark.parametrize("kind", INDEXES)
@settings(QUICK, max_examples=40)
@given(edits=EDITS, index=st.booleans(), seed=st.integers(0, 1000))
def test_mutated_reads(folder, aligned, kind, edits, index, seed):
    """Now the reads are changed, now their index."""
    whole, fasta, panel = aligned[kind], aligned["fasta"], aligned["panel"]
    beside = Path(f"{whole}{INDEXES[kind]}").read_bytes()
    places = [(Random(seed + place).randrange(1 << 20), *rest) for place, *rest in edits]
    content = whole.read_bytes() if index else mutated(whole.read_bytes(), places)
    path = written(folder, content, f"mutated.{kind}")
    written(folder, mutated(beside, places) if index else beside, f"{path.name}{INDEXES[kind]}")
    result = refused_or_read(lambda: analyse_coverage(path, panel, reference=fasta))
    if result is not None:
        assert len(result.regions) == 2
        assert result.mean_depth >= 0
