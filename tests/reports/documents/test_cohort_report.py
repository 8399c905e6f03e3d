"""The cohort report: what it counts, what it says where there is nothing to count, its JSON."""

import json
import re
import shutil
import subprocess
from dataclasses import replace

import pytest
from django.core.management import CommandError, call_command

from analysis.calls import State
from reports.actions.records import save_records
from reports.cohort_content import cohort_content
from reports.documents.cohort import cohort_json, cohort_pdf, cohort_report, report_of
from reports.models import SavedCohort
from tests.reports.documents.children import NORMAL, child, examined, with_variant

pytestmark = pytest.mark.django_db
ROW = ["variable", "label", "test", "p", "groups"]
GROUP = ["label", "n", "of", "median", "low", "high"]
needs_pdftotext = pytest.mark.skipif(
    shutil.which("pdftotext") is None, reason="pdftotext is not installed"
)


@pytest.fixture
def three_children():
    """One altered, one not detected, one whose MLPA failed; and one who was never tested."""
    examined("1", sex="female", synthetic="synthetic")
    examined("2", exons=NORMAL)
    examined("3", quality="failed")
    child("4", sex="male")


def text(report) -> str:
    done = subprocess.run(
        ["pdftotext", "-layout", "-", "-"],
        input=cohort_pdf(report),
        capture_output=True,
        check=True,
    )
    return re.sub(r"\s+", " ", done.stdout.decode())


def row(table: list[dict], variable: str) -> dict:
    return next(item for item in table if item["variable"] == variable)


def test_tables_of_the_json_have_exactly_the_documented_keys(three_children):
    found = cohort_json(cohort_report(None, language="en"))
    for name in ("table1", "table2"):
        assert found[name]
        for item in found[name]:
            assert list(item) == ROW
            assert all(list(group) == GROUP for group in item["groups"])
    json.dumps(found, allow_nan=False)


def test_groups_hold_the_answered_and_the_others_are_counted_by_state(three_children):
    found = cohort_json(cohort_report(None, language="en"))
    assert found["cohort"]["children"] == 4
    assert found["ikzf1"]["ikzf1"] == {
        "altered": 1,
        "not_detected": 1,
        "not_evaluable": 1,
        "not_tested": 1,
    }
    sex = row(found["table2"], "sex")
    assert [(group["n"], group["of"]) for group in sex["groups"]] == [(1, 1), (0, 1)]
    assert found["table2_excluded"] == [
        {"state": "not_evaluable", "n": 1},
        {"state": "not_tested", "n": 1},
    ]


def test_missing_measurement_leaves_the_denominator(three_children):
    found = cohort_json(cohort_report(None, language="en"))
    # Three of the four children have day-15 MRD of 0.0021, above 1e-3; the fourth has none.
    assert row(found["table1"], "mrd_d15_above")["groups"][0] == {
        "label": "All children",
        "n": 3,
        "of": 3,
        "median": None,
        "low": None,
        "high": None,
    }
    assert row(found["table1"], "wbc")["groups"][0]["median"] == 6.49


def test_deletions_and_genes_are_counted_among_those_tested(three_children):
    found = cohort_json(cohort_report(None, language="en"))
    assert found["deletion_map"] == [
        {"exons": "4-7", "calls": ["normal"] * 3 + ["het_del"] * 4 + ["normal"], "n": 1}
    ]
    genes = {
        gene["gene"]: (gene["n"], gene["of"])
        for group in found["genes_by_function"]
        for gene in group["genes"]
    }
    # NRAS: all three sequenced children carry it. IKZF1: one of the two with an answer.
    assert genes == {"NRAS": (3, 3), "IKZF1": (1, 2)}


@needs_pdftotext
def test_document_names_the_left_out_the_tests_and_the_invented(three_children):
    found = text(cohort_report(None, language="en"))
    assert "Synthetic data: 1 of 4 children are invented" in found
    assert "1 child left out: IKZF1 not evaluable" in found
    assert "1 child left out: IKZF1 not tested" in found
    assert not re.search(r"(?<![\d.,])1 children", found)
    assert "Table 1. The children (4)" in found
    assert "Table 2. By IKZF1 status" in found
    assert re.search(r"Page 1 of \d", found)
    assert "End of report" in found


