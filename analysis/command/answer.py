"""What a command answers: data for a pipeline, lines for a person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from analysis.wording import Message, say


@dataclass(frozen=True)
class Answer:
    """`data` is what `--json` prints (plain JSON values only); `text` what a person reads."""

    data: dict[str, Any]
    text: str


class Refused(ValueError):
    """The options cannot be answered; `message` says why, in either language."""

    def __init__(self, sentence: str, **params: Any):
        super().__init__(sentence)
        self.message: Message = say(sentence, **params)
