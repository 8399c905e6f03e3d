"""A sample of the laboratory: the files it was read from, their checks, what was kept and dropped,
and what a person decides of it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from analysis.calls import Reason
from analysis.mlpa.quality import Outcome
from analysis.ngs.build import BuildBasis
from analysis.ngs.header import TumourBasis
from analysis.wording import Message
from reports.actions import decide_sex, note, override_call
from reports.documents.sample_quality import why_of
from reports.documents.sequencing_files import exon_depths, read_and_kept
from reports.models import Act, FileKind, MlpaSample, ProbeRatio, SequencingFile, SequencingSample
from reports.models import SexCheck as Sex
from reports.models.mlpa import IKZF1
from reports.models.sequencing_file import DroppedRow, RegionRow
from reports.views.evidence_links import admin_address
from reports.views.sample_forms import (
    DroppedSearch,
    ProbeCallForm,
    RegionSearch,
    SexDecisionForm,
    drop_label,
)

PER_PAGE = 100
SHOWN_VARIANTS = 500
may_look = permission_required("reports.view_patient", raise_exception=True)
MLPA_SAMPLES = MlpaSample.objects.select_related("run", "specimen__patient")
SEQUENCING_SAMPLES = SequencingSample.objects.select_related("run", "panel", "specimen__patient")
FILES = SequencingFile.objects.select_related("sample__specimen__patient", "sample__run")


@require_safe
@may_look
def mlpa(request: HttpRequest, pk: int) -> HttpResponse:
    sample = get_object_or_404(MLPA_SAMPLES, pk=pk)
    note(by=request.user, act=Act.VIEWED, record=sample.owner)
    return _mlpa_page(request, sample, _sex_form(sample))


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(("reports.view_patient", "reports.change_mlpasample"), raise_exception=True)
def sex_decision(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept or reject a sample whose X and Y contradict the record, or withdraw that."""
    if request.method != "POST":  # from the page of conflicts, "the record as it is now"
        return redirect("mlpa_sample", pk)
    sample = get_object_or_404(MLPA_SAMPLES, pk=pk)
    form = SexDecisionForm(request.POST)
    if form.is_valid():
        # As the person saw it: a change meanwhile is answered by the page for that.
        sample.version = form.cleaned_data["version"]
        decision, reason = form.cleaned_data["decision"], form.cleaned_data["reason"]
        try:
            decide_sex(sample=sample, decision=decision, by=request.user, reason=reason)
        except (ValueError, ValidationError) as refusal:
            form.add_error(None, _refused(refusal))
        else:
            messages.success(request, _("The decision is kept; the calls follow it."))
            return redirect("mlpa_sample", pk)
    return _mlpa_page(request, get_object_or_404(MLPA_SAMPLES, pk=pk), form, status=400)


@require_http_methods(["GET", "HEAD", "POST"])
@may_look
def probe(request: HttpRequest, pk: int) -> HttpResponse:
    """One probe with its reasons, and a person's call beside the machine's."""
    found = get_object_or_404(
        ProbeRatio.objects.select_related("sample__run", "sample__specimen__patient"), pk=pk
    )
    may = request.user.has_perm("reports.change_proberatio")
    if request.method != "POST":
        initial = {"call": found.override_call, "version": found.version}
        return _probe_page(request, found, ProbeCallForm(initial=initial) if may else None)
    if not may:
        messages.error(request, _("You may not change this call."))
        return redirect("mlpa_probe", pk)
    form = ProbeCallForm(request.POST)
    if form.is_valid():
        found.version = form.cleaned_data["version"]
        call, reason = form.cleaned_data["call"], form.cleaned_data["reason"]
        try:
            override_call(probe=found, call=call, by=request.user, reason=reason)
        except (ValueError, ValidationError) as refusal:
            form.add_error(None, _refused(refusal))
        else:
            messages.success(request, _("The call of {probe} is kept.").format(probe=found))
            return redirect("mlpa_sample", found.sample_id)
    return _probe_page(request, found, form, status=400)


