"""Can a sample be read? Each check with its outcome, its numbers and the peaks they come from.

A failed sample is "not evaluable" with the reason. A sample whose X and Y fragments contradict the
recorded sex may be another child's: it is blocked until a person decides, with a reason.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median

from analysis.calls import Certainty, Evidence, Reason
from analysis.mlpa.binding import BoundSample, peak_evidence
from analysis.mlpa.probemix import ControlFragments, ProbeKind
from analysis.mlpa.readers import Peak
from analysis.mlpa.run_sheet import SampleInfo, Sex
from analysis.wording import N_, Labelled, Message, say


class Outcome(Labelled):
    PASSED = "passed", N_("passed")
    WARNING = "warning", N_("warning")
    FAILED = "failed", N_("failed")
    BLOCKED = "blocked", N_("blocked until a person decides")
    NOT_CHECKED = "not_checked", N_("not checked")


@dataclass(frozen=True)
class QualityRules:
    """Limits, editable. `quantity_share`, `denaturation_share`: of the benchmark fragment.
    `y_present`, `y_absent`: Y over X from which Y counts as present, and up to which as absent.
    `drop_*`: signal of the longest over the shortest reference probe, against the reference
    samples. `water_share`: of a probe's median signal in the run."""

    quantity_share: float = 1 / 3
    denaturation_share: float = 0.40
    y_present: float = 0.25
    y_absent: float = 0.10
    max_reference_sd: float = 0.10
    drop_warning: float = 0.5
    drop_failed: float = 0.25
    min_reference_samples: int = 3
    min_reference_probes: float = 0.75
    water_share: float = 0.10
    certainty: Certainty = Certainty.UNCONFIRMED
    source: str = (
        "quantity, denaturation and SD: the vendor's rules of thumb, from memory; "
        "sex, signal drop-off and water: this project's choice"
    )

    def __post_init__(self) -> None:
        if not 0 <= self.y_absent < self.y_present:
            raise ValueError("Y absent lies below Y present")
        if not 0 < self.drop_failed <= self.drop_warning <= 1:
            raise ValueError("a drop that fails is at least as deep as one that warns")
        if self.min_reference_samples < 1 or not 0 < self.min_reference_probes <= 1:
            raise ValueError("at least one reference sample, and a share of the reference probes")


@dataclass(frozen=True)
class Check:
    """One check; `reason.code` names it ("dna_quantity", "denaturation", "sex", ...)."""

    outcome: Outcome
    reason: Reason

    @property
    def stops(self) -> bool:
        """The calls of the sample are not used."""
        return self.outcome in (Outcome.FAILED, Outcome.BLOCKED)


@dataclass(frozen=True)
class SampleQuality:
    """All checks of a sample, in order."""

    checks: tuple[Check, ...]

    @property
    def outcome(self) -> Outcome:
        """The gravest of the checks; one that was not made does not count."""
        outcomes = {check.outcome for check in self.checks}
        order = (Outcome.FAILED, Outcome.BLOCKED, Outcome.WARNING)
        return next((item for item in order if item in outcomes), Outcome.PASSED)

    @property
    def adequate(self) -> bool:
        return not any(check.stops for check in self.checks)

    @property
    def why(self) -> tuple[Message, ...]:
        """What makes the sample not evaluable, in order; empty where it can be read."""
        return tuple(check.reason.message for check in self.checks if check.stops)


def fragment_checks(
    sample: BoundSample, info: SampleInfo, fragments: ControlFragments, rules: QualityRules
) -> tuple[Check, ...]:
    """DNA quantity, denaturation and sex, from the control fragments; bound reference probes."""
    peaks = dict(sample.fragments)
    benchmark = peaks[fragments.benchmark]
    probes = _reference_probes(sample, rules)
    if benchmark is None or benchmark.area <= 0:
        sentence = N_("The {length} nt control fragment is absent: DNA and ligation are not shown.")
        missing = _check(Outcome.FAILED, "benchmark", sentence, length=fragments.benchmark)
        return (missing, probes, _sex(peaks, info, fragments, rules, sample.file))
    return (
        _quantity(peaks, benchmark, fragments, rules, sample.file),
        _denaturation(peaks, benchmark, fragments, rules, sample.file),
        probes,
        _sex(peaks, info, fragments, rules, sample.file),
    )


