"""A probemix as its lot's sheet describes it. Nothing about a lot is built in.

Lengths and ligation sites change with the lot, so they are read from a sheet with the columns
`probe, gene, exon, length, position, kind, use`: `length` in nucleotides, `kind` reference or
target, `use` vendor claim or research use. Lines such as `# lot: B4-0120` or `# status: confirmed`
describe the sheet; without the latter it counts as unconfirmed; `# ratio het_del: 0.40-0.65` and
the like change the ratio table for the lot (`ratio_table`). For P335 a template without
lengths is offered (`template_sheet`), to be filled in from the lot's product description.
"""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from analysis.calls import Certainty
from analysis.file_problems import ProblemBook, Unreadable, refusal
from analysis.grid import Grid, Row, number, read_grids
from analysis.mlpa.columns import Columns, find_columns
from analysis.wording import N_, Labelled

TEMPLATE_FILE = Path(__file__).parent.parent / "data" / "p335_template.json"
SHEET_COLUMNS = ("probe", "gene", "exon", "length", "position", "kind", "use")
SHORTEST, LONGEST = 40.0, 1000.0
IKZF1 = "IKZF1"


class ProbeKind(Labelled):
    REFERENCE = "reference", N_("reference probe")
    TARGET = "target", N_("target probe")


class ProbeUse(Labelled):
    """Whether the vendor claims diagnostic use of the probe's gene."""

    VENDOR_CLAIM = "vendor claim", N_("vendor's diagnostic claim")
    RESEARCH_USE = "research use", N_("research use only")


KINDS = {
    "reference": ProbeKind.REFERENCE,
    "ref": ProbeKind.REFERENCE,
    "control": ProbeKind.REFERENCE,
    "参照": ProbeKind.REFERENCE,
    "对照": ProbeKind.REFERENCE,
    "target": ProbeKind.TARGET,
    "test": ProbeKind.TARGET,
    "目标": ProbeKind.TARGET,
}
USES = {
    "vendor claim": ProbeUse.VENDOR_CLAIM,
    "ivd": ProbeUse.VENDOR_CLAIM,
    "research use": ProbeUse.RESEARCH_USE,
    "ruo": ProbeUse.RESEARCH_USE,
    "": ProbeUse.RESEARCH_USE,
}


@dataclass(frozen=True)
class Probe:
    """`length` in nucleotides; `exon` "" outside exons; `line` in the sheet."""

    name: str
    gene: str
    exon: str
    length: float
    position: str
    kind: ProbeKind
    use: ProbeUse
    line: int = 0


@dataclass(frozen=True)
class Probemix:
    """The probes of one lot, in the order of the sheet (the order along each gene). `notes` are the
    sheet's `# name: value` lines, which may hold its own ratio table (`ratio_table.table_of`)."""

    name: str
    lot: str
    probes: tuple[Probe, ...]
    certainty: Certainty = Certainty.UNCONFIRMED
    source: str = ""
    notes: tuple[tuple[str, str], ...] = ()

    @property
    def targets(self) -> tuple[Probe, ...]:
        return tuple(probe for probe in self.probes if probe.kind is ProbeKind.TARGET)

    @property
    def references(self) -> tuple[Probe, ...]:
        return tuple(probe for probe in self.probes if probe.kind is ProbeKind.REFERENCE)


@dataclass(frozen=True)
class ControlFragments:
    """Lengths (nt) of the kit's control fragments. `benchmark` is the one that the others are
    compared with; it depends on ligation."""

    quantity: tuple[float, ...]
    denaturation: tuple[float, ...]
    benchmark: float
    x: float
    y: float
    certainty: Certainty
    source: str

    @property
    def lengths(self) -> tuple[float, ...]:
        return (*self.quantity, *self.denaturation, self.benchmark, self.x, self.y)


def read_probemix(content: bytes, *, file: str) -> Probemix:
    """The sheet in `content`. Raises `FileRefused` with every problem found."""
    return probemix_of(read_grids(content, file=file)[0])


