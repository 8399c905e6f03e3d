"""What a sequenced sample was read from: records read, kept and dropped by filter; exon depths."""

from __future__ import annotations

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from analysis.calls import State
from analysis.ngs.filters import Drop
from reports.documents.content import Cell, Column, Mark, Row, Table, row, table
from reports.documents.numbers import UNKNOWN
from reports.models import ExonReach, FileKind, SequencingFile, SequencingSample


def read_and_kept(sample: SequencingSample) -> list[Table]:
    """One row a file of variants, so that nobody takes a filtered list for all that was called."""
    files = [item for item in sample.files.all() if item.kind == FileKind.VARIANTS]
    if not files:
        return []
    columns = [
        Column(_("File"), 17),
        Column(_("Records read"), 12, "number"),
        Column(_("Kept"), 6, "number"),
        Column(_("Dropped"), 9, "number"),
        Column(_("Dropped by which filter"), 33),
        Column(_("Filter set"), 23),
    ]
    rows = [_file_row(item) for item in files]
    return [table(_("Records read, kept and dropped"), columns, rows)]


def _file_row(file: SequencingFile) -> Row:
    return row(
        Cell(file.name, note=f"SHA-256 {file.sha256[:12]}"),
        Cell(_number(file.records), note=_alleles(file)),
        _number(file.kept),
        str(file.dropped_count),
        Cell(_by_filter(file.dropped) or "—", note=_not_checked(file)),
        Cell(file.filter_set, note=_("version {version}").format(version=file.filter_version)),
    )


def _alleles(file: SequencingFile) -> str:
    if file.alleles is None or file.alleles == file.records:
        return ""
    return ngettext("{count} allele", "{count} alleles", file.alleles).format(count=file.alleles)


def _number(count: int | None) -> str:
    return UNKNOWN if count is None else str(count)


def _by_filter(pairs: list) -> str:
    return _("; ").join(
        _("{filter}: {count}").format(filter=_label(reason), count=count) for reason, count in pairs
    )


def _not_checked(file: SequencingFile) -> str:
    """A check that the file gave no number for."""
    if not file.unchecked:
        return ""
    return _("kept without this check: {filters}").format(filters=_by_filter(file.unchecked))


def _label(reason: str) -> str:
    """As the filter is called in the reader's language; one that no longer exists by its code."""
    try:
        return Drop(reason).label(get_language() or "en")
    except ValueError:
        return reason


def exon_depths(sample: SequencingSample) -> list[Table]:
    """IKZF1 by exon, where a coverage was imported."""
    exons = list(sample.exon_coverage.all())
    if not exons:
        return []
    columns = [
        Column(_("IKZF1 exon"), 14),
        Column(_("Share on the panel"), 20, "number"),
        Column(_("Mean depth"), 18, "number"),
        Column(_("Small variants can be seen"), 48),
    ]
    rows = [
        row(
            str(exon.exon),
            UNKNOWN if exon.on_panel is None else f"{100 * exon.on_panel:.0f} %",
            UNKNOWN if exon.mean_depth is None else f"{exon.mean_depth:.0f}x",
            Cell(exon.get_reach_display(), mark=_reach_mark(exon.exon, exon.reach)),
        )
        for exon in exons
    ]
    return [table(_("Depth of IKZF1"), columns, rows, *_limits_stated(sample), two_up=True)]


def _reach_mark(exon: int, reach: str) -> Mark | None:
    """Exon 1 is untranslated: off the panel it leaves no coding variant unseen."""
    if reach == ExonReach.ENOUGH:
        return None
    if reach == ExonReach.NOT_ON_PANEL:
        return Mark(State.NOT_TESTED) if exon > 1 else None
    return Mark(State.NOT_EVALUABLE)


def _limits_stated(sample: SequencingSample) -> list[str]:
    from analysis.wording import Message

    language = get_language() or "en"
    return [
        Message.from_json(note).text(language)
        for item in sample.files.all()
        if item.kind == FileKind.COVERAGE
        for note in item.notes
    ]
