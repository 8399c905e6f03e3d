"""The facts that a risk protocol may ask for: names, units, words, and when each is known.

A protocol file uses these names and no others. A number may also be recorded as a word ("m2",
"insensitive"): the word stands for a span of numbers, and settles only what the whole span settles.

Spans of the words: marrow M1 < 5 %, M2 5 to 25 %, M3 > 25 % (CCLG-ALL-2008, from the national
pathway of 2010); glucocorticoid response at 1.0 x 10^9/L (`analysis.response`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from analysis.calls import State
from analysis.response import INSENSITIVE_BLASTS
from analysis.wording import N_, Labelled


class Point(Labelled):
    """When in the course of treatment something is known; in order."""

    DIAGNOSIS = "diagnosis", N_("diagnosis")
    DAY8 = "day8", N_("day 8")
    DAY15 = "day15", N_("day 15")
    DAY33 = "day33", N_("day 33")
    WEEK12 = "week12", N_("week 12")

    @property
    def order(self) -> int:
        return _ORDER[self]


POINTS = tuple(Point)
_ORDER = {point: order for order, point in enumerate(POINTS)}


class FactWord(Labelled):
    """Words that a fact may have besides the four states."""

    PRECURSOR_B = "precursor_b", N_("B-ALL")
    T = "t", N_("T-ALL")
    MATURE_B = "mature_b", N_("mature B-ALL")
    CNS1 = "cns1", N_("CNS1")
    CNS2 = "cns2", N_("CNS2")
    CNS3 = "cns3", N_("CNS3")
    INVOLVED = "involved", N_("involved")
    NOT_INVOLVED = "not_involved", N_("not involved")
    NOT_APPLICABLE = "not_applicable", N_("not applicable")
    AFF1 = "aff1", N_("KMT2A::AFF1")
    BCL9 = "bcl9", N_("MEF2D::BCL9")
    OTHER_PARTNER = "other_partner", N_("another partner gene")
    LARGE_DELETION = "large_deletion", N_("large deletion")
    SEQUENCE_VARIANT = "sequence_variant", N_("SNV/InDel without a large deletion")
    NO_MASS = "no_mass", N_("no mediastinal mass")
    REDUCED = "reduced", N_("mass reduced to less than one third")
    NOT_REDUCED = "not_reduced", N_("mass not reduced to less than one third")
    GONE = "gone", N_("mass gone")
    PERSISTING = "persisting", N_("mass persisting")
    USED = "used", N_("done")
    NOT_USED = "not_used", N_("cannot be done")
    M1 = "m1", N_("M1")
    M2 = "m2", N_("M2")
    M3 = "m3", N_("M3")
    SENSITIVE = "sensitive", N_("sensitive")
    INSENSITIVE = "insensitive", N_("insensitive")


class MrdMethod(Labelled):
    FLOW = "flow", N_("flow cytometry")
    PCR = "pcr", N_("PCR")
    NGS = "ngs", N_("sequencing")


@dataclass(frozen=True)
class Span:
    """Numbers from `low` to `high`; an open end leaves out the end itself."""

    low: float = -math.inf
    high: float = math.inf
    low_open: bool = False
    high_open: bool = False

    def holds(self, value: float) -> bool:
        above = value > self.low or (value == self.low and not self.low_open)
        return above and (value < self.high or (value == self.high and not self.high_open))

    def meet(self, other: Span) -> Span:
        low, low_open = max((self.low, self.low_open), (other.low, other.low_open))
        high, closed = min((self.high, not self.high_open), (other.high, not other.high_open))
        # Of two equal ends the open one is the narrower.
        return Span(low, high, low_open, not closed)

    @property
    def empty(self) -> bool:
        return self.low > self.high or (self.low == self.high and (self.low_open or self.high_open))


@dataclass(frozen=True)
class FactKind:
    """One name of the vocabulary.

    A number has a `span` of allowed values, a `unit` ("" where it has none) and perhaps `bands`:
    words that stand for a part of the span. Any other fact has `words`, one of which is true.
    `mrd` marks the MRD of a time point, stored as a fraction and written as percent.
    """

    name: str
    label_en: str
    point: Point = Point.DIAGNOSIS
    unit: str = ""
    span: Span | None = None
    integer: bool = False
    words: tuple[Labelled, ...] = ()
    bands: tuple[tuple[FactWord, Span], ...] = ()
    mrd: bool = False

    @property
    def number(self) -> bool:
        return self.span is not None

    def word(self, name: str) -> Labelled:
        """The member that `name` stands for; ValueError where the fact has no such word."""
        for item in (*self.words, *(word for word, _ in self.bands)):
            if item == name:
                return item
        raise ValueError(name)


FOUND = (State.ALTERED, State.NOT_DETECTED)
W = FactWord
_MARROW = (
    (W.M1, Span(0, 5, high_open=True)),
    (W.M2, Span(5, 25)),
    (W.M3, Span(25, 100, low_open=True)),
)
_GLUCOCORTICOID = (
    (W.SENSITIVE, Span(0, INSENSITIVE_BLASTS, high_open=True)),
    (W.INSENSITIVE, Span(INSENSITIVE_BLASTS, 3000)),
)
_USE = (W.USED, W.NOT_USED)
# Whether MRD can be measured, by the methods whose results answer that.
MRD_USES = {"mrd_use": ("flow", "pcr", "ngs"), "pcr_mrd_use": ("pcr",)}
_D8, _D15, _D33, _W12 = Point.DAY8, Point.DAY15, Point.DAY33, Point.WEEK12


def _mrd(name: str, label: str, point: Point) -> FactKind:
    return FactKind(name, label, point, "fraction", Span(0, 1), mrd=True)


_KINDS = (
    FactKind("age_years", N_("age at diagnosis"), unit="years", span=Span(0, 120)),
    FactKind("wbc", N_("WBC at diagnosis"), unit="10^9/L", span=Span(0, 3000)),
    FactKind("lineage", N_("lineage"), words=(W.PRECURSOR_B, W.T, W.MATURE_B)),
    FactKind("cns", N_("CNS status"), words=(W.CNS1, W.CNS2, W.CNS3)),
    FactKind("testis", N_("testis"), words=(W.NOT_INVOLVED, W.INVOLVED, W.NOT_APPLICABLE)),
    FactKind("bcr_abl1", N_("BCR::ABL1"), words=FOUND),
    FactKind("kmt2a", N_("KMT2A rearrangement"),
             words=(State.NOT_DETECTED, W.AFF1, W.OTHER_PARTNER)),
    FactKind("tcf3_pbx1", N_("TCF3::PBX1"), words=FOUND),
    FactKind("tcf3_hlf", N_("TCF3::HLF"), words=FOUND),
    FactKind("etv6_runx1", N_("ETV6::RUNX1"), words=FOUND),
    FactKind("ph_like", N_("BCR::ABL1-like subtype"), words=FOUND),
    FactKind("mef2d", N_("MEF2D rearrangement"),
             words=(State.NOT_DETECTED, W.BCL9, W.OTHER_PARTNER)),
    FactKind("dux4", N_("DUX4 rearrangement"), words=FOUND),
    FactKind("iamp21", N_("iAMP21"), words=FOUND),
    FactKind("ikzf1", N_("IKZF1 alteration"),
             words=(State.NOT_DETECTED, W.LARGE_DELETION, W.SEQUENCE_VARIANT)),
    FactKind("modal_number", N_("modal chromosome number"), span=Span(20, 120), integer=True),
    FactKind("dna_index", N_("DNA index"), span=Span(0.3, 3)),
    FactKind("trisomy_4", N_("trisomy 4"), words=FOUND),
    FactKind("trisomy_10", N_("trisomy 10"), words=FOUND),
    FactKind("mrd_use", N_("MRD measurement"), words=_USE),
    FactKind("pcr_mrd_use", N_("MRD measurement by PCR"), words=_USE),
    FactKind("day8_blasts", N_("blasts in blood on day 8"), _D8, "10^9/L", Span(0, 3000),
             bands=_GLUCOCORTICOID),
    FactKind("marrow_d15", N_("marrow blasts on day 15"), _D15, "%", Span(0, 100), bands=_MARROW),
    _mrd("mrd_d15", N_("MRD on day 15"), _D15),
    FactKind("marrow_d33", N_("marrow blasts on day 33"), _D33, "%", Span(0, 100), bands=_MARROW),
    _mrd("mrd_d33", N_("MRD on day 33"), _D33),
    FactKind("mass_d33", N_("mediastinal mass on day 33"), _D33,
             words=(W.NO_MASS, W.REDUCED, W.NOT_REDUCED)),
    _mrd("mrd_week12", N_("MRD in week 12"), _W12),
    FactKind("mass_week12", N_("mediastinal mass before consolidation"), _W12,
             words=(W.NO_MASS, W.GONE, W.PERSISTING)),
)  # fmt: skip
VOCABULARY: dict[str, FactKind] = {kind.name: kind for kind in _KINDS}
