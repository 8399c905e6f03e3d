"""What is wrong with a laboratory file: all of it at once, each with its line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from analysis.wording import N_, Message, say

MOST_LISTED = 100


@dataclass(frozen=True)
class FileProblem:
    """One cause of refusal. `line` counts from 1 (a row of a sheet likewise); 0: the whole file."""

    file: str
    line: int
    message: Message

    def text(self, language: str = "en") -> str:
        if not self.line:
            return say(N_("{file}: {cause}"), file=self.file, cause=self.message).text(language)
        sentence = N_("{file}, line {line}: {cause}")
        return say(sentence, file=self.file, line=self.line, cause=self.message).text(language)


class MlpaFileError(ValueError):
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
        if len(self.found) < MOST_LISTED:
            self.found.append(FileProblem(self.file, line, say(sentence, **params)))
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
        """Raise `MlpaFileError` if anything was noted."""
        if not self.found:
            return
        if self.left_out:
            message = say(N_("{count} further problems are not listed"), count=self.left_out)
            self.found.append(FileProblem(self.file, 0, message))
        raise MlpaFileError(tuple(self.found))


class Unreadable(ValueError):
    """A single cell that cannot be read; `ProblemBook.attempt` gives it its line."""

    def __init__(self, sentence: str, **params: Any):
        super().__init__(sentence)
        self.message = say(sentence, **params)


def refusal(file: str, sentence: str, *, line: int = 0, **params: Any) -> MlpaFileError:
    """An error with one problem, ready to raise."""
    return MlpaFileError((FileProblem(file, line, say(sentence, **params)),))
