"""Dates as hospitals write them: the year first, or a cell that the spreadsheet knows as a date."""

from __future__ import annotations

import datetime
import re
import unicodedata

from django.utils.translation import gettext_noop

from reports.importers.problems import Said, said
from reports.importers.refusal import Refused
from reports.importers.workbook import Cell

EARLIEST = datetime.date(1900, 1, 1)
_PATTERNS = (
    re.compile(r"^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?:[ T]00:00(?::00(?:\.0+)?)?)?$"),
    re.compile(r"^(\d{4})()(\d{2})(\d{2})$"),
    re.compile(r"^(\d{4})()年\s*(\d{1,2})月\s*(\d{1,2})[日号]$"),
)
_YEAR_LAST = re.compile(r"^\d{1,2}[-/.]\d{1,2}[-/.](\d{2}|\d{4})$")
_NO_DAY = re.compile(r"^\d{4}([-/.]\d{1,2}|年(\d{1,2}月)?)?$")
_SERIAL = re.compile(r"^\d{5}(\.\d+)?$")
_WITH_TIME = re.compile(r"^(.+?)[ T]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?$")
_EXPECTED = gettext_noop("a date such as 2020-01-02, 2020/1/2, 20200102 or 2020年1月2日")


def read_date(cell: Cell, *, today: datetime.date) -> tuple[datetime.date, tuple[Said, ...]]:
    """(date, notes) of a date cell or of text that is a date by name. Raises `Refused`."""
    if cell.kind == "date":
        value, notes = _typed(cell)
    elif cell.kind in ("text", "number"):
        value, notes = _written(cell.text)
    else:
        raise _no_date(cell.text)
    if value < EARLIEST:
        raise Refused(
            said(gettext_noop("{value} is before 1900"), value=value.isoformat()), said(_EXPECTED)
        )
    if value > today:
        raise Refused(
            said(gettext_noop("{value} is in the future"), value=value.isoformat()),
            said(gettext_noop("a date up to {today}"), today=today.isoformat()),
        )
    return value, notes


def _typed(cell: Cell) -> tuple[datetime.date, tuple[Said, ...]]:
    value = cell.value
    if isinstance(value, datetime.datetime):
        return value.date(), _time_note(value.time() != datetime.time())
    if isinstance(value, datetime.date):
        return value, ()
    raise Refused(
        said(gettext_noop("the cell holds a time without a date: {value}"), value=value),
        said(_EXPECTED),
    )


def _time_note(has_time: bool) -> tuple[Said, ...]:
    return (said(gettext_noop("the time of day is not kept")),) if has_time else ()


def _written(text: str) -> tuple[datetime.date, tuple[Said, ...]]:
    plain = unicodedata.normalize("NFKC", text).strip()
    for pattern in _PATTERNS:
        if match := pattern.match(plain):
            year, _, month, day = match.groups()
            return _existing(int(year), int(month), int(day), text), ()
    if (match := _WITH_TIME.match(plain)) and match.group(1) != plain:
        value, _ = _written(match.group(1))
        return value, _time_note(True)
    if _YEAR_LAST.match(plain):
        raise Refused(
            said(gettext_noop("{value} can be read in more than one way"), value=text),
            said(gettext_noop("the year first, such as 2020-01-02")),
        )
    if _NO_DAY.match(plain):
        raise Refused(
            said(gettext_noop("{value} names no day"), value=text),
            said(gettext_noop("a whole date, or an empty cell where the day is unknown")),
        )
    if _SERIAL.match(plain):
        raise _serial(plain)
    raise _no_date(text)


def _existing(year: int, month: int, day: int, text: str) -> datetime.date:
    try:
        return datetime.date(year, month, day)
    except ValueError as error:
        raise Refused(
            said(gettext_noop("{value} does not exist in the calendar"), value=text),
            said(_EXPECTED),
        ) from error


def _serial(text: str) -> Refused:
    """A bare serial number could be any count of days: refused, with the date that it would be."""
    would_be = datetime.date(1899, 12, 30) + datetime.timedelta(days=int(float(text)))
    return Refused(
        said(
            gettext_noop("{value} is a number, not a date (as Excel's serial number: {date})"),
            value=text,
            date=would_be.isoformat(),
        ),
        said(gettext_noop("format the cell as a date, or type it such as 2020-01-02")),
    )


def _no_date(text: str) -> Refused:
    return Refused(said(gettext_noop("{value} is not a date"), value=text), said(_EXPECTED))
