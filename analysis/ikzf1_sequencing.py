"""Sequence variants of IKZF1 -> is there an SNV or InDel that counts, which, and why."""

from __future__ import annotations

from dataclasses import dataclass, replace

from analysis.calls import Evidence, Reason, State
from analysis.exon_words import joined, several
from analysis.ikzf1_evidence import Ikzf1Rules, SequencingAssay, Variant, VariantConsequence
from analysis.ikzf1_variant import VariantComponent, Verdict, judge
from analysis.wording import N_, Message, say


@dataclass(frozen=True)
class SequencingFinding:
    """The answer on SNV/InDel. `variants` has every IKZF1 variant read, counted or not."""

    state: State
    phrase: Message
    variants: tuple[VariantComponent, ...] = ()
    reasons: tuple[Reason, ...] = ()
    missing: tuple[Message, ...] = ()
    evidence: tuple[Evidence, ...] = ()

    @property
    def counted(self) -> tuple[VariantComponent, ...]:
        return tuple(item for item in self.variants if item.verdict is Verdict.COUNTED)


def read_sequencing(assay: SequencingAssay, rules: Ikzf1Rules) -> SequencingFinding:
    """Altered where a variant counts; not detected only where IKZF1 was sequenced adequately in
    every exon and nothing is left open."""
    judged = _judged(assay, rules)
    counted = [item for item in judged if item.verdict is Verdict.COUNTED]
    if not assay.tested or (not assay.covers_ikzf1 and not judged):
        return _not_tested(assay)
    if assay.adequate is False:
        return _inadequate(assay, judged)
    open_points = _open_points(assay, judged)
    if counted:
        state, phrase = State.ALTERED, joined([item.phrase for item in counted])
    elif open_points:
        why = joined([point for _, point in open_points])
        state, phrase = (
            State.NOT_EVALUABLE,
            say(N_("SNV/InDel not evaluable ({why})"), why=why),
        )
    else:
        state, phrase = State.NOT_DETECTED, say(N_("no SNV/InDel detected"))
    return SequencingFinding(
        state=state,
        phrase=phrase,
        variants=judged,
        reasons=(
            Reason("sequencing_read", _how_many(judged), (_assay_evidence(assay),)),
            *(reason for item in judged for reason in item.reasons),
            *(Reason(code, _open(point)) for code, point in open_points),
        ),
        missing=_missing(assay, judged),
        evidence=_evidence(assay, judged),
    )


def _judged(assay: SequencingAssay, rules: Ikzf1Rules) -> tuple[VariantComponent, ...]:
    """Along the gene, so that the order of the rows says nothing."""
    own = (item for item in assay.variants if item.gene == "IKZF1")
    judged = [judge(item, low_exons=assay.low_exons, rules=rules) for item in own]
    return tuple(sorted(judged, key=_place))


def _place(item: VariantComponent) -> tuple:
    variant: Variant = item.variant
    return (item.exon or 0, item.position or 0, repr(variant))


def _not_tested(assay: SequencingAssay) -> SequencingFinding:
    code, why = (
        "sequencing_not_tested",
        N_("No sequencing is recorded: SNV/InDel of IKZF1 were not tested."),
    )
    if assay.tested and assay.covers_ikzf1 is False:
        code, why = (
            "panel_without_ikzf1",
            N_("IKZF1 is not on the panel: SNV/InDel of IKZF1 were not tested."),
        )
    elif assay.tested:
        code, why = (
            "panel_genes_unknown",
            N_(
                "The genes of the panel are not recorded: that IKZF1 was sequenced is not known, "
                "so SNV/InDel count as not tested."
            ),
        )
    return SequencingFinding(
        state=State.NOT_TESTED,
        phrase=say(N_("SNV/InDel not tested")),
        reasons=(Reason(code, say(why), _evidence(assay, ())),),
        missing=(say(N_("sequencing of IKZF1")),),
        evidence=_evidence(assay, ()),
    )


def _inadequate(assay: SequencingAssay, judged: tuple[VariantComponent, ...]) -> SequencingFinding:
    why = assay.inadequate_reason
    sentence, phrase = (
        N_("The sequencing sample could not be read; its variants are not used."),
        N_("SNV/InDel not evaluable (sequencing inadequate)"),
    )
    if why:
        sentence, phrase = (
            N_("The sequencing sample could not be read ({reason}); its variants are not used."),
            N_("SNV/InDel not evaluable (sequencing inadequate: {reason})"),
        )
    given = {"reason": why} if why else {}
    first = Reason("sequencing_inadequate", say(sentence, **given), (_assay_evidence(assay),))
    return SequencingFinding(
        state=State.NOT_EVALUABLE,
        phrase=say(phrase, **given),
        variants=tuple(replace(item, verdict=Verdict.UNRESOLVED) for item in judged),
        reasons=(first,),
        missing=(say(N_("a sequencing result that can be read")),),
        evidence=_evidence(assay, judged),
    )


def _open_points(
    assay: SequencingAssay, judged: tuple[VariantComponent, ...]
) -> list[tuple[str, Message]]:
    """What keeps the absence of a counted variant from being an answer."""
    found = []
    if assay.low_exons:
        point = say(N_("depth too low: {exons}"), exons=several(assay.low_exons))
        found.append(("exons_low_depth", point))
    if assay.adequate is None:
        point = say(N_("quality of the sequencing not recorded"))
        found.append(("sequencing_quality_unknown", point))
    if not assay.covers_ikzf1:
        point = say(N_("whether the panel covers IKZF1 is not certain"))
        found.append(("panel_contradicts", point))
    unresolved = [item for item in judged if item.verdict is Verdict.UNRESOLVED]
    if unresolved:
        names = tuple(item.variant.hgvs_c for item in unresolved)
        found.append(("variant_unresolved", say(N_("to be settled: {names}"), names=names)))
    return found


def _open(point: Message) -> Message:
    return say(N_("Open for SNV/InDel: {point}."), point=point)


def _how_many(judged: tuple[VariantComponent, ...]) -> Message:
    counted = sum(item.verdict is Verdict.COUNTED for item in judged)
    if not judged:
        return say(N_("Sequencing: no variant of IKZF1 is reported."))
    sentence = N_("Sequencing: IKZF1 variants reported: {total}; of these counted: {counted}.")
    return say(sentence, total=len(judged), counted=counted)


def _missing(assay: SequencingAssay, judged: tuple[VariantComponent, ...]) -> tuple[Message, ...]:
    found = []
    if assay.low_exons:
        found.append(say(N_("enough depth in {exons}"), exons=several(assay.low_exons)))
    if assay.adequate is None:
        found.append(say(N_("the quality of the sequencing sample")))
    for item in judged:
        if item.verdict is Verdict.NOT_COUNTED:
            continue
        name = item.variant.hgvs_c
        if item.variant.vaf is None:
            found.append(say(N_("VAF of {variant}"), variant=name))
        if not item.variant.classification:
            found.append(say(N_("a person's classification of {variant}"), variant=name))
        if item.consequence is VariantConsequence.UNKNOWN:
            found.append(say(N_("the consequence of {variant}"), variant=name))
    return tuple(found)


def _evidence(assay: SequencingAssay, judged: tuple[VariantComponent, ...]) -> tuple[Evidence, ...]:
    return (_assay_evidence(assay), *(item.evidence for item in judged)) if assay.tested else ()


def _assay_evidence(assay: SequencingAssay) -> Evidence:
    return Evidence("assay", "sequencing", "", assay.source)
