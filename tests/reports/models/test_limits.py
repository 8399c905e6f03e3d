"""What a record may hold: refused by the form, refused by the database, or kept with a warning."""

import datetime as dt
import math

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction

from reports import models
from reports.actions import save_record, writing
from reports.models.record import Warned

pytestmark = pytest.mark.django_db

DAY = dt.date(2020, 1, 2)


@pytest.fixture
def around(boy, mlpa, sequenced):
    """A boy with a specimen, an MLPA sample and a sequenced sample, to hang records on."""
    sample = mlpa(boy, {4: "normal"}, run="M1")
    return {
        "patient": boy,
        "specimen": sample.specimen,
        "run": sample.run,
        "sample": sample,
        "sequenced": sequenced(boy, run="N1"),
    }


def findings(around, **fields):
    return models.Findings(patient=around["patient"], **fields)


def response(around, **fields):
    return models.GlucocorticoidResponse(patient=around["patient"], **fields)


def mrd(around, **fields):
    return models.Mrd(**{"patient": around["patient"], "day": 15, "method": "flow", **fields})


def probe(around, **fields):
    return models.ProbeRatio(
        **{"sample": around["sample"], "gene": "PAX5", "call": "normal", **fields}
    )


def variant(around, **fields):
    known = {"sample": around["sequenced"], "gene": "NRAS", "hgvs_c": "c.35G>A"}
    return models.Variant(**(known | fields))


def risk(around, **fields):
    return models.RiskAssessment(patient=around["patient"], protocol="CCLG-ALL-2008", **fields)


def event(around, **fields):
    return models.FollowUpEvent(**{"patient": around["patient"], "event": "relapse", **fields})


def mlpa_sample(around, **fields):
    specimen = models.Specimen(patient=around["patient"], number="S-9")
    save_record(record=specimen, by="tester", reason="another specimen")
    return models.MlpaSample(run=around["run"], specimen=specimen, **fields)


def patient(around, **fields):
    known = {"centre": around["patient"].centre, "hospital_number": "9", "diagnosis": "b_all"}
    return models.Patient(**(known | fields))


# Refused by `full_clean` with a sentence, and by the database whatever wrote the row.
REFUSED = [
    (findings, {"wbc": -0.1}),
    (findings, {"wbc": 3000.5}),
    (findings, {"lymphocytes": 100.1}),
    (findings, {"haemoglobin": 301}),
    (findings, {"modal_number": 19}),
    (findings, {"dna_index": 0.29}),
    (findings, {"cns_status": "cns4"}),
    (response, {"day8_blasts": 1001}),
    (response, {"glucocorticoid_response": "good"}),
    (mrd, {"operator": "=", "fraction": 0}),
    (mrd, {"operator": "<", "fraction": 0}),
    (mrd, {"operator": "=", "fraction": None}),
    (mrd, {"operator": "=", "fraction": 1.5}),
    (mrd, {"operator": "not_detected", "fraction": 0}),
    (mrd, {"operator": "not_tested", "fraction": 0.01}),
    (mrd, {"operator": "", "fraction": 0.01}),
    (mrd, {"operator": "not_detected", "lod_fraction": 0}),
    (mrd, {"operator": "not_detected", "day": 2001}),
    (mrd, {"operator": "not_detected", "events": 1_000_000_001}),
    (probe, {"ratio": -0.01}),
    (probe, {"call": "loss"}),
    (probe, {"override_call": "het_del"}),
    (probe, {"override_call": "het_del", "override_reason": "seen twice"}),
    (probe, {"override_reason": "seen twice", "override_by": "Dr. A"}),
    (mlpa_sample, {"sample_quality": "failed"}),
    (variant, {"vaf": 1.01}),
    (variant, {"position": 0}),
    (variant, {"depth": 10_000_001}),
    (variant, {"classification": "bad"}),
    (risk, {"risk_confirmed_by": "Dr. A"}),
    (risk, {"risk_group": "low", "confirmed_on": DAY}),
    (risk, {"computed_group": "high", "risk_group": "low"}),
    (event, {}),
    (event, {"days_from_diagnosis": 20_001}),
    (patient, {"hospital_number": ""}),
    (patient, {"diagnosis": ""}),
    (patient, {"birth_date": dt.date(2020, 1, 3), "diagnosis_date": DAY}),
    (patient, {"age_years": 121}),
]
ALLOWED = [
    (findings, {"wbc": 0, "lymphocytes": 100, "modal_number": 20, "dna_index": 3}),
    (findings, {"cns_status": "not_tested", "testicular_status": "involved"}),
    (mrd, {"operator": "=", "fraction": 1e-9}),
    (mrd, {"operator": "<", "fraction": 0.0001}),
    (mrd, {"operator": "not_detected"}),
    (mrd, {"operator": "not_detected", "lod_fraction": 0.0001, "day": 2000}),
    (probe, {"ratio": 0, "call": "hom_del"}),
    (probe, {"override_call": "het_del", "override_reason": "twice", "override_by": "Dr. A"}),
    (mlpa_sample, {"sample_quality": "failed", "quality_reason": "DNA degraded"}),
    (variant, {"vaf": 1, "position": 1}),
    (risk, {"risk_group": "low"}),
    (risk, {"risk_group": "low", "risk_confirmed_by": "Dr. A", "confirmed_on": DAY}),
    (risk, {"computed_group": "high", "risk_group": "low", "override_reason": "age"}),
    (event, {"date": DAY}),
    (event, {"days_from_diagnosis": 0}),
    (patient, {"birth_date": DAY, "diagnosis_date": DAY}),
]


