"""A coverage as a JSON document: our own command's, or that of somatic_db by gene and region.

A document says what it measured and no more: where it gives no mean depth of the target, none is
made up; whether a sample was read deeply enough then stays open.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis.file_problems import ProblemBook, refusal
from analysis.gene import ikzf1
from analysis.ngs.build import build_named
from analysis.ngs.coverage import (
    CoverageResult,
    MateOverlap,
    Reach,
    analyse_coverage,
    coding_span,
    reach_of,
)
from analysis.ngs.filters import STUDY_FILTERS, FilterSet
from analysis.ngs.text_lines import BGZF_END, GZIP_MAGIC, Limits, check_size
from analysis.wording import N_, Message, say

JSON_LIMITS = Limits(max_bytes=50_000_000)
MOST = 1e7  # reads a base


@dataclass(frozen=True)
class CoveredRegion:
    """`start` from 0; `mean_depth` in reads a base."""

    chrom: str
    start: int
    end: int
    name: str
    mean_depth: float


@dataclass(frozen=True)
class CoveredGene:
    """`at_1000` is the share (0..1) of its bases at 1000 reads or more, None where not stated."""

    gene: str
    bases: int | None
    mean_depth: float
    at_1000: float | None


@dataclass(frozen=True)
class CoveredExon:
    """An exon of IKZF1, as `analysis.ngs.coverage.ExonCoverage`."""

    exon: int
    on_panel: float
    mean_depth: float | None
    reach: Reach


@dataclass(frozen=True)
class SampleCoverage:
    """What is known of the depth of one sample, whichever form the file has.

    `mean_depth` and `at_1000` are over the bases of the target, None where the file does not say;
    `low_exons` None where IKZF1's exons are not told; `covers_ikzf1` None where that is not known.
    """

    file: str
    form: str
    mean_depth: float | None
    at_1000: float | None
    regions: tuple[CoveredRegion, ...]
    genes: tuple[CoveredGene, ...]
    exons: tuple[CoveredExon, ...]
    low_exons: tuple[int, ...] | None
    covers_ikzf1: bool | None
    build: str
    build_basis: str
    filters: FilterSet
    notes: tuple[Message, ...]

    @property
    def adequate(self) -> bool | None:
        """Whether the mean depth reaches the filter set's limit; None where either is missing."""
        limit = self.filters.min_mean_depth
        if limit is None or self.mean_depth is None:
            return None
        return self.mean_depth >= limit


def read_coverage(
    path: Path,
    *,
    bed: Path | None = None,
    build: str = "",
    filters: FilterSet = STUDY_FILTERS,
    reference: Path | None = None,
    overlap: str = "twice",
) -> SampleCoverage:
    """The coverage of a BAM or CRAM over the regions of `bed`, or of a JSON document.

    Raises `FileRefused` with everything that is wrong.
    """
    if _is_reads(path):
        if bed is None:
            raise refusal(path.name, N_("reads need the BED of the panel"))
        found = analyse_coverage(
            path,
            bed,
            filters=filters,
            overlap=MateOverlap(overlap),
            build=build,
            reference=reference,
        )
        return _of_reads(found)
    return read_coverage_json(path, build=build, filters=filters)


def _is_reads(path: Path) -> bool:
    if not path.is_file():
        raise refusal(path.name, N_("there is no such file"))
    with path.open("rb") as stream:
        start = stream.read(len(BGZF_END))
    return start.startswith((GZIP_MAGIC, b"CRAM"))


