"""Import fusion tables of an RNA assay: all rows, or none and every reason."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation
from django.utils.translation import gettext as _

from analysis.file_problems import FileRefused
from analysis.grid import read_limited
from analysis.ngs.fusion_mapping import read_fusion_mapping
from reports.importers import fusions
from reports.importers.fusions import PROGRAMME, FusionRequest, check_fusions
from reports.management.sequencing_options import add_act, finish

SHIPPED = Path(fusions.__file__).with_name("mappings")


class Command(BaseCommand):
    help = "Imports fusion tables (CSV, TSV, XLSX) by a mapping of their columns."

    def add_arguments(self, parser):
        parser.add_argument("files", nargs="+", type=Path)
        parser.add_argument("--mapping", default="fusions", help="YAML file, or a shipped one: "
                            "fusions, fusions_somatic_db")  # fmt: skip
        parser.add_argument("--samples", type=Path, metavar="SHEET", help="which sample is whose")
        parser.add_argument("--centre", default="", help="code of the children's centre")
        add_act(parser)

    def handle(self, *args, **options):
        with translation.override(options["language"] or translation.get_language()):
            request = FusionRequest(
                paths=tuple(options["files"]),
                mapping=mapping_named(options["mapping"]),
                samples=options["samples"],
                centre=options["centre"],
            )
            finish(self, options, PROGRAMME, lambda: check_fusions(request))


def mapping_named(name):
    """A mapping file at a path, or one that is shipped, by its name. Raises CommandError."""
    path = Path(name)
    shipped = SHIPPED / (path.name if path.suffix else f"{path.name}.yaml")
    chosen = shipped if not path.is_file() and shipped.is_file() else path
    try:
        return read_fusion_mapping(read_limited(chosen), file=chosen.name)
    except FileRefused as error:
        language = translation.get_language() or "en"
        said = "\n".join(item.text(language) for item in error.problems)
        raise CommandError(_("The mapping cannot be used: {why}").format(why=said)) from error
