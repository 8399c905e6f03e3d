"""Coverage of reads and of JSON documents: depth, exons, and what follows for IKZF1."""

import json

import pysam
import pytest
from sequencing_files import SHARED, child, nothing_stored, sheet

from analysis.file_problems import FileRefused
from analysis.gene import ikzf1
from analysis.ikzf1 import ikzf1_status
from analysis.ngs.coverage_file import read_coverage_json
from reports import models
from reports.evidence import ikzf1_evidence
from reports.importers.coverage import check_coverage
from reports.importers.lab_import import commit
from reports.importers.sequencing import FILTERS, SequencingRequest

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
SPANS = {exon.number: exon.span("GRCh37") for exon in ikzf1().exons}


def bam(path, exons, depth):
    """Reads of 100 bases over these exons of IKZF1, `depth` of each."""
    header = {"HD": {"VN": "1.6", "SO": "coordinate"}, "SQ": [{"SN": "7", "LN": 159138663}]}
    places = sorted(p for n in exons for p in range(SPANS[n][0] - 1, SPANS[n][1], 100))
    with pysam.AlignmentFile(str(path), "wb", header=header) as out:
        for place in places:
            for _ in range(depth):
                read = pysam.AlignedSegment(out.header)
                read.query_name, read.flag, read.reference_id = "r", 0, 0
                read.reference_start, read.mapping_quality = place, 60
                read.cigartuples = [(0, 100)]
                read.query_sequence, read.query_qualities = "A" * 100, [40] * 100
                out.write(read)
    pysam.index(str(path))
    return path


def bed(path, exons):
    rows = (f"7\t{SPANS[n][0] - 1}\t{SPANS[n][1]}\tIKZF1_exon{n}\n" for n in exons)
    path.write_text("".join(rows))
    return path


@pytest.fixture
def specimen(store, hospital):
    return child(store, "1", hospital)


@pytest.fixture
def request_for(tmp_path, specimen):
    def made(*paths, **options):
        samples = sheet(tmp_path / "sheet.csv", [(paths[0].stem, "S-1", "1", "")])
        known = {"panel": "P", "new_panel": True, "run_name": "N1", "filters": FILTERS["study"]}
        return SequencingRequest(paths=tuple(paths), samples=samples, **(known | options))

    return made


def stored(preview):
    assert [str(item) for item in preview.errors] == []
    return commit(preview, by="tester", reason="run N1")


def test_reads_give_depth_genes_exons_and_the_panels_own_bed(tmp_path, request_for):
    panel = bed(tmp_path / "p.bed", range(2, 9))
    reads = bam(tmp_path / "t1.bam", [2, 3, 5, 6, 7, 8], 1700)
    stored(check_coverage(request_for(reads, bed=panel)))
    sample = models.SequencingSample.objects.get()
    bases = {n: end - start + 1 for n, (start, end) in SPANS.items() if n > 1}
    share = 1 - bases[4] / sum(bases.values())
    # Neighbouring reads run over the ends of an exon, never into another one.
    assert sample.mean_depth == pytest.approx(1700 * share, abs=0.01)
    assert sample.fraction_at_1000x == pytest.approx(share, abs=1e-4)
    assert (sample.quality, sample.low_ikzf1_exons, sample.genome_build) == (
        "adequate", "4", "GRCh37",
    )  # fmt: skip
    assert {item.exon: item.reach for item in sample.exon_coverage.all()} == {
        1: "not_on_panel", 4: "low", **dict.fromkeys((2, 3, 5, 6, 7, 8), "enough"),
    }  # fmt: skip
    gene = sample.gene_coverage.get()
    assert (gene.gene, gene.bases) == ("IKZF1", sum(bases.values()))
    stored_panel = models.Panel.objects.get()
    assert (stored_panel.panel_genes, stored_panel.bed_name) == ("IKZF1", "p.bed")
    file = models.SequencingFile.objects.get()
    assert [item.name for item in file.regions()] == [f"IKZF1_exon{n}" for n in range(2, 9)]
    assert "mapping quality 30" in models.SequencingFile.objects.get().notes[0]["sentence"].format(
        mapq=30, baseq=30, overlap=""
    )
    assert models.Ikzf1Assessment.objects.get().sequence_variant == "not_evaluable"


