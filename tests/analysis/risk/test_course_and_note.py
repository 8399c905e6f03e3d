"""A child along the course, the note that explains it, confirmation, JSON, and the command."""

import json
import re

import pytest
from rule_rows import SR_BASE, facts

from analysis import __main__ as command_line
from analysis.command import risk as risk_command
from analysis.file_problems import FileRefused
from analysis.risk.engine import assess
from analysis.risk.explain import explain, explanation
from analysis.risk.facts import (
    Answer,
    FactRefused,
    MrdResult,
    RiskFacts,
    number_fact,
    word_fact,
)
from analysis.risk.facts_file import parse_facts
from analysis.risk.loader import protocol, protocols
from analysis.risk.result import Confirmation, RiskResult, RuleSetStatus
from analysis.risk.vocabulary import Point

CHILD = {
    **SR_BASE, "wbc": 60, "mrd_use": "used", "day8_blasts": 0.3, "marrow_d15": "m1",
    "marrow_d33": "m1", "mrd_d33": (1e-4, "<", 1e-4), "mrd_week12": (1e-4, "<", 1e-4),
}  # fmt: skip


@pytest.fixture
def cclg():
    return protocol("CCLG-ALL-2008")


@pytest.mark.parametrize(
    ("at", "now", "possible"),
    [
        ("diagnosis", ("IR",), ("HR", "IR")),
        ("day8", ("IR",), ("HR", "IR")),
        ("day15", ("IR",), ("HR", "IR")),
        ("day33", ("IR",), ("HR", "IR")),
        ("week12", ("IR",), ("IR",)),
    ],
)
def test_child_along_the_course(cclg, at, now, possible):
    result = assess(facts(**CHILD), cclg, at=Point(at))
    assert (result.now, result.groups) == (now, possible)


@pytest.mark.parametrize(
    ("given", "at", "now"),
    [
        (SR_BASE, "diagnosis", ("SR",)),
        # A fusion that was due and not looked for keeps its group open.
        ({**SR_BASE, "bcr_abl1": "not_tested"}, "diagnosis", ("HR", "SR")),
        ({**SR_BASE, "kmt2a": "aff1"}, "diagnosis", ("HR",)),
        ({**SR_BASE, "wbc": 60}, "day8", ("HR", "IR")),
        ({**SR_BASE, "wbc": 60, "day8_blasts": 1.0}, "day8", ("HR",)),
    ],
)
def test_group_now_leaves_later_rules_aside(cclg, given, at, now):
    assert assess(facts(**given), cclg, at=Point(at)).now == now


def test_a_protocol_that_gives_no_group_at_diagnosis_says_none():
    aieop = protocol("AIEOP-BFM-ALL-2009")
    early = assess(facts(kmt2a="not_detected"), aieop, at=Point.DIAGNOSIS)
    assert early.now == () and early.groups == ("HR", "MR", "SR")
    assert assess(facts(kmt2a="aff1"), aieop, at=Point.DIAGNOSIS).group == "HR"


def test_point_follows_from_the_latest_known_fact(cclg):
    early = {name: CHILD[name] for name in (*SR_BASE, "day8_blasts")}
    assert assess(facts(**early), cclg).at == "day8"
    assert assess(facts(**early, marrow_d15="not_tested"), cclg).at == "day8"
    assert assess(facts(**CHILD), cclg).at == "week12"


def test_ir_now_and_hr_if_mrd_of_day_33_is_one_percent(cclg):
    result = assess(facts(**CHILD), cclg, at=Point.DAY15)
    settles = {item.condition.text(): item.groups for item in result.settles}
    assert settles == {
        "marrow blasts on day 33 ≥ 5 %": ("HR",),
        "MRD on day 33 ≥ 1 %": ("HR",),
        "MRD in week 12 ≥ 0.1 %": ("HR",),
    }
    assert [item.fact for item in result.missing] == ["marrow_d33", "mrd_d33", "mrd_week12"]
    assert not any(item.due for item in result.missing)


def test_verdict_carries_value_and_date_of_what_it_used(cclg):
    child = facts(**CHILD).replaced(number_fact("wbc", 60, date="2020-01-02"))
    result = assess(child, cclg)
    verdict = next(item for item in result.verdicts if item.rule == "IR-B1")
    (used,) = result.inputs_of(verdict)
    assert (used.value.text(), used.date) == ("60 × 10^9/L", "2020-01-02")
    # An item of intermediate risk, and through the induction it brings, of HR-4.
    assert verdict.groups == ("HR", "IR") and verdict.description.text() == (
        "WBC at diagnosis ≥ 50 × 10^9/L"
    )


