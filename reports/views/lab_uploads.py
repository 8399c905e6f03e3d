"""The files of a laboratory import between their preview and its confirmation.

As `uploads` keeps a table: under `VAR_DIR/uploads/`, with an unguessable name, for an hour, known
to the session that sent them alone. Here each file keeps its own name, as a BAM's index is found by
it and the records name the files that they were read from.
"""

from __future__ import annotations

import hashlib
import secrets
import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from reports.views.incoming import keep_bytes
from reports.views.uploads import KEPT_SECONDS, UploadGone, remove_expired, uploads_dir

SESSION_KEY = "lab_uploads"
LONGEST_NAME = 200  # bytes; a file system takes 255


@dataclass(frozen=True)
class KeptFile:
    """A file as it was sent: in which `field` of the form, its name, SHA-256 in hex, size in
    bytes."""

    field: str
    name: str
    sha256: str
    size: int


@dataclass(frozen=True)
class LabUpload:
    """`kind` is the importer's key; `options` what else the form held, as it was posted."""

    token: str
    kind: str
    files: tuple[KeptFile, ...]
    options: Mapping[str, str]
    made: float

    @property
    def folder(self) -> Path:
        return uploads_dir() / self.token

    def path(self, file: KeptFile) -> Path:
        return self.folder / file.name

    def paths(self, field: str) -> tuple[Path, ...]:
        """The files of one field of the form, in the order in which they were sent."""
        return tuple(self.path(item) for item in self.files if item.field == field)

    def one(self, field: str) -> Path | None:
        return next(iter(self.paths(field)), None)


def safe_name(name: str) -> str:
    """The last part of `name` without what cannot be printed: a name for a file in our folder."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    text = "".join(char if char.isprintable() else "_" for char in last).strip()
    return text if text.strip(".") else "_" * max(1, len(text))


def keep(
    session: Any, *, kind: str, files: Mapping[str, Sequence[Any]], options: Mapping[str, str]
) -> LabUpload:
    """Store the uploaded files, by the field that they were sent in, for `session`.

    Their names (`safe_name`) differ from one another, which the form has checked.
    """
    remove_expired()
    token = secrets.token_hex(24)
    folder = uploads_dir() / token
    uploads_dir().mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.mkdir(mode=0o700)
    kept = []
    for field, sent in files.items():
        for uploaded in sent:
            path = folder / safe_name(uploaded.name)
            keep_bytes(uploaded, path)
            kept.append(KeptFile(field, path.name, _digest(path), path.stat().st_size))
    upload = LabUpload(token, kind, tuple(kept), dict(options), time.time())
    session[SESSION_KEY] = {**_known(session), token: asdict(upload)}
    return upload


def find(session: Any, token: str, *, kind: str) -> LabUpload:
    """The upload of `session` called `token`, its bytes checked again. Raises `UploadGone`."""
    known = _known(session).get(token)
    if known is None or known["kind"] != kind:
        raise UploadGone
    files = tuple(KeptFile(**item) for item in known["files"])
    upload = LabUpload(**{**known, "files": files})
    if time.time() - upload.made > KEPT_SECONDS or not _unchanged(upload):
        forget(session, token)
        raise UploadGone
    return upload


def forget(session: Any, token: str) -> None:
    """Remove the upload's files; its token means nothing afterwards."""
    known = _known(session)
    if known.pop(token, None):
        shutil.rmtree(uploads_dir() / token, ignore_errors=True)
        session[SESSION_KEY] = known


def _known(session: Any) -> dict[str, Any]:
    return dict(session.get(SESSION_KEY, {}))


def _unchanged(upload: LabUpload) -> bool:
    try:
        return all(_digest(upload.path(item)) == item.sha256 for item in upload.files)
    except OSError:
        return False


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
