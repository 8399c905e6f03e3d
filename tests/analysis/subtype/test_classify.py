"""Subtypes by WHO-HAEM5 and ICC 2022, precedence, contradictions, and what was not tested."""

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.calls import Certainty, Evidence, State
from analysis.cohort.fusions import listed_pairs
from analysis.subtype import (
    FusionTest,
    ProteinChange,
    SubtypeEvidence,
    SubtypeResult,
    classify,
)
from analysis.subtype.labels import QuestionName
from analysis.subtype.table import questions, subtypes, subtypes_of_fusion

FOUND, NOT_FOUND = State.ALTERED, State.NOT_DETECTED
UNREAD, UNTESTED = State.NOT_EVALUABLE, State.NOT_TESTED


def fusion(name, state=FOUND, method="rt_pcr"):
    gene_a, gene_b = name.split("::")
    return FusionTest(gene_a, gene_b, state, method)


def by(*fusions, **more):
    return classify(SubtypeEvidence(fusions=tuple(fusions), **more))


# Fusion, key, part of the WHO name, part of the ICC name: read from the published classifications.
BY_FUSION = [
    ("BCR::ABL1", "bcr_abl1", "with BCR::ABL1 fusion", "t(9;22)"),
    ("ETV6::RUNX1", "etv6_runx1", "with ETV6::RUNX1 fusion", "t(12;21)"),
    ("TEL::AML1", "etv6_runx1", "with ETV6::RUNX1 fusion", "t(12;21)"),
    ("TCF3::PBX1", "tcf3_pbx1", "with TCF3::PBX1 fusion", "t(1;19)"),
    ("TCF3::HLF", "tcf3_hlf", "with TCF3::HLF fusion", "HLF rearrangement"),
    ("KMT2A::AFF1", "kmt2a_r", "with KMT2A rearrangement", "t(v;11q23.3)"),
    ("KMT2A::SEPTIN9", "kmt2a_r", "with KMT2A rearrangement", "t(v;11q23.3)"),
    ("IGH::IL3", "igh_il3", "IGH::IL3", "t(5;14)"),
    ("IGH::DUX4", "dux4_r", "other defined", "DUX4"),
    ("MEF2D::BCL9", "mef2d_r", "other defined", "MEF2D"),
    ("EP300::ZNF384", "znf384_r", "other defined", "ZNF384"),
    ("BRD9::NUTM1", "nutm1_r", "other defined", "NUTM1"),
    ("IGH::MYC", "myc_r", "other defined", "MYC"),
    ("UBTF::ATXN7L3", "cdx2_ubtf", "other defined", "UBTF"),
    ("ETV6::ABL1", "ph_like_abl", "BCR::ABL1-like", "ABL-1 class"),
    ("EBF1::PDGFRB", "ph_like_abl", "BCR::ABL1-like", "ABL-1 class"),
    ("P2RY8::CRLF2", "ph_like_jak", "BCR::ABL1-like", "JAK-STAT"),
    ("PAX5::JAK2", "ph_like_jak", "BCR::ABL1-like", "JAK-STAT"),
    ("IGH::IL7R", "ph_like_jak", "BCR::ABL1-like", "JAK-STAT"),
    ("ETV6::NTRK3", "ph_like_nos", "BCR::ABL1-like", "NOS"),
    ("IGH::CEBPE", "zeb2_cebp", "other defined", "CEBPE"),
    ("ETV6::IKZF1", "etv6_runx1_like", "ETV6::RUNX1-like", "ETV6::RUNX1-like"),
    ("PAX5::AUTS2", "pax5_alt", "other defined", "PAX5 alteration"),
]


@pytest.mark.parametrize(("name", "key", "who", "icc"), BY_FUSION, ids=[r[0] for r in BY_FUSION])
def test_a_fusion_makes_its_subtype_whichever_gene_is_named_first(name, key, who, icc):
    for pair in (name, "::".join(reversed(name.split("::")))):
        found = by(fusion(pair))
        assert (found.answer, found.key) == ("classified", key)
        assert who in found.who
        assert icc in found.icc
        assert SubtypeResult.from_json(found.to_json()) == found


@pytest.mark.parametrize(
    ("number", "key"),
    [
        (23, None), (24, "near_haploid"), (31, "near_haploid"), (32, "low_hypodiploid"),
        (39, "low_hypodiploid"), (40, "high_hypodiploid"), (43, "high_hypodiploid"),
        (44, None), (46, None), (50, None), (51, "high_hyperdiploid"),
        (65, "high_hyperdiploid"), (66, None), (92, None),
    ],
)  # fmt: skip
def test_chromosome_number_on_both_sides_of_each_limit(number, key):
    found = by(modal_number=number)
    assert found.key == (key or "")
    assert found.state("hypodiploid") is (FOUND if number < 44 else NOT_FOUND)
    assert found.modal_number == (number, number)


