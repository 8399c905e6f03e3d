"""A cohort out of any spreadsheet: one row a child, the columns told apart by stated rules.

A column is, in this order:

1. what the caller says it is (`Rules.numeric`, `Rules.category`);
2. a laboratory answer with four states, where every value is one of the words altered,
   not detected, not evaluable, not tested (or their Chinese);
3. yes or no, where every value is one of a pair such as 1 and 0, yes and no, positive and
   negative, 是 and 否, 阳性 and 阴性: the first of the pair is counted; "not tested" and "not
   evaluable" may stand beside them and stay apart; among other values they are missing, and a
   column of laboratory answers with a stranger among them is left out; capitals do not matter;
4. a class, where at most two different values are left (1 and 2 for the sexes);
5. a measurement, where every value is a number;
6. a class, where at most `MOST_CLASSES` different values are left (no dates);
7. left out, and said so: names, dates, free text, numbers mixed with text or with a decimal comma
   (`Rules.decimal_comma` reads those).

Whole numbers that stand for three or more classes look like a measurement: they must be named.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from analysis.cohort.columns import (
    ALTERED,
    NOT_DETECTED,
    NOT_EVALUABLE,
    NOT_TESTED,
    STATES,
    Column,
    Kind,
)
from analysis.cohort.workbook_traps import refuse_traps
from analysis.file_problems import ProblemBook, refusal
from analysis.grid import Grid, Row, read_grids, read_limited
from analysis.wording import N_, Message, say

MOST_CLASSES = 20
# Counted as missing, in any case, beside an empty cell.
MISSING_WORDS = (
    *("na", "n/a", "#n/a", "nan", "null", ".", "-", "—", "/", "?", "missing", "unknown"),
    *("not done", "not recorded", "not available", "未知", "不详", "缺失", "未做", "未查", "未测"),
)
PAIRS = (
    *(("1", "0"), ("yes", "no"), ("y", "n"), ("true", "false"), ("positive", "negative")),
    *(("pos", "neg"), ("+", "-"), ("是", "否"), ("有", "无"), ("阳性", "阴性"), ("阳", "阴")),
)
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?")
_COMMA = re.compile(r"([+-]?\d+),(\d+)")
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+")
_DATE = re.compile(r"\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}.*|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}")
_STATE_WORDS = {
    word: place
    for place, state in enumerate(STATES)
    for word in (state.value, state.label("en"), state.label("zh-hans"))
}
# What a laboratory writes where there is no answer, beside answers in other words.
_NO_ANSWER = {
    **{word: place for word, place in _STATE_WORDS.items() if not STATES[place].answered},
    **dict.fromkeys(("nt", "n.t.", "未检", "未送检"), NOT_TESTED),
    **dict.fromkeys(("ne", "n.e.", "inconclusive", "不可评估", "无法评估"), NOT_EVALUABLE),
    **dict.fromkeys(("无法判读", "检测失败"), NOT_EVALUABLE),
}
# Beside other classes these may be one of them.
_SHORT = frozenset(("nt", "n.t.", "ne", "n.e."))


@dataclass(frozen=True)
class Rules:
    """How a sheet is read where its own words do not say.

    `missing` replaces `MISSING_WORDS`; an empty cell is always missing. `where` keeps the rows
    whose column has the value; `child` names the column by which rows of one child are found, the
    first of which is kept. `columns` are the ones wanted, all by default; `needed` must be there.
    `decimal_comma` reads 1,5 as 1.5.
    """

    numeric: tuple[str, ...] = ()
    category: tuple[str, ...] = ()
    missing: tuple[str, ...] = MISSING_WORDS
    where: tuple[tuple[str, str], ...] = ()
    child: str = ""
    columns: tuple[str, ...] = ()
    needed: tuple[str, ...] = ()
    sheet: str = ""
    decimal_comma: bool = False


AS_STATED = Rules()


@dataclass(frozen=True, eq=False)
class Sheet:
    """The children of a sheet. `columns` are those that could be told apart, in its order;
    `left_out` says why others are not among them; `notes` what was done to the rows."""

    columns: tuple[Column, ...]
    values: dict[str, np.ndarray]
    children: int
    left_out: tuple[Message, ...] = ()
    notes: tuple[Message, ...] = ()

    def __len__(self) -> int:
        return self.children

    def column(self, name: str) -> Column:
        """Raises KeyError where there is no such column, or it was left out."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    def numbers(self, name: str) -> np.ndarray:
        return self.values[name]

    def codes(self, name: str) -> np.ndarray:
        return self.values[name]


