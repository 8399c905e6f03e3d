"""The ratio table: which ratio reads as which call. A frozen value, editable for each probemix."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from analysis.calls import Certainty, CopyCall
from analysis.mlpa.probemix import p335_template

Band = tuple[float, float]


@dataclass(frozen=True)
class RatioTable:
    """Bands of ratios, limits included; all between two bands is ambiguous, and above the last.

    Valid for a probe whose SD over the reference samples is at most `max_reference_sd`. Raises
    ValueError where bands overlap or are not in order.
    """

    hom_del: Band
    het_del: Band
    normal: Band
    het_dup: Band
    hom_dup: Band
    max_reference_sd: float
    certainty: Certainty
    source: str

    def __post_init__(self) -> None:
        edges = [edge for _, band in self.bands for edge in band]
        if edges != sorted(edges) or len(set(edges)) != len(edges) or edges[0] < 0:
            raise ValueError(f"the bands overlap or are out of order: {self.bands}")
        if not self.max_reference_sd > 0:
            raise ValueError(f"a limit of the SD is above 0, not {self.max_reference_sd}")

    @property
    def bands(self) -> tuple[tuple[CopyCall, Band], ...]:
        return (
            (CopyCall.HOM_DEL, self.hom_del),
            (CopyCall.HET_DEL, self.het_del),
            (CopyCall.NORMAL, self.normal),
            (CopyCall.HET_DUP, self.het_dup),
            (CopyCall.HOM_DUP, self.hom_dup),
        )

    def call(self, ratio: float) -> CopyCall:
        """Raises ValueError on a ratio below 0 or none."""
        if not ratio >= 0:
            raise ValueError(f"a ratio is 0 or more, not {ratio}")
        for call, (low, high) in self.bands:
            if low <= ratio <= high:
                return call
        return CopyCall.AMBIGUOUS


@cache
def vendor_table() -> RatioTable:
    """The vendor's ratio table as the P335 template has it (certainty: unconfirmed)."""
    part = p335_template()["ratio_table"]
    return RatioTable(
        **{name: tuple(part[name]) for name in ("hom_del", "het_del", "normal")},
        **{name: tuple(part[name]) for name in ("het_dup", "hom_dup")},
        max_reference_sd=part["max_reference_sd"],
        certainty=Certainty(part["certainty"]),
        source=part["source"],
    )
