"""From a file to stored records: what is new, what changes, and what never does."""

import datetime
from io import StringIO

import openpyxl
import pytest
from columns_page import columns_text, printed_text
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from spreadsheet_files import CHILD, HEADINGS, csv_bytes, patients_xlsx, row, xlsx_bytes

from reports import models
from reports.importers import clinical
from reports.importers.mapping import MappingError, parse_mapping
from reports.importers.template import write_template

TODAY = datetime.date(2024, 6, 30)
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def preview_of(content, **more):
    return clinical.check_bytes(content, name="x.csv", today=TODAY, **more)


def imported(content, **more):
    preview = preview_of(content, **more)
    assert [str(error) for error in preview.errors] == []
    return clinical.commit(preview, by="tester", reason="test")


def counts(preview):
    return {c.sheet: (c.new, c.changed, c.same, c.errors) for c in preview.counts}


def history_rows():
    return {
        model.__name__: model.history.count()
        for model in (models.Centre, models.Patient, models.Findings, models.Mrd)
    }


def test_file_is_stored_with_history_and_remembered():
    content = csv_bytes(
        row(mrd_d15_percent="<0.01%", mrd_d15_lod_fraction="1e-4", mrd_method="流式")
    )
    saved = imported(content)
    assert (saved.created, saved.changed) == (4, 0)
    child = models.Patient.objects.get()
    assert (child.centre.code, child.hospital_number, child.sex) == ("DEMO", "0001", "male")
    assert child.birth_date == datetime.date(2016, 3, 1)
    assert child.findings.wbc == 6.49
    mrd = child.mrd.get()
    assert (mrd.day, mrd.operator, mrd.fraction, mrd.lod_fraction) == (15, "<", 0.0001, 0.0001)
    assert child.history.get().history_change_reason == "test"
    batch = models.ImportBatch.objects.get()
    assert (batch.who, batch.file_name) == ("tester", "x.csv")
    assert preview_of(content).imported_before == batch.at


def test_same_file_twice_changes_nothing():
    content = csv_bytes(row(mrd_d33_percent="0", mrd_method="flow", marrow_day15="M1"))
    imported(content)
    before = history_rows()
    again = preview_of(content)
    assert counts(again) == {"patients": (0, 0, 1, 0)}
    saved = clinical.commit(again, by="tester", reason="again")
    assert (saved.created, saved.changed) == (0, 0)
    assert history_rows() == before
    assert models.ImportBatch.objects.count() == 1


def test_changed_field_is_shown_with_old_and_new_and_leaves_one_row_of_history():
    imported(csv_bytes(row()))
    preview = preview_of(csv_bytes(row(wbc="7.5")))
    assert counts(preview) == {"patients": (0, 1, 0, 0)}
    assert [(c.patient, c.field, c.old, c.new) for c in preview.changes] == [
        ("0001", "wbc", "6.49", "7.5")
    ]
    clinical.commit(preview, by="tester", reason="corrected")
    findings = models.Findings.objects.get()
    assert findings.wbc == 7.5
    assert [h.wbc for h in findings.history.order_by("history_date", "pk")] == [6.49, 7.5]
    assert models.Patient.history.count() == 1


def test_empty_cell_never_erases():
    imported(csv_bytes(row(karyotype="46,XY[20]")))
    preview = preview_of(csv_bytes(row(wbc="NA", karyotype="", sex="未知")))
    assert counts(preview) == {"patients": (0, 0, 1, 0)}
    clinical.commit(preview, by="tester", reason="less is known")
    assert models.Findings.objects.get().karyotype == "46,XY[20]"
    assert models.Patient.objects.get().sex == "male"


def test_new_finding_of_a_stored_child_is_a_change():
    imported(csv_bytes({k: v for k, v in row().items() if k != "wbc"}))
    assert not models.Findings.objects.exists()
    preview = preview_of(csv_bytes(row()))
    assert counts(preview) == {"patients": (0, 1, 0, 0)}
    clinical.commit(preview, by="tester", reason="more is known")
    assert models.Findings.objects.get().wbc == 6.49


def test_one_wrong_row_keeps_the_good_ones_out():
    preview = preview_of(csv_bytes(row(), row(hospital_number="0002", wbc="abc")))
    assert counts(preview) == {"patients": (1, 0, 0, 1)}
    with pytest.raises(clinical.NotImportable, match="Nothing was stored: 1 errors"):
        clinical.commit(preview, by="tester", reason="test")
    assert not models.Patient.objects.exists()
    assert not models.Centre.objects.exists()


