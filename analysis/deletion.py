"""What a deletion of IKZF1 exons does: pattern, isoform, consequence, HGVS and ISCN names.

The rule (source: `data/ikzf1_model.json`, class_rule; Zhang et al. 2022): the loss of the start
codon (exon 2), of the last exon (8) or of the whole gene is a loss of function; an internal loss
within exons 3-7 stays in frame, and with fewer than three of the four N-terminal zinc fingers left
the protein no longer binds DNA and acts against the normal one (dominant negative). Only the loss
of exons 4-7 (IK6) is established as such; the others are predictions.
"""

from __future__ import annotations

from dataclasses import dataclass

from analysis.calls import Certainty
from analysis.gene import BUILDS, REFERENCE, Gene, ikzf1
from analysis.wording import N_, Labelled, Message, say

SOURCE = "analysis/data/ikzf1_model.json"


class Effect(Labelled):
    """What becomes of the protein."""

    WHOLE_GENE_LOSS = (
        "whole_gene_loss",
        N_("loss of the whole gene copy (haploinsufficiency)"),
    )
    LOSS = "loss", N_("loss of expression (haploinsufficiency)")
    DOMINANT_NEGATIVE = "dominant_negative", N_("dominant-negative protein")
    PREDICTED_DOMINANT_NEGATIVE = (
        "predicted_dominant_negative",
        N_("predicted dominant-negative protein"),
    )
    ALTERED_PROTEIN = (
        "altered_protein",
        N_("shortened protein with reduced or altered DNA binding, uncertain"),
    )
    REGULATORY = (
        "regulatory",
        N_("loss of the 5′ regulatory region, likely haploinsufficiency, uncertain"),
    )


@dataclass(frozen=True)
class Deletion:
    """A contiguous deletion of exons `first`..`last` and what follows from it.

    `isoform` is the name of the protein that remains where the name is beyond doubt (IK1 numbering
    of eight exons), else "". `remaining_aa` is given for in-frame internal deletions only.
    """

    first: int
    last: int
    pattern: str
    effect: Effect
    certainty: Certainty
    isoform: str
    in_frame: bool
    start_codon_removed: bool
    stop_codon_removed: bool
    cds_removed: int
    zinc_fingers_removed: tuple[str, ...]
    remaining_aa: int | None
    protein: str
    hgvs_c: str
    hgvs_g: tuple[tuple[str, str], ...]
    explanation: Message
    source: str = SOURCE

    @property
    def exons(self) -> tuple[int, ...]:
        return tuple(range(self.first, self.last + 1))

    def hgvs(self, build: str) -> str:
        """The genomic name in "GRCh37" or "GRCh38". Raises KeyError otherwise."""
        return dict(self.hgvs_g)[build]

    def iscn(self, copies: int) -> str:
        """ISCN text for `copies` remaining (0, 1 or 2). Its punctuation is unconfirmed."""
        exons = f"exon {self.first}" if self.first == self.last else f"exons {self.label}"
        return f"rsa {ikzf1().band}(IKZF1 {exons})x{copies}"

    @property
    def label(self) -> str:
        """ "4-7", or "4" for one exon."""
        return str(self.first) if self.first == self.last else f"{self.first}-{self.last}"


def deletion(first: int, last: int) -> Deletion:
    """The deletion of exons `first`..`last`. Raises ValueError unless 1 <= first <= last <= 8."""
    gene = ikzf1()
    if not 1 <= first <= last <= len(gene.exons):
        raise ValueError(f"exons {first}-{last} are not a range within 1-{len(gene.exons)}")
    lost = tuple(gene.exon(number) for number in range(first, last + 1))
    start, stop = first <= 2 <= last, last == 8
    cds_removed = sum(e.cds_end - e.cds_start + 1 for e in lost if e.cds_start is not None)
    internal = not start and not stop and first >= 3
    fingers = _fingers_removed(gene, first, last)
    effect, certainty = _effect(first, last, gene)
    remaining = gene.protein_length - cds_removed // 3 if internal else None
    return Deletion(
        first=first,
        last=last,
        pattern=f"del{first}" if first == last else f"del{first}-{last}",
        effect=effect,
        certainty=certainty,
        isoform="IK6" if (first, last) == (4, 7) else "",
        in_frame=internal,
        start_codon_removed=start,
        stop_codon_removed=stop,
        cds_removed=cds_removed,
        zinc_fingers_removed=fingers,
        remaining_aa=remaining,
        protein=_protein(gene, first, last) if internal else "",
        hgvs_c=_hgvs_c(gene, first, last),
        hgvs_g=tuple((build, _hgvs_g(gene, first, last, build)) for build in BUILDS),
        explanation=_explanation(first, last, effect, fingers, remaining),
    )


def ranges(exons: frozenset[int] | set[int]) -> tuple[tuple[int, int], ...]:
    """Contiguous runs of exon numbers: {4, 5, 7} -> ((4, 5), (7, 7))."""
    runs: list[tuple[int, int]] = []
    for exon in sorted(exons):
        if runs and exon == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], exon)
        else:
            runs.append((exon, exon))
    return tuple(runs)


