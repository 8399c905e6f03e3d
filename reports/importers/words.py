"""The words of a laboratory's spreadsheet that are answers or non-answers, by name.

A cell is never understood by luck: what stands here has the meaning written here, and what does not
is either a value of its column or an error that says what would have been accepted.
"""

from __future__ import annotations

import re
import unicodedata

UNKNOWN = (
    "NA", "N/A", "n.a.", "无", "Unknown", "not known", "未知", "不详", "不明", "未提供",
)  # fmt: skip
NOT_TESTED = ("not tested", "not done", "未做", "未查", "未检测", "未检查", "未送检")
NOT_DETECTED = (
    "not detected", "undetectable", "negative", "neg", "neg.", "阴性", "未检出", "未见",
)  # fmt: skip
NOT_EVALUABLE = ("not evaluable", "failed", "无法评估", "失败", "不合格")
# Words with two meanings, each of which would change the result.
AMBIGUOUS = ("ND", "n.d.", "-", "--", "—", "/", "?", "？", ".", "*")
POSITIVE = ("positive", "pos", "+", "阳性", "detected", "检出")


def folded(text: str) -> str:
    """`text` for comparing: full width as half width, no case, single blanks."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text)).strip().casefold()


_SETS = {
    name: frozenset(folded(word) for word in words)
    for name, words in (
        ("unknown", UNKNOWN),
        ("not_tested", NOT_TESTED),
        ("not_detected", NOT_DETECTED),
        ("not_evaluable", NOT_EVALUABLE),
        ("ambiguous", AMBIGUOUS),
        ("positive", POSITIVE),
    )
}


def means(text: str, meaning: str) -> bool:
    """Whether `text` is one of the words of `meaning`."""
    return folded(text) in _SETS[meaning]


# --- gene symbols that a spreadsheet turns into dates --------------------------------------------

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAY_MONTH = re.compile(r"^(\d{1,4})[-/ ]([A-Za-z]{3})[a-z]*\.?(?:[-/ ]\d{2,4})?$")
_MONTH_DAY = re.compile(r"^([A-Za-z]{3})[a-z]*\.?[-/ ](\d{1,4})$")
_ZH_DATE = re.compile(r"^(?:\d{4}年)?(\d{1,2})月(\d{1,2})日$")
_NUMERIC_DATE = re.compile(r"^\d{4}[-/.](\d{1,2})[-/.](\d{1,2})(?:[ T]00:00(?::00)?)?$")
_SERIAL = re.compile(r"^[34]\d{4}$")
# What the symbols of these months are called since 2020 (HGNC renamed them for this reason).
_GENES = {2: "FEB{day}", 3: "MARCHF{day}", 9: "SEPTIN{day}", 12: "DELEC{day}"}


def gene_behind_date(*, month: int, day: int) -> str:
    """The gene that a date may have been: month 9, day 2 -> "SEPTIN2"; "" where none is known."""
    if month == 3 and day <= 2:
        return f"MARCHF{day} / MTARC{day}"
    if month == 12 and day != 1:
        return ""
    if month == 10 and day == 4:
        return "POU5F1 (OCT4)"
    return _GENES.get(month, "").format(day=day)


def date_in_gene_text(text: str) -> tuple[int, int] | None:
    """(month, day) where `text` is a date such as a spreadsheet makes of a gene, else None.

    A bare serial number such as 43891 gives (0, 0).
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    if match := _DAY_MONTH.match(plain):
        day, name = match.groups()
    elif match := _MONTH_DAY.match(plain):
        name, day = match.groups()
    elif match := _ZH_DATE.match(plain) or _NUMERIC_DATE.match(plain):
        return int(match.group(1)), int(match.group(2))
    else:
        return (0, 0) if _SERIAL.match(plain) else None
    if name.lower() not in _MONTHS:
        return None
    return _MONTHS.index(name.lower()) + 1, int(day)
