"""The header of a VCF: declared fields, contigs, samples; and which sample is the tumour."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from analysis.file_problems import ProblemBook
from analysis.ngs.build import Build, build_of
from analysis.wording import N_, Labelled

FIXED = ("#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO")
TYPES = ("Integer", "Float", "Flag", "Character", "String")
_VERSION = re.compile(r"##fileformat=VCFv4\.[0-5]")
_NUMBER = re.compile(r"\d{1,6}|[ARG.]|LA|LR|LG|P|M")
_PAIR = re.compile(r'([^=,<>"]+)=("(?:[^"\\]|\\.)*"|[^,"]*)(?:,|$)')
_TUMOUR_OPTION = re.compile(r"--?(?:tumor-sample|tumorSampleName|tumor)[ =]+([^\s\"]+)")
_TUMOUR_MUTECT1 = re.compile(r"tumor_sample_name=([^\s\"]+)")


class TumourBasis(Labelled):
    """How the tumour's column was found. Its place among the columns never says it."""

    NAMED = "named", N_("named by the person")
    HEADER = "header", N_("named in the header")
    NOT_NORMAL = "not_normal", N_("the only column that the header does not call the normal")
    ONLY = "only", N_("the only column")


@dataclass(frozen=True)
class Field:
    """A declared INFO or FORMAT field: `number` as written ("1", "A", "R", "G", "."), its type."""

    number: str
    type: str
    description: str = ""


@dataclass(frozen=True)
class Tumour:
    """`sample` heads the column; `name` is what the laboratory called it before the caller renamed
    the column (GATK 3 heads it TUMOR), "" where the header does not say."""

    sample: str
    column: int
    basis: TumourBasis
    name: str = ""


@dataclass
class VcfHeader:
    """What the header declares, gathered line by line; `samples` in the order of the columns."""

    info: dict[str, Field] = field(default_factory=dict)
    format: dict[str, Field] = field(default_factory=dict)
    filters: set[str] = field(default_factory=set)
    contigs: dict[str, int | None] = field(default_factory=dict)
    samples: tuple[str, ...] = ()
    names: list[str] = field(default_factory=list)
    tumour_names: list[str] = field(default_factory=list)
    normal_names: list[str] = field(default_factory=list)
    aliases: dict[str, str] = field(default_factory=dict)
    complete: bool = False

    @property
    def build(self) -> Build:
        return build_of(self.contigs, tuple(self.names))

    def read(self, number: int, line: str, book: ProblemBook) -> None:
        """Take one line that starts with "#". Problems go to `book`."""
        if number == 1 and not _VERSION.fullmatch(line):
            raise book.stop(1, N_("not a VCF of version 4: it starts with “{text}”"), text=line)
        if line.startswith("##"):
            self._meta(number, line[2:], book)
        else:
            self._columns(number, line.split("\t"), book)

    def _meta(self, number: int, text: str, book: ProblemBook) -> None:
        key, equals, value = text.partition("=")
        if not equals or not key:
            book.note(number, N_("a header line without “=”: {text}"), text=text)
            return
        if key in ("INFO", "FORMAT", "FILTER", "contig", "SAMPLE"):
            self._structured(number, key, value, book)
        elif key in ("tumor_sample", "normal_sample"):
            (self.tumour_names if key[0] == "t" else self.normal_names).append(value)
        elif key in ("reference", "assembly"):
            self.names.append(value)
        elif key.startswith(("GATKCommandLine", "MuTect")):
            self._command(key, value)

    def _structured(self, number: int, key: str, value: str, book: ProblemBook) -> None:
        pairs = _pairs(value)
        if pairs is None or not pairs.get("ID"):
            book.note(number, N_("the {key} line of the header cannot be read"), key=key)
        elif key in ("INFO", "FORMAT"):
            self._field(number, key, pairs, book)
        elif key == "FILTER":
            self.filters.add(pairs["ID"])
        elif key == "contig":
            self._contig(number, pairs, book)
        else:
            self._sample(pairs)

    def _field(self, number: int, key: str, pairs: dict[str, str], book: ProblemBook) -> None:
        declared = self.info if key == "INFO" else self.format
        name, count, kind = pairs["ID"], pairs.get("Number", ""), pairs.get("Type", "")
        if not _NUMBER.fullmatch(count):
            sentence = N_("{key} {name} has Number “{value}”")
            book.note(number, sentence, key=key, name=name, value=count)
        elif kind not in TYPES:
            sentence = N_("{key} {name} has Type “{value}”")
            book.note(number, sentence, key=key, name=name, value=kind)
        elif name in declared:
            book.note(number, N_("{key} {name} is declared twice"), key=key, name=name)
        else:
            declared[name] = Field(count, kind, pairs.get("Description", ""))

    def _contig(self, number: int, pairs: dict[str, str], book: ProblemBook) -> None:
        name, length = pairs["ID"], pairs.get("length", "")
        if length and not re.fullmatch(r"[0-9]{1,10}", length):
            book.note(number, N_("contig {name} has length “{value}”"), name=name, value=length)
            return
        if name in self.contigs:
            book.note(number, N_("contig {name} is declared twice"), name=name)
        self.contigs[name] = int(length) if length else None
        if pairs.get("assembly"):
            self.names.append(pairs["assembly"])

    def _sample(self, pairs: dict[str, str]) -> None:
        """GATK 3: ID is the column, SampleName what the laboratory called it."""
        name = pairs.get("SampleName")
        if name:
            self.aliases[name] = pairs["ID"]
        if pairs["ID"].upper() in ("TUMOR", "TUMOUR"):
            self.tumour_names.append(pairs["ID"])
        elif pairs["ID"].upper() == "NORMAL":
            self.normal_names.append(pairs["ID"])

    def _command(self, key: str, value: str) -> None:
        if key == "MuTect":
            self.tumour_names += _TUMOUR_MUTECT1.findall(value)
        elif key == "GATKCommandLine.MuTect2":
            self.aliases.setdefault("TUMOR", "TUMOR")  # GATK 3 calls the column so itself
        elif key == "GATKCommandLine" and "ID=Mutect2" in value:
            self.tumour_names += _TUMOUR_OPTION.findall(value)

    def _columns(self, number: int, cells: list[str], book: ProblemBook) -> None:
        if tuple(cells[:8]) != FIXED:
            raise book.stop(number, N_("the line of column names is not that of a VCF"))
        if len(cells) < 10 or cells[8] != "FORMAT":
            raise book.stop(number, N_("no sample column: depth and VAF cannot be read"))
        self.samples = tuple(cells[9:])
        if len(set(self.samples)) != len(self.samples) or "" in self.samples:
            raise book.stop(number, N_("two samples have one name, or one has none"))
        self.filters.add("PASS")
        self.complete = True