def test_note_says_what_why_what_is_missing_and_what_next(cclg):
    note = explain(assess(facts(**CHILD), cclg, at=Point.DAY15))
    assert note.splitlines() == [
        "Risk group",
        "  CCLG-ALL-2008, version 1: IR (intermediate risk) by the rules due up to day 15; "
        "still possible: HR (high risk).",
        "Why",
        "  IR-A1, met: none of (BCR::ABL1 found, KMT2A rearrangement: "
        "KMT2A::AFF1). Known: KMT2A rearrangement: not detected, BCR::ABL1: not detected.",
        "  IR-A2, met: blasts in blood on day 8 < 1 × 10^9/L. Known: blasts in blood on day 8: "
        "0.3 × 10^9/L.",
        "  IR-A3, met: at least one of (all of (not (rule IR-induction), marrow blasts on day 15 "
        "> 25 %), all of (rule IR-induction, marrow blasts on day 15 ≤ 25 %)). Known: WBC at "
        "diagnosis: 60 × 10^9/L, age at diagnosis: 4 years, lineage: B-ALL, TCF3::PBX1: not "
        "detected, KMT2A rearrangement: not detected, marrow blasts on day 15: M1.",
        "  IR-B1, met: WBC at diagnosis ≥ 50 × 10^9/L. Known: WBC at diagnosis: 60 × 10^9/L.",
        "Missing",
        "  marrow blasts on day 33: not yet due.",
        "  MRD on day 33: not yet due.",
        "  MRD in week 12: not yet due.",
        "What would settle it",
        "  HR if marrow blasts on day 33 ≥ 5 %.",
        "  HR if MRD on day 33 ≥ 1 %.",
        "  HR if MRD in week 12 ≥ 0.1 %.",
        "Next",
        "  Still to come: marrow blasts on day 33.",
        "  Still to come: MRD on day 33, limit of detection at most 0.01 %.",
        "  Still to come: MRD in week 12, limit of detection at most 0.1 %.",
        "The rules",
        f"  CCLG-ALL-2008, version 1, valid from 2008-01-01; rules {cclg.rule_hash}.",
        "  Unconfirmed rule set: nobody has vouched for HR-7, SR-8a, SR-8b, IR-intent-2 yet.",
    ]


def test_note_of_a_child_left_to_the_last_group_says_what_bars_the_first():
    child = {**SR_BASE, "wbc": 60}
    result = assess(facts(**child), protocol("SCCCG-ALL-2023"))
    assert "LR" not in result.groups
    assert set(result.reasons) == {"IR-2", "LR-2"}


def test_note_says_when_the_unknown_cannot_matter(cclg):
    result = assess(facts(bcr_abl1="altered"), cclg)
    assert result.group == "HR" and result.missing == () and result.settles == ()
    assert "No value that is still unknown can change this." in explain(result)
    assert result.reasons == ("HR-2",)


def test_four_ways_of_not_knowing_are_told_apart(cclg):
    told = {}
    for answer in ("not_tested", "not_evaluable", "missing"):
        result = assess(facts(**{**SR_BASE, "bcr_abl1": answer}), cclg)
        told[answer] = next(item for item in result.inputs if item.fact == "bcr_abl1").value.text()
    told["not_detected"] = next(
        item for item in assess(facts(**SR_BASE), cclg).inputs if item.fact == "bcr_abl1"
    ).value.text()
    assert told == {
        "not_tested": "not tested",
        "not_evaluable": "not evaluable",
        "missing": "not recorded",
        "not_detected": "not detected",
    }


def test_no_place_is_left_open_in_any_note():
    for item in protocols():
        for at in Point:
            for child in (facts(), facts(**CHILD), facts(age_years=0.5, lineage="mature_b")):
                result = assess(child, item, at=at)
                for section in explanation(result):
                    assert section.lines
                    for line in section.lines:
                        assert line.text() and "{" not in line.text()
                        assert line.text("zh-hans")


def test_two_measurements_that_disagree_are_told_and_the_higher_counts(cclg):
    child = RiskFacts(
        facts(**{**CHILD, "mrd_d33": 0.02}).facts,
        (
            MrdResult(33, 0.02, lod=1e-4),
            MrdResult(33, None, "not_detected", 1e-5, method="pcr"),
            MrdResult(84, None, "not_detected", 1e-5),
        ),
    )
    result = assess(child, cclg)
    assert result.group == "HR" and result.verdict("HR-6") == "met"
    assert [note.text() for note in result.notes] == [
        "MRD on day 33: the measurements disagree (flow cytometry on day 33: 2 % (limit of "
        "detection 0.01 %); PCR on day 33: not detected (limit of detection 0.001 %)). The highest "
        "amount counts; look at them again."
    ]


def test_confirmation_counts_for_the_same_rules_only(cclg):
    mine = Confirmation("Dr. Example", "2024-05-01", cclg.rule_hash)
    result = assess(facts(**CHILD), cclg, confirmation=mine)
    assert result.status is RuleSetStatus.CONFIRMED
    assert "Rule set confirmed by Dr. Example on 2024-05-01." in explain(result)
    old = Confirmation("Dr. Example", "2024-05-01", "another")
    assert assess(facts(**CHILD), cclg, confirmation=old).status is RuleSetStatus.UNCONFIRMED
    assert assess(facts(**CHILD), cclg, confirmation=old).confirmation is None


