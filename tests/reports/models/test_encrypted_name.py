"""A name is never readable in the database, and can be found by those who know it."""

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import ValidationError
from django.db import connection

from reports import models
from reports.actions import save_record
from reports.models.encrypted import UnreadableName, blind_index

pytestmark = pytest.mark.django_db

NAME = "欧阳 Anna-Müller"


def stored_cells():
    """Every cell of the table and of its history, as the database holds it."""
    with connection.cursor() as cursor:
        for table in ("reports_patient", "reports_historicalpatient", "reports_auditevent"):
            cursor.execute(f"SELECT * FROM {table}")
            for row in cursor.fetchall():
                yield from map(str, row)


def name_column():
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM reports_patient")
        return cursor.fetchone()[0]


@pytest.fixture
def named(register):
    return register(name=NAME)


def test_name_reads_back_and_stands_nowhere_in_plain_text(named):
    named.name = NAME + " II"
    save_record(record=named, by="tester", reason="second name")
    assert models.Patient.objects.get().name == NAME + " II"
    assert [row.name for row in models.Patient.history.order_by("history_id")] == [
        NAME, NAME + " II",
    ]  # fmt: skip
    cells = list(stored_cells())
    assert len(cells) > 50
    assert not [cell for cell in cells if "Anna" in cell or "欧阳" in cell]


@pytest.mark.parametrize("typed", [NAME, "欧阳anna-müller", "  欧阳　ＡＮＮＡ-Müller "])
def test_name_is_found_by_its_index_however_it_is_spaced_or_cased(named, typed):
    assert models.Patient.objects.filter(name_index=blind_index(typed)).exists()


def test_other_name_is_not_found(named):
    assert not models.Patient.objects.filter(name_index=blind_index("欧阳 Anne-Müller")).exists()


def test_child_without_a_name_has_no_index(boy):
    assert (boy.name, boy.name_index, name_column()) == ("", "", "")


def test_same_name_is_encrypted_differently_each_time(register):
    register("1", name=NAME)
    register("2", name=NAME)
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM reports_patient")
        first, second = (row[0] for row in cursor.fetchall())
    assert first != second


def test_new_key_in_front_reads_old_names_and_keeps_the_index(named, settings):
    index = named.name_index
    settings.FIELD_KEYS = [Fernet.generate_key().decode(), *settings.FIELD_KEYS]
    again = models.Patient.objects.get()
    assert again.name == NAME
    again.code = "Z-1"
    save_record(record=again, by="tester", reason="code")
    assert again.name_index == index
    Fernet(settings.FIELD_KEYS[0]).decrypt(name_column().encode())


def test_name_under_a_lost_key_is_said_to_be_unreadable(named, settings):
    settings.FIELD_KEYS = [Fernet.generate_key().decode()]
    with pytest.raises(UnreadableName, match="FIELD_KEYS"):
        models.Patient.objects.get()


@pytest.mark.parametrize("name", ["x" * 101, "Anna\x00", "Anna\x1b[31m", "Anna\nMüller"])
def test_name_that_is_too_long_or_holds_control_characters_is_refused(boy, name):
    boy.name = name
    with pytest.raises(ValidationError) as refused:
        save_record(record=boy, by="tester", reason="name")
    assert list(refused.value.message_dict) == ["name"]


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "$x$", "㛃䶮", "x" * 100])
def test_strange_but_legal_name_is_kept_as_it_is(boy, name):
    boy.name = f"  {name} "
    save_record(record=boy, by="tester", reason="name")
    assert models.Patient.objects.get().name == name
