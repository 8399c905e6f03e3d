"""Import sequence variants from the laboratory's own files: all of them, or none and why."""

from pathlib import Path

from django.core.management.base import BaseCommand
from django.utils import translation

from reports.importers.vcf import PROGRAMME, check_variants
from reports.management.sequencing_options import add_options, finish, request_of


class Command(BaseCommand):
    help = (
        "Imports variants: VCF, BCF, MAF, ANNOVAR multianno or somatic_db's table, told apart by "
        "content; many files in one call."
    )

    def add_arguments(self, parser):
        parser.add_argument("files", nargs="+", type=Path)
        parser.add_argument("--tumour", metavar="NAME", help="where the header does not name it")
        add_options(parser, filters="coding")

    def handle(self, *args, **options):
        with translation.override(options["language"] or translation.get_language()):
            request = request_of(options, tumour=options["tumour"])
            finish(self, options, PROGRAMME, lambda: check_variants(request))