def read_sheet(path: Path, rules: Rules = AS_STATED) -> Sheet:
    """CSV, TSV or XLSX as a `Sheet`. Raises `FileRefused` with every cell that cannot be read."""
    file = path.name
    grid, headings = _table(path, rules.sheet)
    wanted = (*rules.needed, *rules.numeric, *rules.category, *rules.columns)
    wanted += tuple(name for name, _ in rules.where)
    for name in (*wanted, *filter(None, (rules.child,))):
        _find(name, headings, file)
    rows, notes = _children(grid, headings, rules)
    return _sheet(file, headings, rows, rules, notes)


def read_column(path: Path, names: tuple[str, ...]) -> list[str]:
    """The cells of the first column of `names` that the sheet has. Raises `FileRefused`."""
    grid, headings = _table(path, "")
    name = next((name for name in names if name in headings), names[0])
    place = _find(name, headings, path.name)
    return [_cell(row, place) for row in grid.rows[1:]]


def _table(path: Path, sheet: str) -> tuple[Grid, list[str]]:
    content = read_limited(path)
    grid = _wanted_grid(read_grids(content, file=path.name), sheet, path.name)
    refuse_traps(content, grid)
    return grid, _headings(grid)


def _find(name: str, headings: list[str], file: str) -> int:
    if name not in headings:
        known = ", ".join(headings)
        raise refusal(file, N_("has no column {name}; it has: {known}"), name=name, known=known)
    return headings.index(name)


def _wanted_grid(grids: tuple[Grid, ...], sheet: str, file: str) -> Grid:
    for grid in grids:
        if sheet in ("", grid.sheet):
            return grid
    known = ", ".join(grid.sheet for grid in grids)
    raise refusal(file, N_("has no sheet {name}; it has: {known}"), name=sheet, known=known)


def _headings(grid: Grid) -> list[str]:
    """A name a column, "" for a column without any cell. Raises `FileRefused` for others without
    a heading, and for two of one name."""
    heading = grid.rows[0]
    book = ProblemBook(grid.file)
    names = [_cell(heading, place) for place in range(max(row.filled for row in grid.rows))]
    for place, name in enumerate(names):
        if name and name in names[:place]:
            book.note(heading.line, N_("two columns are named {name}"), name=name)
        if not name and _any_cell(grid, place):
            book.note(heading.line, N_("column {number} has no heading"), number=place + 1)
    book.refuse()
    return names


def _any_cell(grid: Grid, place: int) -> bool:
    return any(place < len(row.cells) and row.cells[place] for row in grid.rows)


def _children(
    grid: Grid, headings: list[str], rules: Rules
) -> tuple[list[Row], tuple[Message, ...]]:
    """The rows that are wanted, and what was left out."""
    rows = list(grid.rows[1:])
    notes = []
    for name, value in rules.where:
        place = headings.index(name)
        kept = [row for row in rows if _cell(row, place) == value]
        sentence = N_("{n} of {of} rows left out: {column} is not {value}.")
        facts = {"n": len(rows) - len(kept), "of": len(rows), "column": name, "value": value}
        notes.append(say(sentence, **facts))
        rows = kept
    if rules.child:
        place = headings.index(rules.child)
        first: dict[str, Row] = {}
        for row in rows:
            first.setdefault(_cell(row, place) or f"\0{row.line}", row)
        if len(first) < len(rows):
            sentence = N_("{n} further rows of children already counted left out ({column}).")
            notes.append(say(sentence, n=len(rows) - len(first), column=rules.child))
        rows = list(first.values())
    return rows, tuple(notes)


def _cell(row: Row, place: int) -> str:
    cell = row.cells[place] if place < len(row.cells) else ""
    # A cell of several lines is one text.
    return " ".join(cell.split()) if "\n" in cell else cell


def _sheet(
    file: str, headings: list[str], rows: list[Row], rules: Rules, notes: tuple[Message, ...]
) -> Sheet:
    book = ProblemBook(file)
    columns, values, left_out = [], {}, []
    missing = {word.casefold() for word in rules.missing}
    for place, name in enumerate(headings):
        if (rules.columns and name not in rules.columns) or name in ("", rules.child):
            continue
        cells = [_cell(row, place) for row in rows]
        known = _known(cells, missing)
        if rules.decimal_comma:
            known = _with_points(known)
        column, found = _column(name, known, rules)
        if name in rules.numeric:
            for row, cell in zip(rows, known, strict=True):
                if cell is not None and not _is_number(cell):
                    sentence = N_("{column} is not a number: {value}")
                    book.note(row.line, sentence, column=name, value=cell)
        if isinstance(column, Message):
            left_out.append(column)
        else:
            columns.append(column)
            values[name] = found
    book.refuse()
    return Sheet(tuple(columns), values, len(rows), tuple(left_out), notes)


