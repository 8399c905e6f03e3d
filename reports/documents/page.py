"""From a document's values to its printed pages: template, figures and watermark put together."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Protocol

from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.safestring import mark_safe
from django.utils.translation import gettext, override

from reports.documents import pdf
from reports.documents.content import Header, Part

# Very light, and behind everything: a draft must be seen to be one and still be read.
_WATERMARK = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 400" width="400" height="400">'
    '<text x="200" y="225" text-anchor="middle" transform="rotate(-38 200 200)" '
    'font-family="Noto Sans CJK SC, Noto Sans SC, DejaVu Sans" font-weight="bold" '
    'font-size="{size}" fill="#eeeff1">{text}</text></svg>'
)


class Document(Protocol):
    """What `written` needs of a document's values."""

    header: Header
    footer: str
    as_of: datetime | None
    parts: tuple[Part, ...]


def written(document: Document, *, template: str, language: str) -> bytes:
    """The PDF of `document` in `language`. Raises `pdf.DocumentError`."""
    with override(language):
        body = render_to_string(template, {"document": document, "page_n_of_n": page_n_of_n()})
    return pdf.render(
        raised(body),
        title=f"{document.header.title} · {document.header.reference}",
        language=language,
        figures=_figures(document),
        author=document.header.institution,
        as_of=document.as_of,
    )


_TAG = re.compile(r"(<[^>]*>)")
_SUPERSCRIPT = re.compile(r"[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+|(?<=10)\^-?\d+")
_ON_THE_LINE = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789−")


def raised(markup: str) -> str:
    """`markup` with superscript characters, and the power of "10^9", in its texts as `<sup>`.

    The Noto CJK fonts have a few of these characters and not the others: a power of ten would need
    a second font, and fail where there is none.
    """
    return "".join(
        part if part.startswith("<") else _SUPERSCRIPT.sub(_as_sup, part)
        for part in _TAG.split(markup)
    )


def _as_sup(found: re.Match[str]) -> str:
    return f"<sup>{found[0].removeprefix('^').translate(_ON_THE_LINE)}</sup>"


def page_n_of_n() -> str:
    """ "Page 2 of 3" with the numbers left to the page: only the layout knows them."""
    places = {
        "page": '<span class="page-number"></span>',
        "pages": '<span class="page-count"></span>',
    }
    return mark_safe(escape(gettext("Page {page} of {pages}")).format_map(places))


def _figures(document: Document) -> dict[str, str]:
    figures = {picture.name: picture.svg for part in document.parts for picture in part.pictures}
    if text := document.header.watermark:
        size = min(96, 480 // max(len(text), 1))
        figures["watermark"] = _WATERMARK.format(size=size, text=escape(text))
    return figures
