"""Every model is one of four kinds, and keeps what its kind promises."""

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import CASCADE, PROTECT
from django.utils.functional import Promise

from reports import models
from reports.actions.records import STORING_ORDER
from reports.append_only import guarded_tables
from reports.importers.columns import documented_sheets
from reports.models.record import Guarded, Record

CLINICAL = {
    models.Centre,
    models.CentreProtocol,
    models.ExonCoverage,
    models.Findings,
    models.FollowUpEvent,
    models.FusionResult,
    models.GeneCoverage,
    models.GeneticTest,
    models.GlucocorticoidResponse,
    models.MarrowAssessment,
    models.MediastinalMass,
    models.MlpaRun,
    models.MlpaSample,
    models.Mrd,
    models.Panel,
    models.Patient,
    models.ProbeRatio,
    models.Report,
    models.RiskAssessment,
    models.RuleSetConfirmation,
    models.SavedCohort,
    models.SequencingFile,
    models.SequencingRun,
    models.SequencingSample,
    models.Specimen,
    models.Variant,
}
DERIVED = {
    models.ComputedRisk,
    models.Ikzf1Assessment,
    models.ProfileAssessment,
    models.SubtypeAssessment,
}
APPEND_ONLY = {models.AuditEvent, models.FrozenCohort, models.ImportBatch, models.ReportVersion}
TECHNICAL = {models.Job}
WITH_HISTORY = CLINICAL | DERIVED


def name_of(model):
    return model.__name__


def histories():
    return {model.history.model for model in WITH_HISTORY}


def test_every_model_is_of_exactly_one_kind():
    kinds = [CLINICAL, DERIVED, APPEND_ONLY, TECHNICAL, histories()]
    assert set(apps.get_app_config("reports").get_models()) == set().union(*kinds)
    assert sum(map(len, kinds)) == len(set().union(*kinds))


@pytest.mark.parametrize("model", sorted(CLINICAL, key=name_of), ids=name_of)
def test_clinical_record_has_version_history_and_a_place_in_the_order_of_storing(model):
    assert issubclass(model, Record)
    assert model in STORING_ORDER
    assert {f.name for f in model._meta.concrete_fields} >= {"version", "created_at", "updated_at"}


@pytest.mark.parametrize("model", sorted(WITH_HISTORY, key=name_of), ids=name_of)
def test_history_keeps_every_field_and_who_when_why(model):
    kept = {f.name for f in model.history.model._meta.concrete_fields}
    assert {f.name for f in model._meta.concrete_fields} <= kept
    assert {"history_who", "history_user", "history_date", "history_change_reason"} <= kept
    assert model.history.model._meta.get_field("history_user").remote_field.on_delete is PROTECT


def test_order_of_storing_puts_every_record_after_those_it_points_to():
    for place, model in enumerate(STORING_ORDER):
        links = [f.related_model for f in model._meta.concrete_fields if f.is_relation]
        assert all(STORING_ORDER.index(link) < place for link in links), model


@pytest.mark.parametrize(
    "model", sorted(CLINICAL | DERIVED | APPEND_ONLY | TECHNICAL, key=name_of), ids=name_of
)
def test_no_model_vanishes_with_another_and_none_escapes_the_door(model):
    assert issubclass(model, Guarded)
    # A derived value goes with its child; its history stays.
    fate = CASCADE if model in DERIVED else PROTECT
    links = [f for f in model._meta.concrete_fields if f.is_relation]
    assert all(link.remote_field.on_delete is fate for link in links)


@pytest.mark.django_db
def test_append_only_tables_and_no_others_carry_triggers():
    expected = {model._meta.db_table for model in APPEND_ONLY | histories()}
    assert guarded_tables(connection) == expected


@pytest.mark.parametrize("model", sorted(CLINICAL, key=name_of), ids=name_of)
def test_fields_that_people_see_are_named_in_their_language(model):
    seen = [f for f in model._meta.concrete_fields if f.editable and not f.primary_key]
    unnamed = [f.name for f in seen if not isinstance(f.verbose_name, Promise)]
    assert unnamed == []
    assert isinstance(model._meta.verbose_name, Promise)


LIMITS = ("min_value", "max_value")
# Which models take the columns of a sheet; a column without a field of its name is listed below.
SHEETS = {
    "patients": (
        models.Patient,
        models.Findings,
        models.GlucocorticoidResponse,
        models.MediastinalMass,
        models.RiskAssessment,
    ),
    "mrd": (models.Mrd,),
    "fusions": (models.FusionResult,),
    "genetic_tests": (models.GeneticTest,),
    "mlpa": (models.Specimen, models.MlpaRun, models.MlpaSample, models.ProbeRatio),
    "sequencing": (
        models.Specimen,
        models.SequencingSample,
        models.SequencingRun,
        models.Panel,
    ),
    "variants": (models.Variant,),
    "follow_up": (models.FollowUpEvent,),
}
ELSEWHERE = {
    # the child and the sample that a row belongs to
    "centre", "hospital_number", "specimen", "run", "panel",
    # a model of its own holds it as (day, status) or (day, operator, fraction)
    "marrow_day15", "marrow_day33", "marrow_day15_blasts", "marrow_day33_blasts",
    "percent", "mrd_method",
    "mrd_d15_percent", "mrd_d15_fraction", "mrd_d15_lod_fraction",
    "mrd_d33_percent", "mrd_d33_fraction", "mrd_d33_lod_fraction",
}  # fmt: skip


def columns_with_fields():
    for sheet in documented_sheets().values():
        for column in sheet.columns:
            fields = [
                f
                for model in SHEETS[sheet.name]
                for f in model._meta.concrete_fields
                if f.name == column.name and not f.is_relation
            ]
            yield pytest.param(column, fields, id=f"{sheet.name}-{column.name}")


@pytest.mark.parametrize(("column", "fields"), [*columns_with_fields()])
def test_documented_column_has_a_field_with_the_same_choices_limits_and_length(column, fields):
    if not fields:
        assert column.name in ELSEWHERE
        return
    for field in fields:
        if column.kind == "code":
            assert set(column.codes) - {""} == {value for value, _ in field.choices} - {""}
        if column.hard:
            limits = {float(v.limit_value) for v in field.validators if v.code in LIMITS}
            assert {float(limit) for limit in column.hard if limit} <= limits
        if column.kind == "text" and field.max_length:
            assert field.max_length == column.max_length
        if column.soft and column.name in field.model.soft_limits:
            limit = field.model.soft_limits[column.name]
            assert (limit.low, limit.high) == tuple(float(value) for value in column.soft)
        elif column.soft:
            raise AssertionError(f"{column.name} has no soft limits in its model")
