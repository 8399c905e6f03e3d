"""Sequence variants along the protein, of one child or of a cohort (Fig. 4B of the paper)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analysis.calls import CopyCall, State
from analysis.figures.exon_scheme import BINDING, DIMERISING, finger_entries
from analysis.figures.lettering import needed, shortened, spread, text_width
from analysis.figures.palette import (
    DEEP,
    EDGE,
    FAINT,
    NAVY,
    PALE,
    STRAW,
    WARM,
    WHITE,
    Entry,
    Shape,
    column_hatch,
    legend,
)
from analysis.figures.svg import (
    INK,
    NORMAL,
    PAPER,
    QUIET,
    SMALL,
    WIDTH,
    Canvas,
    Figure,
    Pen,
    circle,
    line,
    polygon,
    rectangle,
    square,
)
from analysis.gene import ikzf1
from analysis.wording import N_, Labelled, Message, say, translate

LEFT, RIGHT = 14.0, WIDTH - 14.0
PROTEIN = 13.0  # height of the protein
PITCH = 8.6  # between two upright labels
LONGEST = 96.0
STEM = 24.0


class VariantKind(Labelled):
    """What a variant does to the protein, as far as the mark tells."""

    MISSENSE = "missense", N_("missense")
    TRUNCATING = "truncating", N_("frameshift or nonsense")
    IN_FRAME = "in_frame", N_("in-frame insertion or deletion")
    SPLICE = "splice", N_("splice site")
    OTHER = "other", N_("other variant")


@dataclass(frozen=True)
class VariantMark:
    """A variant at `residue` (1 to 519), named `label`, in `count` children."""

    residue: int
    label: str
    kind: VariantKind
    count: int = 1


def _diamond(x: float, y: float, radius: float) -> str:
    return polygon(x, y, radius * 1.15, corners=4)


def _triangle(x: float, y: float, radius: float) -> str:
    return polygon(x, y + radius * 0.2, radius * 1.25, corners=3)


HEADS: dict[VariantKind, tuple[Shape, str, str]] = {
    VariantKind.MISSENSE: (circle, WARM, INK),
    VariantKind.TRUNCATING: (square, DEEP, WHITE),
    VariantKind.IN_FRAME: (_diamond, STRAW, INK),
    VariantKind.SPLICE: (_triangle, NAVY, WHITE),
    VariantKind.OTHER: (circle, PALE, INK),
}


def lollipop(
    variants: Sequence[VariantMark],
    *,
    state: State | None = None,
    language: str = "en",
    prefix: str = "lollipop",
) -> Figure:
    """The variants over the protein with its zinc fingers and the borders of its exons.

    Without variants `state` says why there is none; ValueError where it is missing, for an empty
    picture would not tell "not tested" from "not detected". Raises ValueError also on a residue
    that the protein does not have and on a count below 1.
    """
    _check(variants, state)
    ordered = sorted(variants, key=lambda v: (v.residue, v.label))
    canvas = Canvas()
    labels = _Labels.of(ordered)
    top = 16 + labels.height + STEM  # of the protein
    _head(canvas, language)
    if variants:
        _sticks(canvas, labels, top=top)
    else:
        _none(canvas, state, language, top=top)
    _protein(canvas, language, top=top)
    bottom = top + PROTEIN + 36
    if labels.bare:
        said = say(
            N_("{count} further variants are drawn without a label."), count=len(labels.bare)
        )
        canvas.write(LEFT, bottom, said.text(language), size=SMALL, colour=QUIET)
        bottom += 8
    bottom = legend(canvas, _entries(ordered, language), x=LEFT, y=bottom, right=RIGHT)
    return canvas.figure(
        height=bottom + 4,
        title=say(N_("IKZF1 sequence variants along the protein")),
        alt=_said(ordered, state),
        language=language,
        prefix=prefix,
    )


def _check(variants: Sequence[VariantMark], state: State | None) -> None:
    length = ikzf1().protein_length
    for variant in variants:
        if not 1 <= variant.residue <= length:
            raise ValueError(
                f"{variant.label}: residue {variant.residue} lies outside 1 to {length}."
            )
        if variant.count < 1:
            raise ValueError(f"{variant.label}: a count of {variant.count}.")
    if not variants and state in (None, State.ALTERED):
        raise ValueError("Without variants the picture needs the state that says why.")


def _x(residue: float) -> float:
    """The middle of a residue; 0.5 and 519.5 are the ends of the protein."""
    return LEFT + (RIGHT - LEFT) * (residue - 0.5) / ikzf1().protein_length


def _radius(variant: VariantMark) -> float:
    return 3.4 if variant.count == 1 else 5.2 + 1.8 * (len(str(variant.count)) - 1)


@dataclass(frozen=True)
class _Labels:
    """Where heads and labels stand: level beside each other, or upright where there are many."""

    shown: tuple[tuple[VariantMark, str, float], ...]  # variant, label, place
    bare: tuple[VariantMark, ...]  # no room for their labels
    upright: bool
    height: float

    @classmethod
    def of(cls, ordered: Sequence[VariantMark]) -> _Labels:
        texts = [shortened(v.label, NORMAL, LONGEST) for v in ordered]
        heads = [2 * _radius(v) + 1.5 for v in ordered]
        level = [max(text_width(t, NORMAL), h) for t, h in zip(texts, heads, strict=True)]
        room = RIGHT - LEFT + 16
        upright = needed(level, 5) > room * 0.8
        widths = [max(PITCH, head) for head in heads] if upright else level
        gap = 0.4 if upright else 5.0
        keep = _commonest(ordered, widths, gap=gap, room=room)
        places = spread(
            [_x(ordered[i].residue) for i in keep],
            [widths[i] for i in keep],
            low=LEFT - 8,
            high=RIGHT + 8,
            gap=gap,
        )
        shown = tuple((ordered[i], texts[i], x) for i, x in zip(keep, places, strict=True))
        longest = max((text_width(text, NORMAL) for _, text, _ in shown), default=0.0)
        height = (longest if upright else 7.0) + 2 * max(map(_radius, ordered), default=3.0) + 4
        bare = tuple(v for i, v in enumerate(ordered) if i not in set(keep))
        return cls(shown, bare, upright, height)


def _commonest(
    ordered: Sequence[VariantMark], widths: Sequence[float], *, gap: float, room: float
) -> list[int]:
    """Those that find room, the commonest first; in the order along the protein.

    Among equals the golden ratio picks places that lie evenly, so that no part is left bare.
    """
    kept, used = [], -gap
    for i in sorted(range(len(ordered)), key=lambda i: (-ordered[i].count, i * 0.618034 % 1)):
        if used + widths[i] + gap > room:
            break
        kept.append(i)
        used += widths[i] + gap
    return sorted(kept)


def _head(canvas: Canvas, language: str) -> None:
    gene = ikzf1()
    said = say(
        N_("{transcript}, {length} aa"), transcript=gene.transcript, length=gene.protein_length
    )
    canvas.write(LEFT, 11, gene.symbol, bold=True, size=8.5)
    canvas.write(LEFT + 32, 11, said.text(language), colour=QUIET)


def _sticks(canvas: Canvas, labels: _Labels, *, top: float) -> None:
    stem = Pen(stroke=EDGE, width=0.7)
    for variant in labels.bare:
        canvas.draw(stem, line((_x(variant.residue), top), (_x(variant.residue), top - 6)))
    for variant, _, place in labels.shown:
        x = _x(variant.residue)
        bend = f"{line((x, top), (x, top - 7))}L{place:.2f} {top - 19:.2f}V{top - STEM:.2f}"
        canvas.draw(stem, bend)
    canvas.layer()
    for variant in labels.bare:
        _mark(canvas, variant.kind, _x(variant.residue), top - 6, 1.6)
    for variant, text, place in labels.shown:
        radius = _radius(variant)
        middle = top - STEM - radius + 1
        _mark(canvas, variant.kind, place, middle, radius)
        if variant.count > 1:
            colour = HEADS[variant.kind][2]
            count = str(variant.count)
            canvas.write(place, middle + 2.3, count, size=SMALL, anchor="middle", colour=colour)
        if labels.upright:
            canvas.write(place + 2.5, middle - radius - 3, text, upright=True)
        else:
            canvas.write(place, middle - radius - 3, text, anchor="middle")
    canvas.layer()


def _mark(canvas: Canvas, kind: VariantKind, x: float, y: float, radius: float) -> None:
    shape, fill, _ = HEADS[kind]
    canvas.draw(Pen(fill, EDGE, 0.7), shape(x, y, radius))


def _none(canvas: Canvas, state: State, language: str, *, top: float) -> None:
    """The answer in words where no variant stands; hatched where nobody looked."""
    upper, height = 20.0, top - 26.0
    if state is State.NOT_TESTED:
        column_hatch(canvas, LEFT, upper, RIGHT - LEFT, height, call=CopyCall.NOT_TESTED)
    canvas.layer()
    text = say(N_("SNV/InDel: {state}"), state=state).text(language)
    half = text_width(text, 8.5, bold=True) / 2 + 5
    middle = (LEFT + RIGHT) / 2
    base = upper + height / 2 + 3
    canvas.draw(Pen(PAPER, EDGE, 0.6), rectangle(middle - half, base - 10.5, 2 * half, 15))
    canvas.write(middle, base, text, size=8.5, anchor="middle", bold=True)


def _protein(canvas: Canvas, language: str, *, top: float) -> None:
    gene = ikzf1()
    left, right = _x(0.5), _x(gene.protein_length + 0.5)
    canvas.draw(Pen(PALE, EDGE, 0.7), rectangle(left, top, right - left, PROTEIN))
    canvas.layer()
    for finger in gene.zinc_fingers:
        start, end = _x(finger.aa_start - 0.5), _x(finger.aa_end + 0.5)
        pen = Pen(BINDING if finger.binds_dna else DIMERISING, EDGE, 0.7)
        canvas.draw(pen, rectangle(start, top - 2, end - start, PROTEIN + 4))
        colour = WHITE if finger.binds_dna else INK
        middle = (start + end) / 2
        canvas.write(middle, top + 8.8, finger.name, size=SMALL, anchor="middle", colour=colour)
    _exons(canvas, language, y=top + PROTEIN + 4)
    _ruler(canvas, y=top + PROTEIN + 17)


def _exons(canvas: Canvas, language: str, *, y: float) -> None:
    """The borders between exons, and the number of each that codes for a residue."""
    gene = ikzf1()
    for exon in gene.exons:
        if exon.codon_first is None:
            continue
        # The codon that two exons share is drawn as the border's place.
        start = _x(max(exon.codon_first, 0.5))
        end = _x(min(exon.codon_last, gene.protein_length + 0.5))
        canvas.draw(Pen(stroke=FAINT, width=0.8), f"M{start:.2f} {y:.2f}v9M{end:.2f} {y:.2f}v9")
        text = str(exon.number)
        if end - start > 40:
            text = say(N_("exon {exon}"), exon=exon.number).text(language)
        canvas.write((start + end) / 2, y + 7, text, size=SMALL, anchor="middle", colour=QUIET)


def _ruler(canvas: Canvas, *, y: float) -> None:
    length = ikzf1().protein_length
    canvas.draw(Pen(stroke=EDGE), line((_x(1), y), (_x(length), y)))
    for residue in (1, *range(50, length - 10, 50), length):
        x = _x(residue)
        canvas.draw(Pen(stroke=EDGE), line((x, y), (x, y + 2.5)))
        canvas.write(x, y + 9.5, str(residue), size=SMALL, anchor="middle")


def _entries(variants: Sequence[VariantMark], language: str) -> list[Entry]:
    present = [kind for kind in VariantKind if any(v.kind is kind for v in variants)]
    entries = [
        Entry(
            lambda canvas, x, y, kind=kind: _mark(canvas, kind, x + 6, y + 3.5, 3.4),
            kind.label(language),
        )
        for kind in present
    ]
    if any(v.count > 1 for v in variants):
        counted = translate(N_("number in the mark: children"), language)
        entries.append(Entry(_counted, counted))
    return entries + finger_entries(language)


def _counted(canvas: Canvas, x: float, y: float) -> None:
    canvas.draw(Pen(PAPER, EDGE, 0.7), circle(x + 6, y + 3.5, 4.4))
    canvas.write(x + 6, y + 5.8, "2", size=SMALL, anchor="middle")


def _said(variants: Sequence[VariantMark], state: State | None) -> tuple[Message, ...]:
    if not variants:
        return (say(N_("SNV/InDel of IKZF1: {state}."), state=state),)
    return tuple(_variant_said(variant) for variant in variants)


def _variant_said(variant: VariantMark) -> Message:
    gene = ikzf1()
    finger = gene.zinc_finger_of(variant.residue)
    exon = gene.exon_of_residue(variant.residue)
    place = say(N_("exon {exon}"), exon=exon)
    if finger:
        place = say(N_("exon {exon}, {finger}"), exon=exon, finger=finger.name)
    if variant.count == 1:
        return say(
            N_("{variant}, {kind}, residue {residue} ({place})."),
            variant=variant.label,
            kind=variant.kind,
            residue=variant.residue,
            place=place,
        )
    return say(
        N_("{variant}, {kind}, residue {residue} ({place}): {count} children."),
        variant=variant.label,
        kind=variant.kind,
        residue=variant.residue,
        place=place,
        count=variant.count,
    )
