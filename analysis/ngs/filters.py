"""The rules by which a call is kept, as a named and versioned set; and why a call was dropped.

A filter drops a call only on what the file states. Where a file does not state what a filter asks
for (no base quality, no VAF), the call stays and the filter is counted as not checked.

The study's limits on mapping and base quality are limits on reads and bases, which a VCF no longer
has; it has at most the medians over the reads of an allele (Mutect2's MMQ and MBQ). Half of the
bases at 29 do not mean that a call fails a limit of 30 on each base: with the others alone it would
still stand, at a lower depth. So medians have limits of their own, those that GATK sets for them
(mapping quality 30, base quality 20). Taking 30 for both, as the set "medians at the read limits"
does, drops 93 of 336 and 34 of 157 calls of two public Mutect2 files, nearly all at a median of 29.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

from analysis.ikzf1_evidence import VariantConsequence
from analysis.ngs.annotation import Annotation
from analysis.ngs.vcf import Call
from analysis.wording import N_, Labelled, Message, say

STUDY = "Zhang et al. 2022, Front Genet 13:822832, Methods"
GATK_MEDIANS = "default of GATK's FilterMutectCalls for the median of an allele's reads"
_PASS = ("PASS",)


class Drop(Labelled):
    """Why a call was dropped, in the order in which the filters are asked."""

    NO_ALTERNATE = "no_alternate_allele", N_("no alternate allele")
    SYMBOLIC = "symbolic_allele", N_("a symbolic allele, breakend or spanning deletion")
    NO_CALL = "no_call", N_("no genotype was called in the tumour")
    REFERENCE = "reference_call", N_("the tumour was called without this allele")
    CALLER = "caller_filter", N_("failed a filter of the caller")
    UNFILTERED = "caller_not_filtered", N_("FILTER “.”: the caller's filters were not applied")
    VAF = "vaf", N_("VAF below the limit")
    MAPQ = "mapq", N_("median mapping quality of the allele's reads below the limit")
    BASE_QUALITY = "base_quality", N_("median base quality of the allele below the limit")
    DEPTH = "depth", N_("depth at the site below the limit")
    POPULATION = "population_frequency", N_("frequent in a population")
    SYNONYMOUS = "synonymous", N_("synonymous")
    NON_CODING = "non_coding", N_("outside the coding sequence and the splice sites")


@dataclass(frozen=True)
class FilterSet:
    """Limits, each None or False where it is not asked for; `sources` name each limit's origin.

    `min_mean_depth`: mean on-target depth of the sample (reads). `min_region_depth`: mean depth
    below which a region is not evaluable (reads). `min_mapq`, `min_base_quality`: Phred, of the
    reads and bases that a coverage counts. `min_median_mapq`, `min_median_base_quality`: Phred, of
    the medians over an allele's reads that a caller states. `min_vaf` and
    `max_population_frequency`: fractions, the latter inclusive. `caller_filter`: drop what the
    caller's FILTER failed. `unfiltered_drops`: drop FILTER "." too, which is not PASS.
    """

    name: str
    version: str
    min_mean_depth: float | None = None
    min_region_depth: float | None = None
    min_mapq: int | None = None
    min_base_quality: int | None = None
    min_median_mapq: int | None = None
    min_median_base_quality: int | None = None
    min_vaf: float | None = None
    min_depth: int | None = None
    caller_filter: bool = True
    unfiltered_drops: bool = False
    max_population_frequency: float | None = None
    drop_synonymous: bool = False
    drop_non_coding: bool = False
    sources: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        for limit in (self.min_vaf, self.max_population_frequency):
            if limit is not None and not 0 <= limit <= 1:
                raise ValueError(f"a fraction lies between 0 and 1, not {limit}")
        medians = (self.min_median_mapq, self.min_median_base_quality)
        reads = (self.min_mapq, self.min_base_quality)
        for limit in (self.min_mean_depth, self.min_depth, *reads, *medians):
            if limit is not None and limit < 0:
                raise ValueError(f"a limit is 0 or more, not {limit}")

    def before_annotation(self, call: Call) -> Drop | None:
        """The first filter that drops the call by its own numbers."""
        if call.vaf is None or not call.alt.isalpha():
            shape = _shape(call)
            if shape is not None:
                return shape
        if call.filters != _PASS:
            failed = self._caller(call)
            if failed is not None:
                return failed
        return self.by_numbers(call)

    def _caller(self, call: Call) -> Drop | None:
        if not call.filters:
            return Drop.UNFILTERED if self.unfiltered_drops else None
        return Drop.CALLER if self.caller_filter else None

    def by_numbers(self, call: Call) -> Drop | None:
        """The first limit that the call's own numbers do not reach."""
        if self.min_vaf is not None and call.vaf is not None and call.vaf < self.min_vaf:
            return Drop.VAF
        if call.mapq is not None and call.mapq < (self.min_median_mapq or 0):
            return Drop.MAPQ
        lowest = self.min_median_base_quality or 0
        if call.base_quality is not None and call.base_quality < lowest:
            return Drop.BASE_QUALITY
        if self.min_depth is not None and call.depth is not None and call.depth < self.min_depth:
            return Drop.DEPTH
        return None

    def after_annotation(self, annotation: Annotation) -> Drop | None:
        """The first filter that drops the call by what the annotator says."""
        limit, frequency = self.max_population_frequency, annotation.frequency
        if limit is not None and frequency is not None and frequency >= limit:
            return Drop.POPULATION
        if self.drop_synonymous and annotation.consequence is VariantConsequence.SYNONYMOUS:
            return Drop.SYNONYMOUS
        if self.drop_non_coding and annotation.consequence is VariantConsequence.NON_CODING:
            return Drop.NON_CODING
        return None

    def unchecked(self, silent: tuple[bool, ...]) -> tuple[Drop, ...]:
        """The filters that a kept call passed only because the file does not state the number.

        `silent`: whether FILTER, VAF, mapping quality, base quality and depth are not stated.
        """
        asked = (
            (Drop.CALLER, self.caller_filter or None),
            (Drop.VAF, self.min_vaf),
            (Drop.MAPQ, self.min_median_mapq),
            (Drop.BASE_QUALITY, self.min_median_base_quality),
            (Drop.DEPTH, self.min_depth),
        )
        pairs = zip(asked, silent, strict=True)
        return tuple(drop for (drop, limit), unstated in pairs if unstated and limit is not None)