def _of_reads(found: CoverageResult) -> SampleCoverage:
    limits = found.filters
    sentence = N_(
        "reads with mapping quality {mapq} or more, bases with quality {baseq} or more; unmapped, "
        "secondary, duplicate and QC-fail reads left out; {overlap}"
    )
    stated = say(
        sentence,
        mapq=limits.min_mapq or 0,
        baseq=limits.min_base_quality or 0,
        overlap=found.overlap,
    )
    return SampleCoverage(
        file=found.file,
        form="reads",
        mean_depth=found.mean_depth,
        at_1000=dict(found.fraction_at).get(1000),
        regions=tuple(
            CoveredRegion(item.chrom, item.start, item.end, item.name, item.mean_depth)
            for item in found.regions
        ),
        genes=tuple(
            CoveredGene(g.gene, g.bases, g.mean_depth, dict(g.fraction_at).get(1000))
            for g in found.genes
        ),
        exons=tuple(
            CoveredExon(item.exon, item.on_panel, item.mean_depth, item.reach)
            for item in found.exons
        ),
        low_exons=found.low_exons if found.covers_ikzf1 else (() if found.exons else None),
        covers_ikzf1=found.covers_ikzf1,
        build=found.build.name,
        build_basis=found.build.basis.value,
        filters=limits,
        notes=(stated,),
    )


def read_coverage_json(
    path: Path, *, build: str = "", filters: FilterSet = STUDY_FILTERS
) -> SampleCoverage:
    """A coverage document. Raises `FileRefused` naming the key of whatever is wrong."""
    book = ProblemBook(path.name)
    check_size(path, book, JSON_LIMITS)
    document = _document(path, book)
    if "mean_depth" in document and "regions" in document:
        return _own(document, path.name, book, build, filters)
    return _somatic_db(document, path.name, book, build, filters)


def _document(path: Path, book: ProblemBook) -> dict[str, Any]:
    try:
        found = json.loads(
            path.read_bytes().decode("utf-8-sig"),
            object_pairs_hook=lambda pairs: _once(pairs, book),
            parse_constant=lambda text: book.note(0, N_("{text} is no number"), text=text),
        )
    except UnicodeDecodeError as error:
        raise book.stop(0, N_("not UTF-8 text (byte {byte})"), byte=error.start) from None
    except json.JSONDecodeError as error:
        raise book.stop(error.lineno, N_("not JSON: {why}"), why=error.msg) from None
    except RecursionError:
        raise book.stop(0, N_("not JSON: nested too deeply")) from None
    if not isinstance(found, dict) or not found:
        raise book.stop(0, N_("not a coverage: the document is no table of genes or regions"))
    book.refuse()
    return found


def _once(pairs: list[tuple[str, Any]], book: ProblemBook) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        book.note(0, N_("the key {name} stands twice"), name=twice)
    return found


# --- our own -------------------------------------------------------------------------------------


def _own(
    document: dict[str, Any], file: str, book: ProblemBook, build: str, filters: FilterSet
) -> SampleCoverage:
    """What `python -m analysis coverage --json` wrote."""
    mean = _number(document, "mean_depth", "", book)
    shares = document.get("fraction_at")
    shares = shares if isinstance(shares, dict) else {}
    at_1000 = _number(shares, "1000", "fraction_at", book, most=1) if "1000" in shares else None
    regions = [_own_region(item, place, book) for place, item in _listed(document, "regions", book)]
    exons = [_own_exon(item, place, book) for place, item in _listed(document, "ikzf1_exons", book)]
    genes = document.get("genes") if isinstance(document.get("genes"), dict) else {}
    covered = [_own_gene(name, item, book) for name, item in genes.items()]
    found, basis = _build(document.get("build"), build, book)
    book.refuse()
    return SampleCoverage(
        file=file,
        form="json",
        mean_depth=mean,
        at_1000=at_1000,
        regions=tuple(regions),
        genes=tuple(covered),
        exons=tuple(exons),
        low_exons=_low(exons),
        covers_ikzf1=_covers(exons) if exons else None,
        build=found,
        build_basis=basis,
        filters=filters,
        notes=_stated_limits(document),
    )


