"""A range in a file of facts, and the lineages in a protocol file."""

import pytest

from analysis.risk.facts_file import parse_facts
from analysis.risk.loader import PROTOCOLS, FileRefused, parse_protocol, protocol


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


def test_protocol_says_whose_lineage_it_speaks_for():
    assert protocol("NCI-Rome").lineages == ("precursor_b",)
    text = (PROTOCOLS / "nci_rome.yaml").read_text(encoding="utf-8")
    silent = parse_protocol(text.replace("lineages: [precursor_b]\n", ""), file="f")
    assert silent.lineages == ("precursor_b", "t", "mature_b")
    with pytest.raises(FileRefused, match="lineages"):
        parse_protocol(text.replace("[precursor_b]", "[myeloid]"), file="f")
