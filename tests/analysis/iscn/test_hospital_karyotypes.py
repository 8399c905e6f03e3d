"""Karyotypes as hospitals type them, Chinese remarks and full-width signs included.

Each answer is read by hand. `N` is the number of cells of a clone, "-" where it is not written.
"""

import time

import pytest

from analysis.calls import State
from analysis.iscn.changes import read_change
from analysis.iscn.reading import read_karyotype
from analysis.iscn.recurrent import recurrent_translocations
from analysis.subtype import SubtypeEvidence, classify

YES, NO, OPEN, UNTESTED = (
    State.ALTERED,
    State.NOT_DETECTED,
    State.NOT_EVALUABLE,
    State.NOT_TESTED,
)
PH, TEL, E2A, MLL4 = "BCR::ABL1", "ETV6::RUNX1", "TCF3::PBX1", "KMT2A::AFF1"
GAINS = "+X,+4,+6,+10,+14,+17,+18,+21"

# text; answer; clones as "number[N]kind" (a abnormal, n normal, d donor, ? not understood);
# fusions shown, suggested; parts that are named as not read; high hyperdiploidy
TABLE = [
    # Plain
    ("46,XX", "normal", "46[-]n", [], [], [], NO),
    ("46，XY［20］", "normal", "46[20]n", [], [], [], NO),
    ("46,xy", "normal", "46[-]n", [], [], [], NO),
    ("46,xx[20]", "normal", "46[20]n", [], [], [], NO),
    ("４６，ｘｙ［２０］", "normal", "46[20]n", [], [], [], NO),
    ("46XY", "normal", "46[-]n", [], [], [], NO),
    ("46XX[20]", "normal", "46[20]n", [], [], [], NO),
    ("46,XX【20】", "normal", "46[20]n", [], [], [], NO),
    ("46、XX[20]。", "normal", "46[20]n", [], [], [], NO),
    (" 46 ， XX ［ 20 ］ ", "normal", "46[20]n", [], [], [], NO),
    # Too few metaphases
    ("46,XX[3]", "few_metaphases", "46[3]n", [], [], [], OPEN),
    ("46,XY[9]", "few_metaphases", "46[9]n", [], [], [], OPEN),
    ("46,XY[10]", "normal", "46[10]n", [], [], [], NO),
    ("仅见5个分裂相，46,XX[5]", "few_metaphases", "46[5]n", [], [], [], OPEN),
    ("46,XX，仅见3个分裂相", "few_metaphases", "46[3]n", [], [], [], OPEN),
    ("46,XY，共分析20个中期分裂相", "normal", "46[20]n", [], [], [], NO),
    ("46,XX[20个细胞]", "normal", "46[20]n", [], [], [], NO),
    # Remarks that add nothing
    ("46,XY,正常核型", "normal", "46[-]n", [], [], [], NO),
    ("46,XY正常核型", "normal", "46[-]n", [], [], [], NO),
    ("46,XX（正常女性核型）", "normal", "46[-]n", [], [], [], NO),
    ("46,XX[20]，正常核型", "normal", "46[20]n", [], [], [], NO),
    ("46,XY[20] 未见克隆性异常", "normal", "46[20]n", [], [], [], NO),
    ("46,XX,正常[20]", "normal", "46[20]n", [], [], [], NO),
    ("核型：46,XX[20]", "normal", "46[20]n", [], [], [], NO),
    ("染色体核型分析：46，XY［20］；未见明显异常。", "normal", "46[20]n", [], [], [], NO),
    ("46,XX[20]，请结合临床及FISH结果", "normal", "46[20]n", [], [], ["请结合临床及FISH结果"], NO),
    ("46,XY[20]，建议复查", "normal", "46[20]n", [], [], [], NO),
    ("46,XX[20] normal karyotype", "normal", "46[20]n", [], [], [], NO),
    # The number of cells stands at the end of a clone, or it is not known.
    ("46,XX[20] abnormal", "not_understood", "46[-]?", [], [], ["XX[20]abnormal"], OPEN),
    ("46,XX[20], normal karyotype", "normal", "46[20]n", [], [], [], NO),
    # Remarks that contradict, or that nobody can read
    ("46,XY,异常核型", "not_understood", "46[-]n", [], [], [], OPEN),
    ("46,XX[20]，可见少量超二倍体", "not_understood", "46[20]n", [], [], ["可见少量超二倍体"],
     OPEN),
    ("46,XX[20]，化疗后", "not_understood", "46[20]n", [], [], ["化疗后"], OPEN),
    ("46,XX[20]，未见t(9;22)", "not_understood", "46[20]n", [], [], ["未见t(9;22)"], OPEN),
    ("46,XX,未见t(9;22)(q34;q11)[20]", "not_understood", "46[20]n", [], [],
     ["未见t(9;22)(q34;q11)"], OPEN),
    ("正常核型", "not_understood", "", [], [], [], OPEN),
    ("46,XX[15]/异常[5]", "not_understood", "46[15]n -[5]?", [], [], ["异常"], OPEN),
    # No result, not done
    ("未见分裂相", "failed", "", [], [], [], OPEN),
    ("未见核分裂象", "failed", "", [], [], [], OPEN),
    ("未见可供分析的中期分裂相", "failed", "", [], [], [], OPEN),
    ("培养失败", "failed", "", [], [], [], OPEN),
    ("分裂相少，无法分析", "failed", "", [], [], [], OPEN),
    ("标本凝固", "failed", "", [], [], [], OPEN),
    ("未做", "not_tested", "", [], [], [], UNTESTED),
    ("未送检", "not_tested", "", [], [], [], UNTESTED),
    ("结果未回", "not_tested", "", [], [], [], UNTESTED),
    # Translocations
    ("46,XY,t(9;22)(q34;q11)[15]/46,XY[5]", "abnormal", "46[15]a 46[5]n", [PH], [], [], NO),
    ("46，XX，t（9；22）（q34；q11）［15］／46，XX［5］", "abnormal", "46[15]a 46[5]n",
     [PH], [], [], NO),
    ("46,XX,t(9,22)(q34,q11)[10]", "abnormal", "46[10]a", [PH], [], [], NO),
    ("46,xy,t(9;22)(q34;q11)", "abnormal", "46[-]a", [PH], [], [], NO),
    ("46,XX,t(1;19)(q23;p13)[8]/46,XX[12]", "abnormal", "46[8]a 46[12]n", [E2A], [], [], NO),
    ("46,XY,t(9;22)(q34;q11)[15]/46,XY[5] 异常核型", "abnormal", "46[15]a 46[5]n", [PH], [], [],
     NO),
    ("46,XY,t(12;21)(p13;q22)[3]/46,XY[17]。FISH：ETV6-RUNX1阳性", "abnormal",
     "46[3]a 46[17]n", [TEL], [], ["FISH:ETV6-RUNX1阳性"], NO),
    ("46,XX,t(9;22)[10]", "abnormal", "46[10]a", [], [PH], [], NO),
    ("46,XX,?t(9;22)(q34;q11)[10]", "abnormal", "46[10]a", [], [PH], [], NO),
    ("46,XX,t(4;11)(q21-22;q23)[10]", "abnormal", "46[10]a", [], [MLL4], [], NO),
    ("46,XX,t(9;22)(q34or35;q11)[10]", "abnormal", "46[10]a", [], [PH], [], NO),
    ("46,XX,t(9;22)(q22or23;q11)[10]", "abnormal", "46[10]a", [], [], [], NO),
    ("46,XX,t(9;22)(q34;q11.2~q11.23)[10]", "abnormal", "46[10]a", [PH], [], [], NO),
    ("46,x,t(x;14)(p22;q32)[4]", "abnormal", "46[4]a", ["IGH@::CRLF2"], [], [], NO),
    ("46,XX,t(9;22)c[20]", "normal", "46[20]n", [], [], [], NO),
    # Numbers
    (f"54,XX,{GAINS}[12]/46,XX[8]", "abnormal", "54[12]a 46[8]n", [], [], [], YES),
    ("56~58,XY,+X,+4,+6,+10,+14,+17,+18,+21,inc[cp8]", "abnormal", "56~58[8]a", [], [], [], YES),
    ("５６～５８，ＸＹ，＋Ｘ，＋４，＋２１，ｉｎｃ［ｃｐ８］", "abnormal", "56~58[8]a", [], [], [],
     YES),
    ("48~53,XX,+4,+21,inc[cp6]", "abnormal", "48~53[6]a", [], [], [], OPEN),
    (f"54,xx,{GAINS.lower()}[10]", "abnormal", "54[10]a", [], [], [], YES),
    ("47,XY,+21c[20]", "normal", "47[20]n", [], [], [], NO),
    ("48,XY,+8,+21c[10]/47,XY,+21c[10]", "abnormal", "48[10]a 47[10]n", [], [], [], NO),
    ("45,XX,-7[10]/46,idem,+mar[4]/46,XX[6]", "abnormal", "45[10]a 46[4]a 46[6]n", [], [], [], NO),
    ("46,XY,t(9;22)(q34;q11)[5]/47,sl,+8[3]/48,sdl1,+21[2]", "abnormal",
     "46[5]a 47[3]a 48[2]a", [PH], [], [], NO),
    ("46,XX,+mar,-20[cp10]", "abnormal", "46[10]a", [], [], [], NO),
    # The last clone is not read, and might be hyperdiploid.
    ("46,XX,del(6)(q21)[10]/5?,XX[3]", "abnormal", "46[10]a -[3]?", [], [], ["5?"], OPEN),
    # Misspelt: named, and neither normal nor made up
    ("46,XX,[20]", "not_understood", "46[20]?", [], [], [","], OPEN),
    ("46[20]", "not_understood", "46[20]?", [], [], ["46"], OPEN),
    ("54[12]", "abnormal", "54[12]a", [], [], ["54"], YES),
    ("46,XX,xyz[20]", "not_understood", "46[20]?", [], [], ["xyz"], OPEN),
    ("46,XX,Ph(+)[20]", "not_understood", "46[20]?", [], [], ["Ph(+)"], OPEN),
    ("46,XX,t(9:22)(q34;q11)[10]", "abnormal", "46[10]a", [], [], ["t(9:22)(q34;q11)"], NO),
    ("46,XX,t(9;22(q34;q11)[10]", "abnormal", "46[10]a", [], [], ["t(9;22(q34;q11)"], NO),
    ("46,XX[20]//46,XY[5]", "normal", "46[20]n 46[5]d", [], [], [], NO),
]  # fmt: skip


