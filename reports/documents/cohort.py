"""The report of a cohort: flow, Table 1, Table 2, deletions, genes, and their JSON.

Made of a `CohortContent` alone, whether read from the records now or frozen years ago.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from analysis.calls import CopyCall, State
from analysis.cohort.frame import CohortFrame
from analysis.cohort.genes import FunctionFrequency, by_function
from analysis.cohort.patterns import DeletionPatterns, deletion_patterns
from analysis.cohort.printed import written as word
from analysis.cohort.table import Table, table1, table2
from analysis.figures.deletion_map import DeletionRow, deletion_map
from analysis.figures.gene_frequency import GeneBar, gene_frequency
from analysis.ikzf1 import Ikzf1Status
from reports.cohort_content import CohortContent, cohort_content
from reports.cohort_risk import CohortRisk
from reports.documents import LANGUAGES, cohort_tables, study_parts
from reports.documents.cohort_origin import (
    footer,
    header,
    methods_part,
    name_of,
    provenance_json,
    title_of,
    versions_table,
)
from reports.documents.cohort_risk import risk_json, risk_part
from reports.documents.content import Header, Part, Picture
from reports.documents.page import written
from reports.documents.pictures import picture
from reports.documents.study_numbers import StudyNumbers, study_numbers
from reports.models import SavedCohort
from reports.queries import Selection

TEMPLATE = "documents/cohort.html"


@dataclass(frozen=True, eq=False)
class CohortNumbers:
    """What was counted: everything the pages and the JSON print."""

    content: CohortContent
    frame: CohortFrame
    table1: Table
    table2: Table
    patterns: DeletionPatterns
    deletions: tuple[DeletionRow, ...]
    functions: tuple[FunctionFrequency, ...]
    study: StudyNumbers

    @property
    def selection(self) -> Selection:
        return self.content.selection

    @property
    def risk(self) -> CohortRisk:
        return self.content.risk

    @property
    def answered(self) -> int:
        """Children in one of the two groups that Table 2 compares."""
        return sum(group.n for group in self.table2.groups)


@dataclass(frozen=True, eq=False)
class CohortReport:
    """What the pages of a cohort report hold, in one language."""

    language: str
    numbers: CohortNumbers
    header: Header
    footer: str
    as_of: datetime | None
    parts: tuple[Part, ...]


def cohort_report(cohort: SavedCohort | None, *, language: str) -> CohortReport:
    """The content of the report of `cohort` (None: all children with B-ALL), as on record now.

    Raises ValueError for another language than "zh-hans" and "en", and
    `reports.queries.BadDefinition` for criteria that cannot be applied.
    """
    return report_of(cohort_content(cohort), language=language)


def report_of(content: CohortContent, *, language: str) -> CohortReport:
    """The report of `content`, read or frozen; no query. Raises ValueError as `cohort_report`."""
    if language not in LANGUAGES:
        raise ValueError(f"a report is in one of {', '.join(LANGUAGES)}, not {language}")
    numbers = cohort_numbers(content)
    with override(language):
        return CohortReport(
            language=language,
            numbers=numbers,
            header=header(content),
            footer=footer(content),
            as_of=content.as_of,
            parts=_parts(numbers, language),
        )


def cohort_pdf(report: CohortReport) -> bytes:
    """The PDF of `report`. Raises `pdf.DocumentError`."""
    return written(report, template=TEMPLATE, language=report.language)


def cohort_numbers(content: CohortContent) -> CohortNumbers:
    """Count; the same content gives the same numbers."""
    frame = CohortFrame.from_children(content.children)
    statuses = tuple(status for status in content.statuses if status is not None)
    return CohortNumbers(
        content=content,
        frame=frame,
        table1=table1(frame),
        table2=table2(frame),
        patterns=deletion_patterns(frame),
        deletions=_deletion_rows(statuses),
        functions=by_function(frame),
        study=study_numbers(frame, statuses, content.follow_ups),
    )


def _deletion_rows(statuses: Collection[Ikzf1Status]) -> tuple[DeletionRow, ...]:
    """One row for each way in which the exons are called, the commonest first."""
    deleted = [item for item in statuses if item.large_deletion is State.ALTERED]
    found = Counter((_ranges(item), tuple(exon.call for exon in item.exons)) for item in deleted)
    ordered = sorted(found.items(), key=lambda item: (-item[1], item[0]))
    return tuple(
        DeletionRow(label, tuple(CopyCall(call) for call in calls), n)
        for (label, calls), n in ordered
    )


def _ranges(status: Ikzf1Status) -> str:
    return " + ".join(item.deletion.exon_range for item in status.deletions if not item.within)


def _parts(numbers: CohortNumbers, language: str) -> tuple[Part, ...]:
    content = numbers.content
    return (
        Part(
            _("Definition and flow"),
            texts=tuple(filter(None, [content.description, numbers.selection.sentence()])),
            tables=(
                cohort_tables.flow_table(numbers.selection),
                cohort_tables.status_table(numbers.frame),
                *versions_table(content),
            ),
        ),
        risk_part(numbers.risk),
        Part(_("The children"), tables=(cohort_tables.table_1(numbers.table1, language),)),
        _comparison(numbers, language),
        study_parts.landscape(numbers.study, language),
        _genes(numbers, language),
        study_parts.pairs(numbers.study, language),
        *study_parts.by_status(numbers.study, language),
        _deletions(numbers, language),
        *study_parts.partners(numbers.study, language),
        study_parts.survival(numbers.study, language),
        methods_part(content),
    )


def _comparison(numbers: CohortNumbers, language: str) -> Part:
    title = _("IKZF1 altered against not detected")
    if not numbers.answered:
        nobody = _(
            "Table 2 cannot be made: no child of this cohort has an IKZF1 answer, so there are no "
            "groups to compare. This says nothing about IKZF1 in these children."
        )
        return Part(
            title, texts=(nobody,), notes=tuple(item.message for item in numbers.table2.excluded)
        )
    first, second = numbers.table2.groups
    if not (first.n and second.n):
        alone = first if first.n else second
        nobody = ngettext(
            "The {n} child with an IKZF1 answer is in one group ({group}): there is no second "
            "group to compare.",
            "All {n} children with an IKZF1 answer are in one group ({group}): there is no second "
            "group to compare.",
            alone.n,
        )
        text = nobody.format(n=alone.n, group=word(alone.label, language))
        return Part(
            title, texts=(text,), notes=tuple(item.message for item in numbers.table2.excluded)
        )
    return Part(title, tables=(cohort_tables.table_2(numbers.table2, language),))


def _deletions(numbers: CohortNumbers, language: str) -> Part:
    title, found = _("IKZF1 deletions and variants"), numbers.patterns
    protein = study_parts.protein(numbers.study, language)
    if not found.tested:
        nobody = _("Large deletions were not tested, or not evaluable, in all.")
        return Part(title, texts=(nobody,), pictures=protein)
    if not numbers.deletions:
        nobody = ngettext(
            "No large deletion was detected in {n} child with an answer.",
            "No large deletion was detected in {n} children with an answer.",
            found.tested,
        )
        return Part(title, texts=(nobody.format(n=found.tested),), pictures=protein)
    figure = deletion_map(numbers.deletions, total=found.altered, language=language)
    caption = ngettext(
        "Deleted exons; shares are of the {n} child with altered IKZF1.",
        "Deleted exons; shares are of all {n} children with altered IKZF1.",
        found.altered,
    )
    return Part(
        title,
        pictures=(
            picture("deletions", figure, language, caption.format(n=found.altered)),
            *protein,
        ),
        tables=(cohort_tables.patterns_table(found, _pattern_names(found)),),
    )


def _pattern_names(found: DeletionPatterns) -> dict[str, str]:
    return {
        item.pattern: _("exons {range}").format(range=item.pattern.removeprefix("del"))
        for item in found.patterns
    }


def _genes(numbers: CohortNumbers, language: str) -> Part:
    title = _("Altered genes")
    if not numbers.functions:
        nobody = _("No gene was tested, or none is altered, in this cohort.")
        return Part(title, texts=(nobody,))
    bars = [
        GeneBar(gene.gene, group.group.label_en, gene.share.n, gene.share.of)
        for group in numbers.functions
        for gene in group.genes
    ]
    figure = gene_frequency(bars, language=language)
    caption = _(
        "Children with the gene altered, of those whose panel covered it with a readable answer; "
        "IKZF1 by sequencing and MLPA, the other genes by sequencing."
    )
    pictures: tuple[Picture, ...] = (picture("genes", figure, language, caption),)
    tables = (cohort_tables.functions_table(numbers.functions, language),)
    return Part(title, pictures=pictures, tables=tables)


def cohort_json(report: CohortReport) -> dict[str, Any]:
    """Every number that the document prints. `table1` and `table2` are lists of rows."""
    with override(report.language):
        return _json(report.numbers, report.language)


def _json(numbers: CohortNumbers, language: str) -> dict[str, Any]:
    return {
        "cohort": _cohort_json(numbers),
        "ikzf1": _states_json(numbers.frame),
        "risk": risk_json(numbers.risk),
        "table1": numbers.table1.to_json(language),
        "table2": numbers.table2.to_json(language),
        "table2_tests": [_test_json(row, language) for row in numbers.table2.rows],
        "table2_excluded": [
            {"state": item.state and item.state.value, "n": item.n}
            for item in numbers.table2.excluded
        ],
        "deletion_patterns": numbers.patterns.to_json(),
        "deletion_map": [
            {"exons": row.label, "calls": [call.value for call in row.calls], "n": row.count}
            for row in numbers.deletions
        ],
        "genes_by_function": [item.to_json() for item in numbers.functions],
        **numbers.study.to_json(),
        "provenance": provenance_json(numbers.content),
    }


def _cohort_json(numbers: CohortNumbers) -> dict[str, Any]:
    content, selection = numbers.content, numbers.selection
    return {
        "name": name_of(content),
        "title": title_of(content),
        "definition": content.definition,
        "version": content.versions[0].number if content.versions else None,
        "versions": [asdict(item) for item in content.versions],
        "on_record": selection.total,
        "children": len(numbers.frame),
        "synthetic": selection.synthetic,
        "flow": [step.to_json() for step in selection.flow],
        "flow_sentence": selection.sentence(),
    }


def _states_json(frame: CohortFrame) -> dict[str, dict[str, int]]:
    names = ("ikzf1", "ikzf1_large_deletion", "ikzf1_sequence_variant")
    found = {name: Counter(frame.children[name]) for name in names}
    return {name: {state.value: found[name][state.value] for state in State} for name in names}


def _test_json(row, language: str) -> dict[str, Any]:
    """What Table 2 prints of a row beside its `table2` entry."""
    return {
        "variable": row.variable,
        "label": row.to_json(language)["label"],
        "reason": row.result.reason.text(language) if row.result else None,
        "q": row.q,
        "effects": [effect.to_json() for effect in row.effects],
        "without_answer": [
            {"not_tested": group.not_tested, "not_evaluable": group.not_evaluable}
            for group in row.groups
        ],
    }
