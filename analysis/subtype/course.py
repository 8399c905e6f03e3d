"""Tests that stand against each other, and tests of a later time than the diagnosis, in words.

The subtype and the risk group are those of the leukaemia at diagnosis. A test of a relapse, of a
remission or after a transplant is left aside, and the reader is told so.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from analysis.calls import Evidence, Reason, State
from analysis.wording import N_, Labelled, Message, say


class TestedFor(Labelled):
    """Questions that one test answers as a whole."""

    __test__ = False  # no class of tests

    IAMP21 = "iamp21", N_("iAMP21")
    PH_LIKE = "ph_like", N_("BCR::ABL1-like expression profile")
    ETV6_RUNX1_LIKE = "etv6_runx1_like", N_("ETV6::RUNX1-like expression profile")
    DUX4 = "dux4", N_("DUX4 rearrangement")
    MEF2D = "mef2d", N_("MEF2D rearrangement")
    KMT2A = "kmt2a", N_("KMT2A rearrangement")
    ANY_FUSION = "any_fusion", N_("any fusion")
    MLPA = "mlpa", N_("MLPA")
    SEQUENCING = "sequencing", N_("sequencing")


class Method(Labelled):
    RT_PCR = "rt_pcr", N_("RT-PCR")
    FISH = "fish", N_("FISH")
    ARRAY = "array", N_("array")
    MLPA = "mlpa", N_("MLPA")
    RNA_SEQ = "rna_seq", N_("RNA sequencing")
    KARYOTYPE = "karyotype", N_("karyotype")
    EXPRESSION = "expression", N_("gene expression profile")
    NOT_STATED = "not_stated", N_("method not stated")


class Turn(Labelled):
    """What ends the time of the diagnosis."""

    REMISSION = "remission", N_("complete remission")
    RELAPSE = "relapse", N_("relapse")
    TRANSPLANT = "transplant", N_("transplant")


@dataclass(frozen=True)
class DatedTest:
    """One test of one question; `method` a `Method` or its value, `date` ISO 8601 or ""."""

    asked: Labelled | Message | str
    method: Method | str
    state: State
    date: str = ""
    evidence: tuple[Evidence, ...] = ()


def by_whom(tests: Iterable[DatedTest]) -> tuple[Message, ...]:
    """ "FISH of 2020-01-10", each method and day once."""
    return tuple(dict.fromkeys(_method(test) for test in tests))


def _method(test: DatedTest) -> Message:
    method = Method(test.method)
    if test.date:
        return say(N_("{method} of {date}"), method=method, date=test.date)
    return say(N_("{method}, undated"), method=method)


def disagreement(tests: Sequence[DatedTest]) -> Reason | None:
    """Of the tests of one question, those that found it against those that did not; None where
    nothing stands against anything."""
    found = [test for test in tests if test.state is State.ALTERED]
    against = [test for test in tests if test.state is State.NOT_DETECTED]
    if not (found and against):
        return None
    sentence = N_(
        "{asked}: detected by {found}, not detected by {against}. What was found counts; the tests "
        "contradict each other."
    )
    message = say(sentence, asked=found[0].asked, found=by_whom(found), against=by_whom(against))
    evidence = tuple(item for test in (*found, *against) for item in test.evidence)
    return Reason("tests_disagree", message, evidence)


def left_aside(
    asked: Labelled | Message | str, date: str, *, turn: Turn, since: str, evidence=()
) -> Reason:
    """A test dated `date`, which does not lie before `turn` on the day `since`."""
    sentence = N_(
        "{asked} of {date} was left aside: it is not of the diagnosis but of the time from the "
        "first {turn} ({since}) on."
    )
    message = say(sentence, asked=asked, date=date, turn=turn, since=since)
    return Reason("left_aside", message, tuple(evidence))


def of_other_specimen(
    asked: Labelled | Message | str, number: str, *, turn: Turn, evidence=()
) -> Reason:
    """A test of a specimen that is recorded as one of `turn`."""
    sentence = N_(
        "{asked} of specimen {number} was left aside: the specimen is not of the diagnosis but of "
        "a {turn}."
    )
    message = say(sentence, asked=asked, number=number, turn=turn)
    return Reason("left_aside", message, tuple(evidence))


def with_method(asked: Labelled | str, method: str) -> Message:
    return say(N_("{asked} ({method})"), asked=asked, method=Method(method))


def specimen_of(asked: Labelled, number: str) -> Message:
    return say(N_("{asked} of specimen {number}"), asked=asked, number=number)
