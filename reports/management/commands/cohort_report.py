"""`manage.py cohort_report -o OUT.pdf`: the report of a cohort, and its numbers as JSON."""

import json
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from reports.documents import LANGUAGES
from reports.management.commands.patient_report import write
from reports.models import SavedCohort


class Command(BaseCommand):
    help = "Print the report of a cohort as PDF (all children with B-ALL, or a saved cohort)."

    def add_arguments(self, parser):
        parser.add_argument("-o", "--output", type=Path, required=True, metavar="OUT.pdf")
        parser.add_argument("--cohort", default="", metavar="NAME", help="a saved cohort's name")
        parser.add_argument("--language", choices=LANGUAGES, default=LANGUAGES[0])
        parser.add_argument(
            "--json", type=Path, metavar="OUT.json", help="every number that the document prints"
        )

    def handle(self, *args, output, cohort, language, json, **options):
        from reports.documents.cohort import cohort_json, cohort_pdf, cohort_report
        from reports.documents.pdf import DocumentError
        from reports.queries import BadDefinition

        try:
            report = cohort_report(saved_cohort(cohort), language=language)
            write(output, cohort_pdf(report))
        except (DocumentError, BadDefinition) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(str(output))
        if json:
            write(json, packed(cohort_json(report)))
            self.stdout.write(str(json))


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
