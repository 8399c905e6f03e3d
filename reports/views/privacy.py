"""Pages about children stay out of every cache, the browser's own included."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers


class NeverCached:
    """Middleware: `Cache-Control: no-store, private ...` unless the view said something itself.

    After signing out, "back" shows the sign-in page and not the last patient. Static files are
    answered before this and keep their own lifetime.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        return response
