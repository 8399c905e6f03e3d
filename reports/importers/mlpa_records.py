"""An analysed MLPA run as the records that keep it, with the way back to every peak."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analysis.calls import CopyCall, Reason
from analysis.mlpa.calling import ProbeCall
from analysis.mlpa.import_run import SEX, RunContents
from analysis.mlpa.quality import Check, Outcome
from analysis.mlpa.results import RunResult, SampleResult
from analysis.mlpa.run_sheet import Role
from reports import models
from reports.models import Call, Confirmation, Normalisation, Quality, SexDecision
from reports.models.mlpa import gene_symbol

RUN_FIELDS = ("probemix", "probemix_lot", "normalisation", "files", "reasons", "controls")
SAMPLE_FIELDS = (
    "sample_quality", "quality_reason", "sample_name", "file", "file_sha256", "checks", "sex_check",
    "sex_decision", "sex_decision_reason", "sex_decision_by",
)  # fmt: skip
PROBE_FIELDS = (
    "ratio", "call", "table_call", "held_call", "expected_het", "expected_hom", "confirmation",
    "use", "measurement", "source", "reasons",
)  # fmt: skip


def run_record(
    run: RunResult, contents: RunContents, *, centre: models.Centre, name: str, run_date: Any
) -> models.MlpaRun:
    """The run, unsaved. Reference samples and water belong to nobody: they are kept with it."""
    made = run.normalisation.value if run.normalisation else Normalisation.AS_IN_THE_FILE.value
    return models.MlpaRun(
        centre=centre,
        name=name,
        run_date=run_date,
        probemix=contents.probemix,
        probemix_lot=contents.lot,
        normalisation=made,
        files=[{"name": f.name, "kind": f.kind, "sha256": f.sha256} for f in contents.files],
        reasons=[brief(reason) for reason in run.reasons],
        controls=[
            {"name": item.info.name, "role": item.info.role.value, "checks": checks_of(item)}
            for item in run.samples
            if item.info.role is not Role.PATIENT
        ],
    )


def sample_record(
    found: SampleResult,
    *,
    run: models.MlpaRun,
    specimen: models.Specimen,
    digests: Mapping[str, str],
    former: models.MlpaSample | None = None,
) -> models.MlpaSample:
    """The sample, unsaved. A person's rejection (`former`) outlasts every reading of the files, and
    so does a sample that a person set to failed. An acceptance is of the bytes that were judged: it
    goes where the file has changed, and history keeps it with the former file's SHA-256."""
    adequate, why = found.quality.adequate, "; ".join(m.text() for m in found.quality.why)
    if former is not None and former.sex_decision == SexDecision.REJECTED:
        adequate, why = False, former.sex_decision_reason
    elif former is not None and adequate and _failed_by_a_person(former):
        adequate, why = False, former.quality_reason
    sex = next((check for check in found.quality.checks if check.reason.code == SEX), None)
    return models.MlpaSample(
        run=run,
        specimen=specimen,
        sample_quality=Quality.ADEQUATE if adequate else Quality.FAILED,
        quality_reason="" if adequate else shortened(why),
        sample_name=found.info.name,
        file=found.file,
        file_sha256=digests.get(found.file, ""),
        checks=checks_of(found),
        sex_check=_sex_check(found, sex),
        **_decision(former, digests.get(found.file, "")),
    )


def _decision(former: models.MlpaSample | None, sha256: str) -> dict[str, str]:
    """The person's decision on the sex, as far as it still holds."""
    accepted = former is not None and former.sex_decision == SexDecision.ACCEPTED
    if former is None or (accepted and former.file_sha256 != sha256):
        return {}
    names = ("sex_decision", "sex_decision_reason", "sex_decision_by")
    return {name: getattr(former, name) for name in names}


def _failed_by_a_person(former: models.MlpaSample) -> bool:
    """Failed, though nothing that was read from files says so."""
    stopping = (Outcome.FAILED.value, Outcome.BLOCKED.value)
    by_check = any(item["outcome"] in stopping for item in former.checks)
    return former.sample_quality == Quality.FAILED and not by_check


def _sex_check(found: SampleResult, sex: Check | None) -> str:
    """Where a person let the sample pass, its fragments contradict the record all the same."""
    if sex is None:
        return ""
    decided = "decision" in dict(sex.reason.message.params)
    return (Outcome.BLOCKED if decided else sex.outcome).value


def probe_records(
    found: SampleResult, sample: models.MlpaSample, held: SampleResult | None
) -> list[models.ProbeRatio]:
    """A row for each target probe, unsaved. `held` is how a sample that waits for a decision would
    be called: its calls, and those of a rejected sample, are kept and not used."""
    failed = sample.sample_quality == Quality.FAILED
    return [_probe_record(item, sample, failed) for item in (held or found).probes]


def _probe_record(item: ProbeCall, sample: models.MlpaSample, failed: bool) -> models.ProbeRatio:
    held = failed and item.call is not CopyCall.NOT_EVALUABLE
    peak = item.evidence[0] if item.evidence else None
    return models.ProbeRatio(
        sample=sample,
        probe=item.probe,
        gene=gene_symbol(item.gene),
        exon=item.exon,
        ratio=item.ratio,
        call=Call.NOT_EVALUABLE.value if failed else item.call.value,
        table_call=item.table_call.value,
        held_call=item.call.value if held else "",
        expected_het=item.expected_het,
        expected_hom=item.expected_hom,
        confirmation=(
            Confirmation.NEEDED if item.needs_confirmation else Confirmation.NOT_NEEDED
        ).value,
        use=item.use.value,
        measurement=peak.value if peak else "",
        source=peak.source if peak else "",
        reasons=[brief(reason) for reason in item.reasons],
    )


def checks_of(found: SampleResult) -> list[dict[str, Any]]:
    return [_check(item) for item in found.quality.checks]


def _check(item: Check) -> dict[str, Any]:
    """With its peaks: a check can be followed to the lines that it was read from."""
    return {"outcome": item.outcome.value, "reason": item.reason.to_json()}


def brief(reason: Reason) -> dict[str, Any]:
    """Without the evidence, which a probe's row keeps in its own columns."""
    return {"code": reason.code, "message": reason.message.to_json()}


def shortened(text: str) -> str:
    longest = models.MlpaSample._meta.get_field("quality_reason").max_length
    return text if len(text) <= longest else text[: longest - 1] + "…"
