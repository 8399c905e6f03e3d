"""The numbers that a caller states for one alternate allele: fraction, reads, qualities."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

# Where a caller states the fraction, in the order in which they are asked.
FRACTIONS = ("AF", "FA", "FREQ")


class AlleleNumbers(NamedTuple):
    """`vaf` is a fraction, None where neither AF, FA, FREQ nor AD says it, and `vaf_from` its
    field; `depth` is DP, else the sum of AD (GATK 3 writes no DP). `mapq` and `base_quality` are
    the medians of the allele's reads. `genotype` as written, "" if there is none."""

    vaf: float | None
    vaf_from: str
    depth: int | None
    alt_reads: int | None
    mapq: float | None
    base_quality: float | None
    genotype: str


def numbers_of(
    sample: Mapping[str, str | None], info: Mapping[str, str], index: int, count: int
) -> AlleleNumbers:
    """The numbers of alternate allele `index` (from 0) of `count`, from the tumour's column."""
    reads = _integers(sample.get("AD"))
    if len(reads) != count + 1:
        reads = []
    depth = _integer(sample.get("DP"))
    if depth is None and reads and None not in reads:
        depth = sum(reads)
    own = reads[index + 1] if reads and count else None
    vaf, vaf_from = _vaf(sample, index, count, reads, own)
    mapq, quality = sample.get("MMQ") or info.get("MMQ"), sample.get("MBQ") or info.get("MBQ")
    return AlleleNumbers(
        vaf,
        vaf_from,
        depth,
        own,
        median_of(mapq or "", index, count),
        median_of(quality or "", index, count),
        sample.get("GT") or "",
    )


def _vaf(
    sample: Mapping[str, str | None],
    index: int,
    count: int,
    reads: list[int | None],
    own: int | None,
) -> tuple[float | None, str]:
    """The fraction that the caller states, else that of the reads; and where it stands."""
    for name in FRACTIONS:
        text = sample.get(name)
        if not text or text == ".":
            continue
        values = text.split(",") if "," in text else (text,)
        number = _fraction(values[index]) if len(values) == count else None
        if number is not None:
            return number, name
    known = sum(item for item in reads if item) if own is not None else 0
    return (round(own / known, 6), "AD") if known else (None, "")


def _fraction(text: str) -> float | None:
    """ "0.012" or "1.2%" as a fraction, None where it is none."""
    try:
        number = round(float(text[:-1]) / 100, 6) if text[-1:] == "%" else float(text)
    except ValueError:
        return None
    return number if 0 <= number <= 1 else None


def _integers(text: str | None) -> list[int | None]:
    if not text or text == ".":
        return []
    values = text.split(",")
    return list(map(_integer, values)) if "." in text or "-" in text else list(map(int, values))


def _integer(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() else None


@lru_cache(maxsize=4096)
def median_of(text: str, index: int, count: int) -> float | None:
    """A median of one allele, from a list for the alternates alone or with REF first."""
    values = text.split(",")
    place = index + 1 if len(values) == count + 1 else index
    try:
        return float(values[place]) if place < len(values) else None
    except ValueError:
        return None
