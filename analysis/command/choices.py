"""What several commands let a person choose: filters, build, reference, how depth counts."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analysis.ngs.coverage import MateOverlap
    from analysis.ngs.filters import FilterSet

BUILDS = ("GRCh37", "GRCh38")
SETS = ("study", "coding", "none")


def add_filters(parser: ArgumentParser) -> None:
    """The filter set and its limits."""
    group = parser.add_argument_group("filters")
    group.add_argument(
        "--filters",
        choices=SETS,
        default="study",
        help="study: the limits of Zhang et al. 2022 (the default); coding: these, and rare and "
        "protein-changing only; none: keep every call",
    )
    group.add_argument(
        "--no-filters", action="store_const", const="none", dest="filters", help="--filters none"
    )
    group.add_argument("--min-vaf", type=fraction, metavar="FRACTION", help="0 to 1")
    group.add_argument("--min-mapq", type=whole, metavar="PHRED", help="mapping quality")
    group.add_argument("--min-baseq", type=whole, metavar="PHRED", help="base quality")


def add_places(parser: ArgumentParser) -> None:
    parser.add_argument("--build", choices=BUILDS, default="", help="that the files must be on")
    parser.add_argument(
        "--reference", type=Path, metavar="FASTA",
        help="with its .fai: indels are left-aligned and REF is checked; needed for CRAM",
    )  # fmt: skip


def add_coverage(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--overlap", choices=("once", "twice"), default="twice",
        help="how a base counts that both mates read (default: twice, as samtools depth does)",
    )  # fmt: skip
    parser.add_argument(
        "--depths", type=depths, metavar="N,N,...",
        help="depths whose share of the panel's bases is told (default: 100,500,1000)",
    )  # fmt: skip


def filters_of(options: Namespace) -> FilterSet:
    """The set that the options name, with the limits that they change; the name says so."""
    from analysis.ngs.filters import CODING_FILTERS, STUDY_FILTERS, FilterSet

    nothing = FilterSet(name="none", version="1", caller_filter=False)
    chosen = {"study": STUDY_FILTERS, "coding": CODING_FILTERS, "none": nothing}[options.filters]
    own = {
        "min_vaf": options.min_vaf,
        "min_mapq": options.min_mapq,
        "min_base_quality": options.min_baseq,
    }
    changed = {name: limit for name, limit in own.items() if limit is not None}
    if not changed:
        return chosen
    limits = ", ".join(f"{name} {limit:g}" for name, limit in changed.items())
    # A limit that a person names holds for the medians of a VCF as well as for reads.
    medians = {
        f"min_median_{name[4:]}": limit for name, limit in changed.items() if name != "min_vaf"
    }
    return replace(chosen, name=f"{chosen.name} ({limits})", **changed, **medians)


def overlap_of(options: Namespace) -> MateOverlap:
    from analysis.ngs.coverage import MateOverlap

    return MateOverlap(options.overlap)


def depths_of(options: Namespace) -> tuple[int, ...]:
    from analysis.ngs.coverage import DEPTHS

    return options.depths or DEPTHS


def fraction(text: str) -> float:
    value = _number(text)
    if not 0 <= value <= 1:
        raise ArgumentTypeError(f"a fraction lies between 0 and 1, not {text}")
    return value


def percent(text: str) -> float:
    value = _number(text)
    if not 0 <= value <= 100:
        raise ArgumentTypeError(f"a percentage lies between 0 and 100, not {text}")
    return value


def positive(text: str) -> float:
    value = _number(text)
    if not 0 < value < float("inf"):
        raise ArgumentTypeError(f"a number above 0, not {text}")
    return value


def finite(text: str) -> float:
    value = _number(text)
    if not -float("inf") < value < float("inf"):
        raise ArgumentTypeError(f"a number, not {text}")
    return value


def whole(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise ArgumentTypeError(f"a whole number, 0 or more, not {text}")
    return int(text)


def depths(text: str) -> tuple[int, ...]:
    return tuple(sorted({whole(part.strip()) for part in text.split(",")}))


def exons(text: str) -> tuple[int, ...]:
    """Exons of IKZF1."""
    found = depths(text)
    if not all(1 <= exon <= 8 for exon in found):
        raise ArgumentTypeError(f"IKZF1 has exons 1 to 8, not {text}")
    return found


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ArgumentTypeError(f"no number: {text}") from None
