"""A file of variants by sample, whichever form it has: what an import stores of it."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

from analysis.command.file_kind import FileKind, kind_of, mapping_of
from analysis.ngs.build import Build, BuildBasis
from analysis.ngs.filters import STUDY_FILTERS, Drop, DroppedCall, FilterSet
from analysis.ngs.tables import TableResult, read_variant_table
from analysis.ngs.vcf_result import KeptVariant, VcfResult, analyse_vcf
from analysis.wording import N_, Message, say

# Heads of columns that callers give and that name nobody.
GENERIC = frozenset({"TUMOR", "TUMOUR"})
_ENDING = re.compile(r"(\.(vcf|bcf|maf|tsv|txt|csv|json|bam|cram|xlsx))?(\.b?gz)?$", re.IGNORECASE)


@dataclass(frozen=True)
class SampleCalls:
    """The calls of one sample. `names`: what it may be called, the likeliest first. `records` are
    the lines or rows read for it; kept + dropped = `alleles`."""

    names: tuple[str, ...]
    records: int
    variants: tuple[KeptVariant, ...]
    dropped_calls: tuple[DroppedCall, ...]
    unchecked: tuple[tuple[Drop, int], ...]

    @property
    def alleles(self) -> int:
        return len(self.variants) + len(self.dropped_calls)

    @property
    def dropped(self) -> tuple[tuple[Drop, int], ...]:
        """How many calls each filter dropped, in the order of the filters."""
        counts = Counter(item.reason for item in self.dropped_calls)
        return tuple((reason, counts[reason]) for reason in Drop if counts[reason])

    @property
    def twice(self) -> tuple[tuple[KeptVariant, KeptVariant], ...]:
        """Kept calls that say the same change of the same place, as (first, other)."""
        seen: dict[tuple[str, int, str, str], KeptVariant] = {}
        found = []
        for item in self.variants:
            first = seen.setdefault(item[1:5], item)
            if first is not item:
                found.append((first, item))
        return tuple(found)


@dataclass(frozen=True)
class VariantsBySample:
    """`records` are the lines or rows of the file. `form`: "vcf" or the name of a table's
    mapping. `tumour_basis`: how a VCF's tumour was found, "" for tables."""

    file: str
    form: str
    records: int
    samples: tuple[SampleCalls, ...]
    build: Build
    tumour_basis: str
    annotator: str
    filters: FilterSet
    notes: tuple[Message, ...]


def read_by_sample(
    path: Path,
    *,
    tumour: str | None = None,
    build: str = "",
    filters: FilterSet = STUDY_FILTERS,
    reference: Path | None = None,
) -> VariantsBySample:
    """A VCF, BCF, MAF, multianno text or variant table of somatic_db, told apart by its content.

    Options as of `analyse_vcf`. Raises `FileRefused` with everything that is wrong.
    """
    if kind_of(path) is FileKind.VARIANT_TABLE:
        mapping = mapping_of(path)
        found = read_variant_table(path, mapping, filters=filters, build=build)
        return _of_table(path, found, form=mapping.name, build=build)
    # Anything else is read as a VCF: its reader says what is wrong with it.
    result = analyse_vcf(path, tumour=tumour, build=build, filters=filters, reference=reference)
    return _of_vcf(path, result)


def stem(name: str) -> str:
    """A file's name without the endings that say its form."""
    return _ENDING.sub("", name) or name


def _of_vcf(path: Path, found: VcfResult) -> VariantsBySample:
    tumour = found.tumour
    names = [tumour.name, tumour.sample] if tumour.name else [tumour.sample]
    if not tumour.name and tumour.sample.upper() in GENERIC:
        names = [stem(path.name)]
    calls = SampleCalls(
        names=tuple(names),
        records=found.records,
        variants=found.variants,
        dropped_calls=found.dropped_calls,
        unchecked=found.unchecked,
    )
    return VariantsBySample(
        file=found.file,
        form="vcf",
        records=found.records,
        samples=(calls,),
        build=found.build,
        tumour_basis=tumour.basis.value,
        annotator=found.annotator.value,
        filters=found.filters,
        notes=found.notes,
    )


def _of_table(path: Path, found: TableResult, *, form: str, build: str) -> VariantsBySample:
    kept: dict[str, list[KeptVariant]] = defaultdict(list)
    out: dict[str, list[DroppedCall]] = defaultdict(list)
    for row in found.rows:
        kept[row.sample].append(row.variant)
    for sample, call in zip(found.dropped_samples, found.dropped_calls, strict=True):
        out[sample].append(call)
    samples = [
        SampleCalls(
            names=(sample or stem(path.name),),
            records=len(kept[sample]) + len(out[sample]),
            variants=tuple(kept[sample]),
            dropped_calls=tuple(out[sample]),
            unchecked=_unchecked(kept[sample], found.filters),
        )
        for sample in dict.fromkeys((*kept, *out))
    ]
    name = found.builds[0] if len(found.builds) == 1 else ""
    basis = BuildBasis.NAME if name else BuildBasis.UNKNOWN
    totals = Counter(dict(_unchecked([row.variant for row in found.rows], found.filters)))
    return VariantsBySample(
        file=found.file,
        form=form,
        records=found.records,
        samples=tuple(samples),
        build=Build(name, basis),
        tumour_basis="",
        annotator=form,
        filters=found.filters,
        notes=tuple(_unchecked_note(reason, totals[reason]) for reason in Drop if totals[reason]),
    )


def _unchecked_note(reason: Drop, count: int) -> Message:
    sentence = N_("kept without this check, as the file does not state it: {reason} ({n})")
    return say(sentence, reason=reason, n=count)


def _unchecked(kept: list[KeptVariant], filters: FilterSet) -> tuple[tuple[Drop, int], ...]:
    """As in `VcfResult`; tables state neither mapping nor base quality."""
    counts = Counter(
        drop
        for item in kept
        for drop in filters.unchecked(
            (not item.filters, item.vaf is None, True, True, item.depth is None)
        )
    )
    return tuple((reason, counts[reason]) for reason in Drop if counts[reason])