def probemix_of(grid: Grid) -> Probemix:
    """`read_probemix` for a table that is already read."""
    wanted = {name: (name,) for name in SHEET_COLUMNS}
    columns = find_columns(grid, wanted=wanted, required=SHEET_COLUMNS)
    book = ProblemBook(grid.file)
    probes = []
    for row in columns.rows(book):
        probe = book.attempt(row.line, lambda row=row: _probe(columns, row))
        if probe is not None:
            probes.append(probe)
    _check_distinct(probes, book)
    book.refuse()
    for kind in ProbeKind:
        if not any(probe.kind is kind for probe in probes):
            raise refusal(grid.file, N_("holds no {kind}"), kind=kind)
    notes = dict(grid.notes)
    confirmed = notes.get("status", "").casefold() == "confirmed"
    return Probemix(
        name=notes.get("probemix", ""),
        lot=notes.get("lot", ""),
        probes=tuple(probes),
        certainty=Certainty.ESTABLISHED if confirmed else Certainty.UNCONFIRMED,
        source=notes.get("source", "") or grid.file,
        notes=grid.notes,
    )


def _probe(columns: Columns, row: Row) -> Probe:
    name, gene, exon = (columns.value(row, key) for key in ("probe", "gene", "exon"))
    kind = KINDS.get(columns.value(row, "kind").casefold())
    use = USES.get(columns.value(row, "use").casefold())
    if not name:
        raise Unreadable(N_("the probe's name is missing"))
    if kind is None:
        sentence = N_('{probe}: kind is "reference" or "target", not "{value}"')
        raise Unreadable(sentence, probe=name, value=columns.value(row, "kind")[:40])
    if use is None:
        sentence = N_('{probe}: use is "vendor claim" or "research use", not "{value}"')
        raise Unreadable(sentence, probe=name, value=columns.value(row, "use")[:40])
    if kind is ProbeKind.TARGET and not gene:
        raise Unreadable(N_("{probe}: a target probe needs a gene"), probe=name)
    gene = IKZF1 if gene.upper() == IKZF1 else gene
    if gene == IKZF1 and kind is ProbeKind.TARGET and exon not in tuple("12345678"):
        sentence = N_('{probe}: IKZF1 has exons 1 to 8, not "{value}"')
        raise Unreadable(sentence, probe=name, value=exon[:40])
    if not columns.value(row, "length"):
        sentence = N_("{probe}: the length is missing (see the lot's product description)")
        raise Unreadable(sentence, probe=name)
    length = number(columns.value(row, "length"), "length", least=SHORTEST)
    if length > LONGEST:
        raise Unreadable(N_("{probe}: a length above {limit} nt"), probe=name, limit=LONGEST)
    return Probe(name, gene, exon, length, columns.value(row, "position"), kind, use, row.line)


def _check_distinct(probes: list[Probe], book: ProblemBook) -> None:
    names: dict[str, Probe] = {}
    lengths: dict[float, Probe] = {}
    for probe in probes:
        first = names.setdefault(probe.name, probe)
        if first is not probe:
            sentence = N_("{probe} already stands in line {line_before}")
            book.note(probe.line, sentence, probe=probe.name, line_before=first.line)
            continue
        other = lengths.setdefault(probe.length, probe)
        if other is not probe:
            sentence = N_("{probe} has the same length as {other}: {length} nt")
            book.note(probe.line, sentence, probe=probe.name, other=other.name, length=probe.length)


@cache
def p335_template() -> dict:
    """What is known of P335, each part with its certainty; see the file itself."""
    return json.loads(TEMPLATE_FILE.read_text(encoding="utf-8"))


@cache
def control_fragments() -> ControlFragments:
    """The control fragments of the P335 template (certainty: unconfirmed)."""
    part = p335_template()["control_fragments"]
    return ControlFragments(
        quantity=tuple(part["quantity"]),
        denaturation=tuple(part["denaturation"]),
        benchmark=part["benchmark"],
        x=part["x"],
        y=part["y"],
        certainty=Certainty(part["certainty"]),
        source=part["source"],
    )


def template_sheet() -> str:
    """A P335 sheet as comma-separated text, lengths empty: it is refused until they are filled in.

    Its first lines say that it is unconfirmed.
    """
    out = io.StringIO()
    out.write("# probemix: P335\n# lot:\n# status: unconfirmed\n")
    out.write("# source: template from memory; take lengths from the lot's product description\n")
    table = csv.writer(out, lineterminator="\n")
    table.writerow(SHEET_COLUMNS)
    for item in p335_template()["probes"]:
        table.writerow([*(item[name] for name in ("probe", "gene", "exon")), "",
                        item["position"], item["kind"], item["use"]])  # fmt: skip
    return out.getvalue()
