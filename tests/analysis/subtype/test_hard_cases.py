"""Subtypes where findings disagree, mask each other or are too weak, each read by hand."""

import pytest

from analysis.calls import State
from analysis.cohort.fusions import listed_pairs
from analysis.subtype import FusionTest, ProteinChange, SubtypeEvidence, SubtypeResult, classify
from analysis.subtype.table import subtypes, subtypes_of_fusion

FOUND, NOT_FOUND = State.ALTERED, State.NOT_DETECTED
UNREAD, UNTESTED = State.NOT_EVALUABLE, State.NOT_TESTED
NOTHING = FusionTest("", "", NOT_FOUND, "rna_seq")


def by(*fusions, **more):
    return classify(SubtypeEvidence(fusions=tuple(fusions), **more))


def fusion(name, state=FOUND, method="rt_pcr"):
    return FusionTest(*name.split("::"), state, method)


@pytest.mark.parametrize("row", listed_pairs(), ids=lambda row: f"{row['gene_a']}-{row['gene_b']}")
def test_the_who_name_of_each_listed_pair_is_the_one_of_the_list(row):
    keys, _ = subtypes_of_fusion(row["gene_a"], row["gene_b"])
    question = next(q for q in subtypes() if q.key == keys[0])
    assert question.who == row["WHO_HAEM5"]


def test_a_pair_that_resembles_kmt2a_is_no_kmt2a_rearrangement():
    found = by(fusion("HOXA9::MED12"))
    assert found.key == "kmt2a_like"
    assert "KMT2A rearranged-like (provisional entity)" in found.icc
    assert found.state("kmt2a_r") is not FOUND


@pytest.mark.parametrize(
    ("number", "state"),
    [(50, NOT_FOUND), (51, FOUND), (65, FOUND), (66, UNREAD), (67, UNREAD), (68, NOT_FOUND)],
)
def test_high_hyperdiploidy_on_its_borders(number, state):
    assert by(modal_number=number).state("high_hyperdiploid") is state


def test_a_number_on_the_border_says_why_it_is_open():
    reason = by(modal_number=66).marker("high_hyperdiploid").reasons[0]
    assert reason.code == "borderline_number"
    assert "66" in reason.text()
    # The study counts 51-65.
    assert by(modal_number=66).group("hyperdiploid") is NOT_FOUND


PAIRED = "54,XX,+14,+14,+18,+18,+21,+21,+X,+X[10]"


def test_gains_in_pairs_do_not_exclude_a_masked_near_haploid_clone():
    found = by(karyotype=PAIRED)
    assert found.key == "high_hyperdiploid"
    for key in ("near_haploid", "low_hypodiploid", "hypodiploid"):
        assert found.state(key) is UNREAD
        assert found.marker(key).reasons[0].code == "masked_hypodiploidy"
    assert found.state("high_hypodiploid") is NOT_FOUND
    assert "near-haploidy (24-31 chromosomes) not evaluable" in [m.text() for m in found.missing]
    assert any("SNP array" in step.text() for step in found.next_steps)


@pytest.mark.parametrize(
    "text",
    [
        "54,XX,+X,+4,+6,+10,+14,+17,+21,+21[12]",  # trisomies: not a doubling
        "52,XX,+18,+18,+21,+21,+X,+X[10]",  # two pairs of autosomes are not enough
        "48,XX,+21,+21[10]",
        "46,XX[20]",
    ],
)
def test_other_karyotypes_exclude_hypodiploidy(text):
    assert by(karyotype=text).state("hypodiploid") is NOT_FOUND


def test_a_near_haploid_clone_that_is_seen_is_not_masked():
    found = by(karyotype="27,X,+14,+18,+21,+X[4]/54,XX,+14,+14,+18,+18,+21,+21,+X,+X[9]")
    assert found.key == "near_haploid"
    assert found.also == ("high_hyperdiploid",)


def test_etv6_runx1_and_iamp21_rest_on_one_probe():
    found = by(fusion("ETV6::RUNX1"), iamp21=FOUND)
    assert (found.answer, found.key) == ("classified", "etv6_runx1")
    assert [item.code for item in found.contradictions] == ["etv6_runx1_with_iamp21"]
    assert "iamp21" in found.also
    assert found.next_steps
    assert by(fusion("ETV6::RUNX1"), iamp21=NOT_FOUND).contradictions == ()


