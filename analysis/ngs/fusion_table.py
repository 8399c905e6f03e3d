"""Fusions of an RNA assay as a table (CSV, TSV or XLSX), read by a mapping of its columns.

A row is one pair of genes in one sample with its answer. A table that lists only what was found
says nothing of the pairs it does not list, unless the mapping names the pairs that the assay looks
for: these are then "not detected" in a sample that was read, "not evaluable" in one that failed.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from analysis.calls import State
from analysis.cohort.fusions import subtype_of
from analysis.file_problems import ProblemBook, Unreadable
from analysis.grid import Row, read_grids, read_limited
from analysis.mlpa.columns import Columns, find_columns
from analysis.ngs.fusion_mapping import FusionMapping
from analysis.wording import N_

_BETWEEN = ("::", "--", "/", "-")
_SYMBOL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,39}")
_READS = re.compile(r"[0-9]{1,8}")


@dataclass(frozen=True)
class FusionCall:
    """One pair in one sample; `line` 0 where the mapping and not a row says it. `state` ALTERED
    stands for "detected". `subtype` "" where the pair is not in the list of known pairs."""

    line: int
    sample: str
    gene_a: str
    gene_b: str
    state: State
    reads: int | None = None
    breakpoints: str = ""
    detail: str = ""

    @property
    def pair(self) -> frozenset[str]:
        """The two genes, whichever is named first."""
        return frozenset((self.gene_a, self.gene_b))

    @property
    def subtype(self) -> str:
        return subtype_of(self.gene_a, self.gene_b)


@dataclass(frozen=True)
class FusionTable:
    """`rows` were read; `left_out` of them are no fusions (splice variants and the like)."""

    file: str
    rows: int
    left_out: int
    calls: tuple[FusionCall, ...]
    mapping: FusionMapping


def read_fusions(path: Path, mapping: FusionMapping, *, sample: str = "") -> FusionTable:
    """The calls of the table at `path`. `sample` names the one sample of a table without a column
    of samples. Raises `FileRefused` with every problem found."""
    grid = read_grids(read_limited(path), file=path.name)[0]
    columns = find_columns(grid, wanted=mapping.columns, required=mapping.required)
    book = ProblemBook(grid.file)
    calls: list[FusionCall] = []
    failed: dict[str, int] = {}
    read: dict[str, int] = {}
    rows = left_out = 0
    for row in columns.rows(book):
        rows += 1
        if mapping.fusion_types and columns.value(row, "type") not in mapping.fusion_types:
            left_out += 1
            continue
        call = book.attempt(row.line, lambda row=row: _call(columns, row, mapping, sample))
        if call is None:
            continue
        if call.gene_a:
            calls.append(call)
            read.setdefault(call.sample, row.line)
        elif call.state is State.NOT_EVALUABLE:
            failed[call.sample] = row.line
        elif mapping.looks_for and call.state is State.NOT_DETECTED:
            read.setdefault(call.sample, row.line)
        else:
            book.note(row.line, N_("no pair of genes is named"))
    if not rows:
        book.note(0, N_("the table has no row"))
    for name in failed.keys() & read.keys():
        sentence = N_("sample {name} failed, but line {other} has a result of it")
        book.note(failed[name], sentence, name=name, other=read[name])
    found = _each_pair_once(calls, book)
    book.refuse()
    whole = [*found, *_looked_for(found, mapping, read, failed)]
    return FusionTable(grid.file, rows, left_out, tuple(whole), mapping)


def _call(columns: Columns, row: Row, mapping: FusionMapping, sample: str) -> FusionCall:
    name = columns.value(row, "sample") if "sample" in mapping.columns else sample
    if not name:
        raise Unreadable(N_("the sample's name is missing"))
    state = _state(columns, row, mapping)
    gene_a, gene_b = _genes(columns, row)
    reads = columns.value(row, "reads") if mapping.reads else ""
    if reads in ("NA", "-"):
        reads = ""
    if reads and not _READS.fullmatch(reads):
        raise Unreadable(N_("the number of reads is no number: {text}"), text=reads)
    if reads and int(reads) == 0 and state is State.ALTERED:
        raise Unreadable(N_("detected, but without a single read"))
    places = [columns.value(row, key) for key in ("breakpoint_a", "breakpoint_b")
              if key in mapping.columns]  # fmt: skip
    return FusionCall(
        line=row.line,
        sample=name,
        gene_a=gene_a,
        gene_b=gene_b,
        state=state,
        reads=int(reads) if reads else None,
        breakpoints=" / ".join(filter(None, places)),
        detail=columns.value(row, "detail") if mapping.detail else "",
    )


def _state(columns: Columns, row: Row, mapping: FusionMapping) -> State:
    if mapping.contaminated:
        word = columns.value(row, "contaminated")
        if word.casefold() in mapping.contaminated_words:
            return State.NOT_EVALUABLE
    if not mapping.result:
        return State.ALTERED
    word = columns.value(row, "result")
    for state, words in mapping.words:
        if word.casefold() in words:
            return state
    raise Unreadable(N_("no known result: {text}"), text=word or "-")


def _genes(columns: Columns, row: Row) -> tuple[str, str]:
    """The pair of a row, ("", "") where it names none."""
    if "gene_a" in columns.places:
        pair = columns.value(row, "gene_a"), columns.value(row, "gene_b")
        if not any(pair):
            return "", ""
        sides = [[side] for side in pair]
    else:
        text = columns.value(row, "fusion")
        if not text:
            return "", ""
        sides = split_fusion(text)
    for side in sides:
        for gene in side:
            if not _SYMBOL.fullmatch(gene):
                raise Unreadable(N_("no gene symbol: {text}"), text=gene or "-")
    return _best([(a, b) for a in sides[0] for b in sides[1]])


def split_fusion(text: str) -> list[list[str]]:
    """The two sides of "ETV6::RUNX1", "CCDC6--RET", "NCOA4/RET" or "EML4-ALK"; each with the genes
    that overlap there ("ROS1;GOPC"). Raises `Unreadable` where the sides cannot be told apart."""
    for mark in _BETWEEN:
        parts = [part.strip() for part in text.split(mark)]
        if len(parts) == 2 and all(parts):
            return [[gene.strip() for gene in part.split(";")] for part in parts]
        if len(parts) > 2:
            cuts = [(mark.join(parts[:n]), mark.join(parts[n:])) for n in range(1, len(parts))]
            known = [cut for cut in cuts if subtype_of(*cut)]
            if len(known) == 1:
                return [[known[0][0]], [known[0][1]]]
            break
    raise Unreadable(N_("the two genes cannot be told apart: {text}"), text=text)


def _best(pairs: list[tuple[str, str]]) -> tuple[str, str]:
    """The listed pair of those that overlap, else the first."""
    return next((pair for pair in pairs if subtype_of(*pair)), pairs[0])


def _each_pair_once(calls: Iterable[FusionCall], book: ProblemBook) -> list[FusionCall]:
    """Several breakpoints of one pair are one finding: the one with the most reads speaks."""
    groups: dict[tuple[str, frozenset[str]], list[FusionCall]] = defaultdict(list)
    for call in calls:
        groups[call.sample, call.pair].append(call)
    found = []
    for own in groups.values():
        if len({call.state for call in own}) > 1:
            sentence = N_("{pair} of sample {sample} has another result on line {other}")
            pair = f"{own[1].gene_a}::{own[1].gene_b}"
            book.note(own[-1].line, sentence, pair=pair, sample=own[0].sample, other=own[0].line)
        found.append(max(own, key=lambda call: call.reads or 0))
    return found


def _looked_for(
    found: list[FusionCall], mapping: FusionMapping, read: dict[str, int], failed: dict[str, int]
) -> list[FusionCall]:
    """The pairs of the assay that no row names."""
    named = {(call.sample, call.pair) for call in found}
    told = [FusionCall(line, sample, "", "", State.NOT_DETECTED) for sample, line in read.items()]
    told += [FusionCall(n, sample, "", "", State.NOT_EVALUABLE) for sample, n in failed.items()]
    return [
        replace(call, line=0, gene_a=a, gene_b=b)
        for call in told
        for a, b in mapping.looks_for
        if (call.sample, frozenset((a, b))) not in named
    ]
