"""The figures of a cohort report as SVG files: the very pictures of the portal and the PDF."""

from __future__ import annotations

import io
import zipfile

from reports.documents.cohort import CohortReport
from reports.exports.sheets import ZIPPED_AT

_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'


def figure_files(report: CohortReport) -> dict[str, bytes]:
    """Name of the figure -> SVG, in the order of the report and in its language."""
    return {
        picture.name: f"{_DECLARATION}{picture.svg}".encode()
        for part in report.parts
        for picture in part.pictures
    }


def figures_zip(report: CohortReport) -> bytes:
    """Every figure in one archive: "01-oncoprint.svg" and so on."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for place, (name, content) in enumerate(figure_files(report).items(), start=1):
            info = zipfile.ZipInfo(f"{place:02d}-{name}.svg", ZIPPED_AT)
            archive.writestr(info, content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()
