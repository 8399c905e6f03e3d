"""Files of one specimen as the sequencing assay that the IKZF1 rule takes."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.ikzf1_evidence import SequencingAssay
from analysis.ngs.coverage import CoverageResult
from analysis.ngs.vcf_result import KeptVariant, VcfResult
from analysis.wording import N_, Message, say

GENE = "IKZF1"


def sequencing_assay(
    variants: VcfResult,
    coverage: CoverageResult | None = None,
    *,
    covers_ikzf1: bool | None = None,
) -> SequencingAssay:
    """`assay_of` for a VCF."""
    return assay_of(
        variants.variants,
        file=variants.file,
        build=variants.build.name,
        coverage=coverage,
        covers_ikzf1=covers_ikzf1,
    )


def assay_of(
    variants: Sequence[KeptVariant],
    *,
    file: str,
    build: str = "",
    coverage: CoverageResult | None = None,
    covers_ikzf1: bool | None = None,
) -> SequencingAssay:
    """IKZF1's kept variants with the exons that were not sequenced deeply enough.

    Without a coverage nobody knows whether the sample could be read (`adequate` None), and
    whether the panel has IKZF1 is what `covers_ikzf1` says. Raises ValueError where the two files
    are on different builds.
    """
    own = tuple(item.evidence(file) for item in variants if item.gene == GENE)
    if coverage is None:
        return SequencingAssay(tested=True, variants=own, covers_ikzf1=covers_ikzf1, source=file)
    if build and coverage.build.name not in ("", build):
        raise ValueError(f"{file} and {coverage.file} are on different builds")
    reason: str | Message = ""
    if coverage.adequate is False:
        sentence = N_("mean on-target depth {depth}, below {limit}")
        limit = coverage.filters.min_mean_depth
        reason = say(sentence, depth=coverage.mean_depth, limit=limit)
    covers = coverage.covers_ikzf1 if covers_ikzf1 is None else covers_ikzf1
    return SequencingAssay(
        tested=True,
        adequate=coverage.adequate,
        variants=own,
        low_exons=coverage.low_exons if covers else (),
        covers_ikzf1=covers,
        inadequate_reason=reason,
        source=f"{file}, {coverage.file}",
    )
