"""What a deletion of IKZF1 exons does: pattern, isoform, consequence, HGVS and ISCN names.

The rule (source: `data/ikzf1_model.json`, class_rule; Zhang et al. 2022): the loss of the start
codon (exon 2), of the last exon (8) or of the whole gene is a loss of function; an internal loss
within exons 3-7 stays in frame, and with fewer than three of the four N-terminal zinc fingers left
the protein no longer binds DNA and acts against the normal one (dominant negative). Only the loss
of exons 4-7 (IK6) is established as such; the others are predictions.
"""

from __future__ import annotations

from dataclasses import dataclass

from analysis.calls import Certainty, Reason
from analysis.gene import AMINO_ACIDS, BUILDS, REFERENCE, Gene, ikzf1
from analysis.wording import N_, Labelled, Message, Word, say

SOURCE = "analysis/data/ikzf1_model.json; Zhang et al. 2022, Front Genet 13:822832"
FINGERS_TO_BIND = 3


class Consequence(Labelled):
    """What becomes of the protein."""

    HAPLOINSUFFICIENCY = "haploinsufficiency", N_("haploinsufficiency by loss of function")
    COMPLETE_LOSS = "complete_loss", N_("loss of function of both copies")
    LIKELY_HAPLOINSUFFICIENCY = (
        "likely_haploinsufficiency",
        N_("likely haploinsufficiency by loss of the 5′ regulatory region"),
    )
    LIKELY_COMPLETE_LOSS = (
        "likely_complete_loss",
        N_("likely loss of function of both copies by loss of the 5′ regulatory region"),
    )
    DOMINANT_NEGATIVE = "dominant_negative", N_("dominant negative")
    ALTERED_PROTEIN = "altered_protein", N_("in-frame shortened protein")
    UNDETERMINED = "undetermined", N_("consequence undetermined")


# From the surest to the least sure; of several the least sure speaks.
BY_SURENESS = (Certainty.ESTABLISHED, Certainty.PREDICTED, Certainty.UNCERTAIN)


@dataclass(frozen=True)
class Deletion:
    """A contiguous deletion of exons `first`..`last` and what follows from it.

    `copies`: 1 where one copy is lost, 0 where both are. `possible_first`..`possible_last` is how
    far it may reach where the neighbouring exons could not be read; equal to `first`..`last`
    otherwise. `hgvs_c` and `hgvs_g` (one (build, name) pair each for GRCh37 and GRCh38) name the
    loss on one copy. `isoform` is the name of the protein left, "" where there is none.
    `in_frame`: None where the uncertain borders leave it open. `residues_removed`, `remaining_aa`
    and `protein` (a prediction; the formal name is p.?) exist for in-frame internal losses alone.
    """

    first: int
    last: int
    copies: int
    possible_first: int
    possible_last: int
    pattern: str
    isoform: str
    isoform_certainty: Certainty | None
    consequence: Consequence
    certainty: Certainty
    hgvs_c: str
    hgvs_g: tuple[tuple[str, str], ...]
    iscn: str
    iscn_certainty: Certainty
    in_frame: bool | None
    start_codon_removed: bool
    stop_codon_removed: bool
    cds_removed: int
    zinc_fingers_removed: tuple[str, ...]
    residues_removed: tuple[int, int] | None
    remaining_aa: int | None
    protein: str
    reasons: tuple[Reason, ...]
    source: str = SOURCE

    @property
    def exons(self) -> tuple[int, ...]:
        return tuple(range(self.first, self.last + 1))

    @property
    def exon_range(self) -> str:
        """ "4-7", or "4" for one exon."""
        return range_text(self.first, self.last)

    @property
    def borders_certain(self) -> bool:
        return (self.first, self.last) == (self.possible_first, self.possible_last)

    def hgvs(self, build: str) -> str:
        """The genomic name in "GRCh37" or "GRCh38". Raises KeyError otherwise."""
        return dict(self.hgvs_g)[build]


