"""MLPA runs from files to records: what is stored, and what is not."""

import datetime as dt
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from mlpa_run_files import EXONS_4_TO_7, checked, lost, write, write_run

from analysis.file_problems import FileRefused
from analysis.mlpa.normalise import Normalisation
from analysis.mlpa.ratio_mapping import read_mapping
from reports import models
from reports.importers.lab_import import NotImportable, commit

pytestmark = pytest.mark.django_db
HEAD = b"Dye/Sample Peak\tSample Name\tSize\tHeight\tArea\n"
A_ROW, B_ROW = "A,patient,,,S1,2020-0001", "B,patient,male,90,S2,2020-0002"


@pytest.fixture
def children(store, register):
    """Two boys with a specimen each; the first specimen has 90 % blasts on record."""
    boys = register("2020-0001"), register("2020-0002")
    return (
        store(models.Specimen(patient=boys[0], number="S1", blast_percent=90)),
        store(models.Specimen(patient=boys[1], number="S2")),
    )


@pytest.fixture
def run(tmp_path, children):
    """Child A has lost one copy of exons 4-7, child B nothing."""
    patients = {"A": {"male": True, "ratios": lost()}, "B": {"male": True}}
    return write_run(tmp_path, patients, rows=[A_ROW, B_ROW])


def stored_counts():
    kinds = (models.MlpaRun, models.MlpaSample, models.ProbeRatio, models.Specimen,
             models.ImportBatch, models.AuditEvent, models.Ikzf1Assessment,
             models.ProbeRatio.history.model, models.MlpaSample.history.model)  # fmt: skip
    return [kind.objects.count() for kind in kinds]


def errors(preview):
    return [str(item) for item in preview.errors]


def imported(paths, **more):
    preview = checked(paths, **more)
    assert not errors(preview)
    saved = commit(preview, by="tester", reason="test")
    return preview, saved


def calls(specimen, **more):
    rows = models.ProbeRatio.objects.filter(sample__specimen=specimen, gene="IKZF1", **more)
    return {row.exon: row.call for row in rows}


def test_run_becomes_records_with_the_way_back_to_each_peak(run, children):
    imported(run)
    deleted = {exon for exon, call in calls(children[0]).items() if call == "het_del"}
    assert deleted == set("4567")
    assert set(calls(children[1]).values()) == {"normal"}
    stored = models.MlpaRun.objects.get()
    assert (stored.name, stored.probemix, stored.normalisation) == (
        "run7", "P335", "reference_samples",
    )  # fmt: skip
    assert {item["kind"] for item in stored.files} == {"peaks", "probemix", "run sheet"}
    assert {item["name"] for item in stored.controls} == {"R1", "R2", "R3", "R4", "W"}
    row = models.ProbeRatio.objects.get(sample__specimen=children[0], gene="IKZF1", exon="5")
    file, line = row.source.rsplit(":", 1)
    cells = run[0].read_text().splitlines()[int(line) - 1].split("\t")
    assert file == "run7.txt" and cells[1] == "A" and f"area {float(cells[6]):g}" in row.measurement
    # 90 % blasts are on record: 1 - 0.5 x 0.9 and 1 - 0.9.
    assert (row.expected_het, row.expected_hom) == (0.55, 0.1)
    assert row.use == "vendor claim" and row.reasons
    pax5 = models.ProbeRatio.objects.filter(sample__specimen=children[0], gene="PAX5").first()
    assert pax5.use == "research use"


def test_status_of_the_child_follows(run, children):
    imported(run)
    found = dict(models.Ikzf1Assessment.objects.values_list("patient", "large_deletion"))
    assert found == {children[0].patient_id: "altered", children[1].patient_id: "not_detected"}


def test_blasts_that_only_the_sheet_gives_become_the_specimens(run, children):
    preview, _saved = imported(run)
    children[1].refresh_from_db()
    assert children[1].blast_percent == 90
    assert any("90" in change.new for change in preview.changes)


