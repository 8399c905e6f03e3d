"""The ratio table: which ratio reads as which call. A frozen value, editable for each probemix.

A probemix sheet may hold its own, in lines above its header: `# ratio het_del: 0.40-0.65` (likewise
hom_del, normal, het_dup, hom_dup), `# ratio max_reference_sd: 0.10`, `# ratio source: the insert of
lot ...` and `# ratio status: confirmed`. What it does not say is the vendor's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from analysis.calls import Certainty, CopyCall
from analysis.file_problems import ProblemBook
from analysis.mlpa.probemix import Probemix, p335_template
from analysis.wording import N_

Band = tuple[float, float]


@dataclass(frozen=True)
class RatioTable:
    """Bands of ratios, limits included; all between two bands is ambiguous, and above the last.

    Valid for a probe whose SD over the reference samples is at most `max_reference_sd`. Raises
    ValueError where bands overlap or are not in order.
    """

    hom_del: Band
    het_del: Band
    normal: Band
    het_dup: Band
    hom_dup: Band
    max_reference_sd: float
    certainty: Certainty
    source: str

    def __post_init__(self) -> None:
        edges = [edge for _, band in self.bands for edge in band]
        if edges != sorted(edges) or len(set(edges)) != len(edges) or edges[0] < 0:
            raise ValueError(f"the bands overlap or are out of order: {self.bands}")
        if not self.max_reference_sd > 0:
            raise ValueError(f"a limit of the SD is above 0, not {self.max_reference_sd}")

    @property
    def bands(self) -> tuple[tuple[CopyCall, Band], ...]:
        return (
            (CopyCall.HOM_DEL, self.hom_del),
            (CopyCall.HET_DEL, self.het_del),
            (CopyCall.NORMAL, self.normal),
            (CopyCall.HET_DUP, self.het_dup),
            (CopyCall.HOM_DUP, self.hom_dup),
        )

    def call(self, ratio: float) -> CopyCall:
        """Raises ValueError on a ratio below 0 or none."""
        if not ratio >= 0:
            raise ValueError(f"a ratio is 0 or more, not {ratio}")
        for call, (low, high) in self.bands:
            if low <= ratio <= high:
                return call
        return CopyCall.AMBIGUOUS


@cache
def vendor_table() -> RatioTable:
    """The vendor's ratio table as the P335 template has it (certainty: unconfirmed)."""
    part = p335_template()["ratio_table"]
    return RatioTable(
        **{name: tuple(part[name]) for name in ("hom_del", "het_del", "normal")},
        **{name: tuple(part[name]) for name in ("het_dup", "hom_dup")},
        max_reference_sd=part["max_reference_sd"],
        certainty=Certainty(part["certainty"]),
        source=part["source"],
    )


BAND_NAMES = ("hom_del", "het_del", "normal", "het_dup", "hom_dup")
NOTE = "ratio "
_BAND = re.compile(r"(\d+(?:\.\d+)?)\s*[-\u2013]\s*(\d+(?:\.\d+)?)")
_SD = re.compile(r"\d+(?:\.\d+)?")


def table_of(probemix: Probemix) -> RatioTable | None:
    """The ratio table in the notes of the probemix sheet, None where it has none. It counts as
    unconfirmed unless its notes say otherwise. Raises `FileRefused` with every problem found."""
    written = [
        (name.removeprefix(NOTE).strip(), value)
        for name, value in probemix.notes
        if name.startswith(NOTE)
    ]
    if not written:
        return None
    book = ProblemBook(probemix.source)
    found: dict[str, Any] = {
        "source": f"probemix sheet {probemix.source}",
        "certainty": Certainty.UNCONFIRMED,
    }
    for name, value in written:
        _take(name, value, found, book)
    book.refuse()
    try:
        return replace(vendor_table(), **found)
    except ValueError as error:
        sentence = N_("the ratio table's bands overlap, are out of order, or its SD is not above 0")
        raise book.stop(0, sentence) from error


def _take(name: str, value: str, found: dict[str, Any], book: ProblemBook) -> None:
    """One note into `found`; what cannot be read is noted in `book`."""
    band = _BAND.fullmatch(value)
    if name in BAND_NAMES and band:
        found[name] = (float(band[1]), float(band[2]))
    elif name == "max_reference_sd" and _SD.fullmatch(value):
        found[name] = float(value)
    elif name == "source" and value:
        found["source"] = value
    elif name == "status" and value in ("confirmed", "unconfirmed"):
        found["certainty"] = (
            Certainty.ESTABLISHED if value == "confirmed" else Certainty.UNCONFIRMED
        )
    else:
        sentence = N_(
            'the note "ratio {name}: {value}" cannot be read (a band is written 0.40-0.65; names '
            "are {names}, max_reference_sd, source, status)"
        )
        book.note(0, sentence, name=name, value=value, names=BAND_NAMES)