def test_a_kmt2a_break_without_its_partner_is_a_kmt2a_rearrangement_and_no_more():
    found = by(FusionTest("KMT2A", "", FOUND, "fish"))
    assert found.key == "kmt2a_r"
    assert found.state("kmt2a_aff1") is UNTESTED


@pytest.mark.parametrize(("gene", "key", "change"), [
    ("IKZF1", "ikzf1_n159y", "p.Asn159Tyr"), ("PAX5", "pax5_p80r", "p.Pro80Arg"),
])  # fmt: skip
@pytest.mark.parametrize(
    ("vaf", "readable", "state", "code"),
    [
        (0.45, True, FOUND, "variant_found"),
        (None, True, FOUND, "variant_found"),
        (0.10, True, FOUND, "variant_found"),
        (0.099, True, UNREAD, "variant_subclonal"),
        (0.02, True, UNREAD, "variant_subclonal"),
        (0.45, False, UNREAD, "variant_unreadable"),
    ],
)
def test_a_variant_of_a_few_cells_or_of_a_failed_sample_names_no_subtype(
    gene, key, change, vaf, readable, state, code
):
    item = ProteinChange(gene, change, vaf=vaf, readable=readable)
    found = by(variants=(item,), sequenced=((gene, NOT_FOUND if readable else UNREAD),))
    assert found.state(key) is state
    assert found.marker(key).reasons[0].code == code
    assert found.key == (key if state is FOUND else "")


def test_of_two_samples_the_better_one_speaks_for_a_variant():
    low = ProteinChange("IKZF1", "p.N159Y", vaf=0.02)
    failed = ProteinChange("IKZF1", "p.N159Y", vaf=0.4, readable=False)
    good = ProteinChange("IKZF1", "p.N159Y", vaf=0.4)
    assert by(variants=(low, failed, good)).state("ikzf1_n159y") is FOUND
    # The repeat was readable and did not show it.
    repeated = by(variants=(failed,), sequenced=(("IKZF1", NOT_FOUND),))
    assert repeated.state("ikzf1_n159y") is NOT_FOUND


def test_a_profile_like_bcr_abl1_is_not_otherwise_specified_only_without_a_class():
    alone = by(ph_like_profile=FOUND)
    assert (alone.key, alone.state("ph_like")) == ("ph_like_nos", FOUND)
    kinase = by(fusion("EBF1::PDGFRB"), ph_like_profile=FOUND)
    assert (kinase.key, kinase.also) == ("ph_like_abl", ())
    assert kinase.state("ph_like") is FOUND
    # BCR::ABL1 itself has this profile, and is not "like" it.
    itself = by(fusion("BCR::ABL1"), ph_like_profile=FOUND)
    assert (itself.key, itself.also) == ("bcr_abl1", ())
    assert itself.state("ph_like") is not FOUND


def test_a_test_that_was_done_is_not_asked_for_again():
    steps = " ".join(m.text() for m in by(sequenced=(("ZEB2", NOT_FOUND),)).next_steps)
    assert "Sequencing would answer for PAX5, IKZF1." in steps
    steps = " ".join(m.text() for m in by(NOTHING).next_steps)
    assert "RNA sequencing" not in steps
    assert "Sequencing would answer for PAX5, IKZF1, ZEB2." in steps


@pytest.mark.parametrize("state", [FOUND, UNTESTED, UNREAD])
def test_only_a_leukaemia_on_record_as_another_has_no_subtype_of_b_all(state):
    assert by(fusion("BCR::ABL1"), b_lineage=state).key == "bcr_abl1"


def test_another_leukaemia_has_no_subtype_of_b_all_but_keeps_its_markers():
    found = by(fusion("BCR::ABL1"), modal_number=54, b_lineage=NOT_FOUND)
    assert (found.answer, found.key, found.who, found.icc) == ("not_b_all", "", "", "")
    assert (found.missing, found.next_steps, found.also) == ((), (), ())
    assert found.state("bcr_abl1") is FOUND
    assert "B-ALL with" not in found.headline.text()
    assert SubtypeResult.from_json(found.to_json()) == found
