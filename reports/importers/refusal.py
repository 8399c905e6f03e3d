"""The refusal of one cell: raised by the readers, made an `ImportProblem` by the check."""

from __future__ import annotations

from reports.importers.problems import Said


class Refused(Exception):
    """A cell cannot be taken: why, and what was expected instead."""

    def __init__(self, message: Said, expected: Said | None = None):
        super().__init__(message)
        self.message = message
        self.expected = expected
