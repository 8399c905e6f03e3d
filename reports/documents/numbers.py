"""How numbers and dates are printed, the same way in both documents."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django.utils.timezone import localtime

UNKNOWN = "—"


def fixed(value: float | None, digits: int = 2) -> str:
    """`value` with `digits` decimals, an em dash where unknown."""
    return UNKNOWN if value is None else f"{value:.{digits}f}"


def plain(value: float | None) -> str:
    """`value` as short as it was entered: 6.49, 81, 0.05."""
    return UNKNOWN if value is None else f"{value:.10g}"


def percent(fraction: float | None, digits: int = 1) -> str:
    """A fraction 0..1 as percent with its sign: 0.31 -> "31.0 %"."""
    return UNKNOWN if fraction is None else f"{100 * fraction:.{digits}f} %"


def percent_of(fraction: float) -> str:
    """A small fraction in percent with the digits that count: 0.00012 -> "0.012 %"."""
    value = (Decimal(f"{fraction:.3g}") * 100).normalize()
    return f"{value:f} %"


def power(fraction: float | None) -> str:
    """An MRD fraction as laboratories write it: 0.00012 -> "1.2 × 10⁻⁴"."""
    if fraction is None:
        return UNKNOWN
    mantissa, exponent = f"{fraction:.2e}".split("e")
    raised = str(int(exponent)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    shown = mantissa.rstrip("0").rstrip(".")
    return f"10{raised}" if shown == "1" else f"{shown} × 10{raised}"


def day(value: date | None) -> str:
    """ISO date, an em dash where unknown: the same in both languages and never ambiguous."""
    return UNKNOWN if value is None else value.isoformat()


def moment(value: datetime | None) -> str:
    """Local date and time to the second, with the offset: 2020-02-03 12:05:06 +0800."""
    return UNKNOWN if value is None else localtime(value).strftime("%Y-%m-%d %H:%M:%S %z")


def p_value(value: float | None) -> str:
    """A p value as the field prints it: three decimals, "<0.001" below."""
    if value is None:
        return UNKNOWN
    return "<0.001" if value < 0.001 else f"{value:.3f}"
