"""What happened to a child's records: who, when, old, new, why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from reports import models
from reports.models import Act, AuditEvent, Patient

# Set by the machine at every save, or shown elsewhere on the page.
SILENT = frozenset({"id", "version", "created_at", "updated_at", "name_index"})
OF_PATIENT = (
    models.Findings,
    models.Specimen,
    models.GlucocorticoidResponse,
    models.MarrowAssessment,
    models.MediastinalMass,
    models.Mrd,
    models.FusionResult,
    models.GeneticTest,
    models.RiskAssessment,
    models.FollowUpEvent,
)
ACCESS = (Act.VIEWED, Act.PRINTED, Act.EXPORTED)
KINDS = {"+": _("entered"), "~": _("changed"), "-": _("deleted")}


@dataclass(frozen=True)
class Difference:
    """One field of one record: what it was and what it became, as people read them."""

    field: str
    old: str
    new: str


@dataclass(frozen=True)
class Happening:
    """One or several records of one kind, touched together. `differences` only for one."""

    at: datetime
    who: str
    kind: str
    what: str
    why: str
    records: int = 1
    label: str = ""
    differences: tuple[Difference, ...] = field(default=())


@require_safe
@permission_required("reports.view_patient", raise_exception=True)
def history(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole page, or the list alone where htmx asks for it."""
    patient = get_object_or_404(Patient.objects.select_related("centre"), pk=pk)
    context = {
        "patient": patient,
        "happenings": happenings(pk),
        "accesses": accesses(pk),
        "here": "patients",
    }
    part = request.htmx and not request.htmx.history_restore_request
    template = "portal/history_list.html" if part else "portal/history.html"
    response = render(request, template, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def accesses(patient_id: int) -> list[AuditEvent]:
    """The latest hundred times that the child's page was opened."""
    events = AuditEvent.objects.filter(kind="patient", key=str(patient_id), act__in=ACCESS)
    return list(events.order_by("-at", "-pk")[:100])


def happenings(patient_id: int) -> list[Happening]:
    """What was done to the child's records, newest first, in a fixed number of queries."""
    found = [
        happening
        for model, lookup in _of(patient_id)
        for happening in _of_model(model, _rows(model, lookup))
    ]
    return sorted(found, key=lambda item: item.at, reverse=True)


def _of(patient_id: int) -> Iterator[tuple[type[Model], dict[str, Any]]]:
    """Each kind of record with the lookup that finds the child's rows, deleted ones included."""
    yield Patient, {"id": patient_id}
    for model in OF_PATIENT:
        yield model, {"patient_id": patient_id}
    specimens = _ids(models.Specimen, patient_id=patient_id)
    for sample, result in (
        (models.MlpaSample, models.ProbeRatio),
        (models.SequencingSample, models.Variant),
    ):
        yield sample, {"specimen_id__in": specimens}
        yield result, {"sample_id__in": _ids(sample, specimen_id__in=specimens)}


def _ids(model: type[Model], **lookup: Any) -> Collection[int]:
    return set(model.history.filter(**lookup).values_list("id", flat=True))


def _rows(model: type[Model], lookup: dict[str, Any]) -> list[Any]:
    rows = model.history.filter(**lookup).select_related("history_user")
    return list(rows.order_by("history_date", "history_id"))


def _of_model(model: type[Model], rows: list[Any]) -> list[Happening]:
    """Changes one by one; what was entered or deleted at one stroke as one."""
    before: dict[int, Any] = {}
    together: dict[tuple, list[Any]] = defaultdict(list)
    found = []
    for row in rows:
        if row.history_type == "~" and row.id in before:
            found.append(_happening(model, [row], _differences(model, before[row.id], row)))
        else:
            stroke = row.history_date.replace(second=0, microsecond=0)
            key = (row.history_type, stroke, row.history_who, row.history_change_reason)
            together[key].append(row)
        before[row.id] = row
    return found + [_happening(model, group) for group in together.values()]


def _happening(
    model: type[Model], rows: list[Any], differences: tuple[Difference, ...] = ()
) -> Happening:
    last = rows[-1]
    user = last.history_user
    return Happening(
        at=last.history_date,
        who=(user and user.get_full_name()) or last.history_who,
        kind=KINDS[last.history_type],
        what=model._meta.verbose_name if len(rows) == 1 else model._meta.verbose_name_plural,
        why=last.history_change_reason or "",
        records=len(rows),
        label=_label(last) if len(rows) == 1 else "",
        differences=differences,
    )


def _label(row: Any) -> str:
    """What tells this record from others of its kind, without a query."""
    names = ("hospital_number", "number", "day", "gene", "gene_a", "gene_b", "exon", "hgvs_c")
    return " ".join(str(getattr(row, name)) for name in names if getattr(row, name, "") != "")


def _differences(model: type[Model], old: Any, new: Any) -> tuple[Difference, ...]:
    return tuple(
        Difference(str(item.verbose_name), _shown(old, item), _shown(new, item))
        for item in model._meta.concrete_fields
        if item.name not in SILENT and getattr(old, item.attname) != getattr(new, item.attname)
    )


def _shown(row: Any, item: Any) -> str:
    """A stored value as it is read: the choice's word, "—" for unknown."""
    value = getattr(row, item.attname)
    if value in (None, ""):
        return "—"
    return str(dict(item.flatchoices).get(value, value))
