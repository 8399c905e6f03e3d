"""A child's page: status, reasons, pictures, findings, course; and the report as PDF."""

from __future__ import annotations

import hashlib

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from reports.actions import note
from reports.documents import LANGUAGES
from reports.documents.patient import patient_pdf, patient_report
from reports.documents.pdf import DocumentError
from reports.models import Act, MlpaSample, Patient, SequencingSample
from reports.views.download import attachment
from reports.views.evidence_links import admin_address, linked_reasons
from reports.views.findings import findings_facts, identity_facts
from reports.views.risk import risk_form

PATIENTS = Patient.objects.select_related("centre", "findings", "ikzf1")


@require_safe
@permission_required("reports.view_patient", raise_exception=True)
def patient(request: HttpRequest, pk: int) -> HttpResponse:
    """The page shows what the printed report says, and the way from each reason to its record."""
    found = get_object_or_404(PATIENTS, pk=pk)
    document = patient_report(found, language=get_language() or LANGUAGES[0])
    note(by=request.user, act=Act.VIEWED, record=found)
    context = {
        "patient": found,
        "document": document,
        "assessment": getattr(found, "ikzf1", None),
        "identity": identity_facts(found),
        "findings": findings_facts(getattr(found, "findings", None)),
        "reasons": linked_reasons(document.status.reasons, request.user),
        "edit_address": admin_address(f"reports.patient:{pk}", request.user),
        "risk_form": risk_form(document.standing, request.user),
        "report_address": reverse("patient_report", args=[pk]),
        "mlpa_samples": MlpaSample.objects.filter(specimen__patient=found).select_related(
            "run", "specimen"
        ),
        "sequencing_samples": SequencingSample.objects.filter(
            specimen__patient=found
        ).select_related("run", "panel", "specimen"),
        "here": "patients",
    }
    return render(request, "portal/patient.html", context)


@require_POST
@permission_required("reports.view_patient", raise_exception=True)
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """The report as PDF to keep; who had it made, and its hash, go into the audit."""
    found = get_object_or_404(PATIENTS, pk=pk)
    language = request.POST.get("language", "")
    if language not in LANGUAGES:
        return HttpResponseBadRequest(_("A report is in Chinese or in English."))
    try:
        pdf = patient_pdf(found, language=language)
    except DocumentError as failure:
        messages.error(request, _("The report could not be made: {why}").format(why=failure))
        return redirect("patient", pk)
    details = {"sha256": hashlib.sha256(pdf).hexdigest(), "language": language}
    note(by=request.user, act=Act.PRINTED, record=found, details=details)
    return attachment(pdf, f"ikzf1-{found.hospital_number}-{language}.pdf", "application/pdf")
