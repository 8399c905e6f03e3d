"""`python -m analysis NAME FILES ... [--json]`: the science without a database.

With `--json` standard output holds one JSON document and nothing else. A refused file or option is
told on standard error and ends with status 2, and then nothing stands on standard output.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import sys
from collections.abc import Sequence

from analysis.command.answer import Answer, Refused
from analysis.file_problems import FileRefused
from analysis.wording import LANGUAGES, N_, say

COMMANDS = ("mlpa", "vcf", "coverage", "ikzf1", "risk", "table", "comutation", "summarise", "pool")
REFUSED = 2


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        answer = _command(options.command).run(options)
    except FileRefused as error:
        return _refused([problem.text(options.language) for problem in error.problems])
    except Refused as error:
        return _refused([error.message.text(options.language)])
    except OSError as error:
        sentence = N_("{file}: cannot be read ({cause})")
        message = say(sentence, file=str(error.filename or ""), cause=error.strerror or str(error))
        return _refused([message.text(options.language)])
    _print(answer, as_json=options.json)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m analysis", description=__doc__)
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="NAME")
    for name in COMMANDS:
        command = _command(name)
        sub = subparsers.add_parser(
            name,
            help=command.SUMMARY,
            description=command.__doc__,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        command.add_arguments(sub)
        sub.add_argument("--json", action="store_true", help="one JSON document for a pipeline")
        sub.add_argument("--language", choices=LANGUAGES, default="en", help="of what people read")
    return parser


def _command(name: str):
    return importlib.import_module(f"analysis.command.{name}")


def _refused(lines: list[str]) -> int:
    sys.stderr.write("".join(f"{line}\n" for line in lines))
    return REFUSED


def _print(answer: Answer, *, as_json: bool) -> None:
    """Never NaN, which is not JSON: a number that is not there is null."""
    if as_json:
        json.dump(answer.data, sys.stdout, ensure_ascii=False, allow_nan=False, indent=1)
        sys.stdout.write("\n")
    else:
        sys.stdout.write(answer.text.rstrip("\n") + "\n")


def _quietly(run) -> int:
    """`... | head` closes the pipe: no trace for that."""
    try:
        status = run()
        sys.stdout.flush()
        return status
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


if __name__ == "__main__":
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="replace")
    sys.exit(_quietly(main))
