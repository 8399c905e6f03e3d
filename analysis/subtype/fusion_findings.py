"""Whether a fusion, or a rearrangement of a gene with any partner, is there.

What was found by any method counts. "Not detected" counts only where the test would have seen it: a
test for KMT2A::AFF1 does not exclude other partners of KMT2A. A translocation in the karyotype
counts as found where it is shown, unless a test of the fusion itself is negative: then the question
is left open. A karyotype without the translocation excludes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable

from analysis.calls import Certainty, Reason, State
from analysis.iscn.recurrent import Recurrent
from analysis.subtype.evidence import FusionMethod, FusionTest
from analysis.subtype.finding import Finding
from analysis.subtype.table import Question, gene, subtypes_of_fusion
from analysis.wording import N_, Message, say


def fusion_finding(
    question: Question, tests: tuple[FusionTest, ...], karyotype: tuple[Recurrent, ...]
) -> Finding:
    """The answer for one row of the table that is defined by fusions."""
    about = [test for test in tests if _concerns(question, test)]
    found = [test for test in about if test.state is State.ALTERED and _makes(question, test)]
    excluded = _excluding(question, about)
    seen = [item for item in karyotype if _means(question, *item.genes)]
    if found:
        return _found(question, found, excluded)
    if any(item.shown for item in seen):
        return _in_karyotype(next(item for item in seen if item.shown), question, excluded)
    if excluded:
        return Finding(State.NOT_DETECTED, tuple(_said("fusion_excluded", t) for t in excluded))
    return _open(question, about, seen)


def _concerns(question: Question, test: FusionTest) -> bool:
    genes = {gene(test.gene_a), gene(test.gene_b)} - {""}
    if not genes or genes & set(question.genes) or genes <= question.complete:
        return True
    return _means(question, test.gene_a, test.gene_b)


def _makes(question: Question, test: FusionTest) -> bool:
    return bool(test.gene_a or test.gene_b) and _means(question, test.gene_a, test.gene_b)


def _means(question: Question, gene_a: str, gene_b: str) -> bool:
    """Whether this fusion, once found, answers the question with yes."""
    if question.complete and not (question.genes or question.pairs):
        return {gene(gene_a), gene(gene_b)} == question.complete
    return question.key in subtypes_of_fusion(gene_a, gene_b)[0]


def _excluding(question: Question, tests: Iterable[FusionTest]) -> list[FusionTest]:
    """Negative tests that exclude the whole question, alone or together."""
    negative = [test for test in tests if test.state is State.NOT_DETECTED and not _seen(test)]
    whole = [test for test in negative if _covers_all(question, test)]
    if whole:
        return whole
    apart = [test for test in negative if _gene_of_break_apart(test) in question.genes]
    genes = {_gene_of_break_apart(test) for test in apart}
    return apart if question.genes and genes == set(question.genes) else []


def _seen(test: FusionTest) -> bool:
    """Only looked for under the microscope, which excludes no fusion."""
    return FusionMethod(test.method) is FusionMethod.KARYOTYPE


def _covers_all(question: Question, test: FusionTest) -> bool:
    genes = {gene(test.gene_a), gene(test.gene_b)} - {""}
    if not genes:
        return True
    if len(genes) == 1:
        # No break in a gene is no fusion of it with the partner asked for.
        return bool(question.complete) and genes < question.complete
    return genes == question.complete


def _gene_of_break_apart(test: FusionTest) -> str:
    genes = [name for name in (gene(test.gene_a), gene(test.gene_b)) if name]
    return genes[0] if len(genes) == 1 else ""


def _found(question: Question, found: list[FusionTest], excluded: list[FusionTest]) -> Finding:
    listed = all(_listed(question, test) for test in found)
    reasons = [_said("fusion_found", test) for test in found]
    if not listed:
        sentence = N_("The pair {fusions} is not listed: the subtype follows from one gene alone.")
        names = tuple(_name(test) for test in found if not _listed(question, test))
        reasons.append(Reason("partner_not_listed", say(sentence, fusions=names)))
    conflicts = ()
    if excluded:
        sentence = N_("{label} was found by {method}, but not by {other}: what was found counts.")
        message = say(
            sentence,
            label=question.label,
            method=_methods(found),
            other=_methods(excluded),
        )
        evidence = tuple(e for test in (*found, *excluded) for e in test.evidence)
        conflicts = (Reason("methods_disagree", message, evidence),)
    certainty = Certainty.ESTABLISHED if listed else Certainty.UNCERTAIN
    return Finding(State.ALTERED, tuple(reasons), certainty, conflicts)


def _listed(question: Question, test: FusionTest) -> bool:
    # KMT2A, DUX4 and the like define the subtype whatever the partner; a kinase gene only suggests.
    one_gene_is_enough = question.rank == 1 or not question.pairs
    return one_gene_is_enough or subtypes_of_fusion(test.gene_a, test.gene_b)[1]


def _in_karyotype(item: Recurrent, question: Question, excluded: list[FusionTest]) -> Finding:
    fusion = _pair(*item.genes)
    if excluded:
        sentence = N_(
            "The karyotype shows {text}, which stands for {fusion}, but {label} was not detected "
            "by {method}: left open."
        )
        message = say(
            sentence,
            text=item.text,
            fusion=fusion,
            label=question.label,
            method=_methods(excluded),
        )
        evidence = tuple(e for test in excluded for e in test.evidence)
        conflict = Reason("karyotype_against_test", message, evidence)
        return Finding(State.NOT_EVALUABLE, (conflict,), item.certainty, (conflict,))
    sentence = N_("The karyotype shows {text}, which stands for {fusion}.")
    reason = Reason("karyotype_shows", say(sentence, text=item.text, fusion=fusion))
    return Finding(State.ALTERED, (reason,), item.certainty)


def _open(question: Question, about: list[FusionTest], seen: list[Recurrent]) -> Finding:
    unread = [test for test in about if test.state is State.NOT_EVALUABLE]
    if seen:
        sentence = N_(
            "The karyotype suggests {fusion} ({text}) without showing it: FISH or RNA has to tell."
        )
        message = say(sentence, fusion=_pair(*seen[0].genes), text=seen[0].text)
        return Finding(State.NOT_EVALUABLE, (Reason("karyotype_suggests", message),))
    if unread:
        reasons = tuple(_said("fusion_not_evaluable", test) for test in unread)
        return Finding(State.NOT_EVALUABLE, reasons)
    partly = [test for test in about if test.state is State.NOT_DETECTED]
    if partly and all(map(_seen, partly)):
        sentence = N_("{label} was only looked for in the karyotype, which does not exclude it.")
        evidence = tuple(e for test in partly for e in test.evidence)
        reason = Reason("karyotype_only", say(sentence, label=question.label), evidence)
        return Finding(State.NOT_TESTED, (reason,))
    if partly:
        sentence = N_("Of {label}, only {fusions} was looked for, and not detected.")
        names = tuple(dict.fromkeys(_name(test) for test in partly))
        evidence = tuple(e for test in partly for e in test.evidence)
        message = say(sentence, label=question.label, fusions=names)
        return Finding(State.NOT_TESTED, (Reason("fusion_partly_tested", message, evidence),))
    message = say(N_("{label} was not tested."), label=question.label)
    return Finding(State.NOT_TESTED, (Reason("not_tested", message),))


_SENTENCES = {
    "fusion_found": N_("{fusion} was found ({method})."),
    "fusion_excluded": N_("{fusion} was looked for and not detected ({method})."),
    "fusion_not_evaluable": N_("{fusion} was looked for without a readable result ({method})."),
}


def _said(code: str, test: FusionTest) -> Reason:
    message = say(_SENTENCES[code], fusion=_name(test), method=FusionMethod(test.method))
    return Reason(code, message, test.evidence)


def _name(test: FusionTest):
    return _pair(gene(test.gene_a), gene(test.gene_b))


def _pair(gene_a: str, gene_b: str):
    if gene_a and gene_b:
        return say(N_("{first}::{second}"), first=gene_a, second=gene_b)
    if gene_a or gene_b:
        return say(N_("a rearrangement of {gene}"), gene=gene_a or gene_b)
    return say(N_("any fusion"))


def _methods(tests: list[FusionTest]) -> tuple[FusionMethod | Message, ...]:
    """Each once, with its day where that is known."""
    return tuple(dict.fromkeys(map(_method, tests)))


def _method(test: FusionTest) -> FusionMethod | Message:
    method = FusionMethod(test.method)
    if test.date:
        return say(N_("{method} of {date}"), method=method, date=test.date)
    return method
