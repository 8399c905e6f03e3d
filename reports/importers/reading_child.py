"""The child process in which a laboratory's file is read. Started by `child_process`, not imported.

No Django here, and nothing but the standard library until a job names its function: the child is
up in some hundredths of a second. Jobs come on standard input and answers go to the former
standard output, each as a length and a pickle; what a library prints goes to standard error.
"""

from __future__ import annotations

import importlib
import os
import pickle
import resource
import struct
import sys
import traceback
from typing import Any, BinaryIO

LENGTH = struct.Struct(">Q")
MAX_WRITTEN = 16 * 1024 * 1024  # what the child may print


def receive(stream: BinaryIO) -> bytes | None:
    """The next message, or None where the other end has closed."""
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    (length,) = LENGTH.unpack(head)
    body = stream.read(length)
    return body if len(body) == length else None


def packed(kind: str, value: Any = None) -> bytes:
    return pickle.dumps((kind, value), protocol=pickle.HIGHEST_PROTOCOL)


def main() -> None:
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    memory_mb, cpu_seconds = int(sys.argv[1]), int(sys.argv[2])
    resource.setrlimit(resource.RLIMIT_DATA, (memory_mb << 20, memory_mb << 20))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (MAX_WRITTEN, MAX_WRITTEN))
    too_much = packed("memory")
    while (job := receive(sys.stdin.buffer)) is not None:
        _allow_cpu(cpu_seconds)
        try:
            answer = packed("value", _done(job))
        except MemoryError:
            answer = too_much
        except Exception as error:
            answer = _raised(error)
        answers.write(LENGTH.pack(len(answer)))
        answers.write(answer)
        answers.flush()
        if answer is too_much:
            return  # what is left of the heap is no place for the next file


def _allow_cpu(seconds: int) -> None:
    """Each job has its own share: the limit of a process counts from its start."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    used = int(usage.ru_utime + usage.ru_stime) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (used + seconds, resource.RLIM_INFINITY))


def _done(job: bytes) -> Any:
    module, name, args, options = pickle.loads(job)
    value = importlib.import_module(module)
    for part in name.split("."):
        value = getattr(value, part)
    return value(*args, **options)


def _raised(error: Exception) -> bytes:
    from analysis.file_problems import FileRefused

    if isinstance(error, FileRefused):
        return packed("refused", error.problems)
    traceback.print_exc()
    return packed("failed", f"{type(error).__name__}: {error}"[:400])


if __name__ == "__main__":
    main()
