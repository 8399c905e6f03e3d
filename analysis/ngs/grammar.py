"""What the fields of a VCF record may hold, as patterns made from the header's declarations.

Possessive quantifiers throughout: no text, however foul, makes a pattern run long.
"""

from __future__ import annotations

import re
from functools import lru_cache

from analysis.ngs.header import Field

BASES = re.compile(r"[ACGTNacgtn]++")
# A base sequence, a spanning deletion, a symbolic allele, a breakend, or none.
ALLELE = re.compile(
    r"[ACGTNacgtn]++|\*|<[^<>,\s]++>|\.[ACGTNacgtn]++|[ACGTNacgtn]++\."
    r"|[ACGTNacgtn]*+[\[\]][^\[\],\s]++[\[\]][ACGTNacgtn]*+"
)
QUALITY = re.compile(r"\.|[-+]?+(?:\d++(?:\.\d*+)?+|\.\d++)(?:[eE][-+]?+\d++)?+|[iI]nf")
POSITION = re.compile(r"[1-9][0-9]{0,9}")
INTEGER = r"(?:-?+[0-9]{1,10}+|\.)"
COUNT = r"(?:[0-9]{1,10}+|\.)"
_EXPONENT = r"(?:[eE][-+]?+[0-9]{1,3}+)?+"
# The alternatives differ in their first character, so that none is tried in vain.
FLOAT = (
    rf"(?:[0-9]++(?:\.[0-9]*+)?+{_EXPONENT}|\.(?:[0-9]++{_EXPONENT})?+"
    rf"|[-+](?:[0-9]++(?:\.[0-9]*+)?+|\.[0-9]++){_EXPONENT}"
    r"|[-+]?+(?:[nN][aA][nN]|[iI][nN][fF]))"
)
_ITEM = {"Integer": INTEGER, "Float": FLOAT}
# Reads are counted: never below 0, whatever Integer allows.
COUNTS = ("AD", "DP", "RD")
# Read from the tumour's column; their number of values must be what the header declares.
WANTED = ("GT", "AD", "AF", "FA", "FREQ", "DP", "RD", "MMQ", "MBQ")


def values(field: Field, *, alternates: int, end: str, counted: bool) -> str:
    """The pattern of one field's values, for a record with `alternates` alleles beside REF.

    `counted`: the number of values must be the declared one too; else only their type counts, as
    callers themselves break the number in fields that nothing here reads (QSS of GATK 3).
    """
    item = _ITEM.get(field.type)
    if item is None:
        return f"[^{end}]*+"
    exact = {"A": alternates, "R": alternates + 1}.get(field.number)
    if exact is None and field.number.isdecimal():
        exact = int(field.number)
    if not counted or exact is None or exact > 1000:
        return rf"{item}(?:,{item})*+"
    if exact <= 1:
        return item
    return rf"(?:{item}(?:,{item}){{{exact - 1}}}+|\.)"


@lru_cache(maxsize=512)
def genotype(alternates: int) -> str:
    """A genotype whose allele numbers the record has."""
    numbers = "|".join(str(number) for number in range(alternates, -1, -1))
    return rf"(?:{numbers}|\.)(?:[/|](?:{numbers}|\.))*"


def info_field(name: str, field: Field, *, alternates: int, counted: bool) -> str:
    if field.type == "Flag":
        return re.escape(name)
    pattern = values(field, alternates=alternates, end=";", counted=counted)
    return f"{re.escape(name)}={pattern}"


def sample_column(
    keys: tuple[str, ...], fields: dict[str, Field], *, alternates: int, named: bool = True
) -> re.Pattern[str]:
    """The pattern of a sample's column under FORMAT `keys`, with a group for each wanted field
    if `named`.

    Trailing fields may be missing, as the specification has it.
    """
    pattern = ""
    for key in reversed(keys):
        one = cell(key, fields[key], alternates=alternates)
        one = f"(?P<{key}>{one})" if named and key in WANTED else f"(?:{one})"
        pattern = f"{one}(?::{pattern})?+" if pattern else one
    return re.compile(pattern)


def cell(key: str, field: Field, *, alternates: int) -> str:
    """The pattern of one FORMAT field in a sample's column."""
    if key == "GT":
        return genotype(alternates)
    pattern = values(field, alternates=alternates, end=":", counted=key in WANTED)
    return pattern.replace(INTEGER, COUNT) if key in COUNTS else pattern