def _stated_limits(document: dict[str, Any]) -> tuple[Message, ...]:
    mapq, baseq = document.get("min_mapq"), document.get("min_base_quality")
    if not (isinstance(mapq, int) and isinstance(baseq, int)):
        return (say(N_("the document does not say which reads and bases were counted")),)
    sentence = N_("counted: mapping quality {mapq} or more, base quality {baseq} or more")
    return (say(sentence, mapq=mapq, baseq=baseq),)


def _own_region(item: Any, place: str, book: ProblemBook) -> CoveredRegion | None:
    if not isinstance(item, dict):
        book.note(0, N_("{place} is no region"), place=place)
        return None
    return CoveredRegion(
        chrom=_text(item, "chrom", place, book),
        start=_whole(item, "start", place, book),
        end=_whole(item, "end", place, book),
        name=item["name"] if isinstance(item.get("name"), str) else "",
        mean_depth=_number(item, "mean_depth", place, book),
    )


def _own_gene(name: str, item: Any, book: ProblemBook) -> CoveredGene | None:
    place = f"genes.{name}"
    if not isinstance(item, dict):
        book.note(0, N_("{place} is no gene"), place=place)
        return None
    shares = item.get("fraction_at") if isinstance(item.get("fraction_at"), dict) else {}
    return CoveredGene(
        gene=name,
        bases=_whole(item, "bases", place, book),
        mean_depth=_number(item, "mean_depth", place, book),
        at_1000=_number(shares, "1000", place, book, most=1) if "1000" in shares else None,
    )


def _own_exon(item: Any, place: str, book: ProblemBook) -> CoveredExon | None:
    reach = item.get("reach") if isinstance(item, dict) else None
    number = item.get("exon") if isinstance(item, dict) else None
    if reach not in [member.value for member in Reach] or number not in range(1, 9):
        book.note(0, N_("{place} is no exon of IKZF1"), place=place)
        return None
    depth = None if item.get("mean_depth") is None else _number(item, "mean_depth", place, book)
    share = _number(item, "on_panel", place, book, most=1)
    return CoveredExon(number, share, depth, Reach(reach))


# --- somatic_db ----------------------------------------------------------------------------------


def _somatic_db(
    document: dict[str, Any], file: str, book: ProblemBook, build: str, filters: FilterSet
) -> SampleCoverage:
    """By gene: `average_depth`, and `genescreen_regions` or `hotspot_regions` with their own."""
    genes, regions = [], []
    for name, item in document.items():
        if not isinstance(item, dict) or "average_depth" not in item:
            book.note(0, N_("{place} has no average_depth"), place=name)
            continue
        depth = _number(item, "average_depth", name, book)
        own = [
            _somatic_region(region, place, book)
            for kind in ("genescreen_regions", "hotspot_regions")
            for place, region in _listed(item, kind, book, where=name)
        ]
        genes.append(CoveredGene(name, _bases(own), depth, None))
        regions += own
    book.refuse()
    ours = [item for item in regions if item.name.split("(")[0] == "IKZF1"]
    found, basis = _build(None, build, book)
    exons = _exons_of(ours, found, filters)
    return SampleCoverage(
        file=file,
        form="somatic_db",
        mean_depth=_weighted(regions),
        at_1000=None,
        regions=tuple(regions),
        genes=tuple(genes),
        exons=exons,
        low_exons=_low(exons) if exons else (None if "IKZF1" in document else ()),
        covers_ikzf1="IKZF1" in document,
        build=found,
        build_basis=basis,
        filters=filters,
        notes=(
            say(N_("mean depth: of the listed regions, each by its bases")),
            say(N_("the document does not say which reads and bases were counted")),
        ),
    )


def _somatic_region(item: Any, place: str, book: ProblemBook) -> CoveredRegion:
    if not isinstance(item, dict):
        book.note(0, N_("{place} is no region"), place=place)
        item = {}
    return CoveredRegion(
        chrom=_text(item, "chr", place, book),
        start=_whole(item, "pos_start", place, book),
        end=_whole(item, "pos_end", place, book),
        name=_text(item, "hgvs_c", place, book),
        mean_depth=_number(item, "average_coverage", place, book),
    )


