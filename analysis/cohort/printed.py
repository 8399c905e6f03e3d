"""How labels, shares, measurements and p values of a cohort are written."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from analysis.wording import Labelled, Message


def written(label: Message | Labelled, language: str = "en") -> str:
    """A label as a reader of `language` has it."""
    return label.text(language) if isinstance(label, Message) else label.label(language)


def percent_text(n: int, of: int) -> str:
    """ "36.4%": one decimal, halves upwards; a dash where nobody was tested."""
    if not of:
        return "—"
    share = (Decimal(100 * n) / Decimal(of)).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return f"{share}%"


def rounded(value: float, digits: int) -> float:
    """`value` to `digits` decimals as people round: halves away from 0."""
    return float(Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP))


def number_text(value: float | None) -> str:
    """A measurement with its own digits, two decimals at most; a dash for none."""
    if value is None:
        return "—"
    text = f"{Decimal(repr(rounded(value, 2))):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def p_text(p: float | None) -> str:
    """ "<0.001" or three decimals; a dash for no test."""
    if p is None:
        return "—"
    return "<0.001" if p < 0.001 else f"{p:.3f}"
