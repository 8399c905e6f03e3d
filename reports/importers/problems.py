"""What an import has to say: sentences that stay translatable, and problems with their place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language, gettext, gettext_noop

from analysis.file_problems import FileRefused
from analysis.wording import Message


@dataclass(frozen=True)
class Said:
    """An English sentence with `{named}` places; `str()` writes it in the active language."""

    sentence: str
    params: tuple[tuple[str, Any], ...] = ()

    def __str__(self) -> str:
        return gettext(self.sentence).format_map({name: str(value) for name, value in self.params})


def said(sentence: str, **params: Any) -> Said:
    """`said(gettext_noop("{value} is not a date"), value="x")`."""
    return Said(sentence, tuple(params.items()))


@dataclass(frozen=True)
class SaidByAnalysis(Said):
    """A sentence of `analysis`, which keeps its own catalogue; see `said_by_analysis`."""

    def __str__(self) -> str:
        return Message(self.sentence, self.params).text(get_language() or "en")


def said_by_analysis(message: Message) -> Said:
    """A message of `analysis` as an importer says it."""
    return SaidByAnalysis(message.sentence, message.params)


class UnreadableFile(Exception):
    """The file as a whole cannot be read; the message says why and what would help."""

    def __init__(self, message: Said, expected: Said | None = None):
        super().__init__(message)
        self.message = message
        self.expected = expected

    def __str__(self) -> str:
        return str(self.message)


@dataclass(frozen=True)
class ImportProblem:
    """One thing that is wrong (`error`) or worth a look (`warning`), and exactly where.

    `row` is the row as the spreadsheet numbers it, 0 where the problem is of the whole sheet or
    file; `column` is the heading as written in the file; `address` is "B3" or empty. Where several
    files are imported together, `file` names the one, and `row` is its line.
    """

    sheet: str
    row: int
    column: str
    value: str
    message: Said
    expected: Said | None = None
    address: str = ""
    severity: str = "error"
    file: str = ""

    @property
    def is_error(self) -> bool:
        return self.severity == "error"

    @property
    def place(self) -> str:
        parts = [self.file, self.sheet]
        if self.row:
            sentence = gettext_noop("line {row}") if self.file else gettext_noop("row {row}")
            parts.append(str(said(sentence, row=self.row)))
        if self.column:
            parts.append(self.column if not self.address else f"{self.column} ({self.address})")
        return " / ".join(part for part in parts if part)

    def __str__(self) -> str:
        text = f"{self.place}: {self.message}" if self.place else str(self.message)
        return text if self.expected is None else f"{text} ({self.expected})"


def refused_problems(error: FileRefused) -> tuple[ImportProblem, ...]:
    """Why `analysis` refuses a file, each cause with its line."""
    return tuple(
        ImportProblem("", item.line, "", "", said_by_analysis(item.message), file=item.file)
        for item in error.problems
    )


def shown(value: Any, limit: int = 80) -> str:
    """`value` as a message may quote it: one line, no control characters, at most `limit` long."""
    text = "".join(
        char if char.isprintable() else f"\\x{ord(char):02x}" for char in str(value)[: limit + 1]
    )
    return text if len(text) <= limit else text[:limit] + "…"
