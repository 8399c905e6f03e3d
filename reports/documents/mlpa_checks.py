"""The checks of an MLPA sample in the reader's language."""

from __future__ import annotations

from django.utils.translation import get_language

from analysis.calls import Reason
from reports.documents.numbers import UNKNOWN
from reports.models import MlpaSample, Quality, SexDecision

STOPPING = frozenset({"failed", "blocked"})


def why_failed(sample: MlpaSample) -> str:
    """Why the sample is not evaluable: its own checks; else the reason that a person wrote."""
    if sample.sample_quality != Quality.FAILED:
        return sample.quality_reason
    language = get_language() or "en"
    told = [
        Reason.from_json(item["reason"]).text(language)
        for item in sample.checks
        if item["outcome"] in STOPPING
    ]
    if sample.sex_decision == SexDecision.REJECTED or not told:
        return sample.quality_reason
    return " ".join(told)


def reference_sd(sample: MlpaSample) -> str:
    """The standard deviation of the reference probes' ratios as its check gives it, "—" without
    one: ratios that a laboratory imported ready-made bring no check."""
    for item in sample.checks:
        places = item["reason"]["message"].get("params", {})
        if item["reason"]["code"] == "reference_sd" and "sd" in places:
            return str(places["sd"])
    return UNKNOWN
