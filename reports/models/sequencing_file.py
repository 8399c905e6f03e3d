"""What a sequenced sample was read from: its files with what was kept and dropped; its coverage."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from django.db import models
from django.utils.translation import gettext_lazy as _

from reports.models.record import Record, counted, measured, one_of, within


class FileKind(models.TextChoices):
    VARIANTS = "variants", _("variants")
    COVERAGE = "coverage", _("coverage")


class ExonReach(models.TextChoices):
    """The values of `analysis.ngs.coverage.Reach`."""

    ENOUGH = "enough", _("deep enough")
    LOW = "low", _("mean depth below the limit")
    PARTIAL = "partial", _("part of the coding sequence is not on the panel")
    NOT_ON_PANEL = "not_on_panel", _("not on the panel")


class DroppedRow(NamedTuple):
    """A call that a filter dropped: `line` of the unpacked file, `reason` as in
    `analysis.ngs.filters.Drop`, `value` what the filter looked at."""

    line: int
    chrom: str
    pos: int
    ref: str
    alt: str
    reason: str
    value: str


class RegionRow(NamedTuple):
    """A region of the target as its BED names it; `start` from 0, depth in reads a base."""

    chrom: str
    start: int
    end: int
    name: str
    mean_depth: float


class SequencingFile(Record):
    """A file of a sequenced sample: its hash, and how many records were read, kept and dropped.

    `detail` is a compressed table: of the dropped calls, or of the regions of a coverage. A file
    may drop a hundred thousand calls; as rows of their own they would cost more than the kept ones.
    """

    sample = models.ForeignKey(
        "SequencingSample",
        models.PROTECT,
        related_name="files",
        verbose_name=_("sequenced sample"),
    )
    kind = models.CharField(_("kind of file"), max_length=10, choices=FileKind)
    name = models.CharField(_("file"), max_length=400)
    sha256 = models.CharField(_("SHA-256 of the file"), max_length=64, db_index=True)
    sample_name = models.CharField(_("name in the file"), max_length=200, blank=True)
    found_by = models.CharField(
        _("how the tumour was found"), max_length=20, blank=True, help_text=_("Never by its place")
    )
    genome_build = models.CharField(_("genome build of the file"), max_length=10, blank=True)
    build_basis = models.CharField(_("how the build was found"), max_length=20, blank=True)
    annotator = models.CharField(_("annotator"), max_length=40, blank=True)
    filter_set = models.CharField(_("filter set"), max_length=80)
    filter_version = models.CharField(_("version of the filter set"), max_length=20)
    limits = models.JSONField(_("limits and their sources"), default=dict, blank=True)
    records = counted(_("records read"), low=0, high=10_000_000)
    alleles = counted(_("alleles read"), low=0, high=10_000_000)
    kept = counted(_("kept"), low=0, high=10_000_000)
    dropped = models.JSONField(
        _("dropped"), default=list, blank=True, help_text=_("Filter and number, in their order")
    )
    unchecked = models.JSONField(_("kept without a check"), default=list, blank=True)
    notes = models.JSONField(_("notes"), default=list, blank=True)
    detail = models.BinaryField(default=b"", blank=True, editable=False)

    class Meta:
        verbose_name = _("sequencing file")
        verbose_name_plural = _("sequencing files")
        ordering = ["sample", "kind", "name"]
        constraints = [
            models.UniqueConstraint(fields=["sample", "kind", "name"], name="file_of_sample_once"),
            one_of("kind", FileKind, "sequencingfile", blank=False),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def owner(self):
        return self.sample.specimen.patient

    @property
    def dropped_count(self) -> int:
        return sum(count for _reason, count in self.dropped)

    def dropped_calls(self, *, reason: str = "") -> Iterator[DroppedRow]:
        """The dropped calls in the order of the file; of one `reason` where it is given."""
        for text in self._lines():
            row = _dropped_row(text)
            if not reason or row.reason == reason:
                yield row

    def dropped_at(self, chrom: str, pos: int) -> tuple[DroppedRow, ...]:
        """The dropped calls at a place (1-based), to see why something is missing."""
        pattern = rf"^\d+\t{re.escape(chrom)}\t{int(pos)}\t.*$"
        return tuple(
            _dropped_row(found[0]) for found in re.finditer(pattern, self._text(), re.MULTILINE)
        )

    def regions(self) -> Iterator[RegionRow]:
        """The regions of a coverage, in the order of the BED."""
        for text in self._lines():
            chrom, start, end, name, depth = text.split("\t")
            yield RegionRow(chrom, int(start), int(end), name, float(depth))

    def _text(self) -> str:
        return zlib.decompress(bytes(self.detail)).decode() if self.detail else ""

    def _lines(self) -> list[str]:
        return self._text().split("\n")[:-1]


def packed_rows(rows: Iterable[Iterable[object]]) -> bytes:
    """Rows of text and numbers, without tabs and line ends, for `SequencingFile.detail`."""
    text = "".join("\t".join(map(str, row)) + "\n" for row in rows)
    return zlib.compress(text.encode(), 6) if text else b""


def _dropped_row(text: str) -> DroppedRow:
    line, chrom, pos, ref, alt, reason, value = text.split("\t")
    return DroppedRow(int(line), chrom, int(pos), ref, alt, reason, value)


class GeneCoverage(Record):
    """The depth of a gene's part of the panel."""

    sample = models.ForeignKey(
        "SequencingSample",
        models.PROTECT,
        related_name="gene_coverage",
        verbose_name=_("sequenced sample"),
    )
    gene = models.CharField(_("gene"), max_length=40, db_index=True)
    bases = counted(_("bases on the panel"), low=1, high=100_000_000)
    mean_depth = measured(_("mean depth"), low=0, high=10_000_000, unit="x", help_text="x")
    fraction_at_1000x = measured(
        _("fraction at 1000x"), low=0, high=1, unit="fraction", help_text=_("0 to 1")
    )

    class Meta:
        verbose_name = _("coverage of a gene")
        verbose_name_plural = _("coverage of genes")
        ordering = ["sample", "gene"]
        constraints = [
            models.UniqueConstraint(fields=["sample", "gene"], name="gene_coverage_once"),
            within("mean_depth", 0, 10_000_000, "genecoverage"),
            within("fraction_at_1000x", 0, 1, "genecoverage"),
        ]

    def __str__(self) -> str:
        return self.gene

    @property
    def owner(self):
        return self.sample.specimen.patient


