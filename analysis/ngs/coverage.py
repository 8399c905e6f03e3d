"""How deep a panel was sequenced: over all of it, by region, by gene and by exon of IKZF1.

Depth is that of `samtools depth` (inside pysam) with the same options, asked stretch by stretch,
which is its quickest way: unmapped, secondary, duplicate and QC-fail reads are left out, as are
reads below the mapping quality and bases below the base quality asked for; a deletion in a read
counts for nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.file_problems import FileRefused, ProblemBook, refusal
from analysis.gene import ikzf1
from analysis.ngs.bai import check_bai
from analysis.ngs.bed import Region, merged, read_bed
from analysis.ngs.build import Build, BuildBasis, bare, build_of
from analysis.ngs.cram import MAGIC, check_reference, no_foreign_reference
from analysis.ngs.filters import STUDY_FILTERS, FilterSet
from analysis.ngs.text_lines import BGZF_END, GZIP_MAGIC
from analysis.wording import N_, Labelled

if TYPE_CHECKING:
    import numpy as np

DEPTHS = (100, 500, 1000)
# SAM flags that samtools depth leaves out anyway; named here because the result states them.
LEFT_OUT = ("unmapped", "secondary", "qc-fail", "duplicate")


class MateOverlap(Labelled):
    """How a base counts that both mates of one fragment read."""

    TWICE = "twice", N_("bases that both mates read count twice")
    ONCE = "once", N_("bases that both mates read count once")


class Reach(Labelled):
    """Whether an exon was sequenced well enough for its small variants to be seen."""

    ENOUGH = "enough", N_("deep enough")
    LOW = "low", N_("mean depth below the limit")
    PARTIAL = "partial", N_("part of the coding sequence is not on the panel")
    NOT_ON_PANEL = "not_on_panel", N_("not on the panel")


@dataclass(frozen=True, slots=True)
class RegionCoverage:
    """`mean_depth` in reads a base; `fraction_at` are shares of the region's bases (0..1)."""

    chrom: str
    start: int
    end: int
    name: str
    mean_depth: float
    fraction_at: tuple[tuple[int, float], ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "chrom": self.chrom,
            "start": self.start,
            "end": self.end,
            "name": self.name,
            "mean_depth": self.mean_depth,
        }


@dataclass(frozen=True, slots=True)
class GeneCoverage:
    gene: str
    bases: int
    mean_depth: float
    fraction_at: tuple[tuple[int, float], ...]


@dataclass(frozen=True, slots=True)
class ExonCoverage:
    """An exon of IKZF1: its coding bases, or all of exon 1, which is untranslated. `on_panel` is
    the share of these on the panel; `mean_depth` is over that share, None where there is none."""

    exon: int
    on_panel: float
    mean_depth: float | None
    reach: Reach


@dataclass(frozen=True)
class CoverageResult:
    """`mean_depth` and `fraction_at` are over the bases of the panel, each counted once."""

    file: str
    mean_depth: float
    fraction_at: tuple[tuple[int, float], ...]
    regions: tuple[RegionCoverage, ...]
    genes: tuple[GeneCoverage, ...]
    exons: tuple[ExonCoverage, ...]
    build: Build
    overlap: MateOverlap
    filters: FilterSet

    @property
    def low_regions(self) -> tuple[RegionCoverage, ...]:
        """The regions whose mean depth is below the filter set's limit for a region."""
        limit = self.filters.min_region_depth or 0
        return tuple(item for item in self.regions if item.mean_depth < limit)

    @property
    def low_exons(self) -> tuple[int, ...]:
        """IKZF1 exons in which small variants are not evaluable. Exon 1 counts only where it is
        on the panel, as it is untranslated."""
        return tuple(
            item.exon
            for item in self.exons
            if item.reach is not Reach.ENOUGH
            and not (item.exon == 1 and item.reach is not Reach.LOW)
        )

    @property
    def covers_ikzf1(self) -> bool | None:
        """Whether the panel has any coding base of IKZF1; None where the build is not known."""
        if not self.exons:
            return None
        return any(item.reach is not Reach.NOT_ON_PANEL for item in self.exons if item.exon > 1)

    @property
    def adequate(self) -> bool | None:
        """Whether the mean on-target depth reaches the filter set's; None without such a limit."""
        limit = self.filters.min_mean_depth
        return None if limit is None else self.mean_depth >= limit

    def to_json(self) -> dict[str, Any]:
        return {
            "mean_depth": self.mean_depth,
            "fraction_at": {str(depth): share for depth, share in self.fraction_at},
            "regions": [item.to_json() for item in self.regions],
        }


