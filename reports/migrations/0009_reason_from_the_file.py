"""The reason of a sequenced sample's quality as its file gave it; TRUNCATE is refused as well."""

from django.db import migrations, models

from reports.append_only import guard_tables, guarded_tables

# SQLite rebuilds a table that gets a column, and its triggers go.
ALTERED = "reports_historicalsequencingsample"


def guard(apps, schema_editor):
    """All of them again: those of earlier versions did not refuse TRUNCATE on PostgreSQL."""
    connection = schema_editor.connection
    guard_tables(connection, guarded_tables(connection) | {ALTERED})


def field():
    return models.JSONField(
        blank=True, editable=False, null=True, verbose_name="reason from the file"
    )


class Migration(migrations.Migration):
    dependencies = [("reports", "0008_risk_protocol_facts")]

    operations = [
        migrations.AddField("historicalsequencingsample", "quality_message", field()),
        migrations.AddField("sequencingsample", "quality_message", field()),
        migrations.RunPython(guard, migrations.RunPython.noop),
    ]
