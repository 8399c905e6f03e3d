"""Defining a cohort without writing JSON: a form, the flow it makes, then saving with a reason."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from reports.actions import save_record
from reports.cohort_criteria import DEFAULT_DEFINITION, BadDefinition, risk_source, typed_definition
from reports.models import SavedCohort
from reports.queries import select
from reports.views.cohort_forms import (
    SIMPLE,
    ConditionSet,
    DefinitionForm,
    definition_from,
    lines_of,
    offered_words,
)

ADD, CHANGE = "reports.add_savedcohort", "reports.change_savedcohort"
LINES = "line"


class SaveForm(forms.Form):
    """`version` is that of the cohort on the person's page; 0 for a new one."""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, required=False)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("reports.view_patient", raise_exception=True)
def define(request: HttpRequest) -> HttpResponse:
    """The form; posted, it shows the flow, and stores the cohort where that is asked for."""
    stored = _stored(request.GET.get("cohort", ""))
    if not request.user.has_perm(CHANGE if stored else ADD):
        raise PermissionDenied
    if request.method != "POST":
        return _shown(request, stored, *_unbound(stored))
    form = DefinitionForm(request.POST, initial=_initial(stored))
    lines = ConditionSet(request.POST, prefix=LINES)
    saving = SaveForm(request.POST)
    if not (form.is_valid() and lines.is_valid() and saving.is_valid()):
        return _shown(request, stored, form, lines, saving)
    try:
        definition = definition_from(form, lines)
    except BadDefinition as refusal:
        form.add_error(None, str(refusal))
        return _shown(request, stored, form, lines, saving)
    if "save" in request.POST:
        saved = _saved(request, stored, form, saving, definition)
        if saved is not None:
            return redirect(reverse("cohort", query={"cohort": saved.pk}))
    else:
        # Room for more conditions.
        lines = ConditionSet(prefix=LINES, initial=lines_of(definition))
    return _shown(request, stored, form, lines, saving, definition)


def _stored(key: str) -> SavedCohort | None:
    if not key:
        return None
    number = key.isascii() and key.isdecimal() and len(key) < 10
    found = SavedCohort.objects.filter(pk=key).first() if number else None
    if found is None:
        raise Http404
    return found


def _initial(stored: SavedCohort | None) -> dict[str, Any]:
    definition = dict(DEFAULT_DEFINITION) if stored is None else stored.definition
    definition = definition if isinstance(definition, dict) else {}
    found = {name: definition.get(name, "") for name in SIMPLE}
    if stored is not None:
        found |= {name: getattr(stored, name) for name in ("name", "title", "description")}
    return found


def _unbound(stored: SavedCohort | None) -> tuple[DefinitionForm, Any, SaveForm]:
    """A definition that cannot be read any more begins without conditions."""
    try:
        lines = lines_of(stored.definition or {}) if stored is not None else []
    except BadDefinition:
        lines = []
    version = stored.version if stored is not None else 0
    return (
        DefinitionForm(initial=_initial(stored)),
        ConditionSet(prefix=LINES, initial=lines),
        SaveForm(initial={"version": version}),
    )


def _saved(
    request: HttpRequest,
    stored: SavedCohort | None,
    form: DefinitionForm,
    saving: SaveForm,
    definition: dict[str, Any],
) -> SavedCohort | None:
    """Stores the cohort; None where it is refused, and the form says why. Raises
    RecordModifiedError where somebody else changed it meanwhile."""
    record = stored or SavedCohort()
    reason = saving.cleaned_data["reason"].strip()
    if stored is not None:
        record.version = saving.cleaned_data["version"] or 0
        if not reason:
            saving.add_error("reason", _("Say why the definition is changed."))
            return None
    for name in ("name", "title", "description"):
        setattr(record, name, form.cleaned_data[name])
    record.definition = definition
    try:
        changed = save_record(record=record, by=request.user, reason=reason or "cohort defined")
    except ValidationError as refusal:
        for name, refusals in refusal.message_dict.items():
            form.add_error(name if name in form.fields else None, refusals)
        return None
    if changed:
        messages.success(request, _("{name} is saved.").format(name=record.name))
    else:
        messages.info(request, _("Nothing was changed."))
    return record


def _shown(
    request: HttpRequest,
    stored: SavedCohort | None,
    form: DefinitionForm,
    lines: Any,
    saving: SaveForm,
    definition: dict[str, Any] | None = None,
) -> HttpResponse:
    context: dict[str, Any] = {
        "stored": stored,
        "form": form,
        "criteria": [form[name] for name in SIMPLE],
        "lines": lines,
        "saving": saving,
        "words": offered_words(),
        "here": "cohort",
    }
    if definition is not None:
        from reports.documents.cohort_tables import flow_table

        risk = risk_source(definition)
        selection = select(typed_definition(definition or DEFAULT_DEFINITION), risk=risk)
        context |= {"sentence": selection.sentence(), "flow": flow_table(selection)}
    return render(request, "portal/cohort_define.html", context)
