"""Every rule of every protocol on both sides of its boundary, and the groups they make."""

import pytest
from group_rows import GROUP_ROWS, SC_LR, child
from rule_rows import NO, OPEN, ROWS, YES, facts, unused, used

from analysis.risk.engine import assess
from analysis.risk.loader import protocol, protocols
from analysis.risk.result import RuleCertainty, RuleSetStatus, Verdict
from analysis.risk.vocabulary import Point

FLAT = [
    (name, version, rule, given, verdict)
    for (name, version), rows in ROWS.items()
    for rule, given, verdict in rows
]


@pytest.mark.parametrize(
    ("name", "version", "rule", "given", "verdict"),
    FLAT,
    ids=[f"{row[0]}-{row[1]}-{row[2]}-{index}" for index, row in enumerate(FLAT)],
)
def test_rule_on_its_boundary(name, version, rule, given, verdict):
    result = assess(facts(**given), protocol(name, version), at=Point.WEEK12)
    assert result.verdict(rule) is verdict


def test_every_rule_has_rows_on_both_sides():
    for item in protocols():
        rows = ROWS[item.name, item.version]
        seen = {(rule, verdict) for rule, _, verdict in rows}
        for rule in item.rules:
            assert {(rule.name, YES), (rule.name, NO)} <= seen, (item.name, rule.name)
        assert {rule for rule, _, _ in rows} == set(item.by_name)


def test_every_rule_over_a_fact_has_a_row_where_it_is_unknown():
    """Composite rules apart, whose parts have their own."""
    for item in protocols():
        open_rows = {rule for rule, _, verdict in ROWS[item.name, item.version] if verdict is OPEN}
        lone = {r.name for r in item.rules if len(item.facts_of(r.when)) == 1}
        assert lone <= open_rows, (item.name, lone - open_rows)


GROUPS = [
    (name, version, {**base, **given}, group)
    for (name, version), (base, rows) in GROUP_ROWS.items()
    for given, group in rows
]


@pytest.mark.parametrize(
    ("name", "version", "given", "group"),
    GROUPS,
    ids=[f"{row[0]}-{row[1]}-{row[3]}-{index}" for index, row in enumerate(GROUPS)],
)
def test_group_of_a_child(name, version, given, group):
    result = assess(child(name, given), protocol(name, version), at=Point.WEEK12)
    assert result.groups == (group,)
    assert result.group == group


def test_scccg_version_1_asks_for_favourable_genetics():
    plain = {**SC_LR, "modal_number": 46, "etv6_runx1": "not_detected"}
    assert assess(facts(**SC_LR), protocol("SCCCG-ALL-2023", "1")).group == "LR"
    assert assess(facts(**plain), protocol("SCCCG-ALL-2023", "1")).group == "IR"
    assert assess(facts(**plain), protocol("SCCCG-ALL-2023", "2")).group == "LR"


def test_newest_version_comes_first_when_none_is_named():
    assert protocol("SCCCG-ALL-2023").version == "2"


def test_certainty_is_that_of_the_sources():
    """Everything not read in a source is unconfirmed: all of SCCCG, none of NCI/Rome."""
    counts = {
        (item.name, item.version): sum(r.certainty is RuleCertainty.MEMORY for r in item.rules)
        for item in protocols()
    }
    assert counts["NCI-Rome", "1"] == 0
    assert counts["SCCCG-ALL-2023", "1"] == len(protocol("SCCCG-ALL-2023", "1").rules)
    # Week-12 MRD, both MRD rules of standard risk, and the intent that follows from them.
    assert counts["CCLG-ALL-2008", "1"] == 4
    # All of high risk, and the day-33 MRD of intermediate risk (text truncated).
    norm = protocol("CN-2018-norm")
    unsure = {rule.name for rule in norm.rules if rule.name.startswith("HR")} | {"IR-11"}
    assert set(norm.unconfirmed_rules) == unsure
    assert all(rule.source and rule.quote for item in protocols() for rule in item.rules)


def test_protocol_with_an_unconfirmed_rule_says_so():
    status = {item.name: assess(facts(), item).status for item in protocols()}
    assert status.pop("NCI-Rome") is RuleSetStatus.SOURCED
    assert set(status.values()) == {RuleSetStatus.UNCONFIRMED}


def test_use_of_mrd_follows_from_a_measurement():
    norm = protocol("CN-2018-norm")
    assert assess(facts(wbc=50, mrd_d15=1e-5), norm).verdict("IR-2") is Verdict.NOT_MET
    assert assess(facts(**unused(wbc=50)), norm).verdict("IR-2") is Verdict.MET
    assert assess(facts(wbc=50), norm).verdict("IR-2") is Verdict.NOT_EVALUABLE
    assert assess(facts(**used(wbc=50)), norm).verdict("IR-2") is Verdict.NOT_MET
