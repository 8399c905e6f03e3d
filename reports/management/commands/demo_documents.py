"""`manage.py demo_documents`: the demonstration's documents under var/demo/, made once."""

import hashlib
import json
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db.models import Count, Max

from reports.documents import LANGUAGES
from reports.management.commands.cohort_report import packed
from reports.models import Answer, Patient, SavedCohort, Synthetic

SHOWN = (Answer.ALTERED, Answer.NOT_DETECTED, Answer.NOT_EVALUABLE)
# What the documents are made by: where any of it changes, they are made again.
MADE_BY = (
    "analysis/**/*.py",
    "analysis/**/*.mo",
    "analysis/data/*",
    "locale/**/*.mo",
    "pyproject.toml",
    "reports/**/*.py",
    "static/documents/*",
    "templates/documents/*",
)


class Command(BaseCommand):
    help = "Print three children's reports and the cohort's of the demonstration to var/demo/."

    def handle(self, *args, **options):
        folder = Path(settings.VAR_DIR) / "demo"
        stamp, inputs = folder / ".inputs", inputs_hash()
        if paths := _unchanged(stamp, inputs):
            self.stdout.write("The documents are those of the present data:")
        else:
            folder.mkdir(parents=True, exist_ok=True)
            paths = self._make(folder)
            stamp.write_text(packed_stamp(inputs, paths), encoding="utf-8")
        for path in paths:
            self.stdout.write(f"  {path}")

    def _make(self, folder: Path) -> list[Path]:
        from reports.documents.cohort import cohort_json, cohort_pdf, cohort_report
        from reports.documents.patient import patient_pdf

        files: list[tuple[str, object]] = []
        cohort = SavedCohort.objects.order_by("name").first()
        children = [(state, one_child(state)) for state in SHOWN]
        for language in LANGUAGES:
            for state, patient in children:
                self.stdout.write(f"  {language}: {state.value} ({patient.hospital_number})")
                pdf = patient_pdf(patient, language=language)
                files.append((f"patient-{state.value}.{language}.pdf", pdf))
            self.stdout.write(f"  {language}: cohort")
            report = cohort_report(cohort, language=language)
            files.append((f"cohort.{language}.pdf", cohort_pdf(report)))
            files.append((f"cohort.{language}.json", packed(cohort_json(report))))
        for name, content in files:
            (folder / name).write_bytes(content)
        return [folder / name for name, _content in files]


def one_child(state: Answer) -> Patient:
    """The first invented child, by number, with this IKZF1 status."""
    found = Patient.objects.filter(ikzf1__state=state, synthetic=Synthetic.SYNTHETIC)
    patient = found.select_related("centre").order_by("hospital_number").first()
    if patient is None:
        raise CommandError(
            f"No invented child has the IKZF1 status {state.value}: run demo_cohort first."
        )
    return patient


def inputs_hash() -> str:
    """SHA-256 over the state of the records and of the programme that prints them."""
    digest = hashlib.sha256()
    for model in sorted(apps.get_app_config("reports").get_models(), key=lambda m: m.__name__):
        if any(field.name == "updated_at" for field in model._meta.concrete_fields):
            digest.update(
                repr(
                    (
                        model.__name__,
                        model.objects.aggregate(count=Count("pk"), newest=Max("updated_at")),
                    )
                ).encode()
            )
    for pattern in MADE_BY:
        for path in sorted(settings.BASE_DIR.glob(pattern)):
            if path.is_file():
                digest.update(path.relative_to(settings.BASE_DIR).as_posix().encode())
                digest.update(path.read_bytes())
    digest.update(f"{settings.HOSPITAL_NAME}\n{settings.LABORATORY_NAME}".encode())
    return digest.hexdigest()


def _unchanged(stamp: Path, inputs: str) -> list[Path]:
    """The paths written last time, if they were made of `inputs` and are still as written."""
    try:
        kept = json.loads(stamp.read_text(encoding="utf-8"))
        paths = [stamp.parent / name for name in kept["files"]]
        same = all(
            hashlib.sha256(path.read_bytes()).hexdigest() == kept["files"][path.name]
            for path in paths
        )
    except (OSError, ValueError, KeyError, TypeError):
        return []
    return paths if same and kept["inputs"] == inputs else []


def packed_stamp(inputs: str, paths: list[Path]) -> str:
    files = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}
    return json.dumps({"inputs": inputs, "files": files}, indent=1)
