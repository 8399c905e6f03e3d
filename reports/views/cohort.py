"""The cohort page: tables and figures of a saved or a frozen cohort, its report and its numbers."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from reports.actions import CohortChanged, freeze_cohort, note
from reports.documents import LANGUAGES
from reports.documents.pdf import DocumentError
from reports.models import Act, FrozenCohort, SavedCohort
from reports.queries import BadDefinition
from reports.views.download import attachment

if TYPE_CHECKING:
    from reports.cohort_content import CohortContent
    from reports.documents.cohort import CohortReport

# `reports.documents.cohort` brings numpy with it and is imported where a cohort is counted.
VIEW, FREEZE = "reports.view_patient", "reports.add_frozencohort"
may_view = permission_required(VIEW, raise_exception=True)
FROZEN = "frozen-"
# Below which counts a report for other eyes may withhold.
THRESHOLDS = (5, 10)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Chosen:
    """What is asked for: a saved cohort, a frozen one, or (neither) all children with B-ALL."""

    cohort: SavedCohort | None = None
    frozen: FrozenCohort | None = None

    @property
    def key(self) -> str:
        if self.frozen is not None:
            return f"{FROZEN}{self.frozen.number}"
        return str(self.cohort.pk) if self.cohort is not None else ""

    @property
    def file_name(self) -> str:
        if self.frozen is not None:
            return f"{FROZEN}{self.frozen.number}"
        return self.cohort.name if self.cohort is not None else "b-all"

    def content(self) -> CohortContent:
        """Raises `NotShown`."""
        from reports.cohort_content import cohort_content
        from reports.frozen_content import FrozenUnreadable, content_of

        try:
            if self.frozen is not None:
                return content_of(self.frozen)
            return cohort_content(self.cohort)
        except (BadDefinition, FrozenUnreadable) as refusal:
            raise NotShown(str(refusal)) from refusal

    def report(self, language: str) -> CohortReport:
        """Raises `NotShown`."""
        from reports.documents.cohort import report_of

        return report_of(self.content(), language=language)


class NotShown(Exception):
    """There is no report of this cohort; the text says why."""


@require_safe
@may_view
def cohort(request: HttpRequest) -> HttpResponse:
    chosen = _chosen(request.GET)
    context: dict[str, Any] = {
        "cohorts": SavedCohort.objects.all(),
        "frozen_cohorts": FrozenCohort.objects.defer("content"),
        "chosen": chosen,
        "cohort_key": chosen.key,
        "report_address": reverse("cohort_report"),
        "figures_to_keep": True,
        "thresholds": THRESHOLDS,
        "may_freeze": request.user.has_perm(FREEZE),
        "here": "cohort",
    }
    try:
        context["document"] = chosen.report(get_language() or LANGUAGES[0])
    except NotShown as refusal:
        context["problem"] = str(refusal)
    return render(request, "portal/cohort.html", context)


@require_POST
@may_view
def report(request: HttpRequest) -> HttpResponse:
    """The report as PDF to keep; who had it made, and its hash, go into the audit."""
    chosen, language = _chosen(request.POST), request.POST.get("language", "")
    if language not in LANGUAGES:
        return HttpResponseBadRequest(_("A report is in Chinese or in English."))
    withhold = request.POST.get("withhold", "")
    if withhold not in {"", *map(str, THRESHOLDS)}:
        return HttpResponseBadRequest(_("Counts are withheld by one of the thresholds offered."))
    try:
        pdf = _pdf(chosen, language, int(withhold or 0))
    except NotShown:
        return _shown_again(chosen)
    except DocumentError as failure:
        messages.error(request, _("The report could not be made: {why}").format(why=failure))
        return _shown_again(chosen)
    details = {"sha256": hashlib.sha256(pdf).hexdigest(), "language": language}
    name = f"ikzf1-{chosen.file_name}-{language}"
    if withhold:
        details["withheld_below"] = withhold
        name += f"-withheld-{withhold}"
    _note(request, Act.PRINTED, chosen, details)
    return attachment(pdf, f"{name}.pdf", "application/pdf")


def _pdf(chosen: Chosen, language: str, threshold: int) -> bytes:
    """The whole report, or with a threshold the one for other eyes. Raises `NotShown` and
    `DocumentError`."""
    from reports.documents.cohort import cohort_pdf
    from reports.documents.cohort_withheld import withheld_pdf, withheld_report

    if not threshold:
        return cohort_pdf(chosen.report(language))
    content = chosen.content()
    return withheld_pdf(withheld_report(content, language=language, threshold=threshold))


@require_safe
@may_view
def data(request: HttpRequest) -> HttpResponse:
    """Every number of the report as JSON."""
    from reports.documents.cohort import cohort_json

    chosen = _chosen(request.GET)
    try:
        numbers = cohort_json(chosen.report(get_language() or LANGUAGES[0]))
    except NotShown:
        return _shown_again(chosen)
    content = json.dumps(numbers, ensure_ascii=False, indent=2, allow_nan=False).encode()
    return _exported(request, chosen, content, "json", "application/json")


@require_safe
@may_view
def tables(request: HttpRequest, form: str) -> HttpResponse:
    """The table behind every table and figure: one workbook ("xlsx"), or CSV files ("zip")."""
    from reports.exports.cohort_sheets import cohort_sheets
    from reports.exports.sheets import xlsx_bytes, zip_bytes

    forms = {"xlsx": (xlsx_bytes, XLSX), "zip": (zip_bytes, "application/zip")}
    if form not in forms:
        raise Http404
    written, content_type = forms[form]
    chosen = _chosen(request.GET)
    try:
        content = written(cohort_sheets(chosen.report(get_language() or LANGUAGES[0])))
    except NotShown:
        return _shown_again(chosen)
    return _exported(request, chosen, content, form, content_type)


@require_safe
@may_view
def table(request: HttpRequest, name: str) -> HttpResponse:
    """One table as CSV: by its own name, or by that of the figure that shows its values."""
    from reports.exports.cohort_sheets import cohort_sheets
    from reports.exports.sheets import csv_bytes, sheet_of

    chosen = _chosen(request.GET)
    try:
        found = sheet_of(cohort_sheets(chosen.report(get_language() or LANGUAGES[0])), name)
    except NotShown:
        return _shown_again(chosen)
    if found is None:
        raise Http404
    return _exported(request, chosen, csv_bytes(found), f"{found.name}.csv", "text/csv")


@require_safe
@may_view
def figures(request: HttpRequest) -> HttpResponse:
    """Every figure as SVG, in one archive."""
    from reports.exports.figures import figures_zip

    chosen = _chosen(request.GET)
    try:
        content = figures_zip(chosen.report(get_language() or LANGUAGES[0]))
    except NotShown:
        return _shown_again(chosen)
    return _exported(request, chosen, content, "figures.zip", "application/zip")


@require_safe
@may_view
def figure(request: HttpRequest, name: str) -> HttpResponse:
    """One figure as SVG, as the page shows it."""
    from reports.exports.figures import figure_files

    chosen = _chosen(request.GET)
    try:
        content = figure_files(chosen.report(get_language() or LANGUAGES[0])).get(name)
    except NotShown:
        return _shown_again(chosen)
    if content is None:
        raise Http404
    return _exported(request, chosen, content, f"{name}.svg", "image/svg+xml")


@require_safe
@may_view
def summary(request: HttpRequest) -> HttpResponse:
    """The cohort as counts that may leave the hospital, small ones withheld; who took it is
    written down."""
    from reports.exports.summary import BadSummary, cohort_summary

    chosen = _chosen(request.GET)
    try:
        found = cohort_summary(chosen.content())
    except (NotShown, BadSummary) as refusal:
        messages.error(request, str(refusal))
        return _shown_again(chosen)
    content = json.dumps(found, ensure_ascii=False, indent=2, allow_nan=False).encode()
    details = {"sha256": hashlib.sha256(content).hexdigest(), "format": found["format"]}
    _note(request, Act.EXPORTED, chosen, details)
    return attachment(content, f"ikzf1-{chosen.file_name}-summary.json", "application/json")


@require_POST
@permission_required([VIEW, FREEZE], raise_exception=True)
def freeze(request: HttpRequest) -> HttpResponse:
    """Keeps what the person has seen, and shows what was kept."""
    chosen = _chosen(request.POST)
    if chosen.frozen is not None:
        raise Http404
    reason, seen = request.POST.get("reason", ""), request.POST.get("seen", "")
    try:
        row = freeze_cohort(cohort=chosen.cohort, by=request.user, reason=reason, seen=seen)
    except CohortChanged:
        messages.error(
            request,
            _("The records have changed since you opened the page. Look again, then freeze."),
        )
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    except BadDefinition as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Frozen as number {number}.").format(number=row.number))
        chosen = Chosen(frozen=row)
    return _shown_again(chosen)


def _chosen(asked: QueryDict) -> Chosen:
    key = asked.get("cohort", "")
    if not key:
        return Chosen()
    number = key.removeprefix(FROZEN)
    # No database has a key of more digits.
    if not (number.isascii() and number.isdecimal() and len(number) < 10):
        raise Http404
    if number != key:
        chosen = Chosen(frozen=FrozenCohort.objects.filter(number=number).first())
    else:
        chosen = Chosen(cohort=SavedCohort.objects.filter(pk=number).first())
    if not chosen.key:
        raise Http404
    return chosen


def _exported(
    request: HttpRequest, chosen: Chosen, content: bytes, form: str, content_type: str
) -> HttpResponse:
    details = {"sha256": hashlib.sha256(content).hexdigest(), "form": form}
    _note(request, Act.EXPORTED, chosen, details)
    return attachment(content, f"ikzf1-{chosen.file_name}.{form}", content_type)


def _note(request: HttpRequest, act: Act, chosen: Chosen, details: dict) -> None:
    details = {"cohort": chosen.cohort.name if chosen.cohort else "", **details}
    if chosen.frozen is not None:
        details |= {"cohort": chosen.frozen.name, "frozen": chosen.frozen.number}
    note(by=request.user, act=act, record=chosen.frozen or chosen.cohort, details=details)


def _shown_again(chosen: Chosen) -> HttpResponse:
    """The page says what is wrong with the definition."""
    return redirect(reverse("cohort", query={"cohort": chosen.key} if chosen.key else None))
