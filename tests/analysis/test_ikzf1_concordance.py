"""Several adequate results of one child: an alteration is never spoken away in silence."""

import pytest
from ikzf1_checklist import (
    ALTERED,
    CLEAN,
    L161FS,
    N159Y,
    NONE,
    NORMAL,
    OPEN,
    mlpa,
    sequenced,
    variant,
)

from analysis.ikzf1 import Ikzf1Evidence, ikzf1_status

DELETED = mlpa("nnnddddn")
AMBIGUOUS = mlpa("nnn?nnnn")


def _of(copy_number=NORMAL, sequencing=CLEAN, *, copies=(), sequences=()):
    return ikzf1_status(Ikzf1Evidence(copy_number, sequencing, copies, sequences))


def _said(status, code):
    (reason,) = (item for item in status.reasons if item.code == code)
    return reason.message.text()


def test_normal_mlpa_after_one_with_a_deletion_is_to_be_settled_and_names_it():
    status = _of(NORMAL, copies=(DELETED,))
    assert (status.state, status.large_deletion, status.sequence_variant) == (OPEN, OPEN, NONE)
    assert "exons 4-7" in _said(status, "results_contradict")
    assert "exons 4-7" in status.headline.text()
    assert [item.text() for item in status.missing] == [
        "a decision between results that contradict each other"
    ]


def test_clean_sequencing_after_one_with_a_variant_is_to_be_settled_and_names_it():
    status = _of(sequencing=CLEAN, sequences=(sequenced(N159Y),))
    assert (status.state, status.large_deletion, status.sequence_variant) == (OPEN, NONE, OPEN)
    assert "p.Asn159Tyr" in _said(status, "results_contradict")


def test_deletion_stands_where_only_a_former_result_was_normal_and_that_is_said():
    status = _of(DELETED, copies=(NORMAL,))
    assert (status.state, status.large_deletion) == (ALTERED, ALTERED)
    assert "no large deletion detected" in _said(status, "other_result_differs")


def test_deletion_answers_what_a_later_ambiguous_result_leaves_open():
    status = _of(AMBIGUOUS, copies=(NORMAL, DELETED))
    assert (status.state, status.large_deletion) == (ALTERED, ALTERED)
    assert [item.deletion.exon_range for item in status.deletions] == ["4-7"]
    assert "exon 4 ambiguous" in _said(status, "latest_result_open")


def test_ambiguous_result_is_not_closed_by_a_former_normal_one():
    status = _of(AMBIGUOUS, copies=(NORMAL,))
    assert (status.state, status.large_deletion) == (OPEN, OPEN)


@pytest.mark.parametrize(
    ("first", "second"),
    [(DELETED, mlpa("dddddddd")), (DELETED, mlpa("nnnDDDDn"))],
    ids=["another range", "another zygosity"],
)
def test_two_different_deletions_are_both_said(first, second):
    status = _of(first, copies=(second,))
    assert status.state is ALTERED
    assert _said(status, "other_result_differs")


def test_other_variant_is_said_and_another_vaf_of_the_same_is_no_difference():
    other = _of(sequencing=sequenced(N159Y), sequences=(sequenced(L161FS),))
    assert "c.482del" in _said(other, "other_result_differs")
    same = _of(sequencing=sequenced(N159Y), sequences=(sequenced(variant(vaf=0.12)),))
    assert same.reasons == _of(sequencing=sequenced(N159Y)).reasons


def test_results_that_agree_change_nothing():
    assert _of(copies=(NORMAL,), sequences=(CLEAN,)) == _of()


def test_contradiction_survives_the_way_to_the_database_and_back():
    status = _of(NORMAL, copies=(DELETED,))
    assert type(status).from_json(status.to_json()) == status
