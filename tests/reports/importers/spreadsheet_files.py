"""Makes spreadsheet files in memory for the tests of the import."""

import csv
import io
import zipfile

import openpyxl

HEADINGS = ("centre", "hospital_number", "diagnosis", "sex", "birth_date", "diagnosis_date", "wbc")
CHILD = ("DEMO", "0001", "B-ALL", "M", "2016-03-01", "2020-01-02", "6.49")


def row(**changes):
    """The child's row with `changes` by heading, as a dict."""
    return dict(zip(HEADINGS, CHILD, strict=True)) | changes


def csv_bytes(*rows, encoding="utf-8", delimiter=",", headings=None):
    """A CSV of dict rows; headings are the keys of all rows in order."""
    names = list(headings or dict.fromkeys(name for item in rows for name in item) or HEADINGS)
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerow(names)
    writer.writerows([item.get(name, "") for name in names] for item in rows)
    return text.getvalue().encode(encoding)


def lines(*texts, encoding="utf-8"):
    return "\r\n".join(texts).encode(encoding)


def xlsx_bytes(sheets, *, change=None):
    """An XLSX of {sheet name: rows of values}; `change(book)` may alter it before it is saved."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for values in rows:
            sheet.append(list(values))
    if change:
        change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def patients_xlsx(*rows, change=None):
    """An XLSX with one sheet `patients` of dict rows."""
    names = list(dict.fromkeys(name for item in rows for name in item))
    table = [names, *([item.get(name) for name in names] for item in rows)]
    return xlsx_bytes({"patients": table}, change=change)


def rezipped(content, replace):
    """The zip archive `content` with parts replaced: {name: bytes, or a function of the bytes}."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.namelist():
            data = old.read(part)
            if part in replace:
                data = replace[part](data) if callable(replace[part]) else replace[part]
            new.writestr(part, data)
        for part in replace.keys() - set(old.namelist()):
            new.writestr(part, replace[part])
    return out.getvalue()