def test_depth_below_the_limit_of_the_study_fails_the_sample_and_says_why(tmp_path, request_for):
    panel = bed(tmp_path / "p.bed", range(2, 9))
    reads = bam(tmp_path / "t1.bam", range(2, 9), 150)
    stored(check_coverage(request_for(reads, bed=panel)))
    sample = models.SequencingSample.objects.get()
    assert sample.quality == "failed" and sample.low_ikzf1_exons == ""
    assert sample.quality_reason == "mean on-target depth 150, below 1000"
    # The page of a Chinese reader, and the status itself, have it in Chinese.
    assert sample.why.text("zh-hans") == "靶区平均深度150，低于1000"
    status = ikzf1_status(ikzf1_evidence([sample.owner.pk])[sample.owner.pk])
    assert "靶区平均深度150，低于1000" in status.headline.text("zh-hans")
    sample.quality_reason = "seen by eye"
    assert sample.why == "seen by eye"
    assert models.Ikzf1Assessment.objects.get().sequence_variant == "not_evaluable"


def test_other_bed_than_the_panels_is_refused(tmp_path, request_for):
    reads = bam(tmp_path / "t1.bam", range(2, 9), 3)
    stored(check_coverage(request_for(reads, bed=bed(tmp_path / "p.bed", range(2, 9)))))
    [error] = check_coverage(request_for(reads, bed=bed(tmp_path / "q.bed", range(3, 9)))).errors
    assert "The BED is not the one of panel P (p.bed)" in str(error)


def test_second_coverage_takes_the_place_of_the_first_and_history_keeps_it(tmp_path, request_for):
    panel = bed(tmp_path / "p.bed", range(2, 9))
    stored(check_coverage(request_for(bam(tmp_path / "t1.bam", range(2, 9), 3), bed=panel)))
    again = check_coverage(request_for(tmp_path / "t1.bam", bed=panel))
    assert again.writes == 0
    stored(check_coverage(request_for(bam(tmp_path / "t1.bam", range(2, 9), 5), bed=panel)))
    assert models.SequencingSample.objects.get().mean_depth == 5
    history = models.SequencingSample.history.order_by("history_id")
    assert [item.mean_depth for item in history] == [3, 5]


def test_our_own_json_gives_what_the_reads_gave(tmp_path, request_for):
    from analysis.command.coverage import coverage_data
    from analysis.ngs.coverage import analyse_coverage

    reads = bam(tmp_path / "reads.bam", [2, 3, 5, 6, 7, 8], 12)
    found = analyse_coverage(reads, bed(tmp_path / "p.bed", range(2, 9)))
    path = tmp_path / "t1.json"
    path.write_text(json.dumps(coverage_data(found)))
    read = read_coverage_json(path)
    assert (read.mean_depth, read.low_exons) == (found.mean_depth, (2, 3, 4, 5, 6, 7, 8))
    assert [item.mean_depth for item in read.regions] == [r.mean_depth for r in found.regions]
    stored(check_coverage(request_for(path)))
    assert models.SequencingSample.objects.get().quality == "failed"
    assert models.ExonCoverage.objects.count() == 8


def test_document_of_a_somatic_service(tmp_path, request_for):
    path = SHARED / "ngs_wales" / "sample15_aml_coverage.json"
    if not path.exists():
        pytest.skip("the shared coverage document is not here")
    document = json.loads(path.read_text())
    regions = [r for gene in document.values() for r in gene["genescreen_regions"]]
    total = sum((r["pos_end"] - r["pos_start"]) * r["average_coverage"] for r in regions)
    bases = sum(r["pos_end"] - r["pos_start"] for r in regions)
    stored(check_coverage(request_for(path, build="GRCh38")))
    sample = models.SequencingSample.objects.get()
    assert sample.mean_depth == pytest.approx(total / bases, abs=1e-3)
    assert sample.quality == "failed"  # by the study's limit
    stored_genes = dict(models.GeneCoverage.objects.values_list("gene", "mean_depth"))
    assert stored_genes == {name: gene["average_depth"] for name, gene in document.items()}
    assert len(list(models.SequencingFile.objects.get().regions())) == len(regions)


