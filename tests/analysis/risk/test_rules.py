"""Every rule of every protocol on both sides of its boundary, and the groups they make."""

import pytest
from rule_rows import (
    CN_FEATURES,
    HIGH_HYPERDIPLOID,
    NO,
    NO_FACTOR,
    OPEN,
    ROWS,
    SR_BASE,
    YES,
    facts,
    unused,
    used,
)

from analysis.risk.engine import assess
from analysis.risk.loader import protocol, protocols
from analysis.risk.result import NO_GROUP, RuleCertainty, RuleSetStatus, Verdict
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


CCLG_SR = {**SR_BASE, "day8_blasts": 0.2, "marrow_d15": "m1", "marrow_d33": "m1",
           "mrd_d33": (1e-4, "<", 1e-4), "mrd_week12": (1e-4, "<", 1e-4)}  # fmt: skip
CN_LR = {**CN_FEATURES, "age_years": 4, "wbc": 10, "lineage": "precursor_b", "cns": "cns1",
         "testis": "not_involved", "mrd_d15": 1e-4, "mrd_d33": (1e-4, "<", 1e-4),
         "mrd_week12": (1e-4, "<", 1e-4)}  # fmt: skip
CN_NO_MRD = {name: value for name, value in CN_LR.items() if not name.startswith("mrd")} | {
    "mrd_use": "not_used", "marrow_d15": 3, "marrow_d33": 1, "mass_d33": "no_mass",
}  # fmt: skip
SC_LR = {**CN_LR, **HIGH_HYPERDIPLOID, "dux4": "not_detected", "mass_d33": "no_mass",
         "mass_week12": "no_mass"}  # fmt: skip
AIEOP_SR = {**NO_FACTOR, "lineage": "precursor_b", "mrd_d33": (None, "not_detected", 1e-4),
            "mrd_week12": (None, "not_detected", 1e-4)}  # fmt: skip

GROUPS = [
    ("CCLG-ALL-2008", CCLG_SR, "SR"),
    ("CCLG-ALL-2008", {**CCLG_SR, "age_years": 1}, "SR"),
    ("CCLG-ALL-2008", {**CCLG_SR, "age_years": 10}, "IR"),
    ("CCLG-ALL-2008", {**CCLG_SR, "wbc": 50}, "IR"),
    ("CCLG-ALL-2008", {**CCLG_SR, "day8_blasts": 1.0}, "HR"),
    ("CCLG-ALL-2008", {**CCLG_SR, "lineage": "t"}, "IR"),
    ("CCLG-ALL-2008", {**CCLG_SR, "tcf3_pbx1": "altered"}, "IR"),
    ("CCLG-ALL-2008", {**CCLG_SR, "age_years": 0.5}, "IR"),
    ("CCLG-ALL-2008", {**CCLG_SR, "wbc": 50, "marrow_d15": "m3"}, "HR"),
    # The gaps of the text, closed by intent.
    ("CCLG-ALL-2008", {**CCLG_SR, "marrow_d15": "m3"}, "IR"),
    ("CCLG-ALL-2008", {**CCLG_SR, "mrd_d33": 1e-4}, "IR"),
    ("CCLG-ALL-2008", {**CCLG_SR, "mrd_d33": 1e-2}, "HR"),
    ("CCLG-ALL-2008", {**CCLG_SR, "mrd_week12": 1e-3}, "HR"),
    ("CCLG-ALL-2008", {**CCLG_SR, "marrow_d33": "m2"}, "HR"),
    ("CCLG-ALL-2008", {**CCLG_SR, "bcr_abl1": "altered", "wbc": 50}, "HR"),
    # The gaps that the text leaves.
    ("CCLG-ALL-2008", {**CCLG_SR, "lineage": "mature_b"}, NO_GROUP),
    ("CCLG-ALL-2008", {**CCLG_SR, "age_years": 0.5, "kmt2a": "other_partner"}, NO_GROUP),
    ("CN-2018-norm", CN_LR, "LR"),
    ("CN-2018-norm", {**CN_LR, "wbc": 50}, "LR"),
    ("CN-2018-norm", {**CN_LR, "age_years": 10}, "IR"),
    ("CN-2018-norm", {**CN_LR, "cns": "cns2"}, "IR"),
    ("CN-2018-norm", {**CN_LR, "bcr_abl1": "altered"}, "IR"),
    ("CN-2018-norm", {**CN_LR, "bcr_abl1": "altered", "ikzf1": "large_deletion"}, "HR"),
    ("CN-2018-norm", {**CN_LR, "mrd_d15": 1e-3}, "IR"),
    ("CN-2018-norm", {**CN_LR, "mrd_d15": 1e-1}, "HR"),
    ("CN-2018-norm", {**CN_LR, "mrd_week12": 1e-4}, "HR"),
    ("CN-2018-norm", {**CN_LR, "age_years": 0.5}, NO_GROUP),
    ("CN-2018-norm", CN_NO_MRD, "LR"),
    ("CN-2018-norm", {**CN_NO_MRD, "wbc": 50}, "IR"),
    ("CN-2018-norm", {**CN_NO_MRD, "marrow_d15": 5}, "IR"),
    ("CN-2018-norm", {**CN_NO_MRD, "marrow_d15": 20}, "HR"),
    ("SCCCG-ALL-2023", SC_LR, "LR"),
    ("SCCCG-ALL-2023", {**SC_LR, "age_years": 0.5}, "IR"),
    ("SCCCG-ALL-2023", {**SC_LR, "wbc": 50}, "IR"),
    ("SCCCG-ALL-2023", {**SC_LR, "mrd_d33": 1e-4}, "IR"),
    ("SCCCG-ALL-2023", {**SC_LR, "mrd_d33": 1e-2}, "HR"),
    ("SCCCG-ALL-2023", {**SC_LR, "ikzf1": "large_deletion"}, "HR"),
    ("SCCCG-ALL-2023", {**SC_LR, "ikzf1": "large_deletion", "dux4": "altered"}, "LR"),
    ("SCCCG-ALL-2023", {**SC_LR, "mef2d": "other_partner"}, "IR"),
    ("AIEOP-BFM-ALL-2009", AIEOP_SR, "SR"),
    ("AIEOP-BFM-ALL-2009", {**AIEOP_SR, "mrd_d33": 1e-4}, "MR"),
    ("AIEOP-BFM-ALL-2009", {**AIEOP_SR, "mrd_d33": 5e-4}, "MR"),
    ("AIEOP-BFM-ALL-2009", {**AIEOP_SR, "mrd_d33": 5e-4, "mrd_week12": 1e-4}, "HR"),
    ("AIEOP-BFM-ALL-2009", {**AIEOP_SR, "mrd_week12": 5e-4}, "HR"),
    ("AIEOP-BFM-ALL-2009", {**AIEOP_SR, "day8_blasts": 1.0}, "HR"),
    ("NCI-Rome", {"age_years": 1, "wbc": 49.99}, "SR"),
    ("NCI-Rome", {"age_years": 10, "wbc": 1}, "HR"),
    ("NCI-Rome", {"age_years": 5, "wbc": 50}, "HR"),
    ("NCI-Rome", {"age_years": 0.99, "wbc": 500}, "infant"),
]


@pytest.mark.parametrize(("name", "given", "group"), GROUPS)
def test_group_of_a_child(name, given, group):
    item = protocol(name)
    # The flow of day 15 beside the PCR of later days.
    child = facts(**given)
    if name.startswith("AIEOP"):
        flow = facts(mrd_d15=1e-4)
        child = type(child)(child.facts, (*child.mrd, *flow.mrd))
    result = assess(child, item, at=Point.WEEK12)
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
