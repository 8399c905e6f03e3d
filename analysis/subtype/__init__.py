"""Subtype of B-ALL by WHO-HAEM5 and ICC 2022 from fusions, karyotype, ploidy and variants."""

from analysis.subtype.classify import classify
from analysis.subtype.evidence import FusionMethod, FusionTest, ProteinChange, SubtypeEvidence
from analysis.subtype.result import Marker, PaperGroup, SubtypeAnswer, SubtypeResult

__all__ = [
    "FusionMethod",
    "FusionTest",
    "Marker",
    "PaperGroup",
    "ProteinChange",
    "SubtypeAnswer",
    "SubtypeEvidence",
    "SubtypeResult",
    "classify",
]
