"""HTML to PDF. The only file that knows WeasyPrint.

What it promises beyond a plain conversion:
- nothing is fetched: markup can name a figure handed over in memory (`figure:NAME`) and nothing
  else, so no text that reaches a page can open a file or an address;
- nothing is lost silently: whatever WeasyPrint would only log (a figure that fails, a glyph that no
  font has, CSS that it ignores) ends in `DocumentError`;
- the same input gives the same bytes: no clock and no random number is read;
- the result is tagged for screen readers (PDF/UA-1), with title and language.

Fonts and the stylesheet are prepared once a process: WeasyPrint spends a third of a short document
on them, and each new font configuration leaks.
"""

from __future__ import annotations

import gc
import logging
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import mark_safe

STYLESHEET = Path("static") / "documents" / "print.css"
FIGURE_SCHEME = "figure:"

# Pango's font map must not be used by two threads at once; one document is drawn at a time.
_one_at_a_time = threading.Lock()


class DocumentError(Exception):
    """A document could not be made as it was asked for; the text says what went wrong."""


def render(
    body: str,
    *,
    title: str,
    language: str,
    figures: Mapping[str, str] | None = None,
    author: str = "",
    as_of: datetime | None = None,
) -> bytes:
    """The PDF of `body`, the markup that stands inside `<body>`.

    `figures` maps a name to the SVG that `<img src="figure:NAME">` shows. `language` is a language
    tag ("zh-hans", "en"). `as_of` is the time of the data; it becomes the document's date, for the
    clock must not. Raises `DocumentError`.
    """
    page = _page(body, title=title, language=language, author=author, as_of=as_of)
    with _one_at_a_time, _nothing_only_logged(), _garbage_later():
        return _converted(page, dict(figures or {}))


def _page(body: str, *, title: str, language: str, author: str, as_of: datetime | None) -> str:
    made = as_of.strftime("%Y-%m-%dT%H:%M:%SZ") if as_of else ""
    date = format_html('<meta name="dcterms.created" content="{}">', made) if made else ""
    writer = format_html('<meta name="author" content="{}">', author) if author else ""
    return format_html(
        '<!DOCTYPE html><html lang="{}"><head><meta charset="utf-8"><title>{}</title>{}{}</head>'
        "<body>{}</body></html>",
        _language_tag(language),
        title,
        writer,
        date,
        mark_safe(body),  # already rendered by a template that escapes
    )


def _language_tag(language: str) -> str:
    """BCP 47 as PDF readers know it: Django's "zh-hans" is "zh-Hans" there."""
    head, _, tail = language.partition("-")
    return f"{head}-{tail.title()}" if tail else head


def _converted(page: str, figures: dict[str, str]) -> bytes:
    from weasyprint import HTML
    from weasyprint.urls import FatalURLFetchingError

    fonts, stylesheet = _fonts_and_stylesheet()
    try:
        document = HTML(string=page, url_fetcher=_fetcher(figures))
        return document.write_pdf(
            stylesheets=[stylesheet],
            font_config=fonts,
            pdf_variant="pdf/ua-1",
            pdf_tags=True,
        )
    except FatalURLFetchingError as refusal:
        raise DocumentError(str(refusal)) from refusal


def _fetcher(figures: dict[str, str]) -> Any:
    from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

    class OnlyOurFigures(URLFetcher):
        """Hands out the figures of this document; any other address ends the rendering."""

        def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
            name = url.removeprefix(FIGURE_SCHEME)
            if name == url or name not in figures:
                raise FatalURLFetchingError(f"A document may not fetch {url[:200]!r}.")
            return URLFetcherResponse(
                url, figures[name].encode(), {"Content-Type": "image/svg+xml"}
            )

    return OnlyOurFigures()


@cache
def _fonts_and_stylesheet() -> tuple[Any, Any]:
    from weasyprint import CSS
    from weasyprint.text.fonts import FontConfiguration

    fonts = FontConfiguration()
    css = (settings.BASE_DIR / STYLESHEET).read_text(encoding="utf-8")
    return fonts, CSS(string=css, font_config=fonts, url_fetcher=_fetcher({}))


class _Kept(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        text = record.getMessage()
        if text not in self.messages:
            self.messages.append(text)


@contextmanager
def _nothing_only_logged() -> Iterator[None]:
    """Whatever is logged as a warning or worse while the block runs becomes a `DocumentError`."""
    logger, kept = logging.getLogger("weasyprint"), _Kept()
    before = logger.propagate
    logger.addHandler(kept)
    logger.propagate = False
    try:
        yield
    finally:
        logger.removeHandler(kept)
        logger.propagate = before
    if kept.messages:
        raise DocumentError("; ".join(kept.messages[:5]))


@contextmanager
def _garbage_later() -> Iterator[None]:
    """A document is some hundred thousand objects, none of them garbage before it is written."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
