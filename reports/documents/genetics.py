"""The section on fusions, karyotype and ploidy."""

from __future__ import annotations

from django.utils.translation import gettext as _

from analysis.calls import State
from reports.documents.content import Cell, Column, Fact, Mark, Part, Table, row, table
from reports.documents.numbers import UNKNOWN, day, plain
from reports.documents.records import ChildRecords
from reports.models import (
    Findings,
    FusionResult,
    GeneticTest,
    KaryotypeState,
    Result,
    Specimen,
    TimePoint,
)

_OF_FUSION = {
    Result.DETECTED: State.ALTERED,
    Result.NOT_DETECTED: State.NOT_DETECTED,
    Result.NOT_EVALUABLE: State.NOT_EVALUABLE,
    Result.NOT_TESTED: State.NOT_TESTED,
}
_OF_KARYOTYPE = {
    KaryotypeState.ABNORMAL: State.ALTERED,
    KaryotypeState.NORMAL: State.NOT_DETECTED,
    KaryotypeState.FAILED: State.NOT_EVALUABLE,
    KaryotypeState.NOT_TESTED: State.NOT_TESTED,
}


def other_genetics(records: ChildRecords) -> Part:
    """Fusions and single questions (iAMP21, expression profiles), each with its method and answer,
    then karyotype, modal number and DNA index."""
    findings = records.findings
    facts = (
        _karyotype(findings),
        Fact(_("Modal chromosome number"), plain(findings.modal_number if findings else None)),
        Fact(_("DNA index"), plain(findings.dna_index if findings else None)),
        Fact(_("Diagnosis by WHO"), records.patient.diagnosis_who or UNKNOWN),
        Fact(_("Immunophenotype"), (findings.immunophenotype if findings else "") or UNKNOWN),
        *(() if records.fusions else (_no_fusions(),)),
    )
    tables = (_looked_for(records),) if records.fusions or records.genetic_tests else ()
    return Part(_("Other genetics"), facts=facts, tables=tables)


def _karyotype(findings: Findings | None) -> Fact:
    label = _("Karyotype")
    if findings is None or not (findings.karyotype_state or findings.karyotype):
        return Fact(label, _("no result is recorded"), Mark(State.NOT_TESTED))
    if not findings.karyotype_state:
        return Fact(label, findings.karyotype)
    state = _OF_KARYOTYPE[findings.karyotype_state]
    mark = Mark(state, findings.get_karyotype_state_display())
    return Fact(label, mark=mark, note=findings.karyotype)


def _no_fusions() -> Fact:
    return Fact(_("Fusion genes"), _("no result is recorded"), Mark(State.NOT_TESTED))


def _looked_for(records: ChildRecords) -> Table:
    """A line for each result and method: what was found first, then what was not found."""
    alike: dict[tuple[str, str, str], list[FusionResult | GeneticTest]] = {}
    for item in (*records.fusions, *records.genetic_tests):
        # What was found has a line of its own, with its detail.
        own = _detail(item)
        if item.result == Result.DETECTED:
            own = f"{item._meta.model_name} {item.pk}"
        alike.setdefault((item.result, item.get_method_display(), own), []).append(item)
    ordered = sorted(alike.values(), key=lambda items: items[0].result != Result.DETECTED)
    rows = [
        row(
            Cell(mark=Mark(_OF_FUSION[items[0].result], items[0].get_result_display())),
            tuple(_name(item) for item in items),
            items[0].get_method_display(),
            _detail(items[0]) or UNKNOWN,
            tone="marked" if items[0].result == Result.DETECTED else "",
        )
        for items in ordered
    ]
    columns = [
        Column(_("Result"), 16),
        Column(_("Looked for"), 48),
        Column(_("Method"), 16),
        Column(_("Detail"), 20),
    ]
    return table("", columns, rows)


def _name(item: FusionResult | GeneticTest) -> str:
    return item.get_marker_display() if isinstance(item, GeneticTest) else str(item)


def _detail(item: FusionResult | GeneticTest) -> str:
    """What else is recorded; of a single question also its day, of a fusion its specimen where that
    is not of the diagnosis."""
    if isinstance(item, GeneticTest):
        own = day(item.tested_on) if item.tested_on else ""
    else:
        own = _later(item.specimen)
    return " · ".join(part for part in (item.detail, own) if part)


def _later(specimen: Specimen | None) -> str:
    """The specimen of a fusion where it is recorded as of another time than the diagnosis."""
    if specimen is None or specimen.time_point == TimePoint.DIAGNOSIS:
        return ""
    return f"{specimen.number} · {specimen.get_time_point_display()}"
