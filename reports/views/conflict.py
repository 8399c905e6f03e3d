"""The page that answers a save on a record which somebody else changed meanwhile."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def conflict(
    request: HttpRequest, target: Any = None, template_name: str = "409.html"
) -> HttpResponse:
    """`target` is the record that was to be saved; nothing of it has been stored."""
    saved = None
    if target is not None and target.pk is not None:
        saved = type(target)._default_manager.filter(pk=target.pk).first()
    context = {"target": target, "saved": saved, "change": last_change(saved)}
    return render(request, template_name, context, status=409)


def last_change(record: Any) -> Any:
    """The newest history row of `record`, or None where it keeps no history."""
    history = getattr(record, "history", None)
    return history.select_related("history_user").first() if history is not None else None
