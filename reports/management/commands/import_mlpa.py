"""Import an MLPA run from the laboratory's own files: all of it, or nothing and every reason."""

import datetime
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation
from django.utils.translation import gettext as _

from analysis.file_problems import FileRefused
from analysis.mlpa.normalise import Normalisation
from analysis.mlpa.ratio_mapping import find_mapping
from reports.importers.clinical import NotImportable
from reports.importers.lab_import import commit
from reports.importers.mlpa import PROGRAMME, RunRequest, check_run
from reports.management.lab_preview import acting_user, show_preview

WAYS = {"reference": Normalisation.REFERENCE_SAMPLES, "mean": Normalisation.ALL_SAMPLES}


class Command(BaseCommand):
    help = (
        "Imports an MLPA run: peak tables with the probemix sheet and a run sheet, or one table of "
        "ratios. Files are told apart by their headers."
    )

    def add_arguments(self, parser):
        parser.add_argument("files", nargs="+", type=Path)
        parser.add_argument("--run-name", default="", help="default: the first file's name")
        parser.add_argument("--run-date", help="YYYY-MM-DD; the latest run speaks for a child")
        parser.add_argument("--centre", default="", help="code of the run's centre")
        parser.add_argument("--samples", type=Path, metavar="SHEET", help="which sample is whose")
        parser.add_argument("--mapping", default="", help="columns of a ratio table: name or YAML")
        parser.add_argument("--normalisation", choices=sorted(WAYS), default="reference")
        parser.add_argument("--absent", action="append", default=[], metavar="SAMPLE=PROBE",
                            help="its missing peak is the loss of both copies")  # fmt: skip
        parser.add_argument("--unreadable", action="append", default=[], metavar="SAMPLE=PROBE",
                            help="the probe stays not evaluable in this sample")  # fmt: skip
        parser.add_argument("--failed-run", action="store_true",
                            help="store a run with DNA in the water as failed")  # fmt: skip
        parser.add_argument("--dry-run", action="store_true", help="show what would be stored")
        parser.add_argument("--by", default="", help="user name that the history will show")
        parser.add_argument("--reason", default="", help="why, for the history")
        parser.add_argument("--language", default="", help="en or zh-hans")

    def handle(self, *args, **options):
        with translation.override(options["language"] or translation.get_language()):
            self._handle(options)

    def _handle(self, options):
        by = acting_user(options["by"], PROGRAMME)
        preview = check_run(_request(options))
        show_preview(self, preview)
        if preview.errors:
            raise CommandError(
                _("Nothing was stored: {count} errors.").format(count=len(preview.errors))
            )
        if options["dry_run"]:
            self.stdout.write(_("Dry run: nothing was stored."))
            return
        try:
            saved = commit(preview, by=by, reason=options["reason"] or _reason(options))
        except NotImportable as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            _("Stored: {created} created, {changed} changed.").format(
                created=saved.created, changed=saved.changed
            )
        )


def _request(options):
    try:
        mapping = find_mapping(options["mapping"]) if options["mapping"] else None
    except FileRefused as error:
        language = translation.get_language() or "en"
        raise CommandError("\n".join(item.text(language) for item in error.problems)) from error
    return RunRequest(
        paths=tuple(options["files"]),
        run_name=options["run_name"],
        run_date=_date(options["run_date"]),
        centre=options["centre"],
        samples=options["samples"],
        mapping=mapping,
        normalisation=WAYS[options["normalisation"]],
        absent=tuple(map(_pair, options["absent"])),
        unreadable=tuple(map(_pair, options["unreadable"])),
        failed_run=options["failed_run"],
    )


def _reason(options):
    return ("import " + " ".join(path.name for path in options["files"]))[:400]


def _date(text):
    try:
        return datetime.date.fromisoformat(text) if text else None
    except ValueError as error:
        raise CommandError(_("{text} is no date: YYYY-MM-DD.").format(text=text)) from error


def _pair(text):
    sample, equals, probe = text.rpartition("=")
    if not equals or not sample or not probe:
        raise CommandError(_("{text}: write SAMPLE=PROBE.").format(text=text))
    return sample, probe
