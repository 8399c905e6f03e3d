"""Every question of the table answered from one child's evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from analysis.calls import Reason, State
from analysis.iscn.karyotype import Karyotype
from analysis.iscn.reading import read_karyotype
from analysis.iscn.recurrent import Recurrent, recurrent_translocations
from analysis.subtype.evidence import FusionTest, SubtypeEvidence
from analysis.subtype.finding import Finding, any_of
from analysis.subtype.fusion_findings import fusion_finding
from analysis.subtype.other_findings import iamp21_finding, profile_finding, variant_finding
from analysis.subtype.ploidy import Ploidy, ploidy_finding, read_ploidy, trisomy_finding
from analysis.subtype.table import Question, paper_groups, questions, subtypes_of_fusion
from analysis.wording import N_, say

# A profile that excludes all classes of BCR::ABL1-like at once.
_PH_LIKE = ("ph_like_abl", "ph_like_jak", "ph_like_nos")


@dataclass(frozen=True)
class Findings:
    """The answers by key, with the karyotype and the chromosome number they were taken from.

    `unanswered`: of a question that several tests answer together, the tests that did not
    ("fusion", "variant").
    """

    by_key: Mapping[str, Finding]
    karyotype: Karyotype
    translocations: tuple[Recurrent, ...]
    ploidy: Ploidy
    unanswered: Mapping[str, frozenset[str]]


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
        if question.key == "ph_like_nos":
            found[question.key] = _otherwise_specified(found)
    open_tests = {q.key: _open_tests(q, evidence, seen) for q in questions() if q.variant}
    return Findings(found, karyotype, seen, ploidy, open_tests)


def _open_tests(
    question: Question, evidence: SubtypeEvidence, seen: tuple[Recurrent, ...]
) -> frozenset[str]:
    tests = {"variant": variant_finding(question, evidence)}
    if question.by_fusion:
        tests["fusion"] = fusion_finding(question, evidence.fusions, seen)
    return frozenset(name for name, found in tests.items() if not found.state.answered)


def _otherwise_specified(found: Mapping[str, Finding]) -> Finding:
    """ "Not otherwise specified" is what is left where neither a class nor BCR::ABL1 itself, which
    has the same profile, is found."""
    own = found["ph_like_nos"]
    by_profile = {reason.code for reason in own.reasons} == {"expression_profile"}
    specified = ("bcr_abl1", "ph_like_abl", "ph_like_jak")
    leading = [key for key in specified if found[key].state is State.ALTERED]
    if own.state is not State.ALTERED or not by_profile or not leading:
        return own
    sentence = N_("The expression profile is explained by {label}.")
    label = next(q.label for q in questions() if q.key == leading[0])
    reason = Reason("profile_explained", say(sentence, label=label))
    return Finding(State.NOT_DETECTED, (*own.reasons, reason))


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
        states = {_as_counted(findings.by_key[key]) for key in rule.keys}
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


def _as_counted(finding: Finding) -> State:
    """The study counts 51-65 chromosomes as hyperdiploid, and no more."""
    on_border = "borderline_number" in {reason.code for reason in finding.reasons}
    return State.NOT_DETECTED if on_border else finding.state


def _makes(test: FusionTest, keys: tuple[str, ...]) -> bool:
    return bool(set(subtypes_of_fusion(test.gene_a, test.gene_b)[0]) & set(keys))
