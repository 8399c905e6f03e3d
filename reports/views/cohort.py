"""The cohort page: definition, tables and figures of a saved cohort, its report and its numbers."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from reports.actions import note
from reports.documents import LANGUAGES
from reports.documents.pdf import DocumentError
from reports.models import Act, SavedCohort
from reports.queries import BadDefinition
from reports.views.download import attachment

# `reports.documents.cohort` brings numpy with it and is imported where a cohort is counted.
may_view = permission_required("reports.view_patient", raise_exception=True)


@require_safe
@may_view
def cohort(request: HttpRequest) -> HttpResponse:
    from reports.documents.cohort import cohort_report

    chosen = _chosen(request.GET)
    context: dict[str, Any] = {
        "cohorts": SavedCohort.objects.all(),
        "cohort": chosen,
        "report_address": reverse("cohort_report"),
        "here": "cohort",
    }
    try:
        context["document"] = cohort_report(chosen, language=get_language() or LANGUAGES[0])
    except BadDefinition as refusal:
        context["problem"] = str(refusal)
    return render(request, "portal/cohort.html", context)


@require_POST
@may_view
def report(request: HttpRequest) -> HttpResponse:
    """The report as PDF to keep; who had it made, and its hash, go into the audit."""
    from reports.documents.cohort import cohort_pdf, cohort_report

    chosen, language = _chosen(request.POST), request.POST.get("language", "")
    if language not in LANGUAGES:
        return HttpResponseBadRequest(_("A report is in Chinese or in English."))
    try:
        pdf = cohort_pdf(cohort_report(chosen, language=language))
    except BadDefinition:
        return _shown_again(chosen)
    except DocumentError as failure:
        messages.error(request, _("The report could not be made: {why}").format(why=failure))
        return _shown_again(chosen)
    details = {"sha256": hashlib.sha256(pdf).hexdigest(), "language": language}
    _note(request, Act.PRINTED, chosen, details)
    return attachment(pdf, f"ikzf1-{_file_name(chosen)}-{language}.pdf", "application/pdf")


@require_safe
@may_view
def data(request: HttpRequest) -> HttpResponse:
    """Every number of the report as JSON."""
    from reports.documents.cohort import cohort_json, cohort_report

    chosen = _chosen(request.GET)
    try:
        numbers = cohort_json(cohort_report(chosen, language=get_language() or LANGUAGES[0]))
    except BadDefinition:
        return _shown_again(chosen)
    content = json.dumps(numbers, ensure_ascii=False, indent=2, allow_nan=False).encode()
    _note(request, Act.EXPORTED, chosen, {"sha256": hashlib.sha256(content).hexdigest()})
    return attachment(content, f"ikzf1-{_file_name(chosen)}.json", "application/json")


@require_safe
@may_view
def summary(request: HttpRequest) -> HttpResponse:
    """The cohort as counts that may leave the hospital, small ones withheld; who took it is
    written down."""
    from reports.exports.summary import BadSummary, cohort_summary

    chosen = _chosen(request.GET)
    try:
        found = cohort_summary(chosen)
    except (BadDefinition, BadSummary) as refusal:
        messages.error(request, str(refusal))
        return _shown_again(chosen)
    content = json.dumps(found, ensure_ascii=False, indent=2, allow_nan=False).encode()
    details = {"sha256": hashlib.sha256(content).hexdigest(), "format": found["format"]}
    _note(request, Act.EXPORTED, chosen, details)
    return attachment(content, f"ikzf1-{_file_name(chosen)}-summary.json", "application/json")


def _chosen(asked: QueryDict) -> SavedCohort | None:
    """The cohort that is asked for; None is all children with B-ALL."""
    key = asked.get("cohort", "")
    if not key:
        return None
    found = SavedCohort.objects.filter(pk=key).first() if key.isdecimal() else None
    if found is None:
        raise Http404
    return found


def _note(request: HttpRequest, act: Act, chosen: SavedCohort | None, details: dict) -> None:
    details = {"cohort": chosen.name if chosen else "", **details}
    note(by=request.user, act=act, record=chosen, details=details)


def _shown_again(chosen: SavedCohort | None) -> HttpResponse:
    """The page says what is wrong with the definition."""
    return redirect(reverse("cohort", query={"cohort": chosen.pk} if chosen else None))


def _file_name(chosen: SavedCohort | None) -> str:
    return chosen.name if chosen else "b-all"