@pytest.mark.parametrize("at", list(Point))
def test_result_is_the_same_after_json(at):
    for item in protocols():
        result = assess(facts(**CHILD), item, at=at)
        again = RiskResult.from_json(json.loads(json.dumps(result.to_json(), allow_nan=False)))
        assert again.to_json() == result.to_json()
        assert explain(again) == explain(result)


@pytest.mark.parametrize(
    "make",
    [
        lambda: number_fact("wbc", -1),
        lambda: number_fact("wbc", float("nan")),
        lambda: number_fact("weight", 20),
        lambda: number_fact("mrd_d33", 0.01),
        lambda: number_fact("cns", 1),
        lambda: word_fact("cns", "cns9"),
        lambda: word_fact("wbc", "high"),
    ],
)
def test_fact_that_cannot_be_is_refused(make):
    with pytest.raises(FactRefused):
        make()


def test_number_that_is_not_there_is_not_recorded():
    assert number_fact("wbc", None).answer is Answer.MISSING


FILE = {
    "at": "day15",
    "facts": {
        **{name: value for name, value in CHILD.items() if not name.startswith("mrd_")},
        "wbc": {"value": 60, "unit": "10^9/L", "date": "2020-01-02", "source": "record 12"},
        "kmt2a": ["not_detected", "other_partner"],
    },
    "mrd": [{"day": 33, "fraction": 0.02, "lod": 0.0001, "method": "flow"}],
}


@pytest.fixture
def run(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(command_line, "COMMANDS", ("risk",))

    def call(data, *more, name="CCLG-ALL-2008"):
        path = tmp_path / "child.json"
        path.write_text(data if isinstance(data, str) else json.dumps(data), encoding="utf-8")
        status = command_line.main(["risk", "--protocol", name, "--facts", str(path), *more])
        return status, *capsys.readouterr()

    return call


def test_command_explains_a_child(run):
    status, out, err = run(FILE)
    assert (status, err) == (0, "")
    assert "IR (intermediate risk) by the rules due up to day 15" in out
    assert "WBC at diagnosis: 60 × 10^9/L (2020-01-02)" in out


def test_command_gives_json_and_another_point_of_the_course(run):
    status, out, _ = run(FILE, "--json", "--at", "day33")
    data = json.loads(out)
    assert status == 0 and data["group"] == "HR" and data["reasons"] == ["HR-6"]
    assert RiskResult.from_json(data).group == "HR"


def test_command_takes_a_protocol_file(run, tmp_path):
    own = tmp_path / "own.yaml"
    nci = next(p for p in protocols() if p.name == "NCI-Rome")
    text = (risk_command_folder() / "nci_rome.yaml").read_text("utf-8")
    own.write_text(text.replace("NCI-Rome", "OWN"), encoding="utf-8")
    status, out, _ = run(FILE, name=str(own))
    assert status == 0 and "OWN, version 1: HR (high risk)." in out and nci.name not in out


def risk_command_folder():
    from analysis.risk.loader import PROTOCOLS

    return PROTOCOLS


def test_command_refuses_what_it_does_not_know(run):
    status, out, err = run(FILE, name="NO-SUCH")
    assert (status, out) == (2, "") and "CCLG-ALL-2008 1" in err
    assert risk_command.SUMMARY.endswith(".")


BAD = [
    ("{", "not valid JSON"),
    ("[]", "a table with facts and mrd is needed"),
    ('{"facts": {"wbc": 1, "wbc": 2}}', "stands twice"),
    ('{"facts": {"weight": 1}}', "weight is not a fact"),
    ('{"facts": {"wbc": {"value": 1, "unit": "10^6/L"}}}', "the unit of wbc is 10^9/L"),
    ('{"facts": {"wbc": {"value": 1, "when": "now"}}}', "the key when is not known"),
    ('{"facts": {"wbc": true}}', "a value of another kind"),
    ('{"facts": {"wbc": {"value": 1, "date": "2 May"}}}', "is not a date"),
    ('{"facts": {"mrd_d33": 0.1}}', "mrd_d33 is not a fact that can be given here"),
    ('{"mrd": [{"day": 33, "fraction": 5}]}', "fraction is a fraction from 0 to 1"),
    ('{"mrd": [{"day": 33, "percent": 5}]}', "a table with day"),
    ('{"mrd": [{"day": 33, "fraction": 0.1, "operator": "~"}]}', "is not one of"),
    ('{"at": "day9"}', "day9 is not one of diagnosis"),
    ('{"wbc": 3}', "the key wbc is not known"),
]


@pytest.mark.parametrize(("text", "cause"), BAD, ids=[row[1] for row in BAD])
def test_wrong_facts_file_is_refused(text, cause):
    with pytest.raises(FileRefused, match=re.escape(cause)):
        parse_facts(text, file="child.json")
