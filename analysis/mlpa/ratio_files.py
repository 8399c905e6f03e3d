"""Ratio tables that vendor software exports, XLSX or text, read by a column mapping.

Two shapes: one column a sample (`samples` names them, or all columns right of the last mapped or
ignored one), or one row a probe and sample (`sample` and `ratio` name those columns).
"""

from __future__ import annotations

from dataclasses import dataclass

from analysis.file_problems import ProblemBook, Unreadable, refusal
from analysis.grid import Grid, Row, number, read_grids
from analysis.mlpa.columns import Columns, find_columns, plain
from analysis.mlpa.probemix import IKZF1
from analysis.wording import N_

YES = frozenset({"yes", "y", "1", "true", "reference", "ref", "是", "参照"})
MAX_RATIO = 20.0


@dataclass(frozen=True)
class RatioMapping:
    """Names of the columns of one kind of export. `sheet` "" takes the first that has the header.

    `reference` marks reference probes by "yes" or "reference"; `keep` is (column, values): rows
    with another value are left out. `ignored` columns hold no sample. `vendor_claim` names the
    genes for which the vendor claims diagnostic use. `references_are_targets`: a probe that serves
    as reference is called as well. Raises ValueError where only one of `sample`
    and `ratio` is given.
    """

    name: str
    probe: str
    gene: str
    exon: str = ""
    sheet: str = ""
    reference: str = ""
    sample: str = ""
    ratio: str = ""
    samples: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    keep: tuple[str, tuple[str, ...]] | None = None
    vendor_claim: tuple[str, ...] = (IKZF1,)
    references_are_targets: bool = False

    def __post_init__(self) -> None:
        if bool(self.sample) != bool(self.ratio):
            raise ValueError("the columns of sample and ratio are given together, or neither")


# As a workbook of the digital MLPA software names its columns (read from a public example).
DIGITAL_MLPA = RatioMapping(
    name="digital MLPA workbook",
    sheet="Gene filtered results",
    probe="Probe number",
    gene="Gene",
    exon="Exon",
    reference="Reference probe",
    ignored=(
        "Probe order",
        "Mapview (hg38) in kb",
        "Chromosomal band (hg38)",
        "Normal copy number",
        "Probe type",
        "Additional information",
    ),
    keep=("Probe type", ("CN",)),
    vendor_claim=(),
    references_are_targets=True,
)
PLAIN = RatioMapping(
    name="one row a probe and sample",
    probe="probe",
    gene="gene",
    exon="exon",
    reference="kind",
    sample="sample",
    ratio="ratio",
)
KNOWN_MAPPINGS = (DIGITAL_MLPA, PLAIN)


@dataclass(frozen=True)
class RatioRow:
    """One probe's ratio in one sample; None where the cell is empty. 1 is two copies."""

    sample: str
    probe: str
    gene: str
    exon: str
    reference: bool
    ratio: float | None
    line: int


@dataclass(frozen=True)
class RatioFile:
    """`left_out`: rows that `keep` of the mapping leaves out."""

    file: str
    sha256: str
    sheet: str
    mapping: RatioMapping
    rows: tuple[RatioRow, ...]
    left_out: int = 0

    @property
    def samples(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(row.sample for row in self.rows))


def read_ratios(content: bytes, *, file: str, mapping: RatioMapping) -> RatioFile:
    """The ratios in `content`. Raises `FileRefused` with every problem found."""
    return ratios_of(read_grids(content, file=file), mapping=mapping)


def ratios_of(grids: tuple[Grid, ...], *, mapping: RatioMapping) -> RatioFile:
    """`read_ratios` for a file that is already read; a text file has one grid without a name."""
    grid = _grid(grids, mapping)
    columns = find_columns(grid, wanted=_wanted(mapping), required=_required(mapping))
    sample_places = _sample_places(columns, mapping)
    book = ProblemBook(grid.file)
    rows: list[RatioRow] = []
    left_out = 0
    for row in columns.rows(book):
        if mapping.keep and columns.value(row, "keep") not in mapping.keep[1]:
            left_out += 1
            continue
        for sample, place in sample_places or [(columns.value(row, "sample"), None)]:
            found = book.attempt(
                row.line,
                lambda row=row, sample=sample, place=place: _ratio(columns, row, sample, place),
            )
            if found is not None:
                rows.append(found)
    _check_distinct(rows, book)
    book.refuse()
    if not rows:
        raise refusal(grid.file, N_("holds no ratio"))
    return RatioFile(grid.file, grid.sha256, grid.sheet, mapping, tuple(rows), left_out)