def analyse_coverage(
    path: Path | str,
    bed: Path | str,
    *,
    filters: FilterSet = STUDY_FILTERS,
    depths: Iterable[int] = DEPTHS,
    overlap: MateOverlap = MateOverlap.TWICE,
    build: str = "",
    reference: Path | str | None = None,
) -> CoverageResult:
    """The coverage of a BAM or CRAM with its index over the regions of `bed`.

    `filters` gives the mapping and base quality limits and the depths asked for. `depths`: limits
    whose share of bases is wanted. `build`: "GRCh37" or "GRCh38", which the reads must not
    contradict. `reference`: the FASTA of a CRAM with its .fai; none is ever
    fetched. Raises `FileRefused` with everything wrong.
    """
    path, bed = Path(path), Path(bed)
    with no_foreign_reference():
        contigs = _contigs(path)
        found = _build(path, contigs, build)
        regions = read_bed(bed, contigs=contigs)
        if _is_cram(path):
            check_reference(path, reference, {item.chrom for item in regions})
        asked = _Depth(path, reference, filters, overlap)
        stretches = {(r.chrom, r.start): asked.of(r) for r in merged(regions)}
    table = _Stretches(stretches)
    limits = tuple(sorted(set(depths)))
    everything = table.joined()
    mean, shares = _summary(everything, limits)
    return CoverageResult(
        file=path.name,
        mean_depth=mean,
        fraction_at=shares,
        regions=tuple(_region(item, table, limits) for item in regions),
        genes=_genes(regions, table, limits),
        exons=_exons(table, found, contigs, filters),
        build=found,
        overlap=overlap,
        filters=filters,
    )


class _Depth:
    """`samtools depth` on one file."""

    def __init__(
        self, path: Path, reference: Path | str | None, filters: FilterSet, overlap: MateOverlap
    ):
        self.path = path
        self.options = ["-a", "-q", str(filters.min_base_quality or 0)]
        self.options += ["-Q", str(filters.min_mapq or 0)]
        if overlap is MateOverlap.ONCE:
            self.options.append("-s")
        if _is_cram(path):
            self.options += ["--reference", str(reference)]

    def of(self, region: Region) -> np.ndarray:
        """The depth of each base of `region`."""
        import numpy as np
        import pysam

        place = f"{{{region.chrom}}}:{region.start + 1}-{region.end}"
        try:
            text = pysam.depth(*self.options, "-r", place, str(self.path))
        except pysam.SamtoolsError:
            raise refusal(self.path.name, N_("the reads cannot be read to their end")) from None
        depth = np.array(text.split()[2::3], dtype=np.int64)
        if len(depth) != region.end - region.start:
            raise refusal(self.path.name, N_("the reads cannot be read to their end"))
        return depth


class _Stretches:
    """Depths of the merged panel, from which any part of it can be cut."""

    def __init__(self, depths: Mapping[tuple[str, int], np.ndarray]):
        self.by_contig: dict[str, list[tuple[int, np.ndarray]]] = {}
        for (chrom, start), depth in depths.items():
            self.by_contig.setdefault(chrom, []).append((start, depth))

    def joined(self) -> np.ndarray:
        import numpy as np

        return np.concatenate([d for own in self.by_contig.values() for _, d in own])

    def cut(self, chrom: str, start: int, end: int) -> np.ndarray:
        """The depths of what the panel has of this stretch (0-based, end exclusive)."""
        import numpy as np

        parts = [
            depth[max(0, start - first) : max(0, end - first)]
            for first, depth in self.by_contig.get(chrom, ())
            if first < end and start < first + len(depth)
        ]
        return np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64)


def _summary(
    depth: np.ndarray, limits: tuple[int, ...]
) -> tuple[float, tuple[tuple[int, float], ...]]:
    """Both to four decimals."""
    shares = tuple((limit, round(float((depth >= limit).mean()), 4)) for limit in limits)
    return round(float(depth.mean()), 4), shares