def test_a_range_that_reaches_over_the_limit_is_not_evaluable():
    found = by(karyotype="49~53,XX,+4,+6,+21[cp6]")
    assert found.state("high_hyperdiploid") is UNREAD
    assert by(karyotype="52~56,XX,+4,+6,+21[cp6]").key == "high_hyperdiploid"


@pytest.mark.parametrize(
    ("gene", "change", "key"),
    [
        ("IKZF1", "p.Asn159Tyr", "ikzf1_n159y"), ("IKZF1", "p.N159Y", "ikzf1_n159y"),
        ("IKZF1", "p.(Asn159Tyr)", "ikzf1_n159y"), ("PAX5", "p.Pro80Arg", "pax5_p80r"),
        ("ZEB2", "NP_055610.1:p.His1038Arg", "zeb2_cebp"),
        ("IKZF1", "p.Asn159Ser", ""), ("PAX5", "p.Asn159Tyr", ""),
    ],
)  # fmt: skip
def test_one_variant_defines_the_subtype_and_its_neighbours_do_not(gene, change, key):
    assert by(variants=(ProteinChange(gene, change),)).key == key


def test_variants_are_excluded_only_where_the_gene_was_sequenced():
    found = by(sequenced=(("IKZF1", NOT_FOUND), ("PAX5", UNREAD)))
    assert found.state("ikzf1_n159y") is NOT_FOUND
    assert found.state("pax5_p80r") is UNREAD
    assert by().state("ikzf1_n159y") is UNTESTED


# What stands together, what leads, what is recorded beside it.
PRECEDENCE = [
    ({"fusions": (fusion("BCR::ABL1"),), "modal_number": 54}, "bcr_abl1", ["high_hyperdiploid"]),
    ({"fusions": (fusion("P2RY8::CRLF2"),), "iamp21": FOUND}, "iamp21", ["ph_like_jak"]),
    ({"fusions": (fusion("P2RY8::CRLF2"),), "modal_number": 55}, "high_hyperdiploid",
     ["ph_like_jak"]),
    ({"fusions": (fusion("BCR::ABL1"), fusion("PAX5::JAK2"))}, "bcr_abl1", ["ph_like_jak"]),
    ({"karyotype": "27,X,+18,+21,+Y[6]/54,idemx2[9]"}, "near_haploid", ["high_hyperdiploid"]),
    ({"iamp21": FOUND, "modal_number": 51}, "iamp21", ["high_hyperdiploid"]),
    ({"fusions": (fusion("MEF2D::CSF1R"),)}, "ph_like_abl", []),
]  # fmt: skip


@pytest.mark.parametrize(("facts", "key", "also"), PRECEDENCE)
def test_precedence(facts, key, also):
    found = classify(SubtypeEvidence(**facts))
    assert found.answer == "classified"
    assert found.key == key
    assert list(found.also) == also
    assert ("subtype_leads" in [r.code for r in found.reasons]) is bool(also)


def test_a_doubled_clone_is_explained():
    found = by(karyotype="27,X,+18,+21,+Y[6]/54,idemx2[9]")
    assert "doubled_clone" in [reason.code for reason in found.reasons]


def test_two_entities_in_one_child_contradict_each_other_and_none_is_chosen():
    found = by(fusion("BCR::ABL1"), fusion("ETV6::RUNX1"))
    assert (found.answer, found.key, found.who, found.icc) == ("contradictory", "", "", "")
    assert found.also == ("bcr_abl1", "etv6_runx1")
    assert [reason.code for reason in found.contradictions] == ["two_entities"]
    assert "BCR::ABL1, ETV6::RUNX1" in found.headline.text()
    assert found.next_steps


@pytest.mark.parametrize(
    "pair", list(combinations(["BCR::ABL1", "TCF3::PBX1", "KMT2A::AFF1", "TCF3::HLF"], 2))
)
def test_any_two_fusions_that_define_an_entity_contradict(pair):
    assert by(*map(fusion, pair)).answer == "contradictory"


def test_a_translocation_against_a_negative_test_is_left_open():
    text = "46,XX,t(9;22)(q34;q11.2)[20]"
    found = by(fusion("BCR::ABL1", NOT_FOUND), karyotype=text)
    assert found.answer == "contradictory"
    assert found.state("bcr_abl1") is UNREAD
    assert [reason.code for reason in found.contradictions] == ["karyotype_against_test"]
    assert by(karyotype=text).key == "bcr_abl1"


