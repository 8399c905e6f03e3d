"""`manage.py cohort_summary -o OUT.json --centre NAME`: a cohort as counts for another centre."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from reports.management.commands.cohort_report import content_asked, packed
from reports.management.commands.patient_report import write


class Command(BaseCommand):
    help = (
        "Write the summary of a cohort that `python -m analysis pool` combines with those of other "
        "centres: counts, and no row of a child (docs/many-centres.md)."
    )

    def add_arguments(self, parser):
        parser.add_argument("-o", "--output", type=Path, required=True, metavar="OUT.json")
        parser.add_argument("--centre", required=True, metavar="NAME", help="as others know it")
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--cohort", default="", metavar="NAME", help="a saved cohort's name")
        which.add_argument(
            "--frozen", type=int, metavar="NUMBER", help="as it was frozen, from that alone"
        )
        parser.add_argument("--by", default="ikzf1", metavar="COLUMN", help="that makes the groups")
        parser.add_argument(
            "--threshold", type=int, default=5, metavar="N",
            help="withhold counts below N (default: 5); 0 is for what stays in the house",
        )  # fmt: skip
        parser.add_argument("--interval", type=int, metavar="DAYS", help="of the follow-up")

    def handle(self, *args, output, centre, cohort, frozen, by, threshold, interval, **options):
        from reports.exports.summary import BadSummary, cohort_summary
        from reports.frozen_content import FrozenUnreadable
        from reports.queries import BadDefinition

        try:
            found = cohort_summary(
                content_asked(cohort, frozen),
                centre=centre, by=by, threshold=threshold, interval=interval,
            )  # fmt: skip
        except (BadDefinition, BadSummary, FrozenUnreadable) as error:
            raise CommandError(str(error)) from error
        write(output, packed(found))
        self.stdout.write(str(output))