def _grid(grids: tuple[Grid, ...], mapping: RatioMapping) -> Grid:
    if not mapping.sheet or not grids[0].sheet:
        return grids[0]
    for grid in grids:
        if plain(grid.sheet) == plain(mapping.sheet):
            return grid
    sentence = N_("has no sheet called {sheet}, only {sheets}")
    names = tuple(grid.sheet for grid in grids)
    raise refusal(grids[0].file, sentence, sheet=mapping.sheet, sheets=names)


def _wanted(mapping: RatioMapping) -> dict[str, tuple[str, ...]]:
    names = {key: getattr(mapping, key)
             for key in ("probe", "gene", "exon", "reference", "sample", "ratio")}  # fmt: skip
    if mapping.keep:
        names["keep"] = mapping.keep[0]
    return {key: (name,) for key, name in names.items() if name}


def _required(mapping: RatioMapping) -> tuple[str, ...]:
    return tuple(key for key in _wanted(mapping) if key not in ("exon", "reference"))


def _sample_places(columns: Columns, mapping: RatioMapping) -> list[tuple[str, int]]:
    """(sample, place) of each column of ratios; none where rows name their sample."""
    if mapping.sample:
        return []
    taken = {plain(name) for names in _wanted(mapping).values() for name in names}
    taken |= {plain(name) for name in mapping.ignored}
    wanted = {plain(name) for name in mapping.samples}
    found = []
    for place, cell in enumerate(columns.header.cells[: columns.width]):
        name = plain(cell)
        if name and (name in wanted if wanted else name not in taken):
            found.append((cell, place))
    names = [plain(name) for name, _ in found]
    missing = tuple(name for name in mapping.samples if plain(name) not in names)
    file, line = columns.grid.file, columns.header.line
    if missing:
        raise refusal(file, N_("has no column for {samples}"), line=line, samples=missing)
    if not found:
        raise refusal(file, N_("has no column of a sample"), line=line)
    if len(set(names)) != len(names):
        raise refusal(file, N_("two columns have the same sample"), line=line)
    return found


def _ratio(columns: Columns, row: Row, sample: str, place: int | None) -> RatioRow:
    probe, gene = columns.value(row, "probe"), columns.value(row, "gene")
    if not sample:
        raise Unreadable(N_("the sample's name is missing"))
    if not probe:
        raise Unreadable(N_("the probe's name is missing"))
    reference = columns.value(row, "reference").casefold() in YES
    if not gene and not reference:
        raise Unreadable(N_("{probe}: a target probe needs a gene"), probe=probe)
    written = columns.value(row, "ratio") if place is None else row.cells[place]
    ratio = number(written, "ratio") if written else None
    if ratio is not None and ratio > MAX_RATIO:
        sentence = N_("{probe}: a ratio of {value} is none (1 is two copies)")
        raise Unreadable(sentence, probe=probe, value=written[:40])
    exon = columns.value(row, "exon")
    exon = exon.lstrip("0") or exon
    gene = IKZF1 if gene.upper() == IKZF1 else gene
    if gene == IKZF1 and not reference and exon not in tuple("12345678"):
        sentence = N_('{probe}: IKZF1 has exons 1 to 8, not "{value}"')
        raise Unreadable(sentence, probe=probe, value=exon[:40])
    return RatioRow(sample, probe, gene, exon, reference, ratio, row.line)


def _check_distinct(rows: list[RatioRow], book: ProblemBook) -> None:
    seen: dict[tuple[str, str], int] = {}
    for row in rows:
        earlier = seen.setdefault((row.sample, row.probe), row.line)
        if earlier != row.line:
            sentence = N_("{probe} of sample {sample} already stands in line {line_before}")
            book.note(row.line, sentence, probe=row.probe, sample=row.sample, line_before=earlier)