@require_safe
@may_look
def sequencing(request: HttpRequest, pk: int) -> HttpResponse:
    sample = get_object_or_404(SEQUENCING_SAMPLES, pk=pk)
    note(by=request.user, act=Act.VIEWED, record=sample.owner)
    variants = (
        sample.variants.select_related("file")
        .defer("file__detail")
        .order_by("gene", "position", "hgvs_c")
    )
    context = {
        "why": why_of(sample),
        "sample": sample,
        "patient": sample.owner,
        "files": sample.files.defer("detail"),
        "tables": [*read_and_kept(sample), *exon_depths(sample)],
        "genes": sample.gene_coverage.all(),
        "variants": variants[:SHOWN_VARIANTS],
        "variants_left_off": max(0, variants.count() - SHOWN_VARIANTS),
        "edit_address": admin_address(f"reports.sequencingsample:{pk}", request.user),
        "here": "patients",
    }
    return render(request, "portal/sequencing_sample.html", context)


@require_safe
@may_look
def file(request: HttpRequest, pk: int) -> HttpResponse:
    """A sequencing file: what was read of it, and each dropped call or region, to be looked up."""
    found = get_object_or_404(FILES, pk=pk)
    note(by=request.user, act=Act.VIEWED, record=found.owner)
    of_variants = found.kind == FileKind.VARIANTS
    form = DroppedSearch(request.GET, file=found) if of_variants else RegionSearch(request.GET)
    rows = form.found(found)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    page.object_list = [_found_row(item) for item in page.object_list]
    language = get_language() or "en"
    context = {
        "file": found,
        "patient": found.owner,
        "of_variants": of_variants,
        "found_by": _worded(TumourBasis, found.found_by, language),
        "build_basis": _worded(BuildBasis, found.build_basis, language),
        "dropped": [(drop_label(reason), count) for reason, count in found.dropped],
        "notes": [Message.from_json(item) for item in found.notes],
        "limits": sorted(found.limits.items()),
        "form": form,
        "count": len(rows),
        "page": page,
        "here": "patients",
    }
    return render(request, "portal/sequencing_file.html", context)


def _found_row(row: DroppedRow | RegionRow) -> dict[str, Any]:
    return {"row": row, "label": drop_label(row.reason) if isinstance(row, DroppedRow) else ""}


def _sex_form(sample: MlpaSample) -> SexDecisionForm:
    return SexDecisionForm(initial={"decision": sample.sex_decision, "version": sample.version})


def _mlpa_page(
    request: HttpRequest, sample: MlpaSample, form: SexDecisionForm, status: int = 200
) -> HttpResponse:
    asked = sample.sex_check == Sex.BLOCKED or bool(sample.sex_decision)
    language = get_language() or "en"
    context = {
        "why": why_of(sample),
        "sample": sample,
        "patient": sample.owner,
        "checks": [
            (Outcome(item["outcome"]).label(language), item["outcome"], _reason(item["reason"]))
            for item in sample.checks
        ],
        "reading": [_reason(item) for item in sample.run.reasons],
        "probes": sorted(sample.probes.all(), key=lambda item: item.gene != IKZF1),
        "asked": asked,
        "form": form if asked and request.user.has_perm("reports.change_mlpasample") else None,
        "edit_address": admin_address(f"reports.mlpasample:{sample.pk}", request.user),
        "here": "patients",
    }
    return render(request, "portal/mlpa_sample.html", context, status=status)


def _probe_page(
    request: HttpRequest, probe: ProbeRatio, form: ProbeCallForm | None, status: int = 200
) -> HttpResponse:
    context = {
        "probe": probe,
        "sample": probe.sample,
        "patient": probe.owner,
        "reasons": [_reason(item) for item in probe.reasons],
        "form": form,
        "here": "patients",
    }
    return render(request, "portal/mlpa_probe.html", context, status=status)


def _reason(data: dict[str, Any]) -> Reason:
    return Reason.from_json(data)


def _worded(kind: Any, value: str, language: str) -> str:
    """The label of a stored word; the word itself where it no longer exists."""
    known = {item.value: item for item in kind}
    return known[value].label(language) if value in known else value


def _refused(refusal: Exception) -> Any:
    return refusal.messages if isinstance(refusal, ValidationError) else str(refusal)
