"""The report of a cohort: flow, Table 1, Table 2, deletions, genes, and their JSON."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import override

from analysis.calls import CopyCall, State
from analysis.cohort.frame import Child, CohortFrame
from analysis.cohort.genes import FunctionFrequency, by_function
from analysis.cohort.patterns import DeletionPatterns, deletion_patterns
from analysis.cohort.table import Table, table1, table2
from analysis.figures.deletion_map import DeletionRow, deletion_map
from analysis.figures.gene_frequency import GeneBar, gene_frequency
from analysis.ikzf1 import RULE_VERSION, Ikzf1Status
from reports import models
from reports.cohort_evidence import cohort_children, follow_ups, ikzf1_statuses
from reports.documents import LANGUAGES, cohort_tables, study_parts
from reports.documents.cohort_risk import CohortRisk, cohort_risk, risk_part
from reports.documents.content import Fact, Header, Part, Picture
from reports.documents.header import cohort_header
from reports.documents.numbers import moment
from reports.documents.page import written
from reports.documents.pictures import picture
from reports.documents.study_numbers import StudyNumbers, study_numbers
from reports.documents.version import software_version
from reports.models import SavedCohort
from reports.queries import Selection, definition_of, risk_source, select

TEMPLATE = "documents/cohort.html"
# Every model whose rows enter the numbers, with the way from it to the child.
_SOURCES = (
    (models.Patient, "pk"),
    (models.Findings, "patient"),
    (models.GlucocorticoidResponse, "patient"),
    (models.Mrd, "patient"),
    (models.FusionResult, "patient"),
    (models.RiskAssessment, "patient"),
    (models.FollowUpEvent, "patient"),
    (models.Specimen, "patient"),
    (models.MlpaSample, "specimen__patient"),
    (models.ProbeRatio, "sample__specimen__patient"),
    (models.SequencingSample, "specimen__patient"),
    (models.Variant, "sample__specimen__patient"),
)


@dataclass(frozen=True, eq=False)
class CohortNumbers:
    """What was counted: everything the pages and the JSON print."""

    name: str
    title: str
    description: str
    definition: dict[str, Any]
    selection: Selection
    frame: CohortFrame
    table1: Table
    table2: Table
    patterns: DeletionPatterns
    deletions: tuple[DeletionRow, ...]
    functions: tuple[FunctionFrequency, ...]
    study: StudyNumbers
    risk: CohortRisk
    as_of: datetime | None
    data_hash: str

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
    """The content of the report of `cohort` (None: all children with B-ALL).

    Raises ValueError for another language than "zh-hans" and "en", and
    `reports.queries.BadDefinition` for criteria that cannot be applied.
    """
    if language not in LANGUAGES:
        raise ValueError(f"a report is in one of {', '.join(LANGUAGES)}, not {language}")
    with override(language):
        numbers = cohort_numbers(cohort)
        return CohortReport(
            language=language,
            numbers=numbers,
            header=_header(numbers),
            footer=_("Data as of {moment} · {software} · data {hash}").format(
                moment=moment(numbers.as_of),
                software=software_version(),
                hash=numbers.data_hash[:12],
            ),
            as_of=numbers.as_of,
            parts=_parts(numbers, language),
        )


def cohort_pdf(report: CohortReport) -> bytes:
    """The PDF of `report`. Raises `pdf.DocumentError`."""
    return written(report, template=TEMPLATE, language=report.language)


def cohort_numbers(cohort: SavedCohort | None) -> CohortNumbers:
    """Select the children, read them, count. The flow's labels are in the current language."""
    definition = definition_of(cohort)
    selection = select(definition)
    source = risk_source(cohort)
    children = cohort_children(selection.patient_ids, risk=source)
    frame = CohortFrame.from_children(children)
    statuses = ikzf1_statuses(selection.patient_ids).values()
    return CohortNumbers(
        name=cohort.name if cohort else _("all B-ALL"),
        title=(cohort.title or cohort.name) if cohort else _("All children with B-ALL on record"),
        description=cohort.description if cohort else "",
        definition={name: str(value) for name, value in definition.items()},
        selection=selection,
        frame=frame,
        table1=table1(frame),
        table2=table2(frame),
        patterns=deletion_patterns(frame),
        deletions=_deletion_rows(statuses),
        functions=by_function(frame),
        study=study_numbers(frame, statuses, follow_ups(selection.patient_ids)),
        risk=cohort_risk(selection.patient_ids, source),
        as_of=_newest(selection.patient_ids),
        data_hash=_hash(children),
    )


def _newest(patient_ids: Collection[int]) -> datetime | None:
    """The newest change among the records of these children."""
    changes = [
        model.objects.filter(**{f"{way}__in": patient_ids}).aggregate(newest=Max("updated_at"))
        for model, way in _SOURCES
    ]
    return max((item["newest"] for item in changes if item["newest"]), default=None)


def _hash(children: Collection[Child]) -> str:
    """SHA-256 (hex) over what entered the numbers, in the order of the cohort; no database key."""
    digest = hashlib.sha256()
    for child in children:
        values = dataclasses.asdict(child) | {"id": None}
        digest.update(json.dumps(values, sort_keys=True, default=_plain).encode())
    return digest.hexdigest()


