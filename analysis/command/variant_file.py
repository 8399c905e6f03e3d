"""A file of variants, whichever form it has, as one value."""

from __future__ import annotations

from argparse import Namespace
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from analysis.command.answer import Refused
from analysis.command.choices import filters_of
from analysis.command.file_kind import FileKind, kind_of, mapping_of
from analysis.ngs.filters import Drop, DroppedCall, FilterSet
from analysis.ngs.tables import SampleVariant, read_variant_table
from analysis.ngs.vcf_result import analyse_vcf
from analysis.wording import N_, Message, say


@dataclass(frozen=True)
class VariantFile:
    """`records` are the lines or rows read. `samples` are those of a table that names them;
    `build` and `tumour` are "" where the file does not say."""

    file: str
    records: int
    variants: tuple[SampleVariant, ...]
    dropped: dict[Drop, int]
    dropped_calls: tuple[DroppedCall, ...]
    unchecked: tuple[tuple[Drop, int], ...]
    notes: tuple[Message, ...]
    filters: FilterSet
    build: str = ""
    tumour: str = ""
    annotation: str = ""
    samples: tuple[str, ...] = ()

    @property
    def several_samples(self) -> bool:
        return not self.tumour and len(self.samples) > 1


def read_variants(path: Path, options: Namespace) -> VariantFile:
    """`options`: `tumour`, `build`, `reference` and what `choices.filters_of` reads.

    Raises `FileRefused`, also where the file holds reads or ratios, and `Refused` where a table
    has no sample of the tumour's name.
    """
    kind = kind_of(path)
    if kind is FileKind.VARIANT_TABLE:
        return _table(path, options)
    # Anything else is read as a VCF: its reader says what is wrong with it.
    found = analyse_vcf(
        path,
        tumour=options.tumour,
        build=options.build,
        filters=filters_of(options),
        reference=options.reference,
    )
    return VariantFile(
        file=found.file,
        records=found.records,
        variants=tuple(SampleVariant("", item) for item in found.variants),
        dropped=found.dropped,
        dropped_calls=found.dropped_calls,
        unchecked=found.unchecked,
        notes=found.notes,
        filters=found.filters,
        build=found.build.name,
        tumour=found.tumour.sample if found.tumour else "",
        annotation=found.annotator.value,
    )


def _table(path: Path, options: Namespace) -> VariantFile:
    mapping = mapping_of(path)
    found = read_variant_table(path, mapping, filters=filters_of(options), build=options.build)
    samples = tuple(dict.fromkeys(row.sample for row in found.rows if row.sample))
    rows = found.rows
    if options.tumour is not None:
        if options.tumour not in samples:
            sentence = N_("{file}: no kept variant names the sample {name}; named are: {names}")
            names = samples[:10]
            raise Refused(sentence, file=found.file, name=options.tumour, names=names)
        rows = tuple(row for row in rows if row.sample == options.tumour)
    unchecked = _unchecked(rows, found.filters)
    return VariantFile(
        file=found.file,
        records=found.records,
        variants=rows,
        dropped=found.dropped,
        dropped_calls=found.dropped_calls,
        unchecked=unchecked,
        notes=unchecked_notes(unchecked),
        filters=found.filters,
        build=found.builds[0] if len(found.builds) == 1 else options.build,
        tumour=options.tumour or "",
        annotation=mapping.name,
        samples=samples,
    )


def _unchecked(rows: tuple[SampleVariant, ...], filters: FilterSet) -> tuple[tuple[Drop, int], ...]:
    """As in `VcfResult`; tables state neither mapping nor base quality."""
    counts = Counter(
        drop
        for _, kept in rows
        for drop in filters.unchecked(
            (not kept.filters, kept.vaf is None, True, True, kept.depth is None)
        )
    )
    return tuple((drop, counts[drop]) for drop in Drop if counts[drop])


def unchecked_notes(unchecked: tuple[tuple[Drop, int], ...]) -> tuple[Message, ...]:
    sentence = N_("kept without this check, as the file does not state it: {reason} ({n})")
    return tuple(say(sentence, reason=reason, n=count) for reason, count in unchecked)
