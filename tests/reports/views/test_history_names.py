"""The history of a child names everyone who acted, a programme too."""

import pytest

from reports.actions import save_record
from reports.views.history import happenings

pytestmark = pytest.mark.django_db


def test_programme_is_named_and_a_person_by_the_full_name(boy, django_user_model):
    doctor = django_user_model.objects.create_user("li", first_name="Wei", last_name="Li")
    boy.code = "Z-1"
    save_record(record=boy, by=doctor, reason="code")
    boy.code = "Z-2"
    save_record(record=boy, by="import_clinical", reason="file")
    found = [(item.who, item.why) for item in happenings(boy.pk)]
    assert found == [
        ("import_clinical", "file"),
        ("Wei Li", "code"),
        ("tester", "entered for a test"),
    ]
