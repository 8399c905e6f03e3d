"""The words that everything else uses."""

import json

import pytest

from analysis.calls import Certainty, CopyCall, Evidence, Reason, State
from analysis.wording import say


def test_there_are_four_states():
    assert {state.value for state in State} == {
        "altered",
        "not_detected",
        "not_evaluable",
        "not_tested",
    }


@pytest.mark.parametrize(
    ("state", "answered"),
    [
        (State.ALTERED, True),
        (State.NOT_DETECTED, True),
        (State.NOT_EVALUABLE, False),
        (State.NOT_TESTED, False),
    ],
)
def test_state_counts_in_a_denominator_only_where_the_assay_answered(state, answered):
    assert state.answered is answered


@pytest.mark.parametrize(
    ("call", "state"),
    [
        (CopyCall.HOM_DEL, State.ALTERED),
        (CopyCall.HET_DEL, State.ALTERED),
        (CopyCall.HET_DUP, State.ALTERED),
        (CopyCall.HOM_DUP, State.ALTERED),
        (CopyCall.NORMAL, State.NOT_DETECTED),
        (CopyCall.AMBIGUOUS, State.NOT_EVALUABLE),
        (CopyCall.NOT_EVALUABLE, State.NOT_EVALUABLE),
        (CopyCall.NOT_TESTED, State.NOT_TESTED),
    ],
)
def test_copy_call_has_its_state(call, state):
    assert call.state is state


def test_copy_call_tells_loss_from_gain():
    assert {call for call in CopyCall if call.deleted} == {CopyCall.HOM_DEL, CopyCall.HET_DEL}
    assert {call for call in CopyCall if call.gained} == {CopyCall.HET_DUP, CopyCall.HOM_DUP}


def test_reason_reads_back_from_json_with_its_evidence():
    reason = Reason(
        "deletion_found",
        say("exon {exon} lost", exon=4),
        (Evidence("probe", "IKZF1 exon 4", "0.52", "reports.proberatio:12"),),
    )
    assert Reason.from_json(json.loads(json.dumps(reason.to_json()))) == reason
    assert reason.text() == "exon 4 lost"


def test_words_have_labels_for_people():
    assert State.NOT_EVALUABLE.label() == "not evaluable"
    assert ("uncertain", "uncertain") in Certainty.choices()
