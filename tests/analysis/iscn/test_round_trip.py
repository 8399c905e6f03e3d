"""Karyotypes built from known facts and read back; and texts with a fault in them."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.iscn.karyotype import CloneKind
from analysis.iscn.reading import read_karyotype
from analysis.iscn.recurrent import recurrent_translocations

AUTOSOMES = [str(number) for number in range(1, 23)]
FUSIONS = {
    "t(9;22)(q34;q11.2)": ("BCR", "ABL1"),
    "t(12;21)(p13;q22)": ("ETV6", "RUNX1"),
    "t(4;11)(q21;q23)": ("KMT2A", "AFF1"),
    "t(1;19)(q23;p13.3)": ("TCF3", "PBX1"),
    "t(17;19)(q22;p13)": ("TCF3", "HLF"),
    "t(5;14)(q31;q32)": ("IGH@", "IL3"),
}
STRUCTURES = ["del(6)(q21)", "del(9)(p13p22)", "add(12)(p13)", "i(17)(q10)", "inv(2)(p11.2q13)",
              "dup(1)(q21q32)", "ins(5;1)(q22;q12q25)"]  # fmt: skip

clone_facts = st.fixed_dictionaries(
    {
        "gains": st.lists(st.sampled_from([*AUTOSOMES, "X"]), max_size=12),
        "losses": st.lists(st.sampled_from(AUTOSOMES), max_size=4, unique=True),
        "structures": st.lists(st.sampled_from(STRUCTURES), max_size=3, unique=True),
        "fusion": st.sampled_from([None, *FUSIONS]),
        "markers": st.integers(0, 3),
        "cells": st.integers(2, 30),
        "composite": st.booleans(),
    }
)


def written(facts, sex):
    """The clone as ISCN text, and the number of chromosomes that its facts make."""
    number = 46 + len(facts["gains"]) - len(facts["losses"]) + facts["markers"]
    parts = [f"+{name}" for name in facts["gains"]] + [f"-{name}" for name in facts["losses"]]
    parts += facts["structures"]
    parts += [facts["fusion"]] if facts["fusion"] else []
    if facts["markers"]:
        parts.append(f"+{facts['markers']}mar" if facts["markers"] > 1 else "+mar")
    cells = f"[{'cp' if facts['composite'] else ''}{facts['cells']}]"
    return ",".join([str(number), sex, *parts]) + cells, number


@settings(max_examples=200, deadline=None)
@given(
    clones=st.lists(clone_facts, min_size=1, max_size=3),
    sex=st.sampled_from(["XX", "XY"]),
    normal=st.integers(0, 20),
)
def test_what_was_written_is_what_is_read(clones, sex, normal):
    texts = [written(facts, sex) for facts in clones]
    whole = "/".join(text for text, _ in texts) + (f"/46,{sex}[{normal}]" if normal else "")
    found = read_karyotype(whole)
    assert found.unread == ()
    assert not any(reason.code == "number_does_not_fit" for reason in found.reasons)
    for clone, facts, (_, number) in zip(found.clones, clones, texts, strict=False):
        assert (clone.modal.low, clone.modal.high) == (number, number)
        assert clone.cells == facts["cells"]
        assert clone.composite is facts["composite"]
        assert [c.chromosomes[0] for c in clone.changes if c.sign == "+" and not c.kind] == (
            facts["gains"]
        )
        assert [c.chromosomes[0] for c in clone.changes if c.sign == "-"] == facts["losses"]
        changed = any(value for key, value in facts.items() if key not in ("cells", "composite"))
        assert (clone.kind is CloneKind.ABNORMAL) is changed
    fusions = {FUSIONS[facts["fusion"]] for facts in clones if facts["fusion"]}
    assert {item.genes for item in recurrent_translocations(found) if item.shown} == fusions


BASE = st.sampled_from(
    [
        "46,XX,t(9;22)(q34;q11.2)[5]/47,idem,+der(22)t(9;22)(q34;q11.2)[4]/46,XX[9]",
        "54~58,XY,+X,+4,+6,der(9)add(9)(p13)t(9;22)(q34;q11.2),+21,+2~4mar[cp8]/46,XY[12]",
        "27,X,+18,+21[6]/54,idemx2[9]//46,XX[4]",
        "46,XY,der(9)(9pter->9q34::14q32.2->14qter),del(12)(p1?3)[3]/46,sl,i(21)(q10)x2[2]",
    ]
)
LETTERS = "0123456789XYpqtcder+-;:,()[]/~?.<>idemlsx maruh\n\x00％染"


@settings(max_examples=400, deadline=None)
@given(
    text=BASE,
    places=st.lists(st.tuples(st.integers(0, 90), st.sampled_from(LETTERS), st.booleans()),
                    min_size=1, max_size=4),
)  # fmt: skip
def test_a_fault_never_stops_the_reading_nor_makes_up_a_number(text, places):
    for place, letter, insert in places:
        place = min(place, len(text))
        text = text[:place] + letter + text[place + (0 if insert else 1) :]
    found = read_karyotype(text)
    plain = re.sub(r"[\s\x00]", "", text)
    for clone in found.clones:
        if clone.modal:
            # The number that is given is the one written before the clone's first comma.
            head = re.match(r"(\d{1,3})(?:[~-](\d{1,3}))?", clone.text)
            assert clone.modal.low == int(head[1])
            assert clone.modal.high == int(head[2] or head[1])
            assert clone.text.split("[")[0] in plain or not plain.isascii()
    for item in found.unread:
        assert item.part


@settings(max_examples=200, deadline=None)
@given(text=st.text(max_size=200))
def test_any_text_at_all_gets_an_answer(text):
    found = read_karyotype(text)
    assert found.reasons or found.clones
    recurrent_translocations(found)
