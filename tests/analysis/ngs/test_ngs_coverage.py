"""Coverage: equal to samtools depth, to a count by hand, and turned into what can be evaluated."""

import json

import pysam
import pytest
from ngs_files import SHARED, record, text, written

from analysis.file_problems import FileRefused
from analysis.gene import ikzf1
from analysis.ngs.bed import Region, merged, read_bed
from analysis.ngs.coverage import MateOverlap, Reach, analyse_coverage
from analysis.ngs.filters import STUDY_FILTERS, FilterSet
from analysis.ngs.ikzf1_sequencing import sequencing_assay
from analysis.ngs.vcf_result import analyse_vcf

OPEN = FilterSet("no limit", "1")
FILES = {
    "gatk_NA12878_chrM_deep.bam": "chrM\t0\t300\tMT_a\nchrM\t200\t700\tMT_b\nchrM\t9000\t9100\tX\n",
    "gatk_hapmap20plex_dup_qcfail_mq0.bam": "20\t5296700\t5297300\tA\n20\t5297400\t5297500\tB\n",
    "mosdepth_overlapping_pairs.bam": "1\t565170\t565260\tC\n",
}
GRCH37_7 = 159138663


def shared(name):
    path = SHARED / "bam" / name
    if not path.exists():
        pytest.skip(f"shared file {name} is not here")
    return path


def bed(folder, content):
    return written(folder, content, "panel.bed")


def rows_of(content):
    return [
        (chrom, int(start), int(end))
        for chrom, start, end, _ in (line.split("\t") for line in content.splitlines())
    ]


def by_hand(path, chrom, start, end, mapq, quality):
    """Depth of each base, read by read through the aligned pairs."""
    depth = [0] * (end - start)
    with pysam.AlignmentFile(str(path)) as reads:
        for read in reads.fetch(chrom, start, end):
            if read.flag & (0x4 | 0x100 | 0x200 | 0x400) or read.mapping_quality < mapq:
                continue
            qualities = read.query_qualities
            for query, place in read.get_aligned_pairs(matches_only=True):
                if start <= place < end and qualities[query] >= quality:
                    depth[place - start] += 1
    return depth


@pytest.mark.parametrize("filters", [OPEN, STUDY_FILTERS], ids=["open", "study"])
@pytest.mark.parametrize("name", FILES)
def test_region_means_equal_a_count_by_hand(tmp_path, name, filters):
    path = shared(name)
    result = analyse_coverage(path, bed(tmp_path, FILES[name]), filters=filters, depths=(1, 1000))
    limits = (filters.min_mapq or 0, filters.min_base_quality or 0)
    places = {}
    for region, (chrom, start, end) in zip(result.regions, rows_of(FILES[name]), strict=True):
        depth = by_hand(path, chrom, start, end, *limits)
        assert region.mean_depth == pytest.approx(sum(depth) / len(depth), abs=1e-4)
        assert dict(region.fraction_at)[1] == pytest.approx(
            sum(d >= 1 for d in depth) / len(depth), abs=1e-4
        )
        places |= {(chrom, start + i): d for i, d in enumerate(depth)}
    assert result.mean_depth == pytest.approx(sum(places.values()) / len(places), abs=1e-4)


@pytest.mark.parametrize("overlap", MateOverlap)
def test_numbers_equal_samtools_depth_with_the_same_options(tmp_path, overlap):
    path = shared("mosdepth_overlapping_pairs.bam")
    panel = bed(tmp_path, FILES[path.name])
    options = ["-s"] if overlap is MateOverlap.ONCE else []
    printed = pysam.depth("-a", *options, "-b", str(panel), str(path)).split()[2::3]
    result = analyse_coverage(path, panel, filters=OPEN, overlap=overlap)
    assert result.mean_depth == round(sum(map(int, printed)) / len(printed), 4)


def test_overlapping_mates_count_once_or_twice_by_choice(tmp_path):
    path = shared("mosdepth_overlapping_pairs.bam")
    panel = bed(tmp_path, "1\t565180\t565190\tboth\n")
    means = [
        analyse_coverage(path, panel, filters=OPEN, overlap=choice).mean_depth
        for choice in (MateOverlap.ONCE, MateOverlap.TWICE)
    ]
    assert means == [1, 2]


def made_bam(folder, places, *, depth=120, length=GRCH37_7):
    """Reads of 100 bases at `places` (0-based) of chromosome 7, `depth` of each."""
    path = folder / "made.bam"
    header = {"HD": {"VN": "1.6", "SO": "coordinate"}, "SQ": [{"SN": "7", "LN": length}]}
    with pysam.AlignmentFile(str(path), "wb", header=header) as out:
        for place in sorted(places):
            for number in range(depth):
                read = pysam.AlignedSegment(out.header)
                read.query_name, read.flag = f"r{place}_{number}", 0
                read.reference_id, read.reference_start, read.mapping_quality = 0, place, 60
                read.cigartuples = [(0, 100)]
                read.query_sequence, read.query_qualities = "A" * 100, [40] * 100
                out.write(read)
    pysam.index(str(path))
    return path


def tiles(start, end):
    return range(start - 1, end, 100)


def ikzf1_panel(folder, deep, shallow):
    """A panel of IKZF1 exons 2 to 8 with `deep` exons at 120x and `shallow` ones at 0x."""
    spans = {exon.number: exon.span("GRCh37") for exon in ikzf1().exons}
    rows = "".join(
        f"7\t{spans[n][0] - 1}\t{spans[n][1]}\tIKZF1_exon{n}\n" for n in sorted({*deep, *shallow})
    )
    places = {place for n in deep for place in tiles(*spans[n])}
    return made_bam(folder, places), bed(folder, rows)


