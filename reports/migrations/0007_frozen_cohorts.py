"""Frozen cohorts: all values behind a published table, append-only."""

import django.db.models.deletion
from django.db import migrations, models

from reports.append_only import guard_tables, unguard_tables

NEW = ("reports_frozencohort",)


def guard(apps, schema_editor):
    guard_tables(schema_editor.connection, NEW)


def unguard(apps, schema_editor):
    unguard_tables(schema_editor.connection, NEW)


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0006_derived_values"),
    ]

    operations = [
        migrations.CreateModel(
            name="FrozenCohort",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField(unique=True, verbose_name="number")),
                ("name", models.CharField(blank=True, max_length=80, verbose_name="name")),
                (
                    "title",
                    models.CharField(
                        blank=True, max_length=200, verbose_name="title on the report"
                    ),
                ),
                ("definition", models.JSONField(verbose_name="definition")),
                ("children", models.PositiveIntegerField(verbose_name="children")),
                ("frozen_at", models.DateTimeField(verbose_name="frozen at")),
                ("frozen_by", models.CharField(max_length=150, verbose_name="frozen by")),
                ("reason", models.CharField(max_length=400, verbose_name="reason")),
                ("software", models.CharField(max_length=80, verbose_name="software")),
                ("rule_versions", models.JSONField(verbose_name="rule versions")),
                ("data_hash", models.CharField(max_length=64, verbose_name="hash of the data")),
                ("content", models.BinaryField(verbose_name="content")),
                ("sha256", models.CharField(max_length=64, verbose_name="SHA-256 of the content")),
                (
                    "cohort",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="frozen",
                        to="reports.savedcohort",
                        verbose_name="saved cohort",
                    ),
                ),
            ],
            options={
                "verbose_name": "frozen cohort",
                "verbose_name_plural": "frozen cohorts",
                "ordering": ["-number"],
            },
        ),
        migrations.RunPython(guard, unguard),
    ]
