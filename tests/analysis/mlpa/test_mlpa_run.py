"""Whole runs from text to calls: quality, sex, water, normalisation, JSON and the IKZF1 status."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from runs_in_text import FRAGMENTS, probes, run_samples, sample_peaks, sheet, table_a

from analysis.calls import CopyCall, State
from analysis.file_problems import FileRefused
from analysis.ikzf1 import Ikzf1Evidence, ikzf1_status
from analysis.mlpa.files import analyse_files, analyse_ratios
from analysis.mlpa.normalise import Normalisation
from analysis.mlpa.probemix import read_probemix
from analysis.mlpa.quality import Outcome
from analysis.mlpa.ratio_files import PLAIN, read_ratios
from analysis.mlpa.readers import read_peaks
from analysis.mlpa.run import Settings, analyse
from analysis.mlpa.run_sheet import Role, SampleInfo, Sex

WORKBOOK = Path(__file__).resolve().parents[4] / "shared" / "data" / "mlpa" / "dmlpa.xlsx"
MIX = read_probemix(sheet().encode(), file="mix.csv")
IK6 = {f"IKZF1 exon {n}": 0.55 for n in (4, 5, 6, 7)}  # one copy lost in 90 % blasts


def run(patients, *, infos=(), references=4, water=None, settings=None, **keywords):
    samples = run_samples(patients, references=references, **keywords)
    told = [SampleInfo(f"R{n}", Role.REFERENCE) for n in range(1, references + 1)]
    if water is not None:
        samples["W"] = water
        told.append(SampleInfo("W", Role.WATER))
    table = read_peaks(table_a(samples).encode(), file="run.txt")
    return analyse([table], probemix=MIX, samples=[*told, *infos], settings=settings)


def only(result, name="P"):
    return next(sample for sample in result.samples if sample.info.name == name)


def check(sample, code):
    return next(item for item in sample.quality.checks if item.reason.code == code)


def gene(sample, name="IKZF1"):
    return next(item for item in sample.genes if item.gene == name)


def test_deletion_of_exons_4_to_7_is_found_and_leads_back_to_its_peaks():
    result = run(
        {"P": {"ratios": IK6, "male": True}},
        infos=[SampleInfo("P", sex=Sex.MALE, blast_percent=90)],
    )
    sample = only(result)
    assert gene(sample).deleted == ("4-7",)
    assert all(probe.ratio == pytest.approx(0.55, abs=0.04) for probe in gene(sample).probes[3:7])
    assert {gene.call for gene in sample.genes if gene.gene != "IKZF1"} == {CopyCall.NORMAL}
    lines = table_a(run_samples({"P": {"ratios": IK6, "male": True}})).splitlines()
    length = {name: length for name, _, _, length in probes()}["IKZF1 exon 5"]
    (source,) = sample.copy_number().exons[4].probes
    file, line = source.split(":")
    cells = lines[int(line) - 1].split("\t")
    assert (file, cells[1], float(cells[4])) == ("run.txt", "P", length + 0.3)


def test_result_becomes_an_ikzf1_status():
    sample = only(run({"P": {"ratios": IK6}}, infos=[SampleInfo("P", blast_percent=90)]))
    status = ikzf1_status(Ikzf1Evidence(copy_number=sample.copy_number()))
    assert status.large_deletion is State.ALTERED
    assert [item.deletion.exon_range for item in status.deletions] == ["4-7"]


def test_json_has_the_shape_that_pipelines_read():
    result = run({"P": {"ratios": IK6}}, infos=[SampleInfo("P", blast_percent=90)])
    data = json.loads(json.dumps(result.to_json()))
    sample = data["samples"][-1]
    assert {"name", "quality", "probes", "genes", "ikzf1"} <= set(sample)
    exon_4 = sample["probes"][3]
    assert {key: exon_4[key] for key in ("probe", "gene", "exon", "call")} == {
        "probe": "IKZF1 exon 4", "gene": "IKZF1", "exon": "4", "call": "het_del",
    }  # fmt: skip
    assert sample["genes"]["IKZF1"]["deleted"] == ["4-7"]
    assert sample["ikzf1"]["large_deletion"] == "altered"
    assert data["normalisation"] == "reference_samples"


def test_sex_against_the_record_blocks_the_call_until_a_person_decides():
    info = SampleInfo("P", sex=Sex.FEMALE, blast_percent=90)
    blocked = only(run({"P": {"ratios": IK6, "male": True}}, infos=[info]))
    assert blocked.quality.outcome is Outcome.BLOCKED
    assert {probe.call for probe in blocked.probes} == {CopyCall.NOT_EVALUABLE}
    assert gene(blocked).probes[3].ratio is not None
    assert blocked.copy_number().adequate is False
    [why] = blocked.copy_number().failed_checks
    assert "may be another child's" in why.text()
    decided = replace(info, sex_decision="transplanted from a brother")
    passed = only(run({"P": {"ratios": IK6, "male": True}}, infos=[decided]))
    assert gene(passed).deleted == ("4-7",)
    assert "transplanted from a brother" in check(passed, "sex").reason.text()


@pytest.mark.parametrize(
    ("fragments", "male", "recorded", "outcome"),
    [
        ({}, False, Sex.FEMALE, Outcome.PASSED),
        ({}, True, Sex.MALE, Outcome.PASSED),
        ({}, False, Sex.MALE, Outcome.BLOCKED),
        ({}, True, Sex.UNKNOWN, Outcome.NOT_CHECKED),
        ({105: 120}, False, Sex.MALE, Outcome.WARNING),  # 0.15 of X: neither
        ({100: 0}, True, Sex.MALE, Outcome.WARNING),
    ],
)
def test_sex_check_compares_y_over_x_with_the_record(fragments, male, recorded, outcome):
    result = run(
        {"P": {"fragments": fragments, "male": male}}, infos=[SampleInfo("P", sex=recorded)]
    )
    assert check(only(result), "sex").outcome is outcome


@pytest.mark.parametrize(
    ("fragments", "code", "outcome"),
    [
        ({64: 333, 70: 333, 76: 333, 82: 333}, "dna_quantity", Outcome.PASSED),
        ({64: 334, 70: 334, 76: 334, 82: 334}, "dna_quantity", Outcome.FAILED),
        ({88: 400}, "denaturation", Outcome.PASSED),
        ({88: 399}, "denaturation", Outcome.FAILED),
        ({96: 0}, "denaturation", Outcome.FAILED),
        ({92: 0}, "benchmark", Outcome.FAILED),
    ],
)
def test_control_fragments_fail_a_sample_past_their_limit(fragments, code, outcome):
    sample = only(run({"P": {"fragments": fragments}}, infos=[SampleInfo("P", blast_percent=90)]))
    assert check(sample, code).outcome is outcome
    failed = outcome is Outcome.FAILED
    assert sample.quality.adequate is not failed
    assert (gene(sample).call is CopyCall.NOT_EVALUABLE) is failed
    found = [reason.code for reason in sample.copy_number().failed_checks]
    assert found == ([code] if failed else [])


def test_scatter_of_the_reference_probes_fails_a_sample():
    result = run({"P": {"noise": 0.25}}, infos=[SampleInfo("P", blast_percent=90)])
    sample = only(result)
    assert check(sample, "reference_sd").outcome is Outcome.FAILED
    assert sample.copy_number().adequate is False


@pytest.mark.parametrize(
    ("slope", "outcome"),
    [(-0.001, Outcome.PASSED), (-0.0035, Outcome.WARNING), (-0.008, Outcome.FAILED)],
)
def test_signal_drop_off_is_judged_against_the_reference_samples(slope, outcome):
    # The references fall by exp(-0.001 x nt); over the 336 nt of the reference probes a slope of
    # -0.0035 keeps exp(-0.0025 x 336) = 0.43 of that, one of -0.008 exp(-0.007 x 336) = 0.10.
    sample = only(run({"P": {"slope": slope}}))
    assert check(sample, "signal_drop").outcome is outcome


def test_water_control_with_dna_fails_the_run_and_a_clean_one_passes():
    clean = [(size, area) for size, area in FRAGMENTS.items() if size < 88]
    assert check(only(run({"P": {}}, water=clean)), "water").outcome is Outcome.PASSED
    dirty = [(size, area * 0.2) for size, area in sample_peaks()]
    failed = only(run({"P": {}}, water=dirty))
    assert check(failed, "water").outcome is Outcome.FAILED
    assert {probe.call for probe in failed.probes} == {CopyCall.NOT_EVALUABLE}
    one = [*clean, *[peak for peak in dirty if peak[0] > 130][:1]]
    assert check(only(run({"P": {}}, water=one)), "water").outcome is Outcome.WARNING
    assert check(only(run({"P": {}})), "water").outcome is Outcome.WARNING


def test_unbound_probe_is_named_and_not_evaluable_until_a_person_accepts_its_absence():
    lost = {"P": {"ratios": {"CDKN2B exon 2": 0.0}}}
    infos = [SampleInfo("P", blast_percent=98)]
    sample = only(run(lost, infos=infos))
    assert [reason.code for reason in sample.problems] == ["probe_unbound"]
    assert sample.problems[0].text().startswith("CDKN2B exon 2: no peak within 2 nt of ")
    assert gene(sample, "CDKN2B").call is CopyCall.NOT_EVALUABLE
    accepted = Settings(absent=(("P", "CDKN2B exon 2"),))
    sample = only(run(lost, infos=infos, settings=accepted))
    assert gene(sample, "CDKN2B").call is CopyCall.HOM_DEL
    assert sample.problems == ()


def test_too_few_reference_samples_leave_every_probe_without_an_answer():
    result = run({"P": {}}, references=2, infos=[SampleInfo("P", blast_percent=90)])
    assert "too_few_references" in [reason.code for reason in result.reasons]
    sample = only(result)
    assert {probe.call for probe in sample.probes} == {CopyCall.NOT_EVALUABLE}
    assert sample.probes[0].reasons[0].code == "too_few_references"


def test_failed_reference_sample_is_left_out_by_name():
    samples = run_samples({"P": {}})
    samples["R4"] = sample_peaks(fragments={88: 10}, seed=5)
    table = read_peaks(table_a(samples).encode(), file="run.txt")
    infos = [SampleInfo(f"R{n}", Role.REFERENCE) for n in range(1, 5)]
    result = analyse([table], probemix=MIX, samples=infos)
    assert "Reference samples left out because of their quality: R4." in [
        reason.text() for reason in result.reasons
    ]
    assert "3 reference samples." in result.reasons[0].text()


def test_paper_way_is_named_and_warns_where_a_loss_is_common():
    lost = {f"P{n}": {"ratios": {"CDKN2B exon 2": 0.5}} for n in range(4)}
    others = {f"Q{n}": {} for n in range(6)}
    way = Settings(normalisation=Normalisation.ALL_SAMPLES)
    result = run({**lost, **others}, references=0, settings=way, noise=0.005)
    reasons = {reason.code: reason.text() for reason in result.reasons}
    assert "Zhang et al. 2022" in reasons["normalisation"]
    # 4 of 10 with one copy lost: 1 / (1 - 0.5 x 0.4) = 1.25
    assert "CDKN2B exon 2 1.25" in reasons["bias_of_all_samples"]
    wild = gene(only(result, "Q0"), "CDKN2B").exons[0]
    assert wild.ratio == pytest.approx(1.25, abs=0.03)
    few = run({"P0": lost["P0"], **others, **{f"S{n}": {} for n in range(6)}}, references=0,
              settings=way)  # fmt: skip
    assert "bias_of_all_samples" not in {reason.code for reason in few.reasons}


def test_unconfirmed_sheet_is_said_in_the_result():
    mix = read_probemix(sheet("unconfirmed").encode(), file="mix.csv")
    table = read_peaks(table_a(run_samples({"P": {}})).encode(), file="run.txt")
    assert analyse([table], probemix=mix).reasons[0].code == "probemix_unconfirmed"


def test_research_genes_are_marked_and_ikzf1_is_not():
    sample = only(run({"P": {}}))
    marked = {gene.gene for gene in sample.genes for r in gene.reasons if r.code == "research_use"}
    assert marked == {gene.gene for gene in sample.genes} - {"IKZF1"}


def test_sample_in_two_files_and_unknown_sample_of_the_run_sheet_are_refused():
    table = read_peaks(table_a({"P": sample_peaks()}).encode(), file="a.txt")
    with pytest.raises(FileRefused, match=r"sample P also stands in a\.txt"):
        analyse([table, replace(table, file="b.txt")], probemix=MIX)
    with pytest.raises(FileRefused, match="no peak table has: X"):
        analyse([table], probemix=MIX, samples=[SampleInfo("X")])


def test_files_are_told_apart_by_their_headers(tmp_path):
    infos = "\n".join(f"R{n},reference,," for n in range(1, 5))
    texts = {
        "a.txt": table_a(run_samples({"P": {"ratios": IK6}})),
        "b.csv": sheet(),
        "c.csv": f"sample,role,sex,blast_percent\n{infos}\nP,patient,female,90\n",
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    result = analyse_files([tmp_path / name for name in texts])
    assert gene(only(result)).deleted == ("4-7",)
    with pytest.raises(FileRefused, match="one probemix sheet is needed"):
        analyse_files([tmp_path / "a.txt"])
    with pytest.raises(FileRefused, match="peak tables of one run"):
        analyse_files([tmp_path / "b.csv"])
    with pytest.raises(FileRefused, match="cannot be opened"):
        analyse_files([tmp_path / "none.txt"])
    (tmp_path / "d.txt").write_text("hello,world\n", encoding="utf-8")
    with pytest.raises(FileRefused, match="is no peak table"):
        analyse_files([tmp_path / "d.txt"])


def test_ratio_table_is_called_and_its_quality_stays_unknown():
    rows = "\n".join(f"P,x{n},IKZF1,{n},target,{0.55 if 4 <= n <= 7 else 1}" for n in range(1, 9))
    text = f"sample,probe,gene,exon,kind,ratio\n{rows}\nP,r,COL1A2,,reference,1\n"
    found = read_ratios(text.encode(), file="r.csv", mapping=PLAIN)
    sample = only(analyse_ratios(found, samples=[SampleInfo("P", blast_percent=90)]))
    assert [item.gene for item in sample.genes] == ["IKZF1"]
    assert gene(sample).deleted == ("4-7",)
    assay = sample.copy_number()
    assert assay.adequate is None
    assert assay.exons[3].probes == ("r.csv:5",)


@pytest.mark.skipif(not WORKBOOK.exists(), reason="the shared example workbook is not here")
def test_public_workbook_is_called_without_a_word_on_ikzf1():
    (sample,) = analyse_files([WORKBOOK]).samples
    assert (gene(sample, "APC").call, len(sample.probes)) == (CopyCall.NORMAL, 34)
    assert sample.copy_number().tested is False
    assert sample.to_json()["ikzf1"] == {}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("way", list(Normalisation))
def test_sample_without_signal_is_not_evaluable_and_disturbs_no_other(way):
    samples = run_samples({"P": {}, "Z": {}})
    samples["Z"] = [(size, 0.0) for size, _ in samples["Z"]]
    table = read_peaks(table_a(samples).encode(), file="run.txt")
    infos = [SampleInfo(f"R{n}", Role.REFERENCE) for n in range(1, 5)]
    infos.append(SampleInfo("P", blast_percent=90))
    result = analyse([table], probemix=MIX, samples=infos, settings=Settings(normalisation=way))
    assert gene(only(result, "Z")).call is CopyCall.NOT_EVALUABLE
    assert only(result, "Z").copy_number().adequate is False
    assert gene(only(result)).call is CopyCall.NORMAL
    json.dumps(result.to_json(), allow_nan=False)


@pytest.mark.filterwarnings("error")
def test_run_of_water_alone_has_no_calls():
    table = read_peaks(table_a({"W": sample_peaks()}).encode(), file="run.txt")
    (sample,) = analyse([table], probemix=MIX, samples=[SampleInfo("W", Role.WATER)]).samples
    assert (sample.genes, sample.copy_number().tested) == ((), False)
