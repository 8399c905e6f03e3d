"""Whether the numbers that a cohort report prints are those of the sheets exported with it."""

import re
from numbers import Real

from reports.exports.cohort_sheets import cohort_sheets

# The number, and whether it is a per cent; the digits of a gene's name are none.
_NUMBER = re.compile(r"(?<![\w.])([−-]?\d+(?:\.\d+)?)(\s*%)?")
# The sheet of a table that does not have its caption.
_SHEET_OF = {
    "Table 1. The children": "table-1",
    "The pairs with the smallest p": "gene-pairs",
    "How common each subtype is by IKZF1 status": "subtypes-by-status",
    "Partner genes in the children with altered IKZF1": "genotype",
}


def printed_numbers(line) -> list[tuple[str, bool]]:
    """Of the cells behind the first, with their notes; "<0.001", words and why a test apart."""
    texts = []
    for cell in line.cells[1:]:
        for said in (cell.text, cell.note, cell.mark.word if cell.mark else None):
            if isinstance(said, str) and "<" not in said:
                texts.append(said)
    return [(number, bool(cent)) for said in texts for number, cent in _NUMBER.findall(said)]


def holds(cells, number: str, *, per_cent: bool) -> bool:
    """Some cell is `number` when it is written with as many decimals."""
    places, sought = len(number.partition(".")[2]), float(number.replace("−", "-"))
    values = [float(cell) for cell in cells if isinstance(cell, Real)]
    # Half a unit of the last place that is printed, whichever way a tie is rounded.
    width = 0.5 * 10**-places + 1e-9
    return any(abs(value * (100 if per_cent else 1) - sought) <= width for value in values)


def sheets_of(report) -> dict[str, list[tuple]]:
    """Caption of each printed table (English): [(printed line, the lines of its sheet)].

    The history of the definition holds no result and has no sheet.
    """
    sheets = cohort_sheets(report)
    by_name = {item.name: item for item in sheets}
    by_title = {item.title: item for item in sheets}
    found = {}
    for table in (table for part in report.parts for table in part.tables):
        caption = re.sub(r" \(\d+\)$", "", table.caption)
        if caption.startswith("Versions of this definition"):
            continue
        name = _SHEET_OF.get(caption)
        rows = (by_name[name] if name else by_title[caption]).rows
        found[caption] = [(line, rows) for line in table.rows]
    return found


def numbers_without_a_sheet(report) -> list[tuple]:
    """(caption, cells) of each printed line whose numbers no one line of its sheet holds."""
    return [
        (caption, [cell.text for cell in line.cells])
        for caption, lines in sheets_of(report).items()
        for line, rows in lines
        if not any(
            all(holds(row, number, per_cent=cent) for number, cent in printed_numbers(line))
            for row in rows
        )
    ]
