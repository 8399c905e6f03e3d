"""A frozen cohort: the same numbers for ever, from what was frozen alone."""

import json
import zlib
from hashlib import sha256

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.db.models import ProtectedError

from reports.actions import CohortChanged, delete_record, freeze_cohort, save_record
from reports.cohort_content import cohort_content
from reports.documents.cohort import cohort_json, cohort_pdf, cohort_report, report_of
from reports.frozen_content import FrozenUnreadable, content_of, frozen_content
from reports.models import (
    AuditEvent,
    FollowUpEvent,
    FrozenCohort,
    Mrd,
    Patient,
    RiskAssessment,
    SavedCohort,
)
from tests.reports.documents.children import NORMAL, child, examined
from tests.reports.documents.children import stored as store

pytestmark = pytest.mark.django_db
ARTICLE = "tables of the article"


@pytest.fixture
def cohort():
    """Three children, one of them altered, and one who is left out for want of an answer."""
    first = examined("1", sex="female", code="C-1", name="Li Ming")
    examined("2", exons=NORMAL, code="C-2")
    examined("3", quality="failed", code="C-3")
    child("4", sex="male", code="C-4")
    store(FollowUpEvent(patient=first, event="relapse", days_from_diagnosis=400))
    entry = RiskAssessment.objects.get(patient=first)
    entry.risk_group = "low"
    save_record(record=entry, by="tester", reason="the doctor decides otherwise")
    where = [{"field": "ikzf1", "op": "is", "value": "answered"}]
    cohort = SavedCohort(name="ours", title="Ours", definition={"diagnosis": "b_all"})
    save_record(record=cohort, by="tester", reason="defined")
    cohort.definition = {"diagnosis": "b_all", "where": where}
    save_record(record=cohort, by="tester", reason="only with an answer")
    return cohort


def text(row: FrozenCohort, language="en") -> str:
    return json.dumps(cohort_json(report_of(content_of(row), language=language)))


def stored(row: FrozenCohort) -> dict:
    return json.loads(zlib.decompress(bytes(row.content)))


def reread(data: dict):
    raw = json.dumps(data).encode()
    return frozen_content(zlib.compress(raw), sha256=sha256(raw).hexdigest())


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_frozen_numbers_are_those_of_the_report_at_that_time(cohort, language):
    live = cohort_json(cohort_report(cohort, language=language))
    row = freeze_cohort(cohort=cohort, by="tester", reason=ARTICLE)
    frozen = json.loads(text(row, language))
    assert frozen["provenance"].pop("frozen")["number"] == row.number == 1
    now, then = (item["risk"].pop("differences") for item in (live, frozen))
    # By hospital number on the page, by code in what is kept.
    assert [item.pop("child") for item in now] == ["1"]
    assert [item.pop("child") for item in then] == ["C-1"]
    assert (then, frozen) == (now, json.loads(json.dumps(live)))
    assert frozen["cohort"]["children"] == 2


def test_later_changes_and_deletions_do_not_change_a_byte(cohort):
    row = freeze_cohort(cohort=cohort, by="tester", reason=ARTICLE)
    before = text(row)
    changed = Patient.objects.get(hospital_number="2")
    changed.sex, changed.code = "female", "other"
    save_record(record=changed, by="tester", reason="corrected")
    for gone in (*FollowUpEvent.objects.all(), *Mrd.objects.all(), *RiskAssessment.objects.all()):
        delete_record(record=gone, by="tester", reason="entered in error")
    examined("5")
    cohort.title, cohort.definition = "Another title", {"diagnosis": "t_all"}
    save_record(record=cohort, by="tester", reason="redefined")
    assert text(FrozenCohort.objects.get(pk=row.pk)) == before
    assert cohort_json(cohort_report(cohort, language="en"))["cohort"]["children"] == 0


def test_frozen_report_asks_the_database_for_nothing(cohort, django_assert_num_queries):
    row = freeze_cohort(cohort=cohort, by="tester", reason=ARTICLE)
    with django_assert_num_queries(0):
        report = report_of(content_of(row), language="en")
        assert cohort_pdf(report).startswith(b"%PDF-")


def test_nothing_that_names_a_child_is_frozen(cohort):
    row = freeze_cohort(cohort=cohort, by="tester", reason=ARTICLE)
    content = zlib.decompress(bytes(row.content)).decode()
    assert "Li Ming" not in content
    assert [item["code"] for item in stored(row)["children"]] == ["C-1", "C-2"]
    keys = {key for item in stored(row)["children"] for key in item}
    assert not keys & {"name", "hospital_number", "birth_date", "diagnosis_date"}
    assert "DNA degraded" not in content


def test_children_of_one_panel_share_its_genes(cohort):
    found = stored(freeze_cohort(cohort=cohort, by="tester", reason=ARTICLE))
    places = {item["genes_tested"] for item in found["children"]}
    assert len(places) == 1
    assert "NRAS" in found["panels"][places.pop()]


