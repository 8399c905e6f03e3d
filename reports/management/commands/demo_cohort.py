"""Load the demonstration: 200 invented children and a few beside them, through the import."""

import hashlib
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from reports.actions import save_record
from reports.importers import clinical
from reports.models import ImportBatch, SavedCohort

BY = "demo_cohort"
WHY = "demonstration cohort: invented children"
COHORT = "demonstration"
# The study's inclusion: B-ALL, up to its oldest child (16.25 years), enrolled 2017-10 to 2020-08,
# and both assays answered.
DESCRIPTION = (
    "虚构患儿，符合 Zhang 等 2022（Front Genet 13:822832）公布的边际数据，无一真实存在。"
    "第33天MRD的P值按其检验规则为0.864，原文印为0.830。\n"
    "Invented children who meet the marginals published by Zhang et al. 2022 (Front Genet "
    "13:822832); not one of them exists. For MRD on day 33 the paper prints p = 0.830; its counts "
    "give 0.864 by its own rule."
)
DEFINITION = {
    "centre": "DEMO",
    "diagnosis": "b_all",
    "diagnosed_from": "2017-10-01",
    "diagnosed_to": "2020-08-31",
    "age_below": 17,
    "ikzf1": "answered",
}


class Command(BaseCommand):
    help = "Write the demonstration's workbook to var/demo/ and import it like anyone's."

    def handle(self, *args, **options):
        from analysis.demonstration.workbook import write_workbook

        folder = Path(settings.VAR_DIR) / "demo"
        folder.mkdir(parents=True, exist_ok=True)
        workbook = write_workbook(folder / "demonstration.xlsx")
        digest = hashlib.sha256(workbook.read_bytes()).hexdigest()
        if ImportBatch.objects.filter(sha256=digest, who=BY).exists():
            self.stdout.write(f"  {workbook}: already imported, nothing to do")
            return
        self.stdout.write(f"  {workbook}: reading and checking")
        preview = clinical.check_file(workbook)
        for problem in preview.errors[:20]:
            self.stderr.write(str(problem))
        if preview.errors:
            raise CommandError("The demonstration's workbook does not import.")
        saved = clinical.commit(preview, by=BY, reason=WHY)
        self._cohort()
        self.stdout.write(f"  {saved.created} records created, {saved.changed} changed")

    def _cohort(self) -> None:
        cohort = SavedCohort.objects.filter(name=COHORT).first()
        if cohort is None:
            save_record(
                record=SavedCohort(
                    name=COHORT,
                    title="演示队列（虚构） · demonstration cohort (synthetic)",
                    description=DESCRIPTION,
                    definition=DEFINITION,
                ),
                by=BY,
                reason=WHY,
            )
