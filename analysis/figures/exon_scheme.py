"""The exons of IKZF1 side by side: the scheme that the gene map and the deletion map share.

Widths follow the coding length, softened so that the smallest can still be read; introns are not
to scale. Untranslated parts are lower, as gene pictures have them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from analysis.calls import CopyCall
from analysis.figures.palette import CALLS, EDGE, FAINT, Entry, fill
from analysis.figures.svg import INK, PAPER, SMALL, Canvas, Pen, line, rectangle
from analysis.gene import Exon, Gene, ikzf1
from analysis.wording import N_, Message, say, translate

UNTRANSLATED = PAPER
FINGER = 14.0
SHARE = 0.75  # of the width that the exons may take; the rest is introns
BINDING, DIMERISING = EDGE, PAPER


@dataclass(frozen=True)
class ExonBox:
    """Where an exon stands. `coding_left`..`coding_right` is its translated part."""

    number: int
    left: float
    right: float
    coding_left: float
    coding_right: float
    fingers: tuple[tuple[str, bool], ...]  # (name, binds DNA)

    @property
    def middle(self) -> float:
        return (self.left + self.right) / 2


def boxes(*, left: float, right: float) -> tuple[ExonBox, ...]:
    """The exons between `left` and `right`, with introns of one length between them."""
    gene = ikzf1()
    widths = [22 + 0.062 * _coding(exon) for exon in gene.exons]
    scale = min(1.0, SHARE * (right - left) / sum(widths))
    widths = [width * scale for width in widths]
    intron = (right - left - sum(widths)) / (len(widths) - 1)
    found = []
    place = left
    for exon, width in zip(gene.exons, widths, strict=True):
        found.append(_box(gene, exon, place, width))
        place += width + intron
    return tuple(found)


def _coding(exon: Exon) -> int:
    return exon.cds_end - exon.cds_start + 1 if exon.cds_start is not None else 0


def _box(gene: Gene, exon: Exon, left: float, width: float) -> ExonBox:
    right = left + width
    # At least 70 % of a translated exon is drawn coding: the 3' end of exon 8 would dwarf the rest.
    share = max(_coding(exon) / exon.length, 0.7) if _coding(exon) else 0.0
    begins = exon.cds_start == 1
    coding_left = right - width * share if begins or not share else left
    coding_right = right if begins or not share else left + width * share
    fingers = tuple((f.name, f.binds_dna) for f in gene.zinc_fingers if exon.number in f.exons)
    return ExonBox(exon.number, left, right, coding_left, coding_right, fingers)


def draw_exons(
    canvas: Canvas,
    scheme: Sequence[ExonBox],
    calls: Mapping[int, CopyCall] | None,
    *,
    y: float,
    height: float,
) -> None:
    """Introns and exon boxes with `y` the top; in the look of its call, or plain."""
    middle = y + height / 2
    first, last = scheme[0].left - 9, scheme[-1].right + 9
    canvas.draw(Pen(stroke=EDGE, width=0.8), line((first, middle), (last, middle)))
    canvas.write(first - 2, middle + 2.3, "5'", size=SMALL, anchor="end")
    canvas.write(last + 2, middle + 2.3, "3'", size=SMALL)
    for before, after in pairwise(scheme):
        _not_to_scale(canvas, (before.right + after.left) / 2, middle)
    canvas.layer()
    for box in scheme:
        look = CALLS[calls[box.number] if calls else CopyCall.NORMAL]
        inset = height * 0.22
        for start, end in ((box.left, box.coding_left), (box.coding_right, box.right)):
            if end - start > 0.1:
                fill(canvas, look, start, y + inset, end - start, height - 2 * inset)
        if box.coding_right - box.coding_left > 0.1:
            fill(canvas, look, box.coding_left, y, box.coding_right - box.coding_left, height)
    canvas.layer()


def _not_to_scale(canvas: Canvas, x: float, y: float) -> None:
    canvas.draw(Pen(PAPER), rectangle(x - 1.2, y - 2, 2.4, 4))
    canvas.layer()
    for shift in (-1.2, 1.2):
        slash = line((x + shift - 1.2, y + 3), (x + shift + 1.2, y - 3))
        canvas.draw(Pen(stroke=EDGE, width=0.8), slash)


def draw_fingers(canvas: Canvas, scheme: Sequence[ExonBox], *, y: float) -> None:
    """The zinc fingers under their exons, 9 high."""
    for box in scheme:
        step = FINGER + 2
        middle = (box.coding_left + box.coding_right) / 2
        start = middle - (step * len(box.fingers) - 2) / 2
        for i, (name, binds) in enumerate(box.fingers):
            left = start + step * i
            _finger(canvas, left, y, binds)
            colour = PAPER if binds else INK
            canvas.write(
                left + FINGER / 2, y + 6.9, name, size=SMALL, anchor="middle", colour=colour
            )
    canvas.layer()


def _finger(canvas: Canvas, x: float, y: float, binds: bool, width: float = FINGER) -> None:
    canvas.draw(Pen(BINDING if binds else DIMERISING, EDGE, 0.7), rectangle(x, y, width, 9))


def finger_entries(language: str) -> list[Entry]:
    """The two kinds of zinc finger, for a legend."""
    binding = translate(N_("DNA-binding zinc finger"), language)
    dimerising = translate(N_("dimerising zinc finger"), language)
    return [
        Entry(lambda canvas, x, y: _finger(canvas, x, y - 1, True, 12), binding),
        Entry(lambda canvas, x, y: _finger(canvas, x, y - 1, False, 12), dimerising),
    ]


def guide(canvas: Canvas, scheme: Sequence[ExonBox], *, top: float, bottom: float) -> None:
    """A faint line under each exon, for the eye."""
    for box in scheme:
        canvas.draw(
            Pen(stroke=FAINT, width=0.3, dash="1 2"), line((box.middle, top), (box.middle, bottom))
        )


def exon_range(first: int, last: int) -> Message:
    """ "exon 4" or "exons 4-7"."""
    if first == last:
        return say(N_("exon {exon}"), exon=first)
    return say(N_("exons {first}-{last}"), first=first, last=last)


def runs(calls: Sequence[CopyCall]) -> list[tuple[int, int, CopyCall]]:
    """Neighbouring exons of one call as (first, last, call); `calls` begin at exon 1."""
    found = []
    for call, own in groupby(enumerate(calls, start=1), key=lambda pair: pair[1]):
        numbers = [number for number, _ in own]
        found.append((numbers[0], numbers[-1], call))
    return found


def checked_range(first: int, last: int) -> None:
    """Raises ValueError where `first`..`last` is no range of exons of IKZF1."""
    count = len(ikzf1().exons)
    if not 1 <= first <= last <= count:
        raise ValueError(f"Exons {first} to {last} are no range within 1 to {count}.")
