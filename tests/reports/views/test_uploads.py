"""A file between preview and confirmation: whose it is, what it is, and how long it stays."""

import hashlib
import os
import stat

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from reports.views import uploads

CONTENT = b"hospital_number\n2020-1\n"


@pytest.fixture(autouse=True)
def var_dir(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    return tmp_path


def keep(session, content=CONTENT, name="children.csv", mapping=None):
    table = SimpleUploadedFile(name, content)
    return uploads.keep(session, table=table, mapping=mapping, sheet="patients")


def test_kept_file_is_found_again_with_its_hash_and_name():
    session = {}
    upload = uploads.find(session, keep(session).token)
    assert upload.table.read_bytes() == CONTENT
    assert upload.sha256 == hashlib.sha256(CONTENT).hexdigest()
    assert (upload.name, upload.sheet, upload.mapping) == ("children.csv", "patients", None)


def test_kept_file_is_readable_by_the_server_alone():
    upload = keep({})
    assert stat.S_IMODE(upload.folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(upload.table.stat().st_mode) == 0o600


def test_name_with_folders_cannot_leave_the_upload_folder(var_dir):
    upload = keep({}, name="../../escaped.csv")
    assert upload.table.parent.parent == var_dir / "uploads"
    assert upload.name == "escaped.csv"


def test_another_session_does_not_find_it():
    token = keep({}).token
    with pytest.raises(uploads.UploadGone):
        uploads.find({}, token)


def test_changed_bytes_are_not_what_was_previewed():
    session = {}
    upload = keep(session)
    upload.table.write_bytes(CONTENT + b"2020-2\n")
    with pytest.raises(uploads.UploadGone):
        uploads.find(session, upload.token)


def test_changed_mapping_is_not_what_was_previewed():
    session = {}
    upload = keep(session, mapping=SimpleUploadedFile("m.yaml", b"title: x\n"))
    assert uploads.find(session, upload.token).mapping.read_bytes() == b"title: x\n"
    upload.mapping.write_bytes(b"title: y\n")
    with pytest.raises(uploads.UploadGone):
        uploads.find(session, upload.token)


def test_after_an_hour_it_is_gone_from_disk(monkeypatch):
    session = {}
    upload = keep(session)
    later = upload.made + uploads.KEPT_SECONDS + 1
    monkeypatch.setattr(uploads.time, "time", lambda: later)
    with pytest.raises(uploads.UploadGone):
        uploads.find(session, upload.token)
    assert not upload.folder.exists()


def test_next_upload_removes_what_others_left_behind():
    old = keep({})
    past = old.made - uploads.KEPT_SECONDS - 1
    os.utime(old.folder, (past, past))
    fresh = keep({})
    assert not old.folder.exists()
    assert fresh.table.exists()


def test_forgotten_upload_leaves_neither_file_nor_token():
    session = {}
    upload = keep(session)
    uploads.forget(session, upload.token)
    assert not upload.folder.exists()
    assert session[uploads.SESSION_KEY] == {}
