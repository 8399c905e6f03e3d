"""Which columns of a fusion table hold what, as YAML.

    name: our RNA panel
    method: rna_seq                 # or rt_pcr, fish
    sample: Sample                  # left out: the table is of one sample
    fusion: Fusion                  # "ETV6::RUNX1"; or gene_a and gene_b, a column each
    result: Result
    words:
      detected: [positive]
      not_detected: [negative]
      not_evaluable: [failed]
      not_tested: [not done]
    looks_for: ["ETV6::RUNX1", "BCR::ABL1"]

Without `result` every row is a fusion that was found: `listed: detected` says so. `contaminated`
is a column whose `contaminated_words` make a row not evaluable, as the control shows it too.
`type` and `fusion_types`: rows of another type are no fusions and are left out, counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import yaml

from analysis.calls import State
from analysis.file_problems import ProblemBook, refusal
from analysis.wording import N_

METHODS = ("rna_seq", "rt_pcr", "fish")
STATES = {
    "detected": State.ALTERED,
    "not_detected": State.NOT_DETECTED,
    "not_evaluable": State.NOT_EVALUABLE,
    "not_tested": State.NOT_TESTED,
}
_COLUMNS = ("sample", "fusion", "gene_a", "gene_b", "result", "type", "contaminated", "reads",
            "breakpoint_a", "breakpoint_b", "detail")  # fmt: skip
_TEXTS = ("name", "method", "listed", *_COLUMNS)
_LISTS = ("looks_for", "fusion_types", "contaminated_words")


@dataclass(frozen=True)
class FusionMapping:
    """Names of columns, "" where the table has no such. `words` in small letters."""

    name: str
    method: str
    sample: str = ""
    fusion: str = ""
    gene_a: str = ""
    gene_b: str = ""
    result: str = ""
    listed: str = ""
    type: str = ""
    contaminated: str = ""
    reads: str = ""
    breakpoint_a: str = ""
    breakpoint_b: str = ""
    detail: str = ""
    words: tuple[tuple[State, frozenset[str]], ...] = ()
    looks_for: tuple[tuple[str, str], ...] = ()
    fusion_types: frozenset[str] = frozenset()
    contaminated_words: frozenset[str] = frozenset()

    @property
    def columns(self) -> dict[str, tuple[str, ...]]:
        """Our name of a column -> its name in the file."""
        return {key: (name,) for key in _COLUMNS if (name := getattr(self, key))}

    @property
    def required(self) -> tuple[str, ...]:
        return tuple(self.columns)


def read_fusion_mapping(content: bytes, *, file: str) -> FusionMapping:
    """The mapping in `content`. Raises `FileRefused` with every problem found."""
    try:
        written = yaml.safe_load(content.decode("utf-8-sig"))
    except (UnicodeDecodeError, yaml.YAMLError, RecursionError) as error:
        why = type(error).__name__
        raise refusal(file, N_("is no YAML in UTF-8 ({why})"), why=why) from error
    if not isinstance(written, dict):
        raise refusal(file, N_("holds no mapping: write `fusion: name of the column`"))
    book = ProblemBook(file)
    for key in written:
        if key not in (*_TEXTS, *_LISTS, "words"):
            book.note(0, N_('"{key}" is no key of a mapping'), key=str(key))
    texts = {key: _text(key, written[key], book) for key in _TEXTS if key in written}
    lists = {key: _list(key, written.get(key, []), book) for key in _LISTS}
    _check(texts, written, book)
    words = _words(written.get("words", {}), book)
    if texts.get("result") and not words:
        book.note(0, N_('"{key}" is missing'), key="words")
    pairs = tuple(_pair(text, book) for text in lists["looks_for"])
    book.refuse()
    return FusionMapping(
        **texts,
        words=words,
        looks_for=pairs,
        fusion_types=frozenset(lists["fusion_types"]),
        contaminated_words=frozenset(word.casefold() for word in lists["contaminated_words"]),
    )


def _check(texts: dict[str, str], written: dict[str, Any], book: ProblemBook) -> None:
    for key in ("name", "method"):
        if not texts.get(key):
            book.note(0, N_('"{key}" is missing'), key=key)
    if texts.get("method") and texts["method"] not in METHODS:
        book.note(0, N_('"{key}" is one of {values}'), key="method", values=METHODS)
    both = bool(texts.get("gene_a")) and bool(texts.get("gene_b"))
    if both == bool(texts.get("fusion")):
        book.note(0, N_('write either "fusion" or both "gene_a" and "gene_b"'))
    if not texts.get("result") and texts.get("listed") != "detected":
        book.note(0, N_('without "result", say "listed: detected": every row was found'))
    for column, words in (("contaminated", "contaminated_words"), ("type", "fusion_types")):
        if bool(written.get(column)) != bool(written.get(words)):
            sentence = N_('"{key}" and "{other}" are given together, or neither')
            book.note(0, sentence, key=column, other=words)


def _text(key: str, value: Any, book: ProblemBook) -> str:
    if isinstance(value, str) and value.strip():
        return value.strip()
    book.note(0, N_('"{key}" is text'), key=key)
    return ""


def _list(key: str, value: Any, book: ProblemBook) -> tuple[str, ...]:
    if isinstance(value, list) and all(isinstance(item, (str, bool, int)) for item in value):
        return tuple(str(item) for item in value)
    book.note(0, N_('"{key}" is a list'), key=key)
    return ()


def _words(value: Any, book: ProblemBook) -> tuple[tuple[State, frozenset[str]], ...]:
    if not isinstance(value, dict):
        book.note(0, N_('"words" gives each answer the list of its words'))
        return ()
    found, seen = [], {}
    for key, words in value.items():
        if key not in STATES:
            book.note(0, N_('"{key}" is one of {values}'), key=str(key), values=tuple(STATES))
            continue
        own = frozenset(word.strip().casefold() for word in _list(key, words, book))
        for word in own & seen.keys():
            book.note(0, N_('"{word}" stands for two answers'), word=word)
        seen |= dict.fromkeys(own, key)
        found.append((STATES[key], own))
    return tuple(found)


def _pair(text: str, book: ProblemBook) -> tuple[str, str]:
    parts = [part.strip() for part in text.split("::")]
    if len(parts) == 2 and all(parts):
        return parts[0], parts[1]
    book.note(0, N_('a pair is written as "ETV6::RUNX1", not {text}'), text=text)
    return "", ""