class ExonCoverage(Record):
    """The depth of an exon of IKZF1: of its coding bases, or of all of exon 1."""

    sample = models.ForeignKey(
        "SequencingSample",
        models.PROTECT,
        related_name="exon_coverage",
        verbose_name=_("sequenced sample"),
    )
    exon = counted(_("exon"), low=1, high=8)
    on_panel = measured(
        _("share on the panel"), low=0, high=1, unit="fraction", help_text=_("0 to 1")
    )
    mean_depth = measured(_("mean depth"), low=0, high=10_000_000, unit="x", help_text="x")
    reach = models.CharField(_("reach"), max_length=12, choices=ExonReach)

    class Meta:
        verbose_name = _("coverage of an IKZF1 exon")
        verbose_name_plural = _("coverage of IKZF1 exons")
        ordering = ["sample", "exon"]
        constraints = [
            models.UniqueConstraint(fields=["sample", "exon"], name="exon_coverage_once"),
            within("exon", 1, 8, "exoncoverage"),
            within("on_panel", 0, 1, "exoncoverage"),
            within("mean_depth", 0, 10_000_000, "exoncoverage"),
            one_of("reach", ExonReach, "exoncoverage", blank=False),
        ]

    def __str__(self) -> str:
        return f"IKZF1 {self.exon}"

    @property
    def owner(self):
        return self.sample.specimen.patient
