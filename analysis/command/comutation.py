"""Which genes are mutated together, and which apart: every pair by Fisher's exact test.

    python -m analysis comutation mutations.maf.gz --clinical children.tsv --json

MAF, plain or gzip. Without --clinical the samples are those of the MAF; with it also those that
only the clinical table names, as samples without a mutation. A gene counts as tested in every
sample: a MAF does not say what was covered.

A row of the MAF counts where it changes the protein: missense, nonsense, frameshift, inframe,
splice, start_lost, stop_lost. --count WORD (again and again) counts others, --count all every row.

--json: {"samples", "genes": [{"gene", "n", "of"}], "pairs": [{"a", "b", "both", "a_only",
"b_only", "neither", "n", "odds_ratio", "low", "high", "p", "q"}], "constant", "notes"}, the
smallest p first. The odds ratio is the conditional maximum-likelihood one with its exact 95 %
interval; it and "high" are null where infinite (a_only or b_only is 0), and all are null where one
of the genes is the same in all samples. q is Benjamini-Hochberg over the listed pairs that have a
p, however few of them --most lists.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from analysis.command.answer import Answer, Refused
from analysis.command.layout import Page
from analysis.wording import N_, Message, say

SUMMARY = "pairs of genes mutated together or apart, from a MAF"
EVERY = "all"
MOST_IN_TEXT = 50


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("maf", type=Path, metavar="MAF")
    parser.add_argument("--clinical", type=Path, metavar="FILE", help="CSV, TSV or XLSX")
    parser.add_argument(
        "--sample-column", default="", metavar="COLUMN", help="of the clinical table"
    )
    parser.add_argument(
        "--min-frequency", type=float, default=0.02, metavar="FRACTION", help="default: 0.02"
    )
    parser.add_argument("--count", action="append", metavar="WORD", help="a consequence, or all")
    parser.add_argument("--genes", nargs="+", metavar="GENE", help="only these, however frequent")
    parser.add_argument("--most", type=int, metavar="N", help="list the N smallest p only")


def run(options: argparse.Namespace) -> Answer:
    from analysis.cohort.comutation import comutation_of
    from analysis.cohort.mutation_file import read_mutations

    if not 0 <= options.min_frequency <= 1:
        sentence = N_("--min-frequency is a fraction from 0 to 1, not {value}")
        raise Refused(sentence, value=options.min_frequency)
    if options.most is not None and options.most < 0:
        raise Refused(N_("--most is a number from 0 on"))
    read = read_mutations(
        options.maf,
        options.clinical,
        consequences=_consequences(options.count),
        sample_column=options.sample_column,
    )
    chosen = _genes(read.genes, options.genes)
    least = 0.0 if options.genes else options.min_frequency
    states = read.states[:, chosen]
    found = comutation_of(states, [read.genes[i] for i in chosen], least_frequency=least)
    notes = (*read.notes, *found.notes())
    if options.json:
        return Answer(document(found, notes, options), "")
    return Answer({}, _text(found, notes, options))


def _consequences(words: list[str] | None) -> Any:
    from analysis.cohort.mutation_file import PROTEIN_CHANGING
    from analysis.ikzf1_evidence import VariantConsequence

    if not words:
        return PROTEIN_CHANGING
    if EVERY in words:
        return None
    known = [item.value for item in VariantConsequence if item.value]
    for word in words:
        if word not in known:
            sentence = N_("--count {word} is none of: {known}")
            raise Refused(sentence, word=word, known=", ".join((EVERY, *known)))
    return tuple(VariantConsequence(word) for word in words)


def _genes(genes: tuple[str, ...], wanted: list[str] | None) -> list[int]:
    if not wanted:
        return list(range(len(genes)))
    for gene in wanted:
        if gene not in genes:
            raise Refused(N_("--genes: {gene} has no counted mutation in the MAF"), gene=gene)
    return [genes.index(gene) for gene in dict.fromkeys(wanted)]


def document(found: Any, notes: tuple[Message, ...], options: argparse.Namespace) -> dict[str, Any]:
    counts = zip(found.genes, found.altered, found.tested, strict=True)
    return {
        "samples": found.samples,
        "genes": [{"gene": gene, "n": n, "of": of} for gene, n, of in counts],
        "pairs": [pair.to_json() for pair in found.pairs(most=options.most)],
        "constant": list(found.constant),
        "notes": [note.text(options.language) for note in notes],
    }


def _text(found: Any, notes: tuple[Message, ...], options: argparse.Namespace) -> str:
    most = MOST_IN_TEXT if options.most is None else options.most
    page = Page(options.language)
    page.table(
        (
            *(N_("Gene a"), N_("Gene b"), N_("Both"), N_("a only"), N_("b only"), N_("Neither")),
            *(N_("Odds ratio (95 % CI)"), N_("p"), N_("q")),
        ),
        [
            (pair.a, pair.b, pair.both, pair.a_only, pair.b_only, pair.neither, *_tested(pair))
            for pair in found.pairs(most=most)
        ],
    )
    if len(found) > most:
        sentence = N_("The {most} smallest p of {n} pairs; --most lists more.")
        page.title(say(sentence, most=most, n=len(found)))
    page.title(notes[0])
    page.say(*notes[1:])
    return page.text


def _tested(pair: Any) -> tuple[Any, str, str]:
    if pair.p is None:
        return pair.reason, "", ""
    ratio = pair.odds_ratio
    size = f"{ratio.estimate:.3g} ({ratio.low:.3g}–{ratio.high:.3g})"
    return size, f"{pair.p:.3g}", f"{pair.q:.3g}"
