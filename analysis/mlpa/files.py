"""Files as a laboratory has them -> calls: told apart by their headers, or ratios by a mapping."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from analysis.calls import Evidence, Reason
from analysis.file_problems import refusal
from analysis.grid import Grid, read_grids, read_limited
from analysis.mlpa.calling import Measured, not_evaluable
from analysis.mlpa.columns import HEADER_WITHIN, plain
from analysis.mlpa.probemix import Probe, ProbeKind, Probemix, ProbeUse, probemix_of
from analysis.mlpa.quality import SampleQuality, noise_check
from analysis.mlpa.ratio_files import KNOWN_MAPPINGS, RatioFile, RatioMapping, ratios_of
from analysis.mlpa.readers import PeakTable, peaks_of
from analysis.mlpa.results import RunResult, SampleResult
from analysis.mlpa.run import Settings, analyse, genes_of, table_reason
from analysis.mlpa.run_sheet import SampleInfo, run_sheet_of
from analysis.wording import N_, say


@dataclass(frozen=True)
class ReadFile:
    """One file as it was told apart: `kind` is "peaks", "probemix", "run sheet" or "ratios"."""

    name: str
    sha256: str
    kind: str
    rows: int


@dataclass(frozen=True)
class RunFiles:
    """The files of one run: peak tables with their probemix, or one file of ratios; exactly one of
    `tables` and `ratios` is there. `sheet` is what the run sheet says of the samples."""

    files: tuple[ReadFile, ...]
    tables: tuple[PeakTable, ...] = ()
    probemix: Probemix | None = None
    ratios: RatioFile | None = None
    sheet: tuple[SampleInfo, ...] = ()

    @property
    def samples(self) -> tuple[tuple[str, str], ...]:
        """(file, name) of every sample, in the order of the files."""
        if self.ratios is not None:
            return tuple((self.ratios.file, name) for name in self.ratios.samples)
        return tuple((table.file, item.name) for table in self.tables for item in table.samples)


def analyse_files(
    paths: Sequence[Path],
    *,
    mapping: RatioMapping | None = None,
    settings: Settings | None = None,
    samples: Sequence[SampleInfo] | None = None,
) -> RunResult:
    """Files of one run, told apart by their headers: peak tables, one probemix sheet and a run
    sheet; or one file of ratios (and a run sheet), by `mapping` or one of the known ones.

    `samples` stand in for the run sheet. Raises `FileRefused`, also where a file is none of these
    or the probemix is missing.
    """
    read = read_files(paths, mapping=mapping)
    infos = read.sheet if samples is None else samples
    if read.ratios is not None:
        return analyse_ratios(read.ratios, samples=infos, settings=settings)
    return analyse(read.tables, probemix=read.probemix, samples=infos, settings=settings)


def read_files(paths: Sequence[Path], *, mapping: RatioMapping | None = None) -> RunFiles:
    """The files of one run, read and not yet judged. Raises `FileRefused`."""
    tables, mixes, infos, ratios, files = [], [], [], [], []
    for path in paths:
        grids = read_grids(read_limited(path), file=path.name)
        kind = "ratios" if mapping and not _is_sheet(grids[0]) else _kind(grids)
        if kind == "peaks":
            tables.append(peaks_of(grids[0]))
        elif kind == "probemix":
            mixes.append(probemix_of(grids[0]))
        elif kind == "run sheet":
            infos += run_sheet_of(grids[0])
        elif kind == "ratios":
            ratios.append(ratios_of(grids, mapping=mapping or _known_mapping(grids)))
        else:
            sentence = N_("is no peak table, probemix sheet, run sheet or known table of ratios")
            raise refusal(path.name, sentence)
        rows = sum(len(grid.rows) for grid in grids)
        files.append(ReadFile(path.name, grids[0].sha256, kind, rows))
    name = paths[0].name if paths else ""
    if len(ratios) == 1 and not tables:
        return RunFiles(tuple(files), ratios=ratios[0], sheet=tuple(infos))
    if ratios or not tables:
        raise refusal(name, N_("peak tables of one run, or one table of ratios, are needed"))
    if len(mixes) != 1:
        sentence = N_("one probemix sheet is needed beside the peak tables, not {count}")
        raise refusal(name, sentence, count=len(mixes))
    return RunFiles(tuple(files), tuple(tables), mixes[0], sheet=tuple(infos))


_HEADERS = (
    ("peaks", {"dye/sample peak", "size", "area"}),
    ("probemix", {"probe", "length", "kind"}),
    ("run sheet", {"sample", "role"}),
)


def _kind(grids: tuple[Grid, ...]) -> str:
    for row in grids[0].rows[:HEADER_WITHIN]:
        cells = {plain(cell) for cell in row.cells}
        for kind, header in _HEADERS:
            if header <= cells:
                return kind
    return "ratios" if _known_mapping(grids) else ""


def _is_sheet(grid: Grid) -> bool:
    return _kind((grid,)) in ("probemix", "run sheet")


def _known_mapping(grids: tuple[Grid, ...]) -> RatioMapping | None:
    for mapping in KNOWN_MAPPINGS:
        needed = {plain(mapping.probe), plain(mapping.gene), plain(mapping.ratio)} - {""}
        for grid in grids:
            if mapping.sheet and grid.sheet and plain(grid.sheet) != plain(mapping.sheet):
                continue
            if any(
                needed <= {plain(cell) for cell in row.cells} for row in grid.rows[:HEADER_WITHIN]
            ):
                return mapping
    return None


def analyse_ratios(
    found: RatioFile, *, samples: Sequence[SampleInfo] = (), settings: Settings | None = None
) -> RunResult:
    """Calls of ratios that other software made. Their quality is not known, save the scatter of
    the reference probes where the file marks them."""
    settings = settings or Settings()
    infos = {info.name: info for info in samples}
    results = tuple(
        _from_ratios(found, infos.get(name, SampleInfo(name)), settings) for name in found.samples
    )
    sentence = N_("Ratios as the file has them; how they were normalised it does not say.")
    table = table_reason(settings.table)
    reasons = (Reason("normalisation", say(sentence)), table)
    return RunResult(None, results, reasons, ((found.file, found.sha256),))


def _from_ratios(found: RatioFile, info: SampleInfo, settings: Settings) -> SampleResult:
    rows = [row for row in found.rows if row.sample == info.name]
    reference = [row.ratio for row in rows if row.reference and row.ratio is not None]
    noise = float(np.std(reference, ddof=1)) if len(reference) > 2 else float("nan")
    claimed = found.mapping.vendor_claim
    place = f"{found.file}:{found.sheet}:" if found.sheet else f"{found.file}:"
    measured = [
        Measured(
            Probe(
                name=row.probe,
                gene=row.gene,
                exon=row.exon,
                length=0.0,
                position="",
                kind=ProbeKind.TARGET,
                use=ProbeUse.VENDOR_CLAIM if row.gene in claimed else ProbeUse.RESEARCH_USE,
                line=row.line,
            ),
            row.ratio if row.ratio is not None else float("nan"),
            evidence=(Evidence("probe", row.probe, f"{row.ratio}", f"{place}{row.line}"),),
        )
        for row in rows
        if row.gene and (found.mapping.references_are_targets or not row.reference)
    ]
    quality = SampleQuality((noise_check(noise, settings.quality),))
    genes = genes_of(measured, info, noise, settings)
    if not quality.adequate:
        why = tuple(check.reason for check in quality.checks if check.stops)
        genes = tuple(not_evaluable(gene, why) for gene in genes)
    return SampleResult(info, found.file, quality, False, genes)
