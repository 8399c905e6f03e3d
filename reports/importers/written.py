"""Writing cells into a workbook so that text stays text, whatever it begins with."""

from __future__ import annotations

import datetime
import re
from decimal import Decimal
from typing import Any

_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
LONGEST = 32_767


def put(sheet: Any, *, row: int, column: int, value: Any) -> Any:
    """Write `value` into an openpyxl sheet and return the cell.

    Text is stored as text: "=1+1" never becomes a formula, and the quote prefix keeps it so when
    somebody edits the cell. Characters that a workbook cannot hold become "\\x00" and the like.
    """
    cell = sheet.cell(row=row, column=column)
    if value is None or value == "":
        return cell
    if isinstance(value, bool | int | float | Decimal | datetime.date):
        cell.value = value
        return cell
    text = _ILLEGAL.sub(lambda hit: f"\\x{ord(hit.group()):02x}", str(value))[:LONGEST]
    cell.value = text
    cell.data_type = "s"
    cell.number_format = "@"
    if text[:1] in "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20":  # full-width signs too
        cell.quotePrefix = True
    return cell
