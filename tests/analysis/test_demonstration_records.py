"""The demonstration cohort's records: columns, coherence, determinism, and the risk rules."""

import io
import re
import zipfile
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
import yaml
from openpyxl import load_workbook

from analysis.demonstration import build, write_workbook
from analysis.demonstration.workbook import workbook_bytes

COLUMNS = Path(__file__).parents[2] / "reports" / "importers" / "clinical_columns.yaml"


@pytest.fixture(scope="module")
def cohort():
    return build()


@pytest.fixture(scope="module")
def patients(cohort):
    return cohort.sheet("patients").records()


def study(patients):
    """The children numbered up to 200; the seven after them are outside the study."""
    return [row for row in patients if int(row["hospital_number"][-4:]) <= 200]


def fusion_of(cohort):
    return {
        row["hospital_number"]: f"{row['gene_a']}::{row['gene_b']}"
        for row in cohort.sheet("fusions").records()
        if row["result"] == "detected"
    }


# What the study did not ask, so that the demonstration has none of it.
SHEETS_NOT_FILLED = {"follow_up", "genetic_tests"}
COLUMNS_NOT_FILLED = {
    "patients": {
        "day8_wbc", "day8_blast_percent", "mass_d33", "mass_week12", "mrd_use", "pcr_mrd_use",
        "marrow_day15_blasts", "marrow_day33_blasts",
    },
}  # fmt: skip


def documented():
    return yaml.safe_load(COLUMNS.read_text(encoding="utf-8"))["sheets"]


def test_columns_are_those_of_the_documented_import(cohort):
    filled = {
        sheet["name"]: tuple(
            column["name"]
            for column in sheet["columns"]
            if column["name"] not in COLUMNS_NOT_FILLED.get(sheet["name"], ())
        )
        for sheet in documented()
        if sheet["name"] not in SHEETS_NOT_FILLED
    }
    assert {sheet.name: sheet.columns for sheet in cohort.sheets} == filled


def test_what_the_demonstration_leaves_out_is_documented_too():
    columns = {sheet["name"]: {c["name"] for c in sheet["columns"]} for sheet in documented()}
    assert set(columns) >= SHEETS_NOT_FILLED
    assert all(names <= columns[sheet] for sheet, names in COLUMNS_NOT_FILLED.items())


def test_values_are_allowed_by_the_documented_import(cohort):
    for sheet in documented():
        if sheet["name"] in SHEETS_NOT_FILLED:
            continue
        filled = cohort.sheet(sheet["name"])
        rows = filled.records()
        keys = Counter(tuple(row[name] for name in sheet["key"]) for row in rows)
        assert set(keys.values()) == {1}, sheet["name"]
        for column in sheet["columns"]:
            if column["name"] not in filled.columns:
                continue
            values = [row[column["name"]] for row in rows if row[column["name"]] not in (None, "")]
            if column["kind"] == "code":
                spelled = {s for stored, more in column["values"].items() for s in (stored, *more)}
                assert set(values) <= spelled, column["name"]
            if "hard" in column and column["kind"] != "measure":
                low, high = column["hard"]
                assert all(low <= value <= high for value in values), column["name"]


def test_every_child_is_labelled_synthetic(patients):
    assert all(row["synthetic"] == "yes" and row["centre"] == "DEMO" for row in patients)
    assert all(row["name"].startswith("虚构") for row in patients)


def test_dates_lie_in_the_period(patients):
    for row in study(patients):
        assert date(2017, 10, 1) <= row["diagnosis_date"] <= date(2020, 8, 31)
        assert row["birth_date"] < row["diagnosis_date"]


def test_percentages_share_a_hundred(patients):
    for row in patients:
        assert row["lymphocytes"] + row["neutrophils"] <= 100
        assert row.get("blasts_blood") is None or row["blasts_blood"] <= row["lymphocytes"]


