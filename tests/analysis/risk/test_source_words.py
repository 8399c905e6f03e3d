"""Every rule of every protocol stands beside the words of the facts that it transcribes."""

import json
import re
from pathlib import Path

import pytest
from source_words import DERIVED, OURS, SOURCE_WORDS

from analysis.risk.loader import protocols

FACTS = Path(__file__).parents[4] / "shared" / "facts" / "risk_protocols.json"
SHIPPED = protocols()
NAMES = [f"{item.name} {item.version}" for item in SHIPPED]


def test_every_protocol_has_its_words_and_no_other():
    assert set(SOURCE_WORDS) == {(item.name, item.version) for item in SHIPPED}


@pytest.mark.parametrize("protocol", SHIPPED, ids=NAMES)
def test_every_rule_stands_beside_its_words_once(protocol):
    key = (protocol.name, protocol.version)
    told = [name for *_, rules in SOURCE_WORDS[key] for name in rules]
    told += [name for *of, name in OURS if tuple(of) == key]
    assert sorted(told) == sorted(protocol.by_name)


@pytest.mark.parametrize("protocol", SHIPPED, ids=NAMES)
def test_rule_speaks_for_the_group_that_its_words_stand_under(protocol):
    for group, words, _, rules in SOURCE_WORDS[protocol.name, protocol.version]:
        assert group in {item.code for item in protocol.groups}
        for name in rules:
            # Of the last group, which takes all others, a rule can only bar the ones before.
            last = protocol.groups[-1]
            barring = group == last.code and last.when is None and protocol.groups_barred(name)
            assert group in protocol.groups_using(name) or barring, (name, words)


@pytest.mark.parametrize("protocol", SHIPPED, ids=NAMES)
def test_rule_is_no_surer_than_its_words(protocol):
    key = (protocol.name, protocol.version)
    expected = {name: certainty for (*of, name), (_, certainty) in OURS.items() if tuple(of) == key}
    for _, _, certainty, rules in SOURCE_WORDS[key]:
        sure = "V" if certainty.split()[0].strip(",") == "high" else "M"
        expected |= {name: "D" if (*key, name) in DERIVED else sure for name in rules}
    assert {rule.name: rule.certainty.value for rule in protocol.rules} == expected


@pytest.mark.parametrize("protocol", SHIPPED, ids=NAMES)
def test_quoted_numbers_are_those_of_the_words(protocol):
    """A quote may be a part of a sentence; it has no number or comparison of its own."""
    for _, words, _, rules in SOURCE_WORDS[protocol.name, protocol.version]:
        for name in rules:
            quoted = numbers(protocol.by_name[name].quote)
            assert quoted <= numbers(words), (name, quoted - numbers(words))


def numbers(text):
    return set(re.findall(r"(?:[<>]=?|[+-])?\d[\d.]*(?:e-?\d+)?%?", text))


def strings(part):
    """Every sentence of a group in the facts, whatever the nesting; certainties left out."""
    if isinstance(part, str):
        yield part
    elif isinstance(part, dict):
        for key, value in part.items():
            if key != "logic":
                yield from strings(value)
    elif len(part) == 2 and part[1].split()[0] in ("high", "medium", "low"):
        yield part[0]
    else:
        for item in part:
            yield from strings(item)


@pytest.mark.parametrize("key", SOURCE_WORDS, ids=[" ".join(key) for key in SOURCE_WORDS])
def test_words_are_those_of_the_collected_facts_and_none_is_left_out(key):
    if not FACTS.exists():
        pytest.skip(f"{FACTS.name} is not beside the project")
    collected = json.loads(FACTS.read_text("utf-8"))[key[0]]
    groups = {group for group, *_ in SOURCE_WORDS[key]}
    found = {(group, text) for group in groups for text in strings(collected[group])}
    other_version = {"(v2) other MEF2D-r"} if key[1] == "1" else {"v1 also requires"}
    found = {
        item for item in found
        if key[0] != "SCCCG-ALL-2023" or not any(item[1].startswith(o) for o in other_version)
    }  # fmt: skip
    told = {(group, words) for group, words, *_ in SOURCE_WORDS[key]}
    if "older" in collected:
        found.add(("HR", collected["older"]))
    assert told == found


def test_remarks_behind_the_projects_own_rules_stand_in_the_facts():
    if not FACTS.exists():
        pytest.skip(f"{FACTS.name} is not beside the project")
    text = FACTS.read_text("utf-8")
    assert all(remark in text for remark, _ in OURS.values())