@needs_pdftotext
def test_cohort_that_nobody_tested_for_ikzf1_says_so(tmp_path):
    child("1", sex="male", age_years=4.0)
    child("2", sex="female", age_years=6.0)
    report = cohort_report(None, language="en")
    found = text(report)
    assert "Table 2 cannot be made: no child of this cohort has an IKZF1 answer" in found
    assert "2 children left out: IKZF1 not tested" in found
    assert "not detected 2" not in found
    data = cohort_json(report)
    assert data["ikzf1"]["ikzf1"]["not_tested"] == 2
    assert row(data["table1"], "age_years")["groups"][0]["median"] == 5.0
    assert all(item["p"] is None and item["test"] is None for item in data["table2"])


def test_cohort_without_children_is_still_a_document():
    report = cohort_report(None, language="zh-hans")
    assert cohort_pdf(report).startswith(b"%PDF-")
    assert cohort_json(report)["cohort"]["children"] == 0


def test_same_data_give_the_same_bytes(three_children):
    first, second = (cohort_pdf(cohort_report(None, language="en")) for _ in range(2))
    assert first == second


def test_command_writes_pdf_and_json_of_a_saved_cohort(three_children, tmp_path):
    cohort = SavedCohort(name="answered", definition={"ikzf1": "answered"})
    save_records(records=[cohort], by="tester", reason="test")
    pdf, data = tmp_path / "c.pdf", tmp_path / "c.json"
    call_command(
        "cohort_report", "-o", str(pdf), "--cohort", "answered", "--json", str(data), stdout=None
    )
    assert pdf.read_bytes().startswith(b"%PDF-")
    assert json.loads(data.read_text())["cohort"]["children"] == 2


def test_command_names_the_cohorts_there_are(tmp_path):
    with pytest.raises(CommandError, match="nowhere"):
        call_command("cohort_report", "-o", str(tmp_path / "c.pdf"), "--cohort", "nowhere")


def parts_of(language: str = "en") -> dict:
    return {part.title: part for part in cohort_report(None, language=language).parts}


def test_cohort_of_one_status_says_that_there_is_no_second_group():
    examined("1", sex="female")
    examined("2", sex="male")
    found = parts_of()
    (sentence,) = found["IKZF1 altered against not detected"].texts
    assert sentence.startswith("All 2 children with an IKZF1 answer are in one group (altered)")
    assert not found["IKZF1 altered against not detected"].tables
    assert "no two groups" in found["Genes by IKZF1 status"].texts[0]
    assert "not two groups" in found["Functional classes by IKZF1 status"].texts[0]
    assert [item.name for item in found["Subtypes by IKZF1 status"].pictures] == ["subtypes"]


def test_variant_is_drawn_where_nobody_was_tested_by_mlpa():
    """A sequence variant alone: no deletion map, but its place on the protein."""
    with_variant("1")
    content = cohort_content(None)
    children = tuple(
        replace(item, ikzf1_large_deletion=State.NOT_TESTED, ikzf1_deletions=())
        for item in content.children
    )
    report = report_of(replace(content, children=children), language="en")
    part = next(item for item in report.parts if item.title == "IKZF1 deletions and variants")
    assert part.texts[0].startswith("Large deletions were not tested")
    assert [item.name for item in part.pictures] == ["cohort-lollipop"]


def test_every_part_says_something_whatever_the_cohort_holds():
    child("1")
    for part in (*parts_of().values(), *parts_of("zh-hans").values()):
        assert part.texts or part.pictures or part.tables or part.fact_lines, part.title


def test_comparisons_name_effect_interval_test_and_family():
    examined("1", sex="female")
    examined("2", exons=NORMAL)
    (table,) = parts_of()["Subtypes by IKZF1 status"].tables
    headings = [column.label for column in table.columns]
    assert headings[-4:] == ["Odds ratio (95 % interval)", "Test", "p", "q"]
    assert headings[1] == "altered (n\u00a0=\u00a01)"
    assert "Benjamini-Hochberg" in table.notes[-1]
