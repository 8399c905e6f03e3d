"""What the assays cannot see, how good the data were, and where every number came from."""

from __future__ import annotations

from django.utils.translation import gettext as _

from analysis.calls import State
from reports.documents.content import Cell, Column, Fact, Mark, Part, Row, row, table
from reports.documents.numbers import UNKNOWN, day, moment, percent
from reports.documents.records import ChildRecords
from reports.documents.sample_quality import reference_sd, why_of
from reports.documents.version import software_version
from reports.models import MlpaSample, Quality, SequencingSample


def limits() -> tuple[str, ...]:
    """What no result of these assays excludes."""
    return (
        _(
            "MLPA counts copies of the probes only: point mutations and small insertions or "
            "deletions outside a probe's site are not seen, nor are balanced rearrangements."
        ),
        _(
            "MLPA misses deletions in clones below about 20 % of the cells; a ratio between the "
            "normal and the deleted range is called ambiguous, never normal."
        ),
        _(
            "Sequencing misses variants below its depth and allele fraction limits, outside the "
            "panel's target, and in exons listed as of low depth."
        ),
        _(
            "“Not detected” holds within these limits. “Not evaluable” means tested without a "
            "readable result, “not tested” that no result is recorded; neither means normal."
        ),
        _(
            "MRD is called below a threshold only where the measurement could have seen it: its "
            "limit of detection (LOD) is at most the threshold."
        ),
    )


def quality(records: ChildRecords) -> Part:
    """The quality box: one row a sample. Nothing here changes a result; it says what to trust."""
    rows = [
        *(_mlpa_row(sample) for sample in records.mlpa),
        *(_sequencing_row(sample) for sample in records.sequencing),
    ]
    if not rows:
        fact = Fact(_("Samples"), _("no sample with a genetic result"), Mark(State.NOT_TESTED))
        return Part(_("Quality"), facts=(fact,))
    columns = [
        Column(_("Assay"), 18),
        Column(_("Run, date"), 20),
        Column(_("Quality"), 17),
        Column(_("SD of reference probes"), 18, "number"),
        Column(_("Mean depth"), 12, "number"),
        Column(_("Target at 1000x"), 15, "number"),
    ]
    return Part(_("Quality"), tables=(table("", columns, rows),))


def _mlpa_row(sample: MlpaSample) -> Row:
    verdict = _verdict(sample.sample_quality, sample.get_sample_quality_display(), sample)
    return row(_("MLPA"), _run(sample), verdict, reference_sd(sample), "", "")


def _sequencing_row(sample: SequencingSample) -> Row:
    verdict = _verdict(sample.quality, sample.get_quality_display(), sample)
    depth = UNKNOWN if sample.mean_depth is None else f"{sample.mean_depth:.0f}x"
    return row(
        _("Sequencing"),
        _run(sample),
        verdict,
        "",
        depth,
        percent(sample.fraction_at_1000x),
    )


def _run(sample: MlpaSample | SequencingSample) -> str:
    return f"{sample.run.name}, {day(sample.run.run_date)}"


def _verdict(value: str, word: str, sample: MlpaSample | SequencingSample) -> Cell:
    if value == Quality.FAILED:
        # Why an MLPA sample failed stands in its section, check by check.
        why = "" if isinstance(sample, MlpaSample) else why_of(sample)
        return Cell(why, mark=Mark(State.NOT_EVALUABLE, word))
    return Cell(word, note=why_of(sample))


def provenance(records: ChildRecords, *, rule_version: str, missing: tuple = ()) -> Part:
    """Versions, the state of the data, and what was missing. `missing` are texts or messages."""
    return Part(
        _("Provenance"),
        facts=(
            Fact(_("Software"), software_version()),
            Fact(_("Rule for the IKZF1 status"), rule_version),
            Fact(_("Data as of"), moment(records.as_of), note=_("newest change of the records")),
            Fact(_("Hash of the data (SHA-256)"), records.data_hash),
            Fact(_("Panel"), _each(str(sample.panel) for sample in records.sequencing)),
            Fact(_("Probemix lot"), _each(sample.run.probemix_lot for sample in records.mlpa)),
        ),
        notes=tuple(missing),
    )


def _each(texts) -> str:
    return ", ".join(dict.fromkeys(text for text in texts if text)) or _("not recorded")


def missing_records(records: ChildRecords) -> tuple[str, ...]:
    """What is printed as unknown because nobody recorded it."""
    patient, findings = records.patient, records.findings
    days = {item.day for item in records.mrd}
    absent = [
        (not patient.sex, _("sex")),
        (patient.birth_date is None, _("birth date")),
        (patient.diagnosis_date is None, _("diagnosis date")),
        (findings is None or findings.blasts_marrow is None, _("blasts in marrow")),
        (15 not in days, _("MRD day 15")),
        (33 not in days, _("MRD day 33")),
        (not records.mlpa, _("MLPA")),
        (not records.sequencing, _("sequencing")),
        (not records.fusions, _("fusion genes")),
        (records.risk is None or not records.risk.risk_group, _("risk group")),
    ]
    names = [name for is_absent, name in absent if is_absent]
    return (_("Not recorded: {names}").format(names=", ".join(names)),) if names else ()
