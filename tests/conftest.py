"""What every test shares: an emptied test database in spite of append-only tables."""

import pytest
from django.db import connection, connections
from django.test import TransactionTestCase
from django.utils import translation

from reports.append_only import guard_tables, guarded_tables, unguard_tables


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix, tmp_path_factory):
    """SQLite in a file, each thread with its own connection, as in a hospital.

    In memory, the live server's threads share the test's one connection. There one thread can hold
    SQLite's lock and wait for Python's, inside a date function that Django gives to SQLite, while
    another holds Python's and waits for SQLite's: both stand still for ever, and with them every
    watchdog written in Python.
    """
    if connection.vendor == "sqlite":
        file = tmp_path_factory.mktemp("database") / "tests.sqlite3"
        connection.settings_dict["TEST"]["NAME"] = str(file)


@pytest.fixture(scope="session", autouse=True)
def append_only_tables_can_be_emptied_between_tests():
    """Where a test is not rolled back but flushed (live server, real transactions), the triggers
    are dropped for the flush alone, and come back before the next test."""
    flush = TransactionTestCase._fixture_teardown

    def flush_without_triggers(self):
        names = self._databases_names(include_mirrors=False)
        guarded = {name: guarded_tables(connections[name]) for name in names}
        for name, tables in guarded.items():
            unguard_tables(connections[name], tables)
        try:
            flush(self)
        finally:
            for name, tables in guarded.items():
                guard_tables(connections[name], tables)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", flush_without_triggers)
        yield


@pytest.fixture(autouse=True)
def english(settings):
    """Tests read English unless they ask otherwise; the site's own default is Chinese."""
    settings.LANGUAGE_CODE = "en"
    with translation.override("en"):
        yield
