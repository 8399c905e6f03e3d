"""A file between its preview and its confirmation.

It lies under `VAR_DIR/uploads/` with an unguessable name, readable by the server's account alone.
Only the session that uploaded it knows the name and the hashes, so nobody else can confirm it, and
what is confirmed is byte for byte what was previewed. After an hour it is gone.
"""

from __future__ import annotations

import contextlib
import hashlib
import secrets
import shutil
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

KEPT_SECONDS = 3600
SESSION_KEY = "uploads"
TABLE, MAPPING = "table", "mapping.yaml"
INCOMING = "incoming-"  # a file that is still being sent


class UploadGone(Exception):
    """The upload has expired, was confirmed already, is another session's, or was changed."""


@dataclass(frozen=True)
class Upload:
    """`name` is what the user's file was called, for display only; hashes are SHA-256 in hex."""

    token: str
    name: str
    sha256: str
    mapping_sha256: str
    sheet: str
    made: float

    @property
    def folder(self) -> Path:
        return uploads_dir() / self.token

    @property
    def table(self) -> Path:
        return self.folder / TABLE

    @property
    def mapping(self) -> Path | None:
        return self.folder / MAPPING if self.mapping_sha256 else None


def uploads_dir() -> Path:
    return Path(settings.VAR_DIR) / "uploads"


def keep(session: Any, *, table: Any, mapping: Any = None, sheet: str = "") -> Upload:
    """Store the uploaded `table` (and `mapping`), both Django `UploadedFile`s, for `session`."""
    remove_expired()
    token = secrets.token_hex(24)
    folder = uploads_dir() / token
    uploads_dir().mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.mkdir(mode=0o700)
    upload = Upload(
        token=token,
        name=Path(table.name).name[:200],
        sha256=_write(table, folder / TABLE),
        mapping_sha256=_write(mapping, folder / MAPPING) if mapping else "",
        sheet=sheet,
        made=time.time(),
    )
    session[SESSION_KEY] = {**_kept(session), token: asdict(upload)}
    return upload


def find(session: Any, token: str) -> Upload:
    """The upload of `session` called `token`, its bytes checked again. Raises `UploadGone`."""
    known = _kept(session).get(token)
    if known is None:
        raise UploadGone
    upload = Upload(**known)
    if time.time() - upload.made > KEPT_SECONDS or not _unchanged(upload):
        forget(session, token)
        raise UploadGone
    return upload


def forget(session: Any, token: str) -> None:
    """Remove the upload's files; its token means nothing afterwards."""
    kept = _kept(session)
    if kept.pop(token, None):
        shutil.rmtree(uploads_dir() / token, ignore_errors=True)
        session[SESSION_KEY] = kept


def remove_expired() -> None:
    """Remove every upload, of whomever, that is older than an hour."""
    oldest = time.time() - KEPT_SECONDS
    for item in uploads_dir().glob("*"):
        with contextlib.suppress(FileNotFoundError):  # removed by another request
            if item.stat().st_mtime >= oldest:
                continue
            if item.is_dir():
                shutil.rmtree(item, ignore_errors=True)
            else:
                item.unlink()


def _kept(session: Any) -> dict[str, Any]:
    return dict(session.get(SESSION_KEY, {}))


def _unchanged(upload: Upload) -> bool:
    try:
        same = _digest(upload.table) == upload.sha256
        return same and (not upload.mapping or _digest(upload.mapping) == upload.mapping_sha256)
    except OSError:
        return False


def _digest(path: Path) -> str:
    """SHA-256 in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write(uploaded: Any, path: Path) -> str:
    digest = hashlib.sha256()
    path.touch(mode=0o600)
    with path.open("wb") as file:
        for chunk in uploaded.chunks():
            digest.update(chunk)
            file.write(chunk)
    return digest.hexdigest()
