"""One MLPA run, from its peak tables to calls with quality and reasons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from analysis.calls import Certainty, Evidence, Reason
from analysis.file_problems import refusal
from analysis.mlpa.binding import TOLERANCE, BoundSample, bind, peak_evidence
from analysis.mlpa.calling import GeneResult, Measured, call_gene, not_evaluable
from analysis.mlpa.normalise import (
    Normalisation,
    Ratios,
    bias,
    by_all_samples,
    by_reference_samples,
    pooled_noise,
)
from analysis.mlpa.patterns import PROJECT_RULES, PatternRules
from analysis.mlpa.probemix import (
    ControlFragments,
    Probe,
    ProbeKind,
    Probemix,
    control_fragments,
)
from analysis.mlpa.quality import (
    Check,
    QualityRules,
    SampleQuality,
    drop_check,
    fragment_checks,
    noise_check,
    water_check,
)
from analysis.mlpa.ratio_table import RatioTable, table_of, vendor_table
from analysis.mlpa.readers import PeakTable
from analysis.mlpa.results import RunResult, SampleResult
from analysis.mlpa.run_sheet import Role, SampleInfo
from analysis.wording import N_, say

BIAS_LIMIT = 1.05


@dataclass(frozen=True)
class Settings:
    """All choices of a run. `tolerance` in nt; `absent` are (sample, probe) pairs whose missing
    peak a person accepts as the loss of both copies."""

    normalisation: Normalisation = Normalisation.REFERENCE_SAMPLES
    table: RatioTable = field(default_factory=vendor_table)
    quality: QualityRules = field(default_factory=QualityRules)
    patterns: PatternRules = PROJECT_RULES
    fragments: ControlFragments = field(default_factory=control_fragments)
    tolerance: float = TOLERANCE
    absent: tuple[tuple[str, str], ...] = ()


def analyse(
    tables: Sequence[PeakTable],
    *,
    probemix: Probemix,
    samples: Sequence[SampleInfo] = (),
    settings: Settings | None = None,
) -> RunResult:
    """Calls of every sample in `tables`, the files of one run.

    `samples` says which sample is a reference or the water control, and gives sex and blasts; a
    sample that it does not name is a patient of whom nothing is known. Raises `FileRefused` where
    a sample stands in two files, or `samples` names one that is in none. The probemix sheet's own
    ratio table is used unless `settings` bring another than the vendor's.
    """
    settings = settings or Settings()
    if settings.table == vendor_table():
        settings = replace(settings, table=table_of(probemix) or settings.table)
    infos = _infos(tables, samples)
    bound = {
        sample.name: bind(
            sample,
            probemix,
            fragments=settings.fragments,
            tolerance=settings.tolerance,
            absent=frozenset(probe for name, probe in settings.absent if name == sample.name),
        )
        for table in tables
        for sample in table.samples
    }
    run = _Run(probemix, settings, bound, infos)
    results = tuple(run.result(name) for name in bound)
    files = tuple((table.file, table.sha256) for table in tables)
    return RunResult(settings.normalisation, results, run.reasons(), files)


def _infos(tables: Sequence[PeakTable], samples: Sequence[SampleInfo]) -> dict[str, SampleInfo]:
    where: dict[str, str] = {}
    for table in tables:
        for sample in table.samples:
            if sample.name in where:
                sentence = N_("sample {sample} also stands in {other}")
                raise refusal(table.file, sentence, sample=sample.name, other=where[sample.name])
            where[sample.name] = table.file
    given = {info.name: info for info in samples}
    unknown = tuple(name for name in given if name not in where)
    if unknown:
        file = tables[0].file if tables else ""
        sentence = N_("the run sheet names samples that no peak table has: {samples}")
        raise refusal(file, sentence, samples=unknown)
    return {name: given.get(name, SampleInfo(name)) for name in where}


class _Run:
    """What all samples of a run share: quality of the fragments, ratios, the water control."""

    def __init__(
        self,
        probemix: Probemix,
        settings: Settings,
        bound: dict[str, BoundSample],
        infos: dict[str, SampleInfo],
    ):
        self.probemix, self.settings, self.bound, self.infos = probemix, settings, bound, infos
        self.names = [name for name in bound if infos[name].role is not Role.WATER]
        self.fragment_checks = {
            name: fragment_checks(bound[name], infos[name], settings.fragments, settings.quality)
            for name in self.names
        }
        self.is_reference_probe = np.array(
            [probe.kind is ProbeKind.REFERENCE for probe in probemix.probes]
        )
        self.signal = np.array([_signals(bound[name]) for name in self.names]).reshape(
            len(self.names), len(probemix.probes)
        )
        self.healthy = np.array([self._healthy_so_far(name) for name in self.names], dtype=bool)
        self.ratios = self._ratios()
        self._drop_scattered_references()
        self.noise = pooled_noise(
            self.ratios.noise, reference_probes=int(self.is_reference_probe.sum())
        )
        self.water = self._water()

    def _healthy_so_far(self, name: str) -> bool:
        stopped = any(check.stops for check in self.fragment_checks[name])
        return self.infos[name].role is Role.REFERENCE and not stopped

    @property
    def enough_references(self) -> bool:
        return int(self.healthy.sum()) >= self.settings.quality.min_reference_samples

    def _ratios(self) -> Ratios:
        nothing = np.full(self.signal.shape, np.nan)
        empty = Ratios(nothing, nothing[:, :1].ravel(), nothing[:, :1].ravel())
        if not len(self.names):
            return empty
        if self.settings.normalisation is Normalisation.ALL_SAMPLES:
            # A sample without DNA or ligation is no measure for the others.
            counted = np.array([not any(check.stops for check in self.fragment_checks[name])
                                for name in self.names])  # fmt: skip
            return by_all_samples(
                self.signal, reference_probe=self.is_reference_probe, counted=counted
            )
        if not self.enough_references or self.is_reference_probe.sum() < 2:
            return empty
        return by_reference_samples(
            self.signal,
            lengths=np.array([probe.length for probe in self.probemix.probes]),
            reference_probe=self.is_reference_probe,
            healthy=self.healthy,
        )

    def _drop_scattered_references(self) -> None:
        """A reference sample whose reference probes scatter is no reference; once more without."""
        noisy = self.healthy & (self.ratios.noise > self.settings.quality.max_reference_sd)
        if noisy.any():
            self.healthy = self.healthy & ~noisy
            self.ratios = self._ratios()

    def _water(self) -> Check:
        with_dna = [self.bound[name] for name in self.names]
        typical = {}
        for place, probe in enumerate(self.probemix.probes):
            areas = [item.probes[place].peak.area for item in with_dna if item.probes[place].peak]
            if areas:
                typical[probe.name] = float(np.median(areas))
        waters = [item for name, item in self.bound.items()
                  if self.infos[name].role is Role.WATER]  # fmt: skip
        return water_check(waters, typical, self.settings.quality)

    def reasons(self) -> tuple[Reason, ...]:
        found = [
            self._normalisation_reason(),
            table_reason(self.settings.table),
            self.water.reason,
        ]
        if self.probemix.certainty is not Certainty.ESTABLISHED:
            sentence = N_("The probemix sheet ({source}) is unconfirmed.")
            message = say(sentence, source=self.probemix.source)
            found.insert(0, Reason("probemix_unconfirmed", message))
        if self.settings.table != vendor_table():
            bands = tuple(say(N_("{call} {low}-{high}"), call=call, low=f"{low:.2f}",
                              high=f"{high:.2f}")
                          for call, (low, high) in self.settings.table.bands)  # fmt: skip
            sentence = N_("This ratio table differs from the vendor's: {bands}.")
            found.append(Reason("own_ratio_table", say(sentence, bands=bands)))
        left = tuple(name for name, healthy in zip(self.names, self.healthy, strict=True)
                     if self.infos[name].role is Role.REFERENCE and not healthy)  # fmt: skip
        if left:
            sentence = N_("Reference samples left out because of their quality: {samples}.")
            found.append(Reason("references_left_out", say(sentence, samples=left)))
        return (*found, *self._bias_reasons())

    def _normalisation_reason(self) -> Reason:
        way = self.settings.normalisation
        numbers = {"way": way, "count": int(self.healthy.sum()),
                   "least": self.settings.quality.min_reference_samples}  # fmt: skip
        if way is Normalisation.REFERENCE_SAMPLES and not self.enough_references:
            sentence = N_("Normalisation: {way}; {count} can be used, at least {least} are needed.")
            return Reason("too_few_references", say(sentence, **numbers))
        if way is Normalisation.REFERENCE_SAMPLES:
            sentence = N_("Normalisation: {way}; {count} reference samples.")
            return Reason("normalisation", say(sentence, **numbers))
        return Reason("normalisation", say(N_("Normalisation: {way}."), way=way))

    def _bias_reasons(self) -> list[Reason]:
        """Probes whose wild type the paper's way lifts by more than 5 %."""
        if self.settings.normalisation is not Normalisation.ALL_SAMPLES or not len(self.names):
            return []
        lifted = []
        for place, probe in enumerate(self.probemix.probes):
            ratios = self.ratios.ratio[:, place]
            ratios = ratios[np.isfinite(ratios)]
            if probe.kind is ProbeKind.REFERENCE or not len(ratios) or not np.median(ratios) > 0:
                continue
            calls = [self.settings.table.call(value) for value in ratios / np.median(ratios)]
            het = sum(call == "het_del" for call in calls) / len(calls)
            hom = sum(call == "hom_del" for call in calls) / len(calls)
            if bias(het, hom) > BIAS_LIMIT:
                lifted.append(f"{probe.name} {bias(het, hom):.2f}")
        if not lifted:
            return []
        sentence = N_(
            "Losses are common in this run, and the mean of all samples lifts the wild type above "
            "1 by more than 5 %: {probes}. Reference samples avoid this."
        )
        return [Reason("bias_of_all_samples", say(sentence, probes=tuple(lifted)))]

    def result(self, name: str) -> SampleResult:
        sample, info = self.bound[name], self.infos[name]
        if info.role is Role.WATER:
            return SampleResult(info, sample.file, SampleQuality((self.water,)), True, ())
        place = self.names.index(name)
        quality = SampleQuality(
            (
                *self.fragment_checks[name],
                noise_check(float(self.ratios.noise[place]), self.settings.quality),
                drop_check(float(self.ratios.drop[place]), self.settings.quality),
                self.water,
            )
        )
        genes = genes_of(
            self._measured(sample, place), info, float(self.noise[place]), self.settings
        )
        if not quality.adequate:
            why = tuple(check.reason for check in quality.checks if check.stops)
            genes = tuple(not_evaluable(gene, why) for gene in genes)
        return SampleResult(info, sample.file, quality, True, genes, sample.problems)

    def _measured(self, sample: BoundSample, place: int) -> list[Measured]:
        spread = self._reference_spread()
        missing = None
        if self.settings.normalisation is Normalisation.REFERENCE_SAMPLES:
            missing = None if self.enough_references else self._normalisation_reason()
        return [
            Measured(
                item.probe,
                float(self.ratios.ratio[place, column]),
                float(spread[column]),
                item.problem or missing,
                _evidence(item.probe, item.peak, sample.file),
            )
            for column, item in enumerate(sample.probes)
            if item.probe.kind is ProbeKind.TARGET
        ]

    def _reference_spread(self) -> np.ndarray:
        """SD of each probe over the reference samples; NaN with fewer than two."""
        healthy = self.ratios.ratio[self.healthy]
        if len(healthy) < 2:
            return np.full(len(self.probemix.probes), np.nan)
        return np.std(healthy, axis=0, ddof=1)


def _signals(sample: BoundSample) -> list[float]:
    return [
        item.peak.area if item.peak else (0.0 if item.accepted_absent else np.nan)
        for item in sample.probes
    ]


def _evidence(probe: Probe, peak: object, file: str) -> tuple[Evidence, ...]:
    return (peak_evidence(probe.name, peak, file),) if peak else ()


def genes_of(
    measured: Sequence[Measured], info: SampleInfo, noise: float, settings: Settings
) -> tuple[GeneResult, ...]:
    genes = dict.fromkeys(item.probe.gene for item in measured)
    return tuple(
        call_gene(
            [item for item in measured if item.probe.gene == gene],
            blast_percent=info.blast_percent,
            noise=noise,
            table=settings.table,
            rules=settings.patterns,
        )
        for gene in genes
    )


def table_reason(table: RatioTable) -> Reason:
    sentence = N_("Ratio table: {source} ({certainty}).")
    return Reason("ratio_table", say(sentence, source=table.source, certainty=table.certainty))
