"""The cohort page."""

from django.http import HttpRequest, HttpResponse


def cohort(request: HttpRequest) -> HttpResponse:
    return HttpResponse("")


report = data = cohort
