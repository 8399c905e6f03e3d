"""Import the coverage of sequenced samples: all files, or none and every reason."""

from pathlib import Path

from django.core.management.base import BaseCommand
from django.utils import translation

from reports.importers.coverage import PROGRAMME, check_coverage
from reports.management.sequencing_options import add_options, finish, request_of


class Command(BaseCommand):
    help = "Imports coverage: BAM or CRAM with the panel's BED, or JSON; one file a sample."

    def add_arguments(self, parser):
        parser.add_argument("files", nargs="+", type=Path)
        parser.add_argument("--bed", type=Path, metavar="PANEL.bed", help="needed for reads")
        parser.add_argument("--overlap", choices=["once", "twice"], default="twice",
                            help="how a base counts that both mates read")  # fmt: skip
        add_options(parser, filters="study")

    def handle(self, *args, **options):
        with translation.override(options["language"] or translation.get_language()):
            request = request_of(options, bed=options["bed"])
            overlap = options["overlap"]
            finish(self, options, PROGRAMME, lambda: check_coverage(request, overlap=overlap))
