"""Text that is encrypted in the database, in its history and in its backups."""

import hashlib
import hmac
import unicodedata
from functools import cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models


@cache
def _fernet(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def _current() -> MultiFernet:
    return _fernet(tuple(settings.FIELD_KEYS))


class UnreadableName(RuntimeError):
    """The stored text was encrypted with a key that FIELD_KEYS does not hold."""


class EncryptedTextField(models.TextField):
    """Plain text in Python, a Fernet token in the database; the empty text stays empty.

    The first of settings.FIELD_KEYS encrypts, all of them decrypt. It cannot be searched: keep a
    `blind_index` beside it.
    """

    def get_prep_value(self, value):
        value = super().get_prep_value(value)
        return _current().encrypt(value.encode()).decode("ascii") if value else value

    def from_db_value(self, value, expression, connection):
        if not value:
            return value
        try:
            return _current().decrypt(value.encode("ascii")).decode()
        except InvalidToken as error:
            raise UnreadableName(
                "A name cannot be decrypted: FIELD_KEYS lacks the key it was encrypted with."
            ) from error


def blind_index(text: str) -> str:
    """A keyed hash of a name, for an exact search that ignores width, case and spaces.

    Uses the last of FIELD_KEYS, the oldest: a new key in front leaves the index as it is.
    """
    plain = "".join(unicodedata.normalize("NFKC", text).casefold().split())
    if not plain:
        return ""
    key = settings.FIELD_KEYS[-1].encode("ascii")
    return hmac.new(key, b"name:" + plain.encode(), hashlib.sha256).hexdigest()