@pytest.mark.parametrize("reason", ["", "   ", "x" * 401])
def test_freezing_needs_a_reason_of_some_length(cohort, reason):
    with pytest.raises(ValidationError):
        freeze_cohort(cohort=cohort, by="tester", reason=reason)
    assert not FrozenCohort.objects.exists()


def test_what_nobody_has_seen_is_not_frozen(cohort):
    seen = cohort_content(cohort).data_hash
    changed = Patient.objects.get(hospital_number="2")
    changed.sex = "female" if changed.sex == "male" else "male"
    save_record(record=changed, by="tester", reason="corrected")
    with pytest.raises(CohortChanged):
        freeze_cohort(cohort=cohort, by="tester", reason=ARTICLE, seen=seen)
    assert not FrozenCohort.objects.exists()


def test_freezing_is_written_down_and_counted_up(cohort):
    freeze_cohort(cohort=cohort, by="tester", reason=ARTICLE)
    second = freeze_cohort(cohort=None, by="tester", reason="all of them")
    assert (second.number, second.children, second.name) == (2, 4, "")
    event = AuditEvent.objects.get(kind="frozencohort", key=str(second.pk))
    assert (event.who, event.why) == ("tester", "all of them")
    assert event.details["sha256"] == second.sha256


@pytest.mark.parametrize("statement", ["UPDATE {} SET reason = 'x'", "DELETE FROM {}"])
def test_frozen_cohort_cannot_be_changed_or_deleted(cohort, statement):
    freeze_cohort(cohort=cohort, by="tester", reason=ARTICLE)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(FrozenCohort._meta.db_table))
    with pytest.raises(ProtectedError):
        delete_record(record=cohort, by="tester", reason="no longer used")


def test_altered_content_is_noticed_by_its_hash(cohort):
    row = freeze_cohort(cohort=cohort, by="tester", reason=ARTICLE)
    data = stored(row)
    data["children"][0]["sex"] = "male"
    row.content = zlib.compress(json.dumps(data).encode())
    with pytest.raises(FrozenUnreadable, match="has been changed"):
        content_of(row)
    row.content = b"no such thing"
    with pytest.raises(FrozenUnreadable, match="damaged"):
        content_of(row)


def test_content_under_another_number_is_refused(cohort):
    row = freeze_cohort(cohort=cohort, by="tester", reason=ARTICLE)
    row.number = 7
    with pytest.raises(FrozenUnreadable, match="another number"):
        content_of(row)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda data: data | {"format": 2}, "has the format 2"),
        (lambda data: data | {"shoe_sizes": []}, "does not know: shoe_sizes"),
        (lambda data: _with_child(data, shoe_size=30), "does not know: shoe_size"),
        (lambda data: _without(data, "risk"), "cannot be read by this version .KeyError: 'risk'"),
        (lambda data: _with_child(data, cns="cns9"), "cannot be read by this version"),
        (lambda data: data | {"children": data["children"][:1]}, "cannot be read"),
    ],
)
def test_content_of_another_version_is_refused_in_words(cohort, change, said):
    data = stored(freeze_cohort(cohort=cohort, by="tester", reason=ARTICLE))
    with pytest.raises(FrozenUnreadable, match=said):
        reread(change(data))


def test_field_that_came_later_is_not_recorded_and_the_report_says_so(cohort):
    data = stored(freeze_cohort(cohort=cohort, by="tester", reason=ARTICLE))
    for item in data["children"]:
        del item["wbc"]
    content = reread(data)
    assert content.not_frozen == ("wbc",)
    assert [item.wbc for item in content.children] == [None, None]
    notes = report_of(content, language="en").parts[-1].notes
    assert any("shown as not recorded: wbc" in str(note) for note in notes)


def _with_child(data: dict, **fields) -> dict:
    first, *others = data["children"]
    return data | {"children": [first | fields, *others]}


def _without(data: dict, key: str) -> dict:
    return {name: value for name, value in data.items() if name != key}


def test_commands_freeze_and_print_from_what_was_frozen(cohort, tmp_path, capsys):
    call_command("freeze_cohort", "--cohort", "ours", "--reason", ARTICLE)
    assert "Frozen as number 1: 2 children" in capsys.readouterr().out
    numbers = tmp_path / "c.json"
    to = ["-o", str(tmp_path / "c.pdf"), "--language", "en", "--json", str(numbers)]
    call_command("cohort_report", "--frozen", "1", *to)
    found = json.loads(numbers.read_text(encoding="utf-8"))
    assert found["provenance"]["frozen"]["reason"] == ARTICLE
    with pytest.raises(CommandError, match=r"under the number 9\. Frozen are: 1"):
        call_command("cohort_report", "--frozen", "9", *to)