def test_karyotype_agrees_with_sex_modal_number_and_dna_index(patients):
    for row in study(patients):
        first, *_ = row["karyotype"].split("/")
        number, sex, *changes = first.split("[")[0].split(",")
        assert sex == ("XX" if row["sex"] == "female" else "XY")
        gained = sum(change.startswith("+") for change in changes)
        lost = sum(change.startswith("-") for change in changes)
        assert int(number) == row["modal_number"] == 46 + gained - lost
        assert sum(int(n) for n in re.findall(r"\[(\d+)\]", row["karyotype"])) == 20
        assert row["dna_index"] == pytest.approx(row["modal_number"] / 46, abs=0.03)
        assert row["karyotype_state"] == ("abnormal" if changes else "normal")


def test_a_laboratory_run_has_one_date_after_the_diagnosis(cohort, patients):
    diagnosed = {row["hospital_number"]: row["diagnosis_date"] for row in patients}
    for sheet in ("mlpa", "sequencing"):
        rows = cohort.sheet(sheet).records()
        assert len({row["run"] for row in rows}) == len({(r["run"], r["run_date"]) for r in rows})
        assert all(row["run_date"] > diagnosed[row["hospital_number"]] for row in rows)


def test_variants_belong_to_a_sequencing_run_of_the_child(cohort):
    names = ("hospital_number", "specimen", "run")
    runs = {tuple(r[n] for n in names) for r in cohort.sheet("sequencing").records()}
    assert {tuple(r[n] for n in names) for r in cohort.sheet("variants").records()} <= runs


def test_girls_have_no_testicular_status(patients):
    for row in patients:
        assert (row["testicular_status"] == "not_applicable") == (row["sex"] == "female")


def test_ratios_agree_with_calls_and_blasts(cohort, patients):
    blasts = {row["hospital_number"]: row["blasts_marrow"] for row in patients}
    for row in cohort.sheet("mlpa").records():
        if row["sample_quality"] == "failed":
            assert (row["ratio"], row["call"]) == (None, "not_evaluable")
            continue
        b = blasts[row["hospital_number"]] / 100
        expected = {"het_del": 1 - 0.5 * b, "hom_del": 1 - b, "normal": 1.0}.get(row["call"], 0.74)
        assert row["ratio"] == pytest.approx(expected, abs=0.2)
        window = {"het_del": (0.4, 0.65), "hom_del": (0, 0.05), "normal": (0.8, 1.2)}
        low, high = window.get(row["call"], (0.65, 0.80))
        assert low <= row["ratio"] <= high


def test_mutations_are_on_the_panel_of_185(cohort):
    (genes,) = {row["panel_genes"] for row in cohort.sheet("sequencing").records()}
    panel = set(genes.split(";"))
    assert len(panel) == 185
    assert {row["gene"] for row in cohort.sheet("variants").records()} <= panel


def _high(row, fusion, week12):
    induction = _intermediate_item(row, fusion)
    return (
        row["day8_blasts"] >= 1.0
        or fusion in ("BCR::ABL1", "KMT2A::AFF1")
        or (induction and row["marrow_day15"] == "m3")
        or row["marrow_day33"] in ("m2", "m3")
        or _percent(row["mrd_d33_percent"]) >= 1.0
        or week12 >= 0.1
    )


def _intermediate_item(row, fusion):
    age = (row["diagnosis_date"] - row["birth_date"]).days / 365.25
    infant = age < 1 and not fusion.startswith("KMT2A::")
    return row["wbc"] >= 50 or age >= 10 or infant or fusion == "TCF3::PBX1"


def _low(row, fusion, week12):
    age = (row["diagnosis_date"] - row["birth_date"]).days / 365.25
    return (
        1 <= age < 10
        and row["wbc"] < 50
        and fusion not in ("BCR::ABL1", "KMT2A::AFF1", "TCF3::PBX1")
        and row["marrow_day15"] in ("m1", "m2")
        and row["marrow_day33"] == "m1"
        and _percent(row["mrd_d33_percent"]) < 0.01
        and week12 < 0.1
    )


