"""Which genes an oncoprint shows, in which order its children stand, and what its cells say."""

import pytest

from analysis.calls import State
from analysis.cohort.frame import Alteration, AlterationKind, Child, CohortFrame
from analysis.cohort.oncoprint import oncoprint

PANEL = frozenset({"IKZF1", "NRAS", "KRAS", "TP53"})
SNV, DELETION = AlterationKind.SNV, AlterationKind.LARGE_DELETION


def child(name, *altered, tested=PANEL, unread=frozenset(), **fields):
    found = tuple(Alteration(*item) if isinstance(item, tuple) else Alteration(item, SNV)
                  for item in altered)  # fmt: skip
    return Child(id=name, genes_tested=tested, genes_not_evaluable=unread,
                 alterations=found, **fields)  # fmt: skip


COHORT = [
    child("a", "KRAS"),
    child("b", "NRAS", "KRAS"),
    child("c", ("IKZF1", DELETION), ("IKZF1", SNV)),
    child("d", "NRAS", "TP53"),
    child("e", tested=frozenset()),
    child("f", tested=PANEL - {"IKZF1"}, unread=frozenset({"IKZF1"})),
    child("g", "NRAS", "IKZF1", sex="female"),
]


@pytest.fixture(scope="module")
def frame():
    return CohortFrame.from_children(COHORT)


def names(data):
    return "".join(COHORT[place].id for place in data.children)


def test_genes_by_share_of_the_tested_with_ikzf1_first(frame):
    data = oncoprint(frame, tracks=())
    assert [(row.gene, row.altered, row.tested) for row in data.rows] == [
        ("IKZF1", 2, 5), ("NRAS", 3, 6), ("KRAS", 2, 6), ("TP53", 1, 6),
    ]  # fmt: skip


def test_children_form_stairs_and_the_untested_come_last(frame):
    # IKZF1 altered: g (NRAS), c; not detected: b (NRAS, KRAS), d (NRAS), a (KRAS); then f (not
    # evaluable) and e (not tested).
    assert names(oncoprint(frame, tracks=())) == "gcbdafe"


def test_cell_keeps_every_kind(frame):
    data = oncoprint(frame, tracks=())
    place = names(data).index("c")
    assert {kind.value for kind, mask in data.rows[0].kinds.items() if mask[place]} == {
        "snv", "large_deletion",
    }  # fmt: skip


def test_table_behind_the_picture_tells_the_four_answers_apart(frame):
    head, first, *_ = oncoprint(frame, tracks=()).table([item.id for item in COHORT])
    assert head == ("gene", "altered", "tested", "share", *"gcbdafe")
    assert first == (
        "IKZF1", "2", "5", "0.4000",
        "snv", "snv; large_deletion", "not_detected", "not_detected", "not_detected",
        "not_evaluable", "not_tested",
    )  # fmt: skip


def test_genes_that_find_no_room_are_counted(frame):
    data = oncoprint(frame, most=2, tracks=())
    assert [row.gene for row in data.rows] == ["IKZF1", "NRAS"]
    assert data.left_out == 2


def test_gene_asked_for_is_shown_though_nobody_has_it():
    frame = CohortFrame.from_children([child("a", "NRAS"), child("b")])
    assert [row.gene for row in oncoprint(frame, tracks=()).rows] == ["IKZF1", "NRAS"]
    assert [row.altered for row in oncoprint(frame, tracks=()).rows] == [0, 1]


def test_tracks_stand_in_the_order_of_the_children(frame):
    sex, hyperdiploid = oncoprint(frame, tracks=("sex", "hyperdiploid")).tracks
    assert [None if code < 0 else sex.levels[code].value for code in sex.codes] == [
        "female", *[None] * 6,
    ]  # fmt: skip
    assert {hyperdiploid.levels[code] for code in hyperdiploid.codes} == {State.NOT_TESTED}


def test_measurement_is_no_track(frame):
    with pytest.raises(ValueError, match="measurement"):
        oncoprint(frame, tracks=("wbc",))


def test_no_child_and_no_gene():
    data = oncoprint(CohortFrame.from_children([]))
    assert (len(data.children), data.rows, data.left_out) == (0, (), 0)
    nobody = oncoprint(CohortFrame.from_children([child("a", tested=frozenset())]))
    assert nobody.rows == ()
