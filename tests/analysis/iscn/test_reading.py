"""Karyotypes as laboratories write them, read by hand from the ISCN's rules."""

import pytest

from analysis.calls import State
from analysis.iscn.karyotype import Karyotype
from analysis.iscn.reading import read_karyotype
from analysis.iscn.recurrent import recurrent_translocations

# text, answer, (number, cells, kind) of each clone
KARYOTYPES = [
    ("46,XX[20]", "normal", [("46", 20, "normal")]),
    ("46,XY", "normal", [("46", None, "normal")]),
    (
        "54,XX,+X,+4,+6,+10,+14,+17,+21,+21[12]/46,XX[8]",
        "abnormal",
        [("54", 12, "abnormal"), ("46", 8, "normal")],
    ),
    ("52~56,XY,+X,+4,+6[cp9]/46,XY[3]", "abnormal",
     [("52~56", 9, "abnormal"), ("46", 3, "normal")]),
    ("52-56,XY,+X,+4,+6[cp]", "abnormal", [("52~56", None, "abnormal")]),
    ("46,XX,t(9;22)(q34;q11.2)[5]/47,idem,+8[3]", "abnormal",
     [("46", 5, "abnormal"), ("47", 3, "abnormal")]),
    ("46,XX,del(6)(q21)[4]/46,sl,add(9)(p13)[3]/47,sdl1,+21[2]", "abnormal",
     [("46", 4, "abnormal"), ("46", 3, "abnormal"), ("47", 2, "abnormal")]),
    ("27,X,+18,+21,+Y[6]/54,idemx2[9]/46,XY[5]", "abnormal",
     [("27", 6, "abnormal"), ("54", 9, "abnormal"), ("46", 5, "normal")]),
    ("69<3n>,XXY[10]", "abnormal", [("69", 10, "abnormal")]),
    ("47,XX,+21c[20]", "normal", [("47", 20, "normal")]),
    ("47,XXY?c,del(6)(q13q23)[2]/47,XXYc[18]", "abnormal",
     [("47", 2, "abnormal"), ("47", 18, "normal")]),
    ("46,XX[20]//46,XY[5]", "normal", [("46", 20, "normal"), ("46", 5, "donor")]),
    # Cells of a donor do not count for the child.
    ("46,XX[5]//46,XY[15]", "few_metaphases", [("46", 5, "normal"), ("46", 15, "donor")]),
    ("//46,XY[20]", "donor_only", [("46", 20, "donor")]),
    ("45,X,-Y[4]/46,XY[16]", "abnormal", [("45", 4, "abnormal"), ("46", 16, "normal")]),
    ("46, XX, t(12; 21)(p13; q22) [10]", "abnormal", [("46", 10, "abnormal")]),
    ("４６，ＸＹ［２０］", "normal", [("46", 20, "normal")]),
    ("47,XY,+2,DEL(2)(P23)[10]/46,XY[2]", "abnormal",
     [("47", 10, "abnormal"), ("46", 2, "normal")]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "answer", "clones"), KARYOTYPES, ids=[k[0] for k in KARYOTYPES])
def test_karyotype_is_read_clone_by_clone(text, answer, clones):
    found = read_karyotype(text)
    assert found.answer == answer
    assert found.unread == ()
    assert [(c.modal.text, c.cells, c.kind.value) for c in found.clones] == clones
    assert Karyotype.from_json(found.to_json()) == found


NO_RESULT = [
    ("culture failed", State.NOT_EVALUABLE),
    ("Culture failure", State.NOT_EVALUABLE),
    ("no growth", State.NOT_EVALUABLE),
    ("no metaphases", State.NOT_EVALUABLE),
    ("无分裂相", State.NOT_EVALUABLE),
    ("培养失败", State.NOT_EVALUABLE),
    ("", State.NOT_TESTED),
    ("   ", State.NOT_TESTED),
    ("Unknown", State.NOT_TESTED),
    ("NA", State.NOT_TESTED),
    ("未做", State.NOT_TESTED),
    ("a long story", State.NOT_EVALUABLE),
    ("hyperdiploid", State.NOT_EVALUABLE),
]


@pytest.mark.parametrize(("text", "state"), NO_RESULT)
def test_no_result_is_never_normal(text, state):
    found = read_karyotype(text)
    assert found.state is state
    assert found.reasons


