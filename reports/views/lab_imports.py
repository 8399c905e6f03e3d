"""The laboratory imports in the portal: files, preview, confirmation. Nothing is stored before."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reports.importers.clinical import NotImportable
from reports.importers.lab_import import LabPreview, commit
from reports.models import ImportBatch
from reports.views import lab_uploads
from reports.views.body_limit import takes_megabytes
from reports.views.download import attachment
from reports.views.imports import XLSX, may_import
from reports.views.lab_import_forms import ReasonForm
from reports.views.lab_importers import IMPORTERS, LabImporter
from reports.views.lab_preview import preview_book, preview_context
from reports.views.uploads import UploadGone

LATEST = 10
View = Callable[..., HttpResponse]


def _max_mb() -> int:
    return settings.LAB_UPLOAD_MB


def _of_kind(view: View) -> View:
    """Gives the view the importer that the address names."""

    @wraps(view)
    def found(request: HttpRequest, kind: str, **more: Any) -> HttpResponse:
        importer = IMPORTERS.get(kind)
        if importer is None:
            raise Http404
        return view(request, importer, **more)

    return found


def _of_upload(view: View) -> View:
    """Gives the view the importer, the upload and the options; or says that the upload is gone."""

    @wraps(view)
    def found(request: HttpRequest, importer: LabImporter, token: str) -> HttpResponse:
        try:
            upload = lab_uploads.find(request.session, token, kind=importer.key)
        except UploadGone:
            text = _("This upload has expired or was stored already. Choose the files again.")
            messages.warning(request, text)
            return redirect("lab_import", importer.key)
        options = importer.options(upload.options)
        if not options.is_valid():  # a panel or a centre that was removed since
            messages.warning(request, _("A choice of this import is gone. Choose again."))
            return redirect("lab_import", importer.key)
        return view(request, importer, upload, importer.check(upload, options))

    return found


@takes_megabytes(_max_mb)
@require_http_methods(["GET", "HEAD", "POST"])
@may_import
@_of_kind
def choose(request: HttpRequest, importer: LabImporter) -> HttpResponse:
    posted = request.method == "POST"
    files = importer.files(request.POST if posted else None, request.FILES if posted else None)
    options = importer.options(request.POST if posted else None)
    if posted and all([files.is_valid(), options.is_valid()]):
        given = {name: request.POST.get(name, "") for name in options.fields}
        upload = lab_uploads.keep(
            request.session, kind=importer.key, files=files.sent(), options=given
        )
        return redirect("lab_import_preview", importer.key, upload.token)
    context = {
        "importer": importer,
        "importers": IMPORTERS.values(),
        "files": files,
        "options": options,
        "max_mb": _max_mb(),
        "max_files": settings.DATA_UPLOAD_MAX_NUMBER_FILES,
        "latest": ImportBatch.objects.filter(mapping=importer.programme)[:LATEST],
        "here": "import",
    }
    return render(request, "portal/lab_import.html", context, status=400 if posted else 200)


@require_safe
@may_import
@_of_kind
@_of_upload
def preview(
    request: HttpRequest, importer: LabImporter, upload: lab_uploads.LabUpload, found: LabPreview
) -> HttpResponse:
    return _shown(request, importer, upload, found, ReasonForm(initial={"seen": found.fingerprint}))


@require_POST
@may_import
@_of_kind
@_of_upload
def confirm(
    request: HttpRequest, importer: LabImporter, upload: lab_uploads.LabUpload, found: LabPreview
) -> HttpResponse:
    """Store exactly what was previewed: the same bytes, with the same outcome."""
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _shown(request, importer, upload, found, form, status=400)
    if form.cleaned_data["seen"] != found.fingerprint:
        messages.warning(request, _("What is stored has changed since the preview: look again."))
        return redirect("lab_import_preview", importer.key, upload.token)
    try:
        saved = commit(found, by=request.user, reason=form.cleaned_data["reason"])
    except NotImportable as refusal:
        messages.error(request, str(refusal))
        return redirect("lab_import_preview", importer.key, upload.token)
    lab_uploads.forget(request.session, upload.token)
    text = _("{name} is stored: {created} records new, {changed} changed, {removed} removed.")
    removed = len(found.plan.remove) + len(found.plan.remove_last)
    name = found.details.get("run") or upload.files[0].name
    messages.success(
        request,
        text.format(name=name, created=saved.created, changed=saved.changed, removed=removed),
    )
    return redirect("lab_import", importer.key)


@require_safe
@may_import
@_of_kind
@_of_upload
def book(
    request: HttpRequest, importer: LabImporter, upload: lab_uploads.LabUpload, found: LabPreview
) -> HttpResponse:
    """The whole preview as a workbook: every problem, sample, change and removal."""
    return attachment(preview_book(found), f"{importer.key}-preview.xlsx", XLSX)


def _shown(
    request: HttpRequest,
    importer: LabImporter,
    upload: lab_uploads.LabUpload,
    found: LabPreview,
    form: ReasonForm,
    status: int = 200,
) -> HttpResponse:
    context = {
        "importer": importer,
        "upload": upload,
        "form": form,
        "here": "import",
        **preview_context(found),
    }
    return render(request, "portal/lab_preview.html", context, status=status)
