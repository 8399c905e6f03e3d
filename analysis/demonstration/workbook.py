"""The cohort as one XLSX whose bytes depend on nothing but the seed."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import datetime
from pathlib import Path

from analysis.demonstration.cohort import SEED, DemonstrationCohort, build

# The day the paper appeared stands where a spreadsheet program would write the time of saving.
STAMP = datetime(2022, 3, 28, 0, 0, 0)  # noqa: DTZ001 - XLSX and zip hold no time zone
TITLE = "Synthetic demonstration cohort: invented children"


def workbook_bytes(cohort: DemonstrationCohort) -> bytes:
    """XLSX with a sheet for each of the cohort's, dates as spreadsheet dates."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    book.properties.title = TITLE
    book.properties.creator = "IKZF1 Reports"
    book.properties.created = STAMP
    for sheet in cohort.sheets:
        page = book.create_sheet(sheet.name)
        page.append(sheet.columns)
        for row in sheet.rows:
            page.append(row)
    raw = io.BytesIO()
    book.save(raw)
    return _settled(raw.getvalue())


def write_workbook(path: str | Path, seed: int = SEED) -> Path:
    """Write the workbook of this seed to `path`; return the path. The directory must exist."""
    target = Path(path)
    target.write_bytes(workbook_bytes(build(seed)))
    return target


def _settled(raw: bytes) -> bytes:
    """The same archive with every time of writing replaced by `STAMP`."""
    settled = io.BytesIO()
    stamp = STAMP.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    with zipfile.ZipFile(io.BytesIO(raw)) as source, zipfile.ZipFile(settled, "w") as target:
        for name in sorted(source.namelist(), key=lambda n: (n != "[Content_Types].xml", n)):
            content = source.read(name)
            if name == "docProps/core.xml":
                content = re.sub(
                    rb"(<dcterms:(created|modified)[^>]*>)[^<]*", rb"\g<1>" + stamp, content
                )
            info = zipfile.ZipInfo(name, date_time=STAMP.timetuple()[:6])
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o600 << 16
            target.writestr(info, content)
    return settled.getvalue()
