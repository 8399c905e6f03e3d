"""Import a hospital's spreadsheet: every row, or none and every reason why."""

from pathlib import Path

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation
from django.utils.translation import gettext as _

from reports.importers import clinical
from reports.importers.error_book import write_error_book
from reports.importers.mapping import MappingError, read_mapping
from reports.importers.template import write_template

SHIPPED = Path(clinical.__file__).with_name("mappings")
SHOWN_CHANGES = 50


class Command(BaseCommand):
    help = "Imports a CSV or XLSX of the documented columns, or of another centre's by a mapping."

    def add_arguments(self, parser):
        parser.add_argument("file", nargs="?", type=Path, help="CSV, TSV or XLSX")
        parser.add_argument("--sheet", default="", help="what a CSV holds (default: patients)")
        parser.add_argument("--mapping", help="YAML file, or the name of a shipped mapping")
        parser.add_argument("--dry-run", action="store_true", help="show what would be stored")
        parser.add_argument("--errors", type=Path, metavar="OUT.xlsx", help="bad rows with reasons")
        parser.add_argument("--template", type=Path, metavar="OUT.xlsx", help="write the template")
        parser.add_argument("--by", default="", help="user name that the history will show")
        parser.add_argument("--reason", default="", help="why, for the history")
        parser.add_argument("--language", default="", help="en or zh-hans")

    def handle(self, *args, **options):
        with translation.override(options["language"] or translation.get_language()):
            self._handle(options)

    def _handle(self, options):
        if options["template"]:
            language = options["language"] or translation.get_language() or "en"
            _written(options["template"], lambda path: write_template(path, language=language))
            self.stdout.write(_("Template written: {path}").format(path=options["template"]))
            return
        if not options["file"]:
            raise CommandError(_("Give a file to import, or --template OUT.xlsx."))
        by = _user(options["by"])
        preview = clinical.check_file(
            options["file"], mapping=_mapping(options["mapping"]), sheet=options["sheet"]
        )
        self._show(preview)
        if options["errors"]:
            _written(
                options["errors"],
                lambda path: write_error_book(path, file=preview.file, problems=preview.problems),
            )
            self.stdout.write(_("Bad rows written: {path}").format(path=options["errors"]))
        if preview.errors:
            raise CommandError(
                _("Nothing was stored: {count} errors.").format(count=len(preview.errors))
            )
        if options["dry_run"]:
            self.stdout.write(_("Dry run: nothing was stored."))
            return
        try:
            saved = clinical.commit(
                preview, by=by, reason=options["reason"] or f"import {preview.name}"
            )
        except clinical.NotImportable as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            _("Stored: {created} created, {changed} changed.").format(
                created=saved.created, changed=saved.changed
            )
        )

    def _show(self, preview):
        if preview.imported_before:
            self.stdout.write(
                _("This very file was imported on {date}.").format(
                    date=f"{preview.imported_before:%Y-%m-%d %H:%M}"
                )
            )
        for item in preview.counts:
            self.stdout.write(
                _("{sheet}: {new} new, {changed} changed, {same} the same, {errors} with errors")
                .format(sheet=item.sheet, new=item.new, changed=item.changed, same=item.same,
                        errors=item.errors)
            )  # fmt: skip
        for left in preview.left_out:
            self.stdout.write(
                _("Left out: {count} ({reason})").format(count=left.count, reason=left.reason)
            )
        for change in preview.changes[:SHOWN_CHANGES]:
            self.stdout.write(
                f"  {change.patient} {change.field}: {change.old or '—'} → {change.new or '—'}"
            )
        self._rest(len(preview.changes) - SHOWN_CHANGES)
        for first, count in _alike(preview.warnings):
            self.stdout.write(_("Note: {text}").format(text=_told(first)))
            if count > 1:
                self.stdout.write(_("  … and {count} more of this kind").format(count=count - 1))
        for error in preview.errors:
            self.stderr.write(_("Error: {text}").format(text=_told(error)))

    def _rest(self, count):
        if count > 0:
            self.stdout.write(_("  … and {count} more").format(count=count))


def _told(problem):
    """The problem with the value that it is about."""
    return f"{problem} [{problem.value}]" if problem.value else str(problem)


def _written(path, write):
    """`write(path)`. Raises CommandError where the file cannot be written."""
    try:
        write(path)
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}") from error


def _alike(warnings):
    """(the first, how many) of the notes that say the same of the same column."""
    kinds = {}
    for warning in warnings:
        kinds.setdefault((warning.column, warning.message.sentence), []).append(warning)
    return [(alike[0], len(alike)) for alike in kinds.values()]


def _user(name):
    if not name:
        return clinical.PROGRAMME
    user = get_user_model().objects.filter(username=name).first()
    if user is None:
        raise CommandError(_("There is no user {name}.").format(name=name))
    return user


def _mapping(name):
    """A mapping file at a path, or one that is shipped, by its name."""
    if not name:
        return None
    path = Path(name)
    shipped = SHIPPED / (path.name if path.suffix else f"{path.name}.yaml")
    try:
        return read_mapping(shipped if not path.exists() and shipped.exists() else path)
    except MappingError as error:
        raise CommandError(str(error)) from error