def _bases(regions: list[CoveredRegion]) -> int | None:
    return sum(item.end - item.start for item in regions) or None


def _weighted(regions: list[CoveredRegion]) -> float | None:
    bases = _bases(regions)
    if not bases:
        return None
    total = sum(item.mean_depth * (item.end - item.start) for item in regions)
    return round(total / bases, 4)


def _exons_of(
    regions: list[CoveredRegion], build: str, filters: FilterSet
) -> tuple[CoveredExon, ...]:
    """IKZF1's exons by the regions that lie on their coding bases; none without a build."""
    if build not in ("GRCh37", "GRCh38") or not regions:
        return ()
    found = []
    for exon in ikzf1().exons:
        start, end = coding_span(exon, build)
        parts = [
            (max(0, min(end, item.end) - max(start - 1, item.start)), item.mean_depth)
            for item in regions
        ]
        bases = sum(size for size, _ in parts)
        mean = round(sum(size * depth for size, depth in parts) / bases, 4) if bases else None
        share = min(1.0, bases / (end - start + 1))
        found.append(
            CoveredExon(
                exon.number,
                round(share, 4),
                mean,
                reach_of(share, mean, filters.min_region_depth or 0),
            )
        )
    return tuple(found)


# --- what both have ------------------------------------------------------------------------------


def _low(exons: Any) -> tuple[int, ...] | None:
    """As `CoverageResult.low_exons`; None where the exons are not told."""
    told = [item for item in exons if item is not None]
    if not told:
        return None
    if not _covers(told):
        return ()
    return tuple(
        item.exon
        for item in told
        if item.reach is not Reach.ENOUGH and not (item.exon == 1 and item.reach is not Reach.LOW)
    )


def _covers(exons: Any) -> bool:
    return any(item.reach is not Reach.NOT_ON_PANEL for item in exons if item and item.exon > 1)


def _build(stated: Any, wanted: str, book: ProblemBook) -> tuple[str, str]:
    """(build, basis); the document's own, else the one that a person states."""
    own = build_named(stated) if isinstance(stated, str) else ""
    if own and wanted and own != wanted:
        book.note(0, N_("the document is on {found}, but {wanted} is asked for"), found=own,
                  wanted=wanted)  # fmt: skip
    return (own, "name") if own else (wanted, "unknown")


def _listed(
    item: dict[str, Any], key: str, book: ProblemBook, where: str = ""
) -> list[tuple[str, Any]]:
    """(place, entry) of a list that may be absent."""
    place = f"{where}.{key}" if where else key
    found = item.get(key)
    if found is None:
        return []
    if not isinstance(found, list):
        book.note(0, N_("{place} is no list"), place=place)
        return []
    return [(f"{place}[{number}]", entry) for number, entry in enumerate(found)]


def _number(
    item: dict[str, Any], key: str, place: str, book: ProblemBook, most: float = MOST
) -> float:
    value = item.get(key)
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not number or not 0 <= value <= most:
        sentence = N_("{place} is no number between 0 and {most}: {value}")
        where = f"{place}.{key}" if place else key
        book.note(0, sentence, place=where, most=most, value=str(value))
        return 0.0
    return float(value)


def _whole(item: dict[str, Any], key: str, place: str, book: ProblemBook) -> int:
    value = item.get(key)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 300_000_000:
        sentence = N_("{place} is no position: {value}")
        book.note(0, sentence, place=f"{place}.{key}", value=str(value))
        return 0
    return value


def _text(item: dict[str, Any], key: str, place: str, book: ProblemBook) -> str:
    value = item.get(key)
    if not isinstance(value, str) or not value.strip() or not value.isprintable():
        book.note(0, N_("{place} is no text: {value}"), place=f"{place}.{key}", value=str(value))
        return ""
    return value
