"""History, audit events, imports and printed reports cannot be changed or deleted: triggers."""

from django.db import migrations

from reports.append_only import guard_tables, unguard_tables

TABLES = (
    "reports_auditevent",
    "reports_importbatch",
    "reports_reportversion",
    "reports_historicalcentre",
    "reports_historicalfindings",
    "reports_historicalfollowupevent",
    "reports_historicalfusionresult",
    "reports_historicalglucocorticoidresponse",
    "reports_historicalikzf1assessment",
    "reports_historicalmarrowassessment",
    "reports_historicalmlparun",
    "reports_historicalmlpasample",
    "reports_historicalmrd",
    "reports_historicalpanel",
    "reports_historicalpatient",
    "reports_historicalproberatio",
    "reports_historicalreport",
    "reports_historicalriskassessment",
    "reports_historicalsavedcohort",
    "reports_historicalsequencingrun",
    "reports_historicalsequencingsample",
    "reports_historicalspecimen",
    "reports_historicalvariant",
)


def guard(apps, schema_editor):
    guard_tables(schema_editor.connection, TABLES)


def unguard(apps, schema_editor):
    unguard_tables(schema_editor.connection, TABLES)


class Migration(migrations.Migration):
    dependencies = [("reports", "0001_initial")]

    operations = [migrations.RunPython(guard, unguard)]