def test_two_methods_that_disagree_are_shown_and_what_was_found_counts():
    found = by(fusion("ETV6::RUNX1", method="fish"), fusion("ETV6::RUNX1", NOT_FOUND))
    assert found.key == "etv6_runx1"
    assert [reason.code for reason in found.contradictions] == ["methods_disagree"]


def test_a_dna_index_against_the_chromosomes_is_shown():
    found = by(karyotype="46,XX[20]", dna_index=1.21)
    assert found.state("high_hyperdiploid") is UNREAD
    assert found.answer == "contradictory"
    assert [reason.code for reason in found.contradictions] == ["dna_index_differs"]
    for index in (0.98, 1.0, 1.02):
        assert by(karyotype="46,XX[20]", dna_index=index).contradictions == ()


def test_a_modal_number_against_the_karyotype_is_shown():
    found = by(karyotype="46,XX,del(6)(q21)[10]", modal_number=54)
    assert found.state("high_hyperdiploid") is UNREAD
    assert [reason.code for reason in found.contradictions] == ["modal_number_differs"]


@pytest.mark.parametrize(
    ("index", "hyper", "hypo"),
    [
        (1.16, FOUND, NOT_FOUND), (1.41, FOUND, NOT_FOUND), (1.15, UNREAD, NOT_FOUND),
        (1.05, NOT_FOUND, NOT_FOUND), (1.0, NOT_FOUND, NOT_FOUND), (0.95, NOT_FOUND, UNREAD),
        (0.8, NOT_FOUND, UNREAD), (0.79, NOT_FOUND, FOUND),
    ],
)  # fmt: skip
def test_a_dna_index_alone(index, hyper, hypo):
    found = by(dna_index=index)
    assert (found.state("high_hyperdiploid"), found.state("hypodiploid")) == (hyper, hypo)


def test_nothing_tested_is_not_further_classified_and_names_everything():
    found = by()
    assert (found.answer, found.key, found.who, found.icc) == ("not_classified", "", "", "")
    assert {marker.state for marker in found.markers} == {UNTESTED}
    assert len(found.missing) == len(subtypes())
    assert found.headline.text().startswith("B-ALL, not further classified")
    assert "not_classified" in [reason.code for reason in found.reasons]
    assert {group.state for group in found.paper_groups} == {UNTESTED}


def test_nos_is_said_only_where_everything_was_looked_for():
    nothing = FusionTest("", "", NOT_FOUND, "rna_seq")
    found = by(
        nothing,
        karyotype="46,XX[20]",
        sequenced=(("PAX5", NOT_FOUND), ("IKZF1", NOT_FOUND), ("ZEB2", NOT_FOUND)),
        iamp21=NOT_FOUND,
        ph_like_profile=NOT_FOUND,
        etv6_runx1_like_profile=NOT_FOUND,
    )
    assert (found.answer, found.missing) == ("not_classified", ())
    assert found.icc == "B-ALL, NOS"
    assert found.certainty is Certainty.UNCONFIRMED


def test_one_partner_looked_for_does_not_exclude_the_others():
    found = by(fusion("KMT2A::AFF1", NOT_FOUND))
    assert found.state("kmt2a_aff1") is NOT_FOUND
    assert found.state("kmt2a_r") is UNTESTED
    assert "only KMT2A::AFF1" in found.marker("kmt2a_r").reasons[0].text()
    apart = by(FusionTest("KMT2A", "", NOT_FOUND, "fish"))
    assert apart.state("kmt2a_r") is apart.state("kmt2a_aff1") is NOT_FOUND


def test_break_apart_of_one_gene_excludes_no_class_of_several():
    found = by(FusionTest("CRLF2", "", NOT_FOUND, "fish"))
    assert found.state("ph_like_jak") is UNTESTED
    assert by(FusionTest("CRLF2", "", FOUND, "fish")).key == "ph_like_jak"
    assert by(FusionTest("CRLF2", "", FOUND, "fish")).certainty is Certainty.UNCERTAIN


def test_a_fusion_looked_for_in_the_karyotype_only_is_not_excluded():
    found = by(fusion("ETV6::RUNX1", NOT_FOUND, "karyotype"))
    assert found.state("etv6_runx1") is UNTESTED
    assert found.marker("etv6_runx1").reasons[0].code == "karyotype_only"
    assert by(fusion("ETV6::RUNX1", FOUND, "karyotype")).key == "etv6_runx1"


