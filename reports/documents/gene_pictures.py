"""IKZF1 in pictures: the gene with its exons and ratios, and the protein with its variants."""

from __future__ import annotations

from django.utils.translation import gettext as _

from analysis.calls import CopyCall
from analysis.figures.gene_map import DeletedRange, ExonMark, gene_map
from analysis.figures.lollipop import VariantKind, VariantMark, lollipop
from analysis.figures.svg import Figure
from analysis.gene import ikzf1
from analysis.ikzf1 import Ikzf1Status, VariantConsequence, Zygosity
from reports.documents.content import Part
from reports.documents.pictures import picture

# What a consequence looks like on the protein.
MARKS = {
    VariantConsequence.MISSENSE: VariantKind.MISSENSE,
    VariantConsequence.NONSENSE: VariantKind.TRUNCATING,
    VariantConsequence.FRAMESHIFT: VariantKind.TRUNCATING,
    VariantConsequence.START_LOST: VariantKind.TRUNCATING,
    VariantConsequence.INFRAME: VariantKind.IN_FRAME,
    VariantConsequence.SPLICE: VariantKind.SPLICE,
}


def gene_pictures(status: Ikzf1Status, language: str, *, readable: bool) -> Part:
    """Gene map always, the protein where there are variants on it.

    `readable` is False where the MLPA sample failed: its ratios are shown, its calls are not.
    """
    marks = _variants(status)
    pictures = [
        picture("gene-map", _gene_map(status, language, readable), language, _gene_caption())
    ]
    if marks:
        figure = lollipop(marks, state=status.sequence_variant, language=language)
        pictures.append(picture("lollipop", figure, language, _protein_caption()))
    return Part(_("IKZF1 in pictures"), pictures=tuple(pictures))


def _gene_map(status: Ikzf1Status, language: str, readable: bool) -> Figure:
    exons = [
        ExonMark(item.exon, _shown(CopyCall(item.call), readable), item.ratio)
        for item in status.exons
    ]
    deletions = [
        DeletedRange(item.deletion.first, item.deletion.last, _call(item.zygosity))
        for item in status.deletions
    ]
    return gene_map(exons, deletions=deletions, language=language)


def _shown(call: CopyCall, readable: bool) -> CopyCall:
    if readable or call is CopyCall.NOT_TESTED:
        return call
    return CopyCall.NOT_EVALUABLE


def _call(zygosity: Zygosity) -> CopyCall:
    return CopyCall.HOM_DEL if zygosity is Zygosity.HOMOZYGOUS else CopyCall.HET_DEL


def _variants(status: Ikzf1Status) -> list[VariantMark]:
    """Every variant with a place on the protein, also one that does not count."""
    return [
        VariantMark(
            item.residue,
            item.variant.hgvs_p or item.variant.hgvs_c,
            MARKS.get(item.consequence, VariantKind.OTHER),
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
