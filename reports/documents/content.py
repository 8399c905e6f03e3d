"""What a printed page is made of, as values: the templates print these and decide nothing.

Texts are already in the document's language, except `Message`s and `Labelled` words of the
analysis, which the template's `say` filter writes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from analysis.calls import State

# One sign a state: they differ in shape, so a black-and-white print or a colour-blind reader
# loses nothing. The word always stands beside the sign.
SIGNS = {
    State.ALTERED: "◆",
    State.NOT_DETECTED: "○",
    State.NOT_EVALUABLE: "△",
    State.NOT_TESTED: "□",
}


@dataclass(frozen=True)
class Mark:
    """A state as it is printed: sign, colour and word (its own unless a closer one is given)."""

    state: State
    word: Any = None

    @property
    def sign(self) -> str:
        return SIGNS[self.state]

    @property
    def said(self) -> Any:
        return self.state if self.word is None else self.word


@dataclass(frozen=True)
class Fact:
    """One labelled value, with a mark where it is a laboratory's answer and a remark below."""

    label: str
    value: Any = ""
    mark: Mark | None = None
    note: Any = ""


@dataclass(frozen=True)
class Column:
    """`width` is a share of the table in percent; `kind` is "text", "name" (never broken),
    "number" or "centre"."""

    label: str
    width: float
    kind: str = "text"


@dataclass(frozen=True)
class Cell:
    text: Any = ""
    kind: str = "text"
    mark: Mark | None = None
    note: Any = ""


@dataclass(frozen=True)
class Row:
    """`tone` is "" for a row like the others, "marked" for one to look at, "head" for a group."""

    cells: tuple[Cell, ...]
    tone: str = ""


@dataclass(frozen=True)
class Table:
    """`two_up`: short rows, printed in two halves side by side. `dense`: a long table in smaller
    letters."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    notes: tuple[Any, ...] = ()
    two_up: bool = False
    dense: bool = False

    @property
    def halves(self) -> tuple[tuple[Row, ...], ...]:
        """The rows as they stand on paper: below each other, or in two halves side by side."""
        if not self.two_up or len(self.rows) < 4:
            return (self.rows,)
        half = (len(self.rows) + 1) // 2
        return (self.rows[:half], self.rows[half:])


@dataclass(frozen=True)
class Picture:
    """A figure: `name` is its address inside the document, `alt` what a screen reader says."""

    name: str
    svg: str
    caption: Any
    alt: str
    width_mm: int = 178


@dataclass(frozen=True)
class Part:
    """A section: heading, then texts, facts, pictures and tables in that order; `beside`: on paper
    the pictures stand beside the tables."""

    title: str
    texts: tuple[Any, ...] = ()
    facts: tuple[Fact, ...] = ()
    tables: tuple[Table, ...] = ()
    pictures: tuple[Picture, ...] = ()
    notes: tuple[Any, ...] = ()
    beside: bool = False

    @property
    def fact_lines(self) -> tuple[tuple[Fact, ...], ...]:
        count = len(self.facts)
        return in_lines(self.facts, across=next((n for n in (5, 4, 3) if count % n == 0), 4))


@dataclass(frozen=True)
class Header:
    """What stands on every page.

    `layout` names the page of the stylesheet. `fields` are rows of labelled values; `flags` are
    warnings such as "Draft" that the reader must not miss; `watermark` is drawn behind the text
    ("" for none).
    """

    institution: str
    title: str
    reference: str
    layout: str
    fields: tuple[tuple[Fact, ...], ...]
    flags: tuple[str, ...] = ()
    watermark: str = ""


def in_lines(facts: tuple[Fact, ...], across: int = 3) -> tuple[tuple[Fact, ...], ...]:
    """`facts` in lines of `across`, the last one filled up with empty ones."""
    lines = [list(facts[start : start + across]) for start in range(0, len(facts), across)]
    for line in lines:
        line.extend([Fact("")] * (across - len(line)))
    return tuple(tuple(line) for line in lines)


def table(
    caption: str, columns: list[Column], rows: list[Row], *notes: Any, two_up: bool = False
) -> Table:
    """A `Table` whose cells take the kind of their column."""
    return Table(
        caption=caption,
        columns=tuple(columns),
        rows=tuple(
            Row(
                tuple(
                    Cell(cell.text, column.kind, cell.mark, cell.note)
                    for cell, column in zip(row.cells, columns, strict=True)
                ),
                row.tone,
            )
            for row in rows
        ),
        notes=tuple(note for note in notes if note),
        two_up=two_up,
    )


def row(*cells: Any, tone: str = "") -> Row:
    """A `Row` of texts, marks or cells."""
    return Row(tuple(_cell(item) for item in cells), tone)


def _cell(item: Any) -> Cell:
    if isinstance(item, Cell):
        return item
    return Cell(mark=item) if isinstance(item, Mark) else Cell(item)