def test_dry_run_stores_nothing_and_the_same_files_again_change_nothing(run):
    before = stored_counts()
    checked(run)
    assert stored_counts() == before
    imported(run)
    before = stored_counts()
    preview, saved = imported(run)
    assert (preview.writes, saved.created, saved.changed) == (0, 0, 0)
    assert stored_counts() == before
    told = [str(item) for item in preview.warnings]
    today = dt.datetime.now(dt.UTC).strftime("%Y-")
    assert sum("imported on " + today in text and "by tester" in text for text in told) == 3


def test_other_normalisation_keeps_the_former_ratios_in_history(run, children):
    imported(run)
    row = models.ProbeRatio.objects.get(sample__specimen=children[0], gene="IKZF1", exon="4")
    former, former_way = row.ratio, "reference_samples"
    _preview, saved = imported(run, normalisation=Normalisation.ALL_SAMPLES)
    row.refresh_from_db()
    assert saved.created == 0 and row.ratio != former
    assert [item.ratio for item in row.history.order_by("history_date", "history_id")] == [
        former, row.ratio,
    ]  # fmt: skip
    stored = models.MlpaRun.objects.get()
    ways = [item.normalisation for item in stored.history.order_by("history_id")]
    assert ways == [former_way, "all_samples"] and stored.normalisation == "all_samples"


def test_same_file_under_another_name_is_no_second_test(run, children):
    imported(run)
    again = errors(checked(run, run_name="repeat"))
    assert len(again) == 2
    assert "Sample A of this very file is on record in run run7 as specimen S1" in again[0]


def test_corrected_sheet_does_not_leave_the_sample_with_the_first_child(tmp_path, run, children):
    """A and B were taken for each other; with the sheet put right, no child keeps both."""
    imported(run)
    sheet = (tmp_path / "samples.csv").read_text()
    swapped = sheet.replace("S1,2020-0001", "#").replace("S2,2020-0002", "S1,2020-0001")
    write(tmp_path, "samples.csv", swapped.replace(",90,S1", ",90,S1").replace("#", "S2,2020-0002"))
    found = errors(checked(run))
    assert any("Sample A of this very file is on record" in item for item in found)
    assert any("Sample B of this very file is on record" in item for item in found)


def test_override_of_a_person_outlasts_another_reading(run, children, store):
    imported(run)
    row = models.ProbeRatio.objects.get(sample__specimen=children[0], gene="IKZF1", exon="4")
    row.override_call, row.override_reason, row.override_by = "normal", "seen by FISH", "Dr Li"
    store(row)
    imported(run, normalisation=Normalisation.ALL_SAMPLES)
    after = models.ProbeRatio.objects.get(pk=row.pk)
    assert after.ratio != row.ratio
    assert (after.override_call, after.override_by, after.call) == ("normal", "Dr Li", "het_del")
    assert after.final_call == "normal"


def test_sample_that_a_person_set_to_failed_stays_so(run, children, store):
    imported(run)
    sample = models.MlpaSample.objects.get(specimen=children[0])
    sample.sample_quality, sample.quality_reason = "failed", "tube was mixed up, see the note"
    store(sample)
    imported(run, normalisation=Normalisation.ALL_SAMPLES)
    sample.refresh_from_db()
    assert (sample.sample_quality, sample.quality_reason) == (
        "failed", "tube was mixed up, see the note",
    )  # fmt: skip
    assert set(calls(children[0]).values()) == {"not_evaluable"}
    # The person takes it back: the next reading gives the calls again.
    sample.sample_quality, sample.quality_reason = "adequate", ""
    store(sample)
    imported(run)
    assert calls(children[0])["5"] == "het_del"