def _fingers_removed(gene: Gene, first: int, last: int) -> tuple[str, ...]:
    return tuple(
        finger.name
        for finger in gene.zinc_fingers
        if any(first <= exon <= last for exon in finger.exons)
    )


def _effect(first: int, last: int, gene: Gene) -> tuple[Effect, Certainty]:
    if (first, last) == (1, len(gene.exons)):
        return Effect.WHOLE_GENE_LOSS, Certainty.ESTABLISHED
    if first <= 2 <= last or last == len(gene.exons):
        return Effect.LOSS, Certainty.ESTABLISHED
    if (first, last) == (1, 1):
        return Effect.REGULATORY, Certainty.UNCERTAIN
    if (first, last) == (4, 7):
        return Effect.DOMINANT_NEGATIVE, Certainty.ESTABLISHED
    binding = {finger.name for finger in gene.zinc_fingers if finger.binds_dna}
    if len(binding - set(_fingers_removed(gene, first, last))) < 3:
        return Effect.PREDICTED_DOMINANT_NEGATIVE, Certainty.PREDICTED
    return Effect.ALTERED_PROTEIN, Certainty.UNCERTAIN


def _explanation(
    first: int, last: int, effect: Effect, fingers: tuple[str, ...], remaining: int | None
) -> Message:
    if effect is Effect.WHOLE_GENE_LOSS:
        return say(N_("All eight exons are lost: this copy makes no protein."))
    if effect is Effect.REGULATORY:
        return say(
            N_(
                "Exon 1 is not translated; its loss takes the 5′ regulatory region away, "
                "so that less protein is likely, which is uncertain."
            )
        )
    if effect is Effect.LOSS and first <= 2 <= last:
        return say(N_("The start codon lies in exon 2 and is lost: no protein is expected."))
    if effect is Effect.LOSS:
        return say(
            N_(
                "Exon 8 is lost with the end of the protein and the zinc fingers that pair it: "
                "no stable protein is expected."
            )
        )
    if effect is Effect.DOMINANT_NEGATIVE:
        return say(
            N_(
                "The reading frame is kept and the four zinc fingers that bind DNA are lost: "
                "{aa} amino acids remain (IK6), which block the normal protein."
            ),
            aa=remaining,
        )
    if effect is Effect.PREDICTED_DOMINANT_NEGATIVE:
        return say(
            N_(
                "The reading frame is kept ({aa} amino acids remain) and {fingers} are lost; with "
                "fewer than three of the four DNA-binding zinc fingers the protein is predicted "
                "to block the normal one."
            ),
            aa=remaining,
            fingers=fingers,
        )
    if fingers:
        return say(
            N_(
                "The reading frame is kept ({aa} amino acids remain) and {fingers} is lost; three "
                "DNA-binding zinc fingers remain, and what the protein does is uncertain."
            ),
            aa=remaining,
            fingers=fingers,
        )
    return say(
        N_(
            "The reading frame is kept ({aa} amino acids remain) and no zinc finger is lost; "
            "what the protein does is uncertain."
        ),
        aa=remaining,
    )


def _protein(gene: Gene, first: int, last: int) -> str:
    """Predicted residues removed; every coding exon here ends after the first base of a codon."""
    start = gene.exon(first).codon_first
    end = gene.exon(last).codon_last - 1
    letters = gene.protein_sequence
    kept = gene.protein_length - (end - start + 1)
    name = f"{letters[start - 1]}{start}_{letters[end - 1]}{end}del"
    return f"p.({name}) predicted, {kept} aa remain; formally p.?"


def _cds_edge(gene: Gene, exon_number: int, side: str) -> str:
    """The c. position of an exon's first or last base, also in the untranslated parts."""
    exon = gene.exon(exon_number)
    tx = exon.tx_start if side == "start" else exon.tx_end
    position = tx - gene.utr5_length
    if position <= 0:
        return str(position - 1)
    if position > gene.cds_length:
        return f"*{position - gene.cds_length}"
    return str(position)


def _hgvs_c(gene: Gene, first: int, last: int) -> str:
    if first == 1:
        left = f"(?_{_cds_edge(gene, 1, 'start')})"
    else:
        before, after = _cds_edge(gene, first - 1, "end"), _cds_edge(gene, first, "start")
        left = f"({before}+1_{after}-1)"
    if last == len(gene.exons):
        right = f"({_cds_edge(gene, last, 'end')}_?)"
    else:
        before, after = _cds_edge(gene, last, "end"), _cds_edge(gene, last + 1, "start")
        right = f"({before}+1_{after}-1)"
    return f"{gene.transcript}:c.{left}_{right}del"


def _hgvs_g(gene: Gene, first: int, last: int, build: str) -> str:
    start, end = gene.exon(first).span(build)[0], gene.exon(last).span(build)[1]
    if first == 1:
        left = f"(?_{start})"
    else:
        left = f"({gene.exon(first - 1).span(build)[1] + 1}_{start - 1})"
    if last == len(gene.exons):
        right = f"({end}_?)"
    else:
        right = f"({end + 1}_{gene.exon(last + 1).span(build)[0] - 1})"
    return f"{REFERENCE[build]}:g.{left}_{right}del"