def _quantity(
    peaks: dict[float, Peak | None],
    benchmark: Peak,
    fragments: ControlFragments,
    rules: QualityRules,
    file: str,
) -> Check:
    areas = [peaks[size].area if peaks[size] else 0.0 for size in fragments.quantity]
    share = median(areas) / benchmark.area
    numbers = {"share": f"{share:.2f}", "limit": f"{rules.quantity_share:.2f}",
               "length": fragments.benchmark}  # fmt: skip
    evidence = _shown(peaks, (*fragments.quantity, fragments.benchmark), file)
    if share > rules.quantity_share:
        sentence = N_(
            "Too little DNA or failed ligation: the quantity fragments reach {share} of the "
            "{length} nt fragment (limit {limit})."
        )
        return Check(Outcome.FAILED, Reason("dna_quantity", say(sentence, **numbers), evidence))
    sentence = N_("DNA quantity: fragments {share} of the {length} nt fragment (limit {limit}).")
    return Check(Outcome.PASSED, Reason("dna_quantity", say(sentence, **numbers), evidence))


def _denaturation(
    peaks: dict[float, Peak | None],
    benchmark: Peak,
    fragments: ControlFragments,
    rules: QualityRules,
    file: str,
) -> Check:
    shares = {
        size: (peaks[size].area if peaks[size] else 0.0) / benchmark.area
        for size in fragments.denaturation
    }
    least = min(shares, key=lambda size: shares[size])
    numbers = {"share": f"{shares[least]:.2f}", "limit": f"{rules.denaturation_share:.2f}",
               "least": least, "length": fragments.benchmark}  # fmt: skip
    evidence = _shown(peaks, (*fragments.denaturation, fragments.benchmark), file)
    if shares[least] < rules.denaturation_share:
        sentence = N_(
            "Incomplete denaturation: the {least} nt fragment reaches {share} of the {length} nt "
            "fragment (limit {limit})."
        )
        return Check(Outcome.FAILED, Reason("denaturation", say(sentence, **numbers), evidence))
    sentence = N_("Denaturation: {least} nt is {share} of {length} nt (limit {limit}).")
    return Check(Outcome.PASSED, Reason("denaturation", say(sentence, **numbers), evidence))


def _reference_probes(sample: BoundSample, rules: QualityRules) -> Check:
    references = [item for item in sample.probes if item.probe.kind is ProbeKind.REFERENCE]
    bound = sum(item.peak is not None for item in references)
    unbound = tuple(item.probe.name for item in references if item.peak is None)
    numbers = {"bound": bound, "all": len(references)}
    if bound < max(2, rules.min_reference_probes * len(references)):
        sentence = N_("Only {bound} of {all} reference probes have one peak; without: {unbound}.")
        return _check(Outcome.FAILED, "reference_probes", sentence, **numbers, unbound=unbound)
    if unbound:
        sentence = N_("{bound} of {all} reference probes have one peak; without: {unbound}.")
        return _check(Outcome.WARNING, "reference_probes", sentence, **numbers, unbound=unbound)
    sentence = N_("All {all} reference probes have one peak.")
    return _check(Outcome.PASSED, "reference_probes", sentence, all=len(references))


def _sex(
    peaks: dict[float, Peak | None],
    info: SampleInfo,
    fragments: ControlFragments,
    rules: QualityRules,
    file: str,
) -> Check:
    x, y = peaks[fragments.x], peaks[fragments.y]
    evidence = _shown(peaks, (fragments.x, fragments.y), file)
    if x is None or x.area <= 0:
        message = say(N_("The X fragment is absent: the sex is not shown."))
        return Check(Outcome.WARNING, Reason("sex", message, evidence))
    share = (y.area if y else 0.0) / x.area
    if rules.y_absent < share < rules.y_present:
        sentence = N_("Y is {share} of X: neither clearly present nor absent.")
        message = say(sentence, share=f"{share:.2f}")
        return Check(Outcome.WARNING, Reason("sex", message, evidence))
    shown = Sex.MALE if share >= rules.y_present else Sex.FEMALE
    return sex_check(
        shown, info.sex, share=f"{share:.2f}", decision=info.sex_decision, evidence=evidence
    )


