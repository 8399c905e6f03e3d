"""Whether the number of chromosomes that a clone states is the one that its changes make."""

from __future__ import annotations

import re

from analysis.calls import Reason
from analysis.iscn.karyotype import Change, Clone
from analysis.wording import N_, say

HAPLOID = 23
# One chromosome that holds the centromeres of two: both are gone, one stands for them.
_TWO_IN_ONE = ("dic", "psudic", "rob")
_NO_CHROMOSOME = ("dmin", "inc", "amp", "fra")
_INHERITED = re.compile(r"idem|sd?l", re.IGNORECASE)
_DOUBLED = re.compile(r"(?:idem|sd?l\d?)x[2-9]", re.IGNORECASE)


def counted(clone: Clone) -> tuple[int, int] | None:
    """(least, most) chromosomes by the changes of the clone; None where they cannot be counted.

    Counted from the ploidy level that is written, else from two of each chromosome; sex chromosomes
    as written, with a structural one ("46,X,t(X;12)") put in.
    """
    sex = clone.sex.rstrip("c")
    if not sex or set(sex) - {"X", "Y"} or any(c.kind == "inc" for c in clone.changes):
        return None
    level = clone.ploidy or 2
    low = high = 22 * level + len(sex) + _structural_sex(clone, sex, level)
    for change in clone.changes:
        least, most = _adds(change, level if len(sex) < level else 0)
        low, high = low + least, high + most
    return low, high


def _structural_sex(clone: Clone, sex: str, level: int) -> int:
    """Sex chromosomes that are not in the list of sex chromosomes because they are abnormal."""
    unsigned = [
        change
        for change in clone.changes
        if not change.sign and not change.constitutional and {"X", "Y"} & set(change.chromosomes)
    ]
    copies = sum(change.copies[0] for change in unsigned)
    return min(copies, max(level - len(sex), 0))


def _adds(change: Change, missing_sex: int) -> tuple[int, int]:
    """How many chromosomes a change adds, (least, most)."""
    least, most = change.copies
    if change.constitutional and change.sign:
        return (least, most) if change.sign == "+" else (-most, -least)
    # "45,X,-Y": the loss says what is no longer in the list of sex chromosomes.
    if change.sign == "-" and missing_sex and change.chromosomes in (("X",), ("Y",)):
        return 0, 0
    if change.kind in _NO_CHROMOSOME:
        return 0, 0
    if change.sign == "+":
        return least, most
    if change.sign == "-":
        return -most, -least
    two_in_one = change.kind in _TWO_IN_ONE or (change.kind == "der" and _of_two(change))
    if two_in_one:
        return -most, -least
    return 0, 0


def _of_two(change: Change) -> bool:
    """ "der(9;16)(...)": one derivative of two chromosomes."""
    return ";" in change.text.split(")")[0]


def count_reason(clone: Clone) -> Reason | None:
    """Why the stated number should be looked at again; None where it fits or cannot be counted."""
    if clone.composite or clone.modal is None:
        return None
    found = counted(clone)
    if found is None or _INHERITED.search(clone.text):
        return None
    low, high = found
    if low <= clone.modal.high and clone.modal.low <= high:
        return None
    if clone.ploidy is None and _fits_another_level(clone, low, high):
        return None
    sentence = N_(
        "“{clone}” says {stated} chromosomes; its changes make {counted}. The stated number is "
        "used."
    )
    return Reason(
        "number_does_not_fit",
        say(sentence, clone=clone.text, stated=clone.modal.text,
            counted=str(low) if low == high else f"{low}~{high}"),
    )  # fmt: skip


def against_two(clone: Clone) -> bool:
    """Whether gains and losses count from two of each chromosome, or from one: not so in "62<3n>"
    nor in a doubled clone ("idemx2")."""
    return clone.ploidy in (None, 1, 2) and not _DOUBLED.search(clone.text)


def gains_are_written(clone: Clone) -> bool:
    """Whether every gained chromosome is written as such ("+4"): not so in a polyploid or doubled
    clone, in one marked "inc", nor where the changes do not make up the number."""
    if not against_two(clone) or any(change.kind == "inc" for change in clone.changes):
        return False
    if clone.composite or clone.modal is None or _INHERITED.search(clone.text):
        return True
    found = counted(clone)
    return found is None or (found[0] <= clone.modal.high and clone.modal.low <= found[1])


def _fits_another_level(clone: Clone, low: int, high: int) -> bool:
    """Changes written against another ploidy level than two ("91,XXYY,-1")."""
    return any(
        low + 22 * (level - 2) <= clone.modal.high and clone.modal.low <= high + 22 * (level - 2)
        for level in (1, 3, 4)
    )
