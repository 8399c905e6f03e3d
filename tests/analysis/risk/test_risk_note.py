"""The note of a risk group: what, why, what is missing, what next, in a few sentences."""

import json

import pytest
from rule_rows import SR_BASE, facts

from analysis import __main__ as command_line
from analysis.risk.engine import assess
from analysis.risk.facts import Fact, number_fact, word_fact
from analysis.risk.loader import protocol, protocols
from analysis.risk.note import note, note_text
from analysis.risk.result import Confirmation
from analysis.risk.vocabulary import Point

UNCONFIRMED = "The rule set is unconfirmed: nobody has vouched for 4 of its 29 rules yet."


@pytest.fixture
def cclg():
    return protocol("CCLG-ALL-2008")


def test_note_of_a_settled_group_says_why_with_value_and_date(cclg):
    child = facts(**SR_BASE).replaced(number_fact("day8_blasts", 6.5, date="2020-01-10"))
    assert [line.text() for line in note(assess(child, cclg))] == [
        "By CCLG-ALL-2008, version 1, this child is HR (high risk).",
        "It rests on blasts in blood on day 8: 6.5 × 10^9/L (2020-01-10); rules met: HR-1.",
        "No value that is still unknown can change this; nothing more is needed for the group.",
        UNCONFIRMED,
    ]


def test_note_of_an_open_group_says_what_is_missing_what_settles_it_and_what_next(cclg):
    child = facts(
        **{**SR_BASE, "wbc": 60, "mrd_use": "used", "bcr_abl1": "not_tested"},
        day8_blasts=0.3, marrow_d15="m1",
    )  # fmt: skip
    said = [line.text() for line in note(assess(child, cclg, at=Point.DAY15))]
    assert len(said) == 6
    assert said[0].endswith("the group is not settled at day 15; possible: HR (high risk), "
                            "IR (intermediate risk).")  # fmt: skip
    assert said[1].startswith("Known so far: ") and "WBC at diagnosis: 60 × 10^9/L" in said[1]
    assert said[2] == "Missing: BCR::ABL1 (not tested)."
    assert said[3] == (
        "What would settle it: HR if BCR::ABL1 found; marrow blasts on day 33 ≥ 5 %; "
        "MRD on day 33 ≥ 1 % or MRD in week 12 ≥ 0.1 %."
    )
    assert said[4] == (
        "Next: obtain what is missing; await marrow blasts on day 33, MRD on day 33 with a limit "
        "of detection of at most 0.01 %, MRD in week 12 with a limit of detection of at most 0.1 %."
    )
    assert said[5] == UNCONFIRMED


def test_note_writes_a_day_once_for_all_its_values(cclg):
    child = facts(**SR_BASE)
    for fact, value in (("wbc", 8), ("age_years", 4)):
        child = child.replaced(number_fact(fact, value, date="2020-01-02"))
    said = note(assess(child, cclg))[1].text()
    assert said.count("2020-01-02") == 1
    assert "age at diagnosis: 4 years" in said.split("(2020-01-02)")[0]


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        (("not_detected", "other_partner"),
         "KMT2A::AFF1 not detected, but another partner gene not settled"),
        (("aff1", "other_partner"),
         "found, but which of KMT2A::AFF1, another partner gene is not settled"),
        (("aff1",), "KMT2A::AFF1"),
    ],
)  # fmt: skip
def test_rearrangement_known_in_part_says_what_is_excluded_and_what_is_open(cclg, words, shown):
    child = facts(**SR_BASE).replaced(Fact("kmt2a", words=words))
    (used,) = (item for item in assess(child, cclg).inputs if item.fact == "kmt2a")
    assert used.value.text() == shown


def test_note_says_that_the_answer_rests_on_rules_nobody_has_vouched_for():
    found = assess(facts(ikzf1="large_deletion"), protocol("CN-2018-norm"))
    assert note(found)[-1].text() == (
        "The rule set is unconfirmed: nobody has vouched for 11 of its 29 rules yet, among them "
        "HR-4, on which this answer rests."
    )


def test_confirmed_rule_set_is_not_called_unconfirmed(cclg):
    mine = Confirmation("Dr. Example", "2024-05-01", cclg.rule_hash)
    result = assess(facts(bcr_abl1="altered"), cclg, confirmation=mine)
    assert "unconfirmed" not in note_text(result)


@pytest.mark.parametrize("table", protocols(), ids=lambda item: f"{item.name}-{item.version}")
def test_note_has_at_most_six_sentences_at_every_point(table):
    for at in Point:
        for child in (
            facts(**SR_BASE),
            facts(**SR_BASE, day8_blasts=2.0),
            facts(bcr_abl1="altered"),
        ):
            said = note(assess(child, table, at=at))
            assert 2 <= len(said) <= 6
            for line in said:
                assert "{" not in line.text() + line.text("zh-hans")


def test_command_line_begins_with_the_note(tmp_path, capsys):
    path = tmp_path / "child.json"
    path.write_text(json.dumps({"facts": {"bcr_abl1": "altered"}}), encoding="utf-8")
    status = command_line.main(["risk", "--protocol", "CCLG-ALL-2008", "--facts", str(path)])
    first = capsys.readouterr().out.splitlines()[0]
    assert status == 0
    assert first == note_text(assess(facts(bcr_abl1="altered"), protocol("CCLG-ALL-2008")))


def test_value_that_is_known_in_part_is_not_said_to_be_whole(cclg):
    """KMT2A::AFF1 excluded, another partner open: settled all the same, but not by every value."""
    whole = {
        **SR_BASE, "day8_blasts": 6.5, "wbc": 5, "mrd_use": "used", "marrow_d15": "m1",
        "marrow_d33": "m1", "mrd_d33": 1e-5, "mrd_week12": 1e-5,
    }  # fmt: skip
    assert "No value is missing" in note_text(assess(facts(**whole), cclg))
    part = facts(**whole).replaced(word_fact("kmt2a", "not_detected", "other_partner"))
    assert "No value that is still unknown can change this" in note_text(assess(part, cclg))