def test_an_expression_profile_makes_or_excludes_bcr_abl1_like():
    assert by(ph_like_profile=FOUND).key == "ph_like_nos"
    assert by(ph_like_profile=NOT_FOUND).state("ph_like") is NOT_FOUND
    assert by(fusion("EBF1::PDGFRB"), ph_like_profile=NOT_FOUND).key == "ph_like_abl"


def test_a_fusion_that_could_not_be_read_is_not_evaluable():
    assert by(fusion("BCR::ABL1", UNREAD)).state("bcr_abl1") is UNREAD


def test_a_normal_karyotype_excludes_no_fusion():
    found = by(karyotype="46,XX[20]")
    assert found.state("etv6_runx1") is UNTESTED
    assert found.state("bcr_abl1") is UNTESTED
    assert found.state("high_hyperdiploid") is NOT_FOUND
    assert any("t(12;21)" in reason.text() for reason in found.reasons)


def test_a_failed_culture_is_not_evaluable_and_not_normal():
    for facts in ({"karyotype": "culture failed"}, {"karyotype_state": UNREAD}):
        assert by(**facts).state("high_hyperdiploid") is UNREAD


def test_trisomies_are_read_from_the_karyotype():
    both = by(karyotype="54,XX,+X,+4,+6,+10,+14,+17,+21,+21[12]")
    assert both.state("trisomy_4") is both.state("trisomy_10") is FOUND
    one = by(karyotype="52,XX,+X,+4,+6,+14,+21,+21[12]")
    assert (one.state("trisomy_4"), one.state("trisomy_10")) == (FOUND, NOT_FOUND)
    hidden = by(karyotype="53,XX,+X,+4,+6,+14,+21,+21,+mar[12]")
    assert hidden.state("trisomy_10") is UNREAD
    assert by(modal_number=54).state("trisomy_4") is UNTESTED


def test_a_changed_chromosome_21_asks_for_fish():
    found = by(karyotype="46,XX,dup(21)(q22)[10]")
    assert found.state("iamp21") is UNTESTED
    assert found.marker("iamp21").reasons[0].code == "iamp21_possible"
    assert by(karyotype="46,XX,iAMP21[10]").key == "iamp21"


def test_what_could_still_lead_is_named_beside_a_subtype():
    found = by(modal_number=54)
    labels = [message.text() for message in found.missing]
    assert "BCR::ABL1 not tested" in labels
    assert not any("PAX5" in label for label in labels)
    assert found.headline.text().endswith("as far as it was tested.")
    assert by(fusion("ETV6::RUNX1")).missing == ()


def test_evidence_is_kept_with_the_reason():
    item = Evidence("fusion", "BCR::ABL1", "detected", "row 3")
    found = classify(SubtypeEvidence((FusionTest("BCR", "ABL1", FOUND, "fish", (item,)),)))
    assert found.evidence == (item,)
    assert found.marker("bcr_abl1").evidence == (item,)


def test_every_question_of_the_table_has_its_words():
    assert {row.key for row in questions()} == {name.value for name in QuestionName}


def test_every_listed_pair_makes_a_subtype():
    for row in listed_pairs():
        keys, listed = subtypes_of_fusion(row["gene_a"], row["gene_b"])
        assert listed
        assert len(keys) == 1, dict(row)


STATES = st.sampled_from(State)
TESTS = st.lists(
    st.builds(
        lambda name, state, method: fusion(name, state, method),
        st.sampled_from([row[0] for row in BY_FUSION]),
        STATES,
        st.sampled_from(["rt_pcr", "fish", "rna_seq"]),
    ),
    max_size=5,
)


@settings(max_examples=150, deadline=None)
@given(tests=TESTS, text=st.sampled_from(["", "46,XX[20]", "culture failed",
       "46,XX,t(9;22)(q34;q11.2)[5]", "55,XX,+X,+4,+x[3]"]), number=st.none() | st.integers(23, 80),
       index=st.none() | st.floats(0.5, 2))  # fmt: skip
def test_no_evidence_stops_the_engine_and_untested_is_never_a_finding(tests, text, number, index):
    evidence = SubtypeEvidence(tuple(tests), karyotype=text, modal_number=number, dna_index=index)
    found = classify(evidence)
    looked_for = {key for t in tests if t.state is FOUND
                  for key in subtypes_of_fusion(t.gene_a, t.gene_b)[0]}  # fmt: skip
    for row in subtypes():
        if not row.by_fusion:
            continue
        state = found.state(row.key)
        if state is FOUND:
            assert row.key in looked_for or (row.key == "bcr_abl1" and "t(9;22)" in text)
        if row.key in looked_for:
            assert state is FOUND
    assert (found.answer == "classified") is bool(found.key)
    assert SubtypeResult.from_json(found.to_json()) == found