def short(clone):
    number = clone.modal.text if clone.modal else "-"
    kind = "?" if clone.kind == "not_understood" else clone.kind.value[0]
    return f"{number}[{'-' if clone.cells is None else clone.cells}]{kind}"


def test_the_table_is_large_and_names_no_text_twice():
    assert len(TABLE) >= 60
    assert len({row[0] for row in TABLE}) == len(TABLE)


@pytest.mark.parametrize(
    ("text", "answer", "clones", "shown", "suggested", "unread", "hyperdiploid"),
    TABLE,
    ids=[row[0] for row in TABLE],
)
def test_a_karyotype_of_a_hospital(text, answer, clones, shown, suggested, unread, hyperdiploid):
    found = read_karyotype(text)
    assert found.answer == answer
    assert " ".join(map(short, found.clones)) == clones
    seen = recurrent_translocations(found)
    assert ["::".join(item.genes) for item in seen if item.shown] == shown
    assert ["::".join(item.genes) for item in seen if not item.shown] == suggested
    assert ["".join(item.part.split()) for item in found.unread] == unread
    result = classify(SubtypeEvidence(karyotype=text))
    assert result.state("high_hyperdiploid") is hyperdiploid


@pytest.mark.parametrize("row", TABLE, ids=[row[0] for row in TABLE])
def test_a_text_that_was_not_read_whole_never_excludes_anything_it_may_hide(row):
    """A normal answer is given only where each part was read, or is a test of another kind."""
    found = read_karyotype(row[0])
    if found.answer == "normal":
        assert {item.reason.code for item in found.unread} <= {"other_method"}
    if found.answer in ("not_understood", "failed", "few_metaphases"):
        assert found.state is OPEN
        assert found.reasons


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("46,XY,正常核型", "remark"),
        ("46,XY,异常核型", "remark_disagrees"),
        ("47,XX,+8[12]/46,XX[8]，正常核型", "remark_disagrees"),
        ("46,XX[20]，化疗后", "remark_not_understood"),
        ("正常核型", "remark_only"),
    ],
)
def test_a_remark_is_said_to_be_one(text, code):
    reasons = {reason.code: reason.text() for reason in read_karyotype(text).reasons}
    remark = text.split("，")[-1].split(",")[-1]
    assert remark in reasons[code]


