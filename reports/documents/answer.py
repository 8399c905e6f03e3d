"""The answer, readable in ten seconds, and the reasons for it in their order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from analysis.calls import State
from analysis.ikzf1 import DeletionComponent, Ikzf1Status, VariantComponent
from reports.derived import Derived
from reports.documents.content import Fact, Mark, in_lines
from reports.documents.course import glucocorticoid_fact
from reports.documents.mrd import mrd_fact, thresholds_of
from reports.documents.profiles import ikzf1plus_fact, subtype_fact, ukall_fact
from reports.documents.records import ChildRecords
from reports.documents.risk import computed_fact, doctors_fact
from reports.risk_standing import RiskStanding


@dataclass(frozen=True)
class Answer:
    """`sentences` say what was found; `reasons` how the rule came to it, step by step."""

    mark: Mark
    sentences: tuple[Any, ...]
    facts: tuple[Fact, ...]
    reasons: tuple[Any, ...]

    @property
    def fact_lines(self) -> tuple[tuple[Fact, ...], ...]:
        return in_lines(self.facts, across=4)


def answer(records: ChildRecords, derived: Derived, standing: RiskStanding) -> Answer:
    status = derived.status
    thresholds = thresholds_of(derived.risks, records.patient.protocol)
    return Answer(
        mark=Mark(status.state),
        sentences=(status.headline, *_names(status)),
        facts=(
            Fact(_("Large deletion (MLPA)"), mark=_component_mark(status.large_deletion)),
            Fact(_("SNV/InDel (sequencing)"), mark=_component_mark(status.sequence_variant)),
            ikzf1plus_fact(derived.profiles),
            ukall_fact(derived.profiles),
            subtype_fact(derived.subtype, records.patient),
            computed_fact(derived.risks, standing),
            doctors_fact(standing),
            mrd_fact(records, 15, thresholds),
            mrd_fact(records, 33, thresholds),
            glucocorticoid_fact(records),
        ),
        reasons=tuple(reason.message for reason in status.reasons),
    )


def _component_mark(state: State) -> Mark:
    """Of a component "detected" is the closer word: the gene is what is altered."""
    return Mark(state, _("detected")) if state is State.ALTERED else Mark(state)


def _names(status: Ikzf1Status) -> list[str]:
    """The formal names of what was found, as another laboratory needs them."""
    return [
        _deletion_names(item) if isinstance(item, DeletionComponent) else _variant_names(item)
        for item in status.components
    ]


def _deletion_names(item: DeletionComponent) -> str:
    return _("HGVS {hgvs}; ISCN {iscn}").format(hgvs=item.deletion.hgvs_c, iscn=item.deletion.iscn)


def _variant_names(item: VariantComponent) -> str:
    transcript = item.variant.transcript or _("transcript not recorded")
    names = ", ".join(filter(None, [item.variant.hgvs_c, item.variant.hgvs_p]))
    return _("HGVS {transcript}: {names}").format(transcript=transcript, names=names)
