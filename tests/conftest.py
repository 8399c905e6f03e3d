"""What every test shares: an emptied test database in spite of append-only tables."""

import pytest
from django.db import connections
from django.test import TransactionTestCase
from django.utils import translation

from reports.append_only import guard_tables, guarded_tables, unguard_tables


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
