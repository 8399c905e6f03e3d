"""The sheets and columns that risk protocols ask for: twice the same file, wrong words, and dates
that cannot be, as CSV and as XLSX, through the command and through the portal."""

import datetime as dt
import re
from io import StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse
from spreadsheet_files import CHILD, HEADINGS, csv_bytes, row, xlsx_bytes

from reports import models
from reports.importers import clinical

TODAY = dt.date(2024, 6, 30)
KNOWN = {"centre": "DEMO", "hospital_number": "0001"}
TEST = KNOWN | {"marker": "iamp21", "method": "fish", "result": "not_detected",
                "tested_on": "2020-01-10"}  # fmt: skip
NEW = {
    "day8_wbc": "4.0", "day8_blast_percent": "30", "mass_d33": "no_mass", "mass_week12": "gone",
    "mrd_use": "used", "pcr_mrd_use": "not_used", "marrow_day15": "m2", "marrow_day15_blasts": "22",
}  # fmt: skip
IN_CHINESE = {
    "第8天白细胞（10^9/L）": "4.0", "第8天外周血原始细胞（%）": "30", "第33天纵隔肿块": "从无肿块",
    "巩固治疗前纵隔肿块": "消失", "MRD检测": "可检测", "PCR法MRD检测": "不能检测",
    "第15天骨髓": "M2", "第15天骨髓原始细胞（%）": "22",
}  # fmt: skip
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def stored():
    """All that `NEW` and `TEST` say, as it is stored."""
    response = models.GlucocorticoidResponse.objects.values_list("day8_wbc", "day8_blast_percent")
    return (
        list(response),
        list(models.MediastinalMass.objects.values_list("mass_d33", "mass_week12")),
        list(models.Findings.objects.values_list("mrd_use", "pcr_mrd_use")),
        list(models.MarrowAssessment.objects.values_list("status", "blast_percent")),
    )


STORED = ([(4.0, 30.0)], [("no_mass", "gone")], [("used", "not_used")], [("m2", 22.0)])


def as_xlsx(patients, tests=()):
    tables = {"patients": [list(patients), list(patients.values())]}
    if tests:
        tables["genetic_tests"] = [list(tests[0]), *(list(item.values()) for item in tests)]
    return xlsx_bytes(tables)


@pytest.mark.parametrize("cells", [NEW, IN_CHINESE], ids=["codes", "Chinese"])
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_command_stores_the_new_columns_and_twice_changes_nothing(tmp_path, cells, kind):
    content = csv_bytes(row(**cells)) if kind == "csv" else as_xlsx(row(**cells))
    source = tmp_path / f"in.{kind}"
    source.write_bytes(content)
    call_command("import_clinical", source, language="en", stdout=StringIO())
    assert stored() == STORED
    before = models.Findings.history.count(), models.MarrowAssessment.history.count()
    out = StringIO()
    call_command("import_clinical", source, language="en", stdout=out)
    assert "patients: 0 new, 0 changed, 1 the same, 0 with errors" in out.getvalue()
    assert (models.Findings.history.count(), models.MarrowAssessment.history.count()) == before


def test_empty_cells_erase_nothing():
    clinical.commit(preview(csv_bytes(row(**NEW))), by="tester", reason="test")
    emptied = preview(csv_bytes(row(**dict.fromkeys(NEW, ""))))
    assert (emptied.errors, emptied.writes) == ((), 0)
    assert stored() == STORED


def preview(content, **more):
    return clinical.check_bytes(content, name="x", today=TODAY, **more)


WRONG = [
    ({"marker": "iamp22"}, "iamp22"),
    ({"marker": ""}, "marker"),
    ({"method": "pcr"}, "pcr"),
    ({"method": "rna_seq"}, "does not answer"),
    ({"result": "maybe"}, "maybe"),
    ({"result": ""}, "result"),
    ({"hospital_number": "9999"}, "neither in this file nor stored"),
    ({"tested_on": "2010-01-01"}, "2010-01-01"),
    ({"tested_on": "2016-02-29"}, "2016-02-29"),
    ({"tested_on": "2999-01-01"}, "2999-01-01"),
    ({"marker": "any_fusion", "method": "rna_seq", "result": "detected"}, "has a name"),
]


