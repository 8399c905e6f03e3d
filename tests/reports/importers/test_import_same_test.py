"""Tests of several days, specimens and materials: each a row, and the same file twice changes
nothing."""

import datetime as dt

import pytest
from spreadsheet_files import csv_bytes, row, xlsx_bytes

from reports import models
from reports.importers import clinical

TODAY = dt.date(2024, 6, 30)
KNOWN = {"centre": "DEMO", "hospital_number": "0001"}
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def book(**sheets):
    """A workbook of {sheet: dict rows} with the child's own row, unless the sheets give one."""
    sheets = {"patients": [row()]} | sheets
    tables = {}
    for name, rows in sheets.items():
        rows = [item if name == "patients" else KNOWN | item for item in rows]
        names = list(dict.fromkeys(key for item in rows for key in item))
        tables[name] = [names, *([item.get(key, "") for key in names] for item in rows)]
    return xlsx_bytes(tables)


def imported(content, name="x.xlsx"):
    preview = clinical.check_bytes(content, name=name, today=TODAY)
    assert [str(error) for error in preview.errors] == []
    return clinical.commit(preview, by="tester", reason="test")


def again(content):
    """What the same file changes when it is imported once more."""
    preview = clinical.check_bytes(content, name="x.xlsx", today=TODAY)
    assert [str(error) for error in preview.errors] == []
    return preview.writes, preview.changes


def mrd(percent, material="", **more):
    return {"day": "33", "method": "flow", "percent": percent, "material": material} | more


def test_marrow_and_blood_of_one_day_are_two_measurements_and_stay_so():
    content = book(mrd=[mrd("0.02%", "blood"), mrd("0.5%", "marrow")])
    imported(content)
    stored = models.Mrd.objects.values_list("material", "fraction")
    assert sorted(stored) == [("blood", 0.0002), ("marrow", 0.005)]
    assert again(content) == (0, ())


@pytest.mark.parametrize("order", [("marrow", "blood"), ("blood", "marrow")])
def test_mrd_of_the_patients_sheet_is_that_of_the_marrow_in_either_order(order):
    values = {"marrow": "0.5%", "blood": "0.02%"}
    content = book(
        patients=[row(mrd_d33_percent="0.5%", mrd_method="flow")],
        mrd=[mrd(values[material], material) for material in order],
    )
    imported(content)
    stored = models.Mrd.objects.values_list("material", "fraction")
    assert sorted(stored) == [("blood", 0.0002), ("marrow", 0.005)]
    assert again(content) == (0, ())


def test_a_later_file_adds_the_material_that_was_left_open():
    imported(book(mrd=[mrd("0.5%")]))
    imported(book(mrd=[mrd("0.5%", "marrow")]))
    assert models.Mrd.objects.values_list("material", "fraction").get() == ("marrow", 0.005)
    assert again(book(mrd=[mrd("0.5%")])) == (0, ())


def test_blood_of_another_amount_never_takes_the_place_of_an_unstated_material():
    imported(book(mrd=[mrd("0.5%")]))
    content = book(mrd=[mrd("0.02%", "blood")])
    imported(content)
    stored = models.Mrd.objects.values_list("material", "fraction")
    assert sorted(stored) == [("", 0.005), ("blood", 0.0002)]
    assert again(content) == (0, ())


def genetic(result, on="", **more):
    return {"marker": "iamp21", "method": "fish", "result": result, "tested_on": on} | more


def test_one_genetic_test_on_two_days_is_two_tests():
    content = book(
        genetic_tests=[genetic("not_detected", "2020-01-10"), genetic("detected", "2022-05-01")]
    )
    imported(content)
    stored = models.GeneticTest.objects.order_by("tested_on").values_list("result", "tested_on")
    assert list(stored) == [
        ("not_detected", dt.date(2020, 1, 10)), ("detected", dt.date(2022, 5, 1)),
    ]  # fmt: skip
    assert again(content) == (0, ())


def test_a_day_is_added_to_the_same_result_and_another_result_is_another_test():
    imported(book(genetic_tests=[genetic("detected")]))
    imported(book(genetic_tests=[genetic("detected", "2020-01-10")]))
    assert models.GeneticTest.objects.get().tested_on == dt.date(2020, 1, 10)
    assert again(book(genetic_tests=[genetic("detected")])) == (0, ())
    content = book(genetic_tests=[genetic("not_detected")])
    imported(content)
    assert models.GeneticTest.objects.count() == 2
    assert again(content) == (0, ())


def test_a_fusion_without_specimen_is_that_of_the_diagnosis_and_never_of_the_relapse():
    imported(book())
    child = models.Patient.objects.get()
    from reports.actions import save_records

    relapse = models.Specimen(patient=child, number="R", time_point="relapse")
    pair = {"patient": child, "gene_a": "BCR", "gene_b": "ABL1", "method": "fish"}
    at_relapse = models.FusionResult(specimen=relapse, result="detected", **pair)
    save_records(records=[relapse, at_relapse], by="tester", reason="test")
    fusion = {"gene_a": "BCR", "gene_b": "ABL1", "method": "fish", "result": "not_detected"}
    content = book(fusions=[fusion])
    imported(content)
    found = models.FusionResult.objects.values_list("specimen__number", "result")
    assert sorted(found, key=str) == [("R", "detected"), (None, "not_detected")]
    assert again(content) == (0, ())


def test_blasts_of_a_marrow_are_stored_beside_its_word():
    content = csv_bytes(row(marrow_day15="M2", marrow_day15_blasts="22"))
    imported(content, name="x.csv")
    found = models.MarrowAssessment.objects.values_list("day", "status", "blast_percent").get()
    assert found == (15, "m2", 22.0)


@pytest.mark.parametrize(
    ("cells", "says"),
    [({"marrow_day15_blasts": "22"}, "without the marrow's"),
     ({"marrow_day15": "M1", "marrow_day15_blasts": "5"}, "contradicts m1"),
     ({"marrow_day15": "M2", "marrow_day15_blasts": "4.9"}, "contradicts m2"),
     ({"marrow_day15": "M2", "marrow_day15_blasts": "25.1"}, "contradicts m2"),
     ({"marrow_day15": "M3", "marrow_day15_blasts": "24"}, "contradicts m3"),
     ({"marrow_day33": "not done", "marrow_day33_blasts": "3"}, "contradicts not_tested"),
     ({"marrow_day33": "M1", "marrow_day33_blasts": "101"}, "101")],
)  # fmt: skip
def test_blasts_that_contradict_the_marrow_are_refused(cells, says):
    preview = clinical.check_bytes(csv_bytes(row(**cells)), name="x.csv", today=TODAY)
    assert any(says in str(error) for error in preview.errors), [str(e) for e in preview.errors]


@pytest.mark.parametrize(
    ("word", "percent"), [("M1", "0"), ("M1", "4.9"), ("M2", "5"), ("M2", "25"), ("M3", "25")]
)
def test_blasts_at_the_edges_of_a_marrow_are_taken(word, percent):
    cells = {"marrow_day15": word, "marrow_day15_blasts": percent}
    imported(csv_bytes(row(**cells)), name="x.csv")
    assert models.MarrowAssessment.objects.get().blast_percent == float(percent)
