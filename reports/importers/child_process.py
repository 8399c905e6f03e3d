"""Reading a laboratory's file in a child process, within limits of memory and time.

A file may be damaged so that a C library crashes, or made so that it fills the memory. The child
bears that, not the server: `FileReader` runs a function of `analysis` on files in one child, and
starts another where a file has killed it. A child that reads the next file costs no new start.

    with FileReader() as reader:
        result = reader.read(analyse_files, [path], mapping=None, file=path.name)

The child is a fresh interpreter (no fork of a server with threads and database connections), and
sees neither Django nor the environment with its secrets. What it sends back is unpickled with
the classes of `analysis` alone.
"""

from __future__ import annotations

import contextlib
import io
import logging
import os
import pickle
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_noop

from analysis.file_problems import FileRefused
from reports.importers.problems import ImportProblem, UnreadableFile, refused_problems, said
from reports.importers.reading_child import LENGTH

ROOT = Path(__file__).resolve().parents[2]
CHILD = "reports.importers.reading_child"
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ChildLimits:
    """What one file may cost. `memory_mb` is the child's own data (RLIMIT_DATA); with the
    libraries' code, which is shared, the process stays under 300 MB at 240."""

    memory_mb: int = 240
    cpu_seconds: int = 120
    wall_seconds: float = 180.0


class ReaderFailed(UnreadableFile):
    """The child needed too much memory or time, or died, on this file."""


class FileReader:
    """One child for many files; a context manager. Not for use by two threads at once."""

    def __init__(self, limits: ChildLimits | None = None):
        self.limits = limits or ChildLimits()
        self.starts = 0
        self._child: subprocess.Popen[bytes] | None = None
        self._printed: Any = None

    def __enter__(self) -> FileReader:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    def read(self, function: Callable[..., Any], *args: Any, file: str, **options: Any) -> Any:
        """`function(*args, **options)`, run in the child; `file` is for messages and the log.

        The function belongs to a module (no lambda, no method) that needs no Django; arguments and
        value are pickled. Raises `FileRefused` as the function does, and `ReaderFailed` where it
        took too much memory or time, raised anything else, or died.
        """
        job = (function.__module__, function.__qualname__, args, options)
        message = pickle.dumps(job, protocol=pickle.HIGHEST_PROTOCOL)
        deadline = time.monotonic() + self.limits.wall_seconds
        kind, value = self._answer(message, deadline, file)
        if kind == "value":
            return value
        if kind == "refused":
            raise FileRefused(value)
        if kind == "memory":
            self.close()
            raise self._needs_memory()
        log.error("reading %s failed: %s\n%s", file, value, self._tail())
        raise _failed(value)

    def attempt(
        self, function: Callable[..., Any], *args: Any, file: str, **options: Any
    ) -> tuple[Any, tuple[ImportProblem, ...]]:
        """(value, no problems), or (None, why the file is refused)."""
        try:
            return self.read(function, *args, file=file, **options), ()
        except FileRefused as error:
            return None, refused_problems(error)
        except UnreadableFile as error:
            problem = ImportProblem("", 0, "", "", error.message, error.expected, file=file)
            return None, (problem,)

    def close(self) -> None:
        """End the child, also in the middle of a file."""
        child, self._child = self._child, None
        if child is not None:
            child.kill()
            child.wait()
            for stream in (child.stdin, child.stdout):
                if stream is not None:
                    with contextlib.suppress(BrokenPipeError):
                        stream.close()
        if self._printed is not None:
            self._printed.close()
            self._printed = None

    def _answer(self, message: bytes, deadline: float, file: str) -> tuple[str, Any]:
        child = self._running()
        try:
            child.stdin.write(LENGTH.pack(len(message)) + message)
            child.stdin.flush()
            (length,) = LENGTH.unpack(self._received(child, LENGTH.size, deadline))
            if length > self.limits.memory_mb << 20:
                raise EOFError
            return _unpickled(self._received(child, length, deadline))
        except TimeoutError:
            self.close()
            raise self._took_too_long(self.limits.wall_seconds) from None
        except (EOFError, OSError, pickle.UnpicklingError) as error:
            raise self._died(child, file, error) from None

    def _running(self) -> subprocess.Popen[bytes]:
        if self._child is None or self._child.poll() is not None:
            self.close()
            self.starts += 1
            self._printed = tempfile.TemporaryFile()  # noqa: SIM115 (lives as long as the child)
            limits = (str(self.limits.memory_mb), str(self.limits.cpu_seconds))
            self._child = subprocess.Popen(
                [sys.executable, "-m", CHILD, *limits],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._printed,
                cwd=ROOT,
                env=_environment(),
                start_new_session=True,
            )
        return self._child

    def _received(self, child: subprocess.Popen[bytes], length: int, deadline: float) -> bytes:
        found = bytearray()
        stream = child.stdout.fileno()
        while len(found) < length:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([stream], [], [], left)[0]:
                raise TimeoutError
            part = os.read(stream, min(length - len(found), 1 << 20))
            if not part:
                raise EOFError
            found += part
        return bytes(found)

    def _died(self, child: subprocess.Popen[bytes], file: str, error: Exception) -> ReaderFailed:
        child.kill()  # it may have closed its end and live
        code = child.wait()
        log.error("the child died (%s, %r) on %s\n%s", code, error, file, self._tail())
        self.close()
        if code == -signal.SIGXCPU:
            return self._took_too_long(self.limits.cpu_seconds)
        why = signal.Signals(-code).name if code < 0 and code != -signal.SIGKILL else str(code)
        return _failed(why)

    def _tail(self) -> str:
        if self._printed is None:
            return ""
        size = self._printed.seek(0, os.SEEK_END)
        self._printed.seek(max(0, size - 4000))
        return self._printed.read().decode("utf-8", "replace")

    def _needs_memory(self) -> ReaderFailed:
        sentence = gettext_noop("Reading the file needs more than {limit} MB of memory.")
        return ReaderFailed(said(sentence, limit=self.limits.memory_mb))

    def _took_too_long(self, seconds: float) -> ReaderFailed:
        sentence = gettext_noop("Reading the file took longer than {limit} seconds.")
        return ReaderFailed(said(sentence, limit=f"{seconds:g}"))