def test_commit_refuses_when_what_is_stored_has_changed_since_the_preview():
    imported(csv_bytes(row()))
    stale = preview_of(csv_bytes(row(wbc="7.5")))
    imported(csv_bytes(row(wbc="8.5")))
    with pytest.raises(clinical.NotImportable, match="changed since the preview"):
        clinical.commit(stale, by="tester", reason="late")
    assert models.Findings.objects.get().wbc == 8.5


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_text_table_is_read_in_each_encoding_and_with_each_delimiter(encoding, delimiter):
    child = row(name="䶮㛃, 王;五", immunophenotype="前B")
    imported(csv_bytes(child, encoding=encoding, delimiter=delimiter))
    stored = models.Patient.objects.get()
    assert (stored.name, stored.findings.immunophenotype) == ("䶮㛃, 王;五", "前B")


def test_chinese_headings_are_read():
    content = "中心,住院号,诊断,性别,白细胞（10^9/L）\nDEMO,1,急性B淋巴细胞白血病,女,6.5\n"
    imported(content.encode("gb18030"))
    child = models.Patient.objects.get()
    assert (child.diagnosis, child.sex, child.findings.wbc) == ("b_all", "female", 6.5)


HOSTILE = (
    "<script>alert(1)</script>",
    "$x$",
    "=1+1",
    "+cmd|' /C calc'!A0",
    "@x",
    "{x} %s",
    "𠮷野\u3000家",
)


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("make", [csv_bytes, patients_xlsx], ids=["csv", "xlsx"])
def test_hostile_but_legal_text_is_stored_as_itself(text, make):
    def as_text(book):
        for cells in book["patients"].iter_rows():
            for cell in cells:
                cell.data_type = "s"

    content = make(row(name=text)) if make is csv_bytes else make(row(name=text), change=as_text)
    imported(content)
    assert models.Patient.objects.get().name == text


def test_every_sheet_of_a_workbook_is_stored():
    key = ("DEMO", "0001")
    mlpa = (
        "specimen",
        "run",
        "probemix",
        "sample_quality",
        "probe",
        "gene",
        "exon",
        "ratio",
        "call",
    )
    sequencing = ("specimen", "run", "panel", "panel_version", "panel_genes", "quality")
    variants = ("specimen", "run", "gene", "hgvs_c", "consequence", "vaf")
    keys = ("centre", "hospital_number")
    content = xlsx_bytes(
        {
            "patients": [HEADINGS, CHILD],
            "mrd": [(*keys, "day", "percent", "method"), (*key, 84, "neg", "FCM")],
            "融合基因": [
                (*keys, "gene_a", "gene_b", "method", "result"),
                (*key, "ETV6", "RUNX1", "RT-PCR", "阳性"),
                (*key, "BCR", "ABL1", "FISH", "未做"),
            ],
            "mlpa": [
                (*keys, *mlpa),
                (*key, "S1", "M1", "P335", "OK", "p4", "IKZF1", "4", 0.52, "het_del"),
                (*key, "S1", "M1", "P335", "OK", "p5", "IKZF1", "5", 0.98, "normal"),
                (*key, "S1", "M1", "P335", "OK", "p5b", "IKZF1", "5", 0.97, "normal"),
            ],
            "sequencing": [
                (*keys, *sequencing),
                (*key, "S1", "N1", "185", "1", "IKZF1;NRAS", "OK"),
            ],
            "variants": [
                (*keys, *variants),
                (*key, "S1", "N1", "NRAS", "c.35G>A", "missense", "31%"),
            ],
            "follow_up": [(*keys, "event", "date"), (*key, "alive", "2021-06-30")],
        }
    )
    preview = preview_of(content)
    assert counts(preview) == {
        "patients": (1, 0, 0, 0),
        "mrd": (1, 0, 0, 0),
        "fusions": (2, 0, 0, 0),
        "mlpa": (3, 0, 0, 0),
        "sequencing": (1, 0, 0, 0),
        "variants": (1, 0, 0, 0),
        "follow_up": (1, 0, 0, 0),
    }
    clinical.commit(preview, by="tester", reason="test")
    child = models.Patient.objects.get()
    assert [(m.day, m.operator, m.fraction) for m in child.mrd.all()] == [
        (84, "not_detected", None)
    ]
    assert {f.gene_a: f.result for f in child.fusions.all()} == {
        "ETV6": "detected",
        "BCR": "not_tested",
    }
    assert models.Specimen.objects.count() == models.MlpaSample.objects.count() == 1
    probes = models.ProbeRatio.objects.values_list("exon", "probe", "call")
    assert sorted(probes) == [("4", "p4", "het_del"), ("5", "p5", "normal"), ("5", "p5b", "normal")]
    variant = models.Variant.objects.get()
    assert (variant.vaf, variant.sample.panel.name) == (0.31, "185")
    again = preview_of(content)
    assert {(c.new, c.changed, c.errors) for c in again.counts} == {(0, 0, 0)}


