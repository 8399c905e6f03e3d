"""What the exons of one gene say together of its copy number."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.calls import CopyCall


def gene_call(calls: Sequence[CopyCall]) -> CopyCall:
    """A loss of any exon speaks for the gene, then a gain; else what could not be read."""
    lost = [call for call in calls if call.deleted]
    if lost:
        return CopyCall.HOM_DEL if set(lost) == {CopyCall.HOM_DEL} else CopyCall.HET_DEL
    gained = [call for call in calls if call.gained]
    if gained:
        return CopyCall.HOM_DUP if set(gained) == {CopyCall.HOM_DUP} else CopyCall.HET_DUP
    order = (CopyCall.AMBIGUOUS, CopyCall.NOT_EVALUABLE, CopyCall.NORMAL)
    return next((call for call in order if call in calls), CopyCall.NOT_TESTED)