def _plain(value: Any) -> Any:
    return sorted(value) if isinstance(value, (set, frozenset)) else str(value)


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


def _header(numbers: CohortNumbers) -> Header:
    invented, children = numbers.selection.synthetic, len(numbers.frame)
    flags = ()
    if invented:
        flags = (
            _("Synthetic data: {invented} of {children} children are invented").format(
                invented=invented, children=children
            ),
        )
    return cohort_header(
        name=numbers.name, title=numbers.title, as_of=moment(numbers.as_of), flags=flags
    )


def _parts(numbers: CohortNumbers, language: str) -> tuple[Part, ...]:
    return (
        Part(
            _("Definition and flow"),
            texts=tuple(filter(None, [numbers.description])),
            tables=(
                cohort_tables.flow_table(numbers.selection),
                cohort_tables.status_table(numbers.frame),
            ),
        ),
        risk_part(numbers.risk),
        Part(_("The children"), tables=(cohort_tables.table_1(numbers.table1, language),)),
        _comparison(numbers, language),
        study_parts.landscape(numbers.study, language),
        _genes(numbers, language),
        study_parts.pairs(numbers.study, language),
        study_parts.by_status(numbers.study, language),
        _deletions(numbers, language),
        study_parts.partners(numbers.study, language),
        study_parts.survival(numbers.study, language),
        _methods(numbers),
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
    return Part(title, tables=(cohort_tables.table_2(numbers.table2, language),))


def _deletions(numbers: CohortNumbers, language: str) -> Part:
    title, found = _("IKZF1 deletions"), numbers.patterns
    if not found.tested:
        return Part(title, texts=(_("Large deletions were not tested, or not evaluable, in all."),))
    if not numbers.deletions:
        nobody = _("No large deletion was detected in {n} children with an answer.")
        return Part(title, texts=(nobody.format(n=found.tested),))
    figure = deletion_map(numbers.deletions, total=found.altered, language=language)
    caption = _("Deleted exons; shares are of all {n} children with altered IKZF1.")
    return Part(
        title,
        pictures=(
            picture("deletions", figure, language, caption.format(n=found.altered)),
            *study_parts.protein(numbers.study, language),
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


def _methods(numbers: CohortNumbers) -> Part:
    return Part(
        _("Methods, versions and limits"),
        facts=(
            Fact(_("Software"), software_version()),
            Fact(_("Rule for the IKZF1 status"), RULE_VERSION),
            Fact(_("Data as of"), moment(numbers.as_of), note=_("newest change of the records")),
            Fact(_("Hash of the data (SHA-256)"), numbers.data_hash),
        ),
        notes=(
            _(
                "Denominators are the children tested with a readable answer; not tested and not "
                "evaluable are counted apart and never taken for normal."
            ),
            _(
                "Two groups of counts: Pearson's chi-square from 40 children with at least 5 "
                "expected in each cell, Yates' correction with 1 to 5, Fisher's exact test below. "
                "Measurements: Mann-Whitney U, asymptotic, without continuity correction."
            ),
            _(
                "MRD counts as above the threshold strictly beyond 1×10⁻³ on day 15 and 1×10⁻⁴ on "
                "day 33; a measurement that could not see the threshold is not evaluable."
            ),
            _(
                "Ph-like is known by its fusions only: a child whose BCR::ABL1 was not found and "
                "who has no such fusion counts as not detected. Hyperdiploid is 51 to 65 "
                "chromosomes."
            ),
            _(
                "Copy-number calls of genes other than IKZF1 are research use and left out; benign "
                "and synonymous variants do not count."
            ),
        ),
    )


def cohort_json(report: CohortReport) -> dict[str, Any]:
    """Every number that the document prints. `table1` and `table2` are lists of rows."""
    numbers, language = report.numbers, report.language
    return {
        "cohort": {
            "name": numbers.name,
            "title": numbers.title,
            "definition": numbers.definition,
            "on_record": numbers.selection.total,
            "children": len(numbers.frame),
            "synthetic": numbers.selection.synthetic,
            "flow": [dataclasses.asdict(step) for step in numbers.selection.flow],
        },
        "ikzf1": _states_json(numbers.frame),
        "risk": numbers.risk.to_json(),
        "table1": numbers.table1.to_json(language),
        "table2": numbers.table2.to_json(language),
        "table2_tests": [_test_json(row, language) for row in numbers.table2.rows],
        "table2_excluded": [
            {"state": item.state.value, "n": item.n} for item in numbers.table2.excluded
        ],
        "deletion_patterns": numbers.patterns.to_json(),
        "deletion_map": [
            {"exons": row.label, "calls": [call.value for call in row.calls], "n": row.count}
            for row in numbers.deletions
        ],
        "genes_by_function": [item.to_json() for item in numbers.functions],
        **numbers.study.to_json(),
        "provenance": {
            "software": software_version(),
            "rule_version": RULE_VERSION,
            "data_as_of": numbers.as_of.isoformat() if numbers.as_of else None,
            "data_hash": numbers.data_hash,
        },
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
