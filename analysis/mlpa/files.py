"""Files as a laboratory has them -> calls: told apart by their headers, or ratios by a mapping."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from analysis.calls import Evidence, Reason
from analysis.file_problems import refusal
from analysis.mlpa.calling import Measured, not_evaluable
from analysis.mlpa.columns import HEADER_WITHIN, plain
from analysis.mlpa.grid import Grid, read_grids, read_limited
from analysis.mlpa.probemix import Probe, ProbeKind, ProbeUse, probemix_of
from analysis.mlpa.quality import SampleQuality, noise_check
from analysis.mlpa.ratio_files import KNOWN_MAPPINGS, RatioFile, RatioMapping, ratios_of
from analysis.mlpa.readers import peaks_of
from analysis.mlpa.results import RunResult, SampleResult
from analysis.mlpa.run import Settings, analyse, genes_of, table_reason
from analysis.mlpa.run_sheet import SampleInfo, run_sheet_of
from analysis.wording import N_, say


def analyse_files(
    paths: Sequence[Path],
    *,
    mapping: RatioMapping | None = None,
    settings: Settings | None = None,
) -> RunResult:
    """Files of one run, told apart by their headers: peak tables, one probemix sheet and a run
    sheet; or one file of ratios (and a run sheet), by `mapping` or one of the known ones.

    Raises `FileRefused`, also where a file is none of these or the probemix is missing.
    """
    tables, mixes, infos, ratios = [], [], [], []
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
    name = paths[0].name if paths else ""
    if len(ratios) == 1 and not tables:
        return analyse_ratios(ratios[0], samples=infos, settings=settings)
    if ratios or not tables:
        raise refusal(name, N_("peak tables of one run, or one table of ratios, are needed"))
    if len(mixes) != 1:
        sentence = N_("one probemix sheet is needed beside the peak tables, not {count}")
        raise refusal(name, sentence, count=len(mixes))
    return analyse(tables, probemix=mixes[0], samples=infos, settings=settings)


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
