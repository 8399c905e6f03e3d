"""A summary's JSON read piece by piece: every value has its kind, its limits and its place."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from analysis.file_problems import FileRefused, Unreadable, refusal
from analysis.grid import MAX_BYTES, read_limited
from analysis.pool.summary import Cell, Withheld
from analysis.wording import N_

MOST_CHILDREN = 10_000_000
MOST_TEXT = 200
T = TypeVar("T")


def document(path: Path) -> Any:
    """The JSON of a file. Raises `FileRefused` for one that is too large or no JSON (a number that
    is none, a name that stands twice and nesting without end included)."""
    content = read_limited(path)
    if len(content) > MAX_BYTES:
        raise refusal(path.name, N_("is larger than {limit} MB"), limit=MAX_BYTES // 1024**2)
    try:
        return json.loads(
            content.decode("utf-8-sig"), parse_constant=_no_number, object_pairs_hook=_named_once
        )
    except FileRefused:
        raise
    except Unreadable as error:
        found = dict(error.message.params)
        raise refusal(path.name, error.message.sentence, **found) from error
    except RecursionError as error:
        raise refusal(path.name, N_("is nested too deeply")) from error
    except ValueError as error:
        raise refusal(path.name, N_("is no JSON: {why}"), why=str(error)) from error


def _no_number(text: str) -> Any:
    raise Unreadable(N_("holds {value}, which is no number of JSON"), value=text)


def _named_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise Unreadable(N_("names something twice in one place"))
    return found


@dataclass(frozen=True)
class Part:
    """A value and where it stands ("genes[3].groups"). Every method raises `Unreadable`."""

    value: Any
    place: str = ""

    def fields(self, names: tuple[str, ...]) -> Mapping[str, Part]:
        """An object with exactly these names."""
        if not isinstance(self.value, dict):
            raise self.wrong(N_("{place} must be an object"))
        if missing := [name for name in names if name not in self.value]:
            raise self.wrong(N_("{place} lacks {names}"), names=", ".join(missing))
        if unknown := [name for name in self.value if name not in names]:
            raise self.wrong(N_("{place} has the unknown {names}"), names=", ".join(unknown[:5]))
        return {name: Part(self.value[name], self._inner(f".{name}")) for name in names}

    def items(self, *, most: int) -> list[Part]:
        if not isinstance(self.value, list):
            raise self.wrong(N_("{place} must be a list"))
        if len(self.value) > most:
            raise self.wrong(N_("{place} has more than {most} entries"), most=most)
        return [Part(item, self._inner(f"[{n}]")) for n, item in enumerate(self.value)]

    def each(self, read: Callable[[Part], T], *, most: int) -> tuple[T, ...]:
        return tuple(read(item) for item in self.items(most=most))

    def text(self, *, least: int = 1) -> str:
        value = self.value
        if type(value) is not str or not least <= len(value) <= MOST_TEXT:
            raise self.wrong(
                N_("{place} must be text of {least} to {most} characters"),
                least=least,
                most=MOST_TEXT,
            )
        if not value.isprintable() or value != value.strip():
            raise self.wrong(N_("{place} holds characters that cannot be printed"))
        return value

    def one_of(self, words: tuple[str, ...]) -> str:
        if type(self.value) is not str or self.value not in words:
            raise self.wrong(N_("{place} must be one of {words}"), words=", ".join(words))
        return self.value

    def whole(self, *, least: int = 0, most: int = MOST_CHILDREN) -> int:
        # True is an int to Python, and no count.
        if type(self.value) is not int or not least <= self.value <= most:
            sentence = N_("{place} must be a whole number from {least} to {most}")
            raise self.wrong(sentence, least=least, most=most)
        return self.value

    def number(self) -> float:
        if type(self.value) not in (int, float) or not math.isfinite(self.value):
            raise self.wrong(N_("{place} must be a number"))
        return float(self.value)

    def cell(self, threshold: int) -> Cell:
        """A count, "<t" or "*". A count that the threshold should have kept back is refused."""
        if threshold and self.value == f"<{threshold}":
            return Withheld.SMALL
        if threshold and self.value == Withheld.HIDDEN.value:
            return Withheld.HIDDEN
        if type(self.value) is not int or not 0 <= self.value <= MOST_CHILDREN:
            raise self.wrong(N_("{place} must be a count of children"))
        if 0 < self.value < threshold:
            sentence = N_("{place} prints {n}, which is below its own threshold of {threshold}")
            raise self.wrong(sentence, n=self.value, threshold=threshold)
        return self.value

    def wrong(self, sentence: str, **facts: Any) -> Unreadable:
        return Unreadable(sentence, place=self.place or "the summary", **facts)

    def _inner(self, step: str) -> str:
        return f"{self.place}{step}".lstrip(".")
