"""ANNOVAR: its INFO fields, its AAChange entries, and the names in them as HGVS."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from analysis.gene import AMINO_ACIDS
from analysis.ikzf1_evidence import VariantConsequence
from analysis.ngs.consequence import of_annovar
from analysis.ngs.transcripts import Candidate, Preferred, TranscriptBasis

_THREE = AMINO_ACIDS | {"X": "Ter", "*": "Ter"}
_SUBSTITUTION = re.compile(r"c\.([ACGTN])([-*]?\d+(?:[+-]\d+)?)([ACGTN])")
_BARE_CHANGE = re.compile(r"c\.(\d+(?:_\d+)?)([ACGTN]+)")
_BASES = frozenset("ACGTN")
_LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ*")
_IN_THREE = re.compile(r"p\.\(?[A-Z][a-z]{2}\d")
_PROTEIN = re.compile(r"([A-Z*])(\d+)")
_AFTER = re.compile(r"(?<=\d)([A-Z*])(?![a-z0-9])")
_INSERTED = re.compile(r"(?<=ins)([A-Z*]+)$")
# Looked up once: a member of an enumeration costs more than a name.
_TABLE, _ONLY, _GRAVEST = TranscriptBasis.TABLE, TranscriptBasis.ONLY, TranscriptBasis.GRAVEST
_EMPTY = frozenset(("", ".", "NA", "UNKNOWN"))


def unescaped(text: str) -> str:
    r"""ANNOVAR's `\x3b`, `\x3d`, `\x20`, `\x2c` as the characters that they stand for."""
    if "\\x" not in text:
        return text
    return re.sub(r"\\x([0-9a-fA-F]{2})", lambda found: chr(int(found[1], 16)), text)


def gene_tables(keys: Iterable[str]) -> tuple[str, ...]:
    """The gene definitions annotated ("refGene", "ensGene"), RefSeq before others."""
    found = [key[5:] for key in keys if key.startswith("Func.")]
    return tuple(sorted(found, key=lambda name: not name.startswith("refGene")))


class Keys(NamedTuple):
    """The INFO fields of one gene definition."""

    place: str
    exonic: str
    gene: str
    change: str
    detail: str

    @classmethod
    def of(cls, table: str) -> Keys:
        parts = ("Func", "ExonicFunc", "Gene", "AAChange", "GeneDetail")
        return cls(*(f"{part}.{table}" for part in parts))


def candidates(info: Mapping[str, str], keys: Keys) -> list[Candidate]:
    """What ANNOVAR says under one gene definition: a candidate for each transcript, or one
    without. Names are as ANNOVAR writes them; `with_hgvs_names` makes HGVS of them."""
    place = unescaped(info.get(keys.place, "."))
    exonic = unescaped(info.get(keys.exonic, "."))
    if place in _EMPTY and exonic in _EMPTY:
        return []
    consequence = of_annovar(place, exonic)
    gene = _first(unescaped(info.get(keys.gene, "")))
    found = [_entry(text, gene, consequence) for text in _entries(info.get(keys.change, "."))]
    if not found:
        details = _entries(info.get(keys.detail, "."))
        found = [_entry(text, gene, consequence) for text in details if ":c." in text]
    return found or [Candidate(gene, "", "", "", consequence)]


def plainly_chosen(
    info: Mapping[str, str], keys: Keys, table: Mapping[str, Preferred]
) -> tuple | None:
    """The first seven fields of an `Annotation`, straight from the text.

    Where all entries of AAChange are whole and of one gene they share the consequence as well, so
    that this is what `choose` finds among `candidates`. None where the record is not that plain.
    """
    place_key, exonic_key, gene_key, change_key, _ = keys
    if change_key not in info or gene_key not in info:
        return None
    changes, gene = info[change_key], info[gene_key]
    place, exonic = info.get(place_key, "."), info.get(exonic_key, ".")
    if "\\" in changes or "\\" in place or "\\" in exonic or ";" in changes or '"' in changes:
        return None
    parts = changes.replace(",", ":").split(":")
    genes, names = parts[::5], parts[1::5]
    if len(parts) != 5 * len(genes) or genes.count(gene) != len(genes):
        return None
    if not gene or "" in names:
        return None
    chosen, wanted = 0, table.get(gene)
    basis = _GRAVEST if len(names) > 1 else _ONLY
    if wanted is not None:
        found = _listed_at(names, wanted)
        if found is not None:
            chosen, basis = found, _TABLE
    name, change, residue = names.pop(chosen), parts[5 * chosen + 3], parts[5 * chosen + 4]
    if change[:2] != "c." or residue[:2] != "p.":
        return None
    code = of_annovar(place, exonic)
    return gene, name, coding(change), protein(residue), code, basis, tuple(names)