def _known(cells: Sequence[str], missing: set[str]) -> list[str | None]:
    """The cells without those that mean "missing"; a minus beside a plus is an answer."""
    if "+" in cells:
        missing = missing - {"-"}
    return [cell if cell and cell.casefold() not in missing else None for cell in cells]


def _with_points(cells: list[str | None]) -> list[str | None]:
    """The cells with a decimal point for a decimal comma, as they are where the comma may be none:
    beside a point, or where it always stands before three digits."""
    if _doubt({cell for cell in cells if cell is not None}):
        return cells
    found = [cell and _COMMA.fullmatch(cell) for cell in cells]
    return [".".join(f.groups()) if f else cell for f, cell in zip(found, cells, strict=True)]


def _doubt(different: set[str]) -> str:
    """Why the commas of a column's numbers may mean one thing or another; "" where they do not."""
    commas = {cell for cell in different if _COMMA.fullmatch(cell) or _THOUSANDS.fullmatch(cell)}
    if not commas:
        return ""
    if any("." in cell and _is_number(cell) for cell in different):
        return N_("{column} left out: numbers with a point and with a comma ({examples}).")
    if all(_THOUSANDS.fullmatch(cell) for cell in commas):
        return N_(
            "{column} left out: the comma may stand before thousands or decimals ({examples}); "
            "write the numbers without it."
        )
    return ""


def _is_number(text: str) -> bool:
    return bool(_NUMBER.fullmatch(text)) and math.isfinite(float(text))


def _column(
    name: str, cells: list[str | None], rules: Rules
) -> tuple[Column | Message, np.ndarray]:
    label = say(N_("{heading}"), heading=name)
    different = {cell for cell in cells if cell is not None}
    if name in rules.numeric:
        return _measurement(name, label, cells)
    if name in rules.category:
        return _coded(name, label, cells, different)
    states = {cell: _STATE_WORDS.get(cell.casefold()) for cell in different}
    if different and None not in states.values():
        return Column(name, label, Kind.STATE), _codes(cells, states)
    without = {cell for cell in different if cell.casefold() in _NO_ANSWER}
    different -= without
    if pair := _pair(different):
        return _yes_or_no(name, label, cells, pair)
    if any(states[cell] is not None for cell in different):
        return _strangers(name, {cell for cell in different if states[cell] is None}), np.empty(0)
    numbers = sum(map(_is_number, different))
    if numbers < len(different):
        short = {cell for cell in without if cell.casefold() in _SHORT}
        different, without = different | short, without - short
    # A class or a measurement has one kind of no answer.
    cells = [None if cell in without else cell for cell in cells]
    if (len(different) > 2 and numbers == len(different)) or not different:
        return _measurement(name, label, cells)
    if _with_commas(different) or _mostly(_DATE, different):
        return _why_left_out(name, different), np.empty(0)
    classes = {cell.casefold() for cell in different}
    if len(classes) <= MOST_CLASSES and not (numbers > 2 and numbers >= len(different) / 2):
        return _coded(name, label, cells, different)
    return _why_left_out(name, different), np.empty(0)


def _pair(different: set[str]) -> tuple[str, str] | None:
    words = {cell.casefold() for cell in different}
    return next((pair for pair in PAIRS if words and words <= set(pair)), None)


def _measurement(name, label, cells) -> tuple[Column, np.ndarray]:
    numbers = [float(cell) if cell is not None and _is_number(cell) else math.nan for cell in cells]
    digits = max((_decimals(cell) for cell in cells if cell is not None), default=0)
    # A median may fall halfway between two values: one digit more, within reason.
    digits = min(digits + 1, 6)
    return Column(name, label, Kind.NUMBER, digits=digits), np.array(numbers, dtype=float)


def _decimals(text: str) -> int:
    mantissa, _, exponent = text.lower().partition("e")
    decimals = len(mantissa.partition(".")[2].rstrip("0"))
    return max(decimals - (int(exponent) if exponent.lstrip("+-").isdigit() else 0), 0)


