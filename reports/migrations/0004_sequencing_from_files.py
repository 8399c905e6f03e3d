"""What sequenced samples are read from: files with their counts, coverage, place and reads."""

import concurrency.fields
import django.core.validators
import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models

import reports.models.door
from reports.append_only import guard_tables, unguard_tables

NEW = (
    "reports_historicalexoncoverage",
    "reports_historicalgenecoverage",
    "reports_historicalsequencingfile",
)
# SQLite makes a table anew where a column is added, and loses the triggers of the old one.
ALTERED = (
    "reports_historicalfusionresult",
    "reports_historicalmlparun",
    "reports_historicalmlpasample",
    "reports_historicalpanel",
    "reports_historicalproberatio",
    "reports_historicalsequencingsample",
    "reports_historicalvariant",
)


def guard(apps, schema_editor):
    guard_tables(schema_editor.connection, (*NEW, *ALTERED))


def unguard(apps, schema_editor):
    unguard_tables(schema_editor.connection, NEW)


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0003_mlpa_from_peaks"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ExonCoverage",
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
                    "exon",
                    models.PositiveIntegerField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(8),
                        ],
                        verbose_name="exon",
                    ),
                ),
                (
                    "on_panel",
                    models.FloatField(
                        blank=True,
                        help_text="0 to 1",
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(1),
                        ],
                        verbose_name="share on the panel",
                    ),
                ),
                (
                    "mean_depth",
                    models.FloatField(
                        blank=True,
                        help_text="x",
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(10000000),
                        ],
                        verbose_name="mean depth",
                    ),
                ),
                (
                    "reach",
                    models.CharField(
                        choices=[
                            ("enough", "deep enough"),
                            ("low", "mean depth below the limit"),
                            ("partial", "part of the coding sequence is not on the panel"),
                            ("not_on_panel", "not on the panel"),
                        ],
                        max_length=12,
                        verbose_name="reach",
                    ),
                ),
            ],
            options={
                "verbose_name": "coverage of an IKZF1 exon",
                "verbose_name_plural": "coverage of IKZF1 exons",
                "ordering": ["sample", "exon"],
            },
        ),
        migrations.CreateModel(
            name="GeneCoverage",
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
                ("gene", models.CharField(db_index=True, max_length=40, verbose_name="gene")),
                (
                    "bases",
                    models.PositiveIntegerField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(100000000),
                        ],
                        verbose_name="bases on the panel",
                    ),
                ),
                (
                    "mean_depth",
                    models.FloatField(
                        blank=True,
                        help_text="x",
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(10000000),
                        ],
                        verbose_name="mean depth",
                    ),
                ),
                (
                    "fraction_at_1000x",
                    models.FloatField(
                        blank=True,
                        help_text="0 to 1",
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(1),
                        ],
                        verbose_name="fraction at 1000x",
                    ),
                ),
            ],
            options={
                "verbose_name": "coverage of a gene",
                "verbose_name_plural": "coverage of genes",
                "ordering": ["sample", "gene"],
            },
        ),
        migrations.CreateModel(
            name="HistoricalExonCoverage",
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
                    "exon",
                    models.PositiveIntegerField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(8),
                        ],
                        verbose_name="exon",
                    ),
                ),
                (
                    "on_panel",
                    models.FloatField(
                        blank=True,
                        help_text="0 to 1",
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(1),
                        ],
                        verbose_name="share on the panel",
                    ),
                ),
                (
                    "mean_depth",
                    models.FloatField(
                        blank=True,
                        help_text="x",
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(10000000),
                        ],
                        verbose_name="mean depth",
                    ),
                ),
                (
                    "reach",
                    models.CharField(
                        choices=[
                            ("enough", "deep enough"),
                            ("low", "mean depth below the limit"),
                            ("partial", "part of the coding sequence is not on the panel"),
                            ("not_on_panel", "not on the panel"),
                        ],
                        max_length=12,
                        verbose_name="reach",
                    ),
                ),
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
                "verbose_name": "historical coverage of an IKZF1 exon",
                "verbose_name_plural": "historical coverage of IKZF1 exons",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalGeneCoverage",
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
                ("gene", models.CharField(db_index=True, max_length=40, verbose_name="gene")),
                (
                    "bases",
                    models.PositiveIntegerField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(100000000),
                        ],
                        verbose_name="bases on the panel",
                    ),
                ),
                (
                    "mean_depth",
                    models.FloatField(
                        blank=True,
                        help_text="x",
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(10000000),
                        ],
                        verbose_name="mean depth",
                    ),
                ),
                (
                    "fraction_at_1000x",
                    models.FloatField(
                        blank=True,
                        help_text="0 to 1",
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(1),
                        ],
                        verbose_name="fraction at 1000x",
                    ),
                ),
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
                "verbose_name": "historical coverage of a gene",
                "verbose_name_plural": "historical coverage of genes",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalSequencingFile",
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
                    "kind",
                    models.CharField(
                        choices=[("variants", "variants"), ("coverage", "coverage")],
                        max_length=10,
                        verbose_name="kind of file",
                    ),
                ),
                ("name", models.CharField(max_length=400, verbose_name="file")),
                (
                    "sha256",
                    models.CharField(
                        db_index=True, max_length=64, verbose_name="SHA-256 of the file"
                    ),
                ),
                (
                    "sample_name",
                    models.CharField(blank=True, max_length=200, verbose_name="name in the file"),
                ),
                (
                    "found_by",
                    models.CharField(
                        blank=True,
                        help_text="Never by its place",
                        max_length=20,
                        verbose_name="how the tumour was found",
                    ),
                ),
                (
                    "genome_build",
                    models.CharField(
                        blank=True, max_length=10, verbose_name="genome build of the file"
                    ),
                ),
                (
                    "build_basis",
                    models.CharField(
                        blank=True, max_length=20, verbose_name="how the build was found"
                    ),
                ),
                (
                    "annotator",
                    models.CharField(blank=True, max_length=40, verbose_name="annotator"),
                ),
                ("filter_set", models.CharField(max_length=80, verbose_name="filter set")),
                (
                    "filter_version",
                    models.CharField(max_length=20, verbose_name="version of the filter set"),
                ),
                (
                    "limits",
                    models.JSONField(
                        blank=True, default=dict, verbose_name="limits and their sources"
                    ),
                ),
                (
                    "records",
                    models.PositiveIntegerField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(10000000),
                        ],
                        verbose_name="records read",
                    ),
                ),
                (
                    "alleles",
                    models.PositiveIntegerField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(10000000),
                        ],
                        verbose_name="alleles read",
                    ),
                ),
                (
                    "kept",
                    models.PositiveIntegerField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(10000000),
                        ],
                        verbose_name="kept",
                    ),
                ),
                (
                    "dropped",
                    models.JSONField(
                        blank=True,
                        default=list,
                        help_text="Filter and number, in their order",
                        verbose_name="dropped",
                    ),
                ),
                (
                    "unchecked",
                    models.JSONField(blank=True, default=list, verbose_name="kept without a check"),
                ),
                ("notes", models.JSONField(blank=True, default=list, verbose_name="notes")),
                ("detail", models.BinaryField(blank=True, default=b"")),
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
                "verbose_name": "historical sequencing file",
                "verbose_name_plural": "historical sequencing files",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="SequencingFile",
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
                    "kind",
                    models.CharField(
                        choices=[("variants", "variants"), ("coverage", "coverage")],
                        max_length=10,
                        verbose_name="kind of file",
                    ),
                ),
                ("name", models.CharField(max_length=400, verbose_name="file")),
                (
                    "sha256",
                    models.CharField(
                        db_index=True, max_length=64, verbose_name="SHA-256 of the file"
                    ),
                ),
                (
                    "sample_name",
                    models.CharField(blank=True, max_length=200, verbose_name="name in the file"),
                ),
                (
                    "found_by",
                    models.CharField(
                        blank=True,
                        help_text="Never by its place",
                        max_length=20,
                        verbose_name="how the tumour was found",
                    ),
                ),
                (
                    "genome_build",
                    models.CharField(
                        blank=True, max_length=10, verbose_name="genome build of the file"
                    ),
                ),
                (
                    "build_basis",
                    models.CharField(
                        blank=True, max_length=20, verbose_name="how the build was found"
                    ),
                ),
                (
                    "annotator",
                    models.CharField(blank=True, max_length=40, verbose_name="annotator"),
                ),
                ("filter_set", models.CharField(max_length=80, verbose_name="filter set")),
                (
                    "filter_version",
                    models.CharField(max_length=20, verbose_name="version of the filter set"),
                ),
                (
                    "limits",
                    models.JSONField(
                        blank=True, default=dict, verbose_name="limits and their sources"
                    ),
                ),
                (
                    "records",
                    models.PositiveIntegerField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(10000000),
                        ],
                        verbose_name="records read",
                    ),
                ),
                (
                    "alleles",
                    models.PositiveIntegerField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(10000000),
                        ],
                        verbose_name="alleles read",
                    ),
                ),
                (
                    "kept",
                    models.PositiveIntegerField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(10000000),
                        ],
                        verbose_name="kept",
                    ),
                ),
                (
                    "dropped",
                    models.JSONField(
                        blank=True,
                        default=list,
                        help_text="Filter and number, in their order",
                        verbose_name="dropped",
                    ),
                ),
                (
                    "unchecked",
                    models.JSONField(blank=True, default=list, verbose_name="kept without a check"),
                ),
                ("notes", models.JSONField(blank=True, default=list, verbose_name="notes")),
                ("detail", models.BinaryField(blank=True, default=b"")),
            ],
            options={
                "verbose_name": "sequencing file",
                "verbose_name_plural": "sequencing files",
                "ordering": ["sample", "kind", "name"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="sequencingsample",
            name="sequencingsample_quality_known",
        ),
        migrations.RemoveConstraint(
            model_name="sequencingsample",
            name="sequencingsample_failed_why",
        ),
        migrations.RemoveConstraint(
            model_name="variant",
            name="variant_of_sample",
        ),
        migrations.AddField(
            model_name="fusionresult",
            name="breakpoints",
            field=models.CharField(
                blank=True,
                help_text="5′ and 3′, as the file has them",
                max_length=200,
                verbose_name="breakpoints",
            ),
        ),
        migrations.AddField(
            model_name="fusionresult",
            name="source",
            field=models.CharField(blank=True, max_length=450, verbose_name="file and line"),
        ),
        migrations.AddField(
            model_name="fusionresult",
            name="specimen",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="fusions",
                to="reports.specimen",
                verbose_name="specimen",
            ),
        ),
        migrations.AddField(
            model_name="fusionresult",
            name="supporting_reads",
            field=models.PositiveIntegerField(
                blank=True,
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(0),
                    django.core.validators.MaxValueValidator(100000000),
                ],
                verbose_name="reads that support the fusion",
            ),
        ),
        migrations.AddField(
            model_name="historicalfusionresult",
            name="breakpoints",
            field=models.CharField(
                blank=True,
                help_text="5′ and 3′, as the file has them",
                max_length=200,
                verbose_name="breakpoints",
            ),
        ),
        migrations.AddField(
            model_name="historicalfusionresult",
            name="source",
            field=models.CharField(blank=True, max_length=450, verbose_name="file and line"),
        ),
        migrations.AddField(
            model_name="historicalfusionresult",
            name="specimen",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="reports.specimen",
                verbose_name="specimen",
            ),
        ),
        migrations.AddField(
            model_name="historicalfusionresult",
            name="supporting_reads",
            field=models.PositiveIntegerField(
                blank=True,
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(0),
                    django.core.validators.MaxValueValidator(100000000),
                ],
                verbose_name="reads that support the fusion",
            ),
        ),
        migrations.AddField(
            model_name="historicalpanel",
            name="bed_name",
            field=models.CharField(blank=True, max_length=400, verbose_name="BED file"),
        ),
        migrations.AddField(
            model_name="historicalpanel",
            name="bed_sha256",
            field=models.CharField(
                blank=True, max_length=64, verbose_name="SHA-256 of the BED file"
            ),
        ),
        migrations.AddField(
            model_name="historicalpanel",
            name="genome_build",
            field=models.CharField(
                blank=True,
                choices=[("GRCh37", "GRCh37"), ("GRCh38", "GRCh38")],
                help_text="Files of another build are refused",
                max_length=10,
                verbose_name="genome build",
            ),
        ),
        migrations.AddField(
            model_name="historicalvariant",
            name="alt_reads",
            field=models.PositiveIntegerField(
                blank=True,
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(0),
                    django.core.validators.MaxValueValidator(10000000),
                ],
                verbose_name="reads of the variant",
            ),
        ),
        migrations.AddField(
            model_name="historicalvariant",
            name="filters",
            field=models.CharField(
                blank=True,
                help_text="As the caller wrote it; “.” is not PASS",
                max_length=400,
                verbose_name="FILTER",
            ),
        ),
        migrations.AddField(
            model_name="historicalvariant",
            name="frequency",
            field=models.FloatField(
                blank=True,
                help_text="0 to 1",
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(0),
                    django.core.validators.MaxValueValidator(1),
                ],
                verbose_name="population frequency",
            ),
        ),
        migrations.AddField(
            model_name="historicalvariant",
            name="frequency_from",
            field=models.CharField(
                blank=True, max_length=80, verbose_name="source of the frequency"
            ),
        ),
        migrations.AddField(
            model_name="historicalvariant",
            name="line",
            field=models.PositiveIntegerField(
                blank=True,
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(100000000),
                ],
                verbose_name="line of the file",
            ),
        ),
        migrations.AddField(
            model_name="historicalvariant",
            name="transcript_basis",
            field=models.CharField(
                blank=True, max_length=20, verbose_name="choice of the transcript"
            ),
        ),
        migrations.AddField(
            model_name="historicalvariant",
            name="vaf_from",
            field=models.CharField(blank=True, max_length=40, verbose_name="source of the VAF"),
        ),
        migrations.AddField(
            model_name="panel",
            name="bed_name",
            field=models.CharField(blank=True, max_length=400, verbose_name="BED file"),
        ),
        migrations.AddField(
            model_name="panel",
            name="bed_sha256",
            field=models.CharField(
                blank=True, max_length=64, verbose_name="SHA-256 of the BED file"
            ),
        ),
        migrations.AddField(
            model_name="panel",
            name="genome_build",
            field=models.CharField(
                blank=True,
                choices=[("GRCh37", "GRCh37"), ("GRCh38", "GRCh38")],
                help_text="Files of another build are refused",
                max_length=10,
                verbose_name="genome build",
            ),
        ),
        migrations.AddField(
            model_name="variant",
            name="alt_reads",
            field=models.PositiveIntegerField(
                blank=True,
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(0),
                    django.core.validators.MaxValueValidator(10000000),
                ],
                verbose_name="reads of the variant",
            ),
        ),
        migrations.AddField(
            model_name="variant",
            name="filters",
            field=models.CharField(
                blank=True,
                help_text="As the caller wrote it; “.” is not PASS",
                max_length=400,
                verbose_name="FILTER",
            ),
        ),
        migrations.AddField(
            model_name="variant",
            name="frequency",
            field=models.FloatField(
                blank=True,
                help_text="0 to 1",
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(0),
                    django.core.validators.MaxValueValidator(1),
                ],
                verbose_name="population frequency",
            ),
        ),
        migrations.AddField(
            model_name="variant",
            name="frequency_from",
            field=models.CharField(
                blank=True, max_length=80, verbose_name="source of the frequency"
            ),
        ),
        migrations.AddField(
            model_name="variant",
            name="line",
            field=models.PositiveIntegerField(
                blank=True,
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(100000000),
                ],
                verbose_name="line of the file",
            ),
        ),
        migrations.AddField(
            model_name="variant",
            name="transcript_basis",
            field=models.CharField(
                blank=True, max_length=20, verbose_name="choice of the transcript"
            ),
        ),
        migrations.AddField(
            model_name="variant",
            name="vaf_from",
            field=models.CharField(blank=True, max_length=40, verbose_name="source of the VAF"),
        ),
        migrations.AlterField(
            model_name="historicalsequencingsample",
            name="quality",
            field=models.CharField(
                choices=[
                    ("adequate", "adequate"),
                    ("failed", "failed"),
                    ("not_stated", "depth not stated"),
                ],
                max_length=10,
                verbose_name="quality",
            ),
        ),
        migrations.AlterField(
            model_name="historicalvariant",
            name="chrom",
            field=models.CharField(blank=True, max_length=60, verbose_name="chromosome"),
        ),
        migrations.AlterField(
            model_name="historicalvariant",
            name="gene",
            field=models.CharField(blank=True, db_index=True, max_length=40, verbose_name="gene"),
        ),
        migrations.AlterField(
            model_name="sequencingsample",
            name="quality",
            field=models.CharField(
                choices=[
                    ("adequate", "adequate"),
                    ("failed", "failed"),
                    ("not_stated", "depth not stated"),
                ],
                max_length=10,
                verbose_name="quality",
            ),
        ),
        migrations.AlterField(
            model_name="variant",
            name="chrom",
            field=models.CharField(blank=True, max_length=60, verbose_name="chromosome"),
        ),
        migrations.AlterField(
            model_name="variant",
            name="gene",
            field=models.CharField(blank=True, db_index=True, max_length=40, verbose_name="gene"),
        ),
        migrations.AddConstraint(
            model_name="fusionresult",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("supporting_reads__isnull", True),
                    models.Q(("supporting_reads__gte", 0), ("supporting_reads__lte", 100000000)),
                    _connector="OR",
                ),
                name="fusionresult_supporting_reads_range",
            ),
        ),
        migrations.AddConstraint(
            model_name="panel",
            constraint=models.CheckConstraint(
                condition=models.Q(("genome_build__in", ["GRCh37", "GRCh38", ""])),
                name="panel_genome_build_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="sequencingsample",
            constraint=models.CheckConstraint(
                condition=models.Q(("quality__in", ["adequate", "failed", "not_stated"])),
                name="sequencingsample_quality_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="sequencingsample",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("quality", "failed"), _negated=True),
                    models.Q(("quality_reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="sequencingsample_failed_says_why",
                violation_error_message="Say why the sample failed.",
            ),
        ),
        migrations.AddField(
            model_name="exoncoverage",
            name="sample",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="exon_coverage",
                to="reports.sequencingsample",
                verbose_name="sequenced sample",
            ),
        ),
        migrations.AddField(
            model_name="genecoverage",
            name="sample",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="gene_coverage",
                to="reports.sequencingsample",
                verbose_name="sequenced sample",
            ),
        ),
        migrations.AddField(
            model_name="historicalexoncoverage",
            name="history_user",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="historicalexoncoverage",
            name="sample",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="reports.sequencingsample",
                verbose_name="sequenced sample",
            ),
        ),
        migrations.AddField(
            model_name="historicalgenecoverage",
            name="history_user",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="historicalgenecoverage",
            name="sample",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="reports.sequencingsample",
                verbose_name="sequenced sample",
            ),
        ),
        migrations.AddField(
            model_name="historicalsequencingfile",
            name="history_user",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="historicalsequencingfile",
            name="sample",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="reports.sequencingsample",
                verbose_name="sequenced sample",
            ),
        ),
        migrations.AddField(
            model_name="sequencingfile",
            name="sample",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="files",
                to="reports.sequencingsample",
                verbose_name="sequenced sample",
            ),
        ),
        migrations.AddField(
            model_name="historicalvariant",
            name="file",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                help_text="Empty where a person or a spreadsheet reported the variant",
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="reports.sequencingfile",
                verbose_name="file",
            ),
        ),
        migrations.AddField(
            model_name="variant",
            name="file",
            field=models.ForeignKey(
                blank=True,
                help_text="Empty where a person or a spreadsheet reported the variant",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="variants",
                to="reports.sequencingfile",
                verbose_name="file",
            ),
        ),
        migrations.AddConstraint(
            model_name="variant",
            constraint=models.UniqueConstraint(
                condition=models.Q(("file__isnull", False)),
                fields=("sample", "chrom", "position", "ref", "alt"),
                name="variant_of_file_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="variant",
            constraint=models.UniqueConstraint(
                condition=models.Q(("file__isnull", True)),
                fields=("sample", "gene", "hgvs_c"),
                name="variant_of_sample",
            ),
        ),
        migrations.AddConstraint(
            model_name="variant",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("file__isnull", False), models.Q(("gene", ""), _negated=True), _connector="OR"
                ),
                name="variant_gene_is_named",
                violation_error_message="Name the gene.",
            ),
        ),
        migrations.AddConstraint(
            model_name="variant",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("alt_reads__isnull", True),
                    models.Q(("alt_reads__gte", 0), ("alt_reads__lte", 10000000)),
                    _connector="OR",
                ),
                name="variant_alt_reads_range",
            ),
        ),
        migrations.AddConstraint(
            model_name="variant",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("line__isnull", True),
                    models.Q(("line__gte", 1), ("line__lte", 100000000)),
                    _connector="OR",
                ),
                name="variant_line_range",
            ),
        ),
        migrations.AddConstraint(
            model_name="variant",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("frequency__isnull", True),
                    models.Q(("frequency__gte", 0), ("frequency__lte", 1)),
                    _connector="OR",
                ),
                name="variant_frequency_range",
            ),
        ),
        migrations.AddConstraint(
            model_name="exoncoverage",
            constraint=models.UniqueConstraint(
                fields=("sample", "exon"), name="exon_coverage_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="exoncoverage",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("exon__isnull", True),
                    models.Q(("exon__gte", 1), ("exon__lte", 8)),
                    _connector="OR",
                ),
                name="exoncoverage_exon_range",
            ),
        ),
        migrations.AddConstraint(
            model_name="exoncoverage",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("on_panel__isnull", True),
                    models.Q(("on_panel__gte", 0), ("on_panel__lte", 1)),
                    _connector="OR",
                ),
                name="exoncoverage_on_panel_range",
            ),
        ),
        migrations.AddConstraint(
            model_name="exoncoverage",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("mean_depth__isnull", True),
                    models.Q(("mean_depth__gte", 0), ("mean_depth__lte", 10000000)),
                    _connector="OR",
                ),
                name="exoncoverage_mean_depth_range",
            ),
        ),
        migrations.AddConstraint(
            model_name="exoncoverage",
            constraint=models.CheckConstraint(
                condition=models.Q(("reach__in", ["enough", "low", "partial", "not_on_panel"])),
                name="exoncoverage_reach_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="genecoverage",
            constraint=models.UniqueConstraint(
                fields=("sample", "gene"), name="gene_coverage_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="genecoverage",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("mean_depth__isnull", True),
                    models.Q(("mean_depth__gte", 0), ("mean_depth__lte", 10000000)),
                    _connector="OR",
                ),
                name="genecoverage_mean_depth_range",
            ),
        ),
        migrations.AddConstraint(
            model_name="genecoverage",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("fraction_at_1000x__isnull", True),
                    models.Q(("fraction_at_1000x__gte", 0), ("fraction_at_1000x__lte", 1)),
                    _connector="OR",
                ),
                name="genecoverage_fraction_at_1000x_range",
            ),
        ),
        migrations.AddConstraint(
            model_name="sequencingfile",
            constraint=models.UniqueConstraint(
                fields=("sample", "kind", "name"), name="file_of_sample_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="sequencingfile",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["variants", "coverage"])),
                name="sequencingfile_kind_known",
            ),
        ),
        migrations.RunPython(guard, unguard),
    ]
