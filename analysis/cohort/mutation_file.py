"""A cohort out of a MAF and, if there is one, the clinical table of its children.

Every child of either file counts as tested for every gene of the MAF: a MAF says nothing about
what was covered. Children whom only the clinical table names have no mutation.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from analysis.cohort.columns import ALTERED, NOT_DETECTED
from analysis.cohort.spreadsheet import read_column
from analysis.file_problems import refusal
from analysis.ikzf1_evidence import VariantConsequence as C
from analysis.wording import N_, Message, counted, say

# What changes the protein, in the words of `analysis.ikzf1_evidence`.
PROTEIN_CHANGING = (
    *(C.MISSENSE, C.NONSENSE, C.FRAMESHIFT, C.INFRAME, C.SPLICE, C.START_LOST, C.STOP_LOST),
)
SAMPLE_COLUMNS = ("Tumor_Sample_Barcode", "Sample ID", "sample", "Patient ID", "child")
NO_GENES = ("", "Unknown", "unknown", ".")


@dataclass(frozen=True, eq=False)
class Mutations:
    """`states` (samples, genes) holds places in `columns.STATES`; `counted` of the `records` rows
    of the MAF had a consequence that counts."""

    samples: tuple[str, ...]
    genes: tuple[str, ...]
    states: np.ndarray
    records: int
    counted: int
    notes: tuple[Message, ...]


def read_mutations(
    maf: Path,
    clinical: Path | None = None,
    *,
    consequences: tuple[C, ...] | None = PROTEIN_CHANGING,
    sample_column: str = "",
) -> Mutations:
    """`consequences` None counts every row. Raises `FileRefused`."""
    from analysis.ngs.filters import FilterSet
    from analysis.ngs.tables import MAF, NEEDED, read_variant_table

    required = (*NEEDED, "sample", "gene", *(["consequence"] if consequences is not None else []))
    found = read_variant_table(maf, MAF, filters=FilterSet("every row", "1"), required=required)
    in_maf = {row.sample for row in found.rows} | {""}
    if not found.records:
        raise refusal(maf.name, N_("has no row below its headings"))
    if in_maf == {""}:
        raise refusal(maf.name, N_("names no sample in {column}"), column=MAF.sample[0])
    named = _clinical_samples(clinical, sample_column) if clinical else set()
    if clinical:
        _refuse_other_names(clinical.name, named, in_maf - {""}, maf.name)
    samples = tuple(sorted((in_maf | named) - {""}))
    mutated = [
        (row.sample, row.variant.gene)
        for row in found.rows
        if (consequences is None or row.variant.consequence in consequences)
        and row.variant.gene not in NO_GENES
        and row.sample
    ]
    genes = tuple(sorted({gene for _, gene in mutated}))
    states = np.full((len(samples), len(genes)), NOT_DETECTED, dtype=np.uint8)
    row_of = {sample: place for place, sample in enumerate(samples)}
    column_of = {gene: place for place, gene in enumerate(genes)}
    for sample, gene in mutated:
        states[row_of[sample], column_of[gene]] = ALTERED
    notes = _notes(found.records, len(mutated), in_maf - {""}, named, bool(clinical))
    return Mutations(samples, genes, states, found.records, len(mutated), notes)


def _clinical_samples(path: Path, sample_column: str) -> set[str]:
    names = (sample_column,) if sample_column else SAMPLE_COLUMNS
    return {cell for cell in read_column(path, names) if cell}


def _refuse_other_names(file: str, named: set[str], in_maf: set[str], maf: str) -> None:
    """One child under two names would count twice."""
    if not named & in_maf:
        sentence = N_("names none of the samples of {maf}: another cohort, or another column?")
        raise refusal(file, sentence, maf=maf)
    folded = {name.casefold(): name for name in named - in_maf}
    for name in sorted(in_maf - named):
        if other := folded.get(name.casefold()):
            sentence = N_("names {other} what is {name} in {maf}: is that one child or two?")
            raise refusal(file, sentence, other=other, name=name, maf=maf)


def _notes(
    records: int, used: int, in_maf: set[str], named: set[str], clinical: bool
) -> tuple[Message, ...]:
    rows = say(N_("{n} of {of} rows of the MAF counted, by their consequence."), n=used, of=records)
    if not clinical:
        sentence = N_("{n} samples, those of the MAF: any without a row in it are not counted.")
        return (rows, say(sentence, n=len(in_maf)))
    alone = len(in_maf - named)
    doubt = counted(
        N_(
            "{n} sample of the MAF is not in the clinical table, and counts as a further child: "
            "a child that is named otherwise there counts twice."
        ),
        N_(
            "{n} samples of the MAF are not in the clinical table, and count as further children: "
            "a child that is named otherwise there counts twice."
        ),
        alone,
    )
    return (
        *([doubt] if alone else []),
        rows,
        say(
            N_("{n} samples: {both} in both files, {maf} only in the MAF, {clinical} without any."),
            n=len(in_maf | named),
            both=len(in_maf & named),
            maf=len(in_maf - named),
            clinical=len(named - in_maf),
        ),
    )
