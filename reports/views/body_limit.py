"""How much a request may send, refused before a byte of it is kept.

Django reads a form with its files before it asks who sends it. So the length that the browser
states is checked first: a page takes `MEGABYTES`, one that takes large files says so with
`takes_megabytes`, and somebody who has not signed in may send no file at all. A request that states
no length is read as empty.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.contrib.auth import SESSION_KEY
from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from reports.views.incoming import IncomingFileHandler

MEGABYTE = 1024 * 1024
MEGABYTES = 64  # what any page takes: a workbook of 50 MB with its mapping, and the form around it
SIGNED_OUT = MEGABYTE
# A browser shows an answer only after it was let send its all: so much is read and thrown away.
THROWN_AWAY = 4 * 1024 * MEGABYTE
View = TypeVar("View", bound=Callable[..., HttpResponse])


def takes_megabytes(limit: Callable[[], int]) -> Callable[[View], View]:
    """Decorator: the view takes requests of up to `limit()` MB, asked at each request."""

    def marked(view: View) -> View:
        view.takes_megabytes = limit
        return view

    return marked


class BodyLimit:
    """Middleware: answers 413 with a page that names the size and the limit. Before any that reads
    what is posted; after those of session and language."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], *_given: object
    ) -> HttpResponse | None:
        size = _stated(request)
        if not size:
            return None
        limit = _limit(request, view)
        if size > limit:
            _throw_away(request)
            context = {"size": f"{size / MEGABYTE:.1f}", "limit": limit // MEGABYTE}
            return render(request, "413.html", context, status=413)
        request.upload_handlers = [
            MemoryFileUploadHandler(request),
            IncomingFileHandler(request),
        ]
        return None


def _stated(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def _limit(request: HttpRequest, view: Callable[..., Any]) -> int:
    if SESSION_KEY not in request.session:
        return SIGNED_OUT
    own = getattr(view, "takes_megabytes", None)
    return (own() if own else MEGABYTES) * MEGABYTE


def _throw_away(request: HttpRequest) -> None:
    left = THROWN_AWAY
    try:
        while left > 0 and (part := request.read(1 << 20)):
            left -= len(part)
    except OSError:
        return  # the browser has gone
