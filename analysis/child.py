"""The child process in which a laboratory's files are read: limits first, then the work.

`python -m analysis.child` reads one pickled `Order` from standard input and writes, for each job,
one framed pickle to standard output: ("value", value), ("refused", FileRefused.problems),
("missing", path) or ("memory",). Whatever else goes wrong ends the process, and the parent says of
which job. Nothing that a file says is executed, and the parent takes back only values of
`analysis` and plain ones.
"""

from __future__ import annotations

import importlib
import pickle
import resource
import struct
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, BinaryIO

from analysis.file_problems import FileRefused

LENGTH = struct.Struct("<Q")


@dataclass(frozen=True)
class Order:
    """What to do: `function` is "package.module:name", called once a job with its arguments.

    `memory` is in bytes of data (what the process allocates), `cpu_seconds` for all jobs together.
    """

    function: str
    jobs: tuple[tuple[tuple[Any, ...], dict[str, Any]], ...]
    memory: int
    cpu_seconds: int


def main() -> int:
    order: Order = pickle.load(sys.stdin.buffer)
    function = _function(order.function)
    out = sys.stdout.buffer
    # Whatever a library prints must not end up between the answers.
    sys.stdout = sys.stderr
    _limit(order)
    for positional, named in order.jobs:
        answer = _answer(function, positional, named)
        _send(out, answer)
        if answer[0] == "memory":
            return 1  # what is left of this process cannot be trusted
    return 0


def _function(name: str) -> Callable[..., Any]:
    module, _, attribute = name.partition(":")
    if not module.startswith("analysis."):
        raise ValueError(f"{name} is no function of analysis")
    return getattr(importlib.import_module(module), attribute)


def _limit(order: Order) -> None:
    """Set after the imports, so that the limit is what the file may cost."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (order.cpu_seconds, order.cpu_seconds + 5))
    resource.setrlimit(resource.RLIMIT_DATA, (order.memory, order.memory))


def _answer(function: Callable[..., Any], positional: tuple, named: dict[str, Any]) -> tuple:
    try:
        return ("value", function(*positional, **named))
    except FileRefused as error:
        return ("refused", error.problems)
    except FileNotFoundError as error:
        return ("missing", str(error.filename))
    except MemoryError:
        return ("memory",)


def _send(out: BinaryIO, answer: tuple) -> None:
    try:
        content = pickle.dumps(answer, protocol=pickle.HIGHEST_PROTOCOL)
    except MemoryError:
        answer = ("memory",)
        content = pickle.dumps(answer)
    out.write(LENGTH.pack(len(content)))
    out.write(content)
    out.flush()


if __name__ == "__main__":
    sys.exit(main())
