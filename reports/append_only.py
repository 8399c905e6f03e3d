"""Triggers that refuse UPDATE and DELETE on append-only tables, on SQLite and on PostgreSQL, which
has TRUNCATE besides.

The guard of `reports/models/door.py` stops our own code; these stop everything that comes through
the database connection.
"""

from collections.abc import Iterable

VERBS = ("UPDATE", "DELETE")
_FUNCTION = """
CREATE OR REPLACE FUNCTION reports_refuse_change() RETURNS trigger AS $$
BEGIN
    RAISE EXCEPTION 'append-only: % of % is refused', TG_OP, TG_TABLE_NAME;
END;
$$ LANGUAGE plpgsql
"""


def guard_tables(connection, tables: Iterable[str]) -> None:
    """Create the triggers; calling it again is harmless."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_FUNCTION)
        for table in tables:
            for verb in _verbs(connection.vendor):
                cursor.execute(_create(connection.vendor, table, verb))


def unguard_tables(connection, tables: Iterable[str]) -> None:
    """Drop the triggers: for undoing a migration, and for emptying a test database."""
    with connection.cursor() as cursor:
        for table in tables:
            for verb in _verbs(connection.vendor):
                on = f" ON {table}" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER IF EXISTS {trigger_name(table, verb)}{on}")


def trigger_name(table: str, verb: str) -> str:
    return f"{table}_no_{verb.lower()}"


def guarded_tables(connection) -> frozenset[str]:
    """Tables that carry the triggers against UPDATE and DELETE in this database."""
    if connection.vendor == "postgresql":
        query = (
            "SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
            "WHERE NOT t.tgisinternal"
        )
    else:
        query = "SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger'"
    with connection.cursor() as cursor:
        cursor.execute(query)
        found = set(cursor.fetchall())
    tables = {table for table, _ in found}
    return frozenset(
        table
        for table in tables
        if all((table, trigger_name(table, verb)) in found for verb in VERBS)
    )


def _verbs(vendor: str) -> tuple[str, ...]:
    return (*VERBS, "TRUNCATE") if vendor == "postgresql" else VERBS


def _create(vendor: str, table: str, verb: str) -> str:
    name = trigger_name(table, verb)
    if vendor == "postgresql":
        each = "STATEMENT" if verb == "TRUNCATE" else "ROW"
        return (
            f"CREATE OR REPLACE TRIGGER {name} BEFORE {verb} ON {table} "
            f"FOR EACH {each} EXECUTE FUNCTION reports_refuse_change()"
        )
    return (
        f"CREATE TRIGGER IF NOT EXISTS {name} BEFORE {verb} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, 'append-only: {verb} of {table} is refused'); END"
    )
