"""docs/reproduction.md and the copy of the paper's facts hold what the fact list holds.

That every value is matched or listed is tested where the demonstration is imported, in
`tests/reports/test_demonstration_tables.py`.
"""

import json
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FACTS = ROOT.parent / "shared" / "facts" / "paper_facts.json"
COPY = ROOT / "tests" / "reference" / "paper_results.json"
PAGE = (ROOT / "docs" / "reproduction.md").read_text(encoding="utf-8")
FIGURES = ("Fig1", "Fig2A", "Fig2B", "Fig3A", "Fig3B", "Fig3C", "Fig4A", "Fig4B", "Fig4C", "Fig4D",
           "FigS1A", "FigS1B", "TableS1")  # fmt: skip
WORDS = {"location", "note", "flags", "unit", "group", "percent_ok"}


@pytest.fixture
def facts():
    if not FACTS.exists():
        pytest.skip("../shared/facts is not at hand")
    return json.loads(FACTS.read_text(encoding="utf-8"))


def test_copy_of_the_facts_has_every_item_and_value(facts):
    copied = json.loads(COPY.read_text(encoding="utf-8"))["items"]
    wanted = [{k: v for k, v in item.items() if k not in WORDS} for item in facts["items"]]
    assert len(copied) == 91
    assert copied == wanted


def test_every_figure_of_the_paper_is_named_with_ours(facts):
    assert tuple(item["id"] for item in facts["figures"]) == FIGURES


@pytest.mark.parametrize("figure", FIGURES)
def test_page_names_the_figure(figure):
    assert figure in PAGE


def test_figures_that_the_page_names_are_there():
    line = next(line for line in PAGE.splitlines() if line.startswith("The figures: "))
    names = line.split("`")[1::2]
    assert len(names) >= 9
    for name in names:
        path = ROOT / name if name.endswith("/") else ROOT / "analysis" / "figures" / f"{name}.py"
        assert path.exists(), name
