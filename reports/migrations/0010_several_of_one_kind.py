"""The same test of several days, specimens or materials; blasts of a marrow in percent."""

import django.core.validators
from django.db import migrations, models

from reports.append_only import guard_tables, guarded_tables

# SQLite may rebuild a table that gets a column, and its triggers go.
ALTERED = "reports_historicalmarrowassessment"


def guard(apps, schema_editor):
    connection = schema_editor.connection
    guard_tables(connection, guarded_tables(connection) | {ALTERED})


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0009_reason_from_the_file"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="genetictest",
            options={
                "ordering": ["patient", "marker", "method", "tested_on"],
                "verbose_name": "genetic test",
                "verbose_name_plural": "genetic tests",
            },
        ),
        migrations.AlterModelOptions(
            name="mrd",
            options={
                "ordering": ["patient", "day", "method", "material"],
                "verbose_name": "MRD",
                "verbose_name_plural": "MRD",
            },
        ),
        migrations.RemoveConstraint(
            model_name="fusionresult",
            name="fusion_pair_and_method",
        ),
        migrations.RemoveConstraint(
            model_name="genetictest",
            name="genetictest_marker_and_method",
        ),
        migrations.RemoveConstraint(
            model_name="mrd",
            name="mrd_day_and_method",
        ),
        migrations.AddField(
            model_name="historicalmarrowassessment",
            name="blast_percent",
            field=models.FloatField(
                blank=True,
                help_text="% of nucleated cells; protocols cut within M2, at 20 % or at 25 %",
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(0),
                    django.core.validators.MaxValueValidator(100),
                ],
                verbose_name="blasts in marrow (%)",
            ),
        ),
        migrations.AddField(
            model_name="marrowassessment",
            name="blast_percent",
            field=models.FloatField(
                blank=True,
                help_text="% of nucleated cells; protocols cut within M2, at 20 % or at 25 %",
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(0),
                    django.core.validators.MaxValueValidator(100),
                ],
                verbose_name="blasts in marrow (%)",
            ),
        ),
        migrations.AddConstraint(
            model_name="fusionresult",
            constraint=models.UniqueConstraint(
                condition=models.Q(("specimen__isnull", False)),
                fields=("patient", "gene_a", "gene_b", "method", "specimen"),
                name="fusion_once_by_specimen",
            ),
        ),
        migrations.AddConstraint(
            model_name="fusionresult",
            constraint=models.UniqueConstraint(
                condition=models.Q(("specimen__isnull", True)),
                fields=("patient", "gene_a", "gene_b", "method"),
                name="fusion_once_without_specimen",
            ),
        ),
        migrations.AddConstraint(
            model_name="genetictest",
            constraint=models.UniqueConstraint(
                condition=models.Q(("tested_on__isnull", False)),
                fields=("patient", "marker", "method", "tested_on"),
                name="genetictest_once_by_date",
            ),
        ),
        migrations.AddConstraint(
            model_name="genetictest",
            constraint=models.UniqueConstraint(
                condition=models.Q(("tested_on__isnull", True)),
                fields=("patient", "marker", "method"),
                name="genetictest_once_undated",
            ),
        ),
        migrations.AddConstraint(
            model_name="marrowassessment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("blast_percent__isnull", True),
                    models.Q(("blast_percent__gte", 0), ("blast_percent__lte", 100)),
                    _connector="OR",
                ),
                name="marrow_blast_percent_range",
            ),
        ),
        migrations.AddConstraint(
            model_name="mrd",
            constraint=models.UniqueConstraint(
                fields=("patient", "day", "method", "material"), name="mrd_day_method_and_material"
            ),
        ),
        migrations.RunPython(guard, migrations.RunPython.noop),
    ]
