"""One cell and its column -> one typed value, or a refusal that says what was expected.

Every rule here is written in docs/data-manager.md. A reading is `UNKNOWN` (nothing is known, and
nothing stored is erased) or a value: `str`, `datetime.date`, `Decimal`, `int`, `Measurement`.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from typing import Any

from django.utils.translation import gettext_noop

from reports.importers import dates, numbers, words
from reports.importers.columns import Column
from reports.importers.problems import Said, said
from reports.importers.refusal import Refused
from reports.importers.workbook import Cell, number_text


class Blank(Enum):
    """The readings that are no value; SKIP (a mapping's word) means that there is no record."""

    UNKNOWN = "unknown"
    SKIP = "skip"


UNKNOWN, SKIP = Blank.UNKNOWN, Blank.SKIP


@dataclass(frozen=True)
class Measurement:
    """An MRD value. `fraction` is above 0 and at most 1 for "=" and "<", else None.

    `operator`: "=", "<", "not_detected", "not_evaluable" or "not_tested".
    """

    operator: str
    fraction: Decimal | None = None


@dataclass(frozen=True)
class Reading:
    """What a cell says: the value, and notes that a person should see."""

    value: Any
    notes: tuple[Said, ...] = ()


@dataclass(frozen=True)
class Reader:
    """How one column is read: the documented column, today, and what a mapping adds to it.

    `source_unit` and `convert` describe another centre's unit; `own_words` maps folded text of the
    file to a code, "unknown" or "not_tested", and goes before every other rule.
    """

    column: Column
    today: datetime.date
    source_unit: str = ""
    own_words: Mapping[str, str] = field(default_factory=dict)
    closed: bool = False  # the mapping's value table is all that is accepted
    bands: tuple[Any, ...] = ()  # of a mapping: ranges of a number, each read as a code

    @property
    def unit(self) -> str:
        return self.source_unit or self.column.unit


def read_value(cell: Cell, reader: Reader) -> Reading:
    """Read `cell` by the rules of its column. Raises `Refused`."""
    _refuse_what_no_column_takes(cell, reader.column)
    if cell.is_empty:
        return Reading(UNKNOWN)
    text = cell.text
    own = reader.own_words.get(words.folded(text))
    if own is not None:
        return _own_word(own, reader)
    if reader.closed:
        raise Refused(
            said(gettext_noop("{value} is not in the mapping's value table"), value=text),
            said(gettext_noop("one of: {values}"), values=", ".join(reader.own_words)),
        )
    if reader.bands:
        return _read_band(cell, reader)
    return _READERS[reader.column.kind](cell, reader)


def _read_band(cell: Cell, reader: Reader) -> Reading:
    """The code of the first band that the number falls into."""
    blank = _blank_word(cell, reader.column)
    if blank is not None:
        return blank
    number = numbers.read_number(cell).value
    for band in reader.bands:
        if band.limit is None or number < band.limit or (band.inclusive and number == band.limit):
            return Reading(band.code)
    raise Refused(said(gettext_noop("the number falls into no band of the mapping")))


def _own_word(meaning: str, reader: Reader) -> Reading:
    if meaning == "unknown":
        return Reading(UNKNOWN)
    if meaning == "skip":
        return Reading(SKIP)
    if meaning == "not_tested" and "not_tested" not in reader.column.codes:
        return _not_tested(reader.column)
    if reader.column.kind == "measure":
        return Reading(Measurement(meaning))
    return Reading(meaning)


_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


def _refuse_what_no_column_takes(cell: Cell, column: Column) -> None:
    if cell.kind == "formula":
        raise Refused(
            said(gettext_noop("cell {address} holds a formula"), address=cell.address),
            said(gettext_noop("the value itself: copy it and paste values only")),
        )
    if cell.kind == "error":
        raise Refused(
            said(
                gettext_noop("cell {address} holds the spreadsheet error {value}"),
                address=cell.address,
                value=cell.value,
            ),
            said(gettext_noop("a value, or an empty cell where nothing is known")),
        )
    if cell.kind != "text":
        return
    if _CONTROL.search(cell.value):
        raise Refused(
            said(gettext_noop("the text holds control characters")),
            said(gettext_noop("plain text without NUL or other control characters")),
        )
    if any("\ud800" <= char <= "\udfff" for char in cell.value):
        raise Refused(said(gettext_noop("the text holds half a character")))


# --- text and codes ------------------------------------------------------------------------------

_ROUNDED = re.compile(r"^\d(\.\d+)?[eE]\+?\d+$")


def _read_text(cell: Cell, reader: Reader) -> Reading:
    column = reader.column
    if column.is_gene:
        _refuse_date_for_gene(cell)
    if cell.kind == "date":
        raise Refused(
            said(gettext_noop("the spreadsheet made a date of it")),
            said(gettext_noop("text: format the cell as text and type it again")),
        )
    if cell.kind == "boolean":
        raise Refused(
            said(gettext_noop("a true/false cell where text is expected")),
            said(gettext_noop("text: format the cell as text and type it again")),
        )
    text = _whole_number_text(cell) if cell.kind == "number" else cell.text
    if column.name == "hospital_number" and _ROUNDED.match(text):
        raise _rounded(text)
    if _text_is_unknown(text):
        return Reading(UNKNOWN)
    if len(text) > column.max_length:
        raise Refused(
            said(gettext_noop("the text has {length} characters"), length=len(text)),
            said(gettext_noop("at most {limit} characters"), limit=column.max_length),
        )
    return Reading(text)


def _text_is_unknown(text: str) -> bool:
    """As `words.means`, but a name such as "Na" stays a name: only the usual ways to write it."""
    return any(text in (word, word.lower(), word.upper()) for word in words.UNKNOWN)


def _whole_number_text(cell: Cell) -> str:
    """A number in a text column as a person sees it: 7 formatted 0000 is "0007"."""
    if abs(cell.value) >= 10**15:
        raise _rounded(cell.text)
    text = number_text(cell.value)
    if re.fullmatch(r"0{2,}", cell.number_format) and text.isdigit():
        return text.zfill(len(cell.number_format))
    return text


def _rounded(text: str) -> Refused:
    return Refused(
        said(gettext_noop("the spreadsheet has rounded this long number: {value}"), value=text),
        said(gettext_noop("text: format the cell as text and type the number again")),
    )


def _refuse_date_for_gene(cell: Cell) -> None:
    """A gene symbol that became a date is refused by name: nobody can say which gene it was."""
    if cell.kind == "date" and isinstance(cell.value, datetime.date):
        found = (cell.value.month, cell.value.day)
    else:
        parts = re.split(r"[;,；，、]", cell.text)
        found = next((hit for part in parts if (hit := words.date_in_gene_text(part))), None)
    if found is None:
        return
    gene = words.gene_behind_date(month=found[0], day=found[1])
    expected = gettext_noop("the gene symbol as text")
    if gene:
        expected = gettext_noop("the gene symbol as text, such as {gene}")
    raise Refused(
        said(
            gettext_noop("the spreadsheet turned a gene name into a date: {value}"), value=cell.text
        ),
        said(expected, gene=gene),
    )


def _read_code(cell: Cell, reader: Reader) -> Reading:
    column = reader.column
    text = cell.text
    wanted = words.folded(text)
    for code, spelled in column.values:
        if text == code or text in spelled:
            return Reading(code)
    for code, spelled in column.values:
        if wanted == words.folded(code) or wanted in {words.folded(word) for word in spelled}:
            return Reading(code)
    if words.means(text, "unknown"):
        return Reading(UNKNOWN)
    if words.means(text, "not_tested") and "not_tested" in column.codes:
        return Reading("not_tested")
    raise Refused(
        said(gettext_noop("{value} is not one of the answers of this column"), value=text),
        said(gettext_noop("one of: {values}"), values=accepted(column)),
    )


def accepted(column: Column) -> str:
    """The codes of a column, each with one other spelling: "male (M), female (F)"."""
    return ", ".join(
        (f"{code} ({spelled[0]})" if spelled and code else code or spelled[0])
        for code, spelled in column.values
    )


# --- dates, numbers, measures --------------------------------------------------------------------


def _read_date(cell: Cell, reader: Reader) -> Reading:
    if cell.kind == "text" and words.means(cell.text, "unknown"):
        return Reading(UNKNOWN)
    value, notes = dates.read_date(cell, today=reader.today)
    return Reading(value, notes)


def _not_tested(column: Column) -> Reading:
    if column.kind == "measure":
        return Reading(Measurement("not_tested"))
    return Reading(
        UNKNOWN,
        (said(gettext_noop("kept as unknown: this column has no answer 'not tested'")),),
    )


def _blank_word(cell: Cell, column: Column) -> Reading | None:
    if cell.kind != "text":
        return None
    if words.means(cell.text, "unknown"):
        return Reading(UNKNOWN)
    if words.means(cell.text, "not_tested"):
        return _not_tested(column)
    if words.means(cell.text, "ambiguous"):
        raise Refused(
            said(gettext_noop("{value} has more than one meaning"), value=cell.text),
            said(gettext_noop("a value, 'not done', 'not detected', or an empty cell")),
        )
    return None


def _read_number(cell: Cell, reader: Reader) -> Reading:
    column = reader.column
    blank = _blank_word(cell, column)
    if blank is not None:
        return blank
    number = numbers.read_number(cell)
    if number.operator != "=":
        raise Refused(
            said(gettext_noop("{value}: this column takes no such sign"), value=cell.text),
            said(gettext_noop("a plain number")),
        )
    value = numbers.in_unit(number, source=reader.unit, target=column.unit)
    numbers.check_hard(value, column)
    if column.kind == "integer":
        if value != value.to_integral_value():
            raise Refused(said(gettext_noop("a whole number is expected")))
        return Reading(int(value), numbers.soft_notes(value, column))
    notes = numbers.soft_notes(value, column) + numbers.fraction_note(number, value, column)
    return Reading(value, notes)


def _read_measure(cell: Cell, reader: Reader) -> Reading:
    column = reader.column
    blank = _blank_word(cell, column)
    if blank is not None:
        return blank
    if cell.kind == "text":
        if words.means(cell.text, "not_detected"):
            return Reading(Measurement("not_detected"))
        if words.means(cell.text, "not_evaluable"):
            return Reading(Measurement("not_evaluable"))
        if words.means(cell.text, "positive"):
            raise Refused(
                said(gettext_noop("'positive' is no measurement")),
                said(gettext_noop("the measured number")),
            )
    number = numbers.read_number(cell)
    if number.operator not in ("=", "<"):
        raise Refused(
            said(gettext_noop("{sign} is neither 'below' nor 'equal to'"), sign=number.operator),
            said(gettext_noop("a number, or '<' and the detection limit")),
        )
    value = numbers.in_unit(number, source=reader.unit, target=column.unit)
    numbers.check_hard(value, column)
    fraction = value / 100 if column.unit == "%" else value
    if fraction == 0:
        if number.operator == "<":
            raise Refused(said(gettext_noop("nothing is below zero")))
        note = said(gettext_noop("zero is kept as 'not detected': no assay measures none"))
        return Reading(Measurement("not_detected"), (note,))
    return Reading(Measurement(number.operator, fraction))


_READERS = {
    "text": _read_text,
    "code": _read_code,
    "choice": _read_code,
    "date": _read_date,
    "number": _read_number,
    "integer": _read_number,
    "measure": _read_measure,
}
