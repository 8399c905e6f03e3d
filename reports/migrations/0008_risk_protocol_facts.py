"""Places for what the risk protocols ask: mass, use of MRD, day-8 counts, genetic tests."""

import concurrency.fields
import django.core.validators
import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models

import reports.models.door
from reports.append_only import guard_tables, unguard_tables

# The altered ones too: SQLite rebuilds a table that gets a column, and its triggers go.
GUARDED = (
    "reports_historicalfindings",
    "reports_historicalgenetictest",
    "reports_historicalglucocorticoidresponse",
    "reports_historicalmediastinalmass",
    "reports_historicalriskassessment",
)


def guard(apps, schema_editor):
    guard_tables(schema_editor.connection, GUARDED)


def unguard(apps, schema_editor):
    unguard_tables(schema_editor.connection, GUARDED)


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0007_frozen_cohorts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="GeneticTest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "version",
                    concurrency.fields.AutoIncVersionField(
                        default=0, help_text="record revision number", verbose_name="version"
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="entered at")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="changed at")),
                (
                    "marker",
                    models.CharField(
                        choices=[
                            ("iamp21", "iAMP21"),
                            ("ph_like", "BCR::ABL1-like expression profile"),
                            ("etv6_runx1_like", "ETV6::RUNX1-like expression profile"),
                            ("dux4", "DUX4 rearrangement, any partner"),
                            ("mef2d", "MEF2D rearrangement, any partner"),
                            ("kmt2a", "KMT2A rearrangement, any partner"),
                            ("any_fusion", "any fusion gene (whole transcriptome)"),
                        ],
                        max_length=20,
                        verbose_name="looked for",
                    ),
                ),
                (
                    "method",
                    models.CharField(
                        choices=[
                            ("fish", "FISH"),
                            ("array", "array"),
                            ("mlpa", "MLPA"),
                            ("rna_seq", "RNA sequencing"),
                            ("expression", "gene expression profile"),
                            ("not_stated", "not stated"),
                        ],
                        max_length=20,
                        verbose_name="method",
                    ),
                ),
                (
                    "result",
                    models.CharField(
                        choices=[
                            ("detected", "detected"),
                            ("not_detected", "not detected"),
                            ("not_evaluable", "not evaluable"),
                            ("not_tested", "not tested"),
                        ],
                        max_length=20,
                        verbose_name="result",
                    ),
                ),
                ("tested_on", models.DateField(blank=True, null=True, verbose_name="tested on")),
                ("detail", models.CharField(blank=True, max_length=200, verbose_name="detail")),
            ],
            options={
                "verbose_name": "genetic test",
                "verbose_name_plural": "genetic tests",
                "ordering": ["patient", "marker", "method"],
            },
        ),
        migrations.CreateModel(
            name="HistoricalGeneticTest",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        auto_created=True, blank=True, db_index=True, verbose_name="ID"
                    ),
                ),
                (
                    "history_who",
                    models.CharField(
                        default=reports.models.door.holder_name,
                        editable=False,
                        max_length=150,
                        verbose_name="who",
                    ),
                ),
                (
                    "version",
                    concurrency.fields.AutoIncVersionField(
                        default=0, help_text="record revision number", verbose_name="version"
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(blank=True, editable=False, verbose_name="entered at"),
                ),
                (
                    "updated_at",
                    models.DateTimeField(blank=True, editable=False, verbose_name="changed at"),
                ),
                (
                    "marker",
                    models.CharField(
                        choices=[
                            ("iamp21", "iAMP21"),
                            ("ph_like", "BCR::ABL1-like expression profile"),
                            ("etv6_runx1_like", "ETV6::RUNX1-like expression profile"),
                            ("dux4", "DUX4 rearrangement, any partner"),
                            ("mef2d", "MEF2D rearrangement, any partner"),
                            ("kmt2a", "KMT2A rearrangement, any partner"),
                            ("any_fusion", "any fusion gene (whole transcriptome)"),
                        ],
                        max_length=20,
                        verbose_name="looked for",
                    ),
                ),
                (
                    "method",
                    models.CharField(
                        choices=[
                            ("fish", "FISH"),
                            ("array", "array"),
                            ("mlpa", "MLPA"),
                            ("rna_seq", "RNA sequencing"),
                            ("expression", "gene expression profile"),
                            ("not_stated", "not stated"),
                        ],
                        max_length=20,
                        verbose_name="method",
                    ),
                ),
                (
                    "result",
                    models.CharField(
                        choices=[
                            ("detected", "detected"),
                            ("not_detected", "not detected"),
                            ("not_evaluable", "not evaluable"),
                            ("not_tested", "not tested"),
                        ],
                        max_length=20,
                        verbose_name="result",
                    ),
                ),
                ("tested_on", models.DateField(blank=True, null=True, verbose_name="tested on")),
                ("detail", models.CharField(blank=True, max_length=200, verbose_name="detail")),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.TextField(null=True)),
                (
                    "history_type",
                    models.CharField(
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                    ),
                ),
            ],
            options={
                "verbose_name": "historical genetic test",
                "verbose_name_plural": "historical genetic tests",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalMediastinalMass",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        auto_created=True, blank=True, db_index=True, verbose_name="ID"
                    ),
                ),
                (
                    "history_who",
                    models.CharField(
                        default=reports.models.door.holder_name,
                        editable=False,
                        max_length=150,
                        verbose_name="who",
                    ),
                ),
                (
                    "version",
                    concurrency.fields.AutoIncVersionField(
                        default=0, help_text="record revision number", verbose_name="version"
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(blank=True, editable=False, verbose_name="entered at"),
                ),
                (
                    "updated_at",
                    models.DateTimeField(blank=True, editable=False, verbose_name="changed at"),
                ),
                (
                    "mass_d33",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("no_mass", "no mediastinal mass"),
                            ("reduced", "reduced to less than one third"),
                            ("not_reduced", "not reduced to less than one third"),
                            ("not_evaluable", "not evaluable"),
                            ("not_tested", "not tested"),
                        ],
                        max_length=20,
                        verbose_name="on day 33",
                    ),
                ),
                (
                    "mass_d33_on",
                    models.DateField(blank=True, null=True, verbose_name="imaged on, day 33"),
                ),
                (
                    "mass_week12",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("no_mass", "no mediastinal mass"),
                            ("gone", "gone"),
                            ("persisting", "persisting"),
                            ("not_evaluable", "not evaluable"),
                            ("not_tested", "not tested"),
                        ],
                        max_length=20,
                        verbose_name="before consolidation",
                    ),
                ),
                (
                    "mass_week12_on",
                    models.DateField(
                        blank=True, null=True, verbose_name="imaged on, before consolidation"
                    ),
                ),
                ("method", models.CharField(blank=True, max_length=80, verbose_name="method")),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.TextField(null=True)),
                (
                    "history_type",
                    models.CharField(
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                    ),
                ),
            ],
            options={
                "verbose_name": "historical mediastinal mass",
                "verbose_name_plural": "historical mediastinal masses",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="MediastinalMass",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "version",
                    concurrency.fields.AutoIncVersionField(
                        default=0, help_text="record revision number", verbose_name="version"
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="entered at")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="changed at")),
                (
                    "mass_d33",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("no_mass", "no mediastinal mass"),
                            ("reduced", "reduced to less than one third"),
                            ("not_reduced", "not reduced to less than one third"),
                            ("not_evaluable", "not evaluable"),
                            ("not_tested", "not tested"),
                        ],
                        max_length=20,
                        verbose_name="on day 33",
                    ),
                ),
                (
                    "mass_d33_on",
                    models.DateField(blank=True, null=True, verbose_name="imaged on, day 33"),
                ),
                (
                    "mass_week12",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("no_mass", "no mediastinal mass"),
                            ("gone", "gone"),
                            ("persisting", "persisting"),
                            ("not_evaluable", "not evaluable"),
                            ("not_tested", "not tested"),
                        ],
                        max_length=20,
                        verbose_name="before consolidation",
                    ),
                ),
                (
                    "mass_week12_on",
                    models.DateField(
                        blank=True, null=True, verbose_name="imaged on, before consolidation"
                    ),
                ),
                ("method", models.CharField(blank=True, max_length=80, verbose_name="method")),
            ],
            options={
                "verbose_name": "mediastinal mass",
                "verbose_name_plural": "mediastinal masses",
            },
        ),
        migrations.RemoveConstraint(
            model_name="riskassessment",
            name="risk_risk_group_known",
        ),
        migrations.RemoveConstraint(
            model_name="riskassessment",
            name="risk_computed_group_known",
        ),
        migrations.AddField(
            model_name="findings",
            name="mrd_use",
            field=models.CharField(
                blank=True,
                choices=[("used", "done"), ("not_used", "cannot be done")],
                help_text="Whether MRD can be followed; a measurement on record says yes",
                max_length=10,
                verbose_name="MRD measurement",
            ),
        ),
        migrations.AddField(
            model_name="findings",
            name="pcr_mrd_use",
            field=models.CharField(
                blank=True,
                choices=[("used", "done"), ("not_used", "cannot be done")],
                help_text="Whether a PCR target sensitive enough was found",
                max_length=10,
                verbose_name="MRD measurement by PCR",
            ),
        ),
        migrations.AddField(
            model_name="glucocorticoidresponse",
            name="day8_blast_percent",
            field=models.FloatField(
                blank=True,
                help_text="% of white blood cells",
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(0),
                    django.core.validators.MaxValueValidator(100),
                ],
                verbose_name="blasts in blood on day 8 (%)",
            ),
        ),
        migrations.AddField(
            model_name="glucocorticoidresponse",
            name="day8_wbc",
            field=models.FloatField(
                blank=True,
                help_text="10^9/L; with the percentage, where the blasts were not counted",
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(0),
                    django.core.validators.MaxValueValidator(3000),
                ],
                verbose_name="white blood cells on day 8",
            ),
        ),
        migrations.AddField(
            model_name="historicalfindings",
            name="mrd_use",
            field=models.CharField(
                blank=True,
                choices=[("used", "done"), ("not_used", "cannot be done")],
                help_text="Whether MRD can be followed; a measurement on record says yes",
                max_length=10,
                verbose_name="MRD measurement",
            ),
        ),
        migrations.AddField(
            model_name="historicalfindings",
            name="pcr_mrd_use",
            field=models.CharField(
                blank=True,
                choices=[("used", "done"), ("not_used", "cannot be done")],
                help_text="Whether a PCR target sensitive enough was found",
                max_length=10,
                verbose_name="MRD measurement by PCR",
            ),
        ),
        migrations.AddField(
            model_name="historicalglucocorticoidresponse",
            name="day8_blast_percent",
            field=models.FloatField(
                blank=True,
                help_text="% of white blood cells",
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(0),
                    django.core.validators.MaxValueValidator(100),
                ],
                verbose_name="blasts in blood on day 8 (%)",
            ),
        ),
        migrations.AddField(
            model_name="historicalglucocorticoidresponse",
            name="day8_wbc",
            field=models.FloatField(
                blank=True,
                help_text="10^9/L; with the percentage, where the blasts were not counted",
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(0),
                    django.core.validators.MaxValueValidator(3000),
                ],
                verbose_name="white blood cells on day 8",
            ),
        ),
        migrations.AlterField(
            model_name="historicalriskassessment",
            name="computed_group",
            field=models.CharField(
                blank=True,
                choices=[
                    ("low", "low risk"),
                    ("intermediate", "intermediate risk"),
                    ("high", "high risk"),
                    ("separate", "a group of its own"),
                ],
                editable=False,
                max_length=20,
                verbose_name="computed group",
            ),
        ),
        migrations.AlterField(
            model_name="historicalriskassessment",
            name="risk_group",
            field=models.CharField(
                blank=True,
                choices=[
                    ("low", "low risk"),
                    ("intermediate", "intermediate risk"),
                    ("high", "high risk"),
                    ("separate", "a group of its own"),
                ],
                help_text="As assigned by the treating doctor",
                max_length=20,
                verbose_name="risk group",
            ),
        ),
        migrations.AlterField(
            model_name="riskassessment",
            name="computed_group",
            field=models.CharField(
                blank=True,
                choices=[
                    ("low", "low risk"),
                    ("intermediate", "intermediate risk"),
                    ("high", "high risk"),
                    ("separate", "a group of its own"),
                ],
                editable=False,
                max_length=20,
                verbose_name="computed group",
            ),
        ),
        migrations.AlterField(
            model_name="riskassessment",
            name="risk_group",
            field=models.CharField(
                blank=True,
                choices=[
                    ("low", "low risk"),
                    ("intermediate", "intermediate risk"),
                    ("high", "high risk"),
                    ("separate", "a group of its own"),
                ],
                help_text="As assigned by the treating doctor",
                max_length=20,
                verbose_name="risk group",
            ),
        ),
        migrations.AddConstraint(
            model_name="findings",
            constraint=models.CheckConstraint(
                condition=models.Q(("mrd_use__in", ["used", "not_used", ""])),
                name="findings_mrd_use_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="findings",
            constraint=models.CheckConstraint(
                condition=models.Q(("pcr_mrd_use__in", ["used", "not_used", ""])),
                name="findings_pcr_mrd_use_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="glucocorticoidresponse",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("day8_wbc__isnull", True),
                    models.Q(("day8_wbc__gte", 0), ("day8_wbc__lte", 3000)),
                    _connector="OR",
                ),
                name="glucocorticoid_day8_wbc_range",
            ),
        ),
        migrations.AddConstraint(
            model_name="glucocorticoidresponse",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("day8_blast_percent__isnull", True),
                    models.Q(("day8_blast_percent__gte", 0), ("day8_blast_percent__lte", 100)),
                    _connector="OR",
                ),
                name="glucocorticoid_day8_blast_percent_range",
            ),
        ),
        migrations.AddConstraint(
            model_name="riskassessment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("risk_group__in", ["low", "intermediate", "high", "separate", ""])
                ),
                name="risk_risk_group_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="riskassessment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("computed_group__in", ["low", "intermediate", "high", "separate", ""])
                ),
                name="risk_computed_group_known",
            ),
        ),
        migrations.AddField(
            model_name="genetictest",
            name="patient",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="genetic_tests",
                to="reports.patient",
                verbose_name="patient",
            ),
        ),
        migrations.AddField(
            model_name="historicalgenetictest",
            name="history_user",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="historicalgenetictest",
            name="patient",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="reports.patient",
                verbose_name="patient",
            ),
        ),
        migrations.AddField(
            model_name="historicalmediastinalmass",
            name="history_user",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="historicalmediastinalmass",
            name="patient",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="reports.patient",
                verbose_name="patient",
            ),
        ),
        migrations.AddField(
            model_name="mediastinalmass",
            name="patient",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="mass",
                to="reports.patient",
                verbose_name="patient",
            ),
        ),
        migrations.AddConstraint(
            model_name="genetictest",
            constraint=models.UniqueConstraint(
                fields=("patient", "marker", "method"), name="genetictest_marker_and_method"
            ),
        ),
        migrations.AddConstraint(
            model_name="genetictest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "marker__in",
                        [
                            "iamp21",
                            "ph_like",
                            "etv6_runx1_like",
                            "dux4",
                            "mef2d",
                            "kmt2a",
                            "any_fusion",
                        ],
                    )
                ),
                name="genetictest_marker_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="genetictest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("method__in", ["fish", "array", "mlpa", "rna_seq", "expression", "not_stated"])
                ),
                name="genetictest_method_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="genetictest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("result__in", ["detected", "not_detected", "not_evaluable", "not_tested"])
                ),
                name="genetictest_result_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="genetictest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("marker", "iamp21"),
                        ("method__in", ["fish", "array", "mlpa", "not_stated"]),
                    ),
                    models.Q(
                        ("marker", "ph_like"),
                        ("method__in", ["expression", "rna_seq", "not_stated"]),
                    ),
                    models.Q(
                        ("marker", "etv6_runx1_like"),
                        ("method__in", ["expression", "rna_seq", "not_stated"]),
                    ),
                    models.Q(
                        ("marker", "dux4"),
                        ("method__in", ["fish", "rna_seq", "expression", "not_stated"]),
                    ),
                    models.Q(
                        ("marker", "mef2d"),
                        ("method__in", ["fish", "rna_seq", "expression", "not_stated"]),
                    ),
                    models.Q(
                        ("marker", "kmt2a"), ("method__in", ["fish", "rna_seq", "not_stated"])
                    ),
                    models.Q(("marker", "any_fusion"), ("method__in", ["rna_seq"])),
                    _connector="OR",
                ),
                name="genetictest_method_answers",
                violation_error_message="This method does not answer this question.",
            ),
        ),
        migrations.AddConstraint(
            model_name="genetictest",
            constraint=models.CheckConstraint(
                condition=models.Q(("marker", "any_fusion"), ("result", "detected"), _negated=True),
                name="genetictest_found_is_named",
                violation_error_message="Enter the fusion that was found as a fusion result.",
            ),
        ),
        migrations.AddConstraint(
            model_name="mediastinalmass",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "mass_d33__in",
                        ["no_mass", "reduced", "not_reduced", "not_evaluable", "not_tested", ""],
                    )
                ),
                name="mass_mass_d33_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="mediastinalmass",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "mass_week12__in",
                        ["no_mass", "gone", "persisting", "not_evaluable", "not_tested", ""],
                    )
                ),
                name="mass_mass_week12_known",
            ),
        ),
        migrations.RunPython(guard, unguard),
    ]
