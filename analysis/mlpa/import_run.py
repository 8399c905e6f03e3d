"""What an importer asks of a run's files: first who is in them, then what they show.

Two steps, because between them the importer looks up the recorded sex and blasts of each sample.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from analysis.grid import read_grids, read_limited
from analysis.mlpa.columns import HEADER_WITHIN, plain
from analysis.mlpa.files import ReadFile, analyse_files, read_files
from analysis.mlpa.quality import Outcome
from analysis.mlpa.ratio_files import RatioMapping
from analysis.mlpa.results import RunResult, SampleResult
from analysis.mlpa.run import Settings
from analysis.mlpa.run_sheet import Role, SampleInfo
from analysis.sample_sheet import COLUMNS, SampleSheet, read_sample_sheet

SEX = "sex"
# Stands in for a decision while nobody has made one: what the calls would be, if.
PENDING = "(to be decided)"


@dataclass(frozen=True)
class RunContents:
    """Who is in the files. `samples` are (file, name); `identities` comes from the sample sheet, or
    from a run sheet that carries its columns; None where neither is there."""

    files: tuple[ReadFile, ...]
    samples: tuple[tuple[str, str], ...]
    sheet: tuple[SampleInfo, ...]
    identities: SampleSheet | None
    probemix: str = ""
    lot: str = ""

    def infos(self) -> dict[str, SampleInfo]:
        """What is known of each sample; one that the sheet does not name is a patient."""
        given = {info.name: info for info in self.sheet}
        return {name: given.get(name, SampleInfo(name)) for _file, name in self.samples}


@dataclass(frozen=True)
class ImportedRun:
    """`held`: samples whose sex contradicts the record, called as if the contradiction were none;
    they are used only when a person has decided so."""

    result: RunResult
    held: tuple[SampleResult, ...] = ()


def contents(
    paths: Sequence[Path], *, mapping: RatioMapping | None = None, samples: Path | None = None
) -> RunContents:
    """Who is in the files of one run; `samples` is a sample sheet. Raises `FileRefused`."""
    read = read_files(paths, mapping=mapping)
    sheet = samples or _run_sheet_with_identities(paths, read.files)
    mix = read.probemix
    return RunContents(
        files=read.files,
        samples=read.samples,
        sheet=read.sheet,
        identities=read_sample_sheet(sheet) if sheet else None,
        probemix=mix.name if mix else "",
        lot=mix.lot if mix else "",
    )


def analyse_run(
    paths: Sequence[Path],
    *,
    infos: Sequence[SampleInfo],
    mapping: RatioMapping | None = None,
    settings: Settings | None = None,
) -> ImportedRun:
    """The calls of a run, with `infos` for its samples. Raises `FileRefused`."""
    result = analyse_files(paths, mapping=mapping, settings=settings, samples=infos)
    blocked = {sample.info.name for sample in result.samples if is_blocked(sample)}
    if not blocked:
        return ImportedRun(result)
    supposed = [
        replace(info, sex_decision=PENDING) if info.name in blocked else info for info in infos
    ]
    again = analyse_files(paths, mapping=mapping, settings=settings, samples=supposed)
    return ImportedRun(result, tuple(item for item in again.samples if item.info.name in blocked))


def is_blocked(sample: SampleResult) -> bool:
    """A patient whose X and Y fragments contradict the record, undecided so far."""
    return sample.info.role is Role.PATIENT and any(
        check.outcome is Outcome.BLOCKED for check in sample.quality.checks
    )


def _run_sheet_with_identities(paths: Sequence[Path], files: Sequence[ReadFile]) -> Path | None:
    wanted = {plain(name) for name in COLUMNS["specimen"]}
    for path, file in zip(paths, files, strict=True):
        if file.kind != "run sheet":
            continue
        grid = read_grids(read_limited(path), file=path.name)[0]
        if any(wanted & {plain(cell) for cell in row.cells} for row in grid.rows[:HEADER_WITHIN]):
            return path
    return None
