"""The cohort report for other eyes: counts below a threshold withheld, and so much beside them that
no sum, share or figure gives them back.

Made of the summary that `analysis.pool` withholds at the source, and of nothing else: no table or
figure of single children, no flow, no hash of the data. What is not in the summary cannot leak.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from analysis.cohort.frame import CohortFrame
from analysis.pool.combine import PooledTable, pool_of
from analysis.pool.counting import Origin
from analysis.pool.printed import write_page
from analysis.pool.result import pooled
from analysis.pool.summarise import summarise_frame
from analysis.pool.summary import LEAST_THRESHOLD, MOST_THRESHOLD, THRESHOLD
from analysis.wording import Labelled, Message, translate
from reports.cohort_content import CohortContent
from reports.documents import LANGUAGES
from reports.documents.cohort_origin import name_of, title_of
from reports.documents.content import Column, Header, Part, Row, Table, row, table
from reports.documents.header import cohort_header
from reports.documents.numbers import UNKNOWN, moment
from reports.documents.page import written

TEMPLATE = "documents/cohort.html"


class BadThreshold(ValueError):
    """Nothing can be withheld by this threshold; the message says why."""


@dataclass(frozen=True, eq=False)
class WithheldReport:
    """What the pages hold, in one language."""

    language: str
    header: Header
    footer: str
    as_of: datetime | None
    parts: tuple[Part, ...]


def withheld_report(
    content: CohortContent, *, language: str, threshold: int = THRESHOLD
) -> WithheldReport:
    """The report of `content`, read or frozen. Raises `BadThreshold`, and ValueError for another
    language than "zh-hans" and "en"."""
    if language not in LANGUAGES:
        raise ValueError(f"a report is in one of {', '.join(LANGUAGES)}, not {language}")
    with override(language):
        if not LEAST_THRESHOLD <= threshold <= MOST_THRESHOLD:
            sentence = _("The threshold is from {least} to {most}.")
            raise BadThreshold(sentence.format(least=LEAST_THRESHOLD, most=MOST_THRESHOLD))
        return WithheldReport(
            language=language,
            header=_header(content),
            footer=content.software,
            as_of=content.as_of,
            parts=_parts(content, language, threshold),
        )


def withheld_pdf(report: WithheldReport) -> bytes:
    """The PDF of `report`. Raises `pdf.DocumentError`."""
    return written(report, template=TEMPLATE, language=report.language)


def _header(content: CohortContent) -> Header:
    flags = [_("Small counts withheld")]
    if content.selection.synthetic:
        flags.append(_("Synthetic data"))
    if content.frozen:
        flags.append(_("Frozen cohort {number}").format(number=content.frozen.number))
    return cohort_header(
        name=name_of(content),
        title=title_of(content),
        as_of=moment(content.as_of),
        flags=tuple(flags),
    )


def _parts(content: CohortContent, language: str, threshold: int) -> tuple[Part, ...]:
    said = _(
        "Counts below {threshold} are withheld, and so much beside them that no sum gives them "
        "back. The flow of exclusions, the figures and every table of single children are left "
        "out, because small counts could be read off them."
    )
    first = Part(_("What is withheld"), texts=(said.format(threshold=threshold),))
    if len(content.children) < threshold:
        few = _("This cohort has fewer than {threshold} children: nothing is said of it.")
        return first, Part(_("The children"), texts=(few.format(threshold=threshold),))
    summary = summarise_frame(
        CohortFrame.from_children(content.children),
        content.follow_ups,
        by="ikzf1",
        origin=Origin(
            centre=name_of(content)[:200].strip(),
            made=(content.as_of or datetime.now().astimezone()).date().isoformat(),
            software=content.software,
            rules=tuple(sorted(content.rule_versions.items())),
        ),
        threshold=threshold,
        interval_days=None,
    )
    pages = _Pages(_("The children by IKZF1 status"), language)
    found = pooled(pool_of([(name_of(content), summary)]))
    genes = tuple(item for item in found.genes if any(n.low for n in item.n))
    pairs = tuple(item for item in found.pairs if item.odds_ratio is not None)
    answers, hidden = _told(found.ikzf1)
    write_page(pages, replace(found, ikzf1=answers, genes=genes, pairs=pairs))
    if hidden:
        sentence = _("Left out because all their counts are withheld: {n} kinds of IKZF1 answer.")
        first = replace(first, texts=(*first.texts, sentence.format(n=hidden)))
    if len(genes) < len(found.genes) or len(pairs) < len(found.pairs):
        sentence = _(
            "Left out because all their counts are withheld: {genes} genes and {pairs} pairs of "
            "genes."
        )
        left = {"genes": len(found.genes) - len(genes), "pairs": len(found.pairs) - len(pairs)}
        first = replace(first, texts=(*first.texts, sentence.format(**left)))
    return first, *pages.parts()


def _told(answers: PooledTable | None) -> tuple[PooledTable | None, int]:
    """The answers of which a group has a count that is told, and how many others may have one: a
    line of "0–22" says nothing."""
    if answers is None:
        return None, 0
    places = range(len(answers.levels))
    counts = [[group.levels[place] for group in answers.groups] for place in places]
    # That every child of the group "not detected" is "not detected" says nothing either.
    kept = [
        place
        for place in places
        if any(
            0 < n.low < group.answered.high
            for n, group in zip(counts[place], answers.groups, strict=True)
        )
    ]
    hidden = sum(any(n.high for n in found) and not any(n.low for n in found) for found in counts)
    if not kept:
        return None, hidden
    groups = tuple(
        replace(group, levels=tuple(group.levels[place] for place in kept))
        for group in answers.groups
    )
    levels = tuple(answers.levels[place] for place in kept)
    return replace(answers, levels=levels, groups=groups), hidden


LONGEST, SHORTEST = 30, 12
LAST_NARROW = 0x2E7F


def _widths(lines: Sequence[Sequence[str]]) -> list[float]:
    """Shares of the page in percent, by the longest text of each column; a Chinese character is as
    wide as two letters."""
    longest = [max(map(_width, column)) for column in zip(*lines, strict=True)]
    wide = [max(SHORTEST, min(LONGEST, 4 + item)) for item in longest]
    return [round(100 * item / sum(wide), 1) for item in wide]


def _width(text: str) -> int:
    return sum(2 if ord(sign) > LAST_NARROW else 1 for sign in text)


class _Pages:
    """Takes what `analysis.pool.printed` writes, as parts of a document."""

    def __init__(self, title: str, language: str):
        self.language = language
        self.lines: list[str] = []
        self._parts: list[tuple[str, list[Table], list[str]]] = [(title, [], [])]

    def say(self, *messages: Message) -> None:
        self._parts[-1][2].extend(item.text(self.language) for item in messages)

    def title(self, message: Message) -> None:
        self._parts.append((message.text(self.language), [], []))

    def table(self, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        names = [translate(name, self.language) for name in header]
        written = [self._row(cells) for cells in rows]
        widths = _widths([names, *([cell.text for cell in line.cells] for line in written)])
        columns = [Column(*pair) for pair in zip(names, widths, strict=True)]
        self._parts[-1][1].append(table("", columns, written))

    def _row(self, cells: Sequence[Any]) -> Row:
        return row(*(self._cell(cell) for cell in cells))

    def _cell(self, value: Any) -> str:
        if isinstance(value, Message):
            return value.text(self.language)
        if isinstance(value, Labelled):
            return value.label(self.language)
        return UNKNOWN if value is None or value == "" else str(value).strip()

    def parts(self) -> tuple[Part, ...]:
        return tuple(
            Part(title, tables=tuple(tables), notes=tuple(notes))
            for title, tables, notes in self._parts
        )
