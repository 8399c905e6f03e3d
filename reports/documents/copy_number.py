"""The section on copy number by MLPA: each probe's ratio, and what the blasts let one expect."""

from __future__ import annotations

import re
from itertools import groupby

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from analysis.calls import CopyCall, Reason, State
from analysis.figures.ratio_chart import ProbeMark, ratio_chart
from analysis.figures.svg import Figure
from reports.documents.content import (
    Cell,
    Column,
    Fact,
    Mark,
    Part,
    Picture,
    Row,
    Table,
    row,
    table,
)
from reports.documents.numbers import day, fixed
from reports.documents.pictures import picture
from reports.documents.records import ChildRecords
from reports.documents.sample_quality import why_failed
from reports.models import Confirmation, MlpaSample, ProbeRatio, Quality

# Reasons of a call that ask for its confirmation.
ASKING = frozenset({"single_probe", "joint_deletion"})
EXONS = tuple(str(number) for number in range(1, 9))


def copy_number(records: ChildRecords, language: str) -> Part:
    """One block for each MLPA sample taken at diagnosis."""
    title = _("Copy number by MLPA")
    if not records.mlpa:
        fact = Fact(_("MLPA"), _("no MLPA result is recorded"), Mark(State.NOT_TESTED))
        return Part(title, facts=(fact,))
    facts: list[Fact] = []
    tables: list[Table] = []
    pictures: list[Picture] = []
    for number, sample in enumerate(records.mlpa):
        blasts = records.blast_percent(sample.specimen)
        facts += _facts(sample, blasts)
        tables += _tables(sample)
        if sample.probes.all() and sample.sample_quality != Quality.FAILED:
            figure = _chart(sample, blasts, language, f"ratio-chart-{number}")
            pictures.append(picture(f"ratio-chart-{number}", figure, language, _chart_caption()))
    return Part(title, facts=tuple(facts), tables=tuple(tables), pictures=tuple(pictures))


def _chart(sample: MlpaSample, blasts: float | None, language: str, prefix: str) -> Figure:
    """Every probe's ratio against the normal band, IKZF1 first."""
    probes = sorted(sample.probes.all(), key=lambda probe: (probe.gene != "IKZF1", probe.gene))
    marks = [
        ProbeMark(
            probe=probe.probe.removeprefix(probe.gene).strip(" ()") or str(probe),
            gene=probe.gene,
            exon=probe.exon,
            ratio=probe.ratio,
            call=CopyCall(probe.final_call),
        )
        for probe in probes
    ]
    expected = None if blasts is None else round(1 - 0.5 * blasts / 100, 4)
    return ratio_chart(marks, expected_het=expected, language=language, prefix=prefix)


def _chart_caption() -> str:
    return _("MLPA ratio of each probe. Genes other than IKZF1: research use.")


def _facts(sample: MlpaSample, blasts: float | None) -> list[Fact]:
    run = sample.run
    way = run.normalisation_label or _("not stated by the laboratory's file")
    kit = " ".join(filter(None, [run.probemix, run.probemix_lot])) or _("not recorded")
    return [
        Fact(
            _("Sample"),
            sample.specimen.number,
            note=_("run {run}, {date}").format(run=run.name, date=day(run.run_date)),
        ),
        Fact(_("Probemix and lot"), kit, note=_sample_quality(sample)),
        Fact(_("Normalisation"), way),
        Fact(_("Blasts in the sample"), _percent_of_blasts(blasts), note=_expected(blasts)),
        *_decision(sample),
    ]


def _decision(sample: MlpaSample) -> list[Fact]:
    """Who decided, and why, where X and Y contradict the recorded sex."""
    if not sample.sex_decision:
        return []
    note = _("decided by {who}: {why}").format(
        who=sample.sex_decision_by, why=sample.sex_decision_reason
    )
    shown = sample.get_sex_decision_display()
    return [Fact(_("X and Y fragments contradict the recorded sex"), shown, note=note)]


def _sample_quality(sample: MlpaSample) -> str:
    why = "" if sample.sample_quality == Quality.FAILED else why_failed(sample)
    sentence = _("quality: {quality} ({why})") if why else _("quality: {quality}")
    return sentence.format(quality=sample.get_sample_quality_display(), why=why)


def _percent_of_blasts(blasts: float | None) -> str:
    return _("not recorded") if blasts is None else f"{blasts:g} %"


def _expected(blasts: float | None) -> str:
    if blasts is None:
        return _("the ratio to be expected cannot be given")
    share = blasts / 100
    return _("expected ratio: one copy lost {het}, both lost {hom}").format(
        het=fixed(1 - 0.5 * share), hom=fixed(1 - share)
    )


def _tables(sample: MlpaSample) -> list[Table]:
    probes = list(sample.probes.all())
    ikzf1 = [probe for probe in probes if probe.gene == "IKZF1"]
    others = [probe for probe in probes if probe.gene != "IKZF1"]
    failed = sample.sample_quality == Quality.FAILED
    tables = [_ikzf1_table(ikzf1, why_failed(sample) if failed else "", failed=failed)]
    if others:
        tables.append(_other_genes(others, failed))
    return tables