def test_panel_of_a_stored_sample_can_be_corrected():
    names = ("centre", "hospital_number", "specimen", "run", "panel", "quality")

    def content(panel):
        return xlsx_bytes(
            {
                "patients": [HEADINGS, CHILD],
                "sequencing": [names, ("DEMO", "0001", "S1", "N1", panel, "OK")],
            }
        )

    imported(content("185"))
    preview = preview_of(content("200"))
    assert counts(preview)["sequencing"] == (0, 1, 0, 0)
    assert [(c.field, c.old, c.new) for c in preview.changes] == [("panel", "185", "200")]
    clinical.commit(preview, by="tester", reason="the other panel")
    assert models.SequencingSample.objects.get().panel.name == "200"


def test_two_rows_that_contradict_each_other_about_one_run_are_refused():
    mlpa = (
        "centre",
        "hospital_number",
        "specimen",
        "run",
        "probemix",
        "sample_quality",
        "gene",
        "exon",
        "call",
    )
    content = xlsx_bytes(
        {
            "patients": [HEADINGS, CHILD],
            "mlpa": [
                mlpa,
                ("DEMO", "0001", "S1", "M1", "P335", "OK", "IKZF1", "1", "normal"),
                ("DEMO", "0001", "S1", "M1", "P202", "OK", "IKZF1", "2", "normal"),
            ],
        }
    )
    errors = [str(e) for e in preview_of(content).errors]
    assert len(errors) == 1
    assert "P202 here, P335 in row 2 of sheet mlpa" in errors[0]


def test_variant_of_a_sample_that_was_not_sequenced_is_refused():
    names = ("centre", "hospital_number", "specimen", "run", "gene", "hgvs_c")
    content = xlsx_bytes(
        {
            "patients": [HEADINGS, CHILD],
            "variants": [names, ("DEMO", "0001", "S1", "N1", "NRAS", "c.35G>A")],
        }
    )
    assert "was not sequenced in this run" in str(preview_of(content).errors[0])


def test_record_of_a_stored_child_needs_no_row_of_patients():
    imported(csv_bytes(row()))
    content = csv_bytes(
        {"centre": "DEMO", "hospital_number": "0001", "event": "复发", "date": "2021/5/6"}
    )
    imported(content, sheet="随访")
    assert models.FollowUpEvent.objects.get().date == datetime.date(2021, 5, 6)


def test_number_of_queries_does_not_grow_with_rows():
    def queries(count):
        content = csv_bytes(*(row(hospital_number=f"{count}-{n}") for n in range(count)))
        with CaptureQueriesContext(
            connection,
        ) as found:
            preview = preview_of(content)
        assert preview.errors == ()
        return len(found)

    assert queries(3) == queries(60)


# --- template, errors, documentation, mapping ----------------------------------------------------


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_template_with_its_examples_imports_cleanly(tmp_path, language):
    path = tmp_path / "template.xlsx"
    write_template(path, language=language)
    preview = clinical.check_file(path)
    assert [str(problem) for problem in preview.problems] == []
    assert {c.sheet: c.new for c in preview.counts} == dict.fromkeys(
        (
            "patients",
            "mrd",
            "fusions",
            "genetic_tests",
            "mlpa",
            "sequencing",
            "variants",
            "follow_up",
        ),
        1,
    )
    clinical.commit(preview, by="tester", reason="test")
    assert models.Patient.objects.get().hospital_number == "2020-0001"


def test_template_offers_the_choices_and_keeps_genes_as_text(tmp_path):
    path = tmp_path / "template.xlsx"
    write_template(path)
    sheet = openpyxl.load_workbook(path)["patients"]
    offered = {
        str(v.sqref).split(":")[0]: v.formula1 for v in sheet.data_validations.dataValidation
    }
    heading = next(cell for cell in sheet[1] if cell.value == "sex")
    assert f"{heading.column_letter}2" in offered
    variants = openpyxl.load_workbook(path)["variants"]
    gene = next(cell for cell in variants[1] if cell.value == "gene")
    assert variants.column_dimensions[gene.column_letter].number_format == "@"


