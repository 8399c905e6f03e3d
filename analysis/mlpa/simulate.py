"""Simulated MLPA runs with known losses: how often each way of calling finds them.

A run has healthy reference samples and children; a child has no loss, or a contiguous loss of
IKZF1 exons of one copy, of both, or of both within one. Peak signals carry the probe's own
strength, the sample's amount, a slope over length, and noise in proportion (normal on the log
scale, SD 0.03-0.12, the same in a run). The recorded blast percentage errs by 5 points (SD).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.calls import CopyCall
from analysis.mlpa.joint import CODE, joint_codes, table_codes
from analysis.mlpa.normalise import (
    Ratios,
    by_all_samples,
    by_reference_samples,
    pooled_noise,
)
from analysis.mlpa.patterns import PROJECT_RULES, PatternRules, fit
from analysis.mlpa.ratio_table import RatioTable, vendor_table

EXONS = 8
BLAST_LEVELS = (20, 30, 40, 50, 60, 70, 80, 90, 100)
# The paper's deletions with their counts; half of the simulated ones are these.
STUDY_RANGES = (((4, 7), 8), ((1, 8), 4), ((2, 7), 3), ((4, 8), 2), ((2, 8), 1))
ALL_RANGES = tuple((a, b) for a in range(1, EXONS + 1) for b in range(a, EXONS + 1))
CUT_OFF = 0.75
CHUNK = 4000


@dataclass(frozen=True)
class Design:
    runs: int = 2000
    children: int = 16
    healthy: int = 6
    reference_probes: int = 13
    share_lost: float = 0.25
    noise: tuple[float, float] = (0.03, 0.12)
    blast_error: float = 0.05


@dataclass(frozen=True)
class Simulated:
    """Children of all runs in one axis: `copies` [child, exon] 0..2, `blasts` true fractions,
    `recorded` those of the record, `noise` the run's SD; ratios [child, exon] by both ways with
    the SD of the reference probes that each way saw."""

    copies: np.ndarray
    blasts: np.ndarray
    recorded: np.ndarray
    noise: np.ndarray
    reference: tuple[np.ndarray, np.ndarray]
    all_samples: tuple[np.ndarray, np.ndarray]


def simulate(design: Design, *, seed: int) -> Simulated:
    """Equal design and seed, equal result."""
    rng = np.random.default_rng(seed)
    shape = (design.runs, design.children)
    copies = _copies(design, rng)
    blasts = rng.choice(BLAST_LEVELS, shape) / 100
    sd = rng.uniform(*design.noise, design.runs)
    lengths = _lengths(design)
    is_reference = np.arange(EXONS + design.reference_probes) >= EXONS
    expected = np.ones((design.runs, design.healthy + design.children, len(lengths)))
    expected[:, design.healthy :, :EXONS] = 1 - 0.5 * (2 - copies) * blasts[..., None]
    signal = expected * _strength(expected.shape, lengths, sd, rng)
    healthy = np.arange(expected.shape[1]) < design.healthy
    ours = by_reference_samples(
        signal, lengths=lengths, reference_probe=is_reference, healthy=healthy
    )
    theirs = by_all_samples(
        signal, reference_probe=is_reference, counted=np.ones(len(healthy), dtype=bool)
    )
    error = rng.normal(0, design.blast_error, shape)
    return Simulated(
        copies=copies.reshape(-1, EXONS),
        blasts=blasts.ravel(),
        recorded=np.clip(blasts + error, 0, 1).ravel(),
        noise=np.repeat(sd, design.children),
        reference=_children(ours, design),
        all_samples=_children(theirs, design),
    )


def ours(
    simulated: Simulated,
    *,
    paper: bool = False,
    table: RatioTable | None = None,
    rules: PatternRules = PROJECT_RULES,
) -> np.ndarray:
    """Calls [child, exon] as places in `joint.CALLS`, made as `calling` makes them."""
    table = table or vendor_table()
    ratio, noise = simulated.all_samples if paper else simulated.reference
    found = []
    for start in range(0, len(ratio), CHUNK):
        part = slice(start, start + CHUNK)
        joint = fit(
            ratio[part],
            exon_of_probe=tuple(range(EXONS)),
            blasts=simulated.recorded[part],
            noise=noise[part],
            rules=rules,
        )
        codes = table_codes(ratio[part], table)
        found.append(
            joint_codes(
                codes,
                ratio[part],
                joint,
                blasts=simulated.recorded[part],
                table=table,
                rules=rules,
            )
        )
    return np.concatenate(found)


def fixed_cut_off(simulated: Simulated, *, paper: bool = False) -> np.ndarray:
    """Below 0.75 a deletion, else normal: the plain rule to compare with."""
    ratio, _ = simulated.all_samples if paper else simulated.reference
    return np.where(ratio < CUT_OFF, CODE[CopyCall.HET_DEL], CODE[CopyCall.NORMAL])


@dataclass(frozen=True)
class Accuracy:
    """Counts of `lost` and `intact` exons by call. Ambiguous is neither hit nor false alarm."""

    lost: int
    lost_called: int
    lost_ambiguous: int
    lost_normal: int
    intact: int
    intact_called: int
    intact_ambiguous: int

    @property
    def sensitivity(self) -> float:
        return self.lost_called / self.lost if self.lost else float("nan")

    @property
    def specificity(self) -> float:
        return 1 - self.intact_called / self.intact if self.intact else float("nan")

    @property
    def intact_normal(self) -> float:
        """The strict specificity: intact exons called normal, an ambiguous one counted against."""
        return 1 - (self.intact_called + self.intact_ambiguous) / self.intact

    @property
    def ambiguous(self) -> float:
        return (self.lost_ambiguous + self.intact_ambiguous) / (self.lost + self.intact)


def accuracy(simulated: Simulated, codes: np.ndarray, among: np.ndarray) -> Accuracy:
    """Counts over the exons of the children `among` (one truth value a child)."""
    lost = (simulated.copies < 2)[among]
    codes = codes[among]
    called = (codes == CODE[CopyCall.HET_DEL]) | (codes == CODE[CopyCall.HOM_DEL])
    normal = codes == CODE[CopyCall.NORMAL]
    unclear = codes == CODE[CopyCall.AMBIGUOUS]
    return Accuracy(
        lost=int(lost.sum()),
        lost_called=int((lost & called).sum()),
        lost_ambiguous=int((lost & unclear).sum()),
        lost_normal=int((lost & normal).sum()),
        intact=int((~lost).sum()),
        intact_called=int((~lost & called).sum()),
        intact_ambiguous=int((~lost & unclear).sum()),
    )


def _lengths(design: Design) -> np.ndarray:
    """IKZF1 probes and reference probes, each spread over 130-500 nt."""
    return np.concatenate(
        [np.linspace(150, 480, EXONS), np.linspace(130, 500, design.reference_probes)]
    )


def _copies(design: Design, rng: np.random.Generator) -> np.ndarray:
    """[run, child, exon] copies left: 2, 1 or 0."""
    children = design.runs * design.children
    study = np.array([span for span, _ in STUDY_RANGES])
    counts = np.array([count for _, count in STUDY_RANGES])
    spans = np.where(
        rng.random(children)[:, None] < 0.5,
        study[rng.choice(len(study), children, p=counts / counts.sum())],
        np.array(ALL_RANGES)[rng.integers(len(ALL_RANGES), size=children)],
    )
    exon = np.arange(1, EXONS + 1)
    outer = (exon >= spans[:, :1]) & (exon <= spans[:, 1:])
    inner_first = rng.integers(spans[:, 0], spans[:, 1] + 1)
    inner_last = rng.integers(inner_first, spans[:, 1] + 1)
    inner = (exon >= inner_first[:, None]) & (exon <= inner_last[:, None])
    kind = rng.choice(3, children, p=(0.7, 0.15, 0.15))  # one copy, both, both within one
    second = (outer & (kind == 1)[:, None]) | (inner & (kind == 2)[:, None])
    lost = (rng.random(children) < design.share_lost)[:, None] * (outer.astype(int) + second)
    return (2 - lost).reshape(design.runs, design.children, EXONS)


def _strength(
    shape: tuple[int, ...], lengths: np.ndarray, sd: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    runs, samples, probes = shape
    amount = rng.normal(9, 0.3, (runs, samples, 1))
    probe = rng.normal(0, 0.3, (runs, 1, probes))
    slope = rng.normal(-0.001, 0.0006, (runs, samples, 1)) * (lengths - 300)
    noise = rng.normal(0, 1, shape) * sd[:, None, None]
    return np.exp(amount + probe + slope + noise)


def _children(found: Ratios, design: Design) -> tuple[np.ndarray, np.ndarray]:
    """Their IKZF1 ratios, and the noise that calling takes for each."""
    ratio = found.ratio[:, design.healthy :, :EXONS]
    noise = pooled_noise(found.noise, reference_probes=design.reference_probes)
    noise = noise[:, design.healthy :]
    return ratio.reshape(-1, EXONS), noise.ravel()