@pytest.mark.parametrize(
    ("text", "breakpoints"),
    [
        ("del(12)(p12-13)", ("12p12~12p13",)),
        ("del(12)(p12p13)", ("12p12", "12p13")),
        ("t(9;22)(q22or23;q11)", ("9q22|9q23", "22q11")),
        ("t(9;22)(q22~q23;q11)", ("9q22~9q23", "22q11")),
        ("add(9)(p21~22)", ("9p21~9p22",)),
    ],
)
def test_a_break_of_uncertain_place_is_one_break(text, breakpoints):
    assert read_change(text).breakpoints == breakpoints


def test_a_number_counted_in_few_metaphases_is_no_second_source():
    """46 on record beside three normal metaphases was counted in them."""
    few = classify(SubtypeEvidence(karyotype="46,XX[3]", modal_number=46))
    assert few.state("high_hyperdiploid") is OPEN
    assert "only 3 metaphases" in few.marker("high_hyperdiploid").reasons[0].text()
    # A DNA index is another test, and speaks for itself.
    index = classify(SubtypeEvidence(karyotype="46,XX[3]", dna_index=1.0))
    assert index.state("high_hyperdiploid") is NO


def test_a_constitutional_trisomy_gives_the_number_of_the_normal_cells():
    result = classify(SubtypeEvidence(karyotype="47,XY,+21c[20]", modal_number=47))
    assert result.modal_number == (47, 47)
    assert result.contradictions == ()


@pytest.mark.parametrize(
    ("text", "state"),
    [("46,XX[20]", YES), (f"54,XX,{GAINS}[12]", NO)],
)
def test_a_record_against_its_own_text_is_a_contradiction(text, state):
    result = classify(SubtypeEvidence(karyotype=text, karyotype_state=state))
    assert [item.code for item in result.contradictions] == ["karyotype_state_differs"]
    # What is written in full counts; a normal text on record as abnormal excludes nothing.
    hyperdiploid = result.state("high_hyperdiploid")
    assert hyperdiploid is (OPEN if text.startswith("46") else YES)


def test_a_failed_culture_on_record_as_normal_excludes_nothing():
    result = classify(SubtypeEvidence(karyotype="培养失败", karyotype_state=NO))
    assert result.state("high_hyperdiploid") is OPEN


@pytest.mark.parametrize(
    "text",
    ["仅见" * 900, "未见异常核型" * 300, "46,XX," + "(" * 1500 + "中", "46,XX，" + "男女" * 900],
)
def test_a_long_remark_is_read_in_no_time(text):
    start = time.process_time()
    read_karyotype(text)
    assert time.process_time() - start < 1
