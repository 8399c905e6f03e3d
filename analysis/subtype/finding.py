"""The answer to one genetic question, before it is put beside the others."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from analysis.calls import Certainty, Reason, State


@dataclass(frozen=True)
class Finding:
    """`conflicts` are reasons that contradict each other; where they leave the question open, the
    state is NOT_EVALUABLE."""

    state: State
    reasons: tuple[Reason, ...]
    certainty: Certainty = Certainty.ESTABLISHED
    conflicts: tuple[Reason, ...] = ()


# Found outweighs; then what could not be read, then what was not done, may hide what was not found.
_STRICT = (State.ALTERED, State.NOT_EVALUABLE, State.NOT_TESTED, State.NOT_DETECTED)


def any_of(findings: Iterable[Finding]) -> Finding:
    """One answer to "is any of these found?": not found only where all of them are answered so."""
    findings = tuple(findings)
    state = min((item.state for item in findings), key=_STRICT.index)
    same = [item for item in findings if item.state is state]
    return Finding(
        state,
        tuple(dict.fromkeys(reason for item in same for reason in item.reasons)),
        same[0].certainty,
        tuple(dict.fromkeys(reason for item in findings for reason in item.conflicts)),
    )
