"""The strict check of one VCF record, column by column; everything wrong with it is noted.

Records whose like was met before need not come here: see `line_patterns`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from analysis.file_problems import ProblemBook
from analysis.ngs import grammar
from analysis.ngs.build import bare
from analysis.ngs.header import VcfHeader
from analysis.wording import N_

MOST_PATTERNS = 5000
# ANNOVAR repeats its keys for each alternate allele between these two.
ANNOVAR_START = "ANNOVAR_DATE"
UNKNOWN_END = 1 << 34
COUNTED_INFO = ("MMQ", "MBQ")


class InfoShapes:
    """INFO columns checked against the header, and the values of the wanted keys."""

    def __init__(self, header: VcfHeader, wanted: Iterable[str]):
        self.header = header
        self.wanted = frozenset(wanted)
        self.patterns: dict[tuple[str, int], re.Pattern[str] | None] = {}

    def read(self, info: str, alternates: int) -> list[tuple[str, str]] | None:
        """(key, value) of the wanted keys in their order, or None where a field is wrong."""
        if info == ".":
            return []
        found, keys = [], []
        for part in info.split(";"):
            key, equals, value = part.partition("=")
            pattern = self._pattern(key, alternates)
            if pattern is None or not pattern.fullmatch(part):
                return None
            keys.append(key)
            if equals and key in self.wanted:
                found.append((key, value))
        return None if _repeated(keys) else found

    def _pattern(self, key: str, alternates: int) -> re.Pattern[str] | None:
        """The pattern of one field; None where it is not declared."""
        known = self.patterns.get((key, alternates), False)
        if known is not False:
            return known
        if key not in self.header.info:
            return None
        if len(self.patterns) > MOST_PATTERNS:
            self.patterns.clear()
        pattern = self.patterns[key, alternates] = re.compile(self._part(key, alternates))
        return pattern

    def pattern_of(
        self, info: str, alternates: int = 1, *, in_line: bool = False
    ) -> tuple[str, tuple[str, ...]]:
        """The pattern of INFO columns with these keys, and the names of its groups.

        `in_line`: a tab follows. Only the last field could run over it; the others stop at their
        semicolon, and a tab inside them would be one more than the line may have.
        """
        if info == ".":
            return r"\.", ()
        parts, names = [], []
        for key in _keys(info):
            part = self._part(key, alternates)
            if key in self.wanted and self.header.info[key].type != "Flag":
                start = len(re.escape(key)) + 1
                part = f"{part[:start]}({part[start:]})"
                names.append(key)
            parts.append(part)
        if in_line:
            parts[-1] = parts[-1].replace("[^;]*+", r"[^;\t]*+")
        return ";".join(parts), tuple(names)

    def _part(self, key: str, alternates: int) -> str:
        field, counted = self.header.info[key], key in COUNTED_INFO
        return grammar.info_field(key, field, alternates=alternates, counted=counted)

    def explain(self, number: int, info: str, alternates: int, book: ProblemBook) -> None:
        """Note everything that is wrong with an INFO column that `read` did not take."""
        parts, keys = info.split(";"), _keys(info)
        for key in sorted(_repeated(keys)):
            book.note(number, N_("INFO {name} stands twice"), name=key)
        for key, part in zip(keys, parts, strict=True):
            if not key:
                book.note(number, N_("an empty INFO field"))
            elif key not in self.header.info:
                sentence = N_("INFO {name} is not declared in the header")
                book.note(number, sentence, name=key)
            elif not self._pattern(key, alternates).fullmatch(part):
                sentence = N_("INFO {name} is no {kind}: {text}")
                kind = self.header.info[key].type
                book.note(number, sentence, name=key, kind=kind, text=part)


def _keys(info: str) -> list[str]:
    return [part.partition("=")[0] for part in info.split(";")]


def _repeated(keys: list[str]) -> set[str]:
    """Keys that stand twice, ANNOVAR's blocks (one an alternate allele) each by itself."""
    seen: set[str] = set()
    twice: set[str] = set()
    if len(set(keys)) == len(keys):
        return twice
    for key in keys:
        if key == ANNOVAR_START:
            seen.clear()
        if key in seen and key != "ALLELE_END":
            twice.add(key)
        seen.add(key)
    return twice


