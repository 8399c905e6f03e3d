"""The forms of data entry: the version that was read, the reason, each refusal beside its field."""

from __future__ import annotations

import json
import unicodedata

from concurrency.exceptions import RecordModifiedError
from django import forms
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.forms.fields import InvalidJSONInput
from django.forms.models import InlineForeignKeyField, construct_instance
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

# The field beside which the refusal of a constraint stands; the others stand above the form.
BESIDE = {
    "patient_number_in_centre": "hospital_number",
    "patient_born_before_diagnosis": "diagnosis_date",
    "specimen_number_of_patient": "number",
    "fusion_once_by_specimen": "gene_b",
    "fusion_once_without_specimen": "gene_b",
    "genetictest_once_by_date": "tested_on",
    "genetictest_once_undated": "marker",
    "marrow_day_of_patient": "day",
    "mrd_day_method_and_material": "day",
    "mrd_fraction_with_operator": "fraction",
    "mrd_lod_fraction_range": "lod_fraction",
    "mrd_loq_fraction_range": "loq_fraction",
    "risk_confirmed_names_group": "risk_group",
    "risk_confirmed_by_somebody": "risk_confirmed_by",
    "risk_override_says_why": "override_reason",
    "follow_up_when": "date",
    "follow_up_once_by_date": "date",
    "follow_up_once_by_days": "days_from_diagnosis",
    "mlpa_run_of_centre": "name",
    "mlpa_specimen_in_run": "specimen",
    "mlpasample_failed_says_why": "quality_reason",
    "mlpasample_sex_decision_whole": "sex_decision_reason",
    "probe_of_sample": "probe",
    "proberatio_override_whole": "override_reason",
    "panel_version_once": "panel_version",
    "sequencing_run_of_centre": "name",
    "sequencing_specimen_in_run": "specimen",
    "sequencingsample_failed_says_why": "quality_reason",
    "variant_of_sample": "hgvs_c",
}
ONCE = _("This event is recorded at that time already.")
SAME_TEST = _("This test is recorded already; another one has another day or specimen.")
# In place of the library's sentence, which names the constraint and not the matter.
SAID = {
    "follow_up_once_by_date": ONCE,
    "follow_up_once_by_days": ONCE,
    "fusion_once_by_specimen": SAME_TEST,
    "fusion_once_without_specimen": SAME_TEST,
    "genetictest_once_by_date": SAME_TEST,
    "genetictest_once_undated": SAME_TEST,
}


def refuse_control_characters(text: str) -> None:
    """Raise ValidationError where `text` holds a control character, as records do."""
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in text):
        raise ValidationError(_("Control characters are not allowed."))


class ReasonField(forms.CharField):
    """Why a record is changed or deleted: one line of at most 200 characters."""

    def __init__(self, **options):
        super().__init__(
            max_length=200,
            validators=[refuse_control_characters],
            widget=forms.TextInput(attrs={"size": 60}),
            **options,
        )


class JsonField(forms.JSONField):
    """Refuses what Python reads and a database does not keep, and what Python fails at."""

    def to_python(self, value):
        try:
            read = super().to_python(value)
            json.dumps(read, allow_nan=False)
        except (ValueError, RecursionError) as error:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from error
        return read

    def bound_data(self, data, initial):
        try:
            return super().bound_data(data, initial)
        except (ValueError, RecursionError):
            return InvalidJSONInput(data)


class LinkSelect(AutocompleteSelect):
    """A link to a record, by autocomplete; garbage in its place is refused, not looked up."""

    # The record that was read together with the form's own, so that no row asks for it again.
    linked: Model | None = None

    def optgroups(self, name, value, attrs=None):
        if self.linked is None or [str(key) for key in value] != [str(self.linked.pk)]:
            keys = [key for key in value if str(key).isdecimal()]
            return super().optgroups(name, keys, attrs)
        empty = [] if self.is_required else [self.create_option(name, "", "", False, 0)]
        label = self.choices.field.label_from_instance(self.linked)
        chosen = self.create_option(name, self.linked.pk, label, True, len(empty))
        return [(None, [*empty, chosen], 0)]


class DeletionForm(forms.Form):
    change_reason = ReasonField(label=_("Reason for the deletion"))


