"""The subtype of one child's leukaemia: names, markers, contradictions, what was not tested."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from analysis.as_json import pack_fields, unpack_fields
from analysis.calls import Certainty, Evidence, Reason, State
from analysis.subtype.labels import QuestionName
from analysis.wording import N_, Labelled, Message

RULE_VERSION = "subtype-2026.4"


class SubtypeAnswer(Labelled):
    """How far the subtype is known."""

    CLASSIFIED = "classified", N_("classified")
    CONTRADICTORY = "contradictory", N_("contradictory findings")
    NOT_CLASSIFIED = "not_classified", N_("B-ALL, not further classified")
    NOT_B_ALL = "not_b_all", N_("does not apply: not B-ALL")


@dataclass(frozen=True)
class Marker:
    """One genetic question with its answer. `key` is stable ("bcr_abl1", "kmt2a_aff1",
    "high_hyperdiploid"; all of them are in `analysis/data/subtypes.yaml`)."""

    key: str
    state: State
    certainty: Certainty
    reasons: tuple[Reason, ...]

    @property
    def name(self) -> QuestionName:
        """What is asked, in words."""
        return QuestionName(self.key)

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        return tuple(item for reason in self.reasons for item in reason.evidence)


@dataclass(frozen=True)
class PaperGroup:
    """A subtype of Zhang et al. 2022 (Fig. 3A), with the name of the cohort's column."""

    name: str
    state: State


@dataclass(frozen=True)
class SubtypeResult:
    """The answer and all it rests on.

    `key` is the leading subtype ("" where none was found), `who` and `icc` its names in WHO-HAEM5
    and ICC 2022. `also` are further subtypes found, which the leading one outranks or contradicts.
    `markers` hold a four-state answer for every subtype and every fact that risk rules ask for.
    `headline`, `reasons`, `missing` and `next_steps` read as a note: what, why, what is missing,
    what to do next.
    """

    answer: SubtypeAnswer
    key: str
    who: str
    icc: str
    certainty: Certainty
    headline: Message
    also: tuple[str, ...]
    markers: tuple[Marker, ...]
    paper_groups: tuple[PaperGroup, ...]
    contradictions: tuple[Reason, ...]
    reasons: tuple[Reason, ...]
    missing: tuple[Message, ...]
    next_steps: tuple[Message, ...]
    evidence: tuple[Evidence, ...]
    modal_number: tuple[int, int] | None
    rule_version: str = RULE_VERSION

    def marker(self, key: str) -> Marker:
        """Raises KeyError for a key that `analysis/data/subtypes.yaml` does not have."""
        return {marker.key: marker for marker in self.markers}[key]

    def state(self, key: str) -> State:
        """Raises KeyError for a key that `analysis/data/subtypes.yaml` does not have."""
        return self.marker(key).state

    def group(self, name: str) -> State:
        """State of one of the paper's subtypes, by the name of the cohort's column."""
        return {group.name: group.state for group in self.paper_groups}[name]

    @property
    def not_tested(self) -> tuple[Marker, ...]:
        """The markers without an answer: not tested, or not evaluable."""
        return tuple(marker for marker in self.markers if not marker.state.answered)

    def to_json(self) -> dict[str, Any]:
        return pack_fields(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> SubtypeResult:
        """Raises KeyError, TypeError or ValueError on anything but what `to_json` wrote."""
        return unpack_fields(cls, data)
