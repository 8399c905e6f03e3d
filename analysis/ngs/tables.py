"""Lists of variants as tables: MAF, ANNOVAR's multianno text, and others by a mapping of columns.

Alleles stand as the table has them: an insertion or deletion without the base before it, "-" for
nothing, as MAF and ANNOVAR write it.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from analysis.file_problems import ProblemBook
from analysis.ikzf1_evidence import VariantConsequence
from analysis.ngs import annovar, consequence
from analysis.ngs.annotation import Annotation
from analysis.ngs.build import build_named
from analysis.ngs.filters import STUDY_FILTERS, Drop, DroppedCall, FilterSet, dropped
from analysis.ngs.text_lines import STANDARD_LIMITS, Limits, check_size, lines
from analysis.ngs.transcripts import TranscriptBasis, choose, preferred_transcripts
from analysis.ngs.vcf import Call
from analysis.ngs.vcf_result import KeptVariant, kept_variant
from analysis.wording import N_, Labelled

MISSING = ("", ".", "NA", "-9")
_ALLELE = re.compile(r"[ACGTNacgtn]++|-")
_NAMED = re.compile(r"([^:\s]+):((?:[cn]|p)\..+)")


class Words(Labelled):
    """Whose words the column of consequences holds."""

    MAF = "maf", N_("Variant_Classification of MAF")
    ONTOLOGY = "ontology", N_("Sequence Ontology")
    ANNOVAR = "annovar", N_("ANNOVAR")


# Without these there is no variant.
NEEDED = ("chrom", "pos", "ref", "alt")


@dataclass(frozen=True)
class TableMapping:
    """For each value the names its column may have; the first that the table has is read.

    `vaf_unit` "fraction" or "percent" is always said, never guessed. `words` ANNOVAR: gene, names
    and consequence come from the columns `Func.*`, `Gene.*`, `ExonicFunc.*` and `AAChange.*`.
    """

    name: str
    words: Words
    chrom: tuple[str, ...]
    pos: tuple[str, ...]
    ref: tuple[str, ...]
    alt: tuple[str, ...]
    sample: tuple[str, ...] = ()
    gene: tuple[str, ...] = ()
    transcript: tuple[str, ...] = ()
    hgvs_c: tuple[str, ...] = ()
    hgvs_p: tuple[str, ...] = ()
    consequence: tuple[str, ...] = ()
    vaf: tuple[str, ...] = ()
    vaf_unit: str = "fraction"
    depth: tuple[str, ...] = ()
    alt_reads: tuple[str, ...] = ()
    build: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.vaf_unit not in ("fraction", "percent"):
            raise ValueError(f"a VAF is given as fraction or percent, not {self.vaf_unit}")


MAF = TableMapping(
    name="MAF",
    words=Words.MAF,
    chrom=("Chromosome",),
    pos=("Start_Position", "Start_position"),
    ref=("Reference_Allele",),
    alt=("Tumor_Seq_Allele2",),
    sample=("Tumor_Sample_Barcode",),
    gene=("Hugo_Symbol",),
    transcript=("RefSeq", "Transcript_ID", "i_transcript_name"),
    hgvs_c=("HGVSc", "cDNA_Change"),
    hgvs_p=("HGVSp", "HGVSp_Short", "Protein_Change"),
    consequence=("Variant_Classification",),
    depth=("t_depth",),
    alt_reads=("t_alt_count",),
    build=("NCBI_Build",),
)

MULTIANNO = TableMapping(
    name="ANNOVAR multianno",
    words=Words.ANNOVAR,
    chrom=("Chr",),
    pos=("Start",),
    ref=("Ref",),
    alt=("Alt",),
    sample=("Tumor_Sample_Barcode",),
)

SOMATIC_DB = TableMapping(
    name="variant table of somatic_db",
    words=Words.ONTOLOGY,
    chrom=("chr",),
    pos=("pos",),
    ref=("ref",),
    alt=("alt",),
    gene=("gene",),
    hgvs_c=("hgvs_c",),
    hgvs_p=("hgvs_p",),
    consequence=("consequence",),
    vaf=("vaf",),
    depth=("depth",),
    alt_reads=("alt_reads",),
)


class SampleVariant(NamedTuple):
    """A variant and the sample that it was found in, "" where the table has no such column."""

    sample: str
    variant: KeptVariant


@dataclass(frozen=True)
class TableResult:
    """kept + dropped = `records`, which are rows. `unchecked` as in `VcfResult`. `dropped_samples`
    are those of `dropped_calls`, one for each, "" where the table does not name it."""

    file: str
    records: int
    rows: tuple[SampleVariant, ...]
    dropped_calls: tuple[DroppedCall, ...]
    builds: tuple[str, ...]
    filters: FilterSet
    dropped_samples: tuple[str, ...] = ()

    @property
    def dropped(self) -> dict[Drop, int]:
        counts = Counter(item.reason for item in self.dropped_calls)
        return {reason: counts[reason] for reason in Drop if counts[reason]}


def read_variant_table(
    path: Path | str,
    mapping: TableMapping,
    *,
    filters: FilterSet = STUDY_FILTERS,
    build: str = "",
    required: tuple[str, ...] = NEEDED,
    limits: Limits = STANDARD_LIMITS,
) -> TableResult:
    """The variants of a tab-separated table; plain, gzip or bgzip, with any line ends. `required`
    are the values of the mapping that must have a column.

    Raises `FileRefused` with all problems: missing columns, rows that are short, alleles and
    numbers that cannot be read, a build other than `build`.
    """
    path = Path(path)
    book = ProblemBook(path.name)
    check_size(path, book, limits)
    rows = _rows(path, book, limits)
    _, names = next(rows, (0, []))
    columns = _columns(mapping, names, required, book)
    kept, out, owners, builds, count = [], [], [], set(), 0
    for number, cells in rows:
        count += 1
        row = dict(zip(names, cells, strict=True))
        builds |= _builds(number, row, columns, build, book)
        call = _call(number, row, columns, mapping, book)
        if call is None:
            continue
        said = _annotation(row, columns, mapping)
        reason = filters.by_numbers(call) or filters.after_annotation(said)
        if reason is None:
            kept.append(SampleVariant(_text(row, columns, "sample"), kept_variant(call, said)))
        else:
            out.append(dropped(call, reason, said))
            owners.append(_text(row, columns, "sample"))
    book.refuse()
    found = tuple(sorted(builds))
    return TableResult(path.name, count, tuple(kept), tuple(out), found, filters, tuple(owners))


def _rows(path: Path, book: ProblemBook, limits: Limits) -> Iterator[tuple[int, list[str]]]:
    """(line, cells), the first being the names; rows of another width are noted and left out."""
    width, count = 0, 0
    for number, line in lines(path, book, limits, any_line_end=True):
        if not line or (line.startswith("#") and not width):
            continue
        cells = next(csv.reader([line], delimiter="\t"))
        width = width or len(cells)
        count += 1
        if count > limits.max_records:
            sentence = N_("more than the {limit} records that are read")
            raise book.stop(number, sentence, limit=limits.max_records)
        if len(cells) != width:
            sentence = N_("{found} columns instead of {wanted}")
            book.note(number, sentence, found=len(cells), wanted=width)
            continue
        yield number, cells


def _columns(
    mapping: TableMapping, names: list[str], required: tuple[str, ...], book: ProblemBook
) -> dict[str, str]:
    """value -> the column that holds it."""
    found = {}
    for value in TableMapping.__dataclass_fields__:
        options = getattr(mapping, value)
        if not isinstance(options, tuple):
            continue
        present = next((name for name in options if name in names), None)
        if present is not None:
            found[value] = present
        elif value in required:
            book.note(1, N_("the column {name} is missing"), name=options[0])
    if len(set(names)) != len(names):
        book.note(1, N_("two columns have one name"))
    if mapping.words is Words.ANNOVAR and not annovar.gene_tables(names):
        book.note(1, N_("the column {name} is missing"), name="Func.refGene")
    book.refuse()
    return found


def _builds(
    number: int, row: dict[str, str], columns: dict[str, str], wanted: str, book: ProblemBook
) -> set[str]:
    stated = _text(row, columns, "build")
    found = build_named(stated) if stated else ""
    if wanted and found and found != wanted:
        sentence = N_("the row is on {found}, but {wanted} is asked for")
        book.note(number, sentence, found=found, wanted=wanted)
    return {found} if found else set()


def _call(
    number: int,
    row: dict[str, str],
    columns: dict[str, str],
    mapping: TableMapping,
    book: ProblemBook,
) -> Call | None:
    before = len(book.found) + book.left_out
    chrom, pos = row[columns["chrom"]], row[columns["pos"]]
    ref, alt = row[columns["ref"]], row[columns["alt"]]
    if not chrom or not re.fullmatch(r"[1-9][0-9]{0,9}", pos):
        book.note(number, N_("POS is no position: {text}"), text=pos)
    for allele in (ref, alt):
        if not _ALLELE.fullmatch(allele):
            book.note(number, N_("no allele: {text}"), text=allele)
    depth = _count(number, row, columns, "depth", book)
    reads = _count(number, row, columns, "alt_reads", book)
    vaf = _vaf(number, row, columns, mapping, book)
    if len(book.found) + book.left_out > before:
        return None
    vaf_from = columns.get("vaf", "") if vaf is not None else ""
    if vaf is None and depth and reads is not None and reads <= depth:
        vaf, vaf_from = round(reads / depth, 6), columns["alt_reads"]
    place = (int(pos), ref, alt)
    return Call(
        number, chrom, *place, (), vaf, vaf_from, depth, reads, None, None, "", 1, (alt,), place, {}
    )  # fmt: skip


def _vaf(
    number: int,
    row: dict[str, str],
    columns: dict[str, str],
    mapping: TableMapping,
    book: ProblemBook,
) -> float | None:
    """A fraction to six digits, as much as a float32 in the table's source can hold."""
    text = _text(row, columns, "vaf")
    if not text:
        return None
    try:
        value = float(text) / (100 if mapping.vaf_unit == "percent" else 1)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        book.note(
            number, N_("VAF cannot be read as {unit}: {text}"), unit=mapping.vaf_unit, text=text
        )
        return None
    return float(f"{value:.6g}")


