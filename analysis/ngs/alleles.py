"""Alleles brought to one form: parsimonious, and left-aligned where the reference is at hand.

The method is that of Tan, Abecasis and Kang 2015 (Bioinformatics 31:2202): bases that both alleles
share are cut from the right, an empty allele is filled with the base before it, and then bases
that both share are cut from the left, but for the last one.
"""

from __future__ import annotations

from collections.abc import Callable

# (contig, 0-based start, 0-based end) -> bases
Reference = Callable[[str, int, int], str]
WINDOW = 200


def parsimonious(pos: int, ref: str, alt: str) -> tuple[int, str, str]:
    """(pos, ref, alt) without bases that both share, as far as each keeps one."""
    if len(ref) == 1 or len(alt) == 1:
        return pos, ref, alt
    end = 0
    limit = min(len(ref), len(alt)) - 1
    while end < limit and ref[-1 - end] == alt[-1 - end]:
        end += 1
    if end:
        ref, alt = ref[:-end], alt[:-end]
    start = 0
    limit = min(len(ref), len(alt)) - 1
    while start < limit and ref[start] == alt[start]:
        start += 1
    return pos + start, ref[start:], alt[start:]


def left_aligned(
    chrom: str, pos: int, ref: str, alt: str, reference: Reference
) -> tuple[int, str, str]:
    """The leftmost form of the same change, parsimonious. `pos` is 1-based."""
    before, before_end = "", pos - 1  # bases before `pos`, read in windows
    while ref[-1:] == alt[-1:] and (ref or alt):
        if min(len(ref), len(alt)) > 1:
            ref, alt = ref[:-1], alt[:-1]
            continue
        if pos == 1:
            break
        if not before:
            start = max(0, before_end - WINDOW)
            before, before_end = reference(chrom, start, before_end).upper(), start
        ref, alt, before, pos = before[-1] + ref[:-1], before[-1] + alt[:-1], before[:-1], pos - 1
    return parsimonious(pos, ref, alt)
