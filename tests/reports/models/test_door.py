"""Nothing is written but through the actions, and what is append-only is never changed."""

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import ProtectedError

from reports import models
from reports.actions import note, note_import, save_record, save_records, store_report
from reports.append_only import guarded_tables
from reports.models import Act
from reports.models.door import WriteOutsideActions

pytestmark = pytest.mark.django_db

WRITES = {
    "save": lambda patient: patient.save(),
    "delete": lambda patient: patient.delete(),
    "create": lambda patient: models.Centre.objects.create(code="X"),
    "get_or_create": lambda patient: models.Centre.objects.get_or_create(code="X"),
    "update_or_create": lambda patient: models.Centre.objects.update_or_create(code="X"),
    "update": lambda patient: models.Patient.objects.update(code="X"),
    "delete all": lambda patient: models.Patient.objects.all().delete(),
    "bulk_create": lambda patient: models.Centre.objects.bulk_create([models.Centre(code="X")]),
    "bulk_update": lambda patient: models.Patient.objects.bulk_update([patient], ["code"]),
    "related create": lambda patient: patient.specimens.create(number="X"),
    "related update": lambda patient: patient.specimens.update(number="X"),
    "without history": lambda patient: patient.save_without_historical_record(),
    "audit": lambda patient: models.AuditEvent.objects.create(who="me", act=Act.VIEWED),
    "job": lambda patient: models.Job(kind="x", owner="me").save(),
}


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES.keys())
def test_write_outside_the_actions_is_refused(boy, write):
    before = models.Patient.history.count(), models.Centre.objects.count()
    boy.code = "changed"
    with pytest.raises(WriteOutsideActions):
        write(boy)
    assert (models.Patient.history.count(), models.Centre.objects.count()) == before
    assert models.Patient.objects.get().code == ""


def test_door_shuts_again_after_an_action_that_failed(hospital, boy):
    boy.diagnosis = "no such diagnosis"
    with pytest.raises(ValidationError):
        save_record(record=boy, by="tester", reason="try")
    with pytest.raises(WriteOutsideActions):
        boy.save()


@pytest.fixture
def written(boy, sequenced, mlpa):
    """One row and more in every append-only table that the actions write here."""
    mlpa(boy, {4: "het_del"}, run="M1")
    note(by="tester", act=Act.VIEWED, record=boy)
    note_import(by="tester", why="file", file_name="a.csv", sha256="0" * 64, counts={})
    store_report(
        by="tester", reason="asked for", number="R1", pdf=b"%PDF", snapshot={}, language="en",
        patient=boy,
    )  # fmt: skip


TABLES = [
    models.AuditEvent,
    models.ImportBatch,
    models.ReportVersion,
    models.Patient.history.model,
    models.ProbeRatio.history.model,
    models.Ikzf1Assessment.history.model,
    models.Report.history.model,
]


@pytest.mark.parametrize("table", TABLES, ids=lambda model: model.__name__)
@pytest.mark.parametrize("verb", ["UPDATE", "DELETE"])
def test_database_itself_refuses_to_change_what_is_append_only(written, table, verb):
    name, pk = table._meta.db_table, table._meta.pk.column
    held = table._base_manager.count()
    assert held
    sql = f"DELETE FROM {name}" if verb == "DELETE" else f"UPDATE {name} SET {pk} = {pk}"
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)
    assert table._base_manager.count() == held


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no TRUNCATE")
@pytest.mark.parametrize("table", TABLES, ids=lambda model: model.__name__)
def test_database_itself_refuses_to_truncate_what_is_append_only(written, table):
    with (
        pytest.raises(DatabaseError, match="append-only: TRUNCATE"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # rows just written have checks to come
        cursor.execute(f"TRUNCATE {table._meta.db_table} CASCADE")
    assert table._base_manager.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("time", ["first", "second"])
def test_triggers_survive_the_emptying_of_a_test_database(hospital, time):
    # The second run finds the table emptied after the first, and the triggers in place.
    assert models.Centre.history.count() == 1
    assert "reports_historicalcentre" in guarded_tables(connection)
    with pytest.raises(DatabaseError, match="append-only"):
        models.Centre.history.all().delete()


def test_account_that_acted_cannot_be_deleted(django_user_model, hospital):
    doctor = django_user_model.objects.create_user("doctor")
    hospital.name = "First hospital"
    save_record(record=hospital, by=doctor, reason="its name")
    with pytest.raises(ProtectedError):
        doctor.delete()


def test_unused_account_can_be_deleted(django_user_model):
    django_user_model.objects.create_user("typo").delete()
    assert not django_user_model.objects.exists()


def test_history_names_a_programme_that_has_no_account(hospital):
    row = models.Centre.history.get()
    assert (row.history_who, row.history_user) == ("tester", None)


def test_same_number_twice_in_a_centre_is_refused_by_the_database(register, hospital):
    register("7")
    twin = models.Patient(centre=hospital, hospital_number="7", diagnosis="b_all")
    with pytest.raises(IntegrityError), transaction.atomic():
        save_records(records=[twin], by="tester", reason="again")
    with pytest.raises(ValidationError):
        save_record(record=twin, by="tester", reason="again")


def test_same_number_in_another_centre_is_another_child(register, store):
    register("7")
    register("7", centre=store(models.Centre(code="H2")))
    assert models.Patient.objects.filter(hospital_number="7").count() == 2
