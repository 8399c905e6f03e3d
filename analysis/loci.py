"""Copy number of a gene as a composite profile takes it, and what is not known of it.

A profile is a rule over several loci. Where some are not known, the rule is tried with everything
that they may turn out to be: if it always gives the same answer, that is the answer; if not, the
loci that would change it are named. Ambiguous and possibly subclonal ratios count as not known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import product

from analysis.calls import CopyCall, Evidence, State
from analysis.wording import N_, Message, say

_BOTH = frozenset((False, True))


@dataclass(frozen=True)
class LocusFinding:
    """Whether a gene is `deleted`, and whether both copies of it are (`homozygous`).

    Raises ValueError for a gene that is not deleted, with both copies lost.
    """

    deleted: State
    homozygous: State = State.NOT_TESTED
    evidence: tuple[Evidence, ...] = ()

    def __post_init__(self) -> None:
        if self.deleted is State.NOT_DETECTED and self.homozygous is State.ALTERED:
            raise ValueError("a gene that is not deleted cannot have lost both copies")

    @classmethod
    def from_call(cls, call: CopyCall, evidence: tuple[Evidence, ...] = ()) -> LocusFinding:
        """A gain is no deletion; an ambiguous ratio is not evaluable."""
        if call.deleted:
            both = State.ALTERED if call is CopyCall.HOM_DEL else State.NOT_DETECTED
            return cls(State.ALTERED, both, evidence)
        state = State.NOT_DETECTED if call.gained else call.state
        return cls(state, state, evidence)

    @property
    def may_be_deleted(self) -> frozenset[bool]:
        """The answers to "deleted?" that are still possible."""
        if self.homozygous is State.ALTERED:
            return frozenset((True,))
        return _possible(self.deleted)

    @property
    def may_be_homozygous(self) -> frozenset[bool]:
        """The answers to "both copies lost?" that are still possible."""
        if self.deleted is State.NOT_DETECTED:
            return frozenset((False,))
        return _possible(self.homozygous)


NOT_TESTED = LocusFinding(State.NOT_TESTED)
Loci = Mapping[str, LocusFinding]


def _possible(state: State) -> frozenset[bool]:
    return frozenset((state is State.ALTERED,)) if state.answered else _BOTH


def outcomes(
    possible: Mapping[str, frozenset[bool]], rule: Callable[[Mapping[str, bool]], str]
) -> tuple[frozenset[str], tuple[str, ...]]:
    """(every answer that `rule` can still give, the names on which it depends).

    `possible` gives for each name the values it may have. A name is one on which the answer depends
    where there are values of the others for which changing it alone changes the answer. Tries all
    combinations: at most two to the number of unknown names.
    """
    names = tuple(possible)
    table = {
        values: rule(dict(zip(names, values, strict=True)))
        for values in product(*(sorted(possible[name]) for name in names))
    }
    decisive = tuple(
        name
        for place, name in enumerate(names)
        if len(possible[name]) > 1 and _depends(table, place)
    )
    return frozenset(table.values()), decisive


def _depends(table: Mapping[tuple[bool, ...], str], place: int) -> bool:
    return any(
        answer != table[(*values[:place], True, *values[place + 1 :])]
        for values, answer in table.items()
        if not values[place]
    )


def as_missing(loci: Loci, names: Iterable[str]) -> tuple[Message, ...]:
    """ "PAX5 not tested", "ETV6 not evaluable", or "CDKN2B deleted, one copy or both not known"."""
    return tuple(_missing(name, loci.get(name, NOT_TESTED)) for name in names)


def _missing(name: str, finding: LocusFinding) -> Message:
    if finding.deleted is State.ALTERED:
        return say(N_("{gene} deleted, of one copy or both is not known"), gene=name)
    return say(N_("{gene} {state}"), gene=name, state=finding.deleted)


def deletion_text(name: str, finding: LocusFinding) -> Message:
    """ "CDKN2A (homozygous)", "PAX5 (heterozygous)", or the name alone."""
    if finding.homozygous is State.ALTERED:
        return say(N_("{gene} (homozygous)"), gene=name)
    if finding.homozygous is State.NOT_DETECTED:
        return say(N_("{gene} (heterozygous)"), gene=name)
    return say(N_("{gene}"), gene=name)


def evidence_of(loci: Loci, names: Iterable[str]) -> tuple[Evidence, ...]:
    """What the findings of these loci rest on, in the order of the names."""
    return tuple(item for name in names if name in loci for item in loci[name].evidence)