def test_error_book_gives_back_the_bad_rows_and_can_be_imported_when_corrected(tmp_path):
    source, errors = tmp_path / "in.csv", tmp_path / "errors.xlsx"
    source.write_bytes(
        csv_bytes(
            row(), row(hospital_number="0002", name="=1+1", wbc="-5"), row(hospital_number="0003")
        )
    )
    with pytest.raises(CommandError, match="Nothing was stored: 1 errors"):
        call_command("import_clinical", source, errors=errors, stdout=StringIO(), stderr=StringIO())
    book = openpyxl.load_workbook(errors)
    sheet = book["patients"]
    names = [cell.value for cell in sheet[1]]
    assert sheet.max_row == 2
    bad = dict(zip(names, sheet[2], strict=True))
    assert bad["hospital_number"].value == "0002"
    assert (bad["name"].value, bad["name"].data_type) == ("=1+1", "s")
    assert "outside the possible range" in bad["import_problem"].value
    bad["wbc"].value = "5"
    book.save(errors)
    imported(errors.read_bytes())
    assert models.Patient.objects.get().name == "=1+1"


def test_command_shows_counts_and_stores_only_without_dry_run(tmp_path):
    source = tmp_path / "in.csv"
    source.write_bytes(csv_bytes(row()))
    out = StringIO()
    call_command("import_clinical", source, dry_run=True, language="en", stdout=out)
    assert "patients: 1 new, 0 changed, 0 the same, 0 with errors" in out.getvalue()
    assert not models.Patient.objects.exists()
    call_command("import_clinical", source, language="en", stdout=out)
    assert models.Patient.objects.count() == 1


def test_command_writes_every_error_with_its_value(tmp_path):
    source, err = tmp_path / "in.csv", StringIO()
    source.write_bytes(csv_bytes(row(sex="X", wbc="abc")))
    with pytest.raises(CommandError):
        call_command("import_clinical", source, language="en", stdout=StringIO(), stderr=err)
    told = err.getvalue().splitlines()
    assert len(told) == 2
    assert "row 2 / sex (D2)" in told[0]
    assert "[X]" in told[0]
    assert "[abc]" in told[1]


def test_command_names_an_unknown_user(tmp_path):
    source = tmp_path / "in.csv"
    source.write_bytes(csv_bytes(row()))
    with pytest.raises(CommandError, match="no user nobody"):
        call_command("import_clinical", source, by="nobody", language="en", stdout=StringIO())


def test_messages_are_written_when_read_and_not_before():
    preview = preview_of(csv_bytes(row(sex="X")))
    with translation.override("zh-hans"):
        assert str(preview.errors[0])
    assert "is not one of the answers" in str(preview.errors[0])


def test_documentation_prints_the_columns_as_they_are():
    assert printed_text().strip() == columns_text().strip()


MAPPING = """
version: 1
title: other centre
words: {unknown: [missing]}
group_by: [ID]
leave_out: [{column: Lineage, values: [T], reason: "T-lineage"}]
ignore: [Remark]
records:
  - sheet: patients
    columns:
      centre: {constant: OTHER}
      hospital_number: ID
      diagnosis: {column: Lineage, values: {B: b_all}}
      age_years: {column: Days, unit: days}
      wbc: {column: WBC, unit: /uL}
      marrow_day15: {column: D15, bands: [{below: 5, code: m1}, {below: 25, code: m2}, {code: m3}]}
  - sheet: mrd
    only_if: [percent]
    columns:
      centre: {constant: OTHER}
      hospital_number: ID
      day: {constant: "29"}
      percent: MRD
      method: {constant: flow}
"""


def other(**changes):
    return {"ID": "P1", "Lineage": "B", "Days": "1461", "WBC": "6490", "D15": "5", "MRD": "0.5",
            "Remark": "x"} | changes  # fmt: skip