# text, the parts that are named
NOT_UNDERSTOOD = [
    ("46,XY,y(1;19)(q23;p13.3)[15]", ["y(1;19)(q23;p13.3)"]),
    ("46,XY,t(9;22)(q34q11.2)[5]", ["t(9;22)(q34q11.2)"]),
    ("46,XX,t(3;10()q25;q21.2),+21[12]", ["t(3;10()q25;q21.2)"]),
    ("46,XX,del(23)(q21)[4]", ["del(23)(q21)"]),
    ("46,XX,+25[4]", ["+25"]),
    ("46,XX,8[4]", ["8"]),
    ("55,XX,+5,+6,,add(9)(p21)[3]", [","]),
    ("4x6,XX[20]", ["4x6"]),
    ("460,XX[20]", ["460"]),
    ("46~44,XX[20]", ["46~44"]),
    ("46,XX[20]/45midem,-7[10]", ["45midem"]),
    ("46,XX[20]/47,idem,+8[2]", ["idem"]),
    ("46,XY,add(1)(p36.3[12]/46,XY[8]", ["add(1)(p36.3"]),
    ("46,XX,t(12;21)(p13;q22)x0[3]", ["t(12;21)(p13;q22)x0"]),
    ("/46,XX[20]", ["/"]),
    ("46,XX,del(6)(" + "q?" * 40 + "!)[3]", ["del(6)(" + "q?" * 40 + "!)"]),
    ("46,XX,t(1?9;22)(p13;q11)[3]", ["t(1?9;22)(p13;q11)"]),
    ("46,XX,del()(q21)[3]", ["del()(q21)"]),
    ("46,XX[20].nuc ish(ETV6,RUNX1)x2", [".nuc ish(ETV6,RUNX1)x2"]),
]


@pytest.mark.parametrize(("text", "parts"), NOT_UNDERSTOOD)
def test_what_is_not_understood_is_named_exactly(text, parts):
    found = read_karyotype(text)
    assert [item.part for item in found.unread] == parts
    assert all(item.part in item.reason.text() for item in found.unread)
    assert not found.understood


def test_an_unread_change_leaves_the_clone_abnormal_and_its_number_read():
    found = read_karyotype("46,XY,y(1;19)(q23;p13.3)[15]/46,XY[5]")
    assert found.answer == "abnormal"
    assert found.clones[0].modal.text == "46"


def test_a_subclone_has_the_changes_of_its_stemline():
    found = read_karyotype("46,XX,t(9;22)(q34;q11.2)[5]/45,idem,-7[3]")
    assert [change.text for change in found.clones[1].changes] == ["t(9;22)(q34;q11.2)", "-7"]
    assert found.clones[1].sex == "XX"


def test_counts_before_markers_and_after_changes():
    changes = read_karyotype("52,XX,+2mar,+4~6mar,+21x2,dmin[4]").clones[0].changes
    assert [change.copies for change in changes] == [(2, 2), (4, 6), (2, 2), (1, 1)]


def test_a_normal_karyotype_says_what_it_does_not_exclude():
    codes = {r.code: r.text() for r in read_karyotype("46,XX[18]").reasons}
    assert "t(12;21)" in codes["karyotype_normal"]
    assert "18" in codes["few_metaphases"]
    assert "few_metaphases" not in {r.code for r in read_karyotype("46,XX[20]").reasons}


@pytest.mark.parametrize(
    ("cells", "answer"), [(1, "few_metaphases"), (3, "few_metaphases"), (9, "few_metaphases"),
                          (10, "normal"), (19, "normal"), (20, "normal")]
)  # fmt: skip
def test_a_normal_karyotype_of_few_metaphases_is_not_evaluable(cells, answer):
    found = read_karyotype(f"46,XX[{cells}]")
    assert found.answer == answer
    assert (found.state is State.NOT_EVALUABLE) is (cells < 10)
    if cells < 10:
        assert f"only {cells} metaphases" in found.reasons[0].text()
        assert [reason.code for reason in found.reasons] == ["few_metaphases"]


def test_metaphases_of_several_normal_clones_count_together():
    assert read_karyotype("46,XX[6]/46,XX[5]").answer == "normal"
    # The number of one of them is not written: nobody can say that they are few.
    assert read_karyotype("46,XX").answer == "normal"


