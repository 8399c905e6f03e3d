"""VCF and BCF, checked strictly and read as typed records, one for each alternate allele.

Text is read line by line: pysam opens many a broken file without a word, so that nothing is
believed before the line has been checked, and what has been checked need not be read twice. BCF is
unpacked by pysam into the same lines. Numbers keep the digits of the file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from analysis.file_problems import ProblemBook
from analysis.ngs import alleles, grammar
from analysis.ngs.allele_numbers import numbers_of
from analysis.ngs.build import Build, BuildBasis, contig_lengths
from analysis.ngs.header import Tumour, VcfHeader, tumour_of
from analysis.ngs.line_patterns import FRONT_GROUPS, LinePatterns
from analysis.ngs.record_check import ANNOVAR_START, InfoShapes, RecordCheck
from analysis.ngs.text_lines import Limits, check_size, chunks, lines
from analysis.wording import N_

BCF_MAGIC = b"BCF\x02"
MOST_LINES_WRONG = 100
_ONE_BASE = frozenset("ACGTN")


class Call(NamedTuple):
    """One alternate allele of one record, in the tumour.

    `line` is that of the (unpacked) text, `pos` 1-based; `alt` "." where the record names none.
    `filters` () stands for FILTER ".", which is not PASS. From `vaf` to `genotype` the fields are
    those of `AlleleNumbers`. `allele` is the number of ALT in the genotype, `alternates` are all
    of the record; `written` is (POS, REF, ALT) as in the file, `info` holds the wanted INFO fields.
    """

    line: int
    chrom: str
    pos: int
    ref: str
    alt: str
    filters: tuple[str, ...]
    vaf: float | None
    vaf_from: str
    depth: int | None
    alt_reads: int | None
    mapq: float | None
    base_quality: float | None
    genotype: str
    allele: int
    alternates: tuple[str, ...]
    written: tuple[int, str, str]
    info: dict[str, str]


@dataclass
class VcfReader:
    """One open file: its header, its tumour, and the calls, to be taken once.

    `records` counts the lines of records read so far.
    """

    header: VcfHeader
    tumour: Tumour
    build: Build
    check: RecordCheck
    shapes: InfoShapes
    patterns: LinePatterns
    book: ProblemBook
    limits: Limits
    body: Iterator[tuple[int, str]]
    reference: alleles.Reference | None = None
    records: int = 0

    def calls(self) -> Iterator[Call]:
        """Every allele of every record. At the end raises `FileRefused` if any line was wrong."""
        for number, line in self.body:
            self.records += 1
            if self.records > self.limits.max_records:
                sentence = N_("more than the {limit} records that are read")
                raise self.book.stop(number, sentence, limit=self.limits.max_records)
            call = self._quickly(number, line)
            if call is not None:
                yield call
            else:
                yield from self._slowly(number, line)
        self.book.refuse()

    def _quickly(self, number: int, line: str) -> Call | None:
        """The call of a right record whose like was met before."""
        found = self.patterns.match(line)
        if found is None:
            return None
        shape, values = found
        chrom, pos, ref, alt, filters = values[:FRONT_GROUPS]
        words, start = self.check.filters.get(filters), int(pos)
        # Filters and contigs not met before go the slow way, which remembers them.
        if words is None or alt == ref or start > self.check.ends.get(chrom, 0):
            return None
        info = dict(zip(shape.names, values[FRONT_GROUPS:]))  # noqa: B905
        numbers = shape.numbers(values)
        if numbers is None:
            sample = zip(shape.keys, values[FRONT_GROUPS + len(shape.names) :], strict=False)
            numbers = numbers_of(dict(sample), info, 0, 1)
        form = written = (start, ref, alt)
        if self.reference is not None:
            form = self._form(number, chrom, written)
        elif ref not in _ONE_BASE or alt not in _ONE_BASE:
            form = alleles.parsimonious(start, ref.upper(), alt.upper())
        return Call._make((number, chrom, *form, words, *numbers, 1, (alt,), written, info))

    def _slowly(self, number: int, line: str) -> Iterable[Call]:
        """A record whose like was not met before, or that is wrong."""
        cells = line.split("\t")
        if len(cells) != len(self.header.samples) + 9:
            sentence = N_("{found} columns instead of {wanted}")
            wanted = len(self.header.samples) + 9
            self._wrong(number, sentence, found=len(cells), wanted=wanted)
            return ()
        chrom, pos, _, ref, alt, _, filters, info, keys = cells[:9]
        alternates = () if alt == "." else tuple(alt.split(","))
        pattern = self.check.column_pattern(keys, len(alternates))
        matches = [pattern.fullmatch(cell) for cell in cells[9:]] if pattern else [None]
        right = self.check.right(cells, alternates) and None not in matches
        if not right:
            self.check.explain(number, cells, self.book)
        fields = self.shapes.read(info, len(alternates))
        if fields is None:
            self.shapes.explain(number, info, len(alternates), self.book)
        if not right or fields is None:
            self._enough()
            return ()
        if len(alternates) == 1:
            self.patterns.learn(info, keys)
        sample = matches[self.tumour.column].groupdict()
        place, words = (chrom, int(pos), ref), self.check.filter_words(filters) or ()
        infos = _by_allele(fields, len(alternates))
        return [
            self._call(number, place, alternates, i, words, infos[min(i, len(infos) - 1)], sample)
            for i in range(max(1, len(alternates)))
        ]

    def _wrong(self, number: int, sentence: str, **params: object) -> None:
        self.book.note(number, sentence, **params)
        self._enough()

    def _enough(self) -> None:
        """A file that is wrong throughout is not read to its end."""
        if len(self.book.found) >= MOST_LINES_WRONG:
            self.book.refuse()

    def _call(
        self,
        number: int,
        place: tuple[str, int, str],
        alternates: tuple[str, ...],
        index: int,
        words: tuple[str, ...],
        info: dict[str, str],
        sample: dict[str, str | None],
    ) -> Call:
        """The allele `alternates[index]`, or the reference itself where there is none."""
        chrom, pos, ref = place
        count = len(alternates)
        written = (pos, ref, alternates[index] if count else ".")
        form = self._form(number, chrom, written)
        numbers = numbers_of(sample, info, index, count)
        return Call(number, chrom, *form, words, *numbers, index + 1, alternates, written, info)

    def _matches_reference(self, number: int, chrom: str, written: tuple[int, str, str]) -> bool:
        pos, ref, _ = written
        stands = self.reference(chrom, pos - 1, pos - 1 + len(ref)).upper()
        if stands == ref.upper():
            return True
        sentence = N_("REF is {ref}, but the reference has {stands} there: wrong build?")
        self._wrong(number, sentence, ref=ref, stands=stands)
        return False

    def _form(self, number: int, chrom: str, written: tuple[int, str, str]) -> tuple:
        """The alleles in their one form; symbolic ones as they are."""
        pos, ref, alt = written
        if self.reference is not None and not self._matches_reference(number, chrom, written):
            return written
        if not grammar.BASES.fullmatch(alt):
            return written
        if self.reference is None or len(ref) == len(alt) == 1:
            return alleles.parsimonious(pos, ref.upper(), alt.upper())
        return alleles.left_aligned(chrom, pos, ref.upper(), alt.upper(), self.reference)


def open_vcf(
    path: Path,
    *,
    wanted_info: Callable[[VcfHeader], Iterable[str]] | None = None,
    tumour: str | None = None,
    build: str = "",
    reference: alleles.Reference | None = None,
    limits: Limits,
) -> VcfReader:
    """Read the header of a VCF or BCF and make ready for its calls.

    `wanted_info` names the INFO fields to keep (None: all). `tumour`: its sample name where the
    header does not say it. `build`: "GRCh37" or "GRCh38", which the file must not contradict.
    Raises `FileRefused` with all problems of the header.
    """
    book = ProblemBook(path.name)
    check_size(path, book, limits)
    numbered = _bcf_lines(path, book, limits) if _is_bcf(path, book, limits) else None
    body = numbered if numbered is not None else lines(path, book, limits)
    header = VcfHeader()
    first: list[tuple[int, str]] = []
    for number, line in body:
        if not line.startswith("#"):
            first = [(number, line)]
            break
        header.read(number, line, book)
        if header.complete:
            break
    if not header.complete:
        _no_header(first, book)
    book.refuse()
    found = _checked_build(header, build, book)
    chosen = tumour_of(header, named=tumour, book=book)
    lengths = contig_lengths().get(build or found.name, {})
    wanted = frozenset(header.info if wanted_info is None else wanted_info(header))
    shapes = InfoShapes(header, wanted)
    return VcfReader(
        header=header,
        tumour=chosen,
        build=found,
        check=RecordCheck(header, lengths),
        shapes=shapes,
        patterns=LinePatterns(header, chosen, shapes),
        book=book,
        limits=limits,
        body=body,
        reference=reference,
    )


def _no_header(first: list[tuple[int, str]], book: ProblemBook) -> None:
    number, line = first[0] if first else (1, "")
    if number == 1:
        raise book.stop(1, N_("not a VCF of version 4: it starts with “{text}”"), text=line)
    raise book.stop(number, N_("the line of column names (#CHROM) is missing"))


def _checked_build(header: VcfHeader, build: str, book: ProblemBook) -> Build:
    found = header.build
    if found.basis is BuildBasis.MIXED:
        raise book.stop(0, N_("the contigs belong to several builds"))
    if build and found.name and found.name != build:
        sentence = N_("the file is on {found} ({basis}), but {wanted} is asked for")
        raise book.stop(0, sentence, found=found.name, basis=found.basis, wanted=build)
    return found


def _is_bcf(path: Path, book: ProblemBook, limits: Limits) -> bool:
    return next(chunks(path, book, limits), b"").startswith(BCF_MAGIC)


def _bcf_lines(path: Path, book: ProblemBook, limits: Limits) -> Iterator[tuple[int, str]]:
    """A BCF as the numbered lines of the VCF that it stands for."""
    import pysam

    for _ in chunks(path, book, limits):
        pass  # the archive is whole and within the limits before htslib sees it
    loudness = pysam.set_verbosity(0)
    try:
        with pysam.VariantFile(str(path), "rb") as file:
            head = str(file.header).splitlines()
            records = (str(record).rstrip("\n") for record in file)
            yield from enumerate(chain(head, records), 1)
    except (OSError, ValueError, RuntimeError, UnicodeDecodeError):
        raise book.stop(0, N_("the BCF is damaged")) from None
    finally:
        pysam.set_verbosity(loudness)


def _by_allele(fields: list[tuple[str, str]], count: int) -> list[dict[str, str]]:
    """INFO for each allele: ANNOVAR's blocks apart, everything else shared."""
    if count < 2 or not any(key == ANNOVAR_START for key, _ in fields):
        return [dict(fields)]
    shared: list[tuple[str, str]] = []
    blocks: list[list[tuple[str, str]]] = []
    for key, value in fields:
        if key == ANNOVAR_START:
            blocks.append([])
        (blocks[-1] if blocks else shared).append((key, value))
    return [dict(shared + block) for block in blocks]