def test_mapping_converts_units_words_bands_and_several_rows_a_patient():
    content = csv_bytes(other(WBC="missing"), other(MRD=""), other(ID="P2", Lineage="T"))
    preview = preview_of(content, mapping=parse_mapping(MAPPING))
    assert [(left.reason, left.count) for left in preview.left_out] == [("T-lineage", 1)]
    clinical.commit(preview, by="tester", reason="test")
    child = models.Patient.objects.get()
    assert (child.hospital_number, child.age_years, child.findings.wbc) == ("P1", 4.0, 6.49)
    assert child.marrow.get().status == "m2"
    assert child.mrd.get().fraction == 0.005


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([other(WBC="1"), other(WBC="2")], "contradict each other"),
        ([other(Lineage="mixed")], "not in the mapping's value table"),
        ([other(Extra="1")], "neither uses nor ignores"),
        ([{"ID": "P1"}], "is not in the file"),
        ([other(Days="99999")], "0 to 120 years"),
        ([other(ID="")], "is required and empty"),
    ],
)
def test_mapped_file_that_does_not_fit_is_refused(rows, says):
    preview = preview_of(csv_bytes(*rows), mapping=parse_mapping(MAPPING))
    assert any(says in str(error) for error in preview.errors), [str(e) for e in preview.errors]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("version: 1", "version: 7"), "version must be 1"),
        (("unit: days", "unit: kg"), "'kg' cannot be converted to years"),
        (("age_years", "age"), "'age' is not a documented column"),
        (("{B: b_all}", "{B: b}"), "'B' is mapped to 'b'"),
        (("{B: b_all}", "{No: b_all}"), "quotation marks"),
        (("sheet: mrd", "sheet: tests"), "'sheet' must be one of"),
        (("      method: {constant: flow}\n", ""), "required column method is not mapped"),
        (("{code: m3}]", "]"), "the last band must have no limit"),
        (("ignore:", "ignored:"), "'ignored' is not known"),
        (("only_if: [percent]", "only_if: [x]"), "only_if: 'x' is not mapped"),
        (("title: other centre", "title: ["), "not valid YAML"),
        (("title: other centre", "version: 1"), "twice: version"),
    ],
)
def test_mapping_that_is_wrong_says_what(change, says):
    with pytest.raises(MappingError) as caught:
        parse_mapping(MAPPING.replace(*change))
    assert says in str(caught.value)


CHILD_OF_LAB = {"centre": "DEMO", "hospital_number": "0001", "specimen": "S1"}
PROBE = CHILD_OF_LAB | {
    "run": "M1", "sample_quality": "adequate", "gene": "IKZF1", "exon": "4", "call": "normal",
}  # fmt: skip
SEQUENCED = CHILD_OF_LAB | {"run": "N1", "panel": "p", "quality": "adequate"}


@pytest.mark.parametrize("sheet", ["mlpa", "sequencing"])
def test_specimen_of_relapse_is_stored_as_such_and_empty_changes_nothing(sheet):
    imported(csv_bytes(row()))
    line = PROBE if sheet == "mlpa" else SEQUENCED
    imported(csv_bytes(line | {"time_point": "复发"}), sheet=sheet)
    assert models.Specimen.objects.get().time_point == "relapse"
    assert counts(preview_of(csv_bytes(line), sheet=sheet)) == {sheet: (0, 0, 1, 0)}


def test_specimen_that_names_no_time_point_is_of_diagnosis():
    imported(csv_bytes(row()))
    imported(csv_bytes(PROBE), sheet="mlpa")
    assert models.Specimen.objects.get().time_point == "diagnosis"


@pytest.mark.parametrize(
    "written",
    ["IKZF1;NRAS", "IKZF1, NRAS", "IKZF1；NRAS", "IKZF1、NRAS", "ikzf1 NRAS;", "IKZF1|NRAS"],
)
def test_genes_of_a_panel_are_found_however_they_are_divided(written):
    imported(csv_bytes(row()))
    imported(csv_bytes(SEQUENCED | {"panel_genes": written}), sheet="sequencing")
    assert models.Panel.objects.get().genes == {"IKZF1", "NRAS"}


@pytest.mark.parametrize(
    ("call", "ratio", "contradicts"),
    [
        ("normal", "0.5", True), ("normal", "0.8", False), ("normal", "1.2", False),
        ("normal", "1.21", True), ("het_del", "0.79", False), ("het_del", "0.8", True),
        ("hom_del", "1", True), ("het_dup", "1.2", True), ("hom_dup", "1.9", False),
        ("ambiguous", "0.5", False), ("normal", "", False),
    ],
)  # fmt: skip
def test_call_that_its_ratio_contradicts_is_warned_of_and_kept(call, ratio, contradicts):
    imported(csv_bytes(row()))
    preview = preview_of(csv_bytes(PROBE | {"call": call, "ratio": ratio}), sheet="mlpa")
    assert [item.column for item in preview.warnings] == ["call"] * contradicts
    assert not preview.errors


@pytest.mark.parametrize("option", ["--template", "--errors"])
def test_path_that_cannot_be_written_is_said_by_name(option, tmp_path):
    source = tmp_path / "in.csv"
    source.write_bytes(csv_bytes(row(wbc="x")))
    out = tmp_path / "no folder" / "out.xlsx"
    with pytest.raises(CommandError, match=r"out\.xlsx: No such file or directory"):
        call_command("import_clinical", str(source), option, str(out), stdout=StringIO())