def _region(region: Region, table: _Stretches, limits: tuple[int, ...]) -> RegionCoverage:
    depth = table.cut(region.chrom, region.start, region.end)
    return RegionCoverage(
        region.chrom, region.start, region.end, region.name, *_summary(depth, limits)
    )


def _genes(
    regions: tuple[Region, ...], table: _Stretches, limits: tuple[int, ...]
) -> tuple[GeneCoverage, ...]:
    import numpy as np

    own: dict[str, list[Region]] = {}
    for region in regions:
        if region.gene:
            own.setdefault(region.gene, []).append(region)
    found = []
    for gene in sorted(own):
        parts = [table.cut(r.chrom, r.start, r.end) for r in merged(tuple(own[gene]))]
        depth = np.concatenate(parts)
        found.append(GeneCoverage(gene, len(depth), *_summary(depth, limits)))
    return tuple(found)


def _exons(
    table: _Stretches, build: Build, contigs: Mapping[str, int], filters: FilterSet
) -> tuple[ExonCoverage, ...]:
    if build.name not in ("GRCh37", "GRCh38"):
        return ()
    chrom = next((name for name in contigs if bare(name) == "7"), "")
    found = []
    for exon in ikzf1().exons:
        start, end = coding_span(exon, build.name)
        depth = table.cut(chrom, start - 1, end)
        share = len(depth) / (end - start + 1)
        mean = round(float(depth.mean()), 4) if len(depth) else None
        reach = reach_of(share, mean, filters.min_region_depth or 0)
        found.append(ExonCoverage(exon.number, round(share, 4), mean, reach))
    return tuple(found)


def coding_span(exon: Any, build: str) -> tuple[int, int]:
    """The coding bases of an exon on chromosome 7 (1-based, inclusive); all of exon 1."""
    start, end = exon.span(build)
    if exon.cds_start is None:
        return start, end
    length = exon.cds_end - exon.cds_start + 1
    return (end - length + 1, end) if exon.cds_start == 1 else (start, start + length - 1)


def reach_of(share: float, mean: float | None, limit: float) -> Reach:
    if mean is None:
        return Reach.NOT_ON_PANEL
    if mean < limit:
        return Reach.LOW
    return Reach.ENOUGH if share == 1 else Reach.PARTIAL


def _is_cram(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(4) == MAGIC


def _contigs(path: Path) -> dict[str, int]:
    """The contigs of the reads and their lengths; the file and its index checked first."""
    import pysam

    book = ProblemBook(path.name)
    if not path.is_file():
        raise book.stop(0, N_("there is no such file"))
    with path.open("rb") as stream:
        start = stream.read(4)
        stream.seek(max(0, path.stat().st_size - len(BGZF_END)))
        tail = stream.read()
    if not start.startswith((GZIP_MAGIC, MAGIC)):
        raise book.stop(0, N_("neither BAM nor CRAM"))
    if start.startswith(GZIP_MAGIC) and tail != BGZF_END:
        raise book.stop(0, N_("the file is cut off: the closing block of bgzip is missing"))
    # Before htslib opens the reads, as it loads their index with them.
    indexed = None if start == MAGIC else check_bai(path)
    loudness = pysam.set_verbosity(0)
    try:
        with pysam.AlignmentFile(str(path), "r") as reads:
            if not (reads.is_bam or reads.is_cram):
                raise book.stop(0, N_("neither BAM nor CRAM"))
            if not reads.has_index():
                raise book.stop(0, N_("the index (.bai, .csi or .crai) is missing"))
            if indexed not in (None, reads.nreferences):
                raise book.stop(0, N_("the index was made for other reads"))
            return dict(zip(reads.references, reads.lengths, strict=True))
    except FileRefused:
        raise
    except (OSError, ValueError):
        raise book.stop(0, N_("the file or its index is damaged")) from None
    finally:
        pysam.set_verbosity(loudness)


def _build(path: Path, contigs: Mapping[str, int], wanted: str) -> Build:
    found = build_of(contigs)
    if found.basis is BuildBasis.MIXED:
        raise refusal(path.name, N_("the contigs belong to several builds"))
    if wanted and found.name and found.name != wanted:
        sentence = N_("the file is on {found} ({basis}), but {wanted} is asked for")
        raise refusal(path.name, sentence, found=found.name, basis=found.basis, wanted=wanted)
    return Build(wanted, BuildBasis.UNKNOWN) if wanted and not found.name else found
