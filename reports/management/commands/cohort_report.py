"""`manage.py cohort_report -o OUT.pdf`: the report of a cohort, and its numbers as JSON."""

import json
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import override

from reports.documents import LANGUAGES
from reports.management.commands.patient_report import write
from reports.models import FrozenCohort, SavedCohort


class Command(BaseCommand):
    help = "Print the report of a cohort as PDF (all children with B-ALL, or a saved cohort)."

    def add_arguments(self, parser):
        parser.add_argument("-o", "--output", type=Path, required=True, metavar="OUT.pdf")
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--cohort", default="", metavar="NAME", help="a saved cohort's name")
        which.add_argument(
            "--frozen", type=int, metavar="NUMBER", help="as it was frozen, from that alone"
        )
        parser.add_argument("--language", choices=LANGUAGES, default=LANGUAGES[0])
        parser.add_argument(
            "--json", type=Path, metavar="OUT.json", help="every number that the document prints"
        )
        parser.add_argument(
            "--tables",
            type=Path,
            metavar="OUT.xlsx|DIR",
            help="the table behind every table and figure: one workbook, or CSV files in DIR",
        )

        parser.add_argument(
            "--figures", type=Path, metavar="DIR", help="every figure as SVG, in DIR"
        )

        parser.add_argument(
            "--withhold",
            type=int,
            metavar="N",
            help="for other eyes: counts below N are withheld, with no table or figure that gives "
            "them back",
        )

    def handle(self, *args, language, **options):
        # A refusal too is in the language that is asked for.
        with override(language):
            self._write(language=language, **options)

    def _write(
        self, *, output, cohort, frozen, language, json, tables, figures, withhold, **options
    ):
        from reports.documents.cohort import cohort_json, cohort_pdf, report_of
        from reports.documents.pdf import DocumentError
        from reports.frozen_content import FrozenUnreadable
        from reports.queries import BadDefinition

        if withhold is not None:
            if json or tables or figures:
                raise CommandError(_("--withhold writes the PDF alone."))
            self._withheld(output, content_asked(cohort, frozen), language, withhold)
            return
        try:
            report = report_of(content_asked(cohort, frozen), language=language)
            write(output, cohort_pdf(report))
        except (DocumentError, BadDefinition, FrozenUnreadable) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(str(output))
        if json:
            write(json, packed(cohort_json(report)))
            self.stdout.write(str(json))
        if tables:
            _write_tables(tables, report)
            self.stdout.write(str(tables))
        if figures:
            _write_figures(figures, report)
            self.stdout.write(str(figures))

    def _withheld(self, output, content, language, threshold):
        from reports.documents.cohort_withheld import BadThreshold, withheld_pdf, withheld_report

        try:
            found = withheld_report(content, language=language, threshold=threshold)
        except BadThreshold as error:
            raise CommandError(str(error)) from error
        write(output, withheld_pdf(found))
        self.stdout.write(str(output))


def _write_tables(to: Path, report) -> None:
    """A workbook where the name ends in .xlsx, else one CSV a table in that directory."""
    from reports.exports.cohort_sheets import cohort_sheets
    from reports.exports.sheets import csv_files, xlsx_bytes

    sheets = cohort_sheets(report)
    if to.suffix.lower() == ".xlsx":
        write(to, xlsx_bytes(sheets))
        return
    for name, content in csv_files(sheets).items():
        write(to / name, content)


def _write_figures(to: Path, report) -> None:
    from reports.exports.figures import figure_files

    for name, content in figure_files(report).items():
        write(to / f"{name}.svg", content)


def content_asked(cohort: str, frozen: int | None):
    """What a saved cohort ("": all children with B-ALL) or a frozen one holds. Raises CommandError,
    `reports.queries.BadDefinition` and `reports.frozen_content.FrozenUnreadable`."""
    from reports.cohort_content import cohort_content
    from reports.frozen_content import content_of

    return cohort_content(saved_cohort(cohort)) if frozen is None else content_of(kept(frozen))


def kept(number: int) -> FrozenCohort:
    """The frozen cohort of this number. Raises CommandError where there is none."""
    row = FrozenCohort.objects.filter(number=number).first()
    if row is None:
        numbers = FrozenCohort.objects.order_by("number").values_list("number", flat=True)
        known = ", ".join(str(item) for item in numbers) or "—"
        sentence = _("No cohort is frozen under the number {number}. Frozen are: {known}.")
        raise CommandError(sentence.format(number=number, known=known))
    return row


def saved_cohort(name: str) -> SavedCohort | None:
    """The saved cohort `name`; None for no name. Raises CommandError where there is none."""
    if not name:
        return None
    cohort = SavedCohort.objects.filter(name=name).first()
    if cohort is None:
        known = ", ".join(SavedCohort.objects.values_list("name", flat=True)) or "—"
        raise CommandError(
            _("No cohort is saved as {name}. Saved are: {known}.").format(name=name, known=known)
        )
    return cohort


def packed(value: dict) -> bytes:
    """`value` as JSON text that is the same for the same numbers."""
    return (json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False) + "\n").encode()
