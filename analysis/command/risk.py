"""The risk group of one child by one protocol, with every reason and what could still change it.

    python -m analysis risk --protocol CCLG-ALL-2008 --facts child.json [--at day15] [--json]

The form of the facts file is described in analysis/risk/facts_file.py; the names of the facts in
analysis/risk/vocabulary.py.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from analysis.command.answer import Answer, Refused
from analysis.wording import N_

SUMMARY = "Risk group of one child by a protocol: what, why, what is missing, what next."
POINTS = ("diagnosis", "day8", "day15", "day33", "week12")


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--protocol", required=True, help="name of the protocol, or its YAML file")
    parser.add_argument("--protocol-version", help="the newest unless told")
    parser.add_argument("--facts", required=True, type=Path, help="JSON file with the facts")
    parser.add_argument("--at", choices=POINTS, help="leave out what is known later")


def run(options: Namespace) -> Answer:
    from analysis.risk.engine import NotSpokenFor, assess, check_lineage
    from analysis.risk.explain import explain
    from analysis.risk.facts_file import read_facts
    from analysis.risk.note import note_text

    protocol = _protocol(options.protocol, options.protocol_version)
    read = read_facts(options.facts)
    try:
        check_lineage(read.facts, protocol)
    except NotSpokenFor as error:
        raise Refused(error.message.sentence, **dict(error.message.params)) from None
    result = assess(read.facts, protocol, at=options.at or read.at)
    text = f"{note_text(result, options.language)}\n\n{explain(result, options.language)}"
    return Answer(result.to_json(), text)


def _protocol(name: str, version: str | None):
    from analysis.risk.loader import protocol, protocols, read_protocol

    if name.endswith((".yaml", ".yml")):
        return read_protocol(Path(name))
    try:
        return protocol(name, version)
    except KeyError:
        known = ", ".join(f"{item.name} {item.version}" for item in protocols())
        sentence = N_("No protocol {name} {version}; there are: {known}")
        raise Refused(sentence, name=name, version=version or "", known=known) from None
