"""Every question of the table answered from one child's evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from analysis.calls import State
from analysis.iscn.karyotype import Karyotype
from analysis.iscn.reading import read_karyotype
from analysis.iscn.recurrent import Recurrent, recurrent_translocations
from analysis.subtype.evidence import FusionTest, SubtypeEvidence
from analysis.subtype.finding import Finding, any_of
from analysis.subtype.fusion_findings import fusion_finding
from analysis.subtype.other_findings import iamp21_finding, profile_finding, variant_finding
from analysis.subtype.ploidy import Ploidy, ploidy_finding, read_ploidy, trisomy_finding
from analysis.subtype.table import Question, paper_groups, questions, subtypes_of_fusion

# A profile that excludes all classes of BCR::ABL1-like at once.
_PH_LIKE = ("ph_like_abl", "ph_like_jak", "ph_like_nos")


@dataclass(frozen=True)
class Findings:
    """The answers by key, with the karyotype and the chromosome number they were taken from."""

    by_key: Mapping[str, Finding]
    karyotype: Karyotype
    translocations: tuple[Recurrent, ...]
    ploidy: Ploidy


def findings_of(evidence: SubtypeEvidence) -> Findings:
    """Answers to every row of `analysis.subtype.table`."""
    karyotype = read_karyotype(evidence.karyotype)
    ploidy = read_ploidy(
        karyotype,
        recorded=evidence.modal_number,
        dna_index=evidence.dna_index,
        state=evidence.karyotype_state,
    )
    seen = recurrent_translocations(karyotype)
    found: dict[str, Finding] = {}
    for question in questions():
        if question.any_of:
            found[question.key] = any_of(found[key] for key in question.any_of)
        else:
            found[question.key] = _answer(question, evidence, karyotype, ploidy, seen)
    return Findings(found, karyotype, seen, ploidy)


def _answer(
    question: Question,
    evidence: SubtypeEvidence,
    karyotype: Karyotype,
    ploidy: Ploidy,
    seen: tuple[Recurrent, ...],
) -> Finding:
    if question.chromosomes:
        return ploidy_finding(question, ploidy)
    if question.trisomy:
        return trisomy_finding(question, karyotype, ploidy)
    if question.key == "iamp21":
        return iamp21_finding(question, evidence, karyotype)
    parts = []
    if question.by_fusion:
        parts.append(fusion_finding(question, evidence.fusions, seen))
    if question.variant:
        parts.append(variant_finding(question, evidence))
    if question.profile and not parts:
        parts.append(profile_finding(question, getattr(evidence, question.profile)))
    whole = any_of(parts)
    return _with_profile(question, whole, evidence)


def _with_profile(question: Question, found: Finding, evidence: SubtypeEvidence) -> Finding:
    """An expression profile beside the fusions: a class is found by its fusion, "not otherwise
    specified" by the profile; a profile that is not like it excludes every class without a
    fusion."""
    name = "ph_like_profile" if question.key in _PH_LIKE else question.profile
    if not name or found.state is State.ALTERED:
        return found
    state = getattr(evidence, name)
    if state is State.NOT_DETECTED or (state is State.ALTERED and question.profile):
        return profile_finding(question, state)
    if state is State.NOT_EVALUABLE and found.state is State.NOT_TESTED:
        return profile_finding(question, state)
    return found


def paper_states(evidence: SubtypeEvidence, findings: Findings) -> tuple[tuple[str, State], ...]:
    """The subtypes of the study, as the study counted: by the fusions that its screen looked for.

    A child whose screen found nothing counts as without, where the screen looked for any fusion
    that makes the subtype; `Findings` are stricter.
    """
    found = []
    for rule in paper_groups():
        states = {findings.by_key[key].state for key in rule.keys}
        tests = {test.state for test in evidence.fusions if _makes(test, rule.keys)}
        if State.ALTERED in states:
            state = State.ALTERED
        elif any(findings.by_key[key].conflicts for key in rule.keys):
            state = State.NOT_EVALUABLE
        elif State.NOT_DETECTED in tests or states == {State.NOT_DETECTED}:
            state = State.NOT_DETECTED
        elif State.NOT_EVALUABLE in tests | states:
            state = State.NOT_EVALUABLE
        else:
            state = State.NOT_TESTED
        found.append((rule.name, state))
    return tuple(found)


def _makes(test: FusionTest, keys: tuple[str, ...]) -> bool:
    return bool(set(subtypes_of_fusion(test.gene_a, test.gene_b)[0]) & set(keys))
