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
from analysis.wording import N_, Message, say

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
    from analysis.ngs.tables import MAF, read_variant_table

    found = read_variant_table(maf, MAF, filters=FilterSet("every row", "1"))
    in_maf = {row.sample for row in found.rows} | {""}
    if in_maf == {""}:
        raise refusal(maf.name, N_("the column {name} is missing"), name=MAF.sample[0])
    named = _clinical_samples(clinical, sample_column) if clinical else set()
    if clinical and not named & in_maf:
        sentence = N_("names none of the samples of {maf}: another cohort, or another column?")
        raise refusal(clinical.name, sentence, maf=maf.name)
    samples = tuple(sorted((in_maf | named) - {""}))
    counted = [
        (row.sample, row.variant.gene)
        for row in found.rows
        if (consequences is None or row.variant.consequence in consequences)
        and row.variant.gene not in NO_GENES
        and row.sample
    ]
    genes = tuple(sorted({gene for _, gene in counted}))
    states = np.full((len(samples), len(genes)), NOT_DETECTED, dtype=np.uint8)
    row_of = {sample: place for place, sample in enumerate(samples)}
    column_of = {gene: place for place, gene in enumerate(genes)}
    for sample, gene in counted:
        states[row_of[sample], column_of[gene]] = ALTERED
    notes = _notes(found.records, len(counted), in_maf - {""}, named, bool(clinical))
    return Mutations(samples, genes, states, found.records, len(counted), notes)


def _clinical_samples(path: Path, sample_column: str) -> set[str]:
    names = (sample_column,) if sample_column else SAMPLE_COLUMNS
    return {cell for cell in read_column(path, names) if cell}


def _notes(
    records: int, counted: int, in_maf: set[str], named: set[str], clinical: bool
) -> tuple[Message, ...]:
    rows = say(
        N_("{n} of {of} rows of the MAF counted, by their consequence."), n=counted, of=records
    )
    if not clinical:
        sentence = N_("{n} samples, those of the MAF: any without a row in it are not counted.")
        return (rows, say(sentence, n=len(in_maf)))
    return (
        rows,
        say(
            N_("{n} samples: {both} in both files, {maf} only in the MAF, {clinical} without any."),
            n=len(in_maf | named),
            both=len(in_maf & named),
            maf=len(in_maf - named),
            clinical=len(named - in_maf),
        ),
    )
