"""Exon calls in order -> ranges of lost and of gained exons, never joined over a gap."""

from __future__ import annotations

from dataclasses import dataclass, replace

from analysis.calls import Certainty, CopyCall
from analysis.deletion import Consequence, Deletion, deletion, range_text, ranges
from analysis.exon_words import named
from analysis.ikzf1_evidence import ExonCall
from analysis.wording import N_, Labelled, Message, Word, say

EXONS = tuple(range(1, 9))
KEPT_IN_MIXED = ("deletion_homozygous", "deletion_borders_uncertain")
UNREAD = (CopyCall.AMBIGUOUS, CopyCall.NOT_EVALUABLE, CopyCall.NOT_TESTED)


class Zygosity(Labelled):
    HETEROZYGOUS = "heterozygous", N_("heterozygous deletion")
    HOMOZYGOUS = "homozygous", N_("homozygous deletion")


@dataclass(frozen=True)
class DeletionComponent:
    """One range of lost exons. `within` is the exon range of the deletion on one copy that a
    homozygous range lies in, "" where it stands alone. `needs_confirmation`: one probe speaks."""

    deletion: Deletion
    zygosity: Zygosity
    exons: tuple[int, ...]
    within: str
    needs_confirmation: bool

    @property
    def phrase(self) -> Message:
        """Zygosity, exons, copy number, consequence and certainty, without a full stop."""
        lost = self.deletion
        if self.within:
            return say(
                N_("within it {zygosity} of {exons}, copy number 0: no normal copy left"),
                zygosity=Word(self.zygosity.label_en),
                exons=named(lost.first, lost.last),
            )
        consequence: Message | Word = Word(lost.consequence.label_en)
        if (lost.first, lost.last) == (4, 7) and lost.isoform:
            consequence = say(
                N_("isoform {name}, {consequence}"), name=lost.isoform, consequence=consequence
            )
        sentence = N_("{zygosity} of {exons}, copy number {copies}: {consequence} ({certainty})")
        if self.needs_confirmation:
            sentence = N_(
                "{zygosity} of {exons} (one probe, to be confirmed), copy number {copies}: "
                "{consequence} ({certainty})"
            )
        return say(
            sentence,
            zygosity=Word(self.zygosity.label_en),
            exons=named(lost.first, lost.last),
            copies=lost.copies,
            consequence=consequence,
            certainty=_sureness(lost.certainty),
        )


def _sureness(certainty: Certainty) -> Message:
    return say(N_("effect {certainty}"), certainty=Word(certainty.label_en))


@dataclass(frozen=True)
class DuplicationComponent:
    """A range of gained exons: a finding of its own, never a deletion."""

    first: int
    last: int

    @property
    def whole_gene(self) -> bool:
        return (self.first, self.last) == (1, 8)

    @property
    def phrase(self) -> Message:
        if self.whole_gene:
            return say(N_("gain of the whole gene, which is no deletion"))
        return say(
            N_("duplication of {exons}, whose effect copy number alone does not tell"),
            exons=named(self.first, self.last),
        )


def deletion_components(exons: tuple[ExonCall, ...]) -> tuple[DeletionComponent, ...]:
    """Runs of lost exons, each followed by the homozygous ranges within it. Never joined over an
    exon that is not called lost."""
    calls = {item.exon: item.call for item in exons}
    found = []
    for first, last in ranges({exon for exon in EXONS if calls[exon].deleted}):
        lost_twice = ranges(
            {exon for exon in range(first, last + 1) if calls[exon] == CopyCall.HOM_DEL}
        )
        if lost_twice == ((first, last),):
            found.append(_component(exons, first, last, copies=0))
            continue
        outer = _component(exons, first, last, copies=1)
        # Homozygous at one end: one copy has lost the whole run, the other that end. Otherwise
        # the two losses can be cut in more than one way.
        one_way = len(lost_twice) == 1 and (lost_twice[0][0] == first or lost_twice[0][1] == last)
        found.append(outer if one_way or not lost_twice else _undetermined(outer))
        whole = range_text(first, last)
        inner = [_component(exons, f, t, copies=0, within=whole) for f, t in lost_twice]
        found += [_undetermined(item) for item in inner]
    return tuple(found)


def _undetermined(item: DeletionComponent) -> DeletionComponent:
    """What a loss on one copy does to the other's remains open."""
    lost = replace(
        item.deletion,
        consequence=Consequence.UNDETERMINED,
        certainty=Certainty.UNCERTAIN,
        isoform="",
        isoform_certainty=None,
        in_frame=None,
        residues_removed=None,
        remaining_aa=None,
        protein="",
        reasons=tuple(r for r in item.deletion.reasons if r.code in KEPT_IN_MIXED),
    )
    return replace(item, deletion=lost)


def _component(
    exons: tuple[ExonCall, ...], first: int, last: int, *, copies: int, within: str = ""
) -> DeletionComponent:
    calls = {item.exon: item.call for item in exons}
    low, high = first, last
    while low > 1 and calls[low - 1] in UNREAD:
        low -= 1
    while high < len(EXONS) and calls[high + 1] in UNREAD:
        high += 1
    numbers = tuple(range(first, last + 1))
    probes = sum(max(1, len(exons[exon - 1].probes)) for exon in numbers)
    return DeletionComponent(
        deletion=deletion(first, last, copies=copies, possible_first=low, possible_last=high),
        zygosity=Zygosity.HOMOZYGOUS if copies == 0 else Zygosity.HETEROZYGOUS,
        exons=numbers,
        within=within,
        needs_confirmation=probes == 1,
    )


def duplication_components(exons: tuple[ExonCall, ...]) -> tuple[DuplicationComponent, ...]:
    gained = {item.exon for item in exons if item.call.gained}
    return tuple(DuplicationComponent(first, last) for first, last in ranges(gained))
