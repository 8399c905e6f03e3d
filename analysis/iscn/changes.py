"""One abnormality of a karyotype, read by a stated grammar.

    change     = ["?"] ["+" | "-"] ["?"] [count] body ["x" number] ["?"] ["c"] ["[" number "]"]
    count      = number | number ("~" | "-") number                     (only before mar, r, dmin)
    body       = chromosome | marker | structure { structure }
    marker     = "mar" [number] | "r" | "dmin" | "min" | "ace" | "inc"
    structure  = kind "(" chromosome { ";" chromosome } ")" [ "(" breaks { ";" breaks } ")" ]
               | kind "(" chromosome { ";" chromosome } ")" "(" joined ")"
    kind       = "t" "der" "del" "add" "dup" "inv" "ins" "i" "idic" "dic" "r" "ider" "rob" "trp"
                 "qdp" "hsr" "tas" "trc" "fra" "rec" "psu dic" "amp", or "iAMP21" by itself
    chromosome = ["?"] ("1".."22" | "X" | "Y" | "?") ["?"] ["*" | "'"] ["p" | "q"]
    breaks     = band { band }
    band       = ["?"] ("p" | "q") ["?"] [number ["." number]] ["?"] [("-" | "~" | "or") band]
                 (a "?" within the number too: "q2?5")
               | "pter" | "qter" | "cen" | "?"
    joined     = segment { "::" segment },  segment = place "->" place
    place      = [chromosome] [band]

A structure with breaks has as many of them as chromosomes. Only "der" and "ider" are followed by
further structures; every other kind stands alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from analysis.iscn.karyotype import Change

_KINDS = "psudic|idic|ider|dic|der|del|dup|trp|qdp|add|inv|ins|hsr|tas|trc|fra|rec|rob|amp|t|i|r"
# Question marks are taken out before these are tried, and leave empty places behind: a mark that
# could belong to two neighbours would make the search grow without bounds.
_CHROMOSOME = r"(?:[1-9]|1\d|2[0-2]|X|Y)?[*']?"
_NUMBER = r"\d{1,2}(?:\.\d{1,3})?"
_BREAK = rf"(?:pter|qter|cen|[pq](?:{_NUMBER})?)(?:(?:[-~]|or)[pq]?{_NUMBER})?"
_CHROMOSOMES = rf"\((?P<chromosomes>{_CHROMOSOME}[pq]?(?:;{_CHROMOSOME}[pq]?)*)\)"
_BREAKS = rf"\((?P<breaks>(?:{_BREAK})*(?:;(?:{_BREAK})*)*)\)"
_SEGMENT = rf"{_CHROMOSOME}(?:{_BREAK})?->{_CHROMOSOME}(?:{_BREAK})?"
_JOINED = rf"\((?P<joined>{_SEGMENT}(?:::{_SEGMENT})*)\)"
_STRUCTURE = re.compile(rf"(?P<kind>{_KINDS}){_CHROMOSOMES}(?:{_JOINED}|{_BREAKS})?")
# Nothing between two signs, or a mark within the number of a chromosome, was there to begin with.
_EMPTY_PLACE = re.compile(r"\(\)|\(;|;;|;\)|[(;]\d\?\d")
_CHANGE = re.compile(
    r"(?P<before>\??)(?P<sign>[+-]?)(?P<after>\??)(?P<body>.+?)"
    r"(?:x(?P<least>\d{1,2})(?:[~-](?P<most>\d{1,2}))?)?(?P<end>\??)(?P<c>c?)(?:\[\d{1,4}\])?"
)
_MARKER = re.compile(
    r"(?:(?P<least>\d{1,2})(?:[~-](?P<most>\d{1,2}))?)?(?P<kind>mar|r|dmin|min|ace)(?:\d{1,2})?"
)
_WHOLE = re.compile(r"(?P<chromosome>[1-9]|1\d|2[0-2]|X|Y)")
_BAND_TEXT = re.compile(r"(?:\d|X|Y)[pq]\d{1,2}(?:\.\d{1,3})?")
_PLACE_TEXT = re.compile(rf"(?P<chromosome>[1-9]|1\d|2[0-2]|X|Y)(?P<band>{_BREAK})")
MOST_CHARACTERS = 300  # one change; longer text is not a change


@dataclass(frozen=True)
class _Body:
    kind: str
    copies: tuple[int, int] = (1, 1)
    chromosomes: tuple[str, ...] = ()
    breakpoints: tuple[str, ...] = ()
    translocations: tuple[tuple[str, ...], ...] = ()
    uncertain: bool = False


def read_change(text: str) -> Change | None:
    """The change that `text` (without blanks) writes; None where the grammar does not know it."""
    if text.lower() == "inc":  # its last letter is not the "c" of what is constitutional
        return Change(text, "inc")
    found = _CHANGE.fullmatch(text) if len(text) <= MOST_CHARACTERS else None
    if found is None:
        return None
    body = _body(found["body"], found["sign"])
    if body is None:
        return None
    copies = body.copies
    if found["least"]:
        copies = (int(found["least"]), int(found["most"] or found["least"]))
    if copies[0] > copies[1] or (copies[0] == 0 and found["least"]):
        return None
    return Change(
        text=text,
        kind=body.kind,
        sign=found["sign"],
        copies=copies,
        chromosomes=body.chromosomes,
        breakpoints=body.breakpoints,
        translocations=body.translocations,
        uncertain=bool(found["before"] or found["after"] or found["end"] or body.uncertain),
        constitutional=bool(found["c"]),
    )


def _body(text: str, sign: str) -> _Body | None:
    if whole := _WHOLE.fullmatch(text):
        return _Body("", chromosomes=(whole["chromosome"],)) if sign else None
    if text.lower() == "iamp21":
        return _Body("amp", chromosomes=("21",))
    if marker := _MARKER.fullmatch(text):
        least = int(marker["least"] or 1)
        return _Body(marker["kind"], (least, int(marker["most"] or least)))
    return _structures(text)


def _structures(text: str) -> _Body | None:
    """ "der(19)t(1;19)(q23;p13)": one structure after the other, to the end of the text."""
    if _EMPTY_PLACE.search(text):
        return None
    parts: list[re.Match[str]] = []
    place, sure = 0, text.replace("?", "")
    while place < len(sure):
        found = _STRUCTURE.match(sure, place)
        if found is None or not _counts_agree(found):
            return None
        parts.append(found)
        place = found.end()
    if not parts or (len(parts) > 1 and parts[0]["kind"] not in ("der", "ider")):
        return None
    chromosomes = [name for part in parts for name in _names(part)]
    breakpoints = [point for part in parts for point in _breakpoints(part)]
    joined = [points for part in parts for points in _translocations(part)]
    return _Body(
        parts[0]["kind"],
        chromosomes=tuple(dict.fromkeys(chromosomes)),
        breakpoints=tuple(dict.fromkeys(breakpoints)),
        translocations=tuple(joined),
        uncertain="?" in text,
    )


def _counts_agree(part: re.Match[str]) -> bool:
    """As many places of breaks as chromosomes; one of one arm, as in "i(17q)", needs no breaks."""
    if part["breaks"] is None:
        return True
    return part["breaks"].count(";") == part["chromosomes"].count(";")


def _names(part: re.Match[str]) -> list[str]:
    return [re.sub(r"[^0-9XY]", "", name) or "?" for name in part["chromosomes"].split(";")]


def _breakpoints(part: re.Match[str]) -> list[str]:
    if part["joined"]:
        places = _PLACE_TEXT.finditer(part["joined"])
        return [point for place in places for point in _bands(place["chromosome"], place["band"])]
    groups = (part["breaks"] or "").split(";")
    return [
        point
        for name, group in zip(_names(part), groups, strict=False)
        for point in _bands(name, group)
    ]


def _bands(chromosome: str, text: str) -> list[str]:
    """ "p12-13" is one break somewhere between 12p12 and 12p13: "12p12~12p13"."""
    found = []
    for match in re.finditer(r"([pq])([\d.]+)(?:([-~]|or)([pq])?([\d.]+))?", text):
        arm, first, between, other_arm, last = match.groups()
        point = f"{chromosome}{arm}{first}"
        if last:
            sign = "|" if between == "or" else "~"
            point += f"{sign}{chromosome}{other_arm or arm}{last}"
        found.append(point)
    return found


def _translocations(part: re.Match[str]) -> list[tuple[str, ...]]:
    """The breakpoints that are joined; a translocation without breaks joins its chromosomes."""
    if part["joined"]:
        segments = part["joined"].split("::")
        ends = [
            (_place(left.split("->")[1]), _place(right.split("->")[0]))
            for left, right in pairwise(segments)
        ]
        return [pair for pair in ends if all(_BAND_TEXT.search(point) for point in pair)]
    if part["kind"] not in ("t", "dic", "ins"):
        return []
    return [tuple(_breakpoints(part)) or tuple(_names(part))]


def _place(text: str) -> str:
    return text.replace("*", "").replace("'", "")