def _listed_at(names: list[str], wanted: Preferred) -> int | None:
    """Where the table's transcript stands, with or without a version."""
    own = (wanted.refseq, wanted.ensembl)
    for index, name in enumerate(names):
        if name in own or name.partition(".")[0] in own:
            return index
    return None


def with_hgvs_names(found: Candidate) -> Candidate:
    gene, transcript, hgvs_c, hgvs_p, consequence, rank = found
    return Candidate(gene, transcript, coding(hgvs_c), protein(hgvs_p), consequence, rank)


def _first(genes: str) -> str:
    gene = genes.partition(";")[0].partition(",")[0]
    return "" if gene in _EMPTY else gene


def _entries(text: str) -> list[str]:
    if text in _EMPTY:
        return []
    text = unescaped(text)
    if ";" in text or '"' in text:
        text = text.strip('"').replace(";", ",")
    return [part for part in dict.fromkeys(text.split(",")) if part not in _EMPTY]


def _entry(text: str, gene: str, consequence: VariantConsequence) -> Candidate:
    """`GENE:NM_x:exon4:c.C2104T:p.R702W`, or `NM_x:exon3:c.40+1G>A` without the gene."""
    parts = text.split(":")
    if len(parts) == 5 and parts[3][:2] == "c." and parts[4][:2] == "p.":
        return Candidate(parts[0] or gene, parts[1], parts[3], parts[4], consequence)
    transcript, hgvs_c, hgvs_p = "", "", ""
    for place, part in enumerate(parts):
        if part.startswith("c."):
            hgvs_c = part
        elif part.startswith("p."):
            hgvs_p = part
        elif part.startswith(("NM_", "NR_", "XM_", "ENST", "uc")):
            transcript = part
        elif place == 0 and part:
            gene = part
    return Candidate(gene, transcript, hgvs_c, hgvs_p, consequence)


def coding(text: str) -> str:
    """`c.C2104T` as HGVS `c.2104C>T`, `c.10_11AC` as `c.10_11delinsAC`; the rest as it stands."""
    before, number, after = text[2:3], text[3:-1], text[-1:]
    if number.isdecimal() and before in _BASES and after in _BASES and text[:2] == "c.":
        return f"c.{number}{before}>{after}"
    found = _SUBSTITUTION.fullmatch(text)
    if found:
        return f"c.{found[2]}{found[1]}>{found[3]}"
    found = _BARE_CHANGE.fullmatch(text)
    return f"c.{found[1]}delins{found[2]}" if found else text


def protein(text: str) -> str:
    """`p.R702W` as `p.Arg702Trp`; names in three letters stay."""
    before, number, after = text[2:3], text[3:-1], text[-1:]
    if number.isdecimal() and before in _LETTERS and after in _LETTERS and text[:2] == "p.":
        return f"p.{_THREE.get(before, before)}{number}{_THREE.get(after, after)}"
    if not text.startswith("p.") or _IN_THREE.match(text):
        return text
    body = _INSERTED.sub(lambda found: "".join(_THREE.get(c, c) for c in found[1]), text[2:])
    body = _AFTER.sub(lambda found: _THREE.get(found[1], found[1]), body)
    body = _PROTEIN.sub(lambda found: _THREE.get(found[1], found[1]) + found[2], body)
    return f"p.{body}"
