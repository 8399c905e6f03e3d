"""IKZF1 in pictures: the gene with its exons and ratios, and the protein with its variants."""

from __future__ import annotations

from django.utils.translation import gettext as _

from analysis.calls import CopyCall, State
from analysis.figures.gene_map import DeletedRange, ExonMark, gene_map
from analysis.figures.lollipop import VariantKind, VariantMark, lollipop
from analysis.gene import ikzf1
from analysis.ikzf1 import Ikzf1Status, VariantConsequence, Zygosity
from reports.documents.content import Part
from reports.documents.pictures import picture

_KINDS = {
    VariantConsequence.MISSENSE: VariantKind.MISSENSE,
    VariantConsequence.NONSENSE: VariantKind.TRUNCATING,
    VariantConsequence.FRAMESHIFT: VariantKind.TRUNCATING,
    VariantConsequence.START_LOST: VariantKind.TRUNCATING,
    VariantConsequence.INFRAME: VariantKind.IN_FRAME,
    VariantConsequence.SPLICE: VariantKind.SPLICE,
}


def gene_pictures(status: Ikzf1Status, language: str) -> Part:
    """Gene map always; the protein where there are variants on it, else one sentence about it."""
    marks = _variants(status)
    pictures = [picture("gene-map", _gene_map(status, language), language, _gene_caption())]
    texts: tuple[str, ...] = ()
    if marks:
        figure = lollipop(marks, state=status.sequence_variant, language=language)
        pictures.append(picture("lollipop", figure, language, _protein_caption()))
    return Part(_("IKZF1 in pictures"), texts=texts, pictures=tuple(pictures))


def _gene_map(status: Ikzf1Status, language: str):
    readable = status.large_deletion is not State.NOT_EVALUABLE or status.deletions
    exons = [
        ExonMark(item.exon, CopyCall(item.call), item.ratio) if readable else _unread(item)
        for item in status.exons
    ]
    deletions = [
        DeletedRange(item.deletion.first, item.deletion.last, _call(item.zygosity))
        for item in status.deletions
    ]
    return gene_map(exons, deletions=deletions, language=language)


def _unread(item) -> ExonMark:
    """A call of a sample that failed is shown as what it is; untested exons stay untested."""
    call = CopyCall(item.call)
    keep = (CopyCall.NOT_TESTED, CopyCall.AMBIGUOUS, CopyCall.NORMAL)
    return ExonMark(item.exon, call if call in keep else CopyCall.NOT_EVALUABLE, item.ratio)


def _call(zygosity: Zygosity) -> CopyCall:
    return CopyCall.HOM_DEL if zygosity is Zygosity.HOMOZYGOUS else CopyCall.HET_DEL


def _variants(status: Ikzf1Status) -> list[VariantMark]:
    """Every variant with a place on the protein, also one that does not count."""
    return [
        VariantMark(
            item.residue,
            item.variant.hgvs_p or item.variant.hgvs_c,
            _KINDS.get(item.consequence, VariantKind.OTHER),
        )
        for item in status.variants
        if item.residue
    ]


def _gene_caption() -> str:
    gene = ikzf1()
    return _(
        "The gene with its exons (transcript {transcript}), zinc fingers and the MLPA ratio of "
        "each exon; 1.0 is two copies."
    ).format(transcript=gene.transcript)


def _protein_caption() -> str:
    return _("Sequence variants on the protein ({length} amino acids).").format(
        length=ikzf1().protein_length
    )
