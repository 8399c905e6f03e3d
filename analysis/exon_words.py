"""Exons and lists of findings as parts of a sentence."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from analysis.deletion import range_text, ranges
from analysis.wording import N_, Message, say


def named(first: int, last: int) -> Message:
    if (first, last) == (1, 8):
        return say(N_("the whole gene (exons 1-8)"))
    if first == last:
        return say(N_("exon {exon}"), exon=first)
    return say(N_("exons {range}"), range=range_text(first, last))


def several(numbers: Iterable[int]) -> Message:
    """ "exon 4", or "exons 2-3, 8"."""
    runs = ranges(set(numbers))
    if len(runs) == 1:
        return named(*runs[0])
    return say(N_("exons {range}"), range=tuple(range_text(*run) for run in runs))


def joined(messages: list[Message]) -> Message:
    """Several findings as one, in the reader's punctuation. Raises IndexError on none."""
    whole = messages[0]
    for message in messages[1:]:
        whole = say(N_("{first}; {next}"), first=whole, next=message)
    return whole


def detailed(parts: list[Any]) -> Any:
    """Unlike details of one finding (text, words, messages) with the reader's comma between them,
    which in Chinese is not the one of a list of equals. Raises IndexError on none."""
    whole = parts[0]
    for part in parts[1:]:
        whole = say(N_("{first}, {next}"), first=whole, next=part)
    return whole
