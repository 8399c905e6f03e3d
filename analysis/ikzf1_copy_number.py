"""Exon calls of MLPA -> is there a large deletion of IKZF1, which, and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from analysis.calls import CopyCall, Evidence, Reason, State
from analysis.exon_words import joined, named, several
from analysis.ikzf1_deletions import (
    EXONS,
    UNREAD,
    DeletionComponent,
    DuplicationComponent,
    deletion_components,
    duplication_components,
)
from analysis.ikzf1_evidence import CopyNumberAssay, ExonCall, Ikzf1Rules
from analysis.wording import N_, Message, say

# Up to this ratio a call of "normal" is a contradiction: the instructions of SALSA MLPA P335 give
# heterozygous deletions 0.40 to 0.65.
DELETED_RATIO = 0.65


@dataclass(frozen=True)
class CopyNumberFinding:
    """The answer on large deletions. `exons` has one call for each exon 1..8, in order."""

    state: State
    phrase: Message
    exons: tuple[ExonCall, ...]
    deletions: tuple[DeletionComponent, ...] = ()
    duplications: tuple[DuplicationComponent, ...] = ()
    reasons: tuple[Reason, ...] = ()
    missing: tuple[Message, ...] = ()
    evidence: tuple[Evidence, ...] = field(default=())


def read_copy_number(assay: CopyNumberAssay, rules: Ikzf1Rules) -> CopyNumberFinding:
    """Altered as soon as an adequate assay calls an exon lost; not detected only where all eight
    exons were read and none is lost."""
    exons = _all_exons(assay)
    if assay.tested and assay.adequate is False:
        return _inadequate(assay, exons)  # a failed sample often has no calls at all
    if not assay.tested or all(item.call == CopyCall.NOT_TESTED for item in exons):
        return _not_tested(assay, exons)
    deletions, duplications = deletion_components(exons), duplication_components(exons)
    open_points = [*_unread(exons), *_doubts(assay, rules)]
    if deletions:
        state = State.ALTERED
    elif open_points:
        state = State.NOT_EVALUABLE
    else:
        state = State.NOT_DETECTED
    return CopyNumberFinding(
        state=state,
        phrase=_phrase(state, deletions, [point for _, point in open_points]),
        exons=exons,
        deletions=deletions,
        duplications=duplications,
        reasons=(
            _assay_reason(assay, exons),
            *_deletion_reasons(deletions, exons),
            *_duplication_reasons(duplications, exons),
            *(Reason(code, _open(point)) for code, point in open_points),
            *_blast_reasons(assay, rules),
        ),
        missing=_missing(assay, exons),
        evidence=_evidence(assay, exons),
    )


def _all_exons(assay: CopyNumberAssay) -> tuple[ExonCall, ...]:
    known = {item.exon: item for item in assay.exons}
    return tuple(known.get(exon, ExonCall(exon, CopyCall.NOT_TESTED)) for exon in EXONS)


def _not_tested(assay: CopyNumberAssay, exons: tuple[ExonCall, ...]) -> CopyNumberFinding:
    why = N_("No copy-number assay (MLPA) of IKZF1 is recorded: large deletions were not tested.")
    if assay.tested:
        why = N_("MLPA was done, but no IKZF1 exon was measured: large deletions were not tested.")
    return CopyNumberFinding(
        state=State.NOT_TESTED,
        phrase=say(N_("large deletion not tested")),
        exons=exons,
        reasons=(Reason("copy_number_not_tested", say(why)),),
        missing=(say(N_("MLPA of the eight IKZF1 exons")),),
    )


def _inadequate(assay: CopyNumberAssay, exons: tuple[ExonCall, ...]) -> CopyNumberFinding:
    sentence, phrase = (
        N_("The MLPA sample could not be read; its calls are not used."),
        N_("large deletion not evaluable (MLPA sample inadequate)"),
    )
    if assay.inadequate_reason and not assay.failed_checks:
        sentence, phrase = (
            N_("The MLPA sample could not be read ({reason}); its calls are not used."),
            N_("large deletion not evaluable (MLPA sample inadequate: {reason})"),
        )
    evidence = _evidence(assay, exons)
    given = {} if assay.failed_checks else _given(assay.inadequate_reason)
    message = say(sentence, **given)
    return CopyNumberFinding(
        state=State.NOT_EVALUABLE,
        phrase=say(phrase, **given),
        exons=exons,
        reasons=(Reason("copy_number_inadequate", message, evidence), *assay.failed_checks),
        missing=(say(N_("an MLPA result that can be read")),),
        evidence=evidence,
    )


def _given(reason: str) -> dict[str, str]:
    return {"reason": reason} if reason else {}


def _unread(exons: tuple[ExonCall, ...]) -> list[tuple[str, Message]]:
    """What is open because exons could not be read, one point a kind."""
    points = (
        ("exon_ambiguous", CopyCall.AMBIGUOUS, N_("{exons} ambiguous")),
        ("exon_not_evaluable", CopyCall.NOT_EVALUABLE, N_("{exons} not evaluable")),
        ("exon_not_tested", CopyCall.NOT_TESTED, N_("{exons} not tested")),
    )
    found = []
    for code, call, sentence in points:
        numbers = [item.exon for item in exons if item.call == call]
        if numbers:
            found.append((code, say(sentence, exons=several(numbers))))
    return found


def _doubts(assay: CopyNumberAssay, rules: Ikzf1Rules) -> list[tuple[str, Message]]:
    """What keeps even eight normal exons from being an answer."""
    found = []
    if assay.adequate is None:
        found.append(("copy_number_quality_unknown", say(N_("quality of the MLPA not recorded"))))
    low = [item.exon for item in assay.exons if _called_normal_at_a_loss(item, assay)]
    if low:
        sentence = N_("{exons} called normal at a ratio of a deletion, {limit} or less")
        point = say(sentence, exons=several(sorted(low)), limit=DELETED_RATIO)
        found.append(("call_contradicts_ratio", point))
    blasts = assay.blast_percent
    if blasts is None or blasts > rules.blast_caution:
        return found
    if blasts < rules.blast_floor:
        sentence = N_("blasts {blasts} %, below {floor} %: a deletion may be missed")
        point = say(sentence, blasts=blasts, floor=rules.blast_floor)
    else:
        sentence = N_("with {blasts} % blasts a deletion in all of them reads as normal")
        point = say(sentence, blasts=blasts)
    found.append(("blasts_too_few", point))
    return found


def _called_normal_at_a_loss(item: ExonCall, assay: CopyNumberAssay) -> bool:
    """Unless a person has said that the call holds all the same."""
    low = item.ratio is not None and item.ratio <= DELETED_RATIO
    return low and item.call == CopyCall.NORMAL and item.exon not in assay.settled_exons


def _phrase(
    state: State,
    deletions: tuple[DeletionComponent, ...],
    open_points: list[Message],
) -> Message:
    if state is State.ALTERED:
        return joined([item.phrase for item in deletions])
    if state is State.NOT_EVALUABLE:
        return say(N_("large deletion not evaluable ({why})"), why=joined(open_points))
    return say(N_("no large deletion detected"))


def _open(point: Message) -> Message:
    return say(N_("Open for large deletions: {point}."), point=point)


def _assay_reason(assay: CopyNumberAssay, exons: tuple[ExonCall, ...]) -> Reason:
    normal = [item.exon for item in exons if item.call == CopyCall.NORMAL]
    message = say(N_("MLPA measured IKZF1; no exon is called normal."))
    if len(normal) == len(EXONS):
        message = say(N_("MLPA: all eight IKZF1 exons are called normal."))
    elif normal:
        message = say(N_("MLPA measured IKZF1; called normal: {exons}."), exons=several(normal))
    return Reason("copy_number_read", message, _evidence(assay, exons))


def _deletion_reasons(
    deletions: tuple[DeletionComponent, ...], exons: tuple[ExonCall, ...]
) -> list[Reason]:
    found = []
    for item in deletions:
        evidence = tuple(_probe_evidence(exons[exon - 1]) for exon in item.exons)
        found.append(Reason("deletion_found", say(N_("{what}."), what=item.phrase), evidence))
        found += item.deletion.reasons
        if item.within:
            found.append(_overlap(item))
        if item.needs_confirmation:
            sentence = N_("One probe alone ({exons}) shows this loss: it needs confirmation.")
            message = say(sentence, exons=named(*_ends(item)))
            found.append(Reason("single_probe_needs_confirmation", message, evidence))
    return found + _apart([item for item in deletions if not item.within])


def _ends(item: DeletionComponent) -> tuple[int, int]:
    return item.deletion.first, item.deletion.last


def _overlap(item: DeletionComponent) -> Reason:
    sentence = N_(
        "Exons {inner} have no copy left and lie within exons {outer}, of which a copy is lost: "
        "two overlapping deletions, one on each copy, are one interpretation; MLPA does not show "
        "which exons each of them takes."
    )
    message = say(sentence, inner=item.deletion.exon_range, outer=item.within)
    return Reason("deletion_mixed_biallelic", message)


def _apart(deletions: list[DeletionComponent]) -> list[Reason]:
    if len(deletions) < 2:
        return []
    parts = tuple(item.deletion.exon_range for item in deletions)
    sentence = N_(
        "The lost exons are not contiguous ({ranges}): they are stated as separate ranges and "
        "not joined. Whether they are one event MLPA does not show."
    )
    return [Reason("deletion_not_contiguous", say(sentence, ranges=parts))]


def _duplication_reasons(
    duplications: tuple[DuplicationComponent, ...], exons: tuple[ExonCall, ...]
) -> list[Reason]:
    found = []
    for item in duplications:
        evidence = tuple(_probe_evidence(exons[n - 1]) for n in range(item.first, item.last + 1))
        if item.whole_gene:
            sentence = N_(
                "All eight exons are gained, as by an extra chromosome 7: no exon is lost, and "
                "this does not count as an alteration of IKZF1."
            )
            found.append(Reason("whole_gene_gain", say(sentence), evidence))
            continue
        sentence = N_(
            "Gain of {exons}: a duplication is not a deletion and does not make the gene altered; "
            "whether it disrupts the gene, or other exons are lost from an extra copy, needs "
            "another method."
        )
        message = say(sentence, exons=named(item.first, item.last))
        found.append(Reason("exons_duplicated", message, evidence))
    return found


def _blast_reasons(assay: CopyNumberAssay, rules: Ikzf1Rules) -> list[Reason]:
    if assay.blast_percent is None:
        sentence = N_(
            "The share of blasts is not recorded: MLPA misses clones under about {floor} %."
        )
        return [Reason("blasts_not_recorded", say(sentence, floor=rules.blast_floor))]
    share = Decimal(str(assay.blast_percent)) / 100
    numbers = {
        "blasts": assay.blast_percent,
        "het": _two_digits(1 - share / 2),
        "hom": _two_digits(1 - share),
    }
    value = f"{assay.blast_percent:g} %"
    evidence = (Evidence("measurement", "blasts", value, assay.source),)
    sentence, code = (
        N_(
            "With {blasts} % blasts the ratio expected is {het} where all have lost one copy and "
            "{hom} where both are lost."
        ),
        "expected_ratio",
    )
    if assay.blast_percent <= rules.blast_caution:
        sentence, code = (
            N_(
                "Caution: with {blasts} % blasts the ratio expected is {het} where all have lost "
                "one copy ({hom} where both): an exon with a deletion can be called normal."
            ),
            "blasts_few",
        )
    return [Reason(code, say(sentence, **numbers), evidence)]


def _two_digits(ratio: Decimal) -> str:
    return str(ratio.quantize(Decimal("0.01"), ROUND_HALF_UP))


def _missing(assay: CopyNumberAssay, exons: tuple[ExonCall, ...]) -> tuple[Message, ...]:
    found = []
    unread = [item.exon for item in exons if item.call in UNREAD]
    if unread:
        found.append(say(N_("a copy number that can be read: {exons}"), exons=several(unread)))
    if assay.adequate is None:
        found.append(say(N_("the quality of the MLPA sample")))
    if assay.blast_percent is None:
        found.append(say(N_("the share of blasts in the specimen")))
    return tuple(found)


def _evidence(assay: CopyNumberAssay, exons: tuple[ExonCall, ...]) -> tuple[Evidence, ...]:
    measured = tuple(_probe_evidence(item) for item in exons if item.call != CopyCall.NOT_TESTED)
    return (Evidence("assay", "MLPA", "", assay.source), *measured)


def _probe_evidence(item: ExonCall) -> Evidence:
    value = item.call.value if item.ratio is None else f"{item.ratio:.2f}"
    return Evidence("probe", f"IKZF1 exon {item.exon}", value, "; ".join(item.probes))
