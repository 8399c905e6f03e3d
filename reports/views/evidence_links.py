"""From a piece of evidence to the record it stands in, for those who may see it there."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from analysis.calls import CopyCall, Evidence, Reason
from reports.models import ProbeRatio

_PROBE = "reports.proberatio:"
_EXON = re.compile(r"(\S+) exon (\S+)")
_RECORD = re.compile(r"(reports)\.([a-z0-9]+):(\d+)")


@dataclass(frozen=True)
class Linked:
    """`address` is "" where the evidence has no page of its own, or the reader may not open it."""

    evidence: Evidence
    address: str

    @property
    def name(self) -> str:
        """As the reader's language has it; a laboratory's own name as it is."""
        exon = _EXON.fullmatch(self.evidence.name)
        if exon:
            return _("{gene} exon {exon}").format(gene=exon[1], exon=exon[2])
        names = {"blasts": _("Blasts"), "sequencing": _("Sequencing")}
        return names.get(self.evidence.name, self.evidence.name)

    @property
    def value(self) -> str:
        """An exon without a ratio has its call."""
        value = self.evidence.value
        return CopyCall(value).label(get_language() or "en") if value in set(CopyCall) else value


@dataclass(frozen=True)
class LinkedReason:
    reason: Reason
    evidence: tuple[Linked, ...]


def linked_reasons(reasons: Iterable[Reason], user: Any) -> tuple[LinkedReason, ...]:
    """`reasons` in their order, each with its evidence and the way to it; at most one query."""
    reasons = tuple(reasons)
    samples = _samples_of_probes(item.source for reason in reasons for item in reason.evidence)
    return tuple(
        LinkedReason(
            reason,
            tuple(
                Linked(item, admin_address(samples.get(item.source, item.source), user))
                for item in reason.evidence
            ),
        )
        for reason in reasons
    )


def _samples_of_probes(sources: Iterable[str]) -> dict[str, str]:
    """A probe has no page of its own: it stands on that of its MLPA sample."""
    probes = {source for source in sources if source.startswith(_PROBE)}
    rows = ProbeRatio.objects.filter(pk__in=[int(item.removeprefix(_PROBE)) for item in probes])
    pairs = rows.values_list("pk", "sample_id") if probes else ()
    return {f"{_PROBE}{pk}": f"reports.mlpasample:{sample}" for pk, sample in pairs}


def admin_address(source: str, user: Any) -> str:
    """The admin page of `source` ("reports.proberatio:12"), or "" where `user` may not open it."""
    match = _RECORD.fullmatch(source)
    if match is None or not user.is_staff:
        return ""
    app, model, key = match.groups()
    if not any(user.has_perm(f"{app}.{verb}_{model}") for verb in ("view", "change")):
        return ""
    try:
        return reverse(f"admin:{app}_{model}_change", args=[key])
    except NoReverseMatch:
        return ""
