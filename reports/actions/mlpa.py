"""What a person decides of MLPA: whose a sample is where X and Y contradict the recorded sex, and
another call of a probe than the machine's."""

from __future__ import annotations

from collections.abc import Collection

from analysis.calls import Reason
from analysis.mlpa.quality import Outcome, sex_check_again
from analysis.mlpa.run_sheet import Sex
from reports.actions.door import Actor, who, writing
from reports.actions.records import save_records
from reports.models import Call, MlpaSample, ProbeRatio, Quality, SexCheck, SexDecision

SEX = "sex"


def decide_sex(*, sample: MlpaSample, decision: str, by: Actor, reason: str) -> None:
    """Keep that a person accepts or rejects a blocked sample, or withdraws that (`decision` "").

    Accepted, its calls are used; otherwise they stay held back and it is not evaluable. Raises
    ValueError without a reason, and where X and Y do not contradict the record.
    """
    if not reason.strip():
        raise ValueError("A decision needs a reason.")
    if sample.sex_check != SexCheck.BLOCKED and not sample.sex_decision:
        raise ValueError("The X and Y fragments of this sample do not contradict its record.")
    sample.sex_decision = decision
    sample.sex_decision_reason = reason.strip()[:400] if decision else ""
    sample.sex_decision_by = who(by)[:150] if decision else ""
    follow_sex_decision(sample=sample, by=by, reason=reason)


def follow_sex_decision(*, sample: MlpaSample, by: Actor, reason: str) -> None:
    """Bring the quality of `sample` and the calls of its probes in step with its decision."""
    failures = [item for item in sample.checks if item["outcome"] == "failed"]
    accepted = sample.sex_decision == SexDecision.ACCEPTED
    used = accepted and not failures
    sample.sample_quality = Quality.ADEQUATE if used else Quality.FAILED
    sample.quality_reason = "" if used else _why(sample, failures)
    probes = list(sample.probes.all())
    for probe in probes:
        if used and probe.held_call:
            probe.call, probe.held_call = probe.held_call, ""
        elif not used and probe.call != Call.NOT_EVALUABLE:
            probe.call, probe.held_call = Call.NOT_EVALUABLE.value, probe.call
    with writing(by=by, reason=reason):
        save_records(records=[sample, *probes], by=by, reason=reason)


def recheck_sex(*, patient_ids: Collection[int], by: Actor, reason: str) -> None:
    """Compare X and Y with the record once more: the sex of a child may have been recorded or
    corrected, or a specimen given to another child, since the sample was read. A contradiction that
    comes to light holds the calls back; one that is gone stays with the person who decides."""
    samples = MlpaSample.objects.filter(specimen__patient_id__in=patient_ids).exclude(
        sex_check__in=("", SexCheck.BLOCKED)
    )
    for sample in samples.select_related("specimen__patient"):
        place = next((n for n, c in enumerate(sample.checks) if c["reason"]["code"] == SEX), None)
        recorded = sample.specimen.patient.sex
        if place is None or recorded not in (Sex.FEMALE, Sex.MALE):
            continue
        check = sex_check_again(Reason.from_json(sample.checks[place]["reason"]), Sex(recorded))
        if check is None or check.outcome.value == sample.sex_check:
            continue
        sample.sex_check = check.outcome.value
        sample.checks[place] = {"outcome": check.outcome.value, "reason": check.reason.to_json()}
        if check.outcome is Outcome.BLOCKED:
            follow_sex_decision(sample=sample, by=by, reason=reason)
        else:
            save_records(records=[sample], by=by, reason=reason)


def _why(sample: MlpaSample, failures: list[dict]) -> str:
    """The checks that failed; else the rejection; else the contradiction itself."""
    stopping = failures or [item for item in sample.checks if item["reason"]["code"] == SEX]
    if sample.sex_decision == SexDecision.REJECTED and not failures:
        text = sample.sex_decision_reason
    else:
        text = "; ".join(Reason.from_json(item["reason"]).text() for item in stopping)
    longest = MlpaSample._meta.get_field("quality_reason").max_length
    return text if len(text) <= longest else text[: longest - 1] + "…"


def override_call(*, probe: ProbeRatio, call: str, by: Actor, reason: str) -> None:
    """Keep a person's call of a probe beside the machine's, which stays; `call` "" withdraws it.

    Raises ValueError without a reason, and django.core.exceptions.ValidationError where `call` is
    none or the reason cannot be kept.
    """
    if not reason.strip():
        raise ValueError("A person's call needs a reason.")
    probe.override_call = call
    probe.override_reason = reason.strip() if call else ""
    probe.override_by = who(by)[:100] if call else ""
    save_records(records=[probe], by=by, reason=reason.strip())
