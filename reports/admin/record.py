"""What every record's page in the admin shares: the door, the reason, the version, the history."""

from __future__ import annotations

from concurrency.core import _select_lock
from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminTextInputWidget
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from simple_history.admin import SimpleHistoryAdmin

from reports.actions import delete_record, save_record, writing
from reports.models.encrypted import EncryptedTextField
from reports.models.record import Record

ENTERED = "entered in the admin"
# The field's own name says these, in either language.
UNITS_IN_THE_NAME = ("years", "fraction")


class RecordForm(forms.ModelForm):
    """A record's form: it carries the version that was read, and asks why it is changed.

    Raises RecordModifiedError, which is answered by the conflict page, when somebody else saved the
    record since this form was opened.
    """

    change_reason = forms.CharField(
        label=_("Reason for the change"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"size": 60}),
        help_text=_("Kept in the history with your name, the date, the old and the new value"),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["change_reason"].required = self.instance.pk is not None

    def clean(self):
        _lock(self)
        return super().clean()


class InlineForm(forms.ModelForm):
    """A record inside its owner's page; the owner's reason is its reason."""

    def clean(self):
        _lock(self)
        return super().clean()


def _lock(form: forms.ModelForm) -> None:
    if form.instance.pk and "version" in form.cleaned_data:
        _select_lock(form.instance, form.cleaned_data["version"])


class UnitLabels:
    """Writes the unit beside the name of a measured field."""

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        unit = getattr(db_field, "unit", "")
        if field is not None and unit and unit not in UNITS_IN_THE_NAME:
            field.label = f"{field.label} ({unit})"
        return field


class RecordAdmin(UnitLabels, SimpleHistoryAdmin):
    """Every save, change and deletion of the page passes `reports/actions/` in one transaction."""

    form = RecordForm
    formfield_overrides = {EncryptedTextField: {"widget": AdminTextInputWidget}}
    object_history_list_template = "admin/reports/history_list.html"
    delete_confirmation_template = "admin/reports/delete_confirmation.html"
    change_form_template = "admin/reports/change_form.html"
    list_per_page = 50
    save_on_top = True

    class Media:
        css = {"all": ["admin_reports/entry.css"]}

    def get_fieldsets(self, request, obj=None):
        reason = (_("Reason"), {"fields": ["change_reason", "version"]})
        return (
            [*super().get_fieldsets(request, obj), reason]
            if self.fieldsets
            else [
                (None, {"fields": self._own_fields(request, obj)}),
                reason,
            ]
        )

    def _own_fields(self, request, obj) -> list[str]:
        return [f for f in self.get_fields(request, obj) if f not in ("change_reason", "version")]

    def get_actions(self, request):
        """No deletion of many at once: each wants its own reason."""
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        if request.method != "POST":
            return super().changeform_view(request, object_id, form_url, extra_context)
        try:
            with writing(by=request.user, reason=_reason(request)):
                return super().changeform_view(request, object_id, form_url, extra_context)
        except ValidationError as error:
            for line in error.messages:
                messages.error(request, line)
            return HttpResponseRedirect(request.get_full_path())

    def delete_view(self, request, object_id, extra_context=None):
        """Ask again where no reason was given."""
        if request.method == "POST" and request.POST.get("post") and not _given(request):
            messages.error(request, gettext("A deletion needs a reason."))
            return HttpResponseRedirect(request.get_full_path())
        return super().delete_view(request, object_id, extra_context)

    def save_model(self, request, obj: Record, form, change) -> None:
        save_record(record=obj, by=request.user, reason=_reason(request))
        for warned in obj.warnings():
            messages.warning(
                request,
                gettext("%(field)s %(value)s is outside the usual range %(low)s to %(high)s.")
                % {
                    "field": warned.label,
                    "value": f"{warned.value:g}",
                    "low": f"{warned.low:g}",
                    "high": f"{warned.high:g}",
                },
            )

    def save_formset(self, request, form, formset, change) -> None:
        records = formset.save(commit=False)
        for record in formset.deleted_objects:
            delete_record(record=record, by=request.user, reason=_reason(request))
        for record in records:
            save_record(record=record, by=request.user, reason=_reason(request))
        formset.save_m2m()

    def delete_model(self, request, obj: Record) -> None:
        delete_record(record=obj, by=request.user, reason=_reason(request))

    def response_change(self, request: HttpRequest, obj: Record) -> HttpResponse:
        if "_next" in request.POST:
            following = self.following(request, obj)
            if following is None:
                messages.info(request, gettext("Saved. This was the last one."))
                return HttpResponseRedirect(reverse(f"admin:{_address(obj)}_changelist"))
            messages.success(request, gettext("Saved. This is the next one."))
            return HttpResponseRedirect(
                reverse(f"admin:{_address(obj)}_change", args=[following.pk])
            )
        return super().response_change(request, obj)

    def following(self, request: HttpRequest, obj: Record) -> Record | None:
        """The record after `obj` in the order of entry."""
        return self.get_queryset(request).filter(pk__gt=obj.pk).order_by("pk").first()


class RecordInline(UnitLabels):
    form = InlineForm
    extra = 0
    show_change_link = True

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


def _given(request: HttpRequest) -> str:
    return request.POST.get("change_reason", "").strip()[:200]


def _reason(request: HttpRequest) -> str:
    return _given(request) or ENTERED


def _address(obj: Record) -> str:
    return f"{obj._meta.app_label}_{obj._meta.model_name}"
