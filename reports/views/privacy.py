"""Pages about children stay out of every cache, and are gone when the session is."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils.cache import add_never_cache_headers
from django_htmx.http import HttpResponseClientRefresh


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


class WholePageSignIn:
    """Middleware: a partial update after the session has ended reloads the whole page.

    Otherwise the sign-in page would be put where the results of a search belong, and the rest of
    the last patient would stay on the screen.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        sign_in = resolve_url(settings.LOGIN_URL)
        sent_there = response.get("Location", "").split("?")[0] == sign_in
        if sent_there and request.headers.get("HX-Request") == "true":
            return HttpResponseClientRefresh()
        return response
