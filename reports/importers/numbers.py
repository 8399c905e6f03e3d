"""Numbers as hospitals write them, and their units. A percent is a percent by its sign only."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_noop

from reports.importers.columns import Column
from reports.importers.problems import Said, said
from reports.importers.refusal import Refused
from reports.importers.workbook import Cell, number_text


@dataclass(frozen=True)
class Number:
    """A number as written. `operator`: "=", "<", "<=", ">", ">="; `percent`: it bears the sign %.

    `value` is what is written before the sign: "5%" has the value 5.
    """

    value: Decimal
    operator: str = "="
    percent: bool = False
    suffix: str = ""


_SUPERSCRIPT = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
_RAISED = re.compile(r"10([⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)")
_OPERATORS = {"<": "<", ">": ">", "≤": "<=", "≥": ">=", "=": "=", "<=": "<=", ">=": ">=",
              "≦": "<=", "≧": ">=", "小于": "<", "大于": ">"}  # fmt: skip
_SIGN = re.compile(r"^(<=|>=|[<>≤≥≦≧=]|小于|大于)\s*")
_PLAIN = re.compile(r"^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?$")
_POWER = re.compile(r"^(?:([+-]?\d+(?:\.\d+)?)\s*[x×*·]\s*)?10\^([+-]?\d{1,3})$")
_THOUSANDS = re.compile(r"^[+-]?\d{1,3}([,' ]\d{3})+(\.\d+)?$")
_COMMA = re.compile(r"^[+-]?\d+,\d+$")
_WITH_SUFFIX = re.compile(r"^([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?)\s*(\D.*)$")


def read_number(cell: Cell) -> Number:
    """The number in a number or text cell. Raises `Refused`."""
    if cell.kind == "number":
        value = Decimal(number_text(cell.value))
        return Number(value * 100, percent=True) if cell.percent else Number(value)
    if cell.kind == "date":
        raise Refused(
            said(gettext_noop("the spreadsheet made a date of it")),
            said(gettext_noop("a number: format the cell as a number and type it again")),
        )
    if cell.kind != "text":
        raise _no_number(cell.text)
    return _parse(cell.text)


def _parse(text: str) -> Number:
    raised = _RAISED.sub(lambda hit: "10^" + hit.group(1).translate(_SUPERSCRIPT), text)
    plain = unicodedata.normalize("NFKC", raised).replace("\u2212", "-").strip()
    operator = "="
    if match := _SIGN.match(plain):
        operator, plain = _OPERATORS[match.group(1)], plain[match.end() :]
    percent = plain.endswith("%")
    if percent:
        plain = plain[:-1].strip()
    if _PLAIN.match(plain):
        return Number(Decimal(plain), operator, percent)
    if match := _POWER.match(plain):
        return Number(Decimal(match.group(1) or 1).scaleb(int(match.group(2))), operator, percent)
    if _THOUSANDS.match(plain) or _COMMA.match(plain):
        raise Refused(
            said(
                gettext_noop("{value}: a comma or blank inside a number is ambiguous"), value=text
            ),
            said(gettext_noop("digits with a decimal point, such as 1234.5")),
        )
    if not percent and (match := _WITH_SUFFIX.match(plain)):
        return Number(Decimal(match.group(1)), operator, False, match.group(2).strip())
    raise _no_number(text)


def _no_number(text: str) -> Refused:
    return Refused(
        said(gettext_noop("{value} is not a number"), value=text),
        said(gettext_noop("a number, or an empty cell where it is unknown")),
    )


# --- units ---------------------------------------------------------------------------------------

# (source, target) -> factor. Only units that mean the same quantity stand here.
CONVERSIONS: dict[tuple[str, str], Decimal] = {
    ("%", "fraction"): Decimal("0.01"),
    ("fraction", "%"): Decimal(100),
    ("days", "years"): 1 / Decimal("365.25"),
    ("months", "years"): 1 / Decimal(12),
    ("weeks", "years"): 7 / Decimal("365.25"),
    ("years", "days"): Decimal("365.25"),
    ("months", "days"): Decimal("365.25") / 12,
    ("10^3/uL", "10^9/L"): Decimal(1),
    ("1000/uL", "10^9/L"): Decimal(1),
    ("/uL", "10^9/L"): Decimal("0.001"),
    ("/mm3", "10^9/L"): Decimal("0.001"),
    ("10^6/L", "10^9/L"): Decimal("0.001"),
    ("g/dL", "g/L"): Decimal(10),
    ("mmol/L", "g/L"): Decimal("16.114"),  # haemoglobin, per monomer of 16,114 g/mol
}
_SPELLED = {"k/ul": "10^3/uL", "k/µl": "10^3/uL", "×10^9/l": "10^9/L", "x10^9/l": "10^9/L"}


def unit_name(text: str) -> str:
    """The unit as it stands in `CONVERSIONS`: µ as u, the usual other spellings."""
    plain = text.replace("µ", "u").replace("μ", "u").strip()
    return _SPELLED.get(plain.casefold(), plain)


def can_convert(source: str, target: str) -> bool:
    source = unit_name(source)
    return source == target or (source, target) in CONVERSIONS


def in_unit(number: Number, *, source: str, target: str) -> Decimal:
    """The value in `target`, written in `source` unless its own sign or suffix says otherwise."""
    if number.percent:
        source = _percent_allowed(number, target)
    elif number.suffix:
        if unit_name(number.suffix).casefold() not in (target.casefold(), source.casefold()):
            raise Refused(
                said(gettext_noop("{suffix} is not the unit of this column"), suffix=number.suffix),
                said(gettext_noop("a number in {unit}"), unit=source or "1"),
            )
        source = target if unit_name(number.suffix).casefold() == target.casefold() else source
    source = unit_name(source)
    if source == target:
        return number.value
    value = number.value * CONVERSIONS[source, target]
    # A year is no whole number of days: four decimals of a year are less than an hour.
    return round(value, 4) if source in ("days", "weeks", "months") else value


def _percent_allowed(number: Number, target: str) -> str:
    if target not in ("%", "fraction"):
        raise Refused(
            said(gettext_noop("{value}% in a column that takes no percent"), value=number.value),
            said(gettext_noop("a number in {unit}"), unit=target or "1"),
        )
    return "%"


def _short(value: Decimal) -> str:
    return f"{value:.6g}" if abs(value) < 10**6 else f"{value:f}"


def check_hard(value: Decimal, column: Column) -> None:
    """Refuse a value outside the column's hard limits."""
    if column.hard is None or column.hard[0] <= value <= column.hard[1]:
        return
    low, high = column.hard
    message = said(gettext_noop("{value} is outside the possible range"), value=_short(value))
    if column.unit == "fraction" and value > 1:
        message = said(
            gettext_noop("{value} is more than 1 in a column of fractions: is it a percent?"),
            value=_short(value),
        )
    raise Refused(
        message,
        said(gettext_noop("{low} to {high} {unit}"), low=low, high=high, unit=column.unit),
    )


def soft_notes(value: Decimal, column: Column) -> tuple[Said, ...]:
    """A note where the value is possible but unusual."""
    if column.soft is None or column.soft[0] <= value <= column.soft[1]:
        return ()
    low, high = column.soft
    sentence = gettext_noop("{value} is unusual (usually {low} to {high} {unit})")
    return (said(sentence, value=_short(value), low=low, high=high, unit=column.unit),)


def fraction_note(number: Number, value: Decimal, column: Column) -> tuple[Said, ...]:
    """A note where a bare number in a percent column may have been meant as a fraction."""
    if column.unit == "%" and not number.percent and 0 < value < 1:
        return (
            said(
                gettext_noop("{value} is read as percent: is it a fraction?"), value=_short(value)
            ),
        )
    return ()