class DroppedCall(NamedTuple):
    """A call that was not kept, with the line it stands on and the filter that dropped it.

    A tuple because a file may have very many."""

    line: int
    chrom: str
    pos: int
    ref: str
    alt: str
    reason: Drop
    value: str = ""

    @property
    def message(self) -> Message:
        sentence = N_("line {line}, {place} {ref}>{alt}: {reason}")
        place, reason = f"{self.chrom}:{self.pos}", self.reason
        params = {"line": self.line, "place": place, "ref": self.ref, "alt": self.alt}
        if not self.value:
            return say(sentence, reason=reason, **params)
        sentence = N_("line {line}, {place} {ref}>{alt}: {reason} ({value})")
        return say(sentence, reason=reason, value=self.value, **params)


_NUMBERS = {
    Drop.VAF: "vaf",
    Drop.MAPQ: "mapq",
    Drop.BASE_QUALITY: "base_quality",
    Drop.DEPTH: "depth",
}


def dropped(call: Call, reason: Drop, annotation: Annotation | None = None) -> DroppedCall:
    """The record of a dropped call, with the value that the filter looked at."""
    text = ""
    if reason is Drop.CALLER:
        text = ";".join(call.filters)
    elif reason in (Drop.REFERENCE, Drop.NO_CALL):
        text = call.genotype
    elif reason is Drop.POPULATION and annotation:
        text = f"{annotation.frequency_from} {annotation.frequency:g}"
    elif reason in _NUMBERS:
        value = getattr(call, _NUMBERS[reason])
        text = f"{value:g}" if isinstance(value, float) else str(value)
    return DroppedCall(call.line, call.chrom, call.pos, call.ref, call.alt, reason, text)


def _shape(call: Call) -> Drop | None:
    """Calls that are no small variant of the tumour at all."""
    alt = call.alt
    if alt == ".":
        return Drop.NO_ALTERNATE
    if not alt.isalpha():
        return Drop.SYMBOLIC
    if call.genotype and call.alt_reads is None and call.vaf is None:
        alleles = call.genotype.replace("|", "/").split("/")
        if str(call.allele) not in alleles:
            return Drop.NO_CALL if "." in alleles else Drop.REFERENCE
    return None


_STUDY_SOURCES = (
    ("min_mean_depth", STUDY),
    ("min_mapq", STUDY),
    ("min_base_quality", STUDY),
    ("min_median_mapq", f"{GATK_MEDIANS}; the same as the study's limit on reads"),
    (
        "min_median_base_quality",
        f"{GATK_MEDIANS}; unconfirmed: the study names a limit on bases and none on medians",
    ),
    ("min_vaf", STUDY),
    ("min_region_depth", "one read is the threshold VAF of 1 %, as in the IKZF1 rule"),
    ("caller_filter", "Mutect2 calls that its own filters passed, as GATK advises"),
)

STUDY_FILTERS = FilterSet(
    name="Zhang 2022",
    version="2",
    min_mean_depth=1000,
    min_region_depth=100,
    min_mapq=30,
    min_base_quality=30,
    min_median_mapq=30,
    min_median_base_quality=20,
    min_vaf=0.01,
    sources=_STUDY_SOURCES,
)

CODING_FILTERS = replace(
    STUDY_FILTERS,
    name="Zhang 2022, rare and protein-changing",
    version="2",
    max_population_frequency=0.01,
    drop_synonymous=True,
    drop_non_coding=True,
    sources=(
        *_STUDY_SOURCES,
        (
            "max_population_frequency",
            "usual limit of 1 %, unconfirmed; the study annotates with 1000 Genomes and names none",
        ),
        ("drop_synonymous", "usual practice, unconfirmed; the study does not say it"),
        ("drop_non_coding", "usual practice, unconfirmed; the study does not say it"),
    ),
)

MEDIAN_FILTERS = replace(
    STUDY_FILTERS,
    name="Zhang 2022, medians at the read limits",
    version="1",
    min_median_base_quality=30,
    sources=tuple(
        (limit, "the study's limit on bases taken for the median as well; unconfirmed")
        if limit == "min_median_base_quality"
        else (limit, source)
        for limit, source in _STUDY_SOURCES
    ),
)

FILTER_SETS = {item.name: item for item in (STUDY_FILTERS, CODING_FILTERS, MEDIAN_FILTERS)}