def test_failed_sample_is_stored_as_failed_with_its_reason(tmp_path, children):
    # Quantity fragments as large as the 92 nt fragment: hardly any DNA was ligated.
    weak = {"male": True, "fragments": {64: 1000, 70: 1000, 76: 1000, 82: 1000}}
    paths = write_run(tmp_path, {"A": weak, "B": {"male": True}}, rows=[A_ROW, B_ROW])
    preview, _saved = imported(paths)
    sample = models.MlpaSample.objects.get(specimen=children[0])
    assert sample.sample_quality == "failed" and "Too little DNA" in sample.quality_reason
    assert set(calls(children[0]).values()) == {"not_evaluable"}
    assert models.ProbeRatio.objects.filter(sample=sample).exclude(held_call="").count() == 0
    status = models.Ikzf1Assessment.objects.get(patient=children[0].patient)
    assert status.large_deletion == "not_evaluable"
    assert any("Too little DNA" in str(item) for item in preview.warnings)


def test_preview_that_no_longer_fits_the_records_stores_nothing(run, children, store):
    preview = checked(run)
    children[0].blast_percent = 40
    store(children[0])
    before = stored_counts()
    with pytest.raises(NotImportable, match="look again"):
        commit(preview, by="tester", reason="test")
    assert stored_counts() == before


# --- refused, and nothing is stored --------------------------------------------------------------


def refused(paths, *texts, **more):
    before = stored_counts()
    preview = checked(paths, **more)
    found = errors(preview)
    for text in texts:
        assert any(text in line for line in found), (text, found)
    with pytest.raises(NotImportable):
        commit(preview, by="tester", reason="test")
    assert stored_counts() == before
    return found


def test_probe_without_its_peak_is_named_and_can_be_judged(tmp_path, children):
    missing = sorted(EXONS_4_TO_7)[0]
    patients = {"A": {"male": True, "ratios": {missing: 0}}, "B": {"male": True}}
    paths = write_run(tmp_path, patients, rows=[A_ROW, B_ROW])
    refused(paths, f"Sample A: {missing}: no peak within")
    imported(paths, unreadable=(("A", missing),))
    row = models.ProbeRatio.objects.get(sample__specimen=children[0], probe=missing)
    assert (row.call, row.ratio) == ("not_evaluable", None)
    imported(paths, absent=(("A", missing),))
    row.refresh_from_db()
    assert (row.call, row.ratio) == ("hom_del", 0)


@pytest.mark.parametrize("judgement", ["unreadable", "absent"])
def test_judgement_on_a_probe_or_sample_that_is_not_there_is_refused(tmp_path, children, judgement):
    patients = {"A": {"male": True}, "B": {"male": True}}
    paths = write_run(tmp_path, patients, rows=[A_ROW, B_ROW])
    known = sorted(EXONS_4_TO_7)[0]
    refused(paths, "no probe 99999-L99999", **{judgement: (("A", "99999-L99999"),)})
    refused(paths, "no sample Z", **{judgement: (("Z", known),)})


def test_probe_with_two_peaks_is_named_with_its_line(tmp_path, children):
    from mlpa_run_files import probes, run_samples

    samples = run_samples({"A": {"male": True}, "B": {"male": True}})
    name, _gene, _exon, length = next(item for item in probes() if item[1] == "IKZF1")
    samples["A"].append((length + 1.5, 900.0))
    paths = write_run(tmp_path, {}, rows=[A_ROW, B_ROW], tables=samples)
    [line] = refused(paths, f"Sample A: {name}: 2 peaks within")
    number = int(line.split("line ")[1].split(":")[0])
    assert f"{length + 0.3:.2f}" in run_line(paths[0], number)


def run_line(path, number):
    return path.read_text().splitlines()[number - 1]


def test_water_with_dna_refuses_the_run_unless_it_is_stored_as_failed(tmp_path, children):
    from mlpa_run_files import run_samples

    water = run_samples({"A": {}})["A"]
    patients = {"A": {"male": True}, "B": {"male": True}}
    paths = write_run(tmp_path, patients, rows=[A_ROW, B_ROW], water=water)
    found = refused(paths, "The water control shows DNA")
    assert len(found) == 1
    imported(paths, failed_run=True)
    quality = set(models.MlpaSample.objects.values_list("sample_quality", flat=True))
    assert quality == {"failed"}


