"""What the laboratory knows of one child's IKZF1, as it goes into the rule, and the thresholds.

Each assay says first whether it was done and whether it could be read; an answer is never a
boolean.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from analysis.calls import CopyCall, Reason
from analysis.wording import N_, Labelled, Message


class VariantConsequence(Labelled):
    """What a sequence variant does, as a person or an annotator recorded it."""

    MISSENSE = "missense", N_("missense")
    NONSENSE = "nonsense", N_("nonsense")
    FRAMESHIFT = "frameshift", N_("frameshift")
    INFRAME = "inframe", N_("in-frame insertion or deletion")
    SPLICE = "splice", N_("splice site")
    START_LOST = "start_lost", N_("start codon lost")
    STOP_LOST = "stop_lost", N_("stop codon lost")
    SYNONYMOUS = "synonymous", N_("synonymous")
    NON_CODING = "non_coding", N_("outside the coding sequence and the splice sites")
    OTHER = "other", N_("other")
    UNKNOWN = "", N_("consequence not recorded")


class Classification(Labelled):
    """Set by a person; UNCLASSIFIED where nobody has."""

    PATHOGENIC = "pathogenic", N_("pathogenic")
    LIKELY_PATHOGENIC = "likely_pathogenic", N_("likely pathogenic")
    UNCERTAIN = "uncertain", N_("of uncertain significance")
    LIKELY_BENIGN = "likely_benign", N_("likely benign")
    BENIGN = "benign", N_("benign")
    UNCLASSIFIED = "", N_("not classified by a person")


@dataclass(frozen=True)
class ExonCall:
    """Copy number of one exon (1..8); `ratio` 1 is normal; `probes` are the ways back to them.

    Raises ValueError on an exon that IKZF1 does not have, a call that is none, or a ratio below 0.
    """

    exon: int
    call: CopyCall
    ratio: float | None = None
    probes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not 1 <= self.exon <= 8:
            raise ValueError(f"IKZF1 has exons 1 to 8, not {self.exon}")
        object.__setattr__(self, "call", CopyCall(self.call))
        if self.ratio is not None and not self.ratio >= 0:
            raise ValueError(f"a ratio is 0 or more, not {self.ratio}")


@dataclass(frozen=True)
class CopyNumberAssay:
    """MLPA of one specimen. `adequate` None: nobody recorded whether it could be read.

    `blast_percent` 0..100 of the specimen; `settled_exons` are those whose call a person set
    against the machine's. What makes it inadequate is `failed_checks` of its file, or
    `inadequate_reason` in the words of a person. Raises ValueError where an exon has two calls, a
    share lies outside its limits, or an assay that was not done has answers.
    """

    tested: bool
    adequate: bool | None = None
    exons: tuple[ExonCall, ...] = ()
    blast_percent: float | None = None
    inadequate_reason: str = ""
    source: str = ""
    settled_exons: tuple[int, ...] = ()
    failed_checks: tuple[Reason, ...] = ()

    def __post_init__(self) -> None:
        numbers = [item.exon for item in self.exons]
        if len(numbers) != len(set(numbers)):
            raise ValueError("one call an exon: merge the probes of an exon first")
        if self.blast_percent is not None and not 0 <= self.blast_percent <= 100:
            raise ValueError(f"blasts are 0 to 100 percent, not {self.blast_percent}")
        if not self.tested and any(item.call != CopyCall.NOT_TESTED for item in self.exons):
            raise ValueError("exon calls of an assay that was not done")


@dataclass(frozen=True)
class Variant:
    """One sequence variant. `vaf` is a fraction 0..1, `depth` reads at the site.

    `consequence` and `classification` hold values of `VariantConsequence` and `Classification`;
    "" where nobody recorded one. Raises ValueError on other values.
    """

    gene: str
    transcript: str
    hgvs_c: str
    hgvs_p: str = ""
    consequence: str = ""
    vaf: float | None = None
    depth: int | None = None
    classification: str = ""
    source: str = ""

    def __post_init__(self) -> None:
        VariantConsequence(self.consequence)
        Classification(self.classification)
        if self.vaf is not None and not 0 <= self.vaf <= 1:
            raise ValueError(f"a VAF is a fraction between 0 and 1, not {self.vaf}")
        if self.depth is not None and self.depth < 0:
            raise ValueError(f"a depth is 0 or more, not {self.depth}")


@dataclass(frozen=True)
class SequencingAssay:
    """Sequencing of one specimen. `low_exons`: IKZF1 exons below the depth limit of the panel.

    `covers_ikzf1` None: the panel's gene list is not known. Raises ValueError where an assay that
    was not done has variants.
    """

    tested: bool
    adequate: bool | None = None
    variants: tuple[Variant, ...] = ()
    low_exons: tuple[int, ...] = ()
    covers_ikzf1: bool | None = None
    inadequate_reason: str | Message = ""
    source: str = ""

    def __post_init__(self) -> None:
        if not self.tested and self.variants:
            raise ValueError("variants of an assay that was not done")
        if any(not 1 <= exon <= 8 for exon in self.low_exons):
            raise ValueError(f"IKZF1 has exons 1 to 8, not {self.low_exons}")


@dataclass(frozen=True)
class Ikzf1Evidence:
    """The assays that speak, and the other adequate ones at diagnosis, from the latest on."""

    copy_number: CopyNumberAssay = field(default_factory=lambda: CopyNumberAssay(tested=False))
    sequencing: SequencingAssay = field(default_factory=lambda: SequencingAssay(tested=False))
    other_copy_number: tuple[CopyNumberAssay, ...] = ()
    other_sequencing: tuple[SequencingAssay, ...] = ()


@dataclass(frozen=True)
class Ikzf1Rules:
    """The thresholds, the study's by default.

    `min_vaf`: variants below it are not counted (fraction). `blast_floor`: below it (percent) a
    normal MLPA excludes nothing, as clones under about 20 % are missed. `blast_caution`: up to it
    the ratio of a heterozygous deletion in every blast, 1 - 0.5 b, is 0.80 or more and reads as
    normal, so that a normal MLPA is not evaluable either. `splice_bases`: intron bases beside an
    exon that count as its splice site.
    """

    min_vaf: float = 0.01
    blast_floor: float = 20.0
    blast_caution: float = 40.0
    splice_bases: int = 2
    source: str = (
        "Zhang et al. 2022, Front Genet 13:822832 (VAF at least 1 %); SALSA MLPA P335 (clones "
        "under about 20 % are missed; normal ratio 0.80-1.20)"
    )

    def __post_init__(self) -> None:
        if not 0 < self.min_vaf < 1:
            raise ValueError(f"the VAF threshold lies between 0 and 1, not {self.min_vaf}")
        if not 0 <= self.blast_floor <= self.blast_caution <= 100:
            raise ValueError("blast thresholds are percents, the floor not above the caution")

    @property
    def min_depth(self) -> int:
        """Reads needed for the threshold VAF to be one whole read: 100 at 1 %."""
        return math.ceil(round(1 / self.min_vaf, 6))


STUDY_RULES = Ikzf1Rules()
