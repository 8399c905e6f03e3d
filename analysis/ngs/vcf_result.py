"""A whole VCF or BCF: typed, annotated, filtered variants, and what became of every record."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from analysis.file_problems import refusal
from analysis.ikzf1_evidence import Variant, VariantConsequence
from analysis.ngs.alleles import Reference
from analysis.ngs.annotation import Annotation, Annotator, reader_of
from analysis.ngs.build import Build
from analysis.ngs.filters import STUDY_FILTERS, Drop, DroppedCall, FilterSet, dropped
from analysis.ngs.header import Tumour
from analysis.ngs.hgvs import NameCheck, check_coding
from analysis.ngs.text_lines import STANDARD_LIMITS, Limits
from analysis.ngs.transcripts import TranscriptBasis
from analysis.ngs.vcf import Call, VcfReader, open_vcf
from analysis.wording import N_, Message, say


class KeptVariant(NamedTuple):
    """One allele that passed, a tuple because a file may have very many.

    `line` leads back to the record; `vaf` is a fraction with the digits of the file and `vaf_from`
    its field; `filters` () is FILTER ".". `others`: transcripts that the annotator gives besides.
    """

    line: int
    chrom: str
    pos: int
    ref: str
    alt: str
    gene: str
    transcript: str
    basis: TranscriptBasis
    others: tuple[str, ...]
    hgvs_c: str
    hgvs_p: str
    consequence: VariantConsequence
    vaf: float | None
    vaf_from: str
    depth: int | None
    alt_reads: int | None
    filters: tuple[str, ...]
    frequency: float | None
    frequency_from: str

    @property
    def name_check(self) -> NameCheck:
        return check_coding(self.transcript, self.hgvs_c)

    def to_json(self) -> dict[str, Any]:
        return {
            "chrom": self.chrom,
            "pos": self.pos,
            "ref": self.ref,
            "alt": self.alt,
            "gene": self.gene,
            "transcript": self.transcript,
            "hgvs_c": self.hgvs_c,
            "hgvs_p": self.hgvs_p,
            "consequence": self.consequence.value,
            "vaf": self.vaf,
            "depth": self.depth,
            "filter": ";".join(self.filters) or ".",
        }

    def evidence(self, file: str) -> Variant:
        """The variant as the IKZF1 rule takes it, with the way back to its line."""
        source = f"{file}:{self.line}" if self.line else file
        return Variant(
            gene=self.gene,
            transcript=self.transcript,
            hgvs_c=self.hgvs_c or f"{self.chrom}:{self.pos}{self.ref}>{self.alt}",
            hgvs_p=self.hgvs_p,
            consequence=self.consequence.value,
            vaf=self.vaf,
            depth=self.depth,
            source=source,
        )


@dataclass(frozen=True)
class VcfResult:
    """`records` are the lines read; `variants` and `dropped_calls` are alleles, which a record of
    several alternates has more than one of: kept + dropped = `alleles`. `unchecked` counts kept
    variants for which the file does not state what a filter asks for."""

    file: str
    records: int
    variants: tuple[KeptVariant, ...]
    dropped_calls: tuple[DroppedCall, ...]
    unchecked: tuple[tuple[Drop, int], ...]
    tumour: Tumour | None
    build: Build
    annotator: Annotator
    filters: FilterSet

    @property
    def kept(self) -> int:
        return len(self.variants)

    @property
    def alleles(self) -> int:
        return len(self.variants) + len(self.dropped_calls)

    @property
    def dropped(self) -> dict[Drop, int]:
        """How many calls each filter dropped, in the order of the filters."""
        counts = Counter(item.reason for item in self.dropped_calls)
        return {reason: counts[reason] for reason in Drop if counts[reason]}

    def dropped_at(self, chrom: str, pos: int) -> tuple[DroppedCall, ...]:
        """The dropped calls at a place, to see why something is missing."""
        return tuple(item for item in self.dropped_calls if item.chrom == chrom and item.pos == pos)

    @property
    def notes(self) -> tuple[Message, ...]:
        """What a reader must know besides the counts."""
        found = []
        for reason, count in self.unchecked:
            sentence = N_("kept without this check, as the file does not state it: {reason} ({n})")
            found.append(say(sentence, reason=reason, n=count))
        if not self.build.name:
            found.append(say(N_("the genome build is not known: {basis}"), basis=self.build.basis))
        wrong = sum(item.name_check is NameCheck.INVALID for item in self.variants)
        if wrong:
            found.append(say(N_("variants whose name is not HGVS: {n}"), n=wrong))
        return tuple(found)

    def to_json(self) -> dict[str, Any]:
        return {
            "records": self.records,
            "kept": self.kept,
            "dropped": {reason.value: count for reason, count in self.dropped.items()},
            "variants": [item.to_json() for item in self.variants],
        }


def analyse_vcf(
    path: Path | str,
    *,
    tumour: str | None = None,
    build: str = "",
    filters: FilterSet = STUDY_FILTERS,
    reference: Path | str | None = None,
    limits: Limits = STANDARD_LIMITS,
) -> VcfResult:
    """Read, check, annotate and filter one VCF (plain, gzip, bgzip) or BCF.

    `tumour`: its sample name where the header does not say it. `build`: "GRCh37" or "GRCh38" that
    the file must be on. `reference`: an indexed FASTA, to left-align indels and to check REF.
    Raises `FileRefused` with everything that is wrong; then nothing is returned at all.
    """
    path = Path(path)
    with _fetcher(reference) as fetch:
        reader = open_vcf(
            path,
            wanted_info=lambda header: (*reader_of(header.info).wanted, "MMQ", "MBQ"),
            tumour=tumour,
            build=build,
            reference=fetch,
            limits=limits,
        )
        with _without_collector():
            return _result(path.name, reader, filters)


def _result(file: str, reader: VcfReader, filters: FilterSet) -> VcfResult:
    annotator = reader_of(reader.header.info)
    kept: list[KeptVariant] = []
    out: list[DroppedCall] = []
    silent: Counter[tuple[bool, ...]] = Counter()
    for call in reader.calls():
        reason = filters.before_annotation(call)
        if reason is not None:
            out.append(dropped(call, reason))
            continue
        annotation = annotator.annotate(call)
        reason = filters.after_annotation(annotation)
        if reason is not None:
            out.append(dropped(call, reason, annotation))
            continue
        silent[_unstated(call)] += 1
        kept.append(kept_variant(call, annotation))
    unchecked: Counter[Drop] = Counter()
    for unstated, count in silent.items():
        unchecked.update(dict.fromkeys(filters.unchecked(unstated), count))
    return VcfResult(
        file=file,
        records=reader.records,
        variants=tuple(kept),
        dropped_calls=tuple(out),
        unchecked=tuple((reason, unchecked[reason]) for reason in Drop if unchecked[reason]),
        tumour=reader.tumour,
        build=reader.build,
        annotator=annotator.annotator,
        filters=filters,
    )


def _unstated(call: Call) -> tuple[bool, ...]:
    """What `FilterSet.unchecked` asks about."""
    return (
        not call.filters,
        call.vaf is None,
        call.mapq is None,
        call.base_quality is None,
        call.depth is None,
    )


def kept_variant(call: Call, said: Annotation) -> KeptVariant:
    line, chrom, pos, ref, alt, filters, vaf, vaf_from, depth, alt_reads = call[:10]
    gene, transcript, hgvs_c, hgvs_p, consequence, basis, others, frequency, source = said
    return KeptVariant._make(
        (
            *(line, chrom, pos, ref, alt),
            *(gene, transcript, basis, others, hgvs_c, hgvs_p, consequence),
            *(vaf, vaf_from, depth, alt_reads, filters),
            *(frequency, source),
        )
    )


@contextmanager
def _without_collector() -> Iterator[None]:
    """Calls hold no cycles: the collector would only walk all of them again and again."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


@contextmanager
def _fetcher(reference: Path | str | None) -> Iterator[Reference | None]:
    """The bases of an indexed FASTA; "" for a contig or place that it does not have."""
    if reference is None:
        yield None
        return
    import pysam

    path = Path(reference)
    if not path.is_file() or not Path(f"{path}.fai").is_file():
        raise refusal(path.name, N_("the reference or its index (.fai) is missing"))
    with pysam.FastaFile(str(path)) as fasta:

        def fetch(chrom: str, start: int, end: int) -> str:
            known = chrom in fasta.references
            return (
                fasta.fetch(chrom, start, min(end, fasta.get_reference_length(chrom)))
                if known
                else ""
            )

        yield fetch
