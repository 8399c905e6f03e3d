"""The IKZF1 gene model: exons in both genome builds, coding sequence, codons, zinc fingers.

Read from `data/ikzf1_model.json`, which names its sources. Positions are 1-based and inclusive,
coding positions count from the A of the ATG, residues from the first methionine.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from analysis.calls import Certainty

MODEL_FILE = Path(__file__).parent / "data" / "ikzf1_model.json"
BUILDS = ("GRCh37", "GRCh38")
# fmt: off
AMINO_ACIDS = {
    "A": "Ala", "C": "Cys", "D": "Asp", "E": "Glu", "F": "Phe", "G": "Gly", "H": "His",
    "I": "Ile", "K": "Lys", "L": "Leu", "M": "Met", "N": "Asn", "P": "Pro", "Q": "Gln",
    "R": "Arg", "S": "Ser", "T": "Thr", "V": "Val", "W": "Trp", "Y": "Tyr",
}
# fmt: on
REFERENCE = {"GRCh37": "NC_000007.13", "GRCh38": "NC_000007.14"}


@dataclass(frozen=True)
class Exon:
    """One exon. `cds_start`..`cds_end` are coding positions, None in exon 1, which is untranslated.

    `genome` gives (start, end) on chromosome 7 for each build.
    """

    number: int
    length: int
    tx_start: int
    tx_end: int
    genome: tuple[tuple[str, int, int], ...]
    cds_start: int | None
    cds_end: int | None
    codon_first: int | None
    codon_last: int | None

    def span(self, build: str) -> tuple[int, int]:
        """(start, end) on chromosome 7 in "GRCh37" or "GRCh38". Raises KeyError otherwise."""
        return {name: (start, end) for name, start, end in self.genome}[build]


@dataclass(frozen=True)
class ZincFinger:
    name: str
    aa_start: int
    aa_end: int
    exons: tuple[int, ...]
    binds_dna: bool


@dataclass(frozen=True)
class Hotspot:
    """A residue that is hit again and again. `hgvs_c` is "" where no single change is meant.

    `certainty` is `established` where the model's sources agree, else `unconfirmed`.
    """

    protein: str
    residue: int
    exon: int
    hgvs_c: str
    certainty: Certainty


@dataclass(frozen=True)
class Isoform:
    """A splice isoform by the coding exons that it lacks, with how sure its name is."""

    name: str
    missing_exons: tuple[int, ...]
    protein_length: int
    certainty: Certainty


@dataclass(frozen=True)
class Gene:
    symbol: str
    transcript: str
    protein_length: int
    cds_length: int
    utr5_length: int
    utr3_length: int
    band: str
    exons: tuple[Exon, ...]
    zinc_fingers: tuple[ZincFinger, ...]
    hotspots: tuple[Hotspot, ...]
    isoforms: tuple[Isoform, ...]
    protein_sequence: str
    sources: tuple[str, ...]

    def exon(self, number: int) -> Exon:
        """Raises ValueError outside 1..8."""
        if not 1 <= number <= len(self.exons):
            raise ValueError(f"{self.symbol} has exons 1 to {len(self.exons)}, not {number}")
        return self.exons[number - 1]

    def exon_of_cds_position(self, position: int) -> int:
        """The exon that holds coding position `position` (c. numbering, 1..1560)."""
        for exon in self.exons:
            if exon.cds_start is not None and exon.cds_start <= position <= exon.cds_end:
                return exon.number
        raise ValueError(f"c.{position} lies outside the coding sequence 1..{self.cds_length}")

    def exon_of_residue(self, residue: int) -> int:
        """The exon of the first nucleotide of the codon of `residue` (1..519)."""
        if not 1 <= residue <= self.protein_length:
            raise ValueError(f"residue {residue} lies outside 1..{self.protein_length}")
        return self.exon_of_cds_position(3 * residue - 2)

    def zinc_finger_of(self, residue: int) -> ZincFinger | None:
        """The zinc finger that holds `residue`, or None."""
        for finger in self.zinc_fingers:
            if finger.aa_start <= residue <= finger.aa_end:
                return finger
        return None

    def hotspots_of(self, residue: int) -> tuple[Hotspot, ...]:
        """The hotspots listed at `residue`, as the model orders them."""
        return tuple(spot for spot in self.hotspots if spot.residue == residue)

    def isoform_without(self, exons: tuple[int, ...]) -> Isoform | None:
        """The named isoform that lacks exactly `exons`, or None."""
        return next((item for item in self.isoforms if item.missing_exons == exons), None)


@cache
def ikzf1() -> Gene:
    """The model, read once."""
    data = json.loads(MODEL_FILE.read_text(encoding="utf-8"))
    cds = data["cds"]
    return Gene(
        symbol=data["gene"],
        transcript=data["canonical_transcript"],
        protein_length=len(data["protein_sequence"]),
        cds_length=cds["length_nt"],
        utr5_length=cds["utr5_nt"],
        utr3_length=cds["utr3_nt"],
        band=data["band"],
        exons=tuple(_exon(item) for item in data["exons"]),
        zinc_fingers=tuple(_finger(item) for item in data["zinc_fingers"]),
        hotspots=tuple(_hotspot(item) for item in data["hotspots"]),
        isoforms=_isoforms(data["refseq_isoforms"]),
        protein_sequence=data["protein_sequence"],
        sources=tuple(data["sources"]),
    )


def _exon(item: dict) -> Exon:
    genome = tuple((b, item[b.lower()]["start"], item[b.lower()]["end"]) for b in BUILDS)
    return Exon(
        number=item["exon"],
        length=item["length"],
        tx_start=item["tx_start"],
        tx_end=item["tx_end"],
        genome=genome,
        cds_start=item.get("cds_start"),
        cds_end=item.get("cds_end"),
        codon_first=item.get("codon_first"),
        codon_last=item.get("codon_last"),
    )


def _finger(item: dict) -> ZincFinger:
    return ZincFinger(
        name=item["name"],
        aa_start=item["aa_start"],
        aa_end=item["aa_end"],
        exons=tuple(item["exons"]),
        binds_dna=item["role"].startswith("DNA binding"),
    )


def _hotspot(item: dict) -> Hotspot:
    sure = item["confidence"].startswith("high")
    return Hotspot(
        protein=item["protein"],
        residue=item["residue"],
        exon=item["exon"],
        hgvs_c=item["cdna"] or "",
        certainty=Certainty.ESTABLISHED if sure else Certainty.UNCONFIRMED,
    )


def _isoforms(items: list[dict]) -> tuple[Isoform, ...]:
    """Names by missing exons, one each. The model has them from memory, but for IK1 and IK6."""
    found: dict[str, Isoform] = {}
    for item in items:
        name = item["ik_name_candidate"]
        if name and name not in found:
            sure = name in ("IK1", "IK6")
            found[name] = Isoform(
                name=name,
                missing_exons=tuple(item["missing_coding_exons"]),
                protein_length=item["protein_aa"],
                certainty=Certainty.ESTABLISHED if sure else Certainty.UNCONFIRMED,
            )
    return tuple(found[name] for name in sorted(found))
