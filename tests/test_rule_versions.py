"""An answer that changes without a new rule version would stay stored as if nothing had happened.

Each rule answers a fixed catalogue of findings (drawn with a fixed seed); the digest of its answers
is kept beside its version in `rule_answers.json`. Where a rule changes on purpose: raise its
version, and add the new version with the digest that the failing test prints.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from analysis.calls import CopyCall, State
from analysis.ikzf1 import RULE_VERSION, Ikzf1Evidence, ikzf1_status
from analysis.ikzf1_evidence import (
    Classification,
    CopyNumberAssay,
    ExonCall,
    SequencingAssay,
    Variant,
    VariantConsequence,
)
from analysis.loci import LocusFinding
from analysis.profiles import IKZF1PLUS_LOCI, IKZF1PLUS_VERSION, ikzf1_plus
from analysis.profiles_ukall import UKALL_GENES, UKALL_VERSION, ukall_cna
from analysis.risk.engine import assess
from analysis.risk.facts import MrdResult, RiskFacts, number_fact, word_fact
from analysis.risk.loader import protocols
from analysis.risk.vocabulary import VOCABULARY
from analysis.subtype import SubtypeEvidence, classify
from analysis.subtype.evidence import FusionTest, ProteinChange
from analysis.subtype.result import RULE_VERSION as SUBTYPE_VERSION
from reports.derived import ENGINE_VERSION

RECORDED = json.loads((Path(__file__).parent / "rule_answers.json").read_text(encoding="utf-8"))
CASES = 200
STATES = tuple(State)


def _ikzf1(draw: random.Random) -> tuple:
    status = ikzf1_status(Ikzf1Evidence(_copies(draw), _sequencing(draw)))
    return (
        status.state,
        status.kind,
        status.large_deletion,
        status.sequence_variant,
        [(item.exons, item.zygosity, item.needs_confirmation) for item in status.deletions],
        [item.verdict for item in status.variants],
        [reason.code for reason in status.reasons],
    )


def _copies(draw: random.Random) -> CopyNumberAssay:
    if draw.random() < 0.1:
        return CopyNumberAssay(tested=False)
    calls = [CopyCall.NORMAL] * 8
    if draw.random() < 0.7:
        first, last = sorted(draw.choices(range(8), k=2))
        calls[first : last + 1] = [draw.choice(tuple(CopyCall))] * (last + 1 - first)
    if draw.random() < 0.2:
        calls[draw.randrange(8)] = draw.choice(tuple(CopyCall))
    return CopyNumberAssay(
        tested=True,
        adequate=draw.choice((True, True, True, False, None)),
        exons=tuple(ExonCall(place, call) for place, call in enumerate(calls, start=1)),
        blast_percent=draw.choice((None, 10, 20, 30, 40, 60, 95)),
    )


def _sequencing(draw: random.Random) -> SequencingAssay:
    if draw.random() < 0.1:
        return SequencingAssay(tested=False)
    variants = tuple(
        Variant(
            "IKZF1",
            "NM_006060.6",
            f"c.{draw.randrange(1, 1500)}A>G",
            consequence=draw.choice(tuple(VariantConsequence)),
            vaf=draw.choice((None, 0.005, 0.01, 0.02, 0.4)),
            depth=draw.choice((None, 50, 100, 2000)),
            classification=draw.choice(tuple(Classification)),
        )
        for _ in range(draw.choice((0, 0, 1, 2)))
    )
    return SequencingAssay(
        tested=True,
        adequate=draw.choice((True, True, False, None)),
        variants=variants,
        low_exons=draw.choice(((), (), (5,))),
        covers_ikzf1=draw.choice((True, True, False, None)),
    )


def _loci(draw: random.Random, genes: tuple[str, ...]) -> dict[str, LocusFinding]:
    """Mostly normal, as children are: else every profile would be poor or open."""
    calls = [CopyCall.NORMAL] * 20 + list(CopyCall)
    return {gene: LocusFinding.from_call(draw.choice(calls)) for gene in genes}


def _ikzf1plus(draw: random.Random) -> tuple:
    found = ikzf1_plus(_loci(draw, IKZF1PLUS_LOCI))
    return found.answer, found.decisive, [reason.code for reason in found.reasons]


def _ukall(draw: random.Random) -> tuple:
    found = ukall_cna(
        _loci(draw, UKALL_GENES),
        etv6_runx1=draw.choice(STATES),
        high_hyperdiploidy=draw.choice(STATES),
        tiers=draw.choice((2, 3)),
    )
    return found.answer, found.genetic_risk, found.possible, found.decisive


_FUSIONS = (
    ("BCR", "ABL1"), ("ETV6", "RUNX1"), ("TCF3", "PBX1"), ("TCF3", "HLF"), ("KMT2A", "AFF1"),
    ("KMT2A", ""), ("P2RY8", "CRLF2"), ("EBF1", "PDGFRB"), ("MEF2D", "BCL9"), ("IGH", "DUX4"),
    ("ZNF384", ""), ("", ""),
)  # fmt: skip
_KARYOTYPES = (
    "", "46,XY[20]", "46,XX[3]", "55,XX,+X,+4,+6,+10,+14,+17,+18,+21,+21[8]/46,XX[12]",
    "46,XY,t(9;22)(q34;q11.2)[15]", "35,XX,-2,-3,-4[10]", "27,X[5]", "47,XY,+21c[20]",
    "46,XX,t(1;19)(q23;p13)[8]", "52~56,XY,inc[cp6]", "no metaphases",
)  # fmt: skip


def _subtype(draw: random.Random) -> tuple:
    pairs = draw.sample(_FUSIONS, k=draw.choice((0, 1, 2, 4)))
    found = classify(
        SubtypeEvidence(
            fusions=tuple(FusionTest(a, b, draw.choice(STATES)) for a, b in pairs),
            karyotype=draw.choice(_KARYOTYPES),
            modal_number=draw.choice((None, None, 26, 46, 50, 51, 67, 68)),
            dna_index=draw.choice((None, None, 1.0, 1.16, 1.6)),
            variants=draw.choice(((), (), (ProteinChange("PAX5", "p.Pro80Arg"),))),
            sequenced=(("PAX5", draw.choice(STATES)), ("IKZF1", draw.choice(STATES))),
            iamp21=draw.choice(STATES),
            ph_like_profile=draw.choice(STATES),
        )
    )
    markers = [(marker.key, marker.state) for marker in found.markers]
    groups = [(group.name, group.state) for group in found.paper_groups]
    return found.answer, found.key, found.also, markers, groups, found.modal_number


def _risk(draw: random.Random) -> tuple:
    facts = []
    for kind in VOCABULARY.values():
        if kind.mrd or draw.random() < 0.4:
            continue
        if kind.number:
            within = [
                value for value in (0, 0.5, 1, 1.16, 5, 10, 44, 50, 60) if kind.span.holds(value)
            ]
            facts.append(number_fact(kind.name, draw.choice(within)))
        else:
            words = (*(str(word) for word in kind.words), "not_tested", "not_evaluable")
            facts.append(word_fact(kind.name, draw.choice(words)))
    results = tuple(
        MrdResult(
            day,
            draw.choice((0.2, 0.1, 0.01, 0.001, 0.0005, 0.0001, 0.00001)),
            draw.choice(("=", "=", "<")),
            lod=draw.choice((None, 0.0001, 0.00001)),
            method=draw.choice(("flow", "pcr")),
        )
        for day in (15, 33, 84)
        if draw.random() < 0.7
    )
    given = RiskFacts(tuple(facts), results)
    return tuple(
        (result.group, [item.code for item in result.possible])
        for result in (assess(given, protocol) for protocol in protocols())
    )


RULES: dict[str, tuple[str, Callable[[random.Random], tuple]]] = {
    "ikzf1": (RULE_VERSION, _ikzf1),
    "ikzf1plus": (IKZF1PLUS_VERSION, _ikzf1plus),
    "ukall_cna": (UKALL_VERSION, _ukall),
    "subtype": (SUBTYPE_VERSION, _subtype),
    "risk": (ENGINE_VERSION, _risk),
}


def _digest(answers: Iterator[tuple]) -> str:
    text = json.dumps([repr(_plain(answer)) for answer in answers])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _plain(value):
    """Enumerations as their values, so that a label may be reworded."""
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value if isinstance(value, int | float) or value is None else str(value)


@pytest.mark.parametrize("rule", RULES)
def test_answers_change_only_with_the_rule_version(rule):
    version, answer = RULES[rule]
    digest = _digest(answer(random.Random(f"{rule} {case}")) for case in range(CASES))
    assert RECORDED[rule].get(version) == digest, (
        f"{rule}: the catalogue's answers have the digest {digest}, which is not that of version "
        f"{version}. Raise the version and record the digest under it."
    )


@pytest.mark.parametrize("rule", RULES)
def test_the_catalogue_meets_more_than_one_answer(rule):
    """A catalogue of equal answers would notice nothing."""
    answer = RULES[rule][1]
    found = {repr(answer(random.Random(f"{rule} {case}"))[0]) for case in range(CASES)}
    assert len(found) >= 3
