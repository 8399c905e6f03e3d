"""Import in the portal: upload, preview, confirm. Nothing is stored before the confirmation."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reports.importers.clinical import ImportPreview, NotImportable, check_bytes, commit
from reports.importers.error_book import write_error_book
from reports.importers.mapping import parse_mapping
from reports.importers.template import write_template
from reports.importers.workbook import MAX_BYTES
from reports.views import uploads
from reports.views.import_forms import MEGABYTE, ConfirmForm, UploadForm, sheet_label
from reports.views.lab_importers import IMPORTERS

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOWN_PROBLEMS = 500
SHOWN_CHANGES = 500
IMPORTING = ("reports.view_patient", "reports.add_patient", "reports.change_patient")
may_import = permission_required(IMPORTING, raise_exception=True)


@require_http_methods(["GET", "HEAD", "POST"])
@may_import
def upload(request: HttpRequest) -> HttpResponse:
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        kept = uploads.keep(request.session, **form.cleaned_data)
        return redirect("import_preview", kept.token)
    context = {
        "form": form,
        "importers": IMPORTERS.values(),
        "max_mb": MAX_BYTES // MEGABYTE,
        "here": "import",
    }
    status = 400 if request.method == "POST" else 200
    return render(request, "portal/import_upload.html", context, status=status)


@require_safe
@may_import
def preview(request: HttpRequest, token: str) -> HttpResponse:
    try:
        kept = uploads.find(request.session, token)
    except uploads.UploadGone:
        return _gone(request)
    checked = _checked(kept)
    return _shown(request, kept, checked, ConfirmForm(initial={"seen": fingerprint(checked)}))


@require_POST
@may_import
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Store exactly what was previewed: the same bytes, with the same outcome."""
    try:
        kept = uploads.find(request.session, token)
    except uploads.UploadGone:
        return _gone(request)
    checked, form = _checked(kept), ConfirmForm(request.POST)
    if not form.is_valid():
        return _shown(request, kept, checked, form, status=400)
    if form.cleaned_data["seen"] != fingerprint(checked):
        messages.warning(request, _("What is stored has changed since the preview: look again."))
        return redirect("import_preview", token)
    return _stored(request, kept, checked, form.cleaned_data["reason"])


@require_safe
@may_import
def errors(request: HttpRequest, token: str) -> HttpResponse:
    """The bad rows of the upload as a workbook, the reason beside each."""
    try:
        kept = uploads.find(request.session, token)
    except uploads.UploadGone:
        return _gone(request)
    checked = _checked(kept)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "errors.xlsx"
        write_error_book(path, file=checked.file, problems=checked.problems)
        return _workbook(path, f"{Path(kept.name).stem}-errors.xlsx")


@require_safe
@may_import
def template(request: HttpRequest) -> HttpResponse:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "template.xlsx"
        write_template(path, language=get_language() or "en")
        return _workbook(path, "ikzf1-import.xlsx")


def fingerprint(checked: ImportPreview) -> str:
    """What a preview says, as a hash: counts, changes and problems."""
    said = repr((checked.sha256, checked.counts, checked.changes, len(checked.problems)))
    return hashlib.sha256(said.encode()).hexdigest()


def _checked(kept: uploads.Upload) -> ImportPreview:
    mapping = parse_mapping(kept.mapping.read_text("utf-8-sig")) if kept.mapping else None
    content = kept.table.read_bytes()
    return check_bytes(
        content, name=kept.name, mapping=mapping, sheet="" if mapping else kept.sheet
    )


def _shown(
    request: HttpRequest,
    kept: uploads.Upload,
    checked: ImportPreview,
    form: ConfirmForm,
    status: int = 200,
) -> HttpResponse:
    # Errors first: they are what stands between the file and the records.
    problems = (*checked.errors, *checked.warnings)
    context = {
        "upload": kept,
        "preview": checked,
        "sheets": [(sheet_label(counts.sheet), counts) for counts in checked.counts],
        "problems": problems[:SHOWN_PROBLEMS],
        "problems_left_off": max(0, len(problems) - SHOWN_PROBLEMS),
        "changes": checked.changes[:SHOWN_CHANGES],
        "changes_left_off": max(0, len(checked.changes) - SHOWN_CHANGES),
        "form": form,
        "here": "import",
    }
    return render(request, "portal/import_preview.html", context, status=status)


def _stored(
    request: HttpRequest, kept: uploads.Upload, checked: ImportPreview, reason: str
) -> HttpResponse:
    try:
        saved = commit(checked, by=request.user, reason=reason)
    except NotImportable as refusal:
        messages.error(request, str(refusal))
        return redirect("import_preview", kept.token)
    uploads.forget(request.session, kept.token)
    text = _("{name} is stored: {created} records new, {changed} changed.")
    messages.success(
        request, text.format(name=kept.name, created=saved.created, changed=saved.changed)
    )
    return redirect("patients")


def _gone(request: HttpRequest) -> HttpResponse:
    messages.warning(
        request, _("This upload has expired or was stored already. Choose the file again.")
    )
    return redirect("import")


def _workbook(path: Path, name: str) -> FileResponse:
    # The open file outlives its folder: the bytes are read when they are sent.
    return FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type=XLSX)
