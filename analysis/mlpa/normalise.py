"""From peak signals to ratios. 1 is two copies.

All functions take arrays whose last two axes are samples and probes, with NaN where a probe has no
peak, so that one run and thousands of simulated ones go the same way.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np

from analysis.wording import N_, Labelled


class Normalisation(Labelled):
    """How ratios are made."""

    REFERENCE_SAMPLES = (
        "reference_samples",
        N_("reference samples, medians, corrected for the slope over length"),
    )
    ALL_SAMPLES = (
        "all_samples",
        N_("mean of the control probes, mean of all samples of the run (Zhang et al. 2022)"),
    )


@dataclass(frozen=True)
class Ratios:
    """`ratio` [..., sample, probe]. `noise` [..., sample]: SD of the reference probes' ratios, the
    fitted slope taken out. `drop` [..., sample]: signal at the longest reference probe over that at
    the shortest, compared with the reference samples (1 is none lost); NaN where not worked out.
    """

    ratio: np.ndarray
    noise: np.ndarray
    drop: np.ndarray


def by_reference_samples(
    signal: np.ndarray, *, lengths: np.ndarray, reference_probe: np.ndarray, healthy: np.ndarray
) -> Ratios:
    """The default. Each sample over the median of its reference probes; each probe over its median
    in the `healthy` samples; the slope over length, fitted through the reference probes (median of
    pairwise slopes), taken out; both medians once more.

    `lengths` and `reference_probe` have one entry a probe, `healthy` one a sample. Raises
    ValueError where no healthy sample or fewer than two reference probes are given.
    """
    if not healthy.any() or np.count_nonzero(reference_probe) < 2:
        raise ValueError("reference samples and at least two reference probes are needed")
    own = _centred(signal, reference_probe)
    ratio = _centred(own / _typical(own, healthy), reference_probe)
    slope = _slope(ratio[..., reference_probe], lengths[reference_probe])
    middle = np.median(lengths[reference_probe])
    ratio = ratio * np.exp(-slope[..., None] * (lengths - middle))
    ratio = _centred(ratio / _typical(ratio, healthy), reference_probe)
    span = np.ptp(lengths[reference_probe])
    return Ratios(ratio, _spread(ratio[..., reference_probe], fitted=2), np.exp(slope * span))


def by_all_samples(
    signal: np.ndarray, *, reference_probe: np.ndarray, counted: np.ndarray
) -> Ratios:
    """The paper's way: (signal / mean of the control probes) / mean of that over the `counted`
    samples of the run. Wild type comes out above 1 where a loss is common: see `bias`."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # means of nothing are NaN, as they should
        own = signal / np.nanmean(signal[..., reference_probe], axis=-1, keepdims=True)
        ratio = own / np.nanmean(own[..., counted, :], axis=-2, keepdims=True)
    drop = np.full(ratio.shape[:-1], np.nan)
    return Ratios(ratio, _spread(ratio[..., reference_probe], fitted=1), drop)


def pooled_noise(noise: np.ndarray, *, reference_probes: int, weight: int = 20) -> np.ndarray:
    """Each sample's SD [..., sample] drawn towards its run's median SD, which a dozen reference
    probes alone tell poorly; the run counts as `weight` further probes. NaN where no sample has
    one."""
    own = np.maximum(reference_probes - 2, 1)
    run = _median(noise, axis=-1)[..., None]
    return np.sqrt((own * noise**2 + weight * run**2) / (own + weight))


def bias(het: float, hom: float) -> float:
    """What wild type reads as under `by_all_samples` where a share `het` of the samples has lost
    one copy and `hom` both, in all cells: 1 / (1 - 0.5 het - hom). Infinite where all is lost.

    Raises ValueError on shares outside 0..1 or above 1 together.
    """
    if not (0 <= het <= 1 and 0 <= hom <= 1 and het + hom <= 1 + 1e-9):
        raise ValueError(f"shares of samples lie between 0 and 1: {het}, {hom}")
    left = 1 - 0.5 * het - hom
    return 1 / left if left > 0 else float("inf")


def _centred(values: np.ndarray, reference_probe: np.ndarray) -> np.ndarray:
    """Each sample over the median of its reference probes."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return values / _median(values[..., reference_probe], axis=-1)[..., None]


def _typical(values: np.ndarray, healthy: np.ndarray) -> np.ndarray:
    """Each probe's median over the healthy samples; NaN where it is 0, since nothing compares."""
    middle = _median(values[..., healthy, :], axis=-2)[..., None, :]
    return np.where(middle > 0, middle, np.nan)


def _slope(ratio: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """Median of the slopes of log ratio over length between all pairs of probes; 0 without any."""
    first, second = np.triu_indices(len(lengths), k=1)
    logs = np.log(np.where(ratio > 0, ratio, np.nan))
    slopes = (logs[..., second] - logs[..., first]) / (lengths[second] - lengths[first])
    return np.nan_to_num(_median(slopes, axis=-1), nan=0.0)


def _spread(ratio: np.ndarray, *, fitted: int) -> np.ndarray:
    """SD with the degrees of freedom left after fitting `fitted` parameters; NaN without any."""
    count = np.count_nonzero(~np.isnan(ratio), axis=-1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        squares = np.nansum((ratio - np.nanmean(ratio, axis=-1, keepdims=True)) ** 2, axis=-1)
        return np.sqrt(np.where(count > fitted, squares / np.maximum(count - fitted, 1), np.nan))


def _median(values: np.ndarray, *, axis: int) -> np.ndarray:
    """NaN where there is nothing; `np.nanmedian` is much slower, so only where it is needed."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        if np.isnan(values).any():
            return np.nanmedian(values, axis=axis)
        return np.median(values, axis=axis)