def tumour_of(header: VcfHeader, *, named: str | None, book: ProblemBook) -> Tumour:
    """The tumour's column, by the name given or by the header, never by position.

    Raises `FileRefused` where the name is not there, or where nothing says which sample it is.
    """
    samples = header.samples
    if named:
        sample = named if named in samples else header.aliases.get(named, "")
        if sample in samples:
            return _tumour(header, sample, TumourBasis.NAMED)
        sentence = N_("the tumour sample {name} is not in the file, which has {samples}")
        raise book.stop(0, sentence, name=named, samples=tuple(samples[:10]))
    stated = {header.aliases.get(name, name) for name in header.tumour_names}
    present = [name for name in samples if name in stated or name in header.tumour_names]
    if len(present) == 1:
        return _tumour(header, present[0], TumourBasis.HEADER)
    if header.aliases.get("TUMOR") == "TUMOR" and "TUMOR" in samples and not present:
        return _tumour(header, "TUMOR", TumourBasis.HEADER)
    if stated and not present and not _only_gatk3_names(stated):
        sentence = N_("the header names the tumour {name}, which is not in the file: {samples}")
        name = tuple(sorted(stated))
        raise book.stop(0, sentence, name=name, samples=tuple(samples[:10]))
    return _by_elimination(header, book)


def _only_gatk3_names(stated: set[str]) -> bool:
    """GATK 3 renamed columns: what else renamed them again no longer agrees with ##SAMPLE."""
    return stated <= {"TUMOR", "TUMOUR"}


def _by_elimination(header: VcfHeader, book: ProblemBook) -> Tumour:
    normal = set(header.normal_names) | {header.aliases.get(n, n) for n in header.normal_names}
    normal |= {alias for alias, column in header.aliases.items() if column in normal}
    others = [name for name in header.samples if name not in normal]
    if not others:
        raise book.stop(0, N_("the only sample of the file is the normal; the tumour is missing"))
    if len(others) == 1:
        only = len(header.samples) == 1
        return _tumour(header, others[0], TumourBasis.ONLY if only else TumourBasis.NOT_NORMAL)
    sentence = N_("several samples ({samples}), and no header says which is the tumour: name it")
    raise book.stop(0, sentence, samples=tuple(header.samples[:10]))


def _tumour(header: VcfHeader, sample: str, basis: TumourBasis) -> Tumour:
    names = [name for name, head in header.aliases.items() if head == sample != name]
    name = names[0] if len(names) == 1 else ""
    return Tumour(sample, header.samples.index(sample), basis, name)


def _pairs(value: str) -> dict[str, str] | None:
    """`<ID=DP,Number=1,...>` as a dict without quotation marks, or None."""
    if not (value.startswith("<") and value.endswith(">")):
        return None
    found, place, text = {}, 0, value[1:-1]
    while place < len(text):
        match = _PAIR.match(text, place)
        if not match or match.end() == place:
            return None
        found[match[1]] = match[2][1:-1] if match[2].startswith('"') else match[2]
        place = match.end()
    return found