def _yes_or_no(name, label, cells, pair: tuple[str, str]) -> tuple[Column, np.ndarray]:
    """Answers as laboratory states, those with the first word of the pair counted; the levels are
    both words as the sheet writes them."""
    different = sorted({cell for cell in cells if cell is not None})
    words = {pair[0]: ALTERED, pair[1]: NOT_DETECTED} | _NO_ANSWER
    places = {cell: words[cell.casefold()] for cell in different}
    written = (
        next((cell for cell, place in places.items() if place == wanted), word)
        for word, wanted in zip(pair, (ALTERED, NOT_DETECTED), strict=True)
    )
    levels = tuple(say(N_("{value}"), value=value) for value in written)
    return Column(name, label, Kind.STATE, levels=levels), _codes(cells, places)


def _coded(name, label, cells, different) -> tuple[Column, np.ndarray]:
    """Words that differ by capitals only are one class, written as its first child has it."""
    first: dict[str, str] = {}
    for cell in cells:
        if cell is not None:
            first.setdefault(cell.casefold(), cell)
    ordered = sorted(first.values(), key=_order)
    levels = tuple(say(N_("{value}"), value=value) for value in ordered)
    places = {value: ordered.index(first[value.casefold()]) for value in different}
    return Column(name, label, Kind.CLASS, levels=levels), _codes(cells, places)


def _order(value: str) -> tuple[int, float, str]:
    """Numbers by size, then words by the alphabet."""
    return (0, float(value), "") if _is_number(value) else (1, 0.0, value.casefold())


def _codes(cells: list[str | None], places: dict[str, int | None]) -> np.ndarray:
    return np.array([-1 if cell is None else places[cell] for cell in cells], dtype=np.int64)


def _strangers(name: str, words: set[str]) -> Message:
    sentence = N_(
        "{column} left out: {examples} among a laboratory's answers (altered, not detected, not "
        "evaluable, not tested)."
    )
    return say(sentence, column=name, examples=tuple(word[:20] for word in sorted(words)[:3]))


def _mostly(form: re.Pattern[str], different: set[str]) -> bool:
    return sum(bool(form.fullmatch(cell)) for cell in different) > len(different) / 2


def _with_commas(different: set[str]) -> bool:
    """Whether these are numbers, some of them with a comma, or mostly such ones."""
    commas = {cell for cell in different if _COMMA.fullmatch(cell) or _THOUSANDS.fullmatch(cell)}
    numbers = sum(map(_is_number, different))
    return bool(commas) and (
        len(commas) + numbers == len(different) or len(commas) > len(different) / 2
    )


def _why_left_out(name: str, different: set[str]) -> Message:
    texts = sorted(cell for cell in different if not _is_number(cell))
    examples = tuple(text[:20] for text in texts[:3])
    if _with_commas(different):
        sentence = _doubt(different) or N_(
            "{column} left out: numbers with a comma ({examples}); --decimal-comma reads them."
        )
        return say(sentence, column=name, examples=examples)
    if _mostly(_DATE, different):
        sentence = N_(
            "{column} left out: dates ({examples}) are no measurement; give days or years."
        )
        return say(sentence, column=name, examples=examples)
    if len(texts) <= len(different) / 2:
        return say(
            N_("{column} left out: text stands among its numbers ({examples})."),
            column=name,
            examples=examples,
        )
    return say(
        N_("{column} left out: {n} different texts, so names or free text, no classes."),
        column=name,
        n=len(different),
    )


def above(sheet: Sheet, name: str, limit: float) -> Sheet:
    """`sheet` with the measurement `name` as an answer: above `limit`, or not above it.

    Raises KeyError where there is no such column, ValueError where it is no measurement.
    """
    column = sheet.column(name)
    if column.kind is not Kind.NUMBER:
        raise ValueError(f"{name} is no measurement")
    values = sheet.numbers(name)
    codes = np.where(np.isnan(values), -1, np.where(values > limit, ALTERED, NOT_DETECTED))
    levels = (say(N_("> {limit}"), limit=limit), say(N_("≤ {limit}"), limit=limit))
    answer = Column(name, column.label, Kind.STATE, levels=levels)
    columns = tuple(answer if item is column else item for item in sheet.columns)
    return replace(sheet, columns=columns, values=sheet.values | {name: codes})


def without_answers(sheet: Sheet, name: str) -> Sheet:
    """`sheet` with the column `name`, in which nobody has a value, as one that makes no group."""
    column = replace(sheet.column(name), kind=Kind.CLASS, levels=())
    columns = tuple(column if item.name == name else item for item in sheet.columns)
    nobody = np.full(len(sheet), -1, dtype=np.int64)
    return replace(sheet, columns=columns, values=sheet.values | {name: nobody})
