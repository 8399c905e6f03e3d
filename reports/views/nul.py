"""No request carries a NUL character: PostgreSQL cannot hold one, so no answer could be right."""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse


class NoNulCharacters:
    """Refuses (400) an address or a query with a NUL character. Django's own forms refuse it in
    what is posted; its admin lists pass a filter's value to the database unread."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> None:
        values = (value for _name, given in request.GET.lists() for value in given)
        if "\x00" in request.path or any("\x00" in value for value in values):
            raise BadRequest("A NUL character in the address.")
