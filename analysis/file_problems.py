"""What is wrong with a laboratory's file: all of it at once, each with its line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from analysis.wording import N_, Message, say

MOST_LISTED = 100


@dataclass(frozen=True)
class FileProblem:
    """One cause of refusal. `line` counts from 1 in the unpacked text (a row of a sheet likewise);
    0 means the whole file."""

    file: str
    line: int
    message: Message

    def text(self, language: str = "en") -> str:
        if not self.line:
            return say(N_("{file}: {cause}"), file=self.file, cause=self.message).text(language)
        sentence = N_("{file}, line {line}: {cause}")
        return say(sentence, file=self.file, line=self.line, cause=self.message).text(language)


class FileRefused(ValueError):
    """A file that cannot be read as what it should be. `problems` is never empty."""

    def __init__(self, problems: tuple[FileProblem, ...]):
        super().__init__(problems)
        self.problems = problems

    def __str__(self) -> str:
        return "\n".join(item.text() for item in self.problems)


@dataclass
class ProblemBook:
    """Collects the problems of one file while it is read, at most `MOST_LISTED` of them."""

    file: str
    found: list[FileProblem] = field(default_factory=list)
    left_out: int = 0

    def note(self, line: int, sentence: str, **params: Any) -> None:
        shown = {name: shortened(value) for name, value in params.items()}
        if len(self.found) < MOST_LISTED:
            self.found.append(FileProblem(self.file, line, say(sentence, **shown)))
        else:
            self.left_out += 1

    def attempt(self, line: int, parse: Callable[[], Any]) -> Any:
        """What `parse` returns, or None with the cause noted where it raises `Unreadable`."""
        try:
            return parse()
        except Unreadable as error:
            self.note(line, error.message.sentence, **dict(error.message.params))
            return None

    def refuse(self) -> None:
        """Raise `FileRefused` if anything was noted."""
        if not self.found:
            return
        problems = list(self.found)
        if self.left_out:
            message = say(N_("{count} further problems are not listed"), count=self.left_out)
            problems.append(FileProblem(self.file, 0, message))
        raise FileRefused(tuple(problems))

    def stop(self, line: int, sentence: str, **params: Any) -> FileRefused:
        """The error to raise where reading cannot go on: all noted so far, and this."""
        self.note(line, sentence, **params)
        try:
            self.refuse()
        except FileRefused as error:
            return error
        raise AssertionError("a noted problem refuses the file")


class Unreadable(ValueError):
    """A single cell that cannot be read; `ProblemBook.attempt` gives it its line."""

    def __init__(self, sentence: str, **params: Any):
        super().__init__(sentence)
        self.message = say(sentence, **params)


def refusal(file: str, sentence: str, *, line: int = 0, **params: Any) -> FileRefused:
    """An error with one problem, ready to raise."""
    return ProblemBook(file).stop(line, sentence, **params)


def shortened(value: Any) -> Any:
    """Foreign text as it may stand in a message: printable, and at most 60 characters."""
    if not isinstance(value, str) or type(value) is not str:
        return value
    shown = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in value)
    return shown if len(shown) <= 60 else f"{shown[:57]}..."