def _percent(text):
    return 0.0 if text.startswith("<") else float(text.removesuffix("%"))


def test_risk_groups_follow_from_the_records_by_the_rules_of_cclg_all_2008(cohort, patients):
    fusions = fusion_of(cohort)
    week12 = {r["hospital_number"]: _percent(r["percent"]) for r in cohort.sheet("mrd").records()}
    computed = Counter()
    for row in study(patients):
        number = row["hospital_number"]
        given = (row, fusions.get(number, ""), week12.get(number, 0.0))
        if _high(*given):
            group = "high"
        elif _low(*given):
            group = "low"
        else:
            assert _intermediate_item(row, given[1]), number
            group = "intermediate"
        assert group == row["risk_group"], number
        computed[group] += 1
    assert computed == {"low": 80, "intermediate": 70, "high": 50}


def test_mrd_of_day_33_is_below_that_of_day_15(patients):
    for row in study(patients):
        d33 = _percent(row["mrd_d33_percent"])
        if d33:
            assert _percent(row["mrd_d15_percent"]) > d33


def test_marrow_of_day_15_agrees_with_mrd(patients):
    limits = {"m1": (0, 5), "m2": (5, 25), "m3": (25, 100)}
    for row in study(patients):
        if row["mrd_d15_percent"] != "not done":
            low, high = limits[row["marrow_day15"]]
            assert low <= _percent(row["mrd_d15_percent"]) < high


def test_seven_children_outside_show_the_other_answers(cohort, patients):
    outside = [row for row in patients if row not in study(patients)]
    numbers = [row["hospital_number"] for row in outside]
    assert numbers == [f"DEMO-{n:04d}" for n in range(201, 208)]
    quality = {number: set() for number in numbers}
    for row in cohort.sheet("mlpa").records():
        quality.setdefault(row["hospital_number"], set()).add(row["sample_quality"])
    sequenced = {row["hospital_number"] for row in cohort.sheet("sequencing").records()}
    failed, nothing, no_sequencing, few_blasts, t_all, apl, adult = numbers
    assert quality[failed] == {"failed"}
    assert not quality[nothing] and nothing not in sequenced
    assert quality[no_sequencing] == {"adequate"} and no_sequencing not in sequenced
    assert patients[203]["blasts_marrow"] == 15.0
    assert patients[203]["diagnosis_date"] > date(2020, 8, 31) and few_blasts in sequenced
    assert [row["diagnosis"] for row in outside[4:6]] == ["t_all", "apl"]
    assert t_all in sequenced and apl not in sequenced
    last = outside[-1]
    assert (last["diagnosis_date"] - last["birth_date"]).days / 365.25 >= 17 and adult in sequenced


def test_workbook_has_the_same_bytes_for_the_same_seed(tmp_path, cohort):
    first = write_workbook(tmp_path / "a.xlsx").read_bytes()
    assert first == workbook_bytes(cohort)
    # openpyxl and zip write the time of saving, unless it is taken out.
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert {info.date_time for info in archive.infolist()} == {(2022, 3, 28, 0, 0, 0)}
        assert archive.read("docProps/core.xml").count(b"2022-03-28T00:00:00Z") == 2
    book = load_workbook(io.BytesIO(first), read_only=True)
    assert book.sheetnames == [sheet.name for sheet in cohort.sheets]
    header, row = list(book["patients"].iter_rows(max_row=2, values_only=True))
    assert header == cohort.sheet("patients").columns
    assert row[header.index("hospital_number")] == "DEMO-0001"
    assert (
        row[header.index("birth_date")].date()
        == cohort.sheet("patients").records()[0]["birth_date"]
    )


def test_another_seed_is_another_cohort(cohort):
    assert build(1).sheet("patients").rows != cohort.sheet("patients").rows