def deletion(
    first: int,
    last: int,
    *,
    copies: int = 1,
    possible_first: int | None = None,
    possible_last: int | None = None,
) -> Deletion:
    """The deletion of exons `first`..`last` of which `copies` (1 or 0) are left.

    Raises ValueError unless 1 <= possible_first <= first <= last <= possible_last <= 8.
    """
    gene = ikzf1()
    widest = (possible_first or first, possible_last or last)
    if not 1 <= widest[0] <= first <= last <= widest[1] <= len(gene.exons):
        raise ValueError(f"exons {first}-{last} are not a range within 1-{len(gene.exons)}")
    if copies not in (0, 1):
        raise ValueError(f"a deletion leaves 0 or 1 copies, not {copies}")
    certain = widest == (first, last)
    consequence, certainty = _rule_over(gene, (first, last), widest)
    frames = {_in_frame(f, t, gene) for f, t in _within(first, last, widest)}
    internal = certain and first >= 3 and last < len(gene.exons)
    isoform = gene.isoform_without(tuple(range(first, last + 1))) if internal else None
    residues = _residues_removed(gene, first, last) if internal else None
    return Deletion(
        first=first,
        last=last,
        copies=copies,
        possible_first=widest[0],
        possible_last=widest[1],
        pattern=f"del{range_text(first, last)}",
        isoform=isoform.name if isoform else "",
        isoform_certainty=isoform.certainty if isoform else None,
        consequence=_of_both(consequence) if copies == 0 else consequence,
        certainty=certainty,
        hgvs_c=_hgvs_c(gene, (first, last), widest),
        hgvs_g=tuple((build, _hgvs_g(gene, (first, last), widest, build)) for build in BUILDS),
        iscn=_iscn(gene, first, last, copies),
        iscn_certainty=Certainty.UNCONFIRMED,
        in_frame=frames.pop() if len(frames) == 1 else None,
        start_codon_removed=first <= 2 <= last,
        stop_codon_removed=last == len(gene.exons),
        cds_removed=_cds_removed(gene, first, last),
        zinc_fingers_removed=_fingers_removed(gene, first, last),
        residues_removed=residues,
        remaining_aa=gene.protein_length - (residues[1] - residues[0] + 1) if residues else None,
        protein=_protein(gene, residues) if residues else "",
        reasons=_reasons(gene, (first, last), widest, copies=copies),
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


def range_text(first: int, last: int) -> str:
    """ "4-7", or "4" where both ends are one."""
    return str(first) if first == last else f"{first}-{last}"


def _within(first: int, last: int, widest: tuple[int, int]) -> list[tuple[int, int]]:
    """Every range that the readings allow, the narrowest first."""
    return [(f, t) for f in range(first, widest[0] - 1, -1) for t in range(last, widest[1] + 1)]


def _rule(gene: Gene, first: int, last: int) -> tuple[Consequence, Certainty]:
    if first <= 2 <= last or last == len(gene.exons):
        return Consequence.HAPLOINSUFFICIENCY, Certainty.ESTABLISHED
    if (first, last) == (1, 1):
        return Consequence.LIKELY_HAPLOINSUFFICIENCY, Certainty.UNCERTAIN
    if (first, last) == (4, 7):
        return Consequence.DOMINANT_NEGATIVE, Certainty.ESTABLISHED
    if _fingers_left(gene, first, last) < FINGERS_TO_BIND:
        return Consequence.DOMINANT_NEGATIVE, Certainty.PREDICTED
    return Consequence.ALTERED_PROTEIN, Certainty.UNCERTAIN


def _rule_over(
    gene: Gene, called: tuple[int, int], widest: tuple[int, int]
) -> tuple[Consequence, Certainty]:
    """One answer where every range that the readings allow gives it, else undetermined."""
    answers = [_rule(gene, first, last) for first, last in _within(*called, widest)]
    if len({consequence for consequence, _ in answers}) > 1:
        return Consequence.UNDETERMINED, Certainty.UNCERTAIN
    return answers[0][0], max((certainty for _, certainty in answers), key=BY_SURENESS.index)


def _of_both(consequence: Consequence) -> Consequence:
    return {
        Consequence.HAPLOINSUFFICIENCY: Consequence.COMPLETE_LOSS,
        Consequence.LIKELY_HAPLOINSUFFICIENCY: Consequence.LIKELY_COMPLETE_LOSS,
    }.get(consequence, consequence)


def _in_frame(first: int, last: int, gene: Gene) -> bool:
    """What is left of the coding sequence runs in frame from its start to its stop codon."""
    ends_lost = first <= 2 <= last or last == len(gene.exons)
    return not ends_lost and _cds_removed(gene, first, last) % 3 == 0


def _cds_removed(gene: Gene, first: int, last: int) -> int:
    exons = (gene.exon(number) for number in range(first, last + 1))
    return sum(e.cds_end - e.cds_start + 1 for e in exons if e.cds_start is not None)


def _fingers_removed(gene: Gene, first: int, last: int) -> tuple[str, ...]:
    return tuple(
        finger.name
        for finger in gene.zinc_fingers
        if any(first <= exon <= last for exon in finger.exons)
    )


def _fingers_left(gene: Gene, first: int, last: int) -> int:
    """How many of the four fingers that bind DNA are left."""
    gone = _fingers_removed(gene, first, last)
    return sum(finger.binds_dna and finger.name not in gone for finger in gene.zinc_fingers)


def _residues_removed(gene: Gene, first: int, last: int) -> tuple[int, int]:
    # Coding exons end after the first base of a codon, and that base is G at every border: the
    # codon sewn together reads as the later residue (GGN, GCN, GTN), so the earlier one is lost.
    return gene.exon(first).codon_first, gene.exon(last).codon_last - 1


def _protein(gene: Gene, residues: tuple[int, int]) -> str:
    """Predicted protein change, at the most C-terminal place that HGVS asks for."""
    start, end = residues
    letters = gene.protein_sequence
    while letters[start - 1] == letters[end]:
        start, end = start + 1, end + 1
    lost_first, lost_last = (AMINO_ACIDS[letters[place - 1]] for place in (start, end))
    return f"p.({lost_first}{start}_{lost_last}{end}del)"


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


def _hgvs_c(gene: Gene, called: tuple[int, int], widest: tuple[int, int]) -> str:
    inner_left, inner_right = _cds_edge(gene, called[0], "start"), _cds_edge(gene, called[1], "end")
    left, right = "?", "?"
    if widest[0] > 1:
        left = f"{_cds_edge(gene, widest[0] - 1, 'end')}+1"
    if widest[1] < len(gene.exons):
        right = f"{_cds_edge(gene, widest[1] + 1, 'start')}-1"
    # The first and the last base of the transcript have no intron beside them.
    inner_left += "" if called[0] == 1 else "-1"
    inner_right += "" if called[1] == len(gene.exons) else "+1"
    return f"{gene.transcript}:c.({left}_{inner_left})_({inner_right}_{right})del"


def _hgvs_g(gene: Gene, called: tuple[int, int], widest: tuple[int, int], build: str) -> str:
    start, end = gene.exon(called[0]).span(build)[0], gene.exon(called[1]).span(build)[1]
    left, right = "?", "?"
    if widest[0] > 1:
        left = f"{gene.exon(widest[0] - 1).span(build)[1] + 1}"
    if widest[1] < len(gene.exons):
        right = f"{gene.exon(widest[1] + 1).span(build)[0] - 1}"
    start -= 0 if called[0] == 1 else 1
    end += 0 if called[1] == len(gene.exons) else 1
    return f"{REFERENCE[build]}:g.({left}_{start})_({end}_{right})del"


def _iscn(gene: Gene, first: int, last: int, copies: int) -> str:
    exons = f"{'exon' if first == last else 'exons'} {range_text(first, last)}"
    return f"rsa {gene.band}({gene.symbol} {exons})x{copies}"


def _reasons(
    gene: Gene, called: tuple[int, int], widest: tuple[int, int], *, copies: int
) -> tuple[Reason, ...]:
    first, last = called
    found = []
    if called == widest:
        found.append(Reason("deletion_consequence", _why(gene, first, last)))
    else:
        found.append(Reason("deletion_borders_uncertain", _why_uncertain(gene, called, widest)))
    if called == (1, len(gene.exons)):
        found.append(Reason("deletion_whole_gene_or_chromosome", say(WHOLE_GENE)))
    isoform = gene.isoform_without(tuple(range(first, last + 1))) if called == widest else None
    if isoform and isoform.certainty is Certainty.UNCONFIRMED:
        found.append(Reason("isoform_name_unconfirmed", say(NAME_UNCONFIRMED, name=isoform.name)))
    if copies == 0:
        found.append(Reason("deletion_homozygous", say(HOMOZYGOUS)))
    return tuple(found)


WHOLE_GENE = N_(
    "Probes within the gene do not tell the loss of the gene from the loss of 7p or of chromosome "
    "7: to be read with the karyotype."
)
NAME_UNCONFIRMED = N_("The protein left corresponds to isoform {name}; this name is unconfirmed.")
HOMOZYGOUS = N_("Both copies have lost these exons: no normal copy is left.")
WHOLE = N_("All eight exons are lost: this copy makes no protein.")
REGULATORY = N_(
    "Exon 1 is not translated; its loss takes the 5′ regulatory region away, so that less protein "
    "is likely, which is uncertain."
)
START_LOST = N_("The start codon lies in exon 2 and is lost: no protein is expected.")
END_LOST = N_(
    "Exon 8 is lost with the end of the protein and the zinc fingers that pair it: no stable "
    "protein is expected."
)
IK6 = N_(
    "The reading frame is kept and the four zinc fingers that bind DNA are lost: {aa} amino acids "
    "remain (IK6), which block the normal protein."
)
PREDICTED = N_(
    "The reading frame is kept ({aa} amino acids remain) and zinc fingers are lost ({fingers}); "
    "with fewer than three of the four that bind DNA the protein is predicted to block the normal "
    "one."
)
FINGER_LOST = N_(
    "The reading frame is kept ({aa} amino acids remain) and {fingers} is lost; three zinc fingers "
    "that bind DNA remain, and what the protein does is uncertain."
)
NO_FINGER_LOST = N_(
    "The reading frame is kept ({aa} amino acids remain) and no zinc finger is lost; what the "
    "protein does is uncertain."
)
BORDERS_OPEN = N_(
    "Exons called as lost: {called}. The neighbouring exons could not be read, and the loss may "
    "span exons {widest}. Possible consequences: {consequences}."
)


def _why(gene: Gene, first: int, last: int) -> Message:
    consequence, certainty = _rule(gene, first, last)
    if (first, last) == (1, len(gene.exons)):
        return say(WHOLE)
    if consequence is Consequence.LIKELY_HAPLOINSUFFICIENCY:
        return say(REGULATORY)
    if consequence is Consequence.HAPLOINSUFFICIENCY:
        return say(START_LOST if first <= 2 <= last else END_LOST)
    start, end = _residues_removed(gene, first, last)
    aa = gene.protein_length - (end - start + 1)
    fingers = _fingers_removed(gene, first, last)
    if consequence is Consequence.DOMINANT_NEGATIVE and certainty is Certainty.ESTABLISHED:
        return say(IK6, aa=aa)
    if consequence is Consequence.DOMINANT_NEGATIVE:
        return say(PREDICTED, aa=aa, fingers=fingers)
    if fingers:
        return say(FINGER_LOST, aa=aa, fingers=fingers)
    return say(NO_FINGER_LOST, aa=aa)


def _why_uncertain(gene: Gene, called: tuple[int, int], widest: tuple[int, int]) -> Message:
    answers = dict.fromkeys(_rule(gene, *part)[0] for part in _within(*called, widest))
    return say(
        BORDERS_OPEN,
        called=range_text(*called),
        widest=range_text(*widest),
        consequences=tuple(Word(answer.label_en) for answer in answers),
    )
