"""Protocols from files: a new one needs no code, a wrong one is refused with its line and cause."""

import re
from pathlib import Path

import pytest
from rule_rows import facts

from analysis.file_problems import FileRefused
from analysis.risk.engine import assess
from analysis.risk.loader import parse_protocol, protocol, protocols, read_protocol
from analysis.risk.vocabulary import VOCABULARY, Point

TEXT = """\
name: MY-PROTOCOL
version: "1"
valid_from: 2024-01-01
title: "Mine"
source: "here"
mrd:
  mrd_d33: {days: [29, 45], methods: [flow]}
rules:
  HR-1:
    when: {mrd_d33: {at_least: 1, unit: percent}}
    certainty: V
    source: "page 1"
    quote: "MRD >= 1 %"
  IR-1:
    when:
      at_least:
        n: 2
        of:
          - {wbc: {at_least: 50, unit: 10^9/L}}
          - {age_years: {above: 10, unit: years}}
          - {cns: {is: [cns2, cns3]}}
    certainty: M
    source: "page 2"
    quote: "two of three"
groups:
  - {code: HR, word: high, when: {rule: HR-1}}
  - {code: IR, word: intermediate, when: {rule: IR-1}}
  - {code: SR, word: low, otherwise: true}
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "mine.yaml").write_text(TEXT, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("given", "groups"),
    [
        ({"mrd_d33": 0.01}, ("HR",)),
        ({"mrd_d33": 0.0099, "wbc": 50, "age_years": 10, "cns": "cns1"}, ("SR",)),
        ({"mrd_d33": 0.0099, "wbc": 50, "age_years": 10.1}, ("IR",)),
        ({"mrd_d33": 0.0099, "wbc": 49, "age_years": 10.1}, ("IR", "SR")),
        ({"mrd_d33": 0.0099, "wbc": 49, "age_years": 9, "cns": "not_tested"}, ("SR",)),
        ({"wbc": 50, "cns": "cns3"}, ("HR", "IR")),
        ({}, ("HR", "IR", "SR")),
    ],
)
def test_protocol_from_a_file_works_without_code(folder, given, groups):
    item = protocol("MY-PROTOCOL", folder=folder)
    assert assess(facts(**given), item, at=Point.WEEK12).groups == groups


def test_two_files_of_one_version_are_refused(folder):
    (folder / "twin.yaml").write_text(TEXT, encoding="utf-8")
    with pytest.raises(FileRefused, match=r"stands in mine\.yaml as well"):
        protocols(folder)


def test_newest_version_is_told_by_number_and_not_by_letter(folder):
    for version in ("9", "10"):
        text = TEXT.replace('version: "1"', f'version: "{version}"')
        (folder / f"v{version}.yaml").write_text(text, encoding="utf-8")
    assert protocol("MY-PROTOCOL", folder=folder).version == "10"
    assert protocol("MY-PROTOCOL", "9", folder=folder).version == "9"
    with pytest.raises(KeyError):
        protocol("MY-PROTOCOL", "11", folder=folder)


RULE = 'certainty: V, source: "s", quote: "q"'
WRONG = [
    # what is replaced, by what, the line of the message, and its cause
    ("{cns: {is", "{cnss: {is", 21, "the fact cnss is not known"),
    ("[cns2, cns3]", "[cns2, cns9]", 21, "cns has no word cns9"),
    ("unit: 10^9/L", "unit: 10^6/L", 19, "the unit of wbc is 10^9/L, not 10^6/L"),
    (", unit: 10^9/L", "", 19, "the unit of wbc is 10^9/L, not none"),
    ("unit: percent", "unit: permille", 10, "the unit of mrd_d33 is fraction, percent"),
    ("at_least: 1, ", "atleast: 1, ", 10, "mrd_d33 cannot be compared by atleast"),
    ("at_least: 1, ", "at_least: 1e-3, ", 10, "cannot be compared by at_least: 1e-3"),
    ("at_least: 1, ", "at_least: 101, ", 10, "no possible value of mrd_d33 lies there"),
    ("at_least: 1, ", "at_least: 1, below: 1, ", 10, "no possible value of mrd_d33 lies there"),
    ("n: 2", "n: 4", 17, "n is a whole number from 1 to 3"),
    ("certainty: M", "certainty: X", 22, "X is not one of V, D, M"),
    ('    source: "page 2"\n', "", 15, "IR-1: source is needed"),
    ("{rule: IR-1}", "{rule: IR-2}", 27, "no rule is named IR-2"),
    ("{rule: IR-1}", "{rule: HR-1}", 15, "rule IR-1 is used by no group"),
    ("word: high", "word: highest", 26, "highest is not one of low"),
    ("code: IR", "code: HR", 27, "the group HR stands twice"),
    ("when: {rule: HR-1}", "otherwise: true", 26, "only the last group may take all others"),
    (
        "when: {rule: HR-1}",
        "when: {wbc: {above: 1, unit: 10^9/L}}",
        26,
        "a group is made of rules; put wbc into a rule",
    ),
    ("days: [29, 45]", "days: [45, 29]", 7, "days are two whole numbers"),
    ("methods: [flow]", "methods: [eyes]", 7, "eyes is not one of flow, pcr, ngs"),
    ("  mrd_d33: {days: [29, 45], methods: [flow]}\n", "  wbc: 1\n", 7, "wbc is not one of"),
    (
        "mrd:\n  mrd_d33: {days: [29, 45], methods: [flow]}\n",
        "",
        8,
        "mrd_d33 needs its days and methods",
    ),
    ("title:", "titel:", 4, "the key titel is not known"),
    ("name: MY-PROTOCOL\n", "", 1, "name is needed"),
    ("  IR-1:\n", "  HR-1:\n", 14, "the key HR-1 stands twice"),
    ("when: {rule: IR-1}", "when: {}", 27, "one of all, any, not, at_least, rule or a fact"),
    ("groups:", "group:", 26, "the key group is not known"),
    ('"Mine"', '"Mine', 5, "not valid YAML"),
]


@pytest.mark.parametrize(("old", "new", "line", "cause"), WRONG, ids=[row[3] for row in WRONG])
def test_wrong_file_is_refused_with_file_line_and_cause(old, new, line, cause):
    assert TEXT.count(old) >= 1
    with pytest.raises(FileRefused) as refused:
        parse_protocol(TEXT.replace(old, new, 1), file="mine.yaml")
    told = str(refused.value)
    assert cause in told
    assert any(
        cause in text and text.startswith(f"mine.yaml, line {line}:") for text in told.split("\n")
    ), told


def test_rules_in_a_circle_are_refused():
    text = TEXT.replace("          - {cns: {is: [cns2, cns3]}}", "          - rule: HR-1").replace(
        "when: {mrd_d33: {at_least: 1, unit: percent}}", "when: {not: {rule: IR-1}}"
    )
    with pytest.raises(FileRefused, match=r"line \d+: rules in a circle: HR-1 → IR-1 → HR-1"):
        parse_protocol(text, file="mine.yaml")


def test_every_problem_is_told_at_once():
    text = TEXT.replace("certainty: M", "certainty: X").replace("unit: years", "unit: months")
    with pytest.raises(FileRefused) as refused:
        parse_protocol(text, file="mine.yaml")
    assert len(refused.value.problems) == 2


@pytest.mark.parametrize("text", ["", "- 1", "just words", "a: &x [*x]", "\x00"])
def test_what_is_no_protocol_is_refused(text):
    with pytest.raises(FileRefused):
        parse_protocol(text, file="mine.yaml")


def test_file_that_is_not_text_is_refused(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_bytes(b"name: \xff\xfe")
    with pytest.raises(FileRefused, match="not UTF-8"):
        read_protocol(path)


def test_a_python_object_in_yaml_is_not_made():
    with pytest.raises(FileRefused, match="tag"):
        parse_protocol("name: !!python/object/apply:os.getcwd []", file="mine.yaml")


def test_hash_follows_the_logic_and_not_the_wording():
    first = parse_protocol(TEXT, file="a").rule_hash
    reworded = TEXT.replace("two of three", "any two of three").replace("page 1", "page 9")
    assert parse_protocol(reworded, file="a").rule_hash == first
    changes = [
        ("n: 2", "n: 1"),
        ("above: 10", "at_least: 10"),
        ("45]", "46]"),
        ("certainty: M", "certainty: V"),
        ("word: low", "word: separate"),
    ]
    for old, new in changes:
        assert parse_protocol(TEXT.replace(old, new), file="a").rule_hash != first


def test_percent_and_fraction_are_the_same_threshold():
    as_fraction = TEXT.replace("at_least: 1, unit: percent", "at_least: 0.01, unit: fraction")
    assert (
        parse_protocol(as_fraction, file="a").rule_hash == parse_protocol(TEXT, file="a").rule_hash
    )


def test_the_documented_example_is_a_protocol():
    readme = Path(protocols.__code__.co_filename).with_name("protocols") / "README.md"
    (example,) = re.findall(r"```yaml\n(.*?)```", readme.read_text("utf-8"), re.DOTALL)
    assert parse_protocol(example, file="example").name == "MY-PROTOCOL"


def test_every_fact_of_the_vocabulary_is_a_word_or_a_number():
    for name, kind in VOCABULARY.items():
        assert name == kind.name and bool(kind.words) != kind.number
