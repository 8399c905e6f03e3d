"""Whether a sample could be read, and why not, in the reader's language."""

from __future__ import annotations

from django.utils.translation import get_language

from analysis.wording import Message
from reports.documents.numbers import UNKNOWN
from reports.evidence import failed_checks
from reports.models import MlpaSample, SequencingSample


def why_failed(sample: MlpaSample) -> str:
    """Why the sample is not evaluable: its own checks; else the reason that a person wrote."""
    language = get_language() or "en"
    told = [reason.text(language) for reason in failed_checks(sample)]
    return " ".join(told) or sample.quality_reason


def why_of(sample: MlpaSample | SequencingSample) -> str:
    """The reason of a sample's quality in the reader's language."""
    if isinstance(sample, MlpaSample):
        return why_failed(sample)
    why = sample.why
    return why.text(get_language() or "en") if isinstance(why, Message) else why


def reference_sd(sample: MlpaSample) -> str:
    """The standard deviation of the reference probes' ratios as its check gives it, "—" without
    one: ratios that a laboratory imported ready-made bring no check."""
    for item in sample.checks:
        places = item["reason"]["message"].get("params", {})
        if item["reason"]["code"] == "reference_sd" and "sd" in places:
            return str(places["sd"])
    return UNKNOWN