class RecordCheck:
    """The columns of records, checked against one header."""

    def __init__(self, header: VcfHeader, lengths: dict[str, int]):
        """`lengths` serve where the header declares no contigs (without "chr"); may be empty."""
        self.header = header
        self.lengths = lengths
        self.filters: dict[str, tuple[str, ...]] = {".": (), "PASS": ("PASS",)}
        self.ends: dict[str, int] = {}
        self.columns: dict[tuple[str, int], re.Pattern[str] | None] = {}

    def place(self, chrom: str, pos: str) -> bool:
        """Whether the contig is known and holds the position."""
        if not pos.isdecimal() or not pos.isascii() or len(pos) > 10 or pos[0] == "0":
            return False
        return int(pos) <= self.end_of(chrom)

    def end_of(self, chrom: str) -> int:
        """The last position of a contig, as far as it is known; 0 where there is no such contig."""
        end = self.ends.get(chrom)
        if end is None:
            if self.header.contigs:
                known = self.header.contigs.get(chrom, 0)
                end = UNKNOWN_END if known is None else known
            else:
                bad = not chrom or " " in chrom
                end = 0 if bad else self.lengths.get(bare(chrom), UNKNOWN_END)
            if len(self.ends) < 10_000:
                self.ends[chrom] = end
        return end

    def right(self, cells: list[str], alternates: tuple[str, ...]) -> bool:
        """Whether the columns before INFO are right."""
        chrom, pos, _, ref, _, qual, filters = cells[:7]
        return (
            self.place(chrom, pos)
            and grammar.BASES.fullmatch(ref) is not None
            and all(alt != ref and grammar.ALLELE.fullmatch(alt) for alt in alternates)
            and len(set(alternates)) == len(alternates)
            and grammar.QUALITY.fullmatch(qual) is not None
            and self.filter_words(filters) is not None
        )

    def filter_words(self, text: str) -> tuple[str, ...] | None:
        """() for ".", ("PASS",), or the filters that the record failed; None where wrong."""
        known = self.filters.get(text)
        if known is None:
            words = tuple(text.split(";"))
            declared = self.header.filters
            if "PASS" in words or "." in words or any(word not in declared for word in words):
                return None
            known = self.filters[text] = words
        return known

    def column_pattern(self, keys: str, alternates: int) -> re.Pattern[str] | None:
        """The pattern of a sample's column under FORMAT `keys`; None where FORMAT is wrong."""
        known = self.columns.get((keys, alternates), False)
        if known is not False:
            return known
        names = tuple(keys.split(":"))
        fields = self.header.format
        right = len(set(names)) == len(names) <= 200 and all(name in fields for name in names)
        if right and "GT" in names[1:]:
            right = False
        pattern = grammar.sample_column(names, fields, alternates=alternates) if right else None
        if len(self.columns) < 2000:
            self.columns[keys, alternates] = pattern
        return pattern

    def explain(self, number: int, cells: list[str], book: ProblemBook) -> None:
        """Note what is wrong with the columns besides INFO."""
        chrom, pos, _, ref, alt, qual, filters, _, keys = cells[:9]
        self._explain_place(number, chrom, pos, book)
        if not grammar.BASES.fullmatch(ref):
            book.note(number, N_("REF is no sequence of A, C, G, T, N: {text}"), text=ref)
        alts = alt.split(",")
        for item in alts:
            if item != "." and not grammar.ALLELE.fullmatch(item):
                book.note(number, N_("ALT is no allele: {text}"), text=item)
        if len(set(alts)) != len(alts) or ref in alts or ("." in alts and len(alts) > 1):
            book.note(number, N_("ALT names an allele twice, or REF: {text}"), text=alt)
        if not grammar.QUALITY.fullmatch(qual):
            book.note(number, N_("QUAL is no number: {text}"), text=qual)
        self._explain_filters(number, filters, book)
        self._explain_samples(number, keys, cells[9:], 0 if alt == "." else len(alts), book)

    def _explain_place(self, number: int, chrom: str, pos: str, book: ProblemBook) -> None:
        known = self.header.contigs
        if not chrom or " " in chrom or (known and chrom not in known):
            book.note(number, N_("contig {name} is not declared in the header"), name=chrom)
        elif not grammar.POSITION.fullmatch(pos):
            book.note(number, N_("POS is no position: {text}"), text=pos)
        elif not self.place(chrom, pos):
            length = known.get(chrom) if known else self.lengths.get(bare(chrom))
            sentence = N_("POS {pos} lies beyond the end of {name} ({length})")
            book.note(number, sentence, pos=pos, name=chrom, length=length)

    def _explain_filters(self, number: int, text: str, book: ProblemBook) -> None:
        if self.filter_words(text) is not None:
            return
        for word in text.split(";"):
            if word in ("", ".", "PASS"):
                book.note(number, N_("FILTER cannot be read: {text}"), text=text)
            elif word not in self.header.filters:
                sentence = N_("FILTER {name} is not declared in the header")
                book.note(number, sentence, name=word)

    def _explain_samples(
        self, number: int, keys: str, columns: list[str], alternates: int, book: ProblemBook
    ) -> None:
        names, fields = keys.split(":"), self.header.format
        if len(set(names)) != len(names):
            book.note(number, N_("FORMAT names a field twice: {text}"), text=keys)
        if "GT" in names[1:]:
            book.note(number, N_("GT must be the first field of FORMAT: {text}"), text=keys)
        for name in names:
            if name not in fields:
                sentence = N_("FORMAT {name} is not declared in the header")
                book.note(number, sentence, name=name)
        for sample, column in zip(self.header.samples, columns, strict=True):
            cells = column.split(":")
            if len(cells) > len(names):
                sentence = N_("sample {sample} has more fields than FORMAT names")
                book.note(number, sentence, sample=sample)
            for name, cell in zip(names, cells, strict=False):
                if name in fields and not _fits(name, fields, alternates, cell):
                    sentence = N_("{name} of sample {sample} cannot be read: {text}")
                    book.note(number, sentence, name=name, sample=sample, text=cell)


def _fits(name: str, fields: dict, alternates: int, cell: str) -> bool:
    return bool(re.fullmatch(grammar.cell(name, fields[name], alternates=alternates), cell))
