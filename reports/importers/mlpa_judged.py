"""What is wrong with an analysed run, or worth a look, before any of it is stored."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_noop

from analysis.calls import Reason
from analysis.mlpa.quality import Outcome
from analysis.mlpa.results import RunResult, SampleResult
from analysis.mlpa.run_sheet import Role
from analysis.wording import Message
from reports.importers.problems import ImportProblem, said, said_by_analysis, shown

# Of the run's reasons: those that stop it, and those that a person should read.
STOPPING = frozenset({"too_few_references"})
TELLING = frozenset({"probemix_unconfirmed", "references_left_out", "bias_of_all_samples"})
WATER = "water"


def problems_of_run(
    run: RunResult,
    *,
    absent: Iterable[tuple[str, str]],
    unreadable: Iterable[tuple[str, str]],
    failed_run: bool,
) -> list[ImportProblem]:
    """Errors and warnings, the run's own first. With `failed_run`, a contaminated run is stored as
    failed instead of refused; `unreadable` probes of a sample stay "not evaluable", `absent` ones
    have no copy."""
    found = [_of_run(reason) for reason in run.reasons if reason.code in STOPPING | TELLING]
    found += _water(run, failed_run)
    accepted = set(unreadable)
    found += _unknown(accepted | set(absent), run)
    for sample in run.samples:
        found += _of_peaks(sample, accepted)
        found += _of_quality(sample)
    return found


def _of_run(reason: Reason) -> ImportProblem:
    severity = "error" if reason.code in STOPPING else "warning"
    message = said_by_analysis(reason.message)
    return ImportProblem("", 0, "", "", message, severity=severity)


def _water(run: RunResult, failed_run: bool) -> list[ImportProblem]:
    """The water control is the run's: said once, not for every sample."""
    check = next(
        (item for sample in run.samples for item in sample.quality.checks
         if item.reason.code == WATER), None,
    )  # fmt: skip
    if check is None or check.outcome not in (Outcome.FAILED, Outcome.WARNING):
        return []
    stops = check.outcome is Outcome.FAILED and not failed_run
    file, line = _place(check.reason)
    return [
        ImportProblem(
            "",
            line,
            "",
            "",
            said_by_analysis(check.reason.message),
            said(gettext_noop("a repeated run, or --failed-run to store it as failed"))
            if stops
            else None,
            severity="error" if stops else "warning",
            file=file,
        )
    ]


def _unknown(judged: set[tuple[str, str]], run: RunResult) -> list[ImportProblem]:
    """A judgement on a sample or a probe that is not there is a slip of the pen."""
    named = {sample.info.name: _probes(sample) for sample in run.samples}
    no_sample = gettext_noop("There is no sample {sample} in these files.")
    no_probe = gettext_noop("Sample {sample} has no probe {probe}.")
    found = []
    for sample, probe in sorted(judged):
        if sample not in named:
            message = said(no_sample, sample=shown(sample))
        elif probe not in named[sample]:
            message = said(no_probe, sample=shown(sample), probe=shown(probe))
        else:
            continue
        found.append(ImportProblem("", 0, "", "", message))
    return found


def _probes(sample: SampleResult) -> set[str]:
    """Those with a ratio and those whose peak was missing or not alone."""
    return {item.probe for item in sample.probes} | {
        str(dict(reason.message.params).get("probe", "")) for reason in sample.problems
    }


def _of_peaks(sample: SampleResult, accepted: set[tuple[str, str]]) -> list[ImportProblem]:
    """Probes without exactly one peak. In a sample that failed anyhow, and in a reference sample,
    whose probe is left out of the median, they are no obstacle."""
    failed = any(check.outcome is Outcome.FAILED for check in sample.quality.checks)
    passes = failed or sample.info.role is not Role.PATIENT
    found = []
    for reason in sample.problems:
        probe = dict(reason.message.params).get("probe", "")
        file, line = _place(reason)
        severity = "warning" if passes or (sample.info.name, probe) in accepted else "error"
        sentence = gettext_noop("Sample {sample}: {cause}")
        message = said(
            sentence, sample=shown(sample.info.name), cause=said_by_analysis(reason.message)
        )
        found.append(
            ImportProblem("", line, "", "", message, severity=severity, file=file or sample.file)
        )
    return found


def _of_quality(sample: SampleResult) -> list[ImportProblem]:
    """Samples that failed or wait for a decision, and checks that warn."""
    told = (Outcome.FAILED, Outcome.BLOCKED, Outcome.WARNING)
    return [
        ImportProblem(
            "",
            0,
            "",
            "",
            said(
                gettext_noop("Sample {sample} ({outcome}): {cause}"),
                sample=shown(sample.info.name),
                outcome=said_by_analysis(Message(check.outcome.label_en)),
                cause=said_by_analysis(check.reason.message),
            ),
            severity="warning",
            file=sample.file,
        )
        for check in sample.quality.checks
        if check.outcome in told and check.reason.code != WATER
    ]


def _place(reason: Reason) -> tuple[str, int]:
    """(file, line) of the first peak that the reason rests on; ("", 0) without one."""
    for item in reason.evidence:
        file, _colon, line = item.source.rpartition(":")
        if line.isdigit():
            return file, int(line)
    return "", 0
