"""Work out every derived value anew after an upgrade; what has not changed is left alone."""

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from reports.actions import reassess, run_waiting_jobs
from reports.derived import current_versions
from reports.models import Centre, Patient

KINDS = {
    "ikzf1": gettext_lazy("IKZF1 status"),
    "profiles": gettext_lazy("Genetic profile"),
    "subtype": gettext_lazy("Subtype"),
    "risk": gettext_lazy("Risk group"),
}


class Command(BaseCommand):
    help = (
        "Brings IKZF1 status, profiles, subtype and risk group of every child in step with the "
        "records and the rules of this version, and does the jobs that wait for it."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--dry-run", action="store_true", help="list what would change; write nothing"
        )
        parser.add_argument("--centre", help="only the children of the centre with this code")
        parser.add_argument("--child", action="append", help="only this hospital number (repeat)")

    def handle(self, *args, **options):
        patient_ids = self._chosen(options["centre"], options["child"])
        if options["dry_run"]:
            self._list(patient_ids)
            return
        whole = not (options["centre"] or options["child"])
        if whole:
            run_waiting_jobs(by="reassess")
        reason = "; ".join(f"{kind} {version}" for kind, version in current_versions().items())
        written = reassess(patient_ids=patient_ids, by="reassess", reason=f"rules: {reason}")
        self.stdout.write(_("{count} statuses worked out anew.").format(count=written))

    def _chosen(self, centre: str | None, numbers: list[str] | None) -> list[int]:
        """Raises CommandError for a centre or a child that there is not."""
        found = Patient.objects.order_by("centre__code", "hospital_number")
        if centre:
            if not Centre.objects.filter(code=centre).exists():
                raise CommandError(_("There is no centre {code}.").format(code=centre))
            found = found.filter(centre__code=centre)
        if numbers:
            found = found.filter(hospital_number__in=numbers)
            known = set(found.values_list("hospital_number", flat=True))
            if unknown := [number for number in numbers if number not in known]:
                raise CommandError(_("No child {numbers}.").format(numbers=", ".join(unknown)))
        return list(found.values_list("pk", flat=True))

    def _list(self, patient_ids: list[int]) -> None:
        from reports.reassessment import changes

        concerned = set()
        for item in changes(patient_ids):
            concerned.add(item.patient)
            before, after = item.before or "—", item.after or "—"
            kind = KINDS[item.kind]
            self.stdout.write(f"{item.patient}\t{kind}\t{before} -> {after}\t{item.why}")
        sentence = ngettext(
            "{count} of {total} child would change; nothing was written.",
            "{count} of {total} children would change; nothing was written.",
            len(patient_ids),
        )
        self.stdout.write(sentence.format(count=len(concerned), total=len(patient_ids)))
