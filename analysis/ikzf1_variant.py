"""One IKZF1 variant: where it lies, what it does, and whether it counts."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from analysis.calls import Certainty, Evidence, Reason
from analysis.exon_words import detailed
from analysis.gene import AMINO_ACIDS, Hotspot, ikzf1
from analysis.ikzf1_evidence import (
    Classification,
    Ikzf1Rules,
    Variant,
    VariantConsequence,
)
from analysis.wording import N_, Labelled, Message, Word, say

# Places of the model hold on this transcript in any version, and where none is recorded.
MODEL_TRANSCRIPTS = ("", "NM_006060")
TRUNCATING = (
    VariantConsequence.NONSENSE,
    VariantConsequence.FRAMESHIFT,
    VariantConsequence.SPLICE,
    VariantConsequence.START_LOST,
)
CODING = (
    *TRUNCATING,
    VariantConsequence.MISSENSE,
    VariantConsequence.INFRAME,
    VariantConsequence.STOP_LOST,
)
_C_PLACE = re.compile(r"c\.\(?([-*]?)(\d+)([+-]\d+)?")
_P_RESIDUE = re.compile(r"p\.\(?([A-Z][a-z]{2}|[A-Z])(\d+)(.*)$")


class VariantKind(Labelled):
    SNV = "snv", N_("SNV")
    INDEL = "indel", N_("InDel")


class Verdict(Labelled):
    """Whether a variant makes the gene altered."""

    COUNTED = "counted", N_("counts")
    NOT_COUNTED = "not_counted", N_("does not count")
    UNRESOLVED = "unresolved", N_("to be settled")


class VariantEffect(Labelled):
    """What the variant is expected to do; all predictions, made from place and consequence."""

    TRUNCATION = "truncation", N_("truncated or missing protein predicted")
    DNA_BINDING = "dna_binding", N_("change in a zinc finger that binds DNA")
    DIMERISATION = "dimerisation", N_("change in a zinc finger that pairs the protein")
    OTHER = "other", N_("change of the protein")
    NONE = "none", N_("no change of the protein expected")


@dataclass(frozen=True)
class VariantComponent:
    """A variant with its place (`exon` 1..8, `residue` 1..519, None where they are not known),
    `zinc_finger` ("" outside one), hotspot note and the verdict with its reasons."""

    variant: Variant
    kind: VariantKind
    consequence: VariantConsequence
    verdict: Verdict
    exon: int | None
    position: int | None
    residue: int | None
    zinc_finger: str
    hotspot: Message | None
    effect: VariantEffect
    effect_certainty: Certainty
    reasons: tuple[Reason, ...]

    @property
    def phrase(self) -> Message:
        """Name, consequence, place, VAF and classification, without a full stop."""
        variant = self.variant
        parts: list = [variant.hgvs_c]
        if variant.hgvs_p:
            parts.append(variant.hgvs_p)
        parts.append(Word(self.consequence.label_en))
        if self.exon:
            parts.append(say(N_("exon {exon}"), exon=self.exon))
        if self.zinc_finger:
            parts.append(self.zinc_finger)
        parts.append(_vaf(variant))
        parts.append(Word(Classification(variant.classification).label_en))
        sentence = N_("{kind} {details}: {effect} (effect {certainty})")
        return say(
            sentence,
            kind=Word(self.kind.label_en),
            details=detailed(parts),
            effect=Word(self.effect.label_en),
            certainty=Word(self.effect_certainty.label_en),
        )

    @property
    def evidence(self) -> Evidence:
        variant = self.variant
        parts = [] if variant.vaf is None else [f"VAF {variant.vaf:g}"]
        parts += [] if variant.depth is None else [f"{variant.depth}x"]
        return Evidence("variant", f"IKZF1 {variant.hgvs_c}", ", ".join(parts), variant.source)


def judge(variant: Variant, *, low_exons: tuple[int, ...], rules: Ikzf1Rules) -> VariantComponent:
    """The component for one IKZF1 variant. `low_exons` are exons whose depth was too low."""
    place = _C_PLACE.search(variant.hgvs_c) if _on_model(variant) else None
    residue = _residue(variant)
    exon = _exon(place, residue)
    consequence = consequence_of(variant, rules)
    finger = ikzf1().zinc_finger_of(residue) if residue else None
    verdict, why = _verdict(variant, consequence, low=exon in low_exons, rules=rules)
    hotspot = _hotspot(variant, residue) if verdict is not Verdict.NOT_COUNTED else None
    effect = _effect(consequence, finger.binds_dna if finger else None)
    component = VariantComponent(
        variant=variant,
        kind=_kind(variant, consequence),
        consequence=consequence,
        verdict=verdict,
        exon=exon,
        position=int(place[2]) if place and not place[1] else None,
        residue=residue,
        zinc_finger=finger.name if finger else "",
        hotspot=hotspot,
        effect=effect,
        effect_certainty=_effect_certainty(effect),
        reasons=(),
    )
    return _with_reasons(component, why, place is None and not _on_model(variant))


def consequence_of(variant: Variant, rules: Ikzf1Rules) -> VariantConsequence:
    """As recorded, or read from the HGVS names where nothing or "other" is recorded.

    A splice consequence further into the intron than `rules.splice_bases` is non-coding.
    """
    recorded = VariantConsequence(variant.consequence)
    from_name = _from_protein(variant.hgvs_p) or _from_coding(variant.hgvs_c, rules)
    if recorded in (VariantConsequence.UNKNOWN, VariantConsequence.OTHER):
        return from_name or recorded
    if recorded is VariantConsequence.SPLICE and from_name is VariantConsequence.NON_CODING:
        return VariantConsequence.NON_CODING
    return recorded


def _from_protein(hgvs_p: str) -> VariantConsequence | None:
    found = _P_RESIDUE.search(hgvs_p)
    if "=" in hgvs_p:
        return VariantConsequence.SYNONYMOUS
    if not found:
        return None
    before, number, after = _three(found[1]), int(found[2]), found[3].rstrip(")")
    if "ext" in after:
        return VariantConsequence.STOP_LOST
    if number == 1:
        return VariantConsequence.START_LOST
    if "fs" in after:
        return VariantConsequence.FRAMESHIFT
    if after.startswith(("Ter", "*")) or after == "X":
        return VariantConsequence.NONSENSE
    if re.search("del|ins|dup", after):
        return VariantConsequence.INFRAME
    if _three(after) in AMINO_ACIDS.values():
        same = _three(after) == before
        return VariantConsequence.SYNONYMOUS if same else VariantConsequence.MISSENSE
    return None


def _from_coding(hgvs_c: str, rules: Ikzf1Rules) -> VariantConsequence | None:
    """The consequence that the place alone gives: splice site, or outside the coding sequence."""
    place = _C_PLACE.search(hgvs_c)
    if not place or "_" in hgvs_c:
        return None  # a range may reach from an intron into an exon
    if place[3]:
        near = abs(int(place[3])) <= rules.splice_bases
        return VariantConsequence.SPLICE if near else VariantConsequence.NON_CODING
    return VariantConsequence.NON_CODING if place[1] else None


def _three(letters: str) -> str:
    return AMINO_ACIDS.get(letters, letters)


def _on_model(variant: Variant) -> bool:
    return variant.transcript.split(".")[0] in MODEL_TRANSCRIPTS


def _residue(variant: Variant) -> int | None:
    found = _P_RESIDUE.search(variant.hgvs_p)
    if not found or not _on_model(variant):
        return None
    number = int(found[2])
    return number if 1 <= number <= ikzf1().protein_length else None


def _exon(place: re.Match | None, residue: int | None) -> int | None:
    """By the coding position; untranslated bases lie in exons 1 and 2 before, in 8 after."""
    gene = ikzf1()
    if place is None:
        return gene.exon_of_residue(residue) if residue else None
    number = int(place[2])
    if place[1] == "*":
        return 8 if number <= gene.utr3_length else None
    if place[1] == "-":
        in_exon_2 = gene.utr5_length - gene.exon(1).length
        return (2 if number <= in_exon_2 else 1) if number <= gene.utr5_length else None
    return gene.exon_of_cds_position(number) if 1 <= number <= gene.cds_length else None


def _kind(variant: Variant, consequence: VariantConsequence) -> VariantKind:
    indel = (VariantConsequence.FRAMESHIFT, VariantConsequence.INFRAME)
    longer = re.search("del|ins|dup|inv", variant.hgvs_c)
    return VariantKind.INDEL if longer or consequence in indel else VariantKind.SNV


def _effect(consequence: VariantConsequence, binds_dna: bool | None) -> VariantEffect:
    if consequence in TRUNCATING:
        return VariantEffect.TRUNCATION
    if consequence in (VariantConsequence.SYNONYMOUS, VariantConsequence.NON_CODING):
        return VariantEffect.NONE
    if binds_dna is None:
        return VariantEffect.OTHER
    return VariantEffect.DNA_BINDING if binds_dna else VariantEffect.DIMERISATION


def _effect_certainty(effect: VariantEffect) -> Certainty:
    predicted = (VariantEffect.TRUNCATION, VariantEffect.NONE)
    return Certainty.PREDICTED if effect in predicted else Certainty.UNCERTAIN


def _hotspot(variant: Variant, residue: int | None) -> Message | None:
    spots = ikzf1().hotspots_of(residue) if residue else ()
    if not spots:
        return None
    exact = next((spot for spot in spots if _is(spot, variant)), None)
    if exact and exact.residue == 159 and exact.protein.endswith("Tyr"):
        return say(N_("p.Asn159Tyr defines a subtype of B-ALL in WHO-HAEM5 and ICC 2022"))
    name = exact.protein if exact else f"{_three(ikzf1().protein_sequence[residue - 1])}{residue}"
    certainty = (exact or spots[0]).certainty
    return say(
        N_("{place} is a recurrent site of IKZF1 variants ({certainty})"),
        place=name,
        certainty=Word(certainty.label_en),
    )


def _is(spot: Hotspot, variant: Variant) -> bool:
    found, meant = _P_RESIDUE.search(variant.hgvs_p), _P_RESIDUE.search(spot.protein)
    if not found or not meant[3]:
        return False
    change = found[3].rstrip(")")
    if "fs" in meant[3]:
        return "fs" in change
    return _three(change) == meant[3]


def _verdict(
    variant: Variant, consequence: VariantConsequence, *, low: bool, rules: Ikzf1Rules
) -> tuple[Verdict, Reason]:
    """The first rule that speaks."""
    name = variant.hgvs_c
    called = Classification(variant.classification)
    disease = called in (Classification.PATHOGENIC, Classification.LIKELY_PATHOGENIC)
    word = Word(consequence.label_en)
    if called in (Classification.BENIGN, Classification.LIKELY_BENIGN):
        sentence = N_("{variant} does not count: classified {classification} by a person.")
        message = say(sentence, variant=name, classification=Word(called.label_en))
        return Verdict.NOT_COUNTED, Reason("variant_benign", message)
    if consequence in (VariantConsequence.SYNONYMOUS, VariantConsequence.NON_CODING):
        if disease:
            sentence = N_("{variant} is {consequence}, yet classified {classification}: to settle.")
            message = say(
                sentence, variant=name, consequence=word, classification=Word(called.label_en)
            )
            return Verdict.UNRESOLVED, Reason("variant_contradiction", message)
        if not _below(variant, rules) and (found := _named_otherwise(variant, consequence)):
            return Verdict.UNRESOLVED, found
        message = say(
            N_("{variant} does not count: {consequence}."), variant=name, consequence=word
        )
        return Verdict.NOT_COUNTED, Reason(f"variant_{consequence.value}", message)
    if _below(variant, rules):
        sentence = N_("{variant} does not count: VAF {vaf} %, below the threshold of {limit} %.")
        limit = _percent(rules.min_vaf)
        message = say(sentence, variant=name, vaf=_percent(variant.vaf), limit=limit)
        return Verdict.NOT_COUNTED, Reason("variant_below_vaf", message)
    return _readable(variant, consequence, low=low, rules=rules)


def _below(variant: Variant, rules: Ikzf1Rules) -> bool:
    return variant.vaf is not None and variant.vaf < rules.min_vaf


def _named_otherwise(variant: Variant, consequence: VariantConsequence) -> Reason | None:
    """The protein's name says "no change" and the record a change, or the other way round.

    A synonymous name beside a splice site may be a splice variant all the same.
    """
    named = _from_protein(variant.hgvs_p)
    silent = VariantConsequence.SYNONYMOUS
    if named is None or (named is silent) == (consequence is silent):
        return None
    if VariantConsequence.NON_CODING is consequence or VariantConsequence.SPLICE is consequence:
        return None
    message = say(
        N_("{variant} is to be settled: recorded as {recorded}, but {protein} is {named}."),
        variant=variant.hgvs_c,
        recorded=Word(consequence.label_en),
        protein=variant.hgvs_p,
        named=Word(named.label_en),
    )
    return Reason("variant_contradiction", message)


def _readable(
    variant: Variant, consequence: VariantConsequence, *, low: bool, rules: Ikzf1Rules
) -> tuple[Verdict, Reason]:
    name = variant.hgvs_c
    if variant.depth is not None and variant.depth < rules.min_depth:
        sentence = N_(
            "{variant} is to be settled: {depth} reads, fewer than the {limit} at which one read "
            "is the threshold VAF."
        )
        message = say(sentence, variant=name, depth=variant.depth, limit=rules.min_depth)
        return Verdict.UNRESOLVED, Reason("variant_low_depth", message)
    if low and variant.depth is None:
        sentence = N_(
            "{variant} is to be settled: its exon has low depth, its own is not recorded."
        )
        return Verdict.UNRESOLVED, Reason("variant_in_low_exon", say(sentence, variant=name))
    if found := _named_otherwise(variant, consequence):
        return Verdict.UNRESOLVED, found
    place = _from_coding(variant.hgvs_c, rules)
    if consequence not in CODING:
        sentence = N_("{variant} is to be settled: what it does is neither recorded nor named.")
        return Verdict.UNRESOLVED, Reason(
            "variant_consequence_unknown", say(sentence, variant=name)
        )
    if place is VariantConsequence.NON_CODING and consequence is not VariantConsequence.START_LOST:
        sentence = N_("{variant} is to be settled: its place contradicts “{consequence}”.")
        message = say(sentence, variant=name, consequence=Word(consequence.label_en))
        return Verdict.UNRESOLVED, Reason("variant_contradiction", message)
    return Verdict.COUNTED, Reason("variant_counted", say(N_("{variant} counts."), variant=name))


def _with_reasons(component: VariantComponent, why: Reason, foreign: bool) -> VariantComponent:
    """The component with its reasons in order: the verdict, what weakens it, place and hotspot."""
    variant, evidence = component.variant, (component.evidence,)
    found = [Reason(why.code, why.message, evidence)]
    if component.verdict is Verdict.COUNTED:
        found = [Reason(why.code, say(N_("Counts: {what}."), what=component.phrase), evidence)]
        found += _cautions(variant)
    if foreign:
        sentence = N_("{variant} is named on {transcript}, so its exon in {model} is not given.")
        message = say(
            sentence,
            variant=variant.hgvs_c,
            transcript=variant.transcript,
            model=ikzf1().transcript,
        )
        found.append(Reason("variant_other_transcript", message))
    elif not variant.transcript:
        sentence = N_("The transcript of {variant} is not recorded: it is read on {model}.")
        message = say(sentence, variant=variant.hgvs_c, model=ikzf1().transcript)
        found.append(Reason("variant_transcript_assumed", message))
    if component.hotspot:
        found.append(Reason("variant_hotspot", say(N_("{note}."), note=component.hotspot)))
    return replace(component, reasons=tuple(found))


def _cautions(variant: Variant) -> list[Reason]:
    found, name = [], variant.hgvs_c
    called = Classification(variant.classification)
    if called is Classification.UNCERTAIN:
        sentence = N_(
            "{variant} is of uncertain significance; it counts, as every change of the protein "
            "does in the study."
        )
        found.append(Reason("variant_uncertain_significance", say(sentence, variant=name)))
    if called is Classification.UNCLASSIFIED:
        sentence = N_(
            "{variant} is not classified by a person; it counts, as every change of the protein "
            "does in the study."
        )
        found.append(Reason("variant_unclassified", say(sentence, variant=name)))
    if variant.vaf is None:
        sentence = N_("VAF not recorded for {variant}: that it reaches the threshold is not shown.")
        found.append(Reason("variant_vaf_not_recorded", say(sentence, variant=name)))
    return found


def _vaf(variant: Variant) -> Message:
    if variant.vaf is None:
        return say(N_("VAF not recorded"))
    return say(N_("VAF {vaf} %"), vaf=_percent(variant.vaf))


def _percent(fraction: float) -> str:
    return f"{100 * fraction:.4g}"
