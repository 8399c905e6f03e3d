"""The demonstration's raw files lead to the plan's statuses, child by child."""

import csv
import hashlib
from collections import Counter, defaultdict
from dataclasses import replace

import pytest

from analysis.calls import State
from analysis.demonstration import build
from analysis.demonstration.cohort import planned_children
from analysis.demonstration.raw_files import write_raw_files
from analysis.demonstration.variant_files import style_of
from analysis.ikzf1 import AlterationKind, Ikzf1Evidence, ikzf1_status
from analysis.ikzf1_evidence import CopyNumberAssay, SequencingAssay
from analysis.mlpa.files import analyse_files
from analysis.mlpa.run_sheet import Role
from analysis.ngs.coverage import analyse_coverage
from analysis.ngs.filters import CODING_FILTERS
from analysis.ngs.ikzf1_sequencing import sequencing_assay
from analysis.ngs.vcf_result import analyse_vcf

KINDS = {
    (True, False): AlterationKind.LARGE_DELETION_ONLY,
    (False, True): AlterationKind.SNV_INDEL_ONLY,
    (True, True): AlterationKind.BOTH,
    (False, False): AlterationKind.NONE,
}


@pytest.fixture(scope="module")
def cohort():
    return build()


@pytest.fixture(scope="module")
def raw(cohort, tmp_path_factory):
    return write_raw_files(tmp_path_factory.mktemp("raw"), cohort)


@pytest.fixture(scope="module")
def runs(raw):
    return {run.name: analyse_files(run.paths) for run in raw.mlpa}


@pytest.fixture(scope="module")
def copies(raw, runs):
    """hospital number -> its sample of the MLPA, as it was called."""
    found = {}
    for run in raw.mlpa:
        own = {sample.sample: sample.hospital_number for sample in run.samples}
        for sample in runs[run.name].samples:
            if sample.info.role is Role.PATIENT:
                found[own[sample.info.name]] = sample
    return found


@pytest.fixture(scope="module")
def sequenced(raw):
    """hospital number -> its VCF, read with the filters of the study and the coding ones."""
    return {
        item.sample.hospital_number: analyse_vcf(item.variants, filters=CODING_FILTERS)
        for item in raw.sequencing
    }


@pytest.fixture(scope="module")
def statuses(raw, copies, sequenced):
    with raw.coverage.open(encoding="utf-8") as stream:
        told = {row["hospital_number"]: row for row in csv.DictReader(stream)}
    found = {}
    for item in raw.sequencing:
        number = item.sample.hospital_number
        if item.reads is not None:
            coverage = analyse_coverage(item.reads, item.panel)
            assay = sequencing_assay(sequenced[number], coverage)
        else:
            enough = float(told[number]["mean_depth"]) >= CODING_FILTERS.min_mean_depth
            assay = replace(sequencing_assay(sequenced[number], covers_ikzf1=True), adequate=enough)
        found[number] = assay
    evidence = {
        number: Ikzf1Evidence(
            copies[number].copy_number() if number in copies else CopyNumberAssay(tested=False),
            found.get(number, SequencingAssay(tested=False)),
        )
        for number in {*copies, *found}
    }
    return {number: ikzf1_status(item) for number, item in evidence.items()}


def test_all_200_children_reach_the_status_of_the_plan(statuses):
    children = planned_children()
    assert len(children) == 200
    for number, child in enumerate(children, start=1):
        status = statuses[f"DEMO-{number:04d}"]
        ranges = [(item.deletion.first, item.deletion.last) for item in status.deletions]
        assert ranges == ([child.deletion] if child.deletion else []), number
        names = [item.variant.hgvs_c for item in status.counted_variants]
        assert names == ([child.ikzf1_variant] if child.ikzf1_variant else []), number
        altered = bool(child.deletion), bool(child.ikzf1_variant)
        assert status.kind is KINDS[altered], number
        assert status.state is (State.ALTERED if any(altered) else State.NOT_DETECTED), number
        assert status.large_deletion is _state(altered[0]), number
        assert status.sequence_variant is _state(altered[1]), number


def _state(altered):
    return State.ALTERED if altered else State.NOT_DETECTED


def test_deletions_are_those_that_the_paper_counts(statuses):
    """Zhang et al. 2022: 4-7 in 8 children, 1-8 in 4, 2-7 in 3, 4-8 in 2, 2-8 in 1."""
    found = Counter(
        item.deletion.exon_range for status in statuses.values() for item in status.deletions
    )
    assert found == {"4-7": 8, "1-8": 4, "2-7": 3, "4-8": 2, "2-8": 1}


def test_children_outside_the_study_keep_their_answers(cohort, statuses):
    outside = [row["hospital_number"] for row in cohort.sheet("patients").records()[200:]]
    states = [
        (status.large_deletion, status.sequence_variant)
        for status in (statuses.get(number) for number in outside)
        if status is not None
    ]
    # Failed MLPA; MLPA without sequencing; 15 % blasts; T-ALL and an adult, who were tested.
    assert states == [
        (State.NOT_EVALUABLE, State.NOT_DETECTED),
        (State.NOT_DETECTED, State.NOT_TESTED),
        (State.NOT_EVALUABLE, State.NOT_DETECTED),
        (State.NOT_DETECTED, State.NOT_DETECTED),
        (State.NOT_DETECTED, State.NOT_DETECTED),
    ]
    assert len(outside) - len(states) == 2