# text, whether its number is questioned: counted by hand
NUMBERS = [
    ("54,XX,+X,+4,+6,+10,+14,+17,+21,+21[12]", False),
    ("55,XX,+X,+4,+6,+10,+14,+17,+21,+21[12]", True),
    ("45,XX,dic(9;20)(p13;q11)[5]", False),
    ("46,XX,dic(9;20)(p13;q11)[5]", True),
    ("45,X,-Y[4]", False),
    ("46,X,t(X;12)(q13;p13)[4]", False),
    ("35,X,+1,+4,+5,+6,+8,+9,+10,+11,+18,+19,+21,+22[7]", False),
    ("47,XX,+der(22)t(9;22)(q34;q11.2)[4]", False),
    ("46,XX,+der(22)t(9;22)(q34;q11.2)[4]", True),
    ("50~54,XX,+4,+6,+10,+14[cp5]", False),
    ("48,XX,+2mar[3]", False),
    ("68<3n>,XXX,-7[3]", False),
    ("67<3n>,XXX,-7[3]", True),
]


@pytest.mark.parametrize(("text", "questioned"), NUMBERS)
def test_a_number_that_its_changes_do_not_make_is_questioned(text, questioned):
    codes = [reason.code for reason in read_karyotype(text).reasons]
    assert ("number_does_not_fit" in codes) is questioned


# text, genes of the fusion, shown (else suggested)
TRANSLOCATIONS = [
    ("46,XX,t(9;22)(q34;q11.2)[5]", "BCR::ABL1", True),
    ("46,XX,t(9;22)(q34.1;q11)[5]", "BCR::ABL1", True),
    ("46,XX,t(9;22)(q34.3;q11)[5]", None, None),
    ("46,XX,t(3;9;22)(p12;q34;q11.2)[5]", "BCR::ABL1", True),
    ("46,XX,der(22)t(9;22)(q34;q11.2)[5]", "BCR::ABL1", True),
    ("46,XX,der(9)t(9;22)(q34;q11.2)[5]", "BCR::ABL1", False),
    ("46,XX,der(9)t(9;22)(q34;q11.2),der(22)t(9;22)(q34;q11.2)[5]", "BCR::ABL1", True),
    ("46,XX,?t(9;22)(q34;q11.2)[5]", "BCR::ABL1", False),
    ("46,XX,t(9;22)[5]", "BCR::ABL1", False),
    ("46,XX,t(12;21)(p13;q22)[5]", "ETV6::RUNX1", True),
    ("46,XX,t(1;19)(q23;p13)[5]", "TCF3::PBX1", True),
    ("46,XX,der(19)t(1;19)(q23;p13.3)[5]", "TCF3::PBX1", True),
    ("46,XX,t(1;19)(p36;q13)[5]", None, None),
    ("46,XX,t(17;19)(q22;p13)[5]", "TCF3::HLF", True),
    ("46,XX,t(4;11)(q21;q23)[5]", "KMT2A::AFF1", True),
    ("46,XX,t(11;19)(q23;p13.3)[5]", "KMT2A::MLLT1", True),
    ("46,XX,t(5;14)(q31;q32)[5]", "IGH@::IL3", True),
    ("46,XX,t(5;14)(q35;q32)[5]", None, None),
    ("46,XX,t(8;14)(q24;q32)[5]", "IGH@::MYC", True),
    ("46,XX,t(8;14)(q24;q11.2)[5]", None, None),
    ("46,XX,t(11;14)(q23;q32)[5]", "KMT2A::", False),
    ("46,XX,del(11)(q23)[5]", None, None),
    ("46,XX,der(9)(9pter->9q34::22q11.2->22qter),der(22)(22pter->22q11.2::9q34->9qter)[4]",
     "BCR::ABL1", True),
    ("46,XX[20]", None, None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "fusion", "shown"), TRANSLOCATIONS)
def test_common_translocations_are_recognised_by_their_breaks(text, fusion, shown):
    found = recurrent_translocations(read_karyotype(text))
    if fusion is None:
        assert found == ()
    else:
        assert [("::".join(item.genes), item.shown) for item in found] == [(fusion, shown)]
