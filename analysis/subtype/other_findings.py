"""Questions answered by one sequence variant, by FISH for iAMP21, or by an expression profile."""

from __future__ import annotations

import re

from analysis.calls import Certainty, Reason, State
from analysis.gene import AMINO_ACIDS
from analysis.iscn.karyotype import Karyotype
from analysis.subtype.evidence import ProteinChange, SubtypeEvidence
from analysis.subtype.finding import Finding
from analysis.subtype.table import Question
from analysis.wording import N_, say

_ONE_LETTER = {three: one for one, three in AMINO_ACIDS.items()}
_SUBSTITUTION = re.compile(r"(?:p\.)?\(?([A-Za-z]{3}|[A-Z])(\d+)([A-Za-z]{3}|[A-Z])\)?")
# A founding lesion is in most of the blasts; this project's own limit, to be confirmed.
SUBCLONAL_VAF = 0.10
_OPEN = (State.NOT_EVALUABLE, State.NOT_TESTED)


def variant_finding(question: Question, evidence: SubtypeEvidence) -> Finding:
    """Whether the one variant that defines the subtype was found, in three letters or in one."""
    name, before, position, after = question.variant
    written = f"{name} {before}{position}{after}"
    found = [
        item
        for item in evidence.variants
        if item.gene == name and _substitution(item.hgvs_p) == (before, position, after)
    ]
    # What settles the question first: of two samples the better one speaks.
    found.sort(key=lambda item: (not item.readable, _subclonal(item)))
    state = dict(evidence.sequenced).get(name, State.NOT_TESTED)
    # A readable sample without the variant answers for a failed one that showed it.
    if found and (found[0].readable or not state.answered):
        return _variant_found(found[0], written)
    sentence = {
        State.NOT_TESTED: N_("{gene} was not sequenced, so {variant} is not excluded."),
        State.NOT_EVALUABLE: N_("{gene} was sequenced without a readable result."),
    }.get(state, N_("{gene} was sequenced; {variant} was not found."))
    # "Altered" of the gene as a whole means another variant than this one.
    answer = state if state in _OPEN else State.NOT_DETECTED
    return Finding(answer, (Reason("variant_searched", say(sentence, gene=name, variant=written)),))


def _variant_found(item: ProteinChange, written: str) -> Finding:
    if not item.readable:
        sentence = N_("{variant} was seen in a sample of failed quality: it has to be repeated.")
        reason = Reason("variant_unreadable", say(sentence, variant=written), item.evidence)
        return Finding(State.NOT_EVALUABLE, (reason,))
    if _subclonal(item):
        sentence = N_(
            "{variant} was found at a VAF of {vaf} %, in a part of the cells only: below {least} % "
            "it does not name the subtype (a convention)."
        )
        vaf, least = f"{100 * (item.vaf or 0):g}", f"{100 * SUBCLONAL_VAF:g}"
        message = say(sentence, variant=written, vaf=vaf, least=least)
        return Finding(State.NOT_EVALUABLE, (Reason("variant_subclonal", message, item.evidence),))
    message = say(N_("{variant} was found by sequencing."), variant=written)
    return Finding(State.ALTERED, (Reason("variant_found", message, item.evidence),))


def _subclonal(item: ProteinChange) -> bool:
    return item.vaf is not None and item.vaf < SUBCLONAL_VAF


def _substitution(hgvs_p: str) -> tuple[str, int, str] | None:
    found = _SUBSTITUTION.fullmatch(hgvs_p.strip().split(":")[-1])
    if found is None:
        return None
    before, position, after = found.groups()
    return _one(before), int(position), _one(after)


def _one(residue: str) -> str:
    return _ONE_LETTER.get(residue.capitalize(), residue) if len(residue) == 3 else residue


def iamp21_finding(question: Question, evidence: SubtypeEvidence, karyotype: Karyotype) -> Finding:
    """By FISH or array; the karyotype counts where it says iAMP21, and suggests it where a
    structurally changed chromosome 21 is seen."""
    state = evidence.iamp21
    if state.answered or state is State.NOT_EVALUABLE:
        sentence = {
            State.ALTERED: N_("iAMP21 was found."),
            State.NOT_DETECTED: N_("iAMP21 was looked for and not detected."),
            State.NOT_EVALUABLE: N_("iAMP21 was looked for without a readable result."),
        }[state]
        return Finding(state, (Reason("iamp21_tested", say(sentence)),))
    changes = [c for clone in karyotype.abnormal for c in clone.changes if c.sign != "-"]
    written = next((c for c in changes if c.kind == "amp" and "21" in c.chromosomes), None)
    if written:
        message = say(N_("The karyotype says {text}."), text=written.text)
        reason = Reason("iamp21_in_karyotype", message)
        return Finding(State.ALTERED, (reason,), Certainty.PREDICTED)
    changed = next((c for c in changes if _changed_21(c)), None)
    if changed:
        sentence = N_("{text} may be iAMP21: FISH with a RUNX1 probe, or an array, has to tell.")
        reason = Reason("iamp21_possible", say(sentence, text=changed.text))
        return Finding(State.NOT_TESTED, (reason,))
    message = say(N_("{label} was not tested."), label=question.label)
    return Finding(State.NOT_TESTED, (Reason("not_tested", message),))


def _changed_21(change) -> bool:
    kinds = ("dup", "add", "der", "idic", "r", "i", "hsr", "trp", "ider")
    return change.kind in kinds and change.chromosomes[:1] == ("21",)


def profile_finding(question: Question, state: State) -> Finding:
    """An expression profile that answers the question by itself."""
    sentence = {
        State.ALTERED: N_("The expression profile is that of {label}."),
        State.NOT_DETECTED: N_("The expression profile is not that of {label}."),
        State.NOT_EVALUABLE: N_("The expression profile could not be read for {label}."),
        State.NOT_TESTED: N_("No expression profile was made for {label}."),
    }[state]
    return Finding(state, (Reason("expression_profile", say(sentence, label=question.label)),))
