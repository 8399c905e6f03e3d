"""What a karyotype says, once it has been read: clones, their chromosome numbers, their changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from analysis.as_json import pack_fields, unpack_fields
from analysis.calls import Reason, State
from analysis.wording import N_, Labelled


class KaryotypeAnswer(Labelled):
    """The karyotype as a whole."""

    ABNORMAL = "abnormal", N_("abnormal")
    NORMAL = "normal", N_("normal")
    NOT_UNDERSTOOD = "not_understood", N_("not understood")
    FEW_METAPHASES = "few_metaphases", N_("not evaluable: too few metaphases")
    FAILED = "failed", N_("no result: culture failed")
    DONOR_ONLY = "donor_only", N_("donor cells only")
    NOT_TESTED = "not_tested", N_("not tested")

    @property
    def state(self) -> State:
        return _STATES[self]


_STATES = {
    KaryotypeAnswer.ABNORMAL: State.ALTERED,
    KaryotypeAnswer.NORMAL: State.NOT_DETECTED,
    KaryotypeAnswer.NOT_UNDERSTOOD: State.NOT_EVALUABLE,
    KaryotypeAnswer.DONOR_ONLY: State.NOT_EVALUABLE,
    KaryotypeAnswer.FEW_METAPHASES: State.NOT_EVALUABLE,
    KaryotypeAnswer.FAILED: State.NOT_EVALUABLE,
    KaryotypeAnswer.NOT_TESTED: State.NOT_TESTED,
}


class CloneKind(Labelled):
    ABNORMAL = "abnormal", N_("abnormal clone")
    NORMAL = "normal", N_("normal cells")
    DONOR = "donor", N_("donor cells")
    NOT_CLONAL = "not_clonal", N_("changes of single cells")
    NOT_UNDERSTOOD = "not_understood", N_("not understood")


@dataclass(frozen=True)
class ModalNumber:
    """Chromosomes in a clone: `low` and `high` are equal unless a range is written ("52~56")."""

    low: int
    high: int

    def within(self, low: int, high: int) -> State:
        """Whether the number lies in low..high (both included): not evaluable where the range that
        is written reaches into it and out of it."""
        if low <= self.low and self.high <= high:
            return State.ALTERED
        if self.high < low or high < self.low:
            return State.NOT_DETECTED
        return State.NOT_EVALUABLE

    @property
    def text(self) -> str:
        return str(self.low) if self.low == self.high else f"{self.low}~{self.high}"


@dataclass(frozen=True)
class Change:
    """One abnormality as written: "+21", "t(9;22)(q34;q11.2)", "der(19)t(1;19)(q23;p13)".

    `kind` is the ISCN abbreviation ("t", "der", "del", "mar"), "" for a whole chromosome gained or
    lost; `sign` is "+", "-" or ""; `copies` is (least, most) for "x2" and "2~4mar"; `chromosomes`
    and `breakpoints` ("9q34", "22q11.2") are those of the whole text, in its order, without repeat.
    A break of uncertain place is one: "12p12~12p13" for "p12-13" and "p12~13", "9q22|9q23" for
    "q22or23".
    `translocations` are the breakpoints that are joined: one tuple for each "t(...)" or "::".
    """

    text: str
    kind: str
    sign: str = ""
    copies: tuple[int, int] = (1, 1)
    chromosomes: tuple[str, ...] = ()
    breakpoints: tuple[str, ...] = ()
    translocations: tuple[tuple[str, ...], ...] = ()
    uncertain: bool = False
    constitutional: bool = False


@dataclass(frozen=True)
class Clone:
    """One part between slashes. `changes` are those of the clone, with what "idem" or "sl" stands
    for put in; `cells` is None where no number is written ("[cp]", or no brackets at all);
    `ploidy` is the level of "<3n>", else None.
    """

    text: str
    kind: CloneKind
    modal: ModalNumber | None = None
    sex: str = ""
    changes: tuple[Change, ...] = ()
    cells: int | None = None
    composite: bool = False
    ploidy: int | None = None


@dataclass(frozen=True)
class Unread:
    """A part that the grammar does not know: `part` exactly as written, in the clone `clone`
    (from 1)."""

    part: str
    clone: int
    reason: Reason


@dataclass(frozen=True)
class Karyotype:
    """A karyotype read: `answer`, its clones in the order written, what was not understood."""

    text: str
    answer: KaryotypeAnswer
    clones: tuple[Clone, ...] = ()
    unread: tuple[Unread, ...] = ()
    reasons: tuple[Reason, ...] = ()

    @property
    def state(self) -> State:
        return self.answer.state

    @property
    def abnormal(self) -> tuple[Clone, ...]:
        """The clones of the leukaemia, in the order written (the stemline first)."""
        return tuple(clone for clone in self.clones if clone.kind is CloneKind.ABNORMAL)

    @property
    def cells(self) -> int | None:
        """Metaphases counted; None where a clone does not say how many."""
        counts = [clone.cells for clone in self.clones if clone.kind is not CloneKind.DONOR]
        return None if None in counts or not counts else sum(counts)

    @property
    def understood(self) -> bool:
        return not self.unread and self.answer is not KaryotypeAnswer.NOT_UNDERSTOOD

    def to_json(self) -> dict[str, Any]:
        return pack_fields(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Karyotype:
        return unpack_fields(cls, data)