def test_too_few_reference_samples(tmp_path, children):
    from mlpa_run_files import run_samples

    samples = run_samples({"A": {"male": True}, "B": {"male": True}}, references=2)
    rows = [A_ROW, B_ROW]
    paths = write_run(tmp_path, {}, rows=rows, tables=samples)
    text = paths[2].read_text().replace("R3,reference,female,,,\nR4,reference,male,,,\n", "")
    refused([*paths[:2], write(tmp_path, "few.csv", text)], "at least 3 are needed")


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (["A,patient,,,S1,2020-0002", B_ROW], "Specimen S1 does not belong to 2020-0002"),
        (["A,patient,,,S9,2020-0001", B_ROW], "There is no specimen S9"),
        ([A_ROW, "B,patient,,,S1,2020-0001"], "are of one specimen"),
        ([A_ROW], "Sample B is not in the sample sheet"),
        ([A_ROW, B_ROW, "C,patient,,,S1,2020-0001"], "No file holds the sample C"),
        (["A,patient,,,S1,", B_ROW], "sample A has one identifier"),
        (["A,patient,female,,S1,2020-0001", B_ROW], "the run sheet says female"),
        (["A,patient,,50,S1,2020-0001", B_ROW], "the run sheet says 50 % blasts"),
        (["A,patient,,150,S1,2020-0001", B_ROW], "blasts are 0 to 100 percent"),
        (["A,child,,,S1,2020-0001", B_ROW], 'role is "patient", "reference" or "water"'),
    ],
)
def test_sheet_that_does_not_fit(tmp_path, children, rows, message):
    patients = {"A": {"male": True}, "B": {"male": True}}
    refused(write_run(tmp_path, patients, rows=rows), message)


def test_children_of_two_centres_need_the_centres_name(tmp_path, children, store):
    girl = store(models.Centre(code="H2"))
    other = models.Patient(
        centre=girl, hospital_number="7", sex="male", diagnosis="b_all",
        birth_date=dt.date(2016, 1, 1), diagnosis_date=dt.date(2020, 1, 1),
    )  # fmt: skip
    store(other)
    store(models.Specimen(patient=other, number="S7"))
    patients = {"A": {"male": True}, "B": {"male": True}}
    paths = write_run(tmp_path, patients, rows=[A_ROW, "B,patient,,,S7,7"])
    refused(paths, "several centres (H1, H2)")
    refused(paths, "There is no centre H9", centre="H9")
    refused(paths, "Specimen S7 belongs to another centre: H2.", centre="H1")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("empty.txt", b"", "is empty"),
        ("binary.txt", bytes(range(256)) * 40, "is not text"),
        ("latin.txt", b"Gr\xf6 \xdf\tH\xff\n", "neither UTF-8 nor GBK"),
        ("other.csv", b"a,b\n1,2\n", "is no peak table"),
        ("notzip.xlsx", b"PK\x03\x04" + b"x" * 200, "damaged workbook"),
        ("cut.txt", HEAD + b'"B,1"\tA\t130', "cut short"),
        ("words.txt", HEAD + b'"B,1"\tA\t1,3\t2\t3\n', "is not a number"),
        ("gbk.txt", "样本\t峰\n甲\t乙\n".encode("gbk"), "is no peak table"),
    ],
)  # fmt: skip
def test_file_that_is_no_run(tmp_path, run, name, content, message):
    bad = write(tmp_path, name, content)
    found = refused([bad, *run[1:]], message)
    assert found[0].startswith(name)


def test_file_that_is_not_there(tmp_path, run):
    refused([tmp_path / "nowhere.txt", *run[1:]], "cannot be opened")


def test_second_probemix_sheet(tmp_path, run):
    refused(
        [*run, write(tmp_path, "mix2.csv", run[1].read_bytes())], "one probemix sheet is needed"
    )


def test_probe_of_the_sheet_that_stands_twice(tmp_path, children):
    from mlpa_run_files import sheet

    text = sheet()
    twice = text + text.splitlines()[-1] + "\n"
    patients = {"A": {"male": True}, "B": {"male": True}}
    paths = write_run(tmp_path, patients, rows=[A_ROW, B_ROW], mix=twice)
    refused(paths, f"mix.csv / line {len(twice.splitlines())}")


