"""The list of patients: search, filters, sorting, pages."""

from __future__ import annotations

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_POST, require_safe
from django_tables2 import RequestConfig

from reports.filters import PatientFilter
from reports.models import Patient
from reports.models.encrypted import blind_index
from reports.risk_standing import with_standing
from reports.tables import PatientTable

PER_PAGE = 50


@require_safe
@permission_required("reports.view_patient", raise_exception=True)
def patients(request: HttpRequest) -> HttpResponse:
    """The whole page, or only its results where htmx asks for them."""
    found = PatientFilter(
        request.GET, queryset=with_standing(Patient.objects.select_related("centre", "ikzf1"))
    )
    table = PatientTable(found.qs)
    RequestConfig(request, paginate={"per_page": PER_PAGE}).configure(table)
    part = request.htmx and not request.htmx.history_restore_request
    template = "portal/patients_results.html" if part else "portal/patients.html"
    response = render(request, template, {"filter": found, "table": table, "here": "patients"})
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_POST
@permission_required("reports.view_patient", raise_exception=True)
def by_name(request: HttpRequest) -> HttpResponse:
    """From a name to the list: the name is posted, only its blind index goes into an address."""
    index = blind_index(request.POST.get("name", ""))
    return redirect(reverse("patients", query={"name": index} if index else None))