def said(case):
    return str(case) if isinstance(case, dict) else case.__name__


@pytest.mark.parametrize(("make", "fields"), REFUSED, ids=said)
def test_value_outside_a_hard_limit_is_refused_by_the_action(around, make, fields):
    record = make(around, **fields)
    with pytest.raises(ValidationError):
        save_record(record=record, by="tester", reason="limit")


@pytest.mark.parametrize(("make", "fields"), REFUSED, ids=said)
def test_value_outside_a_hard_limit_is_refused_by_the_database(around, make, fields):
    record = make(around, **fields)
    with (
        pytest.raises(DatabaseError),
        transaction.atomic(),
        writing(by="tester", reason="without a check"),
    ):
        record.save()


@pytest.mark.parametrize(("make", "fields"), ALLOWED, ids=said)
def test_value_at_a_hard_limit_is_kept(around, make, fields):
    record = make(around, **fields)
    save_record(record=record, by="tester", reason="limit")
    stored = type(record).objects.get(pk=record.pk)
    assert {name: getattr(stored, name) for name in fields} == fields


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_number_that_is_none_is_refused(around, value):
    with pytest.raises(ValidationError):
        save_record(record=findings(around, wbc=value), by="tester", reason="limit")


@pytest.mark.parametrize(
    ("sex", "status", "coherent"),
    [
        ("male", "involved", True),
        ("male", "not_involved", True),
        ("male", "not_tested", True),
        ("male", "not_applicable", False),
        ("female", "not_applicable", True),
        ("female", "involved", False),
        ("female", "not_involved", False),
        ("female", "", True),
        ("", "involved", True),
        ("", "not_applicable", True),
    ],
)
def test_testicular_status_fits_the_sex_whichever_is_entered_last(register, sex, status, coherent):
    first = register("1", sex=sex)
    second = register("2", sex="")
    late = models.Findings(patient=second, testicular_status=status)
    save_record(record=late, by="tester", reason="sex unknown")
    second = models.Patient.objects.get(pk=second.pk)
    second.sex = sex
    for record in (models.Findings(patient=first, testicular_status=status), second):
        if coherent:
            save_record(record=record, by="tester", reason="sex")
        else:
            with pytest.raises(ValidationError):
                save_record(record=record, by="tester", reason="sex")


@pytest.mark.parametrize(
    ("fields", "names"),
    [
        ({"wbc": 0.05, "platelets": 1001}, ["wbc", "platelets"]),
        ({"wbc": 0.1, "platelets": 1000, "haemoglobin": 20}, []),
        ({"dna_index": 2.3}, ["dna_index"]),
        ({}, []),
    ],
)
def test_value_outside_a_soft_limit_is_kept_with_a_warning(around, fields, names):
    record = findings(around, **fields)
    save_record(record=record, by="tester", reason="unusual")
    assert [warned.field for warned in record.warnings()] == names


def test_warning_says_what_was_expected(around, settings):
    settings.LANGUAGE_CODE = "en"
    (warned,) = findings(around, wbc=1200.0).warnings()
    assert warned == Warned("wbc", warned.label, 1200.0, 0.1, 1000)


@pytest.mark.parametrize("typed", ["ikzf1", " IKZF1 ", "Ikzf1"])
def test_ikzf1_is_recognised_however_it_is_typed(around, typed):
    record = probe(around, gene=typed, exon="5")
    save_record(record=record, by="tester", reason="typed")
    assert record.gene == "IKZF1"


@pytest.mark.parametrize("exon", ["9", "0", "exon 4", "4-7", "²"])
def test_exon_that_ikzf1_does_not_have_is_refused(around, exon):
    with pytest.raises(ValidationError) as refused:
        save_record(record=probe(around, gene="IKZF1", exon=exon), by="tester", reason="exon")
    assert list(refused.value.message_dict) == ["exon"]


@pytest.mark.parametrize("exons", ["9", "one", "1;x", "²"])
def test_low_exons_that_cannot_be_read_are_refused(around, exons):
    sample = around["sequenced"]
    sample.low_ikzf1_exons = exons
    with pytest.raises(ValidationError) as refused:
        save_record(record=sample, by="tester", reason="coverage")
    assert list(refused.value.message_dict) == ["low_ikzf1_exons"]


def test_age_follows_from_the_dates_and_else_is_as_recorded(register):
    # 2016-03-01 to 2020-01-02 are three years and 307 of 366 days.
    assert register("1", age_years=9.0).age_at_diagnosis == 3.84
    assert register("2", birth_date=None, age_years=9.0).age_at_diagnosis == 9.0
    assert register("3", birth_date=None).age_at_diagnosis is None


def test_dates_before_1900_and_after_today_are_refused(around):
    for date in (dt.date(1899, 12, 31), dt.date.today() + dt.timedelta(days=2)):  # noqa: DTZ011
        with pytest.raises(ValidationError):
            save_record(record=patient(around, diagnosis_date=date), by="tester", reason="date")
