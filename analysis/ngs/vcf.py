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
from analysis.ngs.build import Build, BuildBasis, contig_lengths
from analysis.ngs.header import Tumour, VcfHeader, tumour_of
from analysis.ngs.record_check import ANNOVAR_START, InfoShapes, LinePatterns, RecordCheck
from analysis.ngs.text_lines import Limits, check_size, chunks, lines
from analysis.wording import N_

BCF_MAGIC = b"BCF\x02"
MOST_LINES_WRONG = 100


class Call(NamedTuple):
    """One alternate allele of one record, in the tumour.

    `line` is that of the (unpacked) text, `pos` 1-based; `alt` "." where the record names none.
    `filters` () stands for FILTER ".", which is not PASS. `vaf` is a fraction, None where neither
    AF, FA, FREQ nor AD says it; `depth` is DP, else the sum of AD. `genotype` as written, "" if
    there is none; `allele` is the number of ALT in it. `info` holds the wanted INFO fields.
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
        quick = self.patterns.match(line)
        if quick is None:
            return None
        (chrom, pos, ref, alt, filters, *values), names, keys = quick
        words, start = self.check.filter_words(filters), int(pos)
        if words is None or alt == ref or start > self.check.end_of(chrom):
            return None
        info = dict(zip(names, values, strict=False))
        sample = dict(zip(keys, values[len(names) :], strict=True))
        return self._call(number, (chrom, start, ref), (alt,), 0, words, info, sample)

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
            fields = self._annovar_blocks(number, info, len(alternates))
        elif right and len(alternates) == 1:
            self.patterns.learn(info, keys)
        if not right:
            self._enough()
            return ()
        sample = matches[self.tumour.column].groupdict()
        place, words = (chrom, int(pos), ref), self.check.filter_words(filters) or ()
        infos = _by_allele(fields, len(alternates))
        return [
            self._call(number, place, alternates, i, words, infos[min(i, len(infos) - 1)], sample)
            for i in range(max(1, len(alternates)))
        ]

    def _annovar_blocks(self, number: int, info: str, count: int) -> list[tuple[str, str]]:
        """The fields of an INFO column whose keys repeat, or its problems noted."""
        before = len(self.book.found) + self.book.left_out
        self.shapes.explain(number, info, count, self.book)
        if len(self.book.found) + self.book.left_out > before:
            self._enough()
            return []
        pairs = (part.partition("=")[::2] for part in info.split(";"))
        return [(key, value) for key, value in pairs if key in self.shapes.wanted]

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
        alt = alternates[index] if count else "."
        written = (pos, ref, alt)
        reads = _integers(sample.get("AD"))
        if len(reads) != count + 1:
            reads = []
        depth = _integer(sample["DP"]) if "DP" in sample else None
        if depth is None and reads and None not in reads:
            depth = sum(reads)  # GATK 3 writes no DP
        own = reads[index + 1] if reads and count else None
        vaf, vaf_from = _vaf(sample, index, count, reads, own)
        form = written
        if len(ref) > 1 or len(alt) > 1:
            form = self._form(number, chrom, written)
        elif self.reference is not None:
            self._matches_reference(number, chrom, written)
        mapq, quality = sample.get("MMQ") or info.get("MMQ"), sample.get("MBQ") or info.get("MBQ")
        return Call(
            number,
            chrom,
            *form,
            words,
            vaf,
            vaf_from,
            depth,
            own,
            _of_allele(mapq, index, count) if mapq else None,
            _of_allele(quality, index, count) if quality else None,
            sample.get("GT") or "",
            index + 1,
            alternates,
            written,
            info,
        )

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
        if not grammar.BASES.fullmatch(alt):
            return written
        if self.reference is None:
            return alleles.parsimonious(pos, ref.upper(), alt.upper())
        if not self._matches_reference(number, chrom, written):
            return written
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


def _vaf(
    sample: dict[str, str | None],
    index: int,
    count: int,
    reads: list[int | None],
    own: int | None,
) -> tuple[float | None, str]:
    """The fraction that the caller states, else that of the reads; and where it stands."""
    for name in ("AF", "FA", "FREQ"):
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


def _of_allele(text: str | None, place: int, count: int) -> float | None:
    """A median of one allele, from a list for the alternates alone or with REF first."""
    if not text:
        return None
    values = text.split(",")
    index = place + 1 if len(values) == count + 1 else place
    value = values[index] if index < len(values) else "."
    try:
        return float(value)
    except ValueError:
        return None
