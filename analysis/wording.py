"""Sentences that explain a result, kept as data until somebody reads them in a language.

The English sentence is the key; Chinese comes from the catalogue under `analysis/locale/`.
A message can be stored as JSON with the result it explains and still be read in either
language years later.
"""

from __future__ import annotations

import gettext
from dataclasses import dataclass
from enum import Enum, StrEnum
from functools import cache
from pathlib import Path
from typing import Any

LANGUAGES = ("en", "zh-hans")
LOCALE_DIR = Path(__file__).with_name("locale")


def N_(sentence: str) -> str:
    """Mark `sentence` for translation; return it unchanged."""
    return sentence


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    name = "zh_Hans" if language.lower().startswith("zh") else "en"
    return gettext.translation("analysis", LOCALE_DIR, [name], fallback=True)


def translate(sentence: str, language: str = "en") -> str:
    """`sentence` (an English msgid) in `language` ("en" or "zh-hans")."""
    return _catalogue(language).gettext(sentence) if sentence else sentence


class Labelled(StrEnum):
    """A closed list of words whose members know how they are written in each language."""

    label_en: str

    def __new__(cls, value: str, label: str = "") -> Labelled:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label_en = label or value
        return member

    def label(self, language: str = "en") -> str:
        return translate(self.label_en, language)

    @classmethod
    def choices(cls) -> list[tuple[str, str]]:
        """(value, English label) pairs, as a form or a database column wants them."""
        return [(member.value, member.label_en) for member in cls]


@dataclass(frozen=True)
class Message:
    """An English sentence with `{named}` places, and what goes into them.

    A parameter may be text, a number, a `Labelled` word, a `Message`, or a tuple of these (joined
    with a comma); it is written in the reader's language at the time of reading.
    """

    sentence: str
    params: tuple[tuple[str, Any], ...] = ()

    def text(self, language: str = "en") -> str:
        values = {name: _written(value, language) for name, value in self.params}
        return translate(self.sentence, language).format_map(values)

    def __str__(self) -> str:
        return self.text("en")

    def to_json(self) -> dict[str, Any]:
        return {"sentence": self.sentence, "params": {k: _packed(v) for k, v in self.params}}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Message:
        params = tuple((k, _unpacked(v)) for k, v in data.get("params", {}).items())
        return cls(data["sentence"], params)


@dataclass(frozen=True)
class Word:
    """A `Labelled` member after a round trip through JSON: its label, still translatable."""

    label_en: str

    def label(self, language: str = "en") -> str:
        return translate(self.label_en, language)


def say(sentence: str, **params: Any) -> Message:
    """`say(N_("exon {exon} deleted"), exon=4)`; numbers keep the digits they are given with.

    Words and lists are kept as JSON gives them back, so that a stored message equals a new one.
    """
    return Message(sentence, tuple((name, _kept(value)) for name, value in params.items()))


def counted(one: str, many: str, n: int, **params: Any) -> Message:
    """`say` with the English of one thing or of several; `n` is given to the sentence too."""
    return say(one if n == 1 else many, n=n, **params)


def _kept(value: Any) -> Any:
    if isinstance(value, Labelled):
        return Word(value.label_en)
    return tuple(map(_kept, value)) if isinstance(value, (tuple, list)) else value


def _written(value: Any, language: str) -> str:
    if isinstance(value, Message):
        return value.text(language)
    if isinstance(value, (Labelled, Word)):
        return value.label(language)
    if isinstance(value, (tuple, list)):
        comma = "、" if language.lower().startswith("zh") else ", "
        return comma.join(_written(item, language) for item in value)
    if isinstance(value, float):
        return f"{value:g}"
    return str(value)


def _packed(value: Any) -> Any:
    if isinstance(value, Message):
        return {"message": value.to_json()}
    if isinstance(value, (Labelled, Word)):
        return {"word": value.label_en}
    if isinstance(value, (tuple, list)):
        return [_packed(item) for item in value]
    if isinstance(value, Enum):
        return value.value
    return value


def _unpacked(value: Any) -> Any:
    if isinstance(value, dict) and "message" in value:
        return Message.from_json(value["message"])
    if isinstance(value, dict) and "word" in value:
        return Word(value["word"])
    if isinstance(value, list):
        return tuple(_unpacked(item) for item in value)
    return value