def _count(
    number: int, row: dict[str, str], columns: dict[str, str], value: str, book: ProblemBook
) -> int | None:
    text = _text(row, columns, value)
    if text and not re.fullmatch("[0-9]{1,9}", text):
        book.note(number, N_("{name} is no number: {text}"), name=columns[value], text=text)
        return None
    return int(text) if text else None


def _text(row: dict[str, str], columns: dict[str, str], value: str) -> str:
    text = row[columns[value]].strip() if value in columns else ""
    return "" if text in MISSING else text


def _annotation(row: dict[str, str], columns: dict[str, str], mapping: TableMapping) -> Annotation:
    if mapping.words is Words.ANNOVAR:
        return _annovar(row)
    word = _text(row, columns, "consequence")
    code = VariantConsequence.UNKNOWN
    if word:
        code = (
            consequence.of_maf(word) if mapping.words is Words.MAF else consequence.of_terms(word)
        )
    transcript, hgvs_c = _split(_text(row, columns, "hgvs_c"), _text(row, columns, "transcript"))
    _, hgvs_p = _split(_text(row, columns, "hgvs_p"), "")
    return Annotation(
        _text(row, columns, "gene"),
        transcript,
        hgvs_c,
        annovar.protein(hgvs_p),
        code,
        TranscriptBasis.ONLY if transcript else TranscriptBasis.NONE,
    )


def _annovar(row: dict[str, str]) -> Annotation:
    for table in annovar.gene_tables(row):
        found = annovar.candidates(row, annovar.Keys.of(table))
        if found:
            listed, basis = choose(found, preferred_transcripts())
            chosen = annovar.with_hgvs_names(listed)
            others = tuple(c.transcript for c in found if c is not listed and c.transcript)
            return Annotation(*chosen[:5], basis, others)
    return Annotation()


def _split(name: str, transcript: str) -> tuple[str, str]:
    """(transcript, change) of `NM_006060.6:c.475A>T`, or of a change alone."""
    found = _NAMED.fullmatch(name)
    return (found[1], found[2]) if found else (transcript, name)
