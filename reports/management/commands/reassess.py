"""Work out every IKZF1 status anew after an upgrade; what has not changed is left alone."""

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from analysis.ikzf1 import RULE_VERSION
from reports.actions import reassess
from reports.models import Patient


class Command(BaseCommand):
    help = "Brings every IKZF1 status in step with the records and the rule of this version."

    def handle(self, *args, **options):
        written = reassess(
            patient_ids=list(Patient.objects.values_list("pk", flat=True)),
            by="reassess",
            reason=f"rule {RULE_VERSION}",
        )
        self.stdout.write(_("{count} statuses worked out anew.").format(count=written))
