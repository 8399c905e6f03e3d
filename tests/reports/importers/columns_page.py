"""The table of documented columns as docs/data-manager.md prints it.

Run this file to write it anew: `python tests/reports/importers/columns_page.py`.
"""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
PAGE = ROOT / "docs" / "data-manager.md"
BEGIN, END = "<!-- columns: begin -->", "<!-- columns: end -->"


def columns_text():
    from reports.importers.columns import documented_sheets
    from reports.importers.values import accepted

    lines = []
    for sheet in documented_sheets().values():
        lines += ["", f"#### {sheet.name} {sheet.zh}", ""]
        lines += [f"One row for each {', '.join(sheet.key)}.", ""]
        lines += ["| column | 列 | what | accepted | limits |", "| --- | --- | --- | --- | --- |"]
        for column in sheet.columns:
            name = f"**{column.name}**" if column.required else column.name
            what = f"{column.kind}, {column.unit}" if column.unit else column.kind
            words = accepted(column).replace("|", "\\|") or column.help
            limits = "" if column.hard is None else f"{column.hard[0]} to {column.hard[1]}"
            lines.append(f"| {name} | {column.zh} | {what} | {words} | {limits} |")
    return "\n".join([*lines, ""])


def printed_text():
    return PAGE.read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0]


def write():
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    text = f"{before}{BEGIN}\n{columns_text()}\n{END}{after}"
    PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ikzf1site.settings")
    write()
