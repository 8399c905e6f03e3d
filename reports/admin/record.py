"""What every record's page in the admin shares: the door, the reason, the version, the order."""

from __future__ import annotations

from copy import copy

from concurrency.exceptions import RecordModifiedError
from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.templatetags.admin_urls import add_preserved_filters
from django.contrib.admin.utils import flatten_fieldsets, unquote
from django.contrib.admin.widgets import AdminTextInputWidget, RelatedFieldWidgetWrapper
from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError
from django.db.models import JSONField
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from reports.actions import delete_record, save_record, writing
from reports.admin.forms import (
    DeletionForm,
    InlineForm,
    JsonField,
    LinkSelect,
    RecordForm,
    RecordFormSet,
)
from reports.admin.history import HistoryAdmin
from reports.admin.typed import typed_entries
from reports.models import Ikzf1Assessment
from reports.models.encrypted import EncryptedTextField
from reports.models.record import Record
from reports.stored import stored_status
from reports.templatetags.wording import said
from reports.views.imports import IMPORTING
from reports.views.lab_importers import IMPORTERS

ENTERED = "entered in the admin"
# The field's own name says these, in either language.
UNITS_IN_THE_NAME = ("years", "fraction")
# More children than that are touched at once only by a change to a panel.
FEW = 3


class Fields:
    """Units beside the name of a measured field, and no more buttons beside a link than needed."""

    formfield_overrides = {
        EncryptedTextField: {"widget": AdminTextInputWidget},
        JSONField: {"form_class": JsonField},
    }

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs["widget"] = LinkSelect(db_field, self.admin_site, using=kwargs.get("using"))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is None:
            return None
        unit = getattr(db_field, "unit", "")
        if unit and unit not in UNITS_IN_THE_NAME:
            field.label = f"{field.label} ({unit})"
        if unit and str(field.help_text) == unit:
            field.help_text = ""
        if isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget.can_delete_related = field.widget.can_view_related = False
        return field


class RecordAdmin(Fields, HistoryAdmin):
    """Every save, change and deletion of the page passes `reports/actions/` in one transaction."""

    form = RecordForm
    delete_confirmation_template = "admin/reports/delete_confirmation.html"
    change_form_template = "admin/reports/change_form.html"
    list_per_page = 50
    # Keys of the laboratory imports in the portal that fill this list.
    imports: tuple[str, ...] = ()

    def changelist_view(self, request, extra_context=None):
        """With the way to the imports, for those who may use them."""
        shown = self.imports if request.user.has_perms(IMPORTING) else ()
        context = {"lab_imports": [IMPORTERS[key] for key in shown], **(extra_context or {})}
        return super().changelist_view(request, context)

    def get_fieldsets(self, request, obj=None):
        """The record's own, then the reason, which the page shows beside the buttons."""
        own = super().get_fieldsets(request, obj)
        if not self.fieldsets:
            fields = [f for f in own[0][1]["fields"] if f not in ("change_reason", "version")]
            own = [(None, {"fields": fields})]
        may = self.has_change_permission(request, obj) if obj else self.has_add_permission(request)
        reason = (None, {"fields": ["change_reason", "version"], "classes": ["reason"]})
        return [*own, reason] if may else own

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        form.refusal = getattr(request, "refusal", None)
        return form

    def get_actions(self, request):
        """No deletion of many at once: each wants its own reason."""
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """The page, or its answer. A refusal shows the page again with all that was typed."""
        if request.method != "POST":
            return super().changeform_view(request, object_id, form_url, extra_context)
        if "_next" in request.POST and object_id is not None:
            # Before the save, which may take the record out of the list it was opened from.
            request.following = self.following(request, unquote(object_id))
        try:
            with writing(by=request.user, reason=_reason(request)) as act:
                response = super().changeform_view(request, object_id, form_url, extra_context)
        except RecordModifiedError:
            request.typed = self._typed(request, object_id)
            raise
        except (ValidationError, IntegrityError, DataError) as error:
            request.refusal = _refusal(error)
            return super().changeform_view(request, object_id, form_url, extra_context)
        if isinstance(response, HttpResponseRedirect):
            _say_status(request, act.touched)
        return response

    def _typed(self, request: HttpRequest, object_id: str | None):
        obj = self.get_object(request, unquote(object_id)) if object_id else None
        if obj is None:
            return ()
        fields = flatten_fieldsets(self.get_fieldsets(request, obj))
        form = self.get_form(request, obj, change=True, fields=fields)
        formsets, _inlines = self._create_formsets(request, obj, change=True)
        rows = [row for formset in formsets for row in formset.forms]
        return typed_entries([form(request.POST, instance=obj), *rows])

    def delete_view(self, request, object_id, extra_context=None):
        """Asks for the reason, and asks again where none, or none that can be kept, was given."""
        form = DeletionForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and not form.is_valid():
            request.POST = QueryDict()  # Django deletes whenever anything was posted.
        return super().delete_view(request, object_id, {"form": form, **(extra_context or {})})

    def save_model(self, request, obj: Record, form, change) -> None:
        save_record(record=obj, by=request.user, reason=_reason(request))
        _warn(request, obj)

    def save_formset(self, request, form, formset, change) -> None:
        records = formset.save(commit=False)
        for record in formset.deleted_objects:
            delete_record(record=record, by=request.user, reason=_reason(request))
        for record in records:
            save_record(record=record, by=request.user, reason=_reason(request))
            _warn(request, record)
        formset.save_m2m()

    def delete_model(self, request, obj: Record) -> None:
        delete_record(record=obj, by=request.user, reason=_given(request))

    def response_change(self, request: HttpRequest, obj: Record) -> HttpResponse:
        if "_next" not in request.POST:
            return super().response_change(request, obj)
        if request.following is None:
            messages.info(request, gettext("Saved. This was the last one."))
            address = reverse(f"admin:{_name(obj)}_changelist")
        else:
            messages.success(request, gettext("%s is saved. This is the next one.") % obj)
            address = reverse(f"admin:{_name(obj)}_change", args=[request.following])
        filters = {"preserved_filters": self.get_preserved_filters(request), "opts": self.opts}
        return HttpResponseRedirect(add_preserved_filters(filters, address))

    def following(self, request: HttpRequest, key: str) -> int | None:
        """Key of the record after this one in the list it was opened from, or None at its end.

        A record that its list no longer holds is followed in the list of all.
        """
        for filters in (request.GET.get("_changelist_filters", ""), ""):
            listed = copy(request)
            listed.method, listed.GET = "GET", QueryDict(filters)
            try:
                found = self.get_changelist_instance(listed).queryset
            except IncorrectLookupParameters:
                continue
            keys = list(found.values_list("pk", flat=True))
            place = next((n for n, pk in enumerate(keys, 1) if str(pk) == key), None)
            if place is not None:
                return keys[place] if place < len(keys) else None
        return None