@pytest.mark.parametrize(("change", "says"), WRONG)
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_command_refuses_a_wrong_genetic_test_and_stores_nothing(tmp_path, change, says, kind):
    clinical.commit(preview(csv_bytes(row())), by="tester", reason="test")
    source, told = tmp_path / f"in.{kind}", StringIO()
    wrong = TEST | change
    good = TEST | {"marker": "ph_like", "method": "expression"}
    content = csv_bytes(good, wrong) if kind == "csv" else as_xlsx(row(), [good, wrong])
    source.write_bytes(content)
    options = {"sheet": "genetic_tests"} if kind == "csv" else {}
    with pytest.raises(CommandError):
        call_command("import_clinical", source, language="en", stdout=StringIO(), stderr=told,
                     **options)  # fmt: skip
    assert says in told.getvalue()
    assert "row 3" in told.getvalue()
    assert not models.GeneticTest.objects.exists()


@pytest.mark.parametrize(
    ("cells", "says"),
    [({"mass_d33": "gone"}, "gone"), ({"mass_week12": "reduced"}, "reduced"),
     ({"mrd_use": "maybe"}, "maybe"), ({"pcr_mrd_use": "2"}, "2"),
     ({"day8_wbc": "-1"}, "-1"), ({"day8_blast_percent": "101"}, "101"),
     ({"day8_wbc": "many"}, "many")],
)  # fmt: skip
def test_wrong_word_or_number_in_a_new_column_is_refused_by_name(cells, says):
    found = preview(csv_bytes(row(**(NEW | cells))))
    assert [item.column for item in found.errors] == list(cells)
    assert says in str(found.errors[0])


def test_chinese_words_of_a_genetic_test_are_read():
    words = {
        "中心": "DEMO", "住院号": "0001", "检测项目": "21号染色体内部扩增", "方法": "芯片",
        "结果": "阴性", "检测日期": "2020年1月10日",
    }  # fmt: skip
    content = xlsx_bytes(
        {"patients": [HEADINGS, CHILD], "基因检测": [list(words), list(words.values())]}
    )
    found = preview(content)
    assert [str(error) for error in found.errors] == []
    clinical.commit(found, by="tester", reason="test")
    names = ("marker", "method", "result", "tested_on")
    assert models.GeneticTest.objects.values_list(*names).get() == (
        "iamp21", "array", "not_detected", dt.date(2020, 1, 10),
    )  # fmt: skip
    assert preview(content).writes == 0


@pytest.fixture
def manager(client, django_user_model):
    client.force_login(django_user_model.objects.create_superuser("manager"))
    client.cookies["django_language"] = "en"
    return client


def uploaded(client, content, name, **more):
    data = {"table": SimpleUploadedFile(name, content)} | more
    return client.post(reverse("import"), data, follow=True)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize(("change", "says"), WRONG[:8:2])
def test_portal_tells_a_wrong_genetic_test_and_has_nothing_to_confirm(manager, kind, change, says):
    clinical.commit(preview(csv_bytes(row())), by="tester", reason="test")
    wrong = TEST | change
    content = csv_bytes(wrong) if kind == "csv" else as_xlsx(row(), [wrong])
    answer = uploaded(manager, content, f"t.{kind}", sheet="genetic_tests" if kind == "csv" else "")
    assert answer.redirect_chain
    assert says in answer.content.decode()
    assert not models.GeneticTest.objects.exists()


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_portal_stores_the_new_columns_and_has_nothing_to_confirm_the_second_time(manager, kind):
    content = csv_bytes(row(**NEW)) if kind == "csv" else as_xlsx(row(**NEW), [TEST])
    sheet = "patients" if kind == "csv" else ""
    answer = uploaded(manager, content, f"t.{kind}", sheet=sheet)
    address = answer.redirect_chain[-1][0]
    seen = re.search(r'name="seen" value="([0-9a-f]{64})"', answer.content.decode()).group(1)
    manager.post(f"{address}confirm/", {"reason": "from the ward", "seen": seen})
    assert stored() == STORED
    assert models.GeneticTest.objects.count() == (kind == "xlsx")
    answer = uploaded(manager, content, f"t.{kind}", sheet=sheet)
    assert 'name="seen"' not in answer.content.decode()
