"""Keys of a demonstration: made once, kept in a file that only its owner reads."""

import contextlib
import os
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable
from pathlib import Path


def kept_secret(path: Path) -> str:
    """Django's secret key from `path`, made there on first use."""
    return _kept(path, lambda: secrets.token_urlsafe(50))


def kept_field_key(path: Path) -> str:
    """The Fernet key (32 bytes, base64) for encrypted fields from `path`, made on first use."""
    return _kept(path, lambda: urlsafe_b64encode(secrets.token_bytes(32)).decode())


def _kept(path: Path, make: Callable[[], str]) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        # Written whole beside it and linked into place: two first starts agree on one key.
        fresh = path.with_name(f"{path.name}.{os.getpid()}")
        fresh.touch(mode=0o600)
        fresh.write_text(make() + "\n", encoding="ascii")
        with contextlib.suppress(FileExistsError):
            os.link(fresh, path)
        fresh.unlink()
    return path.read_text(encoding="ascii").strip()