class RecordInline(Fields):
    form = InlineForm
    formset = RecordFormSet
    extra = 0
    show_change_link = False

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # The heading of a row repeats what stands in its fields: kept where it links to a page.
        self.classes = [*(self.classes or ()), *(() if self.show_change_link else ("bare",))]

    def get_queryset(self, request):
        """With what each row points to: its own heading names it, and would ask once a row."""
        return super().get_queryset(request).select_related()


class RecordTabular(RecordInline, admin.TabularInline):
    pass


class RecordStacked(RecordInline, admin.StackedInline):
    pass


class ReadOnlyAdmin(admin.ModelAdmin):
    """Derived and append-only rows: to be read, never typed."""

    list_per_page = 50

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


def _warn(request: HttpRequest, record: Record) -> None:
    for warned in record.warnings():
        values = {
            "field": warned.label,
            "value": f"{warned.value:g}",
            "low": f"{warned.low:g}",
            "high": f"{warned.high:g}",
        }
        sentence = gettext("%(field)s %(value)s is outside the usual range %(low)s to %(high)s.")
        messages.warning(request, sentence % values)


def _say_status(request: HttpRequest, patient_ids: set[int]) -> None:
    """Say what the save made of the IKZF1 status of each child that it touched."""
    if not 0 < len(patient_ids) <= FEW:
        return
    rows = Ikzf1Assessment.objects.filter(patient_id__in=patient_ids).select_related("patient")
    for row in rows:
        status = stored_status(row)
        if status is None:
            continue
        headline = said(status.headline, get_language() or "en")
        values = {"patient": row.patient, "headline": headline}
        messages.info(request, gettext("%(patient)s: %(headline)s") % values)


def _refusal(error: Exception) -> ValidationError:
    if isinstance(error, ValidationError):
        return error
    return ValidationError(
        _("The database refused this entry, and nothing was stored. Check it, and save again.")
    )


def _given(request: HttpRequest) -> str:
    return request.POST.get("change_reason", "").strip()[:200]


def _reason(request: HttpRequest) -> str:
    return _given(request) or ENTERED


def _name(obj: Record) -> str:
    return f"{obj._meta.app_label}_{obj._meta.model_name}"
