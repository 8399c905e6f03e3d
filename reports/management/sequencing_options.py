"""The options that the imports of variants and of coverage share, and how a command ends."""

import datetime
from pathlib import Path

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from reports.importers.clinical import NotImportable
from reports.importers.lab_import import commit
from reports.importers.sequencing import FILTERS, SequencingRequest
from reports.management.lab_preview import acting_user, show_preview
from reports.models import Build


def add_options(parser, *, filters):
    parser.add_argument("--samples", type=Path, metavar="SHEET", help="which sample is whose")
    parser.add_argument("--panel", required=True, metavar="NAME")
    parser.add_argument("--panel-version", default="")
    parser.add_argument("--new-panel", action="store_true", help="enter the panel if it is new")
    parser.add_argument("--run-name", default="", help="default: the first file's name")
    parser.add_argument("--run-date", help="YYYY-MM-DD; the latest run speaks for a child")
    parser.add_argument("--centre", default="", help="code of the run's centre")
    parser.add_argument("--build", default="", choices=["", *Build.values])
    parser.add_argument("--reference", type=Path, metavar="FASTA", help="with its .fai")
    parser.add_argument("--filters", default=filters, choices=sorted(FILTERS),
                        help=f"default: {filters}")  # fmt: skip
    add_act(parser)


def add_act(parser):
    """Who, why, and whether at all."""
    parser.add_argument("--dry-run", action="store_true", help="show what would be stored")
    parser.add_argument("--by", default="", help="user name that the history will show")
    parser.add_argument("--reason", default="", help="why, for the history")
    parser.add_argument("--language", default="", help="en or zh-hans")


def request_of(options, **more):
    return SequencingRequest(
        paths=tuple(options["files"]),
        panel=options["panel"],
        panel_version=options["panel_version"],
        new_panel=options["new_panel"],
        run_name=options["run_name"],
        run_date=date_of(options["run_date"]),
        centre=options["centre"],
        samples=options["samples"],
        build=options["build"],
        reference=options["reference"],
        filters=FILTERS[options["filters"]],
        **more,
    )


def date_of(text):
    try:
        return datetime.date.fromisoformat(text) if text else None
    except ValueError as error:
        raise CommandError(_("{text} is no date: YYYY-MM-DD.").format(text=text)) from error


def finish(command, options, programme, check):
    """Show what `check()` previews and store it. Raises CommandError where that may not be."""
    by = acting_user(options["by"], programme)
    preview = check()
    show_preview(command, preview)
    if preview.errors:
        raise CommandError(
            _("Nothing was stored: {count} errors.").format(count=len(preview.errors))
        )
    if options["dry_run"]:
        command.stdout.write(_("Dry run: nothing was stored."))
        return
    reason = options["reason"] or "import " + " ".join(path.name for path in options["files"])
    try:
        saved = commit(preview, by=by, reason=reason[:400])
    except NotImportable as error:
        raise CommandError(str(error)) from error
    command.stdout.write(
        _("Stored: {created} created, {changed} changed.").format(
            created=saved.created, changed=saved.changed
        )
    )
