"""The report for other eyes: no count below the threshold, and nothing that gives one back."""

import re
from dataclasses import replace

import pytest
from django.core.management import CommandError, call_command

from analysis.calls import State
from analysis.cohort.frame import Child
from analysis.cohort.outcome import FollowUp
from reports.cohort_content import cohort_content
from reports.documents.cohort_withheld import BadThreshold, withheld_pdf, withheld_report

pytestmark = pytest.mark.django_db


def content(altered: int, clear: int, *, female: int = 6):
    """Children of whom `female` of the not detected, and none of the altered, are girls."""
    children = [
        Child(
            id=place,
            sex="female" if altered <= place < altered + female else "male",
            ikzf1=State.ALTERED if place < altered else State.NOT_DETECTED,
        )
        for place in range(altered + clear)
    ]
    known = cohort_content(None)
    ids = tuple(range(len(children)))
    return replace(
        known,
        children=tuple(children),
        statuses=(None,) * len(children),
        follow_ups=(FollowUp(),) * len(children),
        selection=replace(known.selection, patient_ids=ids, total=len(ids) + 1),
    )


def cells(report) -> dict[str, list[str]]:
    rows = [item for part in report.parts for table in part.tables for item in table.rows]
    return {item.cells[0].text: [cell.text for cell in item.cells[1:]] for item in rows}


def test_small_count_has_bounds_and_no_share_or_p_gives_it_back():
    found = cells(withheld_report(content(10, 20, female=2), language="en"))
    assert "Sex: Female" in found
    for name, line in found.items():
        if name.startswith("Sex"):
            for cell in line[:2]:
                low, high = map(int, re.match(r"(\d+)–(\d+)", cell).groups())
                assert high - low >= 4, cell
                assert "%" not in cell


def test_large_counts_are_printed():
    found = cells(withheld_report(content(10, 20, female=6), language="en"))
    assert any("6/20" in cell for line in found.values() for cell in line)


def test_neither_flow_nor_figure_nor_child_is_there():
    report = withheld_report(content(10, 20), language="en")
    assert not [picture for part in report.parts for picture in part.pictures]
    texts = [text for part in report.parts for text in part.texts]
    assert not any("registered" in text for text in texts)
    assert withheld_pdf(report).startswith(b"%PDF-")


@pytest.mark.parametrize("children", [0, 1, 4])
def test_cohort_below_the_threshold_says_nothing_of_its_children(children):
    report = withheld_report(content(children, 0), language="en")
    assert not [table for part in report.parts for table in part.tables]
    assert "fewer than 5 children" in report.parts[-1].texts[0]


@pytest.mark.parametrize("threshold", [0, 1, -5])
def test_threshold_that_withholds_nothing_is_refused(threshold):
    with pytest.raises(BadThreshold):
        withheld_report(content(10, 20), language="en", threshold=threshold)


def test_command_writes_no_numbers_beside_it(tmp_path):
    out = tmp_path / "r.pdf"
    call_command("cohort_report", "-o", str(out), "--withhold", "5", "--language", "en")
    assert out.read_bytes().startswith(b"%PDF-")
    with pytest.raises(CommandError, match="PDF alone"):
        call_command("cohort_report", "-o", str(out), "--withhold", "5", "--language", "en",
                     "--json", str(tmp_path / "n.json"))  # fmt: skip
    with pytest.raises(CommandError, match="仅输出PDF"):
        call_command("cohort_report", "-o", str(out), "--withhold", "5", "--language", "zh-hans",
                     "--json", str(tmp_path / "n.json"))  # fmt: skip
    with pytest.raises(CommandError, match="threshold"):
        call_command("cohort_report", "-o", str(out), "--withhold", "1", "--language", "en")