def test_exons_below_the_limit_are_low_and_those_off_the_panel_too(tmp_path):
    reads, panel = ikzf1_panel(tmp_path, deep=(2, 3, 5, 6, 7, 8), shallow=(4,))
    result = analyse_coverage(reads, panel)
    reach = {item.exon: item.reach for item in result.exons}
    assert reach[1] is Reach.NOT_ON_PANEL
    assert reach[4] is Reach.LOW
    assert {reach[n] for n in (2, 3, 5, 6, 7, 8)} == {Reach.ENOUGH}
    assert result.low_exons == (4,)
    assert [item.name for item in result.low_regions] == ["IKZF1_exon4"]
    assert [item.gene for item in result.genes] == ["IKZF1"]


def test_low_exons_reach_the_ikzf1_rule(tmp_path):
    reads, panel = ikzf1_panel(tmp_path, deep=(2, 3, 4, 6, 7, 8), shallow=())
    coverage = analyse_coverage(reads, panel)
    assay = sequencing_assay(analyse_vcf(written(tmp_path, text(record()))), coverage)
    assert assay.low_exons == (5,)
    assert assay.covers_ikzf1 is True
    assert assay.adequate is False
    assert "below 1000" in assay.inadequate_reason.text()


def test_panel_without_ikzf1_does_not_cover_it(tmp_path):
    reads = made_bam(tmp_path, [1000], depth=2)
    result = analyse_coverage(reads, bed(tmp_path, "7\t1000\t1100\tCARD11\n"))
    assert result.covers_ikzf1 is False
    assay = sequencing_assay(analyse_vcf(written(tmp_path, text(record()))), result)
    assert (assay.covers_ikzf1, assay.low_exons) == (False, ())


def test_json_has_the_stated_shape(tmp_path):
    reads = made_bam(tmp_path, [1000], depth=5)
    panel = bed(tmp_path, "7\t1000\t1200\tA\n")
    result = json.loads(json.dumps(analyse_coverage(reads, panel, depths=(5, 1000)).to_json()))
    assert result == {
        "mean_depth": 2.5,
        "fraction_at": {"5": 0.5, "1000": 0.0},
        "regions": [{"chrom": "7", "start": 1000, "end": 1200, "name": "A", "mean_depth": 2.5}],
    }


@pytest.mark.parametrize(
    ("content", "line", "cause"),
    [
        ("7\t10\n", 1, "not contig, start and end"),
        ("track name=x\n7\tten\t20\n", 2, "not contig, start and end"),
        ("7\t20\t20\n", 1, "empty"),
        ("chr7\t1\t2\n", 1, "no contig chr7"),
        (f"7\t1\t{GRCH37_7 + 1}\n", 1, "beyond the end"),
        ("# nothing\n", 0, "no region"),
        ("", 0, "empty"),
    ],
)
def test_bad_bed_is_refused_with_its_line(tmp_path, content, line, cause):
    with pytest.raises(FileRefused, match=cause) as caught:
        read_bed(bed(tmp_path, content), contigs={"7": GRCH37_7})
    assert caught.value.problems[0].line == line


def test_bad_reads_are_refused(tmp_path):
    panel = bed(tmp_path, "7\t1000\t1200\tA\n")
    whole = made_bam(tmp_path, [1000], depth=5)
    cut = written(tmp_path, whole.read_bytes()[:-28], "cut.bam")
    unindexed = written(tmp_path, whole.read_bytes(), "alone.bam")
    other = written(tmp_path, text(), "text.bam")
    causes = {cut: "cut off", unindexed: "index", other: "neither BAM nor CRAM"}
    for path, cause in causes.items():
        with pytest.raises(FileRefused, match=cause):
            analyse_coverage(path, panel)
    with pytest.raises(FileRefused, match="on GRCh37"):
        analyse_coverage(whole, panel, build="GRCh38")


def test_regions_are_merged_base_by_base():
    regions = tuple(Region(*row) for row in (("1", 5, 9), ("1", 0, 3), ("1", 3, 6), ("2", 0, 1)))
    covered = {(r.chrom, base) for r in regions for base in range(r.start, r.end)}
    joined = merged(regions)
    assert [(r.chrom, r.start, r.end) for r in joined] == [("1", 0, 9), ("2", 0, 1)]
    assert sum(r.end - r.start for r in joined) == len(covered)


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        (lambda raw: raw[:-9], "index is damaged"),
        (lambda raw: b"BAD\1" + raw[4:], "index is damaged"),
        (lambda raw: raw[:8] + b"\xff\xff\xff\x7f" + raw[12:], "index is damaged"),
        (lambda raw: raw[:20] + b"\xff" * 8 + raw[28:], "index is damaged"),
    ],
)
def test_damaged_index_is_refused_before_it_is_used(tmp_path, change, cause):
    reads = made_bam(tmp_path, [1000], depth=5)
    index = tmp_path / "made.bam.bai"
    index.write_bytes(change(index.read_bytes()))
    with pytest.raises(FileRefused, match=cause) as caught:
        analyse_coverage(reads, bed(tmp_path, "7\t1000\t1200\tA\n"))
    assert caught.value.problems[0].file == "made.bam.bai"


def test_index_of_other_reads_is_refused(tmp_path):
    reads = made_bam(tmp_path, [1000], depth=5)
    index = tmp_path / "made.bam.bai"
    raw = index.read_bytes()
    index.write_bytes(raw[:4] + b"\2\0\0\0" + raw[8:-8] + b"\0" * 8)  # a second, empty contig
    with pytest.raises(FileRefused, match="made for other reads"):
        analyse_coverage(reads, bed(tmp_path, "7\t1000\t1200\tA\n"))
