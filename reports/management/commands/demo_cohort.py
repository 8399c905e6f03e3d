"""Load the demonstration: 200 invented children and a few beside them, through the import."""

import hashlib
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from reports.actions import save_record
from reports.importers import clinical
from reports.management.demonstration_files import (
    classify,
    clinical_part,
    import_reads,
    import_runs,
    import_variants,
    register_specimens,
)
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
    help = "Write the demonstration's files to var/demo/ and import them like anyone's."

    def handle(self, *args, **options):
        from analysis.demonstration import build
        from analysis.demonstration.raw_files import write_raw_files

        folder = Path(settings.VAR_DIR) / "demo"
        folder.mkdir(parents=True, exist_ok=True)
        cohort = build()
        created = self._workbook(folder / "demonstration.xlsx", cohort)
        files = write_raw_files(folder / "raw", cohort)
        register_specimens(files.samples, by=BY, why=WHY)
        runs = import_runs(files.mlpa, by=BY, why=WHY)
        vcfs = import_variants(files.sequencing, cohort, by=BY, why=WHY)
        reads = import_reads(files.sequencing, cohort, by=BY, why=WHY)
        judged = classify(cohort, by=BY, why=WHY)
        if created or runs or vcfs or reads or judged:
            self._cohort()
            made = f"{runs} MLPA runs from their peaks, {vcfs} VCFs, {reads} BAM"
            self.stdout.write(f"  {files.folder}: {made}")
        else:
            self.stdout.write(f"  {folder}: already imported, nothing to do")

    def _workbook(self, path: Path, cohort) -> int:
        """How many records its import created; 0 where it is there already."""
        from analysis.demonstration.workbook import workbook_bytes

        content = workbook_bytes(clinical_part(cohort))
        path.write_bytes(content)
        digest = hashlib.sha256(content).hexdigest()
        if ImportBatch.objects.filter(sha256=digest, who=BY).exists():
            return 0
        self.stdout.write(f"  {path}: reading and checking")
        preview = clinical.check_file(path)
        for problem in preview.errors[:20]:
            self.stderr.write(str(problem))
        if preview.errors:
            raise CommandError("The demonstration's workbook does not import.")
        saved = clinical.commit(preview, by=BY, reason=WHY)
        self.stdout.write(f"  {saved.created} records created, {saved.changed} changed")
        return saved.created

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
