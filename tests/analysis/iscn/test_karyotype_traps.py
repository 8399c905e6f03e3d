"""Karyotypes that a hasty reading gets wrong: parts by other methods, doubled and polyploid clones,
marks of incompleteness. What is expected is read by hand from the ISCN's rules."""

import pytest

from analysis.calls import State
from analysis.iscn.reading import read_karyotype
from analysis.subtype import SubtypeEvidence, classify

FOUND, NOT_FOUND = State.ALTERED, State.NOT_DETECTED
UNREAD = State.NOT_EVALUABLE
GAINS = "+X,+4,+6,+10,+14,+17,+18,+21,+21,+21"


def by(karyotype, **more):
    return classify(SubtypeEvidence(karyotype=karyotype, **more))


@pytest.mark.parametrize(
    "text",
    [
        f"46,XX[10].ish t(12;21)(p13;q22)(ETV6+,RUNX1+)[10]/56,XX,{GAINS}[10]",
        f"46,XX.ish 21q22(RUNX1x2)[10] / 56,XX,{GAINS}[10]",
        f"46,XX[10].nuc ish(ETV6x2),(RUNX1x4)[50/200]/56,XX,{GAINS}[10]",
        f"56,XX,{GAINS}[10].ish 21q22(RUNX1x5)[10]/56,idem,del(6)(q21)[4]",
    ],
)
def test_a_clone_after_a_fish_part_is_not_lost(text):
    found = read_karyotype(text)
    assert found.answer == "abnormal"
    assert found.clones[-1].modal.text == "56"
    assert [item.reason.code for item in found.unread] == ["other_method"]
    assert by(text).state("high_hyperdiploid") is FOUND


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("46,XY[20], nuc ish (KMT2Ax2)", ", nuc ish (KMT2Ax2)"),
        (
            "46,XX[20].nuc ish(ABL1,BCR)x2[200]/(ABL1x3)[12]",
            ".nuc ish(ABL1,BCR)x2[200]/(ABL1x3)[12]",
        ),
        ("46,XX[20];arr(1-22,X)x2", ";arr(1-22,X)x2"),
    ],
)
def test_a_fish_part_after_the_cells_leaves_the_karyotype_normal(text, part):
    found = read_karyotype(text)
    assert found.answer == "normal"
    assert [item.part for item in found.unread] == [part]


def test_a_karyotype_marked_incomplete_says_so():
    found = read_karyotype("52,XX,+X,+4,+6,+10,+21,+21,inc[8]")
    assert found.unread == ()
    assert "incomplete" in {reason.code for reason in found.reasons}
    # What else is there nobody has said: no chromosome is excluded.
    result = by("48,XX,+4,+21,inc[8]")
    assert (result.state("trisomy_4"), result.state("trisomy_10")) == (FOUND, UNREAD)


@pytest.mark.parametrize("text", ["46,U[20]", "46,?[20]"])
def test_a_karyotype_without_the_sex_is_no_abnormal_one(text):
    assert read_karyotype(text).answer == "normal"


@pytest.mark.parametrize(
    "text",
    [
        "62<3n>,XXX,-1,-2,-3,-7,-13,-16,-17[10]",  # three copies of 4 and 10, which nobody writes
        "92<4n>,XXYY[10]",
        "36,XX,-2,-3,-7,-9,-13,-15,-16,-17,-20,-22[8]/72,idemx2[6]",
        "65,XXY[10]",  # nineteen chromosomes more that are not named
    ],
)
def test_a_trisomy_is_not_excluded_where_gains_are_not_written_one_by_one(text):
    result = by(text)
    assert result.state("trisomy_4") is UNREAD
    assert result.state("trisomy_10") is UNREAD


def test_a_gain_within_a_doubled_clone_is_no_trisomy_of_hyperdiploidy():
    result = by("27<1n>,X,+10,+14,+18,+21[3]/54,slx2[10]")
    assert result.key == "near_haploid"
    assert result.state("trisomy_10") is UNREAD


def test_a_trisomy_of_one_cell_does_not_count():
    result = by("54,XY,+X,+4,+6,+10,+14,+17,+21,+21[1]/46,XY[19]")
    assert result.state("high_hyperdiploid") is UNREAD
    assert (result.state("trisomy_4"), result.state("trisomy_10")) == (UNREAD, UNREAD)


def test_the_hypodiploid_clone_gives_the_number_whichever_clone_stands_first():
    for text in (
        "28<1n>,X,+X,+14,+18,+21,+21[4]/56,idemx2[12]",
        "56<2n>,XX,+X,+X,+14,+14,+18,+18,+21,+21,+21,+21[12]/28<1n>,X,+X,+14,+18,+21,+21[4]",
    ):
        assert by(text).modal_number == (28, 28)


@pytest.mark.parametrize(
    ("text", "more"),
    [
        ("46,XX[20]", {"dna_index": 1.22}),
        ("46,XX[20]", {"dna_index": 0.6}),
        ("46,XX,t(9;22)(q34;q11)[10]", {"modal_number": 55}),
        ("46,XX,t(9;22)(q34;q11)[10]/4x6,XX[3]", {}),
        ("46,XX,del(6)(q21)[10]/54,XX,+X,+4,+6,+10,+14,+17,+21,+21[1]", {}),
    ],
)
def test_there_is_no_one_number_where_findings_contradict_or_a_clone_is_unread(text, more):
    result = by(text, **more)
    assert result.modal_number is None
    assert UNREAD in (result.state("high_hyperdiploid"), result.state("hypodiploid"))