def _ikzf1_table(probes: list[ProbeRatio], why: str, *, failed: bool) -> Table:
    by_exon = {exon: [probe for probe in probes if probe.exon == exon] for exon in EXONS}
    note = _("The sample failed its quality check: no call is valid.") if failed else ""
    return table(
        "",
        [Column(_("IKZF1 exon"), 12), *(Column(exon, 11, "centre") for exon in EXONS)],
        [
            row(_("Call, ratio"), *(_call_cell(by_exon[exon], failed) for exon in EXONS)),
        ],
        note,
        why,
        *([] if failed else _to_confirm(probes)),
        *_overrides(probes),
    )


def _ratios(probes: list[ProbeRatio]) -> str:
    return " / ".join(fixed(probe.ratio) for probe in probes) or "—"


def _call_cell(probes: list[ProbeRatio], failed: bool) -> Cell:
    if not probes:
        return Cell(mark=Mark(State.NOT_TESTED))
    ratios = _ratios(probes)
    if failed:
        return Cell(mark=Mark(State.NOT_EVALUABLE), note=ratios)
    calls = dict.fromkeys(CopyCall(probe.final_call) for probe in probes)
    return Cell(mark=Mark(_joined([call.state for call in calls]), tuple(calls)), note=ratios)


def _joined(states: list[State]) -> State:
    """One state of several probes: a change outweighs, then what cannot be read."""
    for state in (State.ALTERED, State.NOT_EVALUABLE, State.NOT_DETECTED):
        if state in states:
            return state
    return State.NOT_TESTED


def _other_genes(probes: list[ProbeRatio], failed: bool) -> Table:
    rows = [
        _gene_row(gene, list(group), failed)
        for gene, group in groupby(probes, key=lambda probe: probe.gene)
    ]
    return table(
        _("Other genes of the probemix"),
        [
            Column(_("Gene"), 20),
            Column(_("Probe and ratio"), 50),
            Column(_("Call"), 30),
        ],
        rows,
        _(
            "Research use: the manufacturer's diagnostic claim covers IKZF1 only. A change of a "
            "single probe may come from a variant under it: confirm it."
        ),
        *_overrides(probes),
        two_up=True,
    )


def _gene_row(gene: str, probes: list[ProbeRatio], failed: bool) -> Row:
    listed = "; ".join(
        f"{_probe_name(probe)} {fixed(probe.ratio)}" for probe in sorted(probes, key=_place)
    )
    calls = [CopyCall(probe.final_call) for probe in probes]
    read = _joined([call.state for call in calls])
    telling = dict.fromkeys(call for call in calls if call.state is read)
    changed = sum(call.state is State.ALTERED for call in calls)
    note = "" if failed else _confirmation(probes, changed)
    tone = "marked" if read is State.ALTERED and not failed else ""
    mark = Mark(State.NOT_EVALUABLE) if failed else Mark(read, tuple(telling) or None)
    return row(Cell(gene, note=_("research use")), listed, Cell(mark=mark, note=note), tone=tone)


def _confirmation(probes: list[ProbeRatio], changed: int) -> str:
    """A gene with one row may rest on one probe, or on the mean of several: it is not said."""
    if changed == 1 and len(probes) > 1:
        return _("single probe: needs confirmation")
    if changed == 1:
        return _("rests on one value: needs confirmation")
    return _("needs confirmation") if any(map(_unsettled, probes)) else ""


def _unsettled(probe: ProbeRatio) -> bool:
    """The machine asks for a confirmation, and nobody has judged the call."""
    return probe.confirmation == Confirmation.NEEDED and not probe.override_call


def _to_confirm(probes: list[ProbeRatio]) -> list[str]:
    """Why each call that needs it is to be confirmed."""
    language = get_language() or "en"
    return [
        Reason.from_json(item).text(language)
        for probe in probes
        if _unsettled(probe)
        for item in probe.reasons
        if item["code"] in ASKING
    ]


def _place(probe: ProbeRatio) -> tuple[bool, int, str, str]:
    """Exon 2 stands before exon 10, and what has no number behind."""
    number = re.match(r"\d+", probe.exon)
    return number is None, int(number[0]) if number else 0, probe.exon, probe.probe


def _probe_name(probe: ProbeRatio) -> str:
    if probe.exon[:1].isdigit():
        return _("exon {exon}").format(exon=probe.exon)
    if probe.exon:
        return probe.exon
    return probe.probe or _("probe")


def _overrides(probes: list[ProbeRatio]) -> list[str]:
    """Every call that a person changed, with the machine's call, the person and the reason."""
    return [
        _("{probe}: call set to “{now}” (was “{was}”) by {who}: {why}").format(
            probe=str(probe),
            now=probe.get_override_call_display(),
            was=probe.get_call_display(),
            who=probe.override_by,
            why=probe.override_reason,
        )
        for probe in probes
        if probe.override_call
    ]


def probes_read(records: ChildRecords) -> str:
    """How many probes the section rests on, for the provenance."""
    count = sum(len(sample.probes.all()) for sample in records.mlpa)
    return ngettext("{count} probe", "{count} probes", count).format(count=count)