class CheckedForm(forms.ModelForm):
    """Holds a record to all of its limits, also to those that concern what cannot be typed here.

    Raises RecordModifiedError, which is answered by the conflict page, when somebody else saved or
    removed the record since the page was opened.
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            select = getattr(field.widget, "widget", field.widget)
            if isinstance(select, LinkSelect):
                link = self.instance._meta.get_field(name)
                select.linked = link.get_cached_value(self.instance, default=None)

    def clean(self):
        cleaned = super().clean()
        stored = self.instance.pk is not None
        was_stored = bool(self.data.get(self.add_prefix(self._meta.model._meta.pk.name)))
        if was_stored and not stored:
            raise RecordModifiedError(target=self.instance)
        if stored and self.cleaned_data.get("version") != self.initial["version"]:
            raise RecordModifiedError(target=self.instance)
        return cleaned

    def _post_clean(self):
        # As Django does it, but for the constraints: it leaves out those on a value that cannot be
        # typed here, such as the computed group of a risk, and names no field.
        exclude = self._get_validation_exclusions()
        exclude |= {n for n, f in self.fields.items() if isinstance(f, InlineForeignKeyField)}
        self.instance = construct_instance(
            self, self.instance, self._meta.fields, self._meta.exclude
        )
        try:
            self.instance.full_clean(
                exclude=exclude, validate_unique=False, validate_constraints=False
            )
        except ValidationError as error:
            self._update_errors(error)
        self.validate_unique()
        self._check_constraints()

    def _check_constraints(self) -> None:
        exclude = set(self._errors)
        for constraint in self.instance._meta.constraints:
            try:
                constraint.validate(type(self.instance), self.instance, exclude=exclude)
            except ValidationError as error:
                field = BESIDE.get(constraint.name)
                said = SAID.get(constraint.name, error)
                self.add_error(field if field in self.fields else None, said)


class RecordForm(CheckedForm):
    """A record's own page; it asks why the record is changed."""

    # What the door refused although the form had let it pass.
    refusal: ValidationError | None = None

    change_reason = ReasonField(
        label=_("Reason for the change"),
        required=False,
        help_text=_("Kept in the history with your name, the date, the old and the new value"),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "change_reason" in self.fields:
            self.fields["change_reason"].required = self.instance.pk is not None

    def clean(self):
        cleaned = super().clean()
        if self.refusal is not None:
            self.add_error(None, self.refusal.messages)
        return cleaned


class InlineForm(CheckedForm):
    """A record inside its owner's page; the owner's reason is its reason."""

    @cached_property
    def changed_data(self):
        # A row that was added and left empty has no version, which is no entry.
        found = super().changed_data
        return found if self.instance.pk else [name for name in found if name != "version"]

    def validate_unique(self):
        """Two people who enter what a child has once meet at the conflict page, too."""
        super().validate_unique()
        for name, field in self.fields.items():
            if isinstance(field, InlineForeignKeyField) and name in self._errors:
                owner = {name: getattr(self.instance, name)}
                raise RecordModifiedError(target=type(self.instance).objects.get(**owner))

    def _post_clean(self):
        # What is stored and was left alone has passed every check, one query each, before.
        if self.instance.pk is None or self.has_changed():
            super()._post_clean()


class RecordFormSet(forms.BaseInlineFormSet):
    """The rows of one kind of record inside their owner's page."""


class FollowUpFormSet(RecordFormSet):
    def clean(self):
        """An event twice at one time: the library looks for doubles in the database only."""
        super().clean()
        seen = set()
        for form in self.forms:
            if form in self.deleted_forms or not form.cleaned_data.get("event"):
                continue
            given = form.cleaned_data
            when = given.get("date") or given.get("days_from_diagnosis")
            if (given["event"], when) in seen:
                form.add_error("date" if given.get("date") else "days_from_diagnosis", ONCE)
                raise ValidationError(ONCE)
            seen.add((given["event"], when))


class SameTestFormSet(RecordFormSet):
    """One test twice among the rows: the library leaves out constraints with a condition."""

    same: tuple[str, ...] = ()
    beside = ""

    def clean(self):
        super().clean()
        seen = set()
        for form in self.forms:
            given = form.cleaned_data
            if form in self.deleted_forms or not given.get(self.same[0]):
                continue
            test = tuple(given.get(name) for name in self.same)
            if test in seen:
                form.add_error(self.beside, SAME_TEST)
                raise ValidationError(SAME_TEST)
            seen.add(test)


class FusionFormSet(SameTestFormSet):
    same = ("gene_a", "gene_b", "method", "specimen")
    beside = "gene_b"


class GeneticTestFormSet(SameTestFormSet):
    same = ("marker", "method", "tested_on")
    beside = "marker"
