"""The address that browsers ask for on every page that names no icon, such as the admin's."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.views.decorators.http import require_safe


@login_not_required
@require_safe
def icon(request: HttpRequest) -> HttpResponse:
    return redirect(static("portal/icon.svg"))