GENE = '{"IKZF1": {"average_depth": 5, "genescreen_regions": [%s]}}'
REGION = '{"chr": "7", "pos_start": 1, "pos_end": 9, "hgvs_c": "x", "average_coverage": %s}'


@pytest.mark.parametrize(
    ("content", "line", "cause"),
    [
        (b"", 0, "empty"),
        (b"{", 1, "not JSON"),
        (b'{\n"a": 1,\n]', 3, "not JSON"),
        (b"[]", 0, "not a coverage"),
        (b"{}", 0, "not a coverage"),
        (b'"text"', 0, "not a coverage"),
        (b"\xff\xfe{}", 0, "UTF-8"),
        (b'{"IKZF1": 5}', 0, "IKZF1 has no average_depth"),
        (b'{"IKZF1": {"average_depth": "deep"}}', 0, "IKZF1.average_depth is no number"),
        (b'{"IKZF1": {"average_depth": -1}}', 0, "no number between"),
        (b'{"IKZF1": {"average_depth": true}}', 0, "no number between"),
        (b'{"IKZF1": {"average_depth": NaN}}', 0, "NaN is no number"),
        (b'{"A": {"average_depth": 1}, "A": {"average_depth": 2}}', 0, "A stands twice"),
        ((GENE % "5").encode(), 0, r"genescreen_regions\[0\] is no region"),
        ((GENE % (REGION % '"x"')).encode(), 0, r"\[0\].average_coverage is no number"),
        ((GENE % (REGION % "1").replace('"7"', "7")).encode(), 0, "chr is no text"),
        ((GENE % (REGION % "1").replace(": 9", ": 9.5")).encode(), 0, "pos_end is no position"),
        (b'{"IKZF1": {"average_depth": 1, "genescreen_regions": 5}}', 0, "is no list"),
        (b'{"mean_depth": "x", "regions": []}', 0, "mean_depth is no number"),
        (b'{"mean_depth": 5, "regions": [5]}', 0, "is no region"),
        (b'{"mean_depth": 5, "regions": [], "fraction_at": {"1000": 2}}', 0, "between 0 and 1"),
        (b'{"mean_depth": 5, "regions": [], "ikzf1_exons": [{"exon": 9}]}', 0, "no exon of IKZF1"),
        (b"[" * 100_000, 0, "nested too deeply|not JSON"),
    ],
)
def test_malformed_document_is_refused_and_nothing_stored(
    tmp_path, request_for, content, line, cause
):
    path = tmp_path / "t1.json"
    path.write_bytes(content)
    with pytest.raises(FileRefused, match=cause) as caught:
        read_coverage_json(path)
    assert caught.value.problems[0].line == line
    request = request_for(path)
    with nothing_stored():
        assert check_coverage(request).errors


@pytest.mark.parametrize(
    ("name", "rows", "bases"),
    [
        ("gatk_NA12878_chrM_deep.bam", "chrM\t0\t300\tMT_a\nchrM\t200\t700\tMT_b\n", 700),
        ("gatk_hapmap20plex_dup_qcfail_mq0.bam", "20\t5296700\t5297300\tA\n", 600),
        ("mosdepth_overlapping_pairs.bam", "1\t565170\t565260\tC\n", 90),
    ],
)
def test_shared_reads_are_stored_with_the_depth_of_samtools(
    tmp_path, request_for, name, rows, bases
):
    path = SHARED / "bam" / name
    if not path.exists():
        pytest.skip("the shared reads are not here")
    panel = tmp_path / "p.bed"
    panel.write_text(rows)
    printed = pysam.depth("-a", "-q", "30", "-Q", "30", "-b", str(panel), str(path))
    depths = {tuple(row.split()[:2]): int(row.split()[2]) for row in printed.splitlines()}
    stored(check_coverage(request_for(path, bed=panel)))
    sample = models.SequencingSample.objects.get()
    assert sample.mean_depth == pytest.approx(sum(depths.values()) / bases, abs=1e-3)
    deep = sum(depth >= 1000 for depth in depths.values()) / bases
    assert sample.fraction_at_1000x == pytest.approx(deep, abs=1e-4)
