"""Annotation in INFO, whichever annotator wrote it: gene, names, consequence, frequency.

Which annotator it was, and in which order its subfields stand, is read from the header alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import unquote

from analysis.ikzf1_evidence import VariantConsequence
from analysis.ngs import annovar
from analysis.ngs.consequence import of_snpeff_effect, of_terms
from analysis.ngs.header import Field
from analysis.ngs.transcripts import (
    Candidate,
    Preferred,
    TranscriptBasis,
    choose,
    preferred_transcripts,
)
from analysis.ngs.vcf import Call
from analysis.wording import N_, Labelled

# Fields that hold the frequency of an allele in a population.
_FREQUENCY = re.compile(
    r"(?:1000g|ExAC_(?:ALL|nontcga)|esp6500|gnomAD[eg]?_?|gnomad|AF_popmax|MAX_AF|AF_eas|"
    r"(?:EAS|EUR|AFR|AMR|SAS|AA|EA)_AF$).*",
    re.I,
)
_NOT_FREQUENCY = re.compile(r"_(?:filter|pops|ac|an|nhomalt|count|num|dp)$", re.I)


class Annotator(Labelled):
    ANNOVAR = "annovar", N_("ANNOVAR")
    VEP = "vep", N_("VEP")
    SNPEFF = "snpeff", N_("SnpEff")
    SNPEFF_OLD = "snpeff_old", N_("SnpEff before version 4")
    NONE = "none", N_("not annotated")


class Annotation(NamedTuple):
    """What is said of one allele. `frequency` is the highest population frequency (fraction) and
    `frequency_from` its field; None and "" where none is given. `others`: transcripts not chosen.
    """

    gene: str = ""
    transcript: str = ""
    hgvs_c: str = ""
    hgvs_p: str = ""
    consequence: VariantConsequence = VariantConsequence.UNKNOWN
    basis: TranscriptBasis = TranscriptBasis.NONE
    others: tuple[str, ...] = ()
    frequency: float | None = None
    frequency_from: str = ""


@dataclass(frozen=True)
class Reader:
    """How one file is annotated. `wanted` are the INFO fields to read."""

    annotator: Annotator
    wanted: tuple[str, ...]
    read: Callable[[Call], list[Candidate]]
    frequency_keys: tuple[str, ...] = ()
    finish: Callable[[Candidate], Candidate] = lambda found: found
    subfield_frequencies: Callable[[Call], list[tuple[str, str]]] | None = None
    shortcut: Callable[..., tuple | None] | None = None
    table: Mapping[str, Preferred] = field(default_factory=preferred_transcripts)

    def annotate(self, call: Call) -> Annotation:
        frequency, source = self.frequency(call)
        if self.shortcut is not None:
            plain = self.shortcut(call.info, self.table)
            if plain is not None:
                return Annotation._make((*plain, frequency, source))
        found = self.read(call)
        if not found:
            return Annotation(frequency=frequency, frequency_from=source)
        listed, basis = choose(found, self.table)
        chosen = self.finish(listed)
        others: tuple[str, ...] = ()
        if len(found) > 1:
            others = tuple([c.transcript for c in found if c is not listed and c.transcript])
        return Annotation(
            chosen.gene,
            chosen.transcript,
            chosen.hgvs_c,
            chosen.hgvs_p,
            chosen.consequence,
            basis,
            others,
            frequency,
            source,
        )

    def frequency(self, call: Call) -> tuple[float | None, str]:
        """The highest frequency stated, and the field that states it."""
        best, source, info = None, "", call.info
        pairs = []
        for key in self.frequency_keys:
            text = info.get(key)
            if text is not None and text != ".":
                pairs.append((key, text))
        if not pairs and self.subfield_frequencies is None:
            return None, ""
        if self.subfield_frequencies:
            pairs += self.subfield_frequencies(call)
        for key, text in pairs:
            if text == "." or not text:
                continue
            number = _frequency(text, call.allele, len(call.alternates))
            if number is not None and (best is None or number > best):
                best, source = number, key
        return best, source


def reader_of(info: Mapping[str, Field]) -> Reader:
    """The reader for a file whose header declares `info`. VEP before SnpEff before ANNOVAR."""
    frequencies = tuple(key for key in info if _is_frequency(key))
    for name, annotator in (("CSQ", Annotator.VEP), ("ANN", Annotator.SNPEFF)):
        if name in info:
            order = subfields(info[name].description)
            if annotator is Annotator.SNPEFF and "Consequence" in order:
                annotator = Annotator.VEP  # VEP --vcf_info_field ANN
            read = _vep(name, order) if annotator is Annotator.VEP else _snpeff(name, order)
            inner = _subfield_frequencies(name, order)
            return Reader(annotator, (name, *frequencies), read, frequencies, _unescaped, inner)
    if "EFF" in info:
        read = _snpeff_old(subfields(info["EFF"].description))
        return Reader(Annotator.SNPEFF_OLD, ("EFF", *frequencies), read, frequencies)
    tables = annovar.gene_tables(info)
    if tables:
        parts = ("Func", "Gene", "GeneDetail", "ExonicFunc", "AAChange")
        wanted = [f"{part}.{table}" for table in tables for part in parts]
        keys = (*wanted, *frequencies, "ANNOVAR_DATE")
        first = annovar.Keys.of(tables[0])
        return Reader(
            Annotator.ANNOVAR,
            keys,
            _annovar(tables),
            frequencies,
            annovar.with_hgvs_names,
            shortcut=lambda info, table: annovar.plainly_chosen(info, first, table),
        )
    return Reader(Annotator.NONE, frequencies, lambda call: [], frequencies)


def subfields(description: str) -> tuple[str, ...]:
    """The names between "|" in a Description, as VEP and SnpEff print them."""
    text = description
    for mark in ("Format:", "Functional annotations:", "Predicted effects for this variant."):
        text = text.partition(mark)[2] or text
    text = text.replace("(", "|").replace("[", "|").replace(")", "").replace("]", "")
    return tuple(part.strip(" '\"") for part in text.split("|") if part.strip(" '\""))


def _annovar(tables: tuple[str, ...]) -> Callable[[Call], list[Candidate]]:
    keys = [annovar.Keys.of(table) for table in tables]

    def read(call: Call) -> list[Candidate]:
        for names in keys:
            found = annovar.candidates(call.info, names)
            if found:
                return found
        return []

    return read


def _vep(name: str, order: tuple[str, ...]) -> Callable[[Call], list[Candidate]]:
    place = {key: index for index, key in enumerate(order)}
    allele = place.get("Allele")

    def read(call: Call) -> list[Candidate]:
        entries = _entries(call.info.get(name), len(order))
        if allele is not None and len(call.alternates) > 1:
            own = _vep_allele(call)
            entries = [cells for cells in entries if cells[allele] == own]
        return [_vep_candidate(cells, place) for cells in entries]

    return read


def _vep_candidate(cells: list[str], place: dict[str, int]) -> Candidate:
    def cell(key: str) -> str:
        index = place.get(key)
        return "" if index is None else cells[index]

    transcript = cell("Feature") if cell("Feature_type") in ("Transcript", "") else ""
    rank = 1 if cell("MANE_SELECT") else 2 if cell("CANONICAL") == "YES" else 3
    return Candidate(
        cell("SYMBOL") or cell("Gene"),
        _named_transcript(cell("HGVSc")) or transcript,
        cell("HGVSc"),
        cell("HGVSp"),
        of_terms(cell("Consequence")),
        rank,
    )


def _snpeff(name: str, order: tuple[str, ...]) -> Callable[[Call], list[Candidate]]:
    place = {key: index for index, key in enumerate(order)}
    wanted = ("Allele", "Annotation", "Gene_Name", "Feature_Type", "Feature_ID", "HGVS.c", "HGVS.p")
    columns = [place.get(key) for key in wanted]

    def read(call: Call) -> list[Candidate]:
        found = []
        for cells in _entries(call.info.get(name), len(order)):
            texts = ["" if index is None else cells[index] for index in columns]
            allele, terms, gene, kind, feature, hgvs_c, hgvs_p = texts
            if len(call.alternates) > 1 and allele != call.alternates[call.allele - 1]:
                continue
            transcript = feature if kind in ("transcript", "") else ""
            found.append(Candidate(gene, transcript, hgvs_c, hgvs_p, of_terms(terms)))
        return found

    return read


def _snpeff_old(order: tuple[str, ...]) -> Callable[[Call], list[Candidate]]:
    """`EFFECT(impact|class|codon|amino acid|length|gene|...)`; the first word is outside."""
    place = {key: index for index, key in enumerate(order[1:])}

    def read(call: Call) -> list[Candidate]:
        found = []
        text = call.info.get("EFF", "")
        for effect, inside in re.findall(r"([A-Za-z0-9_+&]+)\(([^()]*)\)", text):
            cells = inside.split("|")
            names = ("Gene_Name", "Transcript", "Amino_Acid_change")
            gene, transcript, change = (_at(cells, place.get(key)) for key in names)
            protein, _, coding = change.partition("/")
            if protein.startswith("c."):
                protein, coding = "", protein
            if protein and not protein.startswith("p."):
                protein = f"p.{protein}"
            protein = annovar.protein(protein) if protein else ""
            consequence = of_snpeff_effect(effect.replace("&", "+"))
            found.append(Candidate(gene, transcript, coding, protein, consequence))
        return found

    return read


def _at(cells: list[str], index: int | None) -> str:
    return cells[index] if index is not None and index < len(cells) else ""


def _entries(text: str | None, width: int) -> list[list[str]]:
    """Comma-separated entries, cut or filled to the subfields that the header names."""
    if not text or text == ".":
        return []
    found = []
    for entry in text.split(","):
        cells = entry.split("|")
        found.append((cells + [""] * (width - len(cells)))[:width])
    return found


def _vep_allele(call: Call) -> str:
    """The alternate allele as VEP writes it: without the first base where all alleles share it
    and one differs in length; "-" for nothing left."""
    _, ref, alt = call.written
    alleles = (ref, *call.alternates)
    if len({len(item) for item in alleles}) > 1 and len({item[0] for item in alleles}) == 1:
        return alt[1:] or "-"
    return alt


def _change(text: str) -> str:
    """`NM_006060.6:c.475A>T` without what stands before the colon, escapes undone."""
    if "%" in text:
        text = unquote(text)
    return text.rpartition(":")[2]


def _unescaped(found: Candidate) -> Candidate:
    return found._replace(hgvs_c=_change(found.hgvs_c), hgvs_p=_change(found.hgvs_p))


def _named_transcript(text: str) -> str:
    """The transcript with its version, as HGVSc carries it."""
    return text.partition(":")[0] if ":" in text else ""


def _is_frequency(key: str) -> bool:
    return _FREQUENCY.fullmatch(key) is not None and _NOT_FREQUENCY.search(key) is None


def _subfield_frequencies(
    name: str, order: tuple[str, ...]
) -> Callable[[Call], list[tuple[str, str]]] | None:
    places = [(key, index) for index, key in enumerate(order) if _is_frequency(key)]
    if not places:
        return None

    def read(call: Call) -> list[tuple[str, str]]:
        entries = _entries(call.info.get(name), len(order))
        if "Allele" in order and len(call.alternates) > 1:
            index = order.index("Allele")
            entries = [cells for cells in entries if cells[index] == _vep_allele(call)]
        return [(key, cells[index]) for cells in entries for key, index in places]

    return read


def _frequency(text: str, allele: int, count: int) -> float | None:
    """The highest of the values stated for this allele; "&" joins VEP's, "," those by allele."""
    try:
        number = float(text)
        return number if 0 <= number <= 1 else None
    except ValueError:
        values = text.split(",")
    if count > 1 and len(values) == count:
        values = [values[allele - 1]]
    numbers = []
    for value in (part for item in values for part in item.split("&")):
        try:
            number = float(value)
        except ValueError:
            continue
        if 0 <= number <= 1:
            numbers.append(number)
    return max(numbers, default=None)
