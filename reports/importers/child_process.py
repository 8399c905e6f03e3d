"""Files from outside are read in a child process with limits on memory, time and what it may say.

A hostile or broken file can at worst end the child: the parent then says which file it was, and
goes on with the next in a new child. Django is never imported there.
"""

from __future__ import annotations

import io
import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_noop

from analysis.child import LENGTH, Order
from analysis.file_problems import FileProblem
from reports.importers.problems import Said, said

MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class ChildLimits:
    """`memory_mb` bounds what the child allocates, `seconds` the wall time and the CPU time of one
    call for all its files, `answer_mb` what one file may become."""

    memory_mb: int = 280
    seconds: int = 300
    answer_mb: int = 200


STANDARD = ChildLimits()


@dataclass(frozen=True)
class Job:
    """One call of the function. `name` is the file as people know it; `args` and `kwargs` are
    pickled to the child (paths, plain values and values of `analysis`)."""

    name: str
    args: tuple[Any, ...] = ()
    kwargs: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True)
class Outcome:
    """What became of one job: a `value`, or what is wrong with the file. Exactly one is there:
    `refused` (the reader's own words, each with its line) or `failed` (memory, time, a crash)."""

    job: Job
    value: Any = None
    refused: tuple[FileProblem, ...] = ()
    failed: Said | None = None

    @property
    def ok(self) -> bool:
        return not self.refused and self.failed is None


def run(function: str, jobs: Sequence[Job], *, limits: ChildLimits = STANDARD) -> list[Outcome]:
    """`function` ("analysis.ngs.vcf_result:analyse_vcf") of every job, in one child where nothing
    goes wrong. One outcome a job, in order. Nothing is raised for what a file does."""
    outcomes: list[Outcome] = []
    while len(outcomes) < len(jobs):
        left = list(jobs[len(outcomes) :])
        outcomes += _one_child(function, left, limits)
    return outcomes


def _one_child(function: str, jobs: list[Job], limits: ChildLimits) -> list[Outcome]:
    """Outcomes of the first jobs: all of them, or up to and with the one that ended the child."""
    order = Order(
        function,
        tuple((job.args, dict(job.kwargs)) for job in jobs),
        limits.memory_mb * MEGABYTE,
        limits.seconds,
    )
    child = subprocess.Popen(
        [sys.executable, "-m", "analysis.child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=settings.BASE_DIR,
        env=_environment(),
        close_fds=True,
    )
    late = threading.Event()
    clock = threading.Timer(limits.seconds, lambda: (late.set(), child.kill()))
    clock.start()
    try:
        outcomes = list(_answers(child, order, jobs, limits))
    finally:
        clock.cancel()
        child.kill()
        child.wait()
        child.stdout.close()
    if len(outcomes) < len(jobs) and (not outcomes or outcomes[-1].failed is None):
        outcomes.append(Outcome(jobs[len(outcomes)], failed=_ended(child, late.is_set(), limits)))
    return outcomes


def _answers(
    child: subprocess.Popen, order: Order, jobs: list[Job], limits: ChildLimits
) -> Iterator[Outcome]:
    try:
        pickle.dump(order, child.stdin)
        child.stdin.close()
    except BrokenPipeError:
        return
    for job in jobs:
        head = child.stdout.read(LENGTH.size)
        if len(head) < LENGTH.size:
            return
        (size,) = LENGTH.unpack(head)
        if size > limits.answer_mb * MEGABYTE:
            message = gettext_noop("The file holds more than can be imported at once.")
            yield Outcome(job, failed=said(message))
            return
        content = child.stdout.read(size)
        if len(content) < size:
            return
        outcome = _outcome(job, _values(content), limits)
        yield outcome
        if outcome.failed is not None:
            return


def _outcome(job: Job, answer: tuple, limits: ChildLimits) -> Outcome:
    kind, *rest = answer
    if kind == "value":
        return Outcome(job, value=rest[0])
    if kind == "refused":
        return Outcome(job, refused=tuple(rest[0]))
    if kind == "missing":
        return Outcome(job, failed=said(gettext_noop("There is no file {name}."), name=rest[0]))
    return Outcome(job, failed=_too_large(limits))


def _ended(child: subprocess.Popen, late: bool, limits: ChildLimits) -> Said:
    """Why a child ended before its answer."""
    if late or child.returncode == -24:  # SIGXCPU
        sentence = gettext_noop("Reading the file took longer than {seconds} seconds.")
        return said(sentence, seconds=limits.seconds)
    sentence = gettext_noop(
        "The reader failed on this file and was stopped; nothing of it was stored."
    )
    return said(sentence)


def _too_large(limits: ChildLimits) -> Said:
    sentence = gettext_noop("Reading the file needs more than {megabytes} MB of memory.")
    return said(sentence, megabytes=limits.memory_mb)


def _environment() -> dict[str, str]:
    """What the child knows: no keys, no database, one thread."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR") if name in os.environ}
    return kept | {
        "PYTHONPATH": str(settings.BASE_DIR),
        "PYTHONHASHSEED": "0",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        # htslib fetches a missing CRAM reference from the internet unless told where to look.
        "REF_PATH": str(Path(os.devnull)),
        "REF_CACHE": "",
    }


class _Values(pickle.Unpickler):
    """Takes back values of `analysis` and plain ones, and nothing that could act."""

    _ROOMS = ("analysis.", "numpy.", "datetime", "collections", "decimal", "fractions", "pathlib")
    _PLAIN = frozenset({"set", "frozenset", "complex", "bytearray", "range", "slice", "tuple"})

    def find_class(self, module: str, name: str) -> Any:
        allowed = module == "numpy" or module.startswith(self._ROOMS)
        if module == "builtins":
            allowed = name in self._PLAIN
        if not allowed or "." in name:
            raise pickle.UnpicklingError(f"{module}.{name} is not expected from a reader")
        return super().find_class(module, name)


def _values(content: bytes) -> tuple:
    return _Values(io.BytesIO(content)).load()
