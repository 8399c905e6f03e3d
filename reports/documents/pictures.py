"""A figure of the analysis on a page: picture, caption and words for a screen reader."""

from __future__ import annotations

from typing import Any

from analysis.figures.svg import WIDTH, Figure
from reports.documents.content import Picture
from reports.templatetags.wording import said

PAGE_MM = 182


def picture(name: str, figure: Figure, language: str, caption: Any = "") -> Picture:
    """`figure` under the address `name`; its title is the caption where none is given."""
    return Picture(
        name=name,
        svg=figure.svg,
        caption=said(caption or figure.title, language),
        alt=figure.alt_text(language),
        width_mm=min(PAGE_MM, round(PAGE_MM * figure.width / WIDTH)),
    )
