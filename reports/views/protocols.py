"""The rule tables of the risk protocols, for everybody who meets a group that they give."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from analysis.risk.loader import protocol as rule_table
from analysis.risk.loader import protocols as rule_tables
from analysis.risk.protocol import Protocol
from analysis.risk.result import Confirmation
from analysis.wording import translate
from reports.documents.protocol import protocol_parts, standing_of
from reports.protocols import rule_set_confirmations

CONFIRM = "reports.add_rulesetconfirmation"


@dataclass(frozen=True)
class Listed:
    """A protocol in the list: `open` while nobody has vouched for its unconfirmed rules."""

    protocol: Protocol
    title: str
    standing: str
    open: bool


@require_safe
@login_required
def protocols(request: HttpRequest) -> HttpResponse:
    """Every version of every protocol."""
    confirmed = rule_set_confirmations()
    listed = [_listed(item, confirmed.get((item.name, item.rule_hash))) for item in rule_tables()]
    return render(request, "portal/protocols.html", {"listed": listed, "here": "protocols"})


def _listed(item: Protocol, confirmation: Confirmation | None) -> Listed:
    return Listed(
        protocol=item,
        title=translate(item.title, get_language() or "en"),
        standing=standing_of(item, confirmation),
        open=bool(item.unconfirmed_rules) and confirmation is None,
    )


@require_safe
@login_required
def protocol(request: HttpRequest, name: str, version: str) -> HttpResponse:
    """One version of a protocol, whole; with the way to its confirmation for those who may."""
    try:
        found = rule_table(name, version)
    except KeyError:
        raise Http404 from None
    confirmation = rule_set_confirmations().get((found.name, found.rule_hash))
    listed = _listed(found, confirmation)
    may = request.user.is_staff and request.user.has_perm(CONFIRM)
    context = {
        "listed": listed,
        "parts": protocol_parts(found, confirmation),
        "confirm_address": confirm_address(found) if listed.open and may else "",
        "here": "protocols",
    }
    return render(request, "portal/protocol.html", context)


def confirm_address(found: Protocol) -> str:
    """Where an administrator vouches for the rules."""
    chosen = urlencode({"protocol": found.name, "protocol_version": found.version})
    return f"{reverse('admin:reports_rulesetconfirmation_add')}?{chosen}"
