"""Whole lines of a VCF, checked and taken apart by one pattern for each sequence of keys met.

A pattern is made when a record with new INFO and FORMAT keys was found right field by field; the
next one like it passes in one step. What no pattern matches is not wrong yet: it is only looked at
the slow way.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from analysis.ngs import grammar
from analysis.ngs.allele_numbers import FRACTIONS, median_of
from analysis.ngs.header import Tumour, VcfHeader
from analysis.ngs.record_check import InfoShapes

# CHROM, POS, REF, ALT and FILTER of a record with one alternate allele of bases.
_FRONT = (
    r"([^\t ]++)\t([1-9][0-9]{0,9}+)\t[^\t]*+\t([ACGTNacgtn]++)\t([ACGTNacgtn]++)\t"
    rf"(?:{grammar.QUALITY.pattern})\t([^\t]++)\t"
)
FRONT_GROUPS = 5
# A pattern takes some milliseconds to make: only for keys met twice, and not for ever new ones.
MOST_LEARNED, MOST_SEEN = 300, 10_000
_VALUES = re.compile("=[^;]*")
# The last group of every pattern is empty: it stands for what the line does not have.
_ABSENT = -1


@dataclass(frozen=True, slots=True)
class LineShape:
    """One sequence of keys: its pattern, the names of the groups behind the first five (`names`
    of INFO, then `keys` of FORMAT), and the places of the numbers among the groups."""

    pattern: re.Pattern[str]
    names: tuple[str, ...]
    keys: tuple[str, ...]
    genotype: int
    reads: int
    depth: int
    fraction: int
    fraction_from: str
    mapq: int
    base_quality: int

    def numbers(self, values: tuple[str, ...]) -> tuple | None:
        """`AlleleNumbers` as a plain tuple; None where AD and the fraction are not plainly said,
        which is for `numbers_of` to weigh."""
        ref_reads, _, alt_reads = values[self.reads].partition(",")
        if not (ref_reads.isdecimal() and alt_reads.isdecimal()):
            return None
        own, depth = int(alt_reads), values[self.depth]
        try:
            vaf = float(values[self.fraction])
        except ValueError:
            return None
        if not 0 <= vaf <= 1:
            return None
        return (
            vaf,
            self.fraction_from,
            int(depth) if depth.isdecimal() else int(ref_reads) + own,
            own,
            median_of(values[self.mapq], 0, 1) if self.mapq > 0 else None,
            median_of(values[self.base_quality], 0, 1) if self.base_quality > 0 else None,
            values[self.genotype],
        )


class LinePatterns:
    """Whole lines with one alternate allele, by the sequences of keys met so far."""

    def __init__(self, header: VcfHeader, tumour: Tumour, shapes: InfoShapes):
        self.header, self.tumour, self.shapes = header, tumour, shapes
        self.tabs = len(header.samples) + 8
        self.known: dict[tuple[str, str], LineShape] = {}
        self.seen: set[tuple[str, str]] = set()
        # The shape to try first: the last one met with as many fields in the line.
        self.likely: dict[int, LineShape] = {}

    def match(self, line: str) -> tuple[LineShape, tuple[str, ...]] | None:
        """The shape of a line and its groups; None where no pattern matches.

        The groups are CHROM, POS, REF, ALT, FILTER and the values of `names` and of `keys`, ""
        where the sample's column ends before them.
        """
        if line.count("\t") != self.tabs:
            return None
        fields = line.count(";")
        shape = self.likely.get(fields)
        if shape is not None:
            match = shape.pattern.fullmatch(line)
            if match is not None:
                return shape, match.groups("")
        cells = line.split("\t")
        other = self.known.get(_signature(cells[7], cells[8]))
        if other is None or other is shape:
            return None
        self.likely[fields] = other
        match = other.pattern.fullmatch(line)
        return None if match is None else (other, match.groups(""))

    def learn(self, info: str, format_keys: str) -> None:
        """Take the keys of a record that was found right, so that its like passes quickly."""
        signature = _signature(info, format_keys)
        if signature not in self.seen:
            if len(self.seen) < MOST_SEEN:
                self.seen.add(signature)
        elif len(self.known) < MOST_LEARNED and signature not in self.known:
            self.known[signature] = self._shape(info, format_keys)

    def _shape(self, info: str, format_keys: str) -> LineShape:
        text, names = self.shapes.pattern_of(info, in_line=True)
        keys = tuple(format_keys.split(":"))
        columns = [
            grammar.sample_column(keys, self.header.format, alternates=1, named=place)
            for place in (index == self.tumour.column for index in range(len(self.header.samples)))
        ]
        text = _FRONT + text + "\t" + re.escape(format_keys)
        text += "".join(f"\t{column.pattern}" for column in columns) + "()"
        wanted = tuple(key for key in keys if key in grammar.WANTED)
        place = {name: index for index, name in enumerate(wanted, FRONT_GROUPS + len(names))}
        fraction = next((name for name in FRACTIONS if name in place), "")
        inside = {name: index for index, name in enumerate(names, FRONT_GROUPS)}
        both = any(name in place and name in inside for name in ("MMQ", "MBQ"))
        return LineShape(
            pattern=re.compile(text),
            names=names,
            keys=wanted,
            genotype=place.get("GT", _ABSENT),
            reads=_ABSENT if both else place.get("AD", _ABSENT),
            depth=place.get("DP", _ABSENT),
            fraction=place.get(fraction, _ABSENT),
            fraction_from=fraction,
            mapq=(inside | place).get("MMQ", _ABSENT),
            base_quality=(inside | place).get("MBQ", _ABSENT),
        )


def _signature(info: str, format_keys: str) -> tuple[str, str]:
    """The keys of INFO and of FORMAT, in their order."""
    return _VALUES.sub("", info), format_keys
