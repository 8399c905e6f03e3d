"""IKZF1plus and UKALL-CNA on every combination of loci, and on what is not known of them."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.calls import Certainty, CopyCall, Evidence, State
from analysis.loci import LocusFinding
from analysis.profiles import IKZF1PLUS_LOCI, Ikzf1Plus, Ikzf1PlusAnswer, ikzf1_plus, ukall_cna
from analysis.profiles_ukall import UKALL_GENES, CnaAnswer, UkallCna

HET, HOM, NORMAL = CopyCall.HET_DEL, CopyCall.HOM_DEL, CopyCall.NORMAL
AMBIGUOUS, FAILED, UNTESTED = CopyCall.AMBIGUOUS, CopyCall.NOT_EVALUABLE, CopyCall.NOT_TESTED
GAIN = CopyCall.HET_DUP
EIGHT = ("IKZF1", "CDKN2A/B", "PAX5", "ETV6", "RB1", "BTG1", "EBF1", "PAR1")


def loci(rest=None, **calls):
    """Findings of the named genes; `rest` is the call of every other gene of both profiles."""
    names = set(IKZF1PLUS_LOCI) | set(UKALL_GENES) if rest else ()
    found = {name: LocusFinding.from_call(rest) for name in names}
    return found | {name: LocusFinding.from_call(call) for name, call in calls.items()}


# description, loci, answer, codes of the reasons, loci on which it depends
IKZF1PLUS = [
    ("all known, met by PAX5", loci(NORMAL, IKZF1=HET, PAX5=HET), "met", ["ikzf1plus_met"], ()),
    ("met by CDKN2A of one copy", loci(NORMAL, IKZF1=HET, CDKN2A=HET), "met",
     ["ikzf1plus_met"], ()),
    ("met by CDKN2A of both copies", loci(NORMAL, IKZF1=HET, CDKN2A=HOM), "met",
     ["ikzf1plus_met"], ()),
    ("met by CDKN2B of both copies", loci(NORMAL, IKZF1=HOM, CDKN2B=HOM), "met",
     ["ikzf1plus_met"], ()),
    ("met by PAR1", loci(NORMAL, IKZF1=HET, PAR1=HET), "met", ["ikzf1plus_met"], ()),
    ("CDKN2B of one copy does not count", loci(NORMAL, IKZF1=HET, CDKN2B=HET), "not_met",
     ["ikzf1plus_no_companion", "cdkn2b_heterozygous", "ikzf1_deletion_stands"], ()),
    ("no companion", loci(NORMAL, IKZF1=HET), "not_met",
     ["ikzf1plus_no_companion", "ikzf1_deletion_stands"], ()),
    ("a gain is no deletion", loci(NORMAL, IKZF1=HET, PAX5=GAIN), "not_met",
     ["ikzf1plus_no_companion", "ikzf1_deletion_stands"], ()),
    ("IKZF1 intact", loci(NORMAL, PAX5=HET), "not_met", ["ikzf1plus_no_ikzf1_deletion"], ()),
    ("ERG deleted", loci(NORMAL, IKZF1=HET, PAX5=HET, ERG=HET), "not_met",
     ["ikzf1plus_erg_deleted", "ikzf1_deletion_stands"], ()),
    ("ERG not tested", loci(NORMAL, IKZF1=HET, PAX5=HET, ERG=UNTESTED), "met_erg_not_tested",
     ["ikzf1plus_met_erg_not_tested"], ("ERG",)),
    ("ERG not readable", loci(NORMAL, IKZF1=HET, PAX5=HET, ERG=FAILED), "met_erg_not_evaluable",
     ["ikzf1plus_met_erg_not_evaluable"], ("ERG",)),
    ("ERG ambiguous", loci(NORMAL, IKZF1=HET, PAX5=HET, ERG=AMBIGUOUS), "met_erg_not_evaluable",
     ["ikzf1plus_met_erg_not_evaluable"], ("ERG",)),
    ("PAX5 not tested, ERG intact", loci(NORMAL, IKZF1=HET, PAX5=UNTESTED), "not_evaluable",
     ["ikzf1plus_not_evaluable"], ("PAX5",)),
    ("PAX5 subclonal is not normal", loci(NORMAL, IKZF1=HET, PAX5=AMBIGUOUS), "not_evaluable",
     ["ikzf1plus_not_evaluable"], ("PAX5",)),
    ("a missing companion beside one that is found", loci(NORMAL, IKZF1=HET, PAX5=UNTESTED,
     CDKN2A=HOM), "met", ["ikzf1plus_met", "missing_without_influence"], ()),
    ("IKZF1 unreadable, no companion", loci(NORMAL, IKZF1=FAILED), "not_met",
     ["ikzf1plus_no_companion", "missing_without_influence"], ()),
    ("IKZF1 unreadable, a companion", loci(NORMAL, IKZF1=FAILED, PAX5=HET), "not_evaluable",
     ["ikzf1plus_not_evaluable"], ("IKZF1",)),
    ("ERG deleted, the rest unknown", loci(ERG=HOM), "not_met",
     ["ikzf1plus_erg_deleted", "missing_without_influence"], ()),
    ("IKZF1 alone known to be intact", loci(IKZF1=NORMAL), "not_met",
     ["ikzf1plus_no_ikzf1_deletion", "missing_without_influence"], ()),
    ("IKZF1 alone known to be lost", loci(IKZF1=HET), "not_evaluable",
     ["ikzf1plus_not_evaluable"], ("CDKN2A", "CDKN2B", "PAX5", "PAR1", "ERG")),
    ("everything failed", loci(FAILED), "not_evaluable", ["ikzf1plus_not_evaluable"],
     IKZF1PLUS_LOCI),
    ("nothing tested", {}, "not_tested", ["ikzf1plus_not_tested"], IKZF1PLUS_LOCI),
]  # fmt: skip


@pytest.mark.parametrize(
    ("findings", "answer", "codes", "decisive"),
    [case[1:] for case in IKZF1PLUS],
    ids=[case[0] for case in IKZF1PLUS],
)
def test_ikzf1plus_answer_reasons_and_what_it_depends_on(findings, answer, codes, decisive):
    found = ikzf1_plus(findings)
    assert found.answer == answer
    assert [reason.code for reason in found.reasons] == codes
    assert found.decisive == tuple(decisive)
    assert len(found.missing) == len(decisive)
    assert bool(found.next_steps) == bool(decisive)
    assert Ikzf1Plus.from_json(found.to_json()) == found


def test_every_ikzf1plus_answer_and_reason_is_reached():
    assert {case[2] for case in IKZF1PLUS} == {answer.value for answer in Ikzf1PlusAnswer}
    texts = {r.code: r.text() for case in IKZF1PLUS for r in ikzf1_plus(case[1]).reasons}
    assert len(set(texts.values())) == len(texts) == 11


def test_cdkn2b_deleted_without_zygosity_leaves_the_answer_open():
    findings = loci(NORMAL, IKZF1=HET) | {"CDKN2B": LocusFinding(State.ALTERED)}
    found = ikzf1_plus(findings)
    assert found.answer == "not_evaluable"
    assert found.decisive == ("CDKN2B",)
    assert found.missing[0].text() == "CDKN2B deleted, of one copy or both is not known"


def test_an_erg_deletion_never_hides_the_ikzf1_loss():
    for other in (NORMAL, HET, UNTESTED, AMBIGUOUS):
        headline = ikzf1_plus(loci(other, IKZF1=HET, ERG=HET)).headline.text()
        assert headline.startswith("IKZF1 is deleted")


def test_ikzf1plus_names_the_missing_locus_in_its_headline():
    found = ikzf1_plus(loci(NORMAL, IKZF1=FAILED, PAX5=UNTESTED))
    assert found.headline.text() == (
        "IKZF1plus not evaluable: IKZF1 not evaluable, PAX5 not tested."
    )


def test_only_an_answer_that_erg_cannot_turn_counts_as_altered():
    assert ikzf1_plus(loci(NORMAL, IKZF1=HET, PAX5=HET)).state is State.ALTERED
    open_answer = ikzf1_plus(loci(NORMAL, IKZF1=HET, PAX5=HET, ERG=UNTESTED))
    assert open_answer.state is State.NOT_EVALUABLE
    assert ikzf1_plus({}).state is State.NOT_TESTED


def test_evidence_of_the_loci_goes_along():
    item = Evidence("probe", "PAX5 exon 6", "0.51", "run 1")
    findings = loci(NORMAL, IKZF1=HET) | {"PAX5": LocusFinding.from_call(HET, (item,))}
    found = ikzf1_plus(findings)
    assert found.evidence == (item,)
    assert item in found.reasons[0].evidence


def test_a_gene_not_deleted_with_both_copies_lost_is_refused():
    with pytest.raises(ValueError, match="both copies"):
        LocusFinding(State.NOT_DETECTED, State.ALTERED)


# The rule of UKALL-CNA once more, as a list of the good profiles instead of a computation.
GOOD = [
    set(), {"ETV6"}, {"PAX5"}, {"BTG1"},
    {"ETV6", "BTG1"}, {"ETV6", "PAX5"}, {"ETV6", "CDKN2A/B"},
]  # fmt: skip


def eight(deleted, rest=NORMAL):
    calls = {name: HET if name in deleted else rest for name in EIGHT}
    both = calls.pop("CDKN2A/B")
    return loci(**calls, CDKN2A=both, CDKN2B=both)


@pytest.mark.parametrize("tiers", [2, 3])
def test_ukall_cna_on_all_256_combinations(tiers):
    seen = {"good": 0, "intermediate": 0, "poor": 0}
    for lost in product((False, True), repeat=8):
        deleted = {name for name, gone in zip(EIGHT, lost, strict=True) if gone}
        expected = "good" if deleted in GOOD else "poor"
        if tiers == 3 and expected == "poor" and not deleted & {"IKZF1", "PAR1", "EBF1", "RB1"}:
            expected = "intermediate"
        found = ukall_cna(eight(deleted), tiers=tiers)
        assert found.answer == expected, deleted
        assert set(found.deleted) == deleted
        seen[expected] += 1
    # Of 16 subsets of ETV6, PAX5, BTG1 and CDKN2A/B seven are good and nine are not.
    middle = 9 if tiers == 3 else 0
    assert seen == {"good": 7, "intermediate": middle, "poor": 249 - middle}


def test_cdkn2a_or_cdkn2b_makes_the_locus():
    assert ukall_cna(loci(NORMAL, CDKN2B=HET)).deleted == ("CDKN2A/B",)
    assert ukall_cna(loci(NORMAL, CDKN2B=HET, ETV6=HET)).answer == "good"


@pytest.mark.parametrize(
    ("findings", "answer", "decisive"),
    [
        (loci(IKZF1=HET), "poor", ()),
        (loci(NORMAL, PAX5=UNTESTED), "good", ()),
        (loci(NORMAL, RB1=AMBIGUOUS), "not_evaluable", ("RB1",)),
        (loci(NORMAL, CDKN2A=HET, ETV6=UNTESTED), "not_evaluable", ("ETV6",)),
        (loci(NORMAL, CDKN2A=FAILED, CDKN2B=HET, ETV6=HET), "good", ()),
        (loci(FAILED), "not_evaluable", UKALL_GENES),
        ({}, "not_tested", UKALL_GENES),
    ],
)
def test_ukall_cna_answers_where_no_missing_locus_could_change_it(findings, answer, decisive):
    found = ukall_cna(findings)
    assert found.answer == answer
    assert found.decisive == tuple(decisive)
    assert UkallCna.from_json(found.to_json()) == found


def test_three_tiers_are_unconfirmed_and_say_so():
    two, three = ukall_cna(eight(set())), ukall_cna(eight(set()), tiers=3)
    assert (two.certainty, three.certainty) == (Certainty.ESTABLISHED, Certainty.UNCONFIRMED)
    assert "unconfirmed" in three.headline.text()
    assert "ukall_three_tiers" in [reason.code for reason in three.reasons]
    with pytest.raises(ValueError, match="two tiers or three"):
        ukall_cna({}, tiers=4)


@pytest.mark.parametrize("name", ["etv6_runx1", "high_hyperdiploidy"])
def test_good_genetics_override_a_poor_profile_and_say_so(name):
    other = {"etv6_runx1": State.NOT_DETECTED, "high_hyperdiploidy": State.NOT_DETECTED}
    found = ukall_cna(eight({"IKZF1"}), **(other | {name: State.ALTERED}))
    assert (found.answer, found.genetic_risk) == ("poor", "good")
    assert "ukall_override" in [reason.code for reason in found.reasons]
    assert "genetic risk is good" in found.headline.text()


def test_a_poor_profile_without_the_fusion_test_is_not_yet_a_poor_genetic_risk():
    found = ukall_cna(eight({"IKZF1"}), high_hyperdiploidy=State.NOT_DETECTED)
    assert (found.answer, found.genetic_risk) == ("poor", "not_evaluable")
    assert [m.text() for m in found.missing] == ["ETV6::RUNX1 not tested"]
    none = State.NOT_DETECTED
    settled = ukall_cna(eight({"IKZF1"}), etv6_runx1=none, high_hyperdiploidy=none)
    assert settled.genetic_risk == "poor"
    assert ukall_cna(eight(set())).genetic_risk == "good"


def kleene_or(values):
    values = list(values)
    return True if True in values else None if None in values else False


def met_by_statement(calls):
    """The rule of Stanulla 2018 once more, in logic of three values (None is not known): each locus
    stands in it once, so that this says all that can be said."""
    lost = {name: {HET: True, HOM: True, NORMAL: False}.get(call) for name, call in calls.items()}
    both = {HOM: True, HET: False, NORMAL: False}.get(calls["CDKN2B"])
    companion = kleene_or([lost["CDKN2A"], both, lost["PAX5"], lost["PAR1"]])
    needed = [lost["IKZF1"], companion, None if lost["ERG"] is None else not lost["ERG"]]
    return False if False in needed else None if None in needed else True


def test_ikzf1plus_on_every_combination_of_four_calls_of_its_six_loci():
    seen = {"met": 0, "not_met": 0, "open": 0}
    for values in product((HET, HOM, NORMAL, UNTESTED), repeat=6):
        calls = dict(zip(IKZF1PLUS_LOCI, values, strict=True))
        expected = met_by_statement(calls)
        found = ikzf1_plus(loci(**calls))
        word = {True: "met", False: "not_met", None: "open"}[expected]
        seen[word] += 1
        assert (found.answer if expected is not None else "open") == word, calls
        if expected is None:
            assert found.answer not in ("met", "not_met")
        if calls["IKZF1"] in (HET, HOM) and found.answer not in ("met", "met_erg_not_tested"):
            assert found.headline.text().startswith("IKZF1 is deleted"), calls
    # By hand: IKZF1 lost in 2 ways, ERG intact in 1, and 256 combinations of the companions less
    # those without one: 2 x 2 x 2 x 3 = 24 (CDKN2B also heterozygous).
    assert seen["met"] == 2 * (256 - 2 * 2 * 2 * 3)
    assert sum(seen.values()) == 4**6


CALLS = st.sampled_from([HET, HOM, NORMAL, AMBIGUOUS, FAILED, UNTESTED])
OPEN = (AMBIGUOUS, FAILED, UNTESTED)


@settings(max_examples=150, deadline=None)
@given(
    calls=st.fixed_dictionaries(dict.fromkeys((*UKALL_GENES, "ERG"), CALLS)),
    filling=st.lists(st.sampled_from([HET, HOM, NORMAL]), min_size=10, max_size=10),
)
def test_an_answer_with_gaps_holds_however_the_gaps_are_filled(calls, filling):
    filled = {
        name: full if call in OPEN else call
        for (name, call), full in zip(calls.items(), filling, strict=True)
    }
    before, after = ikzf1_plus(loci(**calls)), ikzf1_plus(loci(**filled))
    assert after.answer in ("met", "not_met")
    if before.answer in ("met", "not_met"):
        assert after.answer == before.answer
    if before.answer.startswith("met_erg"):
        lost = filled["ERG"] is not NORMAL
        assert after.answer == ("not_met" if lost else "met")
    cna, full = ukall_cna(loci(**calls)), ukall_cna(loci(**filled))
    assert full.answer in cna.possible
    if cna.answer not in ("not_evaluable", "not_tested"):
        assert full.answer == cna.answer


@settings(max_examples=100, deadline=None)
@given(calls=st.fixed_dictionaries(dict.fromkeys(UKALL_GENES, CALLS)))
def test_untested_never_acts_as_normal(calls):
    """Where a gap counted as normal gives another answer than where it counts as lost, no answer
    is given."""
    answers = set()
    for value in (NORMAL, HOM):
        filled = {name: value if call in OPEN else call for name, call in calls.items()}
        answers.add(ukall_cna(loci(**filled)).answer)
    if len(answers) > 1:
        assert ukall_cna(loci(**calls)).answer in (CnaAnswer.NOT_EVALUABLE, CnaAnswer.NOT_TESTED)


def possible_of(found):
    """The answers that are still possible: both, where none is given."""
    return {found.answer.value} if found.answer in ("met", "not_met") else {"met", "not_met"}


@settings(max_examples=150, deadline=None)
@given(
    calls=st.fixed_dictionaries(dict.fromkeys((*UKALL_GENES, "ERG"), CALLS)),
    name=st.sampled_from((*UKALL_GENES, "ERG")),
    value=st.sampled_from([HET, HOM, NORMAL]),
    tiers=st.sampled_from([2, 3]),
)
def test_one_more_answer_only_narrows_what_is_possible(calls, name, value, tiers):
    """Settling one open locus adds no answer that was not possible before, and asks for no locus
    that was not asked for before."""
    if calls[name] not in OPEN:
        return
    more = calls | {name: value}
    before, after = ukall_cna(loci(**calls), tiers=tiers), ukall_cna(loci(**more), tiers=tiers)
    assert set(after.possible) <= set(before.possible)
    assert set(after.decisive) <= set(before.decisive) - {name}
    before, after = ikzf1_plus(loci(**calls)), ikzf1_plus(loci(**more))
    assert possible_of(after) <= possible_of(before)
    assert set(after.decisive) <= set(before.decisive) - {name}


@settings(max_examples=100, deadline=None)
@given(calls=st.fixed_dictionaries(dict.fromkeys(IKZF1PLUS_LOCI, CALLS)))
def test_untested_never_acts_as_normal_for_ikzf1plus(calls):
    answers = set()
    for value in (NORMAL, HOM):
        filled = {name: value if call in OPEN else call for name, call in calls.items()}
        answers.add(ikzf1_plus(loci(**filled)).answer.value)
    if len(answers) > 1:
        assert ikzf1_plus(loci(**calls)).answer not in ("met", "not_met")


@pytest.mark.parametrize("state", list(State))
def test_an_override_is_made_by_what_was_found_only(state):
    """Good genetics that were not looked for, or not read, make no good genetic risk."""
    found = ukall_cna(eight({"IKZF1"}), etv6_runx1=state, high_hyperdiploidy=State.NOT_DETECTED)
    expected = {State.ALTERED: "good", State.NOT_DETECTED: "poor"}.get(state, "not_evaluable")
    assert found.genetic_risk == expected
    assert bool(found.next_steps) is not state.answered


def test_the_tiers_have_words_of_their_own():
    """A protocol's groups are called "intermediate risk" too, and otherwise in Chinese."""
    labels = {answer.label_en for answer in CnaAnswer}
    assert not labels & {"low risk", "intermediate risk", "high risk"}
    assert CnaAnswer.INTERMEDIATE.label_en == "intermediate-risk tier"
