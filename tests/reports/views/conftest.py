"""People who may and may not, and a few children entered the ordinary way."""

import datetime

import pytest
from django.contrib.auth.models import Permission

from reports.actions import save_records
from reports.models import (
    Centre,
    Findings,
    MlpaRun,
    MlpaSample,
    Mrd,
    Patient,
    ProbeRatio,
    RiskAssessment,
    Specimen,
)

# Exons 4 to 7 lost on one chromosome: the ratio of a heterozygous deletion is about 0.5.
RATIOS_4_TO_7 = {1: 1.0, 2: 1.02, 3: 0.98, 4: 0.51, 5: 0.5, 6: 0.49, 7: 0.52, 8: 1.01}


@pytest.fixture(autouse=True)
def english_and_own_folder(settings, tmp_path):
    settings.LANGUAGE_CODE = "en"
    settings.VAR_DIR = tmp_path
    # The tests sign in often; a slow hash protects nobody here.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def user_with(django_user_model, name, *permissions, **fields):
    user = django_user_model.objects.create_user(name, password="a long enough word", **fields)
    user.user_permissions.add(*Permission.objects.filter(codename__in=permissions))
    return user


@pytest.fixture
def doctor(db, django_user_model):
    """May look, and no more."""
    return user_with(django_user_model, "doctor", "view_patient")


@pytest.fixture
def data_manager(db, django_user_model):
    """May look, enter and import."""
    names = ("view_patient", "add_patient", "change_patient")
    return user_with(django_user_model, "manager", *names)


@pytest.fixture
def outsider(db, django_user_model):
    """Has an account and no permission."""
    return user_with(django_user_model, "outsider")


@pytest.fixture
def doctor_client(client, doctor):
    client.force_login(doctor)
    return client


@pytest.fixture
def centre(db):
    centre = Centre(code="DEMO", name="Demonstration")
    save_records(records=[centre], by="tests", reason="a centre to enter children")
    return centre


@pytest.fixture
def enter(centre):
    """`enter(number, **fields)` enters a child with findings, MRD, MLPA and a risk group."""

    def entered(number, *, deleted=True, **fields):
        patient = Patient(
            **{
                "centre": centre,
                "hospital_number": number,
                "code": f"Z-{number}",
                "sex": "female",
                "birth_date": datetime.date(2014, 1, 15),
                "diagnosis_date": datetime.date(2019, 7, 20),
                "diagnosis": "b_all",
                "synthetic": "synthetic",
                **fields,
            }
        )
        run = MlpaRun(centre=centre, name=f"M-{number}", run_date=datetime.date(2019, 7, 25))
        specimen = Specimen(patient=patient, number=f"S-{number}", material="marrow")
        sample = MlpaSample(run=run, specimen=specimen, sample_quality="adequate")
        probes = [
            ProbeRatio(
                sample=sample,
                gene="IKZF1",
                exon=str(exon),
                probe=f"IKZF1 exon {exon}",
                ratio=ratio if deleted else 1.0,
                call="het_del" if deleted and ratio < 0.65 else "normal",
            )
            for exon, ratio in RATIOS_4_TO_7.items()
        ]
        records = [
            patient,
            Findings(patient=patient, wbc=12.5, blasts_marrow=90, karyotype_state="normal"),
            Mrd(patient=patient, day=15, operator="=", fraction=0.02, lod_fraction=0.0001),
            RiskAssessment(patient=patient, protocol="CCLG-ALL-2008", risk_group="high"),
            run,
            specimen,
            sample,
            *probes,
        ]
        save_records(records=records, by="tests", reason="entered for a test")
        return patient

    return entered
