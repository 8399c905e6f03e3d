"""The empty import workbook: headings, one example row a sheet, choices to pick, and a legend."""

from __future__ import annotations

import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from reports.importers.columns import Column, SheetColumns, documented_sheets
from reports.importers.values import accepted
from reports.importers.workbook import column_letters
from reports.importers.written import put

_ROWS_WITH_CHOICES = 5_000
_LEGEND_HEADINGS = (
    "Sheet 工作表", "Column", "列", "Kind 类型", "Unit 单位", "Required 必填", "Accepted 可填内容",
    "Limits 范围", "Example 示例", "Meaning", "说明",
)  # fmt: skip


def write_template(path: Path, *, language: str = "en") -> None:
    """Write the template to `path`; headings and sheet names in `language` (en or zh-hans)."""
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.active)
    chinese = language.startswith("zh")
    sheets = documented_sheets().values()
    pages = [book.create_sheet(sheet.zh if chinese else sheet.name) for sheet in sheets]
    _write_legend(book.create_sheet("说明" if chinese else "Legend"))
    choices = book.create_sheet("选项" if chinese else "Choices")
    used = 0
    for page, sheet in zip(pages, sheets, strict=True):
        used = _write_sheet(page, sheet, choices, used, chinese=chinese)
    choices.sheet_state = "hidden" if used else "visible"
    book.save(path)


def _write_sheet(page: Any, sheet: SheetColumns, choices: Any, used: int, *, chinese: bool) -> int:
    """Write one sheet; returns how many columns of the list of choices are taken."""
    from openpyxl.styles import Font

    for index, column in enumerate(sheet.columns, start=1):
        heading = put(page, row=1, column=index, value=column.zh if chinese else column.name)
        heading.font = Font(bold=True, underline="single" if column.required else None)
        _comment(heading, column)
        dimension = page.column_dimensions[column_letters(index)]
        dimension.width = max(12, len(column.name) + 2)
        dimension.number_format = _number_format(column)
        _write_example(page, index, column)
        if column.kind in ("code", "choice"):
            used += 1
            _offer_choices(page, index, column, choices, used)
    page.freeze_panes = "A2"
    return used


def _number_format(column: Column) -> str:
    """Text as text, so that no spreadsheet makes a date of a gene or rounds a number."""
    if column.kind == "date":
        return "yyyy-mm-dd"
    return "General" if column.kind in ("number", "integer") else "@"


def _comment(cell: Any, column: Column) -> None:
    from openpyxl.comments import Comment

    lines = [f"{column.zh} / {column.name}", column.help, column.help_zh]
    if column.unit:
        lines.append(column.unit)
    cell.comment = Comment("\n".join(line for line in lines if line), "IKZF1 Reports")


def _write_example(page: Any, index: int, column: Column) -> None:
    if not column.example:
        return
    value: Any = column.example
    if column.kind == "date":
        value = datetime.date.fromisoformat(column.example)
    elif column.kind in ("number", "integer"):
        value = Decimal(column.example)
    cell = put(page, row=2, column=index, value=value)
    cell.number_format = _number_format(column)


def _offer_choices(page: Any, index: int, column: Column, choices: Any, used: int) -> None:
    from openpyxl.utils import quote_sheetname
    from openpyxl.worksheet.datavalidation import DataValidation

    words = [code or spelled[0] for code, spelled in column.values]
    put(choices, row=1, column=used, value=f"{page.title}: {column.name}")
    for row, word in enumerate(words, start=2):
        put(choices, row=row, column=used, value=word)
    letters = column_letters(used)
    # Other spellings are read too, so the list offers and does not forbid.
    validation = DataValidation(
        type="list",
        formula1=f"{quote_sheetname(choices.title)}!${letters}$2:${letters}${len(words) + 1}",
        allow_blank=True,
        showErrorMessage=False,
    )
    target = column_letters(index)
    validation.add(f"{target}2:{target}{_ROWS_WITH_CHOICES}")
    page.add_data_validation(validation)


def _write_legend(page: Any) -> None:
    from openpyxl.styles import Font

    for index, heading in enumerate(_LEGEND_HEADINGS, start=1):
        put(page, row=1, column=index, value=heading).font = Font(bold=True)
    row = 2
    for sheet in documented_sheets().values():
        for column in sheet.columns:
            for index, value in enumerate(_legend_row(sheet, column), start=1):
                put(page, row=row, column=index, value=value)
            row += 1
    page.freeze_panes = "A2"


def _legend_row(sheet: SheetColumns, column: Column) -> tuple[str, ...]:
    limits = "" if column.hard is None else f"{column.hard[0]} - {column.hard[1]}"
    return (
        f"{sheet.name} {sheet.zh}",
        column.name,
        column.zh,
        column.kind,
        column.unit,
        "yes 是" if column.required else "",
        accepted(column),
        limits,
        column.example,
        column.help,
        column.help_zh,
    )
