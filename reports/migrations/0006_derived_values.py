"""Profiles, subtype and risk groups as stored values; protocols of a centre; vouched rule sets."""

import concurrency.fields
import django.core.validators
import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models

import reports.models.door
from reports.append_only import guard_tables, unguard_tables

NEW = (
    "reports_historicalcentreprotocol",
    "reports_historicalcomputedrisk",
    "reports_historicalprofileassessment",
    "reports_historicalrulesetconfirmation",
    "reports_historicalsubtypeassessment",
)


def guard(apps, schema_editor):
    guard_tables(schema_editor.connection, NEW)


def unguard(apps, schema_editor):
    unguard_tables(schema_editor.connection, NEW)


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0005_variant_consequences"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="HistoricalCentreProtocol",
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
                ("protocol", models.CharField(max_length=80, verbose_name="protocol")),
                (
                    "protocol_version",
                    models.CharField(
                        blank=True,
                        help_text="The newest where empty",
                        max_length=40,
                        verbose_name="protocol version",
                    ),
                ),
                (
                    "place",
                    models.PositiveSmallIntegerField(
                        default=1,
                        help_text="The first leads where a child has no protocol of its own",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(20),
                        ],
                        verbose_name="place",
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
                (
                    "centre",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="reports.centre",
                        verbose_name="centre",
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "historical risk protocol of the centre",
                "verbose_name_plural": "historical risk protocols of the centre",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalComputedRisk",
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
                ("content", models.JSONField(verbose_name="value with reasons")),
                ("rule_version", models.CharField(max_length=80, verbose_name="rule version")),
                ("input_hash", models.CharField(max_length=64, verbose_name="hash of the inputs")),
                ("computed_at", models.DateTimeField(verbose_name="computed at")),
                ("protocol", models.CharField(max_length=80, verbose_name="protocol")),
                (
                    "protocol_version",
                    models.CharField(max_length=40, verbose_name="protocol version"),
                ),
                ("leading", models.BooleanField(default=False, verbose_name="leading protocol")),
                ("group", models.CharField(blank=True, max_length=20, verbose_name="group")),
                ("word", models.CharField(blank=True, max_length=20, verbose_name="risk")),
                ("status", models.CharField(max_length=12, verbose_name="rule set")),
                ("result", models.JSONField(default=dict, verbose_name="result in short")),
                (
                    "assignment",
                    models.JSONField(blank=True, null=True, verbose_name="doctor's entry"),
                ),
                (
                    "basis",
                    models.JSONField(
                        blank=True, null=True, verbose_name="result at the doctor's entry"
                    ),
                ),
                (
                    "stale_since",
                    models.DateTimeField(
                        blank=True, null=True, verbose_name="to be reassessed since"
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
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="reports.patient",
                        verbose_name="patient",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical computed risk group",
                "verbose_name_plural": "historical computed risk groups",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalProfileAssessment",
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
                ("content", models.JSONField(verbose_name="value with reasons")),
                ("rule_version", models.CharField(max_length=80, verbose_name="rule version")),
                ("input_hash", models.CharField(max_length=64, verbose_name="hash of the inputs")),
                ("computed_at", models.DateTimeField(verbose_name="computed at")),
                ("ikzf1plus", models.CharField(max_length=24, verbose_name="IKZF1plus")),
                ("ukall_cna", models.CharField(max_length=20, verbose_name="UKALL-CNA")),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.TextField(null=True)),
                (
                    "history_type",
                    models.CharField(
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="reports.patient",
                        verbose_name="patient",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical genetic profiles",
                "verbose_name_plural": "historical genetic profiles",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalRuleSetConfirmation",
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
                ("protocol", models.CharField(max_length=80, verbose_name="protocol")),
                (
                    "protocol_version",
                    models.CharField(max_length=40, verbose_name="protocol version"),
                ),
                (
                    "rule_hash",
                    models.CharField(
                        editable=False, max_length=64, verbose_name="hash of the rules"
                    ),
                ),
                ("confirmed_by", models.CharField(max_length=100, verbose_name="confirmed by")),
                ("confirmed_on", models.DateField(verbose_name="confirmed on")),
                (
                    "source",
                    models.CharField(
                        help_text="The document with which the rules were compared, and its edition",
                        max_length=400,
                        verbose_name="compared with",
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
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "historical confirmation of a rule set",
                "verbose_name_plural": "historical confirmations of rule sets",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalSubtypeAssessment",
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
                ("content", models.JSONField(verbose_name="value with reasons")),
                ("rule_version", models.CharField(max_length=80, verbose_name="rule version")),
                ("input_hash", models.CharField(max_length=64, verbose_name="hash of the inputs")),
                ("computed_at", models.DateTimeField(verbose_name="computed at")),
                ("answer", models.CharField(max_length=20, verbose_name="answer")),
                (
                    "key",
                    models.CharField(
                        blank=True, db_index=True, max_length=40, verbose_name="subtype"
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
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="reports.patient",
                        verbose_name="patient",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical subtype",
                "verbose_name_plural": "historical subtypes",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="ProfileAssessment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("content", models.JSONField(verbose_name="value with reasons")),
                ("rule_version", models.CharField(max_length=80, verbose_name="rule version")),
                ("input_hash", models.CharField(max_length=64, verbose_name="hash of the inputs")),
                ("computed_at", models.DateTimeField(verbose_name="computed at")),
                ("ikzf1plus", models.CharField(max_length=24, verbose_name="IKZF1plus")),
                ("ukall_cna", models.CharField(max_length=20, verbose_name="UKALL-CNA")),
                (
                    "patient",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="profiles",
                        to="reports.patient",
                        verbose_name="patient",
                    ),
                ),
            ],
            options={
                "verbose_name": "genetic profiles",
                "verbose_name_plural": "genetic profiles",
            },
        ),
        migrations.CreateModel(
            name="RuleSetConfirmation",
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
                ("protocol", models.CharField(max_length=80, verbose_name="protocol")),
                (
                    "protocol_version",
                    models.CharField(max_length=40, verbose_name="protocol version"),
                ),
                (
                    "rule_hash",
                    models.CharField(
                        editable=False, max_length=64, verbose_name="hash of the rules"
                    ),
                ),
                ("confirmed_by", models.CharField(max_length=100, verbose_name="confirmed by")),
                ("confirmed_on", models.DateField(verbose_name="confirmed on")),
                (
                    "source",
                    models.CharField(
                        help_text="The document with which the rules were compared, and its edition",
                        max_length=400,
                        verbose_name="compared with",
                    ),
                ),
            ],
            options={
                "verbose_name": "confirmation of a rule set",
                "verbose_name_plural": "confirmations of rule sets",
                "ordering": ["protocol", "protocol_version", "-confirmed_on"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("protocol", "protocol_version", "rule_hash"),
                        name="rule_set_confirmed_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("confirmed_by", ""), _negated=True),
                            models.Q(("rule_hash", ""), _negated=True),
                        ),
                        name="rule_set_confirmed_by",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SubtypeAssessment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("content", models.JSONField(verbose_name="value with reasons")),
                ("rule_version", models.CharField(max_length=80, verbose_name="rule version")),
                ("input_hash", models.CharField(max_length=64, verbose_name="hash of the inputs")),
                ("computed_at", models.DateTimeField(verbose_name="computed at")),
                ("answer", models.CharField(max_length=20, verbose_name="answer")),
                (
                    "key",
                    models.CharField(
                        blank=True, db_index=True, max_length=40, verbose_name="subtype"
                    ),
                ),
                (
                    "patient",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="subtype",
                        to="reports.patient",
                        verbose_name="patient",
                    ),
                ),
            ],
            options={
                "verbose_name": "subtype",
                "verbose_name_plural": "subtypes",
            },
        ),
        migrations.CreateModel(
            name="CentreProtocol",
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
                ("protocol", models.CharField(max_length=80, verbose_name="protocol")),
                (
                    "protocol_version",
                    models.CharField(
                        blank=True,
                        help_text="The newest where empty",
                        max_length=40,
                        verbose_name="protocol version",
                    ),
                ),
                (
                    "place",
                    models.PositiveSmallIntegerField(
                        default=1,
                        help_text="The first leads where a child has no protocol of its own",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(20),
                        ],
                        verbose_name="place",
                    ),
                ),
                (
                    "centre",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="protocols",
                        to="reports.centre",
                        verbose_name="centre",
                    ),
                ),
            ],
            options={
                "verbose_name": "risk protocol of the centre",
                "verbose_name_plural": "risk protocols of the centre",
                "ordering": ["centre", "place", "protocol"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("centre", "protocol", "protocol_version"),
                        name="protocol_of_centre_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("place__gte", 1), ("place__lte", 20)),
                        name="protocol_place_range",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ComputedRisk",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("content", models.JSONField(verbose_name="value with reasons")),
                ("rule_version", models.CharField(max_length=80, verbose_name="rule version")),
                ("input_hash", models.CharField(max_length=64, verbose_name="hash of the inputs")),
                ("computed_at", models.DateTimeField(verbose_name="computed at")),
                ("protocol", models.CharField(max_length=80, verbose_name="protocol")),
                (
                    "protocol_version",
                    models.CharField(max_length=40, verbose_name="protocol version"),
                ),
                ("leading", models.BooleanField(default=False, verbose_name="leading protocol")),
                ("group", models.CharField(blank=True, max_length=20, verbose_name="group")),
                ("word", models.CharField(blank=True, max_length=20, verbose_name="risk")),
                ("status", models.CharField(max_length=12, verbose_name="rule set")),
                ("result", models.JSONField(default=dict, verbose_name="result in short")),
                (
                    "assignment",
                    models.JSONField(blank=True, null=True, verbose_name="doctor's entry"),
                ),
                (
                    "basis",
                    models.JSONField(
                        blank=True, null=True, verbose_name="result at the doctor's entry"
                    ),
                ),
                (
                    "stale_since",
                    models.DateTimeField(
                        blank=True, null=True, verbose_name="to be reassessed since"
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="computed_risks",
                        to="reports.patient",
                        verbose_name="patient",
                    ),
                ),
            ],
            options={
                "verbose_name": "computed risk group",
                "verbose_name_plural": "computed risk groups",
                "ordering": ["patient", "-leading", "protocol"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("patient", "protocol", "protocol_version"),
                        name="risk_of_protocol_once",
                    )
                ],
            },
        ),
        migrations.RunPython(guard, unguard),
    ]
