"""From what was recorded of a child's course to a time and what ended it, for each endpoint.

Times are days from diagnosis. A child counts from diagnosis to the first event of the endpoint, and
where none was recorded to the last day on which anything was (censored there).

- overall survival: death from any cause;
- event-free survival: the first of relapse, second malignancy and death. Failure of induction is
  no event here, because nothing records it as one;
- relapse: relapse, with death and second malignancy as competing events.

Remission and transplant are no events and do not censor; they say that the child was seen alive.
Source: the usual definitions of paediatric ALL trials; which of them a study follows is for its
protocol to say, so every page prints the definition.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from analysis.wording import N_, Labelled, Message, say


class Happening(Labelled):
    """What a follow-up records."""

    REMISSION = "remission", N_("complete remission")
    RELAPSE = "relapse", N_("relapse")
    DEATH = "death", N_("death")
    SECOND_MALIGNANCY = "second_malignancy", N_("second malignancy")
    TRANSPLANT = "transplant", N_("transplant")
    LAST_SEEN = "last_seen", N_("last seen alive")


class Endpoint(Labelled):
    OVERALL = "overall", N_("overall survival")
    EVENT_FREE = "event_free", N_("event-free survival")
    RELAPSE = "relapse", N_("relapse, with death and second malignancy as competing events")


# The event of the endpoint, and what competes with it.
ENDS: Mapping[Endpoint, tuple[frozenset[Happening], frozenset[Happening]]] = {
    Endpoint.OVERALL: (frozenset({Happening.DEATH}), frozenset()),
    Endpoint.EVENT_FREE: (
        frozenset({Happening.RELAPSE, Happening.SECOND_MALIGNANCY, Happening.DEATH}),
        frozenset(),
    ),
    Endpoint.RELAPSE: (
        frozenset({Happening.RELAPSE}),
        frozenset({Happening.DEATH, Happening.SECOND_MALIGNANCY}),
    ),
}
DEFINITIONS: Mapping[Endpoint, str] = {
    Endpoint.OVERALL: N_("From diagnosis to death from any cause."),
    Endpoint.EVENT_FREE: N_(
        "From diagnosis to the first of relapse, second malignancy and death; failure of induction "
        "is not recorded as an event."
    ),
    Endpoint.RELAPSE: N_(
        "From diagnosis to relapse; death and second malignancy before it are competing events."
    ),
}
CENSORED, EVENT, COMPETING = 0, 1, 2


@dataclass(frozen=True)
class FollowUp:
    """What happened to one child: (what, day from diagnosis), in any order."""

    happenings: tuple[tuple[Happening, int], ...] = ()


@dataclass(frozen=True)
class Outcome:
    """`days` from diagnosis to an event (`code` EVENT or COMPETING), or to where sight was lost
    (CENSORED)."""

    days: int
    code: int


@dataclass(frozen=True)
class NoOutcome:
    """Why a child cannot be counted."""

    code: str
    reason: Message


NONE_RECORDED = NoOutcome("no_follow_up", say(N_("no follow-up recorded")))
BEFORE_DIAGNOSIS = NoOutcome(
    "before_diagnosis", say(N_("something is recorded before the diagnosis"))
)
SEEN_AFTER_DEATH = NoOutcome(
    "after_death", say(N_("something is recorded after the day of the death"))
)
TWO_DEATHS = NoOutcome("two_deaths", say(N_("two different days of death are recorded")))


def outcome(follow_up: FollowUp, endpoint: Endpoint) -> Outcome | NoOutcome:
    """What the follow-up of one child says for `endpoint`."""
    days = [day for _what, day in follow_up.happenings]
    if not days:
        return NONE_RECORDED
    if min(days) < 0:
        return BEFORE_DIAGNOSIS
    deaths = {day for what, day in follow_up.happenings if what is Happening.DEATH}
    if len(deaths) > 1:
        return TWO_DEATHS
    if deaths and max(days) > min(deaths):
        return SEEN_AFTER_DEATH
    events, competing = ENDS[endpoint]
    ends = sorted(
        # Of one day the event of the endpoint speaks: a relapse found on the day of the death.
        (day, EVENT if what in events else COMPETING)
        for what, day in follow_up.happenings
        if what in events | competing
    )
    return Outcome(*ends[0]) if ends else Outcome(max(days), CENSORED)


@dataclass(frozen=True, eq=False)
class Outcomes:
    """A cohort's outcomes for one endpoint. `rows` are the places of the counted children in the
    list they came from; `days` (float) and `codes` run beside it. `left_out`: (why, how many)."""

    endpoint: Endpoint
    rows: np.ndarray
    days: np.ndarray
    codes: np.ndarray
    left_out: tuple[tuple[NoOutcome, int], ...]

    @property
    def n(self) -> int:
        return len(self.rows)

    @property
    def events(self) -> int:
        return int((self.codes == EVENT).sum())

    def to_json(self) -> dict[str, Any]:
        return {
            "endpoint": self.endpoint.value,
            "n": self.n,
            "events": self.events,
            "competing": int((self.codes == COMPETING).sum()),
            "left_out": {item.code: count for item, count in self.left_out},
        }


def outcomes(follow_ups: list[FollowUp], endpoint: Endpoint) -> Outcomes:
    """The outcomes of children in the order given; those without one are counted by reason."""
    rows, days, codes = [], [], []
    left_out: dict[NoOutcome, int] = {}
    for row, follow_up in enumerate(follow_ups):
        found = outcome(follow_up, endpoint)
        if isinstance(found, NoOutcome):
            left_out[found] = left_out.get(found, 0) + 1
            continue
        rows.append(row)
        days.append(found.days)
        codes.append(found.code)
    return Outcomes(
        endpoint,
        np.array(rows, dtype=np.int64),
        np.array(days, dtype=float),
        np.array(codes, dtype=np.int8),
        tuple(left_out.items()),
    )
