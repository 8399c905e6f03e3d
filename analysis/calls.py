"""The words that everything else uses: call states, evidence and reasons.

A laboratory answer has one of four states, and no boolean ever stands for it:

- `altered`: the assay was done, could be read, and shows a change;
- `not_detected`: the assay was done, could be read, and shows none within its limits;
- `not_evaluable`: the assay was done, and cannot be read (with the reason);
- `not_tested`: the assay was not done, or nobody recorded that it was.

A share is always "n of those tested", that is of `altered` + `not_detected`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from analysis.wording import N_, Labelled, Message


class State(Labelled):
    """The four answers of an assay, or of what is derived from several."""

    ALTERED = "altered", N_("altered")
    NOT_DETECTED = "not_detected", N_("not detected")
    NOT_EVALUABLE = "not_evaluable", N_("not evaluable")
    NOT_TESTED = "not_tested", N_("not tested")

    @property
    def answered(self) -> bool:
        """Counts in a denominator: the assay was done and could be read."""
        return self in (State.ALTERED, State.NOT_DETECTED)


class CopyCall(Labelled):
    """Copy number of one probe, exon or gene, as called by the ratio table."""

    HOM_DEL = "hom_del", N_("homozygous deletion")
    HET_DEL = "het_del", N_("heterozygous deletion")
    NORMAL = "normal", N_("normal")
    HET_DUP = "het_dup", N_("heterozygous duplication")
    HOM_DUP = "hom_dup", N_("homozygous duplication or triplication")
    AMBIGUOUS = "ambiguous", N_("ambiguous, possibly subclonal")
    NOT_EVALUABLE = "not_evaluable", N_("not evaluable")
    NOT_TESTED = "not_tested", N_("not tested")

    @property
    def deleted(self) -> bool:
        return self in (CopyCall.HOM_DEL, CopyCall.HET_DEL)

    @property
    def gained(self) -> bool:
        return self in (CopyCall.HET_DUP, CopyCall.HOM_DUP)

    @property
    def state(self) -> State:
        if self.deleted or self.gained:
            return State.ALTERED
        if self is CopyCall.NORMAL:
            return State.NOT_DETECTED
        if self is CopyCall.NOT_TESTED:
            return State.NOT_TESTED
        return State.NOT_EVALUABLE


def agreed(calls: Iterable[CopyCall]) -> CopyCall:
    """What several probes of one exon say together: what all support, else ambiguous. Those that
    were not tested say nothing."""
    found = set(calls) - {CopyCall.NOT_TESTED}
    if not found:
        return CopyCall.NOT_TESTED
    if len(found) == 1:
        return next(iter(found))
    if all(call.deleted for call in found):
        return CopyCall.HET_DEL
    return CopyCall.HET_DUP if all(call.gained for call in found) else CopyCall.AMBIGUOUS


class Certainty(Labelled):
    """How sure a rule, a name or a consequence is."""

    ESTABLISHED = "established", N_("established")
    PREDICTED = "predicted", N_("predicted")
    UNCERTAIN = "uncertain", N_("uncertain")
    UNCONFIRMED = "unconfirmed", N_("unconfirmed")


@dataclass(frozen=True)
class Evidence:
    """One thing a value rests on, with the way back to it.

    `kind` is "probe", "variant", "fusion", "measurement", "assay" or "record"; `name` is how the
    laboratory names it ("IKZF1 exon 4", "c.475A>T", "MRD day 33"); `value` is what was read, with
    its unit; `source` says where it stands (a database label such as "reports.proberatio:12", or a
    file and line).
    """

    kind: str
    name: str
    value: str = ""
    source: str = ""

    def to_json(self) -> dict[str, str]:
        return {"kind": self.kind, "name": self.name, "value": self.value, "source": self.source}

    @classmethod
    def from_json(cls, data: dict[str, str]) -> Evidence:
        return cls(**data)


@dataclass(frozen=True)
class Reason:
    """One step of an explanation: `code` is stable, for tests; `message` is for people."""

    code: str
    message: Message
    evidence: tuple[Evidence, ...] = field(default=())

    def text(self, language: str = "en") -> str:
        return self.message.text(language)

    def to_json(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "message": self.message.to_json(),
            "evidence": [item.to_json() for item in self.evidence],
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Reason:
        return cls(
            data["code"],
            Message.from_json(data["message"]),
            tuple(Evidence.from_json(item) for item in data.get("evidence", ())),
        )
