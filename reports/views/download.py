"""A file made in memory, sent to be kept and not shown."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.http import content_disposition_header


def attachment(content: bytes, name: str, content_type: str) -> HttpResponse:
    """`name` may hold anything a hospital number may: the header quotes or encodes it."""
    safe = name.replace("/", "_").replace("\\", "_")
    header = content_disposition_header(True, safe)
    return HttpResponse(content, content_type=content_type, headers={"Content-Disposition": header})