def test_an_index_of_hypodiploidy_leaves_every_class_of_it_open():
    result = by("46,XX[20]", dna_index=0.6)
    assert result.answer == "contradictory"
    for key in ("hypodiploid", "near_haploid", "low_hypodiploid", "high_hypodiploid"):
        assert result.state(key) is UNREAD
    assert result.state("high_hyperdiploid") is NOT_FOUND


def test_a_normal_karyotype_against_the_dna_index_excludes_no_trisomy():
    result = by("46,XX[20]", dna_index=1.22)
    assert result.state("trisomy_4") is UNREAD
    assert by("46,XX[20]", dna_index=1.0).state("trisomy_4") is NOT_FOUND


@pytest.mark.parametrize(
    ("text", "cells"),
    [("46,XX,t(12;21)(p13;q22) 8/30", 8), ("46,XX,t(12;21)(p13;q22)  12 / 20", 12)],
)
def test_cells_of_cells_counted_are_no_clone(text, cells):
    """A laboratory's "8/30" was read as a clone of 30 chromosomes."""
    found = read_karyotype(text)
    assert [(clone.modal.text, clone.cells) for clone in found.clones] == [("46", cells)]
    result = by(text)
    assert (result.key, result.modal_number) == ("etv6_runx1", (46, 46))
    assert result.state("hypodiploid") is NOT_FOUND


def test_cells_of_cells_of_a_normal_karyotype():
    found = read_karyotype("46,XY 20/20")
    assert (found.answer, found.clones[0].cells) == ("normal", 20)


@pytest.mark.parametrize("text", ["45,XY,-7/30", "46,XX,t(12;21)(p13;q22)[10]/30"])
def test_number_alone_behind_a_slash_is_no_clone_and_is_said(text):
    found = read_karyotype(text)
    assert "bare_number" in [item.reason.code for item in found.unread]
    assert by(text).state("hypodiploid") is UNREAD


@pytest.mark.parametrize(
    "text", ["47,XY,+8[1],46,XY[19]", "46,XX,t(9;22)(q34;q11.2)[10];46,XX[10]"]
)
def test_clone_behind_a_comma_is_not_read_and_takes_no_cells_from_the_first(text):
    found = read_karyotype(text)
    assert [item.reason.code for item in found.unread] == ["no_slash"]
    assert found.clones[0].cells in (1, 10)
    assert by(text).modal_number is None


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("46,XX,t(9;22)(q34;q11.2)[1]/46,XX[19]", UNREAD),
        ("46,XX,t(9;22)(q34;q11.2)[2]/46,XX[18]", FOUND),
        # One cell of the stemline and four of the sideline carry it.
        ("46,XX,t(9;22)(q34;q11.2)[1]/47,idem,+8[4]/46,XX[5]", FOUND),
        ("46,XX,t(9;22)(q34;q11.2)[cp1]/46,XX[19]", FOUND),
        ("46,XX,t(9;22)(q34;q11.2)/46,XX[19]", FOUND),
        # p for q in one break: a slip, or another translocation.
        ("46,XX,t(9;22)(p34;q11)[10]", UNREAD),
        ("46,XX,t(9;22)(q34;p11)[10]", UNREAD),
        ("46,XX,t(12;21)(q13;q22)[10]", State.NOT_TESTED),
    ],
)
def test_a_translocation_of_one_cell_or_of_the_other_arm_is_only_suggested(text, state):
    assert by(text).state("bcr_abl1") is state


def test_a_translocation_of_no_cell_is_none():
    assert by("46,XX,t(9;22)(q34;q11.2)[0]/46,XX[20]").state("bcr_abl1") is State.NOT_TESTED


PAIRS = ",".join(f"-{n},-{n}" for n in (1, 2, 3, 4, 5, 7, 9, 10, 12, 13, 15, 16, 17, 20))
TETRASOMIES = ",".join(f"+{n}" for n in (1, 5, 6, 8, 10, 11, 12, 14, 18, 19, 21, 22))
DISOMIES = ",".join(f"-{n}" for n in (2, 3, 4, 7, 9, 13, 15, 16, 17, 20))


@pytest.mark.parametrize(
    "text",
    [f"64<4n>,XXYY,{PAIRS}[5]", f"70<3n>,XX,{TETRASOMIES},{DISOMIES}[5]",
     "54,XX,+X,+X,+8,+8,+14,+14,+21,+21[9]"],
)  # fmt: skip
def test_clone_of_two_and_four_copies_may_be_a_doubled_hypodiploid_one(text):
    result = by(text)
    assert {result.state(key) for key in ("near_haploid", "low_hypodiploid")} == {UNREAD}
    marker = result.marker("high_hyperdiploid")
    assert marker.state is NOT_FOUND or marker.certainty == "uncertain"


def test_trisomies_of_a_clone_written_against_three_sets_are_no_doubling():
    """Three copies of a chromosome come from no doubling: a true hyperdiploid clone."""
    lost = ",".join(f"-{n}" for n in (1, 2, 3, 5, 7, 9, 11, 12, 13, 15, 16))
    result = by(f"58<3n>,XX,{lost}[10]")
    assert result.state("low_hypodiploid") is NOT_FOUND
    assert result.marker("high_hyperdiploid").certainty == "established"
