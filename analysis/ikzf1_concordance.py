"""Several adequate results of one assay at diagnosis -> one finding, and what the others say.

The latest speaks. It never speaks an alteration away in silence: where it finds nothing and another
finds one, the two contradict and the assay is not evaluable until a person settles it; where it
leaves the question open and another answers with an alteration, that one speaks. A rule of this
project: the study had one result a child.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace
from typing import TypeVar

from analysis.calls import Reason, State
from analysis.ikzf1_copy_number import CopyNumberFinding
from analysis.ikzf1_sequencing import SequencingFinding
from analysis.wording import N_, Message, say

Finding = TypeVar("Finding", CopyNumberFinding, SequencingFinding)


def reconciled_copies(
    latest: CopyNumberFinding, others: Sequence[CopyNumberFinding]
) -> CopyNumberFinding:
    """`latest` in the light of the `others`, which are ordered from the latest on."""
    return _reconciled(latest, others, N_("large deletion not evaluable ({why})"), _lost)


def reconciled_sequence(
    latest: SequencingFinding, others: Sequence[SequencingFinding]
) -> SequencingFinding:
    """`latest` in the light of the `others`, which are ordered from the latest on."""
    return _reconciled(latest, others, N_("SNV/InDel not evaluable ({why})"), _changed)


def _lost(finding: CopyNumberFinding) -> Hashable:
    return tuple(
        (item.deletion.first, item.deletion.last, item.zygosity) for item in finding.deletions
    )


def _changed(finding: SequencingFinding) -> Hashable:
    return tuple(item.variant.hgvs_c for item in finding.counted)


def _reconciled(
    latest: Finding,
    others: Sequence[Finding],
    not_evaluable: str,
    content: Callable[[Finding], Hashable],
) -> Finding:
    altered = next((item for item in others if item.state is State.ALTERED), None)
    if altered is not None and latest.state is State.NOT_EVALUABLE:
        sentence = N_("The latest result leaves the question open: {what}. Another one answers it.")
        return _with(altered, Reason("latest_result_open", say(sentence, what=latest.phrase)))
    if altered is not None and latest.state is State.NOT_DETECTED:
        return _contradicted(latest, altered, not_evaluable)
    own = (latest.state, content(latest))
    for item in others:
        if (item.state, content(item)) != own:
            sentence = N_("The latest result speaks; another one at diagnosis shows: {what}.")
            latest = _with(
                latest,
                Reason("other_result_differs", say(sentence, what=item.phrase), item.evidence),
            )
    return latest


def _contradicted(latest: Finding, altered: Finding, not_evaluable: str) -> Finding:
    why = say(N_("another result at diagnosis shows {what}"), what=altered.phrase)
    sentence = N_(
        "The latest result shows no alteration, another one at diagnosis does ({what}): which of "
        "them holds is to be settled."
    )
    reason = Reason("results_contradict", say(sentence, what=altered.phrase), altered.evidence)
    missing: Message = say(N_("a decision between results that contradict each other"))
    return replace(
        _with(latest, reason),
        state=State.NOT_EVALUABLE,
        phrase=say(not_evaluable, why=why),
        missing=(*latest.missing, missing),
    )


def _with(finding: Finding, reason: Reason) -> Finding:
    return replace(finding, reasons=(*finding.reasons, reason))
