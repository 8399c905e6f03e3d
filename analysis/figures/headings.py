"""What the cohort's figures are called and how their groups are named, in one place."""

from __future__ import annotations

from analysis.cohort.outcome import Endpoint
from analysis.wording import N_, Labelled, Message, say

GENES_BY_STATUS = say(N_("Altered genes by IKZF1 status"))
FUNCTIONS_BY_STATUS = say(N_("Functional classes by IKZF1 status"))
PARTNERS_BY_SUBTYPE = say(N_("Partner genes by subtype"))

# (title, label of the upright axis) of each endpoint.
SURVIVAL = {
    Endpoint.OVERALL: (say(N_("Overall survival")), say(N_("alive (%)"))),
    Endpoint.EVENT_FREE: (say(N_("Event-free survival")), say(N_("free of events (%)"))),
    Endpoint.RELAPSE: (say(N_("Cumulative incidence of relapse")), say(N_("with relapse (%)"))),
}


def status_group(state: Labelled | Message, n: int | None = None) -> Message:
    """A group by its IKZF1 status, with its size where that is given."""
    if n is None:
        return say(N_("IKZF1 {state}"), state=state)
    return say(N_("IKZF1 {state} (n = {n})"), state=state, n=n)


def ph_groups(first: int, second: int) -> tuple[Message, Message]:
    """Ph+ or Ph-like, and not, with their sizes."""
    return (
        say(N_("Ph+ or Ph-like (n = {n})"), n=first),
        say(N_("not Ph+ or Ph-like (n = {n})"), n=second),
    )
