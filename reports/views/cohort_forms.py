"""A cohort's definition as a form: one field a criterion, one line a condition."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from analysis.cohort.columns import COLUMNS, Kind
from reports.cohort_criteria import (
    COMPARISONS,
    DELETION,
    GENE,
    IKZF1_WORDS,
    IS,
    MOST_CONDITIONS,
    RISK_FROM,
    SPECIMENS,
    WHERE,
    BadDefinition,
    kind_of,
    known_gene,
    number_text,
    read_condition,
    typed_definition,
    words_of,
)
from reports.cohort_words import field_text, value_text, word_text
from reports.models import Centre, Diagnosis, Patient, Sex

SIMPLE = ("centre", "protocol", "diagnosis", "sex", "diagnosed_from", "diagnosed_to", "age_from",
          "age_below", "specimen", "ikzf1", RISK_FROM)  # fmt: skip
ONE_GENE = "gene"
EMPTY_LINES = 3


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self):
        super().__init__(format="%Y-%m-%d")


def _years(label: Any) -> forms.FloatField:
    return forms.FloatField(label=label, required=False, min_value=0, max_value=150)


class DefinitionForm(forms.Form):
    """What the cohort is called, and the criteria that need one value each."""

    name = forms.CharField(label=_("Name of the cohort"), max_length=80)
    title = forms.CharField(label=_("Title on the report"), max_length=200, required=False)
    description = forms.CharField(
        label=_("Description"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    centre = forms.ChoiceField(label=_("Centre"), required=False)
    protocol = forms.ChoiceField(label=_("Protocol"), required=False)
    diagnosis = forms.ChoiceField(label=_("Diagnosis"), required=False)
    sex = forms.ChoiceField(label=_("Sex"), required=False)
    diagnosed_from = forms.DateField(
        label=_("Diagnosed on or after"), required=False, widget=DayInput
    )
    diagnosed_to = forms.DateField(
        label=_("Diagnosed on or before"), required=False, widget=DayInput
    )
    age_from = _years(_("At least (years)"))
    age_below = _years(_("Younger than (years)"))
    specimen = forms.ChoiceField(label=_("Specimen of diagnosis"), required=False)
    ikzf1 = forms.ChoiceField(label=_("IKZF1 status"), required=False)
    risk_group_from = forms.ChoiceField(label=_("Risk group counted"), required=False)

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        centres = Centre.objects.order_by("code").values_list("code", "name")
        known = Patient.objects.exclude(protocol="").order_by("protocol")
        protocols = known.values_list("protocol", flat=True).distinct()
        self._offer("centre", [(code, f"{code} {name}".strip()) for code, name in centres])
        self._offer("protocol", [(name, name) for name in protocols])
        self._offer("diagnosis", Diagnosis.choices)
        self._offer("sex", Sex.choices)
        self._offer("specimen", [(word, value_text("specimen", word)) for word in SPECIMENS])
        words = [word for word in IKZF1_WORDS if word != "any"]
        self._offer("ikzf1", [(word, value_text("ikzf1", word)) for word in words])
        self.fields[RISK_FROM].choices = [
            ("", _("by the rules")),
            ("confirmed", _("the doctor's while up to date, else by the rules")),
            ("assigned", _("as the doctors assigned it")),
        ]

    def _offer(self, name: str, choices: list[tuple[str, Any]]) -> None:
        """`choices`, none of them, and what is stored, even where nobody has it any more."""
        stored = str(self.initial.get(name) or "")
        if stored and stored not in dict(choices):
            choices = [*choices, (stored, stored)]
        self.fields[name].choices = [("", _("any")), *choices]


class ConditionForm(forms.Form):
    """One line: a field, an operator, a value; an empty line says nothing."""

    field = forms.ChoiceField(label=_("Field"), required=False)
    gene = forms.CharField(label=_("Gene symbol"), required=False, max_length=30)
    op = forms.ChoiceField(
        label=_("Operator"),
        required=False,
        choices=[(IS, _("is")), ("<", "<"), ("<=", "≤"), (">", ">"), (">=", "≥")],
    )
    value = forms.CharField(
        label=_("Value"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"list": "condition-values", "autocomplete": "off"}),
    )

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.fields["field"].choices = field_choices()

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        given["condition"] = None
        field, gene = given.get("field", ""), given.get("gene", "")
        if not field and not gene and not given.get("value"):
            return given
        if field in ("", ONE_GENE) and gene:
            field = f"{GENE}{gene}"
        elif field in ("", ONE_GENE):
            self.add_error("field" if not field else "gene", gettext("Say which field or gene."))
            return given
        elif gene:
            sentence = gettext("A gene stands beside the field {field}: choose one of the two.")
            self.add_error("gene", sentence.format(field=field_text(field)))
            return given
        raw = {"field": field, "op": given.get("op") or IS, "value": given.get("value", "")}
        if raw["op"] not in COMPARISONS:
            raw["value"] = word_for(field, raw["value"])
        try:
            given["condition"] = known_gene(read_condition(raw, self.place), self.place)
        except BadDefinition as refusal:
            self.add_error("value", str(refusal))
        return given

    @property
    def place(self) -> int:
        """The number of the line, from 1."""
        return int(str(self.prefix).rpartition("-")[2]) + 1


ConditionSet = forms.formset_factory(
    ConditionForm, extra=EMPTY_LINES, max_num=MOST_CONDITIONS, validate_max=True
)


def field_choices() -> list[Any]:
    """Every field by its name and unit, by what it holds."""
    groups: dict[Kind, list[tuple[str, str]]] = {Kind.NUMBER: [], Kind.STATE: [], Kind.CLASS: []}
    for name, column in COLUMNS.items():
        groups[column.kind].append((name, field_text(name)))
    groups[Kind.STATE].append((ONE_GENE, gettext("a gene, by its symbol")))
    groups[Kind.CLASS].append((DELETION, field_text(DELETION)))
    return [
        ("", "—"),
        (gettext("Measurements: <, ≤, >, ≥"), groups[Kind.NUMBER]),
        (gettext("Laboratory answers: is"), groups[Kind.STATE]),
        (gettext("Classes: is"), groups[Kind.CLASS]),
    ]


def offered_words() -> list[tuple[str, str]]:
    """Every word that may stand beside "is", with what it means."""
    fields = (*COLUMNS, DELETION)
    return list({word: word_text(name, word) for name in fields for word in words_of(name)}.items())


def word_for(field: str, text: str) -> str:
    """The word that `text` says in the present language; `text` itself where it says none."""
    asked = " ".join(text.split()).casefold()
    if kind_of(field) is None:
        return text
    if field == DELETION and asked and not asked.startswith("del"):
        return f"del{asked}"
    words = {word_text(field, word).casefold(): word for word in words_of(field)}
    return words.get(asked, asked.replace(" ", "_"))


def definition_from(form: DefinitionForm, lines: Any) -> dict[str, Any]:
    """The definition as it is stored. Raises `BadDefinition`."""
    given = form.cleaned_data
    raw = {name: _stored(given[name]) for name in SIMPLE if given[name] not in (None, "")}
    found = [line.cleaned_data.get("condition") for line in lines]
    conditions = [item.to_json() for item in found if item is not None]
    if conditions:
        raw[WHERE] = conditions
    typed_definition(raw)
    return raw


def _stored(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return int(value) if isinstance(value, float) and value.is_integer() else value


def lines_of(definition: dict[str, Any]) -> list[dict[str, Any]]:
    """What the lines of a stored definition show. Raises `BadDefinition`."""
    conditions = typed_definition(definition).get(WHERE, ())
    return [
        {
            "field": ONE_GENE if item.field.startswith(GENE) else item.field,
            "gene": item.field.removeprefix(GENE) if item.field.startswith(GENE) else "",
            "op": item.op,
            "value": number_text(item.value) if isinstance(item.value, float) else item.value,
        }
        for item in conditions
    ]
