"""`manage.py freeze_cohort --cohort NAME --reason WHY`: keep the values behind a report."""

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import ngettext

from reports.management.commands.cohort_report import saved_cohort


class Command(BaseCommand):
    help = "Freeze a cohort, so that its tables can be had again whatever is changed later."

    def add_arguments(self, parser):
        parser.add_argument("--cohort", default="", metavar="NAME", help="a saved cohort's name")
        parser.add_argument(
            "--reason", required=True, metavar="WHY", help="such as the publication"
        )
        parser.add_argument("--by", default="freeze_cohort", metavar="WHO")

    def handle(self, *args, cohort, reason, by, **options):
        from reports.actions import freeze_cohort
        from reports.queries import BadDefinition

        try:
            row = freeze_cohort(cohort=saved_cohort(cohort), by=by, reason=reason)
        except ValidationError as refusal:
            raise CommandError(" ".join(refusal.messages)) from refusal
        except BadDefinition as refusal:
            raise CommandError(str(refusal)) from refusal
        sentence = ngettext(
            "Frozen as number {number}: {children} child, SHA-256 {sha256}.",
            "Frozen as number {number}: {children} children, SHA-256 {sha256}.",
            row.children,
        )
        self.stdout.write(
            sentence.format(number=row.number, children=row.children, sha256=row.sha256)
        )