def test_failed_child_fails_by_its_signal(copies):
    failed = [number for number, sample in copies.items() if not sample.quality.adequate]
    assert failed == ["DEMO-0201"]
    stopped = [check.reason.code for check in copies[failed[0]].quality.checks if check.stops]
    assert "dna_quantity" in stopped


def test_other_genes_are_called_as_the_workbook_has_them(cohort, copies):
    """Save two kinds of cells: six probes at the ratio of a loss in half of the blasts say more
    than the one mean of the workbook, and with 15 % blasts no normal call is certain."""
    few_blasts = "DEMO-0204"
    differing = []
    for row in cohort.sheet("mlpa").records():
        if row["gene"] == "IKZF1" or row["hospital_number"] == few_blasts:
            continue
        genes = {gene.gene: gene.call.value for gene in copies[row["hospital_number"]].genes}
        if genes[row["gene"]] != row["call"]:
            differing.append((row["gene"], row["call"], genes[row["gene"]]))
    assert set(differing) <= {("PAX5", "ambiguous", "het_del")}
    assert {gene.call.value for gene in copies[few_blasts].genes} == {"ambiguous"}


def test_every_variant_of_the_workbook_comes_back_from_its_vcf(cohort, sequenced):
    wanted = defaultdict(list)
    for row in cohort.sheet("variants").records():
        cells = [row[name] for name in ("gene", "hgvs_c", "consequence", "vaf", "depth")]
        wanted[row["hospital_number"]].append(tuple(cells))
    for number, result in sequenced.items():
        found = [
            (item.gene, item.hgvs_c, item.consequence.value, item.vaf, item.depth)
            for item in result.variants
        ]
        assert sorted(found) == sorted(wanted[number]), number
    assert sum(len(result.variants) for result in sequenced.values()) == 553


def test_each_vcf_has_one_record_for_each_filter(sequenced):
    once = {"vaf": 1, "caller_filter": 1, "population_frequency": 1, "synonymous": 1}
    assert all(result.dropped == once for result in sequenced.values())


def test_every_style_of_vcf_occurs(raw):
    styles = {style_of(int(item.sample.hospital_number[-4:])) for item in raw.sequencing}
    assert {(style.caller, style.paired) for style in styles} == {
        ("gatk3", False), ("gatk3", True), ("gatk4", False), ("gatk4", True),
    }  # fmt: skip
    assert {style.annotator for style in styles} == {"annovar", "vep", "snpeff"}
    assert {style.normal_first for style in styles if style.paired} == {True, False}
    assert {item.variants.suffix for item in raw.sequencing} == {".vcf", ".gz"}


def test_tumour_is_found_by_the_header_and_is_the_sample_named(raw, sequenced):
    for item in raw.sequencing:
        tumour = sequenced[item.sample.hospital_number].tumour
        assert tumour.sample == item.sample.sample
        assert item.sample.specimen == f"{item.sample.hospital_number}-BM"


def test_one_child_has_reads_with_one_exon_of_low_depth(raw, statuses):
    (item,) = [item for item in raw.sequencing if item.reads is not None]
    coverage = analyse_coverage(item.reads, item.panel)
    assert coverage.low_exons == (3,)
    assert coverage.adequate is True
    assert item.reads.stat().st_size < 300_000
    status = statuses[item.sample.hospital_number]
    assert [reason.code for reason in status.reasons].count("exons_low_depth") == 1


def test_reads_carry_the_variant_at_its_share(raw, sequenced):
    import pysam

    (item,) = [item for item in raw.sequencing if item.reads is not None]
    (variant,) = [
        one for one in sequenced[item.sample.hospital_number].variants if one.gene == "IKZF1"
    ]
    with pysam.AlignmentFile(str(item.reads)) as reads:
        place = reads.count_coverage(variant.chrom, variant.pos - 1, variant.pos)
    counts = {base: column[0] for base, column in zip("ACGT", place, strict=True)}
    assert {base for base, count in counts.items() if count} == {variant.ref, variant.alt}
    assert counts[variant.alt] / sum(counts.values()) == pytest.approx(variant.vaf, abs=0.05)


def test_both_header_forms_and_both_separators_occur(raw):
    starts = {run.peaks.read_bytes().split(b"\r\n")[0] for run in raw.mlpa}
    assert len(starts) == 4


def test_water_and_references_are_clean_in_every_run(runs):
    for result in runs.values():
        controls = [item for item in result.samples if item.info.role is not Role.PATIENT]
        assert len(controls) == 6
        assert all(item.quality.adequate for item in controls)
        assert {gene.call.value for item in controls for gene in item.genes} == {"normal"}
        codes = {reason.code for reason in result.reasons}
        assert "references_left_out" not in codes
        assert "probemix_unconfirmed" in codes


def test_same_cohort_gives_the_same_bytes(cohort, raw, tmp_path):
    again = write_raw_files(tmp_path, cohort)
    assert _digests(raw.folder) == _digests(again.folder)


def _digests(folder):
    return {
        path.relative_to(folder): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_fusion_table_has_every_row_of_the_workbook(cohort, raw):
    with raw.fusions.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    names = ("hospital_number", "gene_a", "gene_b", "method", "result")
    wanted = [tuple(row[name] for name in names) for row in cohort.sheet("fusions").records()]
    assert [tuple(row[name] for name in names) for row in rows] == wanted
