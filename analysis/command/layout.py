"""Lines for a person: tables whose columns stand below one another in either language."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

from analysis.wording import Labelled, Message, translate

WIDE = ("W", "F")


class Page:
    """Collects lines in one language. Sentences are translated; values are written as they are."""

    def __init__(self, language: str):
        self.language = language
        self.lines: list[str] = []

    def say(self, *messages: Message) -> None:
        self.lines += [message.text(self.language) for message in messages]

    def title(self, message: Message) -> None:
        if self.lines:
            self.lines.append("")
        self.say(message)

    def listed(self, messages: Iterable[Message], *, indent: int = 2) -> None:
        self.lines += [f"{' ' * indent}- {item.text(self.language)}" for item in messages]

    def table(self, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """`header` holds marked sentences; a cell is text, a number, a `Labelled` word or a
        `Message`, and "-" where it is None or empty."""
        body = [[self._cell(cell) for cell in row] for row in rows]
        lines = [[translate(name, self.language) for name in header], *body]
        widths = [max(_width(line[n]) for line in lines) for n in range(len(header))]
        for line in lines:
            cells = [_filled(cell, width) for cell, width in zip(line, widths, strict=True)]
            self.lines.append("  " + "  ".join(cells).rstrip())

    def _cell(self, value: Any) -> str:
        if isinstance(value, Message):
            return value.text(self.language)
        if isinstance(value, Labelled):
            return value.label(self.language)
        return "-" if value is None or value == "" else str(value)

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


def _width(text: str) -> int:
    """Columns of a terminal: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(char) in WIDE else 1 for char in text)


def _filled(text: str, width: int) -> str:
    return text + " " * (width - _width(text))