def sex_check(
    shown: Sex,
    recorded: Sex,
    *,
    share: str,
    decision: str = "",
    evidence: tuple[Evidence, ...] = (),
) -> Check:
    """What the fragments show against the record; `share`: Y over X as it is written."""
    numbers = {"shown": shown, "recorded": recorded, "share": share}
    if recorded is Sex.UNKNOWN:
        sentence = N_("The X and Y fragments show {shown} (Y is {share} of X); no sex is recorded.")
        outcome = Outcome.NOT_CHECKED
    elif recorded is shown:
        sentence = N_("The X and Y fragments show {shown}, as recorded (Y is {share} of X).")
        outcome = Outcome.PASSED
    elif decision:
        sentence = N_(
            "The X and Y fragments show {shown}, the record says {recorded}; a person let the "
            "sample pass: {decision}"
        )
        outcome, numbers["decision"] = Outcome.WARNING, decision
    else:
        sentence = N_(
            "The X and Y fragments show {shown} (Y is {share} of X), the record says {recorded}: "
            "the sample may be another child's. A person has to decide."
        )
        outcome = Outcome.BLOCKED
    return Check(outcome, Reason("sex", say(sentence, **numbers), evidence))


def sex_check_again(kept: Reason, recorded: Sex) -> Check | None:
    """The check from the reason that an earlier one kept, against what the record says now; None
    where the fragments showed no sex."""
    known = dict(kept.message.params)
    if kept.code != "sex" or "shown" not in known:
        return None
    shown = Sex(known["shown"].label_en)
    return sex_check(shown, recorded, share=str(known.get("share", "")), evidence=kept.evidence)


def noise_check(noise: float, rules: QualityRules) -> Check:
    """`noise`: SD of the reference probes' ratios in the sample, NaN where not known."""
    numbers = {"sd": f"{noise:.3f}", "limit": f"{rules.max_reference_sd:.2f}"}
    if not noise >= 0:
        sentence = N_("The SD of the reference probes is not known.")
        return _check(Outcome.NOT_CHECKED, "reference_sd", sentence)
    if noise > rules.max_reference_sd:
        sentence = N_("The reference probes scatter too much: SD {sd} (limit {limit}).")
        return _check(Outcome.FAILED, "reference_sd", sentence, **numbers)
    sentence = N_("SD of the reference probes {sd} (limit {limit}).")
    return _check(Outcome.PASSED, "reference_sd", sentence, **numbers)


def drop_check(drop: float, rules: QualityRules) -> Check:
    """`drop`: signal at the longest over that at the shortest reference probe, 1 as in the
    reference samples; NaN where not known. A rise is no concern of this check."""
    if not drop >= 0:
        sentence = N_("Signal drop-off with length is worked out against reference samples only.")
        return _check(Outcome.NOT_CHECKED, "signal_drop", sentence)
    share = f"{drop:.2f}"
    if drop < rules.drop_failed:
        sentence = N_("The signal of long probes drops to {share} of that in reference samples.")
        return _check(Outcome.FAILED, "signal_drop", sentence, share=share)
    if drop < rules.drop_warning:
        sentence = N_("Long probes have {share} of the signal in reference samples; corrected.")
        return _check(Outcome.WARNING, "signal_drop", sentence, share=share)
    sentence = N_("Signal of long against short probes: {share} of that in reference samples.")
    return _check(Outcome.PASSED, "signal_drop", sentence, share=share)


def water_check(
    waters: Iterable[BoundSample], typical: dict[str, float], rules: QualityRules
) -> Check:
    """`typical`: each probe's median area over the samples of the run with DNA."""
    found, checked = [], 0
    for water in waters:
        checked += 1
        for item in water.probes:
            usual = typical.get(item.probe.name, 0.0)
            if item.peak and usual > 0 and item.peak.area > rules.water_share * usual:
                found.append((item.probe.name, item.peak, water.file))
    if not checked:
        return _check(Outcome.WARNING, "water", N_("The run has no water control."))
    evidence = tuple(peak_evidence(*item) for item in found)
    names = tuple(name for name, _, _ in found)
    numbers = {"probes": names, "share": f"{100 * rules.water_share:g}"}
    if len(found) > 1:
        sentence = N_("The water control shows DNA: {probes} above {share} % of the run's median.")
        return Check(Outcome.FAILED, Reason("water", say(sentence, **numbers), evidence))
    if found:
        sentence = N_("One peak in the water control: {probes} above {share} % of the run's median")
        return Check(Outcome.WARNING, Reason("water", say(sentence, **numbers), evidence))
    return _check(Outcome.PASSED, "water", N_("The water control shows no probe."))


def _check(outcome: Outcome, code: str, sentence: str, **numbers: object) -> Check:
    return Check(outcome, Reason(code, say(sentence, **numbers)))


def _shown(peaks: dict[float, Peak | None], sizes: Iterable[float], file: str) -> tuple:
    return tuple(peak_evidence(f"{size:g} nt", peaks[size], file) for size in sizes if peaks[size])
