"""Functional classes in two groups: a child once in a class, of those tested for a gene of it."""

import pytest

from analysis.calls import State
from analysis.cohort.frame import Alteration, AlterationKind, Child, CohortFrame
from analysis.cohort.function_classes import compare_functions

PANEL = frozenset({"IKZF1", "NRAS", "KRAS", "TP53"})
SIGNALLING = "Signaling pathway"


def child(number: int, ikzf1: State, *genes: str, tested=PANEL) -> Child:
    return Child(
        id=number,
        ikzf1=ikzf1,
        genes_tested=tested,
        alterations=tuple(Alteration(gene, AlterationKind.SNV) for gene in genes),
    )


@pytest.fixture
def found():
    frame = CohortFrame.from_children(
        [
            child(1, State.ALTERED, "NRAS", "KRAS", "IKZF1"),
            child(2, State.ALTERED, "IKZF1"),
            child(3, State.NOT_DETECTED, "TP53"),
            child(4, State.NOT_DETECTED),
            child(5, State.NOT_DETECTED, tested=frozenset({"IKZF1"})),
            child(6, State.NOT_TESTED, "NRAS"),
        ]
    )
    return compare_functions(frame)


def test_child_counts_once_of_those_tested_for_the_class(found):
    row = found.row(SIGNALLING)
    assert [(share.n, share.of, share.not_tested) for share in row.shares] == [
        (1, 2, 0),
        (0, 2, 1),
    ]


def test_ikzf1_itself_makes_no_class_and_the_untested_no_group(found):
    assert {row.name for row in found.rows} == {SIGNALLING, "Cell cycle / tumour suppressor"}
    assert [group.n for group in found.groups] == [2, 3]
    assert [(item.state, item.n) for item in found.excluded] == [(State.NOT_TESTED, 1)]


def test_fisher_of_two_and_two_and_q_of_the_family(found):
    # 1/2 against 0/2: of the four tables' margins both outcomes are as likely, so p is 1.
    assert [row.result.p for row in found.rows] == [1.0, 1.0]
    assert [row.q for row in found.rows] == [1.0, 1.0]


def test_empty_cohort_has_no_class():
    assert compare_functions(CohortFrame.from_children([])).rows == ()