def _failed(why: str) -> ReaderFailed:
    return ReaderFailed(
        said(gettext_noop("The reader failed on this file ({why}): nothing is stored."), why=why),
        said(gettext_noop("The administrator finds the cause in the server's log.")),
    )


def _environment() -> dict[str, str]:
    """What the child needs of the environment: no key, no password, one thread."""
    kept = (
        "PATH",
        "LANG",
        "LC_ALL",
        "TZ",
        "TMPDIR",
        "VIRTUAL_ENV",
        "PYTHONPATH",
        "LD_LIBRARY_PATH",
    )
    found = {name: os.environ[name] for name in kept if name in os.environ}
    return found | {
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "MALLOC_ARENA_MAX": "2",
        "PYTHONDONTWRITEBYTECODE": "1",
        # htslib fetches a missing CRAM reference from the internet unless told where to look.
        "REF_PATH": os.devnull,
        "REF_CACHE": "",
    }


class _AnalysisOnly(pickle.Unpickler):
    """Unpickles values of `analysis` and plain containers: a child that a file has taken over
    cannot have the server call anything else."""

    PLAIN = frozenset(
        {
            ("builtins", "set"),
            ("builtins", "frozenset"),
            ("builtins", "bytearray"),
            ("collections", "Counter"),
            ("collections", "OrderedDict"),
            ("datetime", "date"),
            ("decimal", "Decimal"),
            ("pathlib", "PosixPath"),
        }
    )

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in self.PLAIN:
            return super().find_class(module, name)
        if module.startswith("analysis.") and "." not in name:
            found = super().find_class(module, name)
            if isinstance(found, type) and found.__module__ == module:
                return found
        raise pickle.UnpicklingError(f"{module}.{name} is no value of analysis")


def _unpickled(body: bytes) -> tuple[str, Any]:
    return _AnalysisOnly(io.BytesIO(body)).load()
