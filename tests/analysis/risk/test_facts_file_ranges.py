"""A range in a file of facts, and the lineages in a protocol file."""

import pytest

from analysis.__main__ import main
from analysis.response import MrdOperator
from analysis.risk.engine import NotSpokenFor, assess, check_lineage
from analysis.risk.facts import MrdResult, RiskFacts, word_fact
from analysis.risk.facts_file import parse_facts
from analysis.risk.loader import PROTOCOLS, FileRefused, parse_protocol, protocol, protocols


@pytest.mark.parametrize("written", ["[52, 56]", '{"value": [52, 56], "date": "2020-01-02"}'])
def test_range_of_a_number(written):
    [fact] = parse_facts(f'{{"facts": {{"modal_number": {written}}}}}', file="f").facts.facts
    assert (fact.between, fact.number) == ((52, 56), None)


@pytest.mark.parametrize(
    "facts", ['{"modal_number": [56, 52]}', '{"modal_number": [52, 560]}', '{"cns": [1, 2]}',
              '{"modal_number": [50, 52, 56]}'],
)  # fmt: skip
def test_range_that_cannot_be(facts):
    with pytest.raises(FileRefused):
        parse_facts(f'{{"facts": {facts}}}', file="f")


@pytest.mark.parametrize("number", ["45.5", "[43.2, 43.8]", "1e400", "9" * 400])
def test_number_of_chromosomes_that_is_none(number):
    with pytest.raises(FileRefused):
        parse_facts(f'{{"facts": {{"modal_number": {number}}}}}', file="f")


@pytest.mark.parametrize(
    "measured",
    [
        '"operator": "<", "fraction": 0',
        '"operator": "not_detected", "lod": 0',
        '"fraction": 0.001, "loq": 0',
        '"operator": "not_detected", "fraction": 0.2, "lod": 0.0001',
    ],
)
def test_measurement_that_nobody_can_have_made(measured):
    with pytest.raises(FileRefused, match="mrd 1"):
        parse_facts(f'{{"mrd": [{{"day": 33, {measured}}}]}}', file="f")


@pytest.mark.parametrize(
    "measured",
    [MrdResult(33, 0.0, MrdOperator.BELOW), MrdResult(33, None, MrdOperator.NOT_DETECTED, 0.0)],
)
@pytest.mark.parametrize("item", protocols(), ids=lambda item: f"{item.name} {item.version}")
def test_limit_of_nothing_excludes_no_group(item, measured):
    """It settles as little as a measurement that nobody made."""
    without = assess(RiskFacts(), item, at="day33")
    assert set(assess(RiskFacts(mrd=(measured,)), item, at="day33").groups) == set(without.groups)


def test_date_that_is_none_is_refused_with_its_line():
    text = (PROTOCOLS / "nci_rome.yaml").read_text(encoding="utf-8")
    with pytest.raises(FileRefused, match=r"2024-13-01") as refused:
        parse_protocol(text.replace("valid_from: 1993-01-01", "valid_from: 2024-13-01"), file="f")
    assert ":3" in str(refused.value) or "line 3" in str(refused.value)


@pytest.mark.parametrize(
    ("name", "lineage", "spoken"),
    [
        ("NCI-Rome", "t", False),
        ("NCI-Rome", "precursor_b", True),
        ("CN-2018-norm", "mature_b", False),
        ("CCLG-ALL-2008", "mature_b", True),
        ("NCI-Rome", "not_tested", True),
    ],
)
def test_child_of_another_lineage_gets_no_group(name, lineage, spoken):
    facts = RiskFacts((word_fact("lineage", lineage),))
    if spoken:
        check_lineage(facts, protocol(name))
        return
    with pytest.raises(NotSpokenFor, match=name):
        check_lineage(facts, protocol(name))


def test_command_says_that_the_protocol_does_not_speak_for_the_child(tmp_path, capsys):
    path = tmp_path / "child.json"
    path.write_text('{"facts": {"lineage": "t", "wbc": 5, "age_years": 4}}', encoding="utf-8")
    assert main(["risk", "--protocol", "NCI-Rome", "--facts", str(path)]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert "NCI-Rome 1 speaks for B-ALL, not for this child (T-ALL)" in told.err


def test_protocol_says_whose_lineage_it_speaks_for():
    assert protocol("NCI-Rome").lineages == ("precursor_b",)
    text = (PROTOCOLS / "nci_rome.yaml").read_text(encoding="utf-8")
    silent = parse_protocol(text.replace("lineages: [precursor_b]\n", ""), file="f")
    assert silent.lineages == ("precursor_b", "t", "mature_b")
    with pytest.raises(FileRefused, match="lineages"):
        parse_protocol(text.replace("[precursor_b]", "[myeloid]"), file="f")
