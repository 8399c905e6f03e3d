"""Which peak belongs to which probe: by length, within a stated tolerance, and never by guess."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.calls import Evidence, Reason
from analysis.mlpa.probemix import ControlFragments, Probe, Probemix
from analysis.mlpa.readers import Peak, PeakSample
from analysis.wording import N_, say

TOLERANCE = 2.0  # nt; probes of a mix lie about 6 nt apart. Editable for each laboratory.


@dataclass(frozen=True)
class Bound:
    """The peak of one probe, or None with the reason why there is none.

    `accepted_absent`: a person has decided that the peak is truly absent; its signal is 0.
    """

    probe: Probe
    peak: Peak | None
    problem: Reason | None = None
    accepted_absent: bool = False


@dataclass(frozen=True)
class BoundSample:
    """One sample's probes in the order of the probemix, and its control fragments by length."""

    name: str
    file: str
    probes: tuple[Bound, ...]
    fragments: tuple[tuple[float, Peak | None], ...]

    @property
    def problems(self) -> tuple[Reason, ...]:
        return tuple(item.problem for item in self.probes if item.problem)


def bind(
    sample: PeakSample,
    probemix: Probemix,
    *,
    fragments: ControlFragments,
    tolerance: float = TOLERANCE,
    absent: frozenset[str] = frozenset(),
) -> BoundSample:
    """Every probe of `probemix` with its peak. `absent` names probes whose missing peak a person
    accepts as the loss of both copies.

    A probe without a peak within `tolerance` nt, with two, or with one that also lies within the
    tolerance of another probe has a problem instead of a peak. Raises ValueError on a tolerance
    that is not above 0.
    """
    if not tolerance > 0:
        raise ValueError(f"a tolerance is above 0 nt, not {tolerance}")
    near = [[p for p in sample.peaks if abs(p.size - probe.length) <= tolerance]
            for probe in probemix.probes]  # fmt: skip
    owners: dict[int, list[str]] = {}
    for probe, peaks in zip(probemix.probes, near, strict=True):
        for peak in peaks:
            owners.setdefault(peak.line, []).append(probe.name)
    bound = tuple(
        _bound(probe, peaks, owners, sample, tolerance, probe.name in absent)
        for probe, peaks in zip(probemix.probes, near, strict=True)
    )
    controls = tuple((size, _fragment(sample, size)) for size in fragments.lengths)
    return BoundSample(sample.name, sample.file, bound, controls)


def _bound(
    probe: Probe,
    peaks: list[Peak],
    owners: dict[int, list[str]],
    sample: PeakSample,
    tolerance: float,
    absent: bool,
) -> Bound:
    place = {"probe": probe.name, "length": probe.length, "tolerance": tolerance}
    evidence = tuple(peak_evidence(probe.name, peak, sample.file) for peak in peaks)
    if not peaks and absent:
        return Bound(probe, None, accepted_absent=True)
    if not peaks:
        sentence = N_(
            "{probe}: no peak within {tolerance} nt of {length} nt. Either both copies are lost in "
            "nearly all cells or the peak was not found: a person decides."
        )
        return Bound(probe, None, Reason("probe_unbound", say(sentence, **place)))
    if len(peaks) > 1:
        sizes = tuple(f"{peak.size:.2f}" for peak in peaks)
        sentence = N_("{probe}: {count} peaks within {tolerance} nt of {length} nt ({sizes})")
        message = say(sentence, **place, count=len(peaks), sizes=sizes)
        return Bound(probe, None, Reason("probe_doubly_bound", message, evidence))
    others = tuple(name for name in owners[peaks[0].line] if name != probe.name)
    if others:
        sentence = N_("{probe}: its peak of {size} nt also lies within {tolerance} nt of {others}")
        message = say(sentence, **place, size=f"{peaks[0].size:.2f}", others=others)
        return Bound(probe, None, Reason("peak_shared", message, evidence))
    return Bound(probe, peaks[0])


def _fragment(sample: PeakSample, length: float) -> Peak | None:
    """The largest peak within 1.5 nt of a control fragment, whose neighbours are 4 nt away."""
    near = [peak for peak in sample.peaks if abs(peak.size - length) <= 1.5]
    return max(near, key=lambda peak: peak.area, default=None)


def peak_evidence(name: str, peak: Peak, file: str) -> Evidence:
    value = f"{peak.size:.2f} nt, height {peak.height:g}, area {peak.area:g}"
    return Evidence("probe", name, value, f"{file}:{peak.line}")
