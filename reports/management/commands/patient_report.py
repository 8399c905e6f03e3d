"""`manage.py patient_report NUMBER -o OUT.pdf`: one child's report."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from reports.documents import LANGUAGES
from reports.models import Patient


class Command(BaseCommand):
    help = "Print the IKZF1 report of one child as PDF."

    def add_arguments(self, parser):
        parser.add_argument("number", metavar="NUMBER", help="the child's hospital number")
        parser.add_argument("-o", "--output", type=Path, required=True, metavar="OUT.pdf")
        parser.add_argument("--language", choices=LANGUAGES, default=LANGUAGES[0])
        parser.add_argument(
            "--centre", default="", metavar="CODE", help="needed where two centres use the number"
        )

    def handle(self, *args, number, output, language, centre, **options):
        from reports.documents.patient import patient_pdf
        from reports.documents.pdf import DocumentError

        patient = one_patient(number, centre)
        try:
            pdf = patient_pdf(patient, language=language)
        except DocumentError as error:
            raise CommandError(str(error)) from error
        write(output, pdf)
        self.stdout.write(str(output))


def one_patient(number: str, centre: str) -> Patient:
    """The child with this hospital number. Raises CommandError unless there is exactly one."""
    found = Patient.objects.filter(hospital_number=number).select_related("centre")
    if centre:
        found = found.filter(centre__code=centre)
    patients = list(found.order_by("centre__code"))
    if not patients:
        raise CommandError(_("No child has the hospital number {number}.").format(number=number))
    if len(patients) > 1:
        codes = ", ".join(patient.centre.code for patient in patients)
        raise CommandError(
            _("{number} is used in several centres ({codes}): name one with --centre.").format(
                number=number, codes=codes
            )
        )
    return patients[0]


def write(path: Path, content: bytes) -> None:
    """Write `content` to `path`. Raises CommandError where the file cannot be written."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}") from error