# --- ratios of other software ----------------------------------------------------------------


WORKBOOK = Path(__file__).parents[4] / "shared" / "data" / "mlpa" / "dmlpa.xlsx"


def test_real_workbook_of_ratios(tmp_path, children):
    """34 probes of the sheet "Gene filtered results", its only sample named by a sample sheet."""
    if not WORKBOOK.exists():
        pytest.skip("the shared test data are not on this machine")
    refused([WORKBOOK], "matched to no specimen")
    name = "dMLPA_APC_Pan5033_123456_Jane_DOE.1"
    given = write(tmp_path, "who.csv", f"sample,specimen,hospital_number\n{name},S1,2020-0001\n")
    preview, _saved = imported([WORKBOOK], samples=given, run_name="digital 1")
    stored = models.MlpaRun.objects.get()
    assert (stored.name, stored.normalisation) == ("digital 1", "file")
    rows = models.ProbeRatio.objects.all()
    assert len(rows) == 34 and {row.source.split(":")[0] for row in rows} == {"dmlpa.xlsx"}
    assert {row.use for row in rows} == {"research use"}
    assert [item.specimen for item in preview.samples] == ["S1"]


def test_table_of_ratios_by_a_mapping_of_the_laboratory(tmp_path, children):
    table = "Probe ID;Locus;Ex;Name;Value\n" + "".join(
        f"P{exon};IKZF1;{exon};2020-0001_S1;{0.52 if exon in (4, 5, 6, 7) else 1.01}\n"
        for exon in range(1, 9)
    )
    path = write(tmp_path, "ours.csv", table)
    refused([path], "is no peak table")
    mapping = read_mapping(
        b"name: ours\nprobe: Probe ID\ngene: Locus\nexon: Ex\nsample: Name\nratio: Value\n",
        file="ours.yaml",
    )
    imported([path], mapping=mapping)
    assert {exon for exon, call in calls(children[0]).items() if call == "het_del"} == set("4567")
    bad = write(tmp_path, "bad.csv", table.replace("0.52", "0,52"))
    refused([bad], "ratio is not a number", mapping=mapping)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"- a", "holds no mapping"),
        (b"a: [", "is no YAML"),
        (b"name: x\nprobe: P\ngene: G\nratoi: R", '"ratoi" is no key'),
        (b"name: x\nprobe: P", '"gene" is missing'),
        (b"name: x\nprobe: P\ngene: G\nratio: R", "given together"),
        (b"name: x\nprobe: P\ngene: 5", '"gene" is text'),
    ],
)
def test_mapping_that_is_none(text, message):
    with pytest.raises(FileRefused) as raised:
        read_mapping(text, file="m.yaml")
    assert message in str(raised.value)


# --- the command -----------------------------------------------------------------------------


def test_command_shows_stores_and_refuses(run, children, capsys):
    files = [str(path) for path in run]
    before = stored_counts()
    call_command("import_mlpa", *files, dry_run=True, language="en")
    out = capsys.readouterr().out
    assert "A → S1 · 2020-0001: " in out and "Dry run: nothing was stored." in out
    assert stored_counts() == before
    call_command("import_mlpa", *files, run_date="2021-03-04", run_name="M7", language="en")
    assert "created" in capsys.readouterr().out
    stored = models.MlpaRun.objects.get()
    assert (stored.name, stored.run_date) == ("M7", dt.date(2021, 3, 4))
    with pytest.raises(CommandError, match="1 errors"):
        call_command("import_mlpa", *files, centre="H9", language="en")
    assert "There is no centre H9." in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"run_date": "4.3.2021"}, "is no date"),
        ({"absent": ["A"]}, "write SAMPLE=PROBE"),
        ({"mapping": "nowhere.yaml"}, "neither a mapping file nor a known mapping"),
        ({"by": "nobody"}, "There is no user nobody."),
    ],
)
def test_command_with_a_slip(run, options, message):
    with pytest.raises(CommandError, match=message):
        call_command("import_mlpa", *map(str, run), language="en", **options)
