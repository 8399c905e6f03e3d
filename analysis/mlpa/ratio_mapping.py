"""A laboratory's own mapping of a ratio table, as YAML; or one that is known, by its name.

    name: our software's export
    probe: Probe ID
    gene: Gene
    exon: Exon
    sample: Sample        # one row a probe and sample: with `ratio`. Left out: one column a sample
    ratio: Final ratio
    vendor_claim: [IKZF1]

The keys are the fields of `analysis.mlpa.ratio_files.RatioMapping`.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import yaml

from analysis.file_problems import ProblemBook, refusal
from analysis.grid import read_limited
from analysis.mlpa.ratio_files import KNOWN_MAPPINGS, RatioMapping
from analysis.wording import N_

_FIELDS = {item.name: item.default for item in dataclasses.fields(RatioMapping)}
_REQUIRED = ("name", "probe", "gene")
_LISTS = ("samples", "ignored", "vendor_claim")


def find_mapping(name: str) -> RatioMapping:
    """The known mapping called `name`, or the one in the YAML file `name`. Raises `FileRefused`."""
    for mapping in KNOWN_MAPPINGS:
        if mapping.name.casefold() == name.strip().casefold():
            return mapping
    path = Path(name)
    if not path.is_file():
        known = tuple(mapping.name for mapping in KNOWN_MAPPINGS)
        sentence = N_("is neither a mapping file nor a known mapping ({known})")
        raise refusal(name, sentence, known=known)
    return read_mapping(read_limited(path), file=path.name)


def read_mapping(content: bytes, *, file: str) -> RatioMapping:
    """The mapping in `content`. Raises `FileRefused` with every problem found."""
    try:
        written = yaml.safe_load(content.decode("utf-8-sig"))
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        why = type(error).__name__
        raise refusal(file, N_("is no YAML in UTF-8 ({why})"), why=why) from error
    if not isinstance(written, dict):
        raise refusal(file, N_("holds no mapping: write `probe: name of the column`"))
    book = ProblemBook(file)
    for key in written:
        if key not in _FIELDS:
            book.note(0, N_('"{key}" is no key of a mapping'), key=key)
    for key in _REQUIRED:
        if not written.get(key):
            book.note(0, N_('"{key}" is missing'), key=key)
    values = {key: _value(key, value, book) for key, value in written.items() if key in _FIELDS}
    book.refuse()
    try:
        return RatioMapping(**values)
    except ValueError as error:
        sentence = N_('"sample" and "ratio" are given together, or neither')
        raise refusal(file, sentence) from error


def _value(key: str, value: Any, book: ProblemBook) -> Any:
    if key == "references_are_targets":
        if not isinstance(value, bool):
            book.note(0, N_('"{key}" is true or false'), key=key)
        return value
    if key == "keep":
        pair = value if isinstance(value, dict) and len(value) == 1 else {}
        for column, words in pair.items():
            if isinstance(words, list):
                return (str(column), tuple(str(word) for word in words))
        book.note(0, N_('"keep" is one column with the list of values that are kept'))
        return None
    if key in _LISTS:
        if isinstance(value, list):
            return tuple(str(item) for item in value)
        book.note(0, N_('"{key}" is a list'), key=key)
        return ()
    if not isinstance(value, str):
        book.note(0, N_('"{key}" is text'), key=key)
        return ""
    return value
