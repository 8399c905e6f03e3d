"""The demonstration's groups out of the engine, and the documented list of differences."""

import re
from collections import Counter
from pathlib import Path

import pytest

from analysis.demonstration import build
from analysis.demonstration.risk_facts import risk_facts
from analysis.risk.engine import assess
from analysis.risk.facts import word_fact
from analysis.risk.loader import protocol
from analysis.risk.vocabulary import Point

DOCUMENT = Path(__file__).parents[3] / "docs" / "reproduction.md"
ROW = re.compile(
    r"^\| (low|intermediate|high) \| ([^|]+) \| ([^|]+) \| (\d+) \| ([\d, ]+) \|$", re.M
)
NEVER_LOOKED_FOR = ("ph_like", "iamp21", "mef2d", "kmt2a")


@pytest.fixture(scope="module")
def cohort():
    return build()


@pytest.fixture(scope="module")
def children(cohort):
    """The 200 of the study: number -> facts."""
    return {number: item for number, item in risk_facts(cohort).items() if number <= "DEMO-0200"}


@pytest.fixture(scope="module")
def stored(cohort):
    rows = cohort.sheet("patients").records()
    return {row["hospital_number"]: row["risk_group"] for row in rows}


def by(name, children):
    item = protocol(name)
    return {number: assess(facts, item, at=Point.WEEK12) for number, facts in children.items()}


def test_cclg_all_2008_gives_the_papers_80_70_and_50(children):
    results = by("CCLG-ALL-2008", children).values()
    words = Counter(str(result.word_of(result.group)) for result in results)
    assert words == {"low": 80, "intermediate": 70, "high": 50}


def test_cclg_all_2008_agrees_with_every_childs_record(children, stored):
    for number, result in by("CCLG-ALL-2008", children).items():
        assert result.word_of(result.group) == stored[number], number


def test_another_seed_gives_the_same_counts():
    other = risk_facts(build(7))
    results = by("CCLG-ALL-2008", {n: f for n, f in other.items() if n <= "DEMO-0200"}).values()
    assert Counter(result.group for result in results) == {"SR": 80, "IR": 70, "HR": 50}


def test_documentation_lists_every_child_as_the_norm_of_2018_has_it(children, stored):
    listed = {}
    for group, possible, unknown, count, numbers in ROW.findall(DOCUMENT.read_text("utf-8")):
        found = numbers.split(", ")
        assert len(found) == int(count)
        for number in found:
            assert f"DEMO-{number}" not in listed
            missing = () if unknown == "-" else tuple(unknown.split(", "))
            listed[f"DEMO-{number}"] = (group, tuple(possible.split(" or ")), missing)
    assert listed == {
        number: (stored[number], result.groups, tuple(item.fact for item in result.missing))
        for number, result in by("CN-2018-norm", children).items()
    }


def test_counts_had_the_missing_tests_been_negative_are_those_of_the_documentation(children):
    supposed = {}
    for number, facts in children.items():
        for name in NEVER_LOOKED_FOR:
            known = facts.by_name.get(name)
            if known is None or len(known.words) != 1:
                facts = facts.replaced(word_fact(name, "not_detected"))
        supposed[number] = facts
    groups = Counter(result.group or "open" for result in by("CN-2018-norm", supposed).values())
    low, middle, high, none, left = (
        int(n)
        for n in re.search(
            r"would give (\d+) low, (\d+) intermediate, (\d+) high and (\d+) without a group, and "
            r"leave (\d+) open",
            DOCUMENT.read_text("utf-8"),
        ).groups()
    )
    assert groups == {"LR": low, "IR": middle, "HR": high, "none": none, "open": left}


def test_a_test_that_was_not_done_is_unknown_to_the_engine(children, cohort):
    screened = {
        row["hospital_number"]
        for row in cohort.sheet("fusions").records()
        if row["gene_a"] == "KMT2A" and row["result"] == "detected"
    }
    for number, facts in children.items():
        words = facts.by_name["kmt2a"].words
        assert (words == ("not_detected", "other_partner")) == (number not in screened)
        assert "iamp21" not in facts.by_name and "mef2d" not in facts.by_name
